/* check.c -- `eqlvm check`: do these rules compile? */
#include "cli/cli.h"

static void
print_ignored(const eqlvm_compiler *c)
{
    for (size_t i = 0; i < eqlvm_compiler_nignored(c); i++) {
        eqlvm_text t = eqlvm_compiler_ignored(c, i);

        fprintf(stderr, "ignored: %.*s\n", (int)t.len, t.p);
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

static int
check(const cli_list *paths, const cli_list *queries, const cli_select *select,
      bool verbose, bool no_warnings, int colour)
{
    eqlvm_compile_summary sum;
    eqlvm_program *p = NULL;
    eqlvm_compiler *c;
    eqlvm_status s;
    int code;

    c = cli_new_compiler(select);
    if (!c)
        return CLI_IO;
    code = cli_add_rules(c, paths, queries);
    s = eqlvm_compiler_finish(c, &p);
    cli_print_diags(c, !no_warnings, cli_use_colour(colour, stderr));
    if (verbose)
        print_ignored(c);
    eqlvm_compiler_summary(c, &sum);
    if (s != EQLVM_OK && s != EQLVM_ERR_COMPILE) {
        cli_error("%s", *eqlvm_compiler_error(c) ? eqlvm_compiler_error(c)
                                                 : eqlvm_status_name(s));
        code = cli_worse(code, CLI_IO);
    }
    if (sum.bad || sum.errors)
        code = cli_worse(code,
                         select->skip_bad_rules ? CLI_DEGRADED : CLI_COMPILE);
    else if (sum.rules == 0 && code == CLI_OK) {
        cli_error("no rule to check: none was found, or none is selected");
        code = CLI_USAGE;
    }
    fflush(stderr);
    print_summary(&sum);
    if (!cli_close_output(stdout, NULL))
        code = cli_worse(code, CLI_IO);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return code;
}

static int
run(int argc, char **argv)
{
    cli_list paths = {0}, queries = {0};
    cli_select select = {0};
    bool verbose = false, no_warnings = false;
    int colour = 0;
    const cli_option options[] = {
        {"query", 'e', CLI_LIST, &queries, "EQL",
         "a query from the command line (repeatable)"},
        CLI_SELECT_OPTIONS(select),
        {"verbose", 'v', CLI_FLAG, &verbose, NULL,
         "also list the keys of rule files that have no effect here"},
        {"no-warnings", 0, CLI_FLAG, &no_warnings, NULL, "errors only"},
        {"color", 0, CLI_CHOICE, &colour, "auto|always|never",
         "colour of messages"},
    };
    int code =
        cli_parse(&cli_verb_check, options, sizeof options / sizeof options[0],
                  argc, argv, &paths);

    if (code < 0 && paths.n + queries.n == 0) {
        cli_error("no rules: give files or folders, or -e EQL");
        code = CLI_USAGE;
    }
    if (code < 0)
        code = check(&paths, &queries, &select, verbose, no_warnings, colour);
    cli_list_free(&paths);
    cli_list_free(&queries);
    cli_select_free(&select);
    return code;
}

const cli_verb cli_verb_check = {
    .name = "check",
    .usage = "[OPTIONS] RULES...",
    .about = "compile rules and say what is wrong with them",
    .details = "RULES are files or folders: .eql .toml .ndjson .eqlc.\n"
               "\n"
               "Examples:\n"
               "  eqlvm check rules\n"
               "  eqlvm check -v my_rule.toml\n"
               "  eqlvm check -e 'process where process.name == \"cmd.exe\"'\n"
               "\n"
               "Exit codes: 0 all compile; 2 usage; 3 some do not, with\n"
               "--skip-bad-rules; 4 some do not; 5 unreadable.\n",
    .run = run,
};
