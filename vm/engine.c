/* engine.c -- joins the two halves: filters make hits, hits in order make
 * matches.
 *
 *   event -> filter -> hit -> (pending, while the time is not known)
 *         -> (too late?) -> order -> seq -> match
 *
 * late_events=reorder would hold hits in a heap and release those older than
 * the newest by more than its span.  What it lets through comes out in order,
 * so sorting all that was not late on arrival gives the same hits in the same
 * order, in bounded memory.
 *
 * The first error sticks: what is called after it does nothing. */
#include "vm/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "vm/filter/worker.h"
#include "vm/order/order.h"
#include "vm/order/pending.h"
#include "vm/order/liveness.h"
#include "vm/seq/seq.h"
#include "vm/filter/event_filter.h"
#include "vm/state/window.h"

struct eql_engine {
    const eql_program *program;
    eql_engine_options options;
    eql_engine_calls calls;
    char *temp_dir; /* NULL: the default */
    eql_captures *captures;
    eql_candidate_tables *tables; /* NULL: neither index nor caches */
    eql_event_filter *filter;
    eql_filter_worker *worker; /* of the filter; NULL before it is asked for */
    bool count_fields, profile;
    uint64_t *rule_bytes; /* one per rule; NULL: not asked for */
    eql_pending *pending;
    eql_order *order;
    eql_liveness
        *liveness; /* NULL: there are none, what could be one is a hit */
    eql_seq *seq;
    eql_engine_counters counters;
    int64_t *newest; /* per clock: greatest time so far, INT64_MIN: none */
    /* The same without what pending hits tell, and what they told. */
    int64_t *settled;
    bool reorders;
    int64_t late_ns;
    eql_engine_result result;
    uint32_t at_file; /* of the hit at hand, at the finish */
    uint64_t at_line;
    char error[512];
};

/* --- making --- */

static bool
keeps_arrival(const eql_engine *e)
{
    eql_late_events late = eql_engine_late_events(e->program, &e->options);

    return late == EQL_LATE_ARRIVAL || late == EQL_LATE_DROP;
}

/* Only where the order is that of time, and no hit is dropped for being late.
 */
static bool
has_liveness(const eql_engine *e)
{
    return e->program->nlineages > 0 &&
           eql_engine_late_events(e->program, &e->options) == EQL_LATE_SORT;
}

/* Hits that wait for their time get a part of the memory for sorting, and so do
 * liveness records: twice, for they are sorted apart. */
static bool
make_sorters(eql_engine *e)
{
    const eql_engine_options *o = &e->options;
    size_t memory = o->sort_memory ? o->sort_memory : EQL_DEFAULT_SORT_MEMORY;
    const char *dir = e->temp_dir;
    size_t share = memory / 4;

    e->pending = eql_pending_new(share, dir);
    if (has_liveness(e)) {
        e->liveness = eql_liveness_new(memory / 8, dir);
        share += memory / 4;
        if (!e->liveness)
            return false;
    }
    e->order = eql_order_new(memory - share, dir,
                             keeps_arrival(e) ? eql_order_by_arrival
                                              : eql_order_by_time);
    return e->pending && e->order;
}

static bool
make_clocks(eql_engine *e)
{
    const eql_dialect *d = eql_program_dialect(e->program);
    uint32_t n = e->program->nclocks;

    e->reorders =
        eql_engine_late_events(e->program, &e->options) == EQL_LATE_REORDER;
    e->late_ns = (int64_t)d->late_ms * 1000000;
    e->newest = calloc((size_t)n + 1, sizeof *e->newest);
    e->settled = calloc((size_t)n + 1, sizeof *e->settled);
    if (!e->newest || !e->settled)
        return false;
    for (uint32_t i = 0; i < n; i++)
        e->newest[i] = e->settled[i] = INT64_MIN;
    return true;
}

static bool
make_tables(eql_engine *e)
{
    if (e->options.no_index && e->options.no_memo)
        return true;
    e->tables = eql_candidate_tables_new(eql_captures_prepared(e->captures),
                                         !e->options.no_index);
    return e->tables &&
           eql_event_filter_use(e->filter, e->tables, !e->options.no_memo);
}

static bool
make_parts(eql_engine *e)
{
    if (e->options.temp_dir) {
        e->temp_dir = strdup(e->options.temp_dir);
        if (!e->temp_dir)
            return false;
        e->options.temp_dir = e->temp_dir;
    }
    e->captures = eql_captures_new(e->program);
    if (!e->captures)
        return false;
    e->filter =
        eql_event_filter_new(e->program, e->captures, &e->calls, &e->counters);
    e->seq = eql_seq_new(e->captures, &e->options, &e->calls, &e->counters);
    return e->filter && e->seq && make_tables(e) && make_sorters(e) &&
           make_clocks(e);
}

eql_engine *
eql_engine_new(const eql_program *p, const eql_engine_options *o,
               const eql_engine_calls *calls)
{
    eql_engine *e = calloc(1, sizeof *e);

    if (!e)
        return NULL;
    e->program = p;
    e->options = *o;
    e->calls = *calls;
    if (!make_parts(e)) {
        eql_engine_free(e);
        return NULL;
    }
    return e;
}

void
eql_engine_free(eql_engine *e)
{
    if (!e)
        return;
    eql_seq_free(e->seq);
    eql_order_free(e->order);
    eql_liveness_free(e->liveness);
    eql_pending_free(e->pending);
    eql_filter_worker_free(e->worker);
    eql_event_filter_free(e->filter);
    eql_candidate_tables_free(e->tables);
    eql_captures_free(e->captures);
    free(e->newest);
    free(e->settled);
    free(e->temp_dir);
    free(e->rule_bytes);
    free(e);
}

/* Keeps the first failure, with its text. */
static eql_engine_result
settle_on(eql_engine *e, eql_engine_result res)
{
    const char *text;

    if (e->result != EQL_ENGINE_OK || res == EQL_ENGINE_OK)
        return e->result;
    text = eql_order_error(e->order);
    if (!*text)
        text = eql_pending_error(e->pending);
    if (!*text && e->liveness)
        text = eql_liveness_error(e->liveness);
    if (!*text)
        text = eql_seq_error(e->seq);
    if (res == EQL_ENGINE_IO)
        snprintf(e->error, sizeof e->error, "%s", text);
    else if (res == EQL_ENGINE_NOMEM)
        snprintf(e->error, sizeof e->error, "out of memory");
    e->result = res;
    return res;
}

/* --- events --- */

static void
note_time(int64_t *newest, int64_t ns)
{
    if (ns > *newest)
        *newest = ns;
}

/* newest: as of the moment when the hit arrived. */
static eql_engine_result
sort_in(eql_engine *e, const eql_hit *h, int64_t newest)
{
    if (e->reorders && h->flags & EQL_HIT_TIMED && h->time_ns < newest &&
        eql_window_exceeds(newest, h->time_ns, e->late_ns)) {
        e->counters.late++;
        return EQL_ENGINE_OK;
    }
    return eql_order_push(e->order, h);
}

/* An eql_event_filter_fn. */
static eql_engine_result
take_hit(void *ctx, const eql_hit *h)
{
    eql_engine *e = ctx;

    if (h->flags & EQL_HIT_PENDING)
        return eql_pending_push(e->pending, h);
    if (h->flags & EQL_HIT_TIMED)
        note_time(&e->newest[h->clock], h->time_ns);
    return sort_in(e, h, e->newest[h->clock]);
}

/* An eql_liveness_fn. */
static eql_engine_result
take_liveness(void *ctx, const eql_liveness_record *record)
{
    eql_engine *e = ctx;

    note_time(&e->newest[record->clock], record->time_ns);
    return eql_liveness_add(e->liveness, record);
}

/* Takes a hit whose time was pending.  It is late by what pending hits before
 * it tell, and by what was known when they began to arrive. */
static eql_engine_result
take_settled(void *ctx, const eql_hit *h)
{
    eql_engine *e = ctx;
    int64_t *settled = &e->settled[h->clock];

    if (h->flags & EQL_HIT_TIMED) {
        note_time(settled, h->time_ns);
        note_time(&e->newest[h->clock], h->time_ns);
    }
    return sort_in(e, h, *settled);
}

eql_engine_result
eql_engine_event(eql_engine *e, const eql_event *ev)
{
    if (e->result != EQL_ENGINE_OK)
        return e->result;
    if (ev->time_kind == EQL_TIME_SETTLED)
        note_time(&e->newest[0], ev->time_ns);
    return settle_on(
        e, eql_event_filter_event(e->filter, ev, take_hit,
                                  e->liveness ? take_liveness : NULL, e));
}

/* --- several threads --- */

eql_filter_worker *
eql_engine_own_worker(eql_engine *e)
{
    if (!e->worker)
        e->worker = eql_filter_worker_of(e->filter, &e->counters);
    if (e->worker && e->liveness)
        eql_filter_worker_liveness(e->worker);
    return e->worker;
}

eql_filter_worker *
eql_engine_new_worker(const eql_engine *e, const eql_engine_calls *calls)
{
    eql_filter_worker *l =
        eql_filter_worker_new(e->program, e->captures, calls, e->count_fields);

    if (l && e->profile)
        eql_filter_worker_profile(l);
    if (l && e->liveness)
        eql_filter_worker_liveness(l);
    if (l && e->tables &&
        !eql_filter_worker_use(l, e->tables, !e->options.no_memo)) {
        eql_filter_worker_free(l);
        l = NULL;
    }
    return l;
}

void
eql_engine_collect(eql_engine *e, eql_filter_worker *l)
{
    eql_filter_worker_collect(l, e->filter);
}

/* A hit as if its event had come now; newest is that of its batch so far. */
static eql_engine_result
merge_hit(eql_engine *e, const eql_hit *h, int64_t newest)
{
    if (h->clock == 0)
        note_time(&e->newest[0], newest);
    return take_hit(e, h);
}

eql_engine_result
eql_engine_merge(eql_engine *e, eql_batch *b, uint64_t line, uint64_t offset)
{
    eql_engine_result res = EQL_ENGINE_OK;
    size_t at = 0;

    if (e->result != EQL_ENGINE_OK)
        return e->result;
#define X(member) e->counters.member += b->counted.member;
    EQL_PURE_COUNTERS(X)
#undef X
    while (at < b->hits.len && res == EQL_ENGINE_OK) {
        eql_hit *h = (eql_hit *)(void *)(b->hits.p + at + sizeof(int64_t));
        int64_t newest;

        memcpy(&newest, b->hits.p + at, sizeof newest);
        h->line += line;
        h->ref.offset += offset;
        at += sizeof newest + h->size;
        res = merge_hit(e, h, newest);
    }
    for (uint32_t i = 0; i < b->liveness.n && res == EQL_ENGINE_OK; i++) {
        eql_liveness_record record =
            *(const eql_liveness_record *)eql_vec_at(&b->liveness, i);

        record.line += line;
        res = take_liveness(e, &record);
    }
    if (res == EQL_ENGINE_OK)
        note_time(&e->newest[0], b->newest);
    return settle_on(e, res);
}

eql_engine_result
eql_engine_settle(eql_engine *e, uint32_t file, eql_settle_fn settle, void *ctx)
{
    uint64_t before = eql_pending_forgotten(e->pending);
    eql_hit_sink sink = {take_settled, e};
    eql_engine_result res;

    if (e->result != EQL_ENGINE_OK)
        return e->result;
    res = eql_pending_settle(e->pending, file, settle, ctx, &sink);
    e->counters.hits -= eql_pending_forgotten(e->pending) - before;
    memcpy(e->settled, e->newest, e->program->nclocks * sizeof *e->settled);
    return settle_on(e, res);
}

/* A fetch of eql_hit_source. */
static eql_engine_result
read_again(void *ctx, uint64_t place, const eql_hit **h)
{
    eql_engine *e = ctx;

    return eql_order_fetch(e->order, place, h);
}

/* --- the end --- */

/* Tells the lineages of liveness records up to the hit (NULL: of all), if it
 * matters. */
static eql_engine_result
tell_liveness(eql_engine *e, const eql_hit *h)
{
    eql_engine_result res = EQL_ENGINE_OK;
    const eql_hit *record;

    while (res == EQL_ENGINE_OK && eql_seq_wants_liveness(e->seq, h)) {
        res = eql_liveness_next(e->liveness, h, &record);
        if (res != EQL_ENGINE_OK || !record)
            break;
        eql_seq_liveness(e->seq, record);
    }
    return res;
}

/* Behind the last hit time has gone on with the liveness records. */
static eql_engine_result
end_liveness(eql_engine *e)
{
    eql_engine_result res = tell_liveness(e, NULL);
    int64_t newest = eql_liveness_newest(e->liveness);

    e->counters.hits_timed += e->counters.liveness;
    if (res == EQL_ENGINE_OK && newest != INT64_MIN)
        res = eql_seq_pass(e->seq, newest);
    return res;
}

static void
look_ahead(eql_engine *e)
{
    uint64_t place;
    const eql_hit *h = eql_order_ahead(e->order, EQL_SEQ_AHEAD, &place);

    if (h)
        eql_seq_ahead(e->seq, h, place);
}

static eql_engine_result
run_hits(eql_engine *e)
{
    eql_hit_sink sink = {take_settled, e};
    eql_engine_result res = eql_pending_give_up(e->pending, &sink);
    eql_hit_source source = {read_again, e};

    eql_seq_read_again(e->seq, &source);

    if (res == EQL_ENGINE_OK)
        res = eql_order_sort(e->order);
    while (res == EQL_ENGINE_OK) {
        const eql_hit *h;

        res = eql_order_next(e->order, &h);
        if (res != EQL_ENGINE_OK || !h)
            break;
        e->at_file = h->file;
        e->at_line = h->line;
        if (e->calls.stop && e->calls.stop(e->calls.ctx))
            return EQL_ENGINE_STOPPED;
        if (eql_seq_looks_ahead(e->seq))
            look_ahead(e);
        eql_seq_place(e->seq, eql_order_place(e->order));
        if (e->liveness)
            res = tell_liveness(e, h);
        if (res == EQL_ENGINE_OK)
            res = eql_seq_hit(e->seq, h);
    }
    if (res == EQL_ENGINE_OK && e->liveness)
        res = end_liveness(e);
    if (res == EQL_ENGINE_OK && e->rule_bytes)
        res = eql_seq_count_bytes(e->seq, e->rule_bytes);
    return res == EQL_ENGINE_OK ? eql_seq_end(e->seq, e->newest) : res;
}

void
eql_engine_go_on(eql_engine *e)
{
    if (e->result != EQL_ENGINE_NOMEM)
        e->result = EQL_ENGINE_OK;
}

void
eql_engine_reached(const eql_engine *e, uint32_t *file, uint64_t *line)
{
    *file = e->at_file;
    *line = e->at_line;
}

eql_engine_result
eql_engine_finish(eql_engine *e)
{
    if (e->result != EQL_ENGINE_OK)
        return e->result;
    settle_on(e, run_hits(e));
    e->counters.spilled_bytes =
        eql_order_spilled(e->order) + eql_pending_spilled(e->pending) +
        (e->liveness ? eql_liveness_spilled(e->liveness) : 0);
    eql_seq_finish(e->seq);
    return e->result;
}

const eql_engine_counters *
eql_engine_get_counters(const eql_engine *e)
{
    return &e->counters;
}

const eql_stage_counters *
eql_engine_stage(const eql_engine *e, uint32_t stage)
{
    return eql_event_filter_stage(e->filter, stage);
}

uint64_t
eql_engine_key_missing(const eql_engine *e, uint32_t stage, uint32_t k)
{
    return eql_event_filter_key_missing(
        e->filter, e->program->stages[stage].keys.first + k);
}

void
eql_engine_count_fields(eql_engine *e)
{
    e->count_fields = true;
    eql_event_filter_count_fields(e->filter);
}

bool
eql_engine_profile(eql_engine *e)
{
    e->profile = true;
    eql_event_filter_profile(e->filter);
    if (!e->rule_bytes)
        e->rule_bytes =
            calloc((size_t)e->program->nrules + 1, sizeof *e->rule_bytes);
    return e->rule_bytes != NULL;
}

uint64_t
eql_engine_rule_bytes(const eql_engine *e, uint32_t rule)
{
    return e->rule_bytes ? e->rule_bytes[rule] : 0;
}

eql_candidate_counters
eql_engine_candidates(eql_engine *e)
{
    return eql_event_filter_candidates(e->filter);
}

uint64_t
eql_engine_field_present(const eql_engine *e, uint32_t field)
{
    return eql_event_filter_field_present(e->filter, field);
}

bool
eql_engine_field_met(const eql_engine *e, uint32_t field)
{
    return eql_event_filter_field_met(e->filter, field);
}

bool
eql_engine_category_met(const eql_engine *e, uint32_t stage)
{
    return eql_event_filter_category_met(e->filter, stage);
}

const char *
eql_engine_error(const eql_engine *e)
{
    return e->error;
}
