/* seq_plan.c -- what each stage means to the machine, worked out once.
 *
 * Positive stages are numbered over their positions, missing ones know which
 * slot they stand behind (language 8.8, 8.15).  It only reads the program. */
#include <stdlib.h>

#include "vm/seq/seq_int.h"

static bool
is_missing(const eql_program *p, uint32_t stage)
{
    return (p->stages[stage].flags & EQL_STAGE_MISSING) != 0;
}

/* A residual that names aliases is asked of each partial, whatever the flag of
 * a program that nobody's compiler made says. */
static void
plan_residual(eql_seq_plan *plan, const eql_captures *c, uint32_t stage)
{
    const eql_prepared *prepared = eql_captures_prepared(c);
    const eql_stage *s = &prepared->p->stages[stage];

    plan->stages[stage].by_partial =
        (s->flags & EQL_STAGE_BY_ALIAS) ||
        (s->residual != EQL_NONE && prepared->filters[s->residual].aliases);
}

/* Positive stages, then those between and around them. */
static void
plan_stages(eql_seq_plan *plan, const eql_captures *c, uint32_t rule)
{
    const eql_program *p = eql_captures_prepared(c)->p;
    eql_range stages = p->rules[rule].stages;
    eql_seq_rule *r = &plan->rules[rule];
    uint32_t before = EQL_NONE; /* positive stage */

    for (uint32_t i = stages.first; i < stages.first + stages.n; i++) {
        eql_seq_stage *s = &plan->stages[i];

        s->runs = p->stages[i].runs ? p->stages[i].runs : 1;
        s->next = EQL_NONE;
        if (is_missing(p, i)) {
            s->role = r->npositive > 0 ? EQL_SEQ_MIDDLE : EQL_SEQ_LEADING;
            s->first = r->npositive > 0 ? r->npositive - 1 : 0;
            r->leads |= r->npositive == 0;
            continue;
        }
        s->role = EQL_SEQ_POSITIVE;
        s->first = r->npositive;
        s->fork = (p->stages[i].flags & EQL_STAGE_FORK) != 0;
        plan_residual(plan, c, i);
        r->npositive += s->runs;
        if (before != EQL_NONE)
            plan->stages[before].next = i;
        before = i;
    }
    for (uint32_t i = stages.first + stages.n;
         i-- > stages.first && is_missing(p, i);) {
        plan->stages[i].role = EQL_SEQ_TRAILING;
        r->trails = true;
    }
    plan->leads |= r->leads;
    plan->trails |= r->trails;
}

/* Does nothing but the second stage, `until`, time and room decide about a
 * partial of one event? */
static bool
may_be_compact(const eql_seq_plan *plan, const eql_rule *rule,
               const eql_seq_rule *r)
{
    const eql_seq_stage *first = &plan->stages[rule->stages.first];
    uint32_t end = rule->stages.first + rule->stages.n;

    if (rule->kind != EQL_RULE_SEQUENCE || r->leads || r->npositive < 2 ||
        first->runs > 1 || first->by_partial ||
        plan->stages[first->next].by_partial)
        return false;
    for (uint32_t i = rule->stages.first; i < end; i++) {
        const eql_seq_stage *s = &plan->stages[i];

        if (s->fork || (s->role == EQL_SEQ_MIDDLE && s->first == 0))
            return false;
    }
    return rule->until == EQL_NONE || !plan->stages[rule->until].by_partial;
}

static void
plan_rule(eql_seq_plan *plan, const eql_captures *c, uint32_t rule)
{
    const eql_rule *r = &eql_captures_prepared(c)->p->rules[rule];

    plan->rules[rule].span_ns =
        r->has_maxspan ? r->maxspan_ns : EQL_WINDOW_NEVER;
    plan_stages(plan, c, rule);
    if (r->until != EQL_NONE) {
        plan->stages[r->until].role = EQL_SEQ_UNTIL;
        plan_residual(plan, c, r->until);
    }
    plan->rules[rule].compact = may_be_compact(plan, r, &plan->rules[rule]);
}

bool
eql_seq_plan_init(eql_seq_plan *plan, const eql_captures *c)
{
    const eql_program *p = eql_captures_prepared(c)->p;

    plan->stages = calloc((size_t)p->nstages + 1, sizeof *plan->stages);
    plan->rules = calloc((size_t)p->nrules + 1, sizeof *plan->rules);
    if (!plan->stages || !plan->rules)
        return false;
    for (uint32_t i = 0; i < p->nrules; i++)
        plan_rule(plan, c, i);
    return true;
}

void
eql_seq_plan_free(eql_seq_plan *plan)
{
    free(plan->stages);
    free(plan->rules);
}
