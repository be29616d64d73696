/* reader.h -- the text of one event to the event view.
 *
 * This is the seam for other readers: events.c knows files, lines and counts,
 * a reader knows what stands in a text.  The strict reader behind it takes
 * every text and is the judge of any faster one. */
#ifndef EQL_IO_READER_H
#define EQL_IO_READER_H

#include "base/buf.h"
#include "event/event.h"
#include "io/format/clock.h"
#include "io/format/options.h"
#include "io/format/read.h"
#include "io/input/blocks.h"
#include "program/program.h"

typedef struct eql_reader eql_reader;

typedef struct {
    eql_input_kind input;
    uint32_t max_depth;  /* at most EQL_JSON_MAX_DEPTH */
    eql_strview mapping; /* text; empty: the one built in */
    bool strict;         /* no fast reader */
} eql_reader_options;

/* NULL: reason in why; empty when out of memory. */
eql_reader *eql_reader_new(const eql_program *p, const eql_reader_options *o,
                           eql_buf *why);
void eql_reader_free(eql_reader *r);
/* JSON lines to come, whole ones, of which the last may lack its line feed:
 * the fast reader looks through a block once.
 * It stays as it is until the next one; EQL_READER_PADDING bytes behind it may
 * be read. */
void eql_reader_block(eql_reader *r, eql_strview block);
/* The block's next line, without its line feed; false: there is none. */
bool eql_reader_line(eql_reader *r, eql_strview *line);
/* A text: the line that was given last, or one from elsewhere.  Sets slots,
 * lazy and time of *ev, nothing else; they are borrowed until the next call.
 * The clock learns from Windows records. */
eql_read_status eql_reader_read(eql_reader *r, eql_strview text,
                                eql_wall_clock *clock, eql_event *ev,
                                eql_read_note *note);

const eql_reader_counters *eql_reader_get_counters(const eql_reader *r);
/* Slots are filled when they are asked for, some by the strict reader.  What
 * became of those of the event that was read last: EVENT; NOMEM, and then all
 * later calls of eql_reader_read say so too; REJECTED: the strict reader takes
 * for broken what the fast one took, which is a fault of ours. */
eql_read_status eql_reader_late(const eql_reader *r);

/* An event as an alert shows it. */
typedef struct {
    eql_strview event; /* one line: source bytes, or mapped ECS; in the text, or
                          in a buffer of this record */
    eql_buf id;        /* its _id; empty when it has none */
    bool mapped;
    eql_buf mapped_json, line; /* scratch */
} eql_shown;

void eql_shown_free(eql_shown *s);
/* Is the text that was read last, and accepted, to be shown byte by byte?  May
 * say no too often. */
bool eql_reader_was_plain(const eql_reader *r);
/* Reads the same text once more, for an alert; the last event read stays as it
 * is.  Time of the match, for mapped events.  *out's buffers are reused. */
eql_read_status eql_reader_show(const eql_reader *r, eql_strview text,
                                eql_wall_clock *clock, const int64_t *time_ns,
                                eql_shown *out);

#endif
