/* strict.h -- what only some dialects have (language 14.1, 14.2).
 *
 * The language of every dialect is accepted in each.  A construct that the
 * chosen one lacks is W407 or N407, once a rule; under --strict it is E314.
 * Works on the syntax tree as written, before macros: no other pass reports
 * these. */
#ifndef EQL_COMPILER_STRICT_H
#define EQL_COMPILER_STRICT_H

#include "compiler/ast.h"
#include "compiler/compile.h"

typedef enum {
#define CONSTRUCT(id, text, elastic, endpoint, endgame, kind)                  \
    EQL_CONSTRUCT_##id,
#include "compiler/strict.def"
#undef CONSTRUCT
    EQL_CONSTRUCT_COUNT
} eql_construct;

/* text: the source that the spans point into. */
void eql_strict_query(const eql_query *q, eql_strview text,
                      const eql_compile_settings *o, eql_diags *diags);
/* A bare condition. */
void eql_strict_condition(const eql_expr *e, eql_strview text,
                          const eql_compile_settings *o, eql_diags *diags);

#endif
