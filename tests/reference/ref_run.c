/* ref_run.c -- see ref_run.h.
 *
 * Everything that does not depend on partials is worked out before the
 * sequence procedures start, so they know neither JSON nor conditions; what
 * does depend on them they ask for. */
#include "tests/reference/ref_run.h"

#include <stdio.h>
#include <string.h>

#include "tests/reference/ref_filter.h"
#include "tests/reference/ref_key.h"
#include "tests/reference/ref_lineage.h"
#include "tests/reference/ref_parse.h"
#include "tests/reference/ref_pipe.h"
#include "tests/reference/ref_tuple.h"

typedef struct {
    const ref_case *c;
    ref_pool *pool;
    ref_flags flags;
    ref_env env; /* of no event */
    ref_query *query;
    ref_node **exceptions; /* parsed, one for each of the case */
    json_t **events;
    ref_when *when;
    size_t *order;
    ref_str *aliases; /* one for each stage as written; p NULL: none */
    ref_position *positions;
    size_t npositions;
    const char *refused; /* NULL: nothing was refused */
} run;

/* --- reading the case --- */

/* Language 2.2: ISO text, digits, or a number: of a unit that its size tells,
 * in endgame of 100 ns since 1601. */
static bool
to_time(const ref_flags *flags, ref_value v, int64_t *ns)
{
    if (v.tag == REF_NUM && flags->endgame && v.num.is_int) {
        *ns = (v.num.i - 116444736000000000) * 100;
        return true;
    }
    if (v.tag == REF_STR)
        return ref_parse_time(v.str, ns);
    return v.tag == REF_NUM && ref_epoch(v.num, ns);
}

static void
read_times(ref_pool *pool, const ref_case *c, const ref_flags *flags,
           json_t *const *events, ref_when *when)
{
    for (size_t i = 0; i < c->nevents; i++) {
        ref_values at = ref_name_values(pool, events[i], flags->timestamp);

        when[i].arrival = flags->arrival;
        when[i].has_time = at.n > 0 && to_time(flags, at.items[0], &when[i].ns);
        if (!c->tiebreaker)
            continue;
        at = ref_name_values(pool, events[i], c->tiebreaker);
        when[i].has_tiebreaker =
            at.n > 0 && at.items[0].tag == REF_NUM && at.items[0].num.is_int;
        if (when[i].has_tiebreaker)
            when[i].tiebreaker = at.items[0].num.i;
    }
}

static void
open_case(run *r, const ref_case *c)
{
    *r = (run){.c = c, .pool = ref_pool_new()};
    r->events = ref_alloc(r->pool, c->nevents * sizeof *r->events);
    r->when = ref_alloc(r->pool, c->nevents * sizeof *r->when);
    if (!ref_flags_read(&r->flags, c->dialect, c->set))
        r->refused = "no such dialect, flag or value";
    r->flags.no_schema = c->no_schema;
    r->flags.versions = c->versions;
    r->env =
        (ref_env){.pool = r->pool, .flags = &r->flags, .refused = &r->refused};
    for (size_t i = 0; i < c->nevents; i++) {
        r->events[i] = json_loads(c->events[i], JSON_ALLOW_NUL, NULL);
        if (!json_is_object(r->events[i]))
            r->refused = "an event is no JSON object";
    }
    if (!r->refused) {
        read_times(r->pool, c, &r->flags, r->events, r->when);
        r->order = ref_sorted(r->pool, r->when, c->nevents);
    }
}

static void
close_case(run *r)
{
    for (size_t i = 0; i < r->c->nevents; i++)
        json_decref(r->events[i]);
    ref_pool_free(r->pool);
}

ref_when *
ref_case_times(ref_pool *pool, const ref_case *c)
{
    ref_when *when = ref_alloc(pool, c->nevents * sizeof *when);
    run r;

    open_case(&r, c);
    if (!r.refused)
        memcpy(when, r.when, c->nevents * sizeof *when);
    close_case(&r);
    return when;
}

static void
parse(run *r)
{
    const ref_case *c = r->c;

    r->query = ref_parse_query(r->pool, ref_cstr(c->query),
                               r->flags.flat_comments, &r->refused);
    r->exceptions =
        ref_alloc(r->pool, (c->nexceptions + 1) * sizeof *r->exceptions);
    for (size_t i = 0; !r->refused && i < c->nexceptions; i++)
        r->exceptions[i] =
            ref_parse_condition(r->pool, ref_cstr(c->exceptions[i].condition),
                                r->flags.flat_comments, &r->refused);
}

static void
work_out_lineages(run *r)
{
    const ref_query *q = r->query;
    size_t n = r->c->nevents;

    for (size_t s = 0; s < q->nstages; s++)
        ref_work_out_lineages(&r->env, q->stages[s].filter.condition, r->events,
                              r->order, n);
    if (q->until)
        ref_work_out_lineages(&r->env, q->until->filter.condition, r->events,
                              r->order, n);
    for (size_t i = 0; i < r->c->nexceptions; i++)
        ref_work_out_lineages(&r->env, r->exceptions[i], r->events, r->order,
                              n);
}

/* --- stages --- */

/* Does the expression name an event of an earlier stage? */
static bool
names_alias(const run *r, const ref_node *e)
{
    if (e->kind == REF_N_FIELD)
        return ref_path_is_alias(&e->path, r->aliases, r->query->nstages);
    for (size_t i = 0; i < e->n; i++)
        if (names_alias(r, e->kids[i]))
            return true;
    return false;
}

static void
write_out_runs(run *r)
{
    const ref_query *q = r->query;
    size_t n = 0;

    r->aliases = ref_alloc(r->pool, q->nstages * sizeof *r->aliases);
    for (size_t s = 0; s < q->nstages; s++) {
        r->aliases[s] = q->stages[s].alias;
        n += q->stages[s].runs;
    }
    if (n > 1000) {
        r->refused = "too many runs";
        return;
    }
    r->positions = ref_alloc(r->pool, n * sizeof *r->positions);
    for (size_t s = 0; s < q->nstages; s++)
        for (size_t i = 0; i < q->stages[s].runs; i++)
            r->positions[r->npositions++] = (ref_position){
                .stage = s,
                .missing = q->stages[s].missing,
                .fork = q->stages[s].fork,
                .aliases = names_alias(r, q->stages[s].filter.condition)};
}

/* With n positive events passed: a stage's alias is its last one. */
static bool
holds_after(void *ctx, size_t stage, size_t event, const size_t *events,
            size_t n)
{
    run *r = ctx;
    const ref_query *q = r->query;
    const ref_stage *s = stage < q->nstages ? &q->stages[stage] : q->until;
    ref_alias *aliases = ref_alloc(r->pool, (q->nstages + 1) * sizeof *aliases);
    size_t passed = 0;
    ref_env env = r->env;

    for (size_t i = 0; i < q->nstages; i++) {
        if (q->stages[i].missing)
            continue;
        passed += q->stages[i].runs;
        if (!q->stages[i].alias.p)
            continue;
        aliases[env.naliases++] =
            (ref_alias){q->stages[i].alias,
                        passed <= n ? r->events[events[passed - 1]] : NULL};
    }
    env.aliases = aliases;
    env.event = r->events[event];
    env.number = event;
    return ref_holds(&env, s->filter.condition);
}

/* stage from 1; 0 for `until`, which has no exceptions.  A condition that
 * names aliases is left for later. */
static bool
sees(run *r, const ref_stage *stage, size_t number, size_t event)
{
    ref_env env = r->env;

    env.event = r->events[event];
    env.number = event;
    if (!ref_in_category(&env, &stage->filter))
        return false;
    if (!names_alias(r, stage->filter.condition) &&
        !ref_holds(&env, stage->filter.condition))
        return false;
    for (size_t i = 0; i < r->c->nexceptions; i++)
        if (r->c->exceptions[i].stage == number &&
            ref_holds(&env, r->exceptions[i]))
            return false;
    return true;
}

static void
look_at_stage(run *r, const ref_stage *stage, size_t number, ref_keys *looks)
{
    for (size_t i = 0; i < r->c->nevents; i++) {
        ref_env env = r->env;

        env.event = r->events[i];
        env.number = i;
        if (sees(r, stage, number, i))
            looks[i] = ref_event_keys(&env, &r->query->by, &stage->by);
    }
}

static ref_seq
look_at_all(run *r)
{
    const ref_query *q = r->query;
    size_t n = r->c->nevents;
    ref_keys *looks = ref_alloc(r->pool, (q->nstages + 1) * n * sizeof *looks);
    ref_seq seq = {.positions = r->positions,
                   .npositions = r->npositions,
                   .nstages = q->nstages,
                   .nevents = n,
                   .when = r->when,
                   .looks = looks,
                   .has_maxspan = q->has_maxspan,
                   .maxspan_ns = q->maxspan_ns,
                   .flags = &r->flags,
                   .holds = holds_after,
                   .ctx = r};

    for (size_t s = 0; s < q->nstages; s++)
        look_at_stage(r, &q->stages[s], s + 1, looks + s * n);
    if (q->until) {
        look_at_stage(r, q->until, 0, looks + q->nstages * n);
        seq.until_aliases = names_alias(r, q->until->filter.condition);
    }
    return seq;
}

/* --- running --- */

static void
run_event_query(run *r, ref_results *out)
{
    for (size_t i = 0; i < r->c->nevents; i++)
        if (sees(r, &r->query->stages[0], 1, r->order[i]))
            ref_add_result(r->pool, out, &r->order[i], 1, NULL);
}

static ref_status
run_sequence(run *r, ref_results *out, char err[REF_ERR])
{
    ref_seq seq = look_at_all(r);
    ref_results machine = {0};

    ref_seq_machine(r->pool, &seq, &machine);
    ref_sort_results(&r->env, r->when, &machine);
    if (!ref_seq_has_batch(&seq) || r->flags.arrival) {
        *out = machine;
        return REF_RAN;
    }
    ref_seq_batch(r->pool, &seq, out);
    ref_sort_results(&r->env, r->when, out);
    if (ref_results_eq(out, &machine))
        return REF_RAN;
    snprintf(err, REF_ERR, "batch %s, machine %s",
             ref_results_text(r->pool, out),
             ref_results_text(r->pool, &machine));
    return REF_BROKEN;
}

static ref_status
run_query(run *r, ref_results *out, char err[REF_ERR])
{
    ref_seq seq;

    switch (r->query->kind) {
    case REF_Q_EVENT: run_event_query(r, out); break;
    case REF_Q_SEQUENCE: return run_sequence(r, out, err);
    case REF_Q_SAMPLE:
        seq = look_at_all(r);
        ref_sample(&r->env, &seq, out);
        break;
    case REF_Q_JOIN:
        seq = look_at_all(r);
        ref_join(&r->env, &seq, out);
        break;
    }
    return REF_RAN;
}

static void
hand_over(run *r, const ref_results *results, ref_matches *out)
{
    for (size_t i = 0; i < results->n; i++) {
        const ref_result *x = &results->items[i];

        ref_match_texts(ref_matches_add(out, x->events, x->n),
                        x->n ? ref_shown_keys(r->pool, x->key) : NULL,
                        x->row_text);
    }
}

ref_status
ref_run(const ref_case *c, ref_matches *out, char err[REF_ERR])
{
    ref_status status = REF_RAN;
    ref_results results = {0};
    run r;

    open_case(&r, c);
    err[0] = '\0';
    *out = (ref_matches){0};
    if (!r.refused)
        parse(&r);
    if (!r.refused)
        write_out_runs(&r);
    if (!r.refused) {
        work_out_lineages(&r);
        status = run_query(&r, &results, err);
    }
    if (!r.refused && status == REF_RAN)
        ref_run_pipes(&r.env, r.query, r.events, &results);
    if (r.refused) {
        snprintf(err, REF_ERR, "%s", r.refused);
        status = REF_REFUSED;
    } else if (status == REF_RAN) {
        hand_over(&r, &results, out);
    }
    close_case(&r);
    return status;
}

ref_keys *
ref_case_keys(ref_pool *pool, const ref_case *c)
{
    ref_keys *keys = ref_alloc(pool, c->nevents * sizeof *keys);
    bool own = false;
    run r;

    open_case(&r, c);
    if (!r.refused)
        parse(&r);
    for (size_t s = 0; !r.refused && s < r.query->nstages; s++)
        own |= r.query->stages[s].by.n > 0;
    for (size_t i = 0; !r.refused && i < c->nevents; i++) {
        static const ref_nodes none = {0};
        ref_env env = r.env;
        ref_keys all;

        env.event = r.events[i];
        all = ref_event_keys(&env, &r.query->by, &none);
        keys[i].n = all.n;
        keys[i].keys = ref_alloc(pool, all.n * sizeof *all.keys);
        for (size_t k = 0; k < all.n; k++)
            keys[i].keys[k].text = ref_printf(pool, "%s", all.keys[k].text);
    }
    own |= r.refused || r.query->by.n == 0;
    close_case(&r);
    return own ? NULL : keys;
}

bool
ref_case_maxspan(const ref_case *c, int64_t *ns)
{
    bool has = false;
    run r;

    open_case(&r, c);
    if (!r.refused)
        parse(&r);
    if (!r.refused && r.query->has_maxspan) {
        has = true;
        *ns = r.query->maxspan_ns;
    }
    close_case(&r);
    return has;
}
