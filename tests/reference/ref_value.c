/* ref_value.c -- see ref_value.h. */
#include "tests/reference/ref_value.h"

#include "tests/reference/ref_version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ref_value
ref_null(void)
{
    return (ref_value){.tag = REF_NULL};
}

ref_value
ref_boolean(bool b)
{
    return (ref_value){.tag = REF_BOOL, .b = b};
}

ref_value
ref_integer(int64_t i)
{
    return (ref_value){.tag = REF_NUM, .num = {.is_int = true, .i = i}};
}

ref_value
ref_string(ref_str s)
{
    return (ref_value){.tag = REF_STR, .str = s};
}

bool
ref_is_true(ref_value v)
{
    return v.tag == REF_BOOL && v.b;
}

bool
ref_is_false(ref_value v)
{
    return v.tag == REF_BOOL && !v.b;
}

ref_value
ref_kleene_not(ref_value v)
{
    return v.tag == REF_BOOL ? ref_boolean(!v.b) : ref_null();
}

ref_case_rule
ref_case_of(const ref_env *env, bool ci)
{
    if (!ci && !env->flags->insensitive)
        return REF_EXACT;
    return env->flags->ascii_fold ? REF_FOLD_ASCII : REF_FOLD;
}

/* --- how two values stand to each other --- */

/* SAME and OTHER are equal and unequal without an order. */
typedef enum { LESS, EQUAL, GREATER, SAME, OTHER, UNKNOWN } relation;

static relation
from_order(int order)
{
    return order < 0 ? LESS : order > 0 ? GREATER : EQUAL;
}

static relation
by_text(ref_str a, ref_str b)
{
    return ref_str_eq(a, b) ? SAME : OTHER;
}

static ref_str
bool_text(ref_value v)
{
    return ref_cstr(v.b ? "true" : "false");
}

static relation
mirrored(relation r)
{
    return r == LESS ? GREATER : r == GREATER ? LESS : r;
}

/* x from the event, y a literal of another type. */
static relation
relate_coerced(const ref_env *env, ref_value x, ref_value y)
{
    ref_num n;

    if (env->flags->no_coerce)
        return UNKNOWN;
    if (x.tag == REF_NUM && y.tag == REF_STR)
        return ref_parse_num(y.str, &n) ? from_order(ref_num_order(x.num, n))
                                        : UNKNOWN;
    if (x.tag == REF_STR && y.tag == REF_NUM)
        return from_order(ref_str_order(x.str, ref_num_text(env->pool, y.num)));
    if (x.tag == REF_BOOL && y.tag == REF_STR &&
        (ref_str_eq(y.str, ref_cstr("true")) ||
         ref_str_eq(y.str, ref_cstr("false"))))
        return by_text(bool_text(x), y.str);
    if (x.tag == REF_STR && y.tag == REF_BOOL)
        return by_text(x.str, bool_text(y));
    return UNKNOWN;
}

/* One side at least is from an ip field: both are addresses, or nothing. */
static relation
relate_addresses(ref_value x, ref_value y)
{
    ref_addr a, b;

    if (x.tag != REF_STR || y.tag != REF_STR || !ref_parse_addr(x.str, &a) ||
        !ref_parse_addr(y.str, &b))
        return UNKNOWN;
    return from_order(ref_str_order((ref_str){(char *)a.b, sizeof a.b},
                                    (ref_str){(char *)b.b, sizeof b.b}));
}

static bool
instant(ref_value v, int64_t *ns)
{
    if (v.tag == REF_STR)
        return ref_parse_time(v.str, ns);
    return v.tag == REF_NUM && ref_epoch(v.num, ns);
}

/* One side at least is from a date field: both are instants, or nothing. */
static relation
relate_dates(ref_value x, ref_value y)
{
    int64_t a, b;

    if (!instant(x, &a) || !instant(y, &b))
        return UNKNOWN;
    return from_order((a > b) - (a < b));
}

bool
ref_no_instant(ref_value x, ref_value y)
{
    int64_t ns;

    return (x.type == REF_TYPE_DATE || y.type == REF_TYPE_DATE) &&
           (!instant(x, &ns) || !instant(y, &ns));
}

/* Neither is null. */
static relation
relate(const ref_env *env, ref_value x, ref_value y, ref_case_rule rule)
{
    if (x.tag == REF_LIST || y.tag == REF_LIST)
        return UNKNOWN;
    if (x.type == REF_TYPE_IP || y.type == REF_TYPE_IP)
        return relate_addresses(x, y);
    if (x.type == REF_TYPE_DATE || y.type == REF_TYPE_DATE)
        return relate_dates(x, y);
    if (x.tag == REF_NUM && y.tag == REF_NUM)
        return from_order(ref_num_order(x.num, y.num));
    if (x.tag == REF_STR && y.tag == REF_STR)
        return from_order(ref_str_order(ref_fold_str(env->pool, x.str, rule),
                                        ref_fold_str(env->pool, y.str, rule)));
    if (x.tag == REF_BOOL && y.tag == REF_BOOL)
        return x.b == y.b ? SAME : OTHER;
    if (y.literal && !x.literal)
        return relate_coerced(env, x, y);
    if (x.literal && !y.literal)
        return mirrored(relate_coerced(env, y, x));
    return UNKNOWN;
}

ref_value
ref_in_literal_block(const ref_env *env, ref_value x, ref_value lit)
{
    ref_block block;
    ref_addr addr;

    if (!ref_parse_block(lit.str, &block)) {
        *env->refused = "literal is neither address nor block";
        return ref_null();
    }
    return ref_boolean(x.tag == REF_STR && ref_parse_addr(x.str, &addr) &&
                       ref_in_block(&block, &addr));
}

ref_value
ref_equals(const ref_env *env, ref_value x, ref_value y, ref_case_rule rule)
{
    relation r;

    if (x.tag == REF_NULL || y.tag == REF_NULL)
        return ref_null();
    if (x.type == REF_TYPE_IP && y.literal && y.tag == REF_STR)
        return ref_in_literal_block(env, x, y);
    if (y.type == REF_TYPE_IP && x.literal && x.tag == REF_STR)
        return ref_in_literal_block(env, y, x);
    r = relate(env, x, y, rule);
    if (r == UNKNOWN)
        return ref_null();
    return ref_boolean(r == EQUAL || r == SAME);
}

bool
ref_is_wildcard(ref_value v)
{
    return v.literal && v.tag == REF_STR && v.str.n &&
           memchr(v.str.p, '*', v.str.n);
}

ref_value
ref_equals_wild(const ref_env *env, ref_value x, ref_value y,
                ref_case_rule rule)
{
    ref_wild_rule wild = {ref_case_of(env, true), false};

    if (!env->flags->eq_wildcard || x.tag != REF_STR || y.tag != REF_STR)
        return ref_equals(env, x, y, rule);
    if (ref_is_wildcard(y))
        return ref_boolean(ref_wild(env->pool, y.str, x.str, wild));
    if (ref_is_wildcard(x))
        return ref_boolean(ref_wild(env->pool, x.str, y.str, wild));
    return ref_equals(env, x, y, rule);
}

/* Is one of the two of a version field, and neither an address or a date? */
static bool
of_versions(ref_value x, ref_value y)
{
    return (x.type == REF_TYPE_VERSION || y.type == REF_TYPE_VERSION) &&
           x.type != REF_TYPE_IP && y.type != REF_TYPE_IP &&
           x.type != REF_TYPE_DATE && y.type != REF_TYPE_DATE;
}

static bool
version_text(const ref_env *env, ref_value v, ref_str *out)
{
    if (v.tag == REF_NUM && !env->flags->no_coerce)
        *out = ref_num_text(env->pool, v.num);
    else if (v.tag == REF_STR)
        *out = v.str;
    else
        return false;
    return true;
}

static relation
relate_versions(const ref_env *env, ref_value x, ref_value y)
{
    ref_str a, b;

    if (!version_text(env, x, &a) || !version_text(env, y, &b))
        return UNKNOWN;
    return from_order(
        ref_version_order(env->pool, a, b, ref_case_of(env, false)));
}

ref_value
ref_ordered(const ref_env *env, const char *op, ref_value x, ref_value y)
{
    relation r;

    if (x.tag == REF_NULL || y.tag == REF_NULL)
        return ref_null();
    r = of_versions(x, y) ? relate_versions(env, x, y)
                          : relate(env, x, y, ref_case_of(env, false));
    if (r != LESS && r != EQUAL && r != GREATER)
        return ref_null();
    if (strcmp(op, "<") == 0)
        return ref_boolean(r == LESS);
    if (strcmp(op, "<=") == 0)
        return ref_boolean(r == LESS || r == EQUAL);
    if (strcmp(op, ">") == 0)
        return ref_boolean(r == GREATER);
    return ref_boolean(r == GREATER || r == EQUAL);
}

static int
list_order(const ref_env *env, const json_t *x, const json_t *y,
           ref_case_rule rule)
{
    char *a = json_dumps(x, JSON_COMPACT), *b = json_dumps(y, JSON_COMPACT);
    int order = ref_str_order(ref_fold_str(env->pool, ref_cstr(a), rule),
                              ref_fold_str(env->pool, ref_cstr(b), rule));

    free(a);
    free(b);
    return order;
}

/* Addresses by their bytes, before what is none. */
static int
address_order(ref_str x, ref_str y)
{
    ref_addr a, b;
    bool is_a = ref_parse_addr(x, &a), is_b = ref_parse_addr(y, &b);

    if (is_a && is_b)
        return memcmp(a.b, b.b, sizeof a.b);
    if (is_a || is_b)
        return is_a ? -1 : 1;
    return ref_str_order(x, y);
}

int
ref_value_order(const ref_env *env, ref_value x, ref_value y, bool fold)
{
    ref_case_rule rule = fold ? ref_case_of(env, true) : REF_EXACT;

    if (x.tag != y.tag)
        return x.tag < y.tag ? -1 : 1;
    if (x.type == REF_TYPE_IP && y.type == REF_TYPE_IP && x.tag == REF_STR)
        return address_order(x.str, y.str);
    switch (x.tag) {
    case REF_BOOL: return x.b - y.b;
    case REF_NUM: return ref_num_order(x.num, y.num);
    case REF_STR:
        return ref_str_order(ref_fold_str(env->pool, x.str, rule),
                             ref_fold_str(env->pool, y.str, rule));
    case REF_LIST: return list_order(env, x.node, y.node, rule);
    case REF_NULL: break;
    }
    return 0;
}

int
ref_sort_order(const ref_env *env, ref_value x, ref_value y, bool fold)
{
    if (x.tag == REF_STR && y.tag == REF_STR &&
        (x.type == REF_TYPE_VERSION || y.type == REF_TYPE_VERSION))
        return ref_version_order(env->pool, x.str, y.str,
                                 fold ? ref_case_of(env, true) : REF_EXACT);
    return ref_value_order(env, x, y, fold);
}

/* --- arithmetic --- */

static ref_value
from_double(double d)
{
    if (!isfinite(d))
        return ref_null();
    return (ref_value){.tag = REF_NUM, .num = {.d = d}};
}

static ref_value
divide_ints(const ref_env *env, int64_t a, int64_t b)
{
    int64_t q;

    if (b == 0)
        return ref_null();
    if (b == -1)
        return a == INT64_MIN ? from_double(9223372036854775808.0)
                              : ref_integer(-a);
    q = a / b;
    if (env->flags->floor && a % b != 0 && (a < 0) != (b < 0))
        q--;
    return ref_integer(q);
}

static ref_value
modulo_ints(const ref_env *env, int64_t a, int64_t b)
{
    int64_t r;

    if (b == 0)
        return ref_null();
    if (b == -1)
        return ref_integer(0);
    r = a % b;
    if (env->flags->floor && r != 0 && (r < 0) != (b < 0))
        r += b;
    return ref_integer(r);
}

static ref_value
modulo_doubles(const ref_env *env, double a, double b)
{
    double r;

    if (b == 0)
        return ref_null();
    r = fmod(a, b);
    if (env->flags->floor && r != 0 && (r < 0) != (b < 0))
        r += b;
    return from_double(r);
}

/* Sum, difference or product of integers, as a double when it is too big. */
static ref_value
exact_or_double(char op, int64_t a, int64_t b)
{
    __int128 x = a, y = b;
    __int128 r = op == '+' ? x + y : op == '-' ? x - y : x * y;

    if (r >= INT64_MIN && r <= INT64_MAX)
        return ref_integer((int64_t)r);
    return from_double(op == '+'   ? (double)a + (double)b
                       : op == '-' ? (double)a - (double)b
                                   : (double)a * (double)b);
}

ref_value
ref_arith(const ref_env *env, const char *op, ref_value x, ref_value y)
{
    double a, b;

    if (x.tag != REF_NUM || y.tag != REF_NUM)
        return ref_null();
    if (x.num.is_int && y.num.is_int) {
        if (*op == '/')
            return divide_ints(env, x.num.i, y.num.i);
        if (*op == '%')
            return modulo_ints(env, x.num.i, y.num.i);
        return exact_or_double(*op, x.num.i, y.num.i);
    }
    a = x.num.is_int ? (double)x.num.i : x.num.d;
    b = y.num.is_int ? (double)y.num.i : y.num.d;
    switch (*op) {
    case '+': return from_double(a + b);
    case '-': return from_double(a - b);
    case '*': return from_double(a * b);
    case '/': return b == 0 ? ref_null() : from_double(a / b);
    default: return modulo_doubles(env, a, b);
    }
}

ref_value
ref_to_string(const ref_env *env, ref_value v)
{
    switch (v.tag) {
    case REF_STR: return ref_string(v.str);
    case REF_NUM: return ref_string(ref_num_text(env->pool, v.num));
    case REF_BOOL: return ref_string(bool_text(v));
    case REF_NULL:
    case REF_LIST: break;
    }
    return ref_null();
}
