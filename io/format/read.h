/* read.h -- what became of a text that a reader was given. */
#ifndef EQL_IO_FORMAT_READ_H
#define EQL_IO_FORMAT_READ_H

#include "io/format/layout.h"
#include "io/format/reject.h"
#include "program/dialect.h"

typedef enum {
    EQL_READ_EVENT,
    EQL_READ_REJECTED,
    EQL_READ_WRAPPER, /* an object around events: lines.h */
    EQL_READ_NOMEM
} eql_read_status;

typedef struct {
    bool mapped;
    bool fallback;           /* the fast reader left it to the strict one */
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

/* How texts were read; for reports. */
typedef struct {
    uint64_t fast;     /* by the fast reader alone */
    uint64_t fallback; /* handed to the strict one */
    uint64_t refills; /* of the fast ones, those that had to be parsed after all
                         for some slot */
    uint64_t shape_hits, shape_misses; /* lines: shape.h */
    uint64_t transitions;              /* learned */
    uint64_t flushes;                  /* all steps forgotten: too many */
} eql_reader_counters;

#endif
