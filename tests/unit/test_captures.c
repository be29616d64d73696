/* test_captures.c -- the shipped rule over 28 captures of real attacks, raw
 * and as ECS, through the public API only.
 *
 * Expected alerts come from the reference material; a capture it does not
 * list must give none.  Raw lines are counted as they stand, the expectation
 * counts events: the captures with alerts have no blank lines before them. */
#include "tests/support/eql_test.h"

#include <jansson.h>

#include "eqlvm/eqlvm.h"

#define MAX_ALERTS 16
#define MAX_STAGES 4

typedef struct {
    uint64_t lines[MAX_STAGES];
    uint32_t nlines;
    eqlvm_severity severity;
} seen_alert;

typedef struct {
    seen_alert alerts[MAX_ALERTS];
    size_t n;
} seen;

static bool
collect(void *ctx, const eqlvm_alert *a)
{
    seen *s = ctx;

    if (s->n < MAX_ALERTS) {
        seen_alert *x = &s->alerts[s->n];

        x->severity = a->severity;
        x->nlines = a->nstages < MAX_STAGES ? a->nstages : MAX_STAGES;
        for (uint32_t i = 0; i < x->nlines; i++)
            x->lines[i] = a->stages[i].line;
    }
    s->n++;
    return true;
}

static eqlvm_program *
load_rules(void)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;

    assert_non_null(c);
    assert_int_equal(eqlvm_compiler_add_path(c, "rules"), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    eqlvm_compiler_free(c);
    return p;
}

static void
run_file(const eqlvm_program *p, const char *path, seen *out,
         eqlvm_stats *stats)
{
    char reason[256] = "";
    eqlvm_engine *e =
        eqlvm_engine_new(p, NULL, collect, out, reason, sizeof reason);

    memset(out, 0, sizeof *out);
    if (!e)
        fail_msg("engine: %s", reason);
    if (eqlvm_engine_read(e, path) != EQLVM_OK)
        fail_msg("%s: %s", path, eqlvm_engine_error(e));
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_stats(e, stats);
    eqlvm_engine_free(e);
}

static void
check_alerts(const char *label, const json_t *expected, const seen *got)
{
    size_t i;
    json_t *want;

    if (got->n != json_array_size(expected))
        fail_msg("%s: %zu alerts, want %zu", label, got->n,
                 json_array_size(expected));
    json_array_foreach(expected, i, want)
    {
        json_t *events = json_object_get(want, "events"), *ev;
        eqlvm_severity severity;
        size_t k;

        assert_true(eqlvm_severity_parse(
            json_string_value(json_object_get(want, "priority")), &severity));
        assert_int_equal(got->alerts[i].severity, severity);
        assert_int_equal(got->alerts[i].nlines, json_array_size(events));
        json_array_foreach(events, k, ev)
        {
            if (got->alerts[i].lines[k] != (uint64_t)json_integer_value(ev) + 1)
                fail_msg("%s: alert %zu stage %zu is line %llu, want %lld",
                         label, i, k + 1,
                         (unsigned long long)got->alerts[i].lines[k],
                         (long long)json_integer_value(ev) + 1);
        }
    }
}

static uint64_t
unknown_layouts(const eqlvm_stats *s)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < EQLVM_NLAYOUT; i++)
        n += s->layouts[i];
    return n;
}

static void
check_balance(const char *label, const eqlvm_stats *s, uint64_t events)
{
    if (s->accepted + unknown_layouts(s) != events || s->read != events)
        fail_msg("%s: read %llu, accepted %llu, want %llu events", label,
                 (unsigned long long)s->read, (unsigned long long)s->accepted,
                 (unsigned long long)events);
    assert_int_equal(s->layouts_taken, 0);
    assert_int_equal(s->mapped + s->unmapped, s->accepted);
    /* Nothing in the captures is too odd for the fast reader. */
    assert_int_equal(s->fallback, 0);
    assert_int_equal(s->fallback_mapped, 0);
    assert_int_equal(s->evaluated + s->out_of_range, s->accepted);
    assert_int_equal(s->completed + s->replaced + s->expired + s->ended +
                         s->evicted + s->open,
                     s->started);
    assert_int_equal(s->alerts + s->suppressed,
                     s->completed + s->event_matches);
}

static void
test_captures(void **state)
{
    const char *shared = eql_test_shared();
    char path[4352], ecs[4352], raw[4352];
    json_t *root, *datasets, *rule, *set;
    const char *name;
    eqlvm_program *p;
    size_t n = 0;
    uint64_t unknown = 0;

    (void)state;
    if (!shared) {
        printf("skip: the reference captures are not here (EQL_SHARED)\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/data/expected-alerts.json", shared);
    root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    datasets = json_object_get(root, "datasets");
    rule = json_object_get(root, "reference_rule");
    p = load_rules();
    json_object_foreach(datasets, name, set)
    {
        uint64_t events =
            (uint64_t)json_integer_value(json_object_get(set, "events"));
        seen got;
        eqlvm_stats stats;

        snprintf(ecs, sizeof ecs, "%s/data/ecs/%s.ndjson.gz", shared, name);
        snprintf(raw, sizeof raw, "%s/data/raw/%s.json.gz", shared, name);
        run_file(p, ecs, &got, &stats);
        check_alerts(ecs, json_object_get(rule, name), &got);
        check_balance(ecs, &stats, events);
        run_file(p, raw, &got, &stats);
        check_alerts(raw, json_object_get(rule, name), &got);
        check_balance(raw, &stats, events);
        /* Two records in all are of no known layout: rows of Log Analytics
         * without their envelope. */
        unknown += unknown_layouts(&stats);
        n++;
    }
    printf("%zu captures, raw and ECS\n", n);
    assert_int_equal(n, 28);
    assert_int_equal(unknown, 2);
    eqlvm_program_free(p);
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_captures)};

    return cmocka_run_group_tests_name("captures", tests, NULL, NULL);
}
