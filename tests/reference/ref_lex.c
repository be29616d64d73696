/* ref_lex.c -- see ref_lex.h.  One function for each form of language 3. */
#include "tests/reference/ref_lex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

typedef struct {
    ref_pool *pool;
    const char *p, *end;
    ref_token *tokens;
    size_t n;
    bool flat_comments;
    const char *why; /* NULL: no error yet */
} lexer;

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char
at(const lexer *x, size_t i)
{
    return (size_t)(x->end - x->p) > i ? x->p[i] : '\0';
}

static bool
starts(const lexer *x, const char *s)
{
    size_t n = strlen(s);

    return (size_t)(x->end - x->p) >= n && memcmp(x->p, s, n) == 0;
}

static ref_token *
push(lexer *x, ref_token_kind kind, ref_str text)
{
    ref_token *t;

    x->tokens = ref_grow(x->pool, x->tokens, x->n, sizeof *x->tokens);
    t = &x->tokens[x->n++];
    *t = (ref_token){.kind = kind, .text = text};
    return t;
}

/* --- space --- */

static void
skip_block_comment(lexer *x)
{
    size_t depth = 0;

    do {
        if (x->p >= x->end) {
            x->why = "unterminated comment";
            return;
        }
        if (starts(x, "/*") && !(depth && x->flat_comments)) {
            depth++;
            x->p += 2;
        } else if (starts(x, "*/")) {
            depth--;
            x->p += 2;
        } else {
            x->p++;
        }
    } while (depth);
}

static void
skip_space(lexer *x)
{
    while (x->p < x->end && !x->why) {
        if (*x->p && strchr(" \t\r\n\v\f", *x->p)) {
            x->p++;
        } else if (starts(x, "//")) {
            while (x->p < x->end && *x->p != '\n')
                x->p++;
        } else if (starts(x, "/*")) {
            skip_block_comment(x);
        } else {
            return;
        }
    }
}

/* --- strings (language 3.6) --- */

static void
lex_triple(lexer *x)
{
    const char *from = x->p + 3;

    for (x->p = from; !starts(x, "\"\"\""); x->p++)
        if (x->p >= x->end) {
            x->why = "unterminated string";
            return;
        }
    for (int extra = 0; extra < 2 && at(x, 3) == '"'; extra++)
        x->p++;
    push(x, REF_T_STRING, (ref_str){from, (size_t)(x->p - from)});
    x->p += 3;
}

/* The scalar value of \u{...}; x->p stands behind "\u". */
static void
lex_code_point(lexer *x, ref_text *out)
{
    char buf[8];
    size_t n = 0;
    uint32_t cp = 0;

    if (at(x, 0) != '{') {
        x->why = "bad \\u";
        return;
    }
    for (x->p++; at(x, 0) && strchr("0123456789abcdefABCDEF", at(x, 0));
         x->p++, n++)
        cp = cp * 16 + (uint32_t)strtoul((char[2]){at(x, 0)}, NULL, 16);
    if (at(x, 0) != '}' || n < 2 || n > 8 || cp > 0x10FFFF ||
        (cp >= 0xD800 && cp <= 0xDFFF)) {
        x->why = "bad \\u{}";
        return;
    }
    x->p++;
    ref_put_str(out, (ref_str){buf, (size_t)utf8proc_encode_char(
                                        (utf8proc_int32_t)cp,
                                        (utf8proc_uint8_t *)buf)});
}

static void
lex_escape(lexer *x, ref_text *out)
{
    static const char from[] = "btnfr\"'\\", to[] = "\b\t\n\f\r\"'\\";
    char c = at(x, 1);
    const char *found = c ? strchr(from, c) : NULL;

    x->p += 2;
    if (c == 'u')
        lex_code_point(x, out);
    else if (found)
        ref_put_str(out, (ref_str){&to[found - from], 1});
    else
        x->why = "bad escape";
}

static void
lex_quoted(lexer *x)
{
    ref_text out = {.pool = x->pool};
    char quote = *x->p++;

    while (!x->why && at(x, 0) != quote) {
        if (x->p >= x->end || *x->p == '\n' || *x->p == '\r') {
            x->why = "unterminated string";
        } else if (*x->p == '\\') {
            lex_escape(x, &out);
        } else {
            ref_put_str(&out, (ref_str){x->p++, 1});
        }
    }
    x->p++;
    push(x, REF_T_STRING, (ref_str){ref_text_cstr(&out), out.n});
}

static void
lex_question_raw(lexer *x)
{
    ref_text out = {.pool = x->pool};
    char quote = x->p[1];

    for (x->p += 2; at(x, 0) != quote; x->p++) {
        if (x->p >= x->end || *x->p == '\n' || *x->p == '\r') {
            x->why = "unterminated string";
            return;
        }
        if (*x->p == '\\' && at(x, 1) == quote)
            x->p++;
        ref_put_str(&out, (ref_str){x->p, 1});
    }
    x->p++;
    push(x, REF_T_STRING, (ref_str){ref_text_cstr(&out), out.n});
}

/* --- the rest --- */

static void
lex_number(lexer *x)
{
    const char *from = x->p;
    bool is_int = true;
    ref_token *t;
    char *text;

    while (is_digit(at(x, 0)))
        x->p++;
    if (at(x, 0) == '.') {
        is_int = false;
        for (x->p++; is_digit(at(x, 0));)
            x->p++;
    }
    if ((at(x, 0) == 'e' || at(x, 0) == 'E') &&
        (is_digit(at(x, 1)) ||
         ((at(x, 1) == '+' || at(x, 1) == '-') && is_digit(at(x, 2))))) {
        is_int = false;
        for (x->p += 2; is_digit(at(x, 0));)
            x->p++;
    }
    t = push(x, REF_T_NUMBER, (ref_str){from, (size_t)(x->p - from)});
    text = ref_printf(x->pool, "%.*s", (int)t->text.n, from);
    t->number.is_int = is_int && strtod(text, NULL) < 9223372036854775807.0;
    if (t->number.is_int)
        t->number.i = strtoll(text, NULL, 10);
    else
        t->number.d = strtod(text, NULL);
    while (*text == '0')
        text++;
    t->is_min_int = is_int && strcmp(text, "9223372036854775808") == 0;
    if (is_int && strcmp(text, "9223372036854775807") == 0)
        t->number = (ref_num){.is_int = true, .i = INT64_MAX};
}

static void
lex_backtick(lexer *x)
{
    ref_text out = {.pool = x->pool};

    for (x->p++;; x->p++) {
        if (x->p >= x->end || *x->p == '\n' || *x->p == '\r') {
            x->why = "unterminated backtick";
            return;
        }
        if (*x->p == '`' && at(x, 1) != '`')
            break;
        if (*x->p == '`')
            x->p++;
        ref_put_str(&out, (ref_str){x->p, 1});
    }
    x->p++;
    if (out.n == 0)
        x->why = "empty backtick name";
    push(x, REF_T_QUOTED, (ref_str){ref_text_cstr(&out), out.n});
}

/* Length of a name at x->p + from. */
static size_t
name_length(const lexer *x, size_t from)
{
    size_t n = 0;

    if (!is_alpha(at(x, from)))
        return 0;
    while (is_alpha(at(x, from + n)) || is_digit(at(x, from + n)))
        n++;
    return n;
}

static void
lex_word(lexer *x)
{
    size_t n = *x->p == '@' ? 1 : 0;
    bool tilde;

    n += name_length(x, n);
    tilde = at(x, n) == '~';
    if (n == 1 && *x->p == '@')
        x->why = "stray @";
    push(x, tilde ? REF_T_TILDE : REF_T_WORD, (ref_str){x->p, n});
    x->p += n + (tilde ? 1 : 0);
}

/* [ N ] or :name( as one token; false: it is none. */
static bool
lex_joined(lexer *x)
{
    size_t i = 1, n, tilde;

    if (*x->p == '[') {
        size_t index = 0, digits = 0;

        while (at(x, i) && strchr(" \t\r\n\v\f", at(x, i)))
            i++;
        for (; is_digit(at(x, i)); i++, digits++)
            index = digits > 15 ? index : index * 10 + (size_t)(at(x, i) - '0');
        while (at(x, i) && strchr(" \t\r\n\v\f", at(x, i)))
            i++;
        if (digits == 0 || at(x, i) != ']')
            return false;
        push(x, REF_T_INDEX, (ref_str){x->p, i + 1})->index = index;
        x->p += i + 1;
        return true;
    }
    n = *x->p == ':' ? name_length(x, 1) : 0;
    tilde = n && at(x, 1 + n) == '~' ? 1 : 0;
    if (n == 0 || at(x, 1 + n + tilde) != '(')
        return false;
    push(x, tilde ? REF_T_METHOD_TILDE : REF_T_METHOD, (ref_str){x->p + 1, n});
    x->p += 2 + n + tilde;
    return true;
}

static void
lex_punct(lexer *x)
{
    static const char *const all[] = {"==", "!=", "<=", ">=", "<", ">", "=",
                                      "+",  "-",  "*",  "/",  "%", ":", "?",
                                      "(",  ")",  "[",  "]",  ",", ".", "|"};

    for (size_t i = 0; i < REF_COUNTOF(all); i++)
        if (starts(x, all[i])) {
            push(x, REF_T_PUNCT, ref_cstr(all[i]));
            x->p += strlen(all[i]);
            return;
        }
    x->why = "stray character";
}

static void
lex_one(lexer *x)
{
    char c = *x->p;

    if (starts(x, "\"\"\"")) {
        lex_triple(x);
    } else if (c == '"' || c == '\'') {
        lex_quoted(x);
    } else if (c == '?' && (at(x, 1) == '"' || at(x, 1) == '\'')) {
        lex_question_raw(x);
    } else if (c == '`') {
        lex_backtick(x);
    } else if (is_digit(c) || (c == '.' && is_digit(at(x, 1)))) {
        lex_number(x);
    } else if (is_alpha(c) || c == '@') {
        lex_word(x);
    } else if (c == '$' && name_length(x, 1)) {
        size_t n = name_length(x, 1);

        push(x, REF_T_VAR, (ref_str){x->p + 1, n});
        x->p += 1 + n;
    } else if (starts(x, "![")) {
        push(x, REF_T_MISSING_OPEN, (ref_str){x->p, 2});
        x->p += 2;
    } else if (!lex_joined(x)) {
        lex_punct(x);
    }
}

ref_token *
ref_lex(ref_pool *pool, ref_str text, bool flat_comments, const char **why)
{
    lexer x = {.pool = pool,
               .p = text.p,
               .end = text.p + text.n,
               .flat_comments = flat_comments};

    for (skip_space(&x); !x.why && x.p < x.end; skip_space(&x))
        lex_one(&x);
    push(&x, REF_T_END, ref_cstr(""));
    if (x.why)
        *why = x.why;
    return x.why ? NULL : x.tokens;
}
