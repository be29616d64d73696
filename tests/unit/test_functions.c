/* test_functions.c -- the functions on text: every row of language 7.3, null
 * and wrong types in every place, code points, folding, flags, cost. */
#include "tests/support/function_test.h"

#include <time.h>

/* clang-format off */
#define E_ACUTE "\xc3\xa9"         /* U+00E9 */
#define E_ACUTE_BIG "\xc3\x89"     /* U+00C9 */
#define KELVIN "\xe2\x84\xaa"      /* U+212A, folds to k */
#define FACE "\xf0\x9f\x98\x80"    /* U+1F600 */
#define SHARP_S "\xc3\x9f"         /* U+00DF */
#define DOTTED_I "\xc4\xb0"        /* U+0130 */
#define A_STROKE "\xc8\xba"        /* U+023A, two bytes; folds to three */
/* clang-format on */

static void
test_every_name_is_found_in_any_case(void **state)
{
    static const struct {
        const char *name;
        eql_function f;
        bool call;
    } cases[] = {
        {"add", EQL_FN_ADD, true},
        {"ADD", EQL_FN_ADD, true},
        {"arrayContains", EQL_FN_ARRAY_CONTAINS, false},
        {"arraycount", EQL_FN_ARRAY_COUNT, false},
        {"arraySearch", EQL_FN_ARRAY_SEARCH, false},
        {"_arraysearch", EQL_FN_ARRAY_SEARCH_P, false},
        {"_ArraySearch", EQL_FN_ARRAY_SEARCH_P, false},
        {"between", EQL_FN_BETWEEN, true},
        {"cidrmatch", EQL_FN_CIDR_MATCH, false},
        {"CONCAT", EQL_FN_CONCAT, true},
        {"divide", EQL_FN_DIVIDE, true},
        {"endswith", EQL_FN_ENDS_WITH, true},
        {"indexOf", EQL_FN_INDEX_OF, true},
        {"length", EQL_FN_LENGTH, true},
        {"match", EQL_FN_MATCH, false},
        {"matchLite", EQL_FN_MATCH_LITE, false},
        {"modulo", EQL_FN_MODULO, true},
        {"multiply", EQL_FN_MULTIPLY, true},
        {"number", EQL_FN_NUMBER, true},
        {"safe", EQL_FN_SAFE, true},
        {"startsWith", EQL_FN_STARTS_WITH, true},
        {"string", EQL_FN_STRING, true},
        {"stringcontains", EQL_FN_STRING_CONTAINS, true},
        {"substring", EQL_FN_SUBSTRING, true},
        {"subtract", EQL_FN_SUBTRACT, true},
        {"wildcard", EQL_FN_WILDCARD, false},
        {"", EQL_FN_COUNT, false},
        {"starts", EQL_FN_COUNT, false},
        {"lengths", EQL_FN_COUNT, false},
        {"length~", EQL_FN_COUNT, false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_function f = eql_function_find(eql_sv_cstr(cases[i].name));

        if (f != cases[i].f)
            fail_msg("%s: found %d", cases[i].name, (int)f);
        if (f != EQL_FN_COUNT && eql_function_is_call(f) != cases[i].call)
            fail_msg("%s: wrongly a call or none", cases[i].name);
    }
}

static void
test_signatures_say_what_arguments_are(void **state)
{
    (void)state;
    assert_int_equal(eql_function_arg(EQL_FN_BETWEEN, 2), 's');
    assert_int_equal(eql_function_arg(EQL_FN_BETWEEN, 3), 'b');
    assert_int_equal(eql_function_arg(EQL_FN_CIDR_MATCH, 0), 'i');
    assert_int_equal(eql_function_arg(EQL_FN_CIDR_MATCH, 9), 'c');
    assert_int_equal(eql_function_arg(EQL_FN_CONCAT, 1000), 'x');
    assert_true(eql_function_get(EQL_FN_STARTS_WITH)->fold);
    assert_false(eql_function_get(EQL_FN_LENGTH)->fold);
    assert_int_equal(eql_function_get(EQL_FN_NUMBER)->max, 2);
    assert_true(eql_function_get(EQL_FN_CONCAT)->max == EQL_FUNCTION_ANY);
}

static const function_test ends[] = {
    {"startsWith", {STR("Foo.exe"), STR("Foo")}, 2, BOO(true)},
    {"startsWith", {STR("Foo.exe"), STR("foO")}, 2, BOO(false)},
    {"startsWith~", {STR("Foo.exe"), STR("foO")}, 2, BOO(true)},
    {"startsWith", {STR("a"), STR("")}, 2, BOO(true)},
    {"startsWith", {STR(""), STR("")}, 2, BOO(true)},
    {"startsWith~", {STR(""), STR("")}, 2, BOO(true)},
    {"startsWith", {STR(""), STR("a")}, 2, BOO(false)},
    {"startsWith", {STR("ab"), STR("abc")}, 2, BOO(false)},
    {"startsWith~", {STR("ab"), STR("ABC")}, 2, BOO(false)},
    {"startsWith~", {STR(KELVIN "elvin"), STR("kEL")}, 2, BOO(true)},
    {"startsWith~", {STR("kelvin"), STR(KELVIN)}, 2, BOO(true)},
    {"startsWith", {STR("kelvin"), STR(KELVIN)}, 2, BOO(false)},
    {"startsWith~", {STR("stra" SHARP_S "e"), STR("strass")}, 2, BOO(false)},
    {"startsWith~", {STR("i"), STR(DOTTED_I)}, 2, BOO(false)},
    {"startsWith", {NUL, STR("a")}, 2, NUL},
    {"startsWith", {STR("a"), NUL}, 2, NUL},
    {"startsWith", {INT(5), STR("5")}, 2, NUL},
    {"startsWith", {STR("5"), INT(5)}, 2, NUL},
    {"startsWith", {ARR("[\"a\"]"), STR("a")}, 2, NUL},
    {"endsWith", {STR("Foo.exe"), STR(".exe")}, 2, BOO(true)},
    {"endsWith", {STR("Foo.exe"), STR(".EXE")}, 2, BOO(false)},
    {"endsWith~", {STR("Foo.exe"), STR(".EXE")}, 2, BOO(true)},
    {"endsWith", {STR("a"), STR("")}, 2, BOO(true)},
    {"endsWith~", {STR(""), STR("")}, 2, BOO(true)},
    {"endsWith", {STR("e"), STR("exe")}, 2, BOO(false)},
    {"endsWith~", {STR("e"), STR("exe")}, 2, BOO(false)},
    {"endsWith~", {STR("boo" KELVIN), STR("OOK")}, 2, BOO(true)},
    {"endsWith~", {STR("book"), STR("oo" KELVIN)}, 2, BOO(true)},
    {"endsWith~", {STR("xx" E_ACUTE), STR("x" E_ACUTE_BIG)}, 2, BOO(true)},
    {"endsWith~", {STR(FACE), STR(FACE FACE)}, 2, BOO(false)},
    {"endsWith", {NUL, STR("a")}, 2, NUL},
    {"endsWith", {STR("a"), NUL}, 2, NUL},
    {"endsWith~", {BOO(true), STR("e")}, 2, NUL},
};

static const function_test contains[] = {
    {"stringContains", {STR("banana"), STR("nan")}, 2, BOO(true)},
    {"stringContains", {STR("banana"), STR("NAN")}, 2, BOO(false)},
    {"stringContains~", {STR("banana"), STR("NAN")}, 2, BOO(true)},
    {"stringContains", {STR("banana"), STR("banana")}, 2, BOO(true)},
    {"stringContains", {STR("banana"), STR("bananas")}, 2, BOO(false)},
    {"stringContains", {STR("a\0b"), STR("\0b")}, 2, BOO(true)},
    {"stringContains", {STR("a"), STR("")}, 2, BOO(false)},
    {"stringContains", {STR(""), STR("a")}, 2, BOO(false)},
    {"stringContains", {STR(""), STR("")}, 2, BOO(false)},
    {"stringContains~", {STR("a"), STR("")}, 2, BOO(false)},
    {"stringContains~",
     {STR("the boo" KELVIN "s"), STR("BOOKS")},
     2,
     BOO(true)},
    {"stringContains~",
     {STR("x" A_STROKE "y"), STR("\xe2\xb1\xa5Y")},
     2,
     BOO(true)},
    {"stringContains~",
     {STR("\xff\xff"
          "A"),
      STR("\xff"
          "a")},
     2,
     BOO(true)},
    {"stringContains", {NUL, STR("a")}, 2, NUL},
    {"stringContains", {STR("a"), NUL}, 2, NUL},
    {"stringContains", {INT(5), STR("5")}, 2, NUL},
    {"stringContains", {OBJ("{\"a\":1}"), STR("a")}, 2, NUL},
};

static const function_test index_of[] = {
    {"indexOf", {STR("banana"), STR("an")}, 2, INT(1)},
    {"indexOf", {STR("banana"), STR("an"), INT(2)}, 3, INT(3)},
    {"indexOf", {STR("banana"), STR("an"), INT(1)}, 3, INT(1)},
    {"indexOf", {STR("banana"), STR("x")}, 2, NUL},
    {"indexOf", {STR("banana"), STR("an"), INT(4)}, 3, NUL},
    {"indexOf", {STR("banana"), STR("b"), INT(-5)}, 3, INT(0)},
    {"indexOf", {STR("banana"), STR("b"), INT(INT64_MIN)}, 3, INT(0)},
    {"indexOf", {STR("banana"), STR("b"), INT(INT64_MAX)}, 3, NUL},
    {"indexOf", {STR("banana"), STR("a"), FLT(1e300)}, 3, NUL},
    {"indexOf", {STR("banana"), STR("a"), FLT(-1e300)}, 3, INT(1)},
    {"indexOf", {STR("banana"), STR("a"), FLT(2.0)}, 3, INT(3)},
    {"indexOf", {STR("banana"), STR("a"), FLT(2.5)}, 3, NUL},
    {"indexOf", {STR("banana"), STR(""), INT(6)}, 3, INT(6)},
    {"indexOf", {STR("banana"), STR(""), INT(7)}, 3, NUL},
    {"indexOf", {STR("banana"), STR("")}, 2, INT(0)},
    {"indexOf", {STR(""), STR("")}, 2, INT(0)},
    {"indexOf", {STR("banana"), STR("AN")}, 2, NUL},
    {"indexOf~", {STR("banana"), STR("AN")}, 2, INT(1)},
    {"indexOf", {STR(E_ACUTE FACE "x"), STR("x")}, 2, INT(2)},
    {"indexOf", {STR(FACE FACE FACE), STR(FACE), INT(1)}, 3, INT(1)},
    {"indexOf~", {STR(A_STROKE KELVIN "x"), STR("KX")}, 2, INT(1)},
    {"indexOf~", {STR(A_STROKE A_STROKE "x"), STR("X"), INT(1)}, 3, INT(2)},
    {"indexOf", {STR("a"), STR("a"), NUL}, 3, NUL},
    {"indexOf", {STR("a"), STR("a"), STR("0")}, 3, NUL},
    {"indexOf", {NUL, STR("a")}, 2, NUL},
    {"indexOf", {STR("a"), NUL}, 2, NUL},
    {"indexOf", {INT(1), STR("1")}, 2, NUL},
};

static const function_test substring[] = {
    {"substring", {STR("abcdef"), INT(1), INT(3)}, 3, STR("bc")},
    {"substring", {STR("abcdef"), INT(-2)}, 2, STR("ef")},
    {"substring", {STR("abcdef"), INT(4), INT(2)}, 3, STR("")},
    {"substring", {STR("abc"), INT(10)}, 2, STR("")},
    {"substring", {STR("abc"), INT(0)}, 2, STR("abc")},
    {"substring", {STR("abc"), INT(0), NUL}, 3, STR("abc")},
    {"substring", {STR("abc"), INT(0), INT(100)}, 3, STR("abc")},
    {"substring", {STR("abc"), INT(0), INT(-1)}, 3, STR("ab")},
    {"substring", {STR("abc"), INT(-100), INT(-2)}, 3, STR("a")},
    {"substring", {STR("abc"), INT(INT64_MIN), INT(INT64_MAX)}, 3, STR("abc")},
    {"substring", {STR("abc"), INT(INT64_MAX)}, 2, STR("")},
    {"substring", {STR("abc"), INT(0), INT(INT64_MIN)}, 3, STR("")},
    {"substring", {STR("abc"), FLT(1.0)}, 2, STR("bc")},
    {"substring", {STR("abc"), FLT(1.5)}, 2, NUL},
    {"substring",
     {STR("a" FACE E_ACUTE "b"), INT(1), INT(3)},
     3,
     STR(FACE E_ACUTE)},
    {"substring", {STR("a" FACE E_ACUTE "b"), INT(-2)}, 2, STR(E_ACUTE "b")},
    {"substring", {STR(""), INT(0)}, 2, STR("")},
    {"substring", {NUL, INT(0)}, 2, NUL},
    {"substring", {STR("abc"), NUL}, 2, NUL},
    {"substring", {STR("abc"), STR("1")}, 2, NUL},
    {"substring", {STR("abc"), INT(1), STR("2")}, 3, NUL},
    {"substring", {INT(123), INT(1)}, 2, NUL},
};

static const function_test between[] = {
    {"between", {STR("a=[x] b=[y]"), STR("["), STR("]")}, 3, STR("x")},
    {"between",
     {STR("a=[x] b=[y]"), STR("["), STR("]"), BOO(true)},
     4,
     STR("x] b=[y")},
    {"between",
     {STR("a=[x] b=[y]"), STR("["), STR("]"), BOO(false)},
     4,
     STR("x")},
    {"between", {STR("a[]b"), STR("["), STR("]")}, 3, STR("")},
    {"between", {STR("aXbXc"), STR("x"), STR("x")}, 3, STR("")},
    {"between~", {STR("aXbXc"), STR("x"), STR("x")}, 3, STR("b")},
    {"between~", {STR("AbcDEF"), STR("A"), STR("f")}, 3, STR("bcDE")},
    {"between~",
     {STR(A_STROKE "k" FACE "QrS"), STR(KELVIN), STR("s")},
     3,
     STR(FACE "Qr")},
    {"between~",
     {STR("x" A_STROKE "Y" A_STROKE "x"), STR("X"), STR("x"), BOO(true)},
     4,
     STR(A_STROKE "Y" A_STROKE)},
    {"between", {STR("aXa"), STR("aX"), STR("Xa"), BOO(true)}, 4, STR("")},
    {"between", {STR("]a[b"), STR("["), STR("]")}, 3, STR("")},
    {"between", {STR("]a[b"), STR("["), STR("]"), BOO(true)}, 4, STR("")},
    {"between", {STR("abc"), STR("x"), STR("c")}, 3, STR("")},
    {"between", {STR("abc"), STR("a"), STR("x")}, 3, STR("")},
    {"between", {STR("aaa"), STR("a"), STR("a")}, 3, STR("")},
    {"between", {STR("aaa"), STR("a"), STR("a"), BOO(true)}, 4, STR("a")},
    {"between", {STR(""), STR("a"), STR("b")}, 3, STR("")},
    {"between", {STR("abc"), STR(""), STR("c")}, 3, STR("abc")},
    {"between", {STR("abc"), STR("a"), STR("")}, 3, STR("abc")},
    {"between", {NUL, STR(""), STR("")}, 3, NUL},
    {"between", {STR("a"), NUL, STR("")}, 3, NUL},
    {"between", {STR("a"), STR(""), NUL}, 3, NUL},
    {"between", {STR("abc"), STR("a"), STR("c"), NUL}, 4, NUL},
    {"between", {STR("abc"), STR("a"), STR("c"), INT(1)}, 4, NUL},
    {"between", {INT(121), STR("1"), STR("1")}, 3, NUL},
};

static const function_test length[] = {
    {"length", {STR("")}, 1, INT(0)},
    {"length", {STR("abc")}, 1, INT(3)},
    {"length", {STR(E_ACUTE FACE "12345678901")}, 1, INT(13)},
    {"length", {STR("\xff\xc3")}, 1, INT(2)},
    {"length", {STR("a\0b")}, 1, INT(3)},
    {"length", {INT(123)}, 1, NUL},
    {"length", {BOO(true)}, 1, NUL},
    {"length", {NUL}, 1, NUL},
    {"length", {ARR("[1,2]")}, 1, NUL},
};

static void
test_text_functions_of_elastic(void **state)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    function_test_run(&d, ends, EQL_COUNTOF(ends));
    function_test_run(&d, contains, EQL_COUNTOF(contains));
    function_test_run(&d, index_of, EQL_COUNTOF(index_of));
    function_test_run(&d, substring, EQL_COUNTOF(substring));
    function_test_run(&d, between, EQL_COUNTOF(between));
    function_test_run(&d, length, EQL_COUNTOF(length));
}

static void
test_text_functions_of_endgame(void **state)
{
    static const function_test rows[] = {
        {"between", {STR("abc"), STR("x"), STR("c")}, 3, NUL},
        {"between", {STR("abc"), STR("a"), STR("x")}, 3, NUL},
        {"between", {STR("abc"), STR(""), STR("")}, 3, STR("")},
        {"between", {STR("abc"), STR(""), STR(""), BOO(true)}, 4, STR("abc")},
        {"between", {STR("abc"), STR(""), STR("c")}, 3, STR("ab")},
        {"between", {STR("abc"), STR("a"), STR("")}, 3, STR("")},
        {"between", {STR("abc"), STR("a"), STR(""), BOO(true)}, 4, STR("bc")},
        {"between", {STR(""), STR("a"), STR("b")}, 3, NUL},
        {"stringContains", {STR("a"), STR("")}, 2, BOO(true)},
        {"stringContains", {STR(""), STR("")}, 2, BOO(true)},
        {"stringContains", {STR(""), STR("a")}, 2, BOO(false)},
        {"stringContains", {NUL, STR("a")}, 2, BOO(false)},
        {"stringContains", {STR("a"), NUL}, 2, BOO(false)},
        {"stringContains", {ARR("[\"a\"]"), STR("a")}, 2, BOO(false)},
        {"stringContains", {INT(5), STR("5")}, 2, NUL},
        {"length", {ARR("[]")}, 1, INT(0)},
        {"length", {ARR("[1]")}, 1, INT(1)},
        {"length", {ARR("[[]]")}, 1, INT(1)},
        {"length", {ARR("[\"a,b\",[1,2],{\"c\":[3,4],\"d\":5}]")}, 1, INT(3)},
        {"length", {ARR("[\"\\\"],[\",\"\\\\\"]")}, 1, INT(2)},
        {"length", {OBJ("{}")}, 1, INT(0)},
        {"length", {OBJ("{\"a\":{\"b\":1,\"c\":2},\"}\":[]}")}, 1, INT(2)},
        {"length", {STR("abc")}, 1, INT(3)},
        /* Text that is no JSON: any number, but no harm. */
        {"length", {ARR("")}, 1, INT(0)},
        {"length", {ARR("\"\\")}, 1, INT(0)},
    };
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ENDGAME);

    (void)state;
    function_test_run(&d, rows, EQL_COUNTOF(rows));
}

static void
test_ascii_folds_only_ascii(void **state)
{
    static const function_test rows[] = {
        {"startsWith~", {STR("KELVIN"), STR("kel")}, 2, BOO(true)},
        {"startsWith~", {STR(KELVIN), STR("k")}, 2, BOO(false)},
        {"startsWith~", {STR(E_ACUTE_BIG), STR(E_ACUTE)}, 2, BOO(false)},
        {"startsWith~", {STR(E_ACUTE "X"), STR(E_ACUTE "x")}, 2, BOO(true)},
        {"endsWith~", {STR("a" E_ACUTE "X"), STR(E_ACUTE "x")}, 2, BOO(true)},
        {"endsWith~", {STR("a" KELVIN), STR("k")}, 2, BOO(false)},
        {"endsWith~", {STR("a"), STR("aa")}, 2, BOO(false)},
        {"stringContains~", {STR("a" KELVIN "b"), STR("k")}, 2, BOO(false)},
        {"stringContains~", {STR(KELVIN "AbC"), STR("aBc")}, 2, BOO(true)},
        {"indexOf~", {STR(KELVIN "AbC"), STR("bC")}, 2, INT(2)},
        {"between~",
         {STR(KELVIN "A" FACE "C"), STR("a"), STR("c")},
         3,
         STR(FACE)},
    };
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    d.case_fold = EQL_CASE_FOLD_ASCII;
    function_test_run(&d, rows, EQL_COUNTOF(rows));
}

static char *
repeated(char c, size_t n, char last)
{
    char *s = malloc(n);

    assert_non_null(s);
    memset(s, c, n);
    s[n - 1] = last;
    return s;
}

/* A naive search would compare 2^38 times. */
static void
test_search_takes_linear_time(void **state)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_function_env env = {.dialect = &d, .scratch = eql_scratch_new()};
    size_t n = (size_t)1 << 20;
    char *hay = repeated('a', n, 'a'), *needle = repeated('A', n / 2, 'b');
    eql_value args[4] = {eql_value_str(eql_sv(hay, n)),
                         eql_value_str(eql_sv(needle, n / 2)), STR("a"),
                         BOO(true)};
    clock_t start = clock();
    eql_value v;

    (void)state;
    assert_non_null(env.scratch);
    v = eql_function_call(&env, EQL_FN_STRING_CONTAINS, true, args, 2);
    assert_true(v.tag == EQL_BOOL && !v.u.b);
    v = eql_function_call(&env, EQL_FN_INDEX_OF, true, args, 2);
    assert_int_equal(v.tag, EQL_NULL);
    args[2] = args[1];
    args[1] = (eql_value)STR("a");
    v = eql_function_call(&env, EQL_FN_BETWEEN, true, args, 4);
    assert_true(v.tag == EQL_STRING && v.len == 0);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 5);
    /* All of it was given back. */
    assert_int_equal(eql_scratch_refused(env.scratch), 0);
    free(hay);
    free(needle);
    eql_scratch_free(env.scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_is_found_in_any_case),
        cmocka_unit_test(test_signatures_say_what_arguments_are),
        cmocka_unit_test(test_text_functions_of_elastic),
        cmocka_unit_test(test_text_functions_of_endgame),
        cmocka_unit_test(test_ascii_folds_only_ascii),
        cmocka_unit_test(test_search_takes_linear_time),
    };

    return cmocka_run_group_tests_name("functions", tests, NULL, NULL);
}
