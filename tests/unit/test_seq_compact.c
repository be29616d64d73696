/* test_seq_compact.c -- partials that begin small are the same as whole ones.
 */
#include "tests/support/seq_test.h"
#include "vm/seq/compact.h"

#define NO_SPAN (-1.0)

static uint64_t
throw_dice(uint64_t *d)
{
    *d ^= *d << 13;
    *d ^= *d >> 7;
    *d ^= *d << 17;
    return *d;
}

/* Events in the order of time: stages of some rules under a few keys. */
static void
run_dice(seq_run *r, const char *letters, uint64_t dice, uint32_t nevents)
{
    int64_t now = 0;
    char keys[16];

    for (uint32_t i = 0; i < nevents; i++) {
        eql_test_event ev = {.time_ns = 0};
        uint32_t n = 0;

        now += (int64_t)(throw_dice(&dice) % 3) * EQL_TEST_SECOND;
        ev.time_ns = now;
        for (const char *l = letters; *l; l++) {
            if (throw_dice(&dice) % 4 == 0 && n < 3)
                ev.letters[n++] = *l;
        }
        snprintf(keys, sizeof keys, throw_dice(&dice) % 8 ? "%c" : "%c,%c",
                 (int)('a' + throw_dice(&dice) % 6), 'g');
        snprintf(ev.keys, sizeof ev.keys, "%s", keys);
        if (n > 0)
            seq_run_hit(r, eql_test_hit(&r->record, r->program, r->rules, &ev,
                                        ++r->line));
        r->event = ev;
    }
    seq_run_end(r);
}

static void
assert_same_counters(const eql_engine_counters *a, const eql_engine_counters *b)
{
    assert_int_equal(a->started, b->started);
    assert_int_equal(a->completed, b->completed);
    assert_int_equal(a->replaced, b->replaced);
    assert_int_equal(a->expired, b->expired);
    assert_int_equal(a->ended, b->ended);
    assert_int_equal(a->discarded, b->discarded);
    assert_int_equal(a->open, b->open);
    assert_int_equal(a->evicted, 0);
    assert_int_equal(b->evicted, 0);
}

static void
test_small_and_whole_agree(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = 20},
        {.stages = "ABC", .maxspan_s = 30, .until = 'U'},
        {.stages = "ABC", .maxspan_s = NO_SPAN, .until = 'U'},
        {.stages = "AB3C", .maxspan_s = 30},
        {.stages = "AB!NC", .maxspan_s = 20},
        {.stages = "AB!N", .maxspan_s = 20},
        {.stages = "A!NB", .maxspan_s = 20},
        {.stages = "AB+C", .maxspan_s = 20},
        {.stages = "AAB", .maxspan_s = 20},
    };

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        seq_run runs[2];

        for (int small = 0; small < 2; small++) {
            seq_run_open(&runs[small], NULL, rules, EQL_COUNTOF(rules), NULL);
            if (small)
                seq_run_small(&runs[small]);
            run_dice(&runs[small], "ABCUN", seed * 977, 600);
        }
        assert_true(runs[0].out.len > 0);
        assert_int_equal(runs[0].out.len, runs[1].out.len);
        assert_memory_equal(runs[0].out.p, runs[1].out.p, runs[0].out.len);
        for (int small = 0; small < 2; small++)
            seq_run_close(&runs[small]);
        assert_same_counters(&runs[0].counters, &runs[1].counters);
    }
}

/* --- looking ahead --- */

/* Keeps hits of these keys, one stage each, a second apart. */
static void
keep_hits(seq_run *r, char letter, uint32_t first, uint32_t n, uint32_t step,
          eql_vec *places)
{
    for (uint32_t i = first; i < first + n * step; i += step) {
        eql_test_event ev = {.time_ns = (int64_t)r->line * EQL_TEST_SECOND};
        const eql_hit *h;

        ev.letters[0] = letter;
        snprintf(ev.keys, sizeof ev.keys, "%06u", i);
        h = eql_test_hit(&r->record, r->program, r->rules, &ev, ++r->line);
        assert_int_not_equal(
            eql_vec_push(places, &r->kept.len, sizeof r->kept.len), EQL_NONE);
        eql_buf_add(&r->kept, h, h->size);
        r->event = ev;
    }
}

static const eql_hit *
kept_hit(const seq_run *r, const eql_vec *places, uint32_t i)
{
    size_t place = ((const size_t *)places->items)[i];

    return (const eql_hit *)(const void *)(r->kept.p + place);
}

static void
run_kept(seq_run *r, const eql_vec *places, uint32_t ahead)
{
    const size_t *at = places->items;
    bool looked = false;

    for (uint32_t i = 0; i < places->n; i++) {
        if (ahead > 0 && i + ahead < places->n && eql_seq_looks_ahead(r->seq)) {
            eql_seq_ahead(r->seq, kept_hit(r, places, i + ahead),
                          at[i + ahead]);
            looked = true;
        }
        eql_seq_place(r->seq, at[i]);
        assert_int_equal(eql_seq_hit(r->seq, kept_hit(r, places, i)),
                         EQL_ENGINE_OK);
    }
    assert_int_equal(looked, ahead > 0);
    seq_run_end(r);
}

/* However far: hashes that were kept may be of hits long gone. */
static void
test_looking_ahead_changes_nothing(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = 1e8, .until = 'U'},
        {.stages = "AC", .maxspan_s = 170000},
    };
    static const uint32_t ahead[] = {0, EQL_SEQ_AHEAD, 1, 300};
    const uint32_t n = 160000;
    eql_engine_options o = {.max_state_bytes = 1 << 28};
    seq_run runs[EQL_COUNTOF(ahead)];

    (void)state;
    for (size_t k = 0; k < EQL_COUNTOF(ahead); k++) {
        seq_run *r = &runs[k];
        eql_vec places = {0};

        seq_run_open(r, NULL, rules, EQL_COUNTOF(rules), &o);
        seq_run_small(r);
        keep_hits(r, 'A', 0, n, 1, &places);
        keep_hits(r, 'U', 5, n / 100, 10, &places);
        keep_hits(r, 'B', 0, n / 10, 11, &places);
        keep_hits(r, 'C', 1, n / 10, 11, &places);
        run_kept(r, &places, ahead[k]);
        eql_vec_free(&places);
        assert_true(r->out.len > 0);
        assert_int_equal(r->out.len, runs[0].out.len);
        assert_memory_equal(r->out.p, runs[0].out.p, r->out.len);
    }
    for (size_t k = 0; k < EQL_COUNTOF(ahead); k++) {
        seq_run_close(&runs[k]);
        assert_same_counters(&runs[k].counters, &runs[0].counters);
    }
    assert_true(runs[0].counters.expired > 0);
    assert_true(runs[0].counters.ended > 0);
}

/* --- room --- */

/* Starts n keys in turn under two rules and completes them all. */
static void
fill(seq_run *r, uint32_t n, const char *letters)
{
    char word[32];

    for (uint32_t i = 0; i < n; i++) {
        snprintf(word, sizeof word, "%s:%06u", letters, i);
        seq_run_events(r, word);
    }
}

static void
test_oldest_start_goes_first(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = NO_SPAN},
        {.stages = "CD", .maxspan_s = 1e8},
    };
    eql_engine_options o = {.max_state_bytes = 1 << 20};
    const uint32_t n = 50000;
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, &o);
    seq_run_small(&r);
    fill(&r, n, "AC");
    assert_int_equal(r.counters.started, 2 * n);
    assert_in_range(r.counters.evicted, 2 * n - 42000, 2 * n - 24000);
    /* The youngest of both rules are there. */
    seq_run_events(&r, "B:049999 D:049999 B:040000 D:040000 B:000000 D:000000");
    assert_int_equal(r.counters.completed, 4);
    seq_run_close(&r);
    assert_true(r.counters.state_bytes_peak <= o.max_state_bytes);
}

/* Many more starts than there is room for cost no more each. */
static void
test_eviction_is_cheap(void **state)
{
    static const eql_test_rule rule = {.stages = "ABC", .maxspan_s = 1e8};
    eql_engine_options o = {.max_state_bytes = 256 << 10};
    const uint32_t n = 200000;
    char word[32];
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, &o);
    seq_run_small(&r);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(word, sizeof word, "A:%06u", i);
        seq_run_events(&r, word);
        snprintf(word, sizeof word, "B:%06u", i < 500 ? i : i - 500);
        seq_run_events(&r, word);
    }
    seq_run_close(&r);
    assert_true(r.counters.evicted > n / 2);
    assert_true(r.counters.state_bytes_peak <= o.max_state_bytes);
}

/* --- nothing is made up --- */

static eql_engine_result
fetch_another(void *ctx, uint64_t place, const eql_hit **h)
{
    seq_run *r = ctx;

    (void)place;
    *h = (const eql_hit *)(const void *)r->kept.p; /* the first */
    return EQL_ENGINE_OK;
}

/* A hash that another key has, too, is played by the wrong hit. */
static void
test_the_real_key_is_compared(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = NO_SPAN};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    seq_run_small(&r);
    eql_seq_read_again(r.seq, &(eql_hit_source){fetch_another, &r});
    seq_run_events(&r, "A:x A:y B:y B:x");
    eql_test_assert_text("only x", &r.out, "(1,4)");
    seq_run_close(&r);
    assert_int_equal(r.counters.open, 1);
}

static eql_engine_result
fetch_nothing(void *ctx, uint64_t place, const eql_hit **h)
{
    (void)ctx;
    (void)place;
    *h = NULL;
    return EQL_ENGINE_IO;
}

static void
test_what_cannot_be_read_stops_the_run(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = NO_SPAN};
    eql_test_event ev = {"B", "x", 9 * EQL_TEST_SECOND};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    seq_run_small(&r);
    eql_seq_read_again(r.seq, &(eql_hit_source){fetch_nothing, NULL});
    seq_run_events(&r, "A:x A:y");
    assert_int_equal(
        eql_seq_hit(r.seq, eql_test_hit(&r.record, r.program, &rule, &ev, 5)),
        EQL_ENGINE_IO);
    seq_run_close(&r);
    assert_int_equal(r.counters.open, 2);
}

/* --- whose state it is --- */

/* Two rules under other keys, one under the same, one without any state. */
static void
test_bytes_are_told_by_rule(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "AB", .maxspan_s = NO_SPAN},
        {.stages = "CB", .maxspan_s = NO_SPAN},
        {.stages = "AD", .maxspan_s = 1e8},
        {.stages = "XY", .maxspan_s = NO_SPAN},
    };
    static const uint64_t starts[] = {5, 2, 6, 0};
    uint64_t bytes[2][4] = {{0}};

    (void)state;
    for (int small = 0; small < 2; small++) {
        seq_run r;

        seq_run_open(&r, NULL, rules, 4, NULL);
        if (small)
            seq_run_small(&r);
        seq_run_events(&r, "A:a A:b A:c A:d A:e C:a C:b A:f B:f A:a");
        assert_int_equal(eql_seq_count_bytes(r.seq, bytes[small]),
                         EQL_ENGINE_OK);
        seq_run_close(&r);
    }
    for (size_t i = 0; i < EQL_COUNTOF(starts); i++) {
        assert_int_equal(bytes[1][i], starts[i] * EQL_COMPACT_BYTES);
        assert_true(bytes[0][i] >= starts[i] * 200 &&
                    bytes[0][i] <= starts[i] * 500);
    }
}

/* All state of one rule: its partials at any stage, and leads. */
static void
test_bytes_of_longer_partials(void **state)
{
    static const eql_test_rule rules[] = {
        {.stages = "ABC", .maxspan_s = NO_SPAN},
        {.stages = "!LD3E", .maxspan_s = 100},
    };
    uint64_t bytes[2] = {0}, more[2] = {0};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, rules, 2, NULL);
    seq_run_small(&r);
    seq_run_events(&r, "A:a B:a");
    assert_int_equal(eql_seq_count_bytes(r.seq, bytes), EQL_ENGINE_OK);
    assert_in_range(bytes[0], 250, 700);
    assert_int_equal(bytes[1], 0);
    seq_run_events(&r, "L:a D:b D:b D:b");
    assert_int_equal(eql_seq_count_bytes(r.seq, more), EQL_ENGINE_OK);
    assert_int_equal(more[0], bytes[0]);
    assert_in_range(more[1], 500, 2500);
    eql_seq_read_again(r.seq, &(eql_hit_source){fetch_nothing, NULL});
    seq_run_events(&r, "A:z");
    assert_int_equal(eql_seq_count_bytes(r.seq, more), EQL_ENGINE_IO);
    seq_run_close(&r);
}

/* --- one hot key --- */

static void
test_hot_key_has_one_partial(void **state)
{
    static const eql_test_rule rule = {.stages = "AB", .maxspan_s = 600};
    eql_test_event ev = {"A", "x", 0};
    seq_run r;

    (void)state;
    seq_run_open(&r, NULL, &rule, 1, NULL);
    seq_run_small(&r);
    fill(&r, 100, "A");
    for (uint32_t i = 0; i < 100000; i++) {
        ev.time_ns = 100 * EQL_TEST_SECOND + i * INT64_C(1000000);
        seq_run_hit(&r, eql_test_hit(&r.record, r.program, &rule, &ev, i));
    }
    seq_run_close(&r);
    assert_int_equal(r.counters.replaced, 99999);
    assert_int_equal(r.counters.open, 101);
    assert_true(r.counters.state_bytes_peak < 64000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_and_whole_agree),
        cmocka_unit_test(test_looking_ahead_changes_nothing),
        cmocka_unit_test(test_oldest_start_goes_first),
        cmocka_unit_test(test_eviction_is_cheap),
        cmocka_unit_test(test_the_real_key_is_compared),
        cmocka_unit_test(test_what_cannot_be_read_stops_the_run),
        cmocka_unit_test(test_bytes_are_told_by_rule),
        cmocka_unit_test(test_bytes_of_longer_partials),
        cmocka_unit_test(test_hot_key_has_one_partial),
    };

    return cmocka_run_group_tests_name("seq_start", tests, NULL, NULL);
}
