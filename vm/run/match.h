/* match.h -- what the engine hands out, and whom it calls for it. */
#ifndef EQL_VM_RUN_MATCH_H
#define EQL_VM_RUN_MATCH_H

#include "event/event.h"
#include "event/hit.h"

/* One event of a match. */
typedef struct {
    uint32_t stage; /* of program.stages[] */
    bool missing;   /* the place of a `![ ]`: nothing else is set */
    uint32_t file;
    uint64_t line;
    bool has_time;
    int64_t time_ns;
    eql_event_ref ref;
    eql_strview kept; /* captured values (capture.h), for pipes */
} eql_match_event;

typedef struct {
    uint32_t rule;                 /* of program.rules[] */
    uint32_t severity;             /* eql_severity_level after overrides */
    const eql_match_event *events; /* one per position, runs expanded */
    uint32_t nevents;              /* 0: a row of `count` */
    eql_strview key;               /* tuple, see hit.h; empty without keys */
    eql_strview row;               /* JSON object: the row of a `count`, or what
                                      `unique_count` adds; else empty */
    int64_t time_ns; /* of the last positive event, valid if has_time */
    bool has_time;
} eql_match;

typedef struct {
    /* Both return false to end the run early (an error of the caller's,
     * or a closed pipe). */
    /* Where can the bytes of this event be had again?  Called once per hit. */
    bool (*keep)(void *ctx, const eql_event *ev, eql_event_ref *ref);
    bool (*match)(void *ctx, const eql_match *m);
    /* Asked between hits at the finish, as if match returned false.  May be
     * NULL. */
    bool (*stop)(void *ctx);
    void *ctx;
} eql_engine_calls;

#endif
