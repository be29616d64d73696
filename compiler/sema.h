/* sema.h -- syntax tree to typed tree: names, types, static rules.
 *
 * Reports E301-E306, E308, E313, E499 and W401, W402, W403 (wildcards in an
 * equality), W406, W408, and goes on after an error to find more.  Constructs
 * of the language that the engine cannot run yet are E499. */
#ifndef EQL_COMPILER_SEMA_H
#define EQL_COMPILER_SEMA_H

#include "compiler/typed.h"

/* What the functions of this pass share.  All borrowed. */
typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_strview text;       /* source that the spans point into */
    const eql_query *query; /* NULL for a bare condition */
} eql_sema;

/* NULL when the query has errors (all in diags) or memory ran out
 * (eql_arena_failed).  text is the source that was parsed. */
eql_typed_query *eql_sema_query(eql_arena *arena, const eql_query *q,
                                eql_strview text, eql_diags *diags);
/* The same for a bare condition: a filter tree. */
eql_typed *eql_sema_condition(eql_arena *arena, const eql_expr *e,
                              eql_strview text, eql_diags *diags);

/* --- between the files of this pass ---
 *
 * All return NULL when the expression has errors. */

/* sema_expr.c: an expression in filter or in value position (typed.h). */
eql_typed *eql_sema_filter(const eql_sema *sx, const eql_expr *e);
eql_typed *eql_sema_value(const eql_sema *sx, const eql_expr *e);
/* Resolves a FIELD node; false with an error reported. */
bool eql_sema_path(const eql_sema *sx, const eql_expr *e, eql_typed_path *out);
/* Reports E499: "<what> not supported yet"; returns NULL. */
eql_typed *eql_sema_unsupported(const eql_sema *sx, eql_span span,
                                const char *what);
/* Are literals of these types comparable?  null goes with everything. */
bool eql_sema_same_class(eql_tag a, eql_tag b);
/* "a number", "a string", ...; for messages. */
const char *eql_sema_tag_name(eql_tag tag);
/* Does the string literal hold a wildcard character? */
bool eql_sema_has_wildcard(const eql_value *v);

/* sema_test.c: `in`, `:` and `like`, function calls. */
eql_typed *eql_sema_in(const eql_sema *sx, const eql_expr *e);
eql_typed *eql_sema_match(const eql_sema *sx, const eql_expr *e);
eql_typed *eql_sema_call(const eql_sema *sx, const eql_expr *e);
/* operand == literal for a field of type ip: E302 unless the literal is an
 * address or a block. */
eql_typed *eql_sema_address_equal(const eql_sema *sx, eql_span span,
                                  eql_typed *operand, const eql_typed *lit);

#endif
