/* join.h -- `join`: per key one event of each filter, in any order
 * (language 11.1).
 */
#ifndef EQL_VM_GROUP_JOIN_H
#define EQL_VM_GROUP_JOIN_H

#include "vm/state/budget.h"
#include "vm/run/counters.h"
#include "vm/state/result.h"

typedef struct eql_join eql_join;

eql_join *eql_join_new(const eql_program *p, const eql_captures *c,
                       eql_budget *budget, eql_engine_counters *counters);
void eql_join_free(eql_join *j);
/* The entries of one rule in one hit: stages ascending, `until` first.  The
 * residuals hold already.  Completed ones go to `out` in order. */
eql_engine_result eql_join_hit(eql_join *j, uint32_t rule, const eql_hit *h,
                               const eql_hit_entry *const *entries, uint32_t n,
                               eql_result_fn out, void *ctx);
void eql_join_finish(eql_join *j); /* what is in flight is counted as open */

#endif
