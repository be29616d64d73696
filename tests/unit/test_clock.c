/* test_clock.c -- times of mapped records: pending, learned, given, and what
 * the time policies choose. */
#include "tests/support/mapping_test.h"

#define SEC INT64_C(1000000000)
#define HOUR (3600 * SEC)

/* --- time --- */

static int64_t
ns_of(const char *iso)
{
    int64_t ns;

    assert_true(eql_time_parse(eql_sv_cstr(iso), &ns));
    return ns;
}

/* A PowerShell export's record; utc may be NULL. */
static eql_mapped
map_pwsh(const eql_mapping *m, eql_wall_clock *c, int code, const char *wall,
         const char *utc)
{
    char record[512];

    snprintf(record, sizeof record,
             "{\"Channel\":\"Microsoft-Windows-Sysmon/"
             "Operational\",\"EventID\":%d,\"TimeCreated\":\"%s\"%s%s%s}",
             code, wall, utc ? ",\"UtcTime\":\"" : "", utc ? utc : "",
             utc ? "\"" : "");
    return map_with(m, c, record);
}

static void
teach(const eql_mapping *m, eql_wall_clock *c, int code, const char *wall,
      const char *utc)
{
    json_decref(map_pwsh(m, c, code, wall, utc).ecs);
}

static void
expect_resolved(const eql_wall_clock *c, const char *wall, const char *utc,
                const char *want)
{
    int64_t ns = 0;

    assert_true(eql_wall_clock_resolve(c, utc != NULL, utc ? ns_of(utc) : 0,
                                       wall != NULL, wall ? ns_of(wall) : 0,
                                       &ns));
    if (ns != ns_of(want)) {
        char buf[40];

        fail_msg("%.*s, not %s", (int)eql_time_format(ns, buf), buf, want);
    }
}

static void
test_local_time_is_pending(void **state)
{
    eql_mapping *m = builtin();
    eql_events_options o = {0};
    eql_wall_clock *c = eql_wall_clock_new(&o);
    eql_mapped out = map_pwsh(m, c, 1, "2020-10-19T03:30:45.323Z",
                              "2020-10-19 07:30:45.320");
    int64_t ns;

    (void)state;
    assert_int_equal(out.time_kind, EQL_TIME_PENDING);
    assert_true(out.has_utc && out.has_wall);
    assert_int_equal(out.time_ns, ns_of("2020-10-19T07:30:45.320Z"));
    assert_int_equal(out.wall_ns, ns_of("2020-10-19T03:30:45.323Z"));
    assert_null(at(out.ecs, "@timestamp"));
    assert_null(at(out.ecs, "event/created"));
    json_decref(out.ecs);
    assert_false(eql_wall_clock_created(c, true, 0, &ns));
    eql_wall_clock_settle(c);
    expect_resolved(c, "2020-10-19T03:30:45.323Z", NULL,
                    "2020-10-19T07:30:45.323Z");
    assert_false(eql_wall_clock_created(c, false, 0, &ns));
    assert_false(eql_wall_clock_resolve(c, false, 0, false, 0, &ns));
    eql_wall_clock_free(c);
    eql_mapping_free(m);
}

static void
test_zone_in_the_time_settles_it(void **state)
{
    eql_mapping *m = builtin();
    eql_mapped out = map_pwsh(m, NULL, 11, "2020-10-19T03:30:45.3+02:00", NULL);

    (void)state;
    assert_int_equal(out.time_kind, EQL_TIME_SETTLED);
    assert_int_equal(out.time_ns, ns_of("2020-10-19T01:30:45.300Z"));
    expect_at("zone", out.ecs, "event/created", "\"2020-10-19T01:30:45.300Z\"");
    json_decref(out.ecs);
    eql_mapping_free(m);
}

static void
test_given_offset_settles_at_once(void **state)
{
    eql_mapping *m = builtin();
    eql_events_options o = {.has_utc_offset = true, .utc_offset_ns = 4 * HOUR};
    eql_wall_clock *c = eql_wall_clock_new(&o);
    eql_mapped out = map_pwsh(m, c, 1, "2020-10-19 03:30:45", NULL);

    (void)state;
    assert_int_equal(out.time_kind, EQL_TIME_SETTLED);
    expect_at("offset", out.ecs, "@timestamp", "\"2020-10-19T07:30:45.000Z\"");
    json_decref(out.ecs);
    eql_wall_clock_free(c);
    eql_mapping_free(m);
}

static void
test_offset_is_learned_per_clock_hour(void **state)
{
    eql_mapping *m = builtin();
    eql_events_options o = {0};
    eql_wall_clock *c = eql_wall_clock_new(&o);

    (void)state;
    teach(m, c, 1, "2020-10-19 12:59:58", "2020-10-19 16:59:58.100");
    teach(m, c, 1, "2020-10-19 12:59:59", "2020-10-19 16:59:59.100");
    /* 12-hour time: one o'clock in the afternoon */
    teach(m, c, 1, "2020-10-19 01:00:01", "2020-10-19 17:00:01.200");
    /* Stamped by another clock: these must not teach. */
    teach(m, c, 3, "2020-10-19 01:00:01", "2020-10-09 17:00:01.200");
    teach(m, c, 22, "2020-10-19 01:00:01", "2020-10-09 17:00:01.200");
    teach(m, c, 3, "2020-10-19 01:00:01", "2020-10-09 17:00:01.200");
    eql_wall_clock_settle(c);
    expect_resolved(c, "2020-10-19T12:30:00Z", NULL, "2020-10-19T16:30:00Z");
    expect_resolved(c, "2020-10-19T01:30:00Z", NULL, "2020-10-19T17:30:00Z");
    /* An hour without Sysmon events takes the commonest offset. */
    expect_resolved(c, "2020-10-19T05:00:00Z", NULL, "2020-10-19T09:00:00Z");
    eql_wall_clock_free(c);
    eql_mapping_free(m);
}

static void
test_receive_time_stands_in_for_sysmon(void **state)
{
    static const char *const received[] = {"2020-09-20T21:09:12.500Z",
                                           "2020-09-20T21:09:14Z", "never"};
    eql_mapping *m = builtin();
    eql_events_options o = {0};
    eql_wall_clock *c = eql_wall_clock_new(&o);
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(received); i++) {
        char record[512];

        snprintf(record, sizeof record,
                 "{\"SourceModuleType\":\"im\",\"EventID\":4624,\"Channel\":"
                 "\"Security\",\"EventTime\":\"2020-09-20 "
                 "17:09:10\",\"@timestamp\":\"%s\"}",
                 received[i]);
        json_decref(map_with(m, c, record).ecs);
    }
    eql_wall_clock_settle(c);
    expect_resolved(c, "2020-09-20T17:09:10Z", NULL, "2020-09-20T21:09:10Z");
    eql_wall_clock_free(c);
    eql_mapping_free(m);
}

static void
test_time_policies(void **state)
{
    static const struct {
        eql_time_policy policy;
        const char *near, *far; /* what is chosen for UtcTimes near and far */
    } rows[] = {
        {EQL_TIME_POLICY_ROBUST, "2020-01-01T10:01:00Z",
         "2020-01-01T10:00:00Z"},
        {EQL_TIME_POLICY_UTCTIME, "2020-01-01T10:01:00Z",
         "2020-01-01T10:01:00.001Z"},
        {EQL_TIME_POLICY_CREATED, "2020-01-01T10:00:00Z",
         "2020-01-01T10:00:00Z"},
    };
    size_t i;
    int64_t ns;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(rows); i++) {
        eql_events_options o = {.time_policy = rows[i].policy};
        eql_wall_clock *c = eql_wall_clock_new(&o);

        eql_wall_clock_settle(c);
        expect_resolved(c, "2020-01-01T10:00:00Z", "2020-01-01T10:01:00Z",
                        rows[i].near);
        expect_resolved(c, "2020-01-01T10:00:00Z", "2020-01-01T10:01:00.001Z",
                        rows[i].far);
        if (rows[i].policy == EQL_TIME_POLICY_CREATED)
            assert_false(eql_wall_clock_resolve(c, true, 0, false, 0, &ns));
        else
            expect_resolved(c, NULL, "2020-01-01T10:00:00Z",
                            "2020-01-01T10:00:00Z");
        /* Far apart beyond what int64 holds. */
        assert_true(
            eql_wall_clock_resolve(c, true, INT64_MAX, true, INT64_MIN, &ns));
        eql_wall_clock_free(c);
    }
}

static void
test_robust_time_in_utc_layouts(void **state)
{
    eql_mapping *m = builtin();
    eql_mapped out = map_with(
        m, NULL,
        "{\"beat\":{},\"event_id\":3,\"log_name\":\"Microsoft-Windows-Sysmon/"
        "Operational\",\"@timestamp\":\"2019-05-18T20:36:48.363Z\",\"event_"
        "data\":{\"UtcTime\":\"2019-05-07 11:50:05.128\"}}");

    (void)state;
    assert_int_equal(out.time_kind, EQL_TIME_SETTLED);
    expect_at("robust", out.ecs, "@timestamp", "\"2019-05-18T20:36:48.363Z\"");
    json_decref(out.ecs);
    out = map_with(m, NULL, "{\"beat\":{},\"event_id\":3}");
    assert_int_equal(out.time_kind, EQL_TIME_NONE);
    json_decref(out.ecs);
    /* A local layout without its own time, but with an exact one. */
    out = map_pwsh(m, NULL, 1, "", "2019-05-07 11:50:05.128");
    assert_int_equal(out.time_kind, EQL_TIME_SETTLED);
    expect_at("exact", out.ecs, "@timestamp", "\"2019-05-07T11:50:05.128Z\"");
    json_decref(out.ecs);
    eql_mapping_free(m);
}

static void
test_clock_bounds_what_it_learns(void **state)
{
    eql_mapping *m = builtin();
    eql_events_options o = {0};
    eql_wall_clock *c = eql_wall_clock_new(&o);
    int i;

    (void)state;
    teach(m, c, 1, "2020-01-01 10:00:00", "2020-01-01 12:00:00.000");
    teach(m, c, 1, "2020-01-01 10:00:00", "2020-01-01 12:00:00.000");
    for (i = 0; i < 3000; i++) {
        char utc[64];

        snprintf(utc, sizeof utc, "2021-%02d-%02d %02d:%02d:00.000",
                 1 + i / 96 / 28 % 12, 1 + i / 96 % 28, i / 4 % 24, i % 4 * 15);
        teach(m, c, 1, "2020-01-01 10:00:00", utc);
    }
    teach(m, c, 1, "1700-01-01 10:00:00", "2261-01-01 10:00:00");
    eql_wall_clock_settle(c);
    expect_resolved(c, "2020-01-01T10:00:00Z", NULL, "2020-01-01T12:00:00Z");
    eql_wall_clock_free(c);
    eql_mapping_free(m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local_time_is_pending),
        cmocka_unit_test(test_zone_in_the_time_settles_it),
        cmocka_unit_test(test_given_offset_settles_at_once),
        cmocka_unit_test(test_offset_is_learned_per_clock_hour),
        cmocka_unit_test(test_receive_time_stands_in_for_sysmon),
        cmocka_unit_test(test_time_policies),
        cmocka_unit_test(test_robust_time_in_utc_layouts),
        cmocka_unit_test(test_clock_bounds_what_it_learns),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
