/* crew.c -- a ring of jobs under one lock.
 *
 *   | got back | oldest .. done or in work .. next | waiting .. end |
 *
 * Jobs take long compared with the lock, so one is enough. */
#include "base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

typedef struct {
    void *job;
    bool done;
} place;

typedef struct {
    eql_crew *crew;
    uint32_t number;
    pthread_t thread;
} worker;

struct eql_crew {
    eql_crew_fn fn;
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t given; /* a job, or the end */
    pthread_cond_t done;
    place *places;
    uint32_t nplaces;
    uint64_t oldest, next, end; /* counts of jobs; modulo nplaces a place */
    bool closing;
    worker *workers;
    uint32_t nworkers; /* threads of our own */
};

static place *
place_of(const eql_crew *c, uint64_t i)
{
    return &c->places[i % c->nplaces];
}

/* With the lock, which is open while the job is done. */
static void
do_next(eql_crew *c, uint32_t number)
{
    place *p = place_of(c, c->next++);

    pthread_mutex_unlock(&c->lock);
    c->fn(c->ctx, number, p->job);
    pthread_mutex_lock(&c->lock);
    p->done = true;
    pthread_cond_signal(&c->done);
}

static void *
work(void *arg)
{
    worker *w = arg;
    eql_crew *c = w->crew;

    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (c->next == c->end && !c->closing)
            pthread_cond_wait(&c->given, &c->lock);
        if (c->closing)
            break;
        do_next(c, w->number);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* Signals are the business of the caller's thread, whose reads they are to
 * interrupt. */
static void
start(eql_crew *c, uint32_t n)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (uint32_t i = 0; i < n; i++) {
        worker *w = &c->workers[i];

        *w = (worker){.crew = c, .number = i + 1};
        if (pthread_create(&w->thread, NULL, work, w) != 0)
            break;
        c->nworkers++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

eql_crew *
eql_crew_new(uint32_t workers, uint32_t jobs, eql_crew_fn fn, void *ctx)
{
    eql_crew *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->fn = fn;
    c->ctx = ctx;
    c->nplaces = jobs;
    c->places = calloc(jobs, sizeof *c->places);
    c->workers = calloc(workers, sizeof *c->workers);
    if (!c->places || !c->workers) {
        free(c->places);
        free(c->workers);
        free(c);
        return NULL;
    }
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->given, NULL);
    pthread_cond_init(&c->done, NULL);
    start(c, workers - 1);
    return c;
}

void
eql_crew_free(eql_crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_broadcast(&c->given);
    pthread_mutex_unlock(&c->lock);
    for (uint32_t i = 0; i < c->nworkers; i++)
        pthread_join(c->workers[i].thread, NULL);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->given);
    pthread_cond_destroy(&c->done);
    free(c->places);
    free(c->workers);
    free(c);
}

void
eql_crew_put(eql_crew *c, void *job)
{
    pthread_mutex_lock(&c->lock);
    *place_of(c, c->end++) = (place){.job = job};
    pthread_cond_signal(&c->given);
    pthread_mutex_unlock(&c->lock);
}

void *
eql_crew_get(eql_crew *c)
{
    void *job = NULL;

    pthread_mutex_lock(&c->lock);
    while (c->oldest < c->end && !place_of(c, c->oldest)->done) {
        if (c->next < c->end)
            do_next(c, 0);
        else
            pthread_cond_wait(&c->done, &c->lock);
    }
    if (c->oldest < c->end)
        job = place_of(c, c->oldest++)->job;
    pthread_mutex_unlock(&c->lock);
    return job;
}
