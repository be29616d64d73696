/* closest.c -- "did you mean": the candidate nearest to a misspelt name.
 *
 * Edit distance with swaps of neighbours counted once (optimal string
 * alignment), ASCII case ignored.  Names longer than LONGEST are not
 * suggested: three rows of that size live on the stack. */
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

    if (s.len > LONGEST)
        return EQL_NONE;
    for (uint32_t i = 0; i < n; i++) {
        unsigned d;

        if (names[i].len > s.len + 2 || names[i].len + 2 < s.len ||
            names[i].len > LONGEST)
            continue;
        d = distance(s, names[i], limit);
        if (d <= limit && (best == EQL_NONE || d < limit)) {
            best = i;
            limit = d;
        }
    }
    return best;
}
