/* test_compare.c -- the table of language 5.7, row by row. */
#include "tests/support/eql_test.h"
#include "tests/support/values.h"
#include "vm/eval/compare.h"

#define BIG INT64_C(9007199254740993) /* 2^53 + 1: no double */

/* As in the elastic preset. */
static const eql_comparing plain = {.coerce = true};

typedef struct {
    const char *label;
    eql_value x, y;
    eql_truth equal;
    eql_ordering order;
} compare_case;

static void
test_compare_without_literal(void **state)
{
    static const compare_case cases[] = {
        {"1, 1", INT(1), INT(1), EQL_YES, EQL_EQUAL},
        {"1, 2", INT(1), INT(2), EQL_NO, EQL_LESS},
        {"1, 1.0", INT(1), FLT(1.0), EQL_YES, EQL_EQUAL},
        {"1.5, 1", FLT(1.5), INT(1), EQL_NO, EQL_GREATER},
        {"0.0, -0.0", FLT(0.0), FLT(-0.0), EQL_YES, EQL_EQUAL},
        {"2^53 + 1, 2^53", INT(BIG), FLT(0x1p53), EQL_NO, EQL_GREATER},
        {"2^53, 2^53 + 1", FLT(0x1p53), INT(BIG), EQL_NO, EQL_LESS},
        {"max, 2^63", INT(INT64_MAX), FLT(0x1p63), EQL_NO, EQL_LESS},
        {"min, -2^63", INT(INT64_MIN), FLT(-0x1p63), EQL_YES, EQL_EQUAL},
        {"a, a", STR("a"), STR("a"), EQL_YES, EQL_EQUAL},
        {"a, A", STR("a"), STR("A"), EQL_NO, EQL_GREATER},
        {"a, ab", STR("a"), STR("ab"), EQL_NO, EQL_LESS},
        {"code points", STR("\xef\xbf\xbd"), STR("\xf0\x9f\x98\x80"), EQL_NO,
         EQL_LESS},
        {"NUL inside", STR("a\0b"), STR("a\0c"), EQL_NO, EQL_LESS},
        {"true, true", BOO(true), BOO(true), EQL_YES, EQL_UNORDERED},
        {"true, false", BOO(true), BOO(false), EQL_NO, EQL_UNORDERED},
        {"1, \"1\"", INT(1), STR("1"), EQL_UNKNOWN, EQL_UNORDERED},
        {"true, \"true\"", BOO(true), STR("true"), EQL_UNKNOWN, EQL_UNORDERED},
        {"true, 1", BOO(true), INT(1), EQL_UNKNOWN, EQL_UNORDERED},
        {"null, null", NUL, NUL, EQL_UNKNOWN, EQL_UNORDERED},
        {"null, 1", NUL, INT(1), EQL_UNKNOWN, EQL_UNORDERED},
        {"\"\", null", STR(""), NUL, EQL_UNKNOWN, EQL_UNORDERED},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_truth equal = eql_compare_equal(&plain, &cases[i].x, &cases[i].y);
        eql_ordering order =
            eql_compare_order(&plain, &cases[i].x, &cases[i].y);

        if (equal != cases[i].equal || order != cases[i].order)
            fail_msg("%s: equal %d (wanted %d), order %d (wanted %d)",
                     cases[i].label, (int)equal, (int)cases[i].equal,
                     (int)order, (int)cases[i].order);
    }
}

static void
test_compare_with_literal(void **state)
{
    static const compare_case cases[] = {
        /* Same types compare as without a literal. */
        {"1, 1.0", INT(1), FLT(1.0), EQL_YES, EQL_EQUAL},
        {"a, b", STR("a"), STR("b"), EQL_NO, EQL_LESS},
        {"true, false", BOO(true), BOO(false), EQL_NO, EQL_UNORDERED},
        {"null, 1", NUL, INT(1), EQL_UNKNOWN, EQL_UNORDERED},
        {"null, \"\"", NUL, STR(""), EQL_UNKNOWN, EQL_UNORDERED},
        {"1, null", INT(1), NUL, EQL_UNKNOWN, EQL_UNORDERED},
        {"null, null", NUL, NUL, EQL_UNKNOWN, EQL_UNORDERED},
        /* Event number, literal string. */
        {"5, \"5\"", INT(5), STR("5"), EQL_YES, EQL_EQUAL},
        {"5, \"5.0\"", INT(5), STR("5.0"), EQL_YES, EQL_EQUAL},
        {"5, \"+5\"", INT(5), STR("+5"), EQL_YES, EQL_EQUAL},
        {"5, \"10\"", INT(5), STR("10"), EQL_NO, EQL_LESS},
        {"5, \" 5\"", INT(5), STR(" 5"), EQL_UNKNOWN, EQL_UNORDERED},
        {"5, \"5x\"", INT(5), STR("5x"), EQL_UNKNOWN, EQL_UNORDERED},
        {"5, \"\"", INT(5), STR(""), EQL_UNKNOWN, EQL_UNORDERED},
        {"2^53 + 1, text", INT(BIG), STR("9007199254740993"), EQL_YES,
         EQL_EQUAL},
        {"2.5, \"25e-1\"", FLT(2.5), STR("25e-1"), EQL_YES, EQL_EQUAL},
        /* Event string, literal number: as text. */
        {"\"5\", 5", STR("5"), INT(5), EQL_YES, EQL_EQUAL},
        {"\"5.0\", 5", STR("5.0"), INT(5), EQL_NO, EQL_GREATER},
        {"\"05\", 5", STR("05"), INT(5), EQL_NO, EQL_LESS},
        {"\"10\", 9", STR("10"), INT(9), EQL_NO, EQL_LESS},
        {"\"2.5\", 2.5", STR("2.5"), FLT(2.5), EQL_YES, EQL_EQUAL},
        {"\"2\", 2.0", STR("2"), FLT(2.0), EQL_NO, EQL_LESS},
        {"\"x\", 5", STR("x"), INT(5), EQL_NO, EQL_GREATER},
        /* Booleans against text. */
        {"true, \"true\"", BOO(true), STR("true"), EQL_YES, EQL_UNORDERED},
        {"true, \"false\"", BOO(true), STR("false"), EQL_NO, EQL_UNORDERED},
        {"true, \"TRUE\"", BOO(true), STR("TRUE"), EQL_UNKNOWN, EQL_UNORDERED},
        {"true, \"1\"", BOO(true), STR("1"), EQL_UNKNOWN, EQL_UNORDERED},
        {"\"true\", true", STR("true"), BOO(true), EQL_YES, EQL_UNORDERED},
        {"\"no\", true", STR("no"), BOO(true), EQL_NO, EQL_UNORDERED},
        /* No coercion between numbers and booleans. */
        {"true, 1", BOO(true), INT(1), EQL_UNKNOWN, EQL_UNORDERED},
        {"1, true", INT(1), BOO(true), EQL_UNKNOWN, EQL_UNORDERED},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_literal k = eql_literal_of(cases[i].y);
        eql_truth equal = eql_compare_equal_literal(&plain, &cases[i].x, &k);
        eql_ordering order = eql_compare_order_literal(&plain, &cases[i].x, &k);

        if (equal != cases[i].equal || order != cases[i].order)
            fail_msg("%s: equal %d (wanted %d), order %d (wanted %d)",
                     cases[i].label, (int)equal, (int)cases[i].equal,
                     (int)order, (int)cases[i].order);
    }
}

static void
test_compare_in_other_dialects(void **state)
{
    static const eql_comparing endgame = {false, EQL_CASE_UNICODE};
    static const eql_comparing folding = {true, EQL_CASE_ASCII};
    static const struct {
        const char *label;
        const eql_comparing *how;
        eql_value x, y;
        eql_truth equal;
        eql_ordering order;
    } cases[] = {
        {"case", &endgame, STR("Foo"), STR("fOO"), EQL_YES, EQL_EQUAL},
        {"order", &endgame, STR("b"), STR("A"), EQL_NO, EQL_GREATER},
        {"prefix", &endgame, STR("AB"), STR("a"), EQL_NO, EQL_GREATER},
        {"Kelvin", &endgame, STR("\xe2\x84\xaa"), STR("k"), EQL_YES, EQL_EQUAL},
        {"no coercion", &endgame, INT(5), STR("5"), EQL_UNKNOWN, EQL_UNORDERED},
        {"nor back", &endgame, STR("5"), INT(5), EQL_UNKNOWN, EQL_UNORDERED},
        {"nor bool", &endgame, BOO(true), STR("true"), EQL_UNKNOWN,
         EQL_UNORDERED},
        {"ascii", &folding, STR("FOO"), STR("foo"), EQL_YES, EQL_EQUAL},
        {"ascii only", &folding, STR("\xc3\x89"), STR("\xc3\xa9"), EQL_NO,
         EQL_LESS},
        {"true as text", &folding, STR("TRUE"), BOO(true), EQL_YES,
         EQL_UNORDERED},
        {"true, \"FALSE\"", &folding, BOO(true), STR("FALSE"), EQL_NO,
         EQL_UNORDERED},
        {"array",
         &folding,
         {.tag = EQL_ARRAY, .len = 3, .u = {.s = "[1]"}},
         INT(1),
         EQL_UNKNOWN,
         EQL_UNORDERED},
        {"array as text",
         &folding,
         {.tag = EQL_ARRAY, .len = 3, .u = {.s = "[1]"}},
         STR("[1]"),
         EQL_UNKNOWN,
         EQL_UNORDERED},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_literal k = eql_literal_of(cases[i].y);
        eql_truth equal =
            eql_compare_equal_literal(cases[i].how, &cases[i].x, &k);
        eql_ordering order =
            eql_compare_order_literal(cases[i].how, &cases[i].x, &k);

        if (equal != cases[i].equal || order != cases[i].order)
            fail_msg("%s: equal %d, order %d", cases[i].label, (int)equal,
                     (int)order);
    }
}

static void
test_literal_text_is_canonical(void **state)
{
    static const struct {
        eql_value v;
        const char *text;
    } cases[] = {
        {INT(-7), "-7"},       {FLT(2.0), "2.0"},
        {FLT(0.1), "0.1"},     {BOO(false), "false"},
        {STR("0x10"), "0x10"}, {INT(INT64_MIN), "-9223372036854775808"},
        {FLT(1e10), "1e10"}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_literal k = eql_literal_of(cases[i].v);
        eql_strview text = eql_literal_text(&k);

        if (!eql_sv_is(text, cases[i].text))
            fail_msg("%s: got %.*s", cases[i].text, (int)text.len, text.p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare_without_literal),
        cmocka_unit_test(test_compare_with_literal),
        cmocka_unit_test(test_compare_in_other_dialects),
        cmocka_unit_test(test_literal_text_is_canonical),
    };

    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
