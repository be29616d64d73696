/* test_sample.c -- `sample`: the examples of the language's description, both
 * modes, several samples a key, and the bounds. */
#include "tests/support/ordered_test.h"

/* n: what the event is; h: its host. */
#define EV(n, h) "{\"n\":\"" n "\",\"h\":" h "}"
#define A "[any where n : \"*A*\"] "
#define B "[any where n : \"*B*\"] "
#define C "[any where n : \"*C*\"] "
#define AB "sample by h " A B
#define ABC AB C

static void
test_examples(void **state) /* language 10.1 */
{
    static const char *const hosts[] = {EV("A", "\"h1\""),  EV("AB", "\"h1\""),
                                        EV("B", "\"h2\""),  EV("A", "\"h2\""),
                                        EV("AB", "\"h3\""), NULL};
    static const char *const back[] = {EV("AB", "\"h4\""), EV("A", "\"h4\""),
                                       NULL};
    static const char *const order[] = {EV("A", "\"b\""),
                                        EV("B", "\"b\""),
                                        EV("A", "2"),
                                        EV("B", "2"),
                                        EV("A", "\"a\""),
                                        EV("B", "\"a\""),
                                        EV("A", "true"),
                                        EV("B", "true"),
                                        EV("A", "null"),
                                        EV("B", "null"),
                                        EV("A", "10"),
                                        EV("B", "10"),
                                        NULL};
    static const char *const deep[] = {EV("ABC", "1"), EV("AB", "1"),
                                       EV("A", "1"), NULL};
    static const ordered_case cases[] = {
        {"two hosts, and one that has but one event", EQL_DIALECT_ELASTIC, NULL,
         AB, hosts, "h1:(1,2) h2:(4,3)", true},
        {"stream", EQL_DIALECT_ENDPOINT, NULL, AB, hosts, "h1:(1,2) h2:(4,3)",
         true},
        {"back from a choice that fails", EQL_DIALECT_ELASTIC, NULL, AB, back,
         "h4:(2,1)", true},
        {"back twice", EQL_DIALECT_ELASTIC, NULL, ABC, deep, "(3,2,1)", false},
        {"keys ascending", EQL_DIALECT_ELASTIC, NULL, AB, order,
         "(7,8) (3,4) (11,12) (5,6) (1,2)", false},
        {"nulls first", EQL_DIALECT_ELASTIC, NULL, "sample by ?h " A B, order,
         "(9,10) (7,8) (3,4) (11,12) (5,6) (1,2)", false},
        {"stream: as they come", EQL_DIALECT_ELASTIC, "sample_mode=stream", AB,
         order, "(1,2) (3,4) (5,6) (7,8) (11,12)", false},
        {"endgame: nulls join, keys fold", EQL_DIALECT_ENDGAME, NULL, AB, order,
         "(1,2) (3,4) (5,6) (7,8) (9,10) (11,12)", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

/* A key is done with its samples; those of one key may share events. */
static void
test_samples_per_key(void **state)
{
    static const char *const many[] = {
        EV("A", "1"), EV("B", "1"), EV("B", "1"), EV("AB", "1"),
        EV("A", "1"), EV("B", "1"), NULL};
    static const ordered_case cases[] = {
        {"1", EQL_DIALECT_ELASTIC, NULL, AB, many, "(1,2)", false},
        {"2", EQL_DIALECT_ELASTIC, "max_samples_per_key=2", AB, many,
         "(1,2) (1,3)", false},
        {"5", EQL_DIALECT_ELASTIC, "max_samples_per_key=5", AB, many,
         "(1,2) (1,3) (1,4) (1,6) (4,2)", false},
        {"all there are", EQL_DIALECT_ELASTIC, "max_samples_per_key=100", AB,
         many,
         "(1,2) (1,3) (1,4) (1,6) (4,2) (4,3) (4,6) (5,2) (5,3) (5,4) (5,6)",
         false},
        {"stream, 1", EQL_DIALECT_ENDPOINT, NULL, AB, many, "(1,2)", false},
        {"stream, 4", EQL_DIALECT_ENDPOINT, "max_samples_per_key=4", AB, many,
         "(1,2) (1,3) (1,4) (4,2)", false},
        {"stream, all", EQL_DIALECT_ENDPOINT, "max_samples_per_key=100", AB,
         many,
         "(1,2) (1,3) (1,4) (4,2) (4,3) (5,2) (5,3) (5,4) (1,6) (4,6) (5,6)",
         false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        ordered_check(&cases[i]);
}

/* Batch, against trying all choices of three events. */
static bool
brute_force(const char *const *kinds, int n, eql_buf *out)
{
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            for (int c = 0; c < n; c++)
                if (a != b && b != c && a != c && strchr(kinds[a], 'A') &&
                    strchr(kinds[b], 'B') && strchr(kinds[c], 'C')) {
                    eql_buf_printf(out, "(%d,%d,%d)", a + 1, b + 1, c + 1);
                    return true;
                }
    return false;
}

static void
test_first_candidates_suffice(void **state)
{
    static const char *const kinds[] = {"A",  "B",  "C",   "AB",
                                        "BC", "AC", "ABC", "X"};
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 300; round++) {
        static const ordered_case c = {.query = ABC};
        const char *chosen[7];
        eql_buf want = {0};
        ordered_run r;
        char event[64];

        ordered_open_case(&r, &c, 1 << 20);
        for (int i = 0; i < 7; i++) {
            seed = seed * 1103515245u + 12345u;
            chosen[i] = kinds[seed >> 16 & 7];
            snprintf(event, sizeof event, EV("%s", "1"), chosen[i]);
            ordered_event(&r, event);
        }
        ordered_finish(&r);
        brute_force(chosen, 7, &want);
        eql_buf_add(&want, "", 1);
        ordered_expect("brute force", &r, want.p);
        eql_buf_free(&want);
        ordered_close(&r);
    }
}

/* Twelve filters that the same eleven events satisfy: the search would take
 * days, and is given up. */
static void
test_search_is_bounded(void **state)
{
    static const ordered_case c = {.query =
                                       "sample by h " A A A A A A A A A A A A};
    ordered_run r;

    (void)state;
    ordered_open_case(&r, &c, 1 << 20);
    for (int i = 0; i < 11; i++)
        ordered_event(&r, EV("A", "1"));
    ordered_finish(&r);
    assert_int_equal(r.counters.samples_capped, 1);
    assert_int_equal(r.counters.open, 1);
    ordered_expect("given up", &r, "");
    ordered_close(&r);
    ordered_open_case(&r, &c, 1 << 20);
    for (int i = 0; i < 12; i++)
        ordered_event(&r, EV("A", "1"));
    ordered_finish(&r);
    assert_int_equal(r.counters.samples_capped, 0);
    ordered_expect("enough events", &r, "(1,2,3,4,5,6,7,8,9,10,11,12)");
    ordered_close(&r);
}

static void
check_eviction(const char *tweaks)
{
    ordered_case c = {.query = AB, .tweaks = tweaks, .show_keys = true};
    char event[64];
    ordered_run r;
    uint64_t evicted;

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
    ordered_event(&r, EV("B", "\"199\""));
    ordered_finish(&r);
    ordered_expect("the newest is there", &r, "199:(200,202)");
    ordered_close(&r);
}

static void
test_oldest_key_gives_way(void **state)
{
    (void)state;
    check_eviction("sample_mode=batch");
    check_eviction("sample_mode=stream");
}

static void
test_no_room_at_all(void **state)
{
    static const ordered_case c = {.query = AB};
    ordered_run r;

    (void)state;
    ordered_open_case(&r, &c, 1);
    ordered_event(&r, EV("AB", "1"));
    ordered_finish(&r);
    assert_int_equal(r.counters.evicted, 2);
    ordered_close(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_samples_per_key),
        cmocka_unit_test(test_first_candidates_suffice),
        cmocka_unit_test(test_search_is_bounded),
        cmocka_unit_test(test_oldest_key_gives_way),
        cmocka_unit_test(test_no_room_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
