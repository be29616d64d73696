/* sema_types.c -- what is known of a value without seeing events.
 *
 * Two sources: the text of the rule, which is certain, and the schema, which
 * tells how a field is mapped (language 4.5, 15.1).  What either decides
 * against is an error here, so that nothing in an event can raise one.
 * Invariant: fields of type number and boolean stand below a CONVERT wherever a
 * value is wanted; dates and addresses only in comparisons. */
#include "compiler/sema.h"

#include "base/text.h"

/* --- classes --- */

static eql_class
tag_class(eql_tag tag)
{
    switch (tag) {
    case EQL_NULL: return EQL_CLASS_NULL;
    case EQL_BOOL: return EQL_CLASS_BOOL;
    case EQL_INT:
    case EQL_FLOAT: return EQL_CLASS_NUMBER;
    case EQL_STRING: return EQL_CLASS_STRING;
    case EQL_ARRAY:
    case EQL_OBJECT: return EQL_CLASS_OBJECT;
    }
    return EQL_CLASS_ANY;
}

static eql_class
known_class(eql_schema_type t)
{
    switch (t) {
    case EQL_SCHEMA_STRING:
    case EQL_SCHEMA_VERSION: return EQL_CLASS_STRING;
    case EQL_SCHEMA_NUMBER: return EQL_CLASS_NUMBER;
    case EQL_SCHEMA_BOOLEAN: return EQL_CLASS_BOOL;
    case EQL_SCHEMA_DATE: return EQL_CLASS_DATE;
    case EQL_SCHEMA_IP: return EQL_CLASS_IP;
    case EQL_SCHEMA_UNKNOWN:
    case EQL_SCHEMA_OBJECT:
    case EQL_SCHEMA_ARRAY:
    case EQL_SCHEMA_MIXED:
    case EQL_SCHEMA_TYPE_COUNT: break;
    }
    return EQL_CLASS_ANY;
}

static eql_class
call_class(const eql_typed *t)
{
    switch (eql_function_get(t->u.call.function)->result) {
    case 's': return EQL_CLASS_STRING;
    case 'n': return EQL_CLASS_NUMBER;
    case 'b': return EQL_CLASS_BOOL;
    default: return EQL_CLASS_ANY; /* safe() */
    }
}

eql_class
eql_sema_class(const eql_typed *t)
{
    switch (t->kind) {
    case EQL_TYPED_CONST: return tag_class(t->u.constant.value.tag);
    case EQL_TYPED_FIELD:
    case EQL_TYPED_TRUTH:
    case EQL_TYPED_CONVERT:
    case EQL_TYPED_KIND_COUNT: return EQL_CLASS_ANY;
    case EQL_TYPED_ARITH:
    case EQL_TYPED_NEGATE: return EQL_CLASS_NUMBER;
    case EQL_TYPED_CALL: return call_class(t);
    case EQL_TYPED_SEARCH:
        return t->u.search.count ? EQL_CLASS_NUMBER : EQL_CLASS_BOOL;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR:
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_COMPARE:
    case EQL_TYPED_TEST:
    case EQL_TYPED_HAS:
    case EQL_TYPED_LINEAGE: return EQL_CLASS_BOOL;
    }
    return EQL_CLASS_ANY;
}

eql_class
eql_sema_schema_class(const eql_typed *t)
{
    const eql_typed_path *p = eql_typed_path_of(t);

    return p ? known_class(p->known) : eql_sema_class(t);
}

const char *
eql_sema_class_name(eql_class c)
{
    static const char *const names[] = {"a value",    "null",     "a boolean",
                                        "a number",   "a string", "a date",
                                        "an address", "an object"};

    return names[c];
}

const char *
eql_sema_tag_name(eql_tag tag)
{
    return eql_sema_class_name(tag_class(tag));
}

bool
eql_sema_same_class(eql_tag a, eql_tag b)
{
    return a == EQL_NULL || b == EQL_NULL || tag_class(a) == tag_class(b);
}

static bool
any_field(const eql_typed_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (eql_sema_has_field(l->items[i]))
            return true;
    return false;
}

static bool
test_has_field(const eql_typed *t)
{
    for (uint32_t i = 0; i < t->u.test.nparts; i++) {
        const eql_typed *element = t->u.test.parts[i].element;

        if (element && eql_sema_has_field(element))
            return true;
    }
    return eql_sema_has_field(t->u.test.operand);
}

bool
eql_sema_has_field(const eql_typed *t)
{
    switch (t->kind) {
    case EQL_TYPED_CONST:
    case EQL_TYPED_KIND_COUNT: return false;
    case EQL_TYPED_FIELD:
    case EQL_TYPED_SEARCH:
    case EQL_TYPED_HAS:
    case EQL_TYPED_LINEAGE: return true;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: return any_field(&t->u.list);
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_TRUTH:
    case EQL_TYPED_NEGATE: return eql_sema_has_field(t->u.operand);
    case EQL_TYPED_CONVERT: return eql_sema_has_field(t->u.convert.operand);
    case EQL_TYPED_COMPARE:
        return eql_sema_has_field(t->u.compare.left) ||
               eql_sema_has_field(t->u.compare.right);
    case EQL_TYPED_TEST: return test_has_field(t);
    case EQL_TYPED_ARITH:
        return eql_sema_has_field(t->u.arith.left) ||
               eql_sema_has_field(t->u.arith.right);
    case EQL_TYPED_CALL: return any_field(&t->u.call.args);
    }
    return false;
}

/* --- literals against operands --- */

static bool
coerces(const eql_sema *sx)
{
    return sx->settings->dialect.coerce == EQL_COERCE_ON;
}

static bool
is_boolean_text(const eql_value *v)
{
    return v->tag == EQL_STRING && (eql_sv_is(eql_value_sv(v), "true") ||
                                    eql_sv_is(eql_value_sv(v), "false"));
}

static bool
is_number(const eql_value *v)
{
    return v->tag == EQL_INT || v->tag == EQL_FLOAT;
}

static bool
clash(const eql_sema *sx, const eql_typed *operand, const eql_typed *lit,
      eql_class c)
{
    const eql_typed_path *p = eql_typed_path_of(operand);
    const char *what = eql_sema_tag_name(lit->u.constant.value.tag);
    eql_buf text = {0};

    if (!p) {
        eql_diags_add(sx->diags, "E302", lit->span, NULL,
                      "cannot compare %s with %s", eql_sema_class_name(c),
                      what);
        return false;
    }
    eql_typed_dump_value(&lit->u.constant.value, &text);
    eql_diags_add(sx->diags, "E302", lit->span, NULL,
                  "%.*s is %s in the schema: %.*s cannot be compared with it",
                  (int)p->name.len, p->name.p, eql_sema_class_name(c),
                  (int)text.len, text.len ? text.p : "");
    eql_buf_free(&text);
    return false;
}

/* Against what is certain to be of class c. */
static bool
fits_class(const eql_sema *sx, const eql_value *v, eql_class c)
{
    if (tag_class(v->tag) == c)
        return true;
    if (!coerces(sx))
        return false;
    switch (c) {
    case EQL_CLASS_BOOL: return is_boolean_text(v);
    case EQL_CLASS_NUMBER: {
        eql_value n = eql_to_number(v);

        return is_number(&n);
    }
    default: return true;
    }
}

/* A literal that names an instant; a day alone is its beginning. */
static eql_value
instant(const eql_sema *sx, const eql_value *v)
{
    eql_value out = eql_to_time(&sx->settings->dialect, v);
    char text[24];
    eql_value full;

    if (out.tag != EQL_NULL || v->tag != EQL_STRING || v->len != 10)
        return out;
    memcpy(text, v->u.s, 10);
    memcpy(text + 10, "T00:00:00Z", 10);
    full = eql_value_str(eql_sv(text, 20));
    return eql_to_time(&sx->settings->dialect, &full);
}

/* Against a field, as the schema has it. */
static bool
fit_field(const eql_sema *sx, eql_class c, eql_value *v)
{
    bool own = tag_class(v->tag) == c;

    switch (c) {
    case EQL_CLASS_NUMBER:
        if (!own && coerces(sx))
            *v = eql_to_number(v);
        return is_number(v);
    case EQL_CLASS_BOOL:
        if (!own && coerces(sx))
            *v = eql_to_bool(v);
        return v->tag == EQL_BOOL;
    case EQL_CLASS_DATE: *v = instant(sx, v); return v->tag != EQL_NULL;
    case EQL_CLASS_STRING: return own || coerces(sx);
    default: return true;
    }
}

bool
eql_sema_fit(const eql_sema *sx, const eql_typed *operand, const eql_typed *lit,
             eql_value *out)
{
    eql_class c = eql_sema_class(operand);

    *out = lit->u.constant.value;
    if (out->tag == EQL_NULL || c == EQL_CLASS_NULL)
        return true;
    if (eql_typed_is_literal(operand))
        return tag_class(out->tag) == c || clash(sx, operand, lit, c);
    if (c != EQL_CLASS_ANY)
        return fits_class(sx, out, c) || clash(sx, operand, lit, c);
    c = eql_sema_schema_class(operand);
    return fit_field(sx, c, out) || clash(sx, operand, lit, c);
}

bool
eql_sema_strict_type(const eql_sema *sx, const eql_typed *t, eql_class want,
                     const char *what)
{
    eql_class c = eql_sema_schema_class(t);

    if (!sx->settings->strict || c == want || c == EQL_CLASS_ANY ||
        c == EQL_CLASS_NULL)
        return true;
    eql_diags_add(sx->diags, "E302", t->span, NULL, "%s takes %s, not %s", what,
                  eql_sema_class_name(want), eql_sema_class_name(c));
    return false;
}

bool
eql_sema_strict_item(const eql_sema *sx, const eql_typed *operand,
                     const eql_typed *item)
{
    eql_class c = eql_sema_schema_class(operand);

    if (!sx->settings->strict || c <= EQL_CLASS_NULL || c == EQL_CLASS_DATE ||
        tag_class(item->u.constant.value.tag) == c)
        return true;
    return clash(sx, operand, item, c);
}

/* --- words --- */

bool
eql_sema_folds(const eql_sema *sx, bool tilde)
{
    return tilde ||
           sx->settings->dialect.string_case == EQL_STRING_CASE_INSENSITIVE;
}

bool
eql_sema_folds_for(const eql_sema *sx, bool tilde, const eql_typed *t)
{
    return eql_sema_folds(sx, tilde) || eql_typed_is_caseless(t);
}

const char *
eql_sema_closest(const eql_sema *sx, eql_strview name, const eql_strview *names,
                 uint32_t n)
{
    uint32_t close = eql_closest(name, names, n);

    if (close == EQL_NONE)
        return NULL;
    return eql_arena_printf(sx->arena, "did you mean \"%.*s\"?",
                            (int)names[close].len, names[close].p)
        .p;
}

bool
eql_sema_has_wildcard(const eql_value *v)
{
    return v->tag == EQL_STRING && v->len > 0 &&
           (memchr(v->u.s, '*', v->len) || memchr(v->u.s, '?', v->len));
}

bool
eql_sema_is_wildcard(const eql_sema *sx, const eql_value *v)
{
    return sx->settings->dialect.eq_wildcard == EQL_EQ_WILDCARD_ON &&
           v->tag == EQL_STRING && v->len > 0 && memchr(v->u.s, '*', v->len);
}
