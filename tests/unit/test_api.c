/* test_api.c -- from rule text and events to alerts, through eqlvm.h only. */
#include "tests/support/api_test.h"

#include <jansson.h>

#define EV(time, rest)                                                         \
    "{\"@timestamp\":\"2026-01-02T03:04:" time "Z\"," rest "}"
#define NET(time, host)                                                        \
    EV(time, "\"event\":{\"category\":\"network\"},\"host\":{\"id\":" host "}")
#define PROC(time, host)                                                       \
    EV(time, "\"event\":{\"category\":\"process\"},\"host\":{\"id\":" host "}")

static const char *const pair[] = {
    "sequence by host.id with maxspan=30s [network where true]"
    " [process where true]"};

static void
push(eqlvm_engine *e, const char *json)
{
    assert_int_equal(eqlvm_engine_push(e, "in", json, strlen(json)), EQLVM_OK);
}

/* The numbers that must balance, whatever happened. */
static void
check_balance(const eqlvm_engine *e)
{
    eqlvm_stats s;
    uint64_t rejected = 0, by_severity = 0;

    eqlvm_engine_stats(e, &s);
    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        rejected += s.rejected[i];
    for (unsigned i = 0; i < 5; i++)
        by_severity += s.by_severity[i];
    assert_int_equal(s.read, s.accepted + rejected);
    assert_int_equal(s.accepted, s.mapped + s.unmapped);
    assert_int_equal(s.accepted, s.evaluated + s.out_of_range);
    assert_int_equal(s.started, s.completed + s.replaced + s.expired + s.ended +
                                    s.evicted + s.open);
    assert_int_equal(s.completed + s.event_matches, s.alerts + s.suppressed);
    assert_int_equal(s.alerts, by_severity);
}

/* Runs events through one program; alerts in x. */
static void
run(const char *const *queries, size_t nqueries, const char *const *events,
    size_t n, api_alerts *x)
{
    eqlvm_program *p = api_compile(queries, nqueries);
    eqlvm_engine *e = api_start(p, NULL, x);

    for (size_t i = 0; i < n; i++)
        push(e, events[i]);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    check_balance(e);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
}

static void
test_sequence_by_key(void **state)
{
    static const char *const events[] = {
        PROC("07.000", "\"A\""), NET("05.000", "\"A\""), NET("06.000", "\"B\""),
        PROC("36.001", "\"B\""), PROC("35.000", "7"),    NET("06.000", "7")};
    api_alerts x = {0};

    (void)state;
    run(pair, 1, events, EQL_COUNTOF(events), &x);
    assert_seen(&x, "r1 none [2,1] host.id=\"A\";r1 none [6,5] host.id=7;");
    api_alerts_free(&x);
}

static void
test_alert_ids(void **state)
{
    static const char *const queries[] = {"any where true", "any where a == 1"};
    static const char *const events[] = {"{\"a\":1}", "{\"a\":1}", "{\"a\":2}",
                                         "{\"a\":1}"};
    api_alerts x = {0}, y = {0};
    size_t id = 32;

    (void)state;
    run(queries, 2, events, 4, &x);
    run(queries, 2, events, 4, &y);
    assert_int_equal(x.n, 7);
    /* The same input gives the same ids. */
    assert_int_equal(x.ids.len, y.ids.len);
    assert_memory_equal(x.ids.p, y.ids.p, x.ids.len);
    eql_buf_add_char(&x.ids, '\0');
    /* Equal events count; other rules have ids of their own. */
    assert_int_equal(x.ids.p[id], ';');
    assert_non_null(strstr(x.ids.p, "-2;"));
    assert_non_null(strstr(x.ids.p, "-3;"));
    assert_null(strstr(x.ids.p, "-4;"));
    assert_memory_not_equal(x.ids.p, x.ids.p + id + 1, id);
    api_alerts_free(&x);
    api_alerts_free(&y);
}

static bool
check_alert(void *ctx, const eqlvm_alert *a)
{
    int *n = ctx;

    (*n)++;
    assert_int_equal(a->nstages, 2);
    assert_true(a->has_time);
    assert_true(a->span_ns == 2000000000);
    assert_true(a->time_ns == a->stages[1].time_ns);
    assert_int_equal(a->stages[0].stage, 1);
    assert_int_equal(a->stages[1].stage, 2);
    assert_int_equal(a->stages[0].file.len, 2);
    assert_memory_equal(a->stages[0].file.p, "in", 2);
    assert_int_equal(a->stages[1].event_id.len, 3);
    assert_memory_equal(a->stages[1].event_id.p, "i-9", 3);
    assert_int_equal(a->stages[0].event_id.len, 0);
    assert_int_equal(a->stages[0].event.len, strlen(NET("05.000", "\"A\"")));
    assert_memory_equal(a->stages[0].event.p, NET("05.000", "\"A\""),
                        a->stages[0].event.len);
    return true;
}

static void
test_alert_contents(void **state)
{
    eqlvm_program *p = api_compile(pair, 1);
    int n = 0;
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, check_alert, &n, NULL, 0);

    (void)state;
    push(e, NET("05.000", "\"A\""));
    push(e, "{\"_id\":\"i-9\",\"_source\":" PROC("07.000", "\"A\"") "}");
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    assert_int_equal(n, 1);
    assert_int_equal(eqlvm_engine_rule_alerts(e, 0), 1);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
}

/* --- time ranges --- */

static int64_t
at(const char *time)
{
    int64_t ns;

    assert_true(eqlvm_time_parse(time, &ns));
    return ns;
}

static void
test_since_and_until(void **state)
{
    static const char *const events[] = {
        NET("05.000", "\"A\""), NET("06.000", "\"A\""), PROC("07.000", "\"A\""),
        PROC("08.000", "\"A\""),
        "{\"event.category\":\"process\",\"host.id\":\"A\"}"};
    eqlvm_engine_options o = {.has_since = true,
                              .has_until = true,
                              .since_ns = at("2026-01-02T03:04:05.001Z"),
                              .until_ns = at("2026-01-02T03:04:08Z")};
    eqlvm_program *p = api_compile(pair, 1);
    api_alerts x = {0};
    eqlvm_stats s;
    eqlvm_engine *e = api_start(p, &o, &x);

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(events); i++)
        push(e, events[i]);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    assert_seen(&x, "r1 none [2,3] host.id=\"A\";");
    eqlvm_engine_stats(e, &s);
    assert_int_equal(s.out_of_range, 3);
    assert_int_equal(s.evaluated, 2);
    check_balance(e);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    api_alerts_free(&x);
}

/* A Windows record whose time is known only when its file's clock is. */
#define WIN(wall, utc, id)                                                     \
    "{\"SourceModuleType\":\"im_msvistalog\",\"EventTime\":\"2020-09-20 " wall \
    "\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"Channel\":\"Microsoft-"  \
    "Windows-Sysmon/Operational\",\"EventID\":" id ",\"Hostname\":\"H\","      \
    "\"UtcTime\":\"2020-09-20 " utc "\",\"Image\":\"C:\\\\x\\\\y.exe\"}"

static void
test_range_of_pending_times(void **state)
{
    static const char *const queries[] = {
        "sequence by host.id [process where true] [process where true]"};
    static const char *const events[] = {WIN("17:09:10", "21:09:10.500", "1"),
                                         WIN("17:09:20", "21:09:20.500", "1"),
                                         WIN("17:09:30", "21:09:30.500", "1"),
                                         WIN("17:09:40", "21:09:40.500", "1")};
    eqlvm_engine_options o = {.has_since = true,
                              .has_until = true,
                              .since_ns = at("2020-09-20T21:09:15Z"),
                              .until_ns = at("2020-09-20T21:09:35Z")};
    eqlvm_program *p = api_compile(queries, 1);
    api_alerts x = {0};
    eqlvm_stats s;
    eqlvm_engine *e = api_start(p, &o, &x);

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(events); i++)
        push(e, events[i]);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    /* Without the range it would be [1,2] and [3,4]. */
    assert_seen(&x, "r1 none [2,3] host.id=\"H\";");
    eqlvm_engine_stats(e, &s);
    assert_int_equal(s.mapped, 4);
    assert_int_equal(s.out_of_range, 2);
    assert_int_equal(s.hits, 2);
    check_balance(e);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    api_alerts_free(&x);
}

/* --- stopping --- */

static void
test_stopping(void **state)
{
    eqlvm_program *p = api_compile(pair, 1);
    api_alerts x = {0};
    eqlvm_engine *e = api_start(p, NULL, &x);

    (void)state;
    push(e, NET("05.000", "\"A\""));
    push(e, PROC("07.000", "\"A\""));
    eqlvm_engine_stop(e);
    assert_int_equal(eqlvm_engine_push(e, "in", "{}", 2), EQLVM_ERR_STOPPED);
    assert_int_equal(eqlvm_engine_push(e, "in", "{}", 2), EQLVM_ERR_STOPPED);
    /* What was read is still reported. */
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    assert_int_equal(x.n, 1);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_ERR_ARG);
    assert_int_equal(eqlvm_engine_push(e, "in", "{}", 2), EQLVM_ERR_ARG);
    eqlvm_engine_free(e);
    api_alerts_free(&x);

    x = (api_alerts){.stop_after = 1};
    e = api_start(p, NULL, &x);
    for (int i = 0; i < 3; i++) {
        push(e, NET("05.000", "\"A\""));
        push(e, PROC("05.000", "\"A\""));
    }
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_ERR_STOPPED);
    assert_int_equal(x.n, 1);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    api_alerts_free(&x);
}

/* --- bad input --- */

static void
on_problem(void *ctx, const eqlvm_problem *p)
{
    eql_buf_printf(ctx, "%s:%llu %s;", p->path, (unsigned long long)p->line,
                   p->reason);
}

static void
test_bad_events_and_files(void **state)
{
    eql_buf problems = {0};
    eqlvm_engine_options o = {.problem = on_problem, .ctx = &problems};
    eqlvm_program *p = api_compile(pair, 1);
    api_alerts x = {0};
    eqlvm_stats s;
    eqlvm_engine *e = api_start(p, &o, &x);

    (void)state;
    push(e, "{\"a\":");
    push(e, "[1]");
    push(e, "{\"a\":1}");
    assert_int_equal(eqlvm_engine_read(e, "no/such/file"), EQLVM_ERR_IO);
    assert_true(strlen(eqlvm_engine_error(e)) > 0);
    eql_buf_add_char(&problems, '\0');
    assert_non_null(strstr(problems.p, "in:1 "));
    assert_non_null(strstr(problems.p, "in:2 "));
    assert_non_null(strstr(problems.p, "no/such/file:0 io;"));
    push(e, NET("05.000", "\"A\""));
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_stats(e, &s);
    assert_int_equal(s.files_failed, 1);
    assert_int_equal(s.accepted, 2);
    check_balance(e);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    eql_buf_free(&problems);
    api_alerts_free(&x);
}

static void
test_bad_mapping(void **state)
{
    eqlvm_engine_options o = {.mapping = "{", .mapping_len = 1};
    eqlvm_program *p = api_compile(pair, 1);
    char reason[64] = "";

    (void)state;
    assert_null(
        eqlvm_engine_new(p, &o, api_on_alert, NULL, reason, sizeof reason));
    assert_true(strlen(reason) > 0);
    assert_null(eqlvm_engine_new(NULL, NULL, api_on_alert, NULL, NULL, 0));
    assert_null(eqlvm_engine_new(p, NULL, NULL, NULL, NULL, 0));
    eqlvm_program_free(p);
}

/* --- reports --- */

static void
test_notices_and_stats(void **state)
{
    static const char *const queries[] = {
        "sequence by host.name [any where a == 1] [any where a == 2]"};
    eqlvm_program *p = api_compile(queries, 1);
    eql_buf notices = {0}, stats = {0};
    api_alerts x = {0};
    eqlvm_engine *e = api_start(p, NULL, &x);
    json_t *o, *rule;

    (void)state;
    push(e, EV("05.000", "\"a\":1"));
    push(e, EV("06.000", "\"a\":1"));
    push(e, EV("07.000", "\"a\":2,\"host.name\":\"x\""));
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    assert_int_equal(eqlvm_engine_notices(e, api_collect, &notices), EQLVM_OK);
    eql_buf_add_char(&notices, '\0');
    assert_string_equal(notices.p, "rule \"q1\", stage 1: key host.name had no "
                                   "value in all 2 events\n");
    assert_int_equal(eqlvm_engine_stats_json(e, api_collect, &stats), EQLVM_OK);
    eql_buf_add_char(&stats, '\0');
    o = json_loads(stats.p, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(o);
    assert_int_equal(json_integer_value(json_object_get(o, "accepted")), 3);
    assert_int_equal(json_integer_value(json_object_get(o, "keyless")), 2);
    assert_int_equal(json_integer_value(json_object_get(o, "events_cached")),
                     1);
    assert_true(json_integer_value(json_object_get(o, "values_asked")) > 0);
    assert_true(json_integer_value(json_object_get(o, "stages_judged")) > 0);
    assert_int_equal(json_object_size(json_object_get(o, "rejected")),
                     EQLVM_NREJECT);
    rule = json_array_get(json_object_get(o, "rules"), 0);
    assert_string_equal(json_string_value(json_object_get(rule, "name")), "q1");
    assert_int_equal(json_array_size(json_object_get(rule, "stages")), 2);
    json_decref(o);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    eql_buf_free(&notices);
    eql_buf_free(&stats);
    api_alerts_free(&x);
}

static void
test_names(void **state)
{
    eqlvm_severity s;
    eqlvm_format f;

    (void)state;
    assert_string_equal(eqlvm_version(), "0.1.0");
    assert_true(eqlvm_severity_parse("HIGH", &s));
    assert_int_equal(s, EQLVM_SEVERITY_HIGH);
    assert_false(eqlvm_severity_parse("none", &s));
    assert_false(eqlvm_severity_parse("x", &s));
    assert_true(eqlvm_format_parse("ecs", &f));
    assert_int_equal(f, EQLVM_FORMAT_ECS);
    assert_false(eqlvm_format_parse("xml", &f));
    assert_string_equal(eqlvm_reject_name(0), "syntax");
    assert_null(eqlvm_reject_name(EQLVM_NREJECT));
    for (int i = 0; i <= 7; i++)
        assert_true(strlen(eqlvm_status_name((eqlvm_status)i)) > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequence_by_key),
        cmocka_unit_test(test_alert_ids),
        cmocka_unit_test(test_alert_contents),
        cmocka_unit_test(test_since_and_until),
        cmocka_unit_test(test_range_of_pending_times),
        cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_bad_events_and_files),
        cmocka_unit_test(test_bad_mapping),
        cmocka_unit_test(test_notices_and_stats),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
