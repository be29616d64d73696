/* ref_machine.c -- the machine of language 8.8, 8.15, 8.17, 8.19 and 8.20, line
 * by line.  Nothing is freed or forgotten that the machine keeps. */
#include "tests/reference/ref_seq.h"

#include <string.h>

#define MOST_PENDING 64u

typedef struct {
    size_t *events; /* of the positive positions passed */
    size_t n;
    bool poisoned;
    bool has_lead;
    int64_t lead_ts;
} partial;

/* What waits at one position, newest first. */
typedef struct {
    partial **items;
    size_t n;
} slot;

typedef struct {
    int64_t *ts;
    size_t n;
} hits;

typedef struct {
    const char *key;
    slot *slots; /* one for each positive position */
    hits *hits;  /* one for each position; of the missing ones */
} state;

typedef struct {
    const ref_key *key;
    int64_t base;
    partial *p;
} held;

typedef struct {
    ref_pool *pool;
    const ref_seq *seq;
    size_t *positive;
    size_t m; /* of them */
    state *states;
    size_t n;
    held *held;
    size_t nheld;
    ref_results *out;
} machine;

static const ref_keys *
look(const ref_seq *seq, size_t stage, size_t event)
{
    return &seq->looks[stage * seq->nevents + event];
}

static int64_t
ts(const machine *m, size_t event)
{
    return m->seq->when[event].ns;
}

static state *
state_of(machine *m, const char *key)
{
    state *s;

    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->states[i].key, key) == 0)
            return &m->states[i];
    m->states = ref_grow(m->pool, m->states, m->n, sizeof *m->states);
    s = &m->states[m->n++];
    s->key = key;
    s->slots = ref_alloc(m->pool, m->m * sizeof *s->slots);
    s->hits = ref_alloc(m->pool, m->seq->npositions * sizeof *s->hits);
    return s;
}

/* --- slots --- */

static void
take_out(slot *s, size_t i)
{
    memmove(s->items + i, s->items + i + 1, (s->n - i - 1) * sizeof *s->items);
    s->n--;
}

/* Does a slot hold several partials, for the position that follows it? */
static bool
is_list(const machine *m, size_t j)
{
    return j + 1 < m->m && m->seq->positions[m->positive[j + 1]].aliases &&
           !m->seq->flags->alias_latest;
}

static void
put_in(machine *m, state *s, size_t j, partial *p)
{
    slot *to = &s->slots[j];

    if (!to->items)
        to->items = ref_alloc(m->pool, (MOST_PENDING + 1) * sizeof *to->items);
    if (!is_list(m, j))
        to->n = 0;
    if (to->n == MOST_PENDING)
        to->n--;
    memmove(to->items + 1, to->items, to->n * sizeof *to->items);
    to->items[0] = p;
    to->n++;
}

static bool
holds(const machine *m, size_t stage, size_t event, const partial *p)
{
    return m->seq->holds(m->seq->ctx, stage, event, p ? p->events : NULL,
                         p ? p->n : 0);
}

static bool
expired(const machine *m, const partial *p, size_t event)
{
    return m->seq->has_maxspan &&
           ts(m, event) - ts(m, p->events[0]) > m->seq->maxspan_ns;
}

/* The partial at j - 1 that the event extends, or NULL. */
static partial *
find_partial(machine *m, state *s, size_t j, size_t event)
{
    const ref_position *at = &m->seq->positions[m->positive[j]];
    slot *from = &s->slots[j - 1];

    for (size_t i = 0; i < from->n;) {
        partial *p = from->items[i];
        bool late = expired(m, p, event);

        if (late && is_list(m, j - 1)) {
            take_out(from, i);
            continue;
        }
        if (at->aliases && !holds(m, at->stage, event, p)) {
            i++;
            continue;
        }
        if (late || !at->fork)
            take_out(from, i);
        return late ? NULL : p;
    }
    return NULL;
}

/* --- missing stages --- */

/* The greatest kept hit before t. */
static bool
before(const hits *h, int64_t t, int64_t *best)
{
    bool found = false;

    for (size_t i = 0; i < h->n; i++)
        if (h->ts[i] < t && (!found || h->ts[i] > *best)) {
            *best = h->ts[i];
            found = true;
        }
    return found;
}

static void
record_hit(machine *m, const ref_key *key, size_t position, int64_t t)
{
    hits *h = &state_of(m, key->text)->hits[position];
    bool trailing = position > m->positive[m->m - 1];

    h->ts = ref_grow(m->pool, h->ts, h->n, sizeof *h->ts);
    h->ts[h->n++] = t;
    for (size_t i = 0; trailing && i < m->nheld;) {
        held *x = &m->held[i];

        if (strcmp(x->key->text, key->text) == 0 &&
            t > ts(m, x->p->events[m->m - 1]) &&
            t - x->base <= m->seq->maxspan_ns) {
            memmove(x, x + 1, (m->nheld - i - 1) * sizeof *x);
            m->nheld--;
        } else {
            i++;
        }
    }
}

static void
emit(machine *m, const ref_key *key, const partial *p)
{
    size_t *events = ref_alloc(m->pool, m->seq->npositions * sizeof *events);

    for (size_t i = 0; i < m->seq->npositions; i++)
        events[i] = REF_MISSING;
    for (size_t j = 0; j < m->m; j++)
        events[m->positive[j]] = p->events[j];
    ref_add_result(m->pool, m->out, events, m->seq->npositions, key);
}

static void
release_held(machine *m, int64_t now)
{
    for (size_t i = 0; i < m->nheld;) {
        held *x = &m->held[i];

        if (now - x->base > m->seq->maxspan_ns) {
            emit(m, x->key, x->p);
            memmove(x, x + 1, (m->nheld - i - 1) * sizeof *x);
            m->nheld--;
        } else {
            i++;
        }
    }
}

static void
complete(machine *m, const ref_key *key, partial *p)
{
    bool leads = m->positive[0] > 0;
    bool trails = m->positive[m->m - 1] + 1 < m->seq->npositions;
    int64_t base = ts(m, p->events[0]);
    int64_t last = ts(m, p->events[m->m - 1]);
    bool near = p->has_lead && last - p->lead_ts <= m->seq->maxspan_ns;

    if (p->poisoned)
        return;
    if (leads && (!trails || m->seq->flags->independent)) {
        if (near)
            return;
    } else if (leads) {
        if (!p->has_lead) {
            emit(m, key, p);
            return;
        }
        base = p->lead_ts;
    }
    if (!trails || last - base > m->seq->maxspan_ns) {
        emit(m, key, p);
        return;
    }
    m->held = ref_grow(m->pool, m->held, m->nheld, sizeof *m->held);
    m->held[m->nheld++] = (held){key, base, p};
}

/* --- events --- */

/* p longer by the event at positive position j; NULL starts one. */
static partial *
extend(machine *m, state *s, const partial *p, size_t j, size_t event)
{
    partial *to = ref_alloc(m->pool, sizeof *to);
    size_t from = j ? m->positive[j - 1] + 1 : 0;
    int64_t t = 0;

    to->events = ref_alloc(m->pool, m->m * sizeof *to->events);
    if (p) {
        memcpy(to->events, p->events, j * sizeof *to->events);
        to->poisoned = p->poisoned;
        to->has_lead = p->has_lead;
        to->lead_ts = p->lead_ts;
    }
    to->n = j + 1;
    to->events[j] = event;
    for (size_t x = from; x < m->positive[j]; x++) {
        if (!before(&s->hits[x], ts(m, event), &t))
            continue;
        if (p) {
            to->poisoned |= t > ts(m, p->events[j - 1]);
        } else if (!to->has_lead || t > to->lead_ts) {
            to->has_lead = true;
            to->lead_ts = t;
        }
    }
    return to;
}

static void
stage_sees(machine *m, size_t j, const ref_key *key, size_t event)
{
    state *s = state_of(m, key->text);
    const ref_position *at = &m->seq->positions[m->positive[j]];
    partial *p = NULL;

    if (j > 0) {
        p = find_partial(m, s, j, event);
        if (!p)
            return;
    } else if (at->aliases && !holds(m, at->stage, event, NULL)) {
        return;
    }
    p = extend(m, s, p, j, event);
    if (j == m->m - 1)
        complete(m, key, p);
    else
        put_in(m, s, j, p);
}

static void
until_sees(machine *m, size_t event)
{
    const ref_seq *seq = m->seq;
    const ref_keys *keys = look(seq, seq->nstages, event);

    for (size_t k = 0; k < keys->n; k++) {
        state *s = state_of(m, keys->keys[k].text);

        for (size_t j = 0; j < m->m; j++)
            for (size_t i = 0; i < s->slots[j].n;)
                if (!seq->until_aliases ||
                    holds(m, seq->nstages, event, s->slots[j].items[i]))
                    take_out(&s->slots[j], i);
                else
                    i++;
    }
}

static void
process(machine *m, size_t event)
{
    const ref_seq *seq = m->seq;

    release_held(m, ts(m, event));
    if (seq->flags->until_before)
        until_sees(m, event);
    for (size_t x = 0; x < seq->npositions; x++) {
        const ref_keys *keys = look(seq, seq->positions[x].stage, event);

        for (size_t k = 0; seq->positions[x].missing && k < keys->n; k++)
            record_hit(m, &keys->keys[k], x, ts(m, event));
    }
    for (size_t j = m->m; j-- > 0;) {
        const ref_keys *keys =
            look(seq, seq->positions[m->positive[j]].stage, event);

        for (size_t k = 0; k < keys->n; k++)
            stage_sees(m, j, &keys->keys[k], event);
    }
    if (!seq->flags->until_before)
        until_sees(m, event);
}

void
ref_seq_machine(ref_pool *pool, const ref_seq *seq, ref_results *out)
{
    machine m = {.pool = pool, .seq = seq, .out = out};
    size_t *order = ref_sorted(pool, seq->when, seq->nevents);

    m.positive = ref_alloc(pool, seq->npositions * sizeof *m.positive);
    for (size_t i = 0; i < seq->npositions; i++)
        if (!seq->positions[i].missing)
            m.positive[m.m++] = i;
    for (size_t i = 0; i < seq->nevents; i++)
        if (seq->when[order[i]].has_time)
            process(&m, order[i]);
    for (size_t i = 0; !seq->flags->withhold && i < m.nheld; i++)
        emit(&m, m.held[i].key, m.held[i].p);
}
