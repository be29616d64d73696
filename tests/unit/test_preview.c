/* test_preview.c -- names of fields in the first events: what is found in whole
 * and in broken texts, and how far is looked. */
#include "tests/support/paths.h"

#include "io/preview.h"
#include "io/windows/mapping.h"

static bool
collect(void *ctx, eql_strview name, eql_strview text)
{
    eql_buf *out = ctx;

    eql_buf_add_sv(out, name);
    if (text.len > 0)
        eql_buf_printf(out, "=%.*s", (int)text.len, text.p);
    eql_buf_add_char(out, ' ');
    return true;
}

/* What is found in these texts, each an input. */
static void
look(const eql_strview *texts, size_t n, eql_buf *out)
{
    static test_paths t;
    eql_reader_options o = {.max_depth = 100};
    eql_events_options eo = {0};
    eql_buf why = {0};
    eql_preview g = {0};
    eql_reader *r;
    eql_wall_clock *clock = eql_wall_clock_new(&eo);

    memset(&t, 0, sizeof t);
    test_paths_init(&t);
    r = eql_reader_new(&t.program, &o, &why);
    assert_non_null(r);
    assert_non_null(clock);
    for (size_t i = 0; i < n; i++)
        eql_preview_add(&g, texts[i]);
    out->len = 0;
    assert_true(eql_preview_names(&g, r, clock, collect, out));
    eql_preview_free(&g);
    eql_wall_clock_free(clock);
    eql_reader_free(r);
}

static void
test_names(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"{}", ""},
        {"{\"a\":1,\"b\":{\"c\":\"x\",\"d\":null,\"e\":true}}", "a b.c=x b.e "},
        {"{\"a.b\":\"\",\"c\":[\"x\",{\"d\":1},\"y\"],\"e\":2}",
         "a.b c=x c.d c=y e "},
        {"{\"a\":\"\\\"\",\"b\":-1.5e3}", "a b "},
        {"{\"a\":1}\n{\"b\":1}\n\n{\"c\":", "a b "},
        {"{\"_id\":\"1\",\"_source\":{\"a\":{\"b\":1}}}", "a.b "},
        /* No events: names as they stand there. */
        {"[{\"a\":1},{\"b\":{\"c\":2", "a b.c "},
        {"{\"hits\":{\"hits\":[{\"_source\":\n{\"a\":{\"b\":1}}},", "a.b "},
        {"{\n \"a\" : {\n  \"b\" : 1", "a.b "},
        {"{\"a\":\"open", "a=open "},
        {"{\"a\":\"open\\", "a "},
        {"}}]]{\"a\":1", "a "},
        {"\"a\":1", ""},
        {"{\"a\":1,,\"\":2,:]", "a "},
        {"\x01\xff{\"a\xff\":1", "a\xff "},
    };
    eql_buf out = {0};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_strview text = eql_sv_cstr(cases[i].text);

        look(&text, 1, &out);
        if (!eql_sv_is(eql_buf_sv(&out), cases[i].want))
            fail_msg("%s\nsaw  %.*s\nwant %s", cases[i].text, (int)out.len,
                     out.p, cases[i].want);
    }
    eql_buf_free(&out);
}

static void
test_limits(void **state)
{
    eql_strview many[EQL_PREVIEW_PIECES + 1];
    eql_buf text = {0}, out = {0};
    eql_strview one;

    (void)state;
    for (uint32_t extra = 0; extra < 2; extra++) {
        for (uint32_t i = 0; i < EQL_COUNTOF(many); i++)
            many[i] =
                eql_sv_cstr(i < EQL_PREVIEW_PIECES ? "{\"a\":1}" : "{\"b\":1}");
        look(many, EQL_PREVIEW_PIECES + extra, &out);
        assert_int_equal(out.len, 2 * EQL_PREVIEW_PIECES);

        text.len = 0; /* lines */
        for (uint32_t i = 0; i < EQL_PREVIEW_LINES + extra; i++)
            eql_buf_add_str(&text, "{\"a\":1}\n");
        one = eql_buf_sv(&text);
        look(&one, 1, &out);
        assert_int_equal(out.len, 2 * EQL_PREVIEW_LINES);

        text.len = 0; /* depth, in what is no event */
        for (uint32_t i = 1; i < EQL_PREVIEW_DEPTH + extra; i++)
            eql_buf_add_char(&text, '[');
        eql_buf_add_str(&text, "{\"a\":1");
        one = eql_buf_sv(&text);
        look(&one, 1, &out);
        assert_int_equal(out.len, extra ? 0 : 2);

        text.len = 0; /* names */
        eql_buf_add_str(&text, "{\"o\":{\"");
        for (uint32_t i = 2; i < EQL_PREVIEW_NAME + extra; i++)
            eql_buf_add_char(&text, 'a');
        eql_buf_add_str(&text, "\":1,\"b\":{\"c\":2}},\"d\":3}");
        one = eql_buf_sv(&text);
        look(&one, 1, &out);
        assert_int_equal(out.len, (extra ? 0 : EQL_PREVIEW_NAME + 1) +
                                      strlen("o.b.c d "));

        text.len = 0; /* bytes, of which the last closes the event */
        eql_buf_add_str(&text, "{\"a\":\"");
        while (text.len < EQL_PREVIEW_BYTES + extra - 8)
            eql_buf_add_char(&text, 'x');
        eql_buf_add_str(&text, "\",\"b\":1}");
        one = eql_buf_sv(&text);
        one.len = EQL_PREVIEW_BYTES + extra;
        assert_true(one.len <= text.len);
        look(&one, 1, &out);
        assert_true(out.len > 2);
    }
    eql_buf_free(&text);
    eql_buf_free(&out);
}

/* fn says that it has enough. */
static bool
first(void *ctx, eql_strview name, eql_strview text)
{
    (void)name;
    (void)text;
    return --*(int *)ctx > 0;
}

static void
test_enough(void **state)
{
    static test_paths t;
    eql_reader_options o = {.max_depth = 100};
    eql_events_options eo = {0};
    eql_buf why = {0};
    eql_preview g = {0};
    eql_wall_clock *clock = eql_wall_clock_new(&eo);
    eql_reader *r;
    int left = 2;

    (void)state;
    test_paths_init(&t);
    r = eql_reader_new(&t.program, &o, &why);
    eql_preview_add(&g, eql_sv_cstr("{\"a\":1}\n{\"b\":1}\n{\"c\":1}"));
    assert_false(eql_preview_names(&g, r, clock, first, &left));
    assert_int_equal(left, 0);
    eql_preview_free(&g);
    eql_wall_clock_free(clock);
    eql_reader_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_enough),
    };

    return cmocka_run_group_tests_name("preview", tests, NULL, NULL);
}
