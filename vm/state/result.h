/* result.h -- what a rule found, before pipes and delivery: events in the order
 * of its positions, and the key they share. */
#ifndef EQL_VM_STATE_RESULT_H
#define EQL_VM_STATE_RESULT_H

#include "vm/filter/capture.h"
#include "vm/run/match.h"
#include "vm/run/status.h"
#include "event/hit.h"

/* A result is a match that no pipe has seen: eql_match, whose
 * events carry their kept values.  Borrowed for the call.  Who takes results
 * of join and sample counts them as completed. */
typedef eql_engine_result (*eql_result_fn)(void *ctx, const eql_match *m);

/* severity of a match from the rule's level and the conditions that hold. */
uint32_t eql_result_severity(const eql_program *p, uint32_t rule,
                             uint32_t severities);
/* The event of a hit at the stage of this entry; kept is borrowed from it.
 * captures may be NULL: nothing is kept. */
eql_match_event eql_result_event(const eql_captures *c, const eql_hit *h,
                                 const eql_hit_entry *e);

#endif
