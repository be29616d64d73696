/* test_syntax_errors.c -- wrong texts and the code that each must give; what
 * the messages say is in tests/golden/errors. */
#include "tests/support/eql_test.h"

#include "compiler/parser.h"

/* The number of errors; the last one's line in *line, the first one's code
 * in code. */
static uint32_t
parse(eql_strview text, char code[5], uint32_t *line)
{
    eql_arena *arena = eql_arena_new(0);
    eql_diags *diags = eql_diags_new();
    eql_source src = {.text = text, .first_line = 1};
    uint32_t n;

    eql_diags_set_source(diags, &src);
    assert_true((eql_parse(arena, text, EQL_COMMENTS_NEST, diags) != NULL) ==
                (eql_diags_nerrors(diags) == 0));
    n = eql_diags_nerrors(diags);
    memset(code, 0, 5);
    if (n) {
        memcpy(code, eql_diags_at(diags, 0)->code, 4);
        *line = eql_diags_at(diags, eql_diags_count(diags) - 1)->line;
    }
    eql_diags_free(diags);
    eql_arena_free(arena);
    return n;
}

typedef struct {
    const char *text, *code;
} reject_case;

static void
check(const reject_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char code[5];
        uint32_t line;

        if (parse(eql_sv_cstr(cases[i].text), code, &line) == 0)
            fail_msg("%s: parsed", cases[i].text);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s: got %s, want %s", cases[i].text, code, cases[i].code);
    }
}

static void
test_lexical(void **state)
{
    static const reject_case cases[] = {
        {"process where \"\\u{1}\" == x", "E102"},
        {"process where \"\\u{000000041}\" == x", "E102"},
        {"process where \"\\u0041\" == x", "E102"},
        {"process where \"\\u{41\" == x", "E102"},
        {"process where \"\\u{}\" == x", "E102"},
        {"process where '\\x' == x", "E102"},
        {"\"a\\q\" where true", "E102"},
        {"process where `a", "E101"},
        {"process where a == \"\"\"x", "E101"},
        {"process where `` == 1", "E201"},
        {"process where a && b", "E103"},
        {"process where a == \xE2\x80\x9Cx\xE2\x80\x9D", "E103"},
        {"process where a\xC2\xA0== 1", "E103"},
        {"process where a == \xE2\x80\xAE 1", "E103"},
        {"process where a == \"\xC3\"", "E103"},
        {"process where a /* \xC3 */", "E103"},
        {"process where a == \x01", "E103"},
        {"process where a.like~ \"x\"", "E103"},
    };

    (void)state;
    check(cases, EQL_COUNTOF(cases));
}

static void
test_where_and_chains(void **state)
{
    static const reject_case cases[] = {
        {"a == 1", "E202"},
        {"process.name == \"x\"", "E202"},
        {"(a == 1)", "E202"},
        {"process", "E202"},
        {"[process where a]", "E202"},
        {"sequence [a b] [c where d]", "E202"},
        {"process where a == b != c", "E203"},
        {"process where a : \"b\" : \"c\"", "E203"},
        {"process where a in (1) in (2)", "E203"},
        {"process where a < b = c", "E203"},
        {"process where f(a == b == c)", "E203"},
    };

    (void)state;
    check(cases, EQL_COUNTOF(cases));
}

static void
test_syntax(void **state)
{
    static const reject_case cases[] = {
        {"   // nothing\n", "E201"},
        {"process WHERE a", "E201"},
        {"not a", "E201"},
        {"process where a like (b)", "E201"},
        {"process where a == 1 or", "E201"},
        {"process where a b", "E201"},
        {"process where by == 1", "E201"},
        {"process where a[b] == 1", "E201"},
        {"process where a[-1] == 1", "E201"},
        {"process where a. == 1", "E201"},
        {"process where a in 1", "E201"},
        {"process where f(,)", "E201"},
        {"process where a | | head", "E201"},
        {"process where a | 5", "E201"},
        {"process where a |", "E201"},
        {"process where a[4294967296] == 1", "E311"},
        {"sample [a where b] until [c where d]", "E201"},
        {"sample with maxspan=1m [a where b]", "E201"},
        {"sequence by a by b [x where y]", "E201"},
        {"sequence by a with maxspan 5m [x where y]", "E201"},
        {"sequence [x where y] z", "E201"},
        {"macro M(a b) a process where c", "E201"},
        {"const K 1 process where c", "E201"},
        {"process where a == 1 process where b", "E201"},
        {"process where ?$x == 1", "E201"},
    };

    (void)state;
    check(cases, EQL_COUNTOF(cases));
}

static void
test_several_errors_are_found(void **state)
{
    char code[5];
    uint32_t line = 0;

    (void)state;
    assert_int_equal(parse(eql_sv_cstr("any where a == \"\\q \\w\" and\n"
                                       "b == \"x\\y\" and $\n and \"z"),
                           code, &line),
                     4);
    assert_int_equal(line, 3);
}

static void
test_nul_is_no_end(void **state)
{
    char code[5];
    uint32_t line;

    (void)state;
    assert_int_equal(parse(eql_sv("any where a\0 == 1", 17), code, &line), 1);
    assert_string_equal(code, "E103");
    assert_int_equal(parse(eql_sv("any where a == \"\0\"", 18), code, &line),
                     0);
    assert_int_equal(parse(eql_sv("any where a /* \0 */", 19), code, &line), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lexical),
        cmocka_unit_test(test_where_and_chains),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_several_errors_are_found),
        cmocka_unit_test(test_nul_is_no_end),
    };

    return cmocka_run_group_tests_name("syntax_errors", tests, NULL, NULL);
}
