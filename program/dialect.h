/* dialect.h -- run-time flags of a dialect, and the paths by which a program
 * finds time, category and process identity in an event (language 2.1, 14).
 *
 * A program has exactly one dialect, and so have all its rules.  The record is
 * part of the image: uint32_t members only, no padding. */
#ifndef EQL_PROGRAM_DIALECT_H
#define EQL_PROGRAM_DIALECT_H

#include "base/base.h"
#include "base/buf.h"

#define FLAG(name, NAME, first, FIRST, second, SECOND, endpoint, endgame)      \
    enum { EQL_##NAME##_##FIRST, EQL_##NAME##_##SECOND };
#include "program/dialect.def"
#undef FLAG

/* late_events (language 8.14) */
typedef enum {
    EQL_LATE_SORT,
    EQL_LATE_REORDER,
    EQL_LATE_DROP,
    EQL_LATE_ARRIVAL,
    EQL_LATE_COUNT
} eql_late_events;

/* timestamp_unit: of numbers, and of strings of digits.  AUTO: by the size of
 * each (eql_time_unit in stdlib/functions.h), in endgame FILETIME. */
typedef enum {
    EQL_UNIT_AUTO,
    EQL_UNIT_S,
    EQL_UNIT_MS,
    EQL_UNIT_US,
    EQL_UNIT_NS,
    EQL_UNIT_FILETIME,
    EQL_UNIT_COUNT
} eql_timestamp_unit;

typedef enum {
    EQL_DIALECT_ELASTIC,
    EQL_DIALECT_ENDPOINT,
    EQL_DIALECT_ENDGAME,
    EQL_DIALECT_COUNT
} eql_dialect_name;

#define EQL_DEFAULT_RUNS_MAX 100u
#define EQL_MOST_RUNS_MAX 10000u
#define EQL_DEFAULT_SAMPLES_PER_KEY 1u
#define EQL_MOST_SAMPLES_PER_KEY 10000u
#define EQL_MOST_LATE_MS 604800000u /* 7 days */

typedef struct {
    uint32_t name; /* eql_dialect_name: the preset it began as */
#define FLAG(name, NAME, first, FIRST, second, SECOND, endpoint, endgame)      \
    uint32_t name;
#include "program/dialect.def"
#undef FLAG
    uint32_t late_events;    /* eql_late_events */
    uint32_t late_ms;        /* REORDER: span, up to EQL_MOST_LATE_MS; else 0 */
    uint32_t timestamp_unit; /* eql_timestamp_unit */
    uint32_t runs_max;       /* 1 .. EQL_MOST_RUNS_MAX */
    uint32_t samples_per_key; /* max_samples_per_key, 1 ..
                                 EQL_MOST_SAMPLES_PER_KEY */
    /* Fields, EQL_NONE when not needed.  Timestamp and category are fields 0
     * and 1 of every program (program.h). */
    uint32_t tiebreaker;       /* default tiebreaker */
    uint32_t host_key;         /* `count`, `unique_count`; FLAT */
    uint32_t process_id;       /* lineage (language 9.1); these six FLAT */
    uint32_t process_parent;   /* */
    uint32_t process_type;     /* event.type; endgame: subtype */
    uint32_t process_opcode;   /* endgame only */
    uint32_t process_ancestry; /* process.Ext.ancestry; elastic, endpoint */
    uint32_t process_name;     /* endgame only: reboot is pid 4, System */
} eql_dialect;

/* A preset with its default flags; all fields EQL_NONE. */
eql_dialect eql_dialect_preset(eql_dialect_name name);
/* "elastic", "elasticsearch", "endpoint", "endgame"; false: none of them. */
bool eql_dialect_parse(eql_strview s, eql_dialect_name *out);
const char *eql_dialect_text(uint32_t name); /* static */
/* `FLAG=VALUE`: also runs_max, max_samples_per_key, timestamp_unit,
 * late_events (sort, reorder=5s, drop, arrival).  false: why (NUL-terminated,
 * cap bytes) names what is wrong, with the values or the closest flag. */
bool eql_dialect_set(eql_dialect *d, eql_strview assignment, char *why,
                     size_t cap);
/* Appends " FLAG=VALUE" for each that is not the preset's. */
void eql_dialect_changes(const eql_dialect *d, eql_buf *out);
/* Unit of numbers that stand for times; AUTO: by the size of each. */
eql_timestamp_unit eql_dialect_unit(const eql_dialect *d);
/* Do two programs mean the same by the same rule?  Compares all but fields. */
bool eql_dialect_same_flags(const eql_dialect *a, const eql_dialect *b);
/* Every number in its range (fields are the verifier's business). */
bool eql_dialect_valid(const eql_dialect *d);

#endif
