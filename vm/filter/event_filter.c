/* event_filter.c -- writes the hits of one event.
 *
 * One record per clock is open at most; it is opened by the first stage that
 * takes the event.  The event's place is asked for once, however many hits it
 * has. */
#include "vm/filter/event_filter.h"

#include <stdlib.h>
#include <time.h>

#include "stdlib/functions.h"
#include "vm/index/dispatch.h"
#include "vm/eval/interp.h"
#include "vm/filter/keys.h"
#include "vm/filter/seen_fields.h"

struct eql_event_filter {
    const eql_program *program;
    const eql_captures *captures;
    const eql_engine_calls *calls;
    eql_engine_counters *counters;
    eql_dispatch *dispatch;
    eql_candidates *candidates; /* NULL: all stages of a category */
    bool indexed;               /* they are found by an index */
    eql_interp *interp;
    eql_keys *keys;
    eql_buf *records;       /* per clock: the hit being written, or empty */
    eql_vec opened;         /* uint32_t: clocks whose record is not empty */
    eql_vec lineage_clocks; /* uint32_t: clocks of rules with a lineage */
    eql_liveness_record
        *liveness; /* of the event at hand; one per clock at most */
    uint32_t nliveness;
    /* Of the event at hand: what is known, or found out. */
    const eql_filter_result *result; /* NULL: nothing is */
    eql_filter_result found;
    uint32_t *held; /* stages of `found` */
    eql_stage_counters *stages;
    bool count_fields;
    bool profile;
    uint64_t clock_ns;              /* what looking at the clock twice costs */
    eql_candidate_counters counted; /* so far, and by other filters */
    uint64_t *present;              /* per program field */
    eql_seen_fields seen;           /* what events had */
    uint8_t *categories; /* per stage: another filter met its category */
};

static bool
find_lineage_clocks(eql_event_filter *s)
{
    const eql_program *p = s->program;

    for (uint32_t clock = 0; clock < p->nclocks; clock++) {
        uint32_t i = 0;

        while (i < p->nlineages &&
               p->rules[p->stages[p->lineages[i].stage].rule].clock != clock)
            i++;
        if (i < p->nlineages)
            eql_vec_push(&s->lineage_clocks, &clock, sizeof clock);
    }
    return !s->lineage_clocks.failed;
}

eql_event_filter *
eql_event_filter_new(const eql_program *p, const eql_captures *c,
                     const eql_engine_calls *calls,
                     eql_engine_counters *counters)
{
    eql_event_filter *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->program = p;
    s->captures = c;
    s->calls = calls;
    s->counters = counters;
    s->dispatch = eql_dispatch_new(p);
    s->interp = eql_interp_new_shared(eql_captures_prepared(c));
    s->keys = s->interp ? eql_keys_new(p, s->interp) : NULL;
    s->records = calloc((size_t)p->nclocks + 1, sizeof *s->records);
    s->liveness = calloc((size_t)p->nclocks + 1, sizeof *s->liveness);
    s->stages = calloc((size_t)p->nstages + 1, sizeof *s->stages);
    s->held = calloc((size_t)p->nstages + 1, sizeof *s->held);
    s->present = calloc((size_t)p->nfields + 1, sizeof *s->present);
    s->categories = calloc((size_t)p->nstages + 1, sizeof *s->categories);
    if (!s->dispatch || !s->keys || !s->records || !s->liveness || !s->stages ||
        !s->held || !s->present || !s->categories ||
        !eql_seen_fields_init(&s->seen, p) || !find_lineage_clocks(s)) {
        eql_event_filter_free(s);
        return NULL;
    }
    return s;
}

void
eql_event_filter_free(eql_event_filter *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; s->records && i < s->program->nclocks; i++)
        eql_buf_free(&s->records[i]);
    free(s->records);
    eql_vec_free(&s->opened);
    eql_vec_free(&s->lineage_clocks);
    free(s->liveness);
    eql_keys_free(s->keys);
    eql_interp_free(s->interp);
    eql_dispatch_free(s->dispatch);
    eql_candidates_free(s->candidates);
    free(s->stages);
    free(s->held);
    free(s->present);
    free(s->categories);
    eql_seen_fields_free(&s->seen);
    free(s);
}

bool
eql_event_filter_use(eql_event_filter *s, const eql_candidate_tables *t,
                     bool remember)
{
    s->candidates = eql_candidates_new(t, remember);
    if (!s->candidates)
        return false;
    s->indexed = t->index != NULL;
    if (s->profile)
        eql_candidates_without_results(s->candidates);
    if (remember)
        eql_interp_set_cache(s->interp,
                             eql_candidates_leaf_cache(s->candidates));
    return true;
}

/* --- fields seen --- */

void
eql_event_filter_count_fields(eql_event_filter *s)
{
    s->count_fields = true;
}

/* Is there a value in some element?  slot is that of f's parent. */
static bool
is_in_element(const eql_program *p, const eql_slot *slot, uint32_t parent,
              uint32_t child)
{
    uint32_t nchildren = p->fields[parent].nchildren;

    for (uint32_t i = 0; slot->children && i < slot->n; i++) {
        if (slot->children[(size_t)i * nchildren + child].n > 0)
            return true;
    }
    return false;
}

/* A field of an element of an element counts with the outer one. */
static bool
is_present(const eql_program *p, const eql_event *ev, uint32_t f)
{
    const eql_field *fd = &p->fields[f];
    uint32_t child = fd->child, parent = fd->parent;

    if (parent == EQL_NONE)
        return eql_event_slot(ev, f)->n > 0;
    while (p->fields[parent].parent != EQL_NONE) {
        child = p->fields[parent].child;
        parent = p->fields[parent].parent;
    }
    return is_in_element(p, eql_event_slot(ev, parent), parent, child);
}

static void
count_fields(eql_event_filter *s, const eql_event *ev)
{
    for (uint32_t f = 0; f < s->program->nfields; f++)
        s->present[f] += is_present(s->program, ev, f);
}

/* --- what stages cost --- */

static uint64_t
now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void
eql_event_filter_profile(eql_event_filter *s)
{
    s->profile = true;
    if (s->candidates)
        eql_candidates_without_results(s->candidates);
    s->clock_ns = UINT64_MAX;
    for (int i = 0; i < 100; i++) {
        uint64_t before = now_ns(), took = now_ns() - before;

        if (took < s->clock_ns)
            s->clock_ns = took;
    }
}

/* --- one event --- */

static bool
is_excepted(eql_event_filter *s, const eql_stage *st)
{
    for (uint32_t i = 0; i < st->exceptions.n; i++) {
        const eql_exception *x =
            &s->program->exceptions[st->exceptions.first + i];

        if (eql_interp_filter(s->interp, x->filter))
            return true;
    }
    return false;
}

static uint32_t
severity_bits(eql_event_filter *s, const eql_stage *st)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < st->severities.n; i++) {
        const eql_severity *x =
            &s->program->severities[st->severities.first + i];

        if (x->order < EQL_MAX_SEVERITIES &&
            eql_interp_filter(s->interp, x->filter))
            bits |= UINT32_C(1) << x->order;
    }
    return bits;
}

/* The time that the reader found. */
static void
set_reader_time(eql_hit *head, const eql_event *ev)
{
    switch (ev->time_kind) {
    case EQL_TIME_NONE: break;
    case EQL_TIME_SETTLED:
        head->flags = EQL_HIT_TIMED;
        head->time_ns = ev->time_ns;
        break;
    case EQL_TIME_PENDING:
        head->flags = EQL_HIT_PENDING;
        if (ev->has_utc) {
            head->flags |= EQL_HIT_HAS_UTC;
            head->time_ns = ev->time_ns;
        }
        if (ev->has_wall) {
            head->flags |= EQL_HIT_HAS_WALL;
            head->wall_ns = ev->wall_ns;
        }
        break;
    }
}

/* Of several values the first that is a time. */
static void
set_field_time(const eql_event_filter *s, eql_hit *head, const eql_slot *slot)
{
    const eql_dialect *d = eql_program_dialect(s->program);

    for (uint32_t i = 0; i < slot->n; i++) {
        eql_timestamp_unit unit;
        eql_value t = eql_to_time_unit(d, &slot->v[i], &unit);

        if (t.tag != EQL_INT)
            continue;
        s->counters->own_numeric_times += unit != EQL_UNIT_AUTO;
        head->flags = EQL_HIT_TIMED;
        head->time_ns = t.u.i;
        return;
    }
}

static eql_hit
head_of(const eql_event_filter *s, uint32_t clock, const eql_event *ev)
{
    const eql_clock *c = &s->program->clocks[clock];
    eql_hit head = {.line = ev->line, .file = ev->file, .clock = clock};
    const eql_slot *tie;

    if (c->timestamp == EQL_FIELD_TIMESTAMP)
        set_reader_time(&head, ev);
    else
        set_field_time(s, &head, eql_event_slot(ev, c->timestamp));
    tie = c->tiebreaker == EQL_NONE ? NULL : eql_event_slot(ev, c->tiebreaker);
    eql_hit_set_tie(&head, tie && tie->n > 0 ? tie->v : NULL);
    return head;
}

/* The record of a clock, opened if it is not. */
static eql_buf *
open_record(eql_event_filter *s, uint32_t clock, const eql_event *ev)
{
    eql_buf *rec = &s->records[clock];
    eql_hit head;

    if (rec->len > 0)
        return rec;
    head = head_of(s, clock, ev);
    eql_hit_open(rec, &head);
    eql_vec_push(&s->opened, &clock, sizeof clock);
    return rec;
}

static void
add_captured(eql_event_filter *s, uint32_t stage, const eql_event *ev,
             eql_buf *rec, size_t entry)
{
    bool capped = false;
    size_t from = rec->len;

    if (!eql_captures_any(s->captures, stage))
        return;
    if (eql_captures_write(s->captures, stage, ev, s->interp, rec, &capped))
        eql_hit_captured_from(rec, entry, from);
    s->counters->captured_capped += capped;
}

/* The tuples of an entry: rules of single events have one empty one, lineages
 * none. */
static eql_keys_result
add_tuples(eql_event_filter *s, uint32_t stage, const eql_event *ev,
           eql_buf *rec, size_t entry)
{
    const eql_stage *st = &s->program->stages[stage];
    eql_keys_result res;
    bool capped = false;

    if (st->flags & EQL_STAGE_LINEAGE)
        return EQL_KEYS_OK;
    if (s->program->rules[st->rule].kind == EQL_RULE_EVENT) {
        eql_hit_tuple_add(rec, entry, eql_sv("", 0));
        return EQL_KEYS_OK;
    }
    res = eql_keys_add(s->keys, stage, ev, rec, entry, &capped);
    s->counters->key_tuples_capped += capped;
    return res;
}

/* Writes the entry of a stage that takes the event. */
static eql_engine_result
add_entry(eql_event_filter *s, uint32_t stage, const eql_event *ev)
{
    const eql_stage *st = &s->program->stages[stage];
    uint32_t clock = s->program->rules[st->rule].clock;
    eql_buf *rec = open_record(s, clock, ev);
    size_t at = eql_hit_entry_open(rec, stage, severity_bits(s, st));
    eql_keys_result keys;

    if (rec->failed)
        return EQL_ENGINE_NOMEM;
    keys = add_tuples(s, stage, ev, rec, at);
    if (keys == EQL_KEYS_NOMEM)
        return EQL_ENGINE_NOMEM;
    if (keys == EQL_KEYS_KEYLESS) {
        s->counters->keyless++;
        s->stages[stage].keyless++;
    }
    if (keys != EQL_KEYS_OK) {
        eql_hit_entry_drop(rec, at);
        return EQL_ENGINE_OK;
    }
    add_captured(s, stage, ev, rec, at);
    eql_hit_entry_close(rec, at);
    return rec->failed ? EQL_ENGINE_NOMEM : EQL_ENGINE_OK;
}

static eql_engine_result
see_stage(eql_event_filter *s, uint32_t stage, const eql_event *ev)
{
    const eql_stage *st = &s->program->stages[stage];

    if (!s->result) {
        if (!eql_interp_filter(s->interp, st->filter))
            return EQL_ENGINE_OK;
        s->held[s->found.n++] = stage;
    }
    if (is_excepted(s, st)) {
        s->counters->withheld++;
        s->stages[stage].withheld++;
        return EQL_ENGINE_OK;
    }
    s->stages[stage].hits++;
    return add_entry(s, stage, ev);
}

/* The same, told to the stage's counters. */
static eql_engine_result
see_stage_profiled(eql_event_filter *s, uint32_t stage, const eql_event *ev)
{
    bool timed = s->counters->events % EQL_PROFILE_EVERY == 0;
    uint64_t before = timed ? now_ns() : 0, took;
    eql_engine_result res = see_stage(s, stage, ev);

    s->stages[stage].candidates++;
    if (!timed)
        return res;
    took = now_ns() - before;
    if (took > s->clock_ns)
        s->stages[stage].ns += (took - s->clock_ns) * EQL_PROFILE_EVERY;
    return res;
}

static bool
names_process(const eql_slot *category)
{
    for (uint32_t i = 0; i < category->n; i++) {
        if (category->v[i].tag == EQL_STRING &&
            eql_sv_is(eql_value_sv(&category->v[i]), "process"))
            return true;
    }
    return false;
}

static bool
is_ascii(eql_strview s)
{
    unsigned char all = 0;

    for (size_t i = 0; i < s.len; i++)
        all |= (unsigned char)s.p[i];
    return all < 0x80;
}

static bool
names_life(const eql_slot *type)
{
    for (uint32_t i = 0; i < type->n; i++) {
        eql_strview text;

        if (type->v[i].tag != EQL_STRING)
            continue;
        text = eql_value_sv(&type->v[i]);
        if (eql_sv_eq_ascii_ci(text, eql_sv("start", 5)) ||
            eql_sv_eq_ascii_ci(text, eql_sv("end", 3)) || !is_ascii(text))
            return true;
    }
    return false;
}

/* Facts of a filter result.  An event of a process lets lineages forget the one
 * that ended before, even without an id.  Where none begins or ends with it
 * (LIFE; may be said too often) they want to know only that it was there. */
#define FACT_PROCESS 1u
#define FACT_LIFE 2u

static uint32_t
find_facts(const eql_event_filter *s, const eql_event *ev)
{
    const eql_dialect *d = eql_program_dialect(s->program);

    if (s->lineage_clocks.n == 0 ||
        !names_process(eql_event_slot(ev, EQL_FIELD_CATEGORY)))
        return 0;
    if (d->name != EQL_DIALECT_ENDGAME &&
        !names_life(eql_event_slot(ev, d->process_type)))
        return FACT_PROCESS;
    return FACT_PROCESS | FACT_LIFE;
}

/* Can the event be a liveness record of this clock? */
static bool
is_liveness(const eql_event_filter *s, uint32_t clock, const eql_event *ev,
            eql_liveness_record *record)
{
    eql_hit head;

    if (!ev->alone)
        return false;
    head = head_of(s, clock, ev);
    *record = (eql_liveness_record){head.time_ns, head.line, head.file, clock};
    return head.flags == EQL_HIT_TIMED && head.tie_kind == EQL_TIE_ABSENT;
}

/* One in the hit of each clock that a lineage follows, before its stages; where
 * it says nothing, it can be a liveness record. */
static eql_engine_result
add_process(eql_event_filter *s, const eql_event *ev, bool liveness)
{
    uint32_t facts = s->result ? s->result->facts : find_facts(s, ev);

    s->found.facts = facts;
    s->nliveness = 0;
    for (uint32_t i = 0; facts & FACT_PROCESS && i < s->lineage_clocks.n; i++) {
        uint32_t clock = *(const uint32_t *)eql_vec_at(&s->lineage_clocks, i);
        eql_buf *rec;
        size_t at;

        if (liveness && !(facts & FACT_LIFE) &&
            is_liveness(s, clock, ev, &s->liveness[s->nliveness])) {
            s->nliveness++;
            continue;
        }
        rec = open_record(s, clock, ev);
        at = eql_hit_entry_open(rec, EQL_HIT_PROCESS, 0);

        if (facts & FACT_LIFE)
            add_captured(s, EQL_HIT_PROCESS, ev, rec, at);
        eql_hit_entry_close(rec, at);
        if (rec->failed)
            return EQL_ENGINE_NOMEM;
    }
    return EQL_ENGINE_OK;
}

/* Then no alert will ever ask for the event again. */
static bool
is_for_lineage_only(const eql_buf *rec)
{
    const eql_hit_entry *first =
        (const eql_hit_entry *)(const void *)(rec->p + sizeof(eql_hit));

    return first->stage == EQL_HIT_PROCESS &&
           sizeof(eql_hit) + first->size == rec->len;
}

/* Sends the hits on their way. */
static eql_engine_result
hand_on(eql_event_filter *s, const eql_event *ev, eql_event_filter_fn fn,
        void *ctx)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_event_ref ref = {0};
    bool kept = false;

    for (uint32_t i = 0; i < s->opened.n && res == EQL_ENGINE_OK; i++) {
        uint32_t clock = *(const uint32_t *)eql_vec_at(&s->opened, i);
        eql_buf *rec = &s->records[clock];

        if (rec->len <= sizeof(eql_hit))
            continue; /* its entries were dropped */
        if (!is_for_lineage_only(rec)) {
            if (!kept && !s->calls->keep(s->calls->ctx, ev, &ref))
                return EQL_ENGINE_STOPPED;
            kept = true;
            eql_hit_close(rec, &ref);
        } else {
            eql_hit_close(rec, &(eql_event_ref){0});
        }
        s->counters->hits++;
        res = fn(ctx, (const eql_hit *)(const void *)rec->p);
    }
    return res;
}

/* A liveness record of a clock without a hit is counted as one: it would be. */
static eql_engine_result
hand_liveness_on(eql_event_filter *s, eql_liveness_fn fn, void *ctx)
{
    eql_engine_result res = EQL_ENGINE_OK;

    for (uint32_t i = 0; i < s->nliveness && res == EQL_ENGINE_OK; i++) {
        const eql_liveness_record *record = &s->liveness[i];
        bool alone = s->records[record->clock].len <= sizeof(eql_hit);

        s->counters->hits += alone;
        s->counters->liveness += alone;
        res = fn(ctx, record);
    }
    return res;
}

/* No record is open then. */
static void
forget_records(eql_event_filter *s)
{
    for (uint32_t i = 0; i < s->opened.n; i++)
        s->records[*(const uint32_t *)eql_vec_at(&s->opened, i)].len = 0;
    s->opened.n = 0;
}

/* Stages that may want the event, ascending; EQL_NONE: out of memory. */
static uint32_t
find_stages(eql_event_filter *s, const eql_event *ev, const uint32_t **stages)
{
    uint32_t n;

    s->result = NULL;
    s->found = (eql_filter_result){.stages = s->held};
    if (!s->indexed)
        return eql_dispatch_stages(s->dispatch, ev, stages);
    *stages = eql_candidates_find(s->candidates, &n, &s->result);
    return n;
}

/* What a bound made false is so for this event only. */
static bool
remember_result(eql_event_filter *s, uint64_t capped)
{
    return !s->indexed || s->result || eql_interp_capped(s->interp) > capped ||
           eql_candidates_keep_result(s->candidates, &s->found);
}

eql_engine_result
eql_event_filter_event(eql_event_filter *s, const eql_event *ev,
                       eql_event_filter_fn fn, eql_liveness_fn record,
                       void *ctx)
{
    uint64_t capped = eql_interp_capped(s->interp);
    const uint32_t *stages;
    eql_engine_result res;
    uint32_t n;

    s->counters->events++;
    if (s->count_fields)
        count_fields(s, ev);
    eql_seen_fields_event(&s->seen, ev);
    forget_records(s);
    if (s->candidates)
        eql_candidates_begin(s->candidates, ev);
    eql_interp_begin(s->interp, ev);
    n = find_stages(s, ev, &stages);
    if (n == EQL_NONE)
        return EQL_ENGINE_NOMEM;
    res = add_process(s, ev, record != NULL);
    for (uint32_t i = 0; i < n && res == EQL_ENGINE_OK; i++)
        res = s->profile ? see_stage_profiled(s, stages[i], ev)
                         : see_stage(s, stages[i], ev);
    s->counters->combinations_capped += eql_interp_capped(s->interp) - capped;
    if (eql_interp_failed(s->interp) || s->opened.failed ||
        (res == EQL_ENGINE_OK && !remember_result(s, capped)))
        res = EQL_ENGINE_NOMEM;
    if (res == EQL_ENGINE_OK)
        res = hand_on(s, ev, fn, ctx);
    if (res == EQL_ENGINE_OK && s->nliveness > 0)
        res = hand_liveness_on(s, record, ctx);
    return res;
}

static void
move_candidates(eql_event_filter *to, eql_event_filter *from)
{
    eql_candidate_counters n = eql_event_filter_candidates(from);

#define X(member) to->counted.member += n.member;
    EQL_CANDIDATE_COUNTERS(X)
#undef X
    from->counted = (eql_candidate_counters){0};
}

void
eql_event_filter_collect(eql_event_filter *to, eql_event_filter *from)
{
    const eql_program *p = to->program;

    for (uint32_t i = 0; i < p->nstages; i++) {
        to->stages[i].hits += from->stages[i].hits;
        to->stages[i].withheld += from->stages[i].withheld;
        to->stages[i].keyless += from->stages[i].keyless;
        to->stages[i].candidates += from->stages[i].candidates;
        to->stages[i].ns += from->stages[i].ns;
        to->categories[i] |= eql_event_filter_category_met(from, i);
        from->stages[i] = (eql_stage_counters){0};
    }
    for (uint32_t f = 0; f < p->nfields; f++) {
        to->present[f] += from->present[f];
        from->present[f] = 0;
    }
    eql_seen_fields_collect(&to->seen, &from->seen);
    move_candidates(to, from);
    eql_keys_collect(to->keys, from->keys);
}

const eql_stage_counters *
eql_event_filter_stage(const eql_event_filter *s, uint32_t stage)
{
    return &s->stages[stage];
}

uint64_t
eql_event_filter_key_missing(const eql_event_filter *s, uint32_t key)
{
    return eql_keys_missing(s->keys, key);
}

uint64_t
eql_event_filter_field_present(const eql_event_filter *s, uint32_t field)
{
    return s->present[field];
}

bool
eql_event_filter_field_met(const eql_event_filter *s, uint32_t field)
{
    return eql_seen_fields_met(&s->seen, field);
}

bool
eql_event_filter_category_met(const eql_event_filter *s, uint32_t stage)
{
    if (s->categories[stage])
        return true;
    return s->indexed ? eql_candidates_met_category(s->candidates, stage)
                      : eql_dispatch_met(s->dispatch, stage);
}

eql_candidate_counters
eql_event_filter_candidates(eql_event_filter *s)
{
    if (s->candidates)
        eql_candidates_take_counters(s->candidates, &s->counted);
    return s->counted;
}
