/* front.h -- what the parts of the front end share; not for other passes.
 *
 *   parser.c --tokens--> grammar.y --builders--> ast_expr.c, ast_query.c,
 *        |                                       ast_literal.c
 *        +--wrong tokens--> lex_error.c, syntax_error.c
 *
 * Builders take what the grammar has and return a node.  After out of memory
 * they return NULL and accept NULL, harmlessly; parser.c asks once. */
#ifndef EQL_COMPILER_FRONT_H
#define EQL_COMPILER_FRONT_H

#include "compiler/lexer.h"
#include "compiler/parser.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_strview text; /* the arena's copy, NUL after it */
    void *grammar;    /* lemon's parser */
    eql_lexer lexer;
    eql_token prev;   /* last token taken by the grammar */
    eql_token before; /* and the one before it */
    eql_token pipe;   /* name of the last pipe; no span: none yet */
    uint32_t dashes;  /* behind the last "--"; 0: none yet */
    int kind;         /* SEQUENCE, SAMPLE or JOIN once it was taken; else 0 */
    uint32_t open[EQL_MAX_DEPTH]; /* offsets of brackets still open */
    uint32_t depth;               /* of them */
    uint32_t prefixes;            /* `not` and signs in a row */
    bool alone;                   /* no query: nothing to recover */
    bool broken; /* reported something: on to where parsing can go on */
    bool stop;   /* reported something after which parsing has no sense */
    eql_query *query;
    eql_expr *condition;
} eql_parser;

/* --- lists in the arena --- */

/* Equal-sized items; capacity is the next power of two, so none is stored. */
typedef struct {
    void *items;
    uint32_t n;
} eql_ast_vec;

/* v with a copy of the item at its end; item NULL leaves it as it is. */
eql_ast_vec eql_ast_push(eql_parser *ps, eql_ast_vec v, const void *item,
                         size_t size);
eql_expr_list eql_ast_expr_push(eql_parser *ps, eql_expr_list l, eql_expr *e);

/* --- words and spans --- */

eql_strview eql_ast_text(const eql_parser *ps, eql_span s);
eql_span eql_ast_join(eql_span first, eql_span last);
/* The token's text; strings unescaped, backticks undone. */
eql_name eql_ast_name(eql_parser *ps, eql_token t);
/* Reports a limit (E311) and stops the parse. */
void eql_ast_limit(eql_parser *ps, eql_span span, const char *what,
                   uint32_t limit);

/* --- literals (ast_literal.c) --- */

/* Unescaped text of a STRING token; bad escapes are reported. */
eql_strview eql_ast_string(eql_parser *ps, eql_token t);
/* Value of an INTEGER or FLOAT token. */
eql_value eql_ast_number(eql_parser *ps, eql_token t);
eql_expr *eql_ast_literal(eql_parser *ps, eql_token t);
/* A sign before a number makes a literal, before all else a SIGN node. */
eql_expr *eql_ast_sign(eql_parser *ps, eql_token op, eql_expr *operand);

/* --- expressions (ast_expr.c) --- */

/* A parenthesised list, or the single right side of `:` and its like. */
typedef struct {
    eql_expr_list items;
    eql_span span;
    bool trailing_comma;
    bool parenthesised;
} eql_ast_list;

eql_expr *eql_ast_node(eql_parser *ps, eql_node_kind kind, eql_span span,
                       uint32_t height);
eql_expr *eql_ast_chain(eql_parser *ps, eql_node_kind kind, eql_expr *left,
                        eql_token op, eql_expr *right);
eql_expr *eql_ast_not(eql_parser *ps, eql_token op, eql_expr *operand);
eql_expr *eql_ast_compare(eql_parser *ps, eql_expr *left, eql_token op,
                          eql_expr *right);
eql_expr *eql_ast_arith(eql_parser *ps, eql_expr *left, eql_token op,
                        eql_expr *right);
/* `in` and the pattern tests, by op; negated: `not` stands before op. */
eql_expr *eql_ast_test(eql_parser *ps, eql_expr *operand, eql_token op,
                       bool negated, eql_ast_list list);
eql_expr *eql_ast_parens(eql_parser *ps, eql_token open, eql_expr *e,
                         eql_token close);
eql_expr *eql_ast_call(eql_parser *ps, eql_token name, eql_expr_list args,
                       eql_token close);
eql_expr *eql_ast_method(eql_parser *ps, eql_expr *operand, eql_token method,
                         eql_expr_list args, eql_token close);
eql_expr *eql_ast_lineage(eql_parser *ps, eql_token relation, eql_token of,
                          eql_body *body);
/* A FIELD node of one segment, from a name, QUOTED or VAR token. */
eql_expr *eql_ast_path(eql_parser *ps, eql_token first);
/* The same node with one more segment, from a word, QUOTED or INDEX. */
eql_expr *eql_ast_segment(eql_parser *ps, eql_expr *path, eql_token t);
eql_expr *eql_ast_optional(eql_parser *ps, eql_token mark, eql_expr *path);

/* --- queries (ast_query.c) --- */

/* What may stand between `sequence` and its first stage. */
typedef struct {
    eql_expr_list by;
    eql_span_clause maxspan;
} eql_ast_opts;

/* category.kind: ANY, STRING or a name. */
eql_body *eql_ast_filter(eql_parser *ps, eql_token category,
                         eql_expr *condition);
eql_body *eql_ast_bracket(eql_parser *ps, eql_token open, eql_body *body,
                          eql_token close);
eql_ast_opts *eql_ast_options(eql_parser *ps, eql_expr_list by,
                              const eql_span_clause *maxspan, bool before_by);
/* unit.span.len == 0 when absent. */
eql_span_clause *eql_ast_maxspan(eql_parser *ps, eql_token with, eql_token name,
                                 eql_token number, eql_token unit);
eql_suffix *eql_ast_suffix(eql_parser *ps, eql_suffix_kind kind, eql_span span);
eql_suffix *eql_ast_suffix_by(eql_parser *ps, eql_expr_list by);
eql_suffix *eql_ast_suffix_runs(eql_parser *ps, eql_token with, eql_token name,
                                eql_token number);
/* value.span.len == 0 when absent: true. */
eql_suffix *eql_ast_suffix_fork(eql_parser *ps, eql_token fork,
                                eql_token value);
eql_suffix *eql_ast_suffix_as(eql_parser *ps, eql_token as, eql_token name);
eql_stage_node *eql_ast_stage(eql_parser *ps, eql_body *body,
                              eql_ast_vec suffixes);
eql_def *eql_ast_macro(eql_parser *ps, eql_token macro, eql_token name,
                       eql_ast_vec params, eql_expr *body);
eql_def *eql_ast_const(eql_parser *ps, eql_token word, eql_token name,
                       eql_expr *value);
eql_pipe *eql_ast_pipe(eql_parser *ps, eql_token name, eql_expr_list args);
eql_query *eql_ast_event(eql_parser *ps, eql_body *body);
/* `any where condition`, of which only the condition is written, or nothing
 * (NULL: true). */
eql_body *eql_ast_any(eql_parser *ps, eql_expr *condition);
/* Definitions alone. */
eql_query *eql_ast_no_query(eql_parser *ps);
/* first: the word sequence, sample or join. opts, until may be NULL. */
eql_query *eql_ast_stages(eql_parser *ps, eql_token first,
                          const eql_ast_opts *opts, eql_ast_vec stages,
                          eql_stage_node *until);
void eql_ast_finish(eql_parser *ps, eql_ast_vec defs, eql_query *q,
                    eql_ast_vec pipes);

/* --- the parser (parser.c) --- */

/* Starts the grammar anew; false when out of memory. */
bool eql_parser_restart(eql_parser *ps);
/* Gives a good token to the grammar, or reports it. */
void eql_parser_feed(eql_parser *ps, eql_token tok);

/* A comment that may hold `eqlvm: allow` (allow.c); context: the parser. */
void eql_allow_comment(void *context, eql_span span);

/* --- after an error (recover.c) --- */

/* tok is what the error was about: skips to where the next stage or pipe
 * begins and makes the grammar ready for it.  false: there is none. */
bool eql_recover(eql_parser *ps, eql_token tok);
/* Does `CATEGORY where` come next? */
bool eql_begins_filter(const eql_parser *ps);

/* --- the grammar (grammar.y) --- */

void *eql_grammar_Alloc(void *(*alloc)(size_t), eql_parser *ps);
void eql_grammar_Free(void *grammar, void (*release)(void *));
void eql_grammar_(void *grammar, int kind, eql_token tok);
/* Would the grammar, as it stands now, take a token of this kind? */
bool eql_grammar_accepts(const void *grammar, int kind);

/* --- what is wrong --- */

/* Is the text a rule of another system?  Then that is told at tok, as E202,
 * and parsing stops.  Asked while no `where` was read. */
bool eql_foreign_report(eql_parser *ps, eql_token tok);
/* tok.kind >= EQL_LEX_ERROR. */
void eql_lex_report(eql_parser *ps, eql_token tok);
/* The grammar does not accept tok. */
void eql_syntax_report(eql_parser *ps, eql_token tok);

#endif
