/* test_verify.c -- why a program is refused: data and code. */
#include "tests/support/verify_damage.h"

static void
test_verify_accepts_sample(void **state)
{
    eql_program *p = sample_program();
    eql_verify_result r = eql_verify(p);

    (void)state;
    if (r.code != EQL_VERIFY_OK)
        fail_msg("refused: %d at %s[%u]", (int)r.code, r.section, r.index);
    eql_program_free(p);
}

static void
test_verify_strings(void **state)
{
    static const damage rows[] = {
        {"heap is no UTF-8", BYTE(0, 0xff), EQL_VERIFY_BAD_STRING, "heap", 0},
        {"string past the heap", AT(strings, eql_str, 0, len, 1u << 20),
         EQL_VERIFY_BAD_STRING, "strings", 0},
        {"string offset overflows", AT(strings, eql_str, 0, off, UINT32_MAX),
         EQL_VERIFY_BAD_STRING, "strings", 0},
        {"string cut inside a character",
         AT(consts, eql_const, SAMPLE_STRING, str.len, 5),
         EQL_VERIFY_BAD_STRING, "consts", SAMPLE_STRING},
        {"field name", AT(fields, eql_field, 2, name.off, UINT32_MAX),
         EQL_VERIFY_BAD_STRING, "fields", 2},
        {"segment name", AT(segs, eql_field_seg, 3, name.len, UINT32_MAX),
         EQL_VERIFY_BAD_STRING, "segs", 3},
        {"category", AT(stages, eql_stage, 1, category.len, UINT32_MAX),
         EQL_VERIFY_BAD_STRING, "stages", 1},
        {"exception name", AT(exceptions, eql_exception, 0, name.len, 99999),
         EQL_VERIFY_BAD_STRING, "exceptions", 0},
        {"rule name", AT(rules, eql_rule, 0, name.len, 99999),
         EQL_VERIFY_BAD_STRING, "rules", 0},
        {"rule id", AT(rules, eql_rule, 0, id.len, 99999),
         EQL_VERIFY_BAD_STRING, "rules", 0},
        {"rule file", AT(rules, eql_rule, 0, file.off, 99999),
         EQL_VERIFY_BAD_STRING, "rules", 0},
        {"rule query", AT(rules, eql_rule, 1, query.off, 99999),
         EQL_VERIFY_BAD_STRING, "rules", 1},
        {"rule description", AT(rules, eql_rule, 1, description.off, 99999),
         EQL_VERIFY_BAD_STRING, "rules", 1},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_constants(void **state)
{
    static const damage rows[] = {
        {"unknown kind",
         AT(consts, eql_const, SAMPLE_NULL, kind, EQL_CONST_KIND_COUNT),
         EQL_VERIFY_BAD_KIND, "consts", SAMPLE_NULL},
        {"boolean 2", AT(consts, eql_const, SAMPLE_TRUE, bits, 2),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_TRUE},
        {"infinity",
         AT(consts, eql_const, SAMPLE_FLOAT, bits, 0x7ff0000000000000),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_FLOAT},
        {"not a number",
         AT(consts, eql_const, SAMPLE_FLOAT, bits, 0xfff8000000000000),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_FLOAT},
        {"null with bits", AT(consts, eql_const, SAMPLE_NULL, bits, 1),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_NULL},
        {"scalar with flags", AT(consts, eql_const, SAMPLE_INT, flags, 1),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_INT},
        {"set of text only", AT(consts, eql_const, SAMPLE_SET, flags, 2),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_SET},
        {"unknown flag of patterns",
         AT(consts, eql_const, SAMPLE_PATTERNS, flags, 4), EQL_VERIFY_BAD_CONST,
         "consts", SAMPLE_PATTERNS},
        {"scalar with a list", AT(consts, eql_const, SAMPLE_INT, list.n, 1),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_INT},
        {"number with a string", AT(consts, eql_const, SAMPLE_INT, str.len, 1),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_INT},
        {"list past its section", AT(consts, eql_const, SAMPLE_SET, list.n, 99),
         EQL_VERIFY_BAD_RANGE, "consts", SAMPLE_SET},
        {"list length overflows",
         AT(consts, eql_const, SAMPLE_SET, list.n, UINT32_MAX),
         EQL_VERIFY_BAD_RANGE, "consts", SAMPLE_SET},
        {"lists overlap", AT(consts, eql_const, SAMPLE_SET, list.first, 0),
         EQL_VERIFY_BAD_RANGE, "consts", SAMPLE_SET},
        {"empty list with a place",
         AT(consts, eql_const, SAMPLE_NETWORKS, list.n, 0),
         EQL_VERIFY_BAD_RANGE, "consts", SAMPLE_NETWORKS},
        {"networks folded", AT(consts, eql_const, SAMPLE_NETWORKS, flags, 1),
         EQL_VERIFY_BAD_CONST, "consts", SAMPLE_NETWORKS},
        {"regexes of text only",
         AT(consts, eql_const, SAMPLE_REGEXES, flags, 2), EQL_VERIFY_BAD_CONST,
         "consts", SAMPLE_REGEXES},
        {"regex is a number", EQL_SECTION_lists, 6, 0, 4, SAMPLE_INT,
         EQL_VERIFY_BAD_CONST, "lists", 6},
        {"regex is none", EQL_SECTION_lists, 6, 0, 4, SAMPLE_STRING,
         EQL_VERIFY_BAD_REGEX, "lists", 6},
        {"item out of range", EQL_SECTION_lists, 1, 0, 4, SAMPLE_CONSTS,
         EQL_VERIFY_BAD_INDEX, "lists", 1},
        {"pattern is a number", EQL_SECTION_lists, 0, 0, 4, SAMPLE_INT,
         EQL_VERIFY_BAD_CONST, "lists", 0},
        {"set holds a list", EQL_SECTION_lists, 1, 0, 4, SAMPLE_SET,
         EQL_VERIFY_BAD_CONST, "lists", 1},
        {"block is no address", EQL_SECTION_lists, 5, 0, 4, SAMPLE_STRING,
         EQL_VERIFY_BAD_CONST, "lists", 5},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_fields(void **state)
{
    static const damage rows[] = {
        {"unknown type", AT(fields, eql_field, 2, type, EQL_FIELD_TYPE_COUNT),
         EQL_VERIFY_BAD_KIND, "fields", 2},
        {"no segments", AT(fields, eql_field, 4, segs, 0), EQL_VERIFY_BAD_FIELD,
         "fields", 4},
        {"segments past their section",
         AT(fields, eql_field, 4, segs.n, UINT32_MAX), EQL_VERIFY_BAD_RANGE,
         "fields", 4},
        {"segments overlap", AT(fields, eql_field, 4, segs.first, 5),
         EQL_VERIFY_BAD_RANGE, "fields", 4},
        {"starts with an index", AT(segs, eql_field_seg, 7, flags, 2),
         EQL_VERIFY_BAD_FIELD, "segs", 7},
        {"unknown flag", AT(segs, eql_field_seg, 7, flags, 4),
         EQL_VERIFY_BAD_FIELD, "segs", 7},
        {"empty name", AT(segs, eql_field_seg, 4, name, 0),
         EQL_VERIFY_BAD_FIELD, "segs", 4},
        {"name with an index", AT(segs, eql_field_seg, 4, index, 1),
         EQL_VERIFY_BAD_FIELD, "segs", 4},
        {"index with a name", AT(segs, eql_field_seg, 6, name.len, 1),
         EQL_VERIFY_BAD_FIELD, "segs", 6},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_field_trees(void **state)
{
    static const damage rows[] = {
        {"unknown mode", AT(fields, eql_field, 2, mode, EQL_MODE_COUNT),
         EQL_VERIFY_BAD_KIND, "fields", 2},
        {"origin", AT(fields, eql_field, 2, origin, EQL_MAX_ORIGIN + 1),
         EQL_VERIFY_BAD_FIELD, "fields", 2},
        {"no path and no parent",
         AT(fields, eql_field, SAMPLE_SIG, parent, EQL_NONE),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_SIG},
        {"child number without parent", AT(fields, eql_field, 2, child, 1),
         EQL_VERIFY_BAD_FIELD, "fields", 2},
        {"parent comes later",
         AT(fields, eql_field, SAMPLE_FRAME_NAME, parent, SAMPLE_SIGS),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_FRAME_NAME},
        {"parent is itself",
         AT(fields, eql_field, SAMPLE_SIGS, parent, SAMPLE_SIGS),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_SIGS},
        {"parent has no elements",
         AT(fields, eql_field, SAMPLE_SIG, parent, SAMPLE_NAME),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_SIG},
        {"parent of another event",
         AT(fields, eql_field, SAMPLE_SIG, origin, 1), EQL_VERIFY_BAD_FIELD,
         "fields", SAMPLE_SIG},
        {"child number twice", AT(fields, eql_field, SAMPLE_SIGS, child, 0),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_SIGS},
        {"fewer children than there are",
         AT(fields, eql_field, SAMPLE_STACK, nchildren, 1),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_SIGS},
        {"more children than there are",
         AT(fields, eql_field, SAMPLE_STACK, nchildren, 3),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_STACK},
        {"children of no elements", AT(fields, eql_field, 2, nchildren, 1),
         EQL_VERIFY_BAD_FIELD, "fields", 2},
        {"level of no elements", AT(fields, eql_field, 2, level, 1),
         EQL_VERIFY_BAD_FIELD, "fields", 2},
        {"level too high",
         AT(fields, eql_field, SAMPLE_SIGS, level, EQL_MAX_LEVELS),
         EQL_VERIFY_BAD_FIELD, "fields", SAMPLE_SIGS},
        {"level not above the parent's",
         AT(fields, eql_field, SAMPLE_SIGS, level, 0), EQL_VERIFY_BAD_FIELD,
         "fields", SAMPLE_SIGS},
        {"timestamp of an event of the rule",
         AT(fields, eql_field, EQL_FIELD_TIMESTAMP, origin, 1),
         EQL_VERIFY_BAD_FIELD, "fields", EQL_FIELD_TIMESTAMP},
        {"category opaque",
         AT(fields, eql_field, EQL_FIELD_CATEGORY, mode, EQL_MODE_OPAQUE),
         EQL_VERIFY_BAD_FIELD, "fields", EQL_FIELD_CATEGORY},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_dialect_and_clocks(void **state)
{
    static const damage rows[] = {
        {"flag", AT(dialects, eql_dialect, 0, null_logic, 2),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"runs_max", AT(dialects, eql_dialect, 0, runs_max, 0),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"host out of range", AT(dialects, eql_dialect, 0, host_key, 99),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"process of elements",
         AT(dialects, eql_dialect, 0, process_id, SAMPLE_STACK),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"opcode of another event",
         AT(dialects, eql_dialect, 0, process_opcode, SAMPLE_ALIAS_NAME),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"ancestry inside an element",
         AT(dialects, eql_dialect, 0, process_ancestry, SAMPLE_FRAME_NAME),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"lineage without parents",
         AT(dialects, eql_dialect, 0, process_parent, EQL_NONE),
         EQL_VERIFY_BAD_DIALECT, "dialects", 0},
        {"tiebreaker not the clock's",
         AT(dialects, eql_dialect, 0, tiebreaker, SAMPLE_NAME),
         EQL_VERIFY_BAD_CLOCK, "clocks", 0},
        {"default clock", AT(clocks, eql_clock, 0, timestamp, SAMPLE_CREATED),
         EQL_VERIFY_BAD_CLOCK, "clocks", 0},
        {"timestamp out of range",
         AT(clocks, eql_clock, 1, timestamp, EQL_NONE), EQL_VERIFY_BAD_CLOCK,
         "clocks", 1},
        {"tiebreaker of elements",
         AT(clocks, eql_clock, 1, tiebreaker, SAMPLE_STACK),
         EQL_VERIFY_BAD_CLOCK, "clocks", 1},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_leaf_code(void **state)
{
    static const damage rows[] = {
        {"unknown opcode", AT(insns, eql_insn, 1, op, EQL_OP_COUNT),
         EQL_VERIFY_BAD_OPCODE, "insns", 1},
        {"filter opcode in a leaf", AT(insns, eql_insn, 1, op, EQL_OP_ACCEPT),
         EQL_VERIFY_BAD_OPCODE, "insns", 1},
        {"return before the end", AT(insns, eql_insn, 1, op, EQL_OP_RETURN),
         EQL_VERIFY_BAD_OPCODE, "insns", 1},
        {"does not return", AT(insns, eql_insn, 2, op, EQL_OP_NOT),
         EQL_VERIFY_BAD_END, "insns", 2},
        {"unused operand", AT(insns, eql_insn, 2, b, 1), EQL_VERIFY_BAD_OPERAND,
         "insns", 2},
        {"unused wide operand", AT(insns, eql_insn, 2, c, 1u << 31),
         EQL_VERIFY_BAD_OPERAND, "insns", 2},
        {"read before written", AT(insns, eql_insn, 5, c, 2),
         EQL_VERIFY_BAD_REGISTER, "insns", 5},
        {"read out of range", AT(insns, eql_insn, 5, c, 3),
         EQL_VERIFY_BAD_REGISTER, "insns", 5},
        {"read far out of range", AT(insns, eql_insn, 5, c, UINT32_MAX),
         EQL_VERIFY_BAD_REGISTER, "insns", 5},
        {"written out of range", AT(insns, eql_insn, 0, a, 2),
         EQL_VERIFY_BAD_REGISTER, "insns", 0},
        {"returns what was not written", AT(insns, eql_insn, 5, a, 0),
         EQL_VERIFY_BAD_REGISTER, "insns", 6},
        {"occurrence out of range", AT(insns, eql_insn, 0, b, 1),
         EQL_VERIFY_BAD_OCCURRENCE, "insns", 0},
        {"occurrence used twice", AT(insns, eql_insn, 4, b, 0),
         EQL_VERIFY_BAD_OCCURRENCE, "insns", 4},
        {"field out of range", AT(insns, eql_insn, 0, c, SAMPLE_FIELDS),
         EQL_VERIFY_BAD_INDEX, "insns", 0},
        {"constant out of range", AT(insns, eql_insn, 1, c, SAMPLE_CONSTS),
         EQL_VERIFY_BAD_INDEX, "insns", 1},
        {"regexes wanted", AT(insns, eql_insn, 25, c, SAMPLE_PATTERNS),
         EQL_VERIFY_BAD_CONST, "insns", 25},
        {"iterator out of range", AT(insns, eql_insn, 40, c, 2),
         EQL_VERIFY_BAD_INDEX, "insns", 40},
        {"lineage out of range", AT(insns, eql_insn, 51, c, 1),
         EQL_VERIFY_BAD_INDEX, "insns", 51},
        {"no such function", AT(insns, eql_insn, 34, b, EQL_FN_COUNT),
         EQL_VERIFY_BAD_CALL, "insns", 34},
        {"function without a call", AT(insns, eql_insn, 34, b, EQL_FN_MATCH),
         EQL_VERIFY_BAD_CALL, "insns", 34},
        {"function that does not fold",
         AT(insns, eql_insn, 34, b, EQL_FN_ADD | EQL_CALL_FOLD),
         EQL_VERIFY_BAD_CALL, "insns", 34},
        {"too few arguments", AT(insns, eql_insn, 34, c, 1),
         EQL_VERIFY_BAD_CALL, "insns", 34},
        {"too many arguments", AT(insns, eql_insn, 34, c, 3),
         EQL_VERIFY_BAD_REGISTER, "insns", 34},
        {"arguments not written", AT(insns, eql_insn, 34, a, 1),
         EQL_VERIFY_BAD_REGISTER, "insns", 34},
        {"arguments past the last register", AT(insns, eql_insn, 34, a, 255),
         EQL_VERIFY_BAD_REGISTER, "insns", 34},
        {"has nothing", AT(insns, eql_insn, 44, b, EQL_CALL_FOLD),
         EQL_VERIFY_BAD_CALL, "insns", 44},
        {"has what was not written", AT(insns, eql_insn, 44, b, 2),
         EQL_VERIFY_BAD_REGISTER, "insns", 44},
        {"has of no array", AT(insns, eql_insn, 44, c, SAMPLE_NAME),
         EQL_VERIFY_BAD_FIELD, "insns", 44},
        {"patterns wanted", AT(insns, eql_insn, 1, c, SAMPLE_SET),
         EQL_VERIFY_BAD_CONST, "insns", 1},
        {"set wanted", AT(insns, eql_insn, 8, c, SAMPLE_PATTERNS),
         EQL_VERIFY_BAD_CONST, "insns", 8},
        {"networks wanted", AT(insns, eql_insn, 11, c, SAMPLE_BLOCK),
         EQL_VERIFY_BAD_CONST, "insns", 11},
        {"scalar wanted", AT(insns, eql_insn, 14, c, SAMPLE_SET),
         EQL_VERIFY_BAD_CONST, "insns", 14},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_leaves(void **state)
{
    static const damage rows[] = {
        {"no register", AT(leaves, eql_leaf, 0, nregs, 0),
         EQL_VERIFY_BAD_REGISTER, "leaves", 0},
        {"too many registers", AT(leaves, eql_leaf, 0, nregs, EQL_MAX_REGS + 1),
         EQL_VERIFY_BAD_REGISTER, "leaves", 0},
        {"too many occurrences",
         AT(leaves, eql_leaf, 0, nocc, EQL_MAX_OCCURRENCES + 1),
         EQL_VERIFY_BAD_OCCURRENCE, "leaves", 0},
        {"occurrence not used", AT(leaves, eql_leaf, 0, nocc, 2),
         EQL_VERIFY_BAD_OCCURRENCE, "leaves", 0},
        {"64 occurrences, one used",
         AT(leaves, eql_leaf, 0, nocc, EQL_MAX_OCCURRENCES),
         EQL_VERIFY_BAD_OCCURRENCE, "leaves", 0},
        {"code past its section", AT(leaves, eql_leaf, 4, code.n, UINT32_MAX),
         EQL_VERIFY_BAD_RANGE, "leaves", 4},
        {"code overlaps", AT(leaves, eql_leaf, 1, code.first, 2),
         EQL_VERIFY_BAD_RANGE, "leaves", 1},
        {"no code", AT(leaves, eql_leaf, 0, code.n, 0), EQL_VERIFY_BAD_END,
         "leaves", 0},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_filters(void **state)
{
    static const damage rows[] = {
        {"leaf opcode in a filter", AT(insns, eql_insn, 17, op, EQL_OP_NOT),
         EQL_VERIFY_BAD_OPCODE, "insns", 17},
        {"return in a filter", AT(insns, eql_insn, 20, op, EQL_OP_RETURN),
         EQL_VERIFY_BAD_OPCODE, "insns", 20},
        {"ends with a branch", AT(insns, eql_insn, 20, op, EQL_OP_BRANCH_TRUE),
         EQL_VERIFY_BAD_END, "insns", 20},
        {"jumps to the end of its code", AT(insns, eql_insn, 16, b, 4),
         EQL_VERIFY_BAD_JUMP, "insns", 16},
        {"jumps far", AT(insns, eql_insn, 16, b, UINT16_MAX),
         EQL_VERIFY_BAD_JUMP, "insns", 16},
        {"leaf out of range", AT(insns, eql_insn, 16, c, SAMPLE_LEAVES),
         EQL_VERIFY_BAD_INDEX, "insns", 16},
        {"branch uses operand a", AT(insns, eql_insn, 16, a, 1),
         EQL_VERIFY_BAD_OPERAND, "insns", 16},
        {"no code", AT(filters, eql_filter, 1, code, 0), EQL_VERIFY_BAD_END,
         "filters", 1},
        {"code past its section", AT(filters, eql_filter, 1, code.n, 99),
         EQL_VERIFY_BAD_RANGE, "filters", 1},
        {"code overlaps", AT(filters, eql_filter, 1, code.first, 20),
         EQL_VERIFY_BAD_RANGE, "filters", 1},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_describes(void **state)
{
    eql_verify_result r = {EQL_VERIFY_BAD_JUMP, "insns", 7};
    eql_buf out = {0};

    (void)state;
    eql_verify_describe(&r, &out);
    assert_true(
        eql_sv_is(eql_buf_sv(&out), "insns[7]: a jump leaves its code"));
    for (unsigned code = 0; code < EQL_VERIFY_COUNT; code++) {
        r.code = (eql_verify_code)code;
        out.len = 0;
        eql_verify_describe(&r, &out);
        assert_true(out.len > 0);
    }
    eql_buf_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_accepts_sample),
        cmocka_unit_test(test_verify_strings),
        cmocka_unit_test(test_verify_constants),
        cmocka_unit_test(test_verify_fields),
        cmocka_unit_test(test_verify_field_trees),
        cmocka_unit_test(test_verify_dialect_and_clocks),
        cmocka_unit_test(test_verify_leaf_code),
        cmocka_unit_test(test_verify_leaves),
        cmocka_unit_test(test_verify_filters),
        cmocka_unit_test(test_verify_describes),
    };

    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
