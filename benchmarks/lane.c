/* worker.c -- times one rule set over one corpus (worker.h). */
#include "benchmarks/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/engine.h"
#include "io/events.h"

struct lane {
    const lane_rules *rules;
    const lane_corpus *corpus;
    const lane_corpus *before; /* read first by new engines, or NULL */
    eqlvm_engine *engine;      /* of all rounds */
    eql_events *events;        /* of all rounds, for reading alone */
    lane_times times;
    eqlvm_stats stats; /* of the last new engine */
    uint64_t alert_bytes;
};

/* Where alerts go: made and formatted, then counted. */
typedef struct {
    eqlvm_writer *writer;
    uint64_t bytes;
} alert_sink;

double
lane_thread_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool
count_bytes(void *ctx, const char *p, size_t len)
{
    alert_sink *s = ctx;

    (void)p;
    s->bytes += len;
    return true;
}

static bool
write_alert(void *ctx, const eqlvm_alert *a)
{
    alert_sink *s = ctx;

    return eqlvm_writer_alert(s->writer, a) == EQLVM_OK;
}

static bool
ignore_alert(void *ctx, const eqlvm_alert *a)
{
    (void)ctx;
    (void)a;
    return true;
}

static bool
ignore_event(void *ctx, const eql_event *ev)
{
    (void)ctx;
    (void)ev;
    return true;
}

static eqlvm_engine *
new_engine(const lane_rules *r, eqlvm_alert_fn fn, void *ctx)
{
    eqlvm_engine_options o = {.threads = 1};
    char reason[256];
    eqlvm_engine *e =
        eqlvm_engine_new(r->program, &o, fn, ctx, reason, sizeof reason);

    if (!e)
        fprintf(stderr, "bench: %s\n", reason);
    return e;
}

/* One pass over the corpus; seconds, negative on failure. */
static double
pass(eqlvm_engine *e, const lane_corpus *c)
{
    double start = lane_thread_s();

    eqlvm_status s =
        c->in_memory
            ? eql_engine_read_memory(e, c->name, eql_sv(c->bytes, c->len))
            : eqlvm_engine_read(e, c->source);

    if (s == EQLVM_OK)
        return lane_thread_s() - start;
    fprintf(stderr, "bench: %s: %s\n", c->name, eqlvm_engine_error(e));
    return -1;
}

static double
pass_reading(lane *l)
{
    double start = lane_thread_s();

    const lane_corpus *c = l->corpus;
    eql_events_result r =
        c->in_memory
            ? eql_events_read_memory(l->events, c->name,
                                     eql_sv(c->bytes, c->len), ignore_event,
                                     NULL)
            : eql_events_read(l->events, c->source, ignore_event, NULL);

    if (r == EQL_EVENTS_OK)
        return lane_thread_s() - start;
    fprintf(stderr, "bench: %s: %s\n", l->corpus->name,
            eql_events_error(l->events));
    return -1;
}

/* A new engine's first pass, to its alerts. */
static bool
first_pass(lane *l, double *cold, double *finish)
{
    alert_sink sink = {0};
    eqlvm_writer_options wo = {.format = EQLVM_FORMAT_NDJSON};
    eqlvm_engine *e = new_engine(l->rules, write_alert, &sink);
    double start;
    bool ok;

    sink.writer = eqlvm_writer_new(l->rules->program, &wo, count_bytes, &sink);
    ok = e && sink.writer && (!l->before || pass(e, l->before) >= 0);
    if (ok) {
        *cold = pass(e, l->corpus);
        start = lane_thread_s();
        ok = *cold >= 0 && eqlvm_engine_finish(e) == EQLVM_OK;
        *finish = lane_thread_s() - start;
        eqlvm_engine_stats(e, &l->stats);
        l->alert_bytes = sink.bytes;
    }
    eqlvm_writer_free(sink.writer);
    eqlvm_engine_free(e);
    return ok;
}

lane *
lane_new(const lane_rules *r, const lane_corpus *c, const lane_corpus *before)
{
    eql_events_options eo = {0};
    eql_buf why = {0};
    lane *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->rules = r;
    l->corpus = c;
    l->before = before;
    l->engine = new_engine(r, ignore_alert, NULL);
    l->events = eql_events_new(r->program->p, &eo, &why);
    eql_buf_free(&why);
    /* The warm engine's own first pass is not among the rounds. */
    if (!l->engine || !l->events || pass(l->engine, c) < 0 ||
        pass_reading(l) < 0) {
        lane_free(l);
        return NULL;
    }
    return l;
}

void
lane_free(lane *l)
{
    if (!l)
        return;
    eqlvm_engine_free(l->engine);
    eql_events_free(l->events);
    free(l);
}

bool
lane_round(lane *l, unsigned round, bool scan_only)
{
    lane_times *t = &l->times;

    t->scan[round] = pass_reading(l);
    if (scan_only)
        return t->scan[round] >= 0;
    t->warm[round] = pass(l->engine, l->corpus);
    return t->scan[round] >= 0 && t->warm[round] >= 0 &&
           first_pass(l, &t->cold[round], &t->finish[round]);
}

const lane_times *
lane_get_times(const lane *l)
{
    return &l->times;
}

const eqlvm_stats *
lane_get_stats(const lane *l)
{
    return &l->stats;
}

uint64_t
lane_alert_bytes(const lane *l)
{
    return l->alert_bytes;
}
