/* sample.h -- `sample`: per key a set of distinct events, one per filter, in no
 * order (language 10.1). */
#ifndef EQL_VM_GROUP_SAMPLE_H
#define EQL_VM_GROUP_SAMPLE_H

#include "vm/state/budget.h"
#include "vm/run/counters.h"
#include "vm/state/result.h"

/* Candidates that the search for one set may look at; then the key goes
 * without it, counted in samples_capped. */
#define EQL_MAX_SAMPLE_STEPS 100000u

typedef struct eql_sample eql_sample;

eql_sample *eql_sample_new(const eql_program *p, const eql_captures *c,
                           eql_budget *budget, eql_engine_counters *counters);
void eql_sample_free(eql_sample *s);
/* The entries of one rule in one hit.  sample_mode=stream: results go to `out`
 * at once. */
eql_engine_result eql_sample_hit(eql_sample *s, uint32_t rule, const eql_hit *h,
                                 const eql_hit_entry *const *entries,
                                 uint32_t n, eql_result_fn out, void *ctx);
/* batch: results of all rules, rule by rule, keys ascending.  Keys without a
 * set count as open. */
eql_engine_result eql_sample_finish(eql_sample *s, eql_result_fn out,
                                    void *ctx);

#endif
