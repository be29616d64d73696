/* test_idset.c -- alert ids of one run: how often each was there before. */
#include "tests/support/eql_test.h"

#include "api/alert.h"

static void
test_counts_each_id(void **state)
{
    eql_idset s = {0};
    uint64_t before;

    (void)state;
    /* One id nearly always, others between; also the id that marks a free
     * slot. */
    for (uint64_t i = 0; i < 100000; i++) {
        eql_h128 one = {0, 0}, other = {i + 1, i * i};

        assert_true(eql_idset_take(&s, one, &before));
        assert_int_equal(before, i);
        if (i % 100 == 0) {
            assert_true(eql_idset_take(&s, other, &before));
            assert_int_equal(before, 0);
        }
    }
    for (uint64_t i = 0; i < 100000; i += 100) {
        eql_h128 other = {i + 1, i * i};

        assert_true(eql_idset_take(&s, other, &before));
        assert_int_equal(before, 1);
    }
    assert_int_equal(s.n, 102000);
    assert_true(s.cap <= 262144);
    eql_idset_free(&s);
}

static void
test_ids_that_share_a_slot(void **state)
{
    eql_idset s = {0};
    uint64_t before;

    (void)state;
    for (uint64_t round = 0; round < 3; round++)
        for (uint64_t i = 1; i <= 300; i++) {
            assert_true(eql_idset_take(&s, (eql_h128){i, 7}, &before));
            assert_int_equal(before, round);
        }
    eql_idset_free(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_each_id),
        cmocka_unit_test(test_ids_that_share_a_slot),
    };

    return cmocka_run_group_tests_name("idset", tests, NULL, NULL);
}
