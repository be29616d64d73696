/* line_mutator.h -- changes to a JSON line that know what it is made of. */
#ifndef EQL_TESTS_SUPPORT_LINE_MUTATOR_H
#define EQL_TESTS_SUPPORT_LINE_MUTATOR_H

#include "tests/support/reader_texts.h"

typedef struct {
    reader_random rnd;
    eql_buf spare;
} line_mutator;

static const char *const line_escapes[] = {
    "\\n",     "\\r\\n",  "\\t",     "\\\"",     "\\\\",    "\\/",
    "\\u0041", "\\u00e9", "\\u0000", "\\u000a",  "\\u20ac", "\\ud83d\\ude00",
    "\\ud83d", "\\ude00", "\\q",     "\\x41",    "\\u12",   "\\u12g4",
    "\\u",     "\\",      "\\\\\\",  "\\\\\\\\", "\\'",     "\\0",
    "\\b\\f",  "\\U0041", "\\u005c", "\\u0022",  "\\ ",     "\\N"};
static const char *const line_characters[] = {"\xc3\xa9",
                                              "\xe2\x82\xac",
                                              "\xf0\x9f\x98\x80",
                                              "\xc3",
                                              "\xe2\x82",
                                              "\xf0\x9f\x98",
                                              "\xed\xa0\x80",
                                              "\xff",
                                              "\xc0\xaf",
                                              "\xf4\x90\x80\x80",
                                              "\x01",
                                              "\t",
                                              "\r",
                                              "\x1f",
                                              "\x7f",
                                              "\xef\xbb\xbf",
                                              "\xe2\x80\xa8",
                                              " "};
static const char *const line_numbers[] = {"0",
                                           "-0",
                                           "1.0",
                                           "-1.5e-7",
                                           "1E400",
                                           "01",
                                           "+1",
                                           ".5",
                                           "1.",
                                           "-",
                                           "1e",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "-9223372036854775809",
                                           "18446744073709551616",
                                           "123456789012345678901234567890",
                                           "1e999",
                                           "0x10",
                                           "1_000",
                                           "NaN",
                                           "Infinity",
                                           "1609556645",
                                           "1609556645678",
                                           "null",
                                           "true",
                                           "False",
                                           "\"7\"",
                                           "[]",
                                           "{}",
                                           "[1,\"a\"]",
                                           "{\"b\":1}"};

static inline uint32_t
line_pick(line_mutator *m, size_t below)
{
    return below ? reader_next_random(&m->rnd, (uint32_t)below) : 0;
}

/* Replaces `drop` bytes at `at`. */
static inline void
line_splice(eql_buf *b, size_t at, size_t drop, const char *p, size_t n)
{
    assert_true(eql_buf_reserve(b, n));
    memmove(b->p + at + n, b->p + at + drop, b->len - at - drop);
    if (n)
        memcpy(b->p + at, p, n);
    b->len = b->len - drop + n;
}

/* The place of one of these bytes from a random place on; the end: none. */
static inline size_t
line_find(line_mutator *m, const eql_buf *b, const char *bytes)
{
    size_t from = line_pick(m, b->len);

    for (size_t i = from; i < b->len; i++)
        if (b->p[i] && strchr(bytes, b->p[i]))
            return i;
    return b->len;
}

/* Behind a quote, so mostly in a string or key; the end: none. */
static inline size_t
line_in_string(line_mutator *m, const eql_buf *b)
{
    size_t at = line_find(m, b, "\"");

    return at < b->len ? at + 1 + line_pick(m, 3) % (b->len - at) : at;
}

/* Letters before `at`, so that it comes to lie next to a border of 64. */
static inline size_t
line_shift(line_mutator *m, eql_buf *b, size_t at)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"
        "mnopqrst";
    size_t wanted = 61 + line_pick(m, 6), n = (wanted + 64 - at % 64) % 64;

    line_splice(b, at, 0, letters, n);
    return at + n;
}

static inline void
line_put_one(line_mutator *m, eql_buf *b, const char *const *texts, size_t n)
{
    const char *text = texts[line_pick(m, n)];
    size_t at = line_in_string(m, b);

    if (at >= b->len)
        return;
    if (line_pick(m, 3))
        at = line_shift(m, b, at);
    line_splice(b, at, 0, text, strlen(text));
}

/* A value that begins behind a colon or comma, up to the next mark. */
static inline void
line_put_number(line_mutator *m, eql_buf *b)
{
    const char *text = line_numbers[line_pick(m, EQL_COUNTOF(line_numbers))];
    size_t at = line_find(m, b, ":,["), end = at + 1;

    if (at >= b->len)
        return;
    while (end < b->len && b->p[end] != ',' && b->p[end] != '}' &&
           b->p[end] != ']')
        end++;
    line_splice(b, at + 1, line_pick(m, 8) ? end - at - 1 : 0, text,
                strlen(text));
}

/* A member, or what lies between two commas, once more elsewhere. */
static inline void
line_double(line_mutator *m, eql_buf *b)
{
    size_t from = line_find(m, b, "{,"), to = from + 1, at;

    while (to < b->len && b->p[to] != ',' && to - from < 200)
        to++;
    if (to >= b->len)
        return;
    m->spare.len = 0;
    eql_buf_add(&m->spare, b->p + from + 1, to - from - 1);
    eql_buf_add_char(&m->spare, ',');
    at = line_pick(m, 3) ? from + 1 : line_find(m, b, "{,") + 1;
    if (at <= b->len)
        line_splice(b, at, 0, m->spare.p, m->spare.len);
}

/* Brackets around a value; sometimes as many as there may be. */
static inline void
line_nest(line_mutator *m, eql_buf *b)
{
    static const uint32_t some[] = {1, 2, 3, 30, 62, 63, 64, 198, 199, 200};
    uint32_t n = some[line_pick(m, EQL_COUNTOF(some))];
    bool objects = line_pick(m, 2);
    size_t at = line_find(m, b, ":") + 1, end = at;

    while (end < b->len && b->p[end] != ',' && b->p[end] != '}')
        end++;
    if (at >= b->len)
        return;
    m->spare.len = 0;
    for (uint32_t i = 0; i < n; i++)
        eql_buf_add_str(&m->spare, objects ? "{\"b\":" : "[");
    eql_buf_add(&m->spare, b->p + at, end - at);
    for (uint32_t i = 0; i < n + (line_pick(m, 20) == 0); i++)
        eql_buf_add_char(&m->spare, objects ? '}' : ']');
    line_splice(b, at, end - at, m->spare.p, m->spare.len);
}

static inline void
line_put_space(line_mutator *m, eql_buf *b)
{
    static const char *const some[] = {" ", "\t", "\r", "  ", "\n", "\f", ""};
    const char *text = some[line_pick(m, EQL_COUNTOF(some))];
    size_t at = line_find(m, b, "{}[]:,\"");

    if (at < b->len)
        line_splice(b, at + line_pick(m, 2), 0, text, strlen(text));
}

/* A long text in a string; or the line is shortened or cut. */
static inline void
line_resize(line_mutator *m, eql_buf *b)
{
    size_t at = line_in_string(m, b), n = line_pick(m, 400);

    if (at >= b->len)
        return;
    switch (line_pick(m, 4)) {
    case 0: b->len = at; break;
    case 1:
        n = n % 40 < b->len - at ? n % 40 : b->len - at;
        line_splice(b, at, n, "", 0);
        break;
    default:
        m->spare.len = 0;
        while (m->spare.len < n)
            eql_buf_add_char(&m->spare, (char)('A' + m->spare.len % 26));
        line_splice(b, at, 0, m->spare.p, m->spare.len);
        break;
    }
}

static inline void
line_change(line_mutator *m, eql_buf *b)
{
    switch (line_pick(m, 10)) {
    case 0:
    case 1:
    case 2: line_put_one(m, b, line_escapes, EQL_COUNTOF(line_escapes)); break;
    case 3:
        line_put_one(m, b, line_characters, EQL_COUNTOF(line_characters));
        break;
    case 4: line_put_number(m, b); break;
    case 5: line_double(m, b); break;
    case 6: line_nest(m, b); break;
    case 7: line_put_space(m, b); break;
    case 8: line_resize(m, b); break;
    default: b->p[line_pick(m, b->len)] = (char)line_pick(m, 256); break;
    }
}

/* The line with one to three changes, without a line feed behind it. */
static inline void
line_mutate(line_mutator *m, eql_strview line, eql_buf *out)
{
    uint32_t n = 1 + line_pick(m, 3);

    out->len = 0;
    eql_buf_add_sv(out, line);
    while (n-- > 0 && out->len > 0)
        line_change(m, out);
    assert_false(out->failed);
}

#endif
