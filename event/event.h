/* event.h -- what the VM sees of one event: the fields the program names, its
 * time, and where it came from.
 *
 * Readers (io/) fill it, the VM only reads it; this header is all that the two
 * know of each other.  Everything is borrowed: slots, values and strings live
 * until the reader is asked for the next event. */
#ifndef EQL_EVENT_EVENT_H
#define EQL_EVENT_EVENT_H

#include "base/base.h"
#include "program/value.h"

/* All values of one field, as its mode wants them (program.h), in document
 * order.  n == 0: the field is missing.
 *
 * Mode ELEMENTS: v[i] is element i, and children[i * nchildren + k] is what
 * child field k of the program field finds inside element i.  Under
 * multi_value=opaque a value that is no array is one element, without children
 * (NULL), and then an array's children are never NULL: arrayContains sees that
 * element, array functions do not. */
typedef struct eql_slot {
    const eql_value *v;
    uint32_t n;
    const struct eql_slot *children; /* NULL unless ELEMENTS */
} eql_slot;

typedef enum {
    EQL_TIME_NONE,    /* no usable time: for event queries only */
    EQL_TIME_SETTLED, /* time_ns is the event's time */
    EQL_TIME_PENDING  /* local time whose offset the file has yet to tell */
} eql_time_kind;

/* A value as the source spells it: one JSON value of the event's text, no white
 * space around it.  EQL_RAW_SLACK bytes behind it may be read. */
#define EQL_RAW_SLACK 16u
typedef struct {
    uint32_t path; /* of eql_paths (program/paths.h) */
    uint32_t len;
    const char *p; /* NULL: there may be something, but not in one piece, or it
                      is not a function of one piece of text: ask the slot */
} eql_raw;

/* What a fast reader leaves undone: slots are filled when they are asked for.
 * Equal raw texts of a path make equal slots, whichever of its fields is asked
 * for. */
typedef struct {
    const eql_raw *raws; /* paths with something in them, each once, in no
                            particular order; all others are missing */
    uint32_t nraws;
    uint32_t epoch;
    const uint32_t *filled; /* per program field: equal to epoch if its slot is
                               as it should be */
    void (*fill)(void *ctx, uint32_t field); /* fields without parent only */
    void *ctx;
} eql_lazy;

typedef struct {
    const eql_slot *slots; /* one per program field, in program order; those of
                              child fields are unused.  Ask eql_event_slot. */
    const eql_lazy *lazy;  /* NULL: all slots are filled */
    eql_time_kind time_kind;
    int64_t time_ns; /* SETTLED: event time.  PENDING: Sysmon UtcTime, valid
                        if has_utc.  Nanoseconds since 1970, UTC */
    int64_t wall_ns; /* PENDING: the record's zone-less local time read as if
                        it were UTC, valid if has_wall */
    bool has_utc;
    bool has_wall;
    bool alone; /* its line is one of JSON lines: no other event is on it */
    /* Where it came from, for references in hits. */
    uint8_t store;   /* what offset means: io's business, opaque here */
    uint32_t file;   /* number of its input, from 0 in command-line order */
    uint32_t len;    /* bytes of its source text */
    uint64_t line;   /* from 1, in the decompressed input */
    uint64_t offset; /* of its source text, in what `store` says */
} eql_event;

/* What a field without parent holds. */
static inline const eql_slot *
eql_event_slot(const eql_event *ev, uint32_t field)
{
    if (ev->lazy && ev->lazy->filled[field] != ev->lazy->epoch)
        ev->lazy->fill(ev->lazy->ctx, field);
    return &ev->slots[field];
}

#endif
