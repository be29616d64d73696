/* shape.h -- the shape cache: lines are read along transitions learned from
 * lines before them.
 *
 *   {"a":"  x  ","b":  12  ,"c":{"d":"  y  "}}
 *   |-t1-|     |--t2--|    |-t3-|-t4-|     |t5|
 *
 * A *transition* is the text between two values: it leaves a place (which
 * object one is in, and whether that was just opened) and leads to the next
 * value, or into the next object.  A line all of whose transitions are known to
 * the byte, and whose values are well-formed, is well-formed as a whole, and no
 * key is looked up.  Everything else is left to the walk (walk.h), from which
 * transitions are learned.  How it works, and why: shape.c.  One thread. */
#ifndef EQL_IO_FAST_SHAPE_H
#define EQL_IO_FAST_SHAPE_H

#include "event/event.h"
#include "io/format/read.h"
#include "io/fast/walk.h"

/* Bytes of a transition; longer ones are not known. */
#define EQL_SHAPE_MAX_TEXT 160u
/* At most so many of each are known; then all are forgotten. */
#define EQL_SHAPE_MAX_TRANSITIONS 8192u
#define EQL_SHAPE_MAX_OBJECTS 512u
/* Learning from keys that never come again costs more than it saves.  So it is
 * paid for: to learn from a line costs PRICE, each line that was known gives 1,
 * up to CREDIT, which one also begins with.  Without credit, one line in SELDOM
 * is learned from. */
#define EQL_SHAPE_PRICE 4u
#define EQL_SHAPE_CREDIT 1024u
#define EQL_SHAPE_SELDOM 8u

typedef struct eql_shapes eql_shapes;

/* Borrows the names, of npaths paths.  keep_nulls: nulls are values as others
 * are.  Counts hits, misses, transitions and flushes.  NULL when out of
 * memory. */
eql_shapes *eql_shape_new(const eql_names *names, uint32_t npaths,
                          uint32_t max_depth, bool keep_nulls, eql_kernel k,
                          eql_reader_counters *n);
void eql_shape_free(eql_shapes *t);
typedef struct {
    uint32_t nraws;
    uint32_t special; /* as in eql_walked */
    bool plain;       /* every transition was known, and the line has neither
                         white space between tokens nor a name by which readers
                         tell wrapped events and records of a format */
} eql_shape_found;

/* Raw values of a line that a line feed follows, or a carriage return and a
 * line feed; there is room for one more than paths.  The scan is asked for the
 * line's structure where a transition is not known.  false: for the strict
 * reader.
 */
bool eql_shape_raws(eql_shapes *t, eql_scan *s, eql_scan_line *line,
                    eql_raw *raws, eql_shape_found *found);
/* Is the line plain?  It is clean, and ended as above; counts nothing. */
bool eql_shape_is_plain(eql_shapes *t, eql_strview line);

#endif
