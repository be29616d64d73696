/* trail.h -- lines are read along ways that lines before them went.
 *
 *   {"a":"  x  ","b":  12  ,"c":{"d":"  y  "}}
 *   |step--|  |--step--|  |-step-|step-|  |step|
 *
 * A *place* is where one is between two values: in which objects, and whether
 * the innermost was just opened.  A *step* is
 * the text that leads from there to the next value, or into the next object:
 * brackets, a comma, a key, a colon, white space.  What a step does depends on
 * its place and its text alone, so lines with the same keys share steps,
 * whatever order their keys have.  A line all of whose steps are known to the
 * byte, and whose values are well-formed, is well-formed as a whole, and no key
 * is looked up.  Everything else is left to the walk (walk.h), from which steps
 * are learned. */
#ifndef EQL_IO_FAST_TRAIL_H
#define EQL_IO_FAST_TRAIL_H

#include "event/event.h"
#include "io/format/read.h"
#include "io/fast/walk.h"

/* Bytes of a step; longer ones are not known. */
#define EQL_TRAIL_MAX_GLUE 160u
/* At most so many of each are known; then all are forgotten. */
#define EQL_TRAIL_MAX_STEPS 8192u
#define EQL_TRAIL_MAX_OBJECTS 512u
/* Keys that never come again cost more to learn than all else: a line is
 * learned from at the price of so many whose way was known, of which so many
 * are given in advance and kept at most; without them, one line in so many. */
#define EQL_TRAIL_PRICE 4u
#define EQL_TRAIL_CREDIT 1024u
#define EQL_TRAIL_SELDOM 8u

typedef struct eql_trail eql_trail;

/* Borrows the names, of npaths paths.  keep_nulls: nulls are values as others
 * are.  Counts hits, misses, steps and flushes.  NULL when out of memory. */
eql_trail *eql_trail_new(const eql_names *names, uint32_t npaths,
                         uint32_t max_depth, bool keep_nulls, eql_kernel k,
                         eql_reader_counters *n);
void eql_trail_free(eql_trail *t);
typedef struct {
    uint32_t nraws;
    uint32_t special; /* as in eql_walked */
    bool plain;       /* the way was known, and the line has neither white space
                         between       tokens nor a name by which readers tell wrapped
                         events and       Windows records */
} eql_trail_found;

/* Raw values of a line that a line feed follows, or a carriage return and a
 * line feed; there is room for one more than paths.  The scan is asked for the
 * line's structure where the way is not known.  false: for the careful reader.
 */
bool eql_trail_raws(eql_trail *t, eql_scan *s, eql_scan_line *line,
                    eql_raw *raws, eql_trail_found *found);
/* Is the line plain?  It is clean, and ended as above; counts nothing. */
bool eql_trail_is_plain(eql_trail *t, eql_strview line);

#endif
