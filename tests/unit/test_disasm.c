/* test_disasm.c -- the listing of a program, whole and by rule. */
#include "tests/support/sample_program.h"
#include "program/disasm.h"

static const char whole[] =
    "dialect elastic\n"
    "  timestamp @timestamp category event.category host host.id process "
    "process.entity_id parent process.parent.entity_id type event.type\n"
    "rule 0 \"event \\\"x\\\"\" event\n"
    "  stage 1 any f1\n"
    "rule 1 \"sequence\" sequence maxspan 30s severity medium risk 100 "
    "cooldown 10m\n"
    "  stage 1 \"process\" by process.name, ?args[3] f0\n"
    "    exception \"ours\" f1\n"
    "  stage 2 \"process\" by process.name, ?args[3] f1\n"
    "    severity high (31) f0\n"
    "  until any by process.name, ?args[3] f0\n"
    "rule 2 \"full\" sequence maxspan 1ms time event.created tiebreaker "
    "process.entity_id\n"
    "  stage 1 any in event.type by l9 \"f(x)\" as \"a\" runs 2 f0\n"
    "  missing 2 any by l9 \"f(x)\" f4\n"
    "  stage 3 any by l9 \"f(x)\" fork f1 residual f5\n"
    "  | head 5\n"
    "  | tail 4\n"
    "  | filter f6\n"
    "  | unique l12, l10\n"
    "  | sort l12\n"
    "  | unique_count l12\n"
    "  | count\n"
    "rule 3 \"sample\" sample\n"
    "  stage 1 any by l4 \"\" f0\n"
    "  stage 2 any by l4 \"\" f1\n"
    "rule 4 \"join\" join\n"
    "  stage 1 any f0\n"
    "  stage 2 any f1\n"
    "  until any f1\n"
    "  | head 1\n"
    "lineage y0 child of any f4\n"
    "iterator i1 over thread.stack elements f3\n"
    "iterator i0 over $f.sigs elements f2\n"
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
    "filter f4\n"
    "  0000 BRANCH_FALSE +2 l8\n"
    "  0001 BRANCH_FALSE +1 l9\n"
    "  0002 ACCEPT\n"
    "  0003 REJECT\n"
    "filter f5\n"
    "  0000 BRANCH_FALSE +2 l10\n"
    "  0001 BRANCH_FALSE +1 l11\n"
    "  0002 ACCEPT\n"
    "  0003 REJECT\n"
    "filter f6\n"
    "  0000 BRANCH_FALSE +1 l10\n"
    "  0001 ACCEPT\n"
    "  0002 REJECT\n"
    "filter f3\n"
    "  0000 BRANCH_FALSE +2 l6\n"
    "  0001 BRANCH_FALSE +1 l7\n"
    "  0002 ACCEPT\n"
    "  0003 REJECT\n"
    "filter f2\n"
    "  0000 BRANCH_FALSE +1 l5\n"
    "  0001 ACCEPT\n"
    "  0002 REJECT\n"
    "leaf l9\n"
    "  0000 LOAD_CONST   r0 k0             ; null\n"
    "  0001 ARRAY_HAS    r0 x1 f5          ; thread.stack elements\n"
    "  0002 RETURN       r0\n"
    "leaf l12\n"
    "  0000 LOAD_FIELD   r0 o0 f9          ; process.name of event 1\n"
    "  0001 RETURN       r0\n"
    "leaf l10\n"
    "  0000 LOAD_FIELD   r0 o0 f2          ; process.name\n"
    "  0001 LOAD_FIELD   r1 o1 f9          ; process.name of event 1\n"
    "  0002 EQ           r2 r0 r1\n"
    "  0003 RETURN       r2\n"
    "leaf l4\n"
    "  0000 LOAD_FIELD   r0 o0 f3          ; args[3]\n"
    "  0001 EQ_K         r1 r0 k2          ; -5\n"
    "  0002 RETURN       r1\n"
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
    "  0002 RETURN       r1\n"
    "leaf l8\n"
    "  0000 COUNT_OF     r0 i1             ; thread.stack\n"
    "  0001 GT_K         r1 r0 k2          ; -5\n"
    "  0002 RETURN       r1\n"
    "leaf l11\n"
    "  0000 LOAD_FIELD   r0 o0 f10         ; process.entity_id\n"
    "  0001 LINEAGE      r1 r0 y0          ; child of\n"
    "  0002 RETURN       r1\n"
    "leaf l6\n"
    "  0000 ANY_OF       r0 i0             ; $f.sigs\n"
    "  0001 RETURN       r0\n"
    "leaf l7\n"
    "  0000 LOAD_FIELD   r0 o0 f6          ; $f.name\n"
    "  0001 LOAD_CONST   r1 k4             ; \"*.ex\xc3\xa9\"\n"
    "  0002 CALL         r0 startsWith~ x2\n"
    "  0003 RETURN       r0\n"
    "leaf l5\n"
    "  0000 LOAD_FIELD   r0 o0 f8          ; $s\n"
    "  0001 REGEX        r1 r0 k10         ; ~(\"a+b\")\n"
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
    eql_stage stage = sample_stage(0, 1, 0);
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
        eql_builder *b = sample_builder();
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
    eql_builder *b = sample_builder();
    eql_buf out = {0};
    uint32_t items[10], k;

    (void)state;
    memset(text, 'x', sizeof text);
    k = eql_builder_const(b, eql_value_str(eql_sv(text, sizeof text)));
    disasm_constant(b, k, EQL_OP_EQ_K, &out);
    expect_comment(&out, "long text", "xxx\"...\n");
    out.len = 0;

    b = sample_builder();
    for (uint32_t i = 0; i < 10; i++)
        items[i] = eql_builder_const(b, eql_value_int(i));
    k = eql_builder_const_list(b, EQL_CONST_SET, 0, items, 10);
    disasm_constant(b, k, EQL_OP_IN, &out);
    expect_comment(&out, "long list", "(0, 1, 2, 3, 4, 5, 6, 7, 2 more)\n");
    eql_buf_free(&out);
}

static void
test_disasm_marks_lists(void **state)
{
    static const struct {
        eql_const_kind kind;
        uint32_t flags;
        uint8_t op;
        const char *comment;
    } cases[] = {
        {EQL_CONST_REGEXES, EQL_CONST_PREFIX, EQL_OP_REGEX,
         "; prefix (\"::1\")\n"},
        {EQL_CONST_NETWORKS, EQL_CONST_NULL_FALSE, EQL_OP_CIDR,
         "; or false (\"::1\")\n"},
        {EQL_CONST_PATTERNS, EQL_CONST_TEXT_ONLY | EQL_CONST_FOLD, EQL_OP_LIKE,
         "; ~text (\"::1\")\n"},
        {EQL_CONST_SET, EQL_CONST_MATCH, EQL_OP_IN, "; :(\"::1\")\n"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_builder *b = sample_builder();
        eql_buf out = {0};
        uint32_t item = eql_builder_const(b, eql_value_str(eql_sv("::1", 3)));

        disasm_constant(
            b,
            eql_builder_const_list(b, cases[i].kind, cases[i].flags, &item, 1),
            cases[i].op, &out);
        expect_comment(&out, "flags", cases[i].comment);
        eql_buf_free(&out);
    }
}

static void
test_disasm_shows_the_dialect(void **state)
{
    static const char text[] =
        "dialect endgame null_logic=collapse late_events=reorder=500ms"
        " runs_max=7\n"
        "  timestamp timestamp category event_type tiebreaker n\n";
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ENDGAME);
    eql_builder *b;
    eql_program *p;
    eql_buf out = {0};

    (void)state;
    d.null_logic = EQL_NULL_LOGIC_COLLAPSE;
    d.late_events = EQL_LATE_REORDER;
    d.late_ms = 500;
    d.runs_max = 7;
    b = eql_builder_new(&d, eql_sv(NULL, 0), eql_sv(NULL, 0), eql_sv("n", 1));
    p = sample_finish(b);
    eql_disasm(p, &out);
    expect_text(&out, text);
    eql_buf_free(&out);
    eql_program_free(p);
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
        cmocka_unit_test(test_disasm_marks_lists),
        cmocka_unit_test(test_disasm_shows_the_dialect),
        cmocka_unit_test(test_opcode_names),
    };

    return cmocka_run_group_tests_name("disasm", tests, NULL, NULL);
}
