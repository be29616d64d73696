/* time.c -- times as text, for programs that take them from a user. */
#include "eqlvm/eqlvm.h"

#include "base/text.h"

#define SECOND INT64_C(1000000000)
#define DAY (24 * 3600 * SECOND)

bool
eqlvm_time_parse(const char *s, int64_t *ns)
{
    return s && ns && eql_time_parse(eql_sv_cstr(s), ns);
}

/* "2020-09-01": its beginning. */
static bool
parse_day(eql_strview s, int64_t *ns)
{
    char text[21];

    if (s.len != 10)
        return false;
    memcpy(text, s.p, 10);
    memcpy(text + 10, "T00:00:00Z", 11);
    return eql_time_parse(eql_sv(text, 20), ns);
}

static bool
unit_of(char c, int64_t *ns)
{
    switch (c) {
    case 's': *ns = SECOND; return true;
    case 'm': *ns = 60 * SECOND; return true;
    case 'h': *ns = 3600 * SECOND; return true;
    case 'd': *ns = DAY; return true;
    case 'w': *ns = 7 * DAY; return true;
    default: return false;
    }
}

/* "90s", "1d12h": a span of numbers, each with its unit. */
static bool
parse_span(eql_strview s, int64_t *ns)
{
    size_t i = 0;

    *ns = 0;
    while (i < s.len) {
        size_t first = i;
        int64_t n = 0, unit;

        for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            if (__builtin_mul_overflow(n, INT64_C(10), &n) ||
                __builtin_add_overflow(n, (int64_t)(s.p[i] - '0'), &n))
                return false;
        if (i == first || i == s.len || !unit_of(s.p[i++], &unit) ||
            __builtin_mul_overflow(n, unit, &n) ||
            __builtin_add_overflow(*ns, n, ns))
            return false;
    }
    return s.len > 0;
}

static bool
parse_ago(eql_strview s, int64_t now_ns, int64_t *ns)
{
    static const char ago[] = " ago";
    size_t n = sizeof ago - 1;
    int64_t span;

    if (s.len > n && memcmp(s.p + s.len - n, ago, n) == 0)
        s.len -= n;
    return parse_span(s, &span) && !__builtin_sub_overflow(now_ns, span, ns);
}

/* The beginning of the day, so many days ago. */
static bool
day_before(int64_t now_ns, int64_t days, int64_t *ns)
{
    int64_t into = now_ns % DAY;

    if (into < 0)
        into += DAY;
    return !__builtin_sub_overflow(now_ns, into + days * DAY, ns);
}

bool
eqlvm_time_parse_from(const char *s, int64_t now_ns, int64_t *ns)
{
    eql_strview v;

    if (!s || !ns)
        return false;
    v = eql_sv_cstr(s);
    if (eql_sv_is(v, "now")) {
        *ns = now_ns;
        return true;
    }
    if (eql_sv_is(v, "today"))
        return day_before(now_ns, 0, ns);
    if (eql_sv_is(v, "yesterday"))
        return day_before(now_ns, 1, ns);
    return eql_time_parse(v, ns) || parse_day(v, ns) ||
           parse_ago(v, now_ns, ns);
}
