/* ref_text.c -- see ref_text.h.  Clarity before speed: wildcards fill a table,
 * the shortest decimal form is found by trying every precision. */
#include "tests/reference/ref_text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utf8proc.h>

/* utf8proc knows full folding (C + F).  Where that gives one code point it is
 * status C.  Where it gives several, the simple folding (S), if there is one,
 * is the lower case form; U+0130 has neither C nor S. */
uint32_t
ref_fold(uint32_t cp, ref_case_rule rule)
{
    utf8proc_int32_t full[8];
    int last_boundclass = 0;
    utf8proc_ssize_t n;

    if (rule == REF_EXACT)
        return cp;
    if (cp < 128)
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    if (rule == REF_FOLD_ASCII)
        return cp;
    n = utf8proc_decompose_char((utf8proc_int32_t)cp, full, 8,
                                UTF8PROC_CASEFOLD, &last_boundclass);
    if (n == 1)
        return (uint32_t)full[0];
    if (cp == 0x130)
        return cp;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

uint32_t *
ref_code_points(ref_pool *pool, ref_str s, ref_case_rule rule, size_t *n)
{
    uint32_t *cps = ref_alloc(pool, (s.n + 1) * sizeof *cps);
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;
    size_t at = 0;

    *n = 0;
    while (at < s.n) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t len =
            utf8proc_iterate(p + at, (utf8proc_ssize_t)(s.n - at), &cp);

        if (len <= 0) {
            len = 1;
            cp = 0xFFFD;
        }
        cps[(*n)++] = ref_fold((uint32_t)cp, rule);
        at += (size_t)len;
    }
    return cps;
}

ref_str
ref_slice(ref_str s, size_t from, size_t n)
{
    size_t at = 0, begin = 0;

    for (size_t count = 0;; count++) {
        if (count == from)
            begin = at;
        if (count == from + n || at >= s.n)
            return (ref_str){s.p + begin, at - begin};
        at++;
        while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
            at++;
    }
}

ref_str
ref_fold_str(ref_pool *pool, ref_str s, ref_case_rule rule)
{
    size_t n, len = 0;
    uint32_t *cps = ref_code_points(pool, s, rule, &n);
    char *out = ref_alloc(pool, 4 * n + 1);

    for (size_t i = 0; i < n; i++)
        len += (size_t)utf8proc_encode_char((utf8proc_int32_t)cps[i],
                                            (utf8proc_uint8_t *)out + len);
    return (ref_str){out, len};
}

int
ref_str_order(ref_str a, ref_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    if (c)
        return c < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

/* covers[j]: the first j code points of the text are covered by the part of
 * the pattern read so far. */
bool
ref_wild(ref_pool *pool, ref_str pattern, ref_str text, ref_wild_rule rule)
{
    size_t np, nt;
    uint32_t *p = ref_code_points(pool, pattern, rule.rule, &np);
    uint32_t *t = ref_code_points(pool, text, rule.rule, &nt);
    bool *covers = ref_alloc(pool, nt + 1);

    covers[0] = true;
    for (size_t i = 0; i < np; i++) {
        bool *next = ref_alloc(pool, nt + 1);

        for (size_t j = 0; j <= nt; j++) {
            if (p[i] == '*')
                next[j] = covers[j] || (j > 0 && next[j - 1]);
            else
                next[j] = j > 0 && covers[j - 1] &&
                          ((p[i] == '?' && rule.qmark) || p[i] == t[j - 1]);
        }
        covers = next;
    }
    return covers[nt];
}

/* Length of the digits at s. */
static size_t
digits(const char *s)
{
    size_t n = 0;

    while (s[n] >= '0' && s[n] <= '9')
        n++;
    return n;
}

/* NUL-terminated copy, or "" when s is too long or holds a NUL. */
static const char *
terminated(ref_str s, char *buf, size_t size)
{
    buf[0] = '\0';
    if (s.n < size && !memchr(s.p, '\0', s.n)) {
        memcpy(buf, s.p, s.n);
        buf[s.n] = '\0';
    }
    return buf;
}

/* [sign] (digits [. digits] | . digits) [e [sign] digits] */
bool
ref_parse_num(ref_str s, ref_num *out)
{
    char buf[400];
    const char *p = terminated(s, buf, sizeof buf);
    size_t whole, part = 0;
    bool integer = true;

    if (*p == '+' || *p == '-')
        p++;
    whole = digits(p);
    p += whole;
    if (*p == '.') {
        integer = false;
        part = digits(++p);
        p += part;
    }
    if (whole + part == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        integer = false;
        p += p[1] == '+' || p[1] == '-' ? 2 : 1;
        if (digits(p) == 0)
            return false;
        p += digits(p);
    }
    if (*p)
        return false;
    errno = 0;
    *out = (ref_num){.is_int = integer, .i = strtoll(buf, NULL, 10)};
    if (!integer || errno == ERANGE)
        *out = (ref_num){.d = strtod(buf, NULL)};
    return true;
}

/* x86's long double holds every int64 and every double exactly. */
_Static_assert(__LDBL_MANT_DIG__ >= 64, "long double must hold an int64");

int
ref_num_order(ref_num a, ref_num b)
{
    long double x = a.is_int ? (long double)a.i : (long double)a.d;
    long double y = b.is_int ? (long double)b.i : (long double)b.d;

    return (x > y) - (x < y);
}

/* The shortest digits that read back as d; then written without exponent where
 * that stays short. */
static ref_str
float_text(ref_pool *pool, double d)
{
    char sci[64], *e;
    int prec = 0, exponent, after;

    do
        snprintf(sci, sizeof sci, "%.*e", prec++, d);
    while (strtod(sci, NULL) != d);
    e = strchr(sci, 'e');
    exponent = atoi(e + 1);
    *e = '\0';
    if (exponent < -4 || exponent >= 10)
        return ref_cstr(ref_printf(pool, "%se%d", sci, exponent));
    after = prec - 1 - exponent; /* digits after the point */
    return ref_cstr(ref_printf(pool, "%.*f", after > 0 ? after : 1, d));
}

ref_str
ref_num_text(ref_pool *pool, ref_num a)
{
    if (a.is_int)
        return ref_cstr(ref_printf(pool, "%lld", (long long)a.i));
    return float_text(pool, a.d);
}

static bool
is_v4(const ref_addr *a)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

    return memcmp(a->b, mapped, sizeof mapped) == 0;
}

/* Without zone. */
static bool
parse_plain(const char *s, ref_addr *out)
{
    *out = (ref_addr){.b = {[10] = 0xFF, [11] = 0xFF}};
    if (inet_pton(AF_INET, s, out->b + 12) == 1)
        return true;
    return inet_pton(AF_INET6, s, out->b) == 1;
}

bool
ref_parse_addr(ref_str s, ref_addr *out)
{
    char buf[120], *zone;

    terminated(s, buf, sizeof buf);
    zone = strchr(buf, '%');
    if (zone && zone != buf && zone[1] && strchr(buf, ':'))
        *zone = '\0';
    return parse_plain(buf, out);
}

bool
ref_parse_block(ref_str s, ref_block *out)
{
    char buf[120], *slash;
    unsigned bits, family_bits;

    terminated(s, buf, sizeof buf);
    slash = strchr(buf, '/');
    if (slash)
        *slash = '\0';
    if (!parse_plain(buf, &out->addr))
        return false;
    /* Dotted a.b.c.d/n counts 32 bits, everything with a colon 128. */
    family_bits = strchr(buf, ':') ? 128 : 32;
    bits = family_bits;
    if (slash) {
        size_t n = digits(slash + 1);

        if (n == 0 || n > 3 || slash[1 + n])
            return false;
        bits = (unsigned)atoi(slash + 1);
        if (bits > family_bits)
            return false;
    }
    out->bits = bits + 128 - family_bits;
    out->v4 = is_v4(&out->addr) && out->bits >= 96;
    return true;
}

bool
ref_in_block(const ref_block *block, const ref_addr *addr)
{
    if (block->v4 != is_v4(addr))
        return false;
    for (unsigned i = 0; i < block->bits; i++) {
        unsigned shift = 7 - i % 8;
        unsigned x = block->addr.b[i / 8], y = addr->b[i / 8];

        if ((x >> shift & 1) != (y >> shift & 1))
            return false;
    }
    return true;
}

/* Reads exactly n digits at *p. */
static bool
take_digits(const char **p, size_t n, int *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++, ++*p) {
        if (!isdigit((unsigned char)**p))
            return false;
        *out = *out * 10 + (**p - '0');
    }
    return true;
}

static bool
take(const char **p, char c)
{
    if (**p != c)
        return false;
    ++*p;
    return true;
}

/* ".123" as a count of `unit`s divided by ten for each digit. */
static int64_t
take_fraction(const char **p, int64_t unit)
{
    int64_t sum = 0;

    if (!take(p, '.'))
        return 0;
    for (; isdigit((unsigned char)**p); ++*p) {
        unit /= 10;
        sum += unit * (**p - '0');
    }
    return sum;
}

/* Seconds to take off for the zone at *p. */
static bool
take_zone(const char **p, int64_t *offset)
{
    int sign = **p == '-' ? -1 : 1, h, m;

    *offset = 0;
    if (**p == '\0' || take(p, 'Z'))
        return true;
    if (!take(p, '+') && !take(p, '-'))
        return false;
    if (!take_digits(p, 2, &h))
        return false;
    (void)take(p, ':');
    if (!take_digits(p, 2, &m))
        return false;
    *offset = sign * (h * 3600 + m * 60);
    return true;
}

static bool
parse_iso(const char *p, int64_t *ns)
{
    struct tm tm = {0};
    int64_t fraction, offset;

    if (!take_digits(&p, 4, &tm.tm_year) || !take(&p, '-') ||
        !take_digits(&p, 2, &tm.tm_mon) || !take(&p, '-') ||
        !take_digits(&p, 2, &tm.tm_mday) || (!take(&p, 'T') && !take(&p, ' ')))
        return false;
    if (!take_digits(&p, 2, &tm.tm_hour) || !take(&p, ':') ||
        !take_digits(&p, 2, &tm.tm_min) || !take(&p, ':') ||
        !take_digits(&p, 2, &tm.tm_sec))
        return false;
    fraction = take_fraction(&p, 1000000000);
    if (!take_zone(&p, &offset) || *p)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *ns = ((int64_t)timegm(&tm) - offset) * 1000000000 + fraction;
    return true;
}

/* How long a unit of a number of this size is. */
static int64_t
unit_ns(double whole)
{
    if (whole >= 3e17)
        return 1;
    if (whole >= 1e17)
        return 100; /* since 1601 */
    if (whole >= 1e14)
        return 1000;
    return whole >= 6.3e8 && whole < 1e11 ? 1000000000 : 1000000;
}

static bool
since_epoch(int64_t whole, int64_t unit, int64_t *ns)
{
    if (unit == 100)
        whole -= 116444736000000000;
    return !__builtin_mul_overflow(whole, unit, ns);
}

bool
ref_parse_time(ref_str s, int64_t *ns)
{
    char buf[80];
    const char *p = terminated(s, buf, sizeof buf);
    size_t n = digits(p);
    int64_t whole, unit;

    if (n == 0)
        return false;
    if (n > 18 || (p[n] != '\0' && p[n] != '.'))
        return n <= 18 && parse_iso(p, ns);
    whole = strtoll(p, NULL, 10);
    unit = unit_ns((double)whole);
    if (!since_epoch(whole, unit, ns))
        return false;
    p += n;
    *ns += take_fraction(&p, unit);
    return *p == '\0';
}

bool
ref_epoch(ref_num n, int64_t *ns)
{
    double whole = n.is_int ? (double)n.i : floor(n.d);
    int64_t unit = unit_ns(whole);

    if (n.is_int)
        return since_epoch(n.i, unit, ns);
    if (!(whole > -9.2e12 && whole < 9.2e18) ||
        !since_epoch((int64_t)whole, unit, ns))
        return false;
    *ns += (int64_t)((n.d - whole) * (double)unit);
    return true;
}
