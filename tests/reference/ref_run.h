/* ref_run.h -- one query over a few events, the reference way.
 *
 * Ties ref_filter and ref_seq together: parses the query, reads categories,
 * times and keys off the events, and gives the matches. */
#ifndef EQL_TESTS_REF_RUN_H
#define EQL_TESTS_REF_RUN_H

#include "tests/reference/ref_seq.h"

/* The stage (from 1; an event query has one) does not see events for which the
 * condition holds. */
typedef struct {
    size_t stage;
    const char *condition;
} ref_exception;

/* What both sides are given. */
typedef struct {
    const char *query;
    const char *const *events; /* JSON objects, in order of arrival */
    size_t nevents;
    const ref_exception *exceptions;
    size_t nexceptions;
    /* Path of an integer tiebreaker, or NULL: there is none. */
    const char *tiebreaker;
} ref_case;

/* Most bytes of a message of either side, with its NUL. */
#define REF_ERR 512

typedef enum {
    REF_RAN,     /* out is filled */
    REF_REFUSED, /* not a query that it knows; err says why */
    REF_BROKEN   /* the two sequence procedures disagree; err says how */
} ref_status;

/* The matches, in order (ref_seq.h).  *out is empty unless REF_RAN. */
ref_status ref_run(const ref_case *c, ref_matches *out, char err[REF_ERR]);
/* The same by the machine alone; for trying the driver without an engine. */
ref_status ref_run_machine(const ref_case *c, ref_matches *out,
                           char err[REF_ERR]);
/* When each event of the case happened; to sort another's matches. */
ref_when *ref_case_times(ref_pool *pool, const ref_case *c);

#endif
