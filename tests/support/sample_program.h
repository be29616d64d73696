/* sample_program.h -- a small program that has a record of every kind.
 *
 *   rule 0  event query over any category
 *   rule 1  sequence of two stages with until, key, exception and severity
 *   rule 2  sequence with all that a stage can have, lineage and pipes
 *   rule 3  sample
 *   rule 4  join with until
 *
 * Tests name its records by number; the enums below say which is which. */
#ifndef EQL_TESTS_SUPPORT_SAMPLE_PROGRAM_H
#define EQL_TESTS_SUPPORT_SAMPLE_PROGRAM_H

#include "program/program.h"
#include "stdlib/functions.h"
#include "tests/support/eql_test.h"

enum { /* fields; segments begin at 0, 1, 3, 5, 7, 8, 10, 11, 12, 12 ... */
       SAMPLE_NAME = 2,
       SAMPLE_ARG,
       SAMPLE_QUOTED,
       SAMPLE_STACK,      /* ELEMENTS */
       SAMPLE_FRAME_NAME, /* of an element of the stack */
       SAMPLE_SIGS,       /* ELEMENTS, of an element of the stack */
       SAMPLE_SIG,        /* an element of those */
       SAMPLE_ALIAS_NAME, /* process.name of the first position */
       SAMPLE_PID,
       SAMPLE_PPID,
       SAMPLE_TYPE,
       SAMPLE_HOST,
       SAMPLE_CREATED,
       SAMPLE_FIELDS
};
enum { /* consts */
       SAMPLE_NULL,
       SAMPLE_TRUE,
       SAMPLE_INT,
       SAMPLE_FLOAT,
       SAMPLE_STRING,
       SAMPLE_BLOCK,
       SAMPLE_PATTERNS,
       SAMPLE_SET,
       SAMPLE_NETWORKS,
       SAMPLE_REGEX,
       SAMPLE_REGEXES,
       SAMPLE_CONSTS
};
enum { /* leaves */
       SAMPLE_LIKE,
       SAMPLE_EQ,
       SAMPLE_IN,
       SAMPLE_CIDR,
       SAMPLE_EQ_K,
       SAMPLE_SIG_REGEX,  /* insns 24: an element of SIGS */
       SAMPLE_FRAME_SIGS, /* insns 30: any of iterator 0 */
       SAMPLE_FRAME_CALL, /* insns 32: a frame's name */
       SAMPLE_COUNT,      /* insns 40: count of iterator 1 */
       SAMPLE_HAS,        /* insns 43: the stack has it */
       SAMPLE_ALIAS,      /* insns 46: the first position's name */
       SAMPLE_LINEAGE,    /* insns 50 */
       SAMPLE_EXPR,       /* insns 53: the first position's name */
       SAMPLE_LEAVES
};
enum {                      /* filters; 0 and 1 are pure */
       SAMPLE_SIG_BODY = 2, /* insns 27 */
       SAMPLE_FRAME_BODY,   /* insns 36 */
       SAMPLE_PURE,         /* insns 55 */
       SAMPLE_IMPURE,       /* insns 59: alias and lineage */
       SAMPLE_RESULT,       /* insns 63: alias */
       SAMPLE_FILTERS
};
enum { /* stages: 0 of rule 0; 1, 2 and until 3 of rule 1; */
       SAMPLE_LINEAGE_STAGE = 4,
       SAMPLE_RUNS, /* of rule 2 */
       SAMPLE_MISSING,
       SAMPLE_FORK,
       SAMPLE_SAMPLE_STAGE,    /* and 9 */
       SAMPLE_JOIN_STAGE = 10, /* and 11 */
       SAMPLE_JOIN_UNTIL = 12,
       SAMPLE_STAGES
};
enum {
    SAMPLE_EVENT_RULE,
    SAMPLE_SEQUENCE,
    SAMPLE_FULL,
    SAMPLE_SAMPLE,
    SAMPLE_JOIN,
    SAMPLE_RULES
};

static inline uint32_t
sample_field(eql_builder *b, const char *name, eql_field_spec spec)
{
    spec.name = eql_sv_cstr(name);
    return eql_builder_field(b, &spec);
}

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

    sample_field(
        b, "process.name",
        (eql_field_spec){.parent = EQL_NONE, .segs = name, .nsegs = 2});
    sample_field(b, "args[3]",
                 (eql_field_spec){.parent = EQL_NONE, .segs = arg, .nsegs = 2});
    sample_field(b, "`x-\xc3\xa9`",
                 (eql_field_spec){.type = EQL_FIELD_IP,
                                  .parent = EQL_NONE,
                                  .segs = quoted,
                                  .nsegs = 1});
}

static inline void
sample_more_fields(eql_builder *b)
{
    eql_field_seg stack[2] = {
        {.name = eql_builder_str(b, eql_sv_cstr("thread"))},
        {.name = eql_builder_str(b, eql_sv_cstr("stack"))}};
    eql_field_seg sigs[1] = {{.name = eql_builder_str(b, eql_sv_cstr("sigs"))}};
    eql_field_seg name[2] = {
        {.name = eql_builder_str(b, eql_sv_cstr("process"))},
        {.name = eql_builder_str(b, eql_sv_cstr("name"))}};
    eql_dialect *d = eql_builder_dialect(b);

    sample_field(b, "thread.stack",
                 (eql_field_spec){.mode = EQL_MODE_ELEMENTS,
                                  .parent = EQL_NONE,
                                  .segs = stack,
                                  .nsegs = 2});
    sample_field(
        b, "$f.name",
        (eql_field_spec){.parent = SAMPLE_STACK, .segs = name + 1, .nsegs = 1});
    sample_field(b, "$f.sigs",
                 (eql_field_spec){.mode = EQL_MODE_ELEMENTS,
                                  .parent = SAMPLE_STACK,
                                  .level = 1,
                                  .segs = sigs,
                                  .nsegs = 1});
    sample_field(b, "$s", (eql_field_spec){.parent = SAMPLE_SIGS});
    sample_field(
        b, "process.name",
        (eql_field_spec){
            .origin = 1, .parent = EQL_NONE, .segs = name, .nsegs = 2});
    d->process_id =
        eql_builder_path(b, eql_sv_cstr("process.entity_id"), EQL_MODE_FLAT);
    d->process_parent = eql_builder_path(
        b, eql_sv_cstr("process.parent.entity_id"), EQL_MODE_FLAT);
    d->process_type =
        eql_builder_path(b, eql_sv_cstr("event.type"), EQL_MODE_FLAT);
    d->host_key = eql_builder_path(b, eql_sv_cstr("host.id"), EQL_MODE_FLAT);
    eql_builder_path(b, eql_sv_cstr("event.created"), EQL_MODE_FLAT);
}

static inline void
sample_consts(eql_builder *b)
{
    uint32_t set[4] = {SAMPLE_TRUE, SAMPLE_INT, SAMPLE_FLOAT, SAMPLE_STRING};
    uint32_t string[1] = {SAMPLE_STRING}, block[1] = {SAMPLE_BLOCK};
    uint32_t regex[1] = {SAMPLE_REGEX};

    eql_builder_const(b, eql_value_null());
    eql_builder_const(b, eql_value_bool(true));
    eql_builder_const(b, eql_value_int(-5));
    eql_builder_const(b, eql_value_float(2.5));
    eql_builder_const(b, eql_value_str(eql_sv_cstr("*.ex\xc3\xa9")));
    eql_builder_const(b, eql_value_str(eql_sv_cstr("10.0.0.0/8")));
    eql_builder_const_list(b, EQL_CONST_PATTERNS, EQL_CONST_FOLD, string, 1);
    eql_builder_const_list(b, EQL_CONST_SET, 0, set, 4);
    eql_builder_const_list(b, EQL_CONST_NETWORKS, 0, block, 1);
    eql_builder_const(b, eql_value_str(eql_sv_cstr("a+b")));
    eql_builder_const_list(b, EQL_CONST_REGEXES, EQL_CONST_FOLD, regex, 1);
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

/* Array functions: a frame any of whose signatures matches. */
static inline void
sample_bodies(eql_builder *b)
{
    eql_insn sig[3] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_SIG},
                       {EQL_OP_REGEX, 1, 0, SAMPLE_REGEXES},
                       {EQL_OP_RETURN, 1, 0, 0}};
    eql_insn sig_body[3] = {{EQL_OP_BRANCH_FALSE, 0, 1, SAMPLE_SIG_REGEX},
                            {EQL_OP_ACCEPT, 0, 0, 0},
                            {EQL_OP_REJECT, 0, 0, 0}};
    eql_insn any[2] = {{EQL_OP_ANY_OF, 0, 0, 0}, {EQL_OP_RETURN, 0, 0, 0}};
    eql_insn call[4] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_FRAME_NAME},
                        {EQL_OP_LOAD_CONST, 1, 0, SAMPLE_STRING},
                        {EQL_OP_CALL, 0, EQL_FN_STARTS_WITH | EQL_CALL_FOLD, 2},
                        {EQL_OP_RETURN, 0, 0, 0}};
    eql_insn frame_body[4] = {{EQL_OP_BRANCH_FALSE, 0, 2, SAMPLE_FRAME_SIGS},
                              {EQL_OP_BRANCH_FALSE, 0, 1, SAMPLE_FRAME_CALL},
                              {EQL_OP_ACCEPT, 0, 0, 0},
                              {EQL_OP_REJECT, 0, 0, 0}};
    eql_insn count[3] = {{EQL_OP_COUNT_OF, 0, 0, 1},
                         {EQL_OP_GT_K, 1, 0, SAMPLE_INT},
                         {EQL_OP_RETURN, 1, 0, 0}};
    eql_iterator sigs = {SAMPLE_SIGS, SAMPLE_SIG_BODY};
    eql_iterator stack = {SAMPLE_STACK, SAMPLE_FRAME_BODY};

    eql_builder_leaf(b, sig, 3, 1, 2);
    eql_builder_filter(b, sig_body, 3);
    eql_builder_iterator(b, &sigs);
    eql_builder_leaf(b, any, 2, 0, 1);
    eql_builder_leaf(b, call, 4, 1, 2);
    eql_builder_filter(b, frame_body, 4);
    eql_builder_iterator(b, &stack);
    eql_builder_leaf(b, count, 3, 0, 2);
}

static inline void
sample_residuals(eql_builder *b)
{
    eql_insn has[3] = {{EQL_OP_LOAD_CONST, 0, 0, SAMPLE_NULL},
                       {EQL_OP_ARRAY_HAS, 0, 1, SAMPLE_STACK},
                       {EQL_OP_RETURN, 0, 0, 0}};
    eql_insn alias[4] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_NAME},
                         {EQL_OP_LOAD_FIELD, 1, 1, SAMPLE_ALIAS_NAME},
                         {EQL_OP_EQ, 2, 0, 1},
                         {EQL_OP_RETURN, 2, 0, 0}};
    eql_insn lineage[3] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_PID},
                           {EQL_OP_LINEAGE, 1, 0, 0},
                           {EQL_OP_RETURN, 1, 0, 0}};
    eql_insn expr[2] = {{EQL_OP_LOAD_FIELD, 0, 0, SAMPLE_ALIAS_NAME},
                        {EQL_OP_RETURN, 0, 0, 0}};
    eql_insn pure[4] = {{EQL_OP_BRANCH_FALSE, 0, 2, SAMPLE_COUNT},
                        {EQL_OP_BRANCH_FALSE, 0, 1, SAMPLE_HAS},
                        {EQL_OP_ACCEPT, 0, 0, 0},
                        {EQL_OP_REJECT, 0, 0, 0}};
    eql_insn impure[4] = {{EQL_OP_BRANCH_FALSE, 0, 2, SAMPLE_ALIAS},
                          {EQL_OP_BRANCH_FALSE, 0, 1, SAMPLE_LINEAGE},
                          {EQL_OP_ACCEPT, 0, 0, 0},
                          {EQL_OP_REJECT, 0, 0, 0}};
    eql_insn result[3] = {{EQL_OP_BRANCH_FALSE, 0, 1, SAMPLE_ALIAS},
                          {EQL_OP_ACCEPT, 0, 0, 0},
                          {EQL_OP_REJECT, 0, 0, 0}};

    eql_builder_leaf(b, has, 3, 0, 1);
    eql_builder_leaf(b, alias, 4, 2, 3);
    eql_builder_leaf(b, lineage, 3, 1, 2);
    eql_builder_leaf(b, expr, 2, 1, 1);
    eql_builder_filter(b, pure, 4);
    eql_builder_filter(b, impure, 4);
    eql_builder_filter(b, result, 3);
}

/* A stage with nothing special about it. */
static inline eql_stage
sample_stage(uint32_t rule, uint32_t number, uint32_t filter)
{
    return (eql_stage){.rule = rule,
                       .number = number,
                       .runs = 1,
                       .category_field = EQL_FIELD_CATEGORY,
                       .filter = filter,
                       .residual = EQL_NONE};
}

static inline void
sample_first_rules(eql_builder *b)
{
    eql_str tag = eql_builder_str(b, eql_sv_cstr("OS: Windows"));
    eql_key keys[2] = {
        {.field = SAMPLE_NAME, .leaf = EQL_NONE},
        {.field = SAMPLE_ARG, .leaf = EQL_NONE, .flags = EQL_KEY_OPTIONAL}};
    eql_exception exception = {eql_builder_str(b, eql_sv_cstr("ours")), 1};
    eql_severity severity = {EQL_SEVERITY_HIGH, 31, 0};
    eql_str process = eql_builder_str(b, eql_sv_cstr("process"));
    eql_stage event = sample_stage(SAMPLE_EVENT_RULE, 1, 1);
    eql_stage stages[3] = {sample_stage(SAMPLE_SEQUENCE, 1, 0),
                           sample_stage(SAMPLE_SEQUENCE, 2, 1),
                           sample_stage(SAMPLE_SEQUENCE, 0, 0)};
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

    for (int i = 0; i < 3; i++) {
        stages[i].keys = eql_builder_keys(b, keys, 2);
        stages[i].has_category = i < 2;
        stages[i].category = i < 2 ? process : (eql_str){0, 0};
    }
    stages[0].exceptions = eql_builder_exceptions(b, &exception, 1);
    stages[1].severities = eql_builder_severities(b, &severity, 1);
    eql_builder_rule(b, &first);
    second.stages = eql_builder_stages(b, stages, 3);
    second.stages.n = 2; /* the third is `until` */
    eql_builder_rule(b, &second);
}

static inline eql_range
sample_pipes(eql_builder *b)
{
    uint32_t expr[2] = {SAMPLE_EXPR, SAMPLE_ALIAS};
    eql_pipe_op pipes[7] = {{.kind = EQL_PIPE_HEAD, .filter = EQL_NONE, .n = 5},
                            {.kind = EQL_PIPE_TAIL, .filter = EQL_NONE, .n = 4},
                            {.kind = EQL_PIPE_FILTER, .filter = SAMPLE_RESULT},
                            {.kind = EQL_PIPE_UNIQUE, .filter = EQL_NONE},
                            {.kind = EQL_PIPE_SORT, .filter = EQL_NONE},
                            {.kind = EQL_PIPE_UNIQUE_COUNT, .filter = EQL_NONE},
                            {.kind = EQL_PIPE_COUNT, .filter = EQL_NONE}};

    pipes[3].exprs = eql_builder_exprs(b, expr, 2);
    pipes[4].exprs = eql_builder_exprs(b, expr, 1);
    pipes[5].exprs = eql_builder_exprs(b, expr, 1);
    return eql_builder_pipes(b, pipes, 7);
}

static inline void
sample_full_rule(eql_builder *b)
{
    eql_stage of = sample_stage(SAMPLE_FULL, 0, SAMPLE_PURE);
    eql_stage stages[3] = {sample_stage(SAMPLE_FULL, 1, 0),
                           sample_stage(SAMPLE_FULL, 2, SAMPLE_PURE),
                           sample_stage(SAMPLE_FULL, 3, 1)};
    eql_key key = {.name = eql_builder_str(b, eql_sv_cstr("f(x)")),
                   .field = EQL_NONE,
                   .leaf = SAMPLE_HAS};
    eql_lineage lineage = {.relation = EQL_LINEAGE_CHILD,
                           .stage = SAMPLE_LINEAGE_STAGE};
    eql_clock clock = {SAMPLE_CREATED, SAMPLE_PID};
    eql_rule rule = {.name = eql_builder_str(b, eql_sv_cstr("full")),
                     .kind = EQL_RULE_SEQUENCE,
                     .risk_score = EQL_NONE,
                     .has_maxspan = 1,
                     .maxspan_ns = INT64_C(1000000),
                     .until = EQL_NONE};

    of.flags = EQL_STAGE_LINEAGE;
    eql_builder_stages(b, &of, 1);
    eql_builder_lineage(b, &lineage);
    stages[0].alias = eql_builder_str(b, eql_sv_cstr("a"));
    stages[0].runs = 2;
    stages[0].category_field = SAMPLE_TYPE;
    stages[1].flags = EQL_STAGE_MISSING;
    stages[2].flags = EQL_STAGE_FORK;
    stages[2].residual = SAMPLE_IMPURE;
    for (int i = 0; i < 3; i++)
        stages[i].keys = eql_builder_keys(b, &key, 1);
    rule.stages = eql_builder_stages(b, stages, 3);
    rule.clock = eql_builder_clock(b, &clock);
    rule.pipes = sample_pipes(b);
    eql_builder_rule(b, &rule);
}

static inline void
sample_last_rules(eql_builder *b)
{
    eql_stage sample[2] = {sample_stage(SAMPLE_SAMPLE, 1, 0),
                           sample_stage(SAMPLE_SAMPLE, 2, 1)};
    eql_stage join[3] = {sample_stage(SAMPLE_JOIN, 1, 0),
                         sample_stage(SAMPLE_JOIN, 2, 1),
                         sample_stage(SAMPLE_JOIN, 0, 1)};
    eql_rule rule = {.name = eql_builder_str(b, eql_sv_cstr("sample")),
                     .kind = EQL_RULE_SAMPLE,
                     .risk_score = EQL_NONE,
                     .until = EQL_NONE};
    eql_pipe_op head = {.kind = EQL_PIPE_HEAD, .filter = EQL_NONE, .n = 1};
    eql_key key = {.field = EQL_NONE, .leaf = SAMPLE_EQ_K};

    for (int i = 0; i < 2; i++)
        sample[i].keys = eql_builder_keys(b, &key, 1);
    rule.stages = eql_builder_stages(b, sample, 2);
    eql_builder_rule(b, &rule);
    rule.name = eql_builder_str(b, eql_sv_cstr("join"));
    rule.kind = EQL_RULE_JOIN;
    rule.stages = eql_builder_stages(b, join, 3);
    rule.stages.n = 2;
    rule.until = SAMPLE_JOIN_UNTIL;
    rule.pipes = eql_builder_pipes(b, &head, 1);
    eql_builder_rule(b, &rule);
}

/* A builder of the elastic preset. */
static inline eql_builder *
sample_builder(void)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_strview none = eql_sv(NULL, 0);
    eql_builder *b = eql_builder_new(&d, none, none, none);

    assert_non_null(b);
    return b;
}

static inline eql_program *
sample_finish(eql_builder *b)
{
    eql_program *p = eql_builder_finish(b);

    eql_builder_free(b);
    assert_non_null(p);
    return p;
}

static inline eql_program *
sample_program(void)
{
    eql_builder *b = sample_builder();

    sample_fields(b);
    sample_more_fields(b);
    sample_consts(b);
    sample_leaves(b);
    sample_filters(b);
    sample_bodies(b);
    sample_residuals(b);
    sample_first_rules(b);
    sample_full_rule(b);
    sample_last_rules(b);
    return sample_finish(b);
}

#endif
