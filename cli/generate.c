/* generate.c -- man page and completions, from the tables of options.
 *
 * Each verb knows its own table only, so it is asked for its part: it is run
 * with CLI_GENERATE as its argument, and cli_parse() hands the table back to
 * us.  The parts of the page that are prose stand in docs/eqlvm.head.1 and
 * docs/eqlvm.tail.1. */
#include "cli/generate.h"

#include <string.h>

typedef struct {
    const char *kind;
    void (*head)(void);
    void (*verb)(const cli_verb *verb, const cli_option *options, size_t n);
    void (*tail)(void);
} generator;

/* --- what an option takes --- */

static bool
takes_file(const cli_option *o)
{
    return o->arg && (strstr(o->arg, "FILE") || strcmp(o->arg, "PATH") == 0 ||
                      strcmp(o->arg, "DIR") == 0);
}

/* The words among which a value is chosen: "a|b|c", or NULL. */
static const char *
choices_of(const cli_option *o)
{
    return o->arg && strchr(o->arg, '|') ? o->arg : NULL;
}

/* Prints "a|b|c" with `sep` for each bar; words in capitals, which stand for
 * any value, are left out. */
static void
print_choices(const char *choices, const char *sep)
{
    const char *between = "";

    while (*choices) {
        size_t n = strcspn(choices, "|");

        if (*choices < 'A' || *choices > 'Z') {
            printf("%s%.*s", between, (int)n, choices);
            between = sep;
        }
        choices += n + (choices[n] == '|');
    }
}

/* Prints s, each character of `escaped` behind a backslash; a quote as the
 * shells want it inside of quotes. */
static void
print_escaped(const char *s, const char *escaped)
{
    for (; *s; s++) {
        if (*s == '\'')
            fputs("'\\''", stdout);
        else
            printf("%s%c", strchr(escaped, *s) ? "\\" : "", *s);
    }
}

/* --- man --- */

/* Text for troff: no hyphen becomes a dash, no line a request. */
static void
print_roff(const char *s)
{
    bool start = true;

    for (; *s; s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", stdout);
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else
            putchar(*s);
        start = *s == '\n';
    }
}

static void
man_head(void)
{
    puts(".SH VERBS");
}

static void
man_option(const cli_option *o)
{
    if (o->kind == CLI_GROUP) {
        printf(".PP\n%s:\n", o->help);
        return;
    }
    fputs(".TP\n", stdout);
    if (o->letter)
        printf("\\fB\\-%c\\fR, ", o->letter);
    fputs("\\fB\\-\\-", stdout);
    print_roff(o->name);
    fputs("\\fR", stdout);
    if (o->arg) {
        fputs(" \\fI", stdout);
        print_roff(o->arg);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    print_roff(o->help);
    putchar('\n');
}

static void
man_verb(const cli_verb *verb, const cli_option *options, size_t n)
{
    printf(".SS %s\n.nf\n\\fBeqlvm %s\\fR ", verb->name, verb->name);
    print_roff(verb->usage);
    fputs("\n.fi\n.PP\n", stdout);
    print_roff(verb->about);
    fputs(".\n", stdout);
    for (size_t i = 0; i < n; i++)
        man_option(&options[i]);
    fputs(".PP\n.nf\n", stdout);
    print_roff(verb->details);
    fputs(".fi\n", stdout);
}

static void
no_tail(void)
{
}

/* --- bash --- */

static void
bash_head(void)
{
    fputs("# bash completion for eqlvm.\n"
          "_eqlvm()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} options=\n"
          "    local prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W '",
          stdout);
    for (size_t i = 0; i < cli_nverbs; i++)
        printf("%s ", cli_verbs[i]->name);
    fputs("--help --version' -- \"$cur\"))\n        return\n    fi\n"
          "    case $verb in\n",
          stdout);
}

/* One branch of the case over the word before the cursor: options whose value
 * is one of these words, or nothing that could be completed. */
static void
bash_value(const cli_option *o)
{
    printf("        --%s", o->name);
    if (o->letter)
        printf("|-%c", o->letter);
    fputs(") ", stdout);
    if (choices_of(o)) {
        fputs("COMPREPLY=($(compgen -W '", stdout);
        print_choices(o->arg, " ");
        puts("' -- \"$cur\")); return ;;");
    } else {
        puts("compopt +o default +o bashdefault; return ;;");
    }
}

static void
bash_verb(const cli_verb *verb, const cli_option *options, size_t n)
{
    printf("    %s)\n        case $prev in\n", verb->name);
    for (size_t i = 0; i < n; i++) {
        const cli_option *o = &options[i];

        if (o->kind != CLI_GROUP && o->kind != CLI_FLAG &&
            (choices_of(o) || !takes_file(o)))
            bash_value(o);
    }
    fputs("        esac\n        options='--help", stdout);
    for (size_t i = 0; i < n; i++) {
        if (options[i].kind == CLI_GROUP)
            continue;
        printf(" --%s", options[i].name);
        if (options[i].letter)
            printf(" -%c", options[i].letter);
    }
    puts("' ;;");
}

static void
bash_tail(void)
{
    puts("    esac\n"
         "    case $cur in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
         "    esac\n"
         "}\n"
         "complete -o bashdefault -o default -F _eqlvm eqlvm");
}

/* --- zsh --- */

static void
zsh_head(void)
{
    puts("#compdef eqlvm\n"
         "_eqlvm() {\n"
         "    local verb=$words[2]\n"
         "    if (( CURRENT == 2 )); then\n"
         "        local -a verbs=(");
    for (size_t i = 0; i < cli_nverbs; i++) {
        printf("            '%s:", cli_verbs[i]->name);
        print_escaped(cli_verbs[i]->about, "");
        puts("'");
    }
    puts("        )\n"
         "        _describe verb verbs\n"
         "        return\n"
         "    fi\n"
         "    shift words\n"
         "    (( CURRENT-- ))\n"
         "    case $verb in");
}

static void
zsh_option(const cli_option *o)
{
    const char *repeats = o->kind == CLI_LIST ? "*" : "";

    fputs("            ", stdout);
    if (o->letter && *repeats)
        printf("'*'{-%c,--%s}", o->letter, o->name);
    else if (o->letter)
        printf("'(-%c --%s)'{-%c,--%s}", o->letter, o->name, o->letter,
               o->name);
    else
        printf("'%s--%s'", repeats, o->name);
    fputs("'[", stdout);
    print_escaped(o->help, "[]:\\");
    putchar(']');
    if (o->arg) {
        putchar(':');
        print_escaped(o->arg, ":\\");
        putchar(':');
        if (choices_of(o)) {
            putchar('(');
            print_choices(o->arg, " ");
            putchar(')');
        } else if (takes_file(o)) {
            fputs("_files", stdout);
        }
    }
    puts("' \\");
}

static void
zsh_verb(const cli_verb *verb, const cli_option *options, size_t n)
{
    printf("    %s)\n        _arguments -s \\\n"
           "            '--help[what it does, with examples]' \\\n",
           verb->name);
    for (size_t i = 0; i < n; i++)
        if (options[i].kind != CLI_GROUP)
            zsh_option(&options[i]);
    puts("            '*:file:_files' ;;");
}

static void
zsh_tail(void)
{
    puts("    esac\n}\n_eqlvm \"$@\"");
}

/* --- fish --- */

static void
fish_head(void)
{
    puts("# fish completion for eqlvm.");
    for (size_t i = 0; i < cli_nverbs; i++) {
        printf("complete -c eqlvm -f -n __fish_use_subcommand -a %s -d '",
               cli_verbs[i]->name);
        print_escaped(cli_verbs[i]->about, "");
        puts("'");
    }
}

static void
fish_verb(const cli_verb *verb, const cli_option *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const cli_option *o = &options[i];

        if (o->kind == CLI_GROUP)
            continue;
        printf("complete -c eqlvm -n '__fish_seen_subcommand_from %s' -l %s",
               verb->name, o->name);
        if (o->letter)
            printf(" -s %c", o->letter);
        if (choices_of(o)) {
            fputs(takes_file(o) ? " -r -F -a '" : " -x -a '", stdout);
            print_choices(o->arg, " ");
            putchar('\'');
        } else if (o->arg) {
            fputs(takes_file(o) ? " -r -F" : " -x", stdout);
        }
        fputs(" -d '", stdout);
        print_escaped(o->help, "");
        puts("'");
    }
}

/* --- all of it --- */

static const generator generators[] = {
    {"man", man_head, man_verb, no_tail},
    {"complete-bash", bash_head, bash_verb, bash_tail},
    {"complete-zsh", zsh_head, zsh_verb, zsh_tail},
    {"complete-fish", fish_head, fish_verb, no_tail},
};
#define NGENERATORS (sizeof generators / sizeof generators[0])

static const generator *
find_generator(const char *kind)
{
    for (size_t i = 0; i < NGENERATORS; i++)
        if (strcmp(generators[i].kind, kind) == 0)
            return &generators[i];
    cli_error("--generate wants man, complete-bash, complete-zsh or "
              "complete-fish, not '%s'",
              kind);
    return NULL;
}

int
cli_generate_verb(const char *kind, const cli_verb *verb,
                  const cli_option *options, size_t n)
{
    const generator *g = find_generator(kind);

    if (!g)
        return CLI_USAGE;
    g->verb(verb, options, n);
    return CLI_OK;
}

int
cli_generate(const char *kind)
{
    const generator *g = find_generator(kind);
    char name[32], arg[64];

    if (!g)
        return CLI_USAGE;
    g->head();
    for (size_t i = 0; i < cli_nverbs; i++) {
        char *args[] = {name, arg, NULL};

        snprintf(name, sizeof name, "%s", cli_verbs[i]->name);
        snprintf(arg, sizeof arg, CLI_GENERATE "%s", kind);
        cli_verbs[i]->run(2, args);
    }
    g->tail();
    return ferror(stdout) || fflush(stdout) ? CLI_IO : CLI_OK;
}
