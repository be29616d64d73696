/* plan.c -- see plan.h.
 *
 * Keeps the order of the rule file for exceptions and severities of a stage.
 * Knows nothing of the program's records; emit.c turns a plan into them. */
#include "compiler/plan.h"

#include "compiler/emit_leaf.h"
#include "compiler/impure.h"

static bool
plan_filter(const eql_planner *pl, const eql_typed *t, eql_plan_filter *out)
{
    out->condition = t;
    out->branches = eql_branch_filter(pl->arena, t, pl->kleene, pl->diags);
    return out->branches != NULL;
}

/* The condition as what the event alone decides and, if that is not all, as
 * a whole. */
static bool
plan_condition(const eql_planner *pl, eql_typed *t, eql_plan_stage *out)
{
    eql_typed *pure;

    if (!eql_typed_is_impure(t))
        return plan_filter(pl, t, &out->filter);
    pure = eql_pure_part(pl->arena, t);
    return pure && plan_filter(pl, t, &out->residual) &&
           plan_filter(pl, pure, &out->filter);
}

static bool
plan_keys(const eql_planner *pl, const eql_typed_query *q,
          const eql_typed_stage *s, eql_plan_stage *out)
{
    uint32_t n = 0;
    bool ok = true;

    out->keys = eql_arena_array(pl->arena, (size_t)q->nkeys + s->nkeys,
                                sizeof *out->keys);
    if (!out->keys)
        return false;
    for (uint32_t i = 0; i < q->nkeys; i++)
        out->keys[n++] = q->keys[i];
    for (uint32_t i = 0; i < s->nkeys; i++)
        out->keys[n++] = s->keys[i];
    out->nkeys = n;
    for (uint32_t i = 0; i < n; i++)
        if (out->keys[i].expr)
            ok = eql_emit_leaf_check(out->keys[i].expr, pl->diags) && ok;
    return ok;
}

static void
describe_stage(const eql_typed_stage *s, eql_plan_stage *out)
{
    out->flags = (s->missing ? EQL_STAGE_MISSING : 0) |
                 (s->fork ? EQL_STAGE_FORK : 0) |
                 (s->by_alias ? EQL_STAGE_BY_ALIAS : 0);
    out->runs = s->runs;
    out->alias = s->alias;
    out->any = s->any;
    out->category = s->category;
}

static bool
plan_stage(const eql_planner *pl, const eql_typed_query *q,
           const eql_typed_stage *s, eql_plan_stage *out)
{
    const eql_rule_source *r = pl->rule;

    describe_stage(s, out);
    out->exceptions =
        eql_arena_array(pl->arena, r->nexceptions, sizeof *out->exceptions);
    out->severities =
        eql_arena_array(pl->arena, r->nseverities, sizeof *out->severities);
    return plan_keys(pl, q, s, out) && plan_condition(pl, s->condition, out) &&
           out->exceptions && out->severities;
}

static bool
plan_lineages(const eql_planner *pl, const eql_typed_query *q, eql_plan *plan)
{
    bool ok = true;

    plan->lineages =
        eql_arena_array(pl->arena, q->nlineages, sizeof *plan->lineages);
    if (!plan->lineages)
        return false;
    plan->nlineages = q->nlineages;
    for (uint32_t i = 0; i < q->nlineages; i++) {
        eql_plan_lineage *l = &plan->lineages[i];

        l->relation = q->lineages[i].relation;
        describe_stage(&q->lineages[i].stage, &l->stage);
        l->stage.flags |= EQL_STAGE_LINEAGE;
        ok =
            plan_condition(pl, q->lineages[i].stage.condition, &l->stage) && ok;
    }
    return ok;
}

static bool
plan_pipes(const eql_planner *pl, const eql_typed_query *q, eql_plan *plan)
{
    bool ok = true;

    plan->pipes = eql_arena_array(pl->arena, q->npipes, sizeof *plan->pipes);
    if (!plan->pipes)
        return false;
    plan->npipes = q->npipes;
    for (uint32_t i = 0; i < q->npipes; i++) {
        const eql_typed_pipe *p = &q->pipes[i];
        eql_plan_pipe *out = &plan->pipes[i];

        out->kind = p->kind;
        out->n = p->n;
        out->exprs = p->exprs;
        if (p->condition)
            ok = plan_filter(pl, p->condition, &out->filter) && ok;
        for (uint32_t j = 0; j < p->exprs.n; j++)
            ok = eql_emit_leaf_check(p->exprs.items[j], pl->diags) && ok;
    }
    return ok;
}

eql_plan *
eql_plan_query(const eql_planner *pl, const eql_typed_query *q)
{
    eql_plan *plan = eql_arena_alloc(pl->arena, sizeof *plan);
    bool ok;

    if (!plan)
        return NULL;
    plan->kind = q->kind;
    plan->kleene = pl->kleene;
    plan->has_maxspan = q->has_maxspan;
    plan->maxspan_ns = q->maxspan_ns;
    plan->stages = eql_arena_array(pl->arena, q->nstages, sizeof *plan->stages);
    if (!plan->stages)
        return NULL;
    plan->nstages = q->nstages;
    ok = plan_lineages(pl, q, plan);
    for (uint32_t i = 0; i < q->nstages; i++) {
        plan->stages[i].number = i + 1;
        ok = plan_stage(pl, q, &q->stages[i], &plan->stages[i]) && ok;
    }
    if (q->until) {
        plan->until = eql_arena_alloc(pl->arena, sizeof *plan->until);
        ok = plan->until && plan_stage(pl, q, q->until, plan->until) && ok;
    }
    ok = plan_pipes(pl, q, plan) && ok;
    return ok ? plan : NULL;
}

bool
eql_plan_exception_add(const eql_planner *pl, eql_plan *plan,
                       const eql_rule_condition *c, const eql_typed *t)
{
    eql_plan_stage *s = &plan->stages[c->stage - 1];
    eql_plan_exception *x = &s->exceptions[s->nexceptions];

    if (!plan_filter(pl, t, &x->filter))
        return false;
    x->name = c->name;
    s->nexceptions++;
    return true;
}

bool
eql_plan_severity_add(const eql_planner *pl, eql_plan *plan,
                      const eql_rule_condition *c, uint32_t order,
                      const eql_typed *t)
{
    eql_plan_stage *s = &plan->stages[c->stage - 1];
    eql_plan_severity *x = &s->severities[s->nseverities];

    if (!plan_filter(pl, t, &x->filter))
        return false;
    x->level = c->level;
    x->order = order;
    s->nseverities++;
    return true;
}

/* --- printing --- */

static void
dump_head(const eql_plan_stage *s, eql_buf *out)
{
    if (s->flags & EQL_STAGE_MISSING)
        eql_buf_add_str(out, "missing ");
    if (s->any)
        eql_buf_add_str(out, "any");
    else
        eql_buf_add_json(out, s->category);
    if (s->runs > 1)
        eql_buf_printf(out, ", runs %u", s->runs);
    if (s->flags & EQL_STAGE_FORK)
        eql_buf_add_str(out, ", fork");
    if (s->flags & EQL_STAGE_BY_ALIAS)
        eql_buf_add_str(out, ", by alias");
    if (s->alias.len) {
        eql_buf_add_str(out, ", as ");
        eql_buf_add_sv(out, s->alias);
    }
    eql_buf_printf(out, ", %u branches\n", s->filter.branches->n);
}

static void
dump_stage(const eql_plan_stage *s, eql_buf *out)
{
    dump_head(s, out);
    for (uint32_t i = 0; i < s->nkeys; i++) {
        eql_buf_printf(out, "  key %u ", i + 1);
        eql_typed_dump_key(&s->keys[i], out);
        eql_buf_add_char(out, '\n');
    }
    eql_typed_dump_expr(s->filter.condition, 1, out);
    if (s->residual.condition) {
        eql_buf_printf(out, "  residual, %u branches\n",
                       s->residual.branches->n);
        eql_typed_dump_expr(s->residual.condition, 2, out);
    }
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

static void
dump_pipe(const eql_plan_pipe *p, eql_buf *out)
{
    const eql_pipe_kind_info *kind = eql_pipe_kind_get(p->kind);

    eql_buf_printf(out, "pipe %s", kind->name.p);
    if (kind->operand == EQL_PIPE_TAKES_NUMBER)
        eql_buf_printf(out, " %llu", (unsigned long long)p->n);
    eql_buf_add_char(out, '\n');
    if (p->filter.condition)
        eql_typed_dump_expr(p->filter.condition, 1, out);
    for (uint32_t i = 0; i < p->exprs.n; i++)
        eql_typed_dump_expr(p->exprs.items[i], 1, out);
}

void
eql_plan_dump(const eql_plan *plan, eql_buf *out)
{
    static const char *const kinds[] = {"event", "sequence", "sample", "join"};
    static const char *const relations[] = {"descendant", "child", "event"};

    eql_buf_add_str(out, kinds[plan->kind]);
    if (plan->kleene)
        eql_buf_add_str(out, " kleene");
    if (plan->has_maxspan)
        eql_buf_printf(out, " maxspan %lldns", (long long)plan->maxspan_ns);
    eql_buf_add_char(out, '\n');
    for (uint32_t i = 0; i < plan->nlineages; i++) {
        eql_buf_printf(out, "lineage %u %s of ", i,
                       relations[plan->lineages[i].relation]);
        dump_stage(&plan->lineages[i].stage, out);
    }
    for (uint32_t i = 0; i < plan->nstages; i++) {
        eql_buf_printf(out, "stage %u ", plan->stages[i].number);
        dump_stage(&plan->stages[i], out);
    }
    if (plan->until) {
        eql_buf_add_str(out, "until ");
        dump_stage(plan->until, out);
    }
    for (uint32_t i = 0; i < plan->npipes; i++)
        dump_pipe(&plan->pipes[i], out);
}
