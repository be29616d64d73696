/* ref_engine.h -- the one seam between the randomised test and the engine.
 *
 * ref_engine.c implements it with the public API alone. */
#ifndef EQL_TESTS_REF_ENGINE_H
#define EQL_TESTS_REF_ENGINE_H

#include "tests/reference/ref_run.h"

/* Runs the case and adds every match to *out (which is empty) in the order the
 * engine reports them: events as numbers from 0, one for each stage.  0: ran.
 * 1: the engine refused the query, err says why.  2: it failed otherwise. */
int ref_engine_run(const ref_case *c, ref_matches *out, char err[REF_ERR]);

/* What the engine is given to do with, and what it says of its matches. */
typedef struct {
    uint64_t max_state_bytes; /* 0: plenty */
    uint32_t threads;         /* more than one: the events are a file */
    bool may_miss;            /* out: some counter says so .. */
    bool may_add;             /* .. extra ones; other than `evicted` */
} ref_bounds;
/* The same within bounds. */
int ref_engine_run_within(const ref_case *c, ref_bounds *b, ref_matches *out,
                          char err[REF_ERR]);

#endif
