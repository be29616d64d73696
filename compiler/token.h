/* token.h -- names of token kinds: for dumps, and for users' eyes. */
#ifndef EQL_COMPILER_TOKEN_H
#define EQL_COMPILER_TOKEN_H

#include "compiler/lexer.h"

/* Token kinds of the grammar are below this; token.c checks it. */
#define EQL_TOKEN_KINDS 61

/* The kind's name in the grammar, e.g. "IN_CI"; static. */
const char *eql_token_name(int kind);
/* How a user would say it, e.g. "\"in~\"" or "a name"; static. */
const char *eql_token_words(int kind);
/* Words that may not stand as a bare name; w in lower case. */
bool eql_token_is_reserved(eql_strview w);
/* Is w such a word but for its case?  out: the word. */
bool eql_token_is_miscased(eql_strview w, char out[16]);

#endif
