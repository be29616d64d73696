/* test_time.c -- ISO-8601 times both ways, calendar corners, range. */
#include "tests/support/eql_test.h"

#include "base/text.h"

#define S INT64_C(1000000000)

static void
test_times_parse(void **state)
{
    static const struct {
        const char *in;
        int64_t want;
    } cases[] = {
        {"1970-01-01T00:00Z", 0},
        {"1970-01-01T00:00", 0},
        {"1970-01-01 00:00:01", S},
        {"1970-01-01T00:00:00.000000001Z", 1},
        {"1970-01-01T00:00:00.5Z", S / 2},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1970-01-01T01:00:00+0100", 0},
        {"1969-12-31T23:59:59.25Z", -S * 3 / 4},
        {"1969-12-31T18:30-0530", 0},
        {"2020-09-20T21:09:11.327Z", 1600636151327000000},
        {"2000-02-29T00:00Z", 951782400 * S},
        {"2016-12-31T23:59:60Z", 1483228800 * S},
        {"1677-09-21T00:12:43.145224192Z", INT64_MIN},
        {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        int64_t ns = 42;

        if (!eql_time_parse(eql_sv_cstr(cases[i].in), &ns) ||
            ns != cases[i].want)
            fail_msg("%s: got %lld", cases[i].in, (long long)ns);
    }
}

static void
test_non_times_are_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "2020",
        "2020-09-20",
        "2020-09-20T21",
        "2020-09-20T21:09:",
        "2020-09-20T21:09:11.",
        "2020-09-20T21:09:11.1234567890Z",
        "2020-09-20T21:09:11X",
        "2020-09-20T21:09:11Z ",
        "2020-09-20T21:09:11+1",
        "2020-09-20T21:09:11+01:60",
        "2020-09-20T21:09:11+24:00",
        "2020-13-20T21:09Z",
        "2020-00-20T21:09Z",
        "2020-09-31T21:09Z",
        "2021-02-29T21:09Z",
        "1900-02-29T21:09Z",
        "2020-09-20T24:00Z",
        "2020-09-20T23:60Z",
        "2020-09-20T23:59:61Z",
        "2020-9-20T21:09Z",
        "20-09-20T21:09Z",
        "2020/09/20T21:09Z",
        "2262-04-11T23:47:16.854775808Z",
        "1677-09-21T00:12:43.145224191Z",
        "9999-01-01T00:00Z",
        "0000-01-01T00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        int64_t ns;

        if (eql_time_parse(eql_sv_cstr(cases[i]), &ns))
            fail_msg("\"%s\" was taken as a time", cases[i]);
    }
}

/* With what was parsed before in mind, whatever that was, the same comes out.
 */
static void
test_times_after_times(void **state)
{
    static const char *const texts[] = {
        "2020-09-20T21:09:11.327Z",
        "2020-09-20T21:09:11Z",
        "2020-09-20T21:09:59.999999999Z",
        "2020-09-20T21:09:60Z",
        "2020-09-20T21:09:61Z",
        "2020-09-20T21:09Z",
        "2020-09-20T21:09:11",
        "2020-09-20T21:09:11.Z",
        "2020-09-20T21:09:11.1234567890Z",
        "2020-09-20T21:09:11ZZ",
        "2020-09-20T21:09:11.5+01:00",
        "2020-09-20T21:09:11-0130Z",
        "2020-09-20T21:09:1Z",
        "2020-09-20T21:09-11.327Z",
        "2020-09-20T21:09+01:00:11Z",
        "2020-09-20 21:09:11.327Z",
        "2020-09-20T21:10:11.327Z",
        "2020-09-31T21:09:11.327Z",
        "1677-09-21T00:12:43.145224192Z",
        "1677-09-21T00:12:43.145224191Z",
        "1677-09-21T00:13:43.145224191Z",
        "2262-04-11T23:47:16.854775807Z",
        "2262-04-11T23:47:16.854775808Z",
        "2262-04-11T23:46:59.854775808Z",
        "",
    };
    const size_t n = EQL_COUNTOF(texts);

    (void)state;
    for (size_t i = 0; i < n * n; i++) {
        eql_time_memo m = {0};
        int64_t want = 42, got = 42, ignored;
        eql_strview s = eql_sv_cstr(texts[i / n]);
        bool ok = eql_time_parse(s, &want);

        (void)eql_time_parse_next(&m, eql_sv_cstr(texts[i % n]), &ignored);
        for (int k = 0; k < 2; k++)
            if (eql_time_parse_next(&m, s, &got) != ok || (ok && got != want))
                fail_msg("%s after %s: got %lld", texts[i / n], texts[i % n],
                         (long long)got);
    }
}

static void
test_times_format(void **state)
{
    static const struct {
        int64_t ns;
        const char *want;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.000000001Z"},
        {1000, "1970-01-01T00:00:00.000001Z"},
        {-1000000, "1969-12-31T23:59:59.999Z"},
        {1600636151327000000, "2020-09-20T21:09:11.327Z"},
        {951782400 * S, "2000-02-29T00:00:00.000Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
    };
    char buf[40];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        size_t n = eql_time_format(cases[i].ns, buf);

        if (!eql_sv_is(eql_sv(buf, n), cases[i].want))
            fail_msg("got %.*s, want %s", (int)n, buf, cases[i].want);
    }
}

static void
test_every_day_round_trips(void **state)
{
    char buf[40];

    (void)state;
    for (int64_t day = -106750; day <= 106750; day++) {
        int64_t ns = day * 86400 * S + 12345, back = 0;
        size_t n = eql_time_format(ns, buf);

        if (!eql_time_parse(eql_sv(buf, n), &back) || back != ns)
            fail_msg("day %lld: %.*s", (long long)day, (int)n, buf);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_parse),
        cmocka_unit_test(test_non_times_are_refused),
        cmocka_unit_test(test_times_after_times),
        cmocka_unit_test(test_times_format),
        cmocka_unit_test(test_every_day_round_trips),
    };

    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
