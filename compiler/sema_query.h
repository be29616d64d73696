/* sema_query.h -- what the files that check whole queries share; not for other
 * passes.
 *
 * sema.c asks sema_stage.c for stages, sema_span.c for maxspan and
 * sema_pipe.c for pipes.  All note an error in ok and go on. */
#ifndef EQL_COMPILER_SEMA_QUERY_H
#define EQL_COMPILER_SEMA_QUERY_H

#include "compiler/sema.h"

typedef struct {
    eql_sema sx;
    const eql_query *query;
    eql_typed_query *out;
    eql_sema_alias *aliases; /* of the stages checked so far; room for all */
    uint32_t naliases;
    uint64_t positions; /* of the stages checked so far, runs expanded */
    bool ok;            /* no error so far */
} eql_sema_checker;

/* Reports an error and notes it. */
void eql_sema_fail(eql_sema_checker *ck, const char *code, eql_span span,
                   const char *hint, const char *message);

/* sema_stage.c */
void eql_sema_query_keys(eql_sema_checker *ck);
/* [category where condition] without what stands behind it. */
void eql_sema_body(eql_sema_checker *ck, const eql_body *body,
                   eql_typed_stage *out);
void eql_sema_stage(eql_sema_checker *ck, const eql_stage_node *node,
                    eql_typed_stage *out);
void eql_sema_until(eql_sema_checker *ck, const eql_stage_node *node);
/* A filter tree; a bare null is refused. */
eql_typed *eql_sema_root(const eql_sema *sx, const eql_expr *e);

/* sema_span.c */
void eql_sema_maxspan(eql_sema_checker *ck, const eql_span_clause *m);

/* sema_pipe.c */
void eql_sema_pipes(eql_sema_checker *ck);

/* sema_key.c: numbers and types of keys, language 1.2 #5, 1.2 #7. */
void eql_sema_check_keys(eql_sema_checker *ck);

#endif
