/* test_buf.c -- growable buffers and arrays, JSON quoting, small base words. */
#include "tests/support/eql_test.h"

#include "base/buf.h"

static void
test_appends_concatenate(void **state)
{
    eql_buf b = {0};

    (void)state;
    eql_buf_add_str(&b, "ab");
    eql_buf_add_char(&b, 'c');
    eql_buf_add(&b, "d\0e", 3);
    eql_buf_add(&b, NULL, 0);
    eql_buf_add_sv(&b, eql_sv_cstr("f"));
    eql_buf_printf(&b, "%05d%s", 42, "");
    assert_true(eql_sv_eq(eql_buf_sv(&b), eql_sv("abcd\0ef00042", 12)));
    eql_buf_free(&b);
    assert_int_equal(eql_buf_sv(&b).len, 0);
    assert_non_null(eql_buf_sv(&b).p);
}

static void
test_growth_keeps_content(void **state)
{
    eql_buf b = {0};

    (void)state;
    for (int i = 0; i < 100000; i++)
        eql_buf_add_char(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(b.p[i], 'a' + i % 26);
    eql_buf_free(&b);
}

static void
test_failure_is_sticky(void **state)
{
    eql_buf b = {0};

    (void)state;
    eql_buf_add_str(&b, "x");
    assert_false(eql_buf_reserve(&b, SIZE_MAX));
    assert_true(b.failed);
    eql_buf_add_str(&b, "yyyy");
    assert_int_equal(b.len, 1);
    eql_buf_free(&b);
    assert_false(b.failed);
}

static void
test_json_strings(void **state)
{
    static const struct {
        const char *label, *in;
        size_t len;
        const char *want;
    } cases[] = {
        {"empty", "", 0, "\"\""},
        {"plain", "abc", 3, "\"abc\""},
        {"quotes", "a\"\\b", 4, "\"a\\\"\\\\b\""},
        {"short", "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"control", "\x01\x1f", 2, "\"\\u0001\\u001f\""},
        {"nul", "a\0b", 3, "\"a\\u0000b\""},
        {"utf-8 kept", "\xc3\xa9\xf0\x9f\x98\x80", 6,
         "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {"bad byte", "a\xff", 2, "\"a\xef\xbf\xbd\""},
        {"surrogate", "\xed\xa0\x80", 3,
         "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"cut short", "\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"del kept", "\x7f", 1, "\"\x7f\""},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_buf b = {0};

        eql_buf_add_json(&b, eql_sv(cases[i].in, cases[i].len));
        if (!eql_sv_is(eql_buf_sv(&b), cases[i].want))
            fail_msg("%s: got %.*s, want %s", cases[i].label, (int)b.len, b.p,
                     cases[i].want);
        eql_buf_free(&b);
    }
}

static void
test_vec_push_and_at(void **state)
{
    eql_vec v = {0};

    (void)state;
    for (uint64_t i = 0; i < 10000; i++)
        assert_int_equal(eql_vec_push(&v, &i, sizeof i), i);
    for (uint32_t i = 0; i < v.n; i++)
        assert_int_equal(*(uint64_t *)eql_vec_at(&v, i), i);
    eql_vec_free(&v);
    assert_int_equal(v.n, 0);
}

static void
test_strview_order_and_case(void **state)
{
    (void)state;
    assert_true(eql_sv_cmp(eql_sv_cstr("a"), eql_sv_cstr("ab")) < 0);
    assert_true(eql_sv_cmp(eql_sv_cstr("b"), eql_sv_cstr("ab")) > 0);
    assert_int_equal(eql_sv_cmp(eql_sv_cstr(""), eql_sv(NULL, 0)), 0);
    assert_true(
        eql_sv_eq_ascii_ci(eql_sv_cstr("CidrMatch"), eql_sv_cstr("cidrmatcH")));
    assert_false(eql_sv_eq_ascii_ci(eql_sv_cstr("a"), eql_sv_cstr("ab")));
    assert_false(eql_sv_eq_ascii_ci(eql_sv_cstr("["), eql_sv_cstr("{")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends_concatenate),
        cmocka_unit_test(test_growth_keeps_content),
        cmocka_unit_test(test_failure_is_sticky),
        cmocka_unit_test(test_json_strings),
        cmocka_unit_test(test_vec_push_and_at),
        cmocka_unit_test(test_strview_order_and_case),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
