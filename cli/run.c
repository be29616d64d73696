/* run.c -- `eqlvm run`: rules over events, alerts out. */
#include "cli/run.h"
#include "cli/output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    cli_list rules, queries, events;
    cli_select select;
    int input, time_rule, order, format, colour;
    const char *mapping, *utc_offset, *since, *until, *output, *stats,
        *temp_dir, *id_field;
    bool brief, json, csv_raw, fail_on_alert, quiet, no_index, no_memo;
    uint64_t max_line_bytes, max_event_depth, sort_memory, max_state_bytes,
        max_spool_bytes, threads;
} run_options;

typedef struct {
    const run_options *o;
    eqlvm_writer *writer;
    cli_output out;
    run_problems problems;
    bool progress; /* stderr is a terminal */
    bool progress_shown;
    bool pipe_closed;
    bool cut;             /* a signal came while alerts were written */
    uint64_t written;     /* alerts and rows */
    bool unreadable_told; /* on_problem spoke of the file being read */
    char told[512];       /* the last error of reading, which was shown */
    int code;
    struct timespec start;
    double last_progress; /* seconds since start */
} run_state;

static double
seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void
clear_progress(run_state *st)
{
    if (st->progress_shown)
        fputs("\r\033[K", stderr);
    st->progress_shown = false;
}

static void
on_progress(void *ctx, uint64_t bytes, uint64_t events)
{
    run_state *st = ctx;
    double t;

    if (!st->progress)
        return;
    t = seconds_since(&st->start);
    if (t - st->last_progress < 0.2)
        return;
    st->last_progress = t;
    fprintf(stderr, "\r%" PRIu64 " events, %.0f MB, %.0f MB/s\033[K", events,
            (double)bytes / 1e6, (double)bytes / 1e6 / t);
    st->progress_shown = true;
}

static void
on_problem(void *ctx, const eqlvm_problem *p)
{
    run_state *st = ctx;

    if (strcmp(p->reason, "io") == 0)
        st->unreadable_told = true;
    if (!run_problems_shows(&st->problems, p))
        return;
    clear_progress(st);
    if (p->line && p->byte)
        cli_say(stderr, "%s:%" PRIu64 ":%" PRIu64 ": %s: %s", p->path, p->line,
                p->byte, p->reason, p->text);
    else if (p->line)
        cli_say(stderr, "%s:%" PRIu64 ": %s: %s", p->path, p->line, p->reason,
                p->text);
    else
        cli_say(stderr, "%s: %s: %s", p->path, p->reason, p->text);
}

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    run_state *st = ctx;
    eqlvm_status s = eqlvm_writer_alert(st->writer, a);

    clear_progress(st);
    if (s == EQLVM_OK) {
        st->written++;
        return true;
    }
    if (s == EQLVM_ERR_NOMEM)
        cli_error("%s", eqlvm_status_name(s));
    if (cli_output_pipe_closed(&st->out))
        st->pipe_closed = true;
    else
        st->code = cli_worse(st->code, CLI_IO);
    return false;
}

/* "+02:00", "-0530", "+2": nanoseconds; false when it is none. */
static bool
parse_utc_offset(const char *s, int64_t *ns)
{
    unsigned h = 0, m = 0;
    int used = 0;
    bool ok;

    if (*s != '+' && *s != '-')
        return strcmp(s, "Z") == 0 ? (*ns = 0, true) : false;
    ok = (sscanf(s + 1, "%2u:%2u%n", &h, &m, &used) == 2 && !s[1 + used]) ||
         (strlen(s + 1) == 4 && sscanf(s + 1, "%2u%2u%n", &h, &m, &used) == 2 &&
          used == 4) ||
         (m = 0, sscanf(s + 1, "%2u%n", &h, &used) == 1 && !s[1 + used]);
    if (!ok || h > 23 || m > 59)
        return false;
    *ns = (int64_t)(h * 60 + m) * 60 * 1000000000 * (*s == '-' ? -1 : 1);
    return true;
}

/* Fills the engine's options; exit code, -1 to go on. */
static int
engine_options(const run_options *o, run_state *st, eqlvm_engine_options *eo,
               char **mapping)
{
    *eo = (eqlvm_engine_options){
        .input = (eqlvm_input)o->input,
        .time_rule = (eqlvm_time_rule)o->time_rule,
        .order = (eqlvm_order)o->order,
        .max_line_bytes = o->max_line_bytes,
        .max_event_depth = (uint32_t)o->max_event_depth,
        .sort_memory = o->sort_memory,
        .max_state_bytes = o->max_state_bytes,
        .max_spool_bytes = o->max_spool_bytes,
        .temp_dir = o->temp_dir,
        .id_field = o->id_field,
        .threads = (uint32_t)o->threads,
        .no_index = o->no_index,
        .no_memo = o->no_memo,
        .problem = on_problem,
        .progress = on_progress,
        .ctx = st,
    };
    if (o->max_event_depth > 10000) {
        cli_error("--max-event-depth is at most 10000");
        return CLI_USAGE;
    }
    if (o->threads > EQLVM_MAX_THREADS) {
        cli_error("--threads is at most %u", EQLVM_MAX_THREADS);
        return CLI_USAGE;
    }
    if (o->utc_offset) {
        eo->has_utc_offset = true;
        if (!parse_utc_offset(o->utc_offset, &eo->utc_offset_ns)) {
            cli_error("--utc-offset wants +hh:mm or -hh:mm, not '%s'",
                      o->utc_offset);
            return CLI_USAGE;
        }
    }
    if (!run_parse_range(o->since, o->until, eo))
        return CLI_USAGE;
    if (o->mapping) {
        *mapping = cli_read_file(o->mapping, &eo->mapping_len);
        if (!*mapping)
            return CLI_IO;
        eo->mapping = *mapping;
    }
    return -1;
}

static bool
write_notice(void *ctx, const char *p, size_t len)
{
    (void)ctx;
    if (len > 0 && p[len - 1] == '\n')
        len--;
    cli_error("%.*s", (int)len, p);
    return !ferror(stderr);
}

/* Exit code of writing the statistics file. */
static int
write_stats(const eqlvm_engine *e, const char *path)
{
    cli_output out;

    if (!cli_output_open(&out, path))
        return CLI_IO;
    return cli_output_end(
        &out, eqlvm_engine_stats_json(e, cli_output_write_json, &out));
}

static void
finish_report(run_state *st, eqlvm_engine *e, const eqlvm_program *p)
{
    bool quiet = st->o->quiet || st->pipe_closed;
    eqlvm_stats s;

    eqlvm_engine_stats(e, &s);
    clear_progress(st);
    run_problems_end(&st->problems);
    if (!quiet) {
        (void)cli_output_flush(&st->out);
        if (st->cut)
            cli_error("interrupted; %" PRIu64 " alert%s written, the rest was "
                      "not",
                      st->written, st->written == 1 ? " was" : "s were");
        else if (cli_interrupted())
            cli_error("interrupted; what was read so far is reported");
        run_report_input(&s, seconds_since(&st->start));
        run_report_rules(p);
        run_report_engine(&s);
        (void)cli_written(eqlvm_engine_notices(e, write_notice, NULL));
    }
    st->code = cli_worse(st->code, run_report_coverage(e, p, &s, quiet));
    if (st->o->stats)
        st->code = cli_worse(st->code, write_stats(e, st->o->stats));
    if (eqlvm_stats_degraded(&s) || cli_interrupted())
        st->code = cli_worse(st->code, CLI_DEGRADED);
    if (s.alerts && st->o->fail_on_alert)
        st->code = cli_worse(st->code, CLI_ALERT);
}

static void
read_all(run_state *st, eqlvm_engine *e)
{
    eqlvm_status s = EQLVM_OK;

    for (size_t i = 0; i < st->o->events.n && !cli_interrupted(); i++) {
        st->unreadable_told = false;
        s = eqlvm_engine_read(e, st->o->events.items[i]);
        if (s == EQLVM_ERR_IO) {
            clear_progress(st);
            if (!st->unreadable_told)
                cli_error("%s", eqlvm_engine_error(e));
            snprintf(st->told, sizeof st->told, "%s", eqlvm_engine_error(e));
            st->code = cli_worse(st->code, CLI_IO);
        } else if (s != EQLVM_OK) {
            if (s == EQLVM_ERR_STOPPED && !cli_interrupted())
                cli_error("%s and what follows it is not read",
                          st->o->events.items[i]);
            break;
        }
    }
    if (s == EQLVM_OK || s == EQLVM_ERR_IO || s == EQLVM_ERR_STOPPED)
        s = eqlvm_engine_finish(e);
    st->cut = s == EQLVM_ERR_STOPPED && !st->pipe_closed && cli_interrupted();
    if (s != EQLVM_OK && s != EQLVM_ERR_STOPPED) {
        clear_progress(st);
        if (s != EQLVM_ERR_IO || !*eqlvm_engine_error(e) ||
            strncmp(st->told, eqlvm_engine_error(e), sizeof st->told - 1) != 0)
            cli_error("%s", *eqlvm_engine_error(e) ? eqlvm_engine_error(e)
                                                   : eqlvm_status_name(s));
        st->code = cli_worse(st->code, CLI_IO);
    }
}

static bool
is_json(eqlvm_format format)
{
    return format == EQLVM_FORMAT_NDJSON || format == EQLVM_FORMAT_ECS;
}

static int
run_program(const run_options *o, const eqlvm_program *p)
{
    run_state st = {.o = o};
    eqlvm_engine_options eo;
    eqlvm_writer_options wo = {.brief = o->brief, .csv_raw = o->csv_raw};
    eqlvm_engine *e = NULL;
    char *mapping = NULL, reason[512] = "";
    int code;

    clock_gettime(CLOCK_MONOTONIC, &st.start);
    st.progress = isatty(STDERR_FILENO) && !o->quiet;
    code = engine_options(o, &st, &eo, &mapping);
    if (code >= 0)
        goto out;
    code = CLI_IO;
    if (!cli_output_open(&st.out, o->output))
        goto out;
    wo.format = o->format         ? (eqlvm_format)(o->format - 1)
                : st.out.terminal ? EQLVM_FORMAT_TABLE
                                  : EQLVM_FORMAT_NDJSON;
    wo.colour = cli_use_colour(o->colour, st.out.f);
    wo.width = cli_width(st.out.f);
    st.writer = eqlvm_writer_new(
        p, &wo, is_json(wo.format) ? cli_output_write_json : cli_output_write,
        &st.out);
    e = eqlvm_engine_new(p, &eo, on_alert, &st, reason, sizeof reason);
    if (!st.writer || !e) {
        cli_error("%s", *reason ? reason : "out of memory");
        goto out;
    }
    cli_watch(e);
    read_all(&st, e);
    finish_report(&st, e, p);
    code = st.code;
out:
    cli_watch(NULL);
    if (!e || !st.writer) /* nothing was run: what was there stays */
        cli_output_drop(&st.out);
    else if (!cli_output_close(&st.out))
        code = cli_worse(code, CLI_IO);
    eqlvm_writer_free(st.writer);
    eqlvm_engine_free(e);
    free(mapping);
    return code;
}

static int
load_and_run(run_options *o)
{
    int code;
    eqlvm_program *p = cli_load_rules(&o->select, &o->rules, &o->queries,
                                      o->colour, "run", &code);

    if (p)
        code = cli_worse(code, run_program(o, p));
    eqlvm_program_free(p);
    return code;
}

static int
check_outputs(const run_options *o)
{
    cli_inputs in = {&o->events, &o->rules, &o->select, o->mapping};
    const char *outs[] = {o->output ? o->output : "-", o->stats};

    return cli_check_outputs(&in, outs, 2);
}

/* Exit code of options without sense, -1: all is well. */
static int
check_options(run_options *o)
{
    if (o->rules.n + o->queries.n == 0) {
        cli_error("no rules: give -r PATH or -e EQL");
        return CLI_USAGE;
    }
    if (o->events.n == 0) {
        cli_error("no events: give files, folders, or - for standard input");
        return CLI_USAGE;
    }
    if (o->json && o->format > 1) {
        cli_error("--json is --output ndjson: give one form");
        return CLI_USAGE;
    }
    if (o->json)
        o->format = 1;
    if (!cli_reads_stdin_once(&o->rules, &o->events))
        return CLI_USAGE;
    return check_outputs(o);
}

static int
run(int argc, char **argv)
{
    run_options o = {0};
    const cli_option options[] = {
        CLI_RULES_OPTION(o.rules),
        {"query", 'e', CLI_LIST, &o.queries, "EQL",
         "a query from the command line (repeatable)"},
        CLI_SELECT_OPTIONS(o.select),
        CLI_STDIN_OPTION(o.select),
        {"since", 0, CLI_TEXT, &o.since, "TIME",
         "only events from TIME on: a day, a time, 2h, 3d, today, yesterday"},
        {"until", 0, CLI_TEXT, &o.until, "TIME",
         "only events before TIME, written likewise"},
        {"input", 0, CLI_CHOICE, &o.input, "auto|ecs|winevent",
         "what the events are; auto maps Windows records to ECS"},
        {"mapping", 0, CLI_TEXT, &o.mapping, "FILE",
         "mapping of Windows records instead of the one built in"},
        {"time", 0, CLI_CHOICE, &o.time_rule, "robust|utctime|created",
         "which time of a Windows record counts"},
        {"utc-offset", 0, CLI_TEXT, &o.utc_offset, "+hh:mm",
         "of record times without a zone, instead of learning it"},
        {"id-field", 0, CLI_TEXT, &o.id_field, "FIELD",
         "field with an event's id; else _id of an export"},
        {"order", 0, CLI_CHOICE, &o.order, "auto|time|arrival",
         "order of events: by time, or as they stand; auto: endgame's stand"},
        {"output", 0, CLI_CHOICE, &o.format, "auto|ndjson|table|csv|ecs",
         "form of the alerts; auto: table on a terminal, else ndjson"},
        {"json", 0, CLI_FLAG, &o.json, NULL, "the same as --output ndjson"},
        {"out", 'o', CLI_TEXT, &o.output, "FILE", "alerts to FILE"},
        {"brief", 0, CLI_FLAG, &o.brief, NULL, "alerts without their events"},
        {"csv-raw", 0, CLI_FLAG, &o.csv_raw, NULL,
         "CSV cells that look like formulas as they are, without an "
         "apostrophe"},
        {"stats", 0, CLI_TEXT, &o.stats, "FILE", "counts of the run as JSON"},
        {"fail-on-alert", 0, CLI_FLAG, &o.fail_on_alert, NULL,
         "exit 1 when there is an alert"},
        {"quiet", 'q', CLI_FLAG, &o.quiet, NULL,
         "no report at the end, nothing about rules that can be used"},
        {"verbose", 'v', CLI_FLAG, &o.select.verbose, NULL,
         "all that is wrong with rules, as eqlvm check tells it"},
        {"color", 0, CLI_CHOICE, &o.colour, "auto|always|never",
         "colour of tables and messages"},
        {"no-index", 0, CLI_FLAG, &o.no_index, NULL,
         "look at every rule of an event's category; same alerts, slower"},
        {"no-memo", 0, CLI_FLAG, &o.no_memo, NULL,
         "forget what was learned of values; same alerts, slower"},
        {"threads", 'j', CLI_COUNT, &o.threads, "N",
         "that read and filter; alerts are the same (CPUs, at most 8)"},
        {"sort-memory", 0, CLI_SIZE, &o.sort_memory, "SIZE",
         "hits held in memory before spilling (16M)"},
        {"max-state-bytes", 0, CLI_SIZE, &o.max_state_bytes, "SIZE",
         "for sequences in flight; oldest are evicted (64M)"},
        {"max-line-bytes", 0, CLI_SIZE, &o.max_line_bytes, "SIZE",
         "longest line taken as an event (64M)"},
        {"max-event-depth", 0, CLI_COUNT, &o.max_event_depth, "N",
         "deepest nesting of an event (200)"},
        {"max-spool-bytes", 0, CLI_SIZE, &o.max_spool_bytes, "SIZE",
         "events of compressed or piped input kept on disk (16G)"},
        {"temp-dir", 0, CLI_TEXT, &o.temp_dir, "DIR",
         "for spill and spool files (TMPDIR, else /tmp)"},
        CLI_LANGUAGE_OPTIONS(o.select),
    };
    int code =
        cli_parse(&cli_verb_run, options, sizeof options / sizeof options[0],
                  argc, argv, &o.events);

    if (code < 0)
        code = check_options(&o);
    o.select.quiet = o.quiet;
    if (code < 0)
        code = load_and_run(&o);
    cli_list_free(&o.rules);
    cli_list_free(&o.queries);
    cli_list_free(&o.events);
    cli_select_free(&o.select);
    return code;
}

const cli_verb cli_verb_run = {
    .name = "run",
    .usage = "(-r PATH | -e EQL)... [OPTIONS] EVENTS...",
    .about = "run rules over events and write alerts",
    .details =
        "EVENTS are files, folders, or - for standard input: JSON lines (ECS,\n"
        "Elasticsearch exports, or raw Windows records), plain, gzip, zstd or\n"
        "xz.  Events are put in time order; alerts come out in that order.\n"
        "\n"
        "Examples:\n"
        "  eqlvm run -r rules capture.json.gz\n"
        "  eqlvm run -r rules --output table captures/\n"
        "  eqlvm run -e 'process where process.name : \"cmd.exe\"' log.json\n"
        "  zcat big.gz | eqlvm run -r rules.eqlc - > alerts.ndjson\n"
        "\n"
        "Exit codes: 0 ran; 1 alerts with --fail-on-alert; 2 usage;\n"
        "3 degraded (something was rejected, evicted, capped or skipped, or\n"
        "no alert means nothing: no category, no time, no field of the "
        "rules);\n"
        "4 a rule did not compile; 5 input or output failed.\n",
    .run = run,
};
