/* test_sieve.c -- which hits an event leaves, and what stands in them. */
#include "tests/support/event_filter_test.h"

typedef struct {
    eql_program *p;
    eql_captures *c;
    eql_engine_counters counters;
    eql_engine_calls calls;
    eql_event_filter *s;
    test_reader reader;
    eql_buf out; /* hits as text */
    uint32_t kept;
    bool refuse;
} bench;

static bool
keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    bench *b = ctx;

    b->kept++;
    ref->offset = ev->line * 10;
    return !b->refuse;
}

/* "c0 t5 3:1 4:0+" -- clock, time in seconds, then per entry its stage, number
 * of tuples, and + when something is captured. */
static eql_engine_result
note(void *ctx, const eql_hit *h)
{
    bench *b = ctx;

    eql_buf_printf(&b->out, "%sc%u ", b->out.len ? "; " : "", h->clock);
    if (h->flags & EQL_HIT_TIMED)
        eql_buf_printf(&b->out, "t%lld", (long long)(h->time_ns / 1000000000));
    else
        eql_buf_add_str(&b->out, h->flags & EQL_HIT_PENDING ? "pending" : "-");
    for (const eql_hit_entry *e = eql_hit_first(h); e; e = eql_hit_next(h, e)) {
        if (e->stage == EQL_HIT_PROCESS)
            eql_buf_add_str(&b->out, " P");
        else
            eql_buf_printf(&b->out, " %u", e->stage);
        eql_buf_printf(&b->out, ":%u%s", e->ntuples,
                       eql_hit_captured(e).len ? "+" : "");
        if (e->severities)
            eql_buf_printf(&b->out, "/%u", e->severities);
    }
    return EQL_ENGINE_OK;
}

static void
set_up(bench *b, const eql_rule_source *rules, uint32_t n)
{
    memset(b, 0, sizeof *b);
    b->p = test_compile(EQL_DIALECT_ELASTIC, NULL, rules, n);
    b->c = eql_captures_new(b->p);
    b->calls = (eql_engine_calls){.keep = keep, .ctx = b};
    b->s = eql_event_filter_new(b->p, b->c, &b->calls, &b->counters);
    assert_non_null(b->s);
    test_reader_init(&b->reader, b->p);
}

static void
tear_down(bench *b)
{
    test_reader_free(&b->reader);
    eql_event_filter_free(b->s);
    eql_captures_free(b->c);
    eql_program_free(b->p);
    eql_buf_free(&b->out);
}

static void
expect(bench *b, const char *json, const char *wanted)
{
    b->out.len = 0;
    assert_int_equal(eql_event_filter_event(b->s, test_read(&b->reader, json),
                                            note, NULL, b),
                     EQL_ENGINE_OK);
    if (!eql_sv_is(eql_buf_sv(&b->out), wanted))
        fail_msg("%s: \"%.*s\", not \"%s\"", json, (int)b->out.len, b->out.p,
                 wanted);
}

#define TIME "\"@timestamp\":\"1970-01-01T00:00:05Z\""
#define PROCESS "\"event\":{\"category\":\"process\"}"
#define STARTED                                                                \
    "\"event\":{\"category\":\"process\",\"type\":[\"info\",\"start\"]}"

static void
test_event_filter_writes_one_entry_per_stage(void **state)
{
    const eql_rule_source rules[] = {
        test_rule_of("process where n > 0"),
        test_rule_of("sequence by h [process where n == 1] [any where n == 2]"),
    };
    bench b;

    (void)state;
    set_up(&b, rules, 2);
    expect(&b, "{" TIME "," PROCESS ",\"n\":1,\"h\":[\"a\",\"b\"]}",
           "c0 t5 0:1 1:2");
    expect(&b, "{" TIME "," PROCESS ",\"n\":[1,2],\"h\":\"a\"}",
           "c0 t5 0:1 1:1 2:1");
    expect(&b, "{\"n\":2,\"h\":\"a\"}", "c0 - 2:1");
    expect(&b, "{\"n\":3}", "");
    expect(&b, "{" TIME ",\"n\":2}", ""); /* no key */
    assert_int_equal(b.counters.events, 5);
    assert_int_equal(b.counters.hits, 3);
    assert_int_equal(b.counters.keyless, 1);
    assert_int_equal(b.kept, 3);
    assert_int_equal(eql_event_filter_stage(b.s, 2)->hits, 3);
    assert_int_equal(eql_event_filter_stage(b.s, 2)->keyless, 1);
    assert_int_equal(
        eql_event_filter_key_missing(b.s, b.p->stages[2].keys.first), 1);
    tear_down(&b);
}

static void
test_event_filter_excepts_and_grades(void **state)
{
    const eql_rule_condition severities[] = {
        {.stage = 1,
         .level = EQL_SEVERITY_HIGH,
         .when = {.text = eql_sv_cstr("n > 5")}},
        {.stage = 1,
         .level = EQL_SEVERITY_LOW,
         .when = {.text = eql_sv_cstr("s == \"x\"")}},
    };
    const eql_rule_condition exceptions[] = {
        {.stage = 1,
         .name = eql_sv_cstr("ours"),
         .when = {.text = eql_sv_cstr("ours == true")}},
    };
    eql_rule_source rule = test_rule_of("any where n > 0");
    bench b;

    (void)state;
    rule.severities = severities;
    rule.nseverities = 2;
    rule.exceptions = exceptions;
    rule.nexceptions = 1;
    set_up(&b, &rule, 1);
    expect(&b, "{\"n\":1}", "c0 - 0:1");
    expect(&b, "{\"n\":6}", "c0 - 0:1/1");
    expect(&b, "{\"n\":1,\"s\":\"x\"}", "c0 - 0:1/2");
    expect(&b, "{\"n\":6,\"s\":\"x\"}", "c0 - 0:1/3");
    expect(&b, "{\"n\":6,\"ours\":true}", "");
    assert_int_equal(b.counters.withheld, 1);
    assert_int_equal(eql_event_filter_stage(b.s, 0)->withheld, 1);
    assert_int_equal(eql_event_filter_stage(b.s, 0)->hits, 4);
    tear_down(&b);
}

static void
test_event_filter_writes_one_hit_per_clock(void **state)
{
    eql_rule_source rules[] = {
        test_rule_of("any where true"),
        test_rule_of("any where true"),
        test_rule_of("process where true"),
    };
    bench b;

    (void)state;
    rules[1].timestamp_field = eql_sv_cstr("event.created");
    rules[1].tiebreaker_field = eql_sv_cstr("event.sequence");
    rules[2].category_field = eql_sv_cstr("kind");
    set_up(&b, rules, 3);
    assert_int_equal(b.p->nclocks, 2);
    expect(&b, "{" TIME ",\"event\":{\"created\":\"1970-01-01T00:00:09Z\"}}",
           "c0 t5 0:1; c1 t9 1:1");
    expect(&b, "{" TIME ",\"event\":{\"created\":\"no time\"}}",
           "c0 t5 0:1; c1 - 1:1");
    expect(&b, "{\"event\":{\"created\":[\"x\",7000]}}", "c0 - 0:1; c1 t7 1:1");
    expect(&b, "{\"kind\":\"process\"}", "c0 - 0:1 2:1; c1 - 1:1");
    expect(&b, "{" PROCESS "}", "c0 - 0:1; c1 - 1:1");
    assert_int_equal(b.counters.hits, 10);
    assert_int_equal(b.kept, 5); /* once per event */
    tear_down(&b);
}

static void
test_event_filter_feeds_lineages(void **state)
{
    const eql_rule_source rule = test_rule_of(
        "file where n == 1 and descendant of [process where n == 2]");
    bench b;

    (void)state;
    set_up(&b, &rule, 1);
    assert_int_equal(b.p->stages[0].flags, EQL_STAGE_LINEAGE);
    expect(&b, "{" STARTED ",\"process\":{\"entity_id\":\"a\"}}", "c0 - P:0+");
    expect(&b, "{" PROCESS ",\"process\":{\"entity_id\":\"a\"}}", "c0 - P:0");
    expect(&b, "{" STARTED ",\"n\":2,\"process\":{\"entity_id\":\"a\"}}",
           "c0 - P:0+ 0:0+");
    expect(&b, "{\"event\":{\"category\":\"file\"},\"n\":1}", "c0 - 1:1+");
    expect(&b, "{\"event\":{\"category\":\"file\"},\"n\":2}", "");
    tear_down(&b);
}

static void
test_event_filter_captures_for_later(void **state)
{
    const eql_rule_source rules[] = {
        test_rule_of("sequence [any where n == 1] as a [any where n == 2] "
                     "[any where n == 3 and f == a.f]"),
        test_rule_of("any where n == 4 | unique f"),
        test_rule_of("any where n == 4 | head 3"),
    };
    bench b;

    (void)state;
    set_up(&b, rules, 3);
    expect(&b, "{\"n\":1}", "c0 - 0:1+");
    expect(&b, "{\"n\":2}", "c0 - 1:1");
    expect(&b, "{\"n\":3}", "c0 - 2:1+");
    expect(&b, "{\"n\":4}", "c0 - 3:1+ 4:1");
    tear_down(&b);
}

static void
test_event_filter_counts_fields_when_asked(void **state)
{
    const eql_rule_source rule =
        test_rule_of("any where f == 1 or arraySearch(l, $v, $v.x == 1)");
    uint64_t f = 0, l = 0, x = 0;
    bench b;

    (void)state;
    set_up(&b, &rule, 1);
    for (int round = 0; round < 2; round++) {
        expect(&b, "{\"f\":2}", "");
        expect(&b, "{\"f\":[],\"l\":[{\"x\":2},{}]}", "");
        expect(&b, "{\"f\":null,\"l\":[{},{}]}", "");
        eql_event_filter_count_fields(b.s);
    }
    for (uint32_t i = 2; i < b.p->nfields; i++) {
        const eql_field *fd = &b.p->fields[i];
        uint64_t n = eql_event_filter_field_present(b.s, i);

        if (fd->parent != EQL_NONE)
            x = n;
        else if (fd->mode == EQL_MODE_ELEMENTS)
            l = n;
        else
            f = n;
    }
    assert_int_equal(f, 1);
    assert_int_equal(l, 2);
    assert_int_equal(x, 1);
    tear_down(&b);
}

static void
test_event_filter_ends_with_its_caller(void **state)
{
    const eql_rule_source rule = test_rule_of("any where true");
    bench b;

    (void)state;
    set_up(&b, &rule, 1);
    b.refuse = true;
    assert_int_equal(
        eql_event_filter_event(b.s, test_read(&b.reader, "{}"), note, NULL, &b),
        EQL_ENGINE_STOPPED);
    assert_int_equal(b.counters.hits, 0);
    b.refuse = false;
    expect(&b, "{}", "c0 - 0:1");
    tear_down(&b);
}

/* Stages of another category are no candidates; a filter that is asked for
 * and does not hold is one. */
static void
test_event_filter_profiles_when_asked(void **state)
{
    const eql_rule_source rules[] = {
        test_rule_of("process where n == 1"),
        test_rule_of("file where n == 1"),
    };
    uint64_t ns = 0;
    bench b;

    (void)state;
    set_up(&b, rules, 2);
    expect(&b, "{" TIME "," PROCESS ",\"n\":1}", "c0 t5 0:1");
    assert_int_equal(eql_event_filter_stage(b.s, 0)->candidates, 0);
    eql_event_filter_profile(b.s);
    for (uint32_t i = 0; i < 100 * EQL_PROFILE_EVERY; i++) {
        expect(&b, "{" TIME "," PROCESS ",\"n\":2}", "");
        expect(&b, "{" TIME "," PROCESS ",\"n\":1}", "c0 t5 0:1");
    }
    assert_int_equal(eql_event_filter_stage(b.s, 0)->candidates,
                     200 * EQL_PROFILE_EVERY);
    assert_int_equal(eql_event_filter_stage(b.s, 1)->candidates, 0);
    ns = eql_event_filter_stage(b.s, 0)->ns;
    assert_true(ns > 0 && ns % EQL_PROFILE_EVERY == 0);
    assert_int_equal(eql_event_filter_stage(b.s, 1)->ns, 0);
    tear_down(&b);
}

/* Counts of candidates move from one filter to another, once. */
static void
test_event_filter_counts_candidates(void **state)
{
    const eql_rule_source rules[] = {
        test_rule_of("any where a == \"x\""),
        test_rule_of("any where a : \"y*\" and b == 1"),
    };
    eql_candidate_tables *t;
    eql_event_filter *other;
    bench b;

    (void)state;
    set_up(&b, rules, 2);
    assert_int_equal(eql_event_filter_candidates(b.s).asked, 0);
    t = eql_candidate_tables_new(eql_captures_prepared(b.c), true);
    other = eql_event_filter_new(b.p, b.c, &b.calls, &b.counters);
    assert_true(t && other && eql_event_filter_use(b.s, t, true) &&
                eql_event_filter_use(other, t, true));
    expect(&b, "{\"a\":\"x\"}", "c0 - 0:1");
    expect(&b, "{\"a\":\"z\"}", "");
    assert_int_equal(eql_event_filter_candidates(b.s).candidates, 1);
    for (int i = 0; i < 2; i++) {
        eql_event_filter_collect(other, b.s);
        assert_int_equal(eql_event_filter_candidates(other).candidates, 1);
        assert_true(eql_event_filter_candidates(other).asked > 0);
    }
    eql_event_filter_free(other);
    tear_down(&b);
    eql_candidate_tables_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_filter_writes_one_entry_per_stage),
        cmocka_unit_test(test_event_filter_excepts_and_grades),
        cmocka_unit_test(test_event_filter_writes_one_hit_per_clock),
        cmocka_unit_test(test_event_filter_feeds_lineages),
        cmocka_unit_test(test_event_filter_captures_for_later),
        cmocka_unit_test(test_event_filter_counts_fields_when_asked),
        cmocka_unit_test(test_event_filter_profiles_when_asked),
        cmocka_unit_test(test_event_filter_counts_candidates),
        cmocka_unit_test(test_event_filter_ends_with_its_caller),
    };

    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
