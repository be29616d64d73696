/* scan.h -- lines of a block, and where their structure stands: the first stage
 * of the fast reader.
 *
 * A *look* over the bytes cuts a line and tells whether it is clean: nothing in
 * it needs care, wherever its strings begin and end.  That is all that a line
 * needs whose keys are known (shape.h).  The *structure* of the others are the
 * positions of brackets and colons outside strings; in the same pass all is
 * looked for that makes a string one for the strict reader: bad escapes,
 * surrogates, control characters, invalid UTF-8; and backslashes outside.  What
 * else stands outside strings is not judged here: whoever walks a line has to
 * look at every byte that is outside (walk.h). */
#ifndef EQL_IO_FAST_SCAN_H
#define EQL_IO_FAST_SCAN_H

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

typedef struct eql_scan_line {
    eql_strview text; /* without its line feed */
    bool ended;       /* a line feed follows */
    bool clean;       /* no control characters but a carriage return at the end,
                         valid UTF-8, good escapes; surrogates are not */
    /* Once the structure was asked for: */
    const uint32_t *at; /* NULL: it was not; positions in text of { } [ ] :
                           outside strings */
    uint32_t n;
    uint32_t quotes; /* that are not escaped */
} eql_scan_line;

/* Longer lines are not clean, and their structure is unsupported. */
#define EQL_SCAN_MAX_LINE ((size_t)1 << 20)
/* Bytes behind a block that may be read (not: looked at). */
#define EQL_SCAN_PADDING 64u

typedef struct eql_scan eql_scan;

eql_scan *eql_scan_new(eql_kernel k); /* NULL when out of memory */
void eql_scan_free(eql_scan *s);
/* Borrowed until the next block. */
void eql_scan_block(eql_scan *s, eql_strview block);
/* The next line; false: there is none. */
bool eql_scan_next(eql_scan *s, eql_scan_line *line);
/* The line's structure, borrowed until that of another is asked for.  false: it
 * is unsupported, the strict reader has to see it. */
bool eql_scan_structure(eql_scan *s, eql_scan_line *line);

#endif
