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

#define EQL_SCAN_INLINE static inline __attribute__((always_inline))

/* Which bytes are escaped.  Odd runs of backslashes, by carrying through an
 * addition: the trick of simdjson. */
EQL_SCAN_INLINE uint64_t
eql_scan_escaped(uint64_t backslash, uint64_t *escape)
{
    const uint64_t odd = UINT64_C(0xaaaaaaaaaaaaaaaa);
    uint64_t escaped = *escape, starts, code;

    if (!backslash) {
        *escape = 0;
        return escaped;
    }
    starts = backslash & ~escaped;
    code = (((starts << 1) | odd) - starts) ^ odd;
    *escape = (code & backslash) >> 63;
    return code ^ (backslash | escaped);
}

/* 64 bytes in which lines end, or which are odd in some way, or fewer. `quotes`
 * are those that are not escaped, `inside` the bytes in strings, opening quotes
 * too. */
void eql_scan_step(eql_scan_state *s, const eql_scan_masks *m, uint64_t escaped,
                   uint64_t quotes, uint64_t inside, uint32_t n);

#endif
