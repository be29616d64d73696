/* sema_expr.c -- expressions of a condition: logic, comparisons, fields.
 *
 * Each expression is checked in the position it stands in (typed.h); that
 * decides what a bare field means and where `p == true` is p (spec 4.3).
 * Invariant kept for later passes: a comparison with a literal has it on the
 * right, and GT and GE stand only against a literal.
 * No rewriting beyond spec 4.3 is done: `not (a > b)` is not `a <= b`. */
#include "compiler/sema.h"

#include "base/text.h"
#include "compiler/schema.h"

/* --- shared words --- */

eql_typed *
eql_sema_unsupported(const eql_sema *sx, eql_span span, const char *what)
{
    eql_diags_add(sx->diags, "E499", span, NULL, "%s not supported yet", what);
    return NULL;
}

bool
eql_sema_same_class(eql_tag a, eql_tag b)
{
    bool anum = a == EQL_INT || a == EQL_FLOAT;
    bool bnum = b == EQL_INT || b == EQL_FLOAT;

    return a == EQL_NULL || b == EQL_NULL || a == b || (anum && bnum);
}

const char *
eql_sema_tag_name(eql_tag tag)
{
    switch (tag) {
    case EQL_NULL: return "null";
    case EQL_BOOL: return "a boolean";
    case EQL_INT:
    case EQL_FLOAT: return "a number";
    case EQL_STRING: return "a string";
    }
    return "?";
}

bool
eql_sema_has_wildcard(const eql_value *v)
{
    return v->tag == EQL_STRING &&
           (memchr(v->u.s, '*', v->len) || memchr(v->u.s, '?', v->len));
}

static bool
is_literal_tag(const eql_typed *t, eql_tag tag)
{
    return eql_typed_is_literal(t) && t->u.constant.value.tag == tag;
}

/* --- fields --- */

/* A segment prints bare unless it could then be read as something else. */
static void
print_segment(eql_buf *name, eql_strview s)
{
    bool quote = memchr(s.p, '.', s.len) || memchr(s.p, '`', s.len);

    if (!quote) {
        eql_buf_add_sv(name, s);
        return;
    }
    eql_buf_add_char(name, '`');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '`')
            eql_buf_add_char(name, '`');
        eql_buf_add_char(name, s.p[i]);
    }
    eql_buf_add_char(name, '`');
}

/* Without a dot in it, `x` in backticks is the segment x (spec 1.5). */
static eql_segment_kind
segment_kind(eql_strview s)
{
    return memchr(s.p, '.', s.len) ? EQL_SEGMENT_QUOTED : EQL_SEGMENT_NAME;
}

static bool
copy_segments(const eql_sema *sx, const eql_path *p, eql_typed_path *out)
{
    eql_segment *segs = eql_arena_array(sx->arena, p->n, sizeof *segs);
    eql_buf name = {0}, dotted = {0};

    for (uint32_t i = 0; segs && i < p->n; i++) {
        segs[i] = p->segments[i];
        segs[i].kind = segment_kind(segs[i].name);
        if (i) {
            eql_buf_add_char(&name, '.');
            eql_buf_add_char(&dotted, '.');
        }
        print_segment(&name, segs[i].name);
        eql_buf_add_sv(&dotted, segs[i].name);
    }
    out->segments = segs;
    out->nsegments = p->n;
    out->name = eql_arena_dup(sx->arena, eql_buf_sv(&name));
    out->type = eql_schema_type(eql_buf_sv(&dotted));
    if (name.failed || dotted.failed)
        eql_arena_set_failed(sx->arena);
    eql_buf_free(&name);
    eql_buf_free(&dotted);
    return !eql_arena_failed(sx->arena);
}

bool
eql_sema_path(const eql_sema *sx, const eql_expr *e, eql_typed_path *out)
{
    const eql_path *p = &e->u.field;

    if (p->variable) {
        eql_sema_unsupported(sx, e->span, "lambda variables are");
        return false;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->segments[i].kind == EQL_SEGMENT_INDEX) {
            eql_sema_unsupported(sx, p->segments[i].span, "array indexes are");
            return false;
        }
    }
    return copy_segments(sx, p, out);
}

static eql_typed *
field(const eql_sema *sx, const eql_expr *e)
{
    eql_typed *t = eql_arena_alloc(sx->arena, sizeof *t);

    if (!t || !eql_sema_path(sx, e, &t->u.path))
        return NULL;
    t->kind = EQL_TYPED_FIELD;
    t->span = e->span;
    return t;
}

/* --- literals --- */

/* Is the source of e the digits of 2^63?  The token is a double by then, and
 * so is that of its neighbours; only the text tells them apart. */
static bool
is_two_to_63(const eql_sema *sx, const eql_expr *e)
{
    const char *p = sx->text.p + e->span.offset;
    size_t n = e->span.len;

    if (e->span.offset > sx->text.len || n > sx->text.len - e->span.offset)
        return false;
    while (n && strchr("( \t\r\n0", *p))
        p++, n--;
    while (n && strchr(") \t\r\n", p[n - 1]))
        n--;
    return eql_sv_is(eql_sv(p, n), "9223372036854775808");
}

static eql_value
negate(eql_value v)
{
    if (v.tag == EQL_FLOAT)
        return eql_value_float(-v.u.d);
    if (v.u.i == INT64_MIN)
        return eql_value_float(9223372036854775808.0);
    return eql_value_int(-v.u.i);
}

/* Unary + and -: on a number literal it is part of the literal (spec 3.2). */
static eql_typed *
sign(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr *inner = e->u.op.left;
    eql_typed *t = eql_sema_value(sx, inner);
    eql_value v;

    if (!t)
        return NULL;
    if (!eql_typed_is_literal(t))
        return eql_sema_unsupported(sx, e->span, "arithmetic is");
    v = t->u.constant.value;
    if (v.tag != EQL_INT && v.tag != EQL_FLOAT) {
        eql_diags_add(sx->diags, "E302", e->span, NULL,
                      "a sign needs a number, not %s",
                      eql_sema_tag_name(v.tag));
        return NULL;
    }
    if (e->u.op.op == EQL_ARITH_SUB) {
        v = v.tag == EQL_FLOAT && inner->kind == EQL_NODE_LITERAL &&
                    is_two_to_63(sx, inner)
                ? eql_value_int(INT64_MIN)
                : negate(v);
    }
    return eql_typed_const(sx->arena, e->span, v, true);
}

/* --- and, or, not --- */

static eql_typed *
not_boolean(const eql_sema *sx, eql_span span, const char *what)
{
    eql_diags_add(sx->diags, "E301", span, "compare it with something",
                  "%s is not a condition", what);
    return NULL;
}

/* Passes t on if it can be true or false, as far as is known.  null can: it is
 * "unknown". */
static eql_typed *
as_boolean(const eql_sema *sx, eql_typed *t)
{
    if (!t)
        return NULL;
    if (eql_typed_is_address_field(t))
        return not_boolean(sx, t->span, "an address");
    if (eql_typed_is_literal(t) && !t->boolean)
        return not_boolean(sx, t->span,
                           eql_sema_tag_name(t->u.constant.value.tag));
    return t;
}

/* A bare field f among conditions is `f == true` (spec 4.3), in value position
 * too. */
static eql_typed *
filter_field(const eql_sema *sx, const eql_expr *e)
{
    eql_typed *f = as_boolean(sx, field(sx, e));

    return eql_typed_compare(
        sx->arena, e->span, EQL_CMP_EQ, f,
        eql_typed_const(sx->arena, e->span, eql_value_bool(true), true));
}

static eql_typed *
logic_operand(const eql_sema *sx, const eql_expr *e, bool filter)
{
    if (filter)
        return eql_sema_filter(sx, e);
    if (e->kind == EQL_NODE_FIELD)
        return filter_field(sx, e);
    return as_boolean(sx, eql_sema_value(sx, e));
}

static eql_typed *
logic_list(const eql_sema *sx, const eql_expr *e, bool filter)
{
    uint32_t n = e->u.list.n;
    eql_typed **items = eql_arena_array(sx->arena, n, sizeof *items);
    bool ok = items != NULL;

    for (uint32_t i = 0; items && i < n; i++) {
        items[i] = logic_operand(sx, e->u.list.items[i], filter);
        ok = ok && items[i];
    }
    if (!ok)
        return NULL;
    return eql_typed_list_node(
        sx->arena, e->kind == EQL_NODE_AND ? EQL_TYPED_AND : EQL_TYPED_OR,
        e->span, items, n);
}

static eql_typed *
logic_not(const eql_sema *sx, const eql_expr *e, bool filter)
{
    return eql_typed_not(sx->arena, e->span,
                         logic_operand(sx, e->u.op.left, filter));
}

/* --- comparisons --- */

static eql_typed *
clash(const eql_sema *sx, eql_span span, const char *left, const char *right)
{
    eql_diags_add(sx->diags, "E302", span, NULL, "cannot compare %s with %s",
                  left, right);
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

/* Two sides of which one is of type ip and neither a literal: addresses. */
static void
to_addresses(const eql_sema *sx, eql_typed **l, eql_typed **r)
{
    if (eql_typed_is_address_field(*l) || eql_typed_is_address_field(*r)) {
        *l = eql_typed_address(sx->arena, *l);
        *r = eql_typed_address(sx->arena, *r);
    }
}

static bool
is_boolean_text(const eql_value *v)
{
    return v->tag == EQL_STRING && (eql_sv_is(eql_value_sv(v), "true") ||
                                    eql_sv_is(eql_value_sv(v), "false"));
}

/* l == literal r, r not null. */
static eql_typed *
equal_literal(const eql_sema *sx, eql_span span, eql_typed *l, eql_typed *r)
{
    const eql_value *v = &r->u.constant.value;

    if (eql_typed_is_literal(l)) {
        if (!eql_sema_same_class(l->u.constant.value.tag, v->tag))
            return clash(sx, span, eql_sema_tag_name(l->u.constant.value.tag),
                         eql_sema_tag_name(v->tag));
        return eql_typed_compare(sx->arena, span, EQL_CMP_EQ, l, r);
    }
    if (eql_typed_is_address_field(l))
        return eql_sema_address_equal(sx, span, l, r);
    if (l->boolean && v->tag != EQL_BOOL && !is_boolean_text(v))
        return clash(sx, span, "a boolean", eql_sema_tag_name(v->tag));
    if (eql_sema_has_wildcard(v))
        eql_diags_add(sx->diags, "W403", r->span,
                      "\":\" and \"like\" take wildcards",
                      "\"*\" and \"?\" are ordinary characters in \"==\"");
    return eql_typed_compare(sx->arena, span, EQL_CMP_EQ, l, r);
}

static eql_typed *
equal(const eql_sema *sx, eql_span span, eql_typed *l, eql_typed *r)
{
    if (is_literal_tag(r, EQL_NULL))
        return eql_typed_is_null(sx->arena, span, l);
    if (is_literal_tag(l, EQL_NULL))
        return eql_typed_is_null(sx->arena, span, r);
    if (eql_typed_is_literal(r))
        return equal_literal(sx, span, l, r);
    to_addresses(sx, &l, &r);
    return eql_typed_compare(sx->arena, span, EQL_CMP_EQ, l, r);
}

/* l op literal r. */
static eql_typed *
order_literal(const eql_sema *sx, eql_span span, eql_compare_op op,
              eql_typed *l, eql_typed *r)
{
    const eql_value *v = &r->u.constant.value;
    eql_ip ip;

    if (eql_typed_is_address_field(l) && v->tag != EQL_NULL) {
        if (v->tag != EQL_STRING || !eql_ip_parse(eql_value_sv(v), &ip)) {
            eql_diags_add(sx->diags, "E302", r->span, NULL,
                          "%.*s is of type ip: only an address has an order",
                          (int)l->u.path.name.len, l->u.path.name.p);
            return NULL;
        }
        l = eql_typed_address(sx->arena, l);
        r = eql_typed_address(sx->arena, r);
        if (op == EQL_CMP_LT || op == EQL_CMP_LE)
            return eql_typed_compare(sx->arena, span, op, l, r);
        return eql_typed_compare(sx->arena, span, mirror(op), r, l);
    }
    if (v->tag == EQL_BOOL || is_literal_tag(l, EQL_BOOL) ||
        (l->boolean && !is_literal_tag(l, EQL_NULL))) {
        eql_diags_add(sx->diags, "E302", span, NULL, "booleans have no order");
        return NULL;
    }
    if (eql_typed_is_literal(l) &&
        !eql_sema_same_class(l->u.constant.value.tag, v->tag))
        return clash(sx, span, eql_sema_tag_name(l->u.constant.value.tag),
                     eql_sema_tag_name(v->tag));
    return eql_typed_compare(sx->arena, span, op, l, r);
}

static eql_typed *
order(const eql_sema *sx, eql_span span, eql_compare_op op, eql_typed *l,
      eql_typed *r)
{
    if (eql_typed_is_literal(r))
        return order_literal(sx, span, op, l, r);
    to_addresses(sx, &l, &r);
    if (op == EQL_CMP_LT || op == EQL_CMP_LE)
        return eql_typed_compare(sx->arena, span, op, l, r);
    return eql_typed_compare(sx->arena, span, mirror(op), r, l);
}

static bool
is_boolean_node(const eql_expr *e)
{
    return e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_BOOL;
}

/* Spec 4.3: in filter position `p == true` is p, when p is no bare field. */
static bool
is_rewritten(const eql_expr *p)
{
    return p->kind != EQL_NODE_LITERAL && p->kind != EQL_NODE_FIELD &&
           p->kind != EQL_NODE_SIGN;
}

static eql_typed *
compare(const eql_sema *sx, const eql_expr *e, bool filter)
{
    const eql_expr *le = e->u.op.left, *re = e->u.op.right;
    eql_compare_op op = (eql_compare_op)e->u.op.op;
    bool negated = op == EQL_CMP_NE;
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
        is_boolean_node(re) && is_rewritten(le)) {
        t = eql_sema_filter(sx, le);
        return re->u.literal.u.b == !negated
                   ? t
                   : eql_typed_not(sx->arena, e->span, t);
    }
    l = eql_sema_value(sx, le);
    r = eql_sema_value(sx, re);
    if (!l || !r)
        return NULL;
    if (eql_typed_is_literal(l) && !eql_typed_is_literal(r)) {
        t = l;
        l = r;
        r = t;
        op = mirror(op);
    }
    if (op == EQL_CMP_EQ || op == EQL_CMP_NE)
        t = equal(sx, e->span, l, r);
    else
        t = order(sx, e->span, op, l, r);
    return negated ? eql_typed_not(sx->arena, e->span, t) : t;
}

/* --- the two positions --- */

static eql_typed *
lineage(const eql_sema *sx, const eql_expr *e)
{
    static const eql_strview words[] = {
        {"descendant", 10}, {"child", 5}, {"event", 5}};
    const eql_name *name = &e->u.lineage.relation;
    eql_strview hint = {0};
    uint32_t close;

    for (uint32_t i = 0; i < EQL_COUNTOF(words); i++)
        if (eql_sv_eq(name->text, words[i]))
            return eql_sema_unsupported(sx, e->span, "process lineage is");
    close = eql_closest(name->text, words, EQL_COUNTOF(words));
    if (close != EQL_NONE)
        hint =
            eql_arena_printf(sx->arena, "did you mean \"%s\"?", words[close].p);
    eql_diags_add(sx->diags, "E302", name->span, hint.p,
                  "unknown relation \"%.*s of\"", (int)name->text.len,
                  name->text.p);
    return NULL;
}

eql_typed *
eql_sema_value(const eql_sema *sx, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL:
        return eql_typed_const(sx->arena, e->span, e->u.literal, true);
    case EQL_NODE_FIELD: return field(sx, e);
    case EQL_NODE_CALL: return eql_sema_call(sx, e);
    case EQL_NODE_AND:
    case EQL_NODE_OR: return logic_list(sx, e, false);
    case EQL_NODE_NOT: return logic_not(sx, e, false);
    case EQL_NODE_COMPARE: return compare(sx, e, false);
    case EQL_NODE_ARITH:
        return eql_sema_unsupported(sx, e->span, "arithmetic is");
    case EQL_NODE_SIGN: return sign(sx, e);
    case EQL_NODE_IN: return eql_sema_in(sx, e);
    case EQL_NODE_MATCH: return eql_sema_match(sx, e);
    case EQL_NODE_LINEAGE: return lineage(sx, e);
    }
    return NULL;
}

eql_typed *
eql_sema_filter(const eql_sema *sx, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_AND:
    case EQL_NODE_OR: return logic_list(sx, e, true);
    case EQL_NODE_NOT: return logic_not(sx, e, true);
    case EQL_NODE_COMPARE: return compare(sx, e, true);
    case EQL_NODE_FIELD: return filter_field(sx, e);
    default: return as_boolean(sx, eql_sema_value(sx, e));
    }
}
