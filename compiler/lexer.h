/* lexer.h -- query text to tokens, one at a time (language 3).
 *
 * Tokens are spans: nothing is unescaped or converted here.  The lexer never
 * fails; what is wrong comes out as a token of a kind from EQL_LEX_ERROR on,
 * and lexing may go on after it. */
#ifndef EQL_COMPILER_LEXER_H
#define EQL_COMPILER_LEXER_H

#include "base/base.h"

/* Kinds are the EQL_TOK_ numbers of the grammar, 0 at the end of the text,
 * or one of these. */
typedef enum {
    EQL_LEX_ERROR = 1000,
    EQL_LEX_OPEN_STRING = EQL_LEX_ERROR, /* "abc up to the end of its line */
    EQL_LEX_OPEN_TRIPLE,  /* the opening quotes of one that never ends */
    EQL_LEX_OPEN_COMMENT, /* the opening of one that never ends */
    EQL_LEX_OPEN_QUOTED,  /* `abc up to the end of its line */
    EQL_LEX_EMPTY_QUOTED, /* `` */
    EQL_LEX_STRAY         /* characters that begin no token */
} eql_lex_error;

typedef struct {
    int kind;
    eql_span span;
} eql_token;

/* Elasticsearch's block comments nest.  Those of endgame and endpoint end at
 * the first end mark, whatever stands in them (language 3.1). */
typedef enum { EQL_COMMENTS_NEST, EQL_COMMENTS_FLAT } eql_comments;

typedef struct eql_lexer eql_lexer;
struct eql_lexer {
    const unsigned char *text; /* NUL after the last byte; borrowed */
    const unsigned char *cursor;
    const unsigned char *limit; /* the NUL */
    bool after_dot; /* the last token was '.': the next word is a name */
    eql_comments comments;
    /* Told of every comment to the end of a line; NULL: nobody is. */
    void (*comment)(void *context, eql_span span);
    void *context;
};

/* text[len] must be NUL.  len fits uint32_t.  A BOM at the start is skipped. */
void eql_lexer_init(eql_lexer *lx, const char *text, size_t len,
                    eql_comments comments);
/* Fills in the next token. */
void eql_lexer_next(eql_lexer *lx, eql_token *tok);

#endif
