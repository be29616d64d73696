/* rawmap.h -- raw Windows event records to ECS without parsing them: the
 * mapping compiled down to what a program asks for.
 *
 * A reader finds the sources of a record (eql_rawmap_sources) in its text and
 * says where they stand; what comes out is the lazy view of event/event.h.  For
 * every record it is what eql_mapping_apply and eql_project_run make of it
 * (mapping.h is the reference), or the record is left to them.
 *
 * Rules whose value can be cut out of the text are worked on as they are; the
 * results of all others are remembered by (rule, text), in bounded memory, and
 * come from the mapping's own operations when they are not. */
#ifndef EQL_IO_WINDOWS_RAWMAP_H
#define EQL_IO_WINDOWS_RAWMAP_H

#include "io/windows/mapping.h"
#include "io/fast/names.h"
#include "program/paths.h"
#include "event/event.h"

typedef struct eql_rawmap eql_rawmap;

typedef eql_names_way eql_rawmap_source; /* of at least one key */

/* Results kept, and most bytes of their texts, before all are forgotten. */
#define EQL_RAWMAP_MEMO_ENTRIES 16384u
#define EQL_RAWMAP_MEMO_BYTES ((size_t)4 << 20)
/* Longer texts, in bytes, would push out too much else. */
#define EQL_RAWMAP_MEMO_TEXT 65536u

/* Borrows all three.  NULL when out of memory. */
eql_rawmap *eql_rawmap_new(const eql_program *p, const eql_paths *paths,
                           const eql_mapping *m);
void eql_rawmap_free(eql_rawmap *r);
/* Other bounds than those above.  false: out of memory; then it remembers
 * nothing. */
bool eql_rawmap_set_memo(eql_rawmap *r, uint32_t entries, size_t bytes);

const eql_rawmap_source *eql_rawmap_sources(const eql_rawmap *r, uint32_t *n);

/* Of one record: begin, found for each source that is there (null, too), and
 * read.  The text is one valid JSON value with nothing to repair; it stays
 * until the next begin.  A source must not be found twice: leave such records
 * to the mapping. */
void eql_rawmap_begin(eql_rawmap *r);
void eql_rawmap_found(eql_rawmap *r, uint32_t source, const char *p,
                      uint32_t len);
/* All of them; the path of each is its source.  false: one is deferred. */
bool eql_rawmap_found_all(eql_rawmap *r, const eql_raw *raws, uint32_t n);
/* Sets raws, and the times as eql_mapping_apply does; the clock learns.  false:
 * for the mapping; then nothing was learned.  Borrowed until the next begin. */
bool eql_rawmap_read(eql_rawmap *r, eql_wall_clock *clock, eql_lazy *lazy,
                     eql_event *ev);

typedef struct {
    uint64_t mapped, fallbacks;     /* records: here, left to the mapping */
    uint64_t hits, misses;          /* of remembered results */
    uint64_t flushes;               /* all results forgotten: too many */
    uint64_t shapes, shape_flushes; /* of kinds of records, likewise */
} eql_rawmap_counters;

const eql_rawmap_counters *eql_rawmap_get_counters(const eql_rawmap *r);

#endif
