/* engine_event.c -- what every event passes, on any thread: the range of time
 * of the run, and the count that progress is told by. */
#include "api/engine.h"

#define PROGRESS_EVENTS 4096u /* events between two calls of progress */

bool
eql_engine_has_range(const eqlvm_engine *e)
{
    return e->o.has_since || e->o.has_until;
}

bool
eql_engine_in_range(const eqlvm_engine *e, int64_t ns)
{
    return (!e->o.has_since || ns >= e->o.since_ns) &&
           (!e->o.has_until || ns < e->o.until_ns);
}

/* An event without a time is in no range; a pending one may yet be. */
bool
eql_engine_takes(const eqlvm_engine *e, const eql_event *ev)
{
    if (!eql_engine_has_range(e) || ev->time_kind == EQL_TIME_PENDING)
        return true;
    return ev->time_kind == EQL_TIME_SETTLED &&
           eql_engine_in_range(e, ev->time_ns);
}

void
eql_engine_progress(eqlvm_engine *e, uint64_t events)
{
    const eql_events_counters *n;

    e->progress += events;
    if (!e->o.progress || e->progress < PROGRESS_EVENTS)
        return;
    e->progress = 0;
    n = eql_events_get_counters(e->events);
    e->o.progress(e->o.ctx, n->bytes, n->accepted);
}
