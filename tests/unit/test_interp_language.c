/* test_interp_language.c -- conditions as text on one event, in each dialect:
 * compiled, verified, run. */
#include "tests/support/event_filter_test.h"

static const char event_json[] =
    "{\"n\":5,\"z\":0,\"s\":\"Foo.EXE\",\"a\":[\"x\",\"Y\"],\"b\":false,"
    "\"ip\":\"10.1.2.3\",\"e\":[],\"o\":{\"k\":[\"1\",2]},"
    "\"u\":\"\\u00c9t\\u00e9\",\"big\":9223372036854775807,"
    "\"at\":\"2024-01-01T00:00:00Z\",\"event\":{\"start\":"
    "\"2024-01-01T01:00:00+01:00\",\"end\":\"foo.exe\"},"
    "\"l\":[{\"x\":1,\"y\":\"p\"},{\"x\":2,\"y\":\"Q\"}],\"c\":{\"x\":3}}";

static bool
condition_holds_as(eql_compile_settings settings, const char *tweaks,
                   const char *condition)
{
    char query[512];
    eql_rule_source rule;
    eql_program *p;
    eql_interp *it;
    test_reader r;
    bool out;

    snprintf(query, sizeof query, "any where %s", condition);
    rule = test_rule_of(query);
    p = test_compile_as(settings, tweaks, &rule, 1);
    it = eql_interp_new(p);
    assert_non_null(it);
    test_reader_init(&r, p);
    eql_interp_begin(it, test_read(&r, event_json));
    out = eql_interp_filter(it, p->stages[p->rules[0].stages.first].filter);
    assert_false(eql_interp_failed(it));
    test_reader_free(&r);
    eql_interp_free(it);
    eql_program_free(p);
    return out;
}

static bool
condition_holds(eql_dialect_name dialect, const char *tweaks,
                const char *condition)
{
    return condition_holds_as(
        (eql_compile_settings){.dialect = eql_dialect_preset(dialect)}, tweaks,
        condition);
}

typedef struct {
    const char *condition;
    bool holds;
} condition_case;

static void
check(eql_dialect_name dialect, const char *tweaks, const condition_case *c,
      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (condition_holds(dialect, tweaks, c[i].condition) != c[i].holds)
            fail_msg("%s: not %d", c[i].condition, c[i].holds);
    }
}

static void
test_conditions_of_elastic(void **state)
{
    static const condition_case cases[] = {
        {"s == \"foo.exe\"", false},
        {"s : \"foo.exe\"", true},
        {"s : \"*.exe\"", true},
        {"s like \"*.exe\"", false},
        {"s == \"Foo.*\"", false},
        {"s : \"foo?exe\"", true},
        {"s regex \"foo.*\"", false},
        {"s regex~ \"foo\"", false},
        {"s regex~ \"foo.*\"", true},
        {"s regex~ (\"x\", \"[a-z]+\\\\.exe\")", true},
        {"a == \"x\" and a == \"Y\"", true},
        {"a != \"x\"", false},
        {"not a : \"z*\"", true},
        {"a in~ (\"y\")", true},
        {"a in (\"y\")", false},
        {"b == false", true},
        {"not b", true},
        {"zz == false", false},
        {"zz != true", true},
        {"not (zz > 1)", true},
        {"zz <= 1", false},
        {"e == null", true},
        {"e != \"q\"", true},
        {"o.k == \"1\"", true},
        {"o.k == 1", true},
        {"n == \"5\"", true},
        {"n in (1, 5)", true},
        {"n / 2 == 2", true},
        {"-n / 2 == -2", true},
        {"n / z == null", true},
        {"n % -3 == 2", true},
        {"n + n * 2 - 1 == 14", true},
        {"big + 1 > big", true},
        {"-n == -5", true},
        {"cidrMatch(ip, \"10.0.0.0/8\")", true},
        {"not cidrMatch(zz, \"10.0.0.0/8\")", true},
        {"length(a) == 1", true},
        {"length(u) == 3", true},
        {"concat(s, zz) == null", true},
        {"concat(s, n, b) == \"Foo.EXE5false\"", true},
        {"substring(s, -3) == \"EXE\"", true},
        {"indexOf(s, \"o\", 2) == 2", true},
        {"between(s, \"F\", \".\") == \"oo\"", true},
        {"between(s, \"q\", \".\") == \"\"", true},
        {"stringContains(s, \"\")", false},
        {"startsWith(s, \"\")", true},
        {"startswith~(s, \"fOO\")", true},
        {"startsWith(s, \"fOO\")", false},
        {"zz == zz", false},
        {"zz != zz", true},
        {"null == null", true},
        {"a[1] == \"Y\"", true},
        {"a[2] == null", true},
        {"arrayContains(a, \"Y\")", true},
        {"arrayContains(a, \"y\")", false},
        {"arrayContains~(a, \"y\")", true},
        {"arrayContains(o.k, 1)", true},
        {"arraySearch(l, $v, $v.x == 2 and $v.y == \"Q\")", true},
        {"arraySearch(l, $v, $v.x == 1 and $v.y == \"Q\")", false},
        {"arraySearch(l, $v, not $v.x == 1)", true},
        {"arraySearch(c, $v, $v.x == 3)", true},
        {"arraySearch(a, $v, $v == \"Y\")", true},
        {"arraySearch(zz, $v, true)", false},
        {"not arraySearch(zz, $v, true)", true},
        {"arrayCount(l, $v, $v.x > 0) == 2", true},
        {"arrayCount(zz, $v, true) == 0", true},
        {"arraySearch(l, $v, arraySearch(a, $w, $w : \"y\") and $v.x == n - 3)",
         true},
        {"arraySearch(l, $v, concat($v.x, $v.y) == \"2Q\")", true},
        {"number(\"0x1f\") == 31", true},
        {"number(s) == null", true},
        {"string(n) == \"5\"", true},
        {"u : \"\\u{e9}t\\u{c9}\"", true},
    };

    (void)state;
    check(EQL_DIALECT_ELASTIC, NULL, cases, EQL_COUNTOF(cases));
}

static void
test_conditions_of_endgame(void **state)
{
    static const condition_case cases[] = {
        {"s == \"foo.exe\"", true},
        {"s == \"foo.*\"", true},
        {"s == \"foo?exe\"", false},
        {"zz != \"q\"", false},
        {"not (zz > 1)", false},
        {"a == \"x\"", false},
        {"a != null", true},
        {"e == null", true},
        {"length(a) == 2", true},
        {"-n / 2 == -3", true},
        {"n % -3 == -1", true},
        {"stringContains(s, \"\")", true},
        {"stringContains(s, \"oO.e\")", true},
        {"n == \"5\"", false},
        {"between(s, \"q\", \".\") == null", true},
        {"s in (\"x\", \"FOO.exe\")", true},
        {"s < \"g\"", true},
        {"s > \"FZ\"", false},
        {"match(s, \"fo+\")", true},
        {"match(s, \"o\")", false},
        {"wildcard(s, \"FOO*\")", true},
        {"not cidrMatch(zz, \"10.0.0.0/8\")", true},
        {"not stringContains(zz, \"x\")", true},
        {"arrayContains(a, \"X\")", true},
        {"arraySearch(a, $v, $v == \"y\")", true},
        {"arraySearch(s, $v, true)", false},
        {"arrayContains(s, \"foo.exe\")", true},
        {"not arrayContains(s, \"x\")", true},
        {"arraySearch(a, $v, n == 5)", true},
        {"arraySearch(n, $v, n == 5)", false},
        {"not n : (4, 6)", true},
        {"not s : (4, \"x\")", false},
        {"o == null", false},
        {"o.k == \"1\"", false},
        {"arraySearch(l, $v, $v.zz != 1)", false},
        {"arrayCount(l, $v, $v.x != 1) == 1", true},
    };

    (void)state;
    check(EQL_DIALECT_ENDGAME, NULL, cases, EQL_COUNTOF(cases));
}

static void
test_conditions_of_single_flags(void **state)
{
    static const struct {
        const char *tweaks, *condition;
        bool holds;
    } cases[] = {
        {"case_fold=ascii", "u : \"\\u{e9}t\\u{e9}\"", false},
        {"case_fold=ascii", "u : \"\\u{c9}T*\"", true},
        {"case_fold=ascii", "u in~ (\"\\u{c9}T\\u{e9}\")", true},
        {"case_fold=ascii", "u in~ (\"\\u{e9}t\\u{e9}\")", false},
        {"case_fold=ascii", "u regex~ \"\\u{e9}t\\u{e9}\"", false},
        {"case_fold=ascii", "u regex~ \"\\u{c9}T.\"", true},
        {"case_fold=ascii", "s in~ (zz, concat(\"foo\", \".EXE\"))", true},
        {"regex_ci_ranges=lucene", "s regex~ \"[a-z]{3}.*\"", false},
        {"regex_ci_ranges=lucene", "s regex~ \"[A-Z][a-z]{2}.exe\"", true},
        {"qmark_wildcard=off", "s : \"foo?exe\"", false},
        {"qmark_wildcard=off", "s : \"foo*exe\"", true},
        {"coerce=off", "n == \"5\"", false},
        {"coerce=off", "n : \"5\"", false},
        {"coerce=off", "o.k in (1, 2)", true},
        {"coerce=off", "o.k in (1, 3)", false},
        {"string_case=insensitive", "s == \"foo.exe\"", true},
        {"string_case=insensitive", "s == concat(\"foo\", \".exe\")", true},
        {"string_case=insensitive", "s in (\"foo.exe\")", true},
        {"string_case=insensitive", "s >= \"foo.exe\"", true},
        {"string_case=insensitive", "startsWith(s, \"fOO\")", true},
        {"null_logic=kleene", "not (zz > 1)", false},
        {"null_logic=kleene", "zz == null", true},
        {"null_logic=kleene", "not (zz == 1 and n == 4)", true},
        {"null_logic=kleene", "arraySearch(l, $v, not $v.zz == 1)", false},
        {"array_length=count", "length(a) == 2", true},
        {"int_division=floor", "-n / 2 == -3", true},
        {"search_null=false null_logic=kleene",
         "not cidrMatch(zz, \"10.0.0.0/8\")", true},
        {"null_logic=kleene", "not cidrMatch(zz, \"10.0.0.0/8\")", false},
        {"eq_wildcard=on", "s == \"foo*\"", true},
        {"eq_wildcard=on", "s in (\"foo*\")", true},
        {"eq_wildcard=on null_logic=kleene", "n not in (\"foo*\")", true},
        {"eq_wildcard=on null_logic=kleene", "b not in (\"f*\", \"g\")", true},
        {"eq_wildcard=on null_logic=kleene", "zz not in (\"foo*\")", false},
        {"eq_wildcard=on null_logic=kleene", "n != \"foo*\"", false},
        {"multi_value=opaque", "a == \"x\"", false},
        {"multi_value=opaque", "a != null", true},
        {"multi_value=opaque", "a[0] == \"x\"", true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (condition_holds(EQL_DIALECT_ELASTIC, cases[i].tweaks,
                            cases[i].condition) != cases[i].holds)
            fail_msg("%s: %s: not %d", cases[i].tweaks, cases[i].condition,
                     cases[i].holds);
    }
}

/* A date in a list is an instant, whatever stands before `in`
 * (language 15.1). */
static void
test_conditions_of_dates_in_lists(void **state)
{
    static const condition_case cases[] = {
        {"at in (event.start)", true},
        {"at in~ (zz, event.start)", true},
        {"at in (event.end)", false},
        {"s in (event.start, \"Foo.EXE\")", true},
        {"s in~ (event.end)", false},
        {"(s in~ (event.end)) == null", true},
        {"(event.end in (at)) == null", true},
        {"(at in (event.start, event.end)) == null", false},
    };
    eql_compile_settings settings = eql_compile_settings_default();

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        if (condition_holds_as(settings, NULL, cases[i].condition) !=
            cases[i].holds)
            fail_msg("%s: not %d", cases[i].condition, cases[i].holds);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions_of_elastic),
        cmocka_unit_test(test_conditions_of_endgame),
        cmocka_unit_test(test_conditions_of_single_flags),
        cmocka_unit_test(test_conditions_of_dates_in_lists),
    };

    return cmocka_run_group_tests_name("interp_language", tests, NULL, NULL);
}
