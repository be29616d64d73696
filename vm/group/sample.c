/* sample.c -- `sample`: collects candidates per key and filter, and chooses
 * sets of distinct events among them (language 10.1).
 *
 * Of n filters and s samples per key, the first n - 1 + s candidates of each
 * filter decide the first s sets of the search: an event further back can only
 * stand for one that s others could stand for as well.  So no more are kept.
 * Sets are taken in the order of the search, filter 1 slowest.  In stream mode
 * only sets with an event of the hit at hand are new; the rest was reported.
 *
 * The result says nothing of the order of events, and none is asked for. */
#include "vm/group/sample.h"

#include "vm/state/found.h"

typedef struct {
    eql_found *first, *last;
    uint32_t n;
} candidates;

typedef struct {
    eql_found_key base;
    uint64_t touched; /* serial of the hit that added a candidate last */
    uint32_t nfilters;
    uint32_t given; /* samples reported */
    candidates at[];
    /* the key's bytes */
} sample_key;

struct eql_sample {
    const eql_program *program;
    const eql_captures *captures;
    eql_engine_counters *counters;
    eql_found_keys keys;
    eql_match_event *events; /* of the result being delivered */
    eql_found **chosen;      /* of the search */
    uint64_t serial;         /* of the hit at hand */
    eql_vec touched;         /* sample_key *: by the hit at hand */
};

/* One rule, and where its results go. */
typedef struct {
    eql_sample *sample;
    const eql_rule *rule;
    uint32_t index;  /* of the rule */
    uint64_t serial; /* an event of the set is of this hit; 0: any will do */
    eql_result_fn out;
    void *ctx;
} job;

/* --- making --- */

static uint32_t
most_filters(const eql_program *p)
{
    uint32_t n = 1;

    for (uint32_t i = 0; i < p->nrules; i++)
        if (p->rules[i].kind == EQL_RULE_SAMPLE && p->rules[i].stages.n > n)
            n = p->rules[i].stages.n;
    return n;
}

eql_sample *
eql_sample_new(const eql_program *p, const eql_captures *c, eql_budget *budget,
               eql_engine_counters *counters)
{
    eql_sample *s = calloc(1, sizeof *s);
    uint32_t n = most_filters(p);

    if (!s)
        return NULL;
    s->program = p;
    s->captures = c;
    s->counters = counters;
    s->events = calloc(n, sizeof *s->events);
    s->chosen = calloc(n, sizeof *s->chosen);
    if (!eql_found_keys_init(&s->keys, budget) || !s->events || !s->chosen) {
        eql_sample_free(s);
        return NULL;
    }
    return s;
}

static size_t
fixed_size(uint32_t nfilters)
{
    return sizeof(sample_key) + nfilters * sizeof(candidates);
}

static void
drop_candidates(eql_sample *s, sample_key *k)
{
    for (uint32_t i = 0; i < k->nfilters; i++) {
        for (eql_found *f = k->at[i].first, *next; f; f = next) {
            next = f->next;
            eql_found_free(s->keys.budget, f);
        }
        k->at[i] = (candidates){0};
    }
}

static void
forget(eql_sample *s, sample_key *k)
{
    drop_candidates(s, k);
    eql_found_keys_remove(&s->keys, &k->base, fixed_size(k->nfilters));
}

static sample_key *
oldest(const eql_sample *s, const sample_key *but)
{
    return (sample_key *)(void *)eql_found_keys_oldest(&s->keys,
                                                       but ? &but->base : NULL);
}

static sample_key *
newer(const sample_key *k)
{
    return (sample_key *)(void *)k->base.newer;
}

void
eql_sample_free(eql_sample *s)
{
    sample_key *k;

    if (!s)
        return;
    while (s->keys.budget && (k = oldest(s, NULL)))
        forget(s, k);
    if (s->keys.table.budget)
        eql_found_keys_free(&s->keys);
    eql_vec_free(&s->touched);
    free(s->chosen);
    free(s->events);
    free(s);
}

static uint32_t
per_key(const eql_sample *s)
{
    return eql_program_dialect(s->program)->samples_per_key;
}

static bool
is_stream(const eql_sample *s)
{
    return eql_program_dialect(s->program)->sample_mode ==
           EQL_SAMPLE_MODE_STREAM;
}

/* --- searching --- */

/* An event stands in a set once, whatever filters it satisfies. */
static bool
is_used(eql_found *const *chosen, uint32_t n, const eql_found *f)
{
    for (uint32_t i = 0; i < n; i++) {
        const eql_match_event *ev = &chosen[i]->event;

        if (ev->file == f->event.file && ev->line == f->event.line)
            return true;
    }
    return false;
}

static bool
is_new(const job *o, const sample_key *k)
{
    for (uint32_t i = 0; i < k->nfilters; i++)
        if (o->serial == 0 || o->sample->chosen[i]->serial == o->serial)
            return true;
    return false;
}

/* The next set after the one that was chosen before, or the first. */
static bool
next_set(const job *o, const sample_key *k, bool first)
{
    eql_found **chosen = o->sample->chosen;
    uint32_t depth = first ? 0 : k->nfilters - 1, steps = 0;
    eql_found *f = first ? k->at[0].first : chosen[depth]->next;

    for (;;) {
        for (; f && is_used(chosen, depth, f); f = f->next)
            steps++;
        if (++steps > EQL_MAX_SAMPLE_STEPS) {
            o->sample->counters->samples_capped++;
            return false;
        }
        if (f) {
            chosen[depth] = f;
            if (++depth < k->nfilters) {
                f = k->at[depth].first;
                continue;
            }
            if (is_new(o, k))
                return true;
        }
        if (depth == 0)
            return false;
        f = chosen[--depth]->next;
    }
}

static eql_engine_result
deliver(const job *o, const sample_key *k)
{
    eql_sample *s = o->sample;
    uint32_t severities = 0;
    eql_match m = {.rule = o->index,
                   .events = s->events,
                   .nevents = k->nfilters,
                   .key = s->chosen[k->nfilters - 1]->shown,
                   .row = eql_sv("", 0)};

    for (uint32_t i = 0; i < k->nfilters; i++) {
        const eql_match_event *ev = &s->chosen[i]->event;

        s->events[i] = *ev;
        severities |= s->chosen[i]->severities;
        if (ev->has_time && (!m.has_time || ev->time_ns > m.time_ns)) {
            m.has_time = true;
            m.time_ns = ev->time_ns;
        }
    }
    m.severity = eql_result_severity(s->program, o->index, severities);
    s->counters->started++;
    return o->out(o->ctx, &m);
}

/* Reports what there is of this key, up to its samples. */
static eql_engine_result
report(const job *o, sample_key *k)
{
    eql_engine_result res = EQL_ENGINE_OK;
    bool first = true;

    for (uint32_t i = 0; i < k->nfilters; i++)
        if (!k->at[i].first)
            return res;
    while (res == EQL_ENGINE_OK && k->given < per_key(o->sample) &&
           next_set(o, k, first)) {
        first = false;
        k->given++;
        res = deliver(o, k);
    }
    return res;
}

/* --- one hit --- */

static sample_key *
find(const job *o, eql_strview key)
{
    return (sample_key *)(void *)eql_found_keys_find(&o->sample->keys, o->index,
                                                     key);
}

static void
evict(eql_sample *s, sample_key *k)
{
    s->counters->started++;
    s->counters->evicted++;
    forget(s, k);
}

/* Older keys give way; false when there are none left, or they would be the
 * hit's own. */
static bool
make_room(const job *o, const eql_finding *f, const sample_key *k)
{
    eql_sample *s = o->sample;
    uint64_t cost = eql_found_cost(f);

    if (!k)
        cost += eql_found_keys_cost(f->key, fixed_size(o->rule->stages.n));
    while (!eql_budget_fits(s->keys.budget, cost)) {
        sample_key *old = oldest(s, k);

        if (!old || (is_stream(s) && old->touched == s->serial))
            return false;
        evict(s, old);
    }
    return true;
}

static sample_key *
add_key(const job *o, eql_strview key)
{
    uint32_t n = o->rule->stages.n;
    sample_key *k = (sample_key *)(void *)eql_found_keys_add(
        &o->sample->keys, o->index, key, fixed_size(n));

    if (k)
        k->nfilters = n;
    return k;
}

static bool
touch(eql_sample *s, sample_key *k)
{
    if (k->touched == s->serial)
        return true;
    k->touched = s->serial;
    return !is_stream(s) || eql_vec_push(&s->touched, &k, sizeof k) != EQL_NONE;
}

static bool
wants(const job *o, const sample_key *k, uint32_t filter)
{
    uint32_t most = k->nfilters - 1 + per_key(o->sample);

    return k->given < per_key(o->sample) && k->at[filter].n < most;
}

static eql_engine_result
take(const job *o, uint32_t filter, const eql_finding *f)
{
    eql_sample *s = o->sample;
    sample_key *k = find(o, f->key);
    candidates *c;
    eql_found *x;

    if (k && !wants(o, k, filter))
        return EQL_ENGINE_OK;
    if (!make_room(o, f, k)) { /* the candidate, or the key that is new */
        s->counters->started++;
        s->counters->evicted++;
        return EQL_ENGINE_OK;
    }
    if (!k)
        k = add_key(o, f->key);
    x = k && touch(s, k) ? eql_found_new(s->keys.budget, f) : NULL;
    if (!x)
        return EQL_ENGINE_NOMEM;
    c = &k->at[filter];
    *(c->last ? &c->last->next : &c->first) = x;
    c->last = x;
    c->n++;
    return EQL_ENGINE_OK;
}

static eql_engine_result
see_entry(const job *o, const eql_hit *h, const eql_hit_entry *e)
{
    uint32_t stage = e->stage;
    eql_finding f = {.event = eql_result_event(o->sample->captures, h, e),
                     .serial = o->sample->serial,
                     .severities = e->severities};
    eql_engine_result res = EQL_ENGINE_OK;

    for (eql_strview t = eql_hit_tuple_first(e); t.p && res == EQL_ENGINE_OK;
         t = eql_hit_tuple_next(e, t)) {
        f.key = t;
        f.shown = eql_hit_tuple_shown(e, t);
        res = take(o, stage - o->rule->stages.first, &f);
    }
    return res;
}

static eql_strview
key_of(const sample_key *k)
{
    return eql_sv(k->base.node.key, k->base.node.len);
}

static int
compare_keys(const void *a, const void *b)
{
    const sample_key *x = *(sample_key *const *)a, *y = *(sample_key *const *)b;

    if (x->base.node.rule != y->base.node.rule)
        return x->base.node.rule < y->base.node.rule ? -1 : 1;
    return eql_hit_key_compare(key_of(x), key_of(y));
}

static void
sort_keys(eql_vec *keys)
{
    if (keys->n > 1)
        qsort(keys->items, keys->n, keys->size, compare_keys);
}

/* Stream: the sets that the hit completed, key by key. */
static eql_engine_result
report_touched(const job *o)
{
    eql_sample *s = o->sample;
    eql_engine_result res = EQL_ENGINE_OK;

    sort_keys(&s->touched);
    for (uint32_t i = 0; i < s->touched.n && res == EQL_ENGINE_OK; i++) {
        sample_key *k = *(sample_key **)eql_vec_at(&s->touched, i);

        res = report(o, k);
        if (k->given >= per_key(s))
            drop_candidates(s, k); /* done; the key itself is remembered */
    }
    s->touched.n = 0;
    return res;
}

eql_engine_result
eql_sample_hit(eql_sample *s, uint32_t rule, const eql_hit *h,
               const eql_hit_entry *const *entries, uint32_t n,
               eql_result_fn out, void *ctx)
{
    job o = {.sample = s,
             .rule = &s->program->rules[rule],
             .index = rule,
             .serial = ++s->serial,
             .out = out,
             .ctx = ctx};
    eql_engine_result res = EQL_ENGINE_OK;

    for (uint32_t i = 0; i < n && res == EQL_ENGINE_OK; i++)
        res = see_entry(&o, h, entries[i]);
    return res == EQL_ENGINE_OK ? report_touched(&o) : res;
}

/* --- the end --- */

static eql_engine_result
report_all(eql_sample *s, const eql_vec *keys, eql_result_fn out, void *ctx)
{
    eql_engine_result res = EQL_ENGINE_OK;

    for (uint32_t i = 0; i < keys->n && res == EQL_ENGINE_OK; i++) {
        sample_key *k = *(sample_key **)eql_vec_at(keys, i);
        uint32_t rule = k->base.node.rule;
        job o = {.sample = s,
                 .rule = &s->program->rules[rule],
                 .index = rule,
                 .out = out,
                 .ctx = ctx};

        res = report(&o, k);
    }
    return res;
}

/* Keys that never had a set. */
static void
count_open(eql_sample *s)
{
    for (const sample_key *k = oldest(s, NULL); k; k = newer(k)) {
        if (k->given == 0) {
            s->counters->started++;
            s->counters->open++;
        }
    }
}

eql_engine_result
eql_sample_finish(eql_sample *s, eql_result_fn out, void *ctx)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_vec keys = {0};
    sample_key *k = oldest(s, NULL);

    for (; k && !is_stream(s); k = newer(k))
        if (eql_vec_push(&keys, &k, sizeof k) == EQL_NONE)
            res = EQL_ENGINE_NOMEM;
    sort_keys(&keys);
    if (res == EQL_ENGINE_OK)
        res = report_all(s, &keys, out, ctx);
    count_open(s);
    while ((k = oldest(s, NULL)))
        forget(s, k);
    eql_vec_free(&keys);
    return res;
}
