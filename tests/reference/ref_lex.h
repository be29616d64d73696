/* ref_lex.h -- the reference's own lexer (language 3), all tokens at once. */
#ifndef EQL_TESTS_REF_LEX_H
#define EQL_TESTS_REF_LEX_H

#include "tests/reference/ref_ast.h"

typedef enum {
    REF_T_END,
    REF_T_WORD,         /* identifier or keyword; text */
    REF_T_TILDE,        /* word~; text without the tilde */
    REF_T_QUOTED,       /* `name`; text is the name */
    REF_T_VAR,          /* $name; text without the dollar */
    REF_T_STRING,       /* text is the value */
    REF_T_NUMBER,       /* value */
    REF_T_METHOD,       /* :name( or :name~( ; text is the name */
    REF_T_METHOD_TILDE, /* the same with a tilde */
    REF_T_MISSING_OPEN,
    REF_T_INDEX, /* [N]; index */
    REF_T_PUNCT  /* text */
} ref_token_kind;

typedef struct {
    ref_token_kind kind;
    ref_str text;
    ref_num number;
    bool is_min_int; /* 9223372036854775808, which a minus makes an integer */
    size_t index;
} ref_token;

/* The tokens, the last of kind REF_T_END; NULL when the text has none and
 * *why says it.  flat_comments: a block comment ends at the first end mark. */
ref_token *ref_lex(ref_pool *pool, ref_str text, bool flat_comments,
                   const char **why);

#endif
