/* test_join.c -- `join`: the examples of the language's description, reuse of
 * one event, keys, and what happens when memory is short. */
#include "tests/support/ordered_test.h"

/* n: what the event is; k: its key. */
#define EV(n, k) "{\"n\":\"" n "\",\"k\":" k "}"
#define ABU                                                                    \
    "join by k [any where n : \"*A*\"] [any where n : \"*B*\"] "               \
    "until [any where n : \"*U*\"]"
#define CB "join by k [any where n == \"C\"] [any where b == 9]"

static void
test_examples(void **state) /* language 11.1 */
{
    static const char *const abu[] = {EV("A", "1"), EV("U", "1"),  EV("B", "1"),
                                      EV("A", "1"), EV("BU", "1"), EV("A", "1"),
                                      EV("B", "1"), NULL};
    static const char *const first_wins[] = {EV("A", "1"), EV("A", "1"),
                                             EV("B", "1"), EV("B", "1"),
                                             EV("A", "1"), NULL};
    static const char *const both[] = {"{\"n\":\"C\",\"b\":9,\"k\":1}",
                                       "{\"n\":\"C\",\"k\":1}",
                                       "{\"n\":\"C\",\"b\":9,\"k\":1}", NULL};
    static const char *const opens[] = {EV("B", "1"), EV("AB", "1"),
                                        EV("A", "1"), NULL};
    static const ordered_case cases[] = {
        {"until", EQL_DIALECT_ENDGAME, NULL, ABU, abu, "(4,3) (6,5)", false},
        {"first event wins", EQL_DIALECT_ENDGAME, NULL, ABU, first_wins,
         "(1,3) (5,4)", false},
        {"an event fills two places", EQL_DIALECT_ENDGAME, NULL, CB, both,
         "(1,1) (2,3)", false},
        {"join_reuse=off", EQL_DIALECT_ENDGAME, "join_reuse=off", CB, both,
         "(1,3)", false},
        {"completes one and opens the next", EQL_DIALECT_ENDGAME, NULL, ABU,
         opens, "(2,1) (3,2)", false},
        {"join_reuse=off: it does not", EQL_DIALECT_ENDGAME, "join_reuse=off",
         ABU, opens, "(2,1)", false},
        {"elastic, until comes first", EQL_DIALECT_ELASTIC, NULL, ABU, abu,
         "(4,3) (6,5)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

static void
test_keys(void **state)
{
    static const char *const keys[] = {EV("A", "\"x\""), EV("B", "\"y\""),
                                       EV("B", "\"X\""), EV("A", "\"y\""),
                                       NULL};
    static const char *const nulls[] = {EV("A", "null"), EV("B", "null"), NULL};
    static const char *const many[] = {EV("A", "[\"x\",\"y\",\"z\"]"),
                                       EV("U", "\"y\""),
                                       EV("B", "[\"z\",\"x\",\"y\"]"), NULL};
    static const ordered_case cases[] = {
        {"by key, as the last event spells it", EQL_DIALECT_ENDGAME, NULL, ABU,
         keys, "X:(1,3) y:(4,2)", true},
        {"exact", EQL_DIALECT_ELASTIC, NULL, ABU, keys, "y:(4,2)", true},
        {"null joins", EQL_DIALECT_ENDGAME, NULL, ABU, nulls, "null:(1,2)",
         true},
        {"null is dropped", EQL_DIALECT_ELASTIC, NULL, ABU, nulls, "", true},
        {"several values", EQL_DIALECT_ELASTIC, NULL, ABU, many,
         "z:(1,3) x:(1,3)", true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

static void
test_counters(void **state)
{
    static const ordered_case c = {.query = ABU};
    ordered_run r;

    (void)state;
    ordered_open_case(&r, &c, 1 << 20);
    ordered_event(&r, EV("A", "1"));
    ordered_event(&r, EV("U", "1"));
    ordered_event(&r, EV("B", "1"));
    ordered_event(&r, EV("B", "2"));
    ordered_event(&r, EV("A", "2"));
    ordered_finish(&r);
    assert_int_equal(r.counters.started, 3);
    assert_int_equal(r.counters.ended, 1);
    assert_int_equal(r.counters.completed, 1);
    assert_int_equal(r.counters.open, 1);
    ordered_close(&r);
}

static eql_engine_result
note_severity(void *ctx, const eql_match *m)
{
    *(uint32_t *)ctx = m->severity;
    return EQL_ENGINE_OK;
}

/* The condition written last among those that hold for any of the events. */
static void
test_severity(void **state)
{
    static const struct {
        uint32_t bits, want;
    } cases[] = {
        {0, EQL_SEVERITY_LOW},    {1, EQL_SEVERITY_HIGH},
        {2, EQL_SEVERITY_MEDIUM}, {3, EQL_SEVERITY_MEDIUM},
        {4, EQL_SEVERITY_LOW}, /* no such condition */
    };
    static const eql_severity severities[] = {
        {.level = EQL_SEVERITY_MEDIUM, .order = 1},
        {.level = EQL_SEVERITY_HIGH, .order = 0},
    };
    static const eql_dialect dialect = {.name = EQL_DIALECT_ELASTIC};
    static const eql_stage stages[] = {{.severities = {0, 1}},
                                       {.severities = {1, 1}}};
    static const eql_rule rule = {.kind = EQL_RULE_JOIN,
                                  .severity = EQL_SEVERITY_LOW,
                                  .until = EQL_NONE,
                                  .stages = {0, 2}};
    eql_program p = {.dialects = &dialect,
                     .ndialects = 1,
                     .severities = severities,
                     .nseverities = 2,
                     .stages = stages,
                     .nstages = 2,
                     .rules = &rule,
                     .nrules = 1};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_engine_counters counters = {0};
        eql_budget budget = {.max = 1 << 20};
        eql_join *j = eql_join_new(&p, NULL, &budget, &counters);
        uint32_t got = EQL_SEVERITY_COUNT;
        eql_buf rec = {0};

        for (uint32_t s = 0; s < 2; s++) {
            eql_hit head = {.line = s + 1};
            eql_event_ref ref = {0};
            const eql_hit_entry *e;
            size_t at;

            eql_hit_open(&rec, &head);
            at = eql_hit_entry_open(&rec, s, cases[i].bits & (s ? 1u : 6u));
            eql_hit_tuple_add(&rec, at, eql_sv("", 0));
            eql_hit_entry_close(&rec, at);
            eql_hit_close(&rec, &ref);
            e = eql_hit_first((const eql_hit *)(const void *)rec.p);
            assert_int_equal(eql_join_hit(j, 0,
                                          (const eql_hit *)(const void *)rec.p,
                                          &e, 1, note_severity, &got),
                             EQL_ENGINE_OK);
        }
        assert_int_equal(got, cases[i].want);
        eql_join_free(j);
        eql_buf_free(&rec);
    }
}

/* The oldest key gives way, and nothing else is lost. */
static void
test_oldest_key_gives_way(void **state)
{
    static const ordered_case c = {.query = ABU, .show_keys = true};
    char event[64];
    ordered_run r;
    uint64_t evicted;

    (void)state;
    ordered_open_case(&r, &c, 16384);
    for (int i = 0; i < 200; i++) {
        snprintf(event, sizeof event, EV("A", "\"%03d\""), i);
        ordered_event(&r, event);
    }
    evicted = r.counters.evicted;
    assert_in_range(evicted, 1, 199);
    assert_in_range(r.budget.peak, 1, 16384);
    snprintf(event, sizeof event, EV("B", "\"%03d\""), (int)evicted - 1);
    ordered_event(&r, event);
    ordered_expect("evicted", &r, "");
    ordered_event(&r, EV("B", "\"199\""));
    ordered_expect("the newest is there", &r, "199:(200,202)");
    ordered_finish(&r);
    ordered_close(&r);
}

/* No room for even one event: all is lost, all is counted. */
static void
test_no_room_at_all(void **state)
{
    static const ordered_case c = {.query = ABU};
    ordered_run r;

    (void)state;
    ordered_open_case(&r, &c, 1);
    ordered_event(&r, EV("AB", "1"));
    ordered_finish(&r);
    assert_int_equal(r.counters.evicted, 2);
    ordered_expect("nothing", &r, "");
    ordered_close(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_counters),
        cmocka_unit_test(test_severity),
        cmocka_unit_test(test_oldest_key_gives_way),
        cmocka_unit_test(test_no_room_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
