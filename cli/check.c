/* check.c -- `eqlvm check`: do these rules compile? */
#include "cli/output.h"

static void
print_ignored(const eqlvm_compiler *c)
{
    for (size_t i = 0; i < eqlvm_compiler_nignored(c); i++) {
        eqlvm_text t = eqlvm_compiler_ignored(c, i);

        cli_say(stderr, "ignored: %.*s", (int)t.len, t.p);
    }
}

static void
print_summary(const eqlvm_compile_summary *s)
{
    printf("%llu rule%s compiled, %llu bad, %llu warning%s",
           (unsigned long long)s->rules, s->rules == 1 ? "" : "s",
           (unsigned long long)s->bad, (unsigned long long)s->warnings,
           s->warnings == 1 ? "" : "s");
    if (s->deselected)
        printf(", %llu not selected", (unsigned long long)s->deselected);
    if (s->other_language)
        printf(", %llu in another language skipped",
               (unsigned long long)s->other_language);
    putchar('\n');
}

/* --- as JSON, for editors and CI --- */

static void
print_text(const char *name, eqlvm_text t)
{
    printf(",\"%s\":", name);
    if (t.len > 0)
        cli_write_json(stdout, t.p, t.len);
    else
        fputs("null", stdout);
}

static void
print_diag(const eqlvm_diag *d)
{
    static const char *const kinds[] = {"error", "warning", "note"};

    printf("{\"severity\":\"%s\"", kinds[d->kind]);
    print_text("code", d->code);
    print_text("file", d->file);
    printf(",\"line\":%u,\"column\":%u,\"offset\":%u,\"length\":%u", d->line,
           d->column, d->offset, d->length);
    print_text("message", d->message);
    print_text("hint", d->hint);
    putchar('}');
}

static void
print_json(const eqlvm_compiler *c, const eqlvm_compile_summary *s,
           bool warnings)
{
    bool first = true;

    printf("{\"rules\":%llu,\"bad\":%llu,\"errors\":%llu,\"warnings\":%llu,"
           "\"deselected\":%llu,\"other_language\":%llu,\"diagnostics\":[",
           (unsigned long long)s->rules, (unsigned long long)s->bad,
           (unsigned long long)s->errors, (unsigned long long)s->warnings,
           (unsigned long long)s->deselected,
           (unsigned long long)s->other_language);
    for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind != EQLVM_ERROR && !warnings)
            continue;
        fputs(first ? "\n" : ",\n", stdout);
        first = false;
        print_diag(&d);
    }
    fputs(first ? "]}\n" : "\n]}\n", stdout);
}

/* What was asked for on the command line. */
typedef struct {
    cli_list paths, queries;
    cli_select select;
    bool verbose, no_warnings, json;
    int colour;
} check_options;

static void
print_result(const check_options *o, const eqlvm_compiler *c,
             const eqlvm_compile_summary *sum)
{
    if (o->json) {
        print_json(c, sum, !o->no_warnings);
        return;
    }
    cli_print_diags(c, !o->no_warnings, cli_use_colour(o->colour, stderr));
    if (o->verbose)
        print_ignored(c);
    fflush(stderr);
    print_summary(sum);
}

static int
check(check_options *o)
{
    eqlvm_compile_summary sum;
    eqlvm_program *p = NULL;
    eqlvm_compiler *c;
    eqlvm_status s;
    int code;

    c = cli_new_compiler(&o->select, &code);
    if (!c)
        return code;
    code = cli_add_rules(c, &o->select, &o->paths, &o->queries);
    s = eqlvm_compiler_finish(c, &p);
    eqlvm_compiler_summary(c, &sum);
    if (s != EQLVM_OK && s != EQLVM_ERR_COMPILE) {
        cli_error("%s", *eqlvm_compiler_error(c) ? eqlvm_compiler_error(c)
                                                 : eqlvm_status_name(s));
        code = cli_worse(code, CLI_IO);
    }
    print_result(o, c, &sum);
    if (sum.bad || sum.errors)
        code = cli_worse(code,
                         o->select.skip_bad_rules ? CLI_DEGRADED : CLI_COMPILE);
    else if (sum.rules == 0 && code == CLI_OK) {
        cli_no_rules(c, "check");
        code = CLI_USAGE;
    }
    if (!cli_close_stdout())
        code = cli_worse(code, CLI_IO);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return code;
}

static int
run(int argc, char **argv)
{
    check_options o = {0};
    const cli_option options[] = {
        CLI_RULES_OPTION(o.paths),
        {"query", 'e', CLI_LIST, &o.queries, "EQL",
         "a query from the command line (repeatable)"},
        CLI_SELECT_OPTIONS(o.select),
        CLI_STDIN_OPTION(o.select),
        {"json", 0, CLI_FLAG, &o.json, NULL,
         "everything as one JSON object on standard output"},
        {"verbose", 'v', CLI_FLAG, &o.verbose, NULL,
         "also list the keys of rule files that have no effect here"},
        {"no-warnings", 0, CLI_FLAG, &o.no_warnings, NULL, "errors only"},
        {"color", 0, CLI_CHOICE, &o.colour, "auto|always|never",
         "colour of messages"},
        CLI_LANGUAGE_OPTIONS(o.select),
    };
    int code =
        cli_parse(&cli_verb_check, options, sizeof options / sizeof options[0],
                  argc, argv, &o.paths);

    if (code < 0 && o.paths.n + o.queries.n == 0) {
        cli_error("no rules: give files or folders, or -e EQL");
        code = CLI_USAGE;
    }
    if (code < 0 && !cli_reads_stdin_once(&o.paths, NULL))
        code = CLI_USAGE;
    if (code < 0)
        code = cli_check_stdout(
            &(cli_inputs){.rules = &o.paths, .select = &o.select});
    if (code < 0)
        code = check(&o);
    cli_list_free(&o.paths);
    cli_list_free(&o.queries);
    cli_select_free(&o.select);
    return code;
}

const cli_verb cli_verb_check = {
    .name = "check",
    .usage = "[OPTIONS] RULES...",
    .about = "compile rules and say what is wrong with them",
    .details =
        "RULES are files or folders, .eql .toml .ndjson .eqlc, or - for\n"
        "standard input: what comes from there is called by --stdin-name,\n"
        "and is a query, TOML or an export by that name's suffix, else by\n"
        "its looks.\n"
        "\n"
        "Examples:\n"
        "  eqlvm check rules\n"
        "  eqlvm check -v my_rule.toml\n"
        "  eqlvm check --json rules > report.json\n"
        "  eqlvm check --stdin-name my_rule.toml - < buffer\n"
        "  eqlvm check --dialect endgame --strict old_rules\n"
        "  eqlvm check -e 'process where process.name == \"cmd.exe\"'\n"
        "\n"
        "Exit codes: 0 all compile; 2 usage; 3 some do not, with\n"
        "--skip-bad-rules; 4 some do not; 5 unreadable.\n",
    .run = run,
};
