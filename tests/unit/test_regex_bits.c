/* test_regex_bits.c -- the small matcher and RE2 are of one mind. */
#include "base/regex_bits.h"
#include "base/regex_parse.h"
#include "base/regex_re2.h"
#include "tests/support/eql_test.h"
#include "tests/support/random_regex.h"

#define REGEXES 12000u
#define TEXTS 40u
#define MEMORY ((size_t)1 << 20)

typedef struct {
    eql_buf translated;
    eql_re2 *re;
    eql_regex_bits *bits; /* NULL: RE2's alone */
} pair;

/* false: it is none. */
static bool
make_pair(pair *p, eql_strview regex, unsigned flags)
{
    eql_orbits orbits = {0};
    eql_regex_error why;
    bool refused, ok;

    *p = (pair){{0}, NULL, NULL};
    ok = eql_regex_translate(regex, flags, &orbits, &p->translated, &why);
    eql_orbits_free(&orbits);
    if (!ok)
        return false;
    p->re = eql_re2_new(p->translated.p, p->translated.len, MEMORY, &refused);
    assert_non_null(p->re);
    p->bits = eql_regex_bits_new(eql_buf_sv(&p->translated));
    return true;
}

static void
free_pair(pair *p)
{
    eql_buf_free(&p->translated);
    eql_re2_free(p->re);
    eql_regex_bits_free(p->bits);
}

/* Is it known without RE2 whether the whole text matches? */
static bool
check(const pair *p, eql_strview s)
{
    bool known = false;

    for (int whole = 0; whole < 2; whole++) {
        bool holds;

        if (!p->bits || !eql_regex_bits_match(p->bits, s, whole, &holds))
            continue;
        known = whole;
        if (holds != eql_re2_match(p->re, s.p, s.len, whole))
            fail_msg("%.*s on \"%.*s\"", (int)p->translated.len,
                     p->translated.p, (int)s.len, s.p);
    }
    return known;
}

static void
test_regex_bits_random(void **state)
{
    static const unsigned flavours[] = {0, EQL_REGEX_FOLD, EQL_REGEX_PREFIX};
    uint32_t seed = 11, known = 0, all = 0;
    eql_buf regex = {0}, text = {0};

    (void)state;
    for (uint32_t i = 0; i < REGEXES; i++) {
        pair p;

        random_regex(&regex, &seed);
        if (!make_pair(&p, eql_buf_sv(&regex),
                       flavours[i % EQL_COUNTOF(flavours)])) {
            free_pair(&p);
            continue;
        }
        for (uint32_t k = 0; k < TEXTS; k++, all++) {
            random_regex_text(&text, &seed);
            known += check(&p, text.len ? eql_buf_sv(&text) : eql_sv("", 0));
        }
        free_pair(&p);
    }
    print_message("%u of %u\n", known, all);
    assert_true(known > all / 2);
    eql_buf_free(&regex);
    eql_buf_free(&text);
}

/* What is taken, and what is left to RE2. */
static void
test_regex_bits_cases(void **state)
{
    static const struct {
        const char *regex, *text;
        bool made, known;
    } cases[] = {
        {"a{64}", "aaa", true, true},
        {"a{65}", "aaa", false, false},
        {"a{0,64}", "aaa", true, true},
        {"a{0,65}", "aaa", false, false},
        {"(a{8}){8}", "aaaaaaaa", true, true},
        {"(a{8}){8}b", "aaaaaaaa", false, false},
        {"((a{30}){30})", "a", false, false},
        {"a{0}b", "b", true, true},
        {"", "", true, true},
        {".*\xC3\xA4.*", "abc", true, true},
        {".*\xC3\xA4.*", "\xC3\xA4", true, false},
        {"a.*", "a\xC3\xA4", true, false},
        {"a.*", "b\xC3\xA4", true, true},
        {"[^\xC3\xA4]", "b", true, true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        pair p;
        bool known;

        assert_true(make_pair(&p, eql_sv_cstr(cases[i].regex), 0));
        known = check(&p, eql_sv_cstr(cases[i].text));
        if ((p.bits != NULL) != cases[i].made || known != cases[i].known)
            fail_msg("%s on \"%s\"", cases[i].regex, cases[i].text);
        free_pair(&p);
    }
}

static void
test_regex_bits_long_texts(void **state)
{
    char text[257];
    bool holds;
    pair p;

    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(make_pair(&p, eql_sv_cstr("a*"), 0));
    assert_true(eql_regex_bits_match(p.bits, eql_sv(text, 256), true, &holds));
    assert_true(holds);
    assert_false(eql_regex_bits_match(p.bits, eql_sv(text, 257), true, &holds));
    free_pair(&p);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_regex_bits_random),
        cmocka_unit_test(test_regex_bits_cases),
        cmocka_unit_test(test_regex_bits_long_texts),
    };

    return cmocka_run_group_tests_name("regex_bits", all, NULL, NULL);
}
