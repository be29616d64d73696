/* arithmetic.c -- the operators on numbers (language 5.6).
 *
 * Integers stay integers until they overflow, then the result is the double
 * one.  What is no number, or would be infinite or NaN, is null; division by
 * zero too. */
#include "stdlib/functions.h"

#include <math.h>

static eql_value
finite_or_null(double d)
{
    return isfinite(d) ? eql_value_float(d) : eql_value_null();
}

static eql_value
on_doubles(bool floored, eql_operation op, double a, double b)
{
    double r;

    switch (op) {
    case EQL_OPERATION_ADD: return finite_or_null(a + b);
    case EQL_OPERATION_SUB: return finite_or_null(a - b);
    case EQL_OPERATION_MUL: return finite_or_null(a * b);
    case EQL_OPERATION_DIV:
        return b == 0 ? eql_value_null() : finite_or_null(a / b);
    case EQL_OPERATION_MOD: break;
    }
    if (b == 0)
        return eql_value_null();
    r = fmod(a, b);
    if (floored && r == 0)
        r = copysign(0, b);
    else if (floored && (r < 0) != (b < 0))
        r += b;
    return finite_or_null(r);
}

/* b is neither 0 nor -1. */
static int64_t
divide(bool floored, int64_t a, int64_t b)
{
    int64_t q = a / b;

    return q - (floored && a % b != 0 && (a < 0) != (b < 0));
}

static int64_t
modulo(bool floored, int64_t a, int64_t b)
{
    int64_t r = a % b;

    return floored && r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

static eql_value
on_ints(bool floored, eql_operation op, int64_t a, int64_t b)
{
    bool overflow = false;
    int64_t r = 0;

    switch (op) {
    case EQL_OPERATION_ADD: overflow = __builtin_add_overflow(a, b, &r); break;
    case EQL_OPERATION_SUB: overflow = __builtin_sub_overflow(a, b, &r); break;
    case EQL_OPERATION_MUL: overflow = __builtin_mul_overflow(a, b, &r); break;
    case EQL_OPERATION_DIV:
        if (b == 0)
            return eql_value_null();
        if (b == -1)
            overflow = __builtin_sub_overflow(0, a, &r);
        else
            r = divide(floored, a, b);
        break;
    case EQL_OPERATION_MOD:
        if (b == 0)
            return eql_value_null();
        r = b == -1 ? 0 : modulo(floored, a, b);
        break;
    }
    if (overflow)
        return on_doubles(floored, op, (double)a, (double)b);
    return eql_value_int(r);
}

static bool
number_of(const eql_value *v, double *out)
{
    if (v->tag == EQL_INT)
        *out = (double)v->u.i;
    else if (v->tag == EQL_FLOAT)
        *out = v->u.d;
    else
        return false;
    return true;
}

eql_value
eql_arithmetic(const eql_dialect *d, eql_operation op, const eql_value *a,
               const eql_value *b)
{
    bool floored = d->int_division == EQL_INT_DIVISION_FLOOR;
    double x, y;

    if (a->tag == EQL_INT && b->tag == EQL_INT)
        return on_ints(floored, op, a->u.i, b->u.i);
    if (!number_of(a, &x) || !number_of(b, &y))
        return eql_value_null();
    return on_doubles(floored, op, x, y);
}

eql_value
eql_negate(const eql_value *a)
{
    if (a->tag == EQL_FLOAT)
        return eql_value_float(-a->u.d);
    if (a->tag != EQL_INT)
        return eql_value_null();
    if (a->u.i == INT64_MIN)
        return eql_value_float(9223372036854775808.0);
    return eql_value_int(-a->u.i);
}
