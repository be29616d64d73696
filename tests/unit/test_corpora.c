/* test_corpora.c -- every public rule: it compiles, its program verifies, and
 * over 28 captures of real attacks all of them together find what an
 * independent evaluator says they find. */
#include "tests/support/eql_test.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"
#include "eqlvm/eqlvm.h"

#define NRULES (1659 + 8) /* TOML files and hunting queries */

static void
report_errors(const eqlvm_compiler *c)
{
    for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind == EQLVM_ERROR)
            print_error("%.*s:%u:%u: %.*s: %.*s\n", (int)d.file.len, d.file.p,
                        d.line, d.column, (int)d.code.len, d.code.p,
                        (int)d.message.len, d.message.p);
    }
}

static eqlvm_program *
load_corpora(const char *shared, eqlvm_compile_summary *sum)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;
    char path[4200];

    assert_non_null(c);
    snprintf(path, sizeof path, "%s/corpora", shared);
    assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
    if (eqlvm_compiler_finish(c, &p) != EQLVM_OK) {
        report_errors(c);
        fail_msg("%s", eqlvm_compiler_error(c));
    }
    eqlvm_compiler_summary(c, sum);
    eqlvm_compiler_free(c);
    return p;
}

static void
test_all_rules_compile(void **state)
{
    const char *shared = eql_test_shared();
    eqlvm_compile_summary sum;
    eqlvm_program *p;

    (void)state;
    if (!shared) {
        print_message("no reference material: skipped\n");
        skip();
    }
    p = load_corpora(shared, &sum);
    assert_int_equal(sum.files, 1660);
    assert_int_equal(sum.rules, NRULES);
    assert_int_equal(sum.bad, 0);
    assert_int_equal(sum.errors, 0);
    assert_int_equal(eqlvm_program_nrules(p), NRULES);
    eqlvm_program_free(p);
}

static bool
save(void *ctx, const char *p, size_t len)
{
    eql_buf_add(ctx, p, len);
    return true;
}

/* A compiled file of all rules is taken back: its programs verify. */
static void
test_all_rules_verify(void **state)
{
    const char *shared = eql_test_shared();
    eqlvm_compile_summary sum;
    eqlvm_program *p, *again = NULL;
    eql_buf image = {0}, second = {0};
    char reason[256] = "";

    (void)state;
    if (!shared) {
        print_message("no reference material: skipped\n");
        skip();
    }
    p = load_corpora(shared, &sum);
    assert_int_equal(eqlvm_program_save(p, save, &image), EQLVM_OK);
    if (eqlvm_program_load(image.p, image.len, &again, reason, sizeof reason) !=
        EQLVM_OK)
        fail_msg("%s", reason);
    assert_int_equal(eqlvm_program_save(again, save, &second), EQLVM_OK);
    assert_int_equal(image.len, second.len);
    assert_memory_equal(image.p, second.p, image.len);
    eqlvm_program_free(again);
    eqlvm_program_free(p);
    eql_buf_free(&image);
    eql_buf_free(&second);
}

/* --- what they find --- */

typedef struct {
    const eqlvm_program *p;
    json_t *alerts; /* rule file -> array of arrays of lines */
} found;

/* The path as the reference has it: relative to its repository's root. */
static const char *
relative(const char *file)
{
    static const char *const roots[] = {"/detection-rules/", "/protections/"};

    for (size_t i = 0; i < EQL_COUNTOF(roots); i++) {
        const char *at = strstr(file, roots[i]);

        if (at)
            return at + strlen(roots[i]);
    }
    return file;
}

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    found *f = ctx;
    json_t *lines = json_array(), *list;
    eqlvm_rule_info info;
    char file[4200];

    eqlvm_program_rule(f->p, a->rule, &info);
    if (info.file.len < 5 ||
        memcmp(info.file.p + info.file.len - 5, ".toml", 5) != 0) {
        json_decref(lines);
        return true; /* a hunting query: the reference has none */
    }
    snprintf(file, sizeof file, "%.*s", (int)info.file.len, info.file.p);
    for (uint32_t i = 0; i < a->nstages; i++)
        json_array_append_new(
            lines, a->stages[i].missing
                       ? json_null()
                       : json_integer((json_int_t)a->stages[i].line));
    list = json_object_get(f->alerts, relative(file));
    if (!list) {
        list = json_array();
        json_object_set_new(f->alerts, relative(file), list);
    }
    json_array_append_new(list, lines);
    return true;
}

static void
run_capture(found *f, const char *path)
{
    char reason[256] = "";
    eqlvm_engine *e =
        eqlvm_engine_new(f->p, NULL, on_alert, f, reason, sizeof reason);

    if (!e)
        fail_msg("engine: %s", reason);
    if (eqlvm_engine_read(e, path) != EQLVM_OK)
        fail_msg("%s: %s", path, eqlvm_engine_error(e));
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_free(e);
}

/* Is each alert of one list in the other, as often?  The reference lists them
 * by line, we by time. */
static bool
same_alerts(const json_t *want, const json_t *got)
{
    size_t n = json_array_size(want);
    bool *taken = calloc(n + 1, sizeof *taken);
    bool ok = taken && json_array_size(got) == n;

    for (size_t i = 0; ok && i < n; i++) {
        size_t k = 0;

        while (k < n && (taken[k] || !json_equal(json_array_get(want, i),
                                                 json_array_get(got, k))))
            k++;
        ok = k < n;
        if (ok)
            taken[k] = true;
    }
    free(taken);
    return ok;
}

/* Differences in one capture, printed; both ways. */
static size_t
differences(const char *capture, const json_t *want, const json_t *got)
{
    json_t *w = (json_t *)(uintptr_t)want, *g = (json_t *)(uintptr_t)got, *v;
    size_t n = 0;
    const char *rule;

    json_object_foreach(w, rule, v)
    {
        if (same_alerts(v, json_object_get(got, rule)))
            continue;
        print_error("%s: %s: other alerts than the reference's\n", capture,
                    rule);
        n++;
    }
    json_object_foreach(g, rule, v)
    {
        if (json_object_get(want, rule))
            continue;
        print_error("%s: %s: the reference has no alert\n", capture, rule);
        n++;
    }
    return n;
}

static void
test_all_rules_find_what_the_reference_finds(void **state)
{
    const char *shared = eql_test_shared(), *capture;
    size_t wrong = 0, nalerts = 0, ncaptures = 0;
    json_t *root, *alerts, *want, *v;
    eqlvm_compile_summary sum;
    eqlvm_program *p;
    char path[4200];
    const char *rule;

    (void)state;
    if (!shared) {
        print_message("no reference material: skipped\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/data/alerts-all-rules.json", shared);
    root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    p = load_corpora(shared, &sum);
    alerts = json_object_get(root, "alerts");
    json_object_foreach(alerts, capture, want)
    {
        found f = {p, json_object()};

        snprintf(path, sizeof path, "%s/data/ecs/%s.ndjson.gz", shared,
                 capture);
        run_capture(&f, path);
        wrong += differences(capture, want, f.alerts);
        json_object_foreach(f.alerts, rule, v) nalerts += json_array_size(v);
        ncaptures++;
        json_decref(f.alerts);
    }
    print_message("%zu captures, %zu alerts\n", ncaptures, nalerts);
    assert_int_equal(wrong, 0);
    assert_int_equal(ncaptures, 28);
    eqlvm_program_free(p);
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_rules_compile),
        cmocka_unit_test(test_all_rules_verify),
        cmocka_unit_test(test_all_rules_find_what_the_reference_finds),
    };

    return cmocka_run_group_tests_name("corpora", tests, NULL, NULL);
}
