/* test_builder.c -- what the builder interns, and what it makes of it. */
#include "tests/support/build_test.h"
#include "tests/support/sample_program.h"
#include "program/verify.h"

static void
test_builder_interns_strings(void **state)
{
    eql_builder *b = sample_builder();
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

/* As the name of a field that another has already. */
static void
test_builder_leaves_out_what_nobody_names(void **state)
{
    eql_builder *b = sample_builder();
    eql_str first, second;
    eql_program *p;

    (void)state;
    first = eql_builder_str(b, eql_sv_cstr("unused"));
    eql_builder_path(b, eql_sv_cstr("used"), EQL_MODE_FLAT);
    second = eql_builder_str(b, eql_sv_cstr("unused too"));
    assert_true(second.off > first.off);
    p = sample_finish(b);
    assert_int_equal(p->nheap, strlen("@timestamp"
                                      "event"
                                      "category"
                                      "event.category"
                                      "used"));
    assert_true(eql_sv_is(eql_program_str(p, p->fields[2].name), "used"));
    assert_true(
        eql_sv_is(eql_program_str(p, p->fields[EQL_FIELD_CATEGORY].name),
                  "event.category"));
    eql_program_free(p);
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
        eql_builder *b = sample_builder();
        uint32_t field =
            eql_builder_path(b, eql_sv_cstr(cases[i].in), EQL_MODE_FLAT);
        eql_program *p = eql_builder_finish(b);

        if (!eql_sv_is(eql_program_str(p, p->fields[field].name), cases[i].out))
            fail_msg("%s: wrong text", cases[i].label);
        assert_int_equal(test_verify_but_owners(p).code, EQL_VERIFY_OK);
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
    eql_builder *b = sample_builder();

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
    eql_builder *b = sample_builder();
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
    eql_builder *b = sample_builder();

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
    eql_builder *b = sample_builder();
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

/* All but the name tells fields apart. */
static void
test_builder_interns_fields_by_what_they_read(void **state)
{
    eql_builder *b = sample_builder();
    eql_field_seg seg = {.name = eql_builder_str(b, eql_sv_cstr("@timestamp"))};
    eql_field_spec same = {.name = eql_sv_cstr("other name"),
                           .parent = EQL_NONE,
                           .segs = &seg,
                           .nsegs = 1};
    eql_field_spec specs[5] = {same, same, same, same, same};

    (void)state;
    assert_int_equal(eql_builder_field(b, &same), EQL_FIELD_TIMESTAMP);
    specs[0].type = EQL_FIELD_DATE;
    specs[1].mode = EQL_MODE_ELEMENTS;
    specs[2].origin = 1;
    specs[3].parent = 3; /* the one of specs[1] */
    specs[4].nsegs = 0;
    specs[4].parent = 3;
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(eql_builder_field(b, &specs[i]), i + 2);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(eql_builder_field(b, &specs[i]), i + 2);
    eql_builder_free(b);
}

static void
test_builder_numbers_children(void **state)
{
    eql_program *p = sample_program();

    (void)state;
    assert_int_equal(p->fields[SAMPLE_STACK].nchildren, 2);
    assert_int_equal(p->fields[SAMPLE_FRAME_NAME].child, 0);
    assert_int_equal(p->fields[SAMPLE_SIGS].child, 1);
    assert_int_equal(p->fields[SAMPLE_SIGS].nchildren, 1);
    assert_int_equal(p->fields[SAMPLE_SIG].segs.n, 0);
    eql_program_free(p);
}

static void
test_builder_fixed_paths(void **state)
{
    static const struct {
        eql_dialect_name dialect;
        const char *timestamp, *category, *tiebreaker;
        const char *names[3];
    } cases[] = {
        {EQL_DIALECT_ELASTIC, "", "", "", {"@timestamp", "event.category"}},
        {EQL_DIALECT_ENDGAME, "", "", "", {"timestamp", "event_type"}},
        {EQL_DIALECT_ENDGAME, "t.x", "c", "", {"t.x", "c"}},
        {EQL_DIALECT_ELASTIC,
         "",
         "",
         "n",
         {"@timestamp", "event.category", "n"}},
        {EQL_DIALECT_ELASTIC, "x", "x", "x", {"x", "x"}},
        {EQL_DIALECT_ELASTIC, "..", "a..b", "", {"@timestamp", "a..b"}},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = eql_dialect_preset(cases[i].dialect);
        eql_builder *b = eql_builder_new(&d, eql_sv_cstr(cases[i].timestamp),
                                         eql_sv_cstr(cases[i].category),
                                         eql_sv_cstr(cases[i].tiebreaker));
        eql_program *p = sample_finish(b);
        eql_verify_result r = eql_verify(p);

        if (r.code != EQL_VERIFY_OK)
            fail_msg("case %zu: %d", i, (int)r.code);
        assert_int_equal(p->nfields, cases[i].names[2] ? 3 : 2);
        for (uint32_t k = 0; k < p->nfields; k++)
            assert_true(eql_sv_is(eql_program_str(p, p->fields[k].name),
                                  cases[i].names[k]));
        assert_int_equal(p->clocks[0].tiebreaker, p->dialects[0].tiebreaker);
        assert_int_equal(p->clocks[0].tiebreaker == EQL_NONE,
                         cases[i].tiebreaker[0] == 0);
        eql_program_free(p);
    }
}

static void
test_builder_path_is_split_at_dots(void **state)
{
    eql_builder *b = sample_builder();
    uint32_t f = eql_builder_path(b, eql_sv_cstr("a.bc.d"), EQL_MODE_OPAQUE);
    eql_program *p;

    (void)state;
    assert_int_equal(f, 2);
    assert_int_equal(
        eql_builder_path(b, eql_sv_cstr("a.bc.d"), EQL_MODE_OPAQUE), f);
    assert_int_equal(eql_builder_path(b, eql_sv_cstr(""), EQL_MODE_FLAT),
                     EQL_NONE);
    p = sample_finish(b);
    assert_int_equal(p->fields[f].segs.n, 3);
    assert_int_equal(p->fields[f].mode, EQL_MODE_OPAQUE);
    assert_true(eql_sv_is(
        eql_program_str(p, p->segs[p->fields[f].segs.first + 1].name), "bc"));
    eql_program_free(p);
}

static void
test_builder_drops_fields_of_another_dialect(void **state)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_strview none = eql_sv(NULL, 0);
    eql_builder *b;

    (void)state;
    d.process_id = d.tiebreaker = 77;
    d.runs_max = 5;
    b = eql_builder_new(&d, none, none, none);
    assert_int_equal(eql_builder_dialect(b)->process_id, EQL_NONE);
    assert_int_equal(eql_builder_dialect(b)->tiebreaker, EQL_NONE);
    assert_int_equal(eql_builder_dialect(b)->runs_max, 5);
    eql_builder_free(b);
}

static void
test_builder_interns_clocks_and_iterators(void **state)
{
    eql_builder *b = sample_builder();
    eql_clock zero = {EQL_FIELD_TIMESTAMP, EQL_NONE}, other = {1, EQL_NONE};
    eql_iterator it = {0, 0};

    (void)state;
    assert_int_equal(eql_builder_clock(b, &zero), 0);
    assert_int_equal(eql_builder_clock(b, &other), 1);
    assert_int_equal(eql_builder_clock(b, &other), 1);
    assert_int_equal(eql_builder_iterator(b, &it), 0);
    assert_int_equal(eql_builder_iterator(b, &it), 0);
    eql_builder_free(b);
}

static void
test_builder_copies_every_section(void **state)
{
    eql_program *p = sample_program();

    (void)state;
    assert_int_equal(p->nfields, SAMPLE_FIELDS);
    assert_int_equal(p->nconsts, SAMPLE_CONSTS);
    assert_int_equal(p->nlists, 7);
    assert_int_equal(p->nleaves, SAMPLE_LEAVES);
    assert_int_equal(p->nfilters, SAMPLE_FILTERS);
    assert_int_equal(p->ninsns, 66);
    assert_int_equal(p->nstages, SAMPLE_STAGES);
    assert_int_equal(p->nrules, SAMPLE_RULES);
    assert_int_equal(p->ndialects, 1);
    assert_int_equal(p->nclocks, 2);
    assert_int_equal(p->niterators, 2);
    assert_int_equal(p->nlineages, 1);
    assert_int_equal(p->npipes, 8);
    assert_int_equal(p->nexprs, 4);
    assert_int_equal(p->insns[16].op, EQL_OP_BRANCH_FALSE);
    assert_int_equal(p->stages[2].filter, 1);
    assert_int_equal((int64_t)p->consts[SAMPLE_INT].bits, -5);
    assert_true(eql_sv_is(eql_program_str(p, p->rules[1].name), "sequence"));
    eql_program_free(p);
}

static void
test_builder_empty_run_is_zero(void **state)
{
    eql_builder *b = sample_builder();
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
        cmocka_unit_test(test_builder_leaves_out_what_nobody_names),
        cmocka_unit_test(test_builder_makes_strings_valid),
        cmocka_unit_test(test_builder_interns_constants),
        cmocka_unit_test(test_builder_interns_lists_by_kind_and_flags),
        cmocka_unit_test(test_builder_interns_code),
        cmocka_unit_test(test_builder_starts_with_fixed_fields),
        cmocka_unit_test(test_builder_interns_fields_by_what_they_read),
        cmocka_unit_test(test_builder_numbers_children),
        cmocka_unit_test(test_builder_fixed_paths),
        cmocka_unit_test(test_builder_path_is_split_at_dots),
        cmocka_unit_test(test_builder_drops_fields_of_another_dialect),
        cmocka_unit_test(test_builder_interns_clocks_and_iterators),
        cmocka_unit_test(test_builder_copies_every_section),
        cmocka_unit_test(test_builder_empty_run_is_zero),
    };

    return cmocka_run_group_tests_name("builder", tests, NULL, NULL);
}
