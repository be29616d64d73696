/* ordered_test.h -- rules as text and events as JSON, through the pure half and
 * the parts of the ordered half that are under test: lineage, join, sample and
 * pipes, in the order that events are given in.
 *
 * Results are noted as "(1,2) ": the lines of their events; what pipes add is
 * the JSON behind it. */
#ifndef EQL_TESTS_SUPPORT_ORDERED_TEST_H
#define EQL_TESTS_SUPPORT_ORDERED_TEST_H

#include "tests/support/event_filter_test.h"
#include "vm/group/join.h"
#include "vm/group/lineage.h"
#include "vm/report/pipe.h"
#include "vm/group/sample.h"

typedef struct {
    eql_program *p;
    eql_captures *captures;
    eql_engine_calls calls;
    eql_engine_counters counters;
    eql_budget budget;
    eql_event_filter *filter;
    eql_lineages *lineages;
    eql_residual *residual;
    eql_join *join;
    eql_sample *sample;
    eql_pipes *pipes;
    test_reader reader;
    eql_buf out;
    uint64_t results; /* of rules, before pipes */
    bool show_keys;
} ordered_run;

static inline bool
ordered_keep(void *ctx, const eql_event *ev, eql_event_ref *ref)
{
    (void)ctx;
    *ref = (eql_event_ref){.offset = ev->line, .len = 1};
    return true;
}

static inline void
ordered_note_key(eql_buf *out, eql_strview key)
{
    char scratch[48];
    size_t pos = 0;
    eql_value v;

    while (eql_hit_key_next(key, &pos, &v, scratch)) {
        if (v.tag == EQL_STRING)
            eql_buf_add_sv(out, eql_value_sv(&v));
        else
            eql_buf_add_str(out, v.tag == EQL_NULL ? "null" : "?");
        eql_buf_add_char(out, ':');
    }
}

static inline eql_engine_result
ordered_out(void *ctx, const eql_match *m)
{
    ordered_run *r = ctx;

    if (r->show_keys)
        ordered_note_key(&r->out, m->key);
    for (uint32_t i = 0; i < m->nevents; i++)
        eql_buf_printf(&r->out, "%s%llu", i ? "," : "(",
                       (unsigned long long)m->events[i].line);
    if (m->nevents)
        eql_buf_add_char(&r->out, ')');
    eql_buf_add_sv(&r->out, m->row);
    eql_buf_add_char(&r->out, ' ');
    return EQL_ENGINE_OK;
}

/* A result of a rule: completed, and perhaps on its way into pipes. */
static inline eql_engine_result
ordered_result(void *ctx, const eql_match *m)
{
    ordered_run *r = ctx;

    r->results++;
    r->counters.completed += r->p->rules[m->rule].kind != EQL_RULE_EVENT;
    return r->p->rules[m->rule].pipes.n ? eql_pipes_push(r->pipes, m)
                                        : ordered_out(ctx, m);
}

static inline void
ordered_open(ordered_run *r, eql_program *p, uint64_t budget)
{
    *r = (ordered_run){.p = p, .budget = {.max = budget}};
    r->calls.keep = ordered_keep;
    r->captures = eql_captures_new(p);
    assert_non_null(r->captures);
    r->filter = eql_event_filter_new(p, r->captures, &r->calls, &r->counters);
    r->lineages = eql_lineages_new(p, &r->budget);
    r->residual =
        eql_residual_new(p, r->captures, eql_lineages_ask, r->lineages);
    r->join = eql_join_new(p, r->captures, &r->budget, &r->counters);
    r->sample = eql_sample_new(p, r->captures, &r->budget, &r->counters);
    r->pipes = eql_pipes_new(p, r->captures, &r->budget, &r->counters);
    assert_true(r->filter && r->lineages && r->residual && r->join &&
                r->sample && r->pipes);
    test_reader_init(&r->reader, p);
}

/* Does the residual of the entry's stage hold, all of it the event's own? */
static inline bool
ordered_holds(ordered_run *r, const eql_hit_entry *e)
{
    const eql_stage *s = &r->p->stages[e->stage];

    if (s->residual == EQL_NONE)
        return true;
    eql_residual_begin(r->residual, s->rule);
    eql_residual_own(r->residual, e->stage, eql_hit_captured(e));
    return eql_residual_holds(r->residual, s->residual);
}

static inline void
ordered_rule(ordered_run *r, uint32_t rule, const eql_hit *h,
             const eql_hit_entry *const *entries, uint32_t n)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_match_event ev;
    eql_match m = {.rule = rule, .events = &ev, .nevents = 1};

    if (n == 0)
        return;
    switch (r->p->rules[rule].kind) {
    case EQL_RULE_JOIN:
        res = eql_join_hit(r->join, rule, h, entries, n, ordered_result, r);
        break;
    case EQL_RULE_SAMPLE:
        res = eql_sample_hit(r->sample, rule, h, entries, n, ordered_result, r);
        break;
    default:
        ev = eql_result_event(r->captures, h, entries[0]);
        m.key = m.row = eql_sv("", 0);
        if (!r->p->rules[rule].pipes.n || eql_pipes_wants(r->pipes, rule))
            res = ordered_result(r, &m);
        break;
    }
    assert_int_equal(res, EQL_ENGINE_OK);
}

/* Entries of each rule, `until` first. */
static inline eql_engine_result
ordered_hit(void *ctx, const eql_hit *h)
{
    ordered_run *r = ctx;

    assert_true(eql_lineages_hit(r->lineages, h, r->residual));
    for (uint32_t rule = 0; rule < r->p->nrules; rule++) {
        const eql_hit_entry *entries[32], *e;
        uint32_t n = 0, until = r->p->rules[rule].until;

        for (int pass = 0; pass < 2; pass++) {
            for (e = eql_hit_first(h); e; e = eql_hit_next(h, e)) {
                if (e->stage == EQL_HIT_PROCESS ||
                    (r->p->stages[e->stage].flags & EQL_STAGE_LINEAGE) ||
                    r->p->stages[e->stage].rule != rule ||
                    (e->stage == until) != (pass == 0) || !ordered_holds(r, e))
                    continue;
                assert_true(n < EQL_COUNTOF(entries));
                entries[n++] = e;
            }
        }
        ordered_rule(r, rule, h, entries, n);
    }
    return EQL_ENGINE_OK;
}

static inline void
ordered_event(ordered_run *r, const char *json)
{
    const eql_event *ev = test_read(&r->reader, json);

    assert_int_equal(
        eql_event_filter_event(r->filter, ev, ordered_hit, NULL, r),
        EQL_ENGINE_OK);
}

/* The end: what is left is reported, and the numbers balance. */
static inline void
ordered_finish(ordered_run *r)
{
    const eql_engine_counters *c = &r->counters;

    eql_join_finish(r->join);
    assert_int_equal(eql_sample_finish(r->sample, ordered_result, r),
                     EQL_ENGINE_OK);
    assert_int_equal(eql_pipes_finish(r->pipes, ordered_out, r), EQL_ENGINE_OK);
    assert_int_equal(c->started, c->completed + c->replaced + c->expired +
                                     c->ended + c->evicted + c->open);
}

static inline void
ordered_close(ordered_run *r)
{
    eql_pipes_free(r->pipes);
    eql_sample_free(r->sample);
    eql_join_free(r->join);
    eql_residual_free(r->residual);
    eql_lineages_free(r->lineages);
    eql_event_filter_free(r->filter);
    eql_captures_free(r->captures);
    test_reader_free(&r->reader);
    eql_program_free(r->p);
    eql_buf_free(&r->out);
    assert_int_equal(r->budget.used, 0);
}

static inline void
ordered_expect(const char *label, const ordered_run *r, const char *want)
{
    eql_strview s = eql_buf_sv(&r->out);

    if (s.len > 0 && s.p[s.len - 1] == ' ')
        s.len--;
    if (!eql_sv_is(s, want))
        fail_msg("%s:\ngot  \"%.*s\"\nwant \"%s\"", label, (int)s.len, s.p,
                 want);
}

/* A dialect and its flags, a rule, events, and what is found. */
typedef struct {
    const char *label;
    eql_dialect_name dialect;
    const char *tweaks;
    const char *query;
    const char *const *events;
    const char *want;
    bool show_keys;
} ordered_case;

static inline void
ordered_open_case(ordered_run *r, const ordered_case *c, uint64_t budget)
{
    eql_rule_source rule = test_rule_of(c->query);

    ordered_open(r, test_compile(c->dialect, c->tweaks, &rule, 1), budget);
    r->show_keys = c->show_keys;
}

static inline void
ordered_check(const ordered_case *c)
{
    ordered_run r;

    ordered_open_case(&r, c, UINT64_C(1) << 20);
    for (const char *const *e = c->events; *e; e++)
        ordered_event(&r, *e);
    ordered_finish(&r);
    ordered_expect(c->label, &r, c->want);
    ordered_close(&r);
}

#endif
