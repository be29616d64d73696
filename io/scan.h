/* scan.h -- where the structure of JSON lines stands: the first stage of the
 * fast reader.
 *
 * One pass over the bytes finds the brackets and colons outside strings, cuts
 * lines, and looks for all that makes a string one for the careful reader: bad
 * escapes, surrogates, control characters, invalid UTF-8; and for backslashes
 * outside.  What else stands outside strings is not judged here: whoever walks
 * a line has to look at every byte that is outside (walk.h, shape.h). */
#ifndef EQL_IO_SCAN_H
#define EQL_IO_SCAN_H

#include "base/base.h"

/* Which instructions; all give the same. */
typedef enum {
    EQL_KERNEL_SCALAR, /* runs everywhere */
    EQL_KERNEL_SSE,    /* SSE4.2, PCLMUL */
    EQL_KERNEL_AVX2,   /* AVX2, BMI, PCLMUL */
    EQL_KERNEL_AVX512, /* AVX-512 BW, VBMI2 */
    EQL_KERNEL_COUNT
} eql_kernel;

/* The best one of this machine; EQLVM_KERNEL=scalar|sse|avx2|avx512 in the
 * environment asks for a lower one. */
eql_kernel eql_kernel_best(void);
bool eql_kernel_runs_here(eql_kernel k);
const char *eql_kernel_name(eql_kernel k); /* static */

typedef struct {
    eql_strview text;   /* without its line feed */
    const char *base;   /* what positions count from */
    const uint32_t *at; /* positions of { } [ ] : outside strings */
    uint32_t n;
    uint32_t quotes; /* that are not escaped */
    uint32_t room;   /* readable bytes before the text */
    bool odd;        /* the careful reader has to see it */
} eql_scan_line;

/* Lines longer than this are odd, and are not looked at. */
#define EQL_SCAN_MAX_LINE ((size_t)1 << 20)
/* Bytes behind a block that may be read (not: looked at). */
#define EQL_SCAN_PADDING 64u

typedef struct eql_scan eql_scan;

eql_scan *eql_scan_new(eql_kernel k); /* NULL when out of memory */
void eql_scan_free(eql_scan *s);
/* Borrowed until the next block.  `room` bytes before it can be read. */
void eql_scan_block(eql_scan *s, eql_strview block, uint32_t room);
/* The next line; borrowed until the next call.  false: there is none. */
bool eql_scan_next(eql_scan *s, eql_scan_line *line);

#endif
