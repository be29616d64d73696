/* test_fold.c -- simple case folding: what folds, and what must not. */
#include "tests/support/eql_test.h"

#include "base/text.h"

static void
test_code_points(void **state)
{
    static const struct {
        const char *label;
        uint32_t cp, want;
    } cases[] = {
        {"ascii", 'A', 'a'},
        {"at sign", '@', '@'},
        {"bracket", '[', '['},
        {"e acute", 0xC9, 0xE9},
        {"micro sign", 0xB5, 0x3BC},
        {"long s", 0x17F, 's'},
        {"Kelvin", 0x212A, 'k'},
        {"Angstrom", 0x212B, 0xE5},
        {"final sigma", 0x3C2, 0x3C3},
        {"capital sigma", 0x3A3, 0x3C3},
        {"sharp s", 0xDF, 0xDF},
        {"capital sharp s", 0x1E9E, 0xDF},
        {"dotted capital I", 0x130, 0x130},
        {"dotless i", 0x131, 0x131},
        {"ligature fi", 0xFB01, 0xFB01},
        {"ligature long s t", 0xFB05, 0xFB06},
        {"alpha with prosgegrammeni", 0x1F88, 0x1F80},
        {"omega with prosgegrammeni", 0x1FFC, 0x1FF3},
        {"iota dialytika tonos", 0x390, 0x390},
        {"Cyrillic", 0x416, 0x436},
        {"Cherokee small folds up", 0xAB70, 0x13A0},
        {"Deseret", 0x10400, 0x10428},
        {"Han", 0x4E2D, 0x4E2D},
        {"last", 0x10FFFF, 0x10FFFF},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        if (eql_fold_cp(cases[i].cp) != cases[i].want)
            fail_msg("%s: got U+%04X, want U+%04X", cases[i].label,
                     eql_fold_cp(cases[i].cp), cases[i].want);
}

static void
test_folding_is_idempotent(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++)
        if (eql_fold_cp(eql_fold_cp(cp)) != eql_fold_cp(cp))
            fail_msg("U+%04X folds twice", cp);
}

static void
test_strings(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"", "", true},
        {"CMD.exe", "cmd.EXE", true},
        {"\xe2\x84\xaa", "K", true}, /* Kelvin: other length in bytes */
        {"stra\xc3\x9f"
         "e",
         "STRASSE", false},
        {"stra\xc3\x9f"
         "e",
         "STRA\xe1\xba\x9e"
         "E",
         true},
        {"abc", "ab", false},
        {"ab", "abc", false},
        {"\xc3\x89", "\xc3\xa9", true},
        {"a", "b", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_strview a = eql_sv_cstr(cases[i].a), b = eql_sv_cstr(cases[i].b);
        eql_buf x = {0}, y = {0};

        eql_fold(&x, a);
        eql_fold(&y, b);
        if (eql_fold_eq(a, b) != cases[i].equal ||
            eql_sv_eq(eql_buf_sv(&x), eql_buf_sv(&y)) != cases[i].equal)
            fail_msg("\"%s\" and \"%s\": wrong verdict", cases[i].a,
                     cases[i].b);
        eql_buf_free(&x);
        eql_buf_free(&y);
    }
}

/* Whatever stands where: the same as code point by code point. */
static void
test_fold_every_place(void **state)
{
    static const char *const parts[] = {"A",
                                        "Z",
                                        "@",
                                        "[",
                                        "a",
                                        "z",
                                        "`",
                                        "{",
                                        "\x7F",
                                        "\xC3\x84",
                                        "\xE2\x84\xAA",
                                        "\xFF",
                                        "",
                                        "0"};
    uint32_t seed = 1;

    (void)state;
    for (uint32_t k = 0; k < 20000; k++) {
        eql_buf in = {0}, out = {0}, expect = {0};

        for (uint32_t n = k % 47; n > 0; n--) {
            seed = seed * 1664525u + 1013904223u;
            /* Mostly ASCII: runs of sixteen and more of it. */
            eql_buf_add_str(&in, parts[(seed >> 16) % (k % 2 ? 14 : 9)]);
        }
        for (size_t i = 0, n; i < in.len; i += n) {
            char enc[4];
            uint32_t cp = eql_utf8_decode(in.p + i, in.len - i, &n);

            eql_buf_add(&expect, enc, eql_utf8_encode(eql_fold_cp(cp), enc));
        }
        eql_fold(&out, eql_buf_sv(&in));
        assert_true(eql_sv_eq(eql_buf_sv(&out), eql_buf_sv(&expect)));
        assert_int_equal(eql_fold_keeps_ascii(eql_buf_sv(&in)),
                         eql_ascii_prefix(eql_buf_sv(&in)) == in.len &&
                             eql_sv_eq(eql_buf_sv(&in), eql_buf_sv(&out)));
        eql_buf_free(&in);
        eql_buf_free(&out);
        eql_buf_free(&expect);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code_points),
        cmocka_unit_test(test_folding_is_idempotent),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_fold_every_place),
    };

    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
