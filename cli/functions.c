/* functions.c -- `eqlvm functions`: the functions of the language. */
#include "cli/cli.h"

#include <string.h>

static void
print_one(const eqlvm_function_info *f)
{
    char left[80];

    snprintf(left, sizeof left, "%s%s", f->signature,
             f->ignores_case ? "  ~" : "");
    printf("%-46s %-15s %s\n", left, f->result, f->about);
}

static void
print_json(const eqlvm_function_info *f, bool first)
{
    printf("%s{\"name\":", first ? "[\n" : ",\n");
    cli_write_json(stdout, f->name, strlen(f->name));
    printf(",\"min_args\":%u,\"max_args\":", f->min_args);
    if (f->max_args == UINT32_MAX)
        fputs("null", stdout);
    else
        printf("%u", f->max_args);
    printf(",\"ignores_case\":%s,\"signature\":",
           f->ignores_case ? "true" : "false");
    cli_write_json(stdout, f->signature, strlen(f->signature));
    fputs(",\"result\":", stdout);
    cli_write_json(stdout, f->result, strlen(f->result));
    fputs(",\"about\":", stdout);
    cli_write_json(stdout, f->about, strlen(f->about));
    putchar('}');
}

/* Is the function one of those asked for, in any case? */
static bool
is_wanted(const cli_list *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcasecmp(names->items[i], name) == 0)
            return true;
    return names->n == 0;
}

static bool
is_known(const char *name)
{
    for (size_t i = 0; i < eqlvm_nfunctions(); i++) {
        eqlvm_function_info f;

        eqlvm_function(i, &f);
        if (strcasecmp(f.name, name) == 0)
            return true;
    }
    return false;
}

static int
complain(const char *name)
{
    const char *names[64], *close;
    size_t n = 0;

    for (; n < eqlvm_nfunctions() && n < 64; n++) {
        eqlvm_function_info f;

        eqlvm_function(n, &f);
        names[n] = f.name;
    }
    close = cli_closest(name, names, n);
    if (close)
        cli_error("unknown function '%s'; did you mean '%s'?", name, close);
    else
        cli_error("unknown function '%s'", name);
    return CLI_USAGE;
}

static int
list(const cli_list *names, bool json)
{
    bool first = true;

    for (size_t i = 0; i < names->n; i++)
        if (!is_known(names->items[i]))
            return complain(names->items[i]);
    for (size_t i = 0; i < eqlvm_nfunctions(); i++) {
        eqlvm_function_info f;

        eqlvm_function(i, &f);
        if (!is_wanted(names, f.name))
            continue;
        if (json)
            print_json(&f, first);
        else
            print_one(&f);
        first = false;
    }
    if (json)
        fputs("\n]\n", stdout);
    return cli_close_stdout() ? CLI_OK : CLI_IO;
}

static int
run(int argc, char **argv)
{
    cli_list names = {0};
    bool json = false;
    const cli_option options[] = {
        {"json", 0, CLI_FLAG, &json, NULL, "as a JSON array"},
    };
    int code = cli_parse(&cli_verb_functions, options, 1, argc, argv, &names);

    if (code < 0)
        code = list(&names, json);
    cli_list_free(&names);
    return code;
}

const cli_verb cli_verb_functions = {
    .name = "functions",
    .usage = "[--json] [NAME...]",
    .about = "list the functions of the language",
    .details = "Names are written in any case.  ~ behind a signature: the\n"
               "function has a form that ignores case, as startsWith~(a, b).\n"
               "\n"
               "Examples:\n"
               "  eqlvm functions\n"
               "  eqlvm functions between indexOf\n"
               "\n"
               "Exit codes: 0 listed; 2 usage, or no such function.\n",
    .run = run,
};
