/* run.h -- the parts of `eqlvm run`. */
#ifndef EQL_CLI_RUN_H
#define EQL_CLI_RUN_H

#include "cli/cli.h"

/* The range of --since and --until, each NULL when not given.  false: one makes
 * no sense, which has been told. */
bool run_parse_range(const char *since, const char *until,
                     eqlvm_engine_options *eo);
/* What was read, in `seconds`, on stderr. */
void run_report_input(const eqlvm_stats *s, double seconds);
/* How many rules ran, and how many did not and why, on stderr. */
void run_report_rules(const eqlvm_program *p);
/* Which rules could not fire, and why no alerts may mean nothing, on stderr
 * unless quiet; exit code. */
int run_report_coverage(const eqlvm_engine *e, const eqlvm_program *p,
                        const eqlvm_stats *s, bool quiet);
/* What came of it, on stderr. */
void run_report_engine(const eqlvm_stats *s);

#endif
