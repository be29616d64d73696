/* lines.h -- splits an input into the texts of single events.
 *
 * JSON lines; JSON arrays; objects around an array of events (wrapper.def),
 * also in one another; objects printed over several lines.  The first value
 * tells which, and after an array or a wrapper the next one.  Memory is bounded
 * by the longest allowed text whatever the input, and the result does not
 * depend on how it arrives in blocks.  Texts are only delimited here, not
 * judged: that is the reader's business. */
#ifndef EQL_IO_INPUT_LINES_H
#define EQL_IO_INPUT_LINES_H

#include "base/base.h"
#include "io/input/input.h"
#include "io/input/line.h"

typedef struct {
    eql_line_kind kind;
    eql_strview text; /* borrowed until the next call */
    uint64_t offset;  /* of the text in the input, bytes */
    uint64_t line;    /* where it starts, from 1 */
    uint64_t column;  /* byte of that line where it starts, from 1 */
    bool cut;         /* the input ends with it and without a newline */
    bool alone;       /* a line of JSON lines: no other text is on it */
    bool deep;        /* no wrapper in it is opened any more */
    const char *why;  /* BROKEN: static text */
} eql_line;

/* Is the text an object around events, which a splitter opens? */
bool eql_lines_is_wrapper(eql_strview text);

typedef struct eql_lines eql_lines;

/* Arrays of events in one another, wrappers' and others. */
#define EQL_LINES_ARRAYS 8u

/* max: longest text in bytes.  NULL when out of memory. */
eql_lines *eql_lines_new(eql_pull_fn pull, void *ctx, size_t max);
void eql_lines_free(eql_lines *l);
/* The input's first bytes, at least `want` unless it ends before; for telling
 * formats apart before the first eql_lines_next. */
eql_strview eql_lines_peek(eql_lines *l, size_t want);
void eql_lines_next(eql_lines *l, eql_line *out);
/* The input is one value that may span lines: all before the first
 * eql_lines_next. */
void eql_lines_single(eql_lines *l);
uint64_t eql_lines_wrappers(const eql_lines *l); /* opened so far */
/* Asks for EQL_LINE_PLAIN, once, in front of the first line from which on the
 * input is JSON lines to its end, so that somebody else may split them.  Then
 * eql_lines_rest is what was pulled of them: the line's first bytes. */
void eql_lines_leave(eql_lines *l);
eql_strview eql_lines_rest(const eql_lines *l);
/* How the input ended (never OK after EQL_LINE_END). */
eql_pull eql_lines_end(const eql_lines *l);
uint64_t eql_lines_bytes(const eql_lines *l); /* pulled so far */
uint64_t eql_lines_line(const eql_lines *l);  /* reached so far, from 1 */

#endif
