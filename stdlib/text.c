/* text.c -- text counted in code points, folded, and searched.
 *
 * Bytes are searched, code points are counted: in UTF-8 a match of bytes is a
 * match of code points.  Searches take linear time whatever the input is.
 * Invalid bytes count as one code point each, as eql_utf8_decode has it. */
#include "stdlib/call.h"

#include "base/text.h"

/* Bytes of ASCII from p on, at most n. */
static size_t
ascii_run(const char *p, size_t n)
{
    size_t i = 0;
    uint64_t w;

    for (; n - i >= 8; i += 8) {
        memcpy(&w, p + i, sizeof w);
        if (w & 0x8080808080808080u)
            break;
    }
    while (i < n && (unsigned char)p[i] < 0x80)
        i++;
    return i;
}

int64_t
eql_text_count(eql_strview s)
{
    int64_t count = 0;

    for (size_t i = 0, n; i < s.len; i += n) {
        n = ascii_run(s.p + i, s.len - i);
        if (n > 0) {
            count += (int64_t)n;
        } else {
            eql_utf8_decode(s.p + i, s.len - i, &n);
            count++;
        }
    }
    return count;
}

size_t
eql_text_offset(eql_strview s, int64_t n)
{
    size_t i = 0, step;

    while (n > 0 && i < s.len) {
        size_t most = (uint64_t)n < s.len - i ? (size_t)n : s.len - i;

        step = ascii_run(s.p + i, most);
        if (step > 0) {
            n -= (int64_t)step;
        } else {
            eql_utf8_decode(s.p + i, s.len - i, &step);
            n--;
        }
        i += step;
    }
    return i;
}

static bool
ascii_only(const eql_call *c)
{
    return c->env->dialect->case_fold == EQL_CASE_FOLD_ASCII;
}

static char
fold_byte(char b)
{
    return b >= 'A' && b <= 'Z' ? (char)(b | 0x20) : b;
}

static size_t
fold_rest(eql_strview s, char *out)
{
    size_t len = 0;

    for (size_t i = 0, n; i < s.len; i += n)
        len += eql_utf8_encode(
            eql_fold_cp(eql_utf8_decode(s.p + i, s.len - i, &n)), out + len);
    return len;
}

bool
eql_text_fold(const eql_call *c, eql_strview s, eql_strview *out)
{
    size_t plain = s.len, room = s.len;
    char *p;

    *out = s;
    if (!c->fold || s.len == 0)
        return true;
    if (!ascii_only(c)) {
        plain = ascii_run(s.p, s.len);
        room = plain + 3 * (s.len - plain); /* an invalid byte: U+FFFD */
    }
    p = eql_scratch_take(c->env->scratch, room);
    if (!p)
        return false;
    for (size_t i = 0; i < plain; i++)
        p[i] = fold_byte(s.p[i]);
    *out = eql_sv(
        p, plain + fold_rest(eql_sv(s.p + plain, s.len - plain), p + plain));
    return true;
}

/* Code points of a and b at *i and *j, which move on. */
static bool
same_folded(eql_strview a, size_t *i, eql_strview b, size_t *j)
{
    size_t m, n;
    uint32_t x = eql_utf8_decode(a.p + *i, a.len - *i, &m);
    uint32_t y = eql_utf8_decode(b.p + *j, b.len - *j, &n);

    *i += m;
    *j += n;
    return x == y || eql_fold_cp(x) == eql_fold_cp(y);
}

bool
eql_text_starts(const eql_call *c, eql_strview s, eql_strview with)
{
    size_t i = 0, j = 0;

    if (with.len == 0)
        return true;
    if (c->fold && !ascii_only(c)) {
        while (i < s.len && j < with.len)
            if (!same_folded(s, &i, with, &j))
                return false;
        return j == with.len;
    }
    if (s.len < with.len)
        return false;
    if (!c->fold)
        return memcmp(s.p, with.p, with.len) == 0;
    while (i < with.len && fold_byte(s.p[i]) == fold_byte(with.p[i]))
        i++;
    return i == with.len;
}

bool
eql_text_ends(const eql_call *c, eql_strview s, eql_strview with)
{
    size_t at = s.len - with.len;

    if (c->fold && !ascii_only(c)) {
        /* Folding keeps the number of code points, not that of bytes. */
        int64_t skip = eql_text_count(s) - eql_text_count(with);

        if (skip < 0)
            return false;
        at = eql_text_offset(s, skip);
    } else if (s.len < with.len) {
        return false;
    }
    return eql_text_starts(c, eql_sv(s.p + at, s.len - at), with);
}

bool
eql_text_find(eql_strview s, eql_strview what, size_t from, size_t *at)
{
    const char *p;

    *at = from;
    if (from > s.len)
        return false;
    if (what.len == 0)
        return true;
    if (what.len > s.len - from)
        return false;
    p = memmem(s.p + from, s.len - from, what.p, what.len);
    if (p)
        *at = (size_t)(p - s.p);
    return p != NULL;
}

static bool
reversed(const eql_call *c, eql_strview s, eql_strview *out)
{
    char *p = eql_scratch_take(c->env->scratch, s.len);

    if (!p)
        return false;
    for (size_t i = 0; i < s.len; i++)
        p[i] = s.p[s.len - 1 - i];
    *out = eql_sv(p, s.len);
    return true;
}

bool
eql_text_find_last(const eql_call *c, eql_strview s, eql_strview what,
                   size_t *at)
{
    eql_strview back, tahw;

    if (what.len == 0) {
        *at = s.len;
        return true;
    }
    /* The first one from behind: searching forward again and again would
     * take quadratic time. */
    if (!reversed(c, s, &back) || !reversed(c, what, &tahw) ||
        !eql_text_find(back, tahw, 0, at))
        return false;
    *at = s.len - *at - what.len;
    return true;
}
