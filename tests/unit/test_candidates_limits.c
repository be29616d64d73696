/* test_candidates_limits.c -- the bounds of what is remembered of values and
 * events, at n and n + 1; what is found stays the same beyond them. */
#include "io/reader.h"
#include "tests/support/event_filter_test.h"
#include "vm/index/candidates.h"

/* Lines through the fast reader, one at a time. */
typedef struct {
    const eql_program *p;
    eql_prepared *pr;
    eql_candidate_tables *tables;
    eql_candidates *candidates;
    eql_interp *it;
    eql_reader *reader;
    eql_wall_clock *clock;
    eql_candidate_counters n; /* sums */
} finder;

static void
finder_init(finder *f, const eql_program *p)
{
    eql_reader_options o = {.input = EQL_INPUT_ECS,
                            .max_depth = EQL_DEFAULT_EVENT_DEPTH};
    eql_events_options eo = {0};
    eql_buf why = {0};

    memset(f, 0, sizeof *f);
    f->p = p;
    f->pr = eql_prepared_new(p);
    assert_non_null(f->pr);
    f->tables = eql_candidate_tables_new(f->pr, true);
    assert_non_null(f->tables);
    assert_non_null(f->tables->index);
    f->candidates = eql_candidates_new(f->tables, true);
    f->it = eql_interp_new_shared(f->pr);
    f->reader = eql_reader_new(p, &o, &why);
    f->clock = eql_wall_clock_new(&eo);
    assert_true(f->candidates && f->it && f->reader && f->clock);
}

static void
finder_free(finder *f)
{
    eql_wall_clock_free(f->clock);
    eql_reader_free(f->reader);
    eql_interp_free(f->it);
    eql_candidates_free(f->candidates);
    eql_candidate_tables_free(f->tables);
    eql_prepared_free(f->pr);
}

/* How many stages hold, which the result, or its absence, does not change. */
static uint32_t
find(finder *f, const char *json)
{
    static char block[4096];
    size_t len = strlen(json);
    const eql_filter_result *result;
    const uint32_t *stages;
    uint32_t held[1024], n, nheld = 0;
    eql_event ev = {0};
    eql_read_note note;
    eql_strview line;

    assert_true(len + EQL_READER_PADDING <= sizeof block);
    memcpy(block, json, len);
    memset(block + len, 0, EQL_READER_PADDING);
    eql_reader_block(f->reader, eql_sv(block, len));
    assert_true(eql_reader_line(f->reader, &line));
    assert_int_equal(eql_reader_read(f->reader, line, f->clock, &ev, &note),
                     EQL_READ_EVENT);
    assert_non_null(ev.lazy);
    eql_candidates_begin(f->candidates, &ev);
    eql_interp_begin(f->it, &ev);
    stages = eql_candidates_find(f->candidates, &n, &result);
    assert_true(n <= EQL_COUNTOF(held));
    for (uint32_t i = 0; i < n; i++) {
        if (eql_interp_filter(f->it, f->p->stages[stages[i]].filter))
            held[nheld++] = stages[i];
        else
            assert_null(result);
    }
    if (!result)
        assert_true(eql_candidates_keep_result(
            f->candidates, &(eql_filter_result){held, nheld, 0}));
    eql_candidates_take_counters(f->candidates, &f->n);
    return nheld;
}

/* A value never seen before, or "same". */
static void
find_value(finder *f, bool same)
{
    static uint32_t number;
    char json[64];

    number++;
    if (same)
        snprintf(json, sizeof json, "{\"a\":\"same\"}");
    else
        snprintf(json, sizeof json, "{\"a\":\"v%u\"}", number);
    assert_int_equal(find(f, json), !same && number % 10 == 7);
}

/* The first `known` of n after the first are known. */
static void
find_values(finder *f, uint32_t n, uint32_t known)
{
    for (uint32_t i = 0; i < n; i++)
        find_value(f, known > 0 && i <= known);
}

/* --- paths --- */

static void
test_limit_path_trial(void **state)
{
    eql_program *p = test_program_of("any where a : \"v*7\"");

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t known = EQL_CANDIDATE_TRIAL / 16 - i;
        finder f;

        finder_init(&f, p);
        eql_candidates_without_results(f.candidates);
        find_values(&f, EQL_CANDIDATE_TRIAL, known);
        assert_int_equal(f.n.lookups, EQL_CANDIDATE_TRIAL);
        assert_int_equal(f.n.known, known);
        find_value(&f, false);
        assert_int_equal(f.n.lookups, EQL_CANDIDATE_TRIAL + (i == 0));
        finder_free(&f);
    }
    eql_program_free(p);
}

static void
test_limit_path_bypass(void **state)
{
    eql_program *p = test_program_of("any where a : \"v*7\"");
    finder f;

    (void)state;
    finder_init(&f, p);
    eql_candidates_without_results(f.candidates);
    find_values(&f, EQL_CANDIDATE_TRIAL + EQL_CANDIDATE_BYPASS, 0);
    assert_int_equal(f.n.lookups, EQL_CANDIDATE_TRIAL);
    assert_int_equal(f.n.asked, EQL_CANDIDATE_TRIAL + EQL_CANDIDATE_BYPASS);
    find_value(&f, false);
    assert_int_equal(f.n.lookups, EQL_CANDIDATE_TRIAL + 1);
    finder_free(&f);
    eql_program_free(p);
}

/* --- filter results --- */

static void
test_limit_result_trial(void **state)
{
    eql_program *p = test_program_of("any where a : \"v*7\"");

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t known = EQL_RESULT_TRIAL / 4 - i;
        finder f;

        finder_init(&f, p);
        find_values(&f, EQL_RESULT_TRIAL, known);
        assert_int_equal(f.n.judged, EQL_RESULT_TRIAL);
        assert_int_equal(f.n.results, known);
        find_value(&f, false);
        assert_int_equal(f.n.judged, EQL_RESULT_TRIAL + (i == 0));
        finder_free(&f);
    }
    eql_program_free(p);
}

/* Each pause is twice as long as the one before, up to the longest. */
static void
test_limit_result_bypass(void **state)
{
    eql_program *p = test_program_of("any where a : \"v*7\"");
    uint32_t pause = EQL_RESULT_TRIAL, longest = 0;
    finder f;

    (void)state;
    finder_init(&f, p);
    while (longest < 2) {
        uint64_t judged;

        find_values(&f, EQL_RESULT_TRIAL, 0);
        judged = f.n.judged;
        find_values(&f, pause, 0);
        assert_int_equal(f.n.judged, judged);
        longest += pause == EQL_RESULT_BYPASS;
        pause = pause < EQL_RESULT_BYPASS ? 2 * pause : EQL_RESULT_BYPASS;
    }
    find_value(&f, false);
    assert_int_equal(f.n.judged % EQL_RESULT_TRIAL, 1);
    finder_free(&f);
    eql_program_free(p);
}

/* --- plans --- */

#define CATEGORIES 10u /* 1,024 sets of them, each with a plan of its own */

_Static_assert(EQL_CANDIDATE_PLANS < 1u << CATEGORIES, "there are more sets");

static void
find_set(finder *f, uint32_t set)
{
    char json[256] = "{\"a\":\"x\",\"event.category\":[";
    size_t len = strlen(json);

    for (uint32_t i = 0; i < CATEGORIES; i++)
        if (set >> i & 1)
            len +=
                (size_t)snprintf(json + len, sizeof json - len, "\"c%u\",", i);
    snprintf(json + len, sizeof json - len, "\"none\"]}");
    assert_int_equal(find(f, json), __builtin_popcount(set));
}

static void
test_limit_plans(void **state)
{
    eql_rule_source rules[CATEGORIES];
    char queries[CATEGORIES][64];
    eql_program *p;
    finder f;

    (void)state;
    for (uint32_t i = 0; i < CATEGORIES; i++) {
        snprintf(queries[i], sizeof queries[i], "c%u where a == \"x\"", i);
        rules[i] = test_rule_of(queries[i]);
    }
    p = test_compile(EQL_DIALECT_ELASTIC, NULL, rules, CATEGORIES);
    finder_init(&f, p);
    for (uint32_t i = 0; i < EQL_CANDIDATE_PLANS; i++)
        find_set(&f, i);
    assert_int_equal(f.n.plans, EQL_CANDIDATE_PLANS);
    find_set(&f, 0);
    find_set(&f, EQL_CANDIDATE_PLANS - 1);
    assert_int_equal(f.n.plans, EQL_CANDIDATE_PLANS); /* all are there */
    find_set(&f, EQL_CANDIDATE_PLANS);
    find_set(&f, 0);
    assert_int_equal(f.n.plans, EQL_CANDIDATE_PLANS + 2); /* none was */
    for (uint32_t i = 0; i < EQL_CANDIDATE_PLANS; i++)
        find_set(&f, i);
    finder_free(&f);
    eql_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit_path_trial),
        cmocka_unit_test(test_limit_path_bypass),
        cmocka_unit_test(test_limit_result_trial),
        cmocka_unit_test(test_limit_result_bypass),
        cmocka_unit_test(test_limit_plans),
    };

    return cmocka_run_group_tests_name("candidates_limits", tests, NULL, NULL);
}
