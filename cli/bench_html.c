/* bench_html.c -- the figures of `eqlvm bench` as one self-contained page:
 * two plots in SVG and a table.  Rule names are hostile and escaped. */
#include "cli/bench.h"

#include <inttypes.h>
#include <math.h>

#define SHOWN_RULES 20u

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<title>eqlvm bench</title>\n<style>\n"
    ":root{color-scheme:light dark;--ink:#1c2430;--dim:#687385;--rule:#d8dde5;"
    "--mark:#2563a8;--back:#fff}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#98a3b3;"
    "--rule:#374151;--mark:#74aee8;--back:#151a21}}\n"
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--back);max-width:60rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}\n"
    "svg{width:100%;height:auto}svg text{fill:var(--ink);font-size:12px}\n"
    ".dim{fill:var(--dim);color:var(--dim)}.line{stroke:var(--rule)}\n"
    ".plot{stroke:var(--mark);fill:none;stroke-width:2}.bar,.dot{"
    "fill:var(--mark)}.span{stroke:var(--mark);stroke-width:1.5}\n"
    "table{border-collapse:collapse;width:100%}td,th{text-align:right;"
    "padding:.25rem .5rem;border-bottom:1px solid var(--rule);"
    "font-variant-numeric:tabular-nums}td:last-child,th:last-child{"
    "text-align:left}\n</style></head><body>\n";

static bool
put_escaped(void *file, const char *p, size_t n)
{
    FILE *f = file;

    for (size_t i = 0; i < n; i++) {
        switch (p[i]) {
        case '&': fputs("&amp;", f); break;
        case '<': fputs("&lt;", f); break;
        case '>': fputs("&gt;", f); break;
        case '"': fputs("&quot;", f); break;
        case '\'': fputs("&#39;", f); break;
        default: fputc(p[i], f); break;
        }
    }
    return !ferror(f);
}

/* Without what changes the direction of the text around it, too. */
static void
put_text(FILE *f, const char *p, size_t n)
{
    (void)eqlvm_show(p, n, EQLVM_SHOW_LINE, put_escaped, f);
}

/* The name for a plot: so many bytes of it, cut between characters. */
static void
put_name(FILE *f, eqlvm_text name, size_t most)
{
    size_t n = name.len < most ? name.len : most;

    while (n < name.len && n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80)
        n--;
    put_text(f, name.p, n);
    if (n < name.len)
        fputs("\xe2\x80\xa6", f);
}

/* 950, 12.3k, 1.45M */
static void
put_amount(FILE *f, double v)
{
    if (v >= 1e6)
        fprintf(f, "%.3gM", v / 1e6);
    else if (v >= 1e3)
        fprintf(f, "%.3gk", v / 1e3);
    else
        fprintf(f, "%.3g", v);
}

/* --- throughput over the number of rules --- */

enum {
    PLOT_W = 760,
    PLOT_H = 300,
    LEFT = 60,
    RIGHT = 20,
    TOP = 15,
    BOTTOM = 40
};

typedef struct {
    double most_rules, most_events;
} scale;

static double
x_of(const scale *s, double rules)
{
    double all = log10(s->most_rules > 1 ? s->most_rules : 10);

    return LEFT + log10(rules) / all * (PLOT_W - LEFT - RIGHT);
}

static double
y_of(const scale *s, double events)
{
    return TOP + (1 - events / s->most_events) * (PLOT_H - TOP - BOTTOM);
}

static void
put_axis(FILE *f, const scale *s)
{
    for (int i = 0; i <= 4; i++) {
        double v = s->most_events * i / 4, y = y_of(s, v);

        fprintf(f,
                "<line class=\"line\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
                "y2=\"%.1f\"/><text class=\"dim\" x=\"%d\" y=\"%.1f\" "
                "text-anchor=\"end\">",
                LEFT, PLOT_W - RIGHT, y, y, LEFT - 8, y + 4);
        put_amount(f, v);
        fputs("</text>\n", f);
    }
}

static void
put_point(FILE *f, const scale *s, const bench_point *p)
{
    double x = x_of(s, p->nrules);

    fprintf(f,
            "<line class=\"span\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
            "y2=\"%.1f\"/><circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" "
            "r=\"4\"><title>%" PRIu32 " rules: %.0f events/s (%.0f to %.0f)"
            "</title></circle><text class=\"dim\" x=\"%.1f\" y=\"%d\" "
            "text-anchor=\"middle\">%" PRIu32 "</text>\n",
            x, x, y_of(s, p->events_per_s.least), y_of(s, p->events_per_s.most),
            x, y_of(s, p->events_per_s.median), p->nrules,
            p->events_per_s.median, p->events_per_s.least, p->events_per_s.most,
            x, PLOT_H - BOTTOM + 18, p->nrules);
}

static void
put_curve(FILE *f, const bench_result *r)
{
    scale s = {1, 1};

    for (size_t i = 0; i < r->npoints; i++) {
        if (r->points[i].nrules > s.most_rules)
            s.most_rules = r->points[i].nrules;
        if (r->points[i].events_per_s.most > s.most_events)
            s.most_events = r->points[i].events_per_s.most;
    }
    fprintf(f,
            "<h2>Events per second over the number of rules</h2>\n"
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"events per "
            "second over the number of rules\">\n",
            PLOT_W, PLOT_H);
    put_axis(f, &s);
    fputs("<polyline class=\"plot\" points=\"", f);
    for (size_t i = 0; i < r->npoints; i++)
        fprintf(f, "%.1f,%.1f ", x_of(&s, r->points[i].nrules),
                y_of(&s, r->points[i].events_per_s.median));
    fputs("\"/>\n", f);
    for (size_t i = 0; i < r->npoints; i++)
        put_point(f, &s, &r->points[i]);
    fprintf(f,
            "<text class=\"dim\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">"
            "rules (the first ones, logarithmic)</text></svg>\n",
            (LEFT + PLOT_W) / 2, PLOT_H - 4);
}

/* --- the costliest rules --- */

enum { ROW_H = 22, NAMES_W = 360, VALUES_W = 80 };

static void
put_bars(FILE *f, const bench_result *r)
{
    size_t n = r->nrules < SHOWN_RULES ? r->nrules : SHOWN_RULES;
    double most = n && r->rules[0].ns > 0 ? r->rules[0].ns : 1;
    double room = PLOT_W - NAMES_W - VALUES_W;

    fprintf(f,
            "<h2>The %zu costliest rules, nanoseconds per event</h2>\n"
            "<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"the "
            "costliest rules\">\n",
            n, PLOT_W, n * ROW_H + 4);
    for (size_t i = 0; i < n; i++) {
        const bench_rule *x = &r->rules[i];
        size_t y = i * ROW_H;

        fprintf(f, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\"><title>",
                NAMES_W - 8, y + 15);
        put_text(f, x->info.name.p, x->info.name.len);
        fputs("</title>", f);
        put_name(f, x->info.name, 56);
        fprintf(f,
                "</text><rect class=\"bar\" x=\"%d\" y=\"%zu\" width=\"%.1f\" "
                "height=\"14\" rx=\"2\"/><text x=\"%.1f\" y=\"%zu\">%.3g"
                "</text>\n",
                NAMES_W, y + 4, x->ns / most * room,
                NAMES_W + x->ns / most * room + 6, y + 15, x->ns);
    }
    fputs("</svg>\n", f);
}

static void
put_table(FILE *f, const bench_result *r)
{
    fputs("<h2>All rules</h2>\n<table><thead><tr><th>ns/event</th>"
          "<th>budget</th><th>candidates</th><th>hits</th><th>alerts</th>"
          "<th>state bytes</th><th>rule</th></tr></thead><tbody>\n",
          f);
    for (size_t i = 0; i < r->nrules; i++) {
        const bench_rule *x = &r->rules[i];

        fprintf(f, "<tr><td>%.2f</td><td>", x->ns);
        if (x->info.budget_ns > 0)
            fprintf(f, "%" PRId64, x->info.budget_ns);
        fprintf(f,
                "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64
                "</td><td>%" PRIu64 "</td><td>",
                x->cost.candidates, x->cost.hits, x->cost.alerts,
                x->cost.state_bytes);
        put_text(f, x->info.name.p, x->info.name.len);
        fputs("</td></tr>\n", f);
    }
    fputs("</tbody></table>\n", f);
}

bool
cli_bench_html(FILE *f, const bench_result *r)
{
    fputs(head, f);
    fprintf(f,
            "<h1>eqlvm bench</h1>\n<p>%" PRIu64 " events, %.1f MB, %zu rules. "
            "<strong>%.0f events/s</strong> (%.0f to %.0f), %.0f MB/s: %.2f "
            "times the time of reading alone (%.2f to %.2f). %" PRIu64
            " hits, %" PRIu64 " alerts.</p>\n<p class=\"dim\">eqlvm %s, %u "
            "thread%s, %s reader, median of %" PRIu32 " rounds.</p>\n",
            r->events, (double)r->bytes / 1e6, r->nrules,
            r->events_per_s.median, r->events_per_s.least, r->events_per_s.most,
            r->mb_per_s.median, r->floor.median, r->floor.least, r->floor.most,
            r->hits, r->alerts, eqlvm_version(), r->threads,
            r->threads == 1 ? "" : "s", r->kernel, r->rounds);
    put_curve(f, r);
    put_bars(f, r);
    put_table(f, r);
    fputs("</body></html>\n", f);
    return !ferror(f);
}
