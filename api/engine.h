/* engine.h -- eqlvm_engine's insides, for engine.c and stats.c. */
#ifndef EQL_API_ENGINE_H
#define EQL_API_ENGINE_H

#include <stdatomic.h>
#include <time.h>

#include "api/alert.h"
#include "api/api.h"
#include "io/events.h"
#include "vm/engine.h"

struct eqlvm_engine {
    const eql_program *program;
    eqlvm_engine_options o;
    eql_events *events;
    eql_engine *engine;
    eql_alerts alerts;
    eqlvm_alert_fn fn;
    void *ctx;

    atomic_bool stop;     /* asked for, not yet obeyed */
    bool reading_stopped; /* no more is read */
    bool finished;
    uint32_t nsettled;    /* files whose pending times are settled */
    eql_engine_result vm; /* of the last call into vm */
    bool out_of_memory;   /* while an alert was made */
    bool unreadable;      /* some event could not be fetched again */
    eql_buf error;

    uint64_t out_of_range, evaluated, nalerts, nrows, files_failed;
    uint64_t by_severity[EQL_SEVERITY_COUNT];
    uint64_t *rule_alerts; /* per rule */
    uint64_t progress;     /* events since progress was last told */
    struct timespec started, ended;
};

/* What the engine has to say: "" when nothing. */
const char *eql_engine_text(const eqlvm_engine *e);

#endif
