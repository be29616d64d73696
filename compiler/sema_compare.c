/* sema_compare.c -- comparisons (language 4.3, 4.5, 5.2, 5.3, 5.7, 15.1).
 *
 * Invariant kept for later passes: a comparison with a literal has it on the
 * right, and GT and GE stand only against a literal.  Fields of type ip and
 * date are converted here, on both sides, and nowhere else.  No rewriting
 * beyond language 4.3 is done: `not (a > b)` is not `a <= b`. */
#include "compiler/sema.h"

#include "base/text.h"

static bool
is_literal_tag(const eql_typed *t, eql_tag tag)
{
    return eql_typed_is_literal(t) && t->u.constant.value.tag == tag;
}

static eql_typed *
clash(const eql_sema *sx, eql_span span, eql_class l, eql_class r)
{
    eql_diags_add(sx->diags, "E302", span, NULL, "cannot compare %s with %s",
                  eql_sema_class_name(l), eql_sema_class_name(r));
    return NULL;
}

static eql_compare_op
mirror(eql_compare_op op)
{
    switch (op) {
    case EQL_CMP_LT: return EQL_CMP_GT;
    case EQL_CMP_LE: return EQL_CMP_GE;
    case EQL_CMP_GT: return EQL_CMP_LT;
    case EQL_CMP_GE: return EQL_CMP_LE;
    case EQL_CMP_EQ:
    case EQL_CMP_NE: break;
    }
    return op;
}

static bool
is_type(const eql_typed *t, eql_field_type type)
{
    return t->kind == EQL_TYPED_FIELD && t->u.path.type == type;
}

/* --- two computed sides --- */

static void
convert_both(const eql_sema *sx, eql_field_type type, eql_typed **l,
             eql_typed **r)
{
    if (is_type(*l, type) || is_type(*r, type)) {
        *l = eql_typed_convert(sx->arena, type, *l);
        *r = eql_typed_convert(sx->arena, type, *r);
    }
}

/* Classes that can never be compared: by the text always an error, by the
 * schema under --strict. */
static bool
can_compare(const eql_sema *sx, eql_span span, const eql_typed *l,
            const eql_typed *r)
{
    bool strict = sx->settings->strict;
    eql_class a = strict ? eql_sema_schema_class(l) : eql_sema_class(l);
    eql_class b = strict ? eql_sema_schema_class(r) : eql_sema_class(r);

    if (a <= EQL_CLASS_NULL || b <= EQL_CLASS_NULL || a == b)
        return true;
    /* A date is compared with any text or number, an address with text. */
    if (a == EQL_CLASS_DATE || b == EQL_CLASS_DATE || a == EQL_CLASS_IP ||
        b == EQL_CLASS_IP)
        return true;
    return clash(sx, span, a, b) != NULL;
}

static eql_typed *
compare_computed(const eql_sema *sx, eql_span span, eql_compare_op op,
                 eql_typed *l, eql_typed *r)
{
    if (!can_compare(sx, span, l, r))
        return NULL;
    convert_both(sx, EQL_FIELD_IP, &l, &r);
    convert_both(sx, EQL_FIELD_DATE, &l, &r);
    if (op == EQL_CMP_GT || op == EQL_CMP_GE)
        return eql_typed_compare(sx->arena, span, mirror(op), r, l);
    return eql_typed_compare(sx->arena, span, op, l, r);
}

/* --- against a literal --- */

/* l op literal, with the literal as l's type has it. */
static eql_typed *
compare_fitted(const eql_sema *sx, eql_span span, eql_compare_op op,
               eql_typed *l, eql_typed *r)
{
    eql_value v;

    if (!eql_sema_fit(sx, l, r, &v))
        return NULL;
    /* Endpoint's rules are checked by Python EQL, which converts nothing. */
    if (sx->settings->dialect.name == EQL_DIALECT_ENDPOINT &&
        v.tag != EQL_NULL && !eql_sema_strict_item(sx, l, r))
        return NULL;
    if (is_type(l, EQL_FIELD_DATE) && v.tag != EQL_NULL)
        l = eql_typed_convert(sx->arena, EQL_FIELD_DATE, l);
    return eql_typed_compare(sx->arena, span, op, l,
                             eql_typed_const(sx->arena, r->span, v, true));
}

/* l == r where l is a field, or r is, in its form without case. */
static eql_typed *
equal_caseless(const eql_sema *sx, eql_span span, eql_typed *l, eql_typed *r)
{
    eql_part part = {.kind = EQL_PART_ELEMENT, .fold = true, .element = r};
    eql_value v;

    if (!eql_typed_is_literal(r))
        return can_compare(sx, span, l, r)
                   ? eql_typed_test(sx->arena, span, l, &part, 1)
                   : NULL;
    part = (eql_part){.kind = EQL_PART_SET, .fold = true};
    if (!eql_sema_fit(sx, l, r, &v))
        return NULL;
    r = eql_typed_const(sx->arena, r->span, v, true);
    return r ? eql_sema_part_test(sx, span, l, part, &r, 1) : NULL;
}

/* The pattern of `l == "a*"` under eq_wildcard (language 5.2). */
static eql_typed *
wildcard_test(const eql_sema *sx, eql_span span, eql_typed *l, eql_typed *r)
{
    eql_part part = {
        .kind = EQL_PART_PATTERNS, .fold = true, .text_only = true};

    return eql_sema_part_test(sx, span, l, part, &r, 1);
}

static eql_typed *
equal_literal(const eql_sema *sx, eql_span span, eql_typed *l, eql_typed *r)
{
    const eql_value *v = &r->u.constant.value;
    eql_value fitted;

    if (eql_typed_is_address_field(l))
        return eql_sema_address_equal(sx, span, l, r);
    /* Where both are patterns, the right one is. */
    if (eql_typed_is_literal(l) && !eql_sema_is_wildcard(sx, v) &&
        eql_sema_is_wildcard(sx, &l->u.constant.value)) {
        eql_typed *swap = l;

        l = r;
        r = swap;
        v = &r->u.constant.value;
    }
    if (eql_sema_is_wildcard(sx, v))
        return eql_sema_fit(sx, l, r, &fitted) ? wildcard_test(sx, span, l, r)
                                               : NULL;
    if (!eql_typed_is_literal(l)) {
        const eql_typed *literal = r;

        (void)eql_lint_doubled(sx, r);
        eql_lint_value(sx, l, &literal, 1, eql_sema_folds_for(sx, false, l));
        if (!eql_lint_equal_wildcard(sx, r))
            (void)eql_lint_case(sx, l, r);
    }
    return eql_typed_is_caseless(l)
               ? equal_caseless(sx, span, l, r)
               : compare_fitted(sx, span, EQL_CMP_EQ, l, r);
}

/* What a null test looks at: the value before any conversion. */
static eql_typed *
unconverted(eql_typed *t)
{
    return t->kind == EQL_TYPED_CONVERT ? t->u.convert.operand : t;
}

eql_typed *
eql_sema_equal(const eql_sema *sx, eql_span span, eql_typed *l, eql_typed *r)
{
    if (is_literal_tag(r, EQL_NULL))
        return eql_typed_is_null(sx->arena, span, unconverted(l));
    if (is_literal_tag(l, EQL_NULL))
        return eql_typed_is_null(sx->arena, span, unconverted(r));
    if (eql_typed_is_literal(r))
        return equal_literal(sx, span, l, r);
    if (eql_typed_is_caseless(l) || eql_typed_is_caseless(r))
        return equal_caseless(sx, span, l, r);
    return compare_computed(sx, span, EQL_CMP_EQ, l, r);
}

/* A field of type ip has an order among addresses. */
static eql_typed *
order_address(const eql_sema *sx, eql_span span, eql_compare_op op,
              eql_typed *l, eql_typed *r)
{
    const eql_value *v = &r->u.constant.value;
    eql_ip ip;

    if (v->tag != EQL_STRING || !eql_ip_parse(eql_value_sv(v), &ip)) {
        eql_diags_add(sx->diags, "E302", r->span, NULL,
                      "%.*s is of type ip: only an address has an order",
                      (int)l->u.path.name.len, l->u.path.name.p);
        return NULL;
    }
    return compare_computed(sx, span, op, l, r);
}

static bool
has_version_order(const eql_typed *l, const eql_typed *r)
{
    return (is_type(l, EQL_FIELD_VERSION) || is_type(r, EQL_FIELD_VERSION)) &&
           !is_type(l, EQL_FIELD_IP) && !is_type(r, EQL_FIELD_IP) &&
           !is_type(l, EQL_FIELD_DATE) && !is_type(r, EQL_FIELD_DATE);
}

/* A field of type version has the order of software versions; equal to it is
 * its text alone. */
static eql_typed *
order_version(const eql_sema *sx, eql_span span, eql_compare_op op,
              eql_typed *l, eql_typed *r)
{
    eql_typed *t;
    eql_value v;

    if (eql_typed_is_literal(r) ? !eql_sema_fit(sx, l, r, &v)
                                : !can_compare(sx, span, l, r))
        return NULL;
    if (op == EQL_CMP_GT || op == EQL_CMP_GE)
        t = eql_typed_compare(sx->arena, span, mirror(op), r, l);
    else
        t = eql_typed_compare(sx->arena, span, op, l, r);
    if (t)
        t->u.compare.version = true;
    return t;
}

static bool
has_order(const eql_sema *sx, const eql_typed *t)
{
    eql_class c =
        sx->settings->strict ? eql_sema_schema_class(t) : eql_sema_class(t);

    return c != EQL_CLASS_BOOL;
}

static eql_typed *
order(const eql_sema *sx, eql_span span, eql_compare_op op, eql_typed *l,
      eql_typed *r)
{
    if (!has_order(sx, l) || !has_order(sx, r)) {
        eql_diags_add(sx->diags, "E302", span, NULL, "booleans have no order");
        return NULL;
    }
    if (has_version_order(l, r) && !is_literal_tag(r, EQL_NULL))
        return order_version(sx, span, op, l, r);
    if (!eql_typed_is_literal(r))
        return compare_computed(sx, span, op, l, r);
    if (eql_typed_is_address_field(l) && !is_literal_tag(r, EQL_NULL))
        return order_address(sx, span, op, l, r);
    return compare_fitted(sx, span, op, l, r);
}

/* --- the node --- */

static bool
is_boolean_node(const eql_expr *e)
{
    return e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_BOOL;
}

/* Language 4.3: in filter position `p == true` is p, when p is no bare
 * field. */
static bool
is_rewritten(const eql_sema *sx, const eql_expr *p)
{
    return sx->settings->dialect.null_logic == EQL_NULL_LOGIC_COLLAPSE &&
           p->kind != EQL_NODE_LITERAL && p->kind != EQL_NODE_FIELD &&
           p->kind != EQL_NODE_SIGN && p->kind != EQL_NODE_ARITH;
}

static eql_typed *
compare_values(const eql_sema *sx, const eql_expr *e, eql_compare_op op,
               eql_typed *l, eql_typed *r)
{
    bool negated = op == EQL_CMP_NE;
    eql_sema inner = negated ? eql_sema_opposite(sx) : *sx;
    eql_typed *t;

    if (!l || !r)
        return NULL;
    if (eql_typed_is_literal(l) && !eql_typed_is_literal(r)) {
        t = l;
        l = r;
        r = t;
        op = mirror(op);
    }
    if (op == EQL_CMP_EQ || op == EQL_CMP_NE)
        t = eql_sema_equal(&inner, e->span, l, r);
    else
        t = order(sx, e->span, op, l, r);
    return negated ? eql_typed_not(sx->arena, e->span, t) : t;
}

static void
lint_sides(const eql_sema *sx, const eql_expr *e, const eql_typed *l,
           const eql_typed *r)
{
    if (e->u.op.op != EQL_CMP_EQ && e->u.op.op != EQL_CMP_NE)
        return;
    if (!eql_lint_unquoted(sx, l, e->u.op.right))
        (void)eql_lint_unquoted(sx, r, e->u.op.left);
    eql_lint_range(sx, l, e->u.op.right);
}

eql_typed *
eql_sema_compare(const eql_sema *sx, const eql_expr *e, bool filter)
{
    const eql_expr *le = e->u.op.left, *re = e->u.op.right;
    eql_compare_op op = (eql_compare_op)e->u.op.op;
    eql_typed *l, *r, *t;

    if (e->u.op.single_equals)
        eql_diags_add(sx->diags, "W401", e->op_span, "write \"==\"",
                      "\"=\" is read as \"==\"");
    if (is_boolean_node(le) && !is_boolean_node(re)) {
        const eql_expr *swap = le;

        le = re;
        re = swap;
        op = mirror(op);
    }
    if (filter && (op == EQL_CMP_EQ || op == EQL_CMP_NE) &&
        is_boolean_node(re) && is_rewritten(sx, le)) {
        t = eql_sema_filter(sx, le);
        return re->u.literal.u.b == (op == EQL_CMP_EQ)
                   ? t
                   : eql_typed_not(sx->arena, e->span, t);
    }
    l = eql_sema_value(sx, le);
    r = eql_sema_value(sx, re);
    if (l && r)
        lint_sides(sx, e, l, r);
    return compare_values(sx, e, op, l, r);
}
