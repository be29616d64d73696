/* test_seq.c -- the sequence machine on hits made by hand: the tables of the
 * language's description, bounds, and the counters that must balance. */
#include <time.h>

#include "tests/support/seq_test.h"
#include "vm/report/cooldown.h"

#define NO_SPAN (-1.0)

static void
test_worked_examples(void **state) /* language 8.13 */
{
    static const struct {
        const char *label, *stages;
        char until;
        double maxspan_s;
        const char *events, *want;
    } cases[] = {
        {"1", "AB", 0, NO_SPAN, "A A B B", "(2,3)"},
        {"2", "XX", 0, NO_SPAN, "X X X", "(1,2) (2,3)"},
        {"3", "XXX", 0, NO_SPAN, "X X X X X", "(1,2,3) (2,3,4) (3,4,5)"},
        {"4", "ABC", 0, NO_SPAN, "A B A B C", "(3,4,5)"},
        {"5", "ABC", 0, NO_SPAN, "A B A C", "(1,2,4)"},
        {"6", "ABC", 0, NO_SPAN, "A B B C", "(1,2,4)"},
        {"7", "ABC", 0, NO_SPAN, "A B C C", "(1,2,3)"},
        {"8", "AB", 0, NO_SPAN, "A AB B", "(1,2) (2,3)"},
        {"9", "AB", 0, 60, "A@0 B@60 A@100 B@161", "(1,2)"},
        {"10", "AB", 0, 60, "A@0 A@50 B@70", "(2,3)"},
        {"11", "ABC", 0, 60, "A@0 B@30 A@55 C@70 B@80 C@90", "(3,5,6)"},
        {"12", "AB", 'U', NO_SPAN, "A U B", ""},
        {"13", "AB", 'U', NO_SPAN, "A BU", "(1,2)"},
        {"14", "AB", 'U', NO_SPAN, "AU B", ""},
        {"15", "AB", 'U', NO_SPAN, "A U A B", "(3,4)"},
        {"16", "AB", 'U', NO_SPAN, "A:k1 U:k2 B:k1", "(1,3)"},
        {"17", "ABC", 'U', NO_SPAN, "A BU C", ""},
        {"18", "AB", 0, NO_SPAN, "A:x A:y B:y B:x", "(2,3) (1,4)"},
        {"19", "AAA", 0, NO_SPAN, "A A A A A", "(1,2,3) (2,3,4) (3,4,5)"},
        {"20", "AAB", 0, NO_SPAN, "A A A B", "(2,3,4)"},
        {"21", "AAB", 0, NO_SPAN, "A A B A B", "(1,2,3) (2,4,5)"},
        {"single stage", "A", 0, NO_SPAN, "A B A", "(1) (3)"},
        {"equal times", "AB", 0, 0, "A@5 B@5", "(1,2)"},
        {"equal times, other order", "AB", 0, 0, "B@5 A@5", ""},
        {"until of the single stage", "A", 'U', NO_SPAN, "AU A", "(1) (2)"},
        {"two keys, one event", "AB", 0, NO_SPAN, "A:r,g B:g,b,r",
         "(1,2) (1,2)"},
        {"until with two keys", "AB", 'U', NO_SPAN, "A:x A:y A:z U:x,z B:x,y,z",
         "(2,5)"},
        {"a partial far back", "ABC", 0, 10, "A@0 B@10 C@10", "(1,2,3)"},
        {"a partial too far back", "ABC", 0, 10, "A@0 B@10 C@10.5", ""},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_test_rule rule = {.stages = cases[i].stages,
                              .until = cases[i].until,
                              .maxspan_s = cases[i].maxspan_s};

        seq_check(cases[i].label, &rule, cases[i].events, cases[i].want);
    }
}

/* maxspan is inclusive to the nanosecond. */
static void
test_maxspan_bound(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = 30};

    (void)state;
    seq_check("30 s", &rule, "A@100 B@130", "(1,2)");
    seq_check("30 s and a bit", &rule, "A@100 B@130.000000001", "");
}

static void
test_full_trace(void **state) /* language 8.13 */
{
    static const eql_test_rule rule = {
        .stages = "ABC", .until = 'U', .maxspan_s = 10};
    static const struct {
        const char *event;
        uint64_t started, replaced, completed, ended;
    } steps[] = {
        {"A@0:7", 1, 0, 0, 0}, {"B@2:7", 1, 0, 0, 0}, {"A@3:7", 2, 0, 0, 0},
        {"B@4:7", 2, 1, 0, 0}, {"C@6:7", 2, 1, 1, 0}, {"A@7:7", 3, 1, 1, 0},
        {"U@8:7", 3, 1, 1, 1}, {"B@9:7", 3, 1, 1, 1},
    };
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    for (size_t i = 0; i < EQL_COUNTOF(steps); i++) {
        seq_run_events(&r, steps[i].event);
        assert_int_equal(r.counters.started, steps[i].started);
        assert_int_equal(r.counters.replaced, steps[i].replaced);
        assert_int_equal(r.counters.completed, steps[i].completed);
        assert_int_equal(r.counters.ended, steps[i].ended);
    }
    eql_test_assert_text("trace", &r.out, "(3,4,5)");
    seq_run_close(&r);
    assert_int_equal(r.counters.open, 0);
}

/* Rules that share events do not share state; order of output. */
static void
test_rules_are_apart(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = 5},
        {.stages = "B", .event_rule = true, .maxspan_s = NO_SPAN},
        {.stages = "AB", .maxspan_s = NO_SPAN},
        {.stages = "B", .maxspan_s = NO_SPAN},
    };
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, EQL_COUNTOF(rules), NULL);
    seq_run_events(&r, "A@0 B@5 A@10 B@20");
    eql_test_assert_text("rules", &r.out, "(1,2) (2) (1,2) (2) (4) (3,4) (4)");
    seq_run_close(&r);
    assert_int_equal(r.counters.event_matches, 2);
    assert_int_equal(r.counters.expired, 1);
}

/* Matches of one event: by first event, then by key. */
static void
test_order_within_one_event(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = NO_SPAN};

    (void)state;
    seq_check("first event", &rule, "A:y A:x A:z B:x,y,z", "(1,4) (2,4) (3,4)");
}

static bool
note_key(void *ctx, const eql_match *m)
{
    char scratch[48];
    size_t pos = 0;
    eql_value v;

    assert_true(eql_hit_key_next(m->key, &pos, &v, scratch));
    eql_buf_add_sv(ctx, eql_value_sv(&v));
    return true;
}

static void
test_keys_are_in_order(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = NO_SPAN};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    r.calls.match = note_key;
    seq_run_events(&r, "A:q,b,z,a B:z,a,q,b");
    eql_test_assert_text("keys", &r.out, "abqz");
    seq_run_close(&r);
}

static void
test_arrival_order_bounds_by_time_only(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = 10};
    eql_engine_options o = {.order = EQL_ENGINE_ORDER_ARRIVAL};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, &o);
    /* A negative span is within; what came between ends nothing. */
    seq_run_events(&r, "A@50 B@1 A@100 X@500 B@105 A@200 B@300");
    eql_test_assert_text("arrival", &r.out, "(1,2) (3,5)");
    seq_run_close(&r);
    assert_int_equal(r.counters.expired, 1);
}

static void
test_untimed_events(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "A", .event_rule = true, .maxspan_s = NO_SPAN},
        {.stages = "AB", .maxspan_s = NO_SPAN},
    };
    eql_hit *h;
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, NULL);
    seq_run_events(&r, "A@1 B@2");
    eql_test_hit(&r.record, r.program, rules, &(eql_test_event){"AB", "", 0},
                 9);
    h = (eql_hit *)(void *)r.record.p;
    h->flags = 0;
    assert_int_equal(eql_seq_hit(r.seq, h), EQL_ENGINE_OK);
    eql_test_assert_text("untimed", &r.out, "(1) (1,2) (9)");
    seq_run_close(&r);
    assert_int_equal(r.counters.untimed_skipped, 2);
    assert_int_equal(r.counters.hits_untimed, 1);
    assert_int_equal(r.counters.hits_timed, 2);
}

/* Times at both ends of the range do not overflow. */
static void
test_extreme_times(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = 100},
        {.stages = "AB", .maxspan_s = NO_SPAN},
    };
    static const int64_t times[] = {INT64_MIN, INT64_MAX};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, NULL);
    for (uint32_t i = 0; i < 2; i++) {
        eql_test_event ev = {.time_ns = times[i]};

        ev.letters[0] = i ? 'B' : 'A';
        assert_int_equal(eql_seq_hit(r.seq, eql_test_hit(&r.record, r.program,
                                                         rules, &ev, i + 1)),
                         EQL_ENGINE_OK);
    }
    eql_test_assert_text("extremes", &r.out, "(1,2)");
    seq_run_close(&r);
    assert_int_equal(r.counters.expired, 1);
}

/* --- bounds --- */

/* Starts n keys and completes them all; returns how many were evicted. */
static uint64_t
evicted_of(uint64_t budget, uint32_t n, uint64_t *peak)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = NO_SPAN};
    eql_engine_options o = {.max_state_bytes = budget};
    char word[32];
    seq_run r;

    seq_run_open(&r, NULL, &rule, 1, &o);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(word, sizeof word, "A:%05u", i);
        seq_run_events(&r, word);
    }
    for (uint32_t i = 0; i < n; i++) {
        snprintf(word, sizeof word, "B:%05u", i);
        seq_run_events(&r, word);
    }
    seq_run_close(&r);
    assert_int_equal(r.counters.open, 0);
    assert_int_equal(r.counters.started, n);
    *peak = r.counters.state_bytes_peak;
    if (r.counters.evicted > 0)
        assert_true(*peak <= budget);
    return r.counters.evicted;
}

/* The budget that n partials need holds n; the next one costs the oldest. */
static void
test_budget_bounds(void **state)
{
    uint64_t peak, again;

    (void)state;
    assert_int_equal(evicted_of(1 << 20, 10, &peak), 0);
    assert_int_equal(evicted_of(peak, 10, &again), 0);
    assert_int_equal(again, peak);
    assert_int_equal(evicted_of(peak, 11, &again), 1);
    assert_int_equal(evicted_of(peak - 1, 10, &again), 1);
    assert_int_equal(evicted_of(200, 10, &again), 10); /* the empty table */
}

static void
test_oldest_start_goes_first(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = NO_SPAN},
        {.stages = "CDE", .maxspan_s = 1000},
    };
    eql_engine_options o = {.max_state_bytes = 1 << 20};
    uint64_t peak;
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, &o);
    seq_run_events(&r, "A:a C:b A:c");
    eql_seq_finish(r.seq);
    peak = r.counters.state_bytes_peak;
    r.counters.open = 0;
    seq_run_close(&r);

    o.max_state_bytes = peak;
    seq_run_open(&r, NULL, rules, 2, &o);
    seq_run_events(&r, "A:a C:b A:c A:d");
    assert_int_equal(r.counters.evicted, 1); /* a */
    seq_run_events(&r, "A:e");
    assert_true(r.counters.evicted >= 2); /* b */
    seq_run_events(&r, "B:a D:b E:b B:c B:d B:e");
    eql_test_assert_text("the youngest live", &r.out, "(3,9) (4,10) (5,11)");
    seq_run_close(&r);
}

/* A partial that grows is not given up for its own sake. */
static void
test_growth_evicts_others(void **state)
{
    static const eql_test_rule rule = {.stages = "ABC", .maxspan_s = NO_SPAN};
    eql_engine_options o = {.max_state_bytes = 1 << 20};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, &o);
    seq_run_events(&r, "A:a A:b");
    eql_seq_finish(r.seq);
    o.max_state_bytes = r.counters.state_bytes_peak;
    r.counters.open = 0;
    seq_run_close(&r);
    seq_run_open(&r, NULL, &rule, 1, &o);
    seq_run_events(&r, "A:a A:b B:a C:a C:b");
    eql_test_assert_text("grown", &r.out, "(1,3,4)");
    seq_run_close(&r);
    assert_int_equal(r.counters.evicted, 1);
}

static double
seconds(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* One key that starts all the time: constant memory, constant time. */
static void
test_hot_key(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = 1e6};
    const uint32_t n = 100000;
    double began = seconds();
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    for (uint32_t i = 0; i < n; i++)
        seq_run_events(&r, "A:hot");
    seq_run_events(&r, "B:hot");
    eql_test_assert_text("hot", &r.out, "(100000,100001)");
    assert_true(seconds() - began < 10); /* 0.1 s, or hours if not constant */
    seq_run_close(&r);
    assert_int_equal(r.counters.replaced, n - 1);
    assert_true(r.counters.state_bytes_peak < 1000);
}

/* Many keys that never go on: expiry keeps the state small. */
static void
test_expiry_frees(void **state)
{
    static const eql_test_rule rules[] = {{.stages = "AB", .maxspan_s = 10},
                                          {.stages = "AB", .maxspan_s = 20}};
    char word[32];
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, NULL);
    for (uint32_t i = 0; i < 50000; i++) {
        snprintf(word, sizeof word, "A:%u", i);
        seq_run_events(&r, word);
    }
    seq_run_close(&r);
    assert_int_equal(r.counters.open, 11 + 21);
    assert_int_equal(r.counters.evicted, 0);
    assert_true(r.counters.state_bytes_peak < 20000);
}

/* --- cooldown --- */

static void
test_cooldown_counts_from_reports(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = NO_SPAN, .cooldown_s = 10},
        {.stages = "E",
         .maxspan_s = NO_SPAN,
         .cooldown_s = 5,
         .event_rule = true},
    };
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, NULL);
    seq_run_events(&r,
                   "A@0:x B@1:x A@2:x B@10:x A@10:y B@10.5:y A@10.7:x B@11:x");
    eql_test_assert_text("sequence", &r.out, "(1,2) (5,6) (7,8)");
    assert_int_equal(r.counters.suppressed, 1);
    r.out.len = 0;
    seq_run_events(&r, "E@100 E@101 E@104.9 E@105 E@109 E@110");
    eql_test_assert_text("event", &r.out, "(9) (12) (14)");
    assert_int_equal(r.counters.suppressed, 4);
    seq_run_close(&r);
}

static void
test_cooldown_is_bounded(void **state)
{
    static const eql_test_rule rule = {
        .stages = "AB", .maxspan_s = NO_SPAN, .cooldown_s = 10};
    eql_program *p = eql_test_program(&rule, 1);
    eql_cooldown *c = eql_cooldown_new(p, 1000, true, 1);
    char key[16];

    (void)state;
    for (int i = 0; i < 100; i++) { /* old ones are no loss */
        snprintf(key, sizeof key, "k%02d", i);
        assert_int_equal(
            eql_cooldown_ask(c, 0, eql_sv_cstr(key), i * 20 * EQL_TEST_SECOND),
            EQL_COOLDOWN_REPORT);
    }
    assert_int_equal(eql_cooldown_evicted(c), 0);
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "k%02d", i);
        assert_int_equal(
            eql_cooldown_ask(c, 0, eql_sv_cstr(key), 5000 * EQL_TEST_SECOND),
            EQL_COOLDOWN_REPORT);
        assert_int_equal(
            eql_cooldown_ask(c, 0, eql_sv_cstr(key), 5001 * EQL_TEST_SECOND),
            EQL_COOLDOWN_SUPPRESS);
    }
    assert_true(eql_cooldown_evicted(c) > 80);
    assert_true(eql_cooldown_peak(c) <= 1000);
    eql_cooldown_free(c);
    eql_program_free(p);
}

static bool
stop(void *ctx, const eql_match *m)
{
    (void)ctx;
    (void)m;
    return false;
}

/* Stopped in the middle of a hit: the counts still balance. */
static void
test_stopping_balances(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = NO_SPAN};
    eql_test_event ev = {"B", "x,y,z", 9 * EQL_TEST_SECOND};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    r.calls.match = stop;
    seq_run_events(&r, "A:x A:y A:z A:w");
    assert_int_equal(
        eql_seq_hit(r.seq, eql_test_hit(&r.record, r.program, &rule, &ev, 5)),
        EQL_ENGINE_STOPPED);
    seq_run_close(&r);
    assert_int_equal(r.counters.matches, 1);
    assert_int_equal(r.counters.open, 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_examples),
        cmocka_unit_test(test_maxspan_bound),
        cmocka_unit_test(test_full_trace),
        cmocka_unit_test(test_rules_are_apart),
        cmocka_unit_test(test_order_within_one_event),
        cmocka_unit_test(test_keys_are_in_order),
        cmocka_unit_test(test_arrival_order_bounds_by_time_only),
        cmocka_unit_test(test_untimed_events),
        cmocka_unit_test(test_extreme_times),
        cmocka_unit_test(test_budget_bounds),
        cmocka_unit_test(test_oldest_start_goes_first),
        cmocka_unit_test(test_growth_evicts_others),
        cmocka_unit_test(test_hot_key),
        cmocka_unit_test(test_expiry_frees),
        cmocka_unit_test(test_cooldown_counts_from_reports),
        cmocka_unit_test(test_cooldown_is_bounded),
        cmocka_unit_test(test_stopping_balances),
    };

    return cmocka_run_group_tests_name("seq", tests, NULL, NULL);
}
