/* test_dispatch.c -- which stages see an event, by its categories. */
#include "tests/support/build_test.h"
#include "tests/support/values.h"
#include "vm/index/dispatch.h"

/* Stages 0 process, 1 any, 2 file, 3 process, 4 any, 5 "" */
static eql_program *
make_program(void)
{
    static const char *const categories[] = {"process", NULL, "file",
                                             "process", NULL, ""};
    static const eql_insn accept[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    eql_builder *b = test_builder();
    eql_program *p;

    eql_builder_filter(b, accept, 1);
    for (uint32_t i = 0; i < EQL_COUNTOF(categories); i++) {
        eql_stage s = {.rule = i,
                       .number = 1,
                       .runs = 1,
                       .category_field = EQL_FIELD_CATEGORY,
                       .residual = EQL_NONE};
        eql_rule r = {.until = EQL_NONE, .risk_score = EQL_NONE};

        s.has_category = categories[i] != NULL;
        if (categories[i])
            s.category = eql_builder_str(b, eql_sv_cstr(categories[i]));
        r.stages = eql_builder_stages(b, &s, 1);
        eql_builder_rule(b, &r);
    }
    p = eql_builder_finish(b);
    eql_builder_free(b);
    return p;
}

static void
test_dispatch_by_category(void **state)
{
    static const struct {
        const char *label;
        eql_value categories[3];
        uint32_t n;
        uint32_t stages[6];
        uint32_t nstages;
    } cases[] = {
        {"none", {{0}}, 0, {1, 4}, 2},
        {"process", {STR("process")}, 1, {0, 1, 3, 4}, 4},
        {"file", {STR("file")}, 1, {1, 2, 4}, 3},
        {"unknown", {STR("network")}, 1, {1, 4}, 2},
        {"case counts", {STR("Process")}, 1, {1, 4}, 2},
        {"two", {STR("file"), STR("process")}, 2, {0, 1, 2, 3, 4}, 5},
        {"twice the same",
         {STR("file"), STR("x"), STR("file")},
         3,
         {1, 2, 4},
         3},
        {"empty text", {STR("")}, 1, {1, 4, 5}, 3},
        {"a number", {{.tag = EQL_INT, .u.i = 1}}, 1, {1, 4}, 2},
    };
    eql_program *p = make_program();
    eql_dispatch *d = eql_dispatch_new(p);

    (void)state;
    for (size_t i = 0; i < 2 * EQL_COUNTOF(cases); i++) {
        size_t c = i % EQL_COUNTOF(cases);
        eql_slot slots[2] = {{0}, {cases[c].categories, cases[c].n, NULL}};
        eql_event ev = {.slots = slots};
        const uint32_t *stages;
        uint32_t n = eql_dispatch_stages(d, &ev, &stages);

        if (n != cases[c].nstages ||
            memcmp(stages, cases[c].stages, n * sizeof *stages) != 0)
            fail_msg("%s: wrong stages", cases[c].label);
    }
    eql_dispatch_free(d);
    eql_program_free(p);
}

/* Stage 0 in event.category, 1 in field 2, both "x"; 2 in field 2, "y". */
static void
test_dispatch_by_field_and_category(void **state)
{
    static const uint32_t fields[] = {EQL_FIELD_CATEGORY, 2, 2};
    static const char *const names[] = {"x", "x", "y"};
    static const eql_value x = STR("x"), y = STR("y");
    static const eql_insn accept[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    const uint32_t *stages;
    eql_builder *b = test_builder();
    eql_slot slots[3] = {{0}};
    eql_event ev = {.slots = slots};
    eql_program *p;
    eql_dispatch *d;

    (void)state;
    eql_builder_path(b, eql_sv_cstr("kind"), EQL_MODE_FLAT);
    eql_builder_filter(b, accept, 1);
    for (uint32_t i = 0; i < 3; i++) {
        eql_stage s = {.rule = i, .number = 1, .runs = 1, .residual = EQL_NONE};
        eql_rule r = {.until = EQL_NONE, .risk_score = EQL_NONE};

        s.has_category = 1;
        s.category_field = fields[i];
        s.category = eql_builder_str(b, eql_sv_cstr(names[i]));
        r.stages = eql_builder_stages(b, &s, 1);
        eql_builder_rule(b, &r);
    }
    p = test_built(b);
    d = eql_dispatch_new(p);
    slots[EQL_FIELD_CATEGORY] = (eql_slot){&x, 1, NULL};
    slots[2] = (eql_slot){&y, 1, NULL};
    assert_int_equal(eql_dispatch_stages(d, &ev, &stages), 2);
    assert_int_equal(stages[0], 0);
    assert_int_equal(stages[1], 2);
    slots[EQL_FIELD_CATEGORY].n = 0;
    slots[2] = (eql_slot){&x, 1, NULL};
    assert_int_equal(eql_dispatch_stages(d, &ev, &stages), 1);
    assert_int_equal(stages[0], 1);
    eql_dispatch_free(d);
    eql_program_free(p);
}

static void
test_dispatch_without_stages(void **state)
{
    eql_builder *b = test_builder();
    eql_program *p = eql_builder_finish(b);
    eql_dispatch *d = eql_dispatch_new(p);
    eql_slot slots[2] = {{0}, {0}};
    eql_event ev = {.slots = slots};
    const uint32_t *stages;

    (void)state;
    assert_int_equal(eql_dispatch_stages(d, &ev, &stages), 0);
    eql_dispatch_free(d);
    eql_program_free(p);
    eql_builder_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dispatch_by_category),
        cmocka_unit_test(test_dispatch_by_field_and_category),
        cmocka_unit_test(test_dispatch_without_stages),
    };

    return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
