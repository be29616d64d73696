/* options.c -- the command line: parsing by table, help from the same table.
 *
 * --name VALUE, --name=VALUE, -n VALUE, -nVALUE; letters without a value may
 * share a dash (-vq), the last of them may have one (-vrPATH); options and
 * operands may be mixed; "--" ends the options; "-" alone is an operand. */
#include "cli/generate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int
cli_worse(int a, int b)
{
    static const int rank[] = {0, 1, 5, 2, 3, 4};

    return rank[a] >= rank[b] ? a : b;
}

/* Levenshtein distance, capped by the short names it is used on. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);

    if (n + 1 > sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t best = diagonal + (a[i] != b[j]);

            if (row[j] + 1 < best)
                best = row[j] + 1;
            diagonal = row[j + 1];
            if (diagonal + 1 < best)
                best = diagonal + 1;
            row[j + 1] = best;
        }
    }
    return row[n];
}

const char *
cli_closest(const char *s, const char *const *names, size_t n)
{
    size_t best = 3;
    const char *found = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(s, names[i]);

        if (d < best && d < strlen(names[i])) {
            best = d;
            found = names[i];
        }
    }
    return found;
}

static bool
list_add(cli_list *l, const char *item)
{
    const char **grown = realloc(l->items, (l->n + 2) * sizeof *grown);

    if (!grown)
        return false;
    l->items = grown;
    l->items[l->n++] = item;
    l->items[l->n] = NULL;
    return true;
}

void
cli_list_free(cli_list *l)
{
    free(l->items);
    *l = (cli_list){NULL, 0};
}

static size_t
count_stdin(const cli_list *l)
{
    size_t n = 0;

    for (size_t i = 0; l && i < l->n; i++)
        n += strcmp(l->items[i], "-") == 0;
    return n;
}

bool
cli_reads_stdin_once(const cli_list *rules, const cli_list *events)
{
    if (count_stdin(rules) == 0 ||
        count_stdin(rules) + count_stdin(events) == 1)
        return true;
    cli_error("standard input can be read but once");
    return false;
}

static bool
parse_count(const char *s, bool suffix, uint64_t *out)
{
    char *end;
    uint64_t v, unit = 1;

    if (*s < '0' || *s > '9')
        return false;
    errno = 0;
    v = strtoull(s, &end, 10);
    if (errno)
        return false;
    if (suffix && *end) {
        static const char units[] = "KMGT";
        const char *u = strchr(units, *end >= 'a' ? *end - 32 : *end);

        if (!u || !*u)
            return false;
        unit <<= 10 * (u - units + 1);
        end++;
        if (end[0] == 'i' && end[1] == 'B')
            end += 2;
    }
    if (*end || v > UINT64_MAX / unit)
        return false;
    *out = v * unit;
    return true;
}

/* Position of s among "a|b|c", or -1. */
static int
parse_choice(const char *choices, const char *s)
{
    size_t len = strlen(s);
    int at = 0;

    for (const char *c = choices; *c; at++) {
        size_t n = strcspn(c, "|");

        if (n == len && strncmp(c, s, n) == 0)
            return at;
        c += n + (c[n] == '|');
    }
    return -1;
}

static int
usage_error(const cli_verb *verb)
{
    fprintf(stderr, "Try 'eqlvm %s --help'.\n", verb->name);
    return CLI_USAGE;
}

static int
set_option(const cli_verb *verb, const cli_option *o, const char *value)
{
    switch (o->kind) {
    case CLI_FLAG: *(bool *)o->dest = true; return -1;
    case CLI_TEXT: *(const char **)o->dest = value; return -1;
    case CLI_LIST:
        if (list_add(o->dest, value))
            return -1;
        cli_error("out of memory");
        return CLI_IO;
    case CLI_COUNT:
    case CLI_SIZE:
        if (parse_count(value, o->kind == CLI_SIZE, o->dest))
            return -1;
        cli_error("--%s wants %s, not '%s'", o->name,
                  o->kind == CLI_SIZE ? "a size such as 64M" : "a number",
                  value);
        return usage_error(verb);
    case CLI_CHOICE: {
        int at = parse_choice(o->arg, value);

        if (at >= 0) {
            *(int *)o->dest = at;
            return -1;
        }
        cli_error("--%s wants one of %s, not '%s'", o->name, o->arg, value);
        return usage_error(verb);
    }
    case CLI_GROUP: break;
    }
    return -1;
}

static const cli_option *
find_option(const cli_option *options, size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (len > 0 && strlen(options[i].name) == len &&
            strncmp(options[i].name, name, len) == 0)
            return &options[i];
    return NULL;
}

static int
unknown_option(const cli_verb *verb, const cli_option *options, size_t n,
               const char *arg)
{
    const char *names[64];
    char given[64];
    const char *close = NULL;

    if (strncmp(arg, "--", 2) == 0 && n <= 64) {
        for (size_t i = 0; i < n; i++)
            names[i] = options[i].name;
        snprintf(given, sizeof given, "%.*s", (int)strcspn(arg + 2, "="),
                 arg + 2);
        close = cli_closest(given, names, n);
    }
    if (close)
        cli_error("unknown option '%s'; did you mean '--%s'?", arg, close);
    else
        cli_error("unknown option '%s'", arg);
    return usage_error(verb);
}

static void
print_options(const cli_option *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const cli_option *o = &options[i];
        char left[128];
        char letter[8] = "    ";

        if (o->kind == CLI_GROUP) {
            printf("\n%s:\n", o->help);
            continue;
        }
        if (o->letter)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name,
                 o->arg ? " " : "", o->arg ? o->arg : "");
        if (strlen(left) <= 26)
            printf("  %-26s %s\n", left, o->help);
        else
            printf("  %s\n  %-26s %s\n", left, "", o->help);
    }
}

static int
print_help(const cli_verb *verb, const cli_option *options, size_t n)
{
    printf("%s\n\nUsage: eqlvm %s %s\n\nOptions:\n", verb->about, verb->name,
           verb->usage);
    printf("  %-26s %s\n", "-h, --help", "this text");
    print_options(options, n);
    printf("\n%s", verb->details);
    return cli_close_stdout() ? CLI_OK : CLI_IO;
}

/* The command line, as far as it is read. */
typedef struct {
    const cli_verb *verb;
    const cli_option *options;
    size_t n;
    int argc;
    char **argv;
    int at; /* of argv[] */
} line;

/* The option's value: what stands behind it in its argument, or the next
 * argument. */
static int
take_value(line *l, const cli_option *o, const char *value)
{
    if (o->kind != CLI_FLAG && !value) {
        if (l->at + 1 >= l->argc) {
            cli_error("--%s wants a value (%s)", o->name, o->arg);
            return usage_error(l->verb);
        }
        value = l->argv[++l->at];
    }
    return set_option(l->verb, o, value);
}

static int
parse_long(line *l)
{
    const char *arg = l->argv[l->at];
    size_t len = strcspn(arg + 2, "=");
    const cli_option *o = find_option(l->options, l->n, arg + 2, len);
    const char *value = arg[2 + len] == '=' ? arg + 2 + len + 1 : NULL;

    if (len == 4 && strncmp(arg + 2, "help", 4) == 0 && !value)
        return print_help(l->verb, l->options, l->n);
    if (!o)
        return unknown_option(l->verb, l->options, l->n, arg);
    if (o->kind == CLI_FLAG && value) {
        cli_error("--%s takes no value", o->name);
        return usage_error(l->verb);
    }
    return take_value(l, o, value);
}

static int
unknown_letter(const line *l, const char *letter)
{
    const char *arg = l->argv[l->at];

    /* "-stats" for "--stats" is more likely than five letters. */
    if (arg[1] && arg[2] &&
        find_option(l->options, l->n, arg + 1, strcspn(arg + 1, "=")))
        cli_error("unknown option '%s'; did you mean '-%s'?", arg, arg);
    else if (arg[1] && arg[2])
        cli_error("unknown option '-%.1s' in '%s'", letter, arg);
    else
        cli_error("unknown option '%s'", arg);
    return usage_error(l->verb);
}

/* -a, -abc, -aVALUE, -abVALUE. */
static int
parse_letters(line *l)
{
    const char *p = l->argv[l->at] + 1;
    int code = -1;

    for (; *p && code < 0; p++) {
        const cli_option *o = NULL;

        for (size_t k = 0; k < l->n && !o; k++)
            if (l->options[k].letter && l->options[k].letter == *p)
                o = &l->options[k];
        if (!o && *p == 'h')
            return print_help(l->verb, l->options, l->n);
        if (!o)
            return unknown_letter(l, p);
        if (o->kind != CLI_FLAG)
            return take_value(l, o, p[1] ? p + 1 : NULL);
        code = take_value(l, o, NULL);
    }
    return code;
}

int
cli_parse(const cli_verb *verb, const cli_option *options, size_t noptions,
          int argc, char **argv, cli_list *operands)
{
    line l = {verb, options, noptions, argc, argv, 1};
    bool only_operands = false;

    if (argc == 2 && strncmp(argv[1], CLI_GENERATE, strlen(CLI_GENERATE)) == 0)
        return cli_generate_verb(argv[1] + strlen(CLI_GENERATE), verb, options,
                                 noptions);
    for (; l.at < argc; l.at++) {
        const char *arg = argv[l.at];
        int code;

        if (only_operands || arg[0] != '-' || !arg[1]) {
            if (!list_add(operands, arg)) {
                cli_error("out of memory");
                return CLI_IO;
            }
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_operands = true;
            continue;
        }
        code = arg[1] == '-' ? parse_long(&l) : parse_letters(&l);
        if (code >= 0)
            return code;
    }
    return -1;
}
