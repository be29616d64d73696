/* plan.c -- see plan.h.
 *
 * Keeps the order of the rule file for exceptions and severities of a stage.
 * Knows nothing of the program's records; emit.c turns a plan into them. */
#include "compiler/plan.h"

static bool
plan_filter(eql_arena *arena, const eql_typed *t, eql_diags *diags,
            eql_plan_filter *out)
{
    out->condition = t;
    out->branches = eql_branch_filter(arena, t, diags);
    return out->branches != NULL;
}

static bool
effective_keys(eql_arena *arena, const eql_typed_query *q,
               const eql_typed_stage *s, eql_plan_stage *out)
{
    uint32_t n = 0;

    out->keys =
        eql_arena_array(arena, (size_t)q->nkeys + s->nkeys, sizeof *out->keys);
    if (!out->keys)
        return false;
    for (uint32_t i = 0; i < q->nkeys; i++)
        out->keys[n++] = q->keys[i];
    for (uint32_t i = 0; i < s->nkeys; i++)
        out->keys[n++] = s->keys[i];
    out->nkeys = n;
    return true;
}

static bool
plan_stage(eql_arena *arena, const eql_typed_query *q, const eql_typed_stage *s,
           const eql_rule_source *r, eql_diags *diags, eql_plan_stage *out)
{
    out->any = s->any;
    out->category = s->category;
    out->exceptions =
        eql_arena_array(arena, r->nexceptions, sizeof *out->exceptions);
    out->severities =
        eql_arena_array(arena, r->nseverities, sizeof *out->severities);
    return effective_keys(arena, q, s, out) &&
           plan_filter(arena, s->condition, diags, &out->filter) &&
           out->exceptions && out->severities;
}

eql_plan *
eql_plan_query(eql_arena *arena, const eql_typed_query *q,
               const eql_rule_source *r, eql_diags *diags)
{
    eql_plan *plan = eql_arena_alloc(arena, sizeof *plan);
    bool ok = true;

    if (!plan)
        return NULL;
    plan->kind = q->kind;
    plan->has_maxspan = q->has_maxspan;
    plan->maxspan_ns = q->maxspan_ns;
    plan->stages = eql_arena_array(arena, q->nstages, sizeof *plan->stages);
    if (!plan->stages)
        return NULL;
    plan->nstages = q->nstages;
    for (uint32_t i = 0; i < q->nstages; i++) {
        plan->stages[i].number = i + 1;
        ok = plan_stage(arena, q, &q->stages[i], r, diags, &plan->stages[i]) &&
             ok;
    }
    if (q->until) {
        plan->until = eql_arena_alloc(arena, sizeof *plan->until);
        ok = plan->until &&
             plan_stage(arena, q, q->until, r, diags, plan->until) && ok;
    }
    return ok ? plan : NULL;
}

bool
eql_plan_exception_add(eql_arena *arena, eql_plan *plan,
                       const eql_rule_condition *c, const eql_typed *t,
                       eql_diags *diags)
{
    eql_plan_stage *s = &plan->stages[c->stage - 1];
    eql_plan_exception *x = &s->exceptions[s->nexceptions];

    if (!plan_filter(arena, t, diags, &x->filter))
        return false;
    x->name = c->name;
    s->nexceptions++;
    return true;
}

bool
eql_plan_severity_add(eql_arena *arena, eql_plan *plan,
                      const eql_rule_condition *c, uint32_t order,
                      const eql_typed *t, eql_diags *diags)
{
    eql_plan_stage *s = &plan->stages[c->stage - 1];
    eql_plan_severity *x = &s->severities[s->nseverities];

    if (!plan_filter(arena, t, diags, &x->filter))
        return false;
    x->level = c->level;
    x->order = order;
    s->nseverities++;
    return true;
}

/* --- printing --- */

static void
dump_stage(const eql_plan_stage *s, eql_buf *out)
{
    if (s->number)
        eql_buf_printf(out, "stage %u ", s->number);
    else
        eql_buf_add_str(out, "until ");
    if (s->any)
        eql_buf_add_str(out, "any");
    else
        eql_buf_add_json(out, s->category);
    eql_buf_printf(out, ", %u branches\n", s->filter.branches->n);
    for (uint32_t i = 0; i < s->nkeys; i++) {
        eql_buf_printf(out, "  key %u ", i + 1);
        eql_typed_dump_key(&s->keys[i], out);
        eql_buf_add_char(out, '\n');
    }
    eql_typed_dump_expr(s->filter.condition, 1, out);
    for (uint32_t i = 0; i < s->nexceptions; i++) {
        eql_buf_add_str(out, "  exception ");
        eql_buf_add_json(out, s->exceptions[i].name);
        eql_buf_add_char(out, '\n');
        eql_typed_dump_expr(s->exceptions[i].filter.condition, 2, out);
    }
    for (uint32_t i = 0; i < s->nseverities; i++) {
        eql_buf_printf(out, "  severity %s, order %u\n",
                       eql_severity_name(s->severities[i].level),
                       s->severities[i].order);
        eql_typed_dump_expr(s->severities[i].filter.condition, 2, out);
    }
}

void
eql_plan_dump(const eql_plan *plan, eql_buf *out)
{
    eql_buf_add_str(out, plan->kind == EQL_RULE_EVENT ? "event" : "sequence");
    if (plan->has_maxspan)
        eql_buf_printf(out, " maxspan %lldns", (long long)plan->maxspan_ns);
    eql_buf_add_char(out, '\n');
    for (uint32_t i = 0; i < plan->nstages; i++)
        dump_stage(&plan->stages[i], out);
    if (plan->until)
        dump_stage(plan->until, out);
}
