/* seq_test.h -- the ordered half alone, on hits made by hand (eql_hits.h). */
#ifndef EQL_TESTS_SUPPORT_SEQ_TEST_H
#define EQL_TESTS_SUPPORT_SEQ_TEST_H

#include "tests/support/eql_hits.h"
#include "vm/seq/seq.h"

typedef struct {
    const eql_test_rule *rules;
    uint32_t nrules;
    eql_engine_options options;
    eql_engine_calls calls;
    eql_engine_counters counters;
    eql_program *program;
    eql_captures *captures;
    eql_seq *seq;
    eql_buf record, out;
    eql_buf kept; /* all hits, where they can be read again */
    bool small;   /* they can */
    eql_test_event event;
    uint64_t line;
} seq_run;

static inline void
seq_run_open(seq_run *r, const eql_dialect *d, const eql_test_rule *rules,
             uint32_t nrules, const eql_engine_options *o)
{
    *r = (seq_run){.rules = rules, .nrules = nrules};
    if (o)
        r->options = *o;
    r->calls = (eql_engine_calls){.match = eql_test_note_match, .ctx = &r->out};
    r->program = eql_test_program_of(d, rules, nrules);
    r->captures = eql_captures_new(r->program);
    assert_non_null(r->captures);
    r->seq = eql_seq_new(r->captures, &r->options, &r->calls, &r->counters);
    assert_non_null(r->seq);
}

static inline eql_engine_result
seq_run_fetch(void *ctx, uint64_t place, const eql_hit **h)
{
    seq_run *r = ctx;

    *h = (const eql_hit *)(const void *)(r->kept.p + place);
    return EQL_ENGINE_OK;
}

/* Partials begin small (seq_compact.c), where the rule lets them. */
static inline void
seq_run_small(seq_run *r)
{
    eql_hit_source source = {seq_run_fetch, r};

    r->small = true;
    eql_seq_read_again(r->seq, &source);
}

static inline void
seq_run_hit(seq_run *r, const eql_hit *h)
{
    if (r->small) {
        eql_seq_place(r->seq, r->kept.len);
        eql_buf_add(&r->kept, h, h->size);
    }
    assert_int_equal(eql_seq_hit(r->seq, h), EQL_ENGINE_OK);
}

static inline void
seq_run_events(seq_run *r, const char *events)
{
    while (eql_test_next_event(&events, &r->event)) {
        const eql_hit *h = eql_test_hit(&r->record, r->program, r->rules,
                                        &r->event, ++r->line);

        seq_run_hit(r, h);
    }
}

/* No more hits; the greatest time is that of the last event. */
static inline void
seq_run_end(seq_run *r)
{
    assert_int_equal(eql_seq_end(r->seq, &r->event.time_ns), EQL_ENGINE_OK);
}

static inline void
seq_run_close(seq_run *r)
{
    eql_seq_finish(r->seq);
    eql_test_assert_balanced(&r->counters);
    eql_seq_free(r->seq);
    eql_captures_free(r->captures);
    eql_program_free(r->program);
    eql_buf_free(&r->record);
    eql_buf_free(&r->kept);
    eql_buf_free(&r->out);
}

static inline void
seq_check_in(const eql_dialect *d, const char *label, const eql_test_rule *rule,
             const char *events, const char *want)
{
    seq_run r;

    for (int small = 0; small < 2; small++) {
        seq_run_open(&r, d, rule, 1, NULL);
        if (small)
            seq_run_small(&r);
        seq_run_events(&r, events);
        seq_run_end(&r);
        eql_test_assert_text(label, &r.out, want);
        seq_run_close(&r);
    }
}

static inline void
seq_check(const char *label, const eql_test_rule *rule, const char *events,
          const char *want)
{
    seq_check_in(NULL, label, rule, events, want);
}

/* The elastic preset but for "flag=value". */
static inline eql_dialect
seq_dialect(const char *assignment)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    char why[128];

    assert_true(eql_dialect_set(&d, eql_sv_cstr(assignment), why, sizeof why));
    return d;
}

#endif
