/* inputs.c -- would an output destroy an input?  Files are told apart by device
 * and number, whatever they are called.  A verb asks before it reads anything:
 * afterwards, its own output would be there. */
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* An output: the file, or the name it will have in a folder. */
typedef struct {
    const char *path;
    bool exists;
    struct stat st; /* of the file, or of the folder */
    char *target;
} output;

static bool
is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

static const char *
leaf(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* false: out of memory.  A folder that is not there is told by opening. */
static bool
look_at(output *o, const char *path)
{
    size_t dir;

    *o = (output){.path = path};
    if (is_standard(path)) {
        o->exists = fstat(STDOUT_FILENO, &o->st) == 0;
        return true;
    }
    if (stat(path, &o->st) == 0) {
        o->exists = true;
        return true;
    }
    o->target = cli_output_target(path);
    if (!o->target)
        return false;
    dir = (size_t)(leaf(o->target) - o->target);
    if (dir == 0) {
        if (stat(".", &o->st) != 0)
            o->st = (struct stat){0};
        return true;
    }
    o->target[dir - 1] = '\0';
    if (stat(dir > 1 ? o->target : "/", &o->st) != 0)
        o->st = (struct stat){0};
    o->target[dir - 1] = '/';
    return true;
}

static bool
is_file(const struct stat *st)
{
    return S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode) ||
           S_ISBLK(st->st_mode);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Do two outputs end in one file?  Standard output may be written twice. */
static bool
are_one(const output *a, const output *b)
{
    if (a->exists != b->exists || !is_same(&a->st, &b->st))
        return false;
    if (!a->exists)
        return a->st.st_ino != 0 &&
               strcmp(leaf(a->target), leaf(b->target)) == 0;
    return is_file(&a->st) && !(is_standard(a->path) && is_standard(b->path));
}

static const char *
shown(const output *o)
{
    return is_standard(o->path) ? "standard output" : o->path;
}

/* --- inputs --- */

typedef struct {
    const output *outs;
    size_t n;
    int code; /* -1: no output was met */
} search;

static void
compare(search *s, const struct stat *st, const char *path)
{
    for (size_t i = 0; i < s->n && s->code < 0; i++) {
        const output *o = &s->outs[i];

        if (!o->exists || !is_file(&o->st) || !is_same(&o->st, st))
            continue;
        if (strcmp(o->path, path) == 0)
            cli_error("%s is an input; it would be overwritten", path);
        else
            cli_error("%s is an input, %s; it would be overwritten", shown(o),
                      path);
        s->code = CLI_USAGE;
    }
}

static void
compare_file(search *s, const char *path)
{
    struct stat st;

    if (is_standard(path) ? fstat(STDIN_FILENO, &st) == 0
                          : stat(path, &st) == 0)
        compare(s, &st, is_standard(path) ? "standard input" : path);
}

/* Would a file of a folder of rules be read as one? */
static bool
is_rule_file(const char *name)
{
    static const char *const suffixes[] = {".eql", ".toml", ".ndjson", ".eqlc"};
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t n = strlen(suffixes[i]);

        if (len > n && strcasecmp(name + len - n, suffixes[i]) == 0)
            return true;
    }
    return false;
}

typedef struct {
    search *s;
    bool rules;
} in_folder;

static bool
on_file(void *ctx, const char *path)
{
    const in_folder *in = ctx;

    if (!in->rules || is_rule_file(leaf(path)))
        compare_file(in->s, path);
    return in->s->code < 0;
}

/* A folder that cannot be read is told when it is. */
static void
compare_folder(search *s, const char *path, bool rules)
{
    in_folder in = {s, rules};

    if (eqlvm_input_files(path, on_file, &in) == EQLVM_ERR_NOMEM) {
        cli_error("out of memory");
        s->code = CLI_IO;
    }
}

static void
compare_list(search *s, const cli_list *paths, bool rules)
{
    for (size_t i = 0; paths && i < paths->n && s->code < 0; i++) {
        const char *path = paths->items[i];
        struct stat st;

        if (!is_standard(path) && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            compare_folder(s, path, rules);
        else
            compare_file(s, path);
    }
}

static void
compare_inputs(search *s, const cli_inputs *in)
{
    compare_list(s, in->events, false);
    compare_list(s, in->rules, true);
    if (s->code < 0 && in->mapping)
        compare_file(s, in->mapping);
    if (s->code < 0 && in->select && in->select->definitions_file)
        compare_file(s, in->select->definitions_file);
    if (s->code < 0 && in->select && in->select->schema &&
        strcmp(in->select->schema, "ecs") != 0 &&
        strcmp(in->select->schema, "none") != 0)
        compare_file(s, in->select->schema);
}

int
cli_check_outputs(const cli_inputs *in, const char *const *outs, size_t n)
{
    output looked[CLI_MAX_OUTPUTS];
    search s = {.outs = looked, .code = -1};
    bool files = false;

    for (size_t i = 0; i < n && s.code < 0; i++) {
        if (!outs[i])
            continue;
        if (!look_at(&looked[s.n], outs[i])) {
            cli_error("out of memory");
            s.code = CLI_IO;
            break;
        }
        files |= looked[s.n].exists && is_file(&looked[s.n].st);
        for (size_t k = 0; k < s.n && s.code < 0; k++)
            if (are_one(&looked[k], &looked[s.n])) {
                cli_error("%s and %s are one file; each output wants its own",
                          shown(&looked[k]), shown(&looked[s.n]));
                s.code = CLI_USAGE;
            }
        s.n++;
    }
    if (files && s.code < 0)
        compare_inputs(&s, in);
    for (size_t i = 0; i < s.n; i++)
        free(looked[i].target);
    return s.code;
}

int
cli_check_stdout(const cli_inputs *in)
{
    const char *out = "-";

    return cli_check_outputs(in, &out, 1);
}
