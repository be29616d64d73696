/* match.h -- the matches of one hit and rule: put in order, given their
 * severity, held back by a cooldown, delivered.
 *
 * All matches added between two flushes end with the same event, so their
 * order is that of their first events, then of their keys (design 7). */
#ifndef EQL_VM_MATCH_H
#define EQL_VM_MATCH_H

#include "vm/budget.h"
#include "vm/engine.h"
#include "vm/partial.h"

typedef struct eql_matches eql_matches;

/* max_bytes: for cooldowns, unused when no rule has one.  calls and counters
 * are borrowed.  NULL: out of memory. */
eql_matches *eql_matches_new(const eql_program *p, uint64_t max_bytes,
                             bool in_order, uint64_t seed,
                             const eql_engine_calls *calls,
                             eql_engine_counters *counters);
/* Frees partials that were not delivered, too.  NULL is fine. */
void eql_matches_free(eql_matches *m, eql_budget *b);
/* The last event is that of the coming flush, `e` its entry.  p: the events
 * before, now the list's own; NULL when there are none.  The key is borrowed
 * until the flush.  false: out of memory, p is freed. */
bool eql_matches_add(eql_matches *m, eql_budget *b, eql_partial *p,
                     const eql_hit_entry *e, eql_strview key);
eql_engine_result eql_matches_flush(eql_matches *m, eql_budget *b,
                                    uint32_t rule, const eql_hit *h);
uint64_t eql_matches_peak(const eql_matches *m); /* bytes of cooldowns */

#endif
