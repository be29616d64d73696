/* seq.c -- the ordered half: takes hits apart and sends what they say where it
 * belongs.
 *
 * By now events are gone.  What is left of one is a hit (event/hit.h): which
 * stages it satisfies, under which keys, with the values that later conditions
 * need.  Hits come in the order of the run (time, tiebreaker, file, line), one
 * after the other, on one thread; all state below is per rule and key:
 *
 *   hit -> entries, rule by rule
 *        |- event query        -> a match at once
 *        |- sequence           -> partials, seq_step.c; `until`; missing stages
 *        |- sample, join       -> vm/group
 *        `- process event      -> lineages, before conditions ask for them
 *   matches -> vm/report: order within a hit, cooldown, pipes -> the caller
 *
 * Within a sequence, missing stages come first, then the stages from the last
 * to the first, then `until` (or `until` before all, as the dialect says).
 * From the last to the first, so that no event fills two places of one match: a
 * partial that the event moves on is not looked at again.  And what an event
 * completes, it completes before it ends anything.
 *
 * A stage whose condition names an alias or a lineage was only narrowed down by
 * the pure half; its residual is decided here (vm/state/residual.h), with the
 * values that the partial has kept.
 *
 * Time passes with every hit: rings of windows (vm/state/window.h), one per
 * distinct maxspan, hold partials by their beginning, so expiry looks at the
 * tail alone.  All state is counted in one budget; when it is full, the oldest
 * beginning of all rings gives way, and is counted (`evicted`). */
#include "vm/seq/seq.h"

#include "base/hash.h"
#include "vm/seq/seq_int.h"

/* An entry of the hit at hand, with its place in the order of work. */
typedef struct {
    uint32_t rule;
    uint32_t rank;
    const eql_hit_entry *entry;
} item;

/* --- making --- */

static bool
init_windows(eql_seq *s)
{
    uint32_t n = s->program->nrules;
    int64_t *spans = calloc((size_t)n + 1, sizeof *spans);
    bool ok;

    if (!spans)
        return false;
    for (uint32_t i = 0; i < n; i++)
        spans[i] = s->plan.rules[i].span_ns;
    ok = eql_windows_init(&s->windows, spans, n);
    free(spans);
    return ok;
}

/* How the budget is divided among those who need some. */
typedef struct {
    uint64_t partials, late, cooldown, lineage, join, sample, pipes;
} shares;

static bool
drops_late(const eql_program *p, const eql_engine_options *o)
{
    return eql_engine_late_events(p, o) == EQL_LATE_DROP;
}

static shares
find_shares(const eql_program *p, const eql_engine_options *o)
{
    uint64_t max =
        o->max_state_bytes ? o->max_state_bytes : EQL_DEFAULT_STATE_BYTES;
    shares w = {.lineage = p->nlineages > 0 ? 2 : 0};
    uint64_t sum;

    for (uint32_t i = 0; i < p->nrules; i++) {
        const eql_rule *r = &p->rules[i];

        switch (r->kind) {
        case EQL_RULE_SEQUENCE: w.partials = 7; break;
        case EQL_RULE_JOIN: w.join = 4; break;
        case EQL_RULE_SAMPLE: w.sample = 4; break;
        default: break;
        }
        if (r->cooldown_ns > 0)
            w.cooldown = 1;
        if (r->pipes.n > 0)
            w.pipes = 4;
    }
    if (w.partials > 0 && drops_late(p, o))
        w.late = 1;
    sum = w.partials + w.late + w.cooldown + w.lineage + w.join + w.sample +
          w.pipes;
    if (sum == 0)
        return w;
    if (max < sum) /* who needs some exists, though nothing fits */
        max = sum;
    w.late *= max / sum;
    w.cooldown *= max / sum;
    w.lineage *= max / sum;
    w.join *= max / sum;
    w.sample *= max / sum;
    w.pipes *= max / sum;
    w.partials =
        max - w.late - w.cooldown - w.lineage - w.join - w.sample - w.pipes;
    return w;
}

static bool
is_in_order(const eql_program *p, const eql_engine_options *o)
{
    eql_late_events late = eql_engine_late_events(p, o);

    return late != EQL_LATE_ARRIVAL && late != EQL_LATE_DROP;
}

static bool
make_kinds(eql_seq *s, const shares *w)
{
    const eql_program *p = s->program;
    const eql_captures *c = s->captures;

    s->lineage_budget.max = w->lineage;
    s->join_budget.max = w->join;
    s->sample_budget.max = w->sample;
    s->pipe_budget.max = w->pipes;
    if (w->lineage > 0 &&
        !(s->lineages = eql_lineages_new(p, &s->lineage_budget)))
        return false;
    if (w->join > 0 &&
        !(s->join = eql_join_new(p, c, &s->join_budget, s->counters)))
        return false;
    if (w->sample > 0 &&
        !(s->sample = eql_sample_new(p, c, &s->sample_budget, s->counters)))
        return false;
    if (w->pipes > 0 &&
        !(s->pipes = eql_pipes_new(p, c, &s->pipe_budget, s->counters)))
        return false;
    s->residual = eql_residual_new(p, c, s->lineages ? eql_lineages_ask : NULL,
                                   s->lineages);
    return s->residual != NULL;
}

static bool
make_parts(eql_seq *s, const eql_engine_options *o,
           const eql_engine_calls *calls)
{
    const eql_program *p = s->program;
    shares w = find_shares(p, o);
    uint64_t seed = eql_hash_seed();
    eql_matches_setup setup = {.program = p,
                               .options = o,
                               .calls = calls,
                               .counters = s->counters,
                               .cooldown_bytes = w.cooldown,
                               .in_order = s->ordered};

    s->budget.max = w.partials;
    if (w.late > 0 && !(s->late = eql_late_new(w.late, seed)))
        return false;
    s->seed = seed;
    s->waits = calloc((size_t)p->nrules + 1, sizeof *s->waits);
    if (!s->waits || !eql_seq_plan_init(&s->plan, s->captures) ||
        !init_windows(s) || !eql_seq_compact_init(s) ||
        !eql_keytab_init(&s->table, seed, &s->budget) || !make_kinds(s, &w))
        return false;
    if (s->plan.leads && !eql_keytab_init(&s->leads, seed, &s->budget))
        return false;
    setup.pipes = s->pipes;
    setup.sorted = s->plan.trails;
    s->matches = eql_matches_new(&setup);
    return s->matches != NULL;
}

eql_seq *
eql_seq_new(const eql_captures *c, const eql_engine_options *o,
            const eql_engine_calls *calls, eql_engine_counters *counters)
{
    eql_seq *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->program = eql_captures_prepared(c)->p;
    s->captures = c;
    s->counters = counters;
    s->ordered = is_in_order(s->program, o);
    if (make_parts(s, o, calls))
        return s;
    eql_seq_free(s);
    return NULL;
}

void
eql_seq_free(eql_seq *s)
{
    if (!s)
        return;
    if (s->windows.rings)
        eql_seq_forget_all(s);
    eql_matches_free(s->matches);
    eql_pipes_free(s->pipes);
    eql_sample_free(s->sample);
    eql_join_free(s->join);
    eql_residual_free(s->residual);
    eql_lineages_free(s->lineages);
    eql_late_free(s->late);
    eql_windows_free(&s->windows);
    if (s->table.budget)
        eql_keytab_free(&s->table);
    if (s->leads.budget)
        eql_keytab_free(&s->leads);
    eql_seq_plan_free(&s->plan);
    free(s->waits);
    eql_vec_free(&s->items);
    eql_vec_free(&s->entries);
    free(s);
}

/* --- sequences --- */

static eql_engine_result
see_key(eql_seq *s, eql_seq_step *st)
{
    eql_compact_id id;

    if (s->late) {
        switch (eql_late_ask(s->late, st->index, st->key, st->hit->time_ns)) {
        case EQL_LATE_NOMEM: return EQL_ENGINE_NOMEM;
        case EQL_LATE_YES: s->counters->late_keys++; return EQL_ENGINE_OK;
        case EQL_LATE_NO: break;
        }
    }
    id = eql_seq_key_id(s, st);
    st->hash = id.hash;
    st->check = id.check;
    switch (st->plan->role) {
    case EQL_SEQ_POSITIVE: return eql_seq_positive(s, st);
    case EQL_SEQ_UNTIL: eql_seq_until(s, st); return EQL_ENGINE_OK;
    default: return eql_seq_missing(s, st);
    }
}

static eql_engine_result
see_sequence(eql_seq *s, eql_seq_step *st)
{
    eql_engine_result res = EQL_ENGINE_OK;

    st->key = eql_hit_tuple_first(st->entry);
    for (; st->key.p && res == EQL_ENGINE_OK;
         st->key = eql_hit_tuple_next(st->entry, st->key))
        res = see_key(s, st);
    return res;
}

/* --- other kinds of rules --- */

static eql_engine_result
see_event(eql_seq *s, const eql_seq_step *st)
{
    eql_match_event ev = eql_result_event(s->captures, st->hit, st->entry);
    eql_match_head head = {.rule = st->index,
                           .severity = eql_result_severity(
                               s->program, st->index, st->entry->severities),
                           .has_time = ev.has_time,
                           .time_ns = ev.time_ns,
                           .last = s->serial,
                           .key = eql_sv("", 0),
                           .shown = eql_sv("", 0)};
    const eql_hit *record;

    eql_matches_open(s->matches, &head);
    eql_matches_event(s->matches, &ev);
    record = eql_matches_close(s->matches);
    return record ? eql_matches_add(s->matches, record) : EQL_ENGINE_NOMEM;
}

/* Takes a result of join or sample; those of one hit stay in their order. */
static eql_engine_result
take_result(void *ctx, const eql_match *m)
{
    eql_seq *s = ctx;
    eql_match_head head = {.rule = m->rule,
                           .severity = m->severity,
                           .has_time = m->has_time,
                           .time_ns = m->time_ns,
                           .last = s->serial,
                           .first = s->nresults++,
                           .key = m->key,
                           .shown = m->key};
    const eql_hit *record;

    eql_matches_open(s->matches, &head);
    for (uint32_t i = 0; i < m->nevents; i++)
        eql_matches_event(s->matches, &m->events[i]);
    record = eql_matches_close(s->matches);
    return record ? eql_matches_add(s->matches, record) : EQL_ENGINE_NOMEM;
}

/* --- one hit --- */

static eql_seq_step
step_of(const eql_seq *s, const eql_hit *h, const item *it)
{
    uint32_t stage = it->entry->stage;

    return (eql_seq_step){.hit = h,
                          .entry = it->entry,
                          .rule = &s->program->rules[it->rule],
                          .plan = &s->plan.stages[stage],
                          .index = it->rule,
                          .stage = stage};
}

/* Decides what does not depend on a partial. */
static bool
residual_holds(eql_seq *s, const eql_seq_step *st)
{
    uint32_t residual = s->program->stages[st->stage].residual;

    if (residual == EQL_NONE)
        return true;
    if (st->plan->by_partial && st->rule->kind == EQL_RULE_SEQUENCE)
        return true;
    return eql_seq_holds(s, st, NULL);
}

/* Last stage first. */
static uint32_t
rank_in_sequence(const eql_seq *s, uint32_t rule, const eql_seq_stage *st)
{
    bool before =
        eql_program_dialect(s->program)->until_order == EQL_UNTIL_ORDER_BEFORE;

    switch (st->role) {
    case EQL_SEQ_UNTIL: return before ? 0 : UINT32_MAX;
    case EQL_SEQ_POSITIVE: return 2 + s->plan.rules[rule].npositive - st->first;
    default: return 1;
    }
}

static uint32_t
rank_of(const eql_seq *s, uint32_t rule, uint32_t stage)
{
    const eql_seq_stage *st = &s->plan.stages[stage];

    if (s->program->rules[rule].kind == EQL_RULE_SEQUENCE)
        return rank_in_sequence(s, rule, st);
    return st->role == EQL_SEQ_UNTIL ? 0 : stage + 1;
}

static int
compare_items(const void *a, const void *b)
{
    const item *x = a, *y = b;

    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Behind a finished head nothing is looked for any more. */
static bool
is_over(const eql_seq *s, uint32_t rule)
{
    return s->pipes && s->program->rules[rule].pipes.n > 0 &&
           !eql_pipes_wants(s->pipes, rule);
}

/* Lists the entries of rules, and finds what the hit tells of its process. */
static bool
list_items(eql_seq *s, const eql_hit *h)
{
    const eql_hit_entry *e = eql_hit_first(h);

    s->items.n = 0;
    s->process = (eql_strview){NULL, 0};
    for (; e; e = eql_hit_next(h, e)) {
        uint32_t stage = e->stage;
        item it = {.entry = e};

        if (stage == EQL_HIT_PROCESS)
            s->process = eql_hit_captured(e);
        if (stage >= s->program->nstages ||
            s->plan.stages[stage].role == EQL_SEQ_UNUSED)
            continue;
        it.rule = s->program->stages[stage].rule;
        if (is_over(s, it.rule))
            continue;
        it.rank = rank_of(s, it.rule, stage);
        if (eql_vec_push(&s->items, &it, sizeof it) == EQL_NONE)
            return false;
    }
    if (s->items.n > 1)
        qsort(s->items.items, s->items.n, s->items.size, compare_items);
    return true;
}

/* The entries of a rule of join or sample, whose residuals hold. */
static eql_engine_result
see_together(eql_seq *s, const eql_hit *h, const item *its, uint32_t n)
{
    const eql_hit_entry *const *entries;
    uint32_t rule = its[0].rule;

    s->entries.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        eql_seq_step st = step_of(s, h, &its[i]);

        if (residual_holds(s, &st) &&
            eql_vec_push(&s->entries, &its[i].entry, sizeof its[i].entry) ==
                EQL_NONE)
            return EQL_ENGINE_NOMEM;
    }
    if (s->entries.n == 0)
        return EQL_ENGINE_OK;
    entries = s->entries.items;
    if (s->program->rules[rule].kind == EQL_RULE_JOIN)
        return eql_join_hit(s->join, rule, h, entries, s->entries.n,
                            take_result, s);
    return eql_sample_hit(s->sample, rule, h, entries, s->entries.n,
                          take_result, s);
}

/* Can the stage do anything?  Asked before its residual and its keys. */
static bool
may_matter(const eql_seq *s, const eql_seq_step *st)
{
    const eql_seq_waits *w = &s->waits[st->index];

    if (s->late || st->plan->role == EQL_SEQ_LEADING ||
        (st->plan->role == EQL_SEQ_POSITIVE && st->plan->first == 0))
        return true;
    return w->nentries > 0 ||
           (w->started && !eql_window_exceeds(st->hit->time_ns, w->start_ns,
                                              eql_seq_rule_of(s, st)->span_ns));
}

/* All entries of one rule. */
static eql_engine_result
see_rule(eql_seq *s, const eql_hit *h, const item *its, uint32_t n)
{
    eql_engine_result res = EQL_ENGINE_OK;
    uint32_t kind = s->program->rules[its[0].rule].kind;

    if (!(h->flags & EQL_HIT_TIMED) && kind == EQL_RULE_SEQUENCE) {
        s->counters->untimed_skipped += n;
        return EQL_ENGINE_OK;
    }
    if (kind == EQL_RULE_JOIN || kind == EQL_RULE_SAMPLE)
        return see_together(s, h, its, n);
    for (uint32_t i = 0; i < n && res == EQL_ENGINE_OK; i++) {
        eql_seq_step st = step_of(s, h, &its[i]);

        if ((kind == EQL_RULE_SEQUENCE && !may_matter(s, &st)) ||
            !residual_holds(s, &st))
            continue;
        res = kind == EQL_RULE_EVENT ? see_event(s, &st) : see_sequence(s, &st);
    }
    return res;
}

static eql_engine_result
see_rules(eql_seq *s, const eql_hit *h)
{
    eql_engine_result res = EQL_ENGINE_OK;
    const item *its = s->items.items;

    for (uint32_t i = 0, n; i < s->items.n && res == EQL_ENGINE_OK; i += n) {
        for (n = 1; i + n < s->items.n && its[i + n].rule == its[i].rule;)
            n++;
        s->nresults = 0;
        res = see_rule(s, h, &its[i], n);
        if (res == EQL_ENGINE_OK)
            res = eql_matches_flush(s->matches);
    }
    return res;
}

void
eql_seq_read_again(eql_seq *s, const eql_hit_source *source)
{
    s->source = *source;
}

void
eql_seq_place(eql_seq *s, uint64_t place)
{
    s->place = place;
}

eql_engine_result
eql_seq_hit(eql_seq *s, const eql_hit *h)
{
    bool timed = (h->flags & EQL_HIT_TIMED) != 0;
    eql_engine_result res = EQL_ENGINE_OK;

    if (!list_items(s, h))
        return EQL_ENGINE_NOMEM;
    (*(timed ? &s->counters->hits_timed : &s->counters->hits_untimed))++;
    s->serial++;
    if (timed)
        res = eql_seq_expire(s, h->time_ns);
    if (res == EQL_ENGINE_OK && s->lineages &&
        !eql_lineages_hit(s->lineages, h, s->residual))
        res = EQL_ENGINE_NOMEM;
    if (res == EQL_ENGINE_OK)
        res = see_rules(s, h);
    if (res == EQL_ENGINE_OK && eql_residual_failed(s->residual))
        res = EQL_ENGINE_NOMEM;
    return res;
}

bool
eql_seq_wants_liveness(const eql_seq *s, const eql_hit *h)
{
    return s->lineages && eql_lineages_want_liveness(s->lineages, h);
}

void
eql_seq_liveness(eql_seq *s, const eql_hit *record)
{
    eql_lineages_liveness(s->lineages, record);
}

eql_engine_result
eql_seq_pass(eql_seq *s, int64_t now_ns)
{
    return eql_seq_expire(s, now_ns);
}

/* --- the end --- */

eql_engine_result
eql_seq_end(eql_seq *s, const int64_t *now_ns)
{
    eql_engine_result res = eql_seq_held_end(s, now_ns);

    if (res == EQL_ENGINE_OK)
        res = eql_matches_finish(s->matches);
    if (res == EQL_ENGINE_OK && s->sample)
        res = eql_sample_finish(s->sample, eql_matches_result, s->matches);
    if (res == EQL_ENGINE_OK && s->pipes)
        res = eql_pipes_finish(s->pipes, eql_matches_piped, s->matches);
    return res;
}

void
eql_seq_finish(eql_seq *s)
{
    eql_engine_counters *c = s->counters;

    c->open += s->live + s->nheld + eql_matches_waiting(s->matches);
    if (s->join)
        eql_join_finish(s->join);
    c->combinations_capped += eql_residual_capped(s->residual);
    c->lineage_evicted = s->lineages ? eql_lineages_evicted(s->lineages) : 0;
    c->late_evicted = s->late ? eql_late_evicted(s->late) : 0;
    c->spilled_bytes += eql_matches_spilled(s->matches);
    c->state_bytes_peak = s->budget.peak + s->lineage_budget.peak +
                          s->join_budget.peak + s->sample_budget.peak +
                          s->pipe_budget.peak + eql_matches_peak(s->matches) +
                          (s->late ? eql_late_peak(s->late) : 0);
}

const char *
eql_seq_error(const eql_seq *s)
{
    return eql_matches_error(s->matches);
}
