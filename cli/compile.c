/* compile.c -- `eqlvm compile`: rules to one image. */
#include "cli/output.h"

static int
save(const eqlvm_program *p, const char *path)
{
    cli_output out;

    if (!cli_output_open(&out, path))
        return CLI_IO;
    return cli_output_end(&out, eqlvm_program_save(p, cli_output_write, &out));
}

static int
compile(const cli_list *paths, cli_select *select, const char *out, int colour)
{
    int code;
    eqlvm_program *p =
        cli_load_rules(select, paths, NULL, colour, "compile", &code);

    if (!p)
        return code;
    code = cli_worse(code, save(p, out));
    if (code == CLI_OK || code == CLI_DEGRADED)
        cli_say(stderr, "%u rule%s compiled to %s", eqlvm_program_nrules(p),
                eqlvm_program_nrules(p) == 1 ? "" : "s", out);
    eqlvm_program_free(p);
    return code;
}

static int
run(int argc, char **argv)
{
    cli_list paths = {0};
    cli_select select = {0};
    const char *out = NULL;
    int colour = 0;
    const cli_option options[] = {
        {"out", 'o', CLI_TEXT, &out, "FILE",
         "the compiled file, by custom .eqlc; - is standard output"},
        CLI_RULES_OPTION(paths),
        CLI_SELECT_OPTIONS(select),
        CLI_STDIN_OPTION(select),
        {"color", 0, CLI_CHOICE, &colour, "auto|always|never",
         "colour of messages"},
        CLI_LANGUAGE_OPTIONS(select),
    };
    int code =
        cli_parse(&cli_verb_compile, options,
                  sizeof options / sizeof options[0], argc, argv, &paths);

    if (code < 0 && (paths.n == 0 || !out)) {
        cli_error(out ? "no rules: give files or folders"
                      : "no output: give -o FILE.eqlc");
        code = CLI_USAGE;
    }
    if (code < 0 && !cli_reads_stdin_once(&paths, NULL))
        code = CLI_USAGE;
    if (code < 0)
        code = cli_check_outputs(
            &(cli_inputs){.rules = &paths, .select = &select}, &out, 1);
    if (code < 0)
        code = compile(&paths, &select, out, colour);
    cli_list_free(&paths);
    cli_select_free(&select);
    return code;
}

const cli_verb cli_verb_compile = {
    .name = "compile",
    .usage = "-o FILE.eqlc [OPTIONS] RULES...",
    .about = "compile rules into one verified file",
    .details =
        "The file is taken wherever rules are: eqlvm run -r FILE.eqlc.  It is\n"
        "verified again whenever it is loaded.\n"
        "\n"
        "Examples:\n"
        "  eqlvm compile -o rules.eqlc rules\n"
        "  eqlvm compile -o windows.eqlc --os windows --skip-bad-rules "
        "corpus/\n"
        "\n"
        "Exit codes: 0 compiled; 2 usage; 3 bad rules were skipped; 4 some\n"
        "rule did not compile; 5 unreadable or unwritable.\n",
    .run = run,
};
