/* format.h -- the interface between reading and a format: a kind of record that
 * is not ECS, and what makes an event of one.
 *
 *   a text --read--> raw values of the program's fields     (most records)
 *      `-- a tree --map--> ECS as a tree                    (any record)
 *
 * `map` takes every record of the format and says what it means; `read` stands
 * in front of it, works on the text as it is spelled, and may leave any record
 * to it.  What both make of a record is the same.  A format is a room of its
 * own and one line in io/formats.c; nothing else knows its name. */
#ifndef EQL_IO_FORMAT_FORMAT_H
#define EQL_IO_FORMAT_FORMAT_H

#include "base/buf.h"
#include "event/event.h"
#include "io/format/clock.h"
#include "io/format/options.h"
#include "io/format/read.h"
#include "program/paths.h"

struct json_t;        /* jansson's */
struct eql_scan;      /* io/fast/scan.h */
struct eql_scan_line; /* its line */

/* A record as ECS. */
typedef struct {
    struct json_t *ecs; /* new reference; without @timestamp and event.created
                    when the time is pending */
    eql_time_kind time_kind;
    int64_t time_ns; /* SETTLED: event time; PENDING: UtcTime if has_utc */
    int64_t wall_ns; /* PENDING: the record's own time if has_wall */
    bool has_utc, has_wall;
} eql_mapped;

typedef enum {
    EQL_RECORD_NONE,       /* the line is none */
    EQL_RECORD_MAPPED,     /* raws of lazy and times of the event are set */
    EQL_RECORD_UNSUPPORTED /* left to `map` */
} eql_record_status;

/* All borrowed. */
typedef struct {
    const eql_program *program;
    const eql_paths *paths;
    const void *mapping; /* what open gave */
    uint32_t max_depth;
    eql_reader_counters *counters;
} eql_format_setup;

typedef struct {
    eql_input_kind input; /* that asks for this format alone */
    eql_reject refused; /* what is no record of it is, where it is asked for */
    const char *why;    /* the same in words */

    /* Its mapping, from the text of a file of the user's, or the one built in
     * (empty).  NULL: reason in why, empty when out of memory. */
    void *(*open)(eql_strview text, eql_buf *why);
    void (*close)(void *mapping); /* NULL is fine */
    /* Is this object a record of the format? */
    bool (*recognises)(const struct json_t *object);
    /* Maps one and teaches the clock, if `learn`: while reading, not when an
     * alert shows it.  clock may be NULL.  false: out of memory. */
    bool (*map)(const void *mapping, const struct json_t *record,
                eql_wall_clock *clock, bool learn, eql_mapped *out);

    /* NULL: out of memory, or the mapping cannot be read so. */
    void *(*fast_open)(const eql_format_setup *setup);
    void (*fast_close)(void *fast); /* NULL is fine */
    /* What `recognises` says of an object with these keys (EQL_NAMES_* of
     * io/fast/names.h). */
    bool (*fast_recognises)(uint32_t keys);
    /* Valid until the next call, as long as the line is. */
    eql_record_status (*fast_read)(void *fast, struct eql_scan *scan,
                                   struct eql_scan_line *line,
                                   eql_wall_clock *clock, eql_lazy *lazy,
                                   eql_event *ev);
} eql_format;

/* All there are, in the order in which they are tried (io/formats.c). */
#define EQL_NFORMATS 1u
extern const eql_format *const eql_formats[EQL_NFORMATS];

#endif
