/* coverage.h -- what events had of what rules need. */
#ifndef EQL_API_COVERAGE_H
#define EQL_API_COVERAGE_H

#include "api/engine.h"

/* Appends members of the statistics' JSON, a comma before each. */
void eql_coverage_json(const eqlvm_coverage *c, const eqlvm_engine *e,
                       eql_buf *b);

#endif
