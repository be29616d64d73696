/* test_seq_runs.c -- runs and fork (language 8.19), and what sharing of
 * events saves. */
#include "tests/support/seq_test.h"

#define NO_SPAN (-1.0)

static void
test_runs_examples(void **state) /* language 8.13 #19 */
{
    static const struct {
        const char *stages, *events, *want;
        double maxspan_s;
    } cases[] = {
        {"A3", "A A A A A", "(1,2,3) (2,3,4) (3,4,5)", NO_SPAN},
        {"A2 B", "A A A B", "(2,3,4)", NO_SPAN},
        {"A2 B", "A A B A B", "(1,2,3) (2,4,5)", NO_SPAN},
        {"A2 B", "A B A B", "(1,3,4)", NO_SPAN},
        {"A1", "A A", "(1) (2)", NO_SPAN},
        {"A B2 C", "A B B C", "(1,2,3,4)", NO_SPAN},
        {"A B2 C", "A B A B C B C", "(1,2,4,5) (3,4,6,7)", NO_SPAN},
        {"A B2", "A A B B B B", "(2,3,4)", NO_SPAN},
        {"A2 B2", "A A A B B A B", "(2,3,4,5)", NO_SPAN},
        {"A2 B2", "A A B A B", "(1,2,3,5)", NO_SPAN},
        {"A3", "A@0 A@5 A@11 A@12 A@15", "(2,3,4) (3,4,5)", 10},
        {"A3 B", "A@0 A@1 A@2 A@3 B@11 B@12 B@13", "(2,3,4,5)", 10},
        {"A2 A2", "A A A A A", "(1,2,3,4) (2,3,4,5)", NO_SPAN},
        {"A !N2 B2", "A@0 B@1 B@2", "(1,-,-,2,3)", 10},
        {"A !N B2", "A@0 N@1 B@2 B@3", "", 10},
        {"A2 !N B", "A@0 N@1 A@2 B@3", "(1,3,-,4)", 10},
        {"A2 !N B", "A@0 A@1 N@2 B@3 A@4 A@5 B@6", "(5,6,-,7)", 10},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_test_rule rule = {.stages = cases[i].stages,
                              .maxspan_s = cases[i].maxspan_s};
        char label[64];

        snprintf(label, sizeof label, "%zu: %s", i, cases[i].stages);
        seq_check(label, &rule, cases[i].events, cases[i].want);
    }
}

/* The same rule with its runs written out gives the same matches. */
static void
test_runs_are_stages_in_a_row(void **state)
{
    static const char *const pairs[][2] = {
        {"A3", "A A A"},
        {"A2 B2", "A A B B"},
        {"A B3 A", "A B B B A"},
        {"A2 B+ A2", "A A B+ A A"},
        {"A !N2 B2", "A !N !N B B"},
        {"A2+ B2+", "A+ A+ B+ B+"},
    };
    uint64_t x = 7;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(pairs) * 50; i++) {
        const char *const *pair = pairs[i % EQL_COUNTOF(pairs)];
        eql_buf events = {0}, want = {0};
        seq_run r;

        for (int k = 0; k < 40; k++) {
            static const char *const letters[] = {"A", "B", "AB",
                                                  "N", "A", "B"};

            x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
            eql_buf_printf(&events, "%s:%c ", letters[(x >> 33) % 6],
                           "kj"[(x >> 60) & 1]);
        }
        eql_buf_add_char(&events, 0);
        for (int side = 1; side >= 0; side--) {
            eql_test_rule rule = {.stages = pair[side], .maxspan_s = 20};

            seq_run_open(&r, NULL, &rule, 1, NULL);
            seq_run_events(&r, events.p);
            seq_run_end(&r);
            if (side == 1)
                eql_buf_add_sv(&want, eql_buf_sv(&r.out));
            else
                assert_true(eql_sv_eq(eql_buf_sv(&want), eql_buf_sv(&r.out)));
            seq_run_close(&r);
        }
        eql_buf_free(&events);
        eql_buf_free(&want);
    }
}

static void
test_fork_examples(void **state) /* language 8.19 */
{
    static const struct {
        const char *stages;
        char until;
        const char *events, *want;
    } cases[] = {
        {"A B+ C", 0, "A B C B C", "(1,2,3) (1,4,5)"},
        {"A B C+", 0, "A B C B C", "(1,2,3) (1,2,5)"},
        {"A B C", 0, "A B C B C", "(1,2,3)"},
        {"A B+", 0, "A B B A B", "(1,2) (1,3) (4,5)"},
        {"A B+ C", 0, "A B B C C", "(1,3,4)"},
        {"A B+ C+", 0, "A B C C B C", "(1,2,3) (1,2,4) (1,5,6)"},
        {"A B+ C", 'U', "A B U B C", ""},
        {"A A+", 0, "A A A", "(1,2) (2,3)"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_test_rule rule = {.stages = cases[i].stages,
                              .until = cases[i].until,
                              .maxspan_s = NO_SPAN};
        char label[64];

        snprintf(label, sizeof label, "%zu: %s", i, cases[i].stages);
        seq_check(label, &rule, cases[i].events, cases[i].want);
    }
}

/* An expired partial does not stay, fork or not. */
static void
test_fork_expires(void **state)
{
    static const eql_test_rule rule = {.stages = "A B+", .maxspan_s = 10};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    seq_run_events(&r, "A@0 B@5 B@10 B@11 B@12");
    seq_run_end(&r);
    eql_test_assert_text("expired", &r.out, "(1,2) (1,3)");
    seq_run_close(&r);
    assert_int_equal(r.counters.forked, 2);
    assert_int_equal(r.counters.expired, 1);
    assert_int_equal(r.counters.open, 0);
}

/* Bytes of state that a rule has after n events of one key. */
static uint64_t
peak_of(const char *stages, unsigned n)
{
    eql_test_rule rule = {.stages = stages, .maxspan_s = NO_SPAN};
    uint64_t peak;
    seq_run r;

    seq_run_open(&r, NULL, &rule, 1, NULL);
    for (unsigned i = 0; i < n; i++)
        seq_run_events(&r, "A:k");
    seq_run_end(&r);
    seq_run_close(&r);
    peak = r.counters.state_bytes_peak;
    assert_int_equal(r.counters.evicted, 0);
    return peak;
}

/* N partials of up to N events cost as N, since they share events. */
static void
test_runs_share_events(void **state)
{
    uint64_t one = peak_of("A1000", 1), many = peak_of("A1000", 5000);

    (void)state;
    assert_true(many < 1000 * one);
    assert_true(many < 1000 * 250);
    assert_true(peak_of("A100 B", 5000) < 100 * 250 + 20000);
}

/* A key of a rule with runs does not cost more than it has events. */
static void
test_runs_cost_what_is_there(void **state)
{
    (void)state;
    assert_int_equal(peak_of("A1000", 1), peak_of("A2", 1));
}

/* Partials in a run leave it with events of their own. */
static void
test_leaving_a_run_takes_events_along(void **state)
{
    static const eql_test_rule rule = {.stages = "A3 B C",
                                       .maxspan_s = NO_SPAN};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    seq_run_events(&r, "A A A B A A C A B A C");
    seq_run_end(&r);
    eql_test_assert_text("left", &r.out, "(1,2,3,4,7) (5,6,8,9,11)");
    seq_run_close(&r);
}

/* The budget holds whatever is shared, forked or copied. */
static void
test_runs_and_forks_in_a_small_budget(void **state)
{
    static const char *const stages[] = {"A20 B", "A5 B+ C", "A3+ B3+ C",
                                         "A !N B2+ A2"};
    static const uint64_t budgets[] = {600, 1000, 2000, 4000};
    uint64_t x = 3, evicted = 0;

    (void)state;
    for (size_t i = 0; i < 4 * EQL_COUNTOF(stages); i++) {
        eql_test_rule rule = {.stages = stages[i % 4], .maxspan_s = 1000};
        eql_engine_options o = {.max_state_bytes = budgets[i / 4]};
        char word[32];
        seq_run r;

        seq_run_open(&r, NULL, &rule, 1, &o);
        for (int k = 0; k < 3000; k++) {
            x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
            snprintf(word, sizeof word, "%c:%u", "AAABCN"[(x >> 33) % 6],
                     (unsigned)(x >> 58) % 3);
            seq_run_events(&r, word);
        }
        seq_run_end(&r);
        seq_run_close(&r);
        assert_true(r.counters.state_bytes_peak <= o.max_state_bytes);
        evicted += r.counters.evicted;
    }
    assert_true(evicted > 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_examples),
        cmocka_unit_test(test_runs_are_stages_in_a_row),
        cmocka_unit_test(test_fork_examples),
        cmocka_unit_test(test_fork_expires),
        cmocka_unit_test(test_runs_share_events),
        cmocka_unit_test(test_runs_cost_what_is_there),
        cmocka_unit_test(test_leaving_a_run_takes_events_along),
        cmocka_unit_test(test_runs_and_forks_in_a_small_budget),
    };

    return cmocka_run_group_tests_name("seq_runs", tests, NULL, NULL);
}
