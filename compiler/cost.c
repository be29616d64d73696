/* cost.c -- see cost.h.
 *
 * Follows emit_leaf.c node by node, so that a rule which the verifier would
 * refuse is told so (E311) where it stands.  Recursion is as deep as the tree,
 * which the parser has capped. */
#include "compiler/cost.h"

static uint64_t value_cost(const eql_typed *t);

static uint64_t
list_cost(const eql_typed_list *l)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < l->n; i++)
        n += value_cost(l->items[i]);
    return n;
}

/* Each part and what joins it to those before. */
static uint64_t
test_cost(const eql_typed *t)
{
    uint64_t n = value_cost(t->u.test.operand) + 2;

    for (uint32_t i = 0; i < t->u.test.nparts; i++) {
        const eql_part *p = &t->u.test.parts[i];

        n += 2;
        if (p->kind == EQL_PART_ELEMENT)
            n += value_cost(p->element) + p->date;
    }
    return n;
}

static uint64_t
value_cost(const eql_typed *t)
{
    switch (t->kind) {
    case EQL_TYPED_CONST:
    case EQL_TYPED_FIELD:
    case EQL_TYPED_KIND_COUNT: return 1;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: return list_cost(&t->u.list) + t->u.list.n;
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_TRUTH:
    case EQL_TYPED_NEGATE: return 1 + value_cost(t->u.operand);
    case EQL_TYPED_CONVERT: return 1 + value_cost(t->u.convert.operand);
    case EQL_TYPED_COMPARE:
        return 1 + value_cost(t->u.compare.left) +
               (!t->u.compare.version &&
                        eql_typed_is_literal(t->u.compare.right)
                    ? 0
                    : value_cost(t->u.compare.right));
    case EQL_TYPED_TEST: return test_cost(t);
    case EQL_TYPED_ARITH:
        return 1 + value_cost(t->u.arith.left) + value_cost(t->u.arith.right);
    case EQL_TYPED_CALL: return 1 + list_cost(&t->u.call.args);
    case EQL_TYPED_SEARCH: return 1 + eql_filter_cost(t->u.search.body);
    case EQL_TYPED_HAS: return 1 + list_cost(&t->u.has.values);
    case EQL_TYPED_LINEAGE: return 1 + value_cost(t->u.lineage.id);
    }
    return 1;
}

/* A leaf ends with RETURN and has its branch; negated it has a NOT more. */
static uint64_t
tree_cost(const eql_typed *t)
{
    uint64_t n = 0;

    if (t->kind == EQL_TYPED_NOT)
        return tree_cost(t->u.operand);
    if (t->kind != EQL_TYPED_AND && t->kind != EQL_TYPED_OR)
        return 3 + value_cost(t);
    for (uint32_t i = 0; i < t->u.list.n; i++)
        n += tree_cost(t->u.list.items[i]);
    return n;
}

uint64_t
eql_filter_cost(const eql_typed *filter)
{
    return 2 + tree_cost(filter);
}
