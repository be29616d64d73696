/* ref_version.h -- software versions: the order of Elasticsearch's field type
 * `version`, by a text that sorts as they do. */
#ifndef EQL_TESTS_REF_VERSION_H
#define EQL_TESTS_REF_VERSION_H

#include "tests/reference/ref_text.h"

/* -1, 0, 1 */
int ref_version_order(ref_pool *pool, ref_str a, ref_str b, ref_case_rule rule);

#endif
