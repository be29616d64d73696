/* ref_filter.h -- does a condition hold for an event?  Spec 4, written down.
 *
 * B[] is filter position: yes or no.  V[] is value position: three-valued.
 * The language is that of event queries and sequences without arithmetic,
 * regular expressions and functions other than cidrMatch. */
#ifndef EQL_TESTS_REF_FILTER_H
#define EQL_TESTS_REF_FILTER_H

#include "tests/reference/ref_path.h"

/* B[condition].  *refused is set (to a reason) when the condition holds
 * something that the reference does not know; else it is left alone. */
bool ref_holds(ref_pool *pool, const json_t *event, const eql_expr *condition,
               const char **refused);

#endif
