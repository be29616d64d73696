/* cost.h -- how many instructions a condition costs when it is run once. */
#ifndef EQL_COMPILER_COST_H
#define EQL_COMPILER_COST_H

#include "compiler/typed.h"

/* Of a filter tree; bodies of array functions count for one element.  Never
 * less than the verifier counts (verify.h). */
uint64_t eql_filter_cost(const eql_typed *filter);

#endif
