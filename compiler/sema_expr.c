/* sema_expr.c -- expressions of a condition: logic, signs, arithmetic,
 * lineage; what the two positions do.
 *
 * Each expression is checked in the position it stands in (typed.h); that
 * decides what a bare field means.  Macros and constants are gone by now.
 * Comparisons, tests, calls and paths have files of their own. */
#include "compiler/sema.h"

#include "base/text.h"

/* --- literals and signs --- */

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

/* On a number literal the sign is part of the literal (language 5.1). */
static eql_typed *
literal_sign(const eql_sema *sx, const eql_expr *e, const eql_typed *t)
{
    const eql_expr *inner = e->u.op.left;
    eql_value v = t->u.constant.value;

    if (e->u.op.op == EQL_ARITH_SUB) {
        v = v.tag == EQL_FLOAT && inner->kind == EQL_NODE_LITERAL &&
                    is_two_to_63(sx, inner)
                ? eql_value_int(INT64_MIN)
                : negate(v);
    }
    return eql_typed_const(sx->arena, e->span, v, true);
}

static eql_typed *
sign(const eql_sema *sx, const eql_expr *e)
{
    eql_typed *t = eql_sema_value(sx, e->u.op.left);

    if (!t)
        return NULL;
    if (eql_typed_is_literal(t) && (t->u.constant.value.tag == EQL_INT ||
                                    t->u.constant.value.tag == EQL_FLOAT))
        return literal_sign(sx, e, t);
    if (eql_typed_is_literal(t) && t->u.constant.value.tag != EQL_NULL) {
        eql_diags_add(sx->diags, "E302", e->span, NULL,
                      "a sign needs a number, not %s",
                      eql_sema_tag_name(t->u.constant.value.tag));
        return NULL;
    }
    if (!eql_sema_number_operand(sx, t))
        return NULL;
    if (e->u.op.op == EQL_ARITH_SUB)
        return eql_typed_negate(sx->arena, e->span, t);
    /* `+x` is x where that is a number. */
    return eql_typed_arith(
        sx->arena, e->span, EQL_OPERATION_ADD,
        eql_typed_const(sx->arena, e->span, eql_value_int(0), true), t);
}

/* --- arithmetic --- */

bool
eql_sema_number_operand(const eql_sema *sx, const eql_typed *t)
{
    eql_class c = eql_sema_class(t);

    if (c > EQL_CLASS_NULL && c != EQL_CLASS_NUMBER) {
        eql_diags_add(sx->diags, "E302", t->span, NULL,
                      "arithmetic needs numbers, not %s",
                      eql_sema_class_name(c));
        return false;
    }
    return eql_sema_strict_type(sx, t, EQL_CLASS_NUMBER, "arithmetic");
}

static eql_typed *
arith(const eql_sema *sx, const eql_expr *e)
{
    static const eql_operation operations[] = {
        [EQL_ARITH_ADD] = EQL_OPERATION_ADD,
        [EQL_ARITH_SUB] = EQL_OPERATION_SUB,
        [EQL_ARITH_MUL] = EQL_OPERATION_MUL,
        [EQL_ARITH_DIV] = EQL_OPERATION_DIV,
        [EQL_ARITH_MOD] = EQL_OPERATION_MOD,
    };
    eql_typed *l = eql_sema_value(sx, e->u.op.left);
    eql_typed *r = eql_sema_value(sx, e->u.op.right);
    bool ok = l && eql_sema_number_operand(sx, l);

    eql_lint_hyphen(sx, e);
    eql_lint_dashes(sx, e);
    ok = r && eql_sema_number_operand(sx, r) && ok;
    return ok ? eql_typed_arith(sx->arena, e->span, operations[e->u.op.op], l,
                                r)
              : NULL;
}

/* --- and, or, not --- */

static eql_typed *
not_boolean(const eql_sema *sx, const eql_typed *t, eql_class c)
{
    const char *hint = "compare it with something";
    const eql_value *v = &t->u.constant.value;

    if (eql_typed_is_literal(t) && v->tag == EQL_STRING && v->len <= 60)
        hint = eql_arena_printf(sx->arena,
                                "no text is searched for in all fields: name "
                                "one, as in message : \"*%.*s*\"",
                                (int)v->len, v->u.s)
                   .p;
    eql_diags_add(sx->diags, "E301", t->span, hint, "%s is not a condition",
                  eql_sema_class_name(c));
    return NULL;
}

/* Passes t on if it can be true or false, as far as is known.  null can: it is
 * "unknown"; and a string field may hold "true", where that is not refused. */
static eql_typed *
as_boolean(const eql_sema *sx, eql_typed *t)
{
    eql_class c, mapped;

    if (!t)
        return NULL;
    c = eql_sema_class(t);
    if (c > EQL_CLASS_NULL && c != EQL_CLASS_BOOL)
        return not_boolean(sx, t, c);
    mapped = eql_sema_schema_class(t);
    if (mapped > EQL_CLASS_NULL && mapped != EQL_CLASS_BOOL &&
        (mapped != EQL_CLASS_STRING || sx->settings->strict))
        return not_boolean(sx, t, mapped);
    if (mapped == EQL_CLASS_STRING)
        eql_diags_add(
            sx->diags, "W403", t->span, "to ask whether it is there: != null",
            "this is text by the schema, and holds for \"true\" only");
    return t;
}

/* A bare field f among conditions is `f == true` (language 4.3), in value
 * position too.  Where an array or object is a value, it is true then, though
 * it equals nothing. */
static eql_typed *
filter_field(const eql_sema *sx, const eql_expr *e)
{
    eql_typed *f = as_boolean(sx, eql_sema_field(sx, e));

    if (sx->settings->dialect.multi_value == EQL_MULTI_VALUE_OPAQUE)
        f = eql_typed_truth(sx->arena, e->span, f);

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
    eql_lint_mixed(sx, e);
    return eql_typed_list_node(
        sx->arena, e->kind == EQL_NODE_AND ? EQL_TYPED_AND : EQL_TYPED_OR,
        e->span, items, n);
}

eql_sema
eql_sema_opposite(const eql_sema *sx)
{
    eql_sema out = *sx;

    out.excluding = !sx->excluding;
    return out;
}

static eql_typed *
logic_not(const eql_sema *sx, const eql_expr *e, bool filter)
{
    eql_sema inner = eql_sema_opposite(sx);

    return eql_typed_not(sx->arena, e->span,
                         logic_operand(&inner, e->u.op.left, filter));
}

/* --- lineage --- */

static const eql_strview relations[EQL_LINEAGE_RELATION_COUNT] = {
    [EQL_LINEAGE_DESCENDANT] = {"descendant", 10},
    [EQL_LINEAGE_CHILD] = {"child", 5},
    [EQL_LINEAGE_EVENT] = {"event", 5},
};

static bool
find_relation(const eql_sema *sx, const eql_name *name,
              eql_lineage_relation *out)
{
    const char *hint;

    for (uint32_t i = 0; i < EQL_LINEAGE_RELATION_COUNT; i++) {
        if (eql_sv_eq(name->text, relations[i])) {
            *out = (eql_lineage_relation)i;
            return true;
        }
    }
    hint =
        eql_sema_closest(sx, name->text, relations, EQL_LINEAGE_RELATION_COUNT);
    eql_diags_add(sx->diags, "E302", name->span,
                  hint ? hint : "write descendant of, child of or event of",
                  "unknown relation \"%.*s of\"", (int)name->text.len,
                  name->text.p);
    return false;
}

static eql_typed *
lineage(const eql_sema *sx, const eql_expr *e)
{
    eql_typed_lineage l = {0};
    eql_typed *t = eql_typed_new(sx->arena, EQL_TYPED_LINEAGE, e->span);

    if (!t || !find_relation(sx, &e->u.lineage.relation, &l.relation))
        return NULL;
    if (sx->pure || !sx->out) {
        eql_diags_add(sx->diags, "E302", e->span, NULL,
                      "process lineage cannot be asked for here");
        return NULL;
    }
    if (!eql_sema_lineage_stage(sx, e->u.lineage.body, &l.stage))
        return NULL;
    t->u.lineage.index = eql_sema_lineage_add(sx, &l);
    t->u.lineage.id = eql_sema_dotted_field(
        sx, e->span, eql_compile_paths(sx->settings).process_id);
    return t->u.lineage.index != EQL_NONE && t->u.lineage.id ? t : NULL;
}

/* --- the two positions --- */

eql_typed **
eql_sema_values(const eql_sema *sx, const eql_expr_list *l)
{
    eql_typed **items = eql_arena_array(sx->arena, l->n, sizeof *items);
    bool ok = items != NULL;

    for (uint32_t i = 0; items && i < l->n; i++) {
        items[i] = eql_sema_value(sx, l->items[i]);
        ok = ok && items[i];
    }
    return ok ? items : NULL;
}

eql_typed *
eql_sema_value(const eql_sema *sx, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL:
        eql_lint_escapes(sx, e);
        return eql_typed_const(sx->arena, e->span, e->u.literal, true);
    case EQL_NODE_FIELD: return eql_sema_field(sx, e);
    case EQL_NODE_CALL: return eql_sema_call(sx, e);
    case EQL_NODE_AND:
    case EQL_NODE_OR: return logic_list(sx, e, false);
    case EQL_NODE_NOT: return logic_not(sx, e, false);
    case EQL_NODE_COMPARE: return eql_sema_compare(sx, e, false);
    case EQL_NODE_ARITH: return arith(sx, e);
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
    case EQL_NODE_COMPARE: return eql_sema_compare(sx, e, true);
    case EQL_NODE_FIELD: return filter_field(sx, e);
    default: return as_boolean(sx, eql_sema_value(sx, e));
    }
}
