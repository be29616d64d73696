/* test_pipe.c -- pipes: the example table of the language's description, each
 * pipe by itself, columns, chains, sequences of events, and bounds. */
#include "tests/support/ordered_test.h"

#define EV(n, h, b) "{\"n\":" n ",\"hostname\":" h ",\"b\":" b "}"
#define ELASTIC EQL_DIALECT_ELASTIC
#define ENDGAME EQL_DIALECT_ENDGAME
#define ANY "any where true"

/* 1(A,h1,5) 2(b,h1,null) 3(a,h2,3) 4(C,h2,9) 5(B,h1,1) */
static const char *const five[] = {
    EV("\"A\"", "\"h1\"", "5"), EV("\"b\"", "\"h1\"", "null"),
    EV("\"a\"", "\"h2\"", "3"), EV("\"C\"", "\"h2\"", "9"),
    EV("\"B\"", "\"h1\"", "1"), NULL};
static const char *const nothing[] = {NULL};

static void
check_all(const ordered_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ordered_case c = cases[i];

        if (!c.label)
            c.label = c.query;
        ordered_check(&c);
    }
}

#define CHECK_ALL(cases) check_all(cases, EQL_COUNTOF(cases))

static void
test_example_table(void **state) /* language 12.1 */
{
    static const ordered_case cases[] = {
        {NULL, ENDGAME, NULL, ANY " | unique n", five, "(1) (2) (4)", 0},
        {NULL, ENDGAME, NULL, ANY " | sort b", five, "(2) (5) (3) (1) (4)", 0},
        {NULL, ENDGAME, NULL, ANY " | sort b | head 2", five, "(2) (5)", 0},
        {NULL, ENDGAME, NULL, ANY " | filter b > 2", five, "(1) (3) (4)", 0},
        {NULL, ENDGAME, NULL, ANY " | count", five,
         "{\"key\":\"totals\",\"count\":5,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2}",
         0},
        {NULL, ENDGAME, NULL, ANY " | count n", five,
         "{\"key\":\"C\",\"count\":1,\"percent\":0.2,\"hosts\":[\"h2\"],"
         "\"total_hosts\":1} "
         "{\"key\":\"A\",\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2} "
         "{\"key\":\"b\",\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\"],"
         "\"total_hosts\":1}",
         0},
        {NULL, ENDGAME, NULL, ANY " | unique_count n", five,
         "(1){\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2} "
         "(2){\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\"],"
         "\"total_hosts\":1} "
         "(4){\"count\":1,\"percent\":0.2,\"hosts\":[\"h2\"],"
         "\"total_hosts\":1}",
         0},
    };

    (void)state;
    CHECK_ALL(cases);
}

static void
test_head_and_tail(void **state)
{
    static const ordered_case cases[] = {
        {NULL, ELASTIC, NULL, ANY " | head 2", five, "(1) (2)", 0},
        {NULL, ELASTIC, NULL, ANY " | head", five, "(1) (2) (3) (4) (5)", 0},
        {NULL, ELASTIC, NULL, ANY " | head 0", five, "", 0},
        {NULL, ELASTIC, NULL, ANY " | tail 2", five, "(4) (5)", 0},
        {NULL, ELASTIC, NULL, ANY " | tail 0", five, "", 0},
        {NULL, ELASTIC, NULL, ANY " | tail 9", five, "(1) (2) (3) (4) (5)", 0},
        {NULL, ELASTIC, NULL, ANY " | head 4 | tail 2", five, "(3) (4)", 0},
        {NULL, ELASTIC, NULL, ANY " | tail 4 | head 2", five, "(2) (3)", 0},
        {NULL, ELASTIC, NULL, ANY " | head 3 | count", five,
         "{\"key\":\"totals\",\"count\":3}", 0},
        {NULL, ELASTIC, NULL, ANY " | head 0 | count", five,
         "{\"key\":\"totals\",\"count\":0}", 0},
        {NULL, ELASTIC, NULL, ANY " | count", nothing,
         "{\"key\":\"totals\",\"count\":0}", 0},
        {NULL, ELASTIC, NULL, ANY " | count n", nothing, "", 0},
        {NULL, ELASTIC, NULL, ANY " | unique_count n", nothing, "", 0},
    };

    (void)state;
    CHECK_ALL(cases);
}

/* Null takes the empty value of its column's type; types have an order. */
static void
test_sort_order(void **state)
{
    static const char *const numbers[] = {
        "{\"x\":1.5}",  "{\"x\":-2}", "{}", "{\"x\":0}",
        "{\"x\":null}", "{\"x\":1}",  NULL};
    static const char *const texts[] = {
        "{\"x\":\"b\"}", "{}", "{\"x\":\"\"}", "{\"x\":\"A\"}", "{\"x\":\"a\"}",
        "{\"x\":\"B\"}", NULL};
    static const char *const truths[] = {"{\"x\":true}", "{\"x\":false}", "{}",
                                         "{\"x\":false}", NULL};
    static const char *const mixed[] = {
        "{\"x\":\"0\"}", "{\"x\":-1}", "{\"x\":true}",  "{}",
        "{\"x\":[1,2]}", "{\"x\":0}",  "{\"x\":false}", NULL};
    static const char *const two[] = {"{\"x\":2,\"y\":1}", "{\"x\":1,\"y\":2}",
                                      "{\"x\":1,\"y\":1}", "{\"x\":1,\"y\":2}",
                                      NULL};
    static const ordered_case cases[] = {
        {"numbers", ELASTIC, NULL, ANY " | sort x", numbers,
         "(2) (3) (4) (5) (6) (1)", 0},
        {"texts", ELASTIC, NULL, ANY " | sort x", texts,
         "(2) (3) (4) (6) (5) (1)", 0},
        {"texts, insensitive", ENDGAME, NULL, ANY " | sort x", texts,
         "(2) (3) (4) (5) (1) (6)", 0},
        {"truths", ELASTIC, NULL, ANY " | sort x", truths, "(2) (3) (4) (1)",
         0},
        {"mixed", ELASTIC, NULL, ANY " | sort x", mixed,
         "(4) (7) (3) (2) (6) (1) (5)", 0},
        {"two columns, stable", ELASTIC, NULL, ANY " | sort x, y", two,
         "(3) (2) (4) (1)", 0},
        {"an expression", ELASTIC, NULL, ANY " | sort -x", two,
         "(1) (2) (3) (4)", 0},
    };

    (void)state;
    CHECK_ALL(cases);
}

static void
test_keys(void **state)
{
    static const char *const kinds[] = {"{\"x\":1}",
                                        "{\"x\":1.0}",
                                        "{\"x\":\"1\"}",
                                        "{}",
                                        "{\"x\":null}",
                                        "{\"x\":[1,2]}",
                                        "{\"x\":[1,2]}",
                                        "{\"x\":[2,1]}",
                                        "{\"x\":\"a\"}",
                                        "{\"x\":\"A\"}",
                                        NULL};
    static const char *const lists[] = {"{\"x\":[\"K\",1]}",
                                        "{\"x\":[\"\u212a\",1.0]}",
                                        "{\"x\":[\"k\",2]}", NULL};
    static const ordered_case cases[] = {
        {"exact", ELASTIC, NULL, ANY " | unique x", kinds,
         "(1) (3) (4) (6) (8) (9) (10)", 0},
        {"folded", ELASTIC, "key_case=fold", ANY " | unique x", kinds,
         "(1) (3) (4) (6) (8) (9)", 0},
        {"exact lists", ELASTIC, NULL, ANY " | unique x", lists, "(1) (2) (3)",
         0},
        {"folded lists", ELASTIC, "key_case=fold", ANY " | unique x", lists,
         "(1) (3)", 0},
        {"a list as one value", ENDGAME, NULL, ANY " | unique_count x | head 1",
         lists, "(1){\"count\":2,\"percent\":0.6666666666666666}", 0},
        {"several, the spelling seen first", ELASTIC, "key_case=fold",
         "any where x : \"a\" | count x, length(x)", kinds,
         "{\"key\":[\"a\",1],\"count\":2,\"percent\":1.0}", 0},
        {"null and arrays", ELASTIC, NULL,
         "any where x == null or x == 2 | count x", kinds,
         "{\"key\":[2,1],\"count\":1,\"percent\":0.2} "
         "{\"key\":null,\"count\":2,\"percent\":0.4} "
         "{\"key\":[1,2],\"count\":2,\"percent\":0.4}",
         0},
    };

    (void)state;
    CHECK_ALL(cases);
}

/* What counting adds is there for the pipes behind it. */
static void
test_columns(void **state)
{
    static const ordered_case cases[] = {
        {NULL, ENDGAME, NULL, ANY " | count n | filter count == 1", five,
         "{\"key\":\"C\",\"count\":1,\"percent\":0.2,\"hosts\":[\"h2\"],"
         "\"total_hosts\":1}",
         0},
        {NULL, ENDGAME, NULL, ANY " | unique_count n | filter total_hosts > 1",
         five,
         "(1){\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2}",
         0},
        {NULL, ENDGAME, NULL,
         ANY " | count n | filter key == \"A\" and n != null", five, "", 0},
        {NULL, ELASTIC, NULL,
         ANY " | count n | filter key == \"a\" and n == null | tail 1", five,
         "{\"key\":\"a\",\"count\":1,\"percent\":0.2}", 0},
        {NULL, ELASTIC, NULL, ANY " | count n | sort key | head 1 | count key",
         five, "{\"key\":\"A\",\"count\":1,\"percent\":1.0}", 0},
        {NULL, ENDGAME, NULL, ANY " | count n, b | filter key[1] == 9", five,
         "{\"key\":[\"C\",9],\"count\":1,\"percent\":0.2,\"hosts\":[\"h2\"],"
         "\"total_hosts\":1}",
         0},
        {NULL, ENDGAME, NULL,
         ANY " | unique_count n | filter hosts[1] == \"h2\" and percent < 0.5",
         five,
         "(1){\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2}",
         0},
        {NULL, ENDGAME, NULL, ANY " | count n | filter length(hosts) == 2",
         five,
         "{\"key\":\"A\",\"count\":2,\"percent\":0.4,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2}",
         0},
        {"the host is gone from what was counted", ENDGAME, NULL,
         ANY " | unique_count n | unique_count hostname", five,
         "(1){\"count\":5,\"percent\":1.0,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2}",
         0},
        {"counts are summed, hosts merged", ENDGAME, NULL,
         ANY " | unique_count n | unique_count count", five,
         "(1){\"count\":4,\"percent\":0.8,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2} "
         "(4){\"count\":1,\"percent\":0.2,\"hosts\":[\"h2\"],"
         "\"total_hosts\":1}",
         0},
        {"rows are counted, too", ENDGAME, NULL,
         ANY " | count n | unique_count count", five,
         "{\"key\":\"C\",\"count\":1,\"percent\":0.2,\"hosts\":[\"h2\"],"
         "\"total_hosts\":1} "
         "{\"key\":\"A\",\"count\":4,\"percent\":0.8,\"hosts\":[\"h1\",\"h2\"],"
         "\"total_hosts\":2}",
         0},
        {"an event's own `count` gives way", ELASTIC, NULL,
         ANY " | unique_count n | filter key == null and count == 1 | head 1",
         five, "(1){\"count\":1,\"percent\":0.2}", 0},
    };

    (void)state;
    CHECK_ALL(cases);
}

/* host_key of elastic, missing hosts, several values, hosts of any type. */
static void
test_hosts(void **state)
{
    static const char *const hosts[] = {"{\"host\":{\"name\":[\"b\",\"a\"]}}",
                                        "{}", "{\"host\":{\"name\":\"a\"}}",
                                        "{\"host\":{\"name\":7}}", NULL};
    static const ordered_case cases[] = {
        {NULL, ELASTIC, NULL, ANY " | count", hosts,
         "{\"key\":\"totals\",\"count\":4,\"hosts\":[7,\"a\",\"b\"],"
         "\"total_hosts\":3}",
         0},
        {NULL, ELASTIC, NULL,
         ANY " | unique_count 1 | filter host.name == null", hosts,
         "(1){\"count\":4,\"percent\":1.0,\"hosts\":[7,\"a\",\"b\"],"
         "\"total_hosts\":3}",
         0},
    };

    (void)state;
    CHECK_ALL(cases);
}

/* A bare path reads the first event, events[i] the others. */
static void
test_several_events(void **state)
{
    static const char *const pairs[] = {
        "{\"k\":1,\"n\":\"A\",\"v\":1,\"hostname\":\"h1\"}",
        "{\"k\":1,\"n\":\"B\",\"v\":9,\"hostname\":\"h2\"}",
        "{\"k\":2,\"n\":\"A\",\"v\":2}", "{\"k\":2,\"n\":\"B\",\"v\":8}", NULL};
#define AB "join by k [any where n == \"A\"] [any where n == \"B\"]"
    static const ordered_case cases[] = {
        {NULL, ELASTIC, NULL, AB " | sort events[1].v", pairs, "(3,4) (1,2)",
         0},
        {NULL, ELASTIC, NULL, AB " | filter v == 2", pairs, "(3,4)", 0},
        {NULL, ELASTIC, NULL, AB " | filter events[0].v == 2", pairs, "(3,4)",
         0},
        {NULL, ELASTIC, NULL, AB " | filter events[2].v == null", pairs,
         "(1,2) (3,4)", 0},
        {NULL, ELASTIC, NULL, AB " | count v, events[1].v", pairs,
         "{\"key\":[1,9],\"count\":1,\"percent\":0.5} "
         "{\"key\":[2,8],\"count\":1,\"percent\":0.5}",
         0},
        {"hosts of first events", ENDGAME, NULL, AB " | count", pairs,
         "{\"key\":\"totals\",\"count\":2,\"hosts\":[\"h1\"],"
         "\"total_hosts\":1}",
         0},
        {"only the first event is given columns", ENDGAME, NULL,
         AB " | unique_count k | filter events[1].hostname == \"h2\" and "
            "hostname == null",
         pairs,
         "(1,2){\"count\":1,\"percent\":0.5,\"hosts\":[\"h1\"],"
         "\"total_hosts\":1}",
         0},
        {"samples", ELASTIC, NULL,
         "sample by k [any where n == \"A\"] [any where n == \"B\"] "
         "| sort events[1].v | head 1",
         pairs, "(3,4)", 0},
        {"keys stay", ELASTIC, NULL,
         "join by n [any where k == 1] [any where k == 2] | tail 1", pairs,
         "B:(2,4)", true},
    };

    (void)state;
    CHECK_ALL(cases);
}

/* Rule by rule; rows come after the matches of all rules. */
static void
test_order_of_rules(void **state)
{
    eql_rule_source rules[] = {test_rule_of(ANY " | count"),
                               test_rule_of(ANY " | tail 1"), test_rule_of(ANY),
                               test_rule_of(ANY " | head 2")};
    ordered_run r;

    (void)state;
    ordered_open(&r, test_compile(ELASTIC, NULL, rules, EQL_COUNTOF(rules)),
                 1 << 20);
    ordered_event(&r, "{}");
    ordered_event(&r, "{}");
    ordered_event(&r, "{}");
    ordered_finish(&r);
    ordered_expect("order", &r,
                   "(1) (2) (3) (3) (1) (2) "
                   "{\"key\":\"totals\",\"count\":3}");
    ordered_close(&r);
}

/* A finished head wants no more, wherever it stands. */
static void
test_wants(void **state)
{
    static const struct {
        const char *query;
        uint64_t asked; /* results until it had enough */
    } cases[] = {
        {ANY " | head 2", 2},
        {ANY " | head 0", 0},
        {ANY " | filter b > 2 | head 2", 3},
        {ANY " | head 4 | sort b", 4},
        {ANY " | sort b | head 2", 5},
        {ANY " | sort b | head 0", 0},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        ordered_case c = {.query = cases[i].query};
        ordered_run r;

        ordered_open_case(&r, &c, 1 << 20);
        for (const char *const *e = five; *e; e++)
            ordered_event(&r, *e);
        assert_int_equal(r.results, cases[i].asked);
        ordered_finish(&r);
        ordered_close(&r);
    }
}

static uint64_t
run_capped(const char *query, uint64_t budget, ordered_run *r)
{
    ordered_case c = {.query = query};
    char event[64];

    ordered_open_case(r, &c, budget);
    for (int i = 0; i < 100; i++) {
        snprintf(event, sizeof event, "{\"x\":%d}", i / 2 * 2);
        ordered_event(r, event);
    }
    ordered_finish(r);
    assert_in_range(r->budget.peak, 1, budget);
    return r->counters.piped_lost + r->counters.rows_lost;
}

/* Cut off: what it has is reported, the rest is counted. */
static void
test_cut_off(void **state)
{
    static const char *const queries[] = {
        ANY " | tail 99",  ANY " | sort x",         ANY " | filter true",
        ANY " | unique x", ANY " | unique_count x", ANY " | count x",
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(queries); i++) {
        ordered_run r;
        uint64_t lost = run_capped(queries[i], 4096, &r);

        if (lost == 0 || lost >= 100)
            fail_msg("%s: lost %llu", queries[i], (unsigned long long)lost);
        if (r.out.len == 0)
            fail_msg("%s: reports nothing", queries[i]);
        ordered_close(&r);
        if (run_capped(queries[i], 1 << 20, &r) != 0)
            fail_msg("%s: loses with room", queries[i]);
        ordered_close(&r);
    }
}

/* What goes in comes out, or is counted. */
static void
test_counters(void **state)
{
    static const struct {
        const char *query;
        uint64_t piped;
    } cases[] = {
        {ANY " | head 2", 0}, /* the rest was not asked for */
        {ANY " | tail 2", 3}, {ANY " | filter b > 2", 2},
        {ANY " | count", 5},  {ANY " | unique_count b", 0},
        {ANY " | sort b", 0},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        ordered_case c = {.query = cases[i].query};
        ordered_run r;

        ordered_open_case(&r, &c, 1 << 20);
        for (const char *const *e = five; *e; e++)
            ordered_event(&r, *e);
        ordered_finish(&r);
        assert_int_equal(r.counters.piped, cases[i].piped);
        assert_int_equal(r.counters.piped_lost, 0);
        ordered_close(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_table),
        cmocka_unit_test(test_head_and_tail),
        cmocka_unit_test(test_sort_order),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_several_events),
        cmocka_unit_test(test_order_of_rules),
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_counters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
