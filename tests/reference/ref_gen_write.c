/* ref_gen_write.c -- values as JSON and as EQL, in every spelling there is. */
#include "tests/reference/ref_gen_int.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

/* --- as JSON --- */

static void
put_json_escape(ref_text *out, uint32_t cp)
{
    if (cp > 0xFFFF) {
        ref_putf(out, "\\u%04x", 0xD800 + ((cp - 0x10000) >> 10));
        cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
    }
    ref_putf(out, "\\u%04x", cp);
}

const char *
ref_gen_json(ref_gen_state *g, ref_gen_value v)
{
    ref_text out = {.pool = g->pool};

    if (v.tag != GEN_STR)
        return ref_printf(g->pool, "%.*s", (int)v.text.n, v.text.p);
    ref_put(&out, "\"");
    for (size_t at = 0; at < v.text.n;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)v.text.p + at,
                             (utf8proc_ssize_t)(v.text.n - at), &cp);

        if (cp == '"' || cp == '\\')
            ref_putf(&out, "\\%c", (char)cp);
        else if (cp < 0x20 || (cp > 0x7F && ref_gen_chance(g, 30)))
            put_json_escape(&out, (uint32_t)cp);
        else
            ref_put_str(&out, (ref_str){v.text.p + at, (size_t)n});
        at += (size_t)n;
    }
    ref_put(&out, "\"");
    return ref_text_cstr(&out);
}

/* --- as EQL --- */

static bool
put_short_escape(ref_text *out, char c, char quote)
{
    static const char from[] = "\b\t\n\f\r\\", to[] = "btnfr\\";
    const char *p = c ? strchr(from, c) : NULL;

    if (c == quote)
        ref_putf(out, "\\%c", quote);
    else if (p)
        ref_putf(out, "\\%c", to[p - from]);
    return c == quote || p;
}

/* "..." or '...' */
static const char *
quoted(ref_gen_state *g, ref_str s, char quote)
{
    ref_text out = {.pool = g->pool};

    ref_putf(&out, "%c", quote);
    for (size_t at = 0; at < s.n;) {
        utf8proc_int32_t cp;
        size_t n = (size_t)utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
                                            (utf8proc_ssize_t)(s.n - at), &cp);

        if (put_short_escape(&out, s.p[at], quote)) {
            ref_gen_mark(g, REF_C_ESCAPE);
        } else if (cp == 0 || ref_gen_chance(g, cp > 0x7F ? 25 : 1)) {
            static const char *const forms[] = {"\\u{%02x}", "\\u{%06X}",
                                                "\\u{%08x}", "\\u{%04X}"};
            char buf[16];

            snprintf(buf, sizeof buf, forms[ref_gen_pick(g, 4)], (unsigned)cp);
            ref_put(&out, buf);
            ref_gen_mark(g, REF_C_UNICODE_ESCAPE);
        } else {
            ref_put_str(&out, (ref_str){s.p + at, n});
        }
        at += n;
    }
    ref_putf(&out, "%c", quote);
    return ref_text_cstr(&out);
}

static bool
contains(ref_str s, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= s.n; i++)
        if (memcmp(s.p + i, what, n) == 0)
            return true;
    return false;
}

/* ?"...": only the closing quote can be escaped. */
static const char *
question_raw(ref_gen_state *g, ref_str s)
{
    ref_text out = {.pool = g->pool};
    char quote = ref_gen_chance(g, 50) ? '"' : '\'';

    ref_putf(&out, "?%c", quote);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == quote)
            ref_put(&out, "\\");
        ref_put_str(&out, (ref_str){s.p + i, 1});
    }
    ref_putf(&out, "%c", quote);
    return ref_text_cstr(&out);
}

static const char *
string_literal(ref_gen_state *g, ref_str s)
{
    bool nul = memchr(s.p, '\0', s.n) != NULL;
    size_t form = ref_gen_pick(g, 10);

    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > 0x7F)
            ref_gen_mark(g, REF_C_NON_ASCII);
    if (form == 0 && !nul && !contains(s, "\"\"\"")) {
        ref_gen_mark(g, REF_C_TRIPLE);
        return ref_printf(g->pool, "\"\"\"%.*s\"\"\"", (int)s.n, s.p);
    }
    if (form == 1 && !nul && !contains(s, "\n") && !contains(s, "\r") &&
        (s.n == 0 || s.p[s.n - 1] != '\\')) {
        ref_gen_mark(g, REF_C_QUESTION_RAW);
        return question_raw(g, s);
    }
    if (form == 2) {
        ref_gen_mark(g, REF_C_SINGLE_QUOTED);
        return quoted(g, s, '\'');
    }
    ref_gen_mark(g, REF_C_DOUBLE_QUOTED);
    return quoted(g, s, '"');
}

/* Another way to write the number, which may make it a float. */
static ref_str
respelled(ref_gen_state *g, ref_str s)
{
    static const char *const ways[][2] = {
        {"1", "1.0"}, {"1", "01"},      {"2", "2."},   {"5", "5e0"},
        {"0", "0.0"}, {"1.5", "15e-1"}, {"0.5", ".5"}, {"-1", "-1.0"},
        {"2.0", "2"}, {"10", "1E1"},    {"1.0", "1"},  {"-0.5", "-.5"}};

    for (size_t i = 0; i < REF_COUNTOF(ways); i++)
        if (ref_str_eq(s, ref_cstr(ways[i][0])) && ref_gen_chance(g, 40))
            return ref_cstr(ways[i][1]);
    return s;
}

const char *
ref_gen_literal(ref_gen_state *g, ref_gen_value v)
{
    ref_str s = v.text;
    bool is_float = false;

    if (v.tag == GEN_STR)
        return string_literal(g, s);
    if (v.tag == GEN_BOOL)
        return ref_printf(g->pool, "%.*s", (int)s.n, s.p);
    s = respelled(g, s);
    for (size_t i = 0; i < s.n; i++)
        is_float |= s.p[i] == '.' || s.p[i] == 'e' || s.p[i] == 'E';
    ref_gen_mark(g, is_float ? REF_C_FLOAT : REF_C_INTEGER);
    if (s.p[0] == '-')
        ref_gen_mark(g, REF_C_NEGATIVE);
    return ref_printf(g->pool, "%.*s", (int)s.n, s.p);
}
