/* ops.c -- lists, patterns, addresses and regexes against one value.
 *
 * Null in, null out, unless the language says otherwise. */
#include "vm/eval/ops.h"

#include "vm/eval/version.h"

eql_value
eql_op_truth(eql_truth t)
{
    return t == EQL_UNKNOWN ? eql_value_null() : eql_value_bool(t == EQL_YES);
}

/* Anything but a boolean is null to `and`, `or` and `not`. */
static eql_truth
to_truth(const eql_value *v)
{
    if (v->tag != EQL_BOOL)
        return EQL_UNKNOWN;
    return v->u.b ? EQL_YES : EQL_NO;
}

eql_value
eql_op_to_truth(const eql_value *x)
{
    return eql_value_is_composite(x) && !eql_value_is_null(x)
               ? eql_value_bool(true)
               : *x;
}

eql_value
eql_op_not(const eql_value *x)
{
    if (x->tag == EQL_BOOL)
        return eql_value_bool(!x->u.b);
    return eql_value_null();
}

eql_value
eql_op_and(const eql_value *x, const eql_value *y)
{
    eql_truth a = to_truth(x), b = to_truth(y);

    if (a == EQL_NO || b == EQL_NO)
        return eql_value_bool(false);
    return eql_op_truth(a == EQL_YES ? b : a);
}

eql_value
eql_op_or(const eql_value *x, const eql_value *y)
{
    eql_truth a = to_truth(x), b = to_truth(y);

    if (a == EQL_YES || b == EQL_YES)
        return eql_value_bool(true);
    return eql_op_truth(a == EQL_NO ? b : a);
}

/* true if the order is one of the two. */
eql_value
eql_op_order(eql_ordering o, eql_ordering wanted, eql_ordering or_this)
{
    if (o == EQL_UNORDERED)
        return eql_value_null();
    return eql_value_bool(o == wanted || o == or_this);
}

eql_value
eql_op_less(const eql_comparing *how, const eql_value *x, const eql_value *y)
{
    return eql_op_order(eql_compare_order(how, x, y), EQL_LESS, EQL_LESS);
}

eql_value
eql_op_at_most(const eql_comparing *how, const eql_value *x, const eql_value *y)
{
    return eql_op_order(eql_compare_order(how, x, y), EQL_LESS, EQL_EQUAL);
}

eql_value
eql_op_earlier(const eql_comparing *how, unsigned op, const eql_value *x,
               const eql_value *y)
{
    eql_ordering or_this = op == EQL_OP_LE_VERSION ? EQL_EQUAL : EQL_LESS;

    return eql_op_order(eql_version_order(how, x, y), EQL_LESS, or_this);
}

eql_value
eql_op_in_or(const eql_value *x, const eql_value *y)
{
    eql_truth a = to_truth(x), b = to_truth(y);

    if (a == EQL_YES || b == EQL_YES)
        return eql_value_bool(true);
    return a == EQL_NO && b == EQL_NO ? eql_value_bool(false)
                                      : eql_value_null();
}

eql_value
eql_op_to_ip(const eql_value *x, char out[EQL_ADDRESS_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    eql_ip ip;

    if (x->tag != EQL_STRING || !eql_ip_parse(eql_value_sv(x), &ip))
        return eql_value_null();
    for (size_t i = 0; i < sizeof ip.b; i++) {
        out[2 * i] = digits[ip.b[i] >> 4];
        out[2 * i + 1] = digits[ip.b[i] & 15];
    }
    return eql_value_str(eql_sv(out, EQL_ADDRESS_TEXT));
}

eql_value
eql_op_in(const eql_value *x, const eql_set *set, eql_folded *folded)
{
    if (!set || !eql_value_is_scalar(x))
        return eql_value_null();
    /* `:` of a number: a text is one only where values are converted. */
    if (set->match &&
        (x->tag == EQL_BOOL || (x->tag == EQL_STRING && !set->how.coerce)))
        return eql_value_null();
    return eql_value_bool(eql_set_has(set, x, folded));
}

eql_value
eql_op_in_eq(const eql_comparing *how, const eql_value *x, const eql_value *y)
{
    if (!eql_value_is_scalar(x) || !eql_value_is_scalar(y))
        return eql_value_null();
    return eql_value_bool(eql_compare_equal(how, x, y) == EQL_YES);
}

/* An element of a list is equal or not: what is no address is not equal, where
 * a comparison by itself (TO_IP) would be null. */
eql_value
eql_op_in_eq_ip(const eql_value *x, const eql_value *y)
{
    eql_ip a, b;

    if (!eql_value_is_scalar(x) || !eql_value_is_scalar(y))
        return eql_value_null();
    return eql_value_bool(x->tag == EQL_STRING && y->tag == EQL_STRING &&
                          eql_ip_parse(eql_value_sv(x), &a) &&
                          eql_ip_parse(eql_value_sv(y), &b) &&
                          memcmp(&a, &b, sizeof a) == 0);
}

eql_value
eql_op_in_eq_fold(const eql_prepared *pr, const eql_value *x,
                  const eql_value *y)
{
    if (x->tag == EQL_STRING && y->tag == EQL_STRING)
        return eql_value_bool(
            eql_case_equal(pr->folding, eql_value_sv(x), eql_value_sv(y)));
    return eql_op_in_eq(&pr->comparing, x, y);
}

/* `:` matches a number by its canonical text (language 5.4), `like` does not; a
 * boolean is no text to either. */
eql_value
eql_op_like(const eql_value *x, const eql_pattern_list *patterns,
            eql_folded *folded)
{
    char text[32];
    eql_strview s;
    bool none = patterns->member && eql_value_is_scalar(x);

    switch (x->tag) {
    case EQL_STRING: s = eql_value_sv(x); break;
    case EQL_INT: s = eql_sv(text, eql_format_int(x->u.i, text)); break;
    case EQL_FLOAT: s = eql_sv(text, eql_format_double(x->u.d, text)); break;
    default: return none ? eql_value_bool(false) : eql_value_null();
    }
    if (x->tag != EQL_STRING) {
        if (patterns->text_only)
            return none ? eql_value_bool(false) : eql_value_null();
        /* The text is on the stack: its address will be met again. */
        eql_folded_forget(folded);
    }
    return eql_value_bool(eql_pattern_list_match(patterns, s, folded));
}

eql_value
eql_op_cidr(const eql_value *x, const eql_prepared_networks *networks)
{
    if (!networks)
        return eql_value_null();
    if (!eql_value_is_scalar(x))
        return networks->null_false ? eql_value_bool(false) : eql_value_null();
    return eql_value_bool(
        x->tag == EQL_STRING &&
        eql_network_list_has(networks->list, eql_value_sv(x)));
}

eql_value
eql_op_regex(const eql_prepared *pr, const eql_value *x, const eql_regex *r)
{
    bool holds;

    if (x->tag != EQL_STRING)
        return eql_value_null();
    holds = eql_regex_match(r, eql_value_sv(x));
    if (!holds && eql_regex_failed(r))
        eql_prepared_fail(pr);
    return eql_value_bool(holds);
}

static eql_value
convert(const eql_containing *c, const eql_value *v)
{
    switch (c->type) {
    case EQL_FIELD_NUMBER: return eql_to_number(v);
    case EQL_FIELD_BOOLEAN: return eql_to_bool(v);
    case EQL_FIELD_DATE: return eql_to_time(c->dialect, v);
    default: return *v;
    }
}

static bool
is_element(const eql_containing *c, const eql_value *element,
           const eql_value *v, const eql_literal *k)
{
    eql_value x, y;

    if (c->type == EQL_FIELD_IP) {
        x = eql_op_in_eq_ip(element, v);
        return x.tag == EQL_BOOL && x.u.b;
    }
    x = convert(c, element);
    if (k && c->type != EQL_FIELD_DATE)
        return eql_compare_equal_literal(&c->how, &x, k) == EQL_YES;
    /* Two instants are compared as such; else only the element is read as the
     * schema has it. */
    y = c->type == EQL_FIELD_DATE ? convert(c, v) : *v;
    return eql_compare_equal(&c->how, &x, &y) == EQL_YES;
}

bool
eql_op_has_element(const eql_containing *c, const eql_value *elements,
                   uint32_t n, const eql_value *v, const eql_literal *k)
{
    for (uint32_t i = 0; i < n; i++) {
        if (is_element(c, &elements[i], v, k))
            return true;
    }
    return false;
}
