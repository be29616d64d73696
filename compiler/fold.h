/* fold.h -- constant folding: what the literals of a condition decide.
 *
 * Folds in place.  Only expressions of literals are computed; `not (a > b)`
 * stays (language 4.3 allows no rewriting of leaves).  After it a filter tree
 * is either one CONST or has no CONST in filter position. */
#ifndef EQL_COMPILER_FOLD_H
#define EQL_COMPILER_FOLD_H

#include "compiler/compile.h"
#include "compiler/typed.h"

/* Folds a condition.  Warns (W403) where a condition, or an operand of its
 * and/or, is decided without looking at the event, other than by `true` or
 * `false` themselves, and where a value can only be null: under --strict that
 * is E302.  NULL when the arena failed. */
eql_typed *eql_fold_condition(eql_arena *arena, eql_typed *t,
                              const eql_compile_settings *settings,
                              eql_diags *diags);
/* Every condition, key and pipe of a query. */
void eql_fold_query(eql_arena *arena, eql_typed_query *q,
                    const eql_compile_settings *settings, eql_diags *diags);

#endif
