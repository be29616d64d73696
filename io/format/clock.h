/* clock.h -- the offset of one file's times that lack their zone, learned from
 * its records.  One per file, one thread. */
#ifndef EQL_IO_FORMAT_CLOCK_H
#define EQL_IO_FORMAT_CLOCK_H

#include "base/buf.h"
#include "io/format/options.h"

typedef struct eql_wall_clock eql_wall_clock;

/* The learned offset of one file's zone-less times. */
eql_wall_clock *eql_wall_clock_new(const eql_events_options *o);
void eql_wall_clock_free(eql_wall_clock *c);
/* One that only takes notes of what it is taught. */
eql_wall_clock *eql_wall_clock_new_notes(const eql_events_options *o);
/* Teaches c what the other has noted, in order, and empties the notes.  false:
 * there was no memory to note all. */
bool eql_wall_clock_learn_notes(eql_wall_clock *c, eql_wall_clock *notes);
/* Ends learning; afterwards eql_wall_clock_utc answers. */
void eql_wall_clock_settle(eql_wall_clock *c);

/* Event time of a pending record by the time policy, once settled. */
bool eql_wall_clock_resolve(const eql_wall_clock *c, bool has_utc,
                            int64_t utc_ns, bool has_wall, int64_t wall_ns,
                            int64_t *ns);
/* The record's own time in UTC (event.created), once settled. */
bool eql_wall_clock_created(const eql_wall_clock *c, bool has_wall,
                            int64_t wall_ns, int64_t *ns);

/* --- for formats --- */

void eql_wall_clock_learn_utc(eql_wall_clock *c, int64_t wall_ns,
                              int64_t utc_ns);
void eql_wall_clock_learn_received(eql_wall_clock *c, int64_t wall_ns,
                                   int64_t received_ns);
/* The offset given by the user; false when it is to be learned. */
bool eql_wall_clock_fixed(const eql_wall_clock *c, int64_t *offset_ns);
/* The time policy's choice (c may be NULL: robust); false: no usable time. */
bool eql_wall_clock_choose(const eql_wall_clock *c, bool has_utc,
                           int64_t utc_ns, bool has_created, int64_t created_ns,
                           int64_t *ns);

#endif
