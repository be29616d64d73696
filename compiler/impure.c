/* impure.c -- see impure.h.
 *
 * Counting an impure leaf as what makes the whole true gives a condition that
 * holds wherever the given one does, in both null logics: a condition is
 * monotonic in its leaves once the number of `not` around each is even.
 * Recursion is as deep as the tree, which the parser has capped. */
#include "compiler/impure.h"

/* --- is it? --- */

static bool
path_is_impure(const eql_typed_path *p)
{
    if (p->origin)
        return true;
    for (const eql_typed_binding *b = p->binding; b; b = b->outer)
        if (b->array.origin)
            return true;
    return false;
}

static bool
list_is_impure(const eql_typed_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (eql_typed_is_impure(l->items[i]))
            return true;
    return false;
}

static bool
test_is_impure(const eql_typed *t)
{
    if (eql_typed_is_impure(t->u.test.operand))
        return true;
    for (uint32_t i = 0; i < t->u.test.nparts; i++) {
        const eql_part *p = &t->u.test.parts[i];

        if (p->kind == EQL_PART_ELEMENT && eql_typed_is_impure(p->element))
            return true;
    }
    return false;
}

bool
eql_typed_is_impure(const eql_typed *t)
{
    switch (t->kind) {
    case EQL_TYPED_CONST: return false;
    case EQL_TYPED_FIELD: return path_is_impure(&t->u.path);
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: return list_is_impure(&t->u.list);
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_TRUTH:
    case EQL_TYPED_NEGATE: return eql_typed_is_impure(t->u.operand);
    case EQL_TYPED_CONVERT: return eql_typed_is_impure(t->u.convert.operand);
    case EQL_TYPED_COMPARE:
        return eql_typed_is_impure(t->u.compare.left) ||
               eql_typed_is_impure(t->u.compare.right);
    case EQL_TYPED_TEST: return test_is_impure(t);
    case EQL_TYPED_ARITH:
        return eql_typed_is_impure(t->u.arith.left) ||
               eql_typed_is_impure(t->u.arith.right);
    case EQL_TYPED_CALL: return list_is_impure(&t->u.call.args);
    case EQL_TYPED_SEARCH:
        return path_is_impure(&t->u.search.binding->array) ||
               eql_typed_is_impure(t->u.search.body);
    case EQL_TYPED_HAS:
        return path_is_impure(&t->u.has.array) ||
               list_is_impure(&t->u.has.values);
    case EQL_TYPED_LINEAGE: return true;
    case EQL_TYPED_KIND_COUNT: break;
    }
    return true;
}

/* --- without it --- */

static bool
is_constant(const eql_typed *t, bool value)
{
    return t->kind == EQL_TYPED_CONST && t->u.constant.value.tag == EQL_BOOL &&
           t->u.constant.value.u.b == value;
}

static eql_typed *
constant(eql_arena *a, const eql_typed *t, bool value)
{
    return eql_typed_const(a, t->span, eql_value_bool(value), false);
}

static eql_typed *pure(eql_arena *a, eql_typed *t, bool positive);

static eql_typed *
pure_list(eql_arena *a, eql_typed *t, bool positive)
{
    bool neutral = t->kind == EQL_TYPED_AND;
    eql_typed **items = eql_arena_array(a, t->u.list.n, sizeof(eql_typed *));
    uint32_t n = 0;

    for (uint32_t i = 0; items && i < t->u.list.n; i++) {
        eql_typed *item = pure(a, t->u.list.items[i], positive);

        if (!item)
            return NULL;
        if (is_constant(item, !neutral))
            return item;
        if (!is_constant(item, neutral))
            items[n++] = item;
    }
    if (!items)
        return NULL;
    if (n == 0)
        return constant(a, t, neutral);
    return n == 1 ? items[0]
                  : eql_typed_list_node(a, t->kind, t->span, items, n);
}

static eql_typed *
pure(eql_arena *a, eql_typed *t, bool positive)
{
    eql_typed *inner;

    if (!eql_typed_is_impure(t))
        return t;
    if (t->kind == EQL_TYPED_AND || t->kind == EQL_TYPED_OR)
        return pure_list(a, t, positive);
    if (t->kind != EQL_TYPED_NOT)
        return constant(a, t, positive);
    inner = pure(a, t->u.operand, !positive);
    if (inner && inner->kind == EQL_TYPED_CONST)
        return constant(a, t, is_constant(inner, false));
    return eql_typed_not(a, t->span, inner);
}

eql_typed *
eql_pure_part(eql_arena *a, eql_typed *t)
{
    return pure(a, t, true);
}
