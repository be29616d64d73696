/* ref_run.h -- one query over a few events, the reference way.
 *
 * Ties the other files together: parses the query, works out which stage sees
 * which event under which keys, and gives the matches. */
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
    const char *tiebreaker; /* path of an integer; NULL: there is none */
    const char *dialect;    /* NULL: the default */
    const char *const *set; /* flags, a NULL at the end; NULL: none */
    bool no_schema;         /* paths have no types */
    bool versions;          /* the schema is a file, with version fields */
    bool through_image;     /* the engine's program is saved and loaded */
} ref_case;

/* Most bytes of a message of either side, with its NUL. */
#define REF_ERR 512

typedef enum {
    REF_RAN,     /* out is filled */
    REF_REFUSED, /* not a query that it knows; err says why */
    REF_BROKEN   /* the two sequence procedures disagree; err says how */
} ref_status;

/* The matches, in the order of language 1.3.  *out is empty unless REF_RAN. */
ref_status ref_run(const ref_case *c, ref_matches *out, char err[REF_ERR]);
/* When each event of the case happened. */
ref_when *ref_case_times(ref_pool *pool, const ref_case *c);

/* Which key tuples the query's `by` gives each event, as texts: for splitting
 * a case by key.  NULL when the query has stages with own keys, or none. */
ref_keys *ref_case_keys(ref_pool *pool, const ref_case *c);

/* The query's maxspan; false: it has none. */
bool ref_case_maxspan(const ref_case *c, int64_t *ns);

#endif
