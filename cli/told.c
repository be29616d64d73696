/* told.c -- what is said of rules where they are used, not checked.
 *
 * A folder may hold thousands of rules that do not compile, and whoever goes
 * on without them wants to know which, not all that is wrong with each: one
 * line a rule, one a warning, the first few of them, the rest as a number.
 * Errors that end the run are shown whole.  `eqlvm check` tells all. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* Rules without which it goes on, warnings, and errors that end it. */
#define SHOWN_BAD_RULES 10u
#define SHOWN_WARNINGS 10u
#define SHOWN_ERRORS 20u

/* One error and the rule that it is about. */
typedef struct {
    eqlvm_text file;
    uint32_t line; /* of an export, where each rule is a line; else 0 */
    size_t at;     /* in the compiler's list */
} error_place;

static bool
is_export(eqlvm_text file)
{
    static const char end[] = ".ndjson";
    size_t n = sizeof end - 1;

    return file.len > n && memcmp(file.p + file.len - n, end, n) == 0;
}

static int
by_rule(const void *a, const void *b)
{
    const error_place *x = a, *y = b;
    size_t n = x->file.len < y->file.len ? x->file.len : y->file.len;
    int c = n ? memcmp(x->file.p, y->file.p, n) : 0;

    if (c == 0)
        c = (x->file.len > y->file.len) - (x->file.len < y->file.len);
    return c ? c : (x->line > y->line) - (x->line < y->line);
}

static int
by_rule_and_place(const void *a, const void *b)
{
    const error_place *x = a, *y = b;
    int c = by_rule(a, b);

    return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* All errors, those of a rule together; NULL: none, or out of memory. */
static error_place *
list_errors(const eqlvm_compiler *c, size_t *n)
{
    size_t all = eqlvm_compiler_ndiags(c);
    error_place *list = calloc(all + 1, sizeof *list);

    *n = 0;
    for (size_t i = 0; list && i < all; i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind == EQLVM_ERROR)
            list[(*n)++] =
                (error_place){d.file, is_export(d.file) ? d.line : 0, i};
    }
    if (*n)
        qsort(list, *n, sizeof *list, by_rule_and_place);
    return list;
}

static void
tell_rest(uint64_t n, const char *what)
{
    if (n)
        fprintf(stderr, "and %llu more %s%s; eqlvm check tells all\n",
                (unsigned long long)n, what, n == 1 ? "" : "s");
}

/* bad: how many there are. */
static void
tell_skipped(const eqlvm_compiler *c, bool colour, uint64_t bad)
{
    size_t n, next;
    error_place *list = list_errors(c, &n);
    uint64_t told = 0;

    for (size_t i = 0; list && i < n && told < SHOWN_BAD_RULES; i = next) {
        for (next = i + 1; next < n && by_rule(&list[i], &list[next]) == 0;)
            next++;
        fputs("skipped: ", stderr);
        (void)cli_written(eqlvm_compiler_render_line(c, list[i].at, colour,
                                                     cli_write, stderr));
        if (next - i > 1)
            fprintf(stderr, " (and %zu more)", next - i - 1);
        fputc('\n', stderr);
        told++;
    }
    free(list);
    tell_rest(bad > told ? bad - told : 0, "rule");
}

static void
tell_warnings(const eqlvm_compiler *c, bool colour)
{
    uint64_t n = 0;

    for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind != EQLVM_WARNING || n++ >= SHOWN_WARNINGS)
            continue;
        (void)cli_written(
            eqlvm_compiler_render_line(c, i, colour, cli_write, stderr));
        fputc('\n', stderr);
    }
    tell_rest(n > SHOWN_WARNINGS ? n - SHOWN_WARNINGS : 0, "warning");
}

static void
tell_errors(const eqlvm_compiler *c, bool colour)
{
    uint64_t n = 0;

    for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind == EQLVM_ERROR && n++ < SHOWN_ERRORS)
            (void)cli_written(
                eqlvm_compiler_render(c, i, colour, cli_write, stderr));
    }
    tell_rest(n > SHOWN_ERRORS ? n - SHOWN_ERRORS : 0, "error");
}

void
cli_no_rules(const eqlvm_compiler *c, const char *verb)
{
    eqlvm_compile_summary sum;

    eqlvm_compiler_summary(c, &sum);
    if (sum.deselected || sum.other_language)
        cli_error("no rule to %s: %llu not selected, %llu in another language",
                  verb, (unsigned long long)sum.deselected,
                  (unsigned long long)sum.other_language);
    else
        cli_error("no rule to %s: none was found", verb);
}

void
cli_tell_rules(const eqlvm_compiler *c, const cli_select *s, bool colour,
               bool usable)
{
    eqlvm_compile_summary sum;

    eqlvm_compiler_summary(c, &sum);
    if (s->verbose) {
        cli_print_diags(c, true, colour);
    } else if (!usable) {
        tell_errors(c, colour);
    } else if (!s->quiet) {
        tell_skipped(c, colour, sum.bad);
        tell_warnings(c, colour);
    }
}
