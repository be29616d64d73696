/* test_front_limits.c -- the front end's limits, each at n and n + 1, and
 * inputs whose cost must stay linear.
 *
 * Times are not measured: what is quadratic or recurses without bound here
 * would take hours or crash. */
#include "tests/support/eql_test.h"

#include "base/diag.h"
#include "compiler/parser.h"

/* head, n times piece, middle, n times tail piece, end. */
typedef struct {
    const char *label, *head, *piece, *middle, *tail, *end;
    uint32_t most; /* the greatest n that parses */
} nest_case;

static void
add_times(eql_buf *b, const char *piece, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        eql_buf_add_str(b, piece);
}

/* The first error's code, or "" when text parses. */
static void
parse_code(eql_strview text, char code[5], eql_buf *printed)
{
    eql_arena *arena = eql_arena_new(0);
    eql_diags *diags = eql_diags_new();
    eql_source src = {.text = text, .first_line = 1};
    eql_query *q;

    eql_diags_set_source(diags, &src);
    q = eql_parse(arena, text, EQL_COMMENTS_NEST, diags);
    assert_true((q != NULL) == (eql_diags_nerrors(diags) == 0));
    memset(code, 0, 5);
    if (!q)
        memcpy(code, eql_diags_at(diags, 0)->code, 4);
    else if (printed)
        eql_ast_print(q, printed);
    eql_diags_free(diags);
    eql_arena_free(arena);
}

static void
check_nest(const nest_case *c, uint32_t n, const char *want)
{
    eql_buf text = {0};
    char code[5];

    eql_buf_add_str(&text, c->head);
    add_times(&text, c->piece, n);
    eql_buf_add_str(&text, c->middle);
    add_times(&text, c->tail, n);
    eql_buf_add_str(&text, c->end);
    parse_code(eql_buf_sv(&text), code, NULL);
    if (strcmp(code, want) != 0)
        fail_msg("%s, %u times: \"%s\", want \"%s\"", c->label, n, code, want);
    eql_buf_free(&text);
}

static const nest_case nests[] = {
    {"parentheses", "any where ", "(", "a", ")", "", EQL_MAX_DEPTH},
    {"not", "any where ", "not ", "a", "", "", EQL_MAX_DEPTH},
    {"sign", "any where 1 == ", "- ", "a", "", "", EQL_MAX_DEPTH - 1},
    {"calls", "any where ", "f(", "a", ")", "", EQL_MAX_DEPTH},
    {"method", "any where a", ":f()", "", "", "", EQL_MAX_DEPTH},
    {"sum", "any where 1 == a", " + a", "", "", "", EQL_MAX_DEPTH - 1},
    {"product", "any where 1 == a", " * a", "", "", "", EQL_MAX_DEPTH - 1},
    {"lineage", "any where ", "event of [any where ", "a", "]", "",
     EQL_MAX_DEPTH},
    {"in", "any where ", "a in (", "b", ")", "", EQL_MAX_DEPTH},
};

static void
test_depth_at_the_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(nests); i++) {
        check_nest(&nests[i], nests[i].most, "");
        check_nest(&nests[i], nests[i].most + 1, "E311");
    }
}

static void
test_depth_far_over_the_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(nests); i++)
        check_nest(&nests[i], 10000, "E311");
    check_nest(&nests[0], 3000000, "E311");
    check_nest(&nests[1], 3000000, "E311");
}

/* Parentheses alone do not make trees high; what is in them does. */
static void
test_depth_of_mixed_nesting(void **state)
{
    static const nest_case mixed = {
        "not and parentheses", "any where ", "not (a and ", "b", ")", "", 0};

    (void)state;
    check_nest(&mixed, 250, "");
    check_nest(&mixed, 251, "E311");
}

static const nest_case lists[] = {
    {"or", "any where a", " or a", "", "", "", EQL_MAX_LIST - 1},
    {"and", "any where a", " and a", "", "", "", EQL_MAX_LIST - 1},
    {"in", "any where a in (1", ",1", ")", "", "", EQL_MAX_LIST - 1},
    {"patterns", "any where a : (1", ",1", ")", "", "", EQL_MAX_LIST - 1},
    {"path", "any where a", ".b", "", "", "", EQL_MAX_LIST - 1},
};

static void
test_lists_at_the_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(lists); i++) {
        check_nest(&lists[i], lists[i].most, "");
        check_nest(&lists[i], lists[i].most + 1, "E311");
    }
}

static void
test_long_lists_print_back(void **state)
{
    eql_buf text = {0}, printed = {0};
    char code[5];

    (void)state;
    eql_buf_add_str(&text, "any where a");
    for (int i = 0; i < 100000; i++)
        eql_buf_printf(&text, " or a.b%d == \"%d\"", i, i);
    eql_buf_add_char(&text, '\n');
    parse_code(eql_buf_sv(&text), code, &printed);
    assert_string_equal(code, "");
    assert_true(eql_sv_eq(eql_buf_sv(&text), eql_buf_sv(&printed)));
    eql_buf_free(&text);
    eql_buf_free(&printed);
}

static void
test_query_bytes_at_the_limit(void **state)
{
    eql_buf text = {0};
    char code[5];

    (void)state;
    eql_buf_add_str(&text, "any where true");
    while (text.len < EQL_MAX_QUERY_BYTES)
        eql_buf_add_char(&text, ' ');
    parse_code(eql_buf_sv(&text), code, NULL);
    assert_string_equal(code, "");
    eql_buf_add_char(&text, ' ');
    parse_code(eql_buf_sv(&text), code, NULL);
    assert_string_equal(code, "E311");
    eql_buf_free(&text);
}

/* Unclosed things that a careless lexer would scan again and again. */
static void
test_repeated_openings_stay_cheap(void **state)
{
    static const char *const pieces[] = {"/*", "\"",     "`", "?\"\\",    "'\\",
                                         "!",  "\"\"\"", "$", "\"\\q\"\n"};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(pieces); i++) {
        eql_buf text = {0};
        char code[5];

        eql_buf_add_str(&text, "any where a == ");
        add_times(&text, pieces[i], 199999);
        parse_code(eql_buf_sv(&text), code, NULL);
        assert_int_equal(code[0], 'E');
        eql_buf_free(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_depth_at_the_limit),
        cmocka_unit_test(test_depth_far_over_the_limit),
        cmocka_unit_test(test_depth_of_mixed_nesting),
        cmocka_unit_test(test_lists_at_the_limit),
        cmocka_unit_test(test_long_lists_print_back),
        cmocka_unit_test(test_query_bytes_at_the_limit),
        cmocka_unit_test(test_repeated_openings_stay_cheap),
    };

    return cmocka_run_group_tests_name("front_limits", tests, NULL, NULL);
}
