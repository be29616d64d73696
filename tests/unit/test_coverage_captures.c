/* test_coverage_captures.c -- over captures of real attacks with all public
 * rules: a stage that was hit is never called unable, nor is a rule with
 * alerts; and what is said does not depend on threads, index or memo. */
#include "tests/support/api_test.h"

#include <dirent.h>
#include <unistd.h>

static eqlvm_program *
load_rules(const char *shared)
{
    static const char *const folders[] = {"corpora/detection-rules",
                                          "corpora/protections"};
    eqlvm_compile_options o = {.skip_bad_rules = true};
    eqlvm_compiler *c = eqlvm_compiler_new(&o);
    eqlvm_program *p = NULL;
    char path[512];

    assert_non_null(c);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", shared, folders[i]);
        assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
    }
    assert_int_equal(eqlvm_compiler_add_path(c, "rules"), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    eqlvm_compiler_free(c);
    return p;
}

/* All that the coverage says, as text. */
static void
describe(const eqlvm_coverage *c, eql_buf *out)
{
    eqlvm_coverage_summary sum;

    eqlvm_coverage_get(c, &sum);
    eql_buf_printf(out, "%u %u %u %u %u\n", sum.blind, sum.rules_unable,
                   sum.nneeds, sum.nunable, sum.nidle);
    for (uint32_t i = 0; i < sum.nneeds; i++) {
        eqlvm_need n;

        eqlvm_coverage_need(c, i, &n);
        eql_buf_printf(out, "%d %.*s %u %.*s\n", (int)n.kind, (int)n.name.len,
                       n.name.p, n.rules, (int)n.near.len, n.near.p);
    }
    for (uint32_t i = 0; i < sum.nunable; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        eql_buf_printf(out, "%u.%u %d %u\n", u.rule, u.stage, u.any, u.nneeds);
    }
    for (uint32_t i = 0; i < sum.nidle; i++) {
        eqlvm_idle idle;

        eqlvm_coverage_idle(c, i, &idle);
        eql_buf_printf(out, "%u.%u %llu\n", idle.rule, idle.stage,
                       (unsigned long long)idle.hits);
    }
}

/* Is the stage one that could not be hit? */
static void
check_unable(const eqlvm_engine *e, const eqlvm_coverage *c, const char *path)
{
    eqlvm_coverage_summary sum;

    eqlvm_coverage_get(c, &sum);
    for (uint32_t i = 0; i < sum.nunable; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        if (eqlvm_engine_rule_alerts(e, u.rule) > 0)
            fail_msg("%s: rule %u has alerts", path, u.rule);
        assert_true(u.nneeds > 0);
    }
}

static bool
no_alert(void *ctx, const eqlvm_alert *a)
{
    (void)ctx;
    (void)a;
    return true;
}

static void
run(const eqlvm_program *p, const eqlvm_engine_options *o, const char *path,
    eql_buf *out)
{
    char reason[256] = "";
    eqlvm_engine *e =
        eqlvm_engine_new(p, o, no_alert, NULL, reason, sizeof reason);
    eqlvm_coverage *c;

    if (!e)
        fail_msg("%s", reason);
    assert_int_equal(eqlvm_engine_read(e, path), EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    c = eqlvm_coverage_new(e);
    assert_non_null(c);
    check_unable(e, c, path);
    describe(c, out);
    eqlvm_coverage_free(c);
    eqlvm_engine_free(e);
}

static void
run_all_ways(const eqlvm_program *p, const char *path, bool all)
{
    static const eqlvm_engine_options ways[] = {
        {.threads = 1},
        {.threads = 3, .block_bytes = 4096},
        {.threads = 1, .no_index = true},
        {.threads = 3, .no_memo = true},
    };
    eql_buf first = {0}, other = {0};

    run(p, &ways[0], path, &first);
    for (size_t i = 1; all && i < sizeof ways / sizeof ways[0]; i++) {
        other.len = 0;
        run(p, &ways[i], path, &other);
        if (!eql_sv_eq(eql_buf_sv(&first), eql_buf_sv(&other)))
            fail_msg("%s: way %zu says\n%.*s\nthe first said\n%.*s", path, i,
                     (int)other.len, other.p, (int)first.len, first.p);
    }
    eql_buf_free(&first);
    eql_buf_free(&other);
}

static int
is_capture(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void
test_captures(void **state)
{
    static const char *const folders[] = {"ecs", "raw"};
    const char *shared = getenv("EQL_SHARED");
    eqlvm_program *p;
    char path[1024];

    (void)state;
    shared = shared ? shared : "../shared";
    snprintf(path, sizeof path, "%s/corpora", shared);
    if (access(path, F_OK) != 0) {
        print_message("skip - no public rules in %s\n", path);
        skip();
    }
    p = load_rules(shared);
    for (size_t f = 0; f < 2; f++) {
        struct dirent **names;
        int n;

        snprintf(path, sizeof path, "%s/data/%s", shared, folders[f]);
        n = scandir(path, &names, is_capture, alphasort);
        assert_true(n > 0);
        for (int i = 0; i < n; i++) {
            snprintf(path, sizeof path, "%s/data/%s/%s", shared, folders[f],
                     names[i]->d_name);
            run_all_ways(p, path, i % 4 == (int)f);
            free(names[i]);
        }
        free(names);
    }
    eqlvm_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures),
    };

    return cmocka_run_group_tests_name("coverage_captures", tests, NULL, NULL);
}
