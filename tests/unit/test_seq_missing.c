/* test_seq_missing.c -- missing stages (language 8.15): the table of the
 * language's description, its bounds, what is held and what is forgotten. */
#include "tests/support/seq_test.h"

#define MINUTE 60.0

/* The empty tuple of keys is one key; so are others. */
static void
test_missing_examples(void **state) /* language 8.18 */
{
    static const struct {
        const char *stages, *events, *want;
    } cases[] = {
        {"A !N B", "A@0 N@10 B@20", ""},
        {"A !N B", "A@0 N@0 B@20", "(1,-,3)"},
        {"A !N B", "N@0 A@0 B@20", "(2,-,3)"},
        {"A !N B", "A@0 N@20 B@20", "(1,-,3)"},
        {"A !N B", "A@0 A@5 N@7 A@10 B@20", "(4,-,5)"},
        {"A !N B", "A@0 N@7 B@20 B@30", ""},
        {"A !N B", "A@0 N@7 B@20 A@25 B@30", "(4,-,5)"},
        {"!N A B", "N@0 A@50 B@60 A@100 B@110", "(-,4,5)"},
        {"!N A B", "N@0 A@50 B@61", "(-,2,3)"},
        {"!N A B", "N@0 N@50 A@50 B@60", ""},
        {"!N A B", "N@50 A@50 B@60", "(-,2,3)"},
        {"!N A B", "A@50 N@55 B@60", "(-,1,3)"},
        {"A B !N", "A@0 B@10 N@60 A@100 B@110 N@161", "(4,5,-)"},
        {"A B !N", "A@0 N@10 B@10 A@20", "(1,3,-)"},
        {"A B !N", "A@0 B@10 N@10 A@20", "(1,2,-)"},
        {"A B !N", "A@0 B@10 N@10 N@11", ""},
        {"!N A !N", "N@0 A@50 N@55", ""},
        {"!N A !N", "N@0 A@50 N@65", "(-,2,-)"},
        {"!N A !N", "A@50 N@55", "(-,1,-)"},
        {"!N A !N", "N@0 A@10", "(-,2,-)"},
        {"!N A !N", "N@0 A@50 N@60", ""},
        {"!N A !M", "M@0 A@50 N@55", "(-,2,-)"},
        {"!N A !M", "N@0 A@50 M@55", ""},
        {"!N !M A B", "M@0 N@1 A@50 B@61", ""},
        {"!N !M A B", "M@0 N@1 A@50 B@62", "(-,-,3,4)"},
        {"A !N !M B", "A@0 M@1 B@2 A@3 B@4", "(4,-,-,5)"},
        {"A !N2 B", "A@0 B@2", "(1,-,-,2)"},
        {"A !N B !N C", "A@0 B@1 N@2 C@3", ""},
        {"A !N B C", "A@0 B@1 N@2 C@3", "(1,-,2,4)"},
        {"A !N B C", "A@0 N@1 B@2 A@3 B@4 C@5", "(4,-,5,6)"},
        /* A poisoned partial takes the other's place. */
        {"A !N B C", "A@0 B@1 A@2 N@3 B@4 C@5", ""},
        {"!N A", "N@0 A@60 A@61", "(-,3)"},
        {"A !N", "A@0 N@60 A@70 N@131", "(3,-)"},
        /* One event as both. */
        {"A !N B", "A@0 BN@5", "(1,-,2)"},
        {"A !N B", "AN@0 B@5", "(1,-,2)"},
        {"!N A", "NA@0", "(-,1)"},
        {"A !N", "NA@0", "(1,-)"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_test_rule rule = {.stages = cases[i].stages, .maxspan_s = MINUTE};
        char label[128];

        snprintf(label, sizeof label, "%s: %s", cases[i].stages,
                 cases[i].events);
        seq_check(label, &rule, cases[i].events, cases[i].want);
    }
}

static void
test_independent_edges(void **state)
{
    static const eql_test_rule rule = {.stages = "!N A !N",
                                       .maxspan_s = MINUTE};
    eql_dialect d = seq_dialect("missing_edges=independent");

    (void)state;
    seq_check_in(&d, "before", &rule, "N@0 A@10", "");
    seq_check_in(&d, "after", &rule, "A@50 N@55", "");
    seq_check_in(&d, "both, far", &rule, "N@0 A@50 N@65", "");
    seq_check_in(&d, "neither", &rule, "N@0 A@61 N@122", "(-,2,-)");
}

/* The end of input: what is decided by then, and what is not. */
static void
test_missing_at_the_end(void **state)
{
    static const eql_test_rule rule = {.stages = "A !N", .maxspan_s = MINUTE};
    eql_dialect d = seq_dialect("missing_eof=withhold");
    seq_run r;

    (void)state;
    seq_check("emit", &rule, "A@0 A@1 X@60", "(1,-) (2,-)");
    seq_check_in(&d, "withhold", &rule, "A@0 A@1 X@60", "");
    seq_check_in(&d, "one more second", &rule, "A@0 A@1 X@61", "(1,-)");
    seq_run_open(&r, &d, &rule, 1, NULL);
    seq_run_events(&r, "A@0 A@1 X@61");
    seq_run_end(&r);
    seq_run_close(&r);
    assert_int_equal(r.counters.open, 1);
    assert_int_equal(r.counters.completed, 1);
}

static void
test_missing_by_key(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "A !N B", .maxspan_s = MINUTE},
        {.stages = "!N A B", .maxspan_s = MINUTE},
        {.stages = "A B !N", .maxspan_s = MINUTE}};
    static const char *const want[] = {"(1,-,3)", "(-,2,3)", "(1,2,-)"};
    static const char *const other[] = {
        "A@0:x N@1:y B@2:x", "N@0:y A@1:x B@2:x", "A@0:x B@1:x N@2:y"};
    static const char *const same[] = {
        "A@0:x N@1:y,x B@2:x", "N@0:y,x A@1:x B@2:x", "A@0:x B@1:x N@2:y,x"};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(rules); i++) {
        seq_check(other[i], &rules[i], other[i], want[i]);
        seq_check(same[i], &rules[i], same[i], "");
    }
}

/* until does not act on what is complete. */
static void
test_missing_with_until(void **state)
{
    static const eql_test_rule rule = {
        .stages = "A B !N", .until = 'U', .maxspan_s = MINUTE};

    (void)state;
    seq_check("after completion", &rule, "A B U", "(1,2,-)");
    seq_check("before", &rule, "A U B", "");
}

/* Held matches come late; the order is that of last events all the same. */
static void
test_held_matches_are_put_in_order(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "A B", .maxspan_s = MINUTE},
        {.stages = "A !N", .maxspan_s = 1000},
        {.stages = "B", .event_rule = true, .maxspan_s = -1},
        {.stages = "A !N", .maxspan_s = 10}};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, EQL_COUNTOF(rules), NULL);
    seq_run_events(&r, "A@0:k,j B@1:k A@20:k B@21:k N@35:j");
    assert_int_equal(r.out.len, 0);
    seq_run_end(&r);
    eql_test_assert_text("order", &r.out,
                         "(1,-) (1,-) (1,-) (1,2) (2) (3,-) (3,-) (3,4) (4)");
    seq_run_close(&r);
    assert_int_equal(r.counters.discarded, 1);
}

/* The same with little memory: the sort goes through files. */
static void
test_order_of_held_matches_through_files(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "A !N", .maxspan_s = 500, .cooldown_s = 1},
        {.stages = "A B", .maxspan_s = MINUTE}};
    static const size_t memory[] = {0, 1};
    eql_buf first = {0};

    (void)state;
    for (size_t m = 0; m < EQL_COUNTOF(memory); m++) {
        eql_engine_options o = {.sort_memory = memory[m]};
        char word[32];
        seq_run r;

        seq_run_open(&r, NULL, rules, 2, &o);
        for (unsigned i = 0; i < 3000; i++) {
            snprintf(word, sizeof word, "%c@%u:k%u", "AABN"[i * 7 % 11 % 4],
                     i / 3, i * 5 % 13);
            seq_run_events(&r, word);
        }
        seq_run_end(&r);
        if (m == 0)
            eql_buf_add_sv(&first, eql_buf_sv(&r.out));
        assert_true(first.len > 1000);
        assert_true(eql_sv_eq(eql_buf_sv(&first), eql_buf_sv(&r.out)));
        seq_run_close(&r);
        assert_int_equal(r.counters.spilled_bytes > 0, m > 0);
    }
    eql_buf_free(&first);
}

/* Leading hits and held matches cost nothing when their time is over. */
static void
test_missing_state_is_freed_by_time(void **state)
{
    static const eql_test_rule rule = {.stages = "!N A !N", .maxspan_s = 10};
    char word[32];
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(word, sizeof word, "%c@%u:%u", "NA"[i % 2], i, i / 2);
        seq_run_events(&r, word);
    }
    seq_run_end(&r);
    seq_run_close(&r);
    assert_int_equal(r.counters.completed, 10000);
    assert_int_equal(r.counters.evicted + r.counters.leads_evicted, 0);
    assert_true(r.counters.state_bytes_peak < 20000);
}

/* In a full budget the oldest go, and are counted by what they were. */
static void
test_missing_state_is_bounded(void **state)
{
    static const eql_test_rule rule = {.stages = "!N A !N", .maxspan_s = 1e6};
    eql_engine_options o = {.max_state_bytes = 20000};
    char word[32];
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, &o);
    for (unsigned i = 0; i < 500; i++) {
        snprintf(word, sizeof word, "N:%u", i);
        seq_run_events(&r, word);
    }
    assert_true(r.counters.leads_evicted > 100);
    assert_int_equal(r.counters.evicted, 0);
    seq_run_events(&r, "A:0 A:499"); /* forgotten; known */
    for (unsigned i = 500; i < 600; i++) {
        snprintf(word, sizeof word, "N:%u A:%u", i, i);
        seq_run_events(&r, word);
    }
    assert_true(r.counters.evicted > 0);
    seq_run_end(&r);
    seq_run_close(&r);
    assert_true(r.counters.state_bytes_peak <= 20000);
}

static bool
stop(void *ctx, const eql_match *m)
{
    (void)ctx;
    (void)m;
    return false;
}

static void
test_stopping_with_held_matches_balances(void **state)
{
    static const eql_test_rule rule = {.stages = "A !N", .maxspan_s = MINUTE};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    r.calls.match = stop;
    seq_run_events(&r, "A:x,y A:z A");
    assert_int_equal(eql_seq_end(r.seq, &r.event.time_ns), EQL_ENGINE_STOPPED);
    seq_run_close(&r);
    assert_int_equal(r.counters.matches, 1);
    assert_int_equal(r.counters.open, 3);
}

/* Without maxspan, which the compiler would not let pass, nothing is over. */
static void
test_missing_without_maxspan(void **state)
{
    static const eql_test_rule rules[] = {{.stages = "!N A", .maxspan_s = -1},
                                          {.stages = "A !N", .maxspan_s = -1}};

    (void)state;
    seq_check("lead", &rules[0], "N@0 A@1000000", "");
    seq_check("no lead", &rules[0], "A@1000000", "(-,1)");
    seq_check("trail", &rules[1], "A@0 N@1000000", "");
    seq_check("no trail", &rules[1], "A@0 X@1000000", "(1,-)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_examples),
        cmocka_unit_test(test_independent_edges),
        cmocka_unit_test(test_missing_at_the_end),
        cmocka_unit_test(test_missing_by_key),
        cmocka_unit_test(test_missing_with_until),
        cmocka_unit_test(test_held_matches_are_put_in_order),
        cmocka_unit_test(test_order_of_held_matches_through_files),
        cmocka_unit_test(test_missing_state_is_freed_by_time),
        cmocka_unit_test(test_missing_state_is_bounded),
        cmocka_unit_test(test_stopping_with_held_matches_balances),
        cmocka_unit_test(test_missing_without_maxspan),
    };

    return cmocka_run_group_tests_name("seq_missing", tests, NULL, NULL);
}
