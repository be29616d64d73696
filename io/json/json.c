/* json.c -- judging and mending JSON text, then jansson.
 *
 * One pass over the bytes, iterative, with a bit per open bracket.  A mended
 * copy is made only from the first change on: `copied` is how far the source
 * has gone into it.  After this pass every text makes a tree (json_tree.c), as
 * jansson's own parser would make it.  That one is not asked: where it has no
 * memory for a byte of a string, it goes on without that byte. */
#include "io/json/json.h"

#include "io/format/record_key.h"

#include "base/text.h"
#include "io/json/decode.h"

typedef enum {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* after [ */
    WANT_NAME,         /* after a comma */
    WANT_NAME_OR_END,  /* after { */
    WANT_COLON,
    WANT_COMMA_OR_END,
    WANT_NOTHING /* after the outermost value */
} json_want;

typedef struct {
    const char *p;
    size_t len, i;
    eql_json_form form;
    uint32_t max_depth;
    eql_buf *out;
    size_t copied;
    bool changed;
    eql_json_findings *v;
    uint32_t depth;
    json_want want;
    uint8_t is_object[(EQL_JSON_MAX_DEPTH + 8) / 8]; /* bit per depth */
} json_pass;

static bool
fail(json_pass *s, eql_reject reason, size_t at, const char *text)
{
    s->v->reason = reason;
    s->v->at = at;
    s->v->text = text;
    s->v->ended = at >= s->len;
    return false;
}

static bool
malformed(json_pass *s, const char *text)
{
    return fail(s, EQL_REJECT_SYNTAX, s->i, text);
}

/* Puts `with` in the place of source bytes from .. to. */
static void
replace(json_pass *s, size_t from, size_t to, const char *with)
{
    s->changed = true;
    eql_buf_add(s->out, s->p + s->copied, from - s->copied);
    eql_buf_add_str(s->out, with);
    s->copied = to;
}

static void
repair(json_pass *s, size_t from, size_t to)
{
    if (!s->v->repaired)
        s->v->repaired_at = from;
    s->v->repaired = true;
    replace(s, from, to, "\xef\xbf\xbd");
}

/* --- strings --- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The four digits after \u at `at`; false (and i where) when they are not. */
static bool
hex4(json_pass *s, size_t at, uint32_t *unit)
{
    *unit = 0;
    for (size_t k = at; k < at + 4; k++) {
        int d = k < s->len ? hex_digit(s->p[k]) : -1;

        if (d < 0) {
            s->i = k;
            return malformed(s, "malformed JSON: \\u wants four hex digits");
        }
        *unit = *unit << 4 | (uint32_t)d;
    }
    return true;
}

/* i is at the backslash of a \u escape. */
static bool
unicode_escape(json_pass *s, bool is_name)
{
    size_t start = s->i;
    uint32_t unit, low;

    if (!hex4(s, start + 2, &unit))
        return false;
    s->i = start + 6;
    if (unit == 0 && is_name)
        return fail(s, EQL_REJECT_NUL_KEY, start, "a key holds U+0000");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit < 0xdc00 && s->len - s->i >= 2 && s->p[s->i] == '\\' &&
        s->p[s->i + 1] == 'u') {
        if (!hex4(s, s->i + 2, &low))
            return false;
        if (low >= 0xdc00 && low <= 0xdfff) {
            s->i += 6;
            return true;
        }
        /* The second escape is another character: its turn is next. */
    }
    repair(s, start, s->i);
    return true;
}

static bool
escape(json_pass *s, bool is_name)
{
    char c;

    if (s->i + 1 >= s->len) {
        s->i = s->len;
        return malformed(s, "malformed JSON: a string is not closed");
    }
    c = s->p[s->i + 1];
    if (c == 'u')
        return unicode_escape(s, is_name);
    if (c == '\0' || !strchr("\"\\/bfnrt", c))
        return malformed(s, "malformed JSON: no such escape");
    s->i += 2;
    return true;
}

/* A byte of a string that is no ASCII. */
static void
wide_char(json_pass *s)
{
    size_t n;
    uint32_t cp = eql_utf8_decode(s->p + s->i, s->len - s->i, &n);

    if (cp == 0xfffd && n == 1)
        repair(s, s->i, s->i + 1);
    s->i += n;
}

/* Eight bytes, each 0x80 where the byte of a string wants a closer look: a
 * control character, a quote, a backslash, no ASCII. */
static uint64_t
notable(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101u, high = ones * 0x80;
    uint64_t quote = x ^ ones * '"', back = x ^ ones * '\\';

    /* Bytes under 0x80 only: a borrow comes from a byte that is notable. */
    return ((x - ones * 0x20) | (quote - ones) | (back - ones) | x) & high;
}

/* Steps over bytes that stand for themselves. */
static void
plain_chars(json_pass *s)
{
    uint64_t x;

    while (s->len - s->i >= sizeof x) {
        memcpy(&x, s->p + s->i, sizeof x);
        x = notable(x);
        if (x) {
            if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
                s->i += (size_t)__builtin_ctzll(x) / 8;
            return;
        }
        s->i += sizeof x;
    }
}

/* i is at the opening quote. */
static bool
string(json_pass *s, bool is_name)
{
    s->i++;
    while (plain_chars(s), s->i < s->len) {
        unsigned char c = (unsigned char)s->p[s->i];

        if (c == '"') {
            s->i++;
            return true;
        }
        if (c < 0x20)
            return malformed(s, "malformed JSON: a control character stands in "
                                "a string unescaped");
        if (c == '\\') {
            if (!escape(s, is_name))
                return false;
        } else if (c >= 0x80) {
            wide_char(s);
        } else {
            s->i++;
        }
    }
    return malformed(s, "malformed JSON: a string is not closed");
}

/* --- numbers and words --- */

/* Steps over digits; false when there is none. */
static bool
digits(json_pass *s)
{
    size_t start = s->i;

    while (s->i < s->len && s->p[s->i] >= '0' && s->p[s->i] <= '9')
        s->i++;
    return s->i > start ||
           malformed(s, "malformed JSON: a number lacks a digit");
}

/* Is an integer of n digits beyond int64? */
static bool
beyond_int64(const char *digit, size_t n, bool negative)
{
    const char *most = negative ? "9223372036854775808" : "9223372036854775807";

    return n > 19 || (n == 19 && memcmp(digit, most, 19) > 0);
}

/* Is the number over the greatest double?  Only asked where it can be. */
static bool
beyond_double(eql_strview text)
{
    bool is_int;
    int64_t i;
    double d;

    return !eql_parse_number(text, &is_int, &i, &d);
}

static bool
fraction_and_exponent(json_pass *s, bool *integer, bool *exponent)
{
    *integer = true;
    *exponent = false;
    if (s->i < s->len && s->p[s->i] == '.') {
        *integer = false;
        s->i++;
        if (!digits(s))
            return false;
    }
    if (s->i < s->len && (s->p[s->i] == 'e' || s->p[s->i] == 'E')) {
        *integer = false;
        *exponent = true;
        s->i++;
        if (s->i < s->len && (s->p[s->i] == '+' || s->p[s->i] == '-'))
            s->i++;
        return digits(s);
    }
    return true;
}

static bool
number(json_pass *s)
{
    size_t start = s->i, first, n;
    bool negative = s->p[start] == '-', integer, exponent;

    s->i += negative;
    first = s->i;
    if (!digits(s))
        return false;
    n = s->i - first;
    if (s->p[first] == '0' && n > 1) {
        s->i = first;
        return malformed(s, "malformed JSON: a number begins with 0");
    }
    if (!fraction_and_exponent(s, &integer, &exponent))
        return false;
    if ((exponent || n > 300) &&
        beyond_double(eql_sv(s->p + start, s->i - start)))
        return fail(s, EQL_REJECT_NUMBER, start, "a number out of range");
    /* jansson rejects large integers and loses the sign of -0. */
    if (integer && s->form == EQL_JSON_FOR_JANSSON &&
        (beyond_int64(s->p + first, n, negative) ||
         (negative && s->p[first] == '0')))
        replace(s, s->i, s->i, ".0");
    return true;
}

static bool
word(json_pass *s, const char *name)
{
    for (; *name; name++, s->i++)
        if (s->i >= s->len || s->p[s->i] != *name)
            return malformed(s, "malformed JSON: expected a value");
    return true;
}

/* --- structure --- */

static bool
in_object(const json_pass *s)
{
    return s->is_object[s->depth / 8] >> (s->depth % 8) & 1;
}

static bool
open_bracket(json_pass *s, bool object)
{
    uint8_t bit;

    if (s->depth == s->max_depth)
        return fail(s, EQL_REJECT_TOO_DEEP, s->i, "nested too deep");
    s->depth++;
    bit = (uint8_t)(1u << (s->depth % 8));
    if (object)
        s->is_object[s->depth / 8] |= bit;
    else
        s->is_object[s->depth / 8] &= (uint8_t)~bit;
    s->want = object ? WANT_NAME_OR_END : WANT_VALUE_OR_END;
    s->i++;
    return true;
}

/* A value is whole. */
static bool
valued(json_pass *s)
{
    s->want = s->depth ? WANT_COMMA_OR_END : WANT_NOTHING;
    return true;
}

static bool
close_bracket(json_pass *s)
{
    s->depth--;
    s->i++;
    return valued(s);
}

static bool
value(json_pass *s, char c)
{
    switch (c) {
    case '{': return open_bracket(s, true);
    case '[': return open_bracket(s, false);
    case '"': return string(s, false) && valued(s);
    case 't': return word(s, "true") && valued(s);
    case 'f': return word(s, "false") && valued(s);
    case 'n': return word(s, "null") && valued(s);
    default:
        if (c == '-' || (c >= '0' && c <= '9'))
            return number(s) && valued(s);
        return malformed(s, "malformed JSON: expected a value");
    }
}

/* May it be a name by which a reader tells wrapped events and records of
 * formats from plain events?  One with an escape may be any of them. */
static bool
is_telling(eql_strview quoted)
{
    eql_strview in = eql_sv(quoted.p + 1, quoted.len - 2);

    for (uint32_t i = 0; i < EQL_RECORD_KEY_COUNT; i++)
        if (EQL_RECORD_ANCHORS >> i & 1 && eql_sv_is(in, eql_record_keys[i]))
            return true;
    return eql_sv_is(in, "_source") ||
           memchr(quoted.p, '\\', quoted.len) != NULL;
}

static bool
name(json_pass *s, char c)
{
    size_t start = s->i;

    if (c != '"')
        return malformed(s, "malformed JSON: expected a key in quotes");
    s->want = WANT_COLON;
    if (!string(s, true))
        return false;
    if (s->depth == 1 && is_telling(eql_sv(s->p + start, s->i - start)))
        s->v->telling = true;
    return true;
}

static bool
comma_or_end(json_pass *s, char c)
{
    if (c == (in_object(s) ? '}' : ']'))
        return close_bracket(s);
    if (c != ',')
        return malformed(s, in_object(s)
                                ? "malformed JSON: expected ',' or '}'"
                                : "malformed JSON: expected ',' or ']'");
    s->want = in_object(s) ? WANT_NAME : WANT_VALUE;
    s->i++;
    return true;
}

static bool
token(json_pass *s, char c)
{
    switch (s->want) {
    case WANT_VALUE_OR_END:
        if (c == ']')
            return close_bracket(s);
        return value(s, c);
    case WANT_VALUE: return value(s, c);
    case WANT_NAME_OR_END:
        if (c == '}')
            return close_bracket(s);
        return name(s, c);
    case WANT_NAME: return name(s, c);
    case WANT_COLON:
        if (c != ':')
            return malformed(s, "malformed JSON: expected ':' after a key");
        s->want = WANT_VALUE;
        s->i++;
        return true;
    case WANT_COMMA_OR_END: return comma_or_end(s, c);
    case WANT_NOTHING: break;
    }
    return malformed(s, "malformed JSON: something follows the object");
}

static void
skip_space(json_pass *s)
{
    size_t start = s->i;

    while (s->i < s->len && (s->p[s->i] == ' ' || s->p[s->i] == '\t' ||
                             s->p[s->i] == '\r' || s->p[s->i] == '\n'))
        s->i++;
    if (s->i > start && s->form == EQL_JSON_FOR_PEOPLE)
        replace(s, start, s->i, "");
}

static bool
run(json_pass *s)
{
    size_t first;

    skip_space(s);
    first = s->i;
    while (s->i < s->len) {
        if (!token(s, s->p[s->i]))
            return false;
        skip_space(s);
    }
    if (s->want != WANT_NOTHING)
        return malformed(s, "malformed JSON: it ends inside the object");
    return s->p[first] == '{' || fail(s, EQL_REJECT_NOT_OBJECT, first,
                                      "a JSON value that is no object");
}

bool
eql_json_mend(eql_strview text, eql_json_form form, uint32_t max_depth,
              eql_buf *scratch, eql_strview *mended,
              eql_json_findings *findings)
{
    json_pass s = {.p = text.p,
                   .len = text.len,
                   .form = form,
                   .max_depth = max_depth < EQL_JSON_MAX_DEPTH
                                    ? max_depth
                                    : EQL_JSON_MAX_DEPTH,
                   .out = scratch,
                   .v = findings};

    *findings = (eql_json_findings){.reason = EQL_REJECT_COUNT, .text = ""};
    scratch->len = 0;
    if (!run(&s))
        return false;
    if (s.changed)
        eql_buf_add(scratch, text.p + s.copied, text.len - s.copied);
    *mended = s.changed ? eql_buf_sv(scratch) : text;
    return !scratch->failed;
}

json_t *
eql_json_read(eql_strview text, uint32_t max_depth, eql_buf *scratch,
              eql_json_findings *findings)
{
    eql_strview mended;

    if (!eql_json_mend(text, EQL_JSON_FOR_JANSSON, max_depth, scratch, &mended,
                       findings))
        return NULL;
    return eql_json_tree(mended);
}

/* jansson's codes of what is no fault of the text. */
static bool
is_no_memory(const json_error_t *e)
{
    return json_error_code(e) == json_error_out_of_memory ||
           json_error_code(e) == json_error_unknown;
}

json_t *
eql_json_load(eql_strview text, size_t flags, json_error_t *e, bool *no_memory)
{
    json_t *judged = NULL, *root = NULL;

    /* A fault that comes of lack of memory is another one the second time, or
     * none. */
    for (int i = 0; i < 2 && !judged; i++) {
        /* Without memory for its lexer jansson writes no code. */
        memset(e, 0, sizeof *e);
        judged = json_loadb(text.p, text.len, flags, e);
    }
    if (judged)
        root = eql_json_tree(text);
    *no_memory = !root && (judged || is_no_memory(e));
    json_decref(judged);
    return root;
}

bool
eql_json_add_missing(json_t *object, json_t *more)
{
    bool ok = true;

    for (void *it = json_object_iter(more); it && ok;
         it = json_object_iter_next(more, it)) {
        const char *name = json_object_iter_key(it);
        size_t len = json_object_iter_key_len(it);

        if (!json_object_getn(object, name, len))
            ok = json_object_setn_nocheck(object, name, len,
                                          json_object_iter_value(it)) == 0;
    }
    return ok;
}

/* --- members --- */

static size_t
past_string(eql_strview s, size_t i)
{
    for (i++; i < s.len && s.p[i] != '"'; i++)
        i += s.p[i] == '\\';
    return i + 1;
}

static size_t
past_space(eql_strview s, size_t i)
{
    while (i < s.len && strchr(" \t\r\n", s.p[i]) && s.p[i])
        i++;
    return i;
}

static size_t
past_value(eql_strview s, size_t i)
{
    size_t depth = 0;

    do {
        char c = s.p[i];

        if (c == '"') {
            i = past_string(s, i);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        i++;
        if (depth == 0 && (c == '}' || c == ']'))
            break;
    } while (i < s.len && (depth || !strchr(",}] \t\r\n", s.p[i])));
    return i;
}

#define LONGEST_MEMBER 64u /* bytes of a name that is asked for */

/* Does the string literal spell this name? */
static bool
spells(eql_strview literal, const char *name)
{
    eql_strview in = eql_sv(literal.p + 1, literal.len - 2);
    char text[6 * LONGEST_MEMBER + 7];

    if (!memchr(in.p, '\\', in.len))
        return eql_sv_is(in, name);
    /* An escape is at most six times as long as what it stands for. */
    return in.len <= 6 * LONGEST_MEMBER &&
           eql_sv_is(eql_sv(text, eql_decode_text(in, text)), name);
}

bool
eql_json_member(eql_strview object, const char *name_wanted,
                eql_strview *value_out)
{
    size_t i = past_space(object, 0) + 1;
    bool found = false;

    for (i = past_space(object, i); i < object.len && object.p[i] == '"';) {
        size_t start = i, stop;
        bool wanted;

        i = past_string(object, i);
        wanted = spells(eql_sv(object.p + start, i - start), name_wanted);
        i = past_space(object, past_space(object, i) + 1);
        stop = past_value(object, i);
        if (wanted) {
            *value_out = eql_sv(object.p + i, stop - i);
            found = true;
        }
        i = past_space(object, past_space(object, stop) + 1);
    }
    return found;
}

/* --- printing --- */

static void
print_object(const json_t *v, eql_buf *out)
{
    const char *separator = "{";
    json_t *object = (json_t *)(uintptr_t)v;

    for (void *it = json_object_iter(object); it;
         it = json_object_iter_next(object, it)) {
        eql_buf_add_str(out, separator);
        eql_buf_add_json(out, eql_sv(json_object_iter_key(it),
                                     json_object_iter_key_len(it)));
        eql_buf_add_char(out, ':');
        eql_json_print(json_object_iter_value(it), out);
        separator = ",";
    }
    eql_buf_add_str(out, *separator == '{' ? "{}" : "}");
}

static void
print_array(const json_t *v, eql_buf *out)
{
    eql_buf_add_char(out, '[');
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (i)
            eql_buf_add_char(out, ',');
        eql_json_print(json_array_get(v, i), out);
    }
    eql_buf_add_char(out, ']');
}

/* Depth is bounded: v was read with a limit. */
void
eql_json_print(const json_t *v, eql_buf *out)
{
    char text[32];

    switch (json_typeof(v)) {
    case JSON_OBJECT: print_object(v, out); break;
    case JSON_ARRAY: print_array(v, out); break;
    case JSON_STRING:
        eql_buf_add_json(out,
                         eql_sv(json_string_value(v), json_string_length(v)));
        break;
    case JSON_INTEGER:
        eql_buf_add(out, text, eql_format_int(json_integer_value(v), text));
        break;
    case JSON_REAL:
        eql_buf_add(out, text, eql_format_double(json_real_value(v), text));
        break;
    case JSON_TRUE: eql_buf_add_str(out, "true"); break;
    case JSON_FALSE: eql_buf_add_str(out, "false"); break;
    case JSON_NULL: eql_buf_add_str(out, "null"); break;
    }
}
