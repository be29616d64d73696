/* test_prepare.c -- patterns, sets and address blocks made ready to match.
 *
 * The fast forms must agree with the plain ones: shapes with the wildcard
 * matcher, sets with comparing element by element, sorted blocks with asking
 * each. */
#include "tests/support/build_test.h"

#include <pthread.h>

#include "tests/support/values.h"
#include "vm/eval/prepare.h"

/* --- patterns --- */

static void
test_pattern_shapes(void **state)
{
    static const struct {
        const char *text;
        eql_pattern_shape shape;
        const char *part;
    } cases[] = {
        {"", EQL_PATTERN_EXACT, ""},
        {"cmd.exe", EQL_PATTERN_EXACT, "cmd.exe"},
        {"*", EQL_PATTERN_ANY, ""},
        {"***", EQL_PATTERN_ANY, ""},
        {"cmd*", EQL_PATTERN_PREFIX, "cmd"},
        {"*.exe", EQL_PATTERN_SUFFIX, ".exe"},
        {"*shell*", EQL_PATTERN_CONTAINS, "shell"},
        {"**x***", EQL_PATTERN_CONTAINS, "x"},
        {"a*b", EQL_PATTERN_PIECES, "a*b"},
        {"?", EQL_PATTERN_GENERAL, "?"},
        {"a?*", EQL_PATTERN_GENERAL, "a?*"},
        {"*a*b", EQL_PATTERN_PIECES, "*a*b"},
        {"*a*b?", EQL_PATTERN_GENERAL, "*a*b?"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_pattern p = eql_pattern_parse(eql_sv_cstr(cases[i].text), true);

        if (p.shape != cases[i].shape || !eql_sv_is(p.text, cases[i].part))
            fail_msg("%s: shape %d, part %.*s", cases[i].text, (int)p.shape,
                     (int)p.text.len, p.text.p);
    }
}

static bool
list_matches(const char *pattern, const char *text, eql_case c, bool qmark)
{
    eql_arena *arena = eql_arena_new(0);
    eql_folded folded = {0};
    eql_pattern_list l;
    bool holds;

    assert_true(eql_pattern_list_init(&l, arena, 1));
    l.strings = c;
    l.qmark = qmark;
    assert_true(eql_pattern_list_add(&l, arena, eql_sv_cstr(pattern)));
    holds = eql_pattern_list_match(&l, eql_sv_cstr(text), &folded);
    eql_pattern_list_free(&l);
    eql_folded_free(&folded);
    eql_arena_free(arena);
    return holds;
}

static void
test_pattern_verdicts(void **state)
{
    static const struct {
        const char *text, *pattern;
        bool exact, folded;
    } cases[] = {
        {"C:\\Windows\\x.DLL", "C:\\*.dll", false, true},
        {"/a/b/c", "/a*c", true, true},
        {"ab", "a?b", false, false},
        {"\xc3\xa9", "?", true, true},
        {"50%*", "50%*", true, true},
        {"a\nb", "a*b", true, true},
        {"", "*", true, true},
        {"", "", true, true},
        {"x", "", false, false},
        {".exe", "*.exe", true, true},
        {"a.exe2", "*.exe", false, false},
        {"\xe2\x84\xaa", "k", false, true}, /* Kelvin sign */
        {"k", "\xe2\x84\xaa*", false, true},
        {"\xc3\x9f", "ss", false, false},
        {"aXb", "*x*", false, true},
        {"xX", "x*", true, true},
        {"C:\\Windows\\x", "?:\\windows\\*", false, true},
        {"\xc3\xa9:\\windows\\x", "?:\\windows\\*", true, true},
        {":\\windows\\x", "?:\\windows\\*", false, false},
        {"c:\\users\\x\\y.exe", "?:\\users\\*\\?.exe", true, true},
        {"\xe2\x82\xacx\xc3\xa9", "?x?", true, true},
        {"\xe2\x82\xacx\xc3\xa9y", "?x?", false, false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bool exact =
            list_matches(cases[i].pattern, cases[i].text, EQL_CASE_EXACT, true);
        bool folded = list_matches(cases[i].pattern, cases[i].text,
                                   EQL_CASE_UNICODE, true);

        if (exact != cases[i].exact || folded != cases[i].folded)
            fail_msg("%s : %s gave %d, folded %d", cases[i].text,
                     cases[i].pattern, exact, folded);
    }
}

static void
test_pattern_of_other_dialects(void **state)
{
    static const struct {
        const char *text, *pattern;
        eql_case strings;
        bool qmark, holds;
    } cases[] = {
        {"axb", "a?b", EQL_CASE_EXACT, false, false},
        {"a?b", "a?b", EQL_CASE_EXACT, false, true},
        {"a?bc", "a?b*", EQL_CASE_EXACT, false, true},
        {"xa?b", "*a?b", EQL_CASE_EXACT, false, true},
        {"xa?bx", "x*a?b*x", EQL_CASE_EXACT, false, true},
        {"xacbx", "x*a?b*x", EQL_CASE_EXACT, false, false},
        {"CMD.exe", "cmd*", EQL_CASE_ASCII, true, true},
        {"\xc3\x89", "\xc3\xa9", EQL_CASE_ASCII, true, false},
        {"\xc3\x89", "\xc3\xa9", EQL_CASE_UNICODE, true, true},
        {"\xe2\x84\xaa", "k", EQL_CASE_ASCII, true, false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (list_matches(cases[i].pattern, cases[i].text, cases[i].strings,
                         cases[i].qmark) != cases[i].holds)
            fail_msg("%s : %s", cases[i].text, cases[i].pattern);
    }
}

/* Text number n over a small alphabet, at most 5 long. */
static const char *
nth_text(uint32_t n, const char *alphabet, char out[8])
{
    size_t len = 0, base = strlen(alphabet);

    while (n > 0 && len < 5) {
        out[len++] = alphabet[(n - 1) % base];
        n = (n - 1) / (uint32_t)base;
    }
    out[len] = '\0';
    return out;
}

static void
test_pattern_shapes_agree_with_matcher(void **state)
{
    char pattern[8], text[8];

    (void)state;
    for (uint32_t i = 0; i < 1364; i++) {
        eql_strview pat = eql_sv_cstr(nth_text(i, "a*?b", pattern));
        eql_pattern p = eql_pattern_parse(pat, true);

        for (uint32_t j = 0; j < 62; j++) {
            eql_strview s = eql_sv_cstr(nth_text(j, "ab", text));

            if (eql_pattern_match(&p, s) != eql_wildcard_match(pat, s, false))
                fail_msg("\"%s\" on \"%s\"", pattern, text);
        }
    }
}

static void
test_pattern_list_is_any(void **state)
{
    eql_arena *arena = eql_arena_new(0);
    eql_folded folded = {0};
    eql_pattern_list l;

    (void)state;
    assert_true(eql_pattern_list_init(&l, arena, 4));
    l.strings = EQL_CASE_UNICODE;
    assert_false(eql_pattern_list_match(&l, eql_sv("", 0), &folded));
    assert_true(eql_pattern_list_add(&l, arena, eql_sv_cstr("CMD.exe")));
    assert_true(eql_pattern_list_add(&l, arena, eql_sv_cstr("p*shell.exe")));
    assert_true(eql_pattern_list_add(&l, arena, eql_sv_cstr("*.COM")));
    assert_true(eql_pattern_list_match(&l, eql_sv_cstr("cmd.EXE"), &folded));
    assert_true(
        eql_pattern_list_match(&l, eql_sv_cstr("PowerShell.exe"), &folded));
    assert_true(eql_pattern_list_match(&l, eql_sv_cstr("x.com"), &folded));
    assert_false(eql_pattern_list_match(&l, eql_sv_cstr("x.dll"), &folded));
    eql_pattern_list_free(&l);
    eql_folded_free(&folded);
    eql_arena_free(arena);
}

static void
test_folded_remembers_one_text(void **state)
{
    char text[] = "ABC";
    eql_folded f = {0};

    (void)state;
    assert_true(eql_sv_is(
        eql_folded_get(&f, EQL_CASE_UNICODE, eql_sv_cstr(text)), "abc"));
    text[0] = 'X'; /* the same place: known until it is told */
    assert_true(eql_sv_is(
        eql_folded_get(&f, EQL_CASE_UNICODE, eql_sv_cstr(text)), "abc"));
    eql_folded_forget(&f);
    assert_true(eql_sv_is(
        eql_folded_get(&f, EQL_CASE_UNICODE, eql_sv_cstr(text)), "xbc"));
    assert_true(
        eql_sv_is(eql_folded_get(&f, EQL_CASE_UNICODE, eql_sv(text, 2)), "xb"));
    assert_true(eql_sv_is(
        eql_folded_get(&f, EQL_CASE_UNICODE, eql_sv_cstr("abc")), "abc"));
    eql_folded_free(&f);
}

/* --- sets --- */

static const eql_value pool[] = {
    STR("a"),         STR("A"),        STR(""),        STR("5"),
    STR("5.0"),       STR("+5"),       STR("true"),    STR("TRUE"),
    STR("false"),     STR("2.5"),      STR("1e10"),    STR("1E10"),
    STR("\xc3\x89"),  STR("\xc3\xa9"), STR("-0"),      INT(5),
    INT(0),           INT(-1),         INT(INT64_MAX), INT(INT64_MIN),
    INT(10000000000), FLT(5.0),        FLT(2.5),       FLT(-0.0),
    FLT(1e10),        FLT(0x1p63),     FLT(-0x1p63),   FLT(1e300),
    BOO(true),        BOO(false)};

/* Under each of these a list must agree with comparing. */
static const struct {
    eql_comparing how;
    eql_case strings_case;
} set_cases[] = {
    {{true, EQL_CASE_EXACT}, EQL_CASE_EXACT},
    {{true, EQL_CASE_EXACT}, EQL_CASE_UNICODE}, /* in~ */
    {{true, EQL_CASE_EXACT}, EQL_CASE_ASCII},
    {{true, EQL_CASE_UNICODE}, EQL_CASE_UNICODE},  /* string_case */
    {{false, EQL_CASE_UNICODE}, EQL_CASE_UNICODE}, /* endgame */
    {{false, EQL_CASE_EXACT}, EQL_CASE_EXACT},
};

/* Strings against strings under folding, else as compare.c has it. */
static bool
is_element(const eql_value *x, const eql_literal *k, const eql_set *set)
{
    if (x->tag == EQL_STRING && k->v.tag == EQL_STRING)
        return eql_case_equal(set->strings_case, eql_value_sv(x),
                              eql_value_sv(&k->v));
    return eql_compare_equal_literal(&set->how, x, k) == EQL_YES;
}

static void
check_set(const eql_literal *k, eql_set *set, const char *label)
{
    eql_folded folded = {0};

    assert_true(eql_set_add(set, k));
    for (size_t j = 0; j < EQL_COUNTOF(pool); j++) {
        bool has = eql_set_has(set, &pool[j], &folded);

        if (has != is_element(&pool[j], k, set))
            fail_msg("%s, value %zu: %d", label, j, has);
    }
    eql_folded_free(&folded);
}

static void
test_set_agrees_with_comparing(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(pool); i++) {
        for (size_t c = 0; c < EQL_COUNTOF(set_cases); c++) {
            eql_literal k = eql_literal_of(pool[i]);
            eql_set set = {.how = set_cases[c].how,
                           .strings_case = set_cases[c].strings_case};
            char label[64];

            snprintf(label, sizeof label, "literal %zu, case %zu", i, c);
            check_set(&k, &set, label);
            eql_set_free(&set);
        }
    }
}

static void
test_set_leaves_null_out(void **state)
{
    eql_literal null = eql_literal_of(eql_value_null());
    eql_value x = eql_value_null();
    eql_folded folded = {0};
    eql_set set = {0};

    (void)state;
    assert_true(eql_set_add(&set, &null));
    assert_false(eql_set_has(&set, &x, &folded));
    eql_set_free(&set);
}

static void
test_set_of_many_elements(void **state)
{
    eql_folded folded = {0};
    eql_set set = {.strings_case = EQL_CASE_UNICODE};
    char text[32];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        int len = snprintf(text, sizeof text, "Host-%d", i);
        eql_literal k =
            eql_literal_of(eql_value_str(eql_sv(text, (size_t)len)));

        assert_true(eql_set_add(&set, &k));
    }
    /* Looked up more often than a scan of the list would be bearable. */
    for (int i = 0; i < 200000; i++) {
        int len = snprintf(text, sizeof text, "hOST-%d", i);
        eql_value x = eql_value_str(eql_sv(text, (size_t)len));

        eql_folded_forget(&folded);
        assert_int_equal(eql_set_has(&set, &x, &folded), i < 100000);
    }
    eql_set_free(&set);
    eql_folded_free(&folded);
}

/* --- address blocks --- */

static const char *const blocks[] = {"10.0.0.0/8",
                                     "10.6.48.157/8",
                                     "192.168.1.0/24",
                                     "192.168.1.128/25",
                                     "127.0.0.1",
                                     "172.16.0.0/12",
                                     "::1",
                                     "fe80::/10",
                                     "2001:db8::/32",
                                     "2001:db8:1::/48",
                                     "0.0.0.0/32",
                                     "::/128"};

static const char *const addresses[] = {"10.1.2.3",
                                        "11.0.0.0",
                                        "9.255.255.255",
                                        "192.168.1.1",
                                        "192.168.1.200",
                                        "192.168.2.1",
                                        "127.0.0.1",
                                        "127.0.0.2",
                                        "172.31.255.255",
                                        "172.32.0.0",
                                        "::1",
                                        "0:0:0:0:0:0:0:1",
                                        "::2",
                                        "fe80::1%eth0",
                                        "fec0::1",
                                        "2001:db8:1::5",
                                        "2001:db9::",
                                        "::ffff:10.1.2.3",
                                        "0.0.0.0",
                                        "::"};

static void
test_networks_agree_with_asking_each(void **state)
{
    eql_arena *arena = eql_arena_new(0);
    eql_network_list l;

    (void)state;
    for (size_t n = 0; n <= EQL_COUNTOF(blocks); n++) {
        assert_true(eql_network_list_init(&l, arena, (uint32_t)n));
        for (size_t i = 0; i < n; i++)
            assert_true(eql_network_list_add(&l, eql_sv_cstr(blocks[i])));
        eql_network_list_sort(&l);
        for (size_t i = 0; i < EQL_COUNTOF(addresses); i++) {
            bool wanted = false;
            eql_ip ip;

            assert_true(eql_ip_parse(eql_sv_cstr(addresses[i]), &ip));
            for (uint32_t j = 0; j < l.n; j++)
                wanted |= eql_cidr_contains(&l.blocks[j], &ip);
            if (eql_network_list_has(&l, eql_sv_cstr(addresses[i])) != wanted)
                fail_msg("%s in the first %zu blocks", addresses[i], n);
        }
    }
    eql_arena_free(arena);
}

static void
test_networks_keep_families_apart(void **state)
{
    static const struct {
        const char *block, *address;
        bool inside;
    } cases[] = {
        {"0.0.0.0/0", "1.2.3.4", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "::1", true},
        {"::/0", "1.2.3.4", false},
        {"10.0.0.0/8", "::ffff:10.1.1.1", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "10.255.255.255", true},
        {"127.0.0.1", "127.0.0.0", false},
        {"fe80::/10", "fec0::", false},
        {"10.0.0.0/8", "not an address", false},
        {"10.0.0.0/8", "", false},
        {"10.0.0.0/8", "10.0.0", false},
    };
    eql_arena *arena = eql_arena_new(0);

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_network_list l;

        assert_true(eql_network_list_init(&l, arena, 1));
        assert_true(eql_network_list_add(&l, eql_sv_cstr(cases[i].block)));
        if (eql_network_list_has(&l, eql_sv_cstr(cases[i].address)) !=
            cases[i].inside)
            fail_msg("%s in %s", cases[i].address, cases[i].block);
    }
    eql_arena_free(arena);
}

static void
test_networks_refuse_bad_text(void **state)
{
    eql_arena *arena = eql_arena_new(0);
    eql_network_list l;

    (void)state;
    assert_true(eql_network_list_init(&l, arena, 1));
    assert_false(eql_network_list_add(&l, eql_sv_cstr("10.0.0.0/33")));
    assert_int_equal(l.n, 0);
    eql_arena_free(arena);
}

/* --- lists are made once --- */

#define LISTS 200u
#define ASKERS 4

typedef struct {
    const eql_prepared *pr;
    uint32_t lists[LISTS];
    const void *found[ASKERS][LISTS];
    pthread_barrier_t start;
} race;

typedef struct {
    race *r;
    unsigned i;
} asker;

static void *
ask_for_all(void *ctx)
{
    asker *a = ctx;

    pthread_barrier_wait(&a->r->start);
    for (uint32_t i = 0; i < LISTS; i++)
        a->r->found[a->i][i] = eql_prepared_patterns(a->r->pr, a->r->lists[i]);
    return NULL;
}

static void
test_threads_share_a_list(void **state)
{
    eql_builder *b = test_builder();
    static race r;
    pthread_t threads[ASKERS];
    asker askers[ASKERS];
    eql_prepared *pr;
    eql_program *p;

    (void)state;
    for (uint32_t i = 0; i < LISTS; i++) {
        char text[16];
        uint32_t item;

        snprintf(text, sizeof text, "a*%u", i);
        item = eql_builder_const(b, eql_value_str(eql_sv_cstr(text)));
        r.lists[i] = eql_builder_const_list(b, EQL_CONST_PATTERNS, 0, &item, 1);
    }
    p = test_built(b);
    r.pr = pr = eql_prepared_new(p);
    assert_non_null(pr);
    pthread_barrier_init(&r.start, NULL, ASKERS);
    for (unsigned i = 0; i < ASKERS; i++) {
        askers[i] = (asker){&r, i};
        assert_int_equal(
            pthread_create(&threads[i], NULL, ask_for_all, &askers[i]), 0);
    }
    for (unsigned i = 0; i < ASKERS; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 0; i < LISTS; i++) {
        assert_non_null(r.found[0][i]);
        for (unsigned k = 1; k < ASKERS; k++)
            assert_ptr_equal(r.found[k][i], r.found[0][i]);
    }
    assert_false(eql_prepared_failed(pr));
    pthread_barrier_destroy(&r.start);
    eql_prepared_free(pr);
    eql_program_free(p);
}

/* --- regular expressions --- */

/* What no verified program has fails when it is asked for, for good. */
static void
test_a_bad_regex_fails_when_asked_for(void **state)
{
    eql_builder *b = test_builder();
    uint32_t text = eql_builder_const(b, eql_value_str(eql_sv_cstr("a[")));
    uint32_t list = eql_builder_const_list(b, EQL_CONST_REGEXES, 0, &text, 1);
    eql_program *p = eql_builder_finish(b);
    eql_prepared *pr = eql_prepared_new(p);

    (void)state;
    assert_non_null(pr);
    assert_false(eql_prepared_failed(pr));
    assert_null(eql_prepared_regex(pr, list));
    assert_true(eql_prepared_failed(pr));
    assert_null(eql_prepared_regex(pr, list));
    eql_prepared_free(pr);
    eql_program_free(p);
    eql_builder_free(b);
}

static void
test_prepare_compiles_regexes(void **state)
{
    eql_builder *b = test_builder();
    uint32_t text = eql_builder_const(b, eql_value_str(eql_sv_cstr("a+")));
    uint32_t list =
        eql_builder_const_list(b, EQL_CONST_REGEXES, EQL_CONST_FOLD, &text, 1);
    eql_program *p = test_built(b);
    eql_prepared *pr = eql_prepared_new(p);
    const eql_regex *re;

    (void)state;
    assert_non_null(pr);
    re = eql_prepared_regex(pr, list);
    assert_non_null(re);
    assert_ptr_equal(eql_prepared_regex(pr, list), re); /* made once */
    assert_false(eql_prepared_failed(pr));
    assert_true(eql_regex_match(re, eql_sv_cstr("AaA")));
    assert_false(eql_regex_match(re, eql_sv_cstr("AaB")));
    eql_prepared_free(pr);
    eql_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pattern_shapes),
        cmocka_unit_test(test_pattern_verdicts),
        cmocka_unit_test(test_pattern_of_other_dialects),
        cmocka_unit_test(test_pattern_shapes_agree_with_matcher),
        cmocka_unit_test(test_pattern_list_is_any),
        cmocka_unit_test(test_folded_remembers_one_text),
        cmocka_unit_test(test_set_agrees_with_comparing),
        cmocka_unit_test(test_set_leaves_null_out),
        cmocka_unit_test(test_set_of_many_elements),
        cmocka_unit_test(test_networks_agree_with_asking_each),
        cmocka_unit_test(test_networks_keep_families_apart),
        cmocka_unit_test(test_networks_refuse_bad_text),
        cmocka_unit_test(test_threads_share_a_list),
        cmocka_unit_test(test_a_bad_regex_fails_when_asked_for),
        cmocka_unit_test(test_prepare_compiles_regexes),
    };

    return cmocka_run_group_tests_name("prepare", tests, NULL, NULL);
}
