/* ref_property.h -- what must hold between runs of the engine, whatever the
 * reference says (language 8.11 b to e). */
#ifndef EQL_TESTS_REF_PROPERTY_H
#define EQL_TESTS_REF_PROPERTY_H

#include "tests/reference/ref_gen.h"

typedef enum {
    REF_P_MONOTONE, /* every position of a key's next match is later */
    REF_P_SUPERSET, /* without missing stages there are no fewer matches */
    REF_P_MAXSPAN,  /* maxspan only leaves out what is too long */
    REF_P_SPLIT,    /* key by key is the same as all at once */
    REF_P_LITTLE,   /* with little memory and several threads it is the same,
                       or a counter says how it is not */
    REF_NPROPERTIES
} ref_property;

const char *ref_property_name(ref_property p);

typedef enum { REF_P_NONE, REF_P_HOLDS, REF_P_FAILS } ref_property_result;

/* REF_P_NONE: the property says nothing of such a case.  err says how it
 * fails. */
ref_property_result ref_property_check(ref_property p, const ref_gen_case *c,
                                       char err[REF_ERR]);

#endif
