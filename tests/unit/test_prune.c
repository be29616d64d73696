/* test_prune.c -- lineages that folding leaves without a question are no part
 * of the program, and the others are asked as before. */
#include "tests/support/api_test.h"

#define P "[process where n == "

/* What rules find in four processes: 1 begat 2, which begat 3 and 4. */
static void
check(const char *query, unsigned lineages, const char *want)
{
    static const char *const events[] = {
        "{\"@timestamp\":\"2024-01-01T00:00:01Z\",\"event\":{\"category\":"
        "\"process\",\"type\":\"start\"},\"n\":1,\"process\":{\"entity_id\":"
        "\"1\",\"parent\":{\"entity_id\":\"0\"}}}",
        "{\"@timestamp\":\"2024-01-01T00:00:02Z\",\"event\":{\"category\":"
        "\"process\",\"type\":\"start\"},\"n\":2,\"process\":{\"entity_id\":"
        "\"2\",\"parent\":{\"entity_id\":\"1\"}}}",
        "{\"@timestamp\":\"2024-01-01T00:00:03Z\",\"event\":{\"category\":"
        "\"process\",\"type\":\"start\"},\"n\":3,\"process\":{\"entity_id\":"
        "\"3\",\"parent\":{\"entity_id\":\"2\"}}}",
        "{\"@timestamp\":\"2024-01-01T00:00:04Z\",\"event\":{\"category\":"
        "\"process\",\"type\":\"start\"},\"n\":4,\"process\":{\"entity_id\":"
        "\"4\",\"parent\":{\"entity_id\":\"2\"}}}",
    };
    eqlvm_program *p = api_compile(&query, 1);
    api_alerts seen = {0};
    eql_buf listing = {0};
    unsigned n = 0;
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, api_on_alert, &seen, NULL, 0);

    assert_non_null(e);
    for (size_t i = 0; i < EQL_COUNTOF(events); i++)
        assert_int_equal(
            eqlvm_engine_push(e, "x", events[i], strlen(events[i])), EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    assert_seen(&seen, want);
    assert_int_equal(eqlvm_program_disassemble(p, api_collect, &listing),
                     EQLVM_OK);
    eql_buf_add_char(&listing, '\0');
    for (const char *at = listing.p; (at = strstr(at, "lineage y")); at++)
        n++;
    if (n != lineages)
        fail_msg("%s: %u lineages in %s", query, n, listing.p);
    eql_buf_free(&listing);
    api_alerts_free(&seen);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
}

static void
test_lineages_without_a_question(void **state)
{
    static const struct {
        const char *query;
        unsigned lineages;
        const char *want;
    } cases[] = {
        {"process where child of " P "2]", 1, "r1 none [3];r1 none [4];"},
        {"process where n == 3 and (true or child of " P "1])", 0,
         "r1 none [3];"},
        {"process where false and child of " P "1]", 0, ""},
        /* The first of two goes, the second is asked. */
        {"process where (true or child of " P "1]) and child of " P "2]", 1,
         "r1 none [3];r1 none [4];"},
        /* ... and the second of two. */
        {"process where child of " P "2] and (true or child of " P "1])", 1,
         "r1 none [3];r1 none [4];"},
        /* One inside another that goes, and beside one that stays. */
        {"process where (true or child of [process where child of " P
         "1]]) and child of [process where child of " P "1]]",
         2, "r1 none [3];r1 none [4];"},
        /* Inside one that stays. */
        {"process where child of [process where n == 2 or false and child of " P
         "1]]",
         1, "r1 none [3];r1 none [4];"},
        {"sequence " P "1] [any where child of " P
         "1]] until [any where true and false and event of " P "1]]",
         1, "r1 none [1,2];"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        check(cases[i].query, cases[i].lineages, cases[i].want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lineages_without_a_question),
    };

    return cmocka_run_group_tests_name("prune", tests, NULL, NULL);
}
