/* fast.h -- the fast reader: scan, shape cache or walk, raw values by path,
 * slots filled when they are asked for.
 *
 * For every text the event equals what the strict reader (reader.c) makes of
 * it, or the text is left to that one. */
#ifndef EQL_IO_FAST_FAST_H
#define EQL_IO_FAST_FAST_H

#include "event/event.h"
#include "io/fast/scan.h"
#include "io/format/format.h"

typedef struct eql_fast eql_fast;

/* All slots of the last text that was read, by the strict reader; else why
 * there are none. */
typedef eql_read_status (*eql_fast_slots_fn)(void *ctx, const eql_slot **slots);

/* All borrowed. */
typedef struct {
    uint32_t max_depth;
    const void *const *mappings; /* EQL_NFORMATS; NULL: it is not looked for */
    uint32_t asked; /* the format of all records, or EQL_NONE: events, too */
    eql_fast_slots_fn slots;
    void *ctx; /* of slots */
    eql_reader_counters *counters;
} eql_fast_setup;

/* NULL when out of memory. */
eql_fast *eql_fast_new(const eql_program *p, const eql_fast_setup *setup);
void eql_fast_free(eql_fast *f);

void eql_fast_block(eql_fast *f, eql_strview block);
bool eql_fast_line(eql_fast *f, eql_strview *line);
/* Sets slots and lazy, has_utc and has_wall; of a record of a format (mapped)
 * also its times, and the clock learns.  false: for the strict reader. */
bool eql_fast_read(eql_fast *f, eql_strview text, eql_wall_clock *clock,
                   eql_event *ev, bool *mapped);
/* Is the text an event of its own that an alert shows byte by byte as it
 * stands: well-formed, no white space between tokens, neither wrapped nor a
 * record of a format?  May say no too often.  The last event read stays as it
 * is.
 */
bool eql_fast_is_plain(eql_fast *f, eql_strview text);
/* Is the text that was read last one? */
bool eql_fast_was_plain(const eql_fast *f);
/* The time of the event that was read, which was not mapped; false: ask its
 * slot. */
bool eql_fast_time(eql_fast *f, int64_t *ns);
/* eql_reader_late of the last text. */
eql_read_status eql_fast_late(const eql_fast *f);

#endif
