/* test.c -- eqlvm_test_path: runs the [[eqlvm.test]]s that rules carry.
 *
 * Each rule is compiled alone, each of its tests run in an engine of its own:
 * what else is loaded can change nothing.  A test passes when the alerts are
 * the expected ones, in order, and no input was bad. */
#include "api/api.h"

#include <stdlib.h>

#include "api/language.h"
#include "api/select.h"
#include "compiler/compile.h"
#include "rulefile/rules.h"

/* One eqlvm_test_path call. */
typedef struct {
    eql_select select;
    eql_language language;
    eql_arena *arena;
    eql_diags *diags;
    uint32_t rendered; /* diagnostics written so far */
    bool (*result)(void *ctx, const eqlvm_test_result *r);
    eqlvm_write_fn diag;
    void *ctx;
    eqlvm_test_summary *sum;
    eqlvm_status status;
} session;

/* An alert that came out. */
typedef struct {
    eql_range lines; /* of one_test.lines */
    eqlvm_severity severity;
} outcome;

typedef struct {
    const eql_rule_source *rule;
    const eql_rule_test *test;
    eql_vec outcomes; /* outcome */
    eql_vec lines;    /* uint64_t */
    eql_buf trouble;  /* bad input, a line each */
    bool failed;      /* out of memory */
} one_test;

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    one_test *t = ctx;
    outcome o = {.lines = {t->lines.n, 0}, .severity = a->severity};

    /* The place of a missing event has no line. */
    for (uint32_t i = 0; i < a->nstages; i++) {
        if (a->stages[i].missing)
            continue;
        o.lines.n++;
        if (eql_vec_push(&t->lines, &a->stages[i].line,
                         sizeof a->stages[i].line) == EQL_NONE)
            t->failed = true;
    }
    if (eql_vec_push(&t->outcomes, &o, sizeof o) == EQL_NONE)
        t->failed = true;
    return !t->failed;
}

static void
on_problem(void *ctx, const eqlvm_problem *p)
{
    one_test *t = ctx;

    if (t->trouble.len > 2000)
        return;
    eql_buf_printf(&t->trouble, "  event %llu: %s: %s\n",
                   (unsigned long long)p->line, p->reason, p->text);
}

/* --- comparing --- */

static const outcome *
outcome_at(const one_test *t, uint32_t i)
{
    return eql_vec_at(&t->outcomes, i);
}

static uint64_t
line_at(const one_test *t, const outcome *o, uint32_t i)
{
    return *(const uint64_t *)eql_vec_at(&t->lines, o->lines.first + i);
}

static bool
is_expected(const one_test *t, const eql_rule_expect *e, const outcome *o)
{
    if (e->nevents != o->lines.n)
        return false;
    for (uint32_t i = 0; i < e->nevents; i++)
        if (e->events[i] != line_at(t, o, i))
            return false;
    return e->severity == EQL_SEVERITY_NONE ||
           (uint32_t)e->severity == (uint32_t)o->severity;
}

static void
describe_expected(const eql_rule_expect *e, eql_buf *out)
{
    eql_buf_add_str(out, "events [");
    for (uint32_t i = 0; i < e->nevents; i++)
        eql_buf_printf(out, "%s%u", i ? ", " : "", e->events[i]);
    eql_buf_add_char(out, ']');
    if (e->severity != EQL_SEVERITY_NONE)
        eql_buf_printf(out, ", severity %s", eql_severity_name(e->severity));
}

static void
describe_outcome(const one_test *t, const outcome *o, eql_buf *out)
{
    eql_buf_add_str(out, "events [");
    for (uint32_t i = 0; i < o->lines.n; i++)
        eql_buf_printf(out, "%s%llu", i ? ", " : "",
                       (unsigned long long)line_at(t, o, i));
    eql_buf_printf(out, "], severity %s", eqlvm_severity_name(o->severity));
}

/* Appends nothing when all is as expected. */
static void
compare(const one_test *t, eql_buf *out)
{
    uint32_t n = t->outcomes.n, want = t->test->nexpect;
    size_t start = out->len;
    bool same = n == want;

    eql_buf_printf(out, "  %u alert%s expected, %u found\n", want,
                   want == 1 ? "" : "s", n);
    for (uint32_t i = 0; i < n || i < want; i++) {
        const eql_rule_expect *e = i < want ? &t->test->expect[i] : NULL;
        const outcome *o = i < n ? outcome_at(t, i) : NULL;

        if (e && o && is_expected(t, e, o))
            continue;
        same = false;
        eql_buf_printf(out, "  alert %u: expected ", i + 1);
        if (e)
            describe_expected(e, out);
        else
            eql_buf_add_str(out, "none");
        eql_buf_printf(out, "\n  %*s  found    ", i < 9 ? 7 : 8, "");
        if (o)
            describe_outcome(t, o, out);
        else
            eql_buf_add_str(out, "none");
        eql_buf_add_char(out, '\n');
    }
    if (same && !out->failed)
        out->len = start;
}

/* --- running --- */

/* Path of a file that the rule names, relative to the rule's own. */
static void
events_path(const one_test *t, eql_buf *out)
{
    eql_strview file = t->rule->file, name = t->test->events_file;
    size_t dir = file.len;

    while (dir > 0 && file.p[dir - 1] != '/')
        dir--;
    if (name.p[0] != '/')
        eql_buf_add(out, file.p, dir);
    eql_buf_add_sv(out, name);
    eql_buf_add_char(out, '\0');
}

static eqlvm_status
feed(const one_test *t, eqlvm_engine *e)
{
    eql_buf path = {0};
    eqlvm_status s = EQLVM_OK;

    if (t->test->events_file.len > 0) {
        events_path(t, &path);
        s = path.failed ? EQLVM_ERR_NOMEM : eqlvm_engine_read(e, path.p);
    }
    for (uint32_t i = 0; i < t->test->nevents && s == EQLVM_OK; i++)
        s = eqlvm_engine_push(e, "events", t->test->events[i].p,
                              t->test->events[i].len);
    eql_buf_free(&path);
    return s == EQLVM_OK ? eqlvm_engine_finish(e) : s;
}

/* Why the test fails; empty when it passes. */
static eqlvm_status
run_test(one_test *t, const eqlvm_program *p, eql_buf *detail)
{
    eqlvm_engine_options o = {.problem = on_problem, .ctx = t};
    eqlvm_engine *e = eqlvm_engine_new(p, &o, on_alert, t, NULL, 0);
    eqlvm_status s = e ? feed(t, e) : EQLVM_ERR_NOMEM;

    if (s == EQLVM_ERR_NOMEM || t->failed) {
        eqlvm_engine_free(e);
        return EQLVM_ERR_NOMEM;
    }
    if (s != EQLVM_OK) {
        eql_buf_printf(detail, "  %s\n", eqlvm_engine_error(e));
    } else {
        if (t->trouble.len > 0)
            eql_buf_add_str(detail, "  the test's own events are bad:\n");
        eql_buf_add_sv(detail, eql_buf_sv(&t->trouble));
        compare(t, detail);
    }
    eqlvm_engine_free(e);
    return detail->failed ? EQLVM_ERR_NOMEM : EQLVM_OK;
}

static bool
report(session *s, const one_test *t, const eql_buf *detail)
{
    /* Without the last line end. */
    eql_strview text = eql_sv(detail->p, detail->len ? detail->len - 1 : 0);
    eqlvm_test_result r = {.file = eql_api_text(t->rule->file),
                           .rule = eql_api_text(t->rule->name),
                           .name = eql_api_text(t->test->name),
                           .line = t->test->line,
                           .passed = detail->len == 0,
                           .detail = eql_api_text(text)};

    if (r.passed)
        s->sum->passed++;
    else
        s->sum->failed++;
    if (!s->result || s->result(s->ctx, &r))
        return true;
    s->status = EQLVM_ERR_STOPPED;
    return false;
}

static bool
run_and_report(session *s, const eql_rule_source *r, const eql_rule_test *test,
               const eqlvm_program *p)
{
    one_test t = {.rule = r, .test = test};
    eql_buf detail = {0};
    bool go_on;

    s->status = run_test(&t, p, &detail);
    go_on = s->status == EQLVM_OK && report(s, &t, &detail);
    eql_vec_free(&t.outcomes);
    eql_vec_free(&t.lines);
    eql_buf_free(&t.trouble);
    eql_buf_free(&detail);
    return go_on;
}

/* --- rules --- */

/* New diagnostics, as they come. */
static bool
write_diags(session *s)
{
    for (; s->rendered < eql_diags_count(s->diags); s->rendered++) {
        const eql_diag *d = eql_diags_at(s->diags, s->rendered);

        if (!s->diag || d->kind != EQL_DIAG_ERROR)
            continue;
        s->status = eql_api_render(d, false, false, s->diag, s->ctx);
        if (s->status != EQLVM_OK)
            return false;
    }
    return true;
}

/* The rule's own program; NULL with s->status OK when it is bad. */
static eql_program *
compile_alone(session *s, const eql_rule_source *r)
{
    eql_compiler *c = eql_compiler_new(&s->language.settings);
    eql_program *p = NULL;
    eql_buf why = {0};

    s->status = EQLVM_ERR_NOMEM;
    switch (c ? eql_compiler_add(c, r, s->diags) : EQL_COMPILE_NOMEM) {
    case EQL_COMPILED:
        p = eql_compiler_finish(c, &why);
        if (p)
            s->status = EQLVM_OK;
        break;
    case EQL_COMPILE_BAD:
        s->status = EQLVM_OK;
        s->sum->bad++;
        break;
    case EQL_COMPILE_NOMEM: break;
    }
    eql_buf_free(&why);
    eql_compiler_free(c);
    return p;
}

static bool
on_rule(void *ctx, const eql_rule_source *r)
{
    session *s = ctx;
    eqlvm_program program;

    if (!eql_select_source(&s->select, r))
        return true;
    s->sum->rules++;
    s->sum->rules_without_tests += r->ntests == 0;
    program.p = compile_alone(s, r);
    if (s->status != EQLVM_OK || !write_diags(s)) {
        eql_program_free(program.p);
        return false;
    }
    for (uint32_t i = 0; program.p && i < r->ntests; i++)
        if (!run_and_report(s, r, &r->tests[i], &program))
            break;
    eql_program_free(program.p);
    return s->status == EQLVM_OK;
}

/* What is wrong with the query of a file that has errors. */
static bool
on_broken(void *ctx, const eql_rule_source *r)
{
    session *s = ctx;
    eql_compiler *c;

    if (!eql_select_source(&s->select, r))
        return true;
    c = eql_compiler_new(&s->language.settings);
    if (!c || eql_compiler_check(c, r, s->diags) == EQL_COMPILE_NOMEM)
        s->status = EQLVM_ERR_NOMEM;
    eql_compiler_free(c);
    return s->status == EQLVM_OK && write_diags(s);
}

/* Compiled files carry no tests. */
static bool
on_image(void *ctx, const char *path, eql_buf *image)
{
    (void)ctx;
    (void)path;
    (void)image;
    return true;
}

static eqlvm_status
run_session(session *s, const char *path, eql_buf *why)
{
    eql_rules_calls calls = {on_rule, on_image, s, on_broken};
    eql_rules_counters counters = {0};

    switch (eql_rules_read(path, s->arena, s->diags, &calls, &counters, why)) {
    case EQL_RULES_OK: break;
    case EQL_RULES_NOMEM: return EQLVM_ERR_NOMEM;
    case EQL_RULES_IO: return EQLVM_ERR_IO;
    case EQL_RULES_STOPPED: return s->status;
    }
    s->sum->bad += counters.unreadable;
    if (!write_diags(s))
        return s->status;
    return s->sum->bad > 0 ? EQLVM_ERR_COMPILE : EQLVM_OK;
}

eqlvm_status
eqlvm_test_path(const char *path, const eqlvm_compile_options *o,
                bool (*result)(void *ctx, const eqlvm_test_result *r),
                eqlvm_write_fn diag, void *ctx, eqlvm_test_summary *summary,
                char *reason, size_t cap)
{
    session s = {.result = result, .diag = diag, .ctx = ctx, .sum = summary};
    eqlvm_status status = EQLVM_ERR_NOMEM;
    eql_buf why = {0};

    if (!path || !summary)
        return EQLVM_ERR_ARG;
    *summary = (eqlvm_test_summary){0};
    s.arena = eql_arena_new(0);
    s.diags = eql_diags_new();
    if (eql_language_init(&s.language, o) && s.arena && s.diags &&
        eql_select_init(&s.select, o, s.arena)) {
        status = EQLVM_ERR_ARG;
        eql_buf_add_str(&why, s.language.why);
        if (!s.language.why[0])
            status = run_session(&s, path, &why);
    }
    eql_api_reason(reason, cap, eql_buf_sv(&why));
    eql_buf_free(&why);
    eql_language_free(&s.language);
    eql_arena_free(s.arena);
    eql_diags_free(s.diags);
    return status;
}
