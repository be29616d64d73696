/* test_engine.c -- both halves together: events in, matches out.
 *
 * Events are words as in eql_hits.h; each letter is a value of field `s`, the
 * keys are the values of field `k`.  A stage's filter is s == "letter", and so
 * are the conditions of exceptions (x) and severities (small letters). */
#include "tests/support/build_test.h"
#include "tests/support/eql_hits.h"

#include "program/verify.h"

#define FIELD_S 2u
#define FIELD_K 3u
#define FIELD_L 4u
#define NO_SPAN (-1.0)
#define MOST_VALUES 2000

/* A rule with what the engine knows beside its sequence. */
typedef struct {
    eql_test_rule seq;
    uint32_t key_flags[3]; /* of k, l, ... */
    uint32_t nkeys;
    uint32_t excepted;  /* stage with exception s == "x", from 1; 0: none */
    const char *severe; /* "1h2c": stage and letter, in order */
} spec;

/* The filter s == "letter". */
static uint32_t
add_filter(eql_builder *b, char letter)
{
    uint32_t k = eql_builder_const(b, eql_value_str(eql_sv(&letter, 1)));
    eql_insn leaf[] = {{EQL_OP_LOAD_FIELD, 0, 0, FIELD_S},
                       {EQL_OP_EQ_K, 1, 0, k},
                       {EQL_OP_RETURN, 1, 0, 0}};
    uint32_t l = eql_builder_leaf(b, leaf, 3, 1, 2);
    eql_insn filter[] = {{EQL_OP_BRANCH_FALSE, 0, 1, l},
                         {EQL_OP_ACCEPT, 0, 0, 0},
                         {EQL_OP_REJECT, 0, 0, 0}};

    return eql_builder_filter(b, filter, 3);
}

static eql_range
add_severities(eql_builder *b, const spec *s, uint32_t number)
{
    static const struct {
        char letter;
        eql_severity_level level;
    } levels[] = {{'l', EQL_SEVERITY_LOW},
                  {'h', EQL_SEVERITY_HIGH},
                  {'c', EQL_SEVERITY_CRITICAL}};
    eql_severity list[8];
    uint32_t n = 0;

    for (const char *t = s->severe; t && *t; t += 2) {
        for (size_t i = 0; i < EQL_COUNTOF(levels); i++) {
            if ((uint32_t)(t[0] - '0') == number && t[1] == levels[i].letter)
                list[n++] =
                    (eql_severity){.level = levels[i].level,
                                   .order = (uint32_t)(t - s->severe) / 2,
                                   .filter = add_filter(b, t[1])};
        }
    }
    return eql_builder_severities(b, list, n);
}

static eql_stage
make_stage(eql_builder *b, const spec *s, uint32_t rule, uint32_t number)
{
    char letter = number ? s->seq.stages[number - 1] : s->seq.until;
    eql_key keys[3] = {0};
    eql_stage st = {.rule = rule,
                    .number = number,
                    .runs = 1,
                    .filter = add_filter(b, letter),
                    .residual = EQL_NONE};

    for (uint32_t i = 0; i < s->nkeys; i++)
        keys[i] = (eql_key){
            .field = FIELD_K + i, .leaf = EQL_NONE, .flags = s->key_flags[i]};
    st.keys = eql_builder_keys(b, keys, s->nkeys);
    if (number > 0 && number == s->excepted) {
        eql_exception x = {.name = eql_builder_str(b, eql_sv_cstr("x")),
                           .filter = add_filter(b, 'x')};

        st.exceptions = eql_builder_exceptions(b, &x, 1);
    }
    st.severities = add_severities(b, s, number);
    return st;
}

static void
add_rule(eql_builder *b, const spec *s)
{
    uint32_t n = (uint32_t)strlen(s->seq.stages), index;
    eql_stage stages[16] = {0};
    eql_rule r = {.kind =
                      s->seq.event_rule ? EQL_RULE_EVENT : EQL_RULE_SEQUENCE,
                  .severity = EQL_SEVERITY_MEDIUM,
                  .risk_score = EQL_NONE,
                  .until = EQL_NONE,
                  .has_maxspan = s->seq.maxspan_s >= 0};

    index = eql_builder_nrules(b);
    for (uint32_t i = 0; i < n; i++)
        stages[i] = make_stage(b, s, index, i + 1);
    if (s->seq.until) {
        r.until = eql_builder_nstages(b) + n;
        stages[n] = make_stage(b, s, index, 0);
    }
    r.stages = eql_builder_stages(b, stages, n + (s->seq.until != 0));
    r.stages.n = n;
    if (r.has_maxspan)
        r.maxspan_ns = (int64_t)(s->seq.maxspan_s * 1e9);
    r.cooldown_ns = (int64_t)(s->seq.cooldown_s * 1e9);
    eql_builder_rule(b, &r);
}

static eql_program *
make_program(const eql_dialect *d, const spec *specs, uint32_t n)
{
    static const char names[] = "skl";
    eql_builder *b = eql_test_builder(d);
    eql_verify_result v;
    eql_buf text = {0};
    eql_program *p;

    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(
            eql_builder_path(b, eql_sv(names + i, 1), EQL_MODE_FLAT),
            FIELD_S + i);
    for (uint32_t i = 0; i < n; i++)
        add_rule(b, &specs[i]);
    p = eql_builder_finish(b);
    eql_builder_free(b);
    assert_non_null(p);
    v = test_verify_but_owners(p);
    eql_verify_describe(&v, &text);
    if (v.code != EQL_VERIFY_OK)
        fail_msg("%.*s", (int)text.len, text.p);
    eql_buf_free(&text);
    return p;
}

/* --- runs --- */

typedef struct {
    eql_program *program;
    eql_engine *engine;
    eql_buf out;
    eql_test_event event;
    uint64_t line;
    uint64_t kept;
    uint64_t keep_limit; /* keep fails after so many; 0: never */
    uint32_t file;
    eql_time_kind time_kind;
    eql_value values[MOST_VALUES];
    eql_slot slots[8];
} run;

static eql_slot
slot_of(const eql_value *v, uint32_t n)
{
    return (eql_slot){.v = v, .n = n};
}

static bool
keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    run *r = ctx;

    *ref = (eql_event_ref){.offset = ev->offset, .len = ev->len};
    r->kept++;
    return r->keep_limit == 0 || r->kept <= r->keep_limit;
}

static bool
note(void *ctx, const eql_match *m)
{
    static const char levels[] = "-lmhc";
    run *r = ctx;

    eql_test_note_match(&r->out, m);
    if (m->severity != EQL_SEVERITY_MEDIUM) {
        r->out.len--;
        eql_buf_printf(&r->out, "%c ", levels[m->severity]);
    }
    for (uint32_t i = 0; i < m->nevents; i++)
        assert_int_equal(m->events[i].ref.offset, m->events[i].line * 100);
    return true;
}

/* In a dialect; NULL: elastic. */
static run *
run_open_in(const eql_dialect *d, const spec *specs, uint32_t n,
            const eql_engine_options *o)
{
    static const eql_engine_options defaults;
    run *r = calloc(1, sizeof *r);
    eql_engine_calls calls = {.keep = keep, .match = note, .ctx = r};

    r->time_kind = EQL_TIME_SETTLED;
    r->program = make_program(d, specs, n);
    r->engine = eql_engine_new(r->program, o ? o : &defaults, &calls);
    assert_non_null(r->engine);
    return r;
}

static run *
run_open(const spec *specs, uint32_t n, const eql_engine_options *o)
{
    return run_open_in(NULL, specs, n, o);
}

static eql_engine_result
push(run *r)
{
    eql_event ev = {.slots = r->slots,
                    .time_kind = r->time_kind,
                    .time_ns = r->event.time_ns,
                    .wall_ns = r->event.time_ns,
                    .has_wall = true,
                    .file = r->file,
                    .line = ++r->line};

    ev.offset = ev.line * 100;
    return eql_engine_event(r->engine, &ev);
}

/* Fills the slots of s and k from the event's word. */
static void
fill_slots(run *r)
{
    uint32_t n = 0;
    const char *k = r->event.keys;

    for (const char *c = r->event.letters; *c; c++)
        r->values[n++] = eql_value_str(eql_sv(c, 1));
    r->slots[FIELD_S] = slot_of(r->values, n);
    r->slots[FIELD_K] = slot_of(r->values + n, 0);
    while (*k) {
        size_t len = strcspn(k, ",");

        r->values[n++] = eql_value_str(eql_sv(k, len));
        r->slots[FIELD_K].n++;
        k += len + (k[len] == ',');
    }
}

static void
run_events(run *r, const char *events)
{
    while (eql_test_next_event(&events, &r->event)) {
        fill_slots(r);
        assert_int_equal(push(r), EQL_ENGINE_OK);
    }
}

static const eql_engine_counters *
counters(const run *r)
{
    return eql_engine_get_counters(r->engine);
}

static void
finish(run *r, const char *label, const char *want)
{
    const eql_engine_counters *c = counters(r);

    assert_int_equal(eql_engine_finish(r->engine), EQL_ENGINE_OK);
    eql_test_assert_text(label, &r->out, want);
    eql_test_assert_balanced(c);
    assert_int_equal(c->hits, c->hits_timed + c->hits_untimed + c->late);
    assert_string_equal(eql_engine_error(r->engine), "");
}

static void
run_free(run *r)
{
    eql_engine_free(r->engine);
    eql_program_free(r->program);
    eql_buf_free(&r->out);
    free(r);
}

static void
check(const char *label, const spec *s, const char *events, const char *want)
{
    run *r = run_open(s, 1, NULL);

    run_events(r, events);
    finish(r, label, want);
    run_free(r);
}

/* --- tests --- */

static void
test_engine_sorts_by_time(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = 30}};

    (void)state;
    check("in order", &s, "A@10 B@40", "(1,2)");
    check("out of order", &s, "B@40 A@10", "(2,1)");
    check("too late", &s, "B@40.001 A@10", "");
    check("equal times, by line", &s, "B@5 A@5", "");
    check("every hit is one event", &s, "A AB B", "(1,2) (2,3)");
}

/* The excepted host must not take the attacker's place. */
static void
test_exceptions_come_before_matching(void **state)
{
    static const spec s = {
        .seq = {.stages = "NP", .maxspan_s = 30}, .nkeys = 1, .excepted = 1};
    run *r = run_open(&s, 1, NULL);

    (void)state;
    run_events(r, "N@0:host Nx@5:host P@6:host");
    finish(r, "attacker", "(1,3)");
    assert_int_equal(counters(r)->withheld, 1);
    assert_int_equal(eql_engine_stage(r->engine, 0)->withheld, 1);
    assert_int_equal(eql_engine_stage(r->engine, 0)->hits, 1);
    assert_int_equal(counters(r)->hits, 2);
    assert_int_equal(r->kept, 2);
    run_free(r);
}

static void
test_last_severity_that_holds_wins(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN},
                           .severe = "2h1l2c"};

    (void)state;
    check("none holds", &s, "A B", "(1,2)");
    check("second stage", &s, "A Bh", "(1,2)h");
    check("later in the file wins", &s, "Al Bh", "(1,2)l");
    check("last in the file wins", &s, "Al Bhc", "(1,2)c");
    check("of its own stage only", &s, "Ac Bl", "(1,2)");
    check("of the match's events only", &s, "Al A B", "(2,3)");
}

static void
test_keys_of_events(void **state)
{
    static const spec by = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN},
                            .nkeys = 1};
    static const spec optional = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN},
                                  .nkeys = 1,
                                  .key_flags = {EQL_KEY_OPTIONAL}};

    (void)state;
    check("distinct", &by, "A:r,g,r B:g,b,r,g", "(1,2) (1,2)");
    check("case counts", &by, "A:x B:X", "");
    check("a null key vanishes", &by, "A B A:x B:x", "(3,4)");
    check("null joins null only", &optional, "A B:x A:x B", "(1,4)");
    check("null and text", &optional, "A:x B", "");
}

static void
test_missing_keys_are_counted(void **state)
{
    static const spec s = {
        .seq = {.stages = "AB", .until = 'U', .maxspan_s = NO_SPAN},
        .nkeys = 2,
        .key_flags = {0, EQL_KEY_OPTIONAL}};
    run *r = run_open(&s, 1, NULL);

    (void)state;
    run_events(r, "A:x A B:x U U:x");
    finish(r, "keys", "(1,3)");
    assert_int_equal(counters(r)->keyless, 2);
    assert_int_equal(counters(r)->hits, 3);
    assert_int_equal(eql_engine_stage(r->engine, 0)->hits, 2);
    assert_int_equal(eql_engine_stage(r->engine, 0)->keyless, 1);
    assert_int_equal(eql_engine_stage(r->engine, 2)->keyless, 1);
    assert_int_equal(eql_engine_key_missing(r->engine, 0, 0), 1);
    assert_int_equal(eql_engine_key_missing(r->engine, 0, 1), 2);
    assert_int_equal(eql_engine_key_missing(r->engine, 1, 0), 0);
    run_free(r);
}

/* n x m values of two keys give n * m tuples, up to the cap. */
static uint64_t
capped_for(uint32_t n, uint32_t m, uint64_t *started)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN},
                           .nkeys = 2};
    run *r = run_open(&s, 1, NULL);
    uint64_t capped;

    r->values[0] = eql_value_str(eql_sv_cstr("A"));
    r->slots[FIELD_S] = slot_of(r->values, 1);
    for (uint32_t i = 0; i < n + m; i++)
        r->values[1 + i] = eql_value_int(i);
    r->slots[FIELD_K] = slot_of(r->values + 1, n);
    r->slots[FIELD_L] = slot_of(r->values + 1 + n, m);
    assert_int_equal(push(r), EQL_ENGINE_OK);
    finish(r, "capped", "");
    capped = counters(r)->key_tuples_capped;
    *started = counters(r)->started;
    run_free(r);
    return capped;
}

static void
test_key_tuples_are_capped(void **state)
{
    uint64_t started;

    (void)state;
    assert_int_equal(capped_for(32, 32, &started), 0);
    assert_int_equal(started, 1024);
    assert_int_equal(capped_for(25, 41, &started), 1);
    assert_int_equal(started, 1024);
    assert_int_equal(capped_for(1024, 1, &started), 0);
    assert_int_equal(started, 1024);
    assert_int_equal(capped_for(1, 1025, &started), 1);
    assert_int_equal(started, 1024);
    assert_int_equal(capped_for(1500, 1, &started), 1);
    assert_int_equal(started, 1024);
}

/* A key value over its bound is lost and counted, the others are not. */
static void
test_long_keys_are_capped(void **state)
{
    static const spec s = {.seq = {.stages = "A", .maxspan_s = NO_SPAN},
                           .nkeys = 1};
    size_t len = ((size_t)1 << 20) + 1;
    char *big = calloc(1, len);
    run *r = run_open(&s, 1, NULL);

    (void)state;
    r->values[0] = eql_value_str(eql_sv_cstr("A"));
    r->values[1] = eql_value_str(eql_sv(big, len));
    r->values[2] = eql_value_str(eql_sv(big, len - 1));
    r->slots[FIELD_S] = slot_of(r->values, 1);
    r->slots[FIELD_K] = slot_of(r->values + 1, 2);
    assert_int_equal(push(r), EQL_ENGINE_OK);
    r->slots[FIELD_K].n = 1;
    assert_int_equal(push(r), EQL_ENGINE_OK);
    finish(r, "long", "(1)");
    assert_int_equal(counters(r)->key_tuples_capped, 2);
    assert_int_equal(counters(r)->keyless, 0);
    assert_int_equal(counters(r)->hits, 1);
    run_free(r);
    free(big);
}

static void
test_cooldown_suppresses(void **state)
{
    static const spec s = {
        .seq = {.stages = "AB", .maxspan_s = NO_SPAN, .cooldown_s = 60},
        .nkeys = 1};
    run *r = run_open(&s, 1, NULL);

    (void)state;
    run_events(r, "A@0:x B@1:x A@2:x B@60.9:x A@60.95:y B@60.96:y A@60.97:x "
                  "B@61:x");
    finish(r, "cooldown", "(1,2) (5,6) (7,8)");
    assert_int_equal(counters(r)->suppressed, 1);
    assert_int_equal(counters(r)->matches, 3);
    run_free(r);
}

static bool
settle(void *ctx, const eql_hit *h, int64_t *ns)
{
    assert_true(h->flags & EQL_HIT_PENDING);
    assert_true(h->flags & EQL_HIT_HAS_WALL);
    *ns = h->wall_ns + *(const int64_t *)ctx;
    return h->wall_ns != 0;
}

/* Local times of one file move by its offset; those of the other are known. */
static void
test_pending_times_are_settled(void **state)
{
    static const spec s[] = {
        {.seq = {.stages = "AB", .maxspan_s = 10}},
        {.seq = {.stages = "A", .event_rule = true, .maxspan_s = NO_SPAN}}};
    int64_t offset = -3600 * EQL_TEST_SECOND;
    run *r = run_open(s, 2, &(eql_engine_options){.sort_memory = 8192});

    (void)state;
    run_events(r, "A@100"); /* line 1 of file 0 */
    assert_int_equal(eql_engine_settle(r->engine, 0, settle, &offset),
                     EQL_ENGINE_OK);
    r->file = 1;
    r->time_kind = EQL_TIME_PENDING;
    run_events(r, "B@3705 A@3650 A@0");
    for (int i = 0; i < 300; i++) /* enough to need a file */
        run_events(r, "U@9");
    for (int i = 0; i < 300; i++)
        run_events(r, "B@3700");
    assert_int_equal(eql_engine_settle(r->engine, 1, settle, &offset),
                     EQL_ENGINE_OK);
    r->file = 2;
    run_events(r, "B@1"); /* nobody settles this one */
    finish(r, "pending", "(3) (1) (1,305) (4)");
    assert_int_equal(counters(r)->hits_untimed, 2);
    assert_int_equal(counters(r)->untimed_skipped, 2);
    assert_true(counters(r)->spilled_bytes > 0);
    run_free(r);
}

static void
test_untimed_events_come_last(void **state)
{
    static const spec s[] = {
        {.seq = {.stages = "A", .event_rule = true, .maxspan_s = NO_SPAN}},
        {.seq = {.stages = "AA", .maxspan_s = NO_SPAN}}};
    run *r = run_open(s, 2, NULL);

    (void)state;
    r->time_kind = EQL_TIME_NONE;
    run_events(r, "A");
    r->time_kind = EQL_TIME_SETTLED;
    run_events(r, "A A");
    finish(r, "untimed", "(2) (3) (2,3) (1)");
    assert_int_equal(counters(r)->hits_untimed, 1);
    assert_int_equal(counters(r)->untimed_skipped, 2);
    run_free(r);
}

static void
test_arrival_order(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = 10}};
    run *r = run_open(&s, 1,
                      &(eql_engine_options){.order = EQL_ENGINE_ORDER_ARRIVAL});

    (void)state;
    run_events(r, "A@50 B@1 B@100 A@90 A@200 B@211");
    finish(r, "arrival", "(1,2)");
    run_free(r);
}

/* --- late events (language 8.14) --- */

static eql_dialect
late(const char *assignment)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    char why[128];

    assert_true(eql_dialect_set(&d, eql_sv_cstr(assignment), why, sizeof why));
    return d;
}

static void
test_late_events_of_every_kind(void **state)
{
    static const char events[] = "A@50:x B@45:x A@60:x A@52:y B@61:x B@53:y";
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = 30},
                           .nkeys = 1};
    static const struct {
        const char *late, *want;
        uint64_t late_hits, late_keys;
    } cases[] = {
        {"late_events=sort", "(4,6) (3,5)", 0, 0},
        {"late_events=arrival", "(1,2) (3,5) (4,6)", 0, 0},
        {"late_events=drop", "(3,5) (4,6)", 0, 1},
        {"late_events=reorder=1h", "(4,6) (3,5)", 0, 0},
        {"late_events=reorder=8s", "(4,6) (3,5)", 0, 0},
        {"late_events=reorder=7999ms", "(3,5)", 2, 0},
        {"late_events=reorder=4s", "(3,5)", 3, 0},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = late(cases[i].late);
        run *r = run_open_in(&d, &s, 1, NULL);

        run_events(r, events);
        finish(r, cases[i].late, cases[i].want);
        assert_int_equal(counters(r)->late, cases[i].late_hits);
        assert_int_equal(counters(r)->late_keys, cases[i].late_keys);
        run_free(r);
    }
}

/* What no stage takes moves the clock, too. */
static void
test_late_by_events_without_hits(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = 30}};
    eql_dialect d = late("late_events=reorder=5s");
    run *r = run_open_in(&d, &s, 1, NULL);

    (void)state;
    run_events(r, "A@10 Q@20 B@15 B@14.999");
    finish(r, "clock", "(1,3)");
    assert_int_equal(counters(r)->late, 1);
    run_free(r);
}

/* Pending hits are late by each other's times, not by what came after. */
static void
test_late_pending_events(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = 1000}};
    eql_dialect d = late("late_events=reorder=5s");
    run *r = run_open_in(&d, &s, 1, NULL);
    int64_t offset = 0;

    (void)state;
    r->time_kind = EQL_TIME_PENDING;
    run_events(r, "A@10 B@20 A@14 A@16");
    r->time_kind = EQL_TIME_SETTLED;
    run_events(r, "Q@100");
    r->time_kind = EQL_TIME_PENDING;
    run_events(r, "B@21");
    assert_int_equal(eql_engine_settle(r->engine, 0, settle, &offset),
                     EQL_ENGINE_OK);
    finish(r, "pending", "(4,2)");
    assert_int_equal(counters(r)->late, 1);
    run_free(r);
}

/* The same matches whatever the memory: everything spills, nothing changes. */
static void
test_little_memory_changes_nothing(void **state)
{
    static const spec s[] = {
        {.seq = {.stages = "AB", .until = 'U', .maxspan_s = 40}, .nkeys = 1},
        {.seq = {.stages = "BAB", .maxspan_s = 90}, .nkeys = 1},
        {.seq = {.stages = "U", .event_rule = true, .maxspan_s = NO_SPAN}}};
    static const size_t memory[] = {0, 60000, 1};
    eql_buf first = {0};

    (void)state;
    for (size_t m = 0; m < EQL_COUNTOF(memory); m++) {
        run *r =
            run_open(s, 3, &(eql_engine_options){.sort_memory = memory[m]});
        uint64_t x = 42;
        char word[64];

        for (int i = 0; i < 5000; i++) {
            x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
            snprintf(word, sizeof word, "%c@%u:k%u", "AABBU"[(x >> 33) % 5],
                     (unsigned)(x >> 40) % 3000, (unsigned)(x >> 52) % 7);
            run_events(r, word);
        }
        assert_int_equal(eql_engine_finish(r->engine), EQL_ENGINE_OK);
        eql_test_assert_balanced(counters(r));
        assert_int_equal(counters(r)->spilled_bytes > 0, m > 0);
        if (m == 0)
            eql_buf_add_sv(&first, eql_buf_sv(&r->out));
        assert_true(first.len > 1000);
        assert_true(eql_sv_eq(eql_buf_sv(&first), eql_buf_sv(&r->out)));
        run_free(r);
    }
    eql_buf_free(&first);
}

static void
test_spill_errors_are_told(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN}};
    eql_engine_options o = {.sort_memory = 1,
                            .temp_dir = "/nonexistent/folder"};
    eql_engine_result res = EQL_ENGINE_OK;
    run *r = run_open(&s, 1, &o);

    (void)state;
    r->values[0] = eql_value_str(eql_sv_cstr("A"));
    r->slots[FIELD_S] = slot_of(r->values, 1);
    for (int i = 0; i < 1000 && res == EQL_ENGINE_OK; i++)
        res = push(r);
    assert_int_equal(res, EQL_ENGINE_IO);
    assert_non_null(strstr(eql_engine_error(r->engine), o.temp_dir));
    assert_int_equal(push(r), EQL_ENGINE_IO); /* it sticks */
    assert_int_equal(eql_engine_finish(r->engine), EQL_ENGINE_IO);
    run_free(r);
}

static void
test_keep_may_stop_the_run(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN}};
    run *r = run_open(&s, 1, NULL);

    (void)state;
    r->keep_limit = 1;
    run_events(r, "A");
    r->values[0] = eql_value_str(eql_sv_cstr("B"));
    assert_int_equal(push(r), EQL_ENGINE_STOPPED);
    assert_int_equal(eql_engine_finish(r->engine), EQL_ENGINE_STOPPED);
    run_free(r);
}

static void
test_event_without_hit_costs_nothing(void **state)
{
    static const spec s = {.seq = {.stages = "AB", .maxspan_s = NO_SPAN}};
    run *r = run_open(&s, 1, NULL);

    (void)state;
    run_events(r, "Q Q Q");
    finish(r, "none", "");
    assert_int_equal(counters(r)->events, 3);
    assert_int_equal(counters(r)->hits, 0);
    assert_int_equal(r->kept, 0);
    run_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine_sorts_by_time),
        cmocka_unit_test(test_exceptions_come_before_matching),
        cmocka_unit_test(test_last_severity_that_holds_wins),
        cmocka_unit_test(test_keys_of_events),
        cmocka_unit_test(test_missing_keys_are_counted),
        cmocka_unit_test(test_key_tuples_are_capped),
        cmocka_unit_test(test_long_keys_are_capped),
        cmocka_unit_test(test_cooldown_suppresses),
        cmocka_unit_test(test_pending_times_are_settled),
        cmocka_unit_test(test_untimed_events_come_last),
        cmocka_unit_test(test_arrival_order),
        cmocka_unit_test(test_late_events_of_every_kind),
        cmocka_unit_test(test_late_by_events_without_hits),
        cmocka_unit_test(test_late_pending_events),
        cmocka_unit_test(test_little_memory_changes_nothing),
        cmocka_unit_test(test_spill_errors_are_told),
        cmocka_unit_test(test_keep_may_stop_the_run),
        cmocka_unit_test(test_event_without_hit_costs_nothing),
    };

    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
