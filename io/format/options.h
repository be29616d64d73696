/* options.h -- what reading events is told. */
#ifndef EQL_IO_FORMAT_OPTIONS_H
#define EQL_IO_FORMAT_OPTIONS_H

#include "io/format/reject.h"

typedef enum {
    EQL_INPUT_AUTO,    /* told apart line by line */
    EQL_INPUT_ECS,     /* never map */
    EQL_INPUT_WINEVENT /* always map; what is no Windows record is rejected */
} eql_input_kind;

typedef enum {
    EQL_TIME_POLICY_ROBUST, /* UtcTime unless over a minute from the record's */
    EQL_TIME_POLICY_UTCTIME, /* Sysmon's UtcTime */
    EQL_TIME_POLICY_CREATED  /* the record's own time */
} eql_time_policy;

/* Longer lines and deeper nesting are rejected. */
#define EQL_DEFAULT_LINE_BYTES ((size_t)64 << 20)
#define EQL_DEFAULT_EVENT_DEPTH 200u
#define EQL_DEFAULT_SPOOL_BYTES ((uint64_t)16 << 30)

typedef struct {
    eql_input_kind input;
    eql_time_policy time_policy;
    bool has_utc_offset;
    int64_t utc_offset_ns; /* of zone-less record times; else learned */
    eql_strview mapping;   /* mapping file's text; empty: the one built in */
    bool only_read; /* lines and blocks are read and looked at no further */
    size_t max_line_bytes;    /* 0: default; at most 1 GiB */
    uint32_t max_depth;       /* 0: default; at most 2000 */
    const char *temp_dir;     /* NULL: TMPDIR, else /tmp */
    uint64_t max_spool_bytes; /* 0: default */
    size_t block_bytes;       /* of JSON lines taken at once; 0: default */
    /* Every rejected line and repaired oddity, as it is met; may be NULL. */
    void (*problem)(void *ctx, const eql_problem *p);
    /* Asked before and while input is waited for; true ends it as if fn had
     * returned false.  On any thread.  May be NULL. */
    bool (*stop)(void *ctx);
    void *ctx;
    int wake; /* as in eql_input_stop */
} eql_events_options;

#endif
