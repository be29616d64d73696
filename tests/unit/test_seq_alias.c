/* test_seq_alias.c -- conditions that depend on the partial (language 8.20) and
 * on lineage, through the whole engine: rules as text, events as JSON.
 *
 * An event "A1" is {"c":"A","v":1}; a word may go on with more fields, as in
 * A1,w=2; time goes on by one second per event. */
#include "tests/support/eql_hits.h"
#include "tests/support/event_filter_test.h"
#include "vm/seq/seq.h"

typedef struct {
    eql_program *program;
    eql_engine *engine;
    test_reader reader;
    eql_buf out;
    unsigned time;
} bench;

static bool
keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    (void)ctx;
    *ref = (eql_event_ref){.offset = ev->line};
    return true;
}

static bool
note(void *ctx, const eql_match *m)
{
    return eql_test_note_match(&((bench *)ctx)->out, m);
}

static void
open_bench(bench *b, const char *rule, const char *tweaks)
{
    static const eql_engine_options defaults;
    eql_engine_calls calls = {.keep = keep, .match = note, .ctx = b};
    eql_rule_source source = test_rule_of(rule);

    memset(b, 0, sizeof *b);
    b->program = test_compile(EQL_DIALECT_ELASTIC, tweaks, &source, 1);
    b->engine = eql_engine_new(b->program, &defaults, &calls);
    assert_non_null(b->engine);
    test_reader_init(&b->reader, b->program);
}

/* The fields of a word as JSON members. */
static void
add_members(eql_buf *json, const char *word, size_t n)
{
    size_t first = strcspn(word, ",");

    if (first > n)
        first = n;
    eql_buf_printf(json, "\"c\":\"%c\"", word[0]);
    if (first > 1)
        eql_buf_printf(json, ",\"v\":%.*s", (int)first - 1, word + 1);
    for (size_t i = first; i < n; i += 1 + strcspn(word + i + 1, ", "))
        eql_buf_printf(json, ",\"%c\":%.*s", word[i + 1],
                       (int)strcspn(word + i + 3, ", "), word + i + 3);
}

static void
see(bench *b, const char *words)
{
    eql_buf json = {0};

    for (; *words; words += strspn(words, " ")) {
        size_t n = strcspn(words, " ");

        json.len = 0;
        eql_buf_printf(&json, "{\"@timestamp\":%u000,", ++b->time);
        add_members(&json, words, n);
        eql_buf_add(&json, "}", 2);
        assert_int_equal(
            eql_engine_event(b->engine, test_read(&b->reader, json.p)),
            EQL_ENGINE_OK);
        words += n;
    }
    eql_buf_free(&json);
}

static const eql_engine_counters *
counters(const bench *b)
{
    return eql_engine_get_counters(b->engine);
}

static void
close_bench(bench *b, const char *label, const char *want)
{
    assert_int_equal(eql_engine_finish(b->engine), EQL_ENGINE_OK);
    eql_test_assert_text(label, &b->out, want);
    eql_test_assert_balanced(counters(b));
}

static void
free_bench(bench *b)
{
    eql_engine_free(b->engine);
    test_reader_free(&b->reader);
    eql_program_free(b->program);
    eql_buf_free(&b->out);
}

static void
check(const char *rule, const char *tweaks, const char *words, const char *want)
{
    bench b;

    open_bench(&b, rule, tweaks);
    see(&b, words);
    close_bench(&b, rule, want);
    free_bench(&b);
}

#define AB "sequence [any where c==\"A\"] as a [any where c==\"B\" and v==a.v]"

static void
test_scan_takes_the_newest_that_satisfies(void **state)
{
    (void)state;
    check(AB, NULL, "A1 B1", "(1,2)");
    check(AB, NULL, "A1 B2", "");
    check(AB, NULL, "A1 A2 B1 B2", "(1,3) (2,4)");
    check(AB, NULL, "A1 A1 B1 B1", "(2,3) (1,4)");
    check(AB, NULL, "A1 A2 A1 B1 B2 B1 B1", "(3,4) (2,5) (1,6)");
    check(AB " with runs=2", NULL, "A1 A2 B1 B2 B1 B2", "(1,3,5) (2,4,6)");
    check(AB " [any where c==\"C\"]", NULL, "A1 A2 B1 B2 C C", "(2,4,5)");
    check(AB " [any where c==\"C\" and w==a.v]", NULL,
          "A1 A2 B1 B2 C,w=1 C,w=2", "(1,3,5) (2,4,6)");
}

static void
test_scan_by_key_and_span(void **state)
{
    static const char rule[] =
        "sequence by k with maxspan=3s [any where c==\"A\"] as a "
        "[any where c==\"B\" and v==a.v]";

    (void)state;
    check(rule, NULL, "A1,k=1 A1,k=2 B1,k=1 B1,k=3 B1,k=2", "(1,3) (2,5)");
    check(rule, NULL, "A1,k=1 A2,k=1 A3,k=1 B1,k=1 B2,k=1", "(1,4) (2,5)");
    check(rule, NULL, "A1,k=1 A2,k=1 A3,k=1 C A1,k=1 B1,k=1", "(5,6)");
    check(rule, NULL, "A1,k=1 A2,k=1 A3,k=1 C B1,k=1", "");
}

static void
test_latest_waits_for_its_own(void **state)
{
    (void)state;
    check(AB, "alias_pending=latest", "A1 B1", "(1,2)");
    check(AB, "alias_pending=latest", "A1 A2 B1 B2", "(2,4)");
    check(AB, "alias_pending=latest", "A1 B2 B3 B1", "(1,4)");
}

/* The alias of a run is its last event (language 8.20). */
static void
test_alias_of_a_run(void **state)
{
    static const char rule[] = "sequence [any where c==\"A\"] with runs=2 as a "
                               "[any where c==\"B\" and v==a.v]";

    (void)state;
    check(rule, NULL, "A1 A2 B1 B2", "(1,2,4)");
    check(rule, NULL, "A1 A2 A3 B2 B3", "(1,2,4) (2,3,5)");
}

static void
test_until_ends_the_partials_it_names(void **state)
{
    static const char rule[] =
        AB " until [any where c==\"U\" and (a.v==null or v==a.v)]";

    (void)state;
    check(rule, NULL, "A1 A2 U1 B1 B2", "(2,5)");
    check(rule, NULL, "A1 A2 U3 B1 B2", "(1,4) (2,5)");
    check(AB " until [any where c==\"U\" and v==a.v]", "until_order=before",
          "A1 A2 U1 B1 B2", "(2,5)");
}

/* An alias not yet reached is null. */
static void
test_until_before_its_alias(void **state)
{
    static const char rule[] =
        "sequence [any where c==\"A\"] [any where c==\"B\"] as b "
        "[any where c==\"C\"] until [any where c==\"U\" and b.v==null]";

    (void)state;
    check(rule, NULL, "A1 U B1 C", "");
    check(rule, NULL, "A1 B1 U C", "(1,2,4)");
    check(rule, NULL, "A1 B U C", "");
}

static void
test_fork_on_an_alias(void **state)
{
    (void)state;
    check(AB " fork", NULL, "A1 A2 B1 B1 B2", "(1,3) (1,4) (2,5)");
}

static void
test_alias_with_missing_stages(void **state)
{
    static const char rule[] =
        "sequence with maxspan=1m [any where c==\"A\"] as a "
        "![any where c==\"N\"] [any where c==\"B\" and v==a.v] "
        "![any where c==\"M\"]";

    (void)state;
    check(rule, NULL, "A1 A2 B1 B2", "(1,-,3,-) (2,-,4,-)");
    check(rule, NULL, "A1 N A2 B1 B2", "(3,-,5,-)");
    check(rule, NULL, "A1 A2 B1 M B2", "(2,-,5,-)");
}

/* A list holds so many; the next one costs the oldest, and is counted. */
static void
test_pending_lists_are_capped(void **state)
{
    (void)state;
    for (unsigned n = EQL_MAX_PENDING; n <= EQL_MAX_PENDING + 1; n++) {
        char word[32];
        bench b;

        open_bench(&b, AB, NULL);
        for (unsigned i = 0; i < n; i++) {
            snprintf(word, sizeof word, "A%u", i);
            see(&b, word);
        }
        see(&b, "B0 B1");
        snprintf(word, sizeof word,
                 n == EQL_MAX_PENDING ? "(1,%u) (2,%u)" : "(2,%u)",
                 n == EQL_MAX_PENDING ? n + 1 : n + 2, n + 2);
        close_bench(&b, "cap", word);
        assert_int_equal(counters(&b)->pending_evicted, n - EQL_MAX_PENDING);
        free_bench(&b);
    }
}

/* Values that aliases name are copied, and count as state. */
static void
test_kept_values_count(void **state)
{
    uint64_t peaks[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        char json[2200], text[2001];
        bench b;

        memset(text, 'x', sizeof text);
        text[i ? 2000 : 20] = 0;
        open_bench(&b, AB, NULL);
        snprintf(json, sizeof json,
                 "{\"@timestamp\":1,\"c\":\"A\",\"v\":\"%s\"}", text);
        assert_int_equal(eql_engine_event(b.engine, test_read(&b.reader, json)),
                         EQL_ENGINE_OK);
        snprintf(json, sizeof json,
                 "{\"@timestamp\":2,\"c\":\"B\",\"v\":\"%s\"}", text);
        assert_int_equal(eql_engine_event(b.engine, test_read(&b.reader, json)),
                         EQL_ENGINE_OK);
        close_bench(&b, "kept", "(1,2)");
        peaks[i] = counters(&b)->state_bytes_peak;
        free_bench(&b);
    }
    assert_in_range(peaks[1] - peaks[0], 1900, 2100);
}

/* Lineage is decided once per event, whatever waits. */
static void
test_lineage_in_every_kind_of_stage(void **state)
{
    static const char events[][160] = {
        "{\"@timestamp\":1,\"event\":{\"category\":\"process\",\"type\":"
        "\"start\"},"
        "\"process\":{\"entity_id\":\"r\",\"name\":\"root\"}}",
        "{\"@timestamp\":2,\"event\":{\"category\":\"process\",\"type\":"
        "\"start\"},"
        "\"process\":{\"entity_id\":\"m\",\"parent\":{\"entity_id\":\"r\"}}}",
        "{\"@timestamp\":3,\"event\":{\"category\":\"file\"},"
        "\"process\":{\"entity_id\":\"m\"}}",
        "{\"@timestamp\":4,\"event\":{\"category\":\"file\"},"
        "\"process\":{\"entity_id\":\"r\"}}"};
    static const char *const cases[][2] = {
        {"file where descendant of [process where process.name==\"root\"]",
         "(3)"},
        {"any where descendant of [process where process.name==\"root\"]",
         "(2) (3)"},
        {"file where event of [process where process.name==\"root\"]", "(4)"},
        {"sequence [any where descendant of [process where "
         "process.name==\"root\"]] [file where true]",
         "(2,3) (3,4)"},
        {"sequence with maxspan=1h [process where true] "
         "![file where descendant of [process where process.name==\"root\"]] "
         "[file where true]",
         "(2,-,3)"},
        {"sequence with maxspan=1h [process where process.name==\"root\"] "
         "![any where descendant of [process where process.name==\"root\"]] "
         "[file where true]",
         ""},
        {"sequence [process where process.name==\"root\"] [file where true] "
         "until [process where child of [process where "
         "process.name==\"root\"]]",
         ""},
        {"sequence [process where true] [file where not descendant of "
         "[process where process.name==\"root\"]]",
         "(2,4)"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        bench b;

        open_bench(&b, cases[i][0], NULL);
        for (size_t k = 0; k < EQL_COUNTOF(events); k++)
            assert_int_equal(
                eql_engine_event(b.engine, test_read(&b.reader, events[k])),
                EQL_ENGINE_OK);
        close_bench(&b, cases[i][0], cases[i][1]);
        free_bench(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_takes_the_newest_that_satisfies),
        cmocka_unit_test(test_scan_by_key_and_span),
        cmocka_unit_test(test_latest_waits_for_its_own),
        cmocka_unit_test(test_alias_of_a_run),
        cmocka_unit_test(test_until_ends_the_partials_it_names),
        cmocka_unit_test(test_until_before_its_alias),
        cmocka_unit_test(test_fork_on_an_alias),
        cmocka_unit_test(test_alias_with_missing_stages),
        cmocka_unit_test(test_pending_lists_are_capped),
        cmocka_unit_test(test_kept_values_count),
        cmocka_unit_test(test_lineage_in_every_kind_of_stage),
    };

    return cmocka_run_group_tests_name("seq_alias", tests, NULL, NULL);
}
