/* bench.c -- rule sets over corpora in interleaved rounds, against simdjson.
 *
 *   bench [--rounds N] [--mb N] [--file] [--json] [--scan-only]
 *         --rules NAME=PATH|@LIST[:N]... --corpus NAME=FILE[,fresh]...
 *
 * Every rule set runs over every corpus.  A round measures the yardstick on
 * each corpus and then each lane (lane.h); ratios are taken within a round.
 * Prints a table; with --json, an object per lane with all its seconds, for
 * benchmarks/run.py.  --file reads the corpora from where they are,
 * --scan-only extracts values and does nothing with them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "benchmarks/lane.h"
#include "benchmarks/yardstick.h"

#define MAX_RULES 16u
#define MAX_CORPORA 16u

typedef struct {
    unsigned rounds;
    size_t max_bytes; /* of each corpus; 0: all */
    bool file, json, scan_only;
    lane_rules rules[MAX_RULES];
    const char *where[MAX_RULES];
    unsigned limit[MAX_RULES]; /* rules of a list; 0: all */
    unsigned nrules;
    lane_corpus corpora[MAX_CORPORA];
    unsigned ncorpora;
    lane *lanes[MAX_CORPORA][MAX_RULES];
} bench;

/* --- the command line --- */

/* Cuts "NAME=REST"; NULL when there is no "=". */
static char *
cut_name(char *arg)
{
    char *eq = arg ? strchr(arg, '=') : NULL;

    if (!eq)
        return NULL;
    *eq = '\0';
    return eq + 1;
}

static bool
add_rules(bench *b, char *arg)
{
    char *where = cut_name(arg), *colon;

    if (!where || b->nrules == MAX_RULES)
        return false;
    colon = where[0] == '@' ? strrchr(where, ':') : NULL;
    if (colon) {
        *colon = '\0';
        b->limit[b->nrules] = (unsigned)strtoul(colon + 1, NULL, 10);
    }
    b->rules[b->nrules].name = arg;
    b->where[b->nrules++] = where;
    return true;
}

static bool
add_corpus(bench *b, char *arg)
{
    char *file = cut_name(arg), *comma;
    lane_corpus *c = &b->corpora[b->ncorpora];

    if (!file || b->ncorpora == MAX_CORPORA)
        return false;
    comma = strstr(file, ",fresh");
    if (comma)
        *comma = '\0';
    c->fresh = comma != NULL;
    c->name = arg;
    c->source = file;
    b->ncorpora++;
    return true;
}

static bool
parse_args(bench *b, int argc, char **argv)
{
    b->rounds = 5;
    for (int i = 1; i < argc; i++) {
        char *value = i + 1 < argc ? argv[i + 1] : NULL;
        bool ok = true;

        if (strcmp(argv[i], "--json") == 0) {
            b->json = true;
            continue;
        }
        if (strcmp(argv[i], "--file") == 0) {
            b->file = true;
            continue;
        }
        if (strcmp(argv[i], "--scan-only") == 0) {
            b->scan_only = true;
            continue;
        }
        if (strcmp(argv[i], "--rules") == 0)
            ok = add_rules(b, value);
        else if (strcmp(argv[i], "--corpus") == 0)
            ok = add_corpus(b, value);
        else if (strcmp(argv[i], "--rounds") == 0 && value)
            b->rounds = (unsigned)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--mb") == 0 && value)
            b->max_bytes = strtoul(value, NULL, 10) * 1000000u;
        else
            ok = false;
        if (!ok)
            return false;
        i++;
    }
    return b->rounds >= 1 && b->rounds <= LANE_MAX_ROUNDS && b->nrules &&
           b->ncorpora;
}

/* --- measuring --- */

static bool
load(bench *b)
{
    for (unsigned i = 0; i < b->nrules; i++)
        if (!lane_rules_load(&b->rules[i], b->where[i], b->limit[i]))
            return false;
    for (unsigned i = 0; i < b->ncorpora; i++)
        if (!lane_corpus_load(&b->corpora[i], b->corpora[i].source,
                              b->max_bytes, !b->file))
            return false;
    for (unsigned i = 0; i < b->ncorpora; i++)
        for (unsigned k = 0; k < b->nrules; k++) {
            const lane_corpus *c = &b->corpora[i];

            b->lanes[i][k] =
                lane_new(&b->rules[k], c, c->fresh ? &b->corpora[0] : NULL);
            if (!b->lanes[i][k])
                return false;
        }
    return true;
}

static bool
measure(bench *b)
{
    for (unsigned round = 0; round < b->rounds; round++)
        for (unsigned i = 0; i < b->ncorpora; i++) {
            lane_corpus *c = &b->corpora[i];
            double start = lane_thread_s();
            uint64_t errors;

            yardstick_parse(c->bytes, c->len, &errors);
            c->p[round] = lane_thread_s() - start;
            for (unsigned k = 0; k < b->nrules; k++)
                if (!lane_round(b->lanes[i][k], round, b->scan_only))
                    return false;
        }
    return true;
}

/* --- telling --- */

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median(const double *v, unsigned n)
{
    double sorted[LANE_MAX_ROUNDS];

    memcpy(sorted, v, n * sizeof *v);
    qsort(sorted, n, sizeof *sorted, compare);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static void
print_array(const char *name, const double *v, unsigned n)
{
    printf(",\"%s\":[", name);
    for (unsigned i = 0; i < n; i++)
        printf("%s%.6f", i ? "," : "", v[i]);
    putchar(']');
}

static void
print_json(const bench *b, const lane_corpus *c, const lane_rules *r,
           const lane *l)
{
    const lane_times *t = lane_get_times(l);
    const eqlvm_stats *s = lane_get_stats(l);

    printf("{\"corpus\":\"%s\",\"rules\":\"%s\",\"nrules\":%u,\"bad\":%u,"
           "\"bytes\":%zu,\"events\":%llu,\"hits\":%llu,\"alerts\":%llu,"
           "\"alert_bytes\":%llu,\"fresh\":%s,\"kernel_p\":\"%s\"",
           c->name, r->name, r->nrules, r->bad, c->len,
           (unsigned long long)c->events, (unsigned long long)s->hits,
           (unsigned long long)s->alerts,
           (unsigned long long)lane_alert_bytes(l), c->fresh ? "true" : "false",
           yardstick_kernel());
    printf(
        ",\"events_cached\":%llu,\"values_asked\":%llu,\"values_cached\":%llu,"
        "\"stages_judged\":%llu",
        (unsigned long long)s->events_cached,
        (unsigned long long)s->values_asked,
        (unsigned long long)s->values_cached,
        (unsigned long long)s->stages_judged);
    print_array("p", c->p, b->rounds);
    print_array("scan", t->scan, b->rounds);
    print_array("warm", t->warm, b->rounds);
    print_array("cold", t->cold, b->rounds);
    print_array("finish", t->finish, b->rounds);
    puts("}");
}

/* ns per event of each phase; the ratio is (read + filter + finish) / P, warm,
 * but for a fresh corpus, which is met for the first time. */
static void
print_line(const bench *b, const lane_corpus *c, const lane_rules *r,
           const lane *l)
{
    const lane_times *t = lane_get_times(l);
    const double *main = c->fresh ? t->cold : t->warm;
    double ratio[LANE_MAX_ROUNDS], ns = 1e9 / (double)c->events;
    double total, scan = median(t->scan, b->rounds);

    for (unsigned i = 0; i < b->rounds; i++)
        ratio[i] = (main[i] + t->finish[i]) / c->p[i];
    total = median(main, b->rounds) + median(t->finish, b->rounds);
    printf("%-8s %-8s %5u %8.0f %8.0f %8.0f %8.0f %8.0f %8.0f %7.3f %8.0f "
           "%9llu\n",
           c->name, r->name, r->nrules, median(c->p, b->rounds) * ns, scan * ns,
           (median(main, b->rounds) - scan) * ns,
           median(t->finish, b->rounds) * ns, total * ns,
           (median(t->cold, b->rounds) + median(t->finish, b->rounds)) * ns,
           median(ratio, b->rounds), (double)c->len / total / 1e6,
           (unsigned long long)lane_get_stats(l)->alerts);
}

static void
report(const bench *b)
{
    if (!b->json)
        printf("%-8s %-8s %5s %8s %8s %8s %8s %8s %8s %7s %8s %9s\n", "corpus",
               "rules", "n", "P ns/ev", "read", "filter", "ordered", "total",
               "cold", "t/P", "MB/s", "alerts");
    for (unsigned i = 0; i < b->ncorpora; i++)
        for (unsigned k = 0; k < b->nrules; k++)
            (b->json ? print_json : print_line)(b, &b->corpora[i], &b->rules[k],
                                                b->lanes[i][k]);
}

/* Work done outside of this thread would not be in the figures. */
static bool
check_one_thread(void)
{
    struct timespec t;
    double all, here = lane_thread_s();

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    all = (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
    if (all < here * 1.02)
        return true;
    fprintf(stderr,
            "bench: other threads worked %.3f s: the figures lack them\n",
            all - here);
    return false;
}

int
main(int argc, char **argv)
{
    static bench b;
    bool ok;

    if (!parse_args(&b, argc, argv)) {
        fputs("bench [--rounds N] [--mb N] [--file] [--json] [--scan-only] "
              "--rules NAME=PATH|@LIST[:N]... --corpus NAME=FILE[,fresh]...\n",
              stderr);
        return 2;
    }
    ok = load(&b) && measure(&b);
    if (ok) {
        report(&b);
        ok = check_one_thread();
    }
    for (unsigned i = 0; i < b.ncorpora; i++) {
        for (unsigned k = 0; k < b.nrules; k++)
            lane_free(b.lanes[i][k]);
        lane_corpus_free(&b.corpora[i]);
    }
    for (unsigned k = 0; k < b.nrules; k++)
        lane_rules_free(&b.rules[k]);
    return ok ? 0 : 1;
}
