/* test_verify.c -- one damaged record per reason to refuse a program.
 *
 * Each row changes one number of a good program (sample_program.h) and says
 * what the verifier must answer, and where. */
#include "tests/support/sample_program.h"
#include "program/layout.h"
#include "program/verify.h"

typedef struct {
    const char *label;
    eql_section section;
    uint32_t record;
    size_t offset; /* of the number in the record */
    size_t size;   /* of the number */
    uint64_t value;
    eql_verify_code code;
    const char *where; /* section of the answer */
    uint32_t index;
} damage;

#define AT(section, type, record, member, value)                               \
    EQL_SECTION_##section, record, offsetof(type, member),                     \
        sizeof(((type *)NULL)->member), value
#define BYTE(i, value) EQL_SECTION_heap, i, 0, 1, value

static void
apply(const eql_program *p, const damage *d)
{
    uint32_t n[EQL_SECTION_COUNT];
    size_t offset[EQL_SECTION_COUNT + 1];

    eql_layout_counts(p, n);
    assert_true(eql_layout_offsets(n, offset));
    assert_in_range(d->record, 0, n[d->section] - 1);
    memcpy((char *)p->blob + offset[d->section] +
               (size_t)d->record * eql_layout_record_size(d->section) +
               d->offset,
           &d->value, d->size);
}

static void
expect_refused(const damage *d)
{
    eql_program *p = sample_program();
    eql_verify_result r;

    apply(p, d);
    r = eql_verify(p);
    if (r.code != d->code || strcmp(r.section, d->where) != 0 ||
        r.index != d->index)
        fail_msg("%s: got code %d at %s[%u], wanted %d at %s[%u]", d->label,
                 (int)r.code, r.section, r.index, (int)d->code, d->where,
                 d->index);
    eql_program_free(p);
}

static void
expect_all(const damage *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_refused(&rows[i]);
}

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
        {"item out of range", EQL_SECTION_lists, 1, 0, 4, 9,
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
        {"first is not @timestamp",
         AT(fields, eql_field, EQL_FIELD_TIMESTAMP, name.len, 9),
         EQL_VERIFY_BAD_FIELD, "fields", EQL_FIELD_TIMESTAMP},
        {"second is not event.category",
         AT(fields, eql_field, EQL_FIELD_CATEGORY, name.len, 5),
         EQL_VERIFY_BAD_FIELD, "fields", EQL_FIELD_CATEGORY},
        {"starts with an index", AT(segs, eql_field_seg, 7, flags, 2),
         EQL_VERIFY_BAD_FIELD, "segs", 7},
        {"unknown flag", AT(segs, eql_field_seg, 7, flags, 4),
         EQL_VERIFY_BAD_FIELD, "segs", 7},
        {"empty name", AT(segs, eql_field_seg, 4, name.len, 0),
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
        {"field out of range", AT(insns, eql_insn, 0, c, 5),
         EQL_VERIFY_BAD_INDEX, "insns", 0},
        {"constant out of range", AT(insns, eql_insn, 1, c, 9),
         EQL_VERIFY_BAD_INDEX, "insns", 1},
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
        {"leaf out of range", AT(insns, eql_insn, 16, c, 5),
         EQL_VERIFY_BAD_INDEX, "insns", 16},
        {"branch uses operand a", AT(insns, eql_insn, 16, a, 1),
         EQL_VERIFY_BAD_OPERAND, "insns", 16},
        {"no code", AT(filters, eql_filter, 1, code, 0), EQL_VERIFY_BAD_END,
         "filters", 1},
        {"code past its section", AT(filters, eql_filter, 1, code.n, 4),
         EQL_VERIFY_BAD_RANGE, "filters", 1},
        {"code overlaps", AT(filters, eql_filter, 1, code.first, 20),
         EQL_VERIFY_BAD_RANGE, "filters", 1},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

static void
test_verify_stages(void **state)
{
    static const damage rows[] = {
        {"key field", AT(keys, eql_key, 1, field, 5), EQL_VERIFY_BAD_INDEX,
         "keys", 1},
        {"key flags", AT(keys, eql_key, 1, flags, 2), EQL_VERIFY_BAD_KIND,
         "keys", 1},
        {"exception filter", AT(exceptions, eql_exception, 0, filter, 2),
         EQL_VERIFY_BAD_INDEX, "exceptions", 0},
        {"severity level",
         AT(severities, eql_severity, 0, level, EQL_SEVERITY_COUNT),
         EQL_VERIFY_BAD_KIND, "severities", 0},
        {"severity order",
         AT(severities, eql_severity, 0, order, EQL_MAX_SEVERITIES),
         EQL_VERIFY_BAD_INDEX, "severities", 0},
        {"severity filter", AT(severities, eql_severity, 0, filter, 2),
         EQL_VERIFY_BAD_INDEX, "severities", 0},
        {"rule", AT(stages, eql_stage, 0, rule, 2), EQL_VERIFY_BAD_INDEX,
         "stages", 0},
        {"filter", AT(stages, eql_stage, 0, filter, 2), EQL_VERIFY_BAD_INDEX,
         "stages", 0},
        {"has_category", AT(stages, eql_stage, 0, has_category, 2),
         EQL_VERIFY_BAD_KIND, "stages", 0},
        {"keys", AT(stages, eql_stage, 1, keys.n, 3), EQL_VERIFY_BAD_RANGE,
         "stages", 1},
        {"exceptions", AT(stages, eql_stage, 1, exceptions.first, 2),
         EQL_VERIFY_BAD_RANGE, "stages", 1},
        {"severities", AT(stages, eql_stage, 2, severities.n, UINT32_MAX),
         EQL_VERIFY_BAD_RANGE, "stages", 2},
        {"fewer keys than its rule", AT(stages, eql_stage, 2, keys.n, 1),
         EQL_VERIFY_BAD_KEYS, "stages", 2},
        {"until with fewer keys", AT(stages, eql_stage, 3, keys.n, 0),
         EQL_VERIFY_BAD_KEYS, "stages", 3},
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
        {"reserved", AT(rules, eql_rule, 0, reserved, 1), EQL_VERIFY_BAD_RULE,
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
        {"stages past their section", AT(rules, eql_rule, 1, stages.n, 4),
         EQL_VERIFY_BAD_RANGE, "rules", 1},
        {"stages of another rule", AT(rules, eql_rule, 1, stages.first, 0),
         EQL_VERIFY_BAD_RANGE, "rules", 1},
        {"event query with until", AT(rules, eql_rule, 0, until, 3),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"event query with maxspan", AT(rules, eql_rule, 0, has_maxspan, 1),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"event query with two stages", AT(rules, eql_rule, 0, stages.n, 2),
         EQL_VERIFY_BAD_RULE, "rules", 0},
        {"until out of range", AT(rules, eql_rule, 1, until, 4),
         EQL_VERIFY_BAD_INDEX, "rules", 1},
        {"until is a stage", AT(rules, eql_rule, 1, until, 2),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"until of another rule", AT(rules, eql_rule, 1, until, 0),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"stage of another rule", AT(stages, eql_stage, 2, rule, 0),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"stage number", AT(stages, eql_stage, 2, number, 1),
         EQL_VERIFY_BAD_RULE, "rules", 1},
        {"stage without a rule", AT(rules, eql_rule, 1, until, EQL_NONE),
         EQL_VERIFY_BAD_RULE, "rules", 2},
    };

    (void)state;
    expect_all(rows, EQL_COUNTOF(rows));
}

/* n list items that all name one long constant. */
static eql_program *
program_with_list(uint32_t n, size_t len)
{
    eql_builder *b = eql_builder_new();
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
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
    p = program_with_list(1000, 100000);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_BAD_BUDGET);
    eql_program_free(p);
    /* Short items may repeat as often as they like. */
    p = program_with_list(100000, 200);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
}

/* nrules event queries, each of whose stage has the same n keys. */
static eql_program *
program_with_keys(uint32_t nrules, uint32_t n)
{
    static const eql_insn accept[] = {{EQL_OP_ACCEPT, 0, 0, 0}};
    eql_builder *b = eql_builder_new();
    eql_key *keys = calloc(n, sizeof *keys);
    eql_range run;
    eql_program *p;

    run = eql_builder_keys(b, keys, n);
    eql_builder_filter(b, accept, 1);
    for (uint32_t i = 0; i < nrules; i++) {
        eql_stage stage = {.rule = i, .number = 1, .keys = run};
        eql_rule rule = {.until = EQL_NONE,
                         .risk_score = EQL_NONE,
                         .stages = eql_builder_stages(b, &stage, 1)};

        eql_builder_rule(b, &rule);
    }
    p = eql_builder_finish(b);
    eql_builder_free(b);
    free(keys);
    return p;
}

static void
test_verify_shared_run_budget(void **state)
{
    eql_program *p = program_with_keys(100, 1000);

    (void)state;
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_OK);
    eql_program_free(p);
    p = program_with_keys(100, 100000);
    assert_int_equal(eql_verify(p).code, EQL_VERIFY_BAD_BUDGET);
    eql_program_free(p);
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
        cmocka_unit_test(test_verify_leaf_code),
        cmocka_unit_test(test_verify_leaves),
        cmocka_unit_test(test_verify_filters),
        cmocka_unit_test(test_verify_stages),
        cmocka_unit_test(test_verify_rules),
        cmocka_unit_test(test_verify_text_budget),
        cmocka_unit_test(test_verify_shared_run_budget),
        cmocka_unit_test(test_verify_describes),
    };

    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
