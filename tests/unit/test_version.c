/* test_version.c -- the order of software versions. */
#include "tests/support/eql_test.h"

#include "vm/eval/version.h"

static int
order(const char *a, const char *b, eql_case how)
{
    int c = eql_version_compare(how, eql_sv_cstr(a), eql_sv_cstr(b));

    return (c > 0) - (c < 0);
}

/* Each before all that follow it. */
static void
test_order(void **state)
{
    static const char *const ascending[] = {
        "0",
        "0.0.4",
        "1-rc", /* before 1, and 1 before 1.0 */
        "1",
        "1.0-alpha",
        "1.0",
        "1.0.0-0",
        "1.0.0-2",
        "1.0.0-11",
        "1.0.0-alpha",
        "1.0.0-alpha+build",
        "1.0.0-alpha-x",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-alpha0",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-beta11",
        "1.0.0-beta2",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.0+a",
        "1.0.0+b",
        "1.0.0.0",
        "1.0.0.0.0.0.0.0.0.1",
        "1.2.4-SNAPSHOT",
        "1.2.4",
        "1.5.0",
        "1.11.3",
        "2.0.0",
        "11.0.0",
        "9999999999999999999999",
        "99999999999999999999999.1",
        "", /* and none of these is one */
        "+meta",
        "-1.0",
        "01.1",
        "1.0.0+",
        "1.0.0-",
        "1.0.0-01",
        "1.0.0-a..b",
        "1.0.0-a_b",
        "1.01",
        "1.invalid",
        "1..2",
        "bad",
        "v1.2",
        "\xC3\xA9",
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(ascending); i++)
        for (size_t k = 0; k < EQL_COUNTOF(ascending); k++) {
            const char *a = ascending[i], *b = ascending[k];
            int want = i < k ? -1 : i > k;

            if (i >= 35 && k >= 35)
                continue; /* by text: test_no_versions */
            if (order(a, b, EQL_CASE_EXACT) != want)
                fail_msg("%s and %s: %d, not %d", a, b,
                         order(a, b, EQL_CASE_EXACT), want);
        }
}

static void
test_no_versions(void **state)
{
    (void)state;
    assert_int_equal(order("", "+meta", EQL_CASE_EXACT), -1);
    assert_int_equal(order("1.0.0+", "1.0.0-", EQL_CASE_EXACT), -1);
    assert_int_equal(order("10.x", "9.x", EQL_CASE_EXACT), -1);
    assert_int_equal(order("bad", "BAD", EQL_CASE_EXACT), 1);
    assert_int_equal(order("bad", "BAD", EQL_CASE_UNICODE), 0);
    assert_int_equal(order("1-rc", "1-RC", EQL_CASE_EXACT), 1);
    assert_int_equal(order("1-rc", "1-RC", EQL_CASE_UNICODE), 0);
    assert_int_equal(order("1+b", "1+B", EQL_CASE_UNICODE), 0);
}

/* 32 identifiers are one, 33 are none. */
static void
test_limit(void **state)
{
    char text[2 * (EQL_MAX_VERSION_IDENTIFIERS + 1)];

    (void)state;
    memset(text, '1', sizeof text);
    for (size_t i = 1; i < sizeof text; i += 2)
        text[i] = '.';
    text[sizeof text - 3] = '\0';
    assert_int_equal(order(text, "2", EQL_CASE_EXACT), -1);
    text[sizeof text - 3] = '.';
    text[sizeof text - 1] = '\0';
    assert_int_equal(order(text, "2", EQL_CASE_EXACT), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_no_versions),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests_name("version", tests, NULL, NULL);
}
