/* test_parser.c -- what the grammar takes and refuses, and its limits.
 * Accept and reject lists: every construct of the language at least once. */
#include "tests/support/eql_test.h"

#include "compiler/parser.h"

/* Number of errors; their first code in code. */
static uint32_t
parse(eql_strview text, char code[8])
{
    eql_arena *arena = eql_arena_new(0);
    eql_diags *diags = eql_diags_new();
    eql_source src = {.text = text, .first_line = 1};
    eql_query *q;
    uint32_t n;

    eql_diags_set_source(diags, &src);
    q = eql_parse(arena, text, EQL_COMMENTS_NEST, diags);
    n = eql_diags_nerrors(diags);
    assert_true((q != NULL) == (n == 0));
    code[0] = 0;
    if (n)
        snprintf(code, 8, "%s", eql_diags_at(diags, 0)->code);
    eql_diags_free(diags);
    eql_arena_free(arena);
    return n;
}

static void
test_accept(void **state)
{
    static const char *const queries[] = {
        "process where true",
        "any where @timestamp != null",
        "\"my cat\" where `weird.key/x` == \"\"\"C:\\new\\table\"\"\"",
        "sequence by a, b with maxspan = 1 h [x where true] by c "
        "![y where true] by c [z where true] by c",
        "sequence by z [x where b[0] == 1] [y where true] fork=true as q "
        "[w where q.c == 1]",
        "sequence [a where true] with runs=4 until [b where true]",
        "sample by host.id [a where true] by x [b where true] by y",
        "join by pid [a where true] [b where true] until [c where true]",
        "process where a not in (1, 2,) and b in~ (\"X\") and "
        "c like~ (\"a*\", \"b?\")",
        "process where descendant of [process where a == 1] and "
        "event of [any where true]",
        "process where _arraysearch(a.b, $e, $e.c : (\"x*\") and not $e.d == "
        "\"1\")",
        "process where s:substring(0, 2):length() == 2",
        "process where ?\"raw\\d\" == a and ?opt.field == null",
        "network where port : 443 or -a + 3 * (b - 1) % 2 >= 4.5e3",
        "macro M(p, q) p == q and p != null process where M(a, b) | "
        "unique a b | count a, b.c",
        "process where a in (1) == true",
        "macro where macro == 1",
        "process where client.as.organization.name == \"a\"",
        "process where a.in.b == 1 // comment",
        "process where /* one /* two */ */ true",
        "sequence with maxspan=1m by a [x where true] [y where true]",
        "process where a == -9223372036854775808",
    };
    char code[8];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(queries); i++)
        if (parse(eql_sv_cstr(queries[i]), code))
            fail_msg("%s: %s", queries[i], code);
}

static void
test_reject(void **state)
{
    static const struct {
        const char *query, *code;
    } cases[] = {
        {"process where", "E201"},
        {"process where a AND b", "E201"},
        {"process where a == b == c", "E203"},
        {"process where a in ()", "E201"},
        {"process where a : b", "E201"},
        {"process where foo~ == 1", "E103"},
        {"process where ! a", "E103"},
        {"sequence", "E201"},
        {"sequence by [x where true]", "E201"},
        {"process where \"\\q\" == x", "E102"},
        {"process where \"\\u{d800}\" == x", "E102"},
        {"process where \"\\u{110000}\" == x", "E102"},
        {"process where \"a", "E101"},
        {"process where /* a", "E101"},
        {"process a", "E202"},
        {"process where (a", "E201"},
        {"process where a)", "E201"},
        {"process where a & b", "E103"},
        {"process where a == \xff", "E103"},
        {"process where a == 1e999", "E311"},
        {"", "E201"},
        {"   ", "E201"},
    };
    char code[8];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (!parse(eql_sv_cstr(cases[i].query), code))
            fail_msg("%s: accepted", cases[i].query);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s: %s, want %s", cases[i].query, code, cases[i].code);
    }
}

/* head, n times unit, middle, n times close */
static eql_buf
nested(const char *head, const char *unit, const char *middle,
       const char *close, size_t n)
{
    eql_buf b = {0};

    eql_buf_add_str(&b, head);
    for (size_t i = 0; i < n; i++)
        eql_buf_add_str(&b, unit);
    eql_buf_add_str(&b, middle);
    for (size_t i = 0; i < n; i++)
        eql_buf_add_str(&b, close);
    return b;
}

static void
test_depth_limit(void **state)
{
    static const struct {
        const char *unit, *middle, *close;
        size_t most;
    } cases[] = {
        {"(", "true", ")", EQL_MAX_DEPTH},
        {"not ", "true", "", EQL_MAX_DEPTH},
        {"f(", "1", ")", EQL_MAX_DEPTH},
    };
    char code[8];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        for (size_t over = 0; over < 2; over++) {
            eql_buf b = nested("any where ", cases[i].unit, cases[i].middle,
                               cases[i].close, cases[i].most + over);

            parse(eql_buf_sv(&b), code);
            if (strcmp(code, over ? "E311" : "") != 0)
                fail_msg("%s x %zu: %s", cases[i].unit, cases[i].most + over,
                         code);
            eql_buf_free(&b);
        }
}

static void
test_long_input_is_linear(void **state)
{
    char code[8];
    eql_buf many = nested("any where a", " or a", "", "", 100000);
    eql_buf list = nested("any where a in (1", ", 2", ")", "", 100000);
    eql_buf deep = nested("any where ", "(", "true", ")", 10000);

    (void)state;
    assert_int_equal(parse(eql_buf_sv(&many), code), 0);
    assert_int_equal(parse(eql_buf_sv(&list), code), 0);
    assert_int_not_equal(parse(eql_buf_sv(&deep), code), 0);
    assert_string_equal(code, "E311");
    eql_buf_free(&many);
    eql_buf_free(&list);
    eql_buf_free(&deep);
}

static void
test_query_size_limit(void **state)
{
    char code[8];
    eql_buf b = {0};

    (void)state;
    eql_buf_add_str(&b, "any where true");
    while (b.len < EQL_MAX_QUERY_BYTES)
        eql_buf_add_char(&b, ' ');
    assert_int_equal(parse(eql_buf_sv(&b), code), 0);
    eql_buf_add_char(&b, ' ');
    assert_int_not_equal(parse(eql_buf_sv(&b), code), 0);
    assert_string_equal(code, "E311");
    eql_buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_reject),
        cmocka_unit_test(test_depth_limit),
        cmocka_unit_test(test_long_input_is_linear),
        cmocka_unit_test(test_query_size_limit),
    };

    return cmocka_run_group_tests_name("parser", tests, NULL, NULL);
}
