/* expand.h -- macros and constants replaced by what they stand for
 * (language 13.1).
 *
 * Syntax tree to syntax tree, before sema: afterwards no call of a macro and
 * no name of a constant is left, and every node that came from a definition
 * has the place of the call, so that what is said about it points there. */
#ifndef EQL_COMPILER_EXPAND_H
#define EQL_COMPILER_EXPAND_H

#include "compiler/ast.h"

/* Nodes that the definitions of one rule may make. */
#define EQL_MAX_EXPANSION 500000u
/* Of one macro. */
#define EQL_MAX_PARAMS 64u

/* Definitions in force.  All-zero: none. */
typedef struct eql_def_set eql_def_set;
struct eql_def_set {
    const eql_def_set *outer; /* those before these; NULL: none */
    const eql_def *defs;
    uint32_t n;            /* in force; while it is made, others follow */
    struct eql_map *index; /* by name */
};

/* Makes the set: bodies expanded by the definitions before them.  false with
 * E311 or E316 in diags, or when memory ran out (eql_arena_failed). */
bool eql_def_set_make(eql_def_set *set, const eql_def_set *outer,
                      eql_arena *arena, eql_query *q, eql_diags *diags);
void eql_def_set_free(eql_def_set *set);

/* Replaces in a query, in place, or in a bare condition; as above. */
bool eql_expand_query(const eql_def_set *set, eql_arena *arena, eql_query *q,
                      eql_diags *diags);
bool eql_expand_condition(const eql_def_set *set, eql_arena *arena,
                          eql_expr **e, eql_diags *diags);

#endif
