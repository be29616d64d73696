/* time.c -- ISO-8601 times to nanoseconds since the Unix epoch and back.
 *
 * Proleptic Gregorian calendar, no leap seconds (":60" counts as the next
 * minute's start), no process time zone: a time without zone is UTC.  Times
 * outside int64 nanoseconds (1677-09-21 to 2262-04-11) are refused. */
#include "base/text.h"

#include <stdio.h>

#define NS_PER_S INT64_C(1000000000)

/* Days from 1970-01-01; months count from 1.  Years start in March so that
 * the leap day is the last one. */
static int64_t
days_from_civil(int64_t y, int64_t m, int64_t d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int
days_in_month(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

    return days[m - 1] + (m == 2 && leap);
}

typedef struct {
    const char *p, *end;
} cursor;

/* Exactly n digits. */
static bool
take_digits(cursor *c, int n, int *out)
{
    int v = 0;

    for (; n > 0; n--, c->p++) {
        if (c->p == c->end || *c->p < '0' || *c->p > '9')
            return false;
        v = v * 10 + (*c->p - '0');
    }
    *out = v;
    return true;
}

static bool
take_char(cursor *c, char ch)
{
    if (c->p == c->end || *c->p != ch)
        return false;
    c->p++;
    return true;
}

static bool
take_date(cursor *c, int64_t *days)
{
    int y, m, d;

    if (!take_digits(c, 4, &y) || !take_char(c, '-') ||
        !take_digits(c, 2, &m) || !take_char(c, '-') || !take_digits(c, 2, &d))
        return false;
    if (m < 1 || m > 12 || d < 1 || d > days_in_month(y, m))
        return false;
    *days = days_from_civil(y, m, d);
    return true;
}

/* Up to nine digits after the point, scaled to nanoseconds. */
static bool
take_fraction(cursor *c, int64_t *ns)
{
    int64_t v = 0;
    int n = 0;

    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++, n++) {
        if (n == 9)
            return false;
        v = v * 10 + (*c->p - '0');
    }
    if (n == 0)
        return false;
    for (; n < 9; n++)
        v *= 10;
    *ns = v;
    return true;
}

static bool
take_clock(cursor *c, int64_t *sec, int64_t *ns)
{
    int h, m, s = 0;

    *ns = 0;
    if (!take_digits(c, 2, &h) || !take_char(c, ':') || !take_digits(c, 2, &m))
        return false;
    if (take_char(c, ':')) {
        if (!take_digits(c, 2, &s))
            return false;
        if (take_char(c, '.') && !take_fraction(c, ns))
            return false;
    }
    *sec = (int64_t)h * 3600 + m * 60 + s;
    return h <= 23 && m <= 59 && s <= 60;
}

/* Nothing, Z, +hh:mm or +hhmm, up to the end. */
static bool
take_zone(cursor *c, int64_t *offset)
{
    int h, m, sign = 1;

    *offset = 0;
    if (c->p == c->end)
        return true;
    if (take_char(c, 'Z'))
        return c->p == c->end;
    if (take_char(c, '-'))
        sign = -1;
    else if (!take_char(c, '+'))
        return false;
    if (!take_digits(c, 2, &h))
        return false;
    take_char(c, ':');
    if (!take_digits(c, 2, &m) || h > 23 || m > 59)
        return false;
    *offset = sign * ((int64_t)h * 3600 + m * 60);
    return c->p == c->end;
}

/* sec * 1e9 + ns when that fits. */
static bool
join_ns(int64_t sec, int64_t ns, int64_t *out)
{
    /* Both parts of one sign, so that the product overflows only if the sum
     * does. */
    if (sec < 0 && ns > 0) {
        sec++;
        ns -= NS_PER_S;
    }
    return !__builtin_mul_overflow(sec, NS_PER_S, out) &&
           !__builtin_add_overflow(*out, ns, out);
}

bool
eql_time_parse(eql_strview s, int64_t *ns)
{
    cursor c = {s.p, s.p + s.len};
    int64_t days, sec, frac, offset, v;

    if (s.len == 0 || !take_date(&c, &days))
        return false;
    if (!take_char(&c, 'T') && !take_char(&c, ' '))
        return false;
    if (!take_clock(&c, &sec, &frac) || !take_zone(&c, &offset))
        return false;
    if (!join_ns(days * 86400 + sec - offset, frac, &v))
        return false;
    *ns = v;
    return true;
}

/* Seconds and what follows them, in the minute that is remembered; false: not
 * so simple. */
static bool
parse_rest(const eql_time_memo *m, eql_strview s, int64_t *ns)
{
    cursor c = {s.p + 17, s.p + s.len - 1};
    int64_t frac = 0;
    int sec;

    if (s.p[16] != ':' || s.p[s.len - 1] != 'Z' || !take_digits(&c, 2, &sec) ||
        sec > 59)
        return false;
    if (c.p < c.end && !(take_char(&c, '.') && take_fraction(&c, &frac)))
        return false;
    *ns = m->ns + sec * NS_PER_S + frac;
    return c.p == c.end;
}

bool
eql_time_parse_next(eql_time_memo *m, eql_strview s, int64_t *ns)
{
    if (s.len >= 20 && memcmp(s.p, m->minute, sizeof m->minute) == 0 &&
        parse_rest(m, s, ns))
        return true;
    if (!eql_time_parse(s, ns))
        return false;
    /* The minutes at the ends of what fits are left out. */
    if (s.len >= 20 && *ns > INT64_MIN + 60 * NS_PER_S &&
        *ns < INT64_MAX - 60 * NS_PER_S &&
        eql_time_parse(eql_sv(s.p, sizeof m->minute), &m->ns))
        memcpy(m->minute, s.p, sizeof m->minute);
    return true;
}

/* n digits of v, which is not negative. */
static void
put(char *buf, size_t n, int64_t v)
{
    for (; n > 0; v /= 10)
        buf[--n] = (char)('0' + v % 10);
}

size_t
eql_time_format(int64_t ns, char buf[40])
{
    int64_t sec = ns / NS_PER_S, frac = ns % NS_PER_S;
    int64_t days, era, doe, yoe, doy, mp, y, m;
    size_t n;

    if (frac < 0) {
        frac += NS_PER_S;
        sec--;
    }
    days = sec / 86400 - (sec % 86400 < 0);
    sec -= days * 86400;
    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    doe = days - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    m = mp < 10 ? mp + 3 : mp - 9;
    y = yoe + era * 400 + (m <= 2);
    put(buf, 4, y);
    buf[4] = buf[7] = '-';
    put(buf + 5, 2, m);
    put(buf + 8, 2, doy - (153 * mp + 2) / 5 + 1);
    buf[10] = 'T';
    put(buf + 11, 2, sec / 3600);
    buf[13] = buf[16] = ':';
    put(buf + 14, 2, sec / 60 % 60);
    put(buf + 17, 2, sec % 60);
    buf[19] = '.';
    n = frac % 1000000 == 0 ? 3 : frac % 1000 == 0 ? 6 : 9;
    put(buf + 20, n, n == 3 ? frac / 1000000 : n == 6 ? frac / 1000 : frac);
    n += 20;
    buf[n++] = 'Z';
    buf[n] = '\0';
    return n;
}
