/* lane.c -- see lane.h. */
#include "vm/filter/lane.h"

#include <stdlib.h>

struct eql_lane {
    eql_sieve *sieve;
    bool owned; /* the sieve is; it counts in `own` */
    bool pulses;
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
    eql_vec_free(&b->pulses);
}

eql_lane *
eql_lane_of(eql_sieve *s, eql_engine_counters *counters)
{
    eql_lane *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->sieve = s;
    l->counters = counters;
    return l;
}

eql_lane *
eql_lane_new(const eql_program *p, const eql_captures *c,
             const eql_engine_calls *calls, bool count_fields)
{
    eql_lane *l = eql_lane_of(NULL, NULL);

    if (!l)
        return NULL;
    l->calls = *calls;
    l->counters = &l->own;
    l->owned = true;
    l->sieve = eql_sieve_new(p, c, &l->calls, &l->own);
    if (!l->sieve) {
        eql_lane_free(l);
        return NULL;
    }
    if (count_fields)
        eql_sieve_count_fields(l->sieve);
    return l;
}

void
eql_lane_free(eql_lane *l)
{
    if (!l)
        return;
    if (l->owned)
        eql_sieve_free(l->sieve);
    free(l);
}

bool
eql_lane_use(eql_lane *l, const eql_candidate_tables *t, bool remember)
{
    return eql_sieve_use(l->sieve, t, remember);
}

void
eql_lane_profile(eql_lane *l)
{
    eql_sieve_profile(l->sieve);
}

void
eql_lane_pulse(eql_lane *l)
{
    l->pulses = true;
}

void
eql_lane_collect(eql_lane *l, eql_sieve *to)
{
    if (l->owned)
        eql_sieve_collect(to, l->sieve);
}

void
eql_lane_begin(eql_lane *l, eql_batch *b)
{
    if (b->hits.cap > EQL_BATCH_BYTES || b->hits.failed)
        eql_buf_free(&b->hits);
    b->hits.len = 0;
    if (b->pulses.failed)
        eql_vec_free(&b->pulses);
    b->pulses.n = 0;
    b->newest = INT64_MIN;
    l->batch = b;
    l->before = *l->counters;
}

/* An eql_sieve_fn. */
static eql_engine_result
add_hit(void *ctx, const eql_hit *h)
{
    eql_batch *b = ctx;

    eql_buf_add(&b->hits, &b->newest, sizeof b->newest);
    eql_buf_add(&b->hits, h, h->size);
    return b->hits.failed ? EQL_ENGINE_NOMEM : EQL_ENGINE_OK;
}

/* An eql_pulse_fn. */
static eql_engine_result
add_pulse(void *ctx, const eql_pulse *pulse)
{
    eql_batch *b = ctx;

    return eql_vec_push(&b->pulses, pulse, sizeof *pulse) == EQL_NONE
               ? EQL_ENGINE_NOMEM
               : EQL_ENGINE_OK;
}

eql_engine_result
eql_lane_event(eql_lane *l, const eql_event *ev)
{
    eql_batch *b = l->batch;

    if (ev->time_kind == EQL_TIME_SETTLED && ev->time_ns > b->newest)
        b->newest = ev->time_ns;
    return eql_sieve_event(l->sieve, ev, add_hit, l->pulses ? add_pulse : NULL,
                           b);
}

/* The sieve's counters of the batch alone are the batch's. */
void
eql_lane_end(eql_lane *l)
{
    eql_engine_counters *n = &l->batch->counted;

    *n = (eql_engine_counters){0};
#define X(member) n->member = l->counters->member - l->before.member;
    EQL_PURE_COUNTERS(X)
#undef X
    *l->counters = l->before;
    l->batch = NULL;
}
