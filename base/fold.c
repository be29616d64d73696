/* fold.c -- Unicode simple case folding (language 6.3): C and S of
 * CaseFolding.txt.
 *
 * utf8proc has the full folding (C and F).  The two differ only where F gives
 * several code points: there S may give one, listed in simple_only, and where
 * it does not the character stays itself.  So length in code points is kept:
 * U+00DF is not "ss", and U+0130 (which has T and F entries only) is itself. */
#include "base/text.h"

#include <utf8proc.h>

/* Runs of S entries, first .. last, each mapped to itself plus delta. */
static const struct {
    uint16_t first, last;
    int16_t delta;
} simple_only[] = {
    {0x1E9E, 0x1E9E, 0x00DF - 0x1E9E},
    {0x1F88, 0x1F8F, -8},
    {0x1F98, 0x1F9F, -8},
    {0x1FA8, 0x1FAF, -8},
    {0x1FBC, 0x1FBC, -9},
    {0x1FCC, 0x1FCC, -9},
    {0x1FD3, 0x1FD3, 0x0390 - 0x1FD3},
    {0x1FE3, 0x1FE3, 0x03B0 - 0x1FE3},
    {0x1FFC, 0x1FFC, -9},
    {0xFB05, 0xFB05, 1},
};

static uint32_t
fold_simple_only(uint32_t cp)
{
    for (size_t i = 0; i < EQL_COUNTOF(simple_only); i++)
        if (cp >= simple_only[i].first && cp <= simple_only[i].last)
            return (uint32_t)((int32_t)cp + simple_only[i].delta);
    return cp;
}

static uint32_t
fold_wide(uint32_t cp)
{
    utf8proc_int32_t out[8];
    int last_class = 0;
    utf8proc_ssize_t n;

    if (cp > 0x10FFFF)
        return cp;
    n = utf8proc_decompose_char((utf8proc_int32_t)cp, out,
                                (utf8proc_ssize_t)EQL_COUNTOF(out),
                                UTF8PROC_CASEFOLD, &last_class);
    return n == 1 ? (uint32_t)out[0] : fold_simple_only(cp);
}

uint32_t
eql_fold_cp(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 0x20u : cp;
    return fold_wide(cp);
}

/* Sixteen bytes at a time: any compiler for x86-64 makes SSE2 of it. */
typedef unsigned char bytes16 __attribute__((vector_size(16)));

static inline bytes16
load16(const char *p)
{
    bytes16 v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* 0xFF where there is one of A to Z. */
static inline bytes16
capitals(bytes16 v)
{
    return (bytes16)((bytes16)(v - 'A') < 26);
}

/* Has one of sixteen bytes its high bit? */
static inline bool
any_high(const void *p)
{
    uint64_t w[2];

    memcpy(w, p, sizeof w);
    return ((w[0] | w[1]) & 0x8080808080808080u) != 0;
}

/* Eight bytes: the high bit of each byte of `upper` says that it is from 'A' on
 * and not from 'Z' + 1 on.  false: not all are ASCII. */
static inline bool
fold8(const char *p, char *out)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t w, upper;

    memcpy(&w, p, sizeof w);
    if (w & 0x80 * ones)
        return false;
    upper =
        (w + (0x80 - 'A') * ones) & ~(w + (0x7F - 'Z') * ones) & 0x80 * ones;
    w |= upper >> 2;
    memcpy(out, &w, sizeof w);
    return true;
}

size_t
eql_fold_ascii(eql_strview s, char *out)
{
    size_t i = 0;

    for (; i + 16 <= s.len; i += 16) {
        bytes16 v = load16(s.p + i);

        if (any_high(s.p + i))
            break;
        v |= capitals(v) & 0x20;
        memcpy(out + i, &v, sizeof v);
    }
    for (; i + 8 <= s.len && fold8(s.p + i, out + i); i += 8) {
    }
    /* Some bytes once more rather than one by one. */
    if (i < s.len && s.len - i < 8 && s.len >= 8 &&
        fold8(s.p + s.len - 8, out + s.len - 8))
        return s.len;
    for (; i < s.len && (unsigned char)s.p[i] < 0x80; i++)
        out[i] = (char)eql_fold_cp((unsigned char)s.p[i]);
    return i;
}

bool
eql_fold_keeps_ascii(eql_strview s)
{
    size_t i = 0;

    for (; i + 16 <= s.len; i += 16) {
        bytes16 v = load16(s.p + i);

        v |= capitals(v);
        if (any_high(&v))
            return false;
    }
    for (; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x80 || (c >= 'A' && c <= 'Z'))
            return false;
    }
    return true;
}

void
eql_fold(eql_buf *out, eql_strview s)
{
    size_t i = 0;

    while (i < s.len && eql_buf_reserve(out, s.len - i)) {
        size_t n =
            eql_fold_ascii(eql_sv(s.p + i, s.len - i), out->p + out->len);
        char enc[4];
        uint32_t cp;

        out->len += n;
        i += n;
        if (i == s.len)
            break;
        cp = fold_wide(eql_utf8_decode(s.p + i, s.len - i, &n));
        eql_buf_add(out, enc, eql_utf8_encode(cp, enc));
        i += n;
    }
}

bool
eql_fold_eq(eql_strview a, eql_strview b)
{
    size_t i = 0, j = 0;

    /* Lengths in bytes may differ: U+212A takes three bytes, its folding k
     * takes one. */
    while (i < a.len && j < b.len) {
        size_t m, n;

        if (a.p[i] == b.p[j] && (unsigned char)a.p[i] < 0x80) {
            i++;
            j++;
            continue;
        }
        if (eql_fold_cp(eql_utf8_decode(a.p + i, a.len - i, &m)) !=
            eql_fold_cp(eql_utf8_decode(b.p + j, b.len - j, &n)))
            return false;
        i += m;
        j += n;
    }
    return i == a.len && j == b.len;
}
