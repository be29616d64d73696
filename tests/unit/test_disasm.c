/* test_disasm.c -- the listing of a program, whole and by rule. */
#include "tests/support/sample_program.h"
#include "program/disasm.h"

static const char whole[] =
    "rule 0 \"event \\\"x\\\"\" event\n"
    "  stage 1 any f1\n"
    "rule 1 \"sequence\" sequence maxspan 30s severity medium risk 100 "
    "cooldown 10m\n"
    "  stage 1 \"process\" by process.name, ?args[3] f0\n"
    "    exception \"ours\" f1\n"
    "  stage 2 \"process\" by process.name, ?args[3] f1\n"
    "    severity high (31) f0\n"
    "  until any by process.name, ?args[3] f0\n"
    "filter f1\n"
    "  0000 BRANCH_FALSE +1 l3\n"
    "  0001 ACCEPT\n"
    "  0002 REJECT\n"
    "filter f0\n"
    "  0000 BRANCH_FALSE +2 l0\n"
    "  0001 BRANCH_TRUE  +1 l1\n"
    "  0002 ACCEPT\n"
    "  0003 BRANCH_TRUE  +0 l2\n"
    "  0004 REJECT\n"
    "leaf l3\n"
    "  0000 LOAD_FIELD   r0 o0 f4          ; `x-\xc3\xa9`\n"
    "  0001 CIDR         r1 r0 k8          ; (\"10.0.0.0/8\")\n"
    "  0002 RETURN       r1\n"
    "leaf l0\n"
    "  0000 LOAD_FIELD   r0 o0 f2          ; process.name\n"
    "  0001 LIKE         r1 r0 k6          ; ~(\"*.ex\xc3\xa9\")\n"
    "  0002 RETURN       r1\n"
    "leaf l1\n"
    "  0000 LOAD_FIELD   r0 o0 f2          ; process.name\n"
    "  0001 LOAD_FIELD   r1 o1 f3          ; args[3]\n"
    "  0002 EQ           r2 r0 r1\n"
    "  0003 RETURN       r2\n"
    "leaf l2\n"
    "  0000 LOAD_FIELD   r0 o0 f3          ; args[3]\n"
    "  0001 IN           r1 r0 k7          ; (true, -5, 2.5, "
    "\"*.ex\xc3\xa9\")\n"
    "  0002 RETURN       r1\n";

static const char first_rule[] =
    "rule 0 \"event \\\"x\\\"\" event\n"
    "  stage 1 any f1\n"
    "filter f1\n"
    "  0000 BRANCH_FALSE +1 l3\n"
    "  0001 ACCEPT\n"
    "  0002 REJECT\n"
    "leaf l3\n"
    "  0000 LOAD_FIELD   r0 o0 f4          ; `x-\xc3\xa9`\n"
    "  0001 CIDR         r1 r0 k8          ; (\"10.0.0.0/8\")\n"
    "  0002 RETURN       r1\n";

static void
expect_text(const eql_buf *got, const char *wanted)
{
    if (!eql_sv_is(eql_buf_sv(got), wanted))
        fail_msg("got:\n%.*s\nwanted:\n%s", (int)got->len, got->p, wanted);
}

static void
test_disasm_prints_what_rules_use(void **state)
{
    eql_program *p = sample_program();
    eql_buf out = {0};

    (void)state;
    eql_disasm(p, &out);
    expect_text(&out, whole);
    out.len = 0;
    eql_disasm_rule(p, 0, &out);
    expect_text(&out, first_rule);
    out.len = 0;
    eql_disasm_rule(p, p->nrules, &out);
    assert_int_equal(out.len, 0);
    eql_buf_free(&out);
    eql_program_free(p);
}

/* A rule over one leaf that loads constant k. */
static void
disasm_constant(eql_builder *b, uint32_t k, uint8_t op, eql_buf *out)
{
    eql_insn code[3] = {
        {EQL_OP_LOAD_FIELD, 0, 0, 0}, {op, 1, 0, k}, {EQL_OP_RETURN, 1, 0, 0}};
    eql_insn filter[3] = {{EQL_OP_BRANCH_FALSE, 0, 1, 0},
                          {EQL_OP_ACCEPT, 0, 0, 0},
                          {EQL_OP_REJECT, 0, 0, 0}};
    eql_stage stage = {.number = 1};
    eql_rule rule = {.until = EQL_NONE, .risk_score = EQL_NONE};
    eql_program *p;

    eql_builder_leaf(b, code, 3, 1, 2);
    stage.filter = eql_builder_filter(b, filter, 3);
    rule.stages = eql_builder_stages(b, &stage, 1);
    eql_builder_rule(b, &rule);
    p = eql_builder_finish(b);
    eql_disasm(p, out);
    eql_program_free(p);
    eql_builder_free(b);
}

static void
expect_comment(const eql_buf *out, const char *label, const char *comment)
{
    if (!memmem(out->p, out->len, comment, strlen(comment)))
        fail_msg("%s: no %s in\n%.*s", label, comment, (int)out->len, out->p);
}

static void
test_disasm_escapes_and_cuts_text(void **state)
{
    static const struct {
        const char *label, *text, *comment;
    } cases[] = {
        {"control characters", "a\n\x1b[0m\x7f",
         "; \"a\\u{0a}\\u{1b}[0m\\u{7f}\"\n"},
        {"C1 control", "\xc2\x9b", "; \"\\u{9b}\"\n"},
        {"backslash and quote", "\\\"", "; \"\\\\\\\"\"\n"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_builder *b = eql_builder_new();
        eql_buf out = {0};
        uint32_t k =
            eql_builder_const(b, eql_value_str(eql_sv_cstr(cases[i].text)));

        disasm_constant(b, k, EQL_OP_EQ_K, &out);
        expect_comment(&out, cases[i].label, cases[i].comment);
        eql_buf_free(&out);
    }
}

static void
test_disasm_cuts_long_constants(void **state)
{
    char text[200];
    eql_builder *b = eql_builder_new();
    eql_buf out = {0};
    uint32_t items[10], k;

    (void)state;
    memset(text, 'x', sizeof text);
    k = eql_builder_const(b, eql_value_str(eql_sv(text, sizeof text)));
    disasm_constant(b, k, EQL_OP_EQ_K, &out);
    expect_comment(&out, "long text", "xxx\"...\n");
    out.len = 0;

    b = eql_builder_new();
    for (uint32_t i = 0; i < 10; i++)
        items[i] = eql_builder_const(b, eql_value_int(i));
    k = eql_builder_const_list(b, EQL_CONST_SET, 0, items, 10);
    disasm_constant(b, k, EQL_OP_IN, &out);
    expect_comment(&out, "long list", "(0, 1, 2, 3, 4, 5, 6, 7, 2 more)\n");
    eql_buf_free(&out);
}

static void
test_opcode_names(void **state)
{
    (void)state;
    assert_string_equal(eql_opcode_name(EQL_OP_LOAD_FIELD), "LOAD_FIELD");
    assert_string_equal(eql_opcode_name(EQL_OP_REJECT), "REJECT");
    assert_string_equal(eql_opcode_name(EQL_OP_COUNT), "?");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disasm_prints_what_rules_use),
        cmocka_unit_test(test_disasm_escapes_and_cuts_text),
        cmocka_unit_test(test_disasm_cuts_long_constants),
        cmocka_unit_test(test_opcode_names),
    };

    return cmocka_run_group_tests_name("disasm", tests, NULL, NULL);
}
