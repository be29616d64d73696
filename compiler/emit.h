/* emit.h -- a plan to records of the program. */
#ifndef EQL_COMPILER_EMIT_H
#define EQL_COMPILER_EMIT_H

#include "compiler/plan.h"

/* Appends the rule.  A plan cannot be wrong any more: false means out of
 * memory, and the builder is then of no further use. */
bool eql_emit_rule(eql_builder *b, const eql_plan *plan,
                   const eql_rule_source *r);

#endif
