/* closest.c -- "did you mean": the candidate nearest to a misspelt name.
 *
 * Edit distance with swaps of neighbours counted once (optimal string
 * alignment), ASCII case ignored.  Names longer than LONGEST are not
 * suggested: three rows of that size live on the stack.  Most candidates
 * are told to be far by the bytes that they are made of. */
#include "base/diag.h"

#define LONGEST 64u

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
same(char a, char b)
{
    return lower(a) == lower(b);
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The bytes that occur in s, each as one of 64 bits. */
static uint64_t
bytes_of(eql_strview s)
{
    uint64_t set = 0;

    for (size_t i = 0; i < s.len; i++)
        set |= UINT64_C(1) << (lower(s.p[i]) & 63);
    return set;
}

/* An edit takes at most one byte away and brings at most one in. */
static bool
may_be_near(uint64_t a, uint64_t b, unsigned limit)
{
    return (unsigned)__builtin_popcountll(a ^ b) <= 2 * limit;
}

/* Both at most LONGEST long.  Beyond `limit` the distance is not found out: a
 * row that is all beyond it leads to no row that is not. */
static unsigned
distance(eql_strview a, eql_strview b, unsigned limit)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *two = rows[0], *prev = rows[1], *row = rows[2];

    for (unsigned j = 0; j <= b.len; j++)
        prev[j] = two[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned *old = two, reached = i;

        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            bool eq = same(a.p[i - 1], b.p[j - 1]);

            row[j] =
                least(least(prev[j] + 1, row[j - 1] + 1), prev[j - 1] + !eq);
            if (i > 1 && j > 1 && same(a.p[i - 1], b.p[j - 2]) &&
                same(a.p[i - 2], b.p[j - 1]))
                row[j] = least(row[j], two[j - 2] + 1);
            reached = least(reached, row[j]);
        }
        if (reached > limit)
            return reached;
        two = prev;
        prev = row;
        row = old;
    }
    return prev[b.len];
}

uint32_t
eql_closest(eql_strview s, const eql_strview *names, uint32_t n)
{
    unsigned limit = s.len / 3 < 2 ? (unsigned)(s.len / 3) : 2;
    uint32_t best = EQL_NONE;
    uint64_t bytes;

    if (s.len > LONGEST)
        return EQL_NONE;
    bytes = bytes_of(s);
    for (uint32_t i = 0; i < n; i++) {
        unsigned d;

        if (names[i].len > s.len + 2 || names[i].len + 2 < s.len ||
            names[i].len > LONGEST ||
            !may_be_near(bytes, bytes_of(names[i]), limit))
            continue;
        d = distance(s, names[i], limit);
        if (d <= limit && (best == EQL_NONE || d < limit)) {
            best = i;
            limit = d;
        }
    }
    return best;
}
