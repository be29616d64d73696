/* main.c -- the program: picks the verb. */
#include "cli/generate.h"

#include <string.h>

const cli_verb *const cli_verbs[] = {
    &cli_verb_run,   &cli_verb_check, &cli_verb_test,   &cli_verb_compile,
    &cli_verb_bench, &cli_verb_dump,  &cli_verb_fields, &cli_verb_functions,
};
const size_t cli_nverbs = sizeof cli_verbs / sizeof cli_verbs[0];

static void
print_help(FILE *f)
{
    fprintf(f,
            "eqlvm %s -- run EQL detection rules over security events\n\n"
            "Usage: eqlvm VERB [OPTIONS] [ARGUMENTS]\n\nVerbs:\n",
            eqlvm_version());
    for (size_t i = 0; i < cli_nverbs; i++)
        fprintf(f, "  %-9s %s\n", cli_verbs[i]->name, cli_verbs[i]->about);
    fputs(
        "\n"
        "  eqlvm VERB --help     what a verb does, with examples\n"
        "  eqlvm --version       version\n"
        "  eqlvm --generate KIND the man page's verbs (man), or completions\n"
        "                        (complete-bash, complete-zsh, complete-fish)"
        "\n\n"
        "Examples:\n"
        "  eqlvm run -r rules captures/            alerts as JSON lines\n"
        "  eqlvm run -e 'process where process.name : \"cmd.exe\"' log.json\n"
        "  eqlvm test rules                        run the rules' own tests\n\n"
        "Exit codes: 0 ran; 1 alerts with --fail-on-alert, or a failed "
        "test;\n  2 usage; 3 degraded (input rejected, state evicted, bad "
        "rule skipped);\n  4 a rule did not compile; 5 input or output "
        "failed.  The worst wins.\n",
        f);
}

static int
unknown_verb(const char *given)
{
    const char *names[16];
    const char *close;

    for (size_t i = 0; i < cli_nverbs; i++)
        names[i] = cli_verbs[i]->name;
    close = cli_closest(given, names, cli_nverbs);
    if (close)
        cli_error("unknown verb '%s'; did you mean '%s'?", given, close);
    else
        cli_error("unknown verb '%s'; 'eqlvm --help' lists them", given);
    return CLI_USAGE;
}

int
main(int argc, char **argv)
{
    cli_open_standard();
    cli_catch_signals();
    if (argc < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        for (size_t i = 0; argc > 2 && i < cli_nverbs; i++)
            if (strcmp(argv[2], cli_verbs[i]->name) == 0) {
                char help[] = "--help";
                char *args[] = {argv[2], help, NULL};

                return cli_verbs[i]->run(2, args);
            }
        print_help(stdout);
        return cli_close_stdout() ? CLI_OK : CLI_IO;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("eqlvm %s\n", eqlvm_version());
        return cli_close_stdout() ? CLI_OK : CLI_IO;
    }
    if (strcmp(argv[1], "--generate") == 0)
        return cli_generate(argc > 2 ? argv[2] : "");
    for (size_t i = 0; i < cli_nverbs; i++)
        if (strcmp(argv[1], cli_verbs[i]->name) == 0)
            return cli_verbs[i]->run(argc - 1, argv + 1);
    return unknown_verb(argv[1]);
}
