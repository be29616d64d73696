/* reject.h -- why a text is no event, and how that is told. */
#ifndef EQL_IO_FORMAT_REJECT_H
#define EQL_IO_FORMAT_REJECT_H

#include "base/base.h"

/* Why a line was not an event. */
typedef enum {
#define X(name, key, text) EQL_REJECT_##name,
#include "io/format/reject.def"
#undef X
    EQL_REJECT_COUNT
} eql_reject;
/* Reason of a problem that was mended; nothing was rejected. */
#define EQL_REJECT_NONE EQL_REJECT_COUNT

/* A problem with the input; text says what and how to help it. */
typedef struct {
    const char *path;
    uint64_t line; /* from 1; 0 when it is about the file */
    uint64_t byte; /* of the line, from 1; 0 when unknown */
    eql_reject reason;
    const char *text;
} eql_problem;

#endif
