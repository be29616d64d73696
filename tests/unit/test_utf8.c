/* test_utf8.c -- decoding, encoding and checking of UTF-8. */
#include "tests/support/eql_test.h"

#include "base/text.h"

static void
test_every_scalar_round_trips(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char out[4];
        size_t n, m;

        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        n = eql_utf8_encode(cp, out);
        if (eql_utf8_decode(out, n, &m) != cp || m != n ||
            !eql_utf8_valid(eql_sv(out, n)))
            fail_msg("U+%04X does not round trip", cp);
    }
}

static void
test_bad_input_is_replaced(void **state)
{
    static const struct {
        const char *label, *in;
    } cases[] = {
        {"lone continuation", "\x80"},
        {"overlong slash", "\xc0\xaf"},
        {"overlong three", "\xe0\x80\xaf"},
        {"overlong four", "\xf0\x80\x80\xaf"},
        {"surrogate", "\xed\xa0\x80"},
        {"above the last", "\xf4\x90\x80\x80"},
        {"lead f5", "\xf5\x80\x80\x80"},
        {"cut after lead", "\xe2"},
        {"cut in the middle", "\xf0\x9f\x98"},
        {"ascii as continuation", "\xc3\x28"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_strview s = eql_sv_cstr(cases[i].in);
        size_t n;

        if (eql_utf8_decode(s.p, s.len, &n) != 0xFFFD || n != 1 ||
            eql_utf8_valid(s))
            fail_msg("%s: taken as valid", cases[i].label);
    }
}

static void
test_valid_prefix_stops_at_first_bad_byte(void **state)
{
    static const struct {
        const char *in;
        size_t want;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"0123456789abcdef\xff", 16},
        {"0123456\xc3\xa9!", 10},
        {"a\xc3\xa9\xc3", 3},
        {"\xff", 0},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        assert_int_equal(eql_utf8_valid_prefix(eql_sv_cstr(cases[i].in)),
                         cases[i].want);
    assert_true(eql_utf8_valid(eql_sv(NULL, 0)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scalar_round_trips),
        cmocka_unit_test(test_bad_input_is_replaced),
        cmocka_unit_test(test_valid_prefix_stops_at_first_bad_byte),
    };

    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
