/* parser.h -- query text to syntax tree. */
#ifndef EQL_COMPILER_PARSER_H
#define EQL_COMPILER_PARSER_H

#include "compiler/ast.h"
#include "compiler/lexer.h"

/* Limits, each with its E311 message and a test at n and n + 1. */
#define EQL_MAX_QUERY_BYTES (16u << 20)
#define EQL_MAX_DEPTH 500u    /* nested parentheses, not, calls, bodies */
#define EQL_MAX_LIST 1000000u /* items of one list */

/* Parses one query.  NULL when it has errors (all in diags, E1xx, E2xx, E311)
 * or memory ran out (eql_arena_failed).  The tree lives in arena; it borrows
 * nothing from text. */
eql_query *eql_parse(eql_arena *arena, eql_strview text, eql_comments comments,
                     eql_diags *diags);

/* The same; the text may also be a bare condition, or pipes alone, about events
 * of any category. */
eql_query *eql_parse_implied(eql_arena *arena, eql_strview text,
                             eql_comments comments, eql_diags *diags);

/* Definitions of macros and constants alone: a query without kind or body. */
eql_query *eql_parse_definitions(eql_arena *arena, eql_strview text,
                                 eql_comments comments, eql_diags *diags);

/* Parses one bare condition (the `when` of an exception or severity): an
 * expression as it may stand after `where`. */
eql_expr *eql_parse_condition(eql_arena *arena, eql_strview text,
                              eql_comments comments, eql_diags *diags);

/* Appends one line per token: kind, offset, length, text; for goldens. */
void eql_dump_tokens(eql_strview text, eql_comments comments, eql_buf *out);

#endif
