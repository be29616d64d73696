/* event_filter.h -- the pure half: one event in, its hits out.
 *
 *   event -> dispatch -> filter -> exceptions -> keys -> severities -> captures
 *
 * An event has one hit per clock of the rules that take it.  Where a rule asks
 * for lineage, every event of a process has one of that rule's clock, whose
 * first entry is EQL_HIT_PROCESS: so all that a lineage learns comes in the
 * order of its rule.
 *
 * Knows nothing of order; one thread. */
#ifndef EQL_VM_FILTER_EVENT_FILTER_H
#define EQL_VM_FILTER_EVENT_FILTER_H

#include "vm/index/candidates.h"
#include "vm/filter/capture.h"
#include "vm/run/counters.h"
#include "vm/run/match.h"
#include "vm/run/status.h"
#include "vm/order/liveness.h"

/* A prime: events often come in rounds. */
#define EQL_PROFILE_EVERY 17u

typedef struct eql_event_filter eql_event_filter;

/* Takes a hit, or a liveness record, (borrowed for the call) on its way. */
typedef eql_engine_result (*eql_event_filter_fn)(void *ctx, const eql_hit *h);
typedef eql_engine_result (*eql_liveness_fn)(void *ctx,
                                             const eql_liveness_record *record);

/* All borrowed.  counters: events, hits, withheld, keyless and what is capped
 * are counted here; a hit of EQL_HIT_PROCESS alone is one of `hits`.  NULL: out
 * of memory. */
eql_event_filter *eql_event_filter_new(const eql_program *p,
                                       const eql_captures *c,
                                       const eql_engine_calls *calls,
                                       eql_engine_counters *counters);
void eql_event_filter_free(eql_event_filter *s); /* NULL is fine */
/* Candidates are found by these tables; what is learned of values is remembered
 * if `remember`.  Borrowed.  Without this call every stage of an event's
 * category is looked at.  false: out of memory. */
bool eql_event_filter_use(eql_event_filter *s, const eql_candidate_tables *t,
                          bool remember);
/* From now on, count the fields that events have (costs a look at each). */
void eql_event_filter_count_fields(eql_event_filter *s);
/* See eql_engine_profile. */
void eql_event_filter_profile(eql_event_filter *s);
/* Moves what `from` has counted per stage, key and field, and of candidates, to
 * `to`; both are of one program. */
void eql_event_filter_collect(eql_event_filter *to, eql_event_filter *from);
/* liveness record NULL: what could be one (liveness.h) is a hit, or part of
 * one.  A liveness record that stands for a hit is counted as one of `hits` and
 * of `liveness`. */
eql_engine_result eql_event_filter_event(eql_event_filter *s,
                                         const eql_event *ev,
                                         eql_event_filter_fn fn,
                                         eql_liveness_fn record, void *ctx);
const eql_stage_counters *eql_event_filter_stage(const eql_event_filter *s,
                                                 uint32_t stage);
uint64_t eql_event_filter_key_missing(const eql_event_filter *s, uint32_t key);
/* Has an event had a value for this field, which has no parent (seen_fields.h);
 * and has one had the stage's category? */
bool eql_event_filter_field_met(const eql_event_filter *s, uint32_t field);
bool eql_event_filter_category_met(const eql_event_filter *s, uint32_t stage);
/* Of all events so far; zeros without tables. */
eql_candidate_counters eql_event_filter_candidates(eql_event_filter *s);
/* Events in which program field f had a value; 0 unless they are counted. */
uint64_t eql_event_filter_field_present(const eql_event_filter *s,
                                        uint32_t field);

#endif
