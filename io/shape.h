/* shape.h -- lines that look like lines before: the same keys in the same
 * order, the same kinds of values, the same white space.
 *
 * A shape is learned from a walk (walk.h).  It knows the glue between values --
 * quotes, commas, keys, brackets, white space -- to the byte.  A line whose
 * glue is the same, whose quotes are as many, and whose numbers, words and
 * arrays are well-formed, is well-formed as a whole, and its values lie between
 * the glue: no key is looked up, no value is scanned. */
#ifndef EQL_IO_SHAPE_H
#define EQL_IO_SHAPE_H

#include "io/reader.h"
#include "io/walk.h"

/* At most so many are kept; then all are forgotten. */
#define EQL_SHAPES_MAX 2048u
#define EQL_SHAPES_WINDOWS 8192u /* pieces of glue of up to 32 bytes */

typedef struct eql_shapes eql_shapes;

/* Counts hits, misses, shapes and flushes.  NULL when out of memory. */
eql_shapes *eql_shapes_new(eql_kernel k, eql_reader_counters *n);
void eql_shapes_free(eql_shapes *s);
/* From now on, nulls are values as others are. */
void eql_shapes_keep_nulls(eql_shapes *s);
/* Raw values of a line that has a known shape; false: it has none. */
bool eql_shapes_raws(eql_shapes *s, const eql_scan_line *line, eql_raw *raws,
                     uint32_t *nraws);
/* Has the line a known shape without white space between tokens, and without a
 * name by which readers tell wrapped events and Windows records?  Counts
 * nothing. */
bool eql_shapes_is_plain(const eql_shapes *s, const eql_scan_line *line);
/* The same of the line whose raws were given last. */
bool eql_shapes_was_plain(const eql_shapes *s, const eql_scan_line *line);
/* After a miss: remembers the line's shape, when it was met before. */
void eql_shapes_learn(eql_shapes *s, const eql_scan_line *line,
                      const eql_walked *w);

#endif
