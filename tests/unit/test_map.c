/* test_map.c -- the map against many keys, odd keys and overwriting. */
#include "tests/support/eql_test.h"

#include "base/map.h"

static void
test_put_then_get(void **state)
{
    eql_map *m = eql_map_new();
    char key[32];

    (void)state;
    assert_int_equal(eql_map_get(m, "x", 1), EQL_NONE);
    for (uint32_t i = 0; i < 20000; i++) {
        int n = snprintf(key, sizeof key, "key-%u", i * 7919u);

        assert_true(eql_map_put(m, key, (size_t)n, i));
    }
    assert_int_equal(eql_map_count(m), 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        int n = snprintf(key, sizeof key, "key-%u", i * 7919u);

        assert_int_equal(eql_map_get(m, key, (size_t)n), i);
    }
    assert_int_equal(eql_map_get(m, "key-1", 5), EQL_NONE);
    eql_map_free(m);
    eql_map_free(NULL);
}

static void
test_put_overwrites(void **state)
{
    eql_map *m = eql_map_new();

    (void)state;
    assert_true(eql_map_put(m, "a", 1, 1));
    assert_true(eql_map_put(m, "a", 1, 2));
    assert_int_equal(eql_map_get(m, "a", 1), 2);
    assert_int_equal(eql_map_count(m), 1);
    eql_map_free(m);
}

static void
test_intern_keeps_the_first(void **state)
{
    eql_map *m = eql_map_new();

    (void)state;
    assert_int_equal(eql_map_intern(m, "a", 1, 7), 7);
    assert_int_equal(eql_map_intern(m, "b", 1, 8), 8);
    assert_int_equal(eql_map_intern(m, "a", 1, 9), 7);
    assert_int_equal(eql_map_get(m, "a", 1), 7);
    assert_int_equal(eql_map_count(m), 2);
    eql_map_free(m);
}

static void
test_keys_are_byte_strings(void **state)
{
    eql_map *m = eql_map_new();

    (void)state;
    assert_true(eql_map_put(m, "", 0, 10));
    assert_true(eql_map_put(m, "\0", 1, 11));
    assert_true(eql_map_put(m, "\0\0", 2, 12));
    assert_int_equal(eql_map_get(m, "", 0), 10);
    assert_int_equal(eql_map_get(m, "\0", 1), 11);
    assert_int_equal(eql_map_get(m, "\0\0", 2), 12);
    eql_map_free(m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_then_get),
        cmocka_unit_test(test_put_overwrites),
        cmocka_unit_test(test_intern_keeps_the_first),
        cmocka_unit_test(test_keys_are_byte_strings),
    };

    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
