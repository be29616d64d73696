/* version.h -- the order of software versions, as Elasticsearch's field type
 * `version` has it.
 *
 * Semantic versioning with any number of main parts: those compare as numbers,
 * 1 before 1.0; a pre-release comes before its release, and its identifiers
 * compare as numbers where they are such, and before all others.  A build is
 * no part of precedence in semantic versioning; here it decides between what
 * is equal otherwise.  What is no version comes after all that are, by its
 * text.  Only equal texts are equal. */
#ifndef EQL_VM_EVAL_VERSION_H
#define EQL_VM_EVAL_VERSION_H

#include "vm/eval/compare.h"

/* A longer part is no version; so Elasticsearch bounds its work. */
#define EQL_MAX_VERSION_IDENTIFIERS 32u

/* <0, 0, >0 */
int eql_version_compare(eql_case how, eql_strview a, eql_strview b);
/* Of values: a number counts as its text where numbers and text are compared
 * at all; unordered unless both are text then. */
eql_ordering eql_version_order(const eql_comparing *how, const eql_value *a,
                               const eql_value *b);

#endif
