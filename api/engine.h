/* engine.h -- eqlvm_engine's insides, shared by those who make it up. */
#ifndef EQL_API_ENGINE_H
#define EQL_API_ENGINE_H

#include <stdatomic.h>
#include <time.h>

#include "api/alert.h"
#include "api/api.h"
#include "io/events.h"
#include "io/input/find.h"
#include "vm/engine.h"

struct eqlvm_engine {
    const eql_program *program;
    eqlvm_compile_summary made; /* how the program was */
    eqlvm_engine_options o;
    eql_events *events;
    eql_find *find;
    eql_engine *engine;
    struct eql_api_share *share; /* NULL: one thread */
    eql_alerts alerts;
    eqlvm_alert_fn fn;
    void *ctx;

    atomic_bool stop;     /* asked for, not yet obeyed */
    int wake;             /* an eventfd, so that a read that waits hears of it;
                             0: none yet */
    bool reading_stopped; /* no more is read */
    bool finished;
    bool full;     /* no room for more: reading ended early, and it was told */
    uint64_t line; /* where the last event or batch began that was taken in */
    uint32_t nsettled;    /* files whose pending times are settled */
    eql_engine_result vm; /* of the last call into vm */
    bool out_of_memory;   /* while an alert was made */
    bool unreadable;      /* some event could not be fetched again */
    eql_buf error;

    uint64_t out_of_range, evaluated, nalerts, nrows, files_failed;
    uint64_t passed_over, read_before, empty; /* inputs */
    uint64_t by_severity[EQL_SEVERITY_COUNT];
    uint64_t *rule_alerts; /* per rule */
    uint64_t progress;     /* events since progress was last told */
    struct timespec started, ended;
};

/* May the event take part?  Asked on any thread. */
bool eql_engine_takes(const eqlvm_engine *e, const eql_event *ev);
/* Has the run a range at all; does it have this time? */
bool eql_engine_has_range(const eqlvm_engine *e);
bool eql_engine_in_range(const eqlvm_engine *e, int64_t ns);
/* Tells progress now and then; n: events since the last call. */
void eql_engine_progress(eqlvm_engine *e, uint64_t n);

/* Reads JSON lines in memory as if they were a file, without a copy; see
 * eql_events_read_memory.  For measuring. */
eqlvm_status eql_engine_read_memory(eqlvm_engine *e, const char *name,
                                    eql_strview text);

/* What the engine has to say: "" when nothing. */
const char *eql_engine_text(const eqlvm_engine *e);

#endif
