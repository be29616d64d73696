/* test_verify_rules.c -- why a program is refused: rules and what they use. */
#include "tests/support/verify_damage.h"

static void
test_verify_array_functions(void **state)
{
    static const damage rows[] = {
        {"iterator field out of range",
         AT(iterators, eql_iterator, 0, field, SAMPLE_FIELDS),
         EQL_VERIFY_BAD_INDEX, "iterators", 0},
        {"iterator filter out of range",
         AT(iterators, eql_iterator, 0, filter, SAMPLE_FILTERS),
         EQL_VERIFY_BAD_INDEX, "iterators", 0},
        {"iterator over no elements",
         AT(iterators, eql_iterator, 1, field, SAMPLE_NAME),
         EQL_VERIFY_BAD_FIELD, "iterators", 1},
        {"body names its own leaf",
         AT(insns, eql_insn, 27, c, SAMPLE_FRAME_SIGS), EQL_VERIFY_BAD_NESTING,
         "insns", 27},
        {"body names a later leaf", AT(insns, eql_insn, 36, c, SAMPLE_HAS),
         EQL_VERIFY_BAD_NESTING, "insns", 36},
        {"field inside itself",
         AT(iterators, eql_iterator, 0, field, SAMPLE_STACK),
         EQL_VERIFY_BAD_NESTING, "insns", 40},
        {"element outside of its function",
         AT(insns, eql_insn, 13, c, SAMPLE_FRAME_NAME), EQL_VERIFY_BAD_PURITY,
         "keys", 9},
        {"element outside, in a filter",
         AT(insns, eql_insn, 10, c, SAMPLE_FRAME_NAME), EQL_VERIFY_BAD_PURITY,
         "exceptions", 0},
        {"inner array outside of its function", AT(insns, eql_insn, 40, c, 0),
         EQL_VERIFY_BAD_PURITY, "stages", SAMPLE_LINEAGE_STAGE},
        {"has of an inner array outside",
         AT(insns, eql_insn, 44, c, SAMPLE_SIGS), EQL_VERIFY_BAD_PURITY, "keys",
         6},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_parts_of_stages(void **state)
{
    static const damage rows[] = {
        {"key field", AT(keys, eql_key, 1, field, SAMPLE_FIELDS),
         EQL_VERIFY_BAD_INDEX, "keys", 1},
        {"key flags", AT(keys, eql_key, 1, flags, 2), EQL_VERIFY_BAD_KIND,
         "keys", 1},
        {"exception filter",
         AT(exceptions, eql_exception, 0, filter, SAMPLE_FILTERS),
         EQL_VERIFY_BAD_INDEX, "exceptions", 0},
        {"severity level",
         AT(severities, eql_severity, 0, level, EQL_SEVERITY_COUNT),
         EQL_VERIFY_BAD_KIND, "severities", 0},
        {"severity order",
         AT(severities, eql_severity, 0, order, EQL_MAX_SEVERITIES),
         EQL_VERIFY_BAD_INDEX, "severities", 0},
        {"severity filter",
         AT(severities, eql_severity, 0, filter, SAMPLE_FILTERS),
         EQL_VERIFY_BAD_INDEX, "severities", 0},
        {"key name", AT(keys, eql_key, 6, name.len, 99999),
         EQL_VERIFY_BAD_STRING, "keys", 6},
        {"key of field and leaf", AT(keys, eql_key, 1, leaf, 0),
         EQL_VERIFY_BAD_INDEX, "keys", 1},
        {"key of nothing", AT(keys, eql_key, 1, field, EQL_NONE),
         EQL_VERIFY_BAD_INDEX, "keys", 1},
        {"key of elements", AT(keys, eql_key, 1, field, SAMPLE_STACK),
         EQL_VERIFY_BAD_FIELD, "keys", 1},
        {"key inside an element", AT(keys, eql_key, 1, field, SAMPLE_SIG),
         EQL_VERIFY_BAD_FIELD, "keys", 1},
        {"key of another event", AT(keys, eql_key, 1, field, SAMPLE_ALIAS_NAME),
         EQL_VERIFY_BAD_FIELD, "keys", 1},
        {"key leaf out of range", AT(keys, eql_key, 6, leaf, SAMPLE_LEAVES),
         EQL_VERIFY_BAD_INDEX, "keys", 6},
        {"key leaf of another event", AT(keys, eql_key, 6, leaf, SAMPLE_ALIAS),
         EQL_VERIFY_BAD_PURITY, "keys", 6},
        {"key leaf with lineage", AT(keys, eql_key, 6, leaf, SAMPLE_LINEAGE),
         EQL_VERIFY_BAD_PURITY, "keys", 6},
        {"key leaf of an element", AT(keys, eql_key, 6, leaf, SAMPLE_SIG_REGEX),
         EQL_VERIFY_BAD_PURITY, "keys", 6},
        {"exception of another event",
         AT(exceptions, eql_exception, 0, filter, SAMPLE_RESULT),
         EQL_VERIFY_BAD_PURITY, "exceptions", 0},
        {"severity of an element",
         AT(severities, eql_severity, 0, filter, SAMPLE_SIG_BODY),
         EQL_VERIFY_BAD_PURITY, "severities", 0},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_stages(void **state)
{
    static const damage rows[] = {
        {"rule", AT(stages, eql_stage, 0, rule, SAMPLE_RULES),
         EQL_VERIFY_BAD_INDEX, "stages", 0},
        {"alias text", AT(stages, eql_stage, SAMPLE_RUNS, alias.len, 99999),
         EQL_VERIFY_BAD_STRING, "stages", SAMPLE_RUNS},
        {"impure filter", AT(stages, eql_stage, 1, filter, SAMPLE_RESULT),
         EQL_VERIFY_BAD_PURITY, "stages", 1},
        {"filter of an element",
         AT(stages, eql_stage, 1, filter, SAMPLE_SIG_BODY),
         EQL_VERIFY_BAD_PURITY, "stages", 1},
        {"residual out of range",
         AT(stages, eql_stage, 1, residual, SAMPLE_FILTERS),
         EQL_VERIFY_BAD_INDEX, "stages", 1},
        {"residual of an element",
         AT(stages, eql_stage, 1, residual, SAMPLE_FRAME_BODY),
         EQL_VERIFY_BAD_SCOPE, "stages", 1},
        {"unknown flag", AT(stages, eql_stage, 1, flags, 16),
         EQL_VERIFY_BAD_KIND, "stages", 1},
        {"no runs", AT(stages, eql_stage, SAMPLE_RUNS, runs, 0),
         EQL_VERIFY_BAD_STAGE, "stages", SAMPLE_RUNS},
        {"too many runs",
         AT(stages, eql_stage, SAMPLE_RUNS, runs, EQL_DEFAULT_RUNS_MAX + 1),
         EQL_VERIFY_BAD_STAGE, "stages", SAMPLE_RUNS},
        {"category field", AT(stages, eql_stage, 1, category_field, SAMPLE_SIG),
         EQL_VERIFY_BAD_FIELD, "stages", 1},
        {"category field out of range",
         AT(stages, eql_stage, 1, category_field, EQL_NONE),
         EQL_VERIFY_BAD_FIELD, "stages", 1},
        {"filter", AT(stages, eql_stage, 0, filter, SAMPLE_FILTERS),
         EQL_VERIFY_BAD_INDEX, "stages", 0},
        {"has_category", AT(stages, eql_stage, 0, has_category, 2),
         EQL_VERIFY_BAD_KIND, "stages", 0},
        {"keys", AT(stages, eql_stage, 1, keys.n, 99), EQL_VERIFY_BAD_RANGE,
         "stages", 1},
        {"exceptions", AT(stages, eql_stage, 1, exceptions.first, 2),
         EQL_VERIFY_BAD_RANGE, "stages", 1},
        {"severities", AT(stages, eql_stage, 2, severities.n, UINT32_MAX),
         EQL_VERIFY_BAD_RANGE, "stages", 2},
        {"keys of another stage", AT(stages, eql_stage, 2, keys.first, 0),
         EQL_VERIFY_BAD_RANGE, "stages", 2},
        {"a key between the runs", AT(stages, eql_stage, 2, keys.n, 1),
         EQL_VERIFY_BAD_RANGE, "stages", 3},
        {"a key behind them",
         AT(stages, eql_stage, SAMPLE_SAMPLE_STAGE + 1, keys, 0),
         EQL_VERIFY_BAD_OWNER, "keys", 10},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_rules(void **state)
{
    static const damage rows[] = {
        {"kind", AT(rules, eql_rule, 0, kind, EQL_RULE_KIND_COUNT),
         EQL_VERIFY_BAD_KIND, "rules", 0},
        {"severity", AT(rules, eql_rule, 0, severity, EQL_SEVERITY_COUNT),
         EQL_VERIFY_BAD_KIND, "rules", 0},
        {"has_maxspan", AT(rules, eql_rule, 1, has_maxspan, 2),
         EQL_VERIFY_BAD_KIND, "rules", 1},
        {"clock", AT(rules, eql_rule, 0, clock, 2), EQL_VERIFY_BAD_INDEX,
         "rules", 0},
        {"risk score", AT(rules, eql_rule, 0, risk_score, 101),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"negative maxspan", AT(rules, eql_rule, 1, maxspan_ns, UINT64_MAX),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"maxspan without has_maxspan", AT(rules, eql_rule, 0, maxspan_ns, 1),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"negative cooldown", AT(rules, eql_rule, 1, cooldown_ns, UINT64_MAX),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"tags", AT(rules, eql_rule, 1, tags.n, 2), EQL_VERIFY_BAD_RANGE,
         "rules", 1},
        {"threats", AT(rules, eql_rule, 1, threats.first, 2),
         EQL_VERIFY_BAD_RANGE, "rules", 1},
        {"no stages", AT(rules, eql_rule, 0, stages, 0), EQL_VERIFY_BAD_RULE,
         "rules", 0},
        {"stages past their section", AT(rules, eql_rule, 1, stages.n, 99),
         EQL_VERIFY_BAD_RANGE, "rules", 1},
        {"stages of another rule", AT(rules, eql_rule, 1, stages.first, 0),
         EQL_VERIFY_BAD_RANGE, "rules", 1},
        {"event query with until", AT(rules, eql_rule, 0, until, 3),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"event query with maxspan", AT(rules, eql_rule, 0, has_maxspan, 1),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"event query with two stages", AT(rules, eql_rule, 0, stages.n, 2),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"until out of range", AT(rules, eql_rule, 1, until, SAMPLE_STAGES),
         EQL_VERIFY_BAD_INDEX, "rules", 1},
        {"until is a stage", AT(rules, eql_rule, 1, until, 2),
         EQL_VERIFY_BAD_INDEX, "rules", 1},
        {"until of another rule", AT(rules, eql_rule, 1, until, 0),
         EQL_VERIFY_BAD_INDEX, "rules", 1},
        {"stage of another rule", AT(stages, eql_stage, 2, rule, 0),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"stage number", AT(stages, eql_stage, 2, number, 1),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"stage without a rule", AT(rules, eql_rule, 1, until, EQL_NONE),
         EQL_VERIFY_BAD_RULE, "rules", SAMPLE_FULL},
        {"tag without a rule", AT(rules, eql_rule, 1, tags, 0),
         EQL_VERIFY_BAD_OWNER, "strings", 0},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_stages_of_their_rule(void **state)
{
    static const damage rows[] = {
        {"event query missing", AT(stages, eql_stage, 0, flags, 1),
         EQL_VERIFY_BAD_STAGE, "stages", 0},
        {"event query with runs", AT(stages, eql_stage, 0, runs, 2),
         EQL_VERIFY_BAD_STAGE, "stages", 0},
        {"fork on the first", AT(stages, eql_stage, SAMPLE_RUNS, flags, 2),
         EQL_VERIFY_BAD_STAGE, "stages", SAMPLE_RUNS},
        {"fork on a missing one",
         AT(stages, eql_stage, SAMPLE_MISSING, flags, 3), EQL_VERIFY_BAD_STAGE,
         "stages", SAMPLE_MISSING},
        {"stage with a lineage's flag",
         AT(stages, eql_stage, SAMPLE_FORK, flags, 4), EQL_VERIFY_BAD_RULE,
         "rules", SAMPLE_FULL},
        {"until missing", AT(stages, eql_stage, 3, flags, 1),
         EQL_VERIFY_BAD_STAGE, "stages", 3},
        {"until with runs", AT(stages, eql_stage, 3, runs, 2),
         EQL_VERIFY_BAD_STAGE, "stages", 3},
        {"until with an alias", AT(stages, eql_stage, 3, alias.len, 1),
         EQL_VERIFY_BAD_STAGE, "stages", 3},
        {"until of elements",
         AT(stages, eql_stage, 3, residual, SAMPLE_SIG_BODY),
         EQL_VERIFY_BAD_SCOPE, "stages", 3},
        {"alias past the positions",
         AT(fields, eql_field, SAMPLE_ALIAS_NAME, origin, 5),
         EQL_VERIFY_BAD_PURITY, "stages", SAMPLE_FORK},
        {"alias in until past the positions",
         AT(fields, eql_field, SAMPLE_ALIAS_NAME, origin, 4), EQL_VERIFY_OK, "",
         0},
        {"sample missing", AT(stages, eql_stage, SAMPLE_SAMPLE_STAGE, flags, 1),
         EQL_VERIFY_BAD_STAGE, "stages", SAMPLE_SAMPLE_STAGE},
        {"sample with runs",
         AT(stages, eql_stage, SAMPLE_SAMPLE_STAGE, runs, 2),
         EQL_VERIFY_BAD_STAGE, "stages", SAMPLE_SAMPLE_STAGE},
        {"sample with until",
         AT(rules, eql_rule, SAMPLE_SAMPLE, until, SAMPLE_JOIN_UNTIL),
         EQL_VERIFY_BAD_RULE, "rules", SAMPLE_SAMPLE},
        {"sample with maxspan",
         AT(rules, eql_rule, SAMPLE_SAMPLE, has_maxspan, 1),
         EQL_VERIFY_BAD_RULE, "rules", SAMPLE_SAMPLE},
        {"join with fork", AT(stages, eql_stage, 11, flags, 2),
         EQL_VERIFY_BAD_STAGE, "stages", 11},
        {"join with maxspan", AT(rules, eql_rule, SAMPLE_JOIN, has_maxspan, 1),
         EQL_VERIFY_BAD_RULE, "rules", SAMPLE_JOIN},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_lineages_and_pipes(void **state)
{
    static const damage rows[] = {
        {"relation", AT(lineages, eql_lineage, 0, relation, 3),
         EQL_VERIFY_BAD_KIND, "lineages", 0},
        {"stage out of range", AT(lineages, eql_lineage, 0, stage, 99),
         EQL_VERIFY_BAD_INDEX, "lineages", 0},
        {"stage of a rule", AT(lineages, eql_lineage, 0, stage, SAMPLE_FORK),
         EQL_VERIFY_BAD_LINEAGE, "lineages", 0},
        {"stage that is missing",
         AT(stages, eql_stage, SAMPLE_LINEAGE_STAGE, flags, 5),
         EQL_VERIFY_BAD_LINEAGE, "lineages", 0},
        {"stage with runs",
         AT(stages, eql_stage, SAMPLE_LINEAGE_STAGE, runs, 2),
         EQL_VERIFY_BAD_LINEAGE, "lineages", 0},
        {"stage with keys",
         AT(stages, eql_stage, SAMPLE_LINEAGE_STAGE, exceptions, 1ull << 32),
         EQL_VERIFY_BAD_RANGE, "stages", SAMPLE_LINEAGE_STAGE},
        {"asks for itself",
         AT(stages, eql_stage, SAMPLE_LINEAGE_STAGE, residual, SAMPLE_IMPURE),
         EQL_VERIFY_BAD_LINEAGE, "lineages", 0},
        {"reads an alias",
         AT(stages, eql_stage, SAMPLE_LINEAGE_STAGE, residual, SAMPLE_RESULT),
         EQL_VERIFY_BAD_LINEAGE, "lineages", 0},
        {"pipe kind", AT(pipes, eql_pipe_op, 0, kind, EQL_PIPE_KIND_COUNT),
         EQL_VERIFY_BAD_KIND, "pipes", 0},
        {"filter of head", AT(pipes, eql_pipe_op, 0, filter, 0),
         EQL_VERIFY_BAD_PIPE, "pipes", 0},
        {"filter out of range", AT(pipes, eql_pipe_op, 2, filter, EQL_NONE),
         EQL_VERIFY_BAD_PIPE, "pipes", 2},
        {"filter with a number", AT(pipes, eql_pipe_op, 2, n, 1),
         EQL_VERIFY_BAD_PIPE, "pipes", 2},
        {"filter with lineage",
         AT(pipes, eql_pipe_op, 2, filter, SAMPLE_IMPURE),
         EQL_VERIFY_BAD_PURITY, "pipes", 2},
        {"filter of elements",
         AT(pipes, eql_pipe_op, 2, filter, SAMPLE_SIG_BODY),
         EQL_VERIFY_BAD_PURITY, "pipes", 2},
        {"unique of nothing", AT(pipes, eql_pipe_op, 3, exprs.n, 0),
         EQL_VERIFY_BAD_PIPE, "pipes", 3},
        {"head of something", AT(pipes, eql_pipe_op, 0, exprs.n, 1),
         EQL_VERIFY_BAD_PIPE, "pipes", 0},
        {"expressions past their section",
         AT(pipes, eql_pipe_op, 3, exprs.n, 99), EQL_VERIFY_BAD_RANGE, "pipes",
         3},
        {"expression out of range", EQL_SECTION_exprs, 1, 0, 4, SAMPLE_LEAVES,
         EQL_VERIFY_BAD_INDEX, "exprs", 1},
        {"expression with lineage", EQL_SECTION_exprs, 1, 0, 4, SAMPLE_LINEAGE,
         EQL_VERIFY_BAD_PURITY, "exprs", 1},
        {"expression of an element", EQL_SECTION_exprs, 1, 0, 4,
         SAMPLE_FRAME_CALL, EQL_VERIFY_BAD_PURITY, "exprs", 1},
        {"pipes past their section",
         AT(rules, eql_rule, SAMPLE_JOIN, pipes.n, 2), EQL_VERIFY_BAD_RANGE,
         "rules", SAMPLE_JOIN},
        {"pipes of another rule",
         AT(rules, eql_rule, SAMPLE_JOIN, pipes.first, 0), EQL_VERIFY_BAD_RANGE,
         "rules", SAMPLE_JOIN},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

/* Another number of keys than the first stage has. */
static void
test_verify_numbers_of_keys(void **state)
{
    static const eql_insn accept[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    eql_key key = {.field = EQL_FIELD_CATEGORY, .leaf = EQL_NONE};

    (void)state;
    for (uint32_t number = 0; number <= 2; number += 2) {
        eql_builder *b = sample_builder();
        eql_stage stages[2] = {sample_stage(0, 1, 0),
                               sample_stage(0, number, 0)};
        eql_rule rule = {.kind = EQL_RULE_SEQUENCE, .risk_score = EQL_NONE};
        eql_verify_result r;
        eql_program *p;

        eql_builder_filter(b, accept, 1);
        stages[1].keys = eql_builder_keys(b, &key, 1);
        rule.stages = eql_builder_stages(b, stages, 2);
        rule.stages.n = number == 0 ? 1 : 2;
        rule.until = number == 0 ? 1 : EQL_NONE;
        eql_builder_rule(b, &rule);
        p = sample_finish(b);
        r = eql_verify(p);
        assert_int_equal(r.code, EQL_VERIFY_BAD_KEYS);
        assert_int_equal(r.index, 1);
        eql_program_free(p);
    }
}

static void
test_verify_owners(void **state)
{
    static const damage rows[] = {
        {"constant", AT(insns, eql_insn, 43, c, SAMPLE_STRING),
         EQL_VERIFY_BAD_OWNER, "consts", SAMPLE_NULL},
        {"item of a list", EQL_SECTION_lists, 2, 0, 4, SAMPLE_TRUE,
         EQL_VERIFY_OK, "", 0},
        {"field", AT(clocks, eql_clock, 1, timestamp, SAMPLE_PID),
         EQL_VERIFY_BAD_OWNER, "fields", SAMPLE_CREATED},
        {"clock", AT(rules, eql_rule, SAMPLE_FULL, clock, 0),
         EQL_VERIFY_BAD_OWNER, "clocks", 1},
        {"body of an array function",
         AT(insns, eql_insn, 40, op, EQL_OP_LOAD_CONST), EQL_VERIFY_BAD_OWNER,
         "consts", SAMPLE_REGEX},
        {"leaf", AT(insns, eql_insn, 17, c, SAMPLE_IN), EQL_VERIFY_BAD_OWNER,
         "leaves", SAMPLE_EQ},
        {"filter", AT(pipes, eql_pipe_op, 2, filter, SAMPLE_PURE),
         EQL_VERIFY_BAD_OWNER, "filters", SAMPLE_RESULT},
        {"lineage", AT(insns, eql_insn, 60, c, SAMPLE_LIKE),
         EQL_VERIFY_BAD_OWNER, "lineages", 0},
        {"string", AT(rules, eql_rule, SAMPLE_JOIN, name, 0),
         EQL_VERIFY_BAD_OWNER, "rules", SAMPLE_SAMPLE},
        {"part of a string", AT(rules, eql_rule, SAMPLE_JOIN, name.len, 3),
         EQL_VERIFY_BAD_OWNER, "rules", SAMPLE_JOIN},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_array_functions),
        cmocka_unit_test(test_verify_parts_of_stages),
        cmocka_unit_test(test_verify_stages),
        cmocka_unit_test(test_verify_rules),
        cmocka_unit_test(test_verify_stages_of_their_rule),
        cmocka_unit_test(test_verify_lineages_and_pipes),
        cmocka_unit_test(test_verify_numbers_of_keys),
        cmocka_unit_test(test_verify_owners),
    };

    return cmocka_run_group_tests_name("verify_rules", tests, NULL, NULL);
}
