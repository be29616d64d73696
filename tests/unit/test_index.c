/* test_index.c -- what the index finds in filters, and its limits. */
#include "tests/support/index_test.h"
#include "vm/index/index_int.h"

/* --- access sets --- */

/* Where the access leaves of a stage are: names of paths in byte order, "any"
 * for a stage without access set, "never" for one that nothing satisfies. */
static void
print_access(const test_index *t, uint32_t stage, char *out, size_t cap)
{
    eql_range r = t->ix->stage_paths[stage];
    eql_strview names[8];
    size_t len = 0;

    *out = '\0';
    if (t->ix->unindexed[stage / 64] >> stage % 64 & 1)
        snprintf(out, cap, "any");
    if (t->ix->never[stage / 64] >> stage % 64 & 1)
        snprintf(out, cap, "never");
    assert_true(r.n <= EQL_COUNTOF(names));
    for (uint32_t i = 0; i < r.n; i++) {
        uint32_t path = t->ix->access_paths[r.first + i], k = i;
        eql_strview name = eql_program_str(
            t->p, t->p->fields[t->paths.items[path].first].name);

        for (; k > 0 && eql_sv_cmp(names[k - 1], name) > 0; k--)
            names[k] = names[k - 1];
        names[k] = name;
    }
    for (uint32_t i = 0; i < r.n; i++)
        len += (size_t)snprintf(out + len, cap - len, "%s%.*s", i ? " " : "",
                                (int)names[i].len, names[i].p);
}

static void
test_index_access(void **state)
{
    static const struct {
        const char *label, *query, *access;
    } cases[] = {
        {"one text", "any where a == \"x\"", "a"},
        {"everything", "any where true", "any"},
        {"nothing", "any where false", "never"},
        {"and takes one", "any where a == \"x\" and b like \"*\"", "a"},
        {"whichever comes first", "any where b like \"*\" and a == \"x\"", "a"},
        {"or takes both", "any where a == \"x\" or b == \"y\"", "a b"},
        {"or with what has none", "any where a == \"x\" or not b == \"y\"",
         "any"},
        {"not", "any where not a == \"x\"", "any"},
        {"not not", "any where not (not a == \"x\")", "a"},
        {"not or", "any where not (a != \"x\" or b == \"y\")", "a"},
        {"not and", "any where not (not a == \"x\" and not b == \"y\")", "a b"},
        {"unequal holds for nothing, too", "any where a != \"x\"", "any"},
        {"and in or", "any where (a == \"x\" and b == \"y\") or c == \"z\"",
         "a c"},
        {"or in and",
         "any where (a == \"x\" or b == \"y\") and c in (\"p\", \"q\", \"r\", "
         "\"s\", \"t\")",
         "a b"},
        {"shared by both sides of or",
         "any where (a == \"x\" and b like \"*\") or (a == \"x\" and c like "
         "\"*\")",
         "a"},
        {"few texts rather than many",
         "any where a in (\"p\", \"q\", \"r\", \"s\") and b : \"x\"", "b"},
        {"rare rather than common pieces",
         "any where a : \"?:\\\\Windows\\\\System32\\\\*.exe\" and b : "
         "\"*mimidrv*\"",
         "b"},
        {"a text rather than a number's range", "any where a > 5 and b == 7",
         "b"},
        {"missing", "any where a == null", "any"},
        {"missing and a text", "any where a == null and b == \"x\"", "b"},
        {"present", "any where a != null", "any"},
        {"optional", "any where ?a == null or b == \"x\"", "any"},
        {"a function of one path", "any where length(a) == 5", "a"},
        {"a function that is true of nothing", "any where length(a) == null",
         "any"},
        {"two paths at once: the one that fewer ask for",
         "any where a == b and not b == \"x\"", "a"},
        {"two paths of which none is needed",
         "any where concat(a, b) == \"xy\"", "any"},
        {"two paths and a text", "any where startsWith(a, b) and c == \"z\"",
         "c"},
        {"present rather than not null of what is common",
         "any where startsWith(a, b) and b : \"?*\" and not b == \"x\"", "a"},
        {"a network", "any where cidrMatch(a, \"10.0.0.0/8\")", "a"},
        {"a regex", "any where a regex \"x.*\"", "a"},
        {"elements", "any where arrayContains(a, \"x\")", "a"},
        {"elements with parts", "any where arraySearch(a, $e, $e.b == \"x\")",
         "a"},
        {"elements and another path", "any where arraySearch(a, $e, $e.b == c)",
         "a"},
        {"the category is no access",
         "process where event.category == "
         "\"process\" and a == \"x\"",
         "a"},
        {"a mark is no access",
         "process where event.type == \"start\" and a == \"x\"", "a"},
        {"nothing but a mark", "process where event.type == \"start\"", "any"},
        {"a mark or a text",
         "process where event.type == \"start\" or a == \"x\"", "a event.type"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_program *p = test_program_of(cases[i].query);
        char access[256];
        test_index t;

        test_index_init(&t, p);
        print_access(&t, 0, access, sizeof access);
        if (strcmp(access, cases[i].access) != 0)
            fail_msg("%s: %s, not %s", cases[i].label, access, cases[i].access);
        test_index_free(&t);
        eql_program_free(p);
    }
}

/* --- pieces --- */

static void
test_index_pieces(void **state)
{
    static const struct {
        const char *label, *pattern, *piece;
        uint8_t gram; /* its length */
    } cases[] = {
        {"contains", "*mimi*", "mimi", 4},
        {"prefix", "mimi*", "\xFFmimi", 4},
        {"suffix", "*mimi", "mimi\xFE", 4},
        {"folded", "*MiMi*", "mimi", 4},
        {"the rare one", "?:\\Windows\\System32\\*\\qzqz.exe", "\\qzqz.exe\xFE",
         4},
        {"rarest gram of four before any of two", "*zq*mimi*", "mimi", 4},
        {"short prefix", "-e*", "\xFF-e", 2},
        {"three bytes at the end", "*.vb", ".vb\xFE", 4},
        {"two bytes", "*ab*", "ab", 2},
        {"one byte", "*a*", "", 0},
        {"one byte at the start", "a*",
         "\xFF"
         "a",
         2},
        {"none", "*", "", 0},
        {"one of any", "?", "", 0},
        {"nothing else", "**??**", "", 0},
        {"beyond ASCII, folded", "*\xC3\x84\xC3\xB6*", "\xC3\xA4\xC3\xB6", 4},
        {"one character", "*\xE2\x80\xAE*", "\xE2\x80\xAE", 2},
        {"one that folds to ASCII",
         "*\xE2\x84\xAA"
         "elv*",
         "kelv", 4},
        {"beyond ASCII at the start", "\xC3\xA4*", "\xFF\xC3\xA4", 2},
        {"what is no UTF-8 ends it", "*abc\xC3zqzq\xA4*", "zqzq", 4},
    };
    eql_program *p = test_program_of("any where a : \"*mm*\"");
    eql_index_counts c;

    (void)state;
    assert_true(eql_index_counts_init(&c, p));
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_index_piece piece =
            eql_index_piece_of(&c, eql_sv_cstr(cases[i].pattern));

        if (piece.gram != cases[i].gram ||
            !eql_sv_is(eql_sv(piece.text, piece.len), cases[i].piece))
            fail_msg("%s: %.*s, a gram of %u", cases[i].label, piece.len,
                     piece.text, piece.gram);
        assert_true(piece.at + piece.gram <= piece.len);
    }
    eql_index_counts_free(&c);
    eql_program_free(p);
}

static const struct {
    const char *label, *regex, *pieces;
} regexes[] = {
    {"text", "abcd",
     "\xFF"
     "abcd"
     "\xFE"},
    {"folded", "AbCd",
     "\xFF"
     "abcd"
     "\xFE"},
    {"up to any", "/proc/.*",
     "\xFF"
     "/proc/"},
    {"up to a class", "/proc/[0-9a-f]+",
     "\xFF"
     "/proc/"},
    {"a few alternatives", "/(self|net)/fd",
     "\xFF"
     "/self/fd"
     "\xFE"
     "|"
     "\xFF"
     "/net/fd"
     "\xFE"},
    {"up to a group", "/proc/(self|[0-9]{1,7})/",
     "\xFF"
     "/proc/"},
    {"escapes", "c:\\\\x\\.y",
     "\xFF"
     "c:\\x.y"
     "\xFE"},
    {"a letter's escape", "abc\\wde",
     "\xFF"
     "abc"},
    {"white space", "abc.*\\sx?",
     "\xFF"
     "abc"},
    {"optional", "abcx?d",
     "\xFF"
     "abc"},
    {"any number", "abcx*d",
     "\xFF"
     "abc"},
    {"some, the first of them", "abcx+.d",
     "\xFF"
     "abcx"},
    {"some, the last of them", ".x+abc",
     "xabc"
     "\xFE"},
    {"so many, or none", "abcx{0,2}d",
     "\xFF"
     "abc"},
    {"so many", "abcx{2,3}.d",
     "\xFF"
     "abcx"},
    {"some, or none", "abc(x)+?d",
     "\xFF"
     "abc"},
    {"an escape that is optional", "abc\\.?d",
     "\xFF"
     "abc"},
    {"alternatives", "abcd|x", ""},
    {"a small class", ".abc[xy]",
     "abcx"
     "\xFE"
     "|"
     "abcy"
     "\xFE"},
    {"a range", ".abc[1-3]z*",
     "abc1"
     "|"
     "abc2"
     "|"
     "abc3"},
    {"too large a class", "abcd[a-z]",
     "\xFF"
     "abcd"},
    {"what is not in a class", "abcd[^x]",
     "\xFF"
     "abcd"},
    {"range of nothing simple", "abcd[+-9]",
     "\xFF"
     "abcd"},
    {"an escape in a class", ".ab[\\]x]", "ab]\xFE|abx\xFE"},
    {"a minus in a class", ".ab[x-]", "abx\xFE|ab-\xFE"},
    {"a set in a class", "abcd[\\dx]",
     "\xFF"
     "abcd"},
    {"a bracket in a class", "abcd[(]|x", ""},
    {"the end of a class first", "abcd[]|]", ""},
    {"a class in a class", "abcd[[]x|y]", ""},
    {"quotes", "abcd\"|\"", ""},
    {"an interval", "abcd<1-9>", ""},
    {"any text", "abcd@", ""},
    {"intersection", "abcd&.*", ""},
    {"complement", "abcd~x", ""},
    {"beyond ASCII", "abc\xC3\xA4*",
     "\xFF"
     "abc"},
    {"an escape beyond ASCII", "abc\\\xC3\xA4*",
     "\xFF"
     "abc"},
    {"behind any text", ".*abcd",
     "abcd"
     "\xFE"},
    {"the rarest", "/usr/bin/[a-z]+zqzqzq.*/usr/", "zqzqzq"},
    {"a group in any text", ".*(abcd)ef.*", "abcdef"},
    {"groups behind each other", ".*(ab|c)(d|e).*",
     "abd"
     "|"
     "abe"
     "|"
     "cd"
     "|"
     "ce"},
    {"a group in a group", "abc(x(y))d",
     "\xFF"
     "abc"},
    {"an empty alternative", ".*abc(|x)d.*",
     "abcd"
     "|"
     "abcxd"},
    {"one letter or another", ".(a|b).", ""},
    {"not of a repeat", ".{10,20}x",
     "x"
     "\xFE"},
    {"behind a group that is repeated", "(abcd)*efgh",
     "efgh"
     "\xFE"},
    {"an open repeat", "abcd{1", ""},
    {"repeated letters in between", "abx*cd.",
     "\xFF"
     "ab"},
    {"one that is optional", "a?", ""},
    {"empty", "",
     "\xFF"
     "\xFE"},
};

static void
test_index_regexes(void **state)
{
    eql_program *p = test_program_of("any where a : \"*mm*\"");
    eql_index_counts c;

    (void)state;
    assert_true(eql_index_counts_init(&c, p));
    for (size_t i = 0; i < EQL_COUNTOF(regexes); i++) {
        eql_index_pieces found =
            eql_index_regex_pieces(&c, eql_sv_cstr(regexes[i].regex), true);
        eql_buf b = {0};

        for (uint32_t k = 0; k < found.n; k++) {
            eql_buf_add_str(&b, k ? "|" : "");
            eql_buf_add(&b, found.items[k].text, found.items[k].len);
        }
        if (!eql_sv_is(eql_buf_sv(&b), regexes[i].pieces))
            fail_msg("%s: %.*s", regexes[i].label, (int)b.len, b.p);
        eql_buf_free(&b);
    }
    eql_index_counts_free(&c);
    eql_program_free(p);
}

/* Endgame's match what texts begin with. */
static void
test_index_regex_of_start(void **state)
{
    eql_program *p = test_program_of("any where a : \"*mm*\"");
    eql_index_pieces found;
    eql_index_counts c;

    (void)state;
    assert_true(eql_index_counts_init(&c, p));
    found = eql_index_regex_pieces(&c, eql_sv("abcd", 4), false);
    assert_int_equal(found.n, 1);
    assert_true(eql_sv_is(eql_sv(found.items[0].text, found.items[0].len),
                          "\xFF"
                          "abcd"));
    eql_index_counts_free(&c);
    eql_program_free(p);
}

/* Long patterns: a piece is a part of them, and START and END stand where they
 * do in the pattern. */
static void
test_index_long_pieces(void **state)
{
    eql_program *p = test_program_of("any where a : \"*mm*\"");
    eql_index_counts c;
    char text[1200];

    (void)state;
    assert_true(eql_index_counts_init(&c, p));
    for (size_t n = 1; n < sizeof text; n++) {
        eql_index_piece piece;
        eql_strview inner;

        for (size_t i = 0; i < n; i++)
            text[i] = (char)('a' + i * 7 % 26);
        piece = eql_index_piece_of(&c, eql_sv(text, n));
        assert_true(piece.gram > 0 && piece.len <= EQL_INDEX_PIECE);
        inner = eql_sv(piece.text, piece.len);
        if (inner.p[0] == EQL_INDEX_START) {
            inner = eql_sv(inner.p + 1, inner.len - 1);
            assert_memory_equal(inner.p, text, 1);
        }
        if (inner.p[inner.len - 1] == EQL_INDEX_END) {
            inner.len--;
            assert_int_equal(inner.p[inner.len - 1], text[n - 1]);
        }
        assert_non_null(memmem(text, n, inner.p, inner.len));
    }
    eql_index_counts_free(&c);
    eql_program_free(p);
}

/* --- places --- */

static uint32_t
next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Of few letters, so that many grams are met. */
static void
fill_random(char *p, size_t n, uint32_t *state)
{
    static const char letters[] = "ab\\.\xC3\xFF\xFE";

    for (size_t i = 0; i < n; i++)
        p[i] = letters[next_random(state) % (sizeof letters - 1)];
}

/* Wherever one of the grams stands is likely. */
static void
check_likely(const uint64_t *grams, uint32_t ngrams,
             const eql_index_nibbles *nibbles, const char *text, size_t len)
{
    uint32_t bits[8];

    eql_index_likely(nibbles, text, len, bits);
    for (size_t at = 0; at < len; at++) {
        bool likely = bits[at / 32] >> at % 32 & 1, stands = false;

        for (uint32_t i = 0; i < ngrams; i++) {
            uint32_t n = (uint32_t)(grams[i] >> 32);

            stands |= at + n <= len && eql_index_gram(text + at, n) == grams[i];
        }
        assert_true(likely || !stands);
    }
}

static void
test_index_likely(void **state)
{
    uint32_t random = 1, nlikely = 0;
    uint32_t bits[8];

    (void)state;
    if (!eql_index_can_tell_likely())
        skip();
    for (uint32_t round = 0; round < 20000; round++) {
        char text[200 + EQL_INDEX_SLACK] = {0};
        uint32_t n = 1 + next_random(&random) % 40;
        size_t len = next_random(&random) % 200;
        eql_index_nibbles nibbles;
        uint64_t grams[40];

        for (uint32_t i = 0; i < n; i++) {
            fill_random(text, 4, &random);
            grams[i] = eql_index_gram(text, round % 3 && i % 4 ? 4 : 2);
        }
        eql_index_nibbles_make(&nibbles, grams, n);
        fill_random(text, len, &random);
        check_likely(grams, n, &nibbles, text, len);
        memset(text, 'x', sizeof text);
        eql_index_likely(&nibbles, text, len, bits);
        for (size_t at = 0; at < len; at++)
            nlikely += bits[at / 32] >> at % 32 & 1;
    }
    assert_int_equal(nlikely, 0);
}

/* --- values --- */

/* All of the queries over all of the values of `a`. */
static const char *const conditions[] = {
    "a == \"Cmd.exe\"",
    "a : \"Cmd.exe\"",
    "a : (\"kelvin\", \"?:\\\\x\\\\*\", \"*-e*\", \"s*\")",
    "a like \"*K*\"",
    "a like~ \"*kelvin*\"",
    "a in (\"x\", \"7\", 7, 1.5, true)",
    "a in~ (\"X\", \"TRUE\", \"1e2\")",
    "a == 7",
    "a == 7.0",
    "a == \"7\"",
    "a == \"7.0\"",
    "a == 100",
    "a == true",
    "a == \"true\"",
    "a == \"TRUE\"",
    "a : 7",
    "a : \"7*\"",
    "a : \"*.5\"",
    "a > 5",
    "a >= \"m\"",
    "a regex~ \"k.*\"",
    "a regex~ \"kel.in\"",
    "a regex \"cmd[.]exe\"",
    "a regex~ \"cm?d.*|x\"",
    "a regex~ (\"ss?\", \"7.*\")",
    "cidrMatch(a, \"10.0.0.0/8\")",
    "length(a) == 1",
    "arrayContains(a, \"x\")",
    "arrayContains(a, 7)",
    "arraySearch(a, $e, $e == \"x\")",
    "arraySearch(a, $e, $e.b : \"x*\")",
    "arrayCount(a, $e, $e.b == \"x\") == 0",
    "a : \"*\\u{e4}\\u{f6}*\"",
    "a : \"stra\\u{df}e\"",
    "a == 9223372036854775807",
    "a == -0.0",
    "a : (\"\", \"*\")",
    "a == \"\"",
};
static const char *const values[] = {
    "\"cmd.exe\"",
    "\"CMD.EXE\"",
    "\"\\u212Aelvin\"",
    "\"KELVIN\"",
    "\"a \\u212Aelvin b\"",
    "\"C:\\\\X\\\\y\"",
    "\"-E\"",
    "\"x -e y\"",
    "\"\\u017F\"",
    "\"SS\"",
    "\"x\"",
    "\"X\"",
    "7",
    "7.0",
    "1.5",
    "100",
    "1e2",
    "\"7\"",
    "\"7.0\"",
    "\"100\"",
    "\"1e2\"",
    "true",
    "false",
    "\"true\"",
    "\"TRUE\"",
    "\"false\"",
    "null",
    "[]",
    "{}",
    "[\"y\",\"x\"]",
    "[7, \"cmd.exe\"]",
    "[[\"x\"]]",
    "[{\"b\": \"xy\"}]",
    "{\"b\": \"x\"}",
    "[{\"b\": [\"q\", \"x\"]}, 1]",
    "\"10.1.2.3\"",
    "\"\\u00C4\\u00D6\"",
    "\"stra\\u00DFe\"",
    "\"STRA\\u1E9EE\"",
    "9223372036854775807",
    "9223372036854775808.0",
    "-0.0",
    "0",
    "\"\"",
};
/* One of the conditions over all values, in each dialect and with each tweak of
 * it. */
static void
check_values(const char *condition)
{
    static const eql_dialect_name dialects[] = {
        EQL_DIALECT_ELASTIC, EQL_DIALECT_ENDPOINT, EQL_DIALECT_ENDGAME};
    static const char *const tweaks[] = {NULL, "string_case=insensitive",
                                         "case_fold=ascii", "coerce=off",
                                         "qmark_wildcard=off"};

    for (size_t d = 0; d < EQL_COUNTOF(dialects) * EQL_COUNTOF(tweaks); d++) {
        char query[256], event[128];
        eql_rule_source rule;
        eql_program *p;
        test_reader r;
        test_index t;

        snprintf(query, sizeof query, "any where %s", condition);
        rule = test_rule_of(query);
        p = test_compile(dialects[d % EQL_COUNTOF(dialects)],
                         tweaks[d / EQL_COUNTOF(dialects)], &rule, 1);
        test_reader_init(&r, p);
        test_index_init(&t, p);
        for (size_t k = 0; k < EQL_COUNTOF(values); k++) {
            snprintf(event, sizeof event, "{\"a\": %s}", values[k]);
            if (test_index_check(&t, test_read(&r, event)) != EQL_NONE)
                fail_msg("%s is lost for %s", condition, event);
        }
        test_index_free(&t);
        test_reader_free(&r);
        eql_program_free(p);
    }
}

static void
test_index_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(conditions); i++)
        check_values(conditions[i]);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_access),
        cmocka_unit_test(test_index_pieces),
        cmocka_unit_test(test_index_regexes),
        cmocka_unit_test(test_index_regex_of_start),
        cmocka_unit_test(test_index_long_pieces),
        cmocka_unit_test(test_index_likely),
        cmocka_unit_test(test_index_values),
    };

    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
