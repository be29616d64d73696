/* test_diag.c -- places, rendering, caps, cleaning, and suggestions. */
#include "tests/support/eql_test.h"

#include "base/diag.h"

/* Renders one diagnostic on text at [offset, offset + len). */
static void
assert_rendered(const char *text, uint32_t offset, uint32_t len,
                const char *want)
{
    eql_diags *d = eql_diags_new();
    eql_source src = {.file = eql_sv_cstr("r.eql"),
                      .text = eql_sv_cstr(text),
                      .first_line = 1};
    eql_buf out = {0};

    eql_diags_set_source(d, &src);
    eql_diags_add(d, "E201", (eql_span){offset, len}, NULL, "m");
    eql_diag_render(eql_diags_at(d, 0), false, &out);
    if (!eql_sv_is(eql_buf_sv(&out), want))
        fail_msg("got\n%.*swant\n%s", (int)out.len, out.p, want);
    eql_buf_free(&out);
    eql_diags_free(d);
}

static void
test_render_shows_place(void **state)
{
    (void)state;
    assert_rendered("any where x y", 12, 1,
                    "r.eql:1:13: error: E201: m\n"
                    "    1 | any where x y\n"
                    "      |             ^\n");
    assert_rendered("any where\r\n  abc def\r\n", 13, 3,
                    "r.eql:2:3: error: E201: m\n"
                    "    2 |   abc def\n"
                    "      |   ^~~\n");
    /* At the end of the text, and past it. */
    assert_rendered("ab", 2, 0,
                    "r.eql:1:3: error: E201: m\n"
                    "    1 | ab\n"
                    "      |   ^\n");
    assert_rendered("ab\n", 99, 9,
                    "r.eql:2:1: error: E201: m\n"
                    "    2 | \n"
                    "      | ^\n");
    /* A span over several lines is marked on its first. */
    assert_rendered("ab\ncd", 1, 4,
                    "r.eql:1:2: error: E201: m\n"
                    "    1 | ab\n"
                    "      |  ^\n");
}

static void
test_render_cleans_what_it_shows(void **state)
{
    (void)state;
    assert_rendered("a\t\033[31m\xc3\xa9 b", 10, 1,
                    "r.eql:1:11: error: E201: m\n"
                    "    1 | a \xef\xbf\xbd[31m\xc3\xa9 b\n"
                    "      |          ^\n");
    /* Direction override, invalid byte, wide character. */
    assert_rendered("\xe2\x80\xae\xff\xe4\xb8\xad z", 8, 1,
                    "r.eql:1:9: error: E201: m\n"
                    "    1 | \xef\xbf\xbd\xef\xbf\xbd\xe4\xb8\xad z\n"
                    "      |      ^\n");
}

static void
test_source_place_and_hint(void **state)
{
    eql_diags *d = eql_diags_new();
    eql_source src = {.file = eql_sv_cstr("x.toml"),
                      .text = eql_sv_cstr("any where"),
                      .first_line = 7,
                      .indent = 9};
    eql_buf out = {0};

    (void)state;
    eql_diags_set_source(d, &src);
    eql_diags_add(d, "W401", (eql_span){4, 5}, "write it", "odd \"%s\"", "a");
    eql_diag_render(eql_diags_at(d, 0), false, &out);
    assert_string_equal((eql_buf_add_char(&out, '\0'), out.p),
                        "x.toml:7:14: warning: W401: odd \"a\"\n"
                        "    7 | any where\n"
                        "      |     ^~~~~\n"
                        "  hint: write it\n");
    assert_int_equal(eql_diags_nwarnings(d), 1);
    assert_int_equal(eql_diags_nerrors(d), 0);
    eql_buf_free(&out);
    eql_diag_render(eql_diags_at(d, 0), true, &out);
    assert_non_null(memchr(out.p, '\033', out.len));
    eql_buf_free(&out);
    eql_diags_free(d);
}

static void
test_no_file_is_named_query(void **state)
{
    eql_diags *d = eql_diags_new();
    eql_buf out = {0};

    (void)state;
    eql_diags_add(d, "N100", (eql_span){0, 0}, NULL, "note");
    eql_diag_render(eql_diags_at(d, 0), false, &out);
    assert_int_equal(strncmp(out.p, "<query>:1:1: note: N100: note\n", 30), 0);
    eql_buf_free(&out);
    eql_diags_free(d);
}

static void
test_long_lines_are_cut(void **state)
{
    eql_diags *d = eql_diags_new();
    eql_buf text = {0}, out = {0};
    eql_source src = {.first_line = 1};

    (void)state;
    for (int i = 0; i < 20000; i++)
        eql_buf_add_str(&text, "\xc3\xa9");
    text.p[20001 - 1] = '!';
    text.p[20001] = '!';
    src.text = eql_buf_sv(&text);
    eql_diags_set_source(d, &src);
    eql_diags_add(d, "E201", (eql_span){20000, 2}, NULL, "m");
    eql_diag_render(eql_diags_at(d, 0), false, &out);
    assert_in_range(out.len, 200, 400);
    assert_int_equal(eql_diags_at(d, 0)->column, 20001);
    assert_int_equal(eql_diags_at(d, 0)->source.p[eql_diags_at(d, 0)->caret],
                     '!');
    eql_buf_free(&text);
    eql_buf_free(&out);
    eql_diags_free(d);
}

static void
test_cap_counts_on(void **state)
{
    eql_diags *d = eql_diags_new();
    eql_source src = {.text = eql_sv_cstr("x"), .first_line = 1};

    (void)state;
    for (int i = 0; i < 100; i++)
        eql_diags_add(d, "E201", (eql_span){0, 1}, NULL, "m%d", i);
    assert_int_equal(eql_diags_count(d), EQL_DIAG_CAP);
    assert_int_equal(eql_diags_nerrors(d), 100);
    eql_diags_set_source(d, &src);
    eql_diags_add(d, "E201", (eql_span){0, 1}, NULL, "next");
    assert_int_equal(eql_diags_count(d), EQL_DIAG_CAP + 1);
    assert_false(eql_diags_failed(d));
    eql_diags_free(d);
}

static void
test_closest_name(void **state)
{
    static const char *const names[] = {"length", "between", "endsWith", "sum"};
    static const struct {
        const char *in;
        uint32_t want;
    } cases[] = {
        {"lenght", 0},          {"LENGTH", 0},  {"betwen", 1},
        {"endswiht", 2},        {"sun", 3},     {"su", EQL_NONE},
        {"xyz", EQL_NONE},      {"", EQL_NONE}, {"lentghs", 0},
        {"elephant", EQL_NONE},
    };
    eql_strview list[EQL_COUNTOF(names)];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(names); i++)
        list[i] = eql_sv_cstr(names[i]);
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        uint32_t got = eql_closest(eql_sv_cstr(cases[i].in), list,
                                   (uint32_t)EQL_COUNTOF(names));

        if (got != cases[i].want)
            fail_msg("\"%s\": got %u", cases[i].in, got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render_shows_place),
        cmocka_unit_test(test_render_cleans_what_it_shows),
        cmocka_unit_test(test_source_place_and_hint),
        cmocka_unit_test(test_no_file_is_named_query),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_cap_counts_on),
        cmocka_unit_test(test_closest_name),
    };

    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
