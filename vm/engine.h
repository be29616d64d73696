/* engine.h -- both halves in one: events in, matches out, in order.
 *
 *   eql_engine_event   filters one event (pure); a hit goes to the sorter
 *   eql_engine_settle  end of a file: its pending times become known
 *   eql_engine_finish  sorts all hits and runs the sequence machines
 *
 * Matches are delivered in the order of their last event, then rule, then
 * first event, then key.  One thread at a time. */
#ifndef EQL_VM_ENGINE_H
#define EQL_VM_ENGINE_H

#include "event/event.h"
#include "vm/index/candidates.h"
#include "vm/order/pending.h"
#include "vm/run/counters.h"
#include "vm/run/match.h"
#include "vm/run/options.h"

typedef struct eql_engine eql_engine;

eql_engine *eql_engine_new(const eql_program *p, const eql_engine_options *o,
                           const eql_engine_calls *calls);
void eql_engine_free(eql_engine *e);
eql_engine_result eql_engine_event(eql_engine *e, const eql_event *ev);
/* Gives every pending hit of `file` its time; settle sets *ns or returns
 * false when the event has none.  With *ns = EQL_SETTLE_FORGET and false the
 * event is taken back as if it had never been a hit (it turned out to lie
 * outside the run's time range).  Also to be called for files without pending
 * hits (cheap). */
eql_engine_result eql_engine_settle(eql_engine *e, uint32_t file,
                                    eql_settle_fn settle, void *ctx);
/* After an error that was a full disk, or an event that was not kept: no event
 * can be added any more, but what is there can be finished. */
void eql_engine_go_on(eql_engine *e);
eql_engine_result eql_engine_finish(eql_engine *e);
/* The event that the finish came to last; line 0: none. */
void eql_engine_reached(const eql_engine *e, uint32_t *file, uint64_t *line);

/* Several threads may share out the filtering (worker.h).  The engine's own
 * worker is that of the calling thread; workers of others have calls of their
 * own, of which only keep is called.  NULL: out of memory. */
struct eql_filter_worker *eql_engine_own_worker(eql_engine *e);
struct eql_filter_worker *eql_engine_new_worker(const eql_engine *e,
                                                const eql_engine_calls *calls);
/* Takes over the hits of a batch; batches come in the order of their events.
 * line and offset are added to those of its hits: it may be that a worker knew
 * only places in its part of a file. */
struct eql_batch;
eql_engine_result eql_engine_merge(eql_engine *e, struct eql_batch *b,
                                   uint64_t line, uint64_t offset);
/* Takes over what a worker has counted per stage; afterwards numbers below
 * include it. */
void eql_engine_collect(eql_engine *e, struct eql_filter_worker *l);
const eql_engine_counters *eql_engine_get_counters(const eql_engine *e);
const eql_stage_counters *eql_engine_stage(const eql_engine *e, uint32_t stage);
/* Events without a value for key `k` of stage `stage`, among its hits. */
uint64_t eql_engine_key_missing(const eql_engine *e, uint32_t stage,
                                uint32_t k);
/* From now on, count the events that have a value for each field. */
void eql_engine_count_fields(eql_engine *e);
uint64_t eql_engine_field_present(const eql_engine *e, uint32_t field);
/* Has an event had a value for this field, which has no parent; and has one had
 * the category of this stage?  Of workers, up to the last eql_engine_collect.
 */
bool eql_engine_field_met(const eql_engine *e, uint32_t field);
bool eql_engine_category_met(const eql_engine *e, uint32_t stage);
/* From now on, count candidates and measure time per stage, and the state per
 * rule.  To be called before there are workers.  false: out of memory. */
bool eql_engine_profile(eql_engine *e);
/* Bytes that the rule's sequences held when the events ended; 0 without
 * eql_engine_profile, and before eql_engine_finish. */
uint64_t eql_engine_rule_bytes(const eql_engine *e, uint32_t rule);
/* What the index and its caches did, for reports; zeros without them. */
eql_candidate_counters eql_engine_candidates(eql_engine *e);
const char *eql_engine_error(const eql_engine *e); /* "" when none */

#endif
