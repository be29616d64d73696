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

size_t
ref_gen_pick(ref_gen_state *g, size_t n)
{
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

/* --- the query
 * --------------------------------------------------------------------- */

static const char *
any_category(ref_gen_state *g)
{
    if (ref_gen_chance(g, 45)) {
        ref_gen_mark(g, REF_C_CATEGORY_ANY);
        return "any";
    }
    if (ref_gen_chance(g, 15)) {
        ref_gen_mark(g, REF_C_CATEGORY_QUOTED);
        return ref_gen_chance(g, 50) ? "\"my cat\"" : "\"process\"";
    }
    ref_gen_mark(g, REF_C_CATEGORY);
    return ref_gen_chance(g, 75) ? "process" : "file";
}

/* In a sequence conditions are weaker, or nothing would ever match. */
static ref_gen_stage
any_stage(ref_gen_state *g)
{
    ref_gen_stage s = {0};
    unsigned depth = (unsigned)ref_gen_pick(g, g->c->sequence ? 3 : 4);

    s.category = any_category(g);
    s.cond = ref_gen_term(g, depth);
    if (g->c->sequence && ref_gen_chance(g, 35)) {
        static const char *const weak[] = {"true", "1 == 1"};

        s.cond = ref_alloc(g->pool, sizeof *s.cond);
        s.cond->kind = REF_TERM_TEXT;
        s.cond->head = weak[ref_gen_pick(g, 2)];
    }
    return s;
}

/* A key field, of ip type or not: one position has the same in all stages. */
static const char *
any_key(ref_gen_state *g, bool ip)
{
    ref_active *a = ip ? ref_gen_pick_kind(g, KIND_IP) : NULL;
    const char *name = "zz";

    for (int i = 0; !a && i < 8; i++) {
        a = ref_gen_pick_active(g);
        if (a->field->kind == KIND_IP)
            a = NULL;
    }
    if (a)
        name = ref_gen_name(g, a);
    if (!ref_gen_chance(g, 25) && *name != '?')
        return name;
    ref_gen_mark(g, REF_C_OPTIONAL_KEY);
    return *name == '?' ? name : ref_printf(g->pool, "?%s", name);
}

static bool
any_ip_key(ref_gen_state *g)
{
    bool ip = ref_gen_chance(g, 50) && ref_gen_pick_kind(g, KIND_IP);

    if (ip)
        ref_gen_mark(g, REF_C_IP_KEY);
    return ip;
}

static void
own_keys(ref_gen_state *g, ref_gen_stage *s, const bool *ip, size_t n)
{
    s->by = ref_alloc(g->pool, (n + 1) * sizeof *s->by);
    for (s->nby = 0; s->nby < n; s->nby++)
        s->by[s->nby] = any_key(g, ip[s->nby]);
}

static void
add_keys(ref_gen_state *g)
{
    ref_gen_case *c = g->c;
    size_t total = ref_gen_pick(g, 3);
    size_t own = ref_gen_chance(g, 40) ? ref_gen_pick(g, total + 1) : 0;
    bool ip[2];

    c->by = ref_alloc(g->pool, 3 * sizeof *c->by);
    for (; c->nby < total - own; c->nby++)
        c->by[c->nby] = any_key(g, any_ip_key(g));
    for (size_t i = 0; i < own; i++)
        ip[i] = any_ip_key(g);
    for (size_t i = 0; i < c->nstages; i++)
        own_keys(g, &c->stages[i], ip, own);
    if (c->until)
        own_keys(g, c->until, ip, own);
    if (total == 0)
        ref_gen_mark(g, REF_C_NO_KEY);
    if (total == 2)
        ref_gen_mark(g, REF_C_TWO_KEYS);
    if (c->nby)
        ref_gen_mark(g, REF_C_BY);
    if (own && c->until)
        ref_gen_mark(g, REF_C_UNTIL_BY);
    if (own)
        ref_gen_mark(g, REF_C_STAGE_BY);
}

/* Some whole number of steps, in a unit that can say it. */
static void
add_maxspan(ref_gen_state *g)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    int64_t ms = g->step_ns / 1000000 * (1 + (int64_t)ref_gen_pick(g, 6));
    size_t unit;

    do
        unit = ref_gen_pick(g, REF_COUNTOF(units));
    while (ms % units[unit].ms);
    ref_gen_mark(g, REF_C_MAXSPAN);
    g->c->maxspan =
        ref_printf(g->pool, "%lld%s%s", (long long)(ms / units[unit].ms),
                   ref_gen_chance(g, 15) ? " " : "", units[unit].name);
    g->c->maxspan_first = g->c->nby && ref_gen_chance(g, 20);
    if (g->c->maxspan_first)
        ref_gen_mark(g, REF_C_MAXSPAN_FIRST);
}

static void
add_exceptions(ref_gen_state *g)
{
    ref_gen_case *c = g->c;

    c->nexceptions = 1 + ref_gen_pick(g, 2);
    c->exceptions = ref_alloc(g->pool, c->nexceptions * sizeof *c->exceptions);
    for (size_t i = 0; i < c->nexceptions; i++) {
        c->exceptions[i].stage = 1 + ref_gen_pick(g, c->nstages);
        c->exceptions[i].cond = ref_gen_term(g, 1);
    }
    ref_gen_mark(g, REF_C_EXCEPTION);
}

static void
add_stages(ref_gen_state *g)
{
    static const unsigned char how_many[] = {1, 2, 2, 2, 2, 2, 3, 3,
                                             3, 3, 4, 4, 4, 5, 5};
    ref_gen_case *c = g->c;

    c->nstages = 1;
    if (c->sequence)
        c->nstages = how_many[ref_gen_pick(g, sizeof how_many)];
    ref_gen_mark(g, !c->sequence
                        ? REF_C_EVENT_QUERY
                        : (ref_construct)(REF_C_STAGES_1 + c->nstages - 1));
    c->stages = ref_alloc(g->pool, c->nstages * sizeof *c->stages);
    for (size_t i = 0; i < c->nstages; i++)
        c->stages[i] = any_stage(g);
    if (c->sequence && ref_gen_chance(g, 30)) {
        c->until = ref_alloc(g->pool, sizeof *c->until);
        *c->until = any_stage(g);
        ref_gen_mark(g, REF_C_UNTIL);
    }
}

static const char *
any_gap(ref_gen_state *g)
{
    static const char *const gaps[] = {"\n    ", " /* one /* two */ */ ",
                                       " // x == \"\n", "\t"};

    if (!ref_gen_chance(g, 15))
        return " ";
    ref_gen_mark(g, REF_C_COMMENT);
    return gaps[ref_gen_pick(g, REF_COUNTOF(gaps))];
}

ref_gen_case *
ref_gen(ref_pool *pool, uint64_t seed, uint64_t number, unsigned features)
{
    static const int64_t steps_ms[] = {1000,  1000,    1000,    500,
                                       60000, 3600000, 86400000};
    ref_gen_state g = {.pool = pool, .features = features};
    ref_gen_case *c = ref_alloc(pool, sizeof *c);

    g.rng = seed;
    g.rng = next(&g.rng) + number;
    (void)next(&g.rng);
    g.c = c;
    g.step_ns = 1000000 * steps_ms[ref_gen_pick(&g, REF_COUNTOF(steps_ms))];
    c->sequence = ref_gen_chance(&g, 60);
    c->gap = any_gap(&g);
    ref_gen_activate(&g);
    add_stages(&g);
    if (c->sequence)
        add_keys(&g);
    if (c->sequence && ref_gen_chance(&g, 50))
        add_maxspan(&g);
    if ((features & REF_ENGINE_EXCEPTIONS) && ref_gen_chance(&g, 8))
        add_exceptions(&g);
    if ((features & REF_ENGINE_TIEBREAKER) && ref_gen_chance(&g, 8)) {
        c->tiebreaker = "tb";
        ref_gen_mark(&g, REF_C_TIEBREAKER);
    }
    ref_gen_events(&g);
    return c;
}

/* --- its text
 * ---------------------------------------------------------------------- */

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

static void
put_by(ref_text *out, const char **by, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ref_putf(out, i ? ", %s" : " by %s", by[i]);
}

static void
put_stage(ref_text *out, const ref_gen_stage *s, const char *gap)
{
    ref_put(out, "[");
    ref_put(out, s->category);
    ref_put(out, " where");
    ref_put(out, gap);
    put_term(out, s->cond, gap);
    ref_put(out, "]");
    put_by(out, s->by, s->nby);
}

static char *
query_text(ref_pool *pool, const ref_gen_case *c)
{
    ref_text out = {.pool = pool};

    if (!c->sequence) {
        ref_put(&out, c->stages[0].category);
        ref_put(&out, " where");
        ref_put(&out, c->gap);
        put_term(&out, c->stages[0].cond, c->gap);
        return ref_text_cstr(&out);
    }
    ref_put(&out, "sequence");
    if (c->maxspan && c->maxspan_first)
        ref_putf(&out, " with maxspan=%s", c->maxspan);
    put_by(&out, c->by, c->nby);
    if (c->maxspan && !c->maxspan_first)
        ref_putf(&out, " with maxspan = %s", c->maxspan);
    for (size_t i = 0; i < c->nstages; i++) {
        ref_put(&out, c->gap);
        put_stage(&out, &c->stages[i], c->gap);
    }
    if (c->until) {
        ref_put(&out, c->gap);
        ref_put(&out, "until ");
        put_stage(&out, c->until, c->gap);
    }
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

    for (size_t i = 0; i < c->nevents; i++)
        events[i] = event_text(pool, &c->events[i]);
    for (size_t i = 0; i < c->nexceptions; i++) {
        ref_text out = {.pool = pool};

        put_term(&out, c->exceptions[i].cond, c->gap);
        ex[i] = (ref_exception){c->exceptions[i].stage, ref_text_cstr(&out)};
    }
    return (ref_case){query_text(pool, c), events,       c->nevents, ex,
                      c->nexceptions,      c->tiebreaker};
}
