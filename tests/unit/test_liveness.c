/* test_liveness.c -- process events that only lineages hear of: put in order,
 * in memory and from a file; and what becomes of a run is the same as when each
 * of them is a hit. */
#include "tests/support/event_filter_test.h"

#include "vm/engine.h"
#include "vm/order/liveness.h"

static uint64_t
next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x >> 16;
}

/* --- order and bounds --- */

static void
expect_next(eql_liveness *p, const eql_hit *until, int64_t time_ns,
            uint64_t line)
{
    const eql_hit *h;

    assert_int_equal(eql_liveness_next(p, until, &h), EQL_ENGINE_OK);
    assert_non_null(h);
    assert_int_equal(h->time_ns, time_ns);
    assert_int_equal(h->line, line);
}

static void
expect_none(eql_liveness *p, const eql_hit *until)
{
    const eql_hit *h;

    assert_int_equal(eql_liveness_next(p, until, &h), EQL_ENGINE_OK);
    assert_null(h);
}

static void
test_liveness_in_order(void **state)
{
    static const eql_liveness_record liveness[] = {
        {5, 1, 0, 0}, {3, 2, 0, 0}, {5, 1, 1, 0}, {4, 9, 1, 0}, {5, 2, 0, 0}};
    eql_hit until = {
        .flags = EQL_HIT_TIMED, .time_ns = 5, .tie_kind = EQL_TIE_ABSENT};
    eql_liveness *p = eql_liveness_new(1024, NULL);

    (void)state;
    assert_non_null(p);
    assert_int_equal(eql_liveness_newest(p), INT64_MIN);
    for (size_t i = 0; i < EQL_COUNTOF(liveness); i++)
        assert_int_equal(eql_liveness_add(p, &liveness[i]), EQL_ENGINE_OK);
    assert_int_equal(eql_liveness_newest(p), 5);
    until.line = 1; /* that liveness record itself is not after it */
    expect_next(p, &until, 3, 2);
    expect_next(p, &until, 4, 9);
    expect_next(p, &until, 5, 1);
    expect_none(p, &until);
    expect_none(p, &until);
    until.line = 7;
    expect_next(p, &until, 5, 2);
    expect_none(p, &until);
    expect_next(p, NULL, 5, 1);
    expect_none(p, NULL);
    expect_none(p, NULL);
    eql_liveness_free(p);
}

/* As many as fit are held; one more, and those before it are in a file. */
static void
test_liveness_bound(void **state)
{
    const size_t most = 100;

    (void)state;
    for (size_t n = most; n <= 3 * most + 1; n++) {
        eql_liveness *p =
            eql_liveness_new(most * sizeof(eql_liveness_record), NULL);

        assert_non_null(p);
        for (size_t i = 0; i < n; i++) {
            eql_liveness_record one = {.time_ns = (int64_t)(i * 37 % n),
                                       .line = i + 1};

            assert_int_equal(eql_liveness_add(p, &one), EQL_ENGINE_OK);
        }
        assert_int_equal(eql_liveness_spilled(p),
                         (n - 1) / most * most * sizeof(eql_liveness_record));
        for (int64_t i = 0, last = 0; i < (int64_t)n; i++) {
            const eql_hit *h;

            assert_int_equal(eql_liveness_next(p, NULL, &h), EQL_ENGINE_OK);
            assert_non_null(h);
            assert_true(h->time_ns >= last);
            assert_int_equal(h->time_ns, (h->line - 1) * 37 % n);
            last = h->time_ns;
        }
        expect_none(p, NULL);
        eql_liveness_free(p);
    }
}

static void
test_liveness_no_folder(void **state)
{
    eql_liveness *p =
        eql_liveness_new(sizeof(eql_liveness_record), "/nonexistent");
    eql_liveness_record one = {0};

    (void)state;
    assert_non_null(p);
    assert_int_equal(eql_liveness_add(p, &one), EQL_ENGINE_OK);
    assert_int_equal(eql_liveness_add(p, &one), EQL_ENGINE_IO);
    assert_non_null(strstr(eql_liveness_error(p), "/nonexistent"));
    eql_liveness_free(p);
}

/* --- the same run --- */

#define ROOT "[process where process.name == \"root\"]"

static const char *const queries[] = {
    "any where descendant of " ROOT,
    "any where child of " ROOT,
    "any where event of [any where process.name == \"root\"]",
    "any where not event of [file where true]",
    "sequence by process.entity_id with maxspan=3s"
    " [process where event.type == \"start\"]"
    " [any where descendant of " ROOT "]",
    "sequence by host.id with maxspan=2s"
    " [any where process.name == \"root\"] ![file where true]"
    " [process where event.type == \"end\"]",
};

enum { FILES = 3, EVENTS = 40 };

typedef struct {
    char json[FILES][EVENTS][256];
} story;

/* Few processes and few moments, so that much happens at once; each file by
 * and large in order. */
static void
make_story(story *s, uint64_t *x)
{
    static const char *const types[] = {"start", "end", "info", "change",
                                        "info"};

    for (size_t f = 0; f < FILES; f++) {
        uint32_t now = 10;

        for (size_t i = 0; i < EVENTS; i++) {
            now += next_random(x) % 3 == 0;
            now -= next_random(x) % 12 == 0;
            snprintf(s->json[f][i], sizeof s->json[f][i],
                     "{\"@timestamp\":\"1970-01-01T00:00:%02uZ\",\"event\":{"
                     "\"category\":\"%s\",\"type\":\"%s\"},\"host\":{\"id\":"
                     "\"h\"},\"process\":{\"entity_id\":%u,\"name\":\"%s\","
                     "\"parent\":{\"entity_id\":%u}}}",
                     now, next_random(x) % 4 ? "process" : "file",
                     types[next_random(x) % EQL_COUNTOF(types)],
                     (unsigned)(next_random(x) % 6),
                     next_random(x) % 5 ? "other" : "root",
                     (unsigned)(next_random(x) % 6));
        }
    }
}

static bool
keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    (void)ctx;
    *ref = (eql_event_ref){.offset = ev->offset};
    return true;
}

static bool
note_match(void *ctx, const eql_match *m)
{
    eql_buf *out = ctx;

    eql_buf_printf(out, "%u:", m->rule);
    for (uint32_t i = 0; i < m->nevents; i++)
        eql_buf_printf(out, "%u.%llu ", m->events[i].file,
                       (unsigned long long)m->events[i].line);
    return true;
}

/* What the run gives; its counters, but for those that may differ. */
static eql_engine_counters
run_story(const eql_program *p, const story *s, const eql_engine_options *o,
          bool alone, eql_buf *out)
{
    eql_engine_calls calls = {.keep = keep, .match = note_match, .ctx = out};
    eql_engine *e = eql_engine_new(p, o, &calls);
    eql_engine_counters n;
    test_reader r;

    assert_non_null(e);
    out->len = 0;
    test_reader_init(&r, p);
    for (uint32_t f = 0; f < FILES; f++) {
        for (uint32_t i = 0; i < EVENTS; i++) {
            eql_event ev = *test_read(&r, s->json[f][i]);

            ev.file = f;
            ev.line = i + 1;
            ev.offset = i * (uint64_t)100;
            ev.alone = alone;
            assert_int_equal(eql_engine_event(e, &ev), EQL_ENGINE_OK);
        }
    }
    assert_int_equal(eql_engine_finish(e), EQL_ENGINE_OK);
    n = *eql_engine_get_counters(e);
    if (!alone)
        assert_int_equal(n.liveness, 0);
    assert_int_equal(n.hits_timed + n.hits_untimed + n.late, n.hits);
    n.liveness = n.spilled_bytes = 0;
    test_reader_free(&r);
    eql_engine_free(e);
    return n;
}

static void
compare_runs(const eql_program *p, const eql_engine_options *o, uint64_t seed,
             uint32_t rounds)
{
    eql_buf with = {0}, without = {0};
    size_t bytes = 0;
    story s;

    for (uint32_t i = 0; i < rounds; i++) {
        eql_engine_counters a, b;

        make_story(&s, &seed);
        a = run_story(p, &s, o, true, &with);
        b = run_story(p, &s, o, false, &without);
        bytes += with.len;
        if (!eql_sv_eq(eql_buf_sv(&with), eql_buf_sv(&without)))
            fail_msg("round %u:\n%.*s\n%.*s", i, (int)with.len, with.p,
                     (int)without.len, without.p);
        assert_memory_equal(&a, &b, sizeof a);
    }
    assert_true(bytes > 0);
    eql_buf_free(&with);
    eql_buf_free(&without);
}

static void
test_liveness_change_nothing(void **state)
{
    static const eql_engine_order orders[] = {EQL_ENGINE_ORDER_DIALECT,
                                              EQL_ENGINE_ORDER_TIME,
                                              EQL_ENGINE_ORDER_ARRIVAL};
    eql_rule_source rules[EQL_COUNTOF(queries)];
    eql_program *p;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(queries); i++)
        rules[i] = test_rule_of(queries[i]);
    p = test_compile(EQL_DIALECT_ELASTIC, NULL, rules, EQL_COUNTOF(queries));
    for (size_t i = 0; i < EQL_COUNTOF(orders); i++) {
        eql_engine_options o = {.order = orders[i]};

        compare_runs(p, &o, 0x9e3779b97f4a7c15u + i, 300);
        o.sort_memory = 4096;
        compare_runs(p, &o, 0xd6e8feb86659fd93u + i, 100);
    }
    eql_program_free(p);
    p = test_compile(EQL_DIALECT_ELASTIC, "late_events=reorder=1s", rules,
                     EQL_COUNTOF(queries));
    compare_runs(p, &(eql_engine_options){0}, 0xbf58476d1ce4e5b9u, 100);
    eql_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_liveness_in_order),
        cmocka_unit_test(test_liveness_bound),
        cmocka_unit_test(test_liveness_no_folder),
        cmocka_unit_test(test_liveness_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
