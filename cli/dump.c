/* dump.c -- `eqlvm dump`: what each pass of the compiler makes of a rule. */
#include "cli/output.h"

enum { PASS_BYTECODE, PASS_TOKENS, PASS_AST, PASS_TYPED, PASS_PLAN };

static bool
write_pass(void *ctx, const char *p, size_t len)
{
    bool *wrote = ctx;

    *wrote = true;
    return cli_write_lines(stdout, p, len);
}

static int
dump(const cli_list *paths, const cli_list *queries, cli_select *select,
     int pass, int colour)
{
    static const eqlvm_dump_pass passes[] = {
        [PASS_TOKENS] = EQLVM_DUMP_TOKENS,
        [PASS_AST] = EQLVM_DUMP_AST,
        [PASS_TYPED] = EQLVM_DUMP_TYPED,
        [PASS_PLAN] = EQLVM_DUMP_PLAN,
    };
    eqlvm_compiler *c;
    eqlvm_program *p = NULL;
    bool wrote = false;
    int code;
    eqlvm_status s;

    c = cli_new_compiler(select, &code);
    if (!c)
        return code;
    if (pass != PASS_BYTECODE)
        eqlvm_compiler_dump(c, passes[pass], write_pass, &wrote);
    code = cli_add_rules(c, select, paths, queries);
    p = cli_finish_rules(c, select, cli_use_colour(colour, stderr), &code);
    if (p && pass == PASS_BYTECODE) {
        s = eqlvm_program_disassemble(p, cli_write_lines, stdout);
        code = cli_worse(code, cli_written(s));
        if (s == EQLVM_ERR_STOPPED && !ferror(stdout)) /* no memory, as told */
            code = cli_worse(code, CLI_IO);
    } else if (p && !wrote) {
        cli_error("nothing to print: a compiled file has bytecode only");
        code = cli_worse(code, CLI_USAGE);
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
    cli_list paths = {0}, queries = {0};
    cli_select select = {0};
    int pass = PASS_BYTECODE, colour = 0;
    const cli_option options[] = {
        CLI_RULES_OPTION(paths),
        {"query", 'e', CLI_LIST, &queries, "EQL",
         "a query from the command line (repeatable)"},
        {"pass", 'p', CLI_CHOICE, &pass, "bytecode|tokens|ast|typed|plan",
         "what to print; bytecode is the default"},
        CLI_SELECT_OPTIONS(select),
        CLI_STDIN_OPTION(select),
        {"color", 0, CLI_CHOICE, &colour, "auto|always|never",
         "colour of messages"},
        CLI_LANGUAGE_OPTIONS(select),
    };
    int code =
        cli_parse(&cli_verb_dump, options, sizeof options / sizeof options[0],
                  argc, argv, &paths);

    if (code < 0 && paths.n + queries.n == 0) {
        cli_error("no rules: give files or folders, or -e EQL");
        code = CLI_USAGE;
    }
    if (code < 0 && !cli_reads_stdin_once(&paths, NULL))
        code = CLI_USAGE;
    if (code < 0)
        code =
            cli_check_stdout(&(cli_inputs){.rules = &paths, .select = &select});
    if (code < 0)
        code = dump(&paths, &queries, &select, pass, colour);
    cli_list_free(&paths);
    cli_list_free(&queries);
    cli_select_free(&select);
    return code;
}

const cli_verb cli_verb_dump = {
    .name = "dump",
    .usage = "[OPTIONS] RULES...",
    .about = "print a rule as tokens, tree, plan or bytecode",
    .details =
        "Examples:\n"
        "  eqlvm dump -e 'process where process.name : \"cmd*\"'\n"
        "  eqlvm dump --pass plan rules/windows/my_rule.toml\n"
        "  eqlvm dump rules.eqlc\n"
        "\n"
        "A compiled file has bytecode only.\n"
        "\n"
        "Exit codes: 0 printed; 2 usage; 3 bad rules were skipped; 4 a rule\n"
        "did not compile; 5 unreadable.\n",
    .run = run,
};
