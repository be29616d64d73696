/* prune.c -- see prune.h.
 *
 * A lineage is asked for by conditions of stages, of `until`, and of lineages
 * that have higher indexes.  Recursion is as deep as the tree, which the parser
 * has capped. */
#include "compiler/prune.h"

/* Called for each question for a lineage. */
typedef void (*visit_fn)(void *ctx, uint32_t *index);

typedef struct {
    visit_fn fn;
    void *ctx;
} visitor;

static void visit(const visitor *v, eql_typed *t);

static void
visit_list(const visitor *v, const eql_typed_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        visit(v, l->items[i]);
}

static void
visit_test(const visitor *v, const eql_typed *t)
{
    visit(v, t->u.test.operand);
    for (uint32_t i = 0; i < t->u.test.nparts; i++)
        if (t->u.test.parts[i].kind == EQL_PART_ELEMENT)
            visit(v, t->u.test.parts[i].element);
}

static void
visit(const visitor *v, eql_typed *t)
{
    if (!t)
        return;
    switch (t->kind) {
    case EQL_TYPED_CONST:
    case EQL_TYPED_FIELD: break;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: visit_list(v, &t->u.list); break;
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_TRUTH:
    case EQL_TYPED_NEGATE: visit(v, t->u.operand); break;
    case EQL_TYPED_CONVERT: visit(v, t->u.convert.operand); break;
    case EQL_TYPED_COMPARE:
        visit(v, t->u.compare.left);
        visit(v, t->u.compare.right);
        break;
    case EQL_TYPED_TEST: visit_test(v, t); break;
    case EQL_TYPED_ARITH:
        visit(v, t->u.arith.left);
        visit(v, t->u.arith.right);
        break;
    case EQL_TYPED_CALL: visit_list(v, &t->u.call.args); break;
    case EQL_TYPED_SEARCH: visit(v, t->u.search.body); break;
    case EQL_TYPED_HAS: visit_list(v, &t->u.has.values); break;
    case EQL_TYPED_LINEAGE:
        v->fn(v->ctx, &t->u.lineage.index);
        visit(v, t->u.lineage.id);
        break;
    case EQL_TYPED_KIND_COUNT: break;
    }
}

/* All that is asked by what stays: not by other lineages. */
static void
visit_stages(const visitor *v, eql_typed_query *q)
{
    for (uint32_t i = 0; i < q->nstages; i++)
        visit(v, q->stages[i].condition);
    if (q->until)
        visit(v, q->until->condition);
    for (uint32_t i = 0; i < q->npipes; i++)
        visit(v, q->pipes[i].condition);
}

static void
visit_lineage(const visitor *v, const eql_typed_lineage *l)
{
    visit(v, l->stage.condition);
}

/* Trees may share parts: what is done twice is as if done once. */
#define NUMBERED (UINT32_C(1) << 31)

static void
mark(void *ctx, uint32_t *index)
{
    eql_typed_query *q = ctx;

    q->lineages[*index].asked = true;
}

static void
number(void *ctx, uint32_t *index)
{
    const eql_typed_query *q = ctx;

    if (!(*index & NUMBERED))
        *index = q->lineages[*index].place | NUMBERED;
}

static void
settle(void *ctx, uint32_t *index)
{
    (void)ctx;
    *index &= ~NUMBERED;
}

void
eql_prune_lineages(eql_typed_query *q)
{
    const visitor marking = {mark, q}, numbering = {number, q},
                  settling = {settle, NULL};
    uint32_t n = 0;

    visit_stages(&marking, q);
    for (uint32_t i = q->nlineages; i-- > 0;)
        if (q->lineages[i].asked)
            visit_lineage(&marking, &q->lineages[i]);
    for (uint32_t i = 0; i < q->nlineages; i++) {
        q->lineages[i].place = n;
        n += q->lineages[i].asked;
    }
    n = 0;
    visit_stages(&numbering, q);
    for (uint32_t i = 0; i < q->nlineages; i++)
        visit_lineage(&numbering, &q->lineages[i]);
    visit_stages(&settling, q);
    for (uint32_t i = 0; i < q->nlineages; i++)
        visit_lineage(&settling, &q->lineages[i]);
    for (uint32_t i = 0; i < q->nlineages; i++)
        if (q->lineages[i].asked)
            q->lineages[n++] = q->lineages[i];
    q->nlineages = n;
}
