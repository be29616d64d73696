/* test_bounds.c -- bounds of a run, through the public header: what does not
 * fit is counted, however small the bound and however large the event. */
#include "tests/support/api_test.h"

/* --- state --- */

typedef struct {
    const char *query;
    uint64_t results; /* alerts and rows with room enough */
} state_case;

static const state_case state_cases[] = {
    {"sequence by h [process where n == 1] [process where n == 2]", 1},
    {"sequence by h with maxspan=1h ![process where n == 9]"
     " [process where n == 1] ![process where n == 8]",
     1},
    {"join by h [process where n == 1] [process where n == 2]", 1},
    {"sample by h [process where n == 1] [process where n == 2]", 1},
    {"process where true | count h", 1},
    {"process where true | unique n | tail 1", 1},
    {"process where true | sort n", 2},
    {"process where descendant of [process where n == 1]", 1},
};

static eqlvm_stats
run_with_state(const char *query, uint64_t max_state_bytes)
{
    static const char *const events[] = {
        "{\"@timestamp\":\"2024-01-01T00:00:01Z\",\"event\":{\"category\":"
        "\"process\",\"type\":\"start\"},\"h\":\"a\",\"n\":1,\"process\":{"
        "\"entity_id\":\"p1\",\"parent\":{\"entity_id\":\"p0\"}}}",
        "{\"@timestamp\":\"2024-01-01T00:00:02Z\",\"event\":{\"category\":"
        "\"process\",\"type\":\"start\"},\"h\":\"a\",\"n\":2,\"process\":{"
        "\"entity_id\":\"p2\",\"parent\":{\"entity_id\":\"p1\"}}}"};
    eqlvm_engine_options o = {.max_state_bytes = max_state_bytes};
    eqlvm_program *p = api_compile(&query, 1);
    api_alerts seen = {0};
    eqlvm_engine *e = eqlvm_engine_new(p, &o, api_on_alert, &seen, NULL, 0);
    eqlvm_stats s;

    assert_non_null(e);
    for (size_t i = 0; i < EQL_COUNTOF(events); i++)
        assert_int_equal(
            eqlvm_engine_push(e, "x", events[i], strlen(events[i])), EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_stats(e, &s);
    api_alerts_free(&seen);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    return s;
}

/* From one byte on: all of the results, or a loss that is told. */
static void
test_bounds_no_state_is_too_small(void **state)
{
    static const uint64_t bytes[] = {1, 2, 3, 7, 20, 300, 3000, 100000};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(state_cases); i++) {
        const state_case *c = &state_cases[i];

        for (size_t k = 0; k < EQL_COUNTOF(bytes); k++) {
            eqlvm_stats s = run_with_state(c->query, bytes[k]);
            uint64_t lost = s.evicted + s.leads_evicted + s.piped_lost +
                            s.rows_lost + s.lineage_evicted;

            if (s.alerts + s.rows != c->results && lost == 0)
                fail_msg("%s: %llu bytes, %llu results", c->query,
                         (unsigned long long)bytes[k],
                         (unsigned long long)(s.alerts + s.rows));
            assert_null(eqlvm_stats_unbalanced(&s));
        }
        assert_int_equal(run_with_state(c->query, 0).alerts +
                             run_with_state(c->query, 0).rows,
                         c->results);
    }
}

/* --- events --- */

/* n parts, each with its number. */
static void
add_parts(eql_buf *q, const char *part, const char *between, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        eql_buf_add_str(q, i ? between : "");
        eql_buf_printf(q, part, i, i, i);
    }
}

static eqlvm_stats
run_event(const eql_buf *query, const eql_buf *event)
{
    const char *text = query->p;
    eqlvm_program *p = api_compile(&text, 1);
    api_alerts seen = {0};
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, api_on_alert, &seen, NULL, 0);
    eqlvm_stats s;

    assert_non_null(e);
    assert_int_equal(eqlvm_engine_push(e, "x", event->p, event->len), EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_stats(e, &s);
    api_alerts_free(&seen);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    return s;
}

/* Many fields looked for in each of many elements. */
static void
test_bounds_elements_times_fields(void **state)
{
    eql_buf query = {0}, event = {0};
    eqlvm_stats s;

    (void)state;
    eql_buf_add_str(&query, "any where arraySearch(a, $x, $x.f0 == 1) and "
                            "arraySearch(a, $x, ");
    add_parts(&query, "$x.f%u == %u", " and ", 300);
    eql_buf_add(&query, ")", 2);
    eql_buf_add_str(&event, "{\"a\":[");
    add_parts(&event, "{\"f0\":1}", ",", 20000);
    eql_buf_add_str(&event, "]}");
    s = run_event(&query, &event);
    assert_int_equal(s.accepted, 1);
    assert_int_equal(s.fields_capped, 1);
    eql_buf_free(&query);
    eql_buf_free(&event);
}

/* The body of an array function: long, and none of it remembered. */
static void
test_bounds_elements_times_code(void **state)
{
    eql_buf query = {0}, event = {0};

    (void)state;
    eql_buf_add_str(&query, "any where arraySearch(a, $x, $x == 1 or ");
    add_parts(&query, "f == %u", " or ", 5000);
    eql_buf_add(&query, ")", 2);
    eql_buf_add_str(&event, "{\"f\":-1,\"a\":[");
    add_parts(&event, "0", ",", 100000);
    eql_buf_add_str(&event, "]}");
    assert_true(run_event(&query, &event).combinations_capped > 0);
    eql_buf_free(&query);
    eql_buf_free(&event);
}

/* What would be hours of work over text is refused before it begins. */
static void
test_bounds_patterns_times_text(void **state)
{
    static const struct {
        const char *before, *part, *after;
        unsigned n;
    } all[] = {
        {"any where f : \"*", "a", "b?c\"", 30000},
        {"any where f regex \"(.*a.{900}b)", "|.*a.{20}", "\"", 100},
        {"any where arraySearch(g, $x, concat($x, \"", "a",
         "\", f, f, f, f, f, f, f) == \"b\")", 10000},
    };
    eql_buf event = {0};

    (void)state;
    eql_buf_add_str(&event, "{\"g\":[");
    add_parts(&event, "0", ",", 10000);
    eql_buf_add_str(&event, "],\"f\":\"");
    add_parts(&event, "a", "", 2 << 20);
    eql_buf_add_str(&event, "\"}");
    for (size_t i = 0; i < EQL_COUNTOF(all); i++) {
        eql_buf query = {0};
        eqlvm_stats s;

        eql_buf_add_str(&query, all[i].before);
        add_parts(&query, all[i].part, "", all[i].n);
        eql_buf_add(&query, all[i].after, strlen(all[i].after) + 1);
        s = run_event(&query, &event);
        if (s.combinations_capped == 0)
            fail_msg("%s: not capped", all[i].before);
        eql_buf_free(&query);
    }
    eql_buf_free(&event);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_no_state_is_too_small),
        cmocka_unit_test(test_bounds_elements_times_fields),
        cmocka_unit_test(test_bounds_elements_times_code),
        cmocka_unit_test(test_bounds_patterns_times_text),
    };

    return cmocka_run_group_tests_name("bounds", tests, NULL, NULL);
}
