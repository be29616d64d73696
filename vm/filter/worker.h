/* worker.h -- the pure half on one thread: events in, their hits gathered in a
 * batch, which the engine merges.
 *
 * What the order of events decides (is a hit late?) is left to the merge, so
 * workers may share out the events of a run; batches merged in the order of
 * events give what one thread gives.  A worker and a batch belong to one thread
 * at a time. */
#ifndef EQL_VM_FILTER_WORKER_H
#define EQL_VM_FILTER_WORKER_H

#include "vm/filter/event_filter.h"

/* Members of eql_engine_counters that the pure half counts. */
#define EQL_PURE_COUNTERS(X)                                                   \
    X(events)                                                                  \
    X(hits)                                                                    \
    X(own_numeric_times)                                                       \
    X(liveness)                                                                \
    X(withheld)                                                                \
    X(keyless)                                                                 \
    X(captured_capped)                                                         \
    X(combinations_capped)                                                     \
    X(key_tuples_capped)

typedef struct eql_batch {
    /* Each an int64_t and an eql_hit with its entries.  The number is the
     * greatest settled time of events up to this one, INT64_MIN: none. */
    eql_buf hits;
    eql_vec liveness;            /* eql_liveness_record */
    int64_t newest;              /* the same for all events */
    eql_engine_counters counted; /* what the pure half counts */
} eql_batch;                     /* all zero is a new one */

/* Hits beyond this many bytes are not kept room for in the next batch. */
#define EQL_BATCH_BYTES ((size_t)1 << 20)

void eql_batch_free(eql_batch *b);

typedef struct eql_filter_worker eql_filter_worker;

/* With a filter of its own; calls are copied, only keep is called.  NULL: out
 * of memory. */
eql_filter_worker *eql_filter_worker_new(const eql_program *p,
                                         const eql_captures *c,
                                         const eql_engine_calls *calls,
                                         bool count_fields);
/* With a filter that counts in `counters`; both are borrowed. */
eql_filter_worker *eql_filter_worker_of(eql_event_filter *s,
                                        eql_engine_counters *counters);
void eql_filter_worker_free(eql_filter_worker *l); /* NULL is fine */
/* See eql_event_filter_use. */
bool eql_filter_worker_use(eql_filter_worker *l, const eql_candidate_tables *t,
                           bool remember);
void eql_filter_worker_profile(
    eql_filter_worker *l); /* see eql_event_filter_profile */
void eql_filter_worker_liveness(
    eql_filter_worker
        *l); /* from now on there are liveness records (liveness.h) */
/* Moves what its own filter has counted per stage, key and field to another. */
void eql_filter_worker_collect(eql_filter_worker *l, eql_event_filter *to);
/* Empties the batch; events from now on are its. */
void eql_filter_worker_begin(eql_filter_worker *l, eql_batch *b);
eql_engine_result eql_filter_worker_event(eql_filter_worker *l,
                                          const eql_event *ev);
void eql_filter_worker_end(eql_filter_worker *l);

#endif
