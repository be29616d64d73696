/* bench.h -- what `eqlvm bench` has measured; for cli/bench*.c only. */
#ifndef EQL_CLI_BENCH_H
#define EQL_CLI_BENCH_H

#include "cli/cli.h"

/* Of several rounds. */
typedef struct {
    double median, least, most;
} bench_spread;

/* Throughput with the first so many rules. */
typedef struct {
    uint32_t nrules;
    bench_spread events_per_s;
} bench_point;

typedef struct {
    uint32_t rule; /* index in the program */
    eqlvm_rule_info info;
    eqlvm_rule_cost cost;
    double ns; /* per event read */
} bench_rule;

typedef struct {
    const char *kernel; /* of the reader */
    unsigned threads;
    uint32_t rounds;
    uint64_t events, bytes, hits, alerts;
    bench_spread seconds, events_per_s, mb_per_s;
    bench_spread floor; /* time of a run as a multiple of reading alone */
    bench_point *points;
    size_t npoints;
    bench_rule *rules; /* the costliest first */
    size_t nrules;
} bench_result;

/* One self-contained page.  false: writing failed. */
bool cli_bench_html(FILE *f, const bench_result *r);
bool cli_bench_json(FILE *f, const bench_result *r);
void cli_bench_table(FILE *f, const bench_result *r, size_t top, unsigned width,
                     bool colour);

#endif
