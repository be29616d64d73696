/* eql_hits.h -- hits and small programs by hand, for tests of the ordered half.
 *
 * A stage is a letter, `!` before it for a missing one, behind it a number for
 * runs and `+` for fork: "!N A2 B+".  An event is a word: the letters of the
 * stages that take it, then optionally @seconds and :key,key...  "A B@60 AU:x"
 * are three events.  Without @ an event comes one second after the one before,
 * the first at 1. */
#ifndef EQL_TESTS_SUPPORT_EQL_HITS_H
#define EQL_TESTS_SUPPORT_EQL_HITS_H

#include "program/program.h"
#include "tests/support/eql_test.h"
#include "vm/engine.h"
#include "event/hit.h"

#define EQL_TEST_SECOND INT64_C(1000000000)

typedef struct {
    const char *stages; /* "AB", or "!N A2 B+" */
    char until;         /* 0: none */
    double maxspan_s;   /* < 0: none */
    double cooldown_s;
    bool event_rule;
} eql_test_rule;

/* One stage of a rule's text, taken apart. */
typedef struct {
    char letter;
    uint32_t flags, runs;
} eql_test_stage;

static inline bool
eql_test_next_stage(const char **text, eql_test_stage *st)
{
    const char *s = *text;
    char *end;

    *st = (eql_test_stage){.runs = 1};
    while (*s == ' ')
        s++;
    if (!*s)
        return false;
    if (*s == '!') {
        st->flags |= EQL_STAGE_MISSING;
        s++;
    }
    st->letter = *s++;
    if (*s >= '0' && *s <= '9') {
        st->runs = (uint32_t)strtoul(s, &end, 10);
        s = end;
    }
    if (*s == '+') {
        st->flags |= EQL_STAGE_FORK;
        s++;
    }
    *text = s;
    return true;
}

/* The letter of stage `number`, from 1; 0: that of until. */
static inline char
eql_test_letter(const eql_test_rule *t, uint32_t number)
{
    const char *text = t->stages;
    eql_test_stage st = {.letter = t->until};

    while (number-- > 0 && eql_test_next_stage(&text, &st))
        continue;
    return st.letter;
}

/* Adds the rule; filters are there but mean nothing. */
static inline void
eql_test_add_rule(eql_builder *b, const eql_test_rule *t)
{
    static const eql_insn accept[] = {{.op = EQL_OP_ACCEPT}};
    const char *text = t->stages;
    eql_stage stages[64] = {0};
    eql_test_stage st;
    uint32_t first = eql_builder_nstages(b), n = 0;
    eql_rule r = {.kind = t->event_rule ? EQL_RULE_EVENT : EQL_RULE_SEQUENCE,
                  .severity = EQL_SEVERITY_MEDIUM,
                  .risk_score = EQL_NONE,
                  .has_maxspan = t->maxspan_s >= 0};
    eql_stage like = {.rule = eql_builder_nrules(b),
                      .runs = 1,
                      .filter = eql_builder_filter(b, accept, 1),
                      .residual = EQL_NONE};

    while (eql_test_next_stage(&text, &st)) {
        stages[n] = like;
        stages[n].flags = st.flags;
        stages[n].runs = st.runs;
        stages[n].number = n + 1;
        n++;
    }
    r.until = t->until ? first + n : EQL_NONE;
    stages[n] = like;
    if (r.has_maxspan)
        r.maxspan_ns = (int64_t)(t->maxspan_s * 1e9);
    r.cooldown_ns = (int64_t)(t->cooldown_s * 1e9);
    eql_builder_stages(b, stages, n + (t->until != 0));
    r.stages = (eql_range){first, n};
    eql_builder_rule(b, &r);
}

/* A builder with a dialect; NULL: elastic. */
static inline eql_builder *
eql_test_builder(const eql_dialect *d)
{
    eql_dialect elastic = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_strview none = eql_sv("", 0);

    return eql_builder_new(d ? d : &elastic, none, none, none);
}

/* A program of n rules. */
static inline eql_program *
eql_test_program_of(const eql_dialect *d, const eql_test_rule *rules,
                    uint32_t n)
{
    eql_builder *b = eql_test_builder(d);
    eql_program *p;

    for (uint32_t i = 0; i < n; i++)
        eql_test_add_rule(b, &rules[i]);
    p = eql_builder_finish(b);
    eql_builder_free(b);
    assert_non_null(p);
    return p;
}

static inline eql_program *
eql_test_program(const eql_test_rule *rules, uint32_t n)
{
    return eql_test_program_of(NULL, rules, n);
}

/* One word of an event list, taken apart. */
typedef struct {
    char letters[16];
    char keys[64];
    int64_t time_ns;
} eql_test_event;

/* Takes the next word of *text; false at its end. */
static inline bool
eql_test_next_event(const char **text, eql_test_event *ev)
{
    const char *s = *text;
    size_t n;

    while (*s == ' ')
        s++;
    if (!*s)
        return false;
    n = strcspn(s, "@: ");
    snprintf(ev->letters, sizeof ev->letters, "%.*s", (int)n, s);
    s += n;
    ev->time_ns += EQL_TEST_SECOND;
    if (*s == '@') {
        char *end;

        ev->time_ns = (int64_t)(strtod(s + 1, &end) * 1e9 + 0.5);
        s = end;
    }
    ev->keys[0] = 0;
    if (*s == ':') {
        n = strcspn(s, " ");
        snprintf(ev->keys, sizeof ev->keys, "%.*s", (int)n - 1, s + 1);
        s += n;
    }
    *text = s;
    return true;
}

/* Adds one tuple per key of "x,y"; the empty list is one empty tuple. */
static inline void
eql_test_add_keys(eql_buf *rec, size_t entry, const char *keys)
{
    eql_buf t = {0};

    do {
        size_t n = strcspn(keys, ",");
        eql_value v = eql_value_str(eql_sv(keys, n));

        t.len = 0;
        if (n > 0)
            eql_hit_key_value(&t, EQL_FIELD_ANY, &v);
        eql_hit_tuple_add(rec, entry, eql_buf_sv(&t));
        keys += n + (keys[n] == ',');
    } while (*keys);
    eql_buf_free(&t);
}

/* The hit that this event leaves; no entries when no stage takes it. */
static inline const eql_hit *
eql_test_hit(eql_buf *rec, const eql_program *p, const eql_test_rule *rules,
             const eql_test_event *ev, uint64_t line)
{
    eql_hit head = {
        .flags = EQL_HIT_TIMED, .time_ns = ev->time_ns, .line = line};
    eql_event_ref ref = {.offset = line * 100, .len = 10};

    eql_hit_open(rec, &head);
    for (uint32_t s = 0; s < p->nstages; s++) {
        const eql_test_rule *t = &rules[p->stages[s].rule];
        char letter = eql_test_letter(t, p->stages[s].number);
        size_t at;

        if (!letter || !strchr(ev->letters, letter))
            continue;
        at = eql_hit_entry_open(rec, s, 0);
        eql_test_add_keys(rec, at, t->event_rule ? "" : ev->keys);
        eql_hit_entry_close(rec, at);
    }
    eql_hit_close(rec, &ref);
    assert_false(rec->failed);
    return (const eql_hit *)(const void *)rec->p;
}

/* Appends "(2,-,3) ": the lines of a match, - for a missing one; a
 * match callback. */
static inline bool
eql_test_note_match(void *ctx, const eql_match *m)
{
    eql_buf *out = ctx;

    eql_buf_add_char(out, '(');
    for (uint32_t i = 0; i < m->nevents; i++) {
        eql_buf_add_str(out, i ? "," : "");
        if (m->events[i].missing)
            eql_buf_add_char(out, '-');
        else
            eql_buf_printf(out, "%llu", (unsigned long long)m->events[i].line);
    }
    eql_buf_add_str(out, ") ");
    return true;
}

static inline void
eql_test_assert_balanced(const eql_engine_counters *c)
{
    assert_int_equal(c->started + c->forked,
                     c->completed + c->discarded + c->replaced + c->expired +
                         c->ended + c->evicted + c->pending_evicted + c->open);
    assert_int_equal(c->completed + c->event_matches,
                     c->matches + c->suppressed + c->piped + c->piped_lost);
}

/* Fails, with both texts, unless they are equal but for a last space. */
static inline void
eql_test_assert_text(const char *label, const eql_buf *got, const char *want)
{
    eql_strview s = eql_buf_sv(got);

    if (s.len > 0 && s.p[s.len - 1] == ' ')
        s.len--;
    if (!eql_sv_is(s, want))
        fail_msg("%s: got \"%.*s\", want \"%s\"", label, (int)s.len, s.p, want);
}

#endif
