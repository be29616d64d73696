/* ref_tuple.h -- sample (language 10.1) and join (language 11.1). */
#ifndef EQL_TESTS_REF_TUPLE_H
#define EQL_TESTS_REF_TUPLE_H

#include "tests/reference/ref_seq.h"

/* Of seq only events, stages as written, looks and flags count.  Results come
 * in the order of language 1.3. */
void ref_sample(const ref_env *env, const ref_seq *seq, ref_results *out);
void ref_join(const ref_env *env, const ref_seq *seq, ref_results *out);

#endif
