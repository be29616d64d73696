/* test_wildcard.c -- wildcard match: the table of language 6.1, corners,
 * cost. */
#include "tests/support/eql_test.h"

#include "base/text.h"

static void
test_verdicts(void **state)
{
    static const struct {
        const char *pattern, *s;
        bool plain, folded;
    } cases[] = {
        {"", "", true, true},
        {"", "a", false, false},
        {"*", "", true, true},
        {"*", "abc", true, true},
        {"**", "", true, true},
        {"?", "", false, false},
        {"?", "a", true, true},
        {"?", "\xc3\xa9", true, true},
        {"??", "\xc3\xa9", false, false},
        {"?*", "\xf0\x9f\x98\x80", true, true},
        {"C:\\*.dll", "C:\\Windows\\x.DLL", false, true},
        {"/a*c", "/a/b/c", true, true},
        {"a?b", "ab", false, false},
        {"50%*", "50%*", true, true},
        {"a*b", "a\nb", true, true},
        {"*.exe", ".exe", true, true},
        {"*.exe", "cmd.exe2", false, false},
        {"*aab", "aaaab", true, true},
        {"a*b*c", "axxbyybzzc", true, true},
        {"a*b*c", "axxbyybzzd", false, false},
        {"*a*a*a*", "aa", false, false},
        {"[a]", "[a]", true, true},
        {"[a]", "a", false, false},
        {"a\\*", "a\\b", true, true},
        {"\xc3\x89*", "\xc3\xa9t\xc3\xa9", false, true},
        {"*\xe2\x84\xaa", "book", false, true},
        {"stra\xc3\x9f?", "strasse", false, false},
        {"*?", "\xe2\x82\xac", true, true},
        {"*\xac", "\xe2\x82\xac", false, false},
        {"abc*", "ab", false, false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_strview p = eql_sv_cstr(cases[i].pattern);
        eql_strview s = eql_sv_cstr(cases[i].s);

        if (eql_wildcard_match(p, s, false) != cases[i].plain)
            fail_msg("\"%s\" on \"%s\": wrong", cases[i].pattern, cases[i].s);
        if (eql_wildcard_match(p, s, true) != cases[i].folded)
            fail_msg("\"%s\" on \"%s\", folded: wrong", cases[i].pattern,
                     cases[i].s);
    }
}

static void
test_nul_is_a_character(void **state)
{
    (void)state;
    assert_true(eql_wildcard_match(eql_sv("a?b*", 4), eql_sv("a\0b\0", 4), 0));
    assert_false(eql_wildcard_match(eql_sv("a", 1), eql_sv("a\0", 2), 0));
}

/* A backtracking matcher would need centuries here. */
static void
test_many_stars_stay_cheap(void **state)
{
    char pattern[201], text[20001];

    (void)state;
    for (int i = 0; i < 200; i += 2)
        memcpy(pattern + i, "a*", 2);
    pattern[199] = 'b';
    memset(text, 'a', sizeof text);
    assert_false(eql_wildcard_match(eql_sv(pattern, 200),
                                    eql_sv(text, sizeof text), true));
}

/* Straight from the definition; exponential, for tiny inputs only. */
static bool
slow_match(const char *p, const char *s)
{
    if (*p == '*')
        return slow_match(p + 1, s) || (*s && slow_match(p, s + 1));
    if (*p == '\0' || *s == '\0')
        return *p == *s;
    return (*p == '?' || *p == *s) && slow_match(p + 1, s + 1);
}

static void
nth_word(unsigned n, unsigned len, const char *letters, char *out)
{
    size_t base = strlen(letters);

    for (unsigned i = 0; i < len; i++, n /= (unsigned)base)
        out[i] = letters[n % base];
    out[len] = '\0';
}

static void
test_agrees_with_definition(void **state)
{
    char p[8], s[8];

    (void)state;
    for (unsigned i = 0; i < 1024; i++) {
        nth_word(i, 5, "*?ab", p);
        for (unsigned j = 0; j < 64; j++) {
            nth_word(j, 6, "ab", s);
            if (eql_wildcard_match(eql_sv_cstr(p), eql_sv_cstr(s), false) !=
                slow_match(p, s))
                fail_msg("\"%s\" on \"%s\"", p, s);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_nul_is_a_character),
        cmocka_unit_test(test_many_stars_stay_cheap),
        cmocka_unit_test(test_agrees_with_definition),
    };

    return cmocka_run_group_tests_name("wildcard", tests, NULL, NULL);
}
