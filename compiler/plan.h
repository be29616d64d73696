/* plan.h -- what one rule will do, all checked, nothing emitted.
 *
 * A plan stands between meaning and code: stages with their effective keys
 * (language 1.2 #6), times, and the branches of every filter.  Whatever can be
 * wrong with a rule has been found when its plan is complete. */
#ifndef EQL_COMPILER_PLAN_H
#define EQL_COMPILER_PLAN_H

#include "compiler/branch.h"
#include "compiler/typed.h"
#include "program/rule.h"

typedef struct {
    const eql_typed *condition;
    const eql_branches *branches;
} eql_plan_filter;

typedef struct {
    eql_strview name;
    eql_plan_filter filter;
} eql_plan_exception;

typedef struct {
    eql_severity_level level;
    uint32_t order; /* position in the rule file, from 0 */
    eql_plan_filter filter;
} eql_plan_severity;

typedef struct {
    uint32_t number; /* 1 ..; 0 for until and lineage */
    uint32_t flags;  /* EQL_STAGE_ */
    uint32_t runs;
    eql_strview alias; /* empty: none */
    bool any;
    eql_strview category;     /* unused for any */
    eql_plan_filter filter;   /* the pure part of the condition */
    eql_plan_filter residual; /* all of it; condition NULL: it is pure */
    eql_typed_key *keys;      /* effective */
    uint32_t nkeys;
    eql_plan_exception *exceptions; /* room for all of the rule */
    uint32_t nexceptions;
    eql_plan_severity *severities; /* room for all of the rule */
    uint32_t nseverities;
} eql_plan_stage;

typedef struct {
    eql_lineage_relation relation;
    eql_plan_stage stage;
} eql_plan_lineage;

typedef struct {
    eql_pipe_kind kind;
    uint64_t n;
    eql_plan_filter filter; /* FILTER; else its condition is NULL */
    eql_typed_list exprs;
} eql_plan_pipe;

typedef struct {
    eql_rule_kind kind;
    bool kleene;
    bool has_maxspan;
    int64_t maxspan_ns;
    eql_plan_stage *stages;
    uint32_t nstages;
    eql_plan_stage *until;      /* NULL when absent */
    eql_plan_lineage *lineages; /* inner ones first */
    uint32_t nlineages;
    eql_plan_pipe *pipes;
    uint32_t npipes;
} eql_plan;

/* What plans are made with. */
typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    const eql_rule_source *rule;
    bool kleene; /* null_logic */
} eql_planner;

/* The plan of a folded query, without exceptions and severities.  NULL with
 * E311 in diags, or when memory ran out (eql_arena_failed). */
eql_plan *eql_plan_query(const eql_planner *pl, const eql_typed_query *q);
/* Adds a folded condition of the rule file to its stage, which exists.
 * false with E311 in diags, or when memory ran out (eql_arena_failed). */
bool eql_plan_exception_add(const eql_planner *pl, eql_plan *plan,
                            const eql_rule_condition *c, const eql_typed *t);
bool eql_plan_severity_add(const eql_planner *pl, eql_plan *plan,
                           const eql_rule_condition *c, uint32_t order,
                           const eql_typed *t);
void eql_plan_dump(const eql_plan *plan, eql_buf *out);

#endif
