/* test_answer_cache.c -- what is remembered of values, and what is forgotten. */
#include "vm/index/answer_cache.h"

#include "tests/support/eql_test.h"

#define BUCKET 5u /* values in 64 bytes */

static eql_h128
tag(uint64_t i)
{
    return (eql_h128){.hi = i + 1, .lo = 0}; /* all in one bucket */
}

static const eql_answer *
add(eql_answer_cache *m, uint64_t i, uint32_t mark)
{
    const uint32_t stages[] = {(uint32_t)i, (uint32_t)i + 7};
    eql_answer a = {.n = 2, .stages = stages};

    a.marks.w[mark / 64] |= UINT64_C(1) << mark % 64;
    return eql_answer_cache_add(m, tag(i), &a);
}

static void
test_memo_answers(void **state)
{
    eql_answer_cache *m = eql_answer_cache_new(64, 1 << 16);
    const eql_answer *a;

    (void)state;
    assert_non_null(m);
    eql_answer_cache_begin(m);
    assert_null(eql_answer_cache_find(m, tag(3)));
    a = add(m, 3, 200);
    assert_non_null(a);
    assert_ptr_equal(eql_answer_cache_find(m, tag(3)), a);
    assert_int_equal(a->n, 2);
    assert_int_equal(a->stages[0], 3);
    assert_int_equal(a->stages[1], 10);
    assert_true(a->marks.w[3] == UINT64_C(1) << 8);
    /* Another bucket's value of the same tag is not it. */
    assert_null(eql_answer_cache_find(m, tag(4)));
    eql_answer_cache_free(m);
}

/* A bucket keeps the last five; which of them is asked for does not matter. */
static void
test_memo_bucket(void **state)
{
    eql_answer_cache *m = eql_answer_cache_new(64, 1 << 16);

    (void)state;
    for (uint64_t i = 0; i < BUCKET; i++)
        assert_non_null(add(m, i, 0));
    for (uint64_t i = 0; i < BUCKET; i++)
        assert_non_null(eql_answer_cache_find(m, tag(i)));
    assert_non_null(add(m, BUCKET, 0));
    assert_null(eql_answer_cache_find(m, tag(0)));
    for (uint64_t i = 1; i <= BUCKET; i++)
        assert_int_equal(eql_answer_cache_find(m, tag(i))->stages[0], i);
    eql_answer_cache_free(m);
}

static void
test_memo_equal_answers_are_one(void **state)
{
    eql_answer_cache *m = eql_answer_cache_new(1 << 12, 1 << 16);
    eql_answer none = {.n = 0};
    const eql_answer *first = eql_answer_cache_add(m, tag(0), &none), *second;

    (void)state;
    second = eql_answer_cache_add(m, tag(1), &none);
    assert_ptr_equal(first, second);
    none.marks.w[0] = 1;
    assert_ptr_not_equal(eql_answer_cache_add(m, tag(2), &none), first);
    eql_answer_cache_free(m);
}

/* The table grows with what it holds, up to its limit: then values push out
 * older ones. */
static void
test_memo_grows(void **state)
{
    enum { LEAST = EQL_ANSWER_CACHE_FIRST_BYTES / 64 * BUCKET };
    eql_answer none = {.n = 0};

    (void)state;
    for (unsigned times = 1; times <= 16; times *= 4) {
        eql_answer_cache *m =
            eql_answer_cache_new(times * EQL_ANSWER_CACHE_FIRST_BYTES, 1 << 16);
        eql_h128 *tags = calloc(64 * LEAST, sizeof *tags);
        unsigned kept = 0;

        assert_true(m && tags);
        for (unsigned i = 0; i < 64 * LEAST; i++) {
            tags[i] = eql_hash128(&i, sizeof i);
            assert_non_null(eql_answer_cache_add(m, tags[i], &none));
            assert_non_null(eql_answer_cache_find(m, tags[i]));
        }
        for (unsigned i = 0; i < 64 * LEAST; i++)
            kept += eql_answer_cache_find(m, tags[i]) != NULL;
        assert_true(kept <= times * LEAST);
        assert_true(kept > times * LEAST * 3 / 4);
        free(tags);
        eql_answer_cache_free(m);
    }
}

/* A value is known by more than what chooses its bucket. */
static void
test_memo_tags(void **state)
{
    eql_answer_cache *m = eql_answer_cache_new(1 << 20, 1 << 16);
    eql_h128 t = {.hi = 5, .lo = 7};
    eql_answer none = {.n = 0};

    (void)state;
    assert_non_null(eql_answer_cache_add(m, t, &none));
    for (unsigned bit = 0; bit < 80; bit++) {
        eql_h128 other = t;

        if (bit < 64)
            other.hi ^= UINT64_C(1) << bit;
        else
            other.lo ^= UINT64_C(1) << (bit - 64);
        assert_null(eql_answer_cache_find(m, other));
    }
    eql_answer_cache_free(m);
}

/* Answers that were given stay until the next event, even when there are too
 * many. */
static void
test_memo_forgets(void **state)
{
    size_t room = 0;

    (void)state;
    for (int round = 0; round < 2; round++) {
        eql_answer_cache *m =
            eql_answer_cache_new(1 << 16, round ? room - 1 : 1 << 20);
        const eql_answer *a[64];

        for (uint64_t i = 0; i < EQL_COUNTOF(a); i++)
            assert_non_null(a[i] = add(m, i, 0));
        for (uint64_t i = 0; i < EQL_COUNTOF(a); i++)
            assert_int_equal(a[i]->stages[0], i);
        if (round == 0)
            room = 2 * EQL_COUNTOF(a) * (sizeof *a[0] + 8);
        eql_answer_cache_begin(m);
        assert_int_equal(eql_answer_cache_forgotten(m), round);
        assert_int_equal(eql_answer_cache_find(m, tag(63)) == NULL, round);
        assert_non_null(add(m, 5, 0));
        assert_int_equal(eql_answer_cache_find(m, tag(5))->stages[0], 5);
        eql_answer_cache_free(m);
        if (round == 0) { /* exactly enough is enough */
            m = eql_answer_cache_new(1 << 16, room);
            for (uint64_t i = 0; i < EQL_COUNTOF(a); i++)
                add(m, i, 0);
            eql_answer_cache_begin(m);
            assert_int_equal(eql_answer_cache_forgotten(m), 0);
            eql_answer_cache_free(m);
        }
    }
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_memo_answers),
        cmocka_unit_test(test_memo_bucket),
        cmocka_unit_test(test_memo_equal_answers_are_one),
        cmocka_unit_test(test_memo_grows),
        cmocka_unit_test(test_memo_tags),
        cmocka_unit_test(test_memo_forgets),
    };

    return cmocka_run_group_tests_name("answer_cache", all, NULL, NULL);
}
