/* token.c -- names of token kinds, and the token dump.
 *
 * One row per terminal of grammar.y; a test walks all kinds, so a new
 * terminal without a row is found. */
#include "compiler/token.h"

#include <stdio.h>

#include "base/buf.h"
#include "compiler/parser.h"
#include "grammar.h"

typedef struct {
    const char *name, *words;
} row;

static const row rows[] = {
    [0] = {"END", "end of query"},
    [EQL_TOK_AND] = {"AND", "\"and\""},
    [EQL_TOK_ANY] = {"ANY", "\"any\""},
    [EQL_TOK_AS] = {"AS", "\"as\""},
    [EQL_TOK_ASGN] = {"ASGN", "\"=\""},
    [EQL_TOK_BY] = {"BY", "\"by\""},
    [EQL_TOK_COLON] = {"COLON", "\":\""},
    [EQL_TOK_COMMA] = {"COMMA", "\",\""},
    [EQL_TOK_CONDITION] = {"CONDITION", "a condition"},
    [EQL_TOK_CONST] = {"CONST", "\"const\""},
    [EQL_TOK_DEFINITIONS] = {"DEFINITIONS", "definitions"},
    [EQL_TOK_DOT] = {"DOT", "\".\""},
    [EQL_TOK_EQ] = {"EQ", "\"==\""},
    [EQL_TOK_FALSE] = {"FALSE", "\"false\""},
    [EQL_TOK_FLOAT] = {"FLOAT", "a number"},
    [EQL_TOK_FORK] = {"FORK", "\"fork\""},
    [EQL_TOK_GE] = {"GE", "\">=\""},
    [EQL_TOK_GT] = {"GT", "\">\""},
    [EQL_TOK_IDENT] = {"IDENT", "a name"},
    [EQL_TOK_IN] = {"IN", "\"in\""},
    [EQL_TOK_IMPLIED] = {"IMPLIED", "a condition or query"},
    [EQL_TOK_INDEX] = {"INDEX", "an index"},
    [EQL_TOK_INTEGER] = {"INTEGER", "a number"},
    [EQL_TOK_IN_CI] = {"IN_CI", "\"in~\""},
    [EQL_TOK_JOIN] = {"JOIN", "\"join\""},
    [EQL_TOK_LBRACKET] = {"LBRACKET", "\"[\""},
    [EQL_TOK_LE] = {"LE", "\"<=\""},
    [EQL_TOK_LIKE] = {"LIKE", "\"like\""},
    [EQL_TOK_LIKE_CI] = {"LIKE_CI", "\"like~\""},
    [EQL_TOK_LPAREN] = {"LPAREN", "\"(\""},
    [EQL_TOK_LT] = {"LT", "\"<\""},
    [EQL_TOK_MACRO] = {"MACRO", "\"macro\""},
    [EQL_TOK_METHOD] = {"METHOD", "a method call"},
    [EQL_TOK_MINUS] = {"MINUS", "\"-\""},
    [EQL_TOK_MISSING_OPEN] = {"MISSING_OPEN", "\"![\""},
    [EQL_TOK_NE] = {"NE", "\"!=\""},
    [EQL_TOK_NOT] = {"NOT", "\"not\""},
    [EQL_TOK_NULL] = {"NULL", "\"null\""},
    [EQL_TOK_OF] = {"OF", "\"of\""},
    [EQL_TOK_OPT] = {"OPT", "\"?\""},
    [EQL_TOK_OR] = {"OR", "\"or\""},
    [EQL_TOK_PERCENT] = {"PERCENT", "\"%\""},
    [EQL_TOK_PIPE] = {"PIPE", "\"|\""},
    [EQL_TOK_PLUS] = {"PLUS", "\"+\""},
    [EQL_TOK_QUOTED] = {"QUOTED", "a name in backticks"},
    [EQL_TOK_RBRACKET] = {"RBRACKET", "\"]\""},
    [EQL_TOK_REGEX] = {"REGEX", "\"regex\""},
    [EQL_TOK_REGEX_CI] = {"REGEX_CI", "\"regex~\""},
    [EQL_TOK_RPAREN] = {"RPAREN", "\")\""},
    [EQL_TOK_SAMPLE] = {"SAMPLE", "\"sample\""},
    [EQL_TOK_SEQUENCE] = {"SEQUENCE", "\"sequence\""},
    [EQL_TOK_SLASH] = {"SLASH", "\"/\""},
    [EQL_TOK_STAR] = {"STAR", "\"*\""},
    [EQL_TOK_STRING] = {"STRING", "a string"},
    [EQL_TOK_TILDE_NAME] = {"TILDE_NAME", "a function name"},
    /* A precedence, never a token. */
    [EQL_TOK_TRAILING_COMMA] = {"TRAILING_COMMA", "\",\""},
    [EQL_TOK_TRUE] = {"TRUE", "\"true\""},
    [EQL_TOK_UNTIL] = {"UNTIL", "\"until\""},
    [EQL_TOK_VAR] = {"VAR", "a variable"},
    [EQL_TOK_WHERE] = {"WHERE", "\"where\""},
    [EQL_TOK_WITH] = {"WITH", "\"with\""},
};

_Static_assert(EQL_COUNTOF(rows) == EQL_TOKEN_KINDS,
               "EQL_TOKEN_KINDS is one more than the grammar's last token");

static const char *
error_name(int kind)
{
    switch ((eql_lex_error)kind) {
    case EQL_LEX_OPEN_STRING: return "!open-string";
    case EQL_LEX_OPEN_TRIPLE: return "!open-triple";
    case EQL_LEX_OPEN_COMMENT: return "!open-comment";
    case EQL_LEX_OPEN_QUOTED: return "!open-backtick";
    case EQL_LEX_EMPTY_QUOTED: return "!empty-backticks";
    case EQL_LEX_STRAY: return "!stray";
    }
    return "?";
}

static const row *
row_of(int kind)
{
    if (kind < 0 || (size_t)kind >= EQL_COUNTOF(rows) || !rows[kind].name)
        return NULL;
    return &rows[kind];
}

const char *
eql_token_name(int kind)
{
    const row *r = row_of(kind);

    return r ? r->name : error_name(kind);
}

const char *
eql_token_words(int kind)
{
    const row *r = row_of(kind);

    return r ? r->words : "?";
}

bool
eql_token_is_reserved(eql_strview w)
{
    static const char words[][9] = {
        "and",    "any",      "by",   "false", "in",    "join",
        "like",   "not",      "null", "of",    "or",    "regex",
        "sample", "sequence", "true", "until", "where", "with",
    };

    if (w.len < 2 || w.len >= sizeof words[0])
        return false;
    for (size_t i = 0; i < EQL_COUNTOF(words); i++)
        if (words[i][0] == w.p[0] && eql_sv_is(w, words[i]))
            return true;
    return false;
}

bool
eql_token_is_miscased(eql_strview w, char out[16])
{
    if (w.len >= 16 || eql_token_is_reserved(w))
        return false;
    for (size_t i = 0; i < w.len; i++)
        out[i] =
            (char)(w.p[i] >= 'A' && w.p[i] <= 'Z' ? w.p[i] | 0x20 : w.p[i]);
    out[w.len] = '\0';
    return eql_token_is_reserved(eql_sv(out, w.len));
}

void
eql_dump_tokens(eql_strview text, eql_comments comments, eql_buf *out)
{
    eql_buf copy = {0};
    eql_lexer lx;
    eql_token tok;

    eql_buf_add_sv(&copy, text);
    eql_buf_add_char(&copy, '\0');
    if (copy.failed || text.len > EQL_MAX_QUERY_BYTES) {
        out->failed |= copy.failed;
        eql_buf_free(&copy);
        return;
    }
    eql_lexer_init(&lx, copy.p, text.len, comments);
    do {
        eql_lexer_next(&lx, &tok);
        eql_buf_printf(out, "%-12s %4u %3u  ", eql_token_name(tok.kind),
                       tok.span.offset, tok.span.len);
        eql_buf_add_json(out, eql_sv(copy.p + tok.span.offset, tok.span.len));
        eql_buf_add_char(out, '\n');
    } while (tok.kind != 0);
    eql_buf_free(&copy);
}
