/* input.h -- the bytes of one input, decompressed, in blocks.
 *
 * By read(), never mmap: page faults cost more, and a file that is cut short
 * while it is read must not kill the process. */
#ifndef EQL_IO_INPUT_INPUT_H
#define EQL_IO_INPUT_INPUT_H

#include "base/buf.h"

/* How a pull of bytes ended.  All but OK are final and repeat. */
typedef enum {
    EQL_PULL_OK,      /* at least one byte */
    EQL_PULL_END,     /* the input ends, in order */
    EQL_PULL_IO,      /* read failed; reason in eql_input_error */
    EQL_PULL_DAMAGED, /* compressed data is damaged; reason as well */
    EQL_PULL_STOPPED, /* the caller wants to stop */
    EQL_PULL_NOMEM
} eql_pull;

/* Puts 1 .. cap bytes at dst; may put fewer than are to come. */
typedef eql_pull (*eql_pull_fn)(void *ctx, char *dst, size_t cap, size_t *n);

/* Asked before every read, and while one waits; true ends reading. */
typedef struct {
    bool (*stop)(void *ctx); /* may be NULL: go on */
    void *ctx;
    int wake; /* an eventfd(2): when it is readable, stop is asked; 0: none */
} eql_input_stop;

typedef struct eql_input eql_input;

/* "-" is standard input.  NULL: reason in why, path included; why is empty
 * when out of memory. */
eql_input *eql_input_open(const char *path, eql_input_stop stop, eql_buf *why);
void eql_input_free(eql_input *in);
/* An eql_pull_fn; ctx is the eql_input. */
eql_pull eql_input_pull(void *in, char *dst, size_t cap, size_t *n);
/* Would a pull wait for somebody who writes, as far as can be told?  For the
 * ctx of a pull. */
bool eql_input_waits(void *in);
/* Can offsets of these bytes be read again by opening the path?  Then *id
 * tells the file from another that took its name. */
typedef struct {
    uint64_t dev, ino;
} eql_input_id;
bool eql_input_rereadable(const eql_input *in, eql_input_id *id);
const char *eql_input_error(const eql_input *in); /* "" when none */

#endif
