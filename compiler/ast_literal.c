/* ast_literal.c -- values of literals: strings unescaped, numbers converted.
 *
 * Every form of language 3.6 becomes plain bytes here, once.  A string without
 * escapes is a part of the arena's copy of the text, not copied again.  What
 * is wrong inside a literal is reported with its own place, and parsing goes
 * on, so that one pass finds all of them. */
#include "compiler/front.h"

#include "base/text.h"
#include "grammar.h"

#define ESCAPE_HINT                                                            \
    "escapes are \\b \\t \\n \\f \\r \\\" \\' \\\\ \\u{hex}; for Windows "     \
    "paths use \"\"\"C:\\dir\"\"\", where nothing is an escape"

/* Reading the inside of a quoted string. */
typedef struct {
    eql_parser *ps;
    eql_strview in;
    uint32_t at; /* offset of in.p in the query */
    size_t i;
    char *out;
    size_t n;
    bool bad; /* one report a string: a path has many backslashes */
} unescaper;

/* `\c` in other languages, and what says it here. */
static const char *
escape_advice(char c)
{
    if (c == '*' || c == '?')
        return "wildcards have no escape: \"==\" and regex look for the "
               "character itself; for Windows paths use "
               "\"\"\"C:\\dir\\*\"\"\", "
               "where nothing is an escape";
    if ((unsigned char)c < 0x80 && !eql_is_word(c))
        return "this character needs no backslash; in a regular expression "
               "use \"\"\"a\\.b\"\"\", where nothing is an escape of the "
               "string";
    return ESCAPE_HINT;
}

static void
bad_escape(unescaper *u, size_t start, const char *what)
{
    eql_span span = {u->at + (uint32_t)start, (uint32_t)(u->i - start)};

    if (u->bad)
        return;
    u->bad = true;
    eql_diags_add(u->ps->diags, "E102", span, escape_advice(u->in.p[start + 1]),
                  "%s", what);
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* After `\u`: {2 to 8 hex digits} naming a scalar value. */
static void
unescape_unicode(unescaper *u, size_t start)
{
    uint32_t cp = 0;
    size_t digits = 0;
    char enc[4];

    if (u->i == u->in.len || u->in.p[u->i] != '{') {
        bad_escape(u, start, "\"\\u\" needs its digits in braces: \\u{e9}");
        return;
    }
    for (u->i++; u->i < u->in.len && hex_value(u->in.p[u->i]) >= 0; u->i++) {
        cp = cp << 4 | (uint32_t)hex_value(u->in.p[u->i]);
        digits++;
    }
    if (u->i == u->in.len || u->in.p[u->i] != '}') {
        bad_escape(u, start,
                   "\"\\u{\" is not followed by hex digits and \"}\"");
        return;
    }
    u->i++;
    if (digits < 2 || digits > 8) {
        bad_escape(u, start, "\"\\u{...}\" takes 2 to 8 hex digits");
        return;
    }
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
        bad_escape(u, start, "\"\\u{...}\" names no Unicode character");
        return;
    }
    digits = eql_utf8_encode(cp, enc);
    memcpy(u->out + u->n, enc, digits);
    u->n += digits;
}

/* The character that `\c` stands for, or -1 when there is no such escape. */
static int
simple_escape(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 't': return '\t';
    case 'n': return '\n';
    case 'f': return '\f';
    case 'r': return '\r';
    case '"':
    case '\'':
    case '\\': return c;
    default: return -1;
    }
}

static void
unescape_one(unescaper *u)
{
    size_t start = u->i++, n;
    int c;

    if (u->in.p[u->i] == 'u') {
        u->i++;
        unescape_unicode(u, start);
        return;
    }
    c = simple_escape(u->in.p[u->i]);
    eql_utf8_decode(u->in.p + u->i, u->in.len - u->i, &n);
    u->i += n;
    if (c < 0)
        bad_escape(u, start, "no such escape");
    else
        u->out[u->n++] = (char)c;
}

/* The result is never longer than the source: every escape takes at least as
 * many bytes as what it stands for (`\u{10ffff}`: 10 bytes for 4). */
static eql_strview
unescape(eql_parser *ps, eql_strview in, uint32_t at)
{
    unescaper u = {.ps = ps, .in = in, .at = at};

    if (in.len == 0 || !memchr(in.p, '\\', in.len))
        return in;
    u.out = eql_arena_alloc(ps->arena, in.len);
    if (!u.out)
        return eql_sv("", 0);
    while (u.i < in.len) {
        if (in.p[u.i] == '\\')
            unescape_one(&u);
        else
            u.out[u.n++] = in.p[u.i++];
    }
    return eql_sv(u.out, u.n);
}

/* ?"...": a backslash before the quote yields the quote, no more. */
static eql_strview
unescape_raw(eql_parser *ps, eql_strview in, char quote)
{
    char *out;
    size_t n = 0;

    if (in.len == 0 || !memchr(in.p, quote, in.len))
        return in;
    out = eql_arena_alloc(ps->arena, in.len);
    if (!out)
        return eql_sv("", 0);
    for (size_t i = 0; i < in.len; i++) {
        if (in.p[i] == '\\' && i + 1 < in.len && in.p[i + 1] == quote)
            i++;
        out[n++] = in.p[i];
    }
    return eql_sv(out, n);
}

eql_strview
eql_ast_string(eql_parser *ps, eql_token t)
{
    eql_strview s = eql_ast_text(ps, t.span);

    if (s.len >= 6 && memcmp(s.p, "\"\"\"", 3) == 0)
        return eql_sv(s.p + 3, s.len - 6);
    if (s.p[0] == '?')
        return unescape_raw(ps, eql_sv(s.p + 2, s.len - 3), s.p[1]);
    return unescape(ps, eql_sv(s.p + 1, s.len - 2), t.span.offset + 1);
}

eql_value
eql_ast_number(eql_parser *ps, eql_token t)
{
    bool is_int = false;
    int64_t i = 0;
    double d = 0;

    if (!eql_parse_number(eql_ast_text(ps, t.span), &is_int, &i, &d))
        eql_diags_add(ps->diags, "E311", t.span, NULL,
                      "number out of range: doubles end near 1.8e308");
    if (is_int)
        return eql_value_int(i);
    return (eql_value){.tag = EQL_FLOAT, .u.d = d};
}

eql_expr *
eql_ast_literal(eql_parser *ps, eql_token t)
{
    eql_expr *e = eql_ast_node(ps, EQL_NODE_LITERAL, t.span, 0);
    eql_strview s;

    if (!e)
        return NULL;
    e->op_span = t.span;
    switch (t.kind) {
    case EQL_TOK_STRING:
        s = eql_ast_string(ps, t);
        e->u.literal =
            (eql_value){.tag = EQL_STRING, .len = (uint32_t)s.len, .u.s = s.p};
        break;
    case EQL_TOK_INTEGER:
    case EQL_TOK_FLOAT: e->u.literal = eql_ast_number(ps, t); break;
    case EQL_TOK_TRUE:
    case EQL_TOK_FALSE:
        e->u.literal = eql_value_bool(t.kind == EQL_TOK_TRUE);
        break;
    default: e->u.literal = eql_value_null(); break;
    }
    return e;
}

/* Is the literal written as 9223372036854775808, the one integer that fits
 * int64 only with its sign? */
static bool
is_int64_min(const eql_parser *ps, const eql_expr *e)
{
    eql_strview s = eql_ast_text(ps, e->span);

    while (s.len && s.p[0] == '0')
        s = eql_sv(s.p + 1, s.len - 1);
    return eql_sv_is(s, "9223372036854775808");
}

static eql_value
negate(const eql_parser *ps, const eql_expr *e)
{
    eql_value v = e->u.literal;

    if (v.tag == EQL_FLOAT && is_int64_min(ps, e))
        return eql_value_int(INT64_MIN);
    if (v.tag == EQL_INT && v.u.i != INT64_MIN)
        return eql_value_int(-v.u.i);
    if (v.tag == EQL_INT)
        return (eql_value){.tag = EQL_FLOAT, .u.d = 9223372036854775808.0};
    v.u.d = -v.u.d;
    return v;
}

static bool
is_number(const eql_expr *e)
{
    return e->kind == EQL_NODE_LITERAL && !e->parenthesised &&
           (e->u.literal.tag == EQL_INT || e->u.literal.tag == EQL_FLOAT);
}

eql_expr *
eql_ast_sign(eql_parser *ps, eql_token op, eql_expr *operand)
{
    eql_expr *e;

    if (!operand)
        return NULL;
    if (is_number(operand)) {
        if (op.kind == EQL_TOK_MINUS)
            operand->u.literal = negate(ps, operand);
        operand->span = eql_ast_join(op.span, operand->span);
        return operand;
    }
    e = eql_ast_node(ps, EQL_NODE_SIGN, eql_ast_join(op.span, operand->span),
                     operand->height + 1);
    if (!e)
        return NULL;
    e->op_span = op.span;
    e->u.op.op = op.kind == EQL_TOK_MINUS ? EQL_ARITH_SUB : EQL_ARITH_ADD;
    e->u.op.left = operand;
    return e;
}
