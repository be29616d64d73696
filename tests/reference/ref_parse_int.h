/* ref_parse_int.h -- what the two files of the parser share.
 *
 * ref_parse.c has expressions, macros and constants; ref_parse_query.c has
 * everything around them.  The first error ends it: `why` is set, and every
 * function then returns at once. */
#ifndef EQL_TESTS_REF_PARSE_INT_H
#define EQL_TESTS_REF_PARSE_INT_H

#include "tests/reference/ref_lex.h"
#include "tests/reference/ref_parse.h"

/* macro name(params) body, or const name == literal (no params). */
typedef struct {
    bool is_macro;
    ref_str name;
    ref_str *params;
    size_t nparams;
    ref_node *body;
} ref_definition;

typedef struct {
    ref_pool *pool;
    const ref_token *t; /* the next one */
    const char *why;
    size_t depth;
    ref_definition *defs;
    size_t ndefs;
    /* Of the macro being defined: these are no constants. */
    const ref_definition *defining;
} ref_parser;

bool ref_p_fail(ref_parser *p, const char *why); /* false, always */
bool ref_p_is(const ref_parser *p, const char *text);
/* Is the token `ahead` this word or sign? */
bool ref_p_ahead(const ref_parser *p, size_t ahead, const char *text);
bool ref_p_take(ref_parser *p, const char *text);
bool ref_p_expect(ref_parser *p, const char *text);
/* An identifier that is no reserved word, or as, fork, macro, const ... */
bool ref_p_is_name(const ref_parser *p);
ref_str ref_p_name(ref_parser *p);

ref_node *ref_p_expr(ref_parser *p);
ref_nodes ref_p_list(ref_parser *p, bool trailing_comma);
ref_node *ref_p_literal(ref_parser *p); /* with a sign perhaps */
bool ref_p_at_literal(const ref_parser *p);
ref_node *ref_p_field(ref_parser *p);
/* category where condition */
void ref_p_filter(ref_parser *p, ref_filter *out);

void ref_p_push(ref_parser *p, ref_nodes *list, ref_node *e);
/* Puts macros' arguments and constants in their places. */
ref_node *ref_p_expand_field(ref_parser *p, ref_node *field);
/* The expansion when the name is a macro's, else NULL. */
ref_node *ref_p_expand_call(ref_parser *p, ref_str name, const ref_nodes *args);

#endif
