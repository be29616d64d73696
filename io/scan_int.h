/* scan_int.h -- the state of a scan, and the step over 64 bytes that all vector
 * kernels share; only scan*.c include it. */
#ifndef EQL_IO_SCAN_INT_H
#define EQL_IO_SCAN_INT_H

#include "io/scan.h"

#define EQL_SCAN_LINES 256u /* cut per round */

/* A line of the round. */
typedef struct {
    uint32_t end;    /* position of its line feed, or of the end */
    uint32_t nat;    /* structural bytes up to there */
    uint32_t quotes; /* in the line */
    bool odd;
} eql_scan_cut;

typedef struct {
    const char *p;
    uint32_t len; /* up to here in this round */
    uint32_t i;   /* looked at so far */
    uint32_t *at; /* room for len + 64 */
    uint32_t nat;
    eql_scan_cut *cuts; /* EQL_SCAN_LINES of them */
    uint32_t ncuts;
    uint32_t quotes; /* of the line at hand */
    bool odd;        /* the same */
    uint32_t utf8;   /* valid up to here, where it was asked */
    uint64_t escape; /* 1: the next byte is escaped */
    uint64_t inside; /* all ones: in a string */
} eql_scan_state;

/* 64 bytes, a bit each. */
typedef struct {
    uint64_t backslash, quote, structural, control, newline, high;
} eql_scan_masks;

typedef void (*eql_scan_kernel)(eql_scan_state *s);
void eql_scan_scalar(eql_scan_state *s);
#if defined(__x86_64__)
void eql_scan_sse(eql_scan_state *s);
void eql_scan_avx2(eql_scan_state *s);
void eql_scan_avx512(eql_scan_state *s);
#endif

/* Are the bytes after the `u` at `at` four hex digits, and no surrogate? */
bool eql_scan_unicode_ok(const char *p, uint32_t len, uint32_t at);
/* Valid UTF-8 up to `to`, or a bit beyond?  Goes on at *from. */
bool eql_scan_utf8_ok(const char *p, uint32_t len, uint32_t *from, uint32_t to);

/* At a line feed, or at the end.  false: the round has no room for more. */
static inline bool
eql_scan_cut_line(eql_scan_state *s, uint32_t end, bool odd)
{
    eql_scan_cut *c = &s->cuts[s->ncuts++];

    c->end = end;
    c->nat = s->nat;
    c->quotes = s->quotes;
    c->odd = s->odd | odd;
    s->quotes = 0;
    s->odd = false;
    return s->ncuts < EQL_SCAN_LINES;
}

/* A kernel works on a copy of the state that never leaves its registers: what
 * is called in the midst gets its parts, or a copy. */
#define EQL_SCAN_INLINE static inline __attribute__((always_inline))

/* Which bytes are escaped.  Odd runs of backslashes, by carrying through an
 * addition: the trick of simdjson. */
EQL_SCAN_INLINE uint64_t
eql_scan_escaped(eql_scan_state *s, uint64_t backslash)
{
    const uint64_t odd = UINT64_C(0xaaaaaaaaaaaaaaaa);
    uint64_t escaped, starts, code;

    if (!backslash) {
        escaped = s->escape;
        s->escape = 0;
        return escaped;
    }
    starts = backslash & ~s->escape;
    code = (((starts << 1) | odd) - starts) ^ odd;
    escaped = code ^ (backslash | s->escape);
    s->escape = (code & backslash) >> 63;
    return escaped;
}

/* Is one of these escapes a bad one? */
static inline bool
eql_scan_bad_escape(const char *p, uint32_t len, uint32_t i, uint64_t escapes)
{
    for (; escapes; escapes &= escapes - 1) {
        uint32_t at = i + (uint32_t)__builtin_ctzll(escapes);
        char c = at < len ? p[at] : '\0';

        if (c == 'u' ? !eql_scan_unicode_ok(p, len, at)
                     : c == '\0' || !strchr("/bfnrt", c))
            return true;
    }
    return false;
}

/* Writes positions; what is beyond nat is rubbish. */
EQL_SCAN_INLINE void
eql_scan_put(eql_scan_state *s, uint64_t bits)
{
    const uint64_t stop = UINT64_C(1) << 63;
    uint32_t n = (uint32_t)__builtin_popcountll(bits);
    uint32_t *out = s->at + s->nat;

    s->nat += n;
    for (;;) {
        for (int k = 0; k < 4; k++) {
            out[k] = s->i + (uint32_t)__builtin_ctzll(bits | stop);
            bits &= bits - 1;
        }
        if (n <= 4)
            return;
        n -= 4;
        out += 4;
    }
}

/* 64 bytes in which lines end.  odd: something in them is. */
void eql_scan_put_lines(eql_scan_state *s, const eql_scan_masks *m,
                        uint64_t quotes, uint64_t inside, uint32_t n, bool odd);

/* The rest of a step over n bytes: `quotes` are those that are not escaped,
 * `inside` the bytes in strings, opening quotes too. */
EQL_SCAN_INLINE void
eql_scan_step(eql_scan_state *s, const eql_scan_masks *m, uint64_t escaped,
              uint64_t quotes, uint64_t inside, uint32_t n)
{
    bool odd = ((m->control & inside) | (m->backslash & ~inside)) != 0;
    uint64_t escapes = escaped & ~(m->backslash | m->quote);

    s->inside = (uint64_t)((int64_t)inside >> 63);
    if (__builtin_expect(escapes != 0, 0))
        odd |= eql_scan_bad_escape(s->p, s->len, s->i, escapes);
    if (__builtin_expect(m->high != 0, 0)) {
        uint32_t from = s->utf8 > s->i ? s->utf8 : s->i;

        odd |= !eql_scan_utf8_ok(s->p, s->len, &from, s->i + n);
        s->utf8 = from;
    }
    if (__builtin_expect(m->newline != 0, 0)) {
        eql_scan_state copy = *s;

        eql_scan_put_lines(&copy, m, quotes, inside, n, odd);
        *s = copy;
        return;
    }
    s->odd |= odd;
    eql_scan_put(s, m->structural & ~inside);
    s->quotes += (uint32_t)__builtin_popcountll(quotes);
    s->i += n;
}

#endif
