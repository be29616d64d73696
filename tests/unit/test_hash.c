/* test_hash.c -- published SipHash vectors, and that the key matters.
 *
 * The 128-bit values may never change: alert identities are made of them. */
#include "tests/support/eql_test.h"

#include "base/hash.h"

static void
bytes_of(eql_h128 h, unsigned char out[16])
{
    for (int i = 0; i < 8; i++) {
        out[i] = (unsigned char)(h.lo >> (8 * i));
        out[8 + i] = (unsigned char)(h.hi >> (8 * i));
    }
}

static void
test_hash128_vectors(void **state)
{
    static const struct {
        size_t len; /* input is 00 01 02 ... */
        const char *want;
    } cases[] = {
        {0, "a3817f04ba25a8e66df67214c7550293"},
        {1, "da87c1d86b99af44347659119b22fc45"},
        {2, "8177228da4a45dc7fca38bdef60affe4"},
        {7, "a1f1ebbed8dbc153c0b84aa61ff08239"},
        {8, "3b62a9ba6258f5610f83e264f31497b4"},
        {15, "5493e99933b0a8117e08ec0f97cfc3d9"},
        {63, "5150d1772f50834a503e069a973fbd7c"},
    };
    unsigned char in[64], out[16];
    char text[33];

    (void)state;
    for (unsigned i = 0; i < 64; i++)
        in[i] = (unsigned char)i;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bytes_of(eql_hash128(in, cases[i].len), out);
        for (int k = 0; k < 16; k++)
            snprintf(text + 2 * k, 3, "%02x", out[k]);
        if (strcmp(text, cases[i].want) != 0)
            fail_msg("length %zu: got %s, want %s", cases[i].len, text,
                     cases[i].want);
    }
}

static void
test_hash64_depends_on_seed_and_every_byte(void **state)
{
    unsigned char in[40] = {0};
    uint64_t base = eql_hash64(1, in, sizeof in);

    (void)state;
    assert_true(base != eql_hash64(2, in, sizeof in));
    assert_true(base != eql_hash64(1, in, sizeof in - 1));
    for (size_t i = 0; i < sizeof in; i++) {
        in[i] = 1;
        assert_true(base != eql_hash64(1, in, sizeof in));
        in[i] = 0;
    }
    assert_true(base == eql_hash64(1, in, sizeof in));
}

static void
test_seeded_hash128_depends_on_seed_and_every_byte(void **state)
{
    unsigned char in[40] = {0};
    eql_h128 base = eql_hash128_seeded(1, in, sizeof in), h;

    (void)state;
    h = eql_hash128_seeded(2, in, sizeof in);
    assert_true(base.lo != h.lo && base.hi != h.hi && base.lo != base.hi);
    for (size_t i = 0; i < sizeof in; i++) {
        in[i] = 1;
        h = eql_hash128_seeded(1, in, sizeof in);
        assert_true(base.lo != h.lo && base.hi != h.hi);
        in[i] = 0;
    }
}

static void
test_hash64_spreads_low_bits(void **state)
{
    unsigned count[64] = {0};

    (void)state;
    for (uint32_t i = 0; i < 64000; i++)
        count[eql_hash64(42, &i, sizeof i) & 63]++;
    for (int i = 0; i < 64; i++)
        assert_in_range(count[i], 800, 1200);
}

static void
test_hash_check_depends_on_every_byte(void **state)
{
    unsigned char in[100] = {0};

    (void)state;
    for (size_t len = 0; len <= sizeof in; len++) {
        uint64_t base = eql_hash_check(in, len);

        if (len > 0)
            assert_true(base != eql_hash_check(in, len - 1));
        for (size_t i = 0; i < len; i++) {
            in[i] = 1;
            assert_true(base != eql_hash_check(in, len));
            in[i] = 0;
        }
        assert_true(base == eql_hash_check(in, len));
    }
}

static void
test_seeds_differ(void **state)
{
    (void)state;
    assert_true(eql_hash_seed() != eql_hash_seed());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash128_vectors),
        cmocka_unit_test(test_hash64_depends_on_seed_and_every_byte),
        cmocka_unit_test(test_seeded_hash128_depends_on_seed_and_every_byte),
        cmocka_unit_test(test_hash64_spreads_low_bits),
        cmocka_unit_test(test_hash_check_depends_on_every_byte),
        cmocka_unit_test(test_seeds_differ),
    };

    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
