/* convert.c -- values as text, text as numbers, and what a schema's types
 * make of values (language 15.1, 7.3).
 *
 * Numbers are read and written as base/number.c does, times as base/time.c
 * does; here stands what the language adds: other bases, epochs, FILETIME.
 * What cannot be converted is null, or stays as it is where the header says
 * so. */
#include "stdlib/call.h"

#include "base/text.h"

#include <math.h>

/* --- text --- */

/* buf: for numbers.  false: it has no text. */
static bool
text_of(const eql_value *v, char buf[32], eql_strview *out)
{
    switch (v->tag) {
    case EQL_BOOL: *out = eql_sv_cstr(v->u.b ? "true" : "false"); return true;
    case EQL_INT: *out = eql_sv(buf, eql_format_int(v->u.i, buf)); return true;
    case EQL_FLOAT:
        *out = eql_sv(buf, eql_format_double(v->u.d, buf));
        return true;
    case EQL_STRING: *out = eql_value_sv(v); return true;
    case EQL_NULL:
    case EQL_ARRAY:
    case EQL_OBJECT: break;
    }
    return false;
}

eql_value
eql_call_concat(const eql_call *c)
{
    char buf[32], *p;
    size_t len = 0, at = 0;
    eql_strview part;

    for (uint32_t i = 0; i < c->n; i++) {
        if (!text_of(&c->args[i], buf, &part))
            return eql_value_null();
        len += part.len;
    }
    if (len > EQL_MAX_RESULT_BYTES) {
        eql_scratch_refuse(c->env->scratch);
        return eql_value_null();
    }
    p = eql_scratch_take(c->env->scratch, len);
    if (!p)
        return eql_value_null();
    for (uint32_t i = 0; i < c->n; i++) {
        if (!text_of(&c->args[i], buf, &part))
            break;
        if (part.len)
            memcpy(p + at, part.p, part.len);
        at += part.len;
    }
    return eql_value_str(eql_sv(p, len));
}

eql_value
eql_call_string(const eql_call *c)
{
    return c->args[0].tag == EQL_STRING ? c->args[0] : eql_call_concat(c);
}

/* --- numbers --- */

static eql_strview
trimmed(eql_strview s)
{
    while (s.len && memchr(" \t\n\v\f\r", s.p[0], 6))
        s = eql_sv(s.p + 1, s.len - 1);
    while (s.len && memchr(" \t\n\v\f\r", s.p[s.len - 1], 6))
        s.len--;
    return s;
}

static eql_value
finite_or_null(double d)
{
    return isfinite(d) ? eql_value_float(d) : eql_value_null();
}

static eql_value
decimal(eql_strview s)
{
    bool is_int;
    int64_t i;
    double d;

    if (!eql_parse_number(s, &is_int, &i, &d))
        return eql_value_null();
    return is_int ? eql_value_int(i) : eql_value_float(d);
}

static int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 36;
}

/* Digits of a base, sign apart.  Beyond int64 it is a double. */
static eql_value
in_base(eql_strview s, int base, bool negative)
{
    int64_t v = 0;
    double d = 0;
    bool fits = s.len > 0;

    for (size_t i = 0; i < s.len; i++) {
        int digit = digit_of(s.p[i]);

        if (digit >= base)
            return eql_value_null();
        d = d * base + digit;
        /* Counting downwards reaches INT64_MIN as well. */
        fits = fits && !__builtin_mul_overflow(v, (int64_t)base, &v) &&
               !__builtin_sub_overflow(v, (int64_t)digit, &v);
    }
    if (s.len == 0)
        return eql_value_null();
    if (!fits || (!negative && v == INT64_MIN))
        return finite_or_null(negative ? -d : d);
    return eql_value_int(negative ? v : -v);
}

eql_value
eql_call_number(const eql_call *c)
{
    eql_value given = eql_call_arg(c, 1);
    int64_t base = 0; /* 0: not said */
    eql_strview s, digits;
    bool sign;

    if (c->args[0].tag != EQL_STRING)
        return eql_value_null();
    if (!eql_call_is_null(&given) &&
        (!eql_call_whole(&given, &base) || base < 2 || base > 36))
        return eql_value_null();
    s = trimmed(eql_value_sv(&c->args[0]));
    sign = s.len && (s.p[0] == '-' || s.p[0] == '+');
    digits = eql_sv(s.p + sign, s.len - sign);
    /* A sign and 0x do not go together (language 7.3: the text starts with
     * 0x). */
    if ((base == 0 || base == 16) && s.len > 2 && s.p[0] == '0' &&
        (s.p[1] | 0x20) == 'x')
        return in_base(eql_sv(s.p + 2, s.len - 2), 16, false);
    if (base == 0 || base == 10)
        return decimal(s);
    return in_base(digits, (int)base, sign && s.p[0] == '-');
}

/* --- types of a schema --- */

eql_value
eql_to_number(const eql_value *v)
{
    eql_value n;

    if (v->tag != EQL_STRING)
        return *v;
    n = decimal(eql_value_sv(v));
    return n.tag == EQL_NULL ? *v : n;
}

eql_value
eql_to_bool(const eql_value *v)
{
    if (v->tag != EQL_STRING)
        return *v;
    if (eql_sv_is(eql_value_sv(v), "true"))
        return eql_value_bool(true);
    if (eql_sv_is(eql_value_sv(v), "false"))
        return eql_value_bool(false);
    return *v;
}

#define NS_PER_S INT64_C(1000000000)
/* 1601-01-01 to 1970-01-01 in ticks of 100 ns. */
#define FILETIME_EPOCH INT64_C(116444736000000000)

eql_timestamp_unit
eql_time_unit(int64_t whole)
{
    static const struct {
        int64_t below;
        eql_timestamp_unit unit;
    } ranges[] = {{INT64_C(630000000), EQL_UNIT_MS},
                  {INT64_C(100000000000), EQL_UNIT_S},
                  {INT64_C(100000000000000), EQL_UNIT_MS},
                  {INT64_C(100000000000000000), EQL_UNIT_US},
                  {INT64_C(300000000000000000), EQL_UNIT_FILETIME}};

    for (size_t i = 0; i < EQL_COUNTOF(ranges); i++)
        if (whole < ranges[i].below)
            return ranges[i].unit;
    return EQL_UNIT_NS;
}

/* whole units and a part of one, in billionths, since the unit's epoch.  *unit
 * AUTO becomes the one that the size tells; any other becomes AUTO, for nothing
 * was told. */
static eql_value
instant(eql_timestamp_unit *unit, int64_t whole, int64_t billionths)
{
    static const int64_t ns_per_unit[EQL_UNIT_COUNT] = {[EQL_UNIT_S] = NS_PER_S,
                                                        [EQL_UNIT_MS] = 1000000,
                                                        [EQL_UNIT_US] = 1000,
                                                        [EQL_UNIT_NS] = 1,
                                                        [EQL_UNIT_FILETIME] =
                                                            100};
    bool by_size = *unit == EQL_UNIT_AUTO;
    eql_timestamp_unit u = by_size ? eql_time_unit(whole) : *unit;
    int64_t scale = ns_per_unit[u], ns;

    *unit = by_size ? u : EQL_UNIT_AUTO;
    if (u == EQL_UNIT_FILETIME &&
        __builtin_sub_overflow(whole, FILETIME_EPOCH, &whole))
        return eql_value_null();
    if (__builtin_mul_overflow(whole, scale, &ns) ||
        __builtin_add_overflow(ns, billionths * scale / NS_PER_S, &ns))
        return eql_value_null();
    return eql_value_int(ns);
}

static eql_value
instant_of_float(eql_timestamp_unit *unit, double d)
{
    double whole = floor(d);

    if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
        return eql_value_null();
    return instant(unit, (int64_t)whole,
                   (int64_t)((d - whole) * (double)NS_PER_S));
}

/* Digits, and perhaps a point and digits; those after the ninth are cut. */
static eql_value
instant_of_digits(eql_timestamp_unit *unit, eql_strview s)
{
    int64_t whole = 0, part = 0, scale = NS_PER_S;
    size_t i = 0, point;

    for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        if (__builtin_mul_overflow(whole, INT64_C(10), &whole) ||
            __builtin_add_overflow(whole, (int64_t)(s.p[i] - '0'), &whole))
            return eql_value_null();
    if (i == 0)
        return eql_value_null();
    if (i < s.len && s.p[i] == '.') {
        point = i++;
        for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
            scale /= 10;
            part += (s.p[i] - '0') * scale;
        }
        if (i == point + 1)
            return eql_value_null();
    }
    return i == s.len ? instant(unit, whole, part) : eql_value_null();
}

eql_value
eql_to_time_unit(const eql_dialect *d, const eql_value *v,
                 eql_timestamp_unit *by_size)
{
    eql_timestamp_unit unit = eql_dialect_unit(d);
    eql_value out = eql_value_null();
    int64_t ns;

    switch (v->tag) {
    case EQL_INT: out = instant(&unit, v->u.i, 0); break;
    case EQL_FLOAT: out = instant_of_float(&unit, v->u.d); break;
    case EQL_STRING:
        if (!eql_time_parse(eql_value_sv(v), &ns)) {
            out = instant_of_digits(&unit, eql_value_sv(v));
            break;
        }
        out = eql_value_int(ns);
        unit = EQL_UNIT_AUTO;
        break;
    case EQL_NULL:
    case EQL_BOOL:
    case EQL_ARRAY:
    case EQL_OBJECT: break;
    }
    *by_size = out.tag == EQL_INT ? unit : EQL_UNIT_AUTO;
    return out;
}

eql_value
eql_to_time(const eql_dialect *d, const eql_value *v)
{
    eql_timestamp_unit unit;

    return eql_to_time_unit(d, v, &unit);
}
