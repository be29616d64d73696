/* fold.c -- see fold.h.
 *
 * The two positions fold differently: in filter position null counts as false
 * at once, in value position it is kept (spec 4.2, 4.3).  Types were checked
 * by sema; what cannot be compared here (two folded booleans by `<`) is null
 * as it would be at run time. */
#include "compiler/fold.h"

#include "base/text.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
} folder;

static eql_typed *fold_value(const folder *fx, eql_typed *t);
static eql_typed *fold_filter(const folder *fx, eql_typed *t);

/* --- computing --- */

static bool
is_number(const eql_value *v)
{
    return v->tag == EQL_INT || v->tag == EQL_FLOAT;
}

static int
compare_numbers(const eql_value *a, const eql_value *b)
{
    if (a->tag == EQL_INT && b->tag == EQL_INT)
        return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    if (a->tag == EQL_INT)
        return eql_cmp_int_double(a->u.i, b->u.d);
    if (b->tag == EQL_INT)
        return -eql_cmp_int_double(b->u.i, a->u.d);
    return (a->u.d > b->u.d) - (a->u.d < b->u.d);
}

bool
eql_fold_equal(const eql_value *a, const eql_value *b, bool fold)
{
    if (is_number(a) && is_number(b))
        return compare_numbers(a, b) == 0;
    if (a->tag != b->tag)
        return false;
    if (a->tag == EQL_BOOL)
        return a->u.b == b->u.b;
    return fold ? eql_fold_eq(eql_value_sv(a), eql_value_sv(b))
                : eql_sv_eq(eql_value_sv(a), eql_value_sv(b));
}

static bool
holds(eql_compare_op op, int c)
{
    switch (op) {
    case EQL_CMP_EQ: return c == 0;
    case EQL_CMP_NE: return c != 0;
    case EQL_CMP_LT: return c < 0;
    case EQL_CMP_LE: return c <= 0;
    case EQL_CMP_GT: return c > 0;
    case EQL_CMP_GE: return c >= 0;
    }
    return false;
}

static eql_value
compute_compare(eql_compare_op op, const eql_value *a, const eql_value *b)
{
    if (a->tag == EQL_NULL || b->tag == EQL_NULL)
        return eql_value_null();
    if (is_number(a) && is_number(b))
        return eql_value_bool(holds(op, compare_numbers(a, b)));
    if (a->tag != b->tag)
        return eql_value_null();
    if (a->tag == EQL_STRING)
        return eql_value_bool(
            holds(op, eql_sv_cmp(eql_value_sv(a), eql_value_sv(b))));
    return op == EQL_CMP_EQ ? eql_value_bool(a->u.b == b->u.b)
                            : eql_value_null();
}

static bool
in_network(const eql_value *v, const eql_value *block)
{
    eql_ip ip;
    eql_cidr cidr;

    return v->tag == EQL_STRING && eql_ip_parse(eql_value_sv(v), &ip) &&
           eql_cidr_parse(eql_value_sv(block), &cidr) &&
           eql_cidr_contains(&cidr, &ip);
}

/* Does v pass the part?  null: v is no text, and a pattern wants one. */
static eql_value
compute_part(const eql_part *p, const eql_value *v)
{
    bool hit = false;

    if ((p->kind == EQL_PART_PATTERNS && v->tag != EQL_STRING) ||
        (p->kind == EQL_PART_SET && p->match && v->tag == EQL_BOOL))
        return eql_value_null();
    for (uint32_t i = 0; i < p->nvalues && !hit; i++) {
        if (p->kind == EQL_PART_SET)
            hit = eql_fold_equal(v, &p->values[i], p->fold);
        else if (p->kind == EQL_PART_NETWORKS)
            hit = in_network(v, &p->values[i]);
        else
            hit = eql_wildcard_match(eql_value_sv(&p->values[i]),
                                     eql_value_sv(v), p->fold);
    }
    return eql_value_bool(hit);
}

/* --- value position --- */

static bool
is_const(const eql_typed *t)
{
    return t->kind == EQL_TYPED_CONST;
}

static bool
is_value(const eql_typed *t, bool b)
{
    return is_const(t) && t->u.constant.value.tag == EQL_BOOL &&
           t->u.constant.value.u.b == b;
}

static eql_typed *
constant(const folder *fx, const eql_typed *t, eql_value v)
{
    return eql_typed_const(fx->arena, t->span, v, false);
}

/* and/or with Kleene logic.  `decides` is the value that settles the list:
 * false for and, true for or; the other one is dropped, unless that would
 * leave a lone item that might be no boolean. */
static eql_typed *
fold_value_list(const folder *fx, eql_typed *t)
{
    bool decides = t->kind == EQL_TYPED_OR;
    eql_typed **items = t->u.list.items, *neutral = NULL;
    uint32_t n = 0, nnull = 0;

    for (uint32_t i = 0; i < t->u.list.n; i++) {
        eql_typed *item = fold_value(fx, items[i]);

        if (!item)
            return NULL;
        if (is_value(item, decides))
            return constant(fx, t, eql_value_bool(decides));
        if (is_value(item, !decides)) {
            neutral = item;
            continue;
        }
        nnull += is_const(item);
        items[n++] = item;
    }
    if (n == nnull)
        return constant(fx, t, n ? eql_value_null() : eql_value_bool(!decides));
    if (n == 1 && items[0]->boolean)
        return items[0];
    if (n == 1)
        items[n++] = neutral;
    t->u.list.n = n;
    return t;
}

static eql_typed *
fold_compare(const folder *fx, eql_typed *t)
{
    eql_typed *l = fold_value(fx, t->u.compare.left);
    eql_typed *r = fold_value(fx, t->u.compare.right);

    if (!l || !r)
        return NULL;
    t->u.compare.left = l;
    t->u.compare.right = r;
    if (is_const(r) && r->u.constant.value.tag == EQL_NULL)
        return constant(fx, t, eql_value_null());
    if (!is_const(l) || !is_const(r))
        return t;
    return constant(fx, t,
                    compute_compare(t->u.compare.op, &l->u.constant.value,
                                    &r->u.constant.value));
}

static bool
fold_elements(const folder *fx, eql_typed *t)
{
    for (uint32_t i = 0; i < t->u.test.nparts; i++) {
        eql_part *p = &t->u.test.parts[i];

        if (p->element) {
            p->element = fold_value(fx, p->element);
            if (!p->element)
                return false;
        }
    }
    return true;
}

static eql_typed *
fold_test(const folder *fx, eql_typed *t)
{
    eql_typed *x = fold_value(fx, t->u.test.operand);
    bool null = false;

    if (!x || !fold_elements(fx, t))
        return NULL;
    t->u.test.operand = x;
    if (!is_const(x))
        return t;
    if (x->u.constant.value.tag == EQL_NULL)
        return constant(fx, t, eql_value_null());
    for (uint32_t i = 0; i < t->u.test.nparts; i++)
        if (t->u.test.parts[i].element)
            return t;
    for (uint32_t i = 0; i < t->u.test.nparts; i++) {
        eql_value v = compute_part(&t->u.test.parts[i], &x->u.constant.value);

        if (v.tag == EQL_BOOL && v.u.b)
            return constant(fx, t, v);
        null = null || v.tag == EQL_NULL;
    }
    return constant(fx, t, null ? eql_value_null() : eql_value_bool(false));
}

static eql_typed *
fold_unary(const folder *fx, eql_typed *t)
{
    eql_typed *x = fold_value(fx, t->u.operand);
    eql_value v;

    if (!x)
        return NULL;
    t->u.operand = x;
    if (!is_const(x) || t->kind == EQL_TYPED_ADDRESS)
        return t;
    v = x->u.constant.value;
    if (t->kind == EQL_TYPED_IS_NULL)
        return constant(fx, t, eql_value_bool(v.tag == EQL_NULL));
    return constant(
        fx, t, v.tag == EQL_BOOL ? eql_value_bool(!v.u.b) : eql_value_null());
}

static eql_typed *
fold_value(const folder *fx, eql_typed *t)
{
    switch (t->kind) {
    case EQL_TYPED_CONST:
    case EQL_TYPED_FIELD:
    case EQL_TYPED_KIND_COUNT: return t;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: return fold_value_list(fx, t);
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_ADDRESS: return fold_unary(fx, t);
    case EQL_TYPED_COMPARE: return fold_compare(fx, t);
    case EQL_TYPED_TEST: return fold_test(fx, t);
    }
    return t;
}

/* --- filter position --- */

static void
warn_decided(const folder *fx, const eql_typed *t)
{
    eql_diags_add(fx->diags, "W403", t->span, NULL,
                  "this condition is always %s",
                  t->u.constant.value.u.b ? "true" : "false");
}

/* and/or of conditions; constants leave the list. */
static eql_typed *
fold_filter_list(const folder *fx, eql_typed *t)
{
    bool decides = t->kind == EQL_TYPED_OR;
    eql_typed **items = t->u.list.items;
    uint32_t n = 0, nall = t->u.list.n;

    for (uint32_t i = 0; i < nall; i++) {
        items[i] = fold_filter(fx, items[i]);
        if (!items[i])
            return NULL;
        if (is_value(items[i], decides))
            return constant(fx, t, eql_value_bool(decides));
    }
    for (uint32_t i = 0; i < nall; i++)
        n += !is_const(items[i]);
    if (n == 0)
        return constant(fx, t, eql_value_bool(!decides));
    n = 0;
    for (uint32_t i = 0; i < nall; i++) {
        if (!is_const(items[i]))
            items[n++] = items[i];
        else if (!items[i]->u.constant.literal)
            warn_decided(fx, items[i]);
    }
    t->u.list.n = n;
    return n == 1 ? items[0] : t;
}

/* A leaf: null counts as false, and nothing is in an empty list. */
static eql_typed *
fold_leaf(const folder *fx, eql_typed *t)
{
    t = fold_value(fx, t);
    if (!t)
        return NULL;
    if (t->kind == EQL_TYPED_TEST && t->u.test.nparts == 0)
        return constant(fx, t, eql_value_bool(false));
    if (is_const(t) && t->u.constant.value.tag != EQL_BOOL)
        return constant(fx, t, eql_value_bool(false));
    return t;
}

static eql_typed *
fold_filter(const folder *fx, eql_typed *t)
{
    if (t->kind == EQL_TYPED_AND || t->kind == EQL_TYPED_OR)
        return fold_filter_list(fx, t);
    if (t->kind != EQL_TYPED_NOT)
        return fold_leaf(fx, t);
    t->u.operand = fold_filter(fx, t->u.operand);
    if (!t->u.operand)
        return NULL;
    return is_const(t->u.operand)
               ? constant(fx, t, eql_value_bool(is_value(t->u.operand, false)))
               : t;
}

eql_typed *
eql_fold_condition(eql_arena *arena, eql_typed *t, eql_diags *diags)
{
    folder fx = {.arena = arena, .diags = diags};

    t = fold_filter(&fx, t);
    if (t && is_const(t) && !(t->u.constant.literal && is_value(t, true)))
        warn_decided(&fx, t);
    return t;
}

void
eql_fold_query(eql_arena *arena, eql_typed_query *q, eql_diags *diags)
{
    for (uint32_t i = 0; i < q->nstages; i++)
        q->stages[i].condition =
            eql_fold_condition(arena, q->stages[i].condition, diags);
    if (q->until)
        q->until->condition =
            eql_fold_condition(arena, q->until->condition, diags);
}
