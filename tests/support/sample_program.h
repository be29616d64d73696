/* sample_program.h -- a small program that has a record of every kind.
 *
 *   rule 0  event query over any category
 *   rule 1  sequence of two stages with until, key, exception and severity
 *
 * Tests name its records by number; the enums below say which is which. */
#ifndef EQL_TESTS_SUPPORT_SAMPLE_PROGRAM_H
#define EQL_TESTS_SUPPORT_SAMPLE_PROGRAM_H

#include "program/program.h"
#include "tests/support/eql_test.h"

enum { SAMPLE_NAME = 2, SAMPLE_ARG, SAMPLE_QUOTED }; /* fields */
enum {                                               /* consts */
       SAMPLE_NULL,
       SAMPLE_TRUE,
       SAMPLE_INT,
       SAMPLE_FLOAT,
       SAMPLE_STRING,
       SAMPLE_BLOCK,
       SAMPLE_PATTERNS,
       SAMPLE_SET,
       SAMPLE_NETWORKS
};
enum {
    SAMPLE_LIKE,
    SAMPLE_EQ,
    SAMPLE_IN,
    SAMPLE_CIDR,
    SAMPLE_EQ_K
}; /* leaves */

static inline void
sample_fields(eql_builder *b)
{
    eql_field_seg name[2] = {
        {.name = eql_builder_str(b, eql_sv_cstr("process"))},
        {.name = eql_builder_str(b, eql_sv_cstr("name"))}};
    eql_field_seg arg[2] = {{.name = eql_builder_str(b, eql_sv_cstr("args"))},
                            {.flags = EQL_SEG_INDEX, .index = 3}};
    eql_field_seg quoted[1] = {
        {.name = eql_builder_str(b, eql_sv_cstr("x-\xc3\xa9")),
         .flags = EQL_SEG_QUOTED}};

    eql_builder_field(b, eql_sv_cstr("process.name"), EQL_FIELD_ANY, name, 2);
    eql_builder_field(b, eql_sv_cstr("args[3]"), EQL_FIELD_ANY, arg, 2);
    eql_builder_field(b, eql_sv_cstr("`x-\xc3\xa9`"), EQL_FIELD_IP, quoted, 1);
}

static inline void
sample_consts(eql_builder *b)
{
    uint32_t set[4] = {SAMPLE_TRUE, SAMPLE_INT, SAMPLE_FLOAT, SAMPLE_STRING};
    uint32_t string[1] = {SAMPLE_STRING}, block[1] = {SAMPLE_BLOCK};

    eql_builder_const(b, eql_value_null());
    eql_builder_const(b, eql_value_bool(true));
    eql_builder_const(b, eql_value_int(-5));
    eql_builder_const(b, eql_value_float(2.5));
    eql_builder_const(b, eql_value_str(eql_sv_cstr("*.ex\xc3\xa9")));
    eql_builder_const(b, eql_value_str(eql_sv_cstr("10.0.0.0/8")));
    eql_builder_const_list(b, EQL_CONST_PATTERNS, EQL_CONST_FOLD, string, 1);
    eql_builder_const_list(b, EQL_CONST_SET, 0, set, 4);
    eql_builder_const_list(b, EQL_CONST_NETWORKS, 0, block, 1);
}

/* Leaf code begins at insns 0, 3, 7, 10, 13. */
static inline void
sample_leaves(eql_builder *b)
{
    eql_insn like[3] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_NAME},
                        {EQL_OP_LIKE, 1, 0, SAMPLE_PATTERNS},
                        {EQL_OP_RETURN, 1, 0, 0}};
    eql_insn eq[4] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_NAME},
                      {EQL_OP_LOAD_FIELD, 1, 1, SAMPLE_ARG},
                      {EQL_OP_EQ, 2, 0, 1},
                      {EQL_OP_RETURN, 2, 0, 0}};
    eql_insn in[3] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_ARG},
                      {EQL_OP_IN, 1, 0, SAMPLE_SET},
                      {EQL_OP_RETURN, 1, 0, 0}};
    eql_insn cidr[3] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_QUOTED},
                        {EQL_OP_CIDR, 1, 0, SAMPLE_NETWORKS},
                        {EQL_OP_RETURN, 1, 0, 0}};
    eql_insn eq_k[3] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_ARG},
                        {EQL_OP_EQ_K, 1, 0, SAMPLE_INT},
                        {EQL_OP_RETURN, 1, 0, 0}};

    eql_builder_leaf(b, like, 3, 1, 2);
    eql_builder_leaf(b, eq, 4, 2, 3);
    eql_builder_leaf(b, in, 3, 1, 2);
    eql_builder_leaf(b, cidr, 3, 1, 2);
    eql_builder_leaf(b, eq_k, 3, 1, 2);
}

/* Filter code begins at insns 16 and 21. */
static inline void
sample_filters(eql_builder *b)
{
    eql_insn both[5] = {{EQL_OP_BRANCH_FALSE, 0, 2, SAMPLE_LIKE},
                        {EQL_OP_BRANCH_TRUE, 0, 1, SAMPLE_EQ},
                        {EQL_OP_ACCEPT, 0, 0, 0},
                        {EQL_OP_BRANCH_TRUE, 0, 0, SAMPLE_IN},
                        {EQL_OP_REJECT, 0, 0, 0}};
    eql_insn one[3] = {{EQL_OP_BRANCH_FALSE, 0, 1, SAMPLE_CIDR},
                       {EQL_OP_ACCEPT, 0, 0, 0},
                       {EQL_OP_REJECT, 0, 0, 0}};

    eql_builder_filter(b, both, 5);
    eql_builder_filter(b, one, 3);
}

static inline void
sample_rules(eql_builder *b)
{
    eql_str tag = eql_builder_str(b, eql_sv_cstr("OS: Windows"));
    eql_key keys[2] = {{.field = SAMPLE_NAME},
                       {.field = SAMPLE_ARG, .flags = EQL_KEY_OPTIONAL}};
    eql_exception exception = {eql_builder_str(b, eql_sv_cstr("ours")), 1};
    eql_severity severity = {EQL_SEVERITY_HIGH, 31, 0};
    eql_str process = eql_builder_str(b, eql_sv_cstr("process"));
    eql_range key_run = eql_builder_keys(b, keys, 2);
    eql_stage event = {.rule = 0, .number = 1, .filter = 1};
    eql_stage stages[3] = {
        {.rule = 1,
         .number = 1,
         .has_category = 1,
         .category = process,
         .filter = 0,
         .keys = key_run,
         .exceptions = eql_builder_exceptions(b, &exception, 1)},
        {.rule = 1,
         .number = 2,
         .has_category = 1,
         .category = process,
         .filter = 1,
         .keys = key_run,
         .severities = eql_builder_severities(b, &severity, 1)},
        {.rule = 1, .number = 0, .filter = 0, .keys = key_run}};
    eql_rule first = {.name = eql_builder_str(b, eql_sv_cstr("event \"x\"")),
                      .kind = EQL_RULE_EVENT,
                      .risk_score = EQL_NONE,
                      .until = EQL_NONE,
                      .stages = eql_builder_stages(b, &event, 1)};
    eql_rule second = {.name = eql_builder_str(b, eql_sv_cstr("sequence")),
                       .kind = EQL_RULE_SEQUENCE,
                       .severity = EQL_SEVERITY_MEDIUM,
                       .risk_score = 100,
                       .has_maxspan = 1,
                       .maxspan_ns = INT64_C(30000000000),
                       .cooldown_ns = INT64_C(600000000000),
                       .until = 3,
                       .tags = eql_builder_strings(b, &tag, 1)};

    eql_builder_rule(b, &first);
    second.stages = eql_builder_stages(b, stages, 3);
    second.stages.n = 2; /* the third is `until` */
    eql_builder_rule(b, &second);
}

static inline eql_program *
sample_program(void)
{
    eql_builder *b = eql_builder_new();
    eql_program *p;

    assert_non_null(b);
    sample_fields(b);
    sample_consts(b);
    sample_leaves(b);
    sample_filters(b);
    sample_rules(b);
    p = eql_builder_finish(b);
    eql_builder_free(b);
    assert_non_null(p);
    return p;
}

#endif
