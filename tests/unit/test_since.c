/* test_since.c -- times as people write them: dates, how long ago, names of
 * days, from a given moment. */
#include "eqlvm/eqlvm.h"
#include "tests/support/eql_test.h"

#define S INT64_C(1000000000)
#define NOW (INT64_C(1600000000) * S + 123) /* 2020-09-13T12:26:40Z */
#define DAY (86400 * S)
#define MIDNIGHT (INT64_C(1599955200) * S)

static void
test_times_from_now(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        {"2020-09-01", INT64_C(1598918400) * S},
        {"2024-02-29", INT64_C(1709164800) * S},
        {"2020-09-01T12:00", INT64_C(1598961600) * S},
        {"2020-09-01 12:00", INT64_C(1598961600) * S},
        {"2020-09-01T12:00:00", INT64_C(1598961600) * S},
        {"2020-09-01T12:00:00Z", INT64_C(1598961600) * S},
        {"2020-09-01T12:00:00.5+02:00", INT64_C(1598954400) * S + S / 2},
        {"now", NOW},
        {"today", MIDNIGHT},
        {"yesterday", MIDNIGHT - DAY},
        {"90s", NOW - 90 * S},
        {"15m", NOW - 900 * S},
        {"2h", NOW - 7200 * S},
        {"2h ago", NOW - 7200 * S},
        {"3d", NOW - 3 * DAY},
        {"1w", NOW - 7 * DAY},
        {"1d12h", NOW - DAY - DAY / 2},
        {"0s", NOW},
        {"9223372036s", NOW - INT64_C(9223372036) * S},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        int64_t ns = -1;

        if (!eqlvm_time_parse_from(cases[i].text, NOW, &ns) ||
            ns != cases[i].ns)
            fail_msg("%s: %lld", cases[i].text, (long long)ns);
    }
}

static void
test_no_times(void **state)
{
    static const char *const cases[] = {
        "",           "noon",       "Today",       "tomorrow",     "h",
        "2",          "2x",         "2hours",      "-2h",          "2.5h",
        "2h 3m",      " 2h",        "2h ",         "ago",          " ago",
        "2hago",      "2020-02-30", "2020-9-1",    "2020-09-01T",  "2020-09",
        "01.09.2020", "2020/09/01", "9223372037s", "99999999999w", "1600000000",
        "2020-09-01Z"};
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        if (eqlvm_time_parse_from(cases[i], NOW, &ns))
            fail_msg("%s: %lld", cases[i], (long long)ns);
    assert_false(eqlvm_time_parse_from(NULL, NOW, &ns));
    assert_false(eqlvm_time_parse_from("now", NOW, NULL));
    assert_false(eqlvm_time_parse_from("1s", INT64_MIN, &ns));
    assert_false(eqlvm_time_parse_from("yesterday", INT64_MIN, &ns));
    assert_false(eqlvm_time_parse("2020-09-01", &ns)); /* stays strict */
}

/* Days begin at midnight before 1970, too. */
static void
test_days_before_1970(void **state)
{
    int64_t ns;

    (void)state;
    assert_true(eqlvm_time_parse_from("today", -1, &ns));
    assert_int_equal(ns, -DAY);
    assert_true(eqlvm_time_parse_from("today", -DAY, &ns));
    assert_int_equal(ns, -DAY);
    assert_true(eqlvm_time_parse_from("yesterday", 0, &ns));
    assert_int_equal(ns, -DAY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_from_now),
        cmocka_unit_test(test_no_times),
        cmocka_unit_test(test_days_before_1970),
    };

    return cmocka_run_group_tests_name("since", tests, NULL, NULL);
}
