/* test_builder.c -- what the builder interns, and what it makes of it. */
#include "tests/support/sample_program.h"
#include "program/verify.h"

static void
test_builder_interns_strings(void **state)
{
    eql_builder *b = eql_builder_new();
    eql_str a, c, empty;

    (void)state;
    a = eql_builder_str(b, eql_sv_cstr("abc"));
    c = eql_builder_str(b, eql_sv_cstr("abc"));
    empty = eql_builder_str(b, eql_sv("", 0));
    assert_int_equal(a.off, c.off);
    assert_int_equal(a.len, 3);
    assert_int_equal(empty.off, 0);
    assert_int_equal(empty.len, 0);
    eql_builder_free(b);
}

static void
test_builder_makes_strings_valid(void **state)
{
    static const struct {
        const char *label, *in, *out;
    } cases[] = {{"lone continuation", "a\x80z", "a\xef\xbf\xbdz"},
                 {"cut short", "a\xc3", "a\xef\xbf\xbd"},
                 {"fine", "\xc3\xa9", "\xc3\xa9"}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_builder *b = eql_builder_new();
        eql_str s = eql_builder_str(b, eql_sv_cstr(cases[i].in));
        eql_program *p = eql_builder_finish(b);

        if (!eql_sv_is(eql_program_str(p, s), cases[i].out))
            fail_msg("%s: wrong text", cases[i].label);
        assert_int_equal(eql_verify(p).code, EQL_VERIFY_OK);
        eql_program_free(p);
        eql_builder_free(b);
    }
}

static void
test_builder_interns_constants(void **state)
{
    eql_value values[] = {eql_value_null(),
                          eql_value_bool(false),
                          eql_value_int(0),
                          eql_value_float(0.0),
                          eql_value_float(-0.0),
                          eql_value_str(eql_sv("", 0)),
                          eql_value_str(eql_sv("0", 1)),
                          eql_value_int(INT64_MIN)};
    eql_builder *b = eql_builder_new();

    (void)state;
    for (uint32_t i = 0; i < EQL_COUNTOF(values); i++)
        assert_int_equal(eql_builder_const(b, values[i]), i);
    for (uint32_t i = 0; i < EQL_COUNTOF(values); i++)
        assert_int_equal(eql_builder_const(b, values[i]), i);
    eql_builder_free(b);
}

static void
test_builder_interns_lists_by_kind_and_flags(void **state)
{
    eql_builder *b = eql_builder_new();
    uint32_t items[2], a;

    (void)state;
    items[0] = eql_builder_const(b, eql_value_str(eql_sv_cstr("a")));
    items[1] = eql_builder_const(b, eql_value_str(eql_sv_cstr("b")));
    a = eql_builder_const_list(b, EQL_CONST_SET, 0, items, 2);
    assert_int_equal(eql_builder_const_list(b, EQL_CONST_SET, 0, items, 2), a);
    assert_int_not_equal(
        eql_builder_const_list(b, EQL_CONST_SET, EQL_CONST_FOLD, items, 2), a);
    assert_int_not_equal(
        eql_builder_const_list(b, EQL_CONST_PATTERNS, 0, items, 2), a);
    assert_int_not_equal(eql_builder_const_list(b, EQL_CONST_SET, 0, items, 1),
                         a);
    eql_builder_free(b);
}

static void
test_builder_interns_code(void **state)
{
    static const eql_insn leaf[] = {{EQL_OP_LOAD_FIELD, 0, 0, 1},
                                    {EQL_OP_RETURN, 0, 0, 0}};
    static const eql_insn other[] = {{EQL_OP_LOAD_FIELD, 0, 0, 0},
                                     {EQL_OP_RETURN, 0, 0, 0}};
    static const eql_insn filter[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    eql_builder *b = eql_builder_new();

    (void)state;
    assert_int_equal(eql_builder_leaf(b, leaf, 2, 1, 1), 0);
    assert_int_equal(eql_builder_leaf(b, other, 2, 1, 1), 1);
    assert_int_equal(eql_builder_leaf(b, leaf, 2, 1, 1), 0);
    assert_int_equal(eql_builder_leaf(b, leaf, 2, 1, 2), 2);
    assert_int_equal(eql_builder_filter(b, filter, 1), 0);
    assert_int_equal(eql_builder_filter(b, filter, 1), 0);
    eql_builder_free(b);
}

static void
test_builder_starts_with_fixed_fields(void **state)
{
    eql_builder *b = eql_builder_new();
    eql_program *p = eql_builder_finish(b);

    (void)state;
    assert_int_equal(p->nfields, 2);
    assert_true(eql_sv_is(
        eql_program_str(p, p->fields[EQL_FIELD_TIMESTAMP].name), "@timestamp"));
    assert_true(
        eql_sv_is(eql_program_str(p, p->fields[EQL_FIELD_CATEGORY].name),
                  "event.category"));
    assert_int_equal(p->fields[EQL_FIELD_CATEGORY].segs.n, 2);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
    eql_builder_free(b);
}

static void
test_builder_field_is_known_by_name(void **state)
{
    eql_builder *b = eql_builder_new();
    eql_field_seg seg = {.name = eql_builder_str(b, eql_sv_cstr("@timestamp"))};

    (void)state;
    assert_int_equal(
        eql_builder_field(b, eql_sv_cstr("@timestamp"), EQL_FIELD_ANY, &seg, 1),
        EQL_FIELD_TIMESTAMP);
    eql_builder_free(b);
}

static void
test_builder_copies_every_section(void **state)
{
    eql_program *p = sample_program();

    (void)state;
    assert_int_equal(p->nfields, 5);
    assert_int_equal(p->nconsts, 9);
    assert_int_equal(p->nlists, 6);
    assert_int_equal(p->nleaves, 5);
    assert_int_equal(p->nfilters, 2);
    assert_int_equal(p->ninsns, 24);
    assert_int_equal(p->nstages, 4);
    assert_int_equal(p->nrules, 2);
    assert_int_equal(p->insns[16].op, EQL_OP_BRANCH_FALSE);
    assert_int_equal(p->stages[2].filter, 1);
    assert_int_equal((int64_t)p->consts[SAMPLE_INT].bits, -5);
    assert_true(eql_sv_is(eql_program_str(p, p->rules[1].name), "sequence"));
    eql_program_free(p);
}

static void
test_builder_empty_run_is_zero(void **state)
{
    eql_builder *b = eql_builder_new();
    eql_key key = {.field = 0};
    eql_range none;

    (void)state;
    eql_builder_keys(b, &key, 1);
    none = eql_builder_keys(b, NULL, 0);
    assert_int_equal(none.first, 0);
    assert_int_equal(none.n, 0);
    eql_builder_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder_interns_strings),
        cmocka_unit_test(test_builder_makes_strings_valid),
        cmocka_unit_test(test_builder_interns_constants),
        cmocka_unit_test(test_builder_interns_lists_by_kind_and_flags),
        cmocka_unit_test(test_builder_interns_code),
        cmocka_unit_test(test_builder_starts_with_fixed_fields),
        cmocka_unit_test(test_builder_field_is_known_by_name),
        cmocka_unit_test(test_builder_copies_every_section),
        cmocka_unit_test(test_builder_empty_run_is_zero),
    };

    return cmocka_run_group_tests_name("builder", tests, NULL, NULL);
}
