/* worker.c -- one thread's event filter and the batch that it fills.
 *
 * What the filter counts between begin and end is the batch's own count, taken
 * as a difference: the merge adds it when the batch has its turn, so counts
 * depend on no order of threads. */
#include "vm/filter/worker.h"

#include <stdlib.h>

struct eql_filter_worker {
    eql_event_filter *filter;
    bool owned; /* the filter is; it counts in `own` */
    bool liveness;
    eql_engine_calls calls;
    eql_engine_counters own;
    eql_engine_counters *counters;
    eql_engine_counters before; /* as they were at the batch's begin */
    eql_batch *batch;
};

void
eql_batch_free(eql_batch *b)
{
    eql_buf_free(&b->hits);
    eql_vec_free(&b->liveness);
}

eql_filter_worker *
eql_filter_worker_of(eql_event_filter *s, eql_engine_counters *counters)
{
    eql_filter_worker *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->filter = s;
    l->counters = counters;
    return l;
}

eql_filter_worker *
eql_filter_worker_new(const eql_program *p, const eql_captures *c,
                      const eql_engine_calls *calls, bool count_fields)
{
    eql_filter_worker *l = eql_filter_worker_of(NULL, NULL);

    if (!l)
        return NULL;
    l->calls = *calls;
    l->counters = &l->own;
    l->owned = true;
    l->filter = eql_event_filter_new(p, c, &l->calls, &l->own);
    if (!l->filter) {
        eql_filter_worker_free(l);
        return NULL;
    }
    if (count_fields)
        eql_event_filter_count_fields(l->filter);
    return l;
}

void
eql_filter_worker_free(eql_filter_worker *l)
{
    if (!l)
        return;
    if (l->owned)
        eql_event_filter_free(l->filter);
    free(l);
}

bool
eql_filter_worker_use(eql_filter_worker *l, const eql_candidate_tables *t,
                      bool remember)
{
    return eql_event_filter_use(l->filter, t, remember);
}

void
eql_filter_worker_profile(eql_filter_worker *l)
{
    eql_event_filter_profile(l->filter);
}

void
eql_filter_worker_liveness(eql_filter_worker *l)
{
    l->liveness = true;
}

void
eql_filter_worker_collect(eql_filter_worker *l, eql_event_filter *to)
{
    if (l->owned)
        eql_event_filter_collect(to, l->filter);
}

void
eql_filter_worker_begin(eql_filter_worker *l, eql_batch *b)
{
    if (b->hits.cap > EQL_BATCH_BYTES || b->hits.failed)
        eql_buf_free(&b->hits);
    b->hits.len = 0;
    if (b->liveness.failed)
        eql_vec_free(&b->liveness);
    b->liveness.n = 0;
    b->newest = INT64_MIN;
    l->batch = b;
    l->before = *l->counters;
}

/* An eql_event_filter_fn. */
static eql_engine_result
add_hit(void *ctx, const eql_hit *h)
{
    eql_batch *b = ctx;

    eql_buf_add(&b->hits, &b->newest, sizeof b->newest);
    eql_buf_add(&b->hits, h, h->size);
    return b->hits.failed ? EQL_ENGINE_NOMEM : EQL_ENGINE_OK;
}

/* An eql_liveness_fn. */
static eql_engine_result
add_liveness(void *ctx, const eql_liveness_record *record)
{
    eql_batch *b = ctx;

    return eql_vec_push(&b->liveness, record, sizeof *record) == EQL_NONE
               ? EQL_ENGINE_NOMEM
               : EQL_ENGINE_OK;
}

eql_engine_result
eql_filter_worker_event(eql_filter_worker *l, const eql_event *ev)
{
    eql_batch *b = l->batch;

    if (ev->time_kind == EQL_TIME_SETTLED && ev->time_ns > b->newest)
        b->newest = ev->time_ns;
    return eql_event_filter_event(l->filter, ev, add_hit,
                                  l->liveness ? add_liveness : NULL, b);
}

/* The filter's counters of the batch alone are the batch's. */
void
eql_filter_worker_end(eql_filter_worker *l)
{
    eql_engine_counters *n = &l->batch->counted;

    *n = (eql_engine_counters){0};
#define X(member) n->member = l->counters->member - l->before.member;
    EQL_PURE_COUNTERS(X)
#undef X
    *l->counters = l->before;
    l->batch = NULL;
}
