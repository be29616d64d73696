/* case.h -- one conformance case, and what became of it.
 *
 *   conformance.c  reads the cases, prints and counts outcomes
 *   compile.c      a case's options to those of the library; does it compile?
 *   run.c          runs a query over its events and compares what comes out
 *   deviations.c   the cases that the language decides otherwise
 *
 * Only the public library is used; jansson reads the cases. */
#ifndef EQL_TESTS_CONFORMANCE_CASE_H
#define EQL_TESTS_CONFORMANCE_CASE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "eqlvm/eqlvm.h"

typedef enum { CASE_PASS, CASE_FAIL, CASE_SKIP } case_outcome;

typedef struct {
    const char *dir;    /* of the conformance data */
    const json_t *meta; /* events/META.json */
    const json_t *all;  /* the case's object */
    const char *id, *dialect, *kind, *query, *origin;
    const char *data; /* events file, or NULL */
    const json_t *options, *expect;
    bool sensitive; /* the mode at hand: strings compare case-sensitively */
    eql_buf why;    /* FAIL: "expected ... got ..."; SKIP: the reason */
} test_case;

/* Takes the case's members, but dir and meta; the object must stay. */
void case_init(test_case *c, const json_t *object);
void case_free(test_case *c);
/* A string option, or NULL. */
const char *case_option(const test_case *c, const char *name);

/* The query as the library gets it: expressions become queries. */
bool case_text(const test_case *c, eql_buf *out);
/* Compiles the case; NULL and the first error's text in `error` when it does
 * not compile. */
eqlvm_program *case_compile(test_case *c, bool strict, eql_buf *error);
/* Runs it and compares; program is not NULL. */
case_outcome case_run(test_case *c, const eqlvm_program *program);
/* Everything, in one case mode. */
case_outcome case_judge(test_case *c);

/* Cases that may deviate: id -> reason. */
typedef struct deviations deviations;
deviations *deviations_read(const char *path); /* NULL and a message: bad */
void deviations_free(deviations *d);
/* The reason, or NULL. */
const char *deviations_find(const deviations *d, const char *id);

#endif
