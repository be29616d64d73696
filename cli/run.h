/* run.h -- the parts of `eqlvm run`. */
#ifndef EQL_CLI_RUN_H
#define EQL_CLI_RUN_H

#include "cli/cli.h"

/* The range of --since and --until, each NULL when not given.  false: one makes
 * no sense, which has been told. */
bool run_parse_range(const char *since, const char *until,
                     eqlvm_engine_options *eo);
/* Problems with the input (run_problems.c): so many lines on stderr of a kind
 * in a file, and of a kind; the rest is only counted. */
#define RUN_SHOWN_IN_FILE 5u
#define RUN_SHOWN_OF_KIND 100u
#define RUN_PROBLEM_KINDS 40u

typedef struct {
    const char *reason;
    uint64_t in_file, shown;
} run_problem_kind;

typedef struct {
    char *path; /* of the last one */
    run_problem_kind kinds[RUN_PROBLEM_KINDS];
    size_t nkinds;
    uint64_t all, shown;
} run_problems;

/* Counts it; is it to be shown? */
bool run_problems_shows(run_problems *r, const eqlvm_problem *p);
/* Says how many were not shown, and frees. */
void run_problems_end(run_problems *r);

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
