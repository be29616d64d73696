/* wildcard.c -- whole-string wildcard match (language 6.1).
 *
 * Two cursors and one memory of the last '*': on a mismatch the run of that
 * star grows by one character and the rest is tried again.  Earlier stars
 * never need to be revisited, so the cost is at most O(pattern * text) and
 * there is no recursion. */
#include "base/text.h"

typedef struct {
    eql_strview pat, s;
    size_t pi, si; /* cursors */
    bool fold;
} matcher;

/* Both cursors past one character if they agree there. */
static bool
step(matcher *m)
{
    unsigned char pc = (unsigned char)m->pat.p[m->pi];
    unsigned char sc = (unsigned char)m->s.p[m->si];
    size_t pn = 1, sn = 1;

    if (pc == '?') {
        if (sc >= 0x80)
            eql_utf8_decode(m->s.p + m->si, m->s.len - m->si, &sn);
    } else if (!m->fold) {
        /* Bytes are enough here: '?' alone needs whole characters. */
        if (pc != sc)
            return false;
    } else if (pc < 0x80 && sc < 0x80) {
        if (pc != sc && eql_fold_cp(pc) != eql_fold_cp(sc))
            return false;
    } else {
        uint32_t a = eql_utf8_decode(m->pat.p + m->pi, m->pat.len - m->pi, &pn);
        uint32_t b = eql_utf8_decode(m->s.p + m->si, m->s.len - m->si, &sn);

        if (eql_fold_cp(a) != eql_fold_cp(b))
            return false;
    }
    m->pi += pn;
    m->si += sn;
    return true;
}

bool
eql_wildcard_match(eql_strview pattern, eql_strview s, bool fold)
{
    matcher m = {.pat = pattern, .s = s, .fold = fold};
    size_t star = SIZE_MAX, mark = 0;

    while (m.si < s.len) {
        size_t n = 1;

        if (m.pi < pattern.len && pattern.p[m.pi] == '*') {
            star = ++m.pi;
            mark = m.si;
            if (star == pattern.len)
                return true;
            continue;
        }
        if (m.pi < pattern.len && step(&m))
            continue;
        if (star == SIZE_MAX)
            return false;
        if ((unsigned char)s.p[mark] >= 0x80)
            eql_utf8_decode(s.p + mark, s.len - mark, &n);
        mark += n;
        m.si = mark;
        m.pi = star;
    }
    while (m.pi < pattern.len && pattern.p[m.pi] == '*')
        m.pi++;
    return m.pi == pattern.len;
}
