/* ref_gen.c -- the random source, whole cases, and their texts. */
#include "tests/reference/ref_gen_int.h"

#include <string.h>

const char *
ref_construct_name(ref_construct c)
{
    static const char *const names[] = {
#define REF_CONSTRUCT(name, text) text,
        REF_CONSTRUCTS(REF_CONSTRUCT)
#undef REF_CONSTRUCT
    };

    return names[c];
}

/* splitmix64 */
static uint64_t
next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* From bytes as long as there are any: one for each choice. */
size_t
ref_gen_pick(ref_gen_state *g, size_t n)
{
    if (g->nbytes) {
        g->nbytes--;
        return *g->bytes++ % n;
    }
    return (size_t)(next(&g->rng) >> 32) % n;
}

bool
ref_gen_chance(ref_gen_state *g, unsigned percent)
{
    return ref_gen_pick(g, 100) < percent;
}

void
ref_gen_mark(ref_gen_state *g, ref_construct c)
{
    g->c->constructs[c] = true;
}

static const char *
any_gap(ref_gen_state *g)
{
    static const char *const gaps[] = {"\n    ", " // x == \"\n", "\t"};

    if (!ref_gen_chance(g, 15))
        return " ";
    ref_gen_mark(g, REF_C_COMMENT);
    if (ref_gen_chance(g, 30))
        return g->flags.flat_comments ? " /* one /* two */ "
                                      : " /* one /* two */ */ ";
    return gaps[ref_gen_pick(g, REF_COUNTOF(gaps))];
}

static ref_query_kind
any_kind(ref_gen_state *g)
{
    size_t roll = ref_gen_pick(g, 100);

    if (roll < 42)
        return REF_Q_EVENT;
    if (roll < 84)
        return REF_Q_SEQUENCE;
    return roll < 92 ? REF_Q_SAMPLE : REF_Q_JOIN;
}

static ref_gen_case *
make(ref_gen_state *g)
{
    static const int64_t steps_ms[] = {1000,  1000,    1000,    500,
                                       60000, 3600000, 86400000};
    ref_gen_case *c = ref_alloc(g->pool, sizeof *c);

    g->c = c;
    g->step_ns = 1000000 * REF_GEN_PICK(g, steps_ms);
    c->kind = any_kind(g);
    c->through_image = ref_gen_chance(g, 20);
    ref_gen_dialect(g);
    c->gap = any_gap(g);
    g->single = g->flags.kleene && ref_gen_chance(g, 40);
    g->family = ref_gen_chance(g, 10);
    g->timed = g->family;
    ref_gen_activate(g);
    if (ref_gen_chance(g, c->kind == REF_Q_SEQUENCE ? 34 : 25))
        ref_gen_elements(g);
    ref_gen_query(g);
    ref_gen_events(g);
    return c;
}

ref_gen_case *
ref_gen(ref_pool *pool, uint64_t seed, uint64_t number)
{
    ref_gen_state g = {.pool = pool, .rng = seed};

    g.rng = next(&g.rng) + number;
    (void)next(&g.rng);
    return make(&g);
}

ref_gen_case *
ref_gen_from_bytes(ref_pool *pool, const uint8_t *bytes, size_t n)
{
    ref_gen_state g = {.pool = pool, .bytes = bytes, .nbytes = n};

    return make(&g);
}

/* --- its text --- */

static void put_term(ref_text *out, const ref_term *t, const char *gap);

/* Kids of and/or bind looser or tighter: or below and needs parentheses, and
 * so does either below not. */
static void
put_kid(ref_text *out, const ref_term *parent, const ref_term *kid,
        const char *gap)
{
    bool list = kid->kind == REF_TERM_AND || kid->kind == REF_TERM_OR;
    bool needs = parent->kind == REF_TERM_WRAP ||
                 (parent->kind == REF_TERM_NOT && list) ||
                 (parent->kind == REF_TERM_AND && list) ||
                 (parent->kind == REF_TERM_OR && kid->kind == REF_TERM_OR);

    if (needs)
        ref_put(out, "(");
    put_term(out, kid, gap);
    if (needs)
        ref_put(out, ")");
}

static void
put_bare_term(ref_text *out, const ref_term *t, const char *gap)
{
    switch (t->kind) {
    case REF_TERM_AND:
    case REF_TERM_OR:
        for (size_t i = 0; i < t->nkids; i++) {
            if (i) {
                ref_put(out, gap);
                ref_put(out, t->kind == REF_TERM_AND ? "and" : "or");
                ref_put(out, gap);
            }
            put_kid(out, t, t->kids[i], gap);
        }
        break;
    case REF_TERM_NOT:
        ref_put(out, "not ");
        put_kid(out, t, t->kids[0], gap);
        break;
    case REF_TERM_WRAP:
        ref_put(out, t->head);
        put_kid(out, t, t->kids[0], gap);
        if (t->nkids > 1) {
            ref_put(out, t->mid);
            put_kid(out, t, t->kids[1], gap);
        }
        ref_put(out, t->tail);
        break;
    case REF_TERM_HOLD:
        ref_put(out, t->head);
        put_term(out, t->kids[0], gap);
        ref_put(out, t->tail);
        break;
    case REF_TERM_LIST:
        ref_put(out, t->head);
        for (size_t i = 0; i < t->nitems; i++) {
            ref_put(out, i ? ", " : "");
            ref_put(out, t->items[i]);
        }
        ref_put(out, t->tail);
        break;
    case REF_TERM_TEXT: ref_put(out, t->head); break;
    }
}

static void
put_term(ref_text *out, const ref_term *t, const char *gap)
{
    if (t->parens)
        ref_put(out, "(");
    put_bare_term(out, t, gap);
    if (t->parens)
        ref_put(out, ")");
}

const char *
ref_gen_term_text(ref_pool *pool, const ref_term *t)
{
    ref_text out = {.pool = pool};

    put_term(&out, t, " ");
    return ref_text_cstr(&out);
}

static void
put_by(ref_text *out, const char **by, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ref_putf(out, i ? ", %s" : " by %s", by[i]);
}

static void
put_stage(ref_text *out, const ref_gen_stage *s, const char *gap)
{
    ref_put(out, s->missing ? "![" : "[");
    ref_put(out, s->category);
    ref_put(out, " where");
    ref_put(out, gap);
    put_term(out, s->cond, gap);
    ref_put(out, "]");
    if (s->alias && s->alias_first)
        ref_putf(out, " as %s", s->alias);
    if (s->fork)
        ref_put(out, s->alias_first ? " fork" : " fork=true");
    put_by(out, s->by, s->nby);
    if (s->runs)
        ref_putf(out, " with runs=%zu", s->runs);
    if (s->alias && !s->alias_first)
        ref_putf(out, " as %s", s->alias);
}

static void
put_tuple_query(ref_text *out, const ref_gen_case *c)
{
    static const char *const words[] = {[REF_Q_SEQUENCE] = "sequence",
                                        [REF_Q_SAMPLE] = "sample",
                                        [REF_Q_JOIN] = "join"};

    ref_put(out, words[c->kind]);
    if (c->maxspan && c->maxspan_first)
        ref_putf(out, " with maxspan=%s", c->maxspan);
    put_by(out, c->by, c->nby);
    if (c->maxspan && !c->maxspan_first)
        ref_putf(out, " with maxspan = %s", c->maxspan);
    for (size_t i = 0; i < c->nstages; i++) {
        ref_put(out, c->gap);
        put_stage(out, &c->stages[i], c->gap);
    }
    if (c->until) {
        ref_put(out, c->gap);
        ref_put(out, "until ");
        put_stage(out, c->until, c->gap);
    }
}

static char *
query_text(ref_pool *pool, const ref_gen_case *c)
{
    ref_text out = {.pool = pool};

    for (size_t i = 0; i < c->ndefinitions; i++)
        ref_putf(&out, "%s\n", c->definitions[i]);
    if (c->kind == REF_Q_EVENT) {
        ref_put(&out, c->stages[0].category);
        ref_put(&out, " where");
        ref_put(&out, c->gap);
        put_term(&out, c->stages[0].cond, c->gap);
    } else {
        put_tuple_query(&out, c);
    }
    for (size_t i = 0; i < c->npipes; i++)
        ref_putf(&out, " | %s", c->pipes[i]);
    return ref_text_cstr(&out);
}

static char *
event_text(ref_pool *pool, const ref_gen_event *ev)
{
    ref_text out = {.pool = pool};

    ref_put(&out, "{");
    for (size_t i = 0; i < ev->n; i++) {
        ref_putf(&out, i ? ",\"%s\":" : "\"%s\":", ev->pairs[i].key);
        ref_put(&out, ev->pairs[i].value);
    }
    ref_put(&out, "}");
    return ref_text_cstr(&out);
}

ref_case
ref_gen_render(ref_pool *pool, const ref_gen_case *c)
{
    const char **events = ref_alloc(pool, c->nevents * sizeof *events);
    ref_exception *ex = ref_alloc(pool, c->nexceptions * sizeof *ex);
    ref_case out = {.events = events,
                    .nevents = c->nevents,
                    .exceptions = ex,
                    .nexceptions = c->nexceptions,
                    .tiebreaker = c->tiebreaker,
                    .dialect = c->dialect,
                    .no_schema = c->no_schema,
                    .versions = c->versions,
                    .through_image = c->through_image};

    for (size_t i = 0; i < c->nevents; i++)
        events[i] = event_text(pool, &c->events[i]);
    for (size_t i = 0; i < c->nexceptions; i++) {
        ref_text text = {.pool = pool};

        put_term(&text, c->exceptions[i].cond, c->gap);
        ex[i] = (ref_exception){c->exceptions[i].stage, ref_text_cstr(&text)};
    }
    if (c->nset) {
        const char **set = ref_alloc(pool, (c->nset + 1) * sizeof *set);

        memcpy(set, c->set, c->nset * sizeof *set);
        out.set = set;
    }
    out.query = query_text(pool, c);
    return out;
}
