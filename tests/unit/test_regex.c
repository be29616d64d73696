/* test_regex.c -- regular expressions: what is accepted and what is refused,
 * and where; what matches; folding; cost; the literals of public rules. */
#include "tests/support/eql_test.h"

#include "base/buf.h"
#include "base/regex.h"
#include "base/text.h"

#include <dirent.h>
#include <time.h>

#define CI EQL_REGEX_FOLD
#define PRE (EQL_REGEX_FOLD | EQL_REGEX_PREFIX)

/* A row of either table may hold NUL, hence lengths. */
#define T(text)                                                                \
    {                                                                          \
        text, sizeof text - 1                                                  \
    }

static void
test_refused_with_offset_and_reason(void **state)
{
    static const struct {
        const char *text;
        unsigned flags;
        uint32_t at;
        const char *why, *hint; /* hint: a part of it */
    } cases[] = {
        {"a[", 0, 1, "character class is not closed", "\\["},
        {"[]", 0, 0, "character class is not closed", ""},
        {"[^]", 0, 0, "character class is not closed", ""},
        {"[a-", 0, 0, "character class is not closed", ""},
        {"x[z-a]", 0, 2, "range out of order", NULL},
        {"x[a-\\d]", 0, 2, "a set cannot end a range", "\\-"},
        {"(a", 0, 0, "group is not closed", "\\("},
        {"a(b(c)", 0, 1, "group is not closed", ""},
        {"a)", 0, 1, "no group to close", "\\)"},
        {"a|)", 0, 2, "no group to close", ""},
        {"*a", 0, 0, "quantifier without an operand", "backslash"},
        {"a|+", 0, 2, "quantifier without an operand", ""},
        {"({2})", 0, 1, "quantifier without an operand", ""},
        {"(?:x)", 0, 1, "quantifier without an operand", "need no ?:"},
        {"a(?i)b", 0, 2, "quantifier without an operand", "regex~"},
        {"(?=x)", 0, 1, "quantifier without an operand", "look-around"},
        {"(?!x)", 0, 1, "quantifier without an operand", "and not"},
        {"(?<=x)", 0, 1, "quantifier without an operand", "look-around"},
        {"(?<!x)", 0, 1, "quantifier without an operand", "look-around"},
        {"(?<n>x)", 0, 1, "quantifier without an operand", "names"},
        {"(?P<n>x)", 0, 1, "quantifier without an operand", "names"},
        {"a{,3}", 0, 1, "bad count", "{n}, {n,} or {n,m}"},
        {"a{x}", 0, 1, "bad count", ""},
        {"a{2", 0, 1, "bad count", ""},
        {"a{2,1}", 0, 1, "counts out of order", NULL},
        {"a{1001}", 0, 1, "more than 1000 repeats", NULL},
        {"a{1001,}", 0, 1, "more than 1000 repeats", NULL},
        {"a{1,99999999999999}", 0, 1, "more than 1000 repeats", NULL},
        {"a~b", 0, 1, "unsupported regex operator", "backslash"},
        {"a&b", 0, 1, "unsupported regex operator", ""},
        {"a#", 0, 1, "unsupported regex operator", ""},
        {"@", 0, 0, "unsupported regex operator", ""},
        {"x<1-99>", 0, 1, "unsupported regex operator", ""},
        {"a\"bc", 0, 1, "quoted text is not closed", "\\\""},
        {"a\\", 0, 1, "backslash at the end", "\\\\"},
        {"[a\\", 0, 2, "backslash at the end", ""},
        {"a|", 0, 2, "empty alternative", ""},
        {"|a", 0, 0, "empty alternative", ""},
        {"a||b", 0, 2, "empty alternative", ""},
        {"(?i)x", PRE, 1, "unsupported group", "(?: )"},
        {"(?=x)", PRE, 1, "unsupported group", "look-around"},
        {"(a)\\1", PRE, 3, "back-reference", "not supported"},
        {"a**", PRE, 2, "two quantifiers in a row", "group"},
        {"a++", PRE, 2, "two quantifiers in a row", ""},
        {"a\\x4", PRE, 1, "bad escape", "\\xHH"},
        {"\\ud800", PRE, 0, "bad escape", "no character"},
        {"a\\q", PRE, 1, "unknown escape", ""},
        {"[\\A]", PRE, 1, "unknown escape", ""},
        {"a{3,2}", PRE, 1, "counts out of order", NULL},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_strview text = eql_sv_cstr(cases[i].text);
        eql_regex_error why = {0};
        eql_regex_error again = {0};

        if (eql_regex_check(text, cases[i].flags, &why))
            fail_msg("%s: accepted", cases[i].text);
        if (why.at != cases[i].at || strcmp(why.text, cases[i].why) != 0)
            fail_msg("%s: %s at %u", cases[i].text, why.text, why.at);
        if (!cases[i].hint != !why.hint ||
            (why.hint && !strstr(why.hint, cases[i].hint)))
            fail_msg("%s: hint %s", cases[i].text, why.hint);
        assert_null(eql_regex_new(&text, 1, cases[i].flags, &again));
        assert_int_equal(again.at, why.at);
        assert_string_equal(again.text, why.text);
    }
}

typedef struct {
    eql_strview text;
    unsigned flags;
    eql_strview s;
    bool match;
} match_row;

static void
check_rows(const match_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        eql_regex_error why = {0};
        eql_regex *r;
        bool got;

        if (!eql_regex_check(rows[i].text, rows[i].flags, &why))
            fail_msg("row %zu: %.*s: %s at %u", i, (int)rows[i].text.len,
                     rows[i].text.p, why.text, why.at);
        r = eql_regex_new(&rows[i].text, 1, rows[i].flags, &why);
        if (!r)
            fail_msg("row %zu: %.*s: %s", i, (int)rows[i].text.len,
                     rows[i].text.p, why.text);
        got = eql_regex_match(r, rows[i].s);
        eql_regex_free(r);
        if (got != rows[i].match)
            fail_msg("row %zu: \"%.*s\" on \"%.*s\", flags %u: %s", i,
                     (int)rows[i].text.len, rows[i].text.p, (int)rows[i].s.len,
                     rows[i].s.p, rows[i].flags,
                     got ? "matched" : "did not match");
    }
}

static void
test_lucene_matches_the_whole_string(void **state)
{
    static const match_row rows[] = {
        {T(""), 0, T(""), true},
        {T(""), 0, T("a"), false},
        {T("foo"), 0, T("foo"), true},
        {T("foo"), 0, T("xfoo"), false},
        {T("foo"), 0, T("foox"), false},
        {T(".*foo.*"), 0, T("a\nfoo\nb"), true},
        {T("a.b"), 0, T("a\nb"), true},
        {T("."), 0, T("\xf0\x9f\x98\x80"), true},
        {T("^a$"), 0, T("a"), false},
        {T("^a$"), 0, T("^a$"), true},
        {T("a|bc"), 0, T("bc"), true},
        {T("a|bc"), 0, T("ac"), false},
        {T("(a|bc)d"), 0, T("bcd"), true},
        {T("(a|)b"), 0, T("b"), true},
        {T("(|a)b"), 0, T("ab"), true},
        {T("()"), 0, T(""), true},
        {T("a?b*c+"), 0, T("ccc"), true},
        {T("a{2}"), 0, T("aa"), true},
        {T("a{2}"), 0, T("aaa"), false},
        {T("a{2,}"), 0, T("aaaa"), true},
        {T("a{2,3}"), 0, T("aaaa"), false},
        {T("a{0}b"), 0, T("b"), true},
        {T("a{1000}"), 0, T("a"), false},
        {T(".*?x"), 0, T("ax"), true},
        {T(".+?"), 0, T(""), true},
        {T("a++b"), 0, T("aab"), true},
        {T("(ab)*?{2}"), 0, T("abab"), true},
        {T("[a-c]+"), 0, T("abc"), true},
        {T("[^a-c]+"), 0, T("d\n"), true},
        {T("[^a-c]"), 0, T("b"), false},
        {T("[]a]+"), 0, T("]a"), true},
        {T("[^]a]"), 0, T("]"), false},
        {T("[a-]+"), 0, T("a-"), true},
        {T("[-a]+"), 0, T("-a"), true},
        {T("[\\w-.]+"), 0, T("a-."), true},
        {T("[\\w-.]"), 0, T("/"), false},
        {T("[a\\-z]+"), 0, T("a-z"), true},
        {T("[a\\-z]"), 0, T("b"), false},
        {T("[.*^$|(){}\"@&~#<]+"), 0, T(".*^$|(){}\"@&~#<"), true},
        {T("[\\]\\\\]+"), 0, T("]\\"), true},
        {T("\\d\\D"), 0, T("5x"), true},
        {T("\\d"), 0, T("\xd9\xa3"), false}, /* Arabic three */
        {T("\\s+"), 0, T(" \t\r\n"), true},
        {T("\\s"), 0, T("\f"), false},
        {T("\\S"), 0, T("\v"), true},
        {T("\\w+"), 0, T("aZ_09"), true},
        {T("\\w"), 0, T("\xc3\xa9"), false},
        {T("\\W"), 0, T("\xc3\xa9"), true},
        {T("[\\s\\d]+"), 0, T("1 2"), true},
        {T("[^\\s\\d]+"), 0, T("1 2"), false},
        {T("[\\S]+"), 0, T("ab"), true},
        {T("[\\W\\d]+"), 0, T("-1"), true},
        {T("[\\w\\W]"), 0, T("\n"), true},
        {T("[^\\w\\W]"), 0, T("\n"), false},
        {T("\\n\\t"), 0, T("nt"), true},
        {T("\\.\\\\\\\"\\@"), 0, T(".\\\"@"), true},
        {T("a\"(b|c)*\"d"), 0, T("a(b|c)*d"), true},
        {T("\"ab\"{2}"), 0, T("abab"), true},
        {T("\"\"a"), 0, T("a"), true},
        {T("a}]>:b"), 0, T("a}]>:b"), true},
        {T("a\0b"), 0, T("a\0b"), true},
        {T("a.c"), 0, T("a\0c"), true},
        {T("\xc3\xa9+"), 0, T("\xc3\xa9\xc3\xa9"), true},
        {T("[\xc3\xa0-\xc3\xbf]"), 0, T("\xc3\xa9"), true},
        {T("/[0-9a-f]{8}/(in|out)"), 0, T("/00c0ffee/out"), true},
    };

    (void)state;
    check_rows(rows, EQL_COUNTOF(rows));
}

#define KELVIN "\xe2\x84\xaa"      /* U+212A folds to k */
#define LONG_S "\xc5\xbf"          /* U+017F folds to s */
#define SHARP_S "\xc3\x9f"         /* U+00DF */
#define SHARP_S_BIG "\xe1\xba\x9e" /* U+1E9E folds to U+00DF */
#define DOTTED_I "\xc4\xb0"        /* U+0130 is itself */
#define DOTLESS_I "\xc4\xb1"       /* U+0131 is itself */

static void
test_folding_is_unicode_simple_folding(void **state)
{
    static const unsigned ranges = CI | EQL_REGEX_CASE_RANGES;
    static const unsigned ascii = CI | EQL_REGEX_ASCII;
    const match_row rows[] = {
        {T("FOO\\.exe"), CI, T("foo.EXE"), true},
        {T("foo"), 0, T("FOO"), false},
        {T("k"), CI, T(KELVIN), true},
        {T(KELVIN), CI, T("k"), true},
        {T(KELVIN), CI, T("K"), true},
        {T("K"), CI, T(KELVIN), true},
        {T("S"), CI, T(LONG_S), true},
        {T("\"s\""), CI, T(LONG_S), true},
        {T(SHARP_S), CI, T("ss"), false},
        {T("ss"), CI, T(SHARP_S), false},
        {T(SHARP_S), CI, T(SHARP_S_BIG), true},
        {T(DOTTED_I), CI, T("i"), false},
        {T("i"), CI, T(DOTTED_I), false},
        {T("I"), CI, T(DOTLESS_I), false},
        {T(DOTTED_I), CI, T(DOTTED_I), true},
        {T("[a-c]"), CI, T("B"), true},
        {T("[a-c]"), ranges, T("B"), false},
        {T("[a-c]"), ranges, T("b"), true},
        {T("[ac]x"), ranges, T("CX"), true},
        {T("[^a-ce]"), ranges, T("B"), true},
        {T("[^a-ce]"), ranges, T("E"), false},
        {T("[^a]"), CI, T("A"), false},
        {T("[^k]"), CI, T(KELVIN), false},
        {T("[j-l]"), CI, T(KELVIN), true},
        {T("[^j-l]"), CI, T(KELVIN), false},
        {T("[\xc3\xa0-\xc3\xbf]"), CI, T("\xc3\x89"), true},
        {T("[\xce\xb1-\xcf\x89]+"), CI, T("\xce\xa3\xcf\x82"), true},
        /* Sets are ASCII and do not fold. */
        {T("\\w"), CI, T(KELVIN), false},
        {T("\\W"), CI, T(KELVIN), true},
        {T("\\W"), CI, T("k"), false},
        {T("[\\wx]"), CI, T(KELVIN), false},
        {T("[^\\wx]"), CI, T(KELVIN), true},
        {T("[^\\wk]"), CI, T(KELVIN), false},
        {T("[^\\W]"), CI, T("k"), true},
        {T("[^\\W]"), CI, T(KELVIN), false},
        {T("k"), ascii, T("K"), true},
        {T("k"), ascii, T(KELVIN), false},
        {T("[\xc3\xa0-\xc3\xbf]"), ascii, T("\xc3\x89"), false},
        {T("[\xc3\xa0-\xc3\xbfx]"), ascii, T("X"), true},
        {T("\xc3\xa9"), ascii, T("\xc3\x89"), false},
        {T("\xc3\xa9"), CI, T("\xc3\x89"), true},
    };

    (void)state;
    check_rows(rows, EQL_COUNTOF(rows));
}

/* Of all code points: x matches what folds as x does, whatever tables the
 * matcher has. */
static void
test_every_character_matches_what_folds_alike(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        uint32_t fold = eql_fold_cp(cp);
        char a[4], b[4];
        eql_strview text, s;
        eql_regex_error why;
        eql_regex *r;

        if (fold == cp)
            continue;
        assert_true(cp <= 0x1FFFF);
        text = eql_sv(a, eql_utf8_encode(cp, a));
        s = eql_sv(b, eql_utf8_encode(fold, b));
        if (cp % 7 != 0) /* a sample: each builds its tables */
            continue;
        r = eql_regex_new(&text, 1, CI, &why);
        assert_non_null(r);
        if (!eql_regex_match(r, s) || !eql_regex_match(r, text))
            fail_msg("U+%04X does not match U+%04X", cp, fold);
        eql_regex_free(r);
    }
}

static void
test_prefix_flavour_matches_at_the_start(void **state)
{
    static const match_row rows[] = {
        {T("foo"), PRE, T("FOOBAR"), true},
        {T("foo"), PRE, T("xfoo"), false},
        {T("^foo"), PRE, T("foobar"), true},
        {T("foo$"), PRE, T("foobar"), false},
        {T("foo$"), PRE, T("foo"), true},
        {T("foo$"), PRE, T("foo\n"), true},
        {T("foo\\Z"), PRE, T("foo\n"), false},
        {T("a.b"), PRE, T("a\nbc"), true},
        {T(".*?x"), PRE, T("aax"), true},
        {T("a+?b{1,2}?c"), PRE, T("aabbc"), true},
        {T("(?:ab|c)+d"), PRE, T("abcd"), true},
        {T("cmd\\b"), PRE, T("cmd /c"), true},
        {T("cmd\\b"), PRE, T("cmdx"), false},
        {T("cmd\\B"), PRE, T("cmdx"), true},
        {T("\\x41\\u0042\\U00000043"), PRE, T("abc"), true},
        {T("[\\x41-\\x43\\b]+$"), PRE, T("aB\b"), true},
        {T("\\t\\n\\r\\f\\v\\a\\0"), PRE, T("\t\n\r\f\v\a\0"), true},
        {T("\\s{6}"), PRE, T(" \t\n\r\f\v"), true},
        {T("a{x"), PRE, T("A{Xy"), true},
        {T("a{,2}$"), PRE, T("aa"), true},
        {T("a{,2}$"), PRE, T("aaa"), false},
        {T("{"), PRE, T("{"), true},
        {T("a|"), PRE, T("zzz"), true},
        {T(""), PRE, T("zzz"), true},
        {T("\"a\"~&#@<1>"), PRE, T("\"a\"~&#@<1>"), true},
        {T("\\.\\(\\)"), PRE, T(".()"), true},
    };

    (void)state;
    check_rows(rows, EQL_COUNTOF(rows));
}

static void
test_a_list_is_one_alternation(void **state)
{
    const eql_strview texts[] = {T("a|b"), T("c"), T("")};
    eql_regex_error why;
    eql_regex *r = eql_regex_new(texts, 3, 0, &why);

    (void)state;
    assert_non_null(r);
    assert_true(eql_regex_match(r, eql_sv_cstr("a")));
    assert_true(eql_regex_match(r, eql_sv_cstr("c")));
    assert_true(eql_regex_match(r, eql_sv_cstr("")));
    assert_true(eql_regex_match(r, eql_sv(NULL, 0)));
    assert_false(eql_regex_match(r, eql_sv_cstr("ac")));
    assert_false(eql_regex_match(r, eql_sv_cstr("|")));
    eql_regex_free(r);
    eql_regex_free(NULL);
}

/* n times before, then the middle, then n times after. */
static eql_buf
nested(size_t n, const char *before, const char *middle, const char *after)
{
    eql_buf b = {0};

    for (size_t i = 0; i < n; i++)
        eql_buf_add_str(&b, before);
    eql_buf_add_str(&b, middle);
    for (size_t i = 0; i < n; i++)
        eql_buf_add_str(&b, after);
    assert_false(b.failed);
    return b;
}

static void
test_limits_hold_at_n_and_one_more(void **state)
{
    static const struct {
        size_t n;
        const char *before, *middle, *after;
        const char *why; /* NULL: accepted and compiled */
    } cases[] = {
        {EQL_REGEX_MAX_DEPTH, "(", "a", ")", NULL},
        {EQL_REGEX_MAX_DEPTH + 1, "(", "a", ")",
         "groups are nested too deeply"},
        {EQL_REGEX_MAX_DEPTH, "", "a*", "?", NULL},
        {EQL_REGEX_MAX_DEPTH + 1, "", "a*", "?",
         "repeats are nested too deeply"},
        {EQL_REGEX_MAX_BYTES, "", "", "(", "groups are nested too deeply"},
        {EQL_REGEX_MAX_BYTES, "", "a", "*", "regular expression is too long"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_buf b = nested(cases[i].n, cases[i].before, cases[i].middle,
                           cases[i].after);
        eql_strview text = eql_buf_sv(&b);
        eql_regex_error why = {0};
        bool ok = eql_regex_check(text, 0, &why);
        eql_regex *r = eql_regex_new(&text, 1, 0, &why);

        if (ok != !cases[i].why || !!r != ok)
            fail_msg("row %zu: %s", i, why.text);
        if (!ok)
            assert_string_equal(why.text, cases[i].why);
        eql_regex_free(r);
        eql_buf_free(&b);
    }
}

static void
test_what_is_too_large_is_told_when_compiled(void **state)
{
    static const char *const texts[] = {
        "((a{100}){100}){100}",
        "(a{1,1000}){1,1000}",
    };
    eql_buf b = nested(EQL_REGEX_MAX_BYTES / 5, "", "", "[^\xc3\xa9]");
    eql_strview wide = eql_buf_sv(&b);
    eql_regex_error why = {0};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        eql_strview text = eql_sv_cstr(texts[i]);

        assert_true(eql_regex_check(text, 0, &why));
        assert_null(eql_regex_new(&text, 1, 0, &why));
        assert_string_equal(why.text, "regular expression is too large");
    }
    assert_true(eql_regex_check(wide, CI, &why));
    assert_null(eql_regex_new(&wide, 1, CI, &why));
    assert_string_equal(why.text, "regular expression is too large");
    eql_buf_free(&b);
}

/* Backtracking would never come to an end. */
static void
test_matching_takes_linear_time(void **state)
{
    static const char *const texts[] = {"(a*)*b", "(a|a)*b", "(.*)(.*)(.*)b",
                                        "(a?){200}a{200}b"};
    size_t n = (size_t)1 << 20;
    char *s = malloc(n);
    clock_t start = clock();

    (void)state;
    assert_non_null(s);
    memset(s, 'a', n);
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        eql_strview text = eql_sv_cstr(texts[i]);
        eql_regex_error why;
        eql_regex *r = eql_regex_new(&text, 1, 0, &why);

        assert_non_null(r);
        assert_false(eql_regex_match(r, eql_sv(s, n)));
        eql_regex_free(r);
    }
    free(s);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
}

/* Any bytes are refused or compile; run under the sanitizers. */
static void
test_random_texts_do_no_harm(void **state)
{
    static const char alphabet[] =
        "ab|()[]{}*+?.,-^$\\\"~&#@<>012xdDsSwWbk:i= \xc3\xa9\xff";
    uint64_t x = 88172645463325252u;
    unsigned ok = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char buf[12];
        eql_strview text = {buf, 0};
        unsigned flags = (unsigned)i % 16;
        eql_regex_error why = {0};

        for (; text.len < (size_t)i % 12; text.len++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            buf[text.len] = alphabet[x % (sizeof alphabet - 1)];
        }
        if (eql_regex_check(text, flags, &why)) {
            eql_regex *r = eql_regex_new(&text, 1, flags, &why);

            if (!r)
                fail_msg("%.*s: %s", (int)text.len, text.p, why.text);
            eql_regex_match(r, text);
            eql_regex_free(r);
            ok++;
        } else {
            assert_true(why.at <= text.len);
            assert_non_null(why.text);
        }
    }
    assert_true(ok > 500);
}

/* --- public rules --- */

static char *
read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    eql_buf b = {0};
    char chunk[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        eql_buf_add(&b, chunk, n);
    fclose(f);
    eql_buf_add_char(&b, '\0');
    assert_false(b.failed);
    return b.p;
}

/* The string literal at p (raw or with escapes); returns what follows. */
static const char *
literal(const char *p, eql_buf *out)
{
    out->len = 0;
    if (strncmp(p, "\"\"\"", 3) == 0) {
        const char *end = strstr(p + 3, "\"\"\"");

        assert_non_null(end);
        eql_buf_add(out, p + 3, (size_t)(end - p - 3));
        return end + 3;
    }
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\')
            p++;
        eql_buf_add_char(out, *p);
    }
    return p + 1;
}

static unsigned
check_literals_at(const char *p, const char *path)
{
    unsigned flags = *p == '~' ? CI : 0, n = 0;
    eql_buf b = {0};

    p += *p == '~';
    p += strspn(p, " (\r\n");
    while (*p == '"') {
        eql_strview text;
        eql_regex_error why = {0};
        eql_regex *r;

        p = literal(p, &b);
        text = eql_buf_sv(&b);
        if (!eql_regex_check(text, flags, &why))
            fail_msg("%s: %.*s: %s at %u", path, (int)text.len, text.p,
                     why.text, why.at);
        r = eql_regex_new(&text, 1, flags, &why);
        if (!r)
            fail_msg("%s: %.*s: %s", path, (int)text.len, text.p, why.text);
        eql_regex_free(r);
        n++;
        p += strspn(p, " ,\r\n");
    }
    eql_buf_free(&b);
    return n;
}

static unsigned
check_file(const char *path)
{
    char *text = read_file(path);
    unsigned n = 0;

    for (const char *p = text; (p = strstr(p, " regex")) != NULL; p += 6)
        if (strchr("~ (", p[6]))
            n += check_literals_at(p + 6, path);
    free(text);
    return n;
}

static unsigned
check_tree(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    char path[8192];
    unsigned n = 0;

    if (!d)
        return 0;
    while ((e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name);

        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_type == DT_DIR)
            n += check_tree(path);
        else if (len > 5 && strcmp(e->d_name + len - 5, ".toml") == 0)
            n += check_file(path);
    }
    closedir(d);
    return n;
}

static void
test_literals_of_public_rules_compile(void **state)
{
    const char *shared = eql_test_shared();
    char path[8192];
    unsigned n;

    (void)state;
    if (!shared)
        skip();
    snprintf(path, sizeof path, "%s/corpora", shared);
    n = check_tree(path);
    print_message("%u literals\n", n);
    assert_true(n >= 120);
}

/* Sharers get their share; who needs more takes it, while there is some. */
static void
test_regex_memory_is_shared(void **state)
{
    static const size_t least = EQL_REGEX_LEAST_MEMORY;
    eql_strview small = eql_sv_cstr("ab*c"), large = eql_sv_cstr("(.a){900}");
    size_t memory = EQL_REGEX_MOST_MEMORY;
    eql_regex_error why;
    eql_regex *r;

    (void)state;
    r = eql_regex_new_within(&small, 1, 0, &memory, 4, &why);
    assert_non_null(r);
    assert_int_equal(memory, EQL_REGEX_MOST_MEMORY / 4 * 3);
    assert_true(eql_regex_match(r, eql_sv_cstr("abbc")));
    eql_regex_free(r);
    memory = 16 * least;
    r = eql_regex_new_within(&large, 1, 0, &memory, 16, &why);
    assert_non_null(r);
    assert_true(memory < 15 * least);
    eql_regex_free(r);
    memory = least;
    assert_null(eql_regex_new_within(&large, 1, 0, &memory, 1, &why));
    assert_string_equal(why.text, "regular expression is too large");
    assert_int_equal(memory, least);
    memory = least - 1;
    assert_null(eql_regex_new_within(&small, 1, 0, &memory, 1, &why));
    memory = least;
    r = eql_regex_new_within(&small, 1, 0, &memory, 100, &why);
    assert_non_null(r);
    assert_int_equal(memory, 0);
    eql_regex_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_with_offset_and_reason),
        cmocka_unit_test(test_lucene_matches_the_whole_string),
        cmocka_unit_test(test_folding_is_unicode_simple_folding),
        cmocka_unit_test(test_every_character_matches_what_folds_alike),
        cmocka_unit_test(test_prefix_flavour_matches_at_the_start),
        cmocka_unit_test(test_a_list_is_one_alternation),
        cmocka_unit_test(test_limits_hold_at_n_and_one_more),
        cmocka_unit_test(test_what_is_too_large_is_told_when_compiled),
        cmocka_unit_test(test_matching_takes_linear_time),
        cmocka_unit_test(test_random_texts_do_no_harm),
        cmocka_unit_test(test_literals_of_public_rules_compile),
        cmocka_unit_test(test_regex_memory_is_shared),
    };

    return cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
