/* test_functions_values.c -- arithmetic, text of values, numbers in text,
 * conversions of schema types, and the scratch memory of results. */
#include "tests/support/function_test.h"

static const function_test both_divisions[] = {
    {"add", {INT(2), INT(3)}, 2, INT(5)},
    {"add", {INT(2), FLT(0.5)}, 2, FLT(2.5)},
    {"add", {FLT(0.5), INT(2)}, 2, FLT(2.5)},
    {"add", {INT(INT64_MAX), INT(1)}, 2, FLT(9223372036854775808.0)},
    {"add", {FLT(1.7e308), FLT(1.7e308)}, 2, NUL},
    {"subtract", {INT(2), INT(3)}, 2, INT(-1)},
    {"subtract", {INT(INT64_MIN), INT(1)}, 2, FLT(-9223372036854775808.0)},
    {"multiply", {INT(-4), INT(3)}, 2, INT(-12)},
    {"multiply", {INT(INT64_MIN), INT(-1)}, 2, FLT(9223372036854775808.0)},
    {"multiply",
     {INT(4294967296), INT(4294967296)},
     2,
     FLT(18446744073709551616.0)},
    {"divide", {INT(9), INT(4)}, 2, INT(2)},
    {"divide", {INT(9), FLT(4.0)}, 2, FLT(2.25)},
    {"divide", {INT(INT64_MIN), INT(-1)}, 2, FLT(9223372036854775808.0)},
    {"divide", {INT(5), INT(-1)}, 2, INT(-5)},
    {"divide", {INT(1), INT(0)}, 2, NUL},
    {"divide", {FLT(1.0), INT(0)}, 2, NUL},
    {"divide", {FLT(1.0), FLT(-0.0)}, 2, NUL},
    {"divide", {FLT(1e308), FLT(1e-10)}, 2, NUL},
    {"modulo", {INT(10), INT(0)}, 2, NUL},
    {"modulo", {FLT(10.0), FLT(0.0)}, 2, NUL},
    {"modulo", {INT(INT64_MIN), INT(-1)}, 2, INT(0)},
    {"modulo", {INT(-10), INT(-6)}, 2, INT(-4)},
    {"modulo", {FLT(7.5), INT(2)}, 2, FLT(1.5)},
    {"add", {STR("1"), INT(2)}, 2, NUL},
    {"add", {INT(1), STR("2")}, 2, NUL},
    {"add", {NUL, INT(2)}, 2, NUL},
    {"add", {INT(1), NUL}, 2, NUL},
    {"multiply", {BOO(true), INT(2)}, 2, NUL},
    {"divide", {ARR("[1]"), INT(1)}, 2, NUL},
    {"safe", {INT(5)}, 1, INT(5)},
    {"safe", {NUL}, 1, NUL},
};

static const function_test truncated[] = {
    {"divide", {INT(-7), INT(2)}, 2, INT(-3)},
    {"divide", {INT(7), INT(-2)}, 2, INT(-3)},
    {"modulo", {INT(-7), INT(3)}, 2, INT(-1)},
    {"modulo", {INT(7), INT(-3)}, 2, INT(1)},
    {"modulo", {INT(10), INT(-6)}, 2, INT(4)},
    {"modulo", {FLT(-7.5), INT(2)}, 2, FLT(-1.5)},
    {"modulo", {FLT(-4.0), INT(2)}, 2, FLT(-0.0)},
};

static const function_test floored[] = {
    {"divide", {INT(-7), INT(2)}, 2, INT(-4)},
    {"divide", {INT(7), INT(-2)}, 2, INT(-4)},
    {"divide", {INT(-8), INT(2)}, 2, INT(-4)},
    {"divide", {INT(-7), INT(-2)}, 2, INT(3)},
    {"divide", {INT(INT64_MIN), INT(3)}, 2, INT(-3074457345618258603)},
    {"divide", {FLT(-7.0), INT(2)}, 2, FLT(-3.5)},
    {"modulo", {INT(-7), INT(3)}, 2, INT(2)},
    {"modulo", {INT(7), INT(-3)}, 2, INT(-2)},
    {"modulo", {INT(-6), INT(3)}, 2, INT(0)},
    {"modulo", {FLT(-7.5), INT(2)}, 2, FLT(0.5)},
    {"modulo", {FLT(7.5), INT(-2)}, 2, FLT(-0.5)},
    {"modulo", {FLT(-4.0), INT(2)}, 2, FLT(0.0)},
};

static void
test_arithmetic_with_both_divisions(void **state)
{
    eql_dialect trunc = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_dialect floor = eql_dialect_preset(EQL_DIALECT_ENDGAME);

    (void)state;
    function_test_run(&trunc, both_divisions, EQL_COUNTOF(both_divisions));
    function_test_run(&floor, both_divisions, EQL_COUNTOF(both_divisions));
    function_test_run(&trunc, truncated, EQL_COUNTOF(truncated));
    function_test_run(&floor, floored, EQL_COUNTOF(floored));
}

typedef struct {
    eql_value in, want;
} conversion;

static void
expect(const char *what, const eql_value *in, const eql_value *got,
       const eql_value *want)
{
    eql_buf text = {0};

    if (function_test_same(got, want))
        return;
    eql_buf_printf(&text, "%s of ", what);
    function_test_print(&text, in);
    eql_buf_add_str(&text, ": got ");
    function_test_print(&text, got);
    eql_buf_add_str(&text, ", want ");
    function_test_print(&text, want);
    eql_buf_add(&text, "", 1);
    fail_msg("%s", text.p);
}

static void
test_negation(void **state)
{
    static const conversion rows[] = {
        {INT(5), INT(-5)},
        {INT(0), INT(0)},
        {INT(INT64_MAX), INT(-INT64_MAX)},
        {INT(INT64_MIN), FLT(9223372036854775808.0)},
        {FLT(1.5), FLT(-1.5)},
        {FLT(0.0), FLT(-0.0)},
        {STR("5"), NUL},
        {BOO(true), NUL},
        {NUL, NUL},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(rows); i++) {
        eql_value got = eql_negate(&rows[i].in);

        expect("negation", &rows[i].in, &got, &rows[i].want);
    }
}

static void
test_text_of_values(void **state)
{
    static const function_test rows[] = {
        {"string", {INT(-12)}, 1, STR("-12")},
        {"string", {FLT(2.0)}, 1, STR("2.0")},
        {"string", {FLT(1e10)}, 1, STR("1e10")},
        {"string", {FLT(0.1)}, 1, STR("0.1")},
        {"string", {BOO(true)}, 1, STR("true")},
        {"string", {BOO(false)}, 1, STR("false")},
        {"string", {STR("x")}, 1, STR("x")},
        {"string", {NUL}, 1, NUL},
        {"string", {ARR("[1]")}, 1, NUL},
        {"string", {OBJ("{}")}, 1, NUL},
        {"concat", {STR("p"), INT(7), BOO(true)}, 3, STR("p7true")},
        {"concat", {STR("a")}, 1, STR("a")},
        {"concat", {STR(""), STR("")}, 2, STR("")},
        {"concat", {INT(1), FLT(2.0), FLT(2.5)}, 3, STR("12.02.5")},
        {"concat", {STR("a"), NUL}, 2, NUL},
        {"concat", {NUL, STR("a")}, 2, NUL},
        {"concat", {STR("a"), ARR("[1]")}, 2, NUL},
    };
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    function_test_run(&d, rows, EQL_COUNTOF(rows));
}

static void
test_numbers_in_text(void **state)
{
    static const function_test rows[] = {
        {"number", {STR("0x1f")}, 1, INT(31)},
        {"number", {STR("0X1F")}, 1, INT(31)},
        {"number", {STR("0x1f"), INT(16)}, 2, INT(31)},
        {"number", {STR("0x1f"), NUL}, 2, INT(31)},
        {"number", {STR("0x1f"), INT(10)}, 2, NUL},
        {"number", {STR("0x")}, 1, NUL},
        {"number", {STR("0x"), INT(36)}, 2, INT(33)},
        {"number", {STR("-0x1f")}, 1, NUL},
        {"number", {STR("1f"), INT(16)}, 2, INT(31)},
        {"number", {STR("1f")}, 1, NUL},
        {"number", {STR("-5")}, 1, INT(-5)},
        {"number", {STR("+5")}, 1, INT(5)},
        {"number", {STR(" \t5\r\n")}, 1, INT(5)},
        {"number", {STR("1.50")}, 1, FLT(1.5)},
        {"number", {STR("1e3")}, 1, FLT(1000.0)},
        {"number", {STR("1.50"), INT(10)}, 2, FLT(1.5)},
        {"number", {STR("1.50"), INT(16)}, 2, NUL},
        {"number", {STR("ten")}, 1, NUL},
        {"number", {STR("")}, 1, NUL},
        {"number", {STR("  ")}, 1, NUL},
        {"number", {STR("-")}, 1, NUL},
        {"number", {STR("-"), INT(8)}, 2, NUL},
        {"number", {STR("- 5")}, 1, NUL},
        {"number", {STR("5 5")}, 1, NUL},
        {"number", {STR("5\0"), INT(10)}, 2, NUL},
        {"number", {STR("101"), INT(2)}, 2, INT(5)},
        {"number", {STR("-101"), INT(2)}, 2, INT(-5)},
        {"number", {STR("102"), INT(2)}, 2, NUL},
        {"number", {STR("zZ"), INT(36)}, 2, INT(1295)},
        {"number", {STR("z"), FLT(36.0)}, 2, INT(35)},
        {"number", {STR("1"), INT(1)}, 2, NUL},
        {"number", {STR("1"), INT(37)}, 2, NUL},
        {"number", {STR("1"), INT(-10)}, 2, NUL},
        {"number", {STR("1"), FLT(2.5)}, 2, NUL},
        {"number", {STR("1"), STR("10")}, 2, NUL},
        {"number", {STR("-9223372036854775808")}, 1, INT(INT64_MIN)},
        {"number", {STR("9223372036854775808")}, 1, FLT(9223372036854775808.0)},
        {"number", {STR("0x7fffffffffffffff")}, 1, INT(INT64_MAX)},
        {"number", {STR("-0x8000000000000000")}, 1, NUL},
        {"number", {STR("0x8000000000000000")}, 1, FLT(9223372036854775808.0)},
        {"number", {STR("-0x8000000000000001")}, 1, NUL},
        {"number", {INT(5)}, 1, NUL},
        {"number", {NUL}, 1, NUL},
        {"number", {BOO(true)}, 1, NUL},
    };
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    function_test_run(&d, rows, EQL_COUNTOF(rows));
}

static void
test_types_of_a_schema(void **state)
{
    static const conversion numbers[] = {
        {STR("443"), INT(443)},
        {STR("-1.5"), FLT(-1.5)},
        {STR("1e3"), FLT(1000.0)},
        {STR("x1"), STR("x1")},
        {STR(""), STR("")},
        {STR(" 1"), STR(" 1")},
        {INT(1), INT(1)},
        {BOO(true), BOO(true)},
        {NUL, NUL},
    };
    static const conversion bools[] = {
        {STR("true"), BOO(true)},
        {STR("false"), BOO(false)},
        {STR("TRUE"), STR("TRUE")},
        {STR(""), STR("")},
        {BOO(false), BOO(false)},
        {INT(1), INT(1)},
        {NUL, NUL},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(numbers); i++) {
        eql_value got = eql_to_number(&numbers[i].in);

        expect("number", &numbers[i].in, &got, &numbers[i].want);
    }
    for (size_t i = 0; i < EQL_COUNTOF(bools); i++) {
        eql_value got = eql_to_bool(&bools[i].in);

        expect("boolean", &bools[i].in, &got, &bools[i].want);
    }
}

#define SECOND INT64_C(1000000000)
#define EPOCH_TICKS INT64_C(116444736000000000)

typedef struct {
    eql_timestamp_unit unit;
    eql_value in, want;
} time_row;

static void
check_times(const time_row *rows, size_t n)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    for (size_t i = 0; i < n; i++) {
        eql_value got;

        d.timestamp_unit = rows[i].unit;
        got = eql_to_time(&d, &rows[i].in);
        expect("time", &rows[i].in, &got, &rows[i].want);
    }
}

/* At each border both sides. */
static void
test_times_in_the_unit_of_their_size(void **state)
{
    static const time_row rows[] = {
        {EQL_UNIT_AUTO, INT(-1500), INT(-1500 * SECOND / 1000)},
        {EQL_UNIT_AUTO, INT(629999999), INT(629999999 * (SECOND / 1000))},
        {EQL_UNIT_AUTO, INT(630000000), INT(630000000 * SECOND)},
        {EQL_UNIT_AUTO, INT(1600000000), INT(1600000000 * SECOND)},
        {EQL_UNIT_AUTO, INT(9223372036), INT(9223372036 * SECOND)},
        {EQL_UNIT_AUTO, INT(99999999999), NUL}, /* the year 5138 */
        {EQL_UNIT_AUTO, INT(100000000000), INT(100000000 * SECOND)},
        {EQL_UNIT_AUTO, INT(1600000000123), INT(1600000000123 * 1000000)},
        {EQL_UNIT_AUTO, INT(99999999999999), NUL},
        {EQL_UNIT_AUTO, INT(100000000000000), INT(100000000 * SECOND)},
        {EQL_UNIT_AUTO, INT(1600000000123456), INT(1600000000123456 * 1000)},
        {EQL_UNIT_AUTO, INT(99999999999999999), NUL},
        {EQL_UNIT_AUTO, INT(100000000000000000),
         INT((100000000000000000 - EPOCH_TICKS) * 100)},
        {EQL_UNIT_AUTO, INT(132444736000000000), INT(1600000000 * SECOND)},
        {EQL_UNIT_AUTO, INT(299999999999999999), NUL},
        {EQL_UNIT_AUTO, INT(300000000000000000), INT(300000000000000000)},
        {EQL_UNIT_AUTO, INT(1600000000123456789), INT(1600000000123456789)},
        {EQL_UNIT_AUTO, INT(INT64_MAX), INT(INT64_MAX)},
        {EQL_UNIT_AUTO, FLT(1600000000.25),
         INT(1600000000 * SECOND + SECOND / 4)},
        {EQL_UNIT_AUTO, FLT(1.6e9), INT(1600000000 * SECOND)},
        {EQL_UNIT_AUTO, FLT(629999999.5), INT(6299999995 * (SECOND / 10000))},
        {EQL_UNIT_AUTO, FLT(1600000000000.5),
         INT(16000000000005 * (SECOND / 10000))},
        {EQL_UNIT_AUTO, STR("1600000000"), INT(1600000000 * SECOND)},
        {EQL_UNIT_AUTO, STR("1600000000.123456789"),
         INT(1600000000 * SECOND + 123456789)},
        {EQL_UNIT_AUTO, STR("1600000000000"), INT(1600000000 * SECOND)},
        {EQL_UNIT_AUTO, STR("1500"), INT(1500 * SECOND / 1000)},
    };

    (void)state;
    check_times(rows, EQL_COUNTOF(rows));
}

static void
test_times_in_every_unit(void **state)
{
    static const time_row rows[] = {
        {EQL_UNIT_AUTO, STR("1970-01-01T00:00:01Z"), INT(SECOND)},
        {EQL_UNIT_FILETIME, STR("1970-01-01T00:00:01Z"), INT(SECOND)},
        {EQL_UNIT_AUTO, STR("1970-01-01T01:00:00+01:00"), INT(0)},
        {EQL_UNIT_AUTO, INT(1500), INT(1500 * SECOND / 1000)},
        /* A unit that is named wins. */
        {EQL_UNIT_MS, INT(1600000000), INT(1600000000 * (SECOND / 1000))},
        {EQL_UNIT_S, INT(1500), INT(1500 * SECOND)},
        {EQL_UNIT_S, INT(-3), INT(-3 * SECOND)},
        {EQL_UNIT_US, INT(1), INT(1000)},
        {EQL_UNIT_NS, INT(INT64_MIN), INT(INT64_MIN)},
        {EQL_UNIT_S, INT(9223372036), INT(9223372036 * SECOND)},
        {EQL_UNIT_S, INT(9223372037), NUL},
        {EQL_UNIT_MS, INT(INT64_MAX), NUL},
        {EQL_UNIT_FILETIME, INT(EPOCH_TICKS), INT(0)},
        {EQL_UNIT_FILETIME, INT(EPOCH_TICKS + 1), INT(100)},
        {EQL_UNIT_FILETIME, INT(EPOCH_TICKS - 1), INT(-100)},
        {EQL_UNIT_FILETIME, INT(EPOCH_TICKS + INT64_MAX / 100),
         INT(INT64_MAX / 100 * 100)},
        {EQL_UNIT_FILETIME, INT(EPOCH_TICKS + INT64_MAX / 100 + 1), NUL},
        {EQL_UNIT_FILETIME, INT(0), NUL},
        {EQL_UNIT_FILETIME, INT(INT64_MAX), NUL},
        {EQL_UNIT_FILETIME, INT(INT64_MIN), NUL},
        {EQL_UNIT_FILETIME, STR("116444736000000001"), INT(100)},
        {EQL_UNIT_S, FLT(1.25), INT(SECOND + SECOND / 4)},
        {EQL_UNIT_S, FLT(-0.25), INT(-SECOND / 4)},
        {EQL_UNIT_MS, FLT(1e300), NUL},
        {EQL_UNIT_MS, FLT(-1e300), NUL},
        {EQL_UNIT_MS, FLT(9223372036854775808.0), NUL},
        {EQL_UNIT_MS, STR("1500"), INT(1500 * SECOND / 1000)},
        {EQL_UNIT_S, STR("1.5"), INT(SECOND * 3 / 2)},
        {EQL_UNIT_S, STR("1.0000000019"), INT(SECOND + 1)},
        {EQL_UNIT_NS, STR("12.9"), INT(12)},
        {EQL_UNIT_MS, STR("9223372036854775808"), NUL},
        {EQL_UNIT_MS, STR("99999999999999999999999"), NUL},
        {EQL_UNIT_MS, STR("1."), NUL},
        {EQL_UNIT_MS, STR(".5"), NUL},
        {EQL_UNIT_MS, STR("-1"), NUL},
        {EQL_UNIT_MS, STR("1e3"), NUL},
        {EQL_UNIT_MS, STR(""), NUL},
        {EQL_UNIT_MS, STR("yesterday"), NUL},
        {EQL_UNIT_MS, BOO(true), NUL},
        {EQL_UNIT_MS, NUL, NUL},
        {EQL_UNIT_MS, ARR("[1]"), NUL},
    };
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    check_times(rows, EQL_COUNTOF(rows));
    d = eql_dialect_preset(EQL_DIALECT_ENDGAME);
    assert_int_equal(eql_to_time(&d, &(eql_value)INT(EPOCH_TICKS + 1)).u.i,
                     100);
}

static void
test_scratch_keeps_what_it_gave(void **state)
{
    eql_scratch *s = eql_scratch_new();
    char *a, *b;

    (void)state;
    assert_non_null(s);
    for (int round = 0; round < 3; round++) {
        a = eql_scratch_take(s, 4000);
        assert_non_null(a);
        memset(a, 'a', 4000);
        for (int i = 0; i < 100; i++) {
            b = eql_scratch_take(s, 997);
            assert_non_null(b);
            memset(b, 'b', 997);
        }
        for (int i = 0; i < 4000; i++)
            assert_int_equal(a[i], 'a');
        eql_scratch_reset(s);
        assert_ptr_equal(eql_scratch_take(s, 1), a);
        eql_scratch_reset(s);
    }
    assert_non_null(eql_scratch_take(s, 0));
    eql_scratch_free(s);
    eql_scratch_free(NULL);
}

static void
test_scratch_refuses_more_than_its_cap(void **state)
{
    eql_scratch *s = eql_scratch_new();

    (void)state;
    assert_non_null(s);
    assert_null(eql_scratch_take(s, EQL_SCRATCH_MAX_BYTES + 1));
    assert_int_equal(eql_scratch_refused(s), 1);
    assert_non_null(eql_scratch_take(s, EQL_SCRATCH_MAX_BYTES));
    assert_null(eql_scratch_take(s, 1));
    assert_int_equal(eql_scratch_refused(s), 2);
    assert_false(eql_scratch_failed(s));
    eql_scratch_reset(s);
    assert_non_null(eql_scratch_take(s, EQL_SCRATCH_MAX_BYTES));
    eql_scratch_free(s);
}

static void
test_a_result_has_a_longest_length(void **state)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_function_env env = {.dialect = &d, .scratch = eql_scratch_new()};
    size_t n = EQL_MAX_RESULT_BYTES;
    char *big = calloc(n, 1);
    eql_value args[2], v;

    (void)state;
    assert_non_null(big);
    assert_non_null(env.scratch);
    args[0] = eql_value_str(eql_sv(big, n));
    args[1] = (eql_value)STR("");
    v = eql_function_call(&env, EQL_FN_CONCAT, false, args, 2);
    assert_true(v.tag == EQL_STRING && v.len == n);
    args[1] = (eql_value)STR("x");
    v = eql_function_call(&env, EQL_FN_CONCAT, false, args, 2);
    assert_int_equal(v.tag, EQL_NULL);
    assert_int_equal(eql_scratch_refused(env.scratch), 1);
    eql_scratch_free(env.scratch);
    free(big);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic_with_both_divisions),
        cmocka_unit_test(test_negation),
        cmocka_unit_test(test_text_of_values),
        cmocka_unit_test(test_numbers_in_text),
        cmocka_unit_test(test_types_of_a_schema),
        cmocka_unit_test(test_times_in_the_unit_of_their_size),
        cmocka_unit_test(test_times_in_every_unit),
        cmocka_unit_test(test_scratch_keeps_what_it_gave),
        cmocka_unit_test(test_scratch_refuses_more_than_its_cap),
        cmocka_unit_test(test_a_result_has_a_longest_length),
    };

    return cmocka_run_group_tests_name("functions_values", tests, NULL, NULL);
}
