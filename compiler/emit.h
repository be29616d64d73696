/* emit.h -- a plan to records of the program. */
#ifndef EQL_COMPILER_EMIT_H
#define EQL_COMPILER_EMIT_H

#include "compiler/compile.h"
#include "compiler/plan.h"

/* Appends the rule.  A plan cannot be wrong any more: false means out of
 * memory, and the builder is then of no further use. */
bool eql_emit_rule(eql_builder *b, const eql_plan *plan,
                   const eql_rule_source *r, const eql_compile_settings *o);

/* The body of an array function, as its own filter: does it keep to the
 * limits (E311 in diags when not), and its index in the program, EQL_NONE when
 * out of memory.  lineages as in emit_leaf.h. */
bool eql_emit_body_check(const eql_typed *filter, eql_diags *diags);
uint32_t eql_emit_body(eql_builder *b, const eql_typed *filter,
                       uint32_t lineages);

#endif
