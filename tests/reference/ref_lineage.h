/* ref_lineage.h -- descendant of, child of, event of (language 9.1). */
#ifndef EQL_TESTS_REF_LINEAGE_H
#define EQL_TESTS_REF_LINEAGE_H

#include "tests/reference/ref_seq.h"

/* Works out, for every lineage in the expression, its answer for every event,
 * and notes it in the node.  order: the events in the order they are seen. */
void ref_work_out_lineages(const ref_env *env, ref_node *e,
                           json_t *const *events, const size_t *order,
                           size_t n);

#endif
