/* events.h -- every event of a run: opening, decompressing, splitting,
 * parsing, mapping, and fetching again what an alert needs.
 *
 * The only door between event data and the rest.  JSON policy: io/json/json.h.
 * One object per run, one thread. */
#ifndef EQL_IO_EVENTS_H
#define EQL_IO_EVENTS_H

#include "base/buf.h"
#include "base/hash.h"
#include "io/format/layout.h"
#include "io/format/options.h"
#include "io/input/times.h"
#include "program/program.h"
#include "event/event.h"
#include "event/hit.h"

/* How they balance says api/counters.def. */
typedef struct {
    uint64_t files;
    uint64_t bytes; /* decompressed */
    uint64_t lines_blank;
    uint64_t read;     /* lines or array elements with something in them */
    uint64_t accepted; /* handed on as events */
    uint64_t mapped;   /* of them, through the Windows mapping */
    uint64_t unmapped; /* of them, taken as they were */
    uint64_t fallback; /* accepted ones that the fast reader left alone .. */
    uint64_t fallback_mapped; /* .. and of them, Windows records */
    uint64_t repaired;        /* invalid UTF-8 or lone surrogates replaced */
    uint64_t untimed;         /* no usable time (as read) */
    uint64_t numeric_times;   /* a number whose size told its unit */
    uint64_t odd_dates;       /* before 1990 or beyond tomorrow */
    uint64_t wrappers; /* objects around events that were opened; not in read */
    uint64_t layouts[EQL_LAYOUT_COUNT]; /* events of them, taken or not .. */
    uint64_t layouts_taken; /* .. those taken without being asked to */
    uint64_t capped; /* had more in their fields than is read (project.h) */
    uint64_t rejected[EQL_REJECT_COUNT];
    uint64_t spool_bytes;
} eql_events_counters;

typedef enum {
    EQL_EVENTS_OK,
    EQL_EVENTS_NOMEM,
    EQL_EVENTS_IO,     /* message in eql_events_error */
    EQL_EVENTS_STOPPED /* the sink returned false */
} eql_events_result;

typedef struct eql_events eql_events;

/* Called for each event; borrowed for the call.  false stops reading. */
typedef bool (*eql_event_fn)(void *ctx, const eql_event *ev);

/* NULL when out of memory or the mapping is bad (reason in why). */
eql_events *eql_events_new(const eql_program *p, const eql_events_options *o,
                           eql_buf *why);
void eql_events_free(eql_events *e);
/* Reads one file ("-" is standard input), plain, gzip, zstd or xz by content;
 * JSON lines, one JSON array, or an Elasticsearch search response.  Files
 * count from 0 in the order of calls.  EQL_EVENTS_IO leaves the object usable
 * for the next file. */
eql_events_result eql_events_read(eql_events *e, const char *path,
                                  eql_event_fn fn, void *ctx);
/* The same for bytes in memory: one event. `name` is what reports call it;
 * consecutive pushes of one name count lines of one file. */
eql_events_result eql_events_push(eql_events *e, const char *name,
                                  eql_strview event, eql_event_fn fn,
                                  void *ctx);
uint32_t eql_events_nfiles(const eql_events *e);
const char *eql_events_path(const eql_events *e, uint32_t file);
/* What was seen of the times of a file's events, so far. */
const eql_times *eql_events_times(const eql_events *e, uint32_t file);

/* JSON lines in memory, which stays as it is until the object is freed and has
 * EQL_READER_PADDING (io/input/blocks.h) readable bytes behind it.  Nothing is
 * copied; for measuring. */
eql_events_result eql_events_read_memory(eql_events *e, const char *name,
                                         eql_strview text, eql_event_fn fn,
                                         void *ctx);

/* During the call of fn: where can this event be had again?  A plain file is
 * read again, everything else is spooled.  false: I/O or budget. */
bool eql_events_keep(eql_events *e, const eql_event *ev, eql_event_ref *ref);
/* The same on the thread of a worker, see below. */
bool eql_events_keep_shared(eql_events *e, uint32_t worker, const eql_event *ev,
                            eql_event_ref *ref);
/* After a file's end: the time of one of its pending hits. */
bool eql_events_settle(eql_events *e, const eql_hit *h, int64_t *ns);
/* Has this file pending times at all? */
bool eql_events_pending(const eql_events *e, uint32_t file);

/* An event again, for an alert. */
typedef struct {
    eql_strview json;  /* as matched, one line: source bytes, or mapped ECS */
    eql_strview id;    /* its _id in an export; empty when none */
    eql_h128 identity; /* hash of _id, else of the source bytes */
    bool mapped;
} eql_fetched;
/* Borrowed until the next fetch.  has_time/time_ns: as in the match (written
 * into a mapped event's @timestamp). */
bool eql_events_fetch(eql_events *e, const eql_event_ref *ref, uint32_t file,
                      bool has_time, int64_t time_ns, eql_fetched *out);

/* Told the names of fields in the first events of each input (preview.h); fn as
 * there.  false: fn said so, or out of memory. */
typedef bool (*eql_events_name_fn)(void *ctx, eql_strview name,
                                   eql_strview text);
bool eql_events_names(const eql_events *e, eql_events_name_fn fn, void *ctx);

const eql_events_counters *eql_events_get_counters(const eql_events *e);
const char *eql_events_error(const eql_events *e); /* "" when none */

/* --- several threads --- */

/* Before the events of a batch; what to add to those of its places. */
typedef struct {
    uint64_t line;   /* to eql_event.line */
    uint64_t offset; /* to eql_event_ref.offset */
    bool kept;       /* else the texts of events could not be */
} eql_events_place;

#define EQL_MAX_WORKERS 64u
#define EQL_WORKER_BATCHES 4u /* per worker, so that it does not run dry */

/* JSON lines are shared out in blocks.  The events of one are a batch; batches
 * have small numbers that are used again once merged, below
 * workers * EQL_WORKER_BATCHES. */
typedef struct {
    uint32_t workers; /* threads, the caller's own (number 0) included */
    /* On a worker's thread: the batch's events are to come.  Returns the
     * context that `event` is called with; NULL: out of memory. */
    void *(*begin)(void *ctx, uint32_t worker, uint32_t batch);
    /* Lines count from the batch's first, from 1; false ends the batch. */
    eql_event_fn event;
    void (*end)(void *ctx, uint32_t worker);
    /* On the caller's thread, in the order of the input, no matter what became
     * of the batch.  false
     * stops reading. */
    bool (*merge)(void *ctx, uint32_t batch, const eql_events_place *place);
    void *ctx;
} eql_events_sharing;

/* From now on eql_events_read shares out what it can, and calls fn only for
 * the rest: files of less than two blocks, arrays, objects over several lines.
 * Threads are started by the first file that is worth it.  s is copied, with 1
 * .. EQL_MAX_WORKERS workers.  false: out of memory.
 *
 * Problems, counters and the order of all that is merged are those of one
 * thread, as long as nothing ends the run early; then what comes after the end
 * may be counted up to the batch's end. */
bool eql_events_share(eql_events *e, const eql_events_sharing *s);

#endif
