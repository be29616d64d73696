/* lexer.re -- query text to tokens (language 3); re2c makes lexer.c of it.
 *
 * What keeps the grammar LALR(1) is decided here: `:name(` is one METHOD
 * token, `[3]` one INDEX, `![` one MISSING_OPEN, `in~` and its like one
 * token each, and any word after a dot is a plain IDENT.  Strings and
 * comments that nest or have odd ends are finished by hand-written loops;
 * none of them recurses.  The byte at the limit is NUL; a NUL before it is an
 * ordinary (stray) character. */
#include "compiler/lexer.h"

#include "base/text.h"
#include "grammar.h"

void
eql_lexer_init(eql_lexer *lx, const char *text, size_t len,
               eql_comments comments)
{
    *lx = (eql_lexer){.text = (const unsigned char *)text,
                      .comments = comments};
    lx->cursor = lx->text;
    lx->limit = lx->text + len;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        lx->cursor += 3;
}

/* Everything from start to the cursor is one token. */
static void
take(eql_lexer *lx, eql_token *tok, int kind, const unsigned char *start)
{
    tok->kind = kind;
    tok->span.offset = (uint32_t)(start - lx->text);
    tok->span.len = (uint32_t)(lx->cursor - start);
    lx->after_dot = kind == EQL_TOK_DOT;
}

/* A keyword, but for after a dot: `client.as.organization.name`. */
static void
word(eql_lexer *lx, eql_token *tok, int kind, const unsigned char *start)
{
    take(lx, tok, lx->after_dot ? EQL_TOK_IDENT : kind, start);
}

/* A word with ~ at its end; after a dot the ~ is no part of it. */
static void
tilde_word(eql_lexer *lx, eql_token *tok, int kind,
           const unsigned char *start)
{
    if (lx->after_dot)
        lx->cursor--;
    word(lx, tok, kind, start);
}

/* `: the characters between its ends decide what it is. */
static void
quoted(eql_lexer *lx, eql_token *tok, const unsigned char *start)
{
    bool empty = lx->cursor - start == 2;

    take(lx, tok, empty ? EQL_LEX_EMPTY_QUOTED : EQL_TOK_QUOTED, start);
}

/* Three quotes begin at p? */
static bool
at_triple(const eql_lexer *lx, const unsigned char *p)
{
    return lx->limit - p >= 3 && memcmp(p, "\"\"\"", 3) == 0;
}

/* After the opening three: ends at the next three, and up to two further
 * quotes directly after them belong to the value (language 3.6). */
static void
triple(eql_lexer *lx, eql_token *tok, const unsigned char *start)
{
    const unsigned char *p = lx->cursor;
    int extra = 0;

    while (p < lx->limit && !at_triple(lx, p))
        p++;
    if (p == lx->limit) {
        take(lx, tok, EQL_LEX_OPEN_TRIPLE, start);
        lx->cursor = lx->limit;
        return;
    }
    for (p += 3; extra < 2 && p < lx->limit && *p == '"'; extra++)
        p++;
    lx->cursor = p;
    take(lx, tok, EQL_TOK_STRING, start);
}

/* After the opening of a block comment.  false: it never ends. */
static bool
skip_comment(eql_lexer *lx)
{
    size_t open = 1;

    while (lx->limit - lx->cursor >= 2) {
        const unsigned char *p = lx->cursor;

        if (p[0] == '*' && p[1] == '/') {
            lx->cursor += 2;
            if (--open == 0)
                return true;
        } else if (p[0] == '/' && p[1] == '*' &&
                   lx->comments == EQL_COMMENTS_NEST) {
            lx->cursor += 2;
            open++;
        } else {
            lx->cursor++;
        }
    }
    return false;
}

static void
open_comment(eql_lexer *lx, eql_token *tok, const unsigned char *start)
{
    lx->cursor = start + 2;
    take(lx, tok, EQL_LEX_OPEN_COMMENT, start);
    lx->cursor = lx->limit;
}

static void
tell_comment(const eql_lexer *lx, const unsigned char *start)
{
    eql_span span = {(uint32_t)(start - lx->text),
                     (uint32_t)(lx->cursor - start)};

    if (lx->comment)
        lx->comment(lx->context, span);
}

/* One whole character that begins no token. */
static void
stray(eql_lexer *lx, eql_token *tok, const unsigned char *start)
{
    size_t n;

    eql_utf8_decode((const char *)start, (size_t)(lx->limit - start), &n);
    lx->cursor = start + n;
    take(lx, tok, EQL_LEX_STRAY, start);
}

void
eql_lexer_next(eql_lexer *lx, eql_token *tok)
{
    const unsigned char *start, *marker;

again:
    start = lx->cursor;
    /*!re2c
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = "lx->cursor";
    re2c:define:YYLIMIT = "lx->limit";
    re2c:define:YYMARKER = "marker";
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    space   = [ \t\r\n\v\f];
    digit   = [0-9];
    letter  = [A-Za-z_];
    name    = letter (letter | digit)*;
    exp     = [eE] [+-]? digit+;
    dq      = ["] ([^"\\\r\n] | "\\" [^\r\n])*;
    sq      = ['] ([^'\\\r\n] | "\\" [^\r\n])*;
    rawdq   = "?" ["] ([^"\\\r\n] | "\\"+ [^\\\r\n])*;
    rawsq   = "?" ['] ([^'\\\r\n] | "\\"+ [^\\\r\n])*;
    bq      = "`" ([^`\r\n] | "``")*;

    $                 { take(lx, tok, 0, start); return; }
    space+            { goto again; }
    "//" [^\r\n]*     { tell_comment(lx, start); goto again; }
    "/*"              { if (skip_comment(lx)) goto again;
                        open_comment(lx, tok, start); return; }

    "and"             { word(lx, tok, EQL_TOK_AND, start); return; }
    "any"             { word(lx, tok, EQL_TOK_ANY, start); return; }
    "as"              { word(lx, tok, EQL_TOK_AS, start); return; }
    "by"              { word(lx, tok, EQL_TOK_BY, start); return; }
    "const"           { word(lx, tok, EQL_TOK_CONST, start); return; }
    "false"           { word(lx, tok, EQL_TOK_FALSE, start); return; }
    "fork"            { word(lx, tok, EQL_TOK_FORK, start); return; }
    "in"              { word(lx, tok, EQL_TOK_IN, start); return; }
    "in~"             { tilde_word(lx, tok, EQL_TOK_IN_CI, start); return; }
    "join"            { word(lx, tok, EQL_TOK_JOIN, start); return; }
    "like"            { word(lx, tok, EQL_TOK_LIKE, start); return; }
    "like~"           { tilde_word(lx, tok, EQL_TOK_LIKE_CI, start); return; }
    "macro"           { word(lx, tok, EQL_TOK_MACRO, start); return; }
    "not"             { word(lx, tok, EQL_TOK_NOT, start); return; }
    "null"            { word(lx, tok, EQL_TOK_NULL, start); return; }
    "of"              { word(lx, tok, EQL_TOK_OF, start); return; }
    "or"              { word(lx, tok, EQL_TOK_OR, start); return; }
    "regex"           { word(lx, tok, EQL_TOK_REGEX, start); return; }
    "regex~"          { tilde_word(lx, tok, EQL_TOK_REGEX_CI, start); return; }
    "sample"          { word(lx, tok, EQL_TOK_SAMPLE, start); return; }
    "sequence"        { word(lx, tok, EQL_TOK_SEQUENCE, start); return; }
    "true"            { word(lx, tok, EQL_TOK_TRUE, start); return; }
    "until"           { word(lx, tok, EQL_TOK_UNTIL, start); return; }
    "where"           { word(lx, tok, EQL_TOK_WHERE, start); return; }
    "with"            { word(lx, tok, EQL_TOK_WITH, start); return; }

    name "~"          { tilde_word(lx, tok, EQL_TOK_TILDE_NAME, start); return; }
    name              { take(lx, tok, EQL_TOK_IDENT, start); return; }
    "@" (letter | digit)*
                      { take(lx, tok, EQL_TOK_IDENT, start); return; }
    "$" name          { take(lx, tok, EQL_TOK_VAR, start); return; }
    bq "`"            { quoted(lx, tok, start); return; }
    bq                { take(lx, tok, EQL_LEX_OPEN_QUOTED, start); return; }

    digit+            { take(lx, tok, EQL_TOK_INTEGER, start); return; }
    digit+ "." digit* exp? | "." digit+ exp? | digit+ exp
                      { take(lx, tok, EQL_TOK_FLOAT, start); return; }

    dq ["]            { take(lx, tok, EQL_TOK_STRING, start); return; }
    sq [']            { take(lx, tok, EQL_TOK_STRING, start); return; }
    rawdq ["]         { take(lx, tok, EQL_TOK_STRING, start); return; }
    rawsq [']         { take(lx, tok, EQL_TOK_STRING, start); return; }
    ["]{3}            { triple(lx, tok, start); return; }
    dq "\\"? | sq "\\"? | rawdq "\\"* | rawsq "\\"*
                      { take(lx, tok, EQL_LEX_OPEN_STRING, start); return; }

    ":" name "~"? "(" { take(lx, tok, EQL_TOK_METHOD, start); return; }
    "[" space* digit+ space* "]"
                      { take(lx, tok, EQL_TOK_INDEX, start); return; }
    "!["              { take(lx, tok, EQL_TOK_MISSING_OPEN, start); return; }
    "=="              { take(lx, tok, EQL_TOK_EQ, start); return; }
    "!="              { take(lx, tok, EQL_TOK_NE, start); return; }
    "<="              { take(lx, tok, EQL_TOK_LE, start); return; }
    ">="              { take(lx, tok, EQL_TOK_GE, start); return; }
    "<"               { take(lx, tok, EQL_TOK_LT, start); return; }
    ">"               { take(lx, tok, EQL_TOK_GT, start); return; }
    "="               { take(lx, tok, EQL_TOK_ASGN, start); return; }
    "+"               { take(lx, tok, EQL_TOK_PLUS, start); return; }
    "-"               { take(lx, tok, EQL_TOK_MINUS, start); return; }
    "*"               { take(lx, tok, EQL_TOK_STAR, start); return; }
    "/"               { take(lx, tok, EQL_TOK_SLASH, start); return; }
    "%"               { take(lx, tok, EQL_TOK_PERCENT, start); return; }
    ":"               { take(lx, tok, EQL_TOK_COLON, start); return; }
    "?"               { take(lx, tok, EQL_TOK_OPT, start); return; }
    "("               { take(lx, tok, EQL_TOK_LPAREN, start); return; }
    ")"               { take(lx, tok, EQL_TOK_RPAREN, start); return; }
    "["               { take(lx, tok, EQL_TOK_LBRACKET, start); return; }
    "]"               { take(lx, tok, EQL_TOK_RBRACKET, start); return; }
    ","               { take(lx, tok, EQL_TOK_COMMA, start); return; }
    "."               { take(lx, tok, EQL_TOK_DOT, start); return; }
    "|"               { take(lx, tok, EQL_TOK_PIPE, start); return; }

    "&&" | "||" | "<>"
                      { take(lx, tok, EQL_LEX_STRAY, start); return; }
    *                 { stray(lx, tok, start); return; }
    */
}
