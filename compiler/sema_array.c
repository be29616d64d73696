/* sema_array.c -- arraySearch, arrayCount, arrayContains (language 7.3).
 *
 * The body of the first two is a filter tree of its own, with the variable
 * bound to an element; paths in it do not join the choices of the leaf around
 * it.  Invariant: bindings nest at most EQL_MAX_LEVELS deep. */
#include "compiler/sema.h"

/* --- the array and its variable --- */

static eql_strview dotted(const eql_sema *sx, const eql_typed_path *p);

/* In endgame a value or object is no array of one, so that such a function
 * would never hold (language 7.3); a schema of its kind tells which are
 * arrays. */
static bool
check_array(const eql_sema *sx, const eql_expr *e, const eql_typed_path *p)
{
    if (sx->settings->dialect.name != EQL_DIALECT_ENDGAME ||
        p->nsegments == 0 ||
        !eql_schema_is_no_array(sx->settings->schema, dotted(sx, p)))
        return true;
    eql_diags_add(sx->diags, "E302", e->u.call.args.items[0]->span, NULL,
                  "%.*s takes an array, and %.*s is none in the schema",
                  (int)e->u.call.name.text.len, e->u.call.name.text.p,
                  (int)p->name.len, p->name.p);
    return false;
}

/* An array is named by a path. */
static bool
array_path(const eql_sema *sx, const eql_expr *e, eql_typed_path *out)
{
    const eql_expr *array = e->u.call.args.items[0];

    if (array->kind == EQL_NODE_FIELD)
        return eql_sema_array_path(sx, array, out) && check_array(sx, e, out);
    eql_diags_add(sx->diags, "E302", array->span, NULL,
                  "%.*s looks for its array in a field",
                  (int)e->u.call.name.text.len, e->u.call.name.text.p);
    return false;
}

static bool
variable(const eql_sema *sx, const eql_expr *e, eql_typed_binding *out)
{
    const eql_expr *v = e->u.call.args.items[1];

    if (v->kind != EQL_NODE_FIELD || v->u.field.n != 1 || v->u.field.optional) {
        eql_diags_add(sx->diags, "E302", v->span,
                      "for example arraySearch(process.args, $arg, $arg : "
                      "\"-*\")",
                      "the second argument names a variable");
        return false;
    }
    out->variable = v->u.field.segments[0].name;
    out->bare = !v->u.field.variable;
    for (const eql_typed_binding *b = sx->binding; b; b = b->outer) {
        if (b->bare != out->bare || !eql_sv_eq(b->variable, out->variable))
            continue;
        eql_diags_add(sx->diags, "W414", v->span, "give it another name",
                      "variable \"%.*s\" hides the one around it",
                      (int)out->variable.len, out->variable.p);
        break;
    }
    return true;
}

/* The path of the elements, as a schema spells it. */
static eql_strview
dotted(const eql_sema *sx, const eql_typed_path *p)
{
    eql_buf text = {0};
    eql_strview out;

    if (p->binding)
        eql_buf_add_sv(&text, p->binding->dotted);
    for (uint32_t i = 0; i < p->nsegments; i++) {
        if (p->segments[i].kind == EQL_SEGMENT_INDEX)
            continue;
        if (text.len)
            eql_buf_add_char(&text, '.');
        eql_buf_add_sv(&text, p->segments[i].name);
    }
    if (text.failed)
        eql_arena_set_failed(sx->arena);
    out = eql_arena_dup(sx->arena, eql_buf_sv(&text));
    eql_buf_free(&text);
    return out;
}

static eql_typed_binding *
bind(const eql_sema *sx, const eql_expr *e)
{
    eql_typed_binding *b = eql_arena_alloc(sx->arena, sizeof *b);

    if (!b || !array_path(sx, e, &b->array) || !variable(sx, e, b))
        return NULL;
    b->outer = sx->binding;
    b->level = b->outer ? b->outer->level + 1 : 0;
    b->dotted = dotted(sx, &b->array);
    if (b->level < EQL_MAX_LEVELS)
        return b;
    eql_diags_add(sx->diags, "E311", e->span, NULL,
                  "array functions stand inside each other more than %u deep",
                  EQL_MAX_LEVELS);
    return NULL;
}

/* --- arraySearch, arrayCount --- */

eql_typed *
eql_sema_array_search(const eql_sema *sx, const eql_expr *e, bool count)
{
    eql_typed *t = eql_typed_new(sx->arena, EQL_TYPED_SEARCH, e->span);
    eql_typed_binding *b = bind(sx, e);
    eql_sema inner = *sx;

    if (!t || !b)
        return NULL;
    if (eql_sema_past_result(sx, &b->array)) /* no array there: language 7.3 */
        return eql_typed_const(sx->arena, e->span,
                               count ? eql_value_int(0) : eql_value_bool(false),
                               false);
    inner.binding = b;
    t->boolean = !count;
    t->u.search.count = count;
    t->u.search.binding = b;
    t->u.search.body = eql_sema_filter(&inner, e->u.call.args.items[2]);
    return t->u.search.body ? t : NULL;
}

/* --- arrayContains --- */

/* Could an element equal the literal, as far as the schema knows? */
static bool
check_value(const eql_sema *sx, const eql_typed_path *array,
            const eql_typed *value)
{
    eql_typed element = {.kind = EQL_TYPED_FIELD, .span = value->span};
    eql_value fitted;

    if (!eql_typed_is_literal(value))
        return true;
    element.u.path = *array;
    return eql_sema_fit(sx, &element, value, &fitted);
}

eql_typed *
eql_sema_array_contains(const eql_sema *sx, const eql_expr *e)
{
    eql_typed *t = eql_typed_new(sx->arena, EQL_TYPED_HAS, e->span);
    const eql_expr_list *l = &e->u.call.args;
    eql_expr_list rest = {l->items + 1, l->n - 1};
    eql_typed **values;
    bool ok = true;

    if (!t || !array_path(sx, e, &t->u.has.array))
        return NULL;
    values = eql_sema_values(sx, &rest);
    for (uint32_t i = 0; values && i < rest.n; i++)
        ok = check_value(sx, &t->u.has.array, values[i]) && ok;
    if (!values || !ok)
        return NULL;
    for (uint32_t i = 0; i < rest.n; i++)
        eql_lint_search(sx, EQL_FN_ARRAY_CONTAINS, e->u.call.tilde,
                        &t->u.has.array, values[i]);
    if (eql_sema_past_result(sx, &t->u.has.array))
        return eql_typed_const(sx->arena, e->span, eql_value_null(), false);
    t->u.has.fold =
        eql_sema_folds(sx, e->u.call.tilde) || t->u.has.array.caseless;
    t->u.has.values.items = values;
    t->u.has.values.n = rest.n;
    return t;
}
