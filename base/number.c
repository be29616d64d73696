/* number.c -- numbers as text, and exact comparison of int64 with double.
 *
 * Independent of the process's locale: the grammar is checked here, and the
 * conversion runs in the C locale object, which glibc keeps static (no
 * allocation, nothing to free). */
#include "base/text.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t
skip_digits(eql_strview s, size_t i)
{
    while (i < s.len && is_digit(s.p[i]))
        i++;
    return i;
}

/* Is all of s a number?  *integer: neither fraction nor exponent. */
static bool
check_grammar(eql_strview s, bool *integer)
{
    size_t i = s.len && (s.p[0] == '-' || s.p[0] == '+');
    size_t start = i, digits;

    i = skip_digits(s, i);
    digits = i - start;
    *integer = true;
    if (i < s.len && s.p[i] == '.') {
        *integer = false;
        start = ++i;
        i = skip_digits(s, i);
        digits += i - start;
    }
    if (digits == 0)
        return false;
    if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
        *integer = false;
        i++;
        i += i < s.len && (s.p[i] == '-' || s.p[i] == '+');
        start = i;
        i = skip_digits(s, i);
        if (i == start)
            return false;
    }
    return i == s.len;
}

/* false when it is beyond int64. */
static bool
parse_int(eql_strview s, int64_t *out)
{
    bool negative = s.p[0] == '-';
    int64_t v = 0;

    for (size_t i = s.p[0] == '-' || s.p[0] == '+'; i < s.len; i++) {
        /* Counting downwards reaches INT64_MIN as well. */
        if (__builtin_mul_overflow(v, (int64_t)10, &v) ||
            __builtin_sub_overflow(v, (int64_t)(s.p[i] - '0'), &v))
            return false;
    }
    if (!negative && v == INT64_MIN)
        return false;
    *out = negative ? v : -v;
    return true;
}

/* s is a number by grammar. */
static bool
parse_double(eql_strview s, double *out)
{
    char small[128];
    char *text = s.len < sizeof small ? small : malloc(s.len + 1);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    bool ok = false;

    if (text && c) {
        memcpy(text, s.p, s.len);
        text[s.len] = '\0';
        *out = strtod_l(text, NULL, c);
        ok = isfinite(*out);
    }
    if (c)
        freelocale(c);
    if (text != small)
        free(text);
    return ok;
}

bool
eql_parse_number(eql_strview s, bool *is_int, int64_t *i, double *d)
{
    bool integer;

    if (!check_grammar(s, &integer))
        return false;
    *is_int = integer && parse_int(s, i);
    return *is_int || parse_double(s, d);
}

size_t
eql_format_int(int64_t i, char buf[32])
{
    uint64_t left = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    char digit[20];
    size_t n = 0, len = 0;

    do {
        digit[n++] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (i < 0)
        buf[len++] = '-';
    while (n > 0)
        buf[len++] = digit[--n];
    buf[len] = '\0';
    return len;
}

/* Decimal digits of |d| without trailing zeros: d = 0.d1d2.. * 10^point. */
typedef struct {
    char digit[20];
    int n;
    int point;
} decimal;

/* As many digits as `precision`, in whatever locale the process has. */
static void
to_decimal(double d, int precision, decimal *out)
{
    char text[48];
    const char *p = text;

    snprintf(text, sizeof text, "%.*e", precision - 1, d);
    out->n = 0;
    for (; *p && *p != 'e'; p++)
        if (is_digit(*p) && out->n < (int)sizeof out->digit)
            out->digit[out->n++] = *p;
    out->point = *p ? atoi(p + 1) + 1 : 1;
    while (out->n > 1 && out->digit[out->n - 1] == '0')
        out->n--;
}

static size_t
print_exponent(const decimal *x, char *out)
{
    int len = sprintf(out, "%c%s%.*s", x->digit[0], x->n > 1 ? "." : "",
                      x->n - 1, x->digit + 1);

    return (size_t)(len + sprintf(out + len, "e%d", x->point - 1));
}

static size_t
print_positional(const decimal *x, char *out)
{
    char *p = out;
    int i = 0;

    if (x->point <= 0) {
        *p++ = '0';
        *p++ = '.';
        for (int z = x->point; z < 0; z++)
            *p++ = '0';
    }
    for (; i < x->n || i < x->point; i++) {
        if (i == x->point && i > 0)
            *p++ = '.';
        *p++ = i < x->n ? x->digit[i] : '0';
    }
    if (x->point > 0 && x->n <= x->point) {
        *p++ = '.';
        *p++ = '0';
    }
    *p = '\0';
    return (size_t)(p - out);
}

/* Plain notation from 1e-3 up to 1e7, exponents outside: where Java, and so
 * Elasticsearch, changes over. */
static size_t
print_decimal(const decimal *x, bool negative, char *out)
{
    size_t sign = negative;

    if (negative)
        out[0] = '-';
    if (x->point > -3 && x->point <= 7)
        return sign + print_positional(x, out + sign);
    return sign + print_exponent(x, out + sign);
}

size_t
eql_format_double(double d, char buf[32])
{
    decimal x;
    double back;
    size_t len = 0;

    if (d == 0.0) {
        return (size_t)sprintf(buf, signbit(d) ? "-0.0" : "0.0");
    }
    /* 17 digits always suffice; fewer are tried first. */
    for (int precision = 1; precision <= 17; precision++) {
        to_decimal(fabs(d), precision, &x);
        len = print_decimal(&x, d < 0, buf);
        if (parse_double(eql_sv(buf, len), &back) && back == d)
            break;
    }
    return len;
}

int
eql_cmp_int_double(int64_t i, double d)
{
    double whole;
    int64_t w;

    if (d >= 9223372036854775808.0)
        return -1;
    if (d < -9223372036854775808.0)
        return 1;
    /* |d| now fits: its whole part converts exactly. */
    whole = trunc(d);
    w = (int64_t)whole;
    if (i != w)
        return i < w ? -1 : 1;
    return d > whole ? -1 : d < whole;
}
