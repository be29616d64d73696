/* test_verify_budget.c -- programs that are fine but for their size: what small
 * files may make the engine do. */
#include "program/verify.h"
#include "tests/support/build_test.h"
#include "tests/support/sample_program.h"

/* n list items that all name one long constant. */
static eql_program *
program_with_list(uint32_t n, size_t len)
{
    eql_builder *b = sample_builder();
    char *text = malloc(len);
    uint32_t *items = calloc(n, sizeof *items);
    eql_program *p;
    uint32_t k;

    memset(text, 'x', len);
    k = eql_builder_const(b, eql_value_str(eql_sv(text, len)));
    for (uint32_t i = 0; i < n; i++)
        items[i] = k;
    eql_builder_const_list(b, EQL_CONST_PATTERNS, 0, items, n);
    p = eql_builder_finish(b);
    eql_builder_free(b);
    free(text);
    free(items);
    return p;
}

static void
test_verify_text_budget(void **state)
{
    eql_program *p = program_with_list(10, 100000);

    (void)state;
    assert_int_equal(test_verify_but_owners(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
    p = program_with_list(1000, 100000);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_BAD_BUDGET);
    eql_program_free(p);
    /* Short items may repeat as often as they like. */
    p = program_with_list(100000, 200);
    assert_int_equal(test_verify_but_owners(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
}

/* Each stage has keys of its own. */
static void
test_verify_runs_are_not_shared(void **state)
{
    static const eql_insn accept[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    eql_builder *b = sample_builder();
    eql_key key = {.field = EQL_FIELD_CATEGORY, .leaf = EQL_NONE};
    eql_stage stages[2] = {sample_stage(0, 1, 0), sample_stage(0, 2, 0)};
    eql_rule rule = {
        .kind = EQL_RULE_SEQUENCE, .until = EQL_NONE, .risk_score = EQL_NONE};
    eql_program *p;

    (void)state;
    eql_builder_filter(b, accept, 1);
    stages[0].keys = stages[1].keys = eql_builder_keys(b, &key, 1);
    rule.stages = eql_builder_stages(b, stages, 2);
    eql_builder_rule(b, &rule);
    p = sample_finish(b);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_BAD_RANGE);
    eql_program_free(p);
}

/* A program of one rule over these stages. */
static eql_program *
program_of_stages(const eql_dialect *d, const eql_stage *stages, uint32_t n,
                  bool maxspan)
{
    static const eql_insn accept[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    eql_strview none = eql_sv(NULL, 0);
    eql_builder *b = eql_builder_new(d, none, none, none);
    eql_rule rule = {.kind = EQL_RULE_SEQUENCE,
                     .until = EQL_NONE,
                     .risk_score = EQL_NONE,
                     .has_maxspan = maxspan,
                     .maxspan_ns = maxspan};

    eql_builder_filter(b, accept, 1);
    rule.stages = eql_builder_stages(b, stages, n);
    eql_builder_rule(b, &rule);
    return sample_finish(b);
}

static void
test_verify_positions(void **state)
{
    static const struct {
        uint32_t runs[2];
        eql_verify_code code;
    } cases[] = {
        {{1, 1}, EQL_VERIFY_OK},
        {{EQL_MAX_POSITIONS - 1, 1}, EQL_VERIFY_OK},
        {{EQL_MAX_POSITIONS, 1}, EQL_VERIFY_BAD_BUDGET},
        {{EQL_MOST_RUNS_MAX, EQL_MOST_RUNS_MAX}, EQL_VERIFY_BAD_BUDGET},
        {{EQL_MOST_RUNS_MAX + 1, 1}, EQL_VERIFY_BAD_STAGE}};
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    d.runs_max = EQL_MOST_RUNS_MAX;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_stage stages[2] = {sample_stage(0, 1, 0), sample_stage(0, 2, 0)};
        eql_program *p;

        stages[0].runs = cases[i].runs[0];
        stages[1].runs = cases[i].runs[1];
        p = program_of_stages(&d, stages, 2, false);
        if (test_verify_but_owners(p).code != cases[i].code)
            fail_msg("case %zu: %d", i, (int)eql_verify(p).code);
        eql_program_free(p);
    }
}

static void
test_verify_missing_stages(void **state)
{
    static const struct {
        uint32_t flags[2];
        bool maxspan;
        eql_verify_code code;
    } cases[] = {
        {{0, EQL_STAGE_MISSING}, true, EQL_VERIFY_OK},
        {{EQL_STAGE_MISSING, 0}, true, EQL_VERIFY_OK},
        {{0, EQL_STAGE_MISSING}, false, EQL_VERIFY_BAD_STAGE},
        {{EQL_STAGE_MISSING, EQL_STAGE_MISSING}, true, EQL_VERIFY_BAD_RULE},
        {{0, EQL_STAGE_FORK}, false, EQL_VERIFY_OK},
        {{0, EQL_STAGE_FORK | EQL_STAGE_MISSING}, true, EQL_VERIFY_BAD_STAGE},
        {{EQL_STAGE_FORK, 0}, false, EQL_VERIFY_BAD_STAGE}};
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_stage stages[2] = {sample_stage(0, 1, 0), sample_stage(0, 2, 0)};
        eql_program *p;

        stages[0].flags = cases[i].flags[0];
        stages[1].flags = cases[i].flags[1];
        p = program_of_stages(&d, stages, 2, cases[i].maxspan);
        if (test_verify_but_owners(p).code != cases[i].code)
            fail_msg("case %zu: %d", i, (int)eql_verify(p).code);
        eql_program_free(p);
    }
}

/* Adds a leaf that runs the body of an iterator n times. */
static uint32_t
add_repeated(eql_builder *b, uint32_t iterator, uint32_t n)
{
    eql_insn *code = calloc(n + 1, sizeof *code);
    uint32_t leaf;

    for (uint32_t i = 0; i < n; i++)
        code[i] = (eql_insn){EQL_OP_ANY_OF, 0, 0, iterator};
    code[n] = (eql_insn){EQL_OP_RETURN, 0, 0, 0};
    leaf = eql_builder_leaf(b, code, n + 1, 0, 1);
    free(code);
    return leaf;
}

/* Array functions `levels` deep; each body names the next one n times. */
static eql_program *
program_of_bodies(uint32_t levels, uint32_t n)
{
    static const eql_insn code[] = {{EQL_OP_LOAD_CONST, 0, 0, 0},
                                    {EQL_OP_RETURN, 0, 0, 0}};
    eql_builder *b = sample_builder();
    eql_field_seg seg = {.name = eql_builder_str(b, eql_sv_cstr("a"))};
    uint32_t leaf;

    eql_builder_const(b, eql_value_null());
    leaf = eql_builder_leaf(b, code, 2, 0, 1);
    for (uint32_t level = levels; level-- > 0;) {
        eql_insn body[3] = {{EQL_OP_BRANCH_TRUE, 0, 1, leaf},
                            {EQL_OP_REJECT, 0, 0, 0},
                            {EQL_OP_ACCEPT, 0, 0, 0}};
        eql_field_spec field = {.name = eql_sv_cstr("a"),
                                .mode = EQL_MODE_ELEMENTS,
                                .parent = EQL_NONE,
                                .level = level,
                                .segs = &seg,
                                .nsegs = 1};
        eql_iterator it = {eql_builder_field(b, &field),
                           eql_builder_filter(b, body, 3)};

        leaf = add_repeated(b, eql_builder_iterator(b, &it), n);
    }
    return sample_finish(b);
}

static void
test_verify_work(void **state)
{
    static const struct {
        uint32_t levels, n;
        eql_verify_code code;
    } cases[] = {{1, 1, EQL_VERIFY_OK},
                 {EQL_MAX_LEVELS, 1, EQL_VERIFY_OK},
                 {EQL_MAX_LEVELS, 20, EQL_VERIFY_OK},
                 {EQL_MAX_LEVELS, 1000, EQL_VERIFY_BAD_BUDGET},
                 {2, 100000, EQL_VERIFY_BAD_BUDGET},
                 {EQL_MAX_LEVELS + 1, 1, EQL_VERIFY_BAD_FIELD}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_program *p = program_of_bodies(cases[i].levels, cases[i].n);

        if (test_verify_but_owners(p).code != cases[i].code)
            fail_msg("case %zu: %d", i, (int)eql_verify(p).code);
        eql_program_free(p);
    }
}

/* nrules event queries over one filter of n instructions. */
static eql_program *
program_with_filter(uint32_t nrules, uint32_t n)
{
    eql_builder *b = sample_builder();
    eql_insn *code = calloc(n, sizeof *code);

    for (uint32_t i = 0; i < n; i++)
        code[i].op = EQL_OP_REJECT;
    eql_builder_filter(b, code, n);
    free(code);
    for (uint32_t i = 0; i < nrules; i++) {
        eql_stage stage = sample_stage(i, 1, 0);
        eql_rule rule = {.until = EQL_NONE, .risk_score = EQL_NONE};

        rule.stages = eql_builder_stages(b, &stage, 1);
        eql_builder_rule(b, &rule);
    }
    return sample_finish(b);
}

static void
test_verify_shared_filters(void **state)
{
    eql_program *p = program_with_filter(1000, 10000);

    (void)state;
    assert_int_equal(test_verify_but_owners(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
    p = program_with_filter(2000, 10000);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_BAD_BUDGET);
    eql_program_free(p);
}

static eql_verify_code
verify_regex(const char *text, uint32_t flags)
{
    eql_builder *b = sample_builder();
    uint32_t k = eql_builder_const(b, eql_value_str(eql_sv_cstr(text)));
    eql_program *p;
    eql_verify_code code;

    eql_builder_const_list(b, EQL_CONST_REGEXES, flags, &k, 1);
    p = sample_finish(b);
    code = test_verify_but_owners(p).code;
    eql_program_free(p);
    return code;
}

static void
test_verify_regexes(void **state)
{
    static const struct {
        const char *text;
        uint32_t flags;
        eql_verify_code code;
    } cases[] = {
        {"", 0, EQL_VERIFY_OK},
        {"a", EQL_CONST_FOLD, EQL_VERIFY_OK},
        {"a{1000}", 0, EQL_VERIFY_OK},
        {"(a{1000}){1000}", 0, EQL_VERIFY_OK},
        {"((a{1000}){1000}){5}", 0, EQL_VERIFY_BAD_BUDGET},
        {"((ab|cd{5,1000}){1,}[]{}]{1000}){100}", 0, EQL_VERIFY_OK},
        {"((ab|cd{5,1000}){1,900}[]{}]{1000}){100}", 0, EQL_VERIFY_BAD_BUDGET},
        {"(((a){1000}){1000}){1000}", EQL_CONST_PREFIX, EQL_VERIFY_BAD_BUDGET},
        {"((a\\({1000}){1000}){1000}", 0, EQL_VERIFY_BAD_BUDGET},
        {"(a", 0, EQL_VERIFY_BAD_REGEX},
        {"a{2,1}", 0, EQL_VERIFY_BAD_REGEX},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_verify_code code = verify_regex(cases[i].text, cases[i].flags);

        if (code != cases[i].code)
            fail_msg("%s: %d", cases[i].text, (int)code);
    }
}

static void
test_verify_empty_regex_list(void **state)
{
    eql_builder *b = sample_builder();
    eql_program *p;

    (void)state;
    eql_builder_const_list(b, EQL_CONST_REGEXES, 0, NULL, 0);
    p = sample_finish(b);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_BAD_CONST);
    eql_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_text_budget),
        cmocka_unit_test(test_verify_runs_are_not_shared),
        cmocka_unit_test(test_verify_positions),
        cmocka_unit_test(test_verify_missing_stages),
        cmocka_unit_test(test_verify_work),
        cmocka_unit_test(test_verify_shared_filters),
        cmocka_unit_test(test_verify_regexes),
        cmocka_unit_test(test_verify_empty_regex_list),
    };

    return cmocka_run_group_tests_name("verify_budget", tests, NULL, NULL);
}
