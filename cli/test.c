/* test.c -- `eqlvm test`: runs the tests that rules carry. */
#include "cli/output.h"

#include <string.h>

typedef struct {
    bool verbose, json;
    bool colour;
    uint64_t told; /* tests so far, as JSON */
} test_state;

static void
print_text(const char *name, eqlvm_text t)
{
    printf(",\"%s\":", name);
    cli_write_json(stdout, t.p, t.len);
}

/* The first of them opens the object. */
static void
print_json(test_state *st, const eqlvm_test_result *r)
{
    printf("%s{\"passed\":%s", st->told++ ? ",\n" : "{\"tests\":[\n",
           r->passed ? "true" : "false");
    print_text("rule", r->rule);
    print_text("name", r->name);
    print_text("file", r->file);
    printf(",\"line\":%u", r->line);
    print_text("detail", r->detail);
    putchar('}');
}

static bool
on_result(void *ctx, const eqlvm_test_result *r)
{
    test_state *st = ctx;

    if (st->json) {
        print_json(st, r);
        return true;
    }
    if (r->passed && !st->verbose)
        return true;
    printf("%s%s%s  ", st->colour ? (r->passed ? "\033[32m" : "\033[31m") : "",
           r->passed ? "ok  " : "FAIL", st->colour ? "\033[0m" : "");
    cli_say(stdout, "%.*s: %.*s", (int)r->rule.len, r->rule.p, (int)r->name.len,
            r->name.p);
    if (!r->passed) {
        cli_say(stdout, "      %.*s:%u", (int)r->file.len, r->file.p, r->line);
        (void)cli_write_lines(stdout, r->detail.p, r->detail.len);
        putchar('\n');
    }
    return true;
}

static bool
write_diag(void *ctx, const char *p, size_t len)
{
    (void)ctx;
    return fwrite(p, 1, len, stderr) == len;
}

static void
print_summary(const test_state *st, const eqlvm_test_summary *sum)
{
    if (st->json) {
        printf("%s],\"rules\":%llu,\"passed\":%llu,\"failed\":%llu,"
               "\"bad\":%llu,\"rules_without_tests\":%llu}\n",
               st->told ? "\n" : "{\"tests\":[", (unsigned long long)sum->rules,
               (unsigned long long)sum->passed, (unsigned long long)sum->failed,
               (unsigned long long)sum->bad,
               (unsigned long long)sum->rules_without_tests);
        return;
    }
    printf("%llu rule%s: %llu passed, %llu failed",
           (unsigned long long)sum->rules, sum->rules == 1 ? "" : "s",
           (unsigned long long)sum->passed, (unsigned long long)sum->failed);
    if (sum->rules_without_tests)
        printf(", %llu rule%s without tests",
               (unsigned long long)sum->rules_without_tests,
               sum->rules_without_tests == 1 ? "" : "s");
    if (sum->bad)
        printf(", %llu did not compile", (unsigned long long)sum->bad);
    putchar('\n');
}

static int
test(const cli_list *paths, cli_select *select, test_state *st)
{
    eqlvm_compile_options co = {0};
    eqlvm_test_summary sum = {0};
    int code = cli_select_load(select);

    if (code != CLI_OK)
        return code;
    cli_select_fill(select, &co);
    for (size_t i = 0; i < paths->n; i++) {
        eqlvm_test_summary one = {0};
        char reason[512] = "";
        eqlvm_status s =
            eqlvm_test_path(paths->items[i], &co, on_result, write_diag, st,
                            &one, reason, sizeof reason);

        sum.rules += one.rules;
        sum.passed += one.passed;
        sum.failed += one.failed;
        sum.bad += one.bad;
        sum.rules_without_tests += one.rules_without_tests;
        if (s != EQLVM_OK && s != EQLVM_ERR_COMPILE) {
            cli_error("%s", *reason ? reason : eqlvm_status_name(s));
            code = cli_worse(code, s == EQLVM_ERR_ARG ? CLI_USAGE : CLI_IO);
        }
    }
    if (sum.rules + sum.bad == 0 && code == CLI_OK) {
        cli_error("no rule to test: none was found, or none is selected "
                  "(compiled files carry no tests)");
        return CLI_USAGE;
    }
    print_summary(st, &sum);
    if (!cli_close_stdout())
        code = cli_worse(code, CLI_IO);
    if (sum.failed)
        code = cli_worse(code, CLI_ALERT);
    if (sum.bad)
        code = cli_worse(code,
                         select->skip_bad_rules ? CLI_DEGRADED : CLI_COMPILE);
    return code;
}

static int
run(int argc, char **argv)
{
    cli_list paths = {0};
    cli_select select = {0};
    test_state st = {0};
    int colour = 0;
    const cli_option options[] = {
        CLI_RULES_OPTION(paths),
        {"json", 0, CLI_FLAG, &st.json, NULL,
         "everything as one JSON object on standard output"},
        {"verbose", 'v', CLI_FLAG, &st.verbose, NULL,
         "also list the tests that pass"},
        CLI_SELECT_OPTIONS(select),
        {"color", 0, CLI_CHOICE, &colour, "auto|always|never",
         "colour of messages"},
        CLI_LANGUAGE_OPTIONS(select),
    };
    int code =
        cli_parse(&cli_verb_test, options, sizeof options / sizeof options[0],
                  argc, argv, &paths);

    if (code < 0 && paths.n == 0) {
        cli_error("no rules: give files or folders");
        code = CLI_USAGE;
    }
    for (size_t i = 0; code < 0 && i < paths.n; i++) {
        if (strcmp(paths.items[i], "-") == 0) {
            cli_error("tests are of rules in files: - is not read here");
            code = CLI_USAGE;
        }
    }
    st.colour = cli_use_colour(colour, stdout);
    if (code < 0)
        code =
            cli_check_stdout(&(cli_inputs){.rules = &paths, .select = &select});
    if (code < 0)
        code = test(&paths, &select, &st);
    cli_list_free(&paths);
    cli_select_free(&select);
    return code;
}

const cli_verb cli_verb_test = {
    .name = "test",
    .usage = "[OPTIONS] RULES...",
    .about = "run the tests that rules carry ([[eqlvm.test]])",
    .details =
        "A test names events and the alerts they must give:\n"
        "\n"
        "  [[eqlvm.test]]\n"
        "  name   = \"cmd.exe started remotely is high\"\n"
        "  events = ['{...}', '{...}']        # or a file beside the rule\n"
        "  expect = [{ events = [1, 2], severity = \"high\" }]\n"
        "\n"
        "Examples:\n"
        "  eqlvm test rules\n"
        "  eqlvm test -v rules/windows/my_rule.toml\n"
        "  eqlvm test --json rules > tests.json\n"
        "\n"
        "Exit codes: 0 all passed; 1 some failed; 2 usage; 3 bad rules were\n"
        "skipped; 4 a rule did not compile; 5 unreadable.\n",
    .run = run,
};
