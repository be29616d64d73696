/* test_late.c -- late_events=drop: late by rule and key, in bounded memory. */
#include "tests/support/eql_test.h"
#include "vm/seq/late.h"

static eql_late_answer
ask(eql_late *l, uint32_t rule, const char *key, int64_t ns)
{
    return eql_late_ask(l, rule, eql_sv_cstr(key), ns);
}

static void
test_late_is_judged_by_rule_and_key(void **state)
{
    eql_late *l = eql_late_new(100000, 1);

    (void)state;
    assert_int_equal(ask(l, 0, "x", 10), EQL_LATE_NO);
    assert_int_equal(ask(l, 0, "x", 9), EQL_LATE_YES);
    assert_int_equal(ask(l, 0, "x", 10), EQL_LATE_NO); /* equal is not late */
    assert_int_equal(ask(l, 0, "y", 9), EQL_LATE_NO);
    assert_int_equal(ask(l, 1, "x", 9), EQL_LATE_NO);
    assert_int_equal(ask(l, 0, "x", 11), EQL_LATE_NO);
    assert_int_equal(ask(l, 0, "x", 10), EQL_LATE_YES);
    assert_int_equal(ask(l, 0, "", INT64_MAX), EQL_LATE_NO);
    assert_int_equal(ask(l, 0, "", INT64_MIN), EQL_LATE_YES);
    assert_int_equal(eql_late_evicted(l), 0);
    eql_late_free(l);
}

/* Bytes that n keys need. */
static uint64_t
bytes_of(unsigned n)
{
    eql_late *l = eql_late_new(1 << 20, 1);
    char key[16];
    uint64_t peak;

    for (unsigned i = 0; i < n; i++) {
        snprintf(key, sizeof key, "k%03u", i);
        assert_int_equal(ask(l, 0, key, 10), EQL_LATE_NO);
    }
    peak = eql_late_peak(l);
    eql_late_free(l);
    return peak;
}

/* The budget of n keys holds n; one more costs the one not used longest. */
static void
test_late_is_bounded(void **state)
{
    eql_late *l = eql_late_new(bytes_of(10), 1);
    char key[16];

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        snprintf(key, sizeof key, "k%03u", i);
        assert_int_equal(ask(l, 0, key, 10), EQL_LATE_NO);
    }
    assert_int_equal(eql_late_evicted(l), 0);
    assert_int_equal(ask(l, 0, "k000", 9), EQL_LATE_YES); /* used */
    assert_int_equal(ask(l, 0, "k010", 10), EQL_LATE_NO);
    assert_int_equal(eql_late_evicted(l), 1);
    assert_int_equal(ask(l, 0, "k000", 9), EQL_LATE_YES);
    assert_int_equal(ask(l, 0, "k002", 9), EQL_LATE_YES);
    assert_int_equal(ask(l, 0, "k001", 9), EQL_LATE_NO); /* forgotten */
    assert_true(eql_late_peak(l) <= bytes_of(10));
    eql_late_free(l);
}

/* Nothing fits: nothing is late, and every key is counted. */
static void
test_late_without_room(void **state)
{
    eql_late *l = eql_late_new(1, 1);

    (void)state;
    assert_int_equal(ask(l, 0, "x", 10), EQL_LATE_NO);
    assert_int_equal(ask(l, 0, "x", 9), EQL_LATE_NO);
    assert_int_equal(eql_late_evicted(l), 2);
    eql_late_free(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_is_judged_by_rule_and_key),
        cmocka_unit_test(test_late_is_bounded),
        cmocka_unit_test(test_late_without_room),
    };

    return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
