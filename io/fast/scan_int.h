/* scan_int.h -- the state of a scan, and the steps over 64 bytes that all
 * vector kernels share; only scan*.c include it. */
#ifndef EQL_IO_FAST_SCAN_INT_H
#define EQL_IO_FAST_SCAN_INT_H

#include "io/fast/scan.h"

/* --- the look: from p on to the line's end --- */

typedef struct {
    const char *p;
    size_t len;       /* of the block's rest */
    size_t i;         /* looked at so far; in the end the line's length */
    size_t escaped;   /* the byte at this position is; 0: none */
    size_t utf8;      /* valid up to here, where it was asked */
    size_t control;   /* position of the first control character + 1, or 0 */
    bool unsupported; /* an escape or a character is bad */
} eql_look;

/* 64 bytes, a bit each. */
typedef struct {
    uint64_t backslash, control, newline, high;
} eql_look_masks;

typedef void (*eql_look_kernel)(eql_look *l);
void eql_look_scalar(eql_look *l);

/* The 64 bytes at i, which are not plain.  false: the line ends in them. */
bool eql_look_step(eql_look *l, const eql_look_masks *m);

/* --- the structure of a line --- */

typedef struct {
    const char *p;
    uint32_t len;
    uint32_t i;   /* looked at so far */
    uint32_t *at; /* room for len + 64 */
    uint32_t nat;
    uint32_t quotes;
    bool unsupported;
    size_t utf8;     /* valid up to here, where it was asked */
    uint64_t escape; /* 1: the next byte is escaped */
    uint64_t inside; /* all ones: in a string */
} eql_scan_state;

/* 64 bytes, a bit each. */
typedef struct {
    uint64_t backslash, quote, structural, control, high;
} eql_scan_masks;

typedef void (*eql_scan_kernel)(eql_scan_state *s);
void eql_scan_scalar(eql_scan_state *s);

/* 64 bytes with something unsupported, or fewer.  `quotes` are those that are
 * not escaped, `inside` the bytes in strings, opening quotes too. */
void eql_scan_step(eql_scan_state *s, const eql_scan_masks *m, uint64_t escaped,
                   uint64_t quotes, uint64_t inside, uint32_t n);

#if defined(__x86_64__)
void eql_look_sse(eql_look *l);
void eql_look_avx2(eql_look *l);
void eql_look_avx512(eql_look *l);
void eql_scan_sse(eql_scan_state *s);
void eql_scan_avx2(eql_scan_state *s);
void eql_scan_avx512(eql_scan_state *s);
#endif

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

#endif
