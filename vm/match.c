/* match.c -- from completed sequences to delivered matches.
 *
 * A list between two flushes is as long as one hit has key tuples at one
 * stage: at most 1,024. */
#include "vm/match.h"

#include "vm/cooldown.h"

typedef struct {
    eql_partial *before; /* NULL: the last event is all */
    uint64_t first;      /* serial of the first event */
    eql_strview key;
    uint32_t severities;
    bool excepted; /* planted fault exception_after */
} found;

struct eql_matches {
    const eql_program *program;
    const eql_engine_calls *calls;
    eql_engine_counters *counters;
    eql_cooldown *cooldown;  /* NULL: no rule has one */
    eql_match_event *events; /* of the match being delivered */
    eql_vec list;
};

static bool
has_cooldown(const eql_program *p)
{
    for (uint32_t i = 0; i < p->nrules; i++) {
        if (p->rules[i].cooldown_ns > 0)
            return true;
    }
    return false;
}

static uint32_t
most_stages(const eql_program *p)
{
    uint32_t n = 1;

    for (uint32_t i = 0; i < p->nrules; i++) {
        if (p->rules[i].stages.n > n)
            n = p->rules[i].stages.n;
    }
    return n;
}

eql_matches *
eql_matches_new(const eql_program *p, uint64_t max_bytes, bool in_order,
                uint64_t seed, const eql_engine_calls *calls,
                eql_engine_counters *counters)
{
    eql_matches *m = calloc(1, sizeof *m);

    if (!m)
        return NULL;
    m->program = p;
    m->calls = calls;
    m->counters = counters;
    m->events = calloc(most_stages(p), sizeof *m->events);
    if (has_cooldown(p))
        m->cooldown = eql_cooldown_new(p, max_bytes, in_order, seed);
    if (!m->events || (has_cooldown(p) && !m->cooldown)) {
        eql_matches_free(m, NULL);
        return NULL;
    }
    return m;
}

static found *
at(const eql_matches *m, uint32_t i)
{
    return eql_vec_at(&m->list, i);
}

static void
clear(eql_matches *m, eql_budget *b)
{
    for (uint32_t i = 0; i < m->list.n; i++) {
        if (at(m, i)->before)
            eql_partial_free(b, at(m, i)->before);
    }
    m->list.n = 0;
}

void
eql_matches_free(eql_matches *m, eql_budget *b)
{
    if (!m)
        return;
    clear(m, b);
    eql_vec_free(&m->list);
    eql_cooldown_free(m->cooldown);
    free(m->events);
    free(m);
}

bool
eql_matches_add(eql_matches *m, eql_budget *b, eql_partial *p,
                const eql_hit_entry *e, eql_strview key)
{
    found f = {.before = p, .first = UINT64_MAX, .key = key};

    f.severities = e->severities;
    f.excepted = (e->stage & EQL_HIT_EXCEPTED) != 0;
    if (p) {
        f.first = p->window.serial;
        f.severities |= p->severities;
        f.excepted = f.excepted || p->excepted;
    }
    if (eql_vec_push(&m->list, &f, sizeof f) != EQL_NONE)
        return true;
    if (p)
        eql_partial_free(b, p);
    return false;
}

static int
compare_found(const void *a, const void *b)
{
    const found *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return eql_hit_key_compare(x->key, y->key);
}

/* The condition written last among those that hold decides. */
static uint32_t
severity_of(const eql_program *p, const eql_rule *r, uint32_t bits)
{
    uint32_t level = r->severity, best = 0;

    for (uint32_t i = 0; bits && i < r->stages.n; i++) {
        eql_range range = p->stages[r->stages.first + i].severities;

        for (uint32_t k = 0; k < range.n; k++) {
            const eql_severity *s = &p->severities[range.first + k];

            if (s->order >= EQL_MAX_SEVERITIES || s->order + 1 < best ||
                !(bits >> s->order & 1))
                continue;
            best = s->order + 1;
            level = s->level;
        }
    }
    return level;
}

static bool
deliver(eql_matches *m, uint32_t rule, const found *f, const eql_hit *h)
{
    const eql_rule *r = &m->program->rules[rule];
    eql_match match = {.rule = rule,
                       .severity = severity_of(m->program, r, f->severities),
                       .events = m->events,
                       .nevents = r->stages.n,
                       .key = f->key};

    if (f->before)
        eql_partial_events(f->before, m->events, r->stages.n - 1);
    m->events[r->stages.n - 1] =
        (eql_match_event){.file = h->file,
                          .line = h->line,
                          .has_time = (h->flags & EQL_HIT_TIMED) != 0,
                          .time_ns = h->time_ns,
                          .ref = h->ref};
    m->counters->matches++;
    return m->calls->match(m->calls->ctx, &match);
}

/* An event without a time is outside every span. */
static eql_cooldown_verdict
ask_cooldown(eql_matches *m, uint32_t rule, const found *f, const eql_hit *h)
{
    if (m->program->rules[rule].cooldown_ns <= 0 || !(h->flags & EQL_HIT_TIMED))
        return EQL_COOLDOWN_REPORT;
    return eql_cooldown_ask(m->cooldown, rule, f->key, h->time_ns);
}

static eql_engine_result
finish_one(eql_matches *m, uint32_t rule, const found *f, const eql_hit *h)
{
    eql_cooldown_verdict v = EQL_COOLDOWN_SUPPRESS;

    if (!f->excepted)
        v = ask_cooldown(m, rule, f, h);
    if (v == EQL_COOLDOWN_NOMEM)
        return EQL_ENGINE_NOMEM;
    if (m->program->rules[rule].kind == EQL_RULE_EVENT)
        m->counters->event_matches++;
    else
        m->counters->completed++;
    if (v == EQL_COOLDOWN_SUPPRESS) {
        m->counters->suppressed++;
        return EQL_ENGINE_OK;
    }
    return deliver(m, rule, f, h) ? EQL_ENGINE_OK : EQL_ENGINE_STOPPED;
}

eql_engine_result
eql_matches_flush(eql_matches *m, eql_budget *b, uint32_t rule,
                  const eql_hit *h)
{
    eql_engine_result res = EQL_ENGINE_OK;
    uint32_t i = 0;

    if (m->list.n > 1)
        qsort(m->list.items, m->list.n, m->list.size, compare_found);
    for (; i < m->list.n && res == EQL_ENGINE_OK; i++)
        res = finish_one(m, rule, at(m, i), h);
    /* Stopped: what was not looked at counts as never completed. */
    if (m->program->rules[rule].kind == EQL_RULE_SEQUENCE)
        m->counters->open += m->list.n - i;
    clear(m, b);
    if (m->cooldown)
        m->counters->cooldown_evicted = eql_cooldown_evicted(m->cooldown);
    return res;
}

uint64_t
eql_matches_peak(const eql_matches *m)
{
    return m->cooldown ? eql_cooldown_peak(m->cooldown) : 0;
}
