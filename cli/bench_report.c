/* bench_report.c -- the figures of `eqlvm bench` as a table and as JSON. */
#include "cli/bench.h"

#include <inttypes.h>

/* --- table --- */

/* At most `room` bytes, cut between characters. */
static void
print_name(FILE *f, eqlvm_text name, size_t room)
{
    size_t n = name.len;

    if (n > room) {
        n = room > 3 ? room - 3 : room;
        while (n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80)
            n--;
    }
    cli_say(f, "%.*s%s", (int)n, name.p, n < name.len ? "..." : "");
}

static void
print_totals(FILE *f, const bench_result *r)
{
    fprintf(f,
            "%" PRIu64 " events, %.1f MB, %zu rule%s; %u thread%s, %s reader; "
            "%u round%s\n",
            r->events, (double)r->bytes / 1e6, r->nrules,
            r->nrules == 1 ? "" : "s", r->threads, r->threads == 1 ? "" : "s",
            r->kernel, r->rounds, r->rounds == 1 ? "" : "s");
    fprintf(f, "  %.0f events/s (%.0f to %.0f), %.0f MB/s (%.0f to %.0f)\n",
            r->events_per_s.median, r->events_per_s.least, r->events_per_s.most,
            r->mb_per_s.median, r->mb_per_s.least, r->mb_per_s.most);
    fprintf(f, "  %.2f times the time of reading alone (%.2f to %.2f)\n",
            r->floor.median, r->floor.least, r->floor.most);
    fprintf(f, "  %" PRIu64 " hits, %" PRIu64 " alerts\n", r->hits, r->alerts);
}

#define NAME_COLUMN 65u /* bytes before the rule's name */

void
cli_bench_table(FILE *f, const bench_result *r, size_t top, unsigned width,
                bool colour)
{
    size_t n = r->nrules < top ? r->nrules : top;
    size_t room = width > NAME_COLUMN + 8 ? width - NAME_COLUMN : 80;

    print_totals(f, r);
    if (n == 0)
        return;
    fprintf(f, "\n%s%10s %9s %11s %10s %8s %11s  %s%s\n",
            colour ? "\033[1m" : "", "ns/event", "budget", "candidates", "hits",
            "alerts", "state bytes", "rule", colour ? "\033[0m" : "");
    for (size_t i = 0; i < n; i++) {
        const bench_rule *x = &r->rules[i];
        bool over = x->info.budget_ns > 0 && x->ns > (double)x->info.budget_ns;

        fprintf(f, "%s%10.2f ", colour && over ? "\033[31m" : "", x->ns);
        if (x->info.budget_ns > 0)
            fprintf(f, "%9" PRId64, x->info.budget_ns);
        else
            fprintf(f, "%9s", "-");
        fprintf(f, " %11" PRIu64 " %10" PRIu64 " %8" PRIu64 " %11" PRIu64,
                x->cost.candidates, x->cost.hits, x->cost.alerts,
                x->cost.state_bytes);
        fprintf(f, "%s  ", colour && over ? "\033[0m" : "");
        print_name(f, x->info.name, room);
    }
}

/* --- JSON --- */

static void
json_spread(FILE *f, const char *name, const bench_spread *s)
{
    fprintf(f, "\"%s\":{\"median\":%.9g,\"min\":%.9g,\"max\":%.9g}", name,
            s->median, s->least, s->most);
}

static void
json_points(FILE *f, const bench_result *r)
{
    fputs("\"by_rules\":[", f);
    for (size_t i = 0; i < r->npoints; i++) {
        fprintf(f, "%s{\"rules\":%" PRIu32 ",", i ? "," : "",
                r->points[i].nrules);
        json_spread(f, "events_per_s", &r->points[i].events_per_s);
        fputc('}', f);
    }
    fputs("]", f);
}

static void
json_rule(FILE *f, const bench_rule *x)
{
    fputs("{\"name\":", f);
    cli_write_json(f, x->info.name.p, x->info.name.len);
    fputs(",\"id\":", f);
    cli_write_json(f, x->info.id.p, x->info.id.len);
    fputs(",\"file\":", f);
    cli_write_json(f, x->info.file.p, x->info.file.len);
    fprintf(f, ",\"ns_per_event\":%.9g,\"budget_ns\":", x->ns);
    if (x->info.budget_ns > 0)
        fprintf(f, "%" PRId64, x->info.budget_ns);
    else
        fputs("null", f);
    fprintf(f,
            ",\"candidates\":%" PRIu64 ",\"hits\":%" PRIu64
            ",\"alerts\":%" PRIu64 ",\"state_bytes\":%" PRIu64 "}",
            x->cost.candidates, x->cost.hits, x->cost.alerts,
            x->cost.state_bytes);
}

bool
cli_bench_json(FILE *f, const bench_result *r)
{
    fprintf(f,
            "{\"kernel\":\"%s\",\"threads\":%u,\"rounds\":%" PRIu32
            ",\"events\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"hits\":%" PRIu64
            ",\"alerts\":%" PRIu64 ",",
            r->kernel, r->threads, r->rounds, r->events, r->bytes, r->hits,
            r->alerts);
    json_spread(f, "seconds", &r->seconds);
    fputc(',', f);
    json_spread(f, "events_per_s", &r->events_per_s);
    fputc(',', f);
    json_spread(f, "mb_per_s", &r->mb_per_s);
    fputc(',', f);
    json_spread(f, "floor_ratio", &r->floor);
    fputc(',', f);
    json_points(f, r);
    fputs(",\"rules\":[", f);
    for (size_t i = 0; i < r->nrules; i++) {
        fputs(i ? ",\n" : "\n", f);
        json_rule(f, &r->rules[i]);
    }
    fputs("]}\n", f);
    return !ferror(f);
}
