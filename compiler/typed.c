/* typed.c -- makes the nodes of the typed tree (typed.h).
 *
 * Makers pass NULL through: a node over a failed operand is NULL, so a pass
 * reports an error once and its callers need no second test.  What a node
 * means is decided by sema; nothing is checked or simplified here. */
#include "compiler/typed.h"

eql_typed *
eql_typed_new(eql_arena *a, eql_typed_kind kind, eql_span span)
{
    eql_typed *t = eql_arena_alloc(a, sizeof *t);

    if (!t)
        return NULL;
    t->kind = kind;
    t->span = span;
    t->boolean = true;
    return t;
}

eql_typed *
eql_typed_const(eql_arena *a, eql_span span, eql_value v, bool literal)
{
    eql_typed *t = eql_typed_new(a, EQL_TYPED_CONST, span);

    if (!t)
        return NULL;
    t->boolean = v.tag == EQL_BOOL || v.tag == EQL_NULL;
    t->u.constant.value = v;
    t->u.constant.literal = literal;
    return t;
}

static eql_typed *
unary(eql_arena *a, eql_typed_kind kind, eql_span span, eql_typed *operand)
{
    eql_typed *t = operand ? eql_typed_new(a, kind, span) : NULL;

    if (t)
        t->u.operand = operand;
    return t;
}

eql_typed *
eql_typed_not(eql_arena *a, eql_span span, eql_typed *operand)
{
    return unary(a, EQL_TYPED_NOT, span, operand);
}

eql_typed *
eql_typed_is_null(eql_arena *a, eql_span span, eql_typed *operand)
{
    return unary(a, EQL_TYPED_IS_NULL, span, operand);
}

eql_typed *
eql_typed_truth(eql_arena *a, eql_span span, eql_typed *operand)
{
    eql_typed *t = unary(a, EQL_TYPED_TRUTH, span, operand);

    if (t)
        t->boolean = false;
    return t;
}

eql_typed *
eql_typed_convert(eql_arena *a, eql_field_type type, eql_typed *operand)
{
    eql_typed *t;

    if (!operand || type == EQL_FIELD_ANY)
        return operand;
    t = eql_typed_new(a, EQL_TYPED_CONVERT, operand->span);
    if (!t)
        return NULL;
    t->boolean = false;
    t->u.convert.type = type;
    t->u.convert.operand = operand;
    return t;
}

eql_typed *
eql_typed_negate(eql_arena *a, eql_span span, eql_typed *operand)
{
    eql_typed *t = unary(a, EQL_TYPED_NEGATE, span, operand);

    if (t)
        t->boolean = false;
    return t;
}

eql_typed *
eql_typed_arith(eql_arena *a, eql_span span, eql_operation op, eql_typed *left,
                eql_typed *right)
{
    eql_typed *t =
        left && right ? eql_typed_new(a, EQL_TYPED_ARITH, span) : NULL;

    if (!t)
        return NULL;
    t->boolean = false;
    t->u.arith.op = op;
    t->u.arith.left = left;
    t->u.arith.right = right;
    return t;
}

eql_typed *
eql_typed_call(eql_arena *a, eql_span span, eql_function f, bool fold,
               eql_typed **args, uint32_t n)
{
    eql_typed *t = args ? eql_typed_new(a, EQL_TYPED_CALL, span) : NULL;

    if (!t)
        return NULL;
    t->boolean = eql_function_get(f)->result == 'b';
    t->u.call.function = f;
    t->u.call.fold = fold;
    t->u.call.args.items = args;
    t->u.call.args.n = n;
    return t;
}

eql_typed *
eql_typed_compare(eql_arena *a, eql_span span, eql_compare_op op,
                  eql_typed *left, eql_typed *right)
{
    eql_typed *t;

    if (!left || !right)
        return NULL;
    t = eql_typed_new(a, EQL_TYPED_COMPARE, span);
    if (!t)
        return NULL;
    t->u.compare.op = op;
    t->u.compare.version = false;
    t->u.compare.left = left;
    t->u.compare.right = right;
    return t;
}

eql_typed *
eql_typed_list_node(eql_arena *a, eql_typed_kind kind, eql_span span,
                    eql_typed **items, uint32_t n)
{
    eql_typed *t = eql_typed_new(a, kind, span);

    if (!t)
        return NULL;
    t->u.list.items = items;
    t->u.list.n = n;
    return t;
}

eql_typed *
eql_typed_test(eql_arena *a, eql_span span, eql_typed *operand,
               const eql_part *parts, uint32_t nparts)
{
    eql_typed *t = operand ? eql_typed_new(a, EQL_TYPED_TEST, span) : NULL;
    eql_part *copy = eql_arena_array(a, nparts, sizeof *copy);

    if (!t || !copy)
        return NULL;
    if (nparts)
        memcpy(copy, parts, nparts * sizeof *copy);
    t->u.test.operand = operand;
    t->u.test.parts = copy;
    t->u.test.nparts = nparts;
    return t;
}
