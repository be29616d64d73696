/* ref_seq.c -- see ref_seq.h. */
#include "tests/reference/ref_seq.h"

#include <string.h>

int
ref_order(const ref_when *when, size_t a, size_t b)
{
    const ref_when *x = &when[a], *y = &when[b];

    if (x->has_time != y->has_time)
        return x->has_time ? -1 : 1;
    if (x->has_time && x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    if (x->has_tiebreaker != y->has_tiebreaker)
        return x->has_tiebreaker ? -1 : 1;
    if (x->has_tiebreaker && x->tiebreaker != y->tiebreaker)
        return x->tiebreaker < y->tiebreaker ? -1 : 1;
    return (a > b) - (a < b);
}

size_t *
ref_sorted(ref_pool *pool, const ref_when *when, size_t n)
{
    size_t *order = ref_alloc(pool, n * sizeof *order);

    for (size_t i = 0; i < n; i++) {
        size_t at = i;

        for (; at > 0 && ref_order(when, i, order[at - 1]) < 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

static int
match_order(const ref_when *when, const ref_match *a, const ref_match *b)
{
    int c = ref_order(when, a->events[a->n - 1], b->events[b->n - 1]);

    for (size_t i = 0; !c && i < a->n && i < b->n; i++)
        c = ref_order(when, a->events[i], b->events[i]);
    return c;
}

void
ref_sort_matches(const ref_when *when, ref_matches *m)
{
    for (size_t i = 1; i < m->n; i++) {
        ref_match moved = m->items[i];
        size_t at = i;

        for (; at > 0 && match_order(when, &moved, &m->items[at - 1]) < 0; at--)
            m->items[at] = m->items[at - 1];
        m->items[at] = moved;
    }
}

static const ref_keys *
look(const ref_seq *seq, size_t stage, size_t event)
{
    return &seq->looks[stage * seq->nevents + event];
}

static bool
has_key(const ref_keys *keys, const char *key)
{
    for (size_t i = 0; i < keys->n; i++)
        if (strcmp(keys->keys[i], key) == 0)
            return true;
    return false;
}

static bool
fits(const ref_seq *seq, size_t first, size_t last)
{
    return !seq->has_maxspan ||
           seq->when[last].ns - seq->when[first].ns <= seq->maxspan_ns;
}

/* --- the batch procedure
 * ------------------------------------------------------ */

typedef struct {
    const char *key;
    size_t *events; /* one for each stage passed */
    size_t last;    /* the newest of them */
    bool used;
} partial;

/* The partials that wait at one stage. */
typedef struct {
    partial *items;
    size_t n;
} waiting;

/* The youngest partial of the key that is older than the event; it and all
 * older ones of the key are used up.  NULL: there is none. */
static partial *
take_youngest(const ref_seq *seq, waiting *w, const char *key, size_t event)
{
    partial *best = NULL;

    for (size_t i = 0; i < w->n; i++) {
        partial *p = &w->items[i];

        if (p->used || strcmp(p->key, key) != 0 ||
            ref_order(seq->when, p->last, event) >= 0)
            continue;
        if (!best || ref_order(seq->when, p->last, best->last) > 0)
            best = p;
    }
    for (size_t i = 0; best && i < w->n; i++) {
        partial *p = &w->items[i];

        if (strcmp(p->key, key) == 0 &&
            ref_order(seq->when, p->last, best->last) <= 0)
            p->used = true;
    }
    return best;
}

/* Is there an `until` of the key from `from` (included: it ends the partial
 * that its own event advanced) to `to` (not included: a match that the event
 * completes stands)? */
static bool
until_between(const ref_seq *seq, const char *key, size_t from, size_t to)
{
    for (size_t u = 0; u < seq->nevents; u++)
        if (seq->when[u].has_time && has_key(look(seq, seq->nstages, u), key) &&
            ref_order(seq->when, from, u) <= 0 &&
            ref_order(seq->when, u, to) < 0)
            return true;
    return false;
}

/* One hit of one stage under one key. */
static void
batch_hit(ref_pool *pool, const ref_seq *seq, waiting *stages, size_t stage,
          const char *key, size_t event, ref_matches *out)
{
    partial grown = {.key = key, .last = event};
    waiting *w = &stages[stage];

    grown.events = ref_alloc(pool, seq->nstages * sizeof *grown.events);
    if (stage > 0) {
        partial *p = take_youngest(seq, &stages[stage - 1], key, event);

        if (!p || !fits(seq, p->events[0], event) ||
            until_between(seq, key, p->last, event))
            return;
        memcpy(grown.events, p->events, stage * sizeof *grown.events);
    }
    grown.events[stage] = event;
    if (stage == seq->nstages - 1) {
        ref_matches_add(out, grown.events, seq->nstages);
        return;
    }
    w->items = ref_grow(pool, w->items, w->n, sizeof *w->items);
    w->items[w->n++] = grown;
}

void
ref_seq_batch(ref_pool *pool, const ref_seq *seq, ref_matches *out)
{
    size_t *order = ref_sorted(pool, seq->when, seq->nevents);
    waiting *stages = ref_alloc(pool, seq->nstages * sizeof *stages);

    for (size_t stage = 0; stage < seq->nstages; stage++) {
        for (size_t i = 0; i < seq->nevents; i++) {
            const ref_keys *keys = look(seq, stage, order[i]);

            if (!seq->when[order[i]].has_time)
                continue;
            for (size_t k = 0; k < keys->n; k++)
                batch_hit(pool, seq, stages, stage, keys->keys[k], order[i],
                          out);
        }
    }
    ref_sort_matches(seq->when, out);
}

/* --- the machine of spec 8.2
 * --------------------------------------------------- */

/* The state of one key: slot[j] holds a partial whose newest event matched
 * stage j, or NULL. */
typedef struct {
    const char *key;
    size_t **slot;
} key_state;

typedef struct {
    ref_pool *pool;
    const ref_seq *seq;
    key_state *states;
    size_t n;
    ref_matches *out;
} machine;

static key_state *
state_of(machine *m, const char *key)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->states[i].key, key) == 0)
            return &m->states[i];
    m->states = ref_grow(m->pool, m->states, m->n, sizeof *m->states);
    m->states[m->n].key = key;
    m->states[m->n].slot =
        ref_alloc(m->pool, m->seq->nstages * sizeof(size_t *));
    return &m->states[m->n++];
}

static void
machine_hit(machine *m, size_t j, const char *key, size_t event)
{
    key_state *state = state_of(m, key);
    size_t *p;

    if (j == 0) {
        p = ref_alloc(m->pool, m->seq->nstages * sizeof *p);
    } else {
        p = state->slot[j - 1];
        if (!p)
            return;
        state->slot[j - 1] = NULL;
        if (!fits(m->seq, p[0], event))
            return;
    }
    p[j] = event;
    if (j == m->seq->nstages - 1)
        ref_matches_add(m->out, p, m->seq->nstages);
    else
        state->slot[j] = p;
}

static void
machine_event(machine *m, size_t event)
{
    size_t n = m->seq->nstages;
    const ref_keys *until = look(m->seq, n, event);

    for (size_t j = n; j-- > 0;) {
        const ref_keys *keys = look(m->seq, j, event);

        for (size_t k = 0; k < keys->n; k++)
            machine_hit(m, j, keys->keys[k], event);
    }
    for (size_t k = 0; k < until->n; k++)
        memset(state_of(m, until->keys[k])->slot, 0, n * sizeof(size_t *));
}

void
ref_seq_machine(ref_pool *pool, const ref_seq *seq, ref_matches *out)
{
    machine m = {.pool = pool, .seq = seq, .out = out};
    size_t *order = ref_sorted(pool, seq->when, seq->nevents);

    for (size_t i = 0; i < seq->nevents; i++)
        if (seq->when[order[i]].has_time)
            machine_event(&m, order[i]);
    ref_sort_matches(seq->when, out);
}
