/* coverage.c -- what the events of a run had of what its rules need.
 *
 * A rule fires only if each of its positive stages is hit.  A stage cannot be
 * hit if no event had its category, if its condition never holds while the
 * fields that no event had are null (vm/eval/need.h), or if such a field is a
 * key that must be there.  All of this is found from the program's code and
 * from what the engine has met (vm/filter/seen_fields.h), after the events:
 * while they are read it costs next to nothing. */
#include "api/coverage.h"

#include <stdlib.h>

#include "api/fields.h"
#include "api/near.h"
#include "vm/eval/facts.h"
#include "vm/eval/need.h"

typedef struct {
    eqlvm_need_kind kind;
    eql_strview name, near;
    uint32_t rules, last_rule; /* the rule that was counted last */
} need;

typedef struct {
    uint32_t rule, stage; /* stage: of the program */
    uint32_t severity;    /* of the rule */
    eql_range needs;      /* of lists */
    bool any;
} unable;

struct eqlvm_coverage {
    const eqlvm_engine *e;
    const eql_program *p;
    eql_arena *arena;
    eqlvm_coverage_summary sum;
    eql_vec needs;  /* need; worst first once done */
    eql_vec unable; /* unable */
    eql_vec idle;   /* eqlvm_idle */
    eql_vec lists;  /* uint32_t: of needs */
    eql_map *known; /* kind and name -> need */
    bool failed;
    /* While it is made: */
    eql_paths paths;
    uint32_t *first; /* per path: its first field that is missing, and .. */
    uint32_t *next;  /* .. per field: the path's next one; EQL_NONE */
    eql_near near;
    eql_field_walk walk;
    uint8_t *missing; /* per field without parent: no event had it */
    uint8_t *tried;   /* the same, of some of them */
    uint8_t *dead;    /* per stage */
    uint8_t *scratch; /* per instruction */
    eql_vec found;    /* uint32_t: paths */
    uint64_t steps;   /* that are left */
};

/* Instructions that are looked at to tell which fields a rule needs each, and
 * of which it needs one; so that no rule takes seconds. */
#define MOST_STEPS ((uint64_t)1 << 24)

/* --- needs --- */

static eql_strview
path_name(eqlvm_coverage *c, uint32_t field)
{
    eql_buf path = {0};
    eql_strview name;

    eql_fields_add_path(c->p, field, &path);
    name = eql_arena_dup(c->arena, eql_buf_sv(&path));
    c->failed |= path.failed || !name.p;
    eql_buf_free(&path);
    return name;
}

static eql_strview
near_name(const eqlvm_coverage *c, eqlvm_need_kind kind, eql_strview name)
{
    switch (kind) {
    case EQLVM_NEED_CATEGORY: return eql_near_category(&c->near, name);
    case EQLVM_NEED_FIELD: return eql_near_field(&c->near, name);
    case EQLVM_NEED_TIME: break;
    }
    return eql_near_time(&c->near, name);
}

/* The need's number, found or made; EQL_NONE: out of memory. */
static uint32_t
number_of(eqlvm_coverage *c, eqlvm_need_kind kind, eql_strview name)
{
    eql_buf key = {0};
    uint32_t i = EQL_NONE;

    eql_buf_add_char(&key, (char)('a' + (int)kind));
    eql_buf_add_sv(&key, name);
    if (!key.failed)
        i = eql_map_intern(c->known, key.p, key.len, c->needs.n);
    if (i == c->needs.n) {
        need n = {kind, name, near_name(c, kind, name), 0, EQL_NONE};

        i = eql_vec_push(&c->needs, &n, sizeof n);
    }
    eql_buf_free(&key);
    return i;
}

/* It becomes one of `rule`. */
static void
add_need(eqlvm_coverage *c, uint32_t rule, eqlvm_need_kind kind,
         eql_strview name)
{
    uint32_t i = number_of(c, kind, name);
    need *n;

    if (i == EQL_NONE) {
        c->failed = true;
        return;
    }
    n = eql_vec_at(&c->needs, i);
    n->rules += n->last_rule != rule;
    n->last_rule = rule;
    eql_vec_push(&c->lists, &i, sizeof i);
}

/* --- conditions --- */

/* What is asked: does this never hold, or is it always null? */
typedef struct {
    bool value; /* a leaf's value; else a filter */
    uint32_t of;
} question;

static bool
is_out(const eqlvm_coverage *c, question q, const uint8_t *missing)
{
    eql_lack lack = {
        .p = c->p, .field = EQL_NONE, .missing = missing, .dead = c->dead};

    return q.value ? eql_lack_value(&lack, q.of)
                   : eql_lack_filter(&lack, q.of, c->scratch);
}

/* Sets in `tried` what is missing of a path to `on`. */
static void
try_path(eqlvm_coverage *c, uint32_t path, bool on)
{
    for (uint32_t f = c->first[path]; f != EQL_NONE; f = c->next[f])
        c->tried[f] = on && c->missing[f];
}

/* Paths that were missing, of those that the code reads, in c->found.  Nothing
 * is tried then. */
static void
find_missing(eqlvm_coverage *c, question q)
{
    c->found.n = 0;
    eql_field_walk_begin(&c->walk);
    if (q.value)
        eql_field_walk_leaf(&c->walk, q.of);
    else
        eql_field_walk_filter(&c->walk, q.of);
    memset(c->tried, 0, c->p->nfields);
    for (uint32_t i = 0; i < c->walk.fields.n; i++) {
        uint32_t f = *(const uint32_t *)eql_vec_at(&c->walk.fields, i);
        uint32_t path = c->paths.of[f];

        if (!c->missing[f] || c->tried[c->first[path]])
            continue;
        c->tried[c->first[path]] = true; /* it is found */
        eql_vec_push(&c->found, &path, sizeof path);
    }
    memset(c->tried, 0, c->p->nfields);
    c->failed |= c->walk.failed || c->found.failed;
}

static void
need_path(eqlvm_coverage *c, uint32_t rule, uint32_t path)
{
    add_need(c, rule, EQLVM_NEED_FIELD,
             path_name(c, c->paths.items[path].first));
}

/* May so many questions be asked of the code? */
static bool
can_ask(eqlvm_coverage *c, question q, uint64_t times)
{
    uint64_t steps = times * (q.value ? c->p->leaves[q.of].code.n
                                      : c->p->filters[q.of].code.n);

    if (steps > c->steps)
        return false;
    c->steps -= steps;
    return true;
}

/* The code never holds: each path that it alone needs, else the fewest of them
 * that are too many to be missing together; all, if that is too much to find
 * out.  true: these are alternatives. */
static bool
name_missing(eqlvm_coverage *c, uint32_t rule, question q)
{
    bool alone = false;

    find_missing(c, q);
    if (!can_ask(c, q, 2 * (uint64_t)c->found.n)) {
        for (uint32_t i = 0; i < c->found.n && !c->failed; i++)
            need_path(c, rule, *(const uint32_t *)eql_vec_at(&c->found, i));
        return true;
    }
    for (uint32_t i = 0; i < c->found.n && !c->failed; i++) {
        uint32_t path = *(const uint32_t *)eql_vec_at(&c->found, i);

        try_path(c, path, true);
        if (is_out(c, q, c->tried)) {
            alone = true;
            need_path(c, rule, path);
        }
        try_path(c, path, false);
    }
    if (alone)
        return false;
    for (uint32_t i = 0; i < c->found.n; i++)
        try_path(c, *(const uint32_t *)eql_vec_at(&c->found, i), true);
    for (uint32_t i = 0; i < c->found.n && !c->failed; i++) {
        uint32_t path = *(const uint32_t *)eql_vec_at(&c->found, i);

        try_path(c, path, false);
        if (is_out(c, q, c->tried))
            continue;
        try_path(c, path, true);
        need_path(c, rule, path);
    }
    return true;
}

/* --- stages --- */

static question
condition_of(const eql_stage *s)
{
    return (question){false, s->residual == EQL_NONE ? s->filter : s->residual};
}

static bool
is_optional(const eqlvm_coverage *c, const eql_key *k)
{
    return k->flags & EQL_KEY_OPTIONAL ||
           eql_program_dialect(c->p)->null_keys == EQL_NULL_KEYS_JOIN;
}

/* Is there no value for the key in any event, though there must be one? */
static bool
is_key_out(const eqlvm_coverage *c, const eql_key *k)
{
    if (is_optional(c, k))
        return false;
    return k->field != EQL_NONE
               ? c->missing[k->field]
               : is_out(c, (question){true, k->leaf}, c->missing);
}

static bool
has_time(const eqlvm_coverage *c, const eql_clock *clock)
{
    const eql_events_counters *n = eql_events_get_counters(c->e->events);

    return clock->timestamp == EQL_FIELD_TIMESTAMP
               ? n->untimed < n->accepted
               : !c->missing[clock->timestamp];
}

/* No event that has no time is in a sequence. */
static bool
lacks_time(const eqlvm_coverage *c, const eql_stage *s)
{
    const eql_rule *r = &c->p->rules[s->rule];

    return r->kind == EQL_RULE_SEQUENCE &&
           !has_time(c, &c->p->clocks[r->clock]);
}

static bool
lacks_category(const eqlvm_coverage *c, uint32_t stage)
{
    return c->p->stages[stage].has_category &&
           !eql_engine_category_met(c->e->engine, stage);
}

static bool
is_dead(const eqlvm_coverage *c, uint32_t stage)
{
    const eql_stage *s = &c->p->stages[stage];
    bool out = lacks_category(c, stage) || lacks_time(c, s) ||
               is_out(c, condition_of(s), c->missing);

    for (uint32_t i = 0; i < s->keys.n && !out; i++)
        out = is_key_out(c, &c->p->keys[s->keys.first + i]);
    return out;
}

/* What lineages ask about comes before what asks. */
static void
find_dead(eqlvm_coverage *c)
{
    for (uint32_t i = 0; i < c->p->nlineages; i++)
        c->dead[c->p->lineages[i].stage] = is_dead(c, c->p->lineages[i].stage);
    for (uint32_t i = 0; i < c->p->nstages; i++)
        if (!(c->p->stages[i].flags & EQL_STAGE_LINEAGE))
            c->dead[i] = is_dead(c, i);
}

/* What category or condition of a dead stage want; true: alternatives.
 * lineages: also those that it may ask about. */
static bool
explain_event(eqlvm_coverage *c, uint32_t rule, uint32_t stage, bool lineages)
{
    const eql_stage *s = &c->p->stages[stage];
    bool any = false;

    if (lacks_category(c, stage)) {
        add_need(c, rule, EQLVM_NEED_CATEGORY,
                 eql_program_str(c->p, s->category));
        return false;
    }
    if (!is_out(c, condition_of(s), NULL))
        return is_out(c, condition_of(s), c->missing) &&
               name_missing(c, rule, condition_of(s));
    /* Whatever is there: so it asks about a process that never was. */
    for (uint32_t i = 0; lineages && i < c->p->nlineages; i++) {
        uint32_t of = c->p->lineages[i].stage;

        if (c->dead[of] && c->p->stages[of].rule == rule)
            any |= explain_event(c, rule, of, false);
    }
    return any;
}

/* Of a dead stage of a rule. */
static void
explain_stage(eqlvm_coverage *c, uint32_t rule, uint32_t stage)
{
    const eql_stage *s = &c->p->stages[stage];
    unable u = {.rule = rule,
                .stage = stage,
                .severity = c->p->rules[rule].severity,
                .needs.first = c->lists.n};

    u.any = explain_event(c, rule, stage, true);
    for (uint32_t i = 0; i < s->keys.n && c->lists.n == u.needs.first; i++) {
        const eql_key *k = &c->p->keys[s->keys.first + i];

        if (!is_key_out(c, k))
            continue;
        if (k->field != EQL_NONE)
            need_path(c, rule, c->paths.of[k->field]);
        else
            u.any = name_missing(c, rule, (question){true, k->leaf});
    }
    if (c->lists.n == u.needs.first && lacks_time(c, s))
        add_need(c, rule, EQLVM_NEED_TIME,
                 path_name(c, c->p->clocks[c->p->rules[rule].clock].timestamp));
    u.needs.n = c->lists.n - u.needs.first;
    /* A condition that can hold for no event at all is no matter of events. */
    if (u.needs.n > 0)
        eql_vec_push(&c->unable, &u, sizeof u);
}

static void
find_unable(eqlvm_coverage *c)
{
    for (uint32_t r = 0; r < c->p->nrules && !c->failed; r++) {
        eql_range stages = c->p->rules[r].stages;
        uint32_t before = c->unable.n;

        for (uint32_t i = stages.first; i < stages.first + stages.n; i++)
            if (c->dead[i] && !(c->p->stages[i].flags & EQL_STAGE_MISSING))
                explain_stage(c, r, i);
        c->sum.rules_unable += c->unable.n > before;
    }
}

static uint64_t
seen_by(const eqlvm_coverage *c, uint32_t stage)
{
    const eql_stage_counters *n = eql_engine_stage(c->e->engine, stage);

    return n->hits + n->withheld;
}

/* Of rules of several stages, those that nothing hit. */
static void
find_idle(eqlvm_coverage *c)
{
    for (uint32_t r = 0; r < c->p->nrules; r++) {
        eql_range stages = c->p->rules[r].stages;
        uint64_t hits = 0;

        if (c->p->rules[r].kind == EQL_RULE_EVENT)
            continue;
        for (uint32_t i = stages.first; i < stages.first + stages.n; i++)
            if (!(c->p->stages[i].flags & EQL_STAGE_MISSING))
                hits += seen_by(c, i);
        for (uint32_t i = stages.first; i < stages.first + stages.n; i++) {
            eqlvm_idle idle = {r, c->p->stages[i].number, hits};

            if (!(c->p->stages[i].flags & EQL_STAGE_MISSING) &&
                seen_by(c, i) == 0)
                eql_vec_push(&c->idle, &idle, sizeof idle);
        }
    }
}

/* --- silence --- */

/* Category fields that stages name; *any_met: some event had one of them. */
static uint32_t
category_fields(const eqlvm_coverage *c, eql_strview *names, bool *any_met)
{
    uint32_t n = 0;

    *any_met = false;
    for (uint32_t i = 0; i < c->p->nstages; i++) {
        const eql_stage *s = &c->p->stages[i];
        eql_strview name =
            eql_program_str(c->p, c->p->fields[s->category_field].name);
        uint32_t k = 0;

        if (!s->has_category)
            continue;
        *any_met |= !c->missing[s->category_field];
        while (k < n && !eql_sv_eq(names[k], name))
            k++;
        if (k == n)
            names[n++] = name;
    }
    return n;
}

/* Do the rules name fields, of which no event had any?  An optional key is no
 * matter. */
static bool
lacks_fields(eqlvm_coverage *c)
{
    uint32_t named = 0, missing = 0;

    eql_field_walk_begin(&c->walk);
    for (uint32_t i = 0; i < c->p->nstages; i++) {
        const eql_stage *s = &c->p->stages[i];

        eql_field_walk_filter(&c->walk, condition_of(s).of);
        for (uint32_t k = 0; k < s->keys.n; k++) {
            const eql_key *key = &c->p->keys[s->keys.first + k];

            if (is_optional(c, key))
                continue;
            if (key->field != EQL_NONE)
                eql_field_walk_add(&c->walk, key->field);
            else
                eql_field_walk_leaf(&c->walk, key->leaf);
        }
    }
    for (uint32_t i = 0; i < c->walk.fields.n; i++) {
        named++;
        missing +=
            c->missing[*(const uint32_t *)eql_vec_at(&c->walk.fields, i)];
    }
    c->failed |= c->walk.failed;
    return named > 0 && named == missing;
}

static bool
lacks_all_time(const eqlvm_coverage *c)
{
    for (uint32_t r = 0; r < c->p->nrules; r++)
        if (has_time(c, &c->p->clocks[c->p->rules[r].clock]))
            return false;
    return c->p->nrules > 0;
}

/* --- making --- */

static bool
allocate(eqlvm_coverage *c)
{
    size_t nfields = (size_t)c->p->nfields + 1;

    c->arena = eql_arena_new(0);
    c->known = eql_map_new();
    c->missing = calloc(nfields, 1);
    c->tried = calloc(nfields, 1);
    c->first = calloc(nfields, sizeof *c->first);
    c->next = calloc(nfields, sizeof *c->next);
    c->dead = calloc((size_t)c->p->nstages + 1, 1);
    c->scratch = calloc((size_t)c->p->ninsns + 1, 1);
    return c->arena && c->known && c->missing && c->tried && c->first &&
           c->next && c->dead && c->scratch &&
           eql_paths_init(&c->paths, c->p) &&
           eql_field_walk_init(&c->walk, c->p);
}

static void
find_all_missing(eqlvm_coverage *c)
{
    for (uint32_t i = 0; i < c->paths.n; i++)
        c->first[i] = EQL_NONE;
    for (uint32_t f = 0; f < c->p->nfields; f++) {
        uint32_t path = c->paths.of[f];

        if (c->p->fields[f].parent != EQL_NONE ||
            eql_engine_field_met(c->e->engine, f))
            continue;
        c->missing[f] = true;
        c->next[f] = c->first[path];
        c->first[path] = f;
    }
}

static void
find_silence(eqlvm_coverage *c, bool any_category, uint32_t ncategory_fields)
{
    const eqlvm_engine *e = c->e;

    if (e->nalerts + e->nrows > 0 ||
        eql_events_get_counters(e->events)->accepted == 0)
        return;
    /* Events without a time are in no range: nothing else was looked at. */
    if (lacks_all_time(c))
        c->sum.blind |= EQLVM_BLIND_TIME;
    if (e->evaluated == 0)
        return;
    if (ncategory_fields > 0 && !any_category)
        c->sum.blind |= EQLVM_BLIND_CATEGORY;
    if (lacks_fields(c))
        c->sum.blind |= EQLVM_BLIND_FIELDS;
}

static void
name_roles(eqlvm_coverage *c, const eql_strview *categories, uint32_t n)
{
    eql_strview time = path_name(c, EQL_FIELD_TIMESTAMP);

    if (n > 0) {
        c->sum.category_field = eql_api_text(categories[0]);
        c->sum.category_near =
            eql_api_text(eql_near_field(&c->near, categories[0]));
    }
    c->sum.time_field = eql_api_text(time);
    c->sum.time_near = eql_api_text(eql_near_time(&c->near, time));
}

static int
by_rules(const void *a, const void *b)
{
    const need *x = a, *y = b;

    if (x->rules != y->rules)
        return x->rules < y->rules ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return eql_sv_cmp(x->name, y->name);
}

static int
by_severity(const void *a, const void *b)
{
    const unable *x = a, *y = b;

    if (x->severity != y->severity)
        return x->severity < y->severity ? 1 : -1;
    /* The stages of a rule stand in a row, in their order. */
    return x->stage < y->stage ? -1 : x->stage > y->stage;
}

static int
by_hits(const void *a, const void *b)
{
    const eqlvm_idle *x = a, *y = b;

    if (x->hits != y->hits)
        return x->hits < y->hits ? 1 : -1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->stage < y->stage ? -1 : x->stage > y->stage;
}

/* The lists name needs by their old numbers. */
static bool
sort_needs(eqlvm_coverage *c)
{
    uint32_t *now = calloc((size_t)c->needs.n + 1, sizeof *now);

    if (!now)
        return false;
    /* last_rule has done its duty: it holds the old number. */
    for (uint32_t i = 0; i < c->needs.n; i++)
        ((need *)eql_vec_at(&c->needs, i))->last_rule = i;
    if (c->needs.n > 0)
        qsort(c->needs.items, c->needs.n, sizeof(need), by_rules);
    for (uint32_t i = 0; i < c->needs.n; i++)
        now[((const need *)eql_vec_at(&c->needs, i))->last_rule] = i;
    for (uint32_t i = 0; i < c->lists.n; i++) {
        uint32_t *at = eql_vec_at(&c->lists, i);

        *at = now[*at];
    }
    free(now);
    return true;
}

static bool
fill(eqlvm_coverage *c)
{
    eql_strview *categories;
    uint32_t n;
    bool any;

    if (!allocate(c))
        return false;
    c->steps = MOST_STEPS;
    c->sum.events = c->e->evaluated;
    c->sum.rules = c->p->nrules;
    find_all_missing(c);
    categories = eql_arena_array(c->arena, (size_t)c->p->nstages + 1,
                                 sizeof *categories);
    if (!categories)
        return false;
    n = category_fields(c, categories, &any);
    if (!eql_near_init(&c->near, c->arena, c->e->events, categories, n))
        return false;
    find_silence(c, any, n);
    name_roles(c, categories, n);
    if (c->e->evaluated > 0) {
        find_dead(c);
        find_unable(c);
        find_idle(c);
    }
    if (c->unable.n > 0)
        qsort(c->unable.items, c->unable.n, sizeof(unable), by_severity);
    if (c->idle.n > 0)
        qsort(c->idle.items, c->idle.n, sizeof(eqlvm_idle), by_hits);
    c->sum.nneeds = c->needs.n;
    c->sum.nunable = c->unable.n;
    c->sum.nidle = c->idle.n;
    return sort_needs(c) && !c->failed && !c->lists.failed &&
           !c->unable.failed && !c->idle.failed && !eql_arena_failed(c->arena);
}

eqlvm_coverage *
eqlvm_coverage_new(const eqlvm_engine *e)
{
    eqlvm_coverage *c;
    bool ok;

    if (!e)
        return NULL;
    c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->e = e;
    c->p = e->program;
    ok = fill(c);
    eql_paths_free(&c->paths);
    eql_field_walk_free(&c->walk);
    eql_near_free(&c->near);
    eql_map_free(c->known);
    free(c->missing);
    free(c->tried);
    free(c->first);
    free(c->next);
    free(c->dead);
    free(c->scratch);
    eql_vec_free(&c->found);
    if (ok)
        return c;
    c->known = NULL;
    eqlvm_coverage_free(c);
    return NULL;
}

void
eqlvm_coverage_free(eqlvm_coverage *c)
{
    if (!c)
        return;
    eql_arena_free(c->arena);
    eql_vec_free(&c->needs);
    eql_vec_free(&c->unable);
    eql_vec_free(&c->idle);
    eql_vec_free(&c->lists);
    free(c);
}

/* --- the public calls --- */

void
eqlvm_coverage_get(const eqlvm_coverage *c, eqlvm_coverage_summary *out)
{
    *out = c ? c->sum : (eqlvm_coverage_summary){0};
}

void
eqlvm_coverage_need(const eqlvm_coverage *c, uint32_t i, eqlvm_need *out)
{
    const need *n;

    *out = (eqlvm_need){0};
    if (!c || i >= c->needs.n)
        return;
    n = eql_vec_at(&c->needs, i);
    *out = (eqlvm_need){.kind = n->kind,
                        .name = eql_api_text(n->name),
                        .near = eql_api_text(n->near),
                        .rules = n->rules};
}

void
eqlvm_coverage_unable(const eqlvm_coverage *c, uint32_t i, eqlvm_unable *out)
{
    const unable *u;

    *out = (eqlvm_unable){0};
    if (!c || i >= c->unable.n)
        return;
    u = eql_vec_at(&c->unable, i);
    *out = (eqlvm_unable){.rule = u->rule,
                          .stage = c->p->stages[u->stage].number,
                          .needs = eql_vec_at(&c->lists, u->needs.first),
                          .nneeds = u->needs.n,
                          .any = u->any};
}

void
eqlvm_coverage_idle(const eqlvm_coverage *c, uint32_t i, eqlvm_idle *out)
{
    *out = c && i < c->idle.n ? *(const eqlvm_idle *)eql_vec_at(&c->idle, i)
                              : (eqlvm_idle){0};
}
