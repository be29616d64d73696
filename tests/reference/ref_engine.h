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

#endif
