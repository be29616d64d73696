/* join.c -- `join`: language 11.1, word for word.
 *
 * A key has one place per stage; the first event takes a place, until the key
 * is complete and begins anew.  `until` comes before the stages, whatever the
 * dialect says of sequences.  A key that was completed stays in the table to
 * the end of the hit, empty: a later stage of the same event may open it again,
 * and join_reuse=off has to know which keys the event already served. */
#include "vm/group/join.h"

#include "vm/state/found.h"

typedef struct {
    eql_found_key base;
    uint64_t used; /* serial of the hit that took a place last */
    uint32_t npositions, nfilled;
    bool spare; /* in the list of spares: not to be freed before that is gone */
    eql_found *at[];
    /* the key's bytes */
} join_key;

struct eql_join {
    const eql_program *program;
    const eql_captures *captures;
    eql_engine_counters *counters;
    eql_found_keys keys;
    eql_vec spares;          /* join_key *: completed or ended in this hit */
    eql_match_event *events; /* of the result being delivered */
    uint64_t serial;         /* of the hit at hand */
};

/* One rule looking at the hit at hand. */
typedef struct {
    eql_join *join;
    const eql_hit *hit;
    const eql_rule *rule;
    uint32_t index; /* of the rule */
    eql_result_fn out;
    void *ctx;
} job;

/* --- making --- */

static uint32_t
most_positions(const eql_program *p)
{
    uint32_t n = 1;

    for (uint32_t i = 0; i < p->nrules; i++)
        if (p->rules[i].kind == EQL_RULE_JOIN && p->rules[i].stages.n > n)
            n = p->rules[i].stages.n;
    return n;
}

eql_join *
eql_join_new(const eql_program *p, const eql_captures *c, eql_budget *budget,
             eql_engine_counters *counters)
{
    eql_join *j = calloc(1, sizeof *j);

    if (!j)
        return NULL;
    j->program = p;
    j->captures = c;
    j->counters = counters;
    j->events = calloc(most_positions(p), sizeof *j->events);
    if (!eql_found_keys_init(&j->keys, budget) || !j->events) {
        eql_join_free(j);
        return NULL;
    }
    return j;
}

static size_t
fixed_size(uint32_t npositions)
{
    return sizeof(join_key) + npositions * sizeof(eql_found *);
}

static void
clear(eql_join *j, join_key *k)
{
    for (uint32_t i = 0; i < k->npositions; i++) {
        if (k->at[i])
            eql_found_free(j->keys.budget, k->at[i]);
        k->at[i] = NULL;
    }
    k->nfilled = 0;
}

static void
forget(eql_join *j, join_key *k)
{
    clear(j, k);
    eql_found_keys_unlist(&j->keys, &k->base);
    if (!k->spare)
        eql_found_keys_remove(&j->keys, &k->base, fixed_size(k->npositions));
}

static join_key *
oldest(const eql_join *j, const join_key *but)
{
    return (join_key *)(void *)eql_found_keys_oldest(&j->keys,
                                                     but ? &but->base : NULL);
}

void
eql_join_free(eql_join *j)
{
    join_key *k;

    if (!j)
        return;
    while (j->keys.budget && (k = oldest(j, NULL)))
        forget(j, k);
    if (j->keys.table.budget)
        eql_found_keys_free(&j->keys);
    eql_vec_free(&j->spares);
    free(j->events);
    free(j);
}

void
eql_join_finish(eql_join *j)
{
    join_key *k;

    while ((k = oldest(j, NULL))) {
        j->counters->open++;
        forget(j, k);
    }
}

/* --- one hit --- */

static join_key *
find(const job *o, eql_strview key)
{
    return (join_key *)(void *)eql_found_keys_find(&o->join->keys, o->index,
                                                   key);
}

static join_key *
add_key(const job *o, eql_strview key)
{
    uint32_t n = o->rule->stages.n;
    join_key *k = (join_key *)(void *)eql_found_keys_add(
        &o->join->keys, o->index, key, fixed_size(n));

    if (k)
        k->npositions = n;
    return k;
}

/* Room for the finding in k, which may be NULL: a key that is new.  Older keys
 * give way; false when there are none left. */
static bool
make_room(const job *o, const eql_finding *f, const join_key *k)
{
    eql_join *j = o->join;
    uint64_t cost = eql_found_cost(f);
    join_key *old;

    if (!k)
        cost += eql_found_keys_cost(f->key, fixed_size(o->rule->stages.n));
    while (!eql_budget_fits(j->keys.budget, cost)) {
        old = oldest(j, k);
        if (!old)
            return false;
        j->counters->evicted++;
        forget(j, old);
    }
    return true;
}

static eql_engine_result
deliver(const job *o, const join_key *k, eql_strview shown)
{
    eql_join *j = o->join;
    uint32_t severities = 0;
    eql_match m = {.rule = o->index,
                   .events = j->events,
                   .nevents = k->npositions,
                   .key = shown,
                   .row = eql_sv("", 0),
                   .time_ns = o->hit->time_ns,
                   .has_time = (o->hit->flags & EQL_HIT_TIMED) != 0};

    for (uint32_t i = 0; i < k->npositions; i++) {
        j->events[i] = k->at[i]->event;
        severities |= k->at[i]->severities;
    }
    m.severity = eql_result_severity(j->program, o->index, severities);
    return o->out(o->ctx, &m);
}

/* An empty key waits for the end of the hit. */
static bool
retire(eql_join *j, join_key *k)
{
    clear(j, k);
    eql_found_keys_unlist(&j->keys, &k->base);
    if (k->spare)
        return true;
    k->spare = true;
    if (eql_vec_push(&j->spares, &k, sizeof k) != EQL_NONE)
        return true;
    k->spare = false;
    forget(j, k);
    return false;
}

static void
drop_spares(eql_join *j)
{
    for (uint32_t i = 0; i < j->spares.n; i++) {
        join_key *k = *(join_key **)eql_vec_at(&j->spares, i);

        k->spare = false;
        if (k->nfilled == 0)
            forget(j, k);
    }
    j->spares.n = 0;
}

static bool
is_taken(const job *o, const join_key *k, uint32_t position)
{
    const eql_dialect *d = eql_program_dialect(o->join->program);

    if (d->join_reuse == EQL_JOIN_REUSE_OFF && k->used == o->join->serial)
        return true;
    return k->at[position];
}

/* Puts an event that fits the budget into its place. */
static eql_engine_result
put(const job *o, join_key *k, uint32_t position, const eql_finding *f)
{
    eql_join *j = o->join;
    eql_found *x = eql_found_new(j->keys.budget, f);
    eql_engine_result res;

    if (!x)
        return EQL_ENGINE_NOMEM;
    if (k->nfilled == 0) {
        j->counters->started++;
        if (!k->base.listed)
            eql_found_keys_list(&j->keys, &k->base);
    }
    if (k->at[position])
        eql_found_free(j->keys.budget, k->at[position]);
    else
        k->nfilled++;
    k->at[position] = x;
    k->used = j->serial;
    if (k->nfilled < k->npositions)
        return EQL_ENGINE_OK;
    res = deliver(o, k, f->shown);
    return retire(j, k) ? res : EQL_ENGINE_NOMEM;
}

static eql_engine_result
take(const job *o, uint32_t position, const eql_finding *f)
{
    join_key *k = find(o, f->key);

    if (k && is_taken(o, k, position))
        return EQL_ENGINE_OK;
    if (!make_room(o, f, k)) {
        o->join->counters->evicted++;
        if (!k || k->nfilled == 0)
            o->join->counters->started++;
        if (k)
            forget(o->join, k);
        return EQL_ENGINE_OK;
    }
    if (!k)
        k = add_key(o, f->key);
    return k ? put(o, k, position, f) : EQL_ENGINE_NOMEM;
}

static void
end_key(const job *o, eql_strview key)
{
    join_key *k = find(o, key);

    if (!k || k->nfilled == 0)
        return;
    o->join->counters->ended++;
    forget(o->join, k);
}

static eql_engine_result
see_entry(const job *o, const eql_hit_entry *e)
{
    uint32_t stage = e->stage;
    eql_finding f = {.event = eql_result_event(o->join->captures, o->hit, e),
                     .serial = o->join->serial,
                     .severities = e->severities};
    eql_engine_result res = EQL_ENGINE_OK;

    for (eql_strview t = eql_hit_tuple_first(e); t.p && res == EQL_ENGINE_OK;
         t = eql_hit_tuple_next(e, t)) {
        f.key = t;
        f.shown = eql_hit_tuple_shown(e, t);
        if (stage == o->rule->until)
            end_key(o, t);
        else
            res = take(o, stage - o->rule->stages.first, &f);
    }
    return res;
}

eql_engine_result
eql_join_hit(eql_join *j, uint32_t rule, const eql_hit *h,
             const eql_hit_entry *const *entries, uint32_t n, eql_result_fn out,
             void *ctx)
{
    job o = {.join = j,
             .hit = h,
             .rule = &j->program->rules[rule],
             .index = rule,
             .out = out,
             .ctx = ctx};
    eql_engine_result res = EQL_ENGINE_OK;

    j->serial++;
    for (uint32_t i = 0; i < n && res == EQL_ENGINE_OK; i++)
        res = see_entry(&o, entries[i]);
    drop_spares(j);
    return res;
}
