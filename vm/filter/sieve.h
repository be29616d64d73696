/* sieve.h -- the pure half: one event in, its hits out.
 *
 *   event -> dispatch -> filter -> exceptions -> keys -> severities -> captures
 *
 * An event has one hit per clock of the rules that take it.  Where a rule asks
 * for lineage, every event of a process has one of that rule's clock, whose
 * first entry is EQL_HIT_PROCESS: so all that a lineage learns comes in the
 * order of its rule.
 *
 * Knows nothing of order; one thread. */
#ifndef EQL_VM_FILTER_SIEVE_H
#define EQL_VM_FILTER_SIEVE_H

#include "vm/index/candidates.h"
#include "vm/filter/capture.h"
#include "vm/run/counters.h"
#include "vm/run/match.h"
#include "vm/run/status.h"
#include "vm/order/pulses.h"

/* A prime: events often come in rounds. */
#define EQL_PROFILE_EVERY 17u

typedef struct eql_sieve eql_sieve;

/* Takes a hit, or a pulse, (borrowed for the call) on its way. */
typedef eql_engine_result (*eql_sieve_fn)(void *ctx, const eql_hit *h);
typedef eql_engine_result (*eql_pulse_fn)(void *ctx, const eql_pulse *pulse);

/* All borrowed.  counters: events, hits, withheld, keyless and what is capped
 * are counted here; a hit of EQL_HIT_PROCESS alone is one of `hits`.  NULL: out
 * of memory. */
eql_sieve *eql_sieve_new(const eql_program *p, const eql_captures *c,
                         const eql_engine_calls *calls,
                         eql_engine_counters *counters);
void eql_sieve_free(eql_sieve *s); /* NULL is fine */
/* Candidates are found by these tables; what is learned of values is remembered
 * if `remember`.  Borrowed.  Without this call every stage of an event's
 * category is looked at.  false: out of memory. */
bool eql_sieve_use(eql_sieve *s, const eql_candidate_tables *t, bool remember);
/* From now on, count the fields that events have (costs a look at each). */
void eql_sieve_count_fields(eql_sieve *s);
/* See eql_engine_profile. */
void eql_sieve_profile(eql_sieve *s);
/* Moves what `from` has counted per stage, key and field, and of candidates, to
 * `to`; both are of one program. */
void eql_sieve_collect(eql_sieve *to, eql_sieve *from);
/* pulse NULL: what could be one (pulses.h) is a hit, or part of one.  A pulse
 * that stands for a hit is counted as one of `hits` and of `pulses`. */
eql_engine_result eql_sieve_event(eql_sieve *s, const eql_event *ev,
                                  eql_sieve_fn fn, eql_pulse_fn pulse,
                                  void *ctx);
const eql_stage_counters *eql_sieve_stage(const eql_sieve *s, uint32_t stage);
uint64_t eql_sieve_key_missing(const eql_sieve *s, uint32_t key);
/* Has an event had a value for this field, which has no parent (sight.h); and
 * has one had the stage's category? */
bool eql_sieve_field_met(const eql_sieve *s, uint32_t field);
bool eql_sieve_category_met(const eql_sieve *s, uint32_t stage);
/* Of all events so far; zeros without tables. */
eql_candidate_counters eql_sieve_candidates(eql_sieve *s);
/* Events in which program field f had a value; 0 unless they are counted. */
uint64_t eql_sieve_field_present(const eql_sieve *s, uint32_t field);

#endif
