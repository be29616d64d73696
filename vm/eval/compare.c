/* compare.c -- the table of language 5.7.
 *
 * One function per row group: same type, and each way of coercing a literal.
 * Nulls and pairs without an answer are unknown; there is no order between
 * booleans, and none of arrays and objects.  Sets of literals (set.c) must
 * agree with eql_compare_equal_literal, pair by pair. */
#include "vm/eval/compare.h"

eql_comparing
eql_comparing_of(const eql_dialect *d)
{
    return (eql_comparing){.coerce = d->coerce == EQL_COERCE_ON,
                           .strings = eql_case_of_strings(d)};
}

static eql_strview
bool_text(bool b)
{
    return b ? eql_sv("true", 4) : eql_sv("false", 5);
}

static eql_truth
truth(bool b)
{
    return b ? EQL_YES : EQL_NO;
}

static eql_ordering
order(int c)
{
    return c < 0 ? EQL_LESS : c > 0 ? EQL_GREATER : EQL_EQUAL;
}

static int
cmp_doubles(double a, double b)
{
    return (a > b) - (a < b);
}

int
eql_compare_numbers(const eql_value *a, const eql_value *b)
{
    if (a->tag == EQL_INT && b->tag == EQL_INT)
        return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    if (a->tag == EQL_INT)
        return eql_cmp_int_double(a->u.i, b->u.d);
    if (b->tag == EQL_INT)
        return -eql_cmp_int_double(b->u.i, a->u.d);
    return cmp_doubles(a->u.d, b->u.d);
}

/* --- literals --- */

static void
literal_from_string(eql_literal *k)
{
    bool is_int;
    int64_t i;
    double d;

    if (!eql_parse_number(eql_value_sv(&k->v), &is_int, &i, &d))
        return;
    k->has_number = true;
    k->number = is_int ? eql_value_int(i) : eql_value_float(d);
}

eql_literal
eql_literal_of(eql_value v)
{
    eql_literal k = {.v = v};

    switch (v.tag) {
    case EQL_NULL: break;
    case EQL_BOOL:
        k.text_len = (uint8_t)bool_text(v.u.b).len;
        memcpy(k.text, bool_text(v.u.b).p, k.text_len);
        break;
    case EQL_INT:
        k.has_number = true;
        k.number = v;
        k.text_len = (uint8_t)eql_format_int(v.u.i, k.text);
        break;
    case EQL_FLOAT:
        k.has_number = true;
        k.number = v;
        k.text_len = (uint8_t)eql_format_double(v.u.d, k.text);
        break;
    case EQL_STRING: literal_from_string(&k); break;
    case EQL_ARRAY:
    case EQL_OBJECT: k.v = eql_value_null(); break; /* no literal has one */
    }
    return k;
}

eql_strview
eql_literal_text(const eql_literal *k)
{
    if (k->v.tag == EQL_STRING)
        return eql_value_sv(&k->v);
    return eql_sv(k->text, k->text_len);
}

/* --- same type --- */

static eql_truth
texts_equal(const eql_comparing *how, eql_strview a, eql_strview b)
{
    return truth(eql_case_equal(how->strings, a, b));
}

static eql_ordering
order_texts(const eql_comparing *how, eql_strview a, eql_strview b)
{
    return order(eql_case_compare(how->strings, a, b));
}

eql_truth
eql_compare_equal(const eql_comparing *how, const eql_value *a,
                  const eql_value *b)
{
    if (eql_value_is_number(a) && eql_value_is_number(b))
        return truth(eql_compare_numbers(a, b) == 0);
    if (a->tag != b->tag)
        return EQL_UNKNOWN;
    if (a->tag == EQL_STRING)
        return texts_equal(how, eql_value_sv(a), eql_value_sv(b));
    if (a->tag == EQL_BOOL)
        return truth(a->u.b == b->u.b);
    return EQL_UNKNOWN; /* two nulls, arrays or objects */
}

eql_ordering
eql_compare_order(const eql_comparing *how, const eql_value *a,
                  const eql_value *b)
{
    if (eql_value_is_number(a) && eql_value_is_number(b))
        return order(eql_compare_numbers(a, b));
    if (a->tag == EQL_STRING && b->tag == EQL_STRING)
        return order_texts(how, eql_value_sv(a), eql_value_sv(b));
    return EQL_UNORDERED;
}

/* --- against a literal --- */

static bool
is_scalar(const eql_value *v)
{
    return v->tag != EQL_NULL && v->tag != EQL_ARRAY && v->tag != EQL_OBJECT;
}

/* Is this a pair of which one side is converted to the other's type? */
static bool
coerces(const eql_comparing *how, const eql_value *x, const eql_literal *k)
{
    if (!how->coerce || !is_scalar(x) || k->v.tag == EQL_NULL)
        return false;
    return (x->tag == EQL_STRING) != (k->v.tag == EQL_STRING);
}

eql_truth
eql_compare_equal_literal(const eql_comparing *how, const eql_value *x,
                          const eql_literal *k)
{
    eql_strview text;

    if (!coerces(how, x, k))
        return eql_compare_equal(how, x, &k->v);
    text = eql_literal_text(k);
    if (x->tag == EQL_STRING) /* literal number or boolean: as text */
        return texts_equal(how, eql_value_sv(x), text);
    if (x->tag == EQL_BOOL) {
        if (texts_equal(how, text, bool_text(x->u.b)) == EQL_YES)
            return EQL_YES;
        return texts_equal(how, text, bool_text(!x->u.b)) == EQL_YES
                   ? EQL_NO
                   : EQL_UNKNOWN;
    }
    if (!k->has_number)
        return EQL_UNKNOWN;
    return truth(eql_compare_numbers(x, &k->number) == 0);
}

eql_ordering
eql_compare_order_literal(const eql_comparing *how, const eql_value *x,
                          const eql_literal *k)
{
    if (!coerces(how, x, k))
        return eql_compare_order(how, x, &k->v);
    if (x->tag == EQL_BOOL || k->v.tag == EQL_BOOL)
        return EQL_UNORDERED;
    if (x->tag == EQL_STRING)
        return order_texts(how, eql_value_sv(x), eql_literal_text(k));
    if (!k->has_number)
        return EQL_UNORDERED;
    return order(eql_compare_numbers(x, &k->number));
}
