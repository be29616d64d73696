/* lane.h -- the pure half on one thread: events in, their hits gathered in a
 * batch, which the engine merges.
 *
 * What the order of events decides (is a hit late?) is left to the merge, so
 * lanes may share out the events of a run; batches merged in the order of
 * events give what one thread gives.  A lane and a batch belong to one thread
 * at a time. */
#ifndef EQL_VM_FILTER_LANE_H
#define EQL_VM_FILTER_LANE_H

#include "vm/filter/sieve.h"

/* Members of eql_engine_counters that the pure half counts. */
#define EQL_PURE_COUNTERS(X)                                                   \
    X(events)                                                                  \
    X(hits)                                                                    \
    X(own_numeric_times)                                                       \
    X(pulses)                                                                  \
    X(withheld)                                                                \
    X(keyless)                                                                 \
    X(captured_capped)                                                         \
    X(combinations_capped)                                                     \
    X(key_tuples_capped)

typedef struct eql_batch {
    /* Each an int64_t and an eql_hit with its entries.  The number is the
     * greatest settled time of events up to this one, INT64_MIN: none. */
    eql_buf hits;
    eql_vec pulses;              /* eql_pulse */
    int64_t newest;              /* the same for all events */
    eql_engine_counters counted; /* what the pure half counts */
} eql_batch;                     /* all zero is a new one */

/* Hits beyond this many bytes are not kept room for in the next batch. */
#define EQL_BATCH_BYTES ((size_t)1 << 20)

void eql_batch_free(eql_batch *b);

typedef struct eql_lane eql_lane;

/* With a sieve of its own; calls are copied, only keep is called.  NULL: out of
 * memory. */
eql_lane *eql_lane_new(const eql_program *p, const eql_captures *c,
                       const eql_engine_calls *calls, bool count_fields);
/* With a sieve that counts in `counters`; both are borrowed. */
eql_lane *eql_lane_of(eql_sieve *s, eql_engine_counters *counters);
void eql_lane_free(eql_lane *l); /* NULL is fine */
/* See eql_sieve_use. */
bool eql_lane_use(eql_lane *l, const eql_candidate_tables *t, bool remember);
void eql_lane_profile(eql_lane *l); /* see eql_sieve_profile */
void eql_lane_pulse(eql_lane *l); /* from now on there are pulses (pulses.h) */
/* Moves what its own sieve has counted per stage, key and field to another. */
void eql_lane_collect(eql_lane *l, eql_sieve *to);
/* Empties the batch; events from now on are its. */
void eql_lane_begin(eql_lane *l, eql_batch *b);
eql_engine_result eql_lane_event(eql_lane *l, const eql_event *ev);
void eql_lane_end(eql_lane *l);

#endif
