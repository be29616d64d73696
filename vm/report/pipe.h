/* pipe.h -- pipes: results of a rule, in order, to what is reported
 * (language 12.1).
 *
 * Rules without pipes do not come here.  Everything a rule with pipes reports
 * comes at eql_pipes_finish, rule by rule, in the pipe's own order; rows of
 * `count` come after the matches of all rules.  Results wait in
 * memory up to a budget, then the rule is cut off: what it has is reported, all
 * that would follow is lost, and counted: results in piped_lost, rows in
 * rows_lost. */
#ifndef EQL_VM_REPORT_PIPE_H
#define EQL_VM_REPORT_PIPE_H

#include "vm/state/budget.h"
#include "vm/state/residual.h"
#include "vm/run/counters.h"
#include "vm/state/result.h"

typedef struct eql_pipes eql_pipes;

/* At the end of a run, pushed == delivered + piped + piped_lost, rows apart.
 * NULL: out of memory. */
eql_pipes *eql_pipes_new(const eql_program *p, const eql_captures *c,
                         eql_budget *budget, eql_engine_counters *counters);
void eql_pipes_free(eql_pipes *x); /* NULL is fine */
/* The next result of a rule with pipes; copied. */
eql_engine_result eql_pipes_push(eql_pipes *x, const eql_match *m);
/* Does the rule still want results?  false after a finished head: what would
 * come need not be worked out. */
bool eql_pipes_wants(const eql_pipes *x, uint32_t rule);
/* Rows have no events (nevents 0).  Once. */
eql_engine_result eql_pipes_finish(eql_pipes *x, eql_result_fn out, void *ctx);

#endif
