/* reader.h -- the text of one event to the event view.
 *
 * This is the seam for other readers: events.c knows files, lines and counts,
 * a reader knows what stands in a text.  The careful reader behind it takes
 * every text and is the judge of any faster one. */
#ifndef EQL_IO_READER_H
#define EQL_IO_READER_H

#include "io/events.h"
#include "io/json/layout.h"
#include "io/windows/mapping.h"

typedef struct eql_reader eql_reader;

typedef struct {
    eql_input_kind input;
    uint32_t max_depth;  /* at most EQL_JSON_MAX_DEPTH */
    eql_strview mapping; /* text; empty: the one built in */
    bool careful;        /* no fast reader */
} eql_reader_options;

/* How texts were read; for reports. */
typedef struct {
    uint64_t fast;    /* by the fast reader alone */
    uint64_t careful; /* handed to the careful one */
    uint64_t refills; /* of the fast ones, those that had to be parsed after all
                         for some slot */
    uint64_t trail_hits, trail_misses; /* lines: trail.h */
    uint64_t steps;                    /* learned */
    uint64_t flushes;                  /* all steps forgotten: too many */
} eql_reader_counters;

typedef enum {
    EQL_READ_EVENT,
    EQL_READ_REJECTED,
    EQL_READ_WRAPPER, /* an object around events: lines.h */
    EQL_READ_NOMEM
} eql_read_status;

typedef struct {
    bool mapped;
    bool careful;            /* the fast reader left it to the careful one */
    bool capped;             /* not all of its fields were read (project.h) */
    bool repaired;           /* `at` is where */
    eql_timestamp_unit unit; /* of its time, told by a number's size; else
                                AUTO */
    eql_layout layout; /* that an event without a category has, rejected or
                          not; else NONE */
    eql_reject reason; /* REJECTED */
    bool ended;        /* REJECTED: the text ends inside a value */
    size_t at;         /* offset in the text */
    const char *text;  /* static: what is wrong there */
} eql_read_note;

/* NULL: reason in why; empty when out of memory. */
eql_reader *eql_reader_new(const eql_program *p, const eql_reader_options *o,
                           eql_buf *why);
void eql_reader_free(eql_reader *r);
/* JSON lines to come, whole ones, of which the last may lack its line feed:
 * the fast reader looks through a block once.
 * It stays as it is until the next one; EQL_READER_PADDING bytes behind it may
 * be read. */
#define EQL_READER_PADDING 64u
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
/* Slots are filled when they are asked for, some by the careful reader.  What
 * became of those of the event that was read last: EVENT; NOMEM, and then all
 * later calls of eql_reader_read say so too; REJECTED: the careful reader takes
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
