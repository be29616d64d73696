/* coverage.h -- what must hold of a coverage, whatever the rules are. */
#ifndef EQL_TESTS_SUPPORT_COVERAGE_H
#define EQL_TESTS_SUPPORT_COVERAGE_H

#include "eqlvm/eqlvm.h"

/* A rule that fired could fire; a run with alerts is not blind.  What does not
 * hold; NULL: all is well. */
static inline const char *
coverage_fault(const eqlvm_engine *e)
{
    eqlvm_coverage *c = eqlvm_coverage_new(e);
    const char *fault = NULL;
    eqlvm_coverage_summary sum;
    eqlvm_stats s;

    eqlvm_engine_stats(e, &s);
    eqlvm_coverage_get(c, &sum);
    if (!c)
        fault = "no coverage";
    if (sum.blind && s.alerts + s.rows > 0)
        fault = "blind, with alerts";
    for (uint32_t i = 0; i < sum.nunable; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        if (u.nneeds == 0)
            fault = "unable, and no reason";
        if (eqlvm_engine_rule_alerts(e, u.rule) > 0 ||
            (sum.rules == 1 && s.completed + s.event_matches > 0))
            fault = "unable, and it fired";
    }
    eqlvm_coverage_free(c);
    return fault;
}

#endif
