/* test_number.c -- numbers as text both ways, and mixed comparison. */
#include "tests/support/eql_test.h"

#include <locale.h>
#include <math.h>

#include "base/text.h"

static void
test_integers_parse(void **state)
{
    static const struct {
        const char *in;
        int64_t want;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"+7", 7},
        {"007", 7},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bool is_int = false;
        int64_t v = 99;
        double d;

        if (!eql_parse_number(eql_sv_cstr(cases[i].in), &is_int, &v, &d) ||
            !is_int || v != cases[i].want)
            fail_msg("%s: got %lld", cases[i].in, (long long)v);
    }
}

static void
test_doubles_parse(void **state)
{
    static const struct {
        const char *in;
        double want;
    } cases[] = {
        {"1.5", 1.5},
        {"1.", 1.0},
        {".5", 0.5},
        {"-2.50", -2.5},
        {"1e3", 1000.0},
        {"1E+3", 1000.0},
        {"4.5e-3", 0.0045},
        {"9223372036854775808", 9223372036854775808.0},
        {"-9223372036854775809", -9223372036854775808.0},
        {"0.1", 0.1},
        {"1e-400", 0.0},
        {"1.7976931348623157e308", 1.7976931348623157e308},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bool is_int = true;
        int64_t v;
        double d = 99;

        if (!eql_parse_number(eql_sv_cstr(cases[i].in), &is_int, &v, &d) ||
            is_int || d != cases[i].want)
            fail_msg("%s: got %g", cases[i].in, d);
    }
}

static void
test_non_numbers_are_refused(void **state)
{
    static const char *const cases[] = {
        "",    "-",     "+",    ".",     "e5",  "1e",  "1e+",
        " 1",  "1 ",    "1,5",  "0x1",   "inf", "nan", "1e999",
        "--1", "1.5.2", "1f",   "1e5.0", "-.",  "+-1", "1_0",
        "1\n", "NaN",   "-inf", "1d0",   "1p3", "1e ", "",
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bool is_int;
        int64_t v;
        double d;

        if (eql_parse_number(eql_sv_cstr(cases[i]), &is_int, &v, &d))
            fail_msg("\"%s\" was taken as a number", cases[i]);
    }
}

static void
test_long_digits_parse(void **state)
{
    char text[5001];
    bool is_int = true;
    int64_t v;
    double d = 0;

    (void)state;
    memset(text, '0', sizeof text);
    text[1] = '.';
    text[5000] = '1';
    assert_true(eql_parse_number(eql_sv(text, sizeof text), &is_int, &v, &d));
    assert_false(is_int);
    assert_true(d == 0.0);
}

static void
test_doubles_format_shortest(void **state)
{
    static const struct {
        double in;
        const char *want;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {2.0, "2.0"},
        {-2.5, "-2.5"},
        {100.0, "100.0"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e10, "1e10"},
        {1234567.0, "1234567.0"},
        {12345678.0, "1.2345678e7"},
        {0.001, "0.001"},
        {0.0001, "1e-4"},
        {123.456, "123.456"},
        {1e-300, "1e-300"},
        {-1.7976931348623157e308, "-1.7976931348623157e308"},
        {5e-324, "5e-324"},
        {9007199254740993.0, "9.007199254740992e15"},
    };
    char buf[32];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        size_t n = eql_format_double(cases[i].in, buf);

        if (!eql_sv_is(eql_sv(buf, n), cases[i].want))
            fail_msg("got %.*s, want %s", (int)n, buf, cases[i].want);
    }
}

static void
test_doubles_round_trip(void **state)
{
    uint64_t x = 88172645463325252u;
    char buf[32];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        double d, back = 0;
        bool is_int = true;
        int64_t v;
        size_t n;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        memcpy(&d, &x, sizeof d);
        if (!isfinite(d))
            continue;
        n = eql_format_double(d, buf);
        assert_true(n < 32);
        assert_true(eql_parse_number(eql_sv(buf, n), &is_int, &v, &back));
        assert_false(is_int);
        assert_true(back == d);
    }
}

static void
test_locale_does_not_matter(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE",
                                        "fr_FR"};
    char buf[32];
    bool is_int, found = false;
    int64_t v;
    double d = 0;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(names) && !found; i++)
        found = setlocale(LC_NUMERIC, names[i]) != NULL;
    assert_true(eql_parse_number(eql_sv_cstr("1.5"), &is_int, &v, &d));
    assert_true(d == 1.5);
    assert_false(eql_parse_number(eql_sv_cstr("1,5"), &is_int, &v, &d));
    assert_true(eql_sv_is(eql_sv(buf, eql_format_double(1.5, buf)), "1.5"));
    setlocale(LC_NUMERIC, "C");
    if (!found)
        print_message("no locale with a decimal comma here: C only\n");
}

static void
test_integers_format(void **state)
{
    char buf[32];

    (void)state;
    assert_true(eql_sv_is(eql_sv(buf, eql_format_int(INT64_MIN, buf)),
                          "-9223372036854775808"));
    assert_true(eql_sv_is(eql_sv(buf, eql_format_int(0, buf)), "0"));
}

static void
test_int_with_double_is_exact(void **state)
{
    static const struct {
        int64_t i;
        double d;
        int want;
    } cases[] = {
        {1, 1.0, 0},
        {1, 1.5, -1},
        {2, 1.5, 1},
        {-1, -1.5, 1},
        {-2, -1.5, -1},
        {0, -0.0, 0},
        {0, 5e-324, -1},
        {0, -5e-324, 1},
        {9007199254740993, 9007199254740992.0, 1},
        {INT64_MAX, 9223372036854775808.0, -1},
        {INT64_MAX, 9223372036854774784.0, 1},
        {INT64_MIN, -9223372036854775808.0, 0},
        {INT64_MIN, -9223372036854777856.0, 1},
        {5, 1e300, -1},
        {5, -1e300, 1},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        int got = eql_cmp_int_double(cases[i].i, cases[i].d);

        if ((got > 0) - (got < 0) != cases[i].want)
            fail_msg("%lld with %.17g: got %d", (long long)cases[i].i,
                     cases[i].d, got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers_parse),
        cmocka_unit_test(test_doubles_parse),
        cmocka_unit_test(test_non_numbers_are_refused),
        cmocka_unit_test(test_long_digits_parse),
        cmocka_unit_test(test_doubles_format_shortest),
        cmocka_unit_test(test_doubles_round_trip),
        cmocka_unit_test(test_locale_does_not_matter),
        cmocka_unit_test(test_integers_format),
        cmocka_unit_test(test_int_with_double_is_exact),
    };

    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
