/* test_keyed.c -- the keyed hash of memories: every byte, the length and the
 * number count, with and without AES instructions. */
#include "base/keyed.h"

#include "tests/support/eql_test.h"

#define LONGEST 70u

static bool
same(eql_h128 a, eql_h128 b)
{
    return a.hi == b.hi || a.lo == b.lo; /* half of it has to do */
}

/* Texts that stand alone in memory: sanitizers see what is read beside them. */
static eql_h128
hash_alone(const eql_hash_key *k, uint64_t number, const char *p, size_t len)
{
    char *alone = malloc(len ? len : 1);
    eql_h128 h;

    assert_non_null(alone);
    if (len > 0)
        memcpy(alone, p, len);
    h = eql_hash_keyed(k, number, alone, len);
    free(alone);
    return h;
}

static void
check_key(const eql_hash_key *k)
{
    char text[LONGEST];

    memset(text, 'a', sizeof text);
    for (size_t len = 0; len <= LONGEST; len++) {
        eql_h128 h = hash_alone(k, 1, text, len);

        assert_true(same(h, eql_hash_keyed(k, 1, text, len)));
        assert_false(same(h, hash_alone(k, 2, text, len)));
        for (size_t i = 0; i < len; i++) {
            assert_false(same(h, hash_alone(k, 1, text, i)));
            text[i] ^= 1;
            assert_false(same(h, hash_alone(k, 1, text, len)));
            text[i] ^= 1;
        }
    }
}

static int
cmp_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Short texts that differ in length, bytes and number alike: nothing in one may
 * make up for something in another. */
static void
check_short(const eql_hash_key *k)
{
    enum { NUMBERS = 4, TEXTS = 12000 };
    uint64_t *hi = calloc(NUMBERS * TEXTS, sizeof *hi);
    uint64_t *lo = calloc(NUMBERS * TEXTS, sizeof *lo);
    size_t n = 0;

    assert_non_null(hi);
    assert_non_null(lo);
    for (uint64_t number = 0; number < NUMBERS; number++) {
        for (int i = 0; i < TEXTS; i++) {
            char text[16];
            int len = snprintf(text, sizeof text, "%d", i);
            eql_h128 h = eql_hash_keyed(k, number, text, (size_t)len);

            hi[n] = h.hi;
            lo[n++] = h.lo;
        }
    }
    qsort(hi, n, sizeof *hi, cmp_u64);
    qsort(lo, n, sizeof *lo, cmp_u64);
    for (size_t i = 1; i < n; i++) {
        assert_true(hi[i] != hi[i - 1]);
        assert_true(lo[i] != lo[i - 1]);
    }
    free(hi);
    free(lo);
}

static void
test_keyed_short_texts(void **state)
{
    eql_hash_key k;

    (void)state;
    eql_hash_key_make(&k);
    check_short(&k);
    eql_hash_key_portable(&k);
    check_short(&k);
}

static void
test_keyed_counts_all(void **state)
{
    eql_hash_key k, other;

    (void)state;
    eql_hash_key_make(&k);
    check_key(&k);
    eql_hash_key_make(&other);
    assert_false(same(eql_hash_keyed(&k, 0, "abc", 3),
                      eql_hash_keyed(&other, 0, "abc", 3)));
    eql_hash_key_portable(&k);
    assert_false(k.aes);
    check_key(&k);
}

/* The texts end just before what may be read of them ends. */
static void
add_set(const eql_hash_key *k, eql_hash_sum *sum, const eql_hash_piece *pieces,
        uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        eql_hash_piece x = pieces[i];
        char *p = malloc(x.len + EQL_HASH_SLACK);

        assert_non_null(p);
        memcpy(p, x.p, x.len);
        memset(p + x.len, (int)random(), EQL_HASH_SLACK);
        x.p = p;
        eql_hash_sum_add(k, sum, &x, 1);
        free(p);
    }
}

static eql_h128
hash_set(const eql_hash_key *k, const eql_hash_piece *pieces, uint32_t n)
{
    eql_hash_sum sum = {{0}};

    add_set(k, &sum, pieces, n);
    return eql_hash_sum_end(k, &sum);
}

/* Sets of texts: their order does not count, everything else does. */
static void
check_sets(const eql_hash_key *k)
{
    static const eql_hash_piece sets[][3] = {
        {{1, 1, "a"}, {2, 1, "b"}, {3, 20, "abcdefghijklmnopqrst"}},
        {{1, 1, "b"}, {2, 1, "a"}, {3, 20, "abcdefghijklmnopqrst"}},
        {{2, 1, "b"}, {1, 1, "b"}, {4, 20, "abcdefghijklmnopqrst"}},
        {{1, 2, "ab"}, {2, 0, ""}, {3, 20, "abcdefghijklmnopqrst"}},
        {{1, 0, ""}, {2, 2, "ab"}, {3, 20, "abcdefghijklmnopqrst"}},
        {{1, 1, "a"}, {2, 1, "b"}, {3, 19, "abcdefghijklmnopqrst"}},
    };
    eql_h128 seen[EQL_COUNTOF(sets) * 4];
    size_t n = 0;

    for (size_t i = 0; i < EQL_COUNTOF(sets); i++) {
        const eql_hash_piece *s = sets[i], turned[] = {s[2], s[0], s[1]};

        for (uint32_t few = 2; few <= 3; few++)
            seen[n++] = hash_set(k, s, few);
        assert_true(same(seen[n - 1], hash_set(k, turned, 3)));
    }
    seen[n++] = hash_set(k, sets[0], 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t l = 0; l < i; l++) {
            /* The first and the last set begin with the same two. */
            if (i == 10 && l == 0)
                continue;
            assert_false(same(seen[i], seen[l]));
        }
    }
}

static void
test_keyed_sets(void **state)
{
    eql_hash_key k;

    (void)state;
    eql_hash_key_make(&k);
    check_sets(&k);
    eql_hash_key_portable(&k);
    check_sets(&k);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_keyed_counts_all),
        cmocka_unit_test(test_keyed_short_texts),
        cmocka_unit_test(test_keyed_sets),
    };

    return cmocka_run_group_tests_name("keyed", all, NULL, NULL);
}
