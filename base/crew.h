/* crew.h -- threads that do jobs of one kind; jobs come back in the order in
 * which they were given.
 *
 * The thread that gives them out and gets them back is one of the crew: while
 * it waits for the oldest job it does those that nobody has begun.  All calls
 * are that thread's; only fn runs elsewhere, with signals blocked. */
#ifndef EQL_BASE_CREW_H
#define EQL_BASE_CREW_H

#include "base/base.h"

typedef struct eql_crew eql_crew;

/* worker: 0 is the caller's thread. */
typedef void (*eql_crew_fn)(void *ctx, uint32_t worker, void *job);

/* workers: the caller included, at least 1.  jobs: given and not yet got back,
 * at most.  When the system gives fewer threads, fewer work.  NULL: out of
 * memory. */
eql_crew *eql_crew_new(uint32_t workers, uint32_t jobs, eql_crew_fn fn,
                       void *ctx);
/* Waits for jobs that are being done; others never are.  NULL is fine. */
void eql_crew_free(eql_crew *c);
/* Borrowed until it is got back. */
void eql_crew_put(eql_crew *c, void *job);
/* The oldest job, done; NULL: there is none. */
void *eql_crew_get(eql_crew *c);

#endif
