/* test_capture.c -- what the ordered half decides, from captured values.
 *
 * Events go through the pure half's interpreter, their blobs through bind and
 * own; the answers must be those of the whole events. */
#include "tests/support/event_filter_test.h"

typedef struct {
    eql_program *p;
    eql_captures *c;
    eql_interp *it;
    test_reader reader;
    eql_residual *r;
    eql_buf blobs[8]; /* one per event */
    uint32_t nblobs;
    bool lineage; /* what lineages answer */
    uint32_t asked;
    char id[16]; /* the last process asked for */
} bench;

static bool
answer(void *ctx, uint32_t lineage, const eql_value *id)
{
    bench *b = ctx;

    (void)lineage;
    b->asked++;
    snprintf(b->id, sizeof b->id, "%.*s",
             id->tag == EQL_STRING ? (int)id->len : 4,
             id->tag == EQL_STRING ? id->u.s : "null");
    return b->lineage;
}

static void
set_up(bench *b, eql_program *p)
{
    memset(b, 0, sizeof *b);
    b->p = p;
    b->c = eql_captures_new(p);
    assert_non_null(b->c);
    b->it = eql_interp_new_shared(eql_captures_prepared(b->c));
    b->r = eql_residual_new(p, b->c, answer, b);
    assert_non_null(b->r);
    test_reader_init(&b->reader, p);
}

static void
tear_down(bench *b)
{
    assert_false(eql_residual_failed(b->r));
    for (uint32_t i = 0; i < b->nblobs; i++)
        eql_buf_free(&b->blobs[i]);
    test_reader_free(&b->reader);
    eql_residual_free(b->r);
    eql_interp_free(b->it);
    eql_captures_free(b->c);
    eql_program_free(b->p);
}

/* The blob of a stage for an event; nothing was left out. */
static eql_strview
capture(bench *b, uint32_t stage, const char *json)
{
    const eql_event *ev = test_read(&b->reader, json);
    eql_buf *out = &b->blobs[b->nblobs++];
    bool capped = false;

    eql_interp_begin(b->it, ev);
    assert_true(eql_captures_write(b->c, stage, ev, b->it, out, &capped));
    assert_false(capped);
    return eql_buf_sv(out);
}

static uint32_t
residual_of(const bench *b, uint32_t stage)
{
    assert_int_not_equal(b->p->stages[stage].residual, EQL_NONE);
    return b->p->stages[stage].residual;
}

/* Does stage 1 hold for `second` after `first` at position 0? */
static bool
holds_after(const char *condition, const char *first, const char *second)
{
    char query[512];
    eql_strview one, two;
    bench b;
    bool out;

    snprintf(query, sizeof query,
             "sequence [any where true] as a [any where %s]", condition);
    set_up(&b, test_program_of(query));
    one = capture(&b, 0, first);
    two = capture(&b, 1, second);
    eql_residual_begin(b.r, 0);
    eql_residual_bind(b.r, 0, 0, eql_captures_kept(b.c, 0, one));
    eql_residual_own(b.r, 1, two);
    out = eql_residual_holds(b.r, residual_of(&b, 1));
    tear_down(&b);
    return out;
}

static void
test_residual_of_an_alias(void **state)
{
    static const struct {
        const char *condition, *first, *second;
        bool holds;
    } cases[] = {
        {"f == a.f", "{\"f\":1}", "{\"f\":1}", true},
        {"f == a.f", "{\"f\":1}", "{\"f\":2}", false},
        {"f == a.f", "{\"f\":[1,2]}", "{\"f\":[3,2]}", true},
        {"f == a.f", "{}", "{\"f\":1}", false},
        {"f != a.f", "{}", "{\"f\":1}", true},
        {"f == a.f", "{\"f\":1.0}", "{\"f\":1}", true},
        {"f == a.f", "{\"f\":true}", "{\"f\":true}", true},
        {"a.f == null", "{}", "{}", true},
        {"a.f == null", "{\"f\":\"\"}", "{}", false},
        {"a.f == \"x\" and g == 1", "{\"f\":\"x\"}", "{\"g\":1}", true},
        {"a.f == \"x\" and g == 1", "{\"f\":\"x\"}", "{\"g\":2}", false},
        {"a.f == \"x\" or g == 1", "{\"f\":\"y\"}", "{\"g\":1}", true},
        {"a.f == \"x\" or g == 1", "{\"f\":\"y\"}", "{}", false},
        {"not (a.f == \"x\" and g == 1)", "{\"f\":\"x\"}", "{\"g\":1}", false},
        {"concat(a.f, f) == \"xy\"", "{\"f\":\"x\"}", "{\"f\":\"y\"}", true},
        {"a.n + n == 5", "{\"n\":2}", "{\"n\":3}", true},
        {"a.f : \"X*\"", "{\"f\":\"xyz\"}", "{}", true},
        {"cidrMatch(a.ip, \"10.0.0.0/8\")", "{\"ip\":\"10.1.2.3\"}", "{}",
         true},
        {"arraySearch(a.l, $v, $v.x == f)", "{\"l\":[{\"x\":1},{\"x\":2}]}",
         "{\"f\":2}", true},
        {"arraySearch(a.l, $v, $v.x == f)", "{\"l\":[{\"x\":1},{\"x\":2}]}",
         "{\"f\":3}", false},
        {"arraySearch(a.l, $v, $v.x == f)", "{\"l\":{\"x\":3}}", "{\"f\":3}",
         true},
        {"arraySearch(a.l, $v, $v == f)", "{\"l\":[1,2]}", "{\"f\":2}", true},
        {"arraySearch(l, $v, $v.x == a.f and $v.y == 1)", "{\"f\":2}",
         "{\"l\":[{\"x\":2,\"y\":0},{\"x\":1,\"y\":1}]}", false},
        {"arraySearch(l, $v, $v.x == a.f and $v.y == 1)", "{\"f\":2}",
         "{\"l\":[{\"x\":2,\"y\":0},{\"x\":2,\"y\":1}]}", true},
        {"arrayCount(a.l, $v, $v.x > 1) == 2",
         "{\"l\":[{\"x\":1},{\"x\":2},{\"x\":3}]}", "{}", true},
        {"arraySearch(a.l, $v, arraySearch($v.m, $w, $w.z == f))",
         "{\"l\":[{\"m\":[{\"z\":1}]},{\"m\":[{\"z\":2},{\"z\":7}]}]}",
         "{\"f\":7}", true},
        {"arraySearch(a.l, $v, arraySearch($v.m, $w, $w.z == f))",
         "{\"l\":[{\"m\":[{\"z\":1}]},{\"m\":[]},{}]}", "{\"f\":7}", false},
        {"arrayContains(a.l, f)", "{\"l\":[\"p\",\"q\"]}", "{\"f\":\"q\"}",
         true},
        {"arrayContains(a.l, f)", "{}", "{\"f\":\"q\"}", false},
        /* The event's own array function is pure. */
        {"arraySearch(l, $v, $v.x == 1) and a.f == 1", "{\"f\":1}",
         "{\"l\":[{\"x\":1}]}", true},
        {"arraySearch(l, $v, $v.x == 1) and a.f == 1", "{\"f\":1}",
         "{\"l\":[{\"x\":2}]}", false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        if (holds_after(cases[i].condition, cases[i].first, cases[i].second) !=
            cases[i].holds)
            fail_msg("%s: %s, %s", cases[i].condition, cases[i].first,
                     cases[i].second);
    }
}

static void
test_residual_tries_one_event_after_another(void **state)
{
    eql_strview kept[3], own;
    uint32_t filter;
    bench b;

    (void)state;
    set_up(&b, test_program_of("sequence [any where true] as a "
                               "[any where f == a.f and g == 1]"));
    filter = residual_of(&b, 1);
    kept[0] = eql_captures_kept(b.c, 0, capture(&b, 0, "{\"f\":1}"));
    kept[1] = eql_captures_kept(b.c, 0, capture(&b, 0, "{\"f\":2}"));
    kept[2] = eql_captures_kept(b.c, 0, capture(&b, 0, "{}"));
    own = capture(&b, 1, "{\"f\":2,\"g\":1}");
    eql_residual_begin(b.r, 0);
    eql_residual_own(b.r, 1, own);
    assert_false(eql_residual_holds(b.r, filter)); /* none is bound */
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 3; i++) {
            eql_residual_bind(b.r, 0, 0, kept[i]);
            assert_int_equal(eql_residual_holds(b.r, filter), i == 1);
            assert_int_equal(eql_residual_holds(b.r, filter), i == 1);
        }
        eql_residual_begin(b.r, 0);
        eql_residual_own(b.r, 1, own);
        assert_false(eql_residual_holds(b.r, filter));
    }
    eql_residual_begin(b.r, 0);
    eql_residual_bind(b.r, 0, 0, kept[1]);
    assert_false(eql_residual_holds(b.r, filter)); /* no event at hand */
    tear_down(&b);
}

static void
test_residual_of_runs_is_that_of_the_last(void **state)
{
    eql_strview one, two, own;
    bench b;

    (void)state;
    set_up(&b, test_program_of(
                   "sequence with maxspan=1h [any where true] as a with runs=2 "
                   "![any where true] with runs=3 "
                   "[any where f == a.f]"));
    assert_int_equal(eql_captures_position(b.c, 0), 0);
    assert_int_equal(eql_captures_position(b.c, 1), 2);
    assert_int_equal(eql_captures_position(b.c, 2), 5);
    assert_int_equal(eql_captures_npositions(b.c, 0), 6);
    assert_false(eql_captures_any(b.c, 1));
    one = capture(&b, 0, "{\"f\":1}");
    two = capture(&b, 0, "{\"f\":2}");
    own = capture(&b, 2, "{\"f\":2}");
    eql_residual_begin(b.r, 0);
    eql_residual_bind(b.r, 0, 0, eql_captures_kept(b.c, 0, one));
    eql_residual_bind(b.r, 0, 1, eql_captures_kept(b.c, 0, two));
    eql_residual_own(b.r, 2, own);
    assert_true(eql_residual_holds(b.r, residual_of(&b, 2)));
    eql_residual_bind(b.r, 0, 1, eql_captures_kept(b.c, 0, one));
    assert_false(eql_residual_holds(b.r, residual_of(&b, 2)));
    tear_down(&b);
}

static void
test_residual_asks_for_lineage(void **state)
{
    eql_strview own;
    uint32_t stage;
    bench b;

    (void)state;
    set_up(&b, test_program_of("process where name == \"x\" and descendant of "
                               "[process where name == \"y\"]"));
    stage = b.p->rules[0].stages.first;
    own = capture(&b, stage,
                  "{\"process\":{\"entity_id\":\"e1\"},"
                  "\"name\":\"x\"}");
    for (int i = 0; i < 2; i++) {
        b.lineage = i == 1;
        eql_residual_begin(b.r, 0);
        eql_residual_own(b.r, stage, own);
        assert_int_equal(eql_residual_holds(b.r, residual_of(&b, stage)), i);
        assert_string_equal(b.id, "e1");
    }
    own = capture(&b, stage, "{\"name\":\"z\"}");
    b.asked = 0;
    eql_residual_begin(b.r, 0);
    eql_residual_own(b.r, stage, own);
    assert_false(eql_residual_holds(b.r, residual_of(&b, stage)));
    assert_int_equal(b.asked, 0);
    own = capture(&b, EQL_HIT_PROCESS, "{\"process\":{\"entity_id\":\"e9\"}}");
    eql_residual_begin(b.r, 0);
    eql_residual_process(b.r, own);
    assert_true(eql_sv_is(
        eql_value_sv(
            eql_residual_slot(b.r, eql_program_dialect(b.p)->process_id).v),
        "e9"));
    tear_down(&b);
}

/* --- pipes --- */

static void
test_residual_of_pipes(void **state)
{
    eql_strview kept, other;
    const eql_pipe_op *unique, *filter, *count;
    uint32_t host;
    eql_value v, none = eql_value_null();
    bench b;

    (void)state;
    set_up(&b, test_program_of("any where true | unique f, length(g) "
                               "| filter f == \"x\" | count f"));
    unique = &b.p->pipes[0];
    filter = &b.p->pipes[1];
    count = &b.p->pipes[2];
    host = eql_program_dialect(b.p)->host_key;
    assert_int_not_equal(host, EQL_NONE);
    kept = eql_captures_kept(b.c, 0,
                             capture(&b, 0,
                                     "{\"f\":[\"x\",\"y\"],\"g\":\"abc\","
                                     "\"host\":{\"name\":[\"h1\",\"h2\"]}}"));
    other = eql_captures_kept(b.c, 0, capture(&b, 0, "{\"f\":\"z\"}"));
    eql_residual_begin(b.r, 0);
    eql_residual_bind(b.r, 0, 0, kept);
    v = eql_residual_value(b.r, b.p->exprs[unique->exprs.first]);
    assert_int_equal(v.tag, EQL_ARRAY);
    assert_true(eql_sv_is(eql_value_sv(&v), "[\"x\",\"y\"]"));
    v = eql_residual_value(b.r, b.p->exprs[unique->exprs.first + 1]);
    assert_int_equal(v.tag, EQL_INT);
    assert_int_equal(v.u.i, 3);
    v = eql_residual_value(b.r, b.p->exprs[count->exprs.first]);
    assert_int_equal(v.tag, EQL_ARRAY);
    assert_int_equal(eql_residual_slot(b.r, host).n, 2);
    eql_residual_set(b.r, host, &none, 0);
    assert_int_equal(eql_residual_slot(b.r, host).n, 0);
    assert_true(eql_residual_holds(b.r, filter->filter));
    eql_residual_begin(b.r, 0);
    eql_residual_bind(b.r, 0, 0, other);
    assert_false(eql_residual_holds(b.r, filter->filter));
    assert_int_equal(eql_residual_slot(b.r, host).n, 0);
    tear_down(&b);
}

/* --- bounds --- */

/* {"f":"xxx...","g":1} with n x. */
static char *
long_event(size_t n)
{
    char *json = malloc(n + 64);
    int at = sprintf(json, "{\"g\":1,\"f\":\"");

    memset(json + at, 'x', n);
    strcpy(json + at + n, "\"}");
    return json;
}

static bool
capture_long(bench *b, size_t n, eql_buf *out)
{
    char *json = long_event(n);
    bool capped = false;
    const eql_event *ev = test_read(&b->reader, json);

    eql_interp_begin(b->it, ev);
    assert_true(eql_captures_write(b->c, 0, ev, b->it, out, &capped));
    free(json);
    return capped;
}

/* A blob's head is 8 bytes, a slot 4, a string 5 and a number 9. */
static void
test_capture_is_bounded(void **state)
{
    size_t fits = EQL_CAPTURE_MAX_BYTES - 8 - 4 - 5 - 4 - 9;
    eql_buf out = {0};
    bench b;

    (void)state;
    set_up(&b, test_program_of("sequence [any where true] as a "
                               "[any where f == a.f or f == a.g]"));
    assert_false(capture_long(&b, fits, &out));
    assert_int_equal(out.len, EQL_CAPTURE_MAX_BYTES);
    eql_residual_bind(b.r, 0, 0, eql_captures_kept(b.c, 0, eql_buf_sv(&out)));
    for (uint32_t f = 0; f < b.p->nfields; f++)
        if (b.p->fields[f].origin)
            assert_int_equal(eql_residual_slot(b.r, f).n, 1);
    out.len = 0;
    assert_true(capture_long(&b, fits + 1, &out));
    eql_residual_bind(b.r, 0, 0, eql_captures_kept(b.c, 0, eql_buf_sv(&out)));
    assert_true(out.len < 100 || out.len > fits); /* one of the two is out */
    /* The record it goes to is bounded too. */
    out.len = 0;
    for (int i = 0; i < 2; i++)
        assert_false(capture_long(&b, fits, &out));
    assert_true(capture_long(&b, 100, &out));
    assert_true(out.len <= EQL_HIT_MAX_BYTES + 16);
    eql_buf_free(&out);
    tear_down(&b);
}

/* Whatever is cut off or changed, reading stays inside. */
static void
test_capture_reads_damaged_blobs(void **state)
{
    eql_strview one, two;
    uint32_t filter;
    bench b;

    (void)state;
    set_up(&b,
           test_program_of("sequence [any where true] as a "
                           "[any where arraySearch(a.l, $v, arraySearch($v.m, "
                           "$w, $w.z == f)) and g == a.s and q == 1]"));
    filter = residual_of(&b, 1);
    one = capture(&b, 0,
                  "{\"l\":[{\"m\":[{\"z\":1},{\"z\":true}]},{\"m\":1}],"
                  "\"s\":[\"abc\",2.5,null]}");
    two = capture(&b, 1, "{\"f\":true,\"g\":2.5,\"q\":1}");
    for (size_t i = 0; i <= one.len; i++) {
        char *copy = malloc(one.len + 1);

        memcpy(copy, one.p, one.len);
        eql_residual_begin(b.r, 0);
        eql_residual_bind(b.r, 0, 0,
                          eql_captures_kept(b.c, 0, eql_sv(copy, i)));
        eql_residual_own(b.r, 1, eql_sv(two.p, i % (two.len + 1)));
        (void)eql_residual_holds(b.r, filter);
        for (int k = 0; k < 256 && i < one.len; k += 51) {
            copy[i] = (char)k;
            eql_residual_bind(b.r, 0, 0,
                              eql_captures_kept(b.c, 0, eql_sv(copy, one.len)));
            (void)eql_residual_holds(b.r, filter);
        }
        eql_residual_begin(b.r, 0);
        free(copy);
    }
    eql_residual_begin(b.r, 0);
    eql_residual_bind(b.r, 0, 0, eql_captures_kept(b.c, 0, one));
    eql_residual_own(b.r, 1, two);
    assert_true(eql_residual_holds(b.r, filter));
    tear_down(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_residual_of_an_alias),
        cmocka_unit_test(test_residual_tries_one_event_after_another),
        cmocka_unit_test(test_residual_of_runs_is_that_of_the_last),
        cmocka_unit_test(test_residual_asks_for_lineage),
        cmocka_unit_test(test_residual_of_pipes),
        cmocka_unit_test(test_capture_is_bounded),
        cmocka_unit_test(test_capture_reads_damaged_blobs),
    };

    return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
