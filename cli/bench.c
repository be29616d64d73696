/* bench.c -- `eqlvm bench`: what these rules cost over these events.
 *
 * Each round reads the events twice: once for nothing, which is the floor, and
 * once for the rules.  Then the same for the first 1, 10, 100 ... rules, and
 * one run in which every rule is measured by itself. */
#include "cli/bench.h"
#include "cli/output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_ROUNDS 5u
#define DEFAULT_TOP 20u
#define MAX_ROUNDS 1000u
#define CURVE_ROUNDS 3u
#define MAX_POINTS 8u

typedef struct {
    cli_list rules, queries, events;
    cli_select select;
    int input, colour;
    uint64_t rounds, warm_up, top, threads, max_state_bytes;
    const char *json, *html;
    bool check, no_index, no_memo;
} bench_options;

typedef struct {
    double floor_s, run_s;
    eqlvm_stats stats;
} bench_round;

static bool
count_alert(void *ctx, const eqlvm_alert *a)
{
    (void)a;
    ++*(uint64_t *)ctx;
    return true;
}

static double
now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- one pass --- */

typedef enum { PASS_FLOOR, PASS_RUN, PASS_PROFILE } pass_kind;

static int
failed(const eqlvm_engine *e, eqlvm_status s)
{
    const char *text = eqlvm_engine_error(e);

    cli_error("%s", *text ? text : eqlvm_status_name(s));
    return CLI_IO;
}

/* Reads all events once; *e is the caller's, also when it fails. */
static int
pass(const bench_options *o, const eqlvm_program *p, pass_kind kind,
     eqlvm_engine **e, double *seconds)
{
    eqlvm_engine_options eo = {.input = (eqlvm_input)o->input,
                               .threads = (unsigned)o->threads,
                               .max_state_bytes = o->max_state_bytes,
                               .no_index = o->no_index,
                               .no_memo = o->no_memo,
                               .only_read = kind == PASS_FLOOR,
                               .profile = kind == PASS_PROFILE};
    char reason[512] = "";
    uint64_t alerts = 0;
    double start = now_s();
    eqlvm_status s = EQLVM_OK;

    *e = eqlvm_engine_new(p, &eo, count_alert, &alerts, reason, sizeof reason);
    if (!*e) {
        cli_error("%s", reason);
        return CLI_IO;
    }
    for (size_t i = 0; i < o->events.n && s == EQLVM_OK; i++)
        s = eqlvm_engine_read(*e, o->events.items[i]);
    if (s == EQLVM_OK)
        s = eqlvm_engine_finish(*e);
    *seconds = now_s() - start;
    return s == EQLVM_OK ? CLI_OK : failed(*e, s);
}

static int
timed(const bench_options *o, const eqlvm_program *p, pass_kind kind,
      double *seconds, eqlvm_stats *stats)
{
    eqlvm_engine *e;
    int code = pass(o, p, kind, &e, seconds);

    if (code == CLI_OK && stats)
        eqlvm_engine_stats(e, stats);
    eqlvm_engine_free(e);
    return code;
}

/* --- rounds --- */

static int
cmp_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts v. */
static bench_spread
spread_of(double *v, size_t n)
{
    qsort(v, n, sizeof *v, cmp_double);
    return (bench_spread){n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2,
                          v[0], v[n - 1]};
}

/* The same rounds as amounts per second. */
static bench_spread
per_second(const bench_round *rounds, size_t n, double amount)
{
    double v[MAX_ROUNDS];

    for (size_t i = 0; i < n; i++)
        v[i] = rounds[i].run_s > 0 ? amount / rounds[i].run_s : 0;
    return spread_of(v, n);
}

static void
sum_up(const bench_round *rounds, size_t n, bench_result *r)
{
    double seconds[MAX_ROUNDS], floors[MAX_ROUNDS];
    const eqlvm_stats *s = &rounds[n - 1].stats;

    for (size_t i = 0; i < n; i++) {
        seconds[i] = rounds[i].run_s;
        floors[i] =
            rounds[i].floor_s > 0 ? rounds[i].run_s / rounds[i].floor_s : 0;
    }
    r->rounds = (uint32_t)n;
    r->events = s->accepted;
    r->bytes = s->bytes;
    r->hits = s->hits;
    r->alerts = s->alerts;
    r->seconds = spread_of(seconds, n);
    r->floor = spread_of(floors, n);
    r->events_per_s = per_second(rounds, n, (double)r->events);
    r->mb_per_s = per_second(rounds, n, (double)r->bytes / 1e6);
}

static int
measure(const bench_options *o, const eqlvm_program *p, bench_result *r)
{
    bench_round *rounds = calloc(o->rounds, sizeof *rounds);
    int code = rounds ? CLI_OK : CLI_IO;
    double ignored;

    if (!rounds)
        cli_error("out of memory");
    for (uint64_t i = 0; i < o->warm_up && code == CLI_OK; i++)
        code = timed(o, p, PASS_RUN, &ignored, NULL);
    for (uint64_t i = 0; i < o->rounds && code == CLI_OK; i++) {
        code = timed(o, p, PASS_FLOOR, &rounds[i].floor_s, NULL);
        if (code == CLI_OK)
            code = timed(o, p, PASS_RUN, &rounds[i].run_s, &rounds[i].stats);
    }
    if (code == CLI_OK)
        sum_up(rounds, o->rounds, r);
    free(rounds);
    return code;
}

/* --- over the number of rules --- */

static int
measure_point(const bench_options *o, const eqlvm_program *p, uint32_t n,
              bench_point *out)
{
    bench_round rounds[CURVE_ROUNDS];
    eqlvm_program *first = NULL;
    int code = CLI_OK;

    if (eqlvm_program_first(p, n, &first) != EQLVM_OK) {
        cli_error("out of memory");
        return CLI_IO;
    }
    for (size_t i = 0; i < CURVE_ROUNDS && code == CLI_OK; i++)
        code = timed(o, first, PASS_RUN, &rounds[i].run_s, &rounds[i].stats);
    if (code == CLI_OK)
        *out = (bench_point){n, per_second(rounds, CURVE_ROUNDS,
                                           (double)rounds[0].stats.accepted)};
    eqlvm_program_free(first);
    return code;
}

static int
measure_curve(const bench_options *o, const eqlvm_program *p, bench_result *r)
{
    uint32_t all = eqlvm_program_nrules(p);
    int code = CLI_OK;

    r->points = calloc(MAX_POINTS, sizeof *r->points);
    if (!r->points) {
        cli_error("out of memory");
        return CLI_IO;
    }
    for (uint32_t n = 1;
         n < all && r->npoints < MAX_POINTS - 1 && code == CLI_OK; n *= 10)
        code = measure_point(o, p, n, &r->points[r->npoints++]);
    r->points[r->npoints++] = (bench_point){all, r->events_per_s};
    return code;
}

/* --- rule by rule --- */

static int
cmp_cost(const void *a, const void *b)
{
    const bench_rule *x = a, *y = b;

    if (x->ns != y->ns)
        return x->ns < y->ns ? 1 : -1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static int
measure_rules(const bench_options *o, const eqlvm_program *p, bench_result *r)
{
    eqlvm_engine *e = NULL;
    double seconds;
    int code;

    r->nrules = eqlvm_program_nrules(p);
    r->rules = calloc(r->nrules + 1, sizeof *r->rules);
    if (!r->rules) {
        cli_error("out of memory");
        return CLI_IO;
    }
    code = pass(o, p, PASS_PROFILE, &e, &seconds);
    for (uint32_t i = 0; i < r->nrules && code == CLI_OK; i++) {
        bench_rule *x = &r->rules[i];

        x->rule = i;
        eqlvm_program_rule(p, i, &x->info);
        eqlvm_engine_rule_cost(e, i, &x->cost);
        x->ns = r->events ? x->cost.ns / (double)r->events : 0;
    }
    qsort(r->rules, r->nrules, sizeof *r->rules, cmp_cost);
    eqlvm_engine_free(e);
    return code;
}

/* --- what comes of it --- */

/* Rules over their budget, on stderr. */
static int
check_budgets(const bench_result *r)
{
    size_t with = 0, over = 0;

    for (size_t i = 0; i < r->nrules; i++) {
        const bench_rule *x = &r->rules[i];

        if (x->info.budget_ns <= 0)
            continue;
        with++;
        if (x->ns <= (double)x->info.budget_ns)
            continue;
        over++;
        cli_say(stderr,
                "%.*s: rule \"%.*s\": %.1f ns per event, its budget is "
                "%" PRId64 " ns",
                (int)x->info.file.len, x->info.file.p, (int)x->info.name.len,
                x->info.name.p, x->ns, x->info.budget_ns);
    }
    if (with == 0)
        cli_error("no rule has a budget ([eqlvm] budget_ns): nothing was "
                  "checked");
    return over ? CLI_ALERT : CLI_OK;
}

static int
write_file(const char *path, const bench_result *r,
           bool (*write)(FILE *f, const bench_result *r))
{
    cli_output out;

    if (!cli_output_open(&out, path))
        return CLI_IO;
    (void)write(out.f, r); /* an error stays with the file until it is closed */
    return cli_output_close(&out) ? CLI_OK : CLI_IO;
}

static bool
is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static int
report(const bench_options *o, const bench_result *r)
{
    int code = CLI_OK;

    if (!is_stdout(o->json) && !is_stdout(o->html)) {
        cli_bench_table(stdout, r, o->top, cli_width(stdout),
                        cli_use_colour(o->colour, stdout));
        if (!cli_close_stdout())
            code = CLI_IO;
    }
    if (o->json)
        code = cli_worse(code, write_file(o->json, r, cli_bench_json));
    if (o->html)
        code = cli_worse(code, write_file(o->html, r, cli_bench_html));
    if (o->check)
        code = cli_worse(code, check_budgets(r));
    return code;
}

static int
bench_program(const bench_options *o, const eqlvm_program *p)
{
    bench_result r = {.kernel = eqlvm_kernel(),
                      .threads = eqlvm_threads((unsigned)o->threads)};
    int code = measure(o, p, &r);

    if (code == CLI_OK && (o->json || o->html))
        code = measure_curve(o, p, &r);
    if (code == CLI_OK)
        code = measure_rules(o, p, &r);
    if (code == CLI_OK && r.events == 0) {
        cli_error("no events in the input: nothing to measure");
        code = CLI_USAGE;
    }
    if (code == CLI_OK)
        code = report(o, &r);
    free(r.points);
    free(r.rules);
    return code;
}

static int
load_and_bench(bench_options *o)
{
    int code;
    eqlvm_program *p = cli_load_rules(&o->select, &o->rules, &o->queries,
                                      o->colour, "measure", &code);

    if (p)
        code = cli_worse(code, bench_program(o, p));
    eqlvm_program_free(p);
    return code;
}

/* Exit code of options without sense, -1: all is well. */
static int
check_options(const bench_options *o)
{
    cli_inputs in = {
        .events = &o->events, .rules = &o->rules, .select = &o->select};
    /* The table goes to standard output, unless one of the others does. */
    const char *outs[] = {o->json, o->html,
                          is_stdout(o->json) || is_stdout(o->html) ? NULL
                                                                   : "-"};

    if (o->rules.n + o->queries.n == 0) {
        cli_error("no rules: give -r PATH or -e EQL");
        return CLI_USAGE;
    }
    if (o->events.n == 0) {
        cli_error("no events: give files or folders");
        return CLI_USAGE;
    }
    for (size_t i = 0; i < o->events.n; i++) {
        if (is_stdout(o->events.items[i])) {
            cli_error("standard input can be read but once: give a file");
            return CLI_USAGE;
        }
    }
    if (!cli_reads_stdin_once(&o->rules, NULL))
        return CLI_USAGE;
    if (o->rounds < 1 || o->rounds > MAX_ROUNDS || o->warm_up > MAX_ROUNDS) {
        cli_error("--rounds is 1 to %u, --warm-up 0 to %u", MAX_ROUNDS,
                  MAX_ROUNDS);
        return CLI_USAGE;
    }
    return cli_check_outputs(&in, outs, 3);
}

static int
run(int argc, char **argv)
{
    bench_options o = {
        .rounds = DEFAULT_ROUNDS, .warm_up = 1, .top = DEFAULT_TOP};
    const cli_option options[] = {
        CLI_RULES_OPTION(o.rules),
        {"query", 'e', CLI_LIST, &o.queries, "EQL",
         "a query from the command line (repeatable)"},
        CLI_SELECT_OPTIONS(o.select),
        CLI_STDIN_OPTION(o.select),
        {"rounds", 0, CLI_COUNT, &o.rounds, "N", "measured rounds (5)"},
        {"warm-up", 0, CLI_COUNT, &o.warm_up, "N",
         "rounds before them that do not count (1)"},
        {"threads", 'j', CLI_COUNT, &o.threads, "N",
         "that read and filter; 0: as many as there are processors"},
        {"top", 0, CLI_COUNT, &o.top, "N", "rules in the table (20)"},
        {"json", 0, CLI_TEXT, &o.json, "FILE",
         "all figures as JSON; - is standard output"},
        {"html", 0, CLI_TEXT, &o.html, "FILE", "one page with plots"},
        {"check", 0, CLI_FLAG, &o.check, NULL,
         "exit 1 when a rule costs more than its budget_ns"},
        {"input", 0, CLI_CHOICE, &o.input, "auto|ecs|winevent",
         "what the events are; auto maps Windows records to ECS"},
        {"max-state-bytes", 0, CLI_SIZE, &o.max_state_bytes, "SIZE",
         "for sequences in flight; oldest are evicted (64M)"},
        {"no-index", 0, CLI_FLAG, &o.no_index, NULL,
         "look at every rule of an event's category"},
        {"no-memo", 0, CLI_FLAG, &o.no_memo, NULL,
         "forget what was learned of values seen before"},
        {"color", 0, CLI_CHOICE, &o.colour, "auto|always|never",
         "colour of tables and messages"},
        CLI_LANGUAGE_OPTIONS(o.select),
    };
    int code =
        cli_parse(&cli_verb_bench, options, sizeof options / sizeof options[0],
                  argc, argv, &o.events);

    if (code < 0)
        code = check_options(&o);
    if (code < 0)
        code = load_and_bench(&o);
    cli_list_free(&o.rules);
    cli_list_free(&o.queries);
    cli_list_free(&o.events);
    cli_select_free(&o.select);
    return code;
}

const cli_verb cli_verb_bench = {
    .name = "bench",
    .usage = "(-r PATH | -e EQL)... [OPTIONS] EVENTS...",
    .about = "measure what rules cost over events",
    .details =
        "Reads EVENTS again and again: events and MB per second, how that\n"
        "compares with reading alone, and the rules that cost most.  A rule's\n"
        "time is sampled: its filter, exceptions and keys, per event read.\n"
        "Its state bytes are what its sequences hold when the events end.\n"
        "\n"
        "  [eqlvm]\n"
        "  budget_ns = 50          # in a rule file, for --check\n"
        "\n"
        "Examples:\n"
        "  eqlvm bench -r rules capture.ndjson\n"
        "  eqlvm bench -r rules --html bench.html --json bench.json capture/\n"
        "  eqlvm bench -r rules --check capture.ndjson   # in CI\n"
        "\n"
        "Exit codes: 0 measured; 1 a rule is over its budget with --check;\n"
        "2 usage; 3 bad rules were skipped; 4 a rule did not compile;\n"
        "5 input or output failed.\n",
    .run = run,
};
