/* ip.c -- IPv4 and IPv6 addresses and CIDR blocks.
 *
 * Everything is 16 bytes in network order; IPv4 is ::ffff:a.b.c.d, so one
 * comparison serves both and an IPv4-mapped IPv6 address is IPv4.  Parsing is
 * strict: four decimal numbers without leading zeros, or RFC 4291 text; no
 * ports, no brackets. */
#include "base/text.h"

#include <stdio.h>

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool
is_v4(const eql_ip *ip)
{
    return memcmp(ip->b, v4_prefix, sizeof v4_prefix) == 0;
}

/* Decimal number up to `max` without leading zeros at s[*i]. */
static bool
parse_decimal(eql_strview s, size_t *i, unsigned max, unsigned *out)
{
    size_t start = *i;
    unsigned v = 0;

    while (*i < s.len && *i - start < 3 && s.p[*i] >= '0' && s.p[*i] <= '9')
        v = v * 10 + (unsigned)(s.p[(*i)++] - '0');
    *out = v;
    return *i > start && v <= max && !(s.p[start] == '0' && *i - start > 1);
}

static bool
parse_v4(eql_strview s, uint8_t out[4])
{
    size_t i = 0;

    for (int k = 0; k < 4; k++) {
        unsigned v;

        if (k > 0 && (i >= s.len || s.p[i++] != '.'))
            return false;
        if (!parse_decimal(s, &i, 255, &v))
            return false;
        out[k] = (uint8_t)v;
    }
    return i == s.len;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Up to four hex digits at s[*i]. */
static bool
parse_group(eql_strview s, size_t *i, unsigned *out)
{
    size_t start = *i;
    unsigned v = 0;

    while (*i < s.len && *i - start < 4 && hex_value(s.p[*i]) >= 0)
        v = v << 4 | (unsigned)hex_value(s.p[(*i)++]);
    *out = v;
    return *i > start;
}

/* Progress through an IPv6 text. */
typedef struct {
    uint8_t b[16];
    size_t n;   /* bytes written */
    size_t gap; /* where "::" stood, SIZE_MAX when it did not */
} v6_parts;

/* One group, or the dotted IPv4 tail, at s[*i]. */
static bool
v6_item(eql_strview s, size_t *i, v6_parts *v)
{
    size_t start = *i;
    unsigned g;

    if (!parse_group(s, i, &g))
        return false;
    if (*i < s.len && s.p[*i] == '.') {
        if (v->n > 12 ||
            !parse_v4(eql_sv(s.p + start, s.len - start), v->b + v->n))
            return false;
        v->n += 4;
        *i = s.len;
        return true;
    }
    if (v->n > 14)
        return false;
    v->b[v->n++] = (uint8_t)(g >> 8);
    v->b[v->n++] = (uint8_t)g;
    return true;
}

/* "::" at s[i]? */
static bool
at_gap(eql_strview s, size_t i)
{
    return i + 1 < s.len && s.p[i] == ':' && s.p[i + 1] == ':';
}

static bool
v6_items(eql_strview s, v6_parts *v)
{
    size_t i = 0;

    if (at_gap(s, 0)) {
        v->gap = 0;
        i = 2;
    }
    while (i < s.len) {
        if (!v6_item(s, &i, v))
            return false;
        if (i == s.len)
            break;
        if (at_gap(s, i) && v->gap == SIZE_MAX) {
            v->gap = v->n;
            i += 2;
        } else if (s.p[i] == ':' && i + 1 < s.len) {
            i++;
        } else {
            return false;
        }
    }
    return v->gap == SIZE_MAX ? v->n == 16 : v->n < 16;
}

static bool
parse_v6(eql_strview s, eql_ip *out)
{
    v6_parts v = {.gap = SIZE_MAX};
    size_t tail;

    if (!v6_items(s, &v))
        return false;
    if (v.gap == SIZE_MAX)
        v.gap = v.n;
    tail = v.n - v.gap;
    memset(out->b, 0, sizeof out->b);
    memcpy(out->b, v.b, v.gap);
    memcpy(out->b + 16 - tail, v.b + v.gap, tail);
    return true;
}

bool
eql_ip_parse(eql_strview s, eql_ip *out)
{
    const char *zone;

    if (s.len == 0)
        return false;
    if (!memchr(s.p, ':', s.len)) {
        memcpy(out->b, v4_prefix, sizeof v4_prefix);
        return parse_v4(s, out->b + 12);
    }
    zone = memchr(s.p, '%', s.len);
    if (zone) {
        size_t len = (size_t)(zone - s.p);

        if (len + 1 == s.len)
            return false;
        s.len = len;
    }
    return parse_v6(s, out);
}

static void
clear_host_bits(eql_ip *ip, unsigned bits)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = bits > i * 8 ? bits - i * 8 : 0;

        if (keep < 8)
            ip->b[i] &= (uint8_t)(0xff00u >> keep);
    }
}

bool
eql_cidr_parse(eql_strview s, eql_cidr *out)
{
    const char *slash = s.len ? memchr(s.p, '/', s.len) : NULL;
    size_t addr = slash ? (size_t)(slash - s.p) : s.len;
    bool dotted = s.len && !memchr(s.p, ':', addr);
    unsigned bits = 128;
    size_t i = addr + 1;

    if (!eql_ip_parse(eql_sv(s.p, addr), &out->net))
        return false;
    if (slash) {
        if (!parse_decimal(s, &i, dotted ? 32 : 128, &bits) || i != s.len)
            return false;
        bits += dotted ? 96 : 0;
    }
    clear_host_bits(&out->net, bits);
    out->bits = (uint8_t)bits;
    return true;
}

bool
eql_cidr_contains(const eql_cidr *c, const eql_ip *ip)
{
    size_t whole = c->bits / 8u;
    unsigned rest = c->bits % 8u;

    /* A block is IPv4 if it fixes the whole IPv4 prefix; ::/0 does not. */
    if (is_v4(ip) != (c->bits >= 96 && is_v4(&c->net)))
        return false;
    if (memcmp(c->net.b, ip->b, whole) != 0)
        return false;
    return rest == 0 || (((unsigned)c->net.b[whole] ^ ip->b[whole]) &
                         (0xff00u >> rest) & 0xffu) == 0;
}

static unsigned
group_at(const eql_ip *ip, int g)
{
    return (unsigned)ip->b[2 * g] << 8 | ip->b[2 * g + 1];
}

/* Longest run of two or more zero groups, the first of equals: RFC 5952. */
static void
longest_zero_run(const eql_ip *ip, int *first, int *len)
{
    *first = 8;
    *len = 1;
    for (int g = 0; g < 8; g++) {
        int n = 0;

        while (g + n < 8 && group_at(ip, g + n) == 0)
            n++;
        if (n > *len) {
            *first = g;
            *len = n;
        }
        g += n;
    }
}

size_t
eql_ip_format(const eql_ip *ip, char buf[48])
{
    int first, len, n = 0;

    if (is_v4(ip))
        return (size_t)snprintf(buf, 48, "%u.%u.%u.%u", ip->b[12], ip->b[13],
                                ip->b[14], ip->b[15]);
    longest_zero_run(ip, &first, &len);
    for (int g = 0; g < 8; g++) {
        if (g == first) {
            n += snprintf(buf + n, 48 - (size_t)n, "::");
            g += len - 1;
            continue;
        }
        n += snprintf(buf + n, 48 - (size_t)n, "%s%x",
                      g > 0 && g != first + len ? ":" : "", group_at(ip, g));
    }
    return (size_t)n;
}
