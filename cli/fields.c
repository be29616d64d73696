/* fields.c -- `eqlvm fields`: which fields the rules read, and which of them
 * the events never had. */
#include "cli/output.h"

#include <inttypes.h>

typedef struct {
    cli_list rules, queries, events;
    cli_select select;
    bool json, missing;
    int colour;
    uint64_t problems;
} fields_options;

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    (void)ctx;
    (void)a;
    return true;
}

static void
on_problem(void *ctx, const eqlvm_problem *p)
{
    fields_options *o = ctx;

    if (o->problems++ < 20)
        cli_say(stderr, "%s:%" PRIu64 ": %s: %s", p->path, p->line, p->reason,
                p->text);
}

/* --- printing --- */

static void
print_line(const eqlvm_field_info *f, const uint64_t *events)
{
    printf("%6" PRIu32 "  ", f->rules);
    if (events)
        printf("%10" PRIu64 "  ", *events);
    cli_say(stdout, "%-8.*s %.*s", (int)f->type.len, f->type.p,
            (int)f->path.len, f->path.p);
}

static void
print_json(const eqlvm_field_info *f, const uint64_t *events, bool first)
{
    printf("%s{\"path\":", first ? "\n" : ",\n");
    cli_write_json(stdout, f->path.p, f->path.len);
    fputs(",\"type\":", stdout);
    if (f->type.len > 0)
        cli_write_json(stdout, f->type.p, f->type.len);
    else
        fputs("null", stdout);
    printf(",\"rules\":%" PRIu32, f->rules);
    if (events)
        printf(",\"events\":%" PRIu64, *events);
    putchar('}');
}

static void
print_fields(const fields_options *o, const eqlvm_fields *fields,
             const eqlvm_engine *e)
{
    bool first = true;

    if (o->json)
        putchar('[');
    else
        printf(" rules  %stype     field\n", e ? "    events  " : "");
    for (size_t i = 0; i < eqlvm_fields_count(fields); i++) {
        uint64_t events = e ? eqlvm_engine_field_events(e, fields, i) : 0;
        eqlvm_field_info f;

        if (o->missing && events > 0)
            continue;
        eqlvm_fields_get(fields, i, &f);
        if (o->json)
            print_json(&f, e ? &events : NULL, first);
        else
            print_line(&f, e ? &events : NULL);
        first = false;
    }
    if (o->json)
        fputs(first ? "]\n" : "\n]\n", stdout);
}

static void
print_summary(const eqlvm_fields *fields, const eqlvm_engine *e)
{
    size_t never = 0, n = eqlvm_fields_count(fields);
    eqlvm_stats s;

    eqlvm_engine_stats(e, &s);
    for (size_t i = 0; i < n; i++)
        never += eqlvm_engine_field_events(e, fields, i) == 0;
    fprintf(stderr,
            "eqlvm: %zu of %zu fields were in none of %" PRIu64 " events\n",
            never, n, s.evaluated);
}

/* --- doing --- */

static int
read_events(fields_options *o, const eqlvm_program *p, eqlvm_engine **out)
{
    eqlvm_engine_options eo = {
        .count_fields = true, .problem = on_problem, .ctx = o};
    char reason[512] = "";
    eqlvm_engine *e =
        eqlvm_engine_new(p, &eo, on_alert, NULL, reason, sizeof reason);
    int code = CLI_OK;
    eqlvm_stats counts;
    eqlvm_status s;

    if (!e) {
        cli_error("%s", reason);
        return CLI_IO;
    }
    *out = e;
    for (size_t i = 0; i < o->events.n; i++)
        if ((s = eqlvm_engine_read(e, o->events.items[i])) != EQLVM_OK) {
            code = CLI_IO;
            if (s != EQLVM_ERR_IO) /* that was told as a problem */
                cli_error("%s", eqlvm_engine_error(e));
        }
    eqlvm_engine_stats(e, &counts);
    return eqlvm_stats_degraded(&counts) ? cli_worse(code, CLI_DEGRADED) : code;
}

static int
show(fields_options *o, const eqlvm_program *p)
{
    eqlvm_fields *fields = eqlvm_fields_new(p);
    eqlvm_engine *e = NULL;
    int code = CLI_OK;

    if (!fields) {
        cli_error("out of memory");
        return CLI_IO;
    }
    if (o->events.n > 0)
        code = read_events(o, p, &e);
    if (o->events.n == 0 || e) {
        print_fields(o, fields, e);
        if (e)
            print_summary(fields, e);
    }
    if (!cli_close_stdout())
        code = cli_worse(code, CLI_IO);
    eqlvm_engine_free(e);
    eqlvm_fields_free(fields);
    return code;
}

static int
load_and_show(fields_options *o)
{
    int code;
    eqlvm_program *p = cli_load_rules(&o->select, &o->rules, &o->queries,
                                      o->colour, NULL, &code);

    if (p)
        code = cli_worse(code, show(o, p));
    eqlvm_program_free(p);
    return code;
}

static int
run(int argc, char **argv)
{
    fields_options o = {0};
    const cli_option options[] = {
        CLI_RULES_OPTION(o.rules),
        {"query", 'e', CLI_LIST, &o.queries, "EQL",
         "a query from the command line (repeatable)"},
        CLI_SELECT_OPTIONS(o.select),
        CLI_STDIN_OPTION(o.select),
        {"missing", 0, CLI_FLAG, &o.missing, NULL,
         "only fields that none of the events had"},
        {"json", 0, CLI_FLAG, &o.json, NULL, "as a JSON array"},
        {"color", 0, CLI_CHOICE, &o.colour, "auto|always|never",
         "colour of messages"},
        CLI_LANGUAGE_OPTIONS(o.select),
    };
    int code =
        cli_parse(&cli_verb_fields, options, sizeof options / sizeof options[0],
                  argc, argv, &o.events);

    if (code < 0 && o.rules.n + o.queries.n == 0) {
        cli_error("no rules: give -r PATH or -e EQL");
        code = CLI_USAGE;
    } else if (code < 0 && o.missing && o.events.n == 0) {
        cli_error("--missing wants events to look at");
        code = CLI_USAGE;
    }
    if (code < 0 && !cli_reads_stdin_once(&o.rules, &o.events))
        code = CLI_USAGE;
    if (code < 0)
        code = cli_check_stdout(&(cli_inputs){
            .events = &o.events, .rules = &o.rules, .select = &o.select});
    if (code < 0)
        code = load_and_show(&o);
    cli_list_free(&o.rules);
    cli_list_free(&o.queries);
    cli_list_free(&o.events);
    cli_select_free(&o.select);
    return code;
}

const cli_verb cli_verb_fields = {
    .name = "fields",
    .usage = "(-r PATH | -e EQL)... [OPTIONS] [EVENTS...]",
    .about = "list the fields that rules read, and which the events never had",
    .details =
        "Per field: how many rules read it, its type by the schema, and, when\n"
        "EVENTS are given, how many of them had a value for it.  A rule that\n"
        "rests on a field no event has cannot fire.\n"
        "\n"
        "Examples:\n"
        "  eqlvm fields -r rules\n"
        "  eqlvm fields -r rules --missing captures/\n"
        "\n"
        "Exit codes: 0 listed; 2 usage; 3 some input was rejected; 4 a rule\n"
        "did not compile; 5 input or output failed.\n",
    .run = run,
};
