/* mapping.h -- raw Windows event records to ECS (docs/winevent-mapping.md).
 *
 * Data-driven: a mapping is a JSON document, one is compiled in.  Pure but for
 * time: NXLog and PowerShell exports write local time without its offset; a
 * clock per file learns it from Sysmon events.  Knows jansson; used only by
 * io/events.c and tests. */
#ifndef EQL_IO_WINDOWS_MAPPING_H
#define EQL_IO_WINDOWS_MAPPING_H

#include <jansson.h>

#include "base/buf.h"
#include "io/events.h"

typedef struct eql_mapping eql_mapping;
typedef struct eql_wall_clock eql_wall_clock;

/* text empty: the mapping built in.  NULL: reason in why. */
eql_mapping *eql_mapping_new(eql_strview text, eql_buf *why);
void eql_mapping_free(eql_mapping *m);
/* The text of the mapping built in (for `--mapping` users to start from). */
eql_strview eql_mapping_builtin(void);

/* Is this a Windows event record in one of the known layouts? */
bool eql_mapping_recognises(const json_t *record);

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

typedef struct {
    json_t *ecs; /* new reference; without @timestamp and event.created when
                    the time is pending */
    eql_time_kind time_kind;
    int64_t time_ns; /* SETTLED: event time; PENDING: UtcTime if has_utc */
    int64_t wall_ns; /* PENDING: the record's own time if has_wall */
    bool has_utc, has_wall;
} eql_mapped;

/* Maps one record and teaches the clock (learn = true while reading; false
 * when an alert maps it again). false: out of memory. */
bool eql_mapping_apply(const eql_mapping *m, const json_t *record,
                       eql_wall_clock *clock, bool learn, eql_mapped *out);
/* Event time of a pending record by the time policy, once settled. */
bool eql_wall_clock_resolve(const eql_wall_clock *c, bool has_utc,
                            int64_t utc_ns, bool has_wall, int64_t wall_ns,
                            int64_t *ns);
/* The record's own time in UTC (event.created), once settled. */
bool eql_wall_clock_created(const eql_wall_clock *c, bool has_wall,
                            int64_t wall_ns, int64_t *ns);

#endif
