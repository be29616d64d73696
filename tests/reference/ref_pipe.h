/* ref_pipe.h -- pipes (language 12.1), one list of results into the next. */
#ifndef EQL_TESTS_REF_PIPE_H
#define EQL_TESTS_REF_PIPE_H

#include "tests/reference/ref_seq.h"

/* events: of the case, as the results number them. */
void ref_run_pipes(const ref_env *env, const ref_query *q,
                   json_t *const *events, ref_results *results);

#endif
