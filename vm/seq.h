/* seq.h -- the ordered half: hits in order in, matches out (spec 8).
 *
 * Runs the sequence machine of every rule, and hands the hits of event rules
 * through.  State is bounded in bytes: when it is full, the oldest start gives
 * way.  See partial.h for what the state looks like. */
#ifndef EQL_VM_SEQ_H
#define EQL_VM_SEQ_H

#include "vm/engine.h"
#include "vm/hit.h"

typedef struct eql_seq eql_seq;

/* All borrowed.  NULL: out of memory. */
eql_seq *eql_seq_new(const eql_program *p, const eql_engine_options *o,
                     const eql_engine_calls *calls,
                     eql_engine_counters *counters);
void eql_seq_free(eql_seq *s); /* NULL is fine */
/* The next hit in order; no time in it is pending. */
eql_engine_result eql_seq_hit(eql_seq *s, const eql_hit *h);
/* The end: what is in flight is counted as open. */
void eql_seq_finish(eql_seq *s);

#endif
