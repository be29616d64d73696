/* test_common.c -- what several events have in common. */
#include "io/json/common.h"
#include "tests/support/eql_test.h"

static void
check(const char *const *events, size_t n, const char *want)
{
    eql_common *c = eql_common_new();
    eql_buf out = {0};

    assert_non_null(c);
    for (size_t i = 0; i < n; i++)
        assert_true(eql_common_add(c, eql_sv_cstr(events[i])));
    eql_common_print(c, &out);
    if (!eql_sv_is(eql_buf_sv(&out), want))
        fail_msg("%s: %.*s, not %s", events[0], (int)out.len,
                 out.p ? out.p : "", want);
    eql_buf_free(&out);
    eql_common_free(c);
}

static void
test_common_nested_form(void **state)
{
    static const struct {
        const char *event, *want;
    } cases[] = {
        {"{}", ""},
        {"null", ""},
        {"{\"a\":1,\"b\":null}", ",\"a\":1,\"b\":null"},
        {"{\"a.b.c\":1}", ",\"a\":{\"b\":{\"c\":1}}"},
        {"{\"a\":{\"b.c\":1,\"d\":2}}", ",\"a\":{\"b\":{\"c\":1},\"d\":2}"},
        {"{\"a.b\":1,\"a\":{\"c\":2}}", ",\"a\":{\"b\":1,\"c\":2}"},
        {"{\"a\":{\"c\":2},\"a.b\":1}", ",\"a\":{\"c\":2,\"b\":1}"},
        {"{\"a.b\":{\"x\":1},\"a\":{\"b\":{\"y\":2}}}",
         ",\"a\":{\"b\":{\"x\":1,\"y\":2}}"},
        {"{\"a\":{\"b\":1},\"a.b\":2}", ",\"a\":{\"b\":[1,2]}"},
        {"{\"a\":{\"b\":[1]},\"a.b\":[2,3]}", ",\"a\":{\"b\":[1,2,3]}"},
        {"{\"a\":1,\"a.b\":2}", ",\"a\":1,\"a.b\":2"},
        {"{\"a.b\":2,\"a\":1}", ",\"a\":[{\"b\":2},1]"},
        {"{\".a\":1,\"b.\":2,\"c..d\":3,\".\":4,\"\":5}",
         ",\".a\":1,\"b.\":2,\"c..d\":3,\".\":4,\"\":5"},
        {"{\"a\":[{\"b.c\":1}]}", ",\"a\":[{\"b.c\":1}]"},
        {"{\"n\":[0.1,1e2,-0.0,18446744073709551615]}",
         ",\"n\":[0.1,100.0,-0.0,1.8446744073709552e19]"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        check(&cases[i].event, 1, cases[i].want);
}

static void
test_common_of_several(void **state)
{
    static const struct {
        const char *events[3];
        const char *want;
    } cases[] = {
        {{"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":3}", "{\"b\":2}"}, ",\"b\":2"},
        {{"{\"a\":{\"x\":1,\"y\":2}}", "{\"a.x\":1}", "{\"a\":{\"x\":1}}"},
         ",\"a\":{\"x\":1}"},
        {{"{\"a\":{\"x\":1}}", "{\"a\":{\"x\":2}}", "{\"a\":{\"x\":1}}"}, ""},
        {{"{\"t\":[\"a\",\"b\",\"c\"]}", "{\"t\":[\"c\",\"b\"]}",
          "{\"t\":\"b\"}"},
         ",\"t\":[\"b\"]"},
        {{"{\"t\":\"b\"}", "{\"t\":[\"a\",\"b\"]}", "{\"t\":[\"b\"]}"},
         ",\"t\":[\"b\"]"},
        {{"{\"t\":[{\"a\":1}]}", "{\"t\":[{\"a\":1}]}", "{\"t\":[{\"a\":1}]}"},
         ",\"t\":[{\"a\":1}]"},
        {{"{\"t\":[{\"a\":1},2]}", "{\"t\":[{\"a\":1},2]}",
          "{\"t\":[{\"a\":1}]}"},
         ""},
        {{"{\"a\":1}", "null", "{\"a\":1}"}, ""},
        {{"{\"a\":1}", "{\"a\":1.0}", "{\"a\":1}"}, ""},
        {{"{\"a\":null}", "{\"a\":null}", "{\"a\":null}"}, ",\"a\":null"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        check(cases[i].events, 3, cases[i].want);
}

static void
test_common_paths(void **state)
{
    eql_common *c = eql_common_new();
    eql_buf out = {0};

    (void)state;
    assert_false(eql_common_has(c, eql_sv_cstr("a")));
    eql_common_drop(c, "a");
    assert_true(eql_common_add(
        c, eql_sv_cstr("{\"a.b\":1,\"c\":2,\"c.d\":3,\"e\":{\"f\":4}}")));
    assert_true(eql_common_has(c, eql_sv_cstr("a")));
    assert_true(eql_common_has(c, eql_sv_cstr("a.b")));
    assert_true(eql_common_has(c, eql_sv_cstr("c.d")));
    assert_false(eql_common_has(c, eql_sv_cstr("a.c")));
    assert_false(eql_common_has(c, eql_sv_cstr("e.f.g")));
    assert_true(eql_common_value(c, "e", &out));
    assert_true(eql_sv_is(eql_buf_sv(&out), "{\"f\":4}"));
    assert_false(eql_common_value(c, "x.y", &out));
    eql_common_drop(c, "c.d");
    eql_common_drop(c, "e.f");
    eql_common_drop(c, "x.y");
    out.len = 0;
    eql_common_print(c, &out);
    assert_true(
        eql_sv_is(eql_buf_sv(&out), ",\"a\":{\"b\":1},\"c\":2,\"e\":{}"));
    eql_buf_free(&out);
    eql_common_free(c);
    eql_common_free(NULL);
}

/* A name with so many dots is opened, one with more is not; nor is what a list
 * has beyond its bound looked at. */
static void
test_common_limits(void **state)
{
    eql_buf event = {0}, other = {0};

    (void)state;
    for (int dots = 32; dots <= 33; dots++) {
        eql_common *c = eql_common_new();

        event.len = 0;
        eql_buf_add_str(&event, "{\"a");
        for (int i = 0; i < dots; i++)
            eql_buf_add_str(&event, ".a");
        eql_buf_add_str(&event, "\":1}");
        assert_true(eql_common_add(c, eql_buf_sv(&event)));
        assert_int_equal(eql_common_has(c, eql_sv_cstr("a.a")), dots == 32);
        eql_common_free(c);
    }
    for (int n = 100; n <= 101; n++) {
        const char *events[2];

        event.len = other.len = 0;
        for (int i = 1; i <= n; i++)
            eql_buf_printf(&event, "%s%d", i > 1 ? "," : "{\"a\":[", i);
        eql_buf_add(&event, "]}", 3);
        eql_buf_printf(&other, "{\"a\":%d}", n);
        eql_buf_add_char(&other, '\0');
        events[0] = event.p;
        events[1] = other.p;
        check(events, 2, n == 100 ? ",\"a\":[100]" : "");
    }
    eql_buf_free(&event);
    eql_buf_free(&other);
}

/* As deep as events may be, with as many dots in every name: it takes no more
 * stack than there is. */
static void
test_common_depth(void **state)
{
    eql_common *c = eql_common_new();
    eql_buf event = {0}, out = {0};

    (void)state;
    for (int i = 0; i < 1990; i++)
        eql_buf_add_str(&event,
                        "{\"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"
                        ".a.a.a.a.a.a.a.a.a.a\":");
    eql_buf_add_char(&event, '1');
    for (int i = 0; i < 1990; i++)
        eql_buf_add_char(&event, '}');
    for (int i = 0; i < 2; i++)
        assert_true(eql_common_add(c, eql_buf_sv(&event)));
    eql_common_print(c, &out);
    assert_true(out.len > 1990);
    eql_buf_free(&out);
    eql_buf_free(&event);
    eql_common_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common_nested_form),
        cmocka_unit_test(test_common_of_several),
        cmocka_unit_test(test_common_paths),
        cmocka_unit_test(test_common_limits),
        cmocka_unit_test(test_common_depth),
    };

    return cmocka_run_group_tests_name("common", tests, NULL, NULL);
}
