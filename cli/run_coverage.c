/* run_coverage.c -- what `eqlvm run` says of rules that could not fire, and of
 * a silence that means nothing. */
#include "cli/run.h"

#include <inttypes.h>

/* Lines of each kind; of the rest, how many they are. */
#define SHOWN 5u
#define SHOWN_RULES 10u

/* Texts of events and rules; a name that is not plain is quoted. */
static void
print_name(eqlvm_text t)
{
    bool plain = t.len > 0;

    for (size_t i = 0; i < t.len; i++)
        plain &= t.p[i] > ' ' && t.p[i] <= '~' && t.p[i] != '"';
    if (plain)
        fprintf(stderr, "%.*s", (int)t.len, t.p);
    else
        cli_write_json(stderr, t.p, t.len);
}

static void
print_near(eqlvm_text near)
{
    if (near.len == 0)
        return;
    fputs("; events have ", stderr);
    print_name(near);
}

static void
print_rest(uint32_t n, uint32_t shown, const char *what)
{
    if (n > shown)
        fprintf(stderr,
                "eqlvm:   and %" PRIu32 " more %s; --stats FILE lists all\n",
                n - shown, what);
}

/* --- rules that could not fire --- */

static void
print_need(const eqlvm_need *n)
{
    switch (n->kind) {
    case EQLVM_NEED_CATEGORY:
        fputs("eqlvm:   no event had the category ", stderr);
        cli_write_json(stderr, n->name.p, n->name.len);
        break;
    case EQLVM_NEED_FIELD:
        fputs("eqlvm:   no event had the field ", stderr);
        print_name(n->name);
        break;
    case EQLVM_NEED_TIME:
        fputs("eqlvm:   no event had a usable time in ", stderr);
        print_name(n->name);
        break;
    }
    fprintf(stderr, ", which %" PRIu32 " rule%s", n->rules,
            n->rules == 1 ? " needs" : "s need");
    print_near(n->near);
    fputc('\n', stderr);
}

static void
print_needs(const eqlvm_coverage *c, uint32_t n, eqlvm_need_kind kind,
            const char *what)
{
    uint32_t of_kind = 0;

    for (uint32_t i = 0; i < n; i++) {
        eqlvm_need need;

        eqlvm_coverage_need(c, i, &need);
        if (need.kind == kind && of_kind++ < SHOWN)
            print_need(&need);
    }
    print_rest(of_kind, SHOWN, what);
}

static void
print_rule(const eqlvm_program *p, uint32_t rule, uint32_t stage)
{
    eqlvm_rule_info info;

    eqlvm_program_rule(p, rule, &info);
    fputs("eqlvm:   rule ", stderr);
    cli_write_json(stderr, info.name.p, info.name.len);
    if (info.nstages > 1)
        fprintf(stderr, ", stage %" PRIu32, stage);
}

static void
print_unable(const eqlvm_coverage *c, const eqlvm_program *p,
             const eqlvm_unable *u)
{
    print_rule(p, u->rule, u->stage);
    fputs(u->any && u->nneeds > 1 ? " needs one of " : " needs ", stderr);
    for (uint32_t i = 0; i < u->nneeds; i++) {
        eqlvm_need n;

        eqlvm_coverage_need(c, u->needs[i], &n);
        if (i)
            fputs(", ", stderr);
        if (n.kind == EQLVM_NEED_CATEGORY)
            fputs("category ", stderr);
        else if (n.kind == EQLVM_NEED_TIME)
            fputs("a time in ", stderr);
        print_name(n.name);
    }
    fputc('\n', stderr);
}

static void
print_all_unable(const eqlvm_coverage *c, const eqlvm_program *p,
                 const eqlvm_coverage_summary *sum)
{
    if (sum->rules_unable == 0)
        return;
    fprintf(stderr,
            "eqlvm: %" PRIu32 " of %" PRIu32
            " rules could not fire on these events\n",
            sum->rules_unable, sum->rules);
    print_needs(c, sum->nneeds, EQLVM_NEED_CATEGORY, "categories");
    print_needs(c, sum->nneeds, EQLVM_NEED_FIELD, "fields");
    print_needs(c, sum->nneeds, EQLVM_NEED_TIME, "fields of times");
    for (uint32_t i = 0; i < sum->nunable && i < SHOWN_RULES; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        print_unable(c, p, &u);
    }
    print_rest(sum->nunable, SHOWN_RULES, "such stages");
}

static bool
is_unable(const eqlvm_coverage *c, uint32_t n, const eqlvm_idle *idle)
{
    for (uint32_t i = 0; i < n; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        if (u.rule == idle->rule && u.stage == idle->stage)
            return true;
    }
    return false;
}

/* Those of rules that something hit, of which nothing is said already. */
static void
print_idle(const eqlvm_coverage *c, const eqlvm_program *p,
           const eqlvm_coverage_summary *sum)
{
    uint32_t told = 0;

    for (uint32_t i = 0; i < sum->nidle; i++) {
        eqlvm_idle idle;

        eqlvm_coverage_idle(c, i, &idle);
        if (idle.hits == 0 || is_unable(c, sum->nunable, &idle) ||
            told++ >= SHOWN)
            continue;
        print_rule(p, idle.rule, idle.stage);
        fprintf(stderr,
                ": nothing ever hit it; the other stages were hit %" PRIu64
                " time%s\n",
                idle.hits, idle.hits == 1 ? "" : "s");
    }
    print_rest(told, SHOWN, "such stages");
}

/* --- silence --- */

static void
print_blind(const eqlvm_coverage_summary *sum)
{
    if (sum->blind & EQLVM_BLIND_CATEGORY) {
        fputs(
            "eqlvm: no alert can be expected: no event had a category (field ",
            stderr);
        print_name(sum->category_field);
        fputs("), and rules ask for one; --category-field names another field",
              stderr);
        print_near(sum->category_near);
        fputc('\n', stderr);
    }
    if (sum->blind & EQLVM_BLIND_TIME) {
        fputs("eqlvm: no alert can be relied on: no event had a usable time (",
              stderr);
        print_name(sum->time_field);
        fputs("); --timestamp-field names another field", stderr);
        print_near(sum->time_near);
        fputc('\n', stderr);
    }
    if (sum->blind & EQLVM_BLIND_FIELDS)
        fputs(
            "eqlvm: no alert can be expected: no event had any field that the "
            "rules name\n",
            stderr);
}

void
run_report_rules(const eqlvm_program *p)
{
    eqlvm_compile_summary s;
    const char *sep = "";

    eqlvm_program_summary(p, &s);
    fprintf(stderr, "  %" PRIu64 " rule%s ran", s.rules,
            s.rules == 1 ? "" : "s");
    if (s.bad + s.deselected + s.other_language > 0) {
        fprintf(stderr, ", %" PRIu64 " skipped (",
                s.bad + s.deselected + s.other_language);
        if (s.bad)
            fprintf(stderr, "%" PRIu64 " bad", s.bad), sep = ", ";
        if (s.deselected)
            fprintf(stderr, "%s%" PRIu64 " not selected", sep, s.deselected),
                sep = ", ";
        if (s.other_language)
            fprintf(stderr, "%s%" PRIu64 " in another language", sep,
                    s.other_language);
        fputc(')', stderr);
    }
    fputc('\n', stderr);
}

int
run_report_coverage(const eqlvm_engine *e, const eqlvm_program *p,
                    const eqlvm_stats *s, bool quiet)
{
    eqlvm_coverage_summary sum;
    eqlvm_coverage *c;

    /* Then all that is left to say would be in the report. */
    if (quiet && s->alerts + s->rows > 0)
        return CLI_OK;
    c = eqlvm_coverage_new(e);
    if (!c) {
        cli_error("out of memory");
        return CLI_IO;
    }
    eqlvm_coverage_get(c, &sum);
    if (!quiet && s->accepted == 0)
        cli_error("there were no events: nothing was searched");
    else if (!quiet && s->evaluated == 0)
        cli_error("all events were outside of --since and --until: nothing was "
                  "searched");
    if (!quiet) {
        print_blind(&sum);
        print_all_unable(c, p, &sum);
        if (s->alerts + s->rows == 0)
            print_idle(c, p, &sum);
    }
    eqlvm_coverage_free(c);
    return sum.blind ? CLI_DEGRADED : CLI_OK;
}
