/* source.h -- what a run reads from, one after the other, and the state of
 * reading them: the ground that events.c, share.c and fetch.c stand on.
 * Internal to this room. */
#ifndef EQL_IO_SOURCE_H
#define EQL_IO_SOURCE_H

#include "base/hash.h"
#include "io/events.h"
#include "io/input/input.h"
#include "io/reader.h"
#include "io/preview.h"
#include "io/input/spool.h"
#include "io/event_parser.h"

/* What offset means: eql_event.store and eql_event_ref.store. */
enum {
    EQL_STORE_FILE, /* of the input file, plain */
    EQL_STORE_SPOOL,
    EQL_STORE_MEMORY /* of the caller's bytes */
};

/* Beside it in a reference, SPOOL and MEMORY: the event is shown byte by byte.
 * Of a file's bytes that is found out when they are read again. */
#define EQL_STORE_PLAIN 0x80u

/* One input, in the order of calls. */
typedef struct {
    char *path;
    uint8_t store;
    eql_input_id id;    /* FILE: so that another file of that name is noticed */
    eql_strview memory; /* MEMORY */
    eql_wall_clock *clock; /* NULL when no record of it was mapped */
    bool settled;          /* the clock is */
    bool pending;          /* some times are known only once it is */
    uint64_t lines;        /* of pushes */
    eql_times times;
} eql_event_source;

#define EQL_OPEN_FILES 8u /* kept open for fetching */

/* An input that is open for fetching. */
typedef struct {
    int fd; /* -1: free */
    uint32_t file;
    uint64_t used; /* when, by `fetches` */
} eql_open_file;

/* What decides how an event is shown. */
typedef struct {
    eql_event_ref ref;
    uint32_t file;
    bool valid, has_time;
    int64_t time_ns;
} eql_fetch_key;

struct eql_events {
    eql_events_options o;
    const eql_program *program;
    eql_event_parser parser;
    int64_t tomorrow_ns;     /* a day after the run began */
    struct eql_share *share; /* NULL: one thread */
    eql_spool *spool;
    eql_vec sources; /* eql_event_source */
    uint32_t pushed; /* source of the last push, EQL_NONE */
    eql_events_counters n;
    eql_preview preview;
    eql_buf error;

    eql_open_file open[EQL_OPEN_FILES];
    uint64_t fetches;
    /* The event fetched last: */
    eql_buf bytes;
    eql_shown shown;
    eql_fetch_key last;
    eql_fetched fetched;
};

static inline eql_event_source *
eql_event_source_at(const eql_events *e, uint32_t file)
{
    return eql_vec_at(&e->sources, file);
}

/* The file being read. */
typedef struct {
    eql_events *e;
    uint32_t file;
    eql_event_sink take;
    uint64_t bytes; /* of the files before it */
} eql_reading;

/* EQL_NONE when out of memory. */
uint32_t eql_source_add(eql_events *e, const char *path, uint8_t store);
/* After this, pending times of the source can be told. */
void eql_event_source_settle(eql_event_source *s);

/* The file becomes t's, and its events fn's. */
void eql_reading_begin(eql_reading *t, eql_event_fn fn, void *ctx);
/* Gives r, with a message where that is for lack of memory. */
eql_events_result eql_reading_end(eql_reading *t, eql_events_result r);
/* A block on the caller's thread. */
eql_events_result eql_events_block(eql_reading *t, const eql_block *b);
/* Puts kept texts into the spool. */
bool eql_events_spool(eql_events *e, uint32_t file, eql_strview text,
                      uint64_t *offset);

/* A problem goes to who wants to hear of it, and counts nothing; with the name
 * of t's file; and it is counted as a text that was rejected. */
void eql_events_tell(eql_events *e, const eql_problem *p);
void eql_events_report(eql_reading *t, const eql_problem *p);
void eql_events_reject(eql_events *e, const eql_problem *p);
/* Give r, and EQL_EVENTS_NOMEM, with a message. */
eql_events_result eql_events_failed(eql_events *e, eql_events_result r,
                                    const char *path, const char *text);
eql_events_result eql_events_no_memory(eql_events *e);

/* A hash of an event's source bytes, in the upper 24 bits of a reference's
 * store: a file that is rewritten in place is not passed off as the event. */
static inline uint32_t
eql_events_check(eql_strview text)
{
    return (uint32_t)eql_hash_check(text.p, text.len) & ~0xffu;
}

#endif
