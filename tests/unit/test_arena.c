/* test_arena.c -- the bump allocator: zeroing, alignment, cap, reset. */
#include "tests/support/eql_test.h"

#include "base/arena.h"

static void
test_alloc_is_zeroed_and_aligned(void **state)
{
    eql_arena *a = eql_arena_new(0);

    (void)state;
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = eql_arena_alloc(a, n);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
    }
    assert_false(eql_arena_failed(a));
    eql_arena_free(a);
}

static void
test_alloc_zero_bytes_is_unique(void **state)
{
    eql_arena *a = eql_arena_new(0);

    (void)state;
    assert_ptr_not_equal(eql_arena_alloc(a, 0), eql_arena_alloc(a, 0));
    eql_arena_free(a);
}

static void
test_cap_is_sticky(void **state)
{
    eql_arena *a = eql_arena_new(10000);

    (void)state;
    assert_non_null(eql_arena_alloc(a, 9000));
    assert_null(eql_arena_alloc(a, 9000));
    assert_true(eql_arena_failed(a));
    assert_null(eql_arena_alloc(a, 1));
    assert_null(eql_arena_dup(a, eql_sv_cstr("x")).p);
    assert_null(eql_arena_printf(a, "%d", 1).p);
    eql_arena_free(a);
}

static void
test_array_overflow_fails(void **state)
{
    eql_arena *a = eql_arena_new(0);

    (void)state;
    assert_null(eql_arena_array(a, SIZE_MAX / 2, 3));
    assert_true(eql_arena_failed(a));
    eql_arena_reset(a);
    assert_null(eql_arena_alloc(a, SIZE_MAX - 3));
    assert_true(eql_arena_failed(a));
    eql_arena_free(a);
}

static void
test_reset_reuses_memory(void **state)
{
    /* Without reuse the second round would hit the cap. */
    eql_arena *a = eql_arena_new(100000);

    (void)state;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 60; i++)
            assert_non_null(eql_arena_alloc(a, 1000));
        assert_true(eql_arena_used(a) >= 60000);
        eql_arena_reset(a);
        assert_int_equal(eql_arena_used(a), 0);
    }
    eql_arena_free(a);
}

static void
test_dup_and_printf_copy(void **state)
{
    eql_arena *a = eql_arena_new(0);
    eql_strview s = eql_arena_dup(a, eql_sv("a\0b", 3));
    eql_strview t = eql_arena_printf(a, "%s-%d", "x", 7);

    (void)state;
    assert_true(eql_sv_eq(s, eql_sv("a\0b", 3)));
    assert_int_equal(s.p[3], '\0');
    assert_true(eql_sv_is(t, "x-7"));
    assert_true(eql_sv_is(eql_arena_dup(a, eql_sv(NULL, 0)), ""));
    eql_arena_free(a);
    eql_arena_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_and_aligned),
        cmocka_unit_test(test_alloc_zero_bytes_is_unique),
        cmocka_unit_test(test_cap_is_sticky),
        cmocka_unit_test(test_array_overflow_fails),
        cmocka_unit_test(test_reset_reuses_memory),
        cmocka_unit_test(test_dup_and_printf_copy),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
