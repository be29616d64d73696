/* share.c -- filtering on several threads: io's batches meet vm's filters.
 *
 * A worker has a filter, a batch its hits; both know nothing of order.  Batches
 * are merged one after the other on the caller's thread, so nothing here needs
 * a lock, and no callback of the user's is called elsewhere. */
#include "api/share.h"

#include <sched.h>
#include <stdlib.h>

#include "vm/filter/worker.h"

/* What events of one block gave. */
typedef struct {
    eql_batch hits;
    uint64_t evaluated, out_of_range;
    eql_engine_result vm;
} batch;

typedef struct {
    struct eql_api_share *share;
    uint32_t number;
    eql_filter_worker *filter; /* NULL: not needed so far */
    batch *now;
} worker;

struct eql_api_share {
    eqlvm_engine *e;
    uint32_t nworkers, nbatches;
    worker *workers;
    batch *batches;
};

static uint32_t
usable_cpus(void)
{
    cpu_set_t set;
    int n = 1;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    return n < 1 ? 1 : (uint32_t)n;
}

uint32_t
eqlvm_threads(uint32_t n)
{
    if (n == 0) {
        n = usable_cpus();
        return n < EQLVM_DEFAULT_THREADS ? n : EQLVM_DEFAULT_THREADS;
    }
    return n < EQLVM_MAX_THREADS ? n : EQLVM_MAX_THREADS;
}

/* --- on a worker's thread --- */

static bool
on_keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    worker *w = ctx;

    return eql_events_keep_shared(w->share->e->events, w->number, ev, ref);
}

/* The caller's worker has the engine's filter, which it has anyway. */
static bool
has_filter(worker *w)
{
    eql_engine *vm = w->share->e->engine;
    eql_engine_calls calls = {.keep = on_keep, .ctx = w};

    if (!w->filter)
        w->filter = w->number == 0 ? eql_engine_own_worker(vm)
                                   : eql_engine_new_worker(vm, &calls);
    return w->filter != NULL;
}

static void *
on_begin(void *ctx, uint32_t number, uint32_t i)
{
    struct eql_api_share *s = ctx;
    worker *w = &s->workers[number];
    batch *b = &s->batches[i];

    if (!has_filter(w))
        return NULL;
    b->evaluated = b->out_of_range = 0;
    b->vm = EQL_ENGINE_OK;
    w->now = b;
    eql_filter_worker_begin(w->filter, &b->hits);
    return w;
}

static bool
on_event(void *ctx, const eql_event *ev)
{
    worker *w = ctx;
    batch *b = w->now;

    if (!eql_engine_takes(w->share->e, ev)) {
        b->out_of_range++;
        return true;
    }
    b->evaluated++;
    b->vm = eql_filter_worker_event(w->filter, ev);
    return b->vm == EQL_ENGINE_OK;
}

static void
on_end(void *ctx, uint32_t number)
{
    struct eql_api_share *s = ctx;
    worker *w = &s->workers[number];

    eql_filter_worker_end(w->filter);
    w->now = NULL;
}

/* --- on the caller's thread --- */

static bool
on_merge(void *ctx, uint32_t i, const eql_events_place *place)
{
    struct eql_api_share *s = ctx;
    eqlvm_engine *e = s->e;
    batch *b = &s->batches[i];

    e->evaluated += b->evaluated;
    e->out_of_range += b->out_of_range;
    e->vm = place->kept ? eql_engine_merge(e->engine, &b->hits, place->line,
                                           place->offset)
                        : EQL_ENGINE_STOPPED;
    if (e->vm == EQL_ENGINE_OK)
        e->vm = b->vm;
    e->line = place->line + 1;
    eql_engine_progress(e, b->evaluated + b->out_of_range);
    return e->vm == EQL_ENGINE_OK;
}

bool
eql_engine_share(eqlvm_engine *e)
{
    eql_events_sharing sharing = {.workers = eqlvm_threads(e->o.threads),
                                  .begin = on_begin,
                                  .event = on_event,
                                  .end = on_end,
                                  .merge = on_merge};
    struct eql_api_share *s;

    if (sharing.workers == 1)
        return true;
    s = calloc(1, sizeof *s);
    if (!s)
        return false;
    e->share = s;
    s->e = e;
    s->nworkers = sharing.workers;
    s->nbatches = sharing.workers * EQL_WORKER_BATCHES;
    s->workers = calloc(s->nworkers, sizeof *s->workers);
    s->batches = calloc(s->nbatches, sizeof *s->batches);
    if (!s->workers || !s->batches)
        return false;
    for (uint32_t i = 0; i < s->nworkers; i++)
        s->workers[i] = (worker){.share = s, .number = i};
    sharing.ctx = s;
    return eql_events_share(e->events, &sharing);
}

void
eql_engine_share_collect(eqlvm_engine *e)
{
    struct eql_api_share *s = e->share;

    for (uint32_t i = 1; s && i < s->nworkers; i++)
        if (s->workers[i].filter)
            eql_engine_collect(e->engine, s->workers[i].filter);
}

void
eql_engine_share_free(eqlvm_engine *e)
{
    struct eql_api_share *s = e->share;

    if (!s)
        return;
    for (uint32_t i = 1; s->workers && i < s->nworkers; i++)
        eql_filter_worker_free(s->workers[i].filter);
    for (uint32_t i = 0; s->batches && i < s->nbatches; i++)
        eql_batch_free(&s->batches[i].hits);
    free(s->workers);
    free(s->batches);
    free(s);
    e->share = NULL;
}
