/* ref_seq.c -- see ref_seq.h: orders, and the batch procedure. */
#include "tests/reference/ref_seq.h"

#include <string.h>

/* --- orders --- */

int
ref_order(const ref_when *when, size_t a, size_t b)
{
    const ref_when *x = &when[a], *y = &when[b];

    if (x->arrival)
        return (a > b) - (a < b);
    if (x->has_time != y->has_time)
        return x->has_time ? -1 : 1;
    if (!x->has_time)
        return (a > b) - (a < b);
    if (x->ns != y->ns)
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

void
ref_add_result(ref_pool *pool, ref_results *out, const size_t *events, size_t n,
               const ref_key *key)
{
    ref_result r = {.n = n, .key = key};

    r.events = ref_alloc(pool, n * sizeof *events);
    if (n)
        memcpy(r.events, events, n * sizeof *events);
    out->items = ref_grow(pool, out->items, out->n, sizeof *out->items);
    out->items[out->n++] = r;
}

int
ref_key_order(const ref_env *env, const ref_key *a, const ref_key *b)
{
    for (size_t i = 0; a && b && i < a->n && i < b->n; i++) {
        int c = ref_value_order(env, a->values[i], b->values[i],
                                env->flags->key_fold);

        if (c)
            return c;
    }
    return 0;
}

static size_t
first_event(const ref_result *r, bool last)
{
    for (size_t i = 0; i < r->n; i++) {
        size_t e = r->events[last ? r->n - 1 - i : i];

        if (e != REF_MISSING)
            return e;
    }
    return 0;
}

static int
result_order(const ref_env *env, const ref_when *when, const ref_result *a,
             const ref_result *b)
{
    int c = ref_order(when, first_event(a, true), first_event(b, true));

    if (c == 0)
        c = ref_order(when, first_event(a, false), first_event(b, false));
    return c ? c : ref_key_order(env, a->key, b->key);
}

void
ref_sort_results(const ref_env *env, const ref_when *when, ref_results *out)
{
    for (size_t i = 1; i < out->n; i++) {
        ref_result moved = out->items[i];
        size_t at = i;

        for (;
             at > 0 && result_order(env, when, &moved, &out->items[at - 1]) < 0;
             at--)
            out->items[at] = out->items[at - 1];
        out->items[at] = moved;
    }
}

bool
ref_results_eq(const ref_results *a, const ref_results *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const ref_result *x = &a->items[i], *y = &b->items[i];

        if (x->n != y->n ||
            memcmp(x->events, y->events, x->n * sizeof *x->events) != 0)
            return false;
        if (x->key && y->key && strcmp(x->key->text, y->key->text) != 0)
            return false;
    }
    return true;
}

char *
ref_results_text(ref_pool *pool, const ref_results *r)
{
    ref_text t = {.pool = pool};

    for (size_t i = 0; i < r->n; i++) {
        ref_put(&t, "(");
        for (size_t k = 0; k < r->items[i].n; k++) {
            size_t e = r->items[i].events[k];

            if (e == REF_MISSING)
                ref_put(&t, k ? ",!" : "!");
            else
                ref_putf(&t, k ? ",%zu" : "%zu", e + 1);
        }
        ref_putf(&t, ")%s ", r->items[i].key ? r->items[i].key->text : "");
    }
    return ref_text_cstr(&t);
}

/* --- the batch procedure --- */

typedef struct {
    const ref_key *key;
    size_t *events; /* one for each positive position passed */
    size_t last;    /* the newest of them */
    bool used;
} partial;

/* The partials that wait at one positive position. */
typedef struct {
    partial *items;
    size_t n;
} waiting;

typedef struct {
    ref_pool *pool;
    const ref_seq *seq;
    size_t *positive; /* positions */
    size_t npositive;
    waiting *waiting;
    ref_results *out;
} batch;

bool
ref_seq_has_batch(const ref_seq *seq)
{
    for (size_t i = 0; i < seq->npositions; i++)
        if (seq->positions[i].fork || seq->positions[i].aliases)
            return false;
    return !seq->until_aliases;
}

static const ref_keys *
look(const ref_seq *seq, size_t stage, size_t event)
{
    return &seq->looks[stage * seq->nevents + event];
}

static bool
has_key(const ref_keys *keys, const ref_key *key)
{
    for (size_t i = 0; i < keys->n; i++)
        if (strcmp(keys->keys[i].text, key->text) == 0)
            return true;
    return false;
}

/* The youngest partial of the key that is older than the event; it and all
 * older ones of the key are used up.  NULL: there is none. */
static partial *
take_youngest(const batch *b, waiting *w, const ref_key *key, size_t event)
{
    const ref_when *when = b->seq->when;
    partial *best = NULL;

    for (size_t i = 0; i < w->n; i++) {
        partial *p = &w->items[i];

        if (p->used || strcmp(p->key->text, key->text) != 0 ||
            ref_order(when, p->last, event) >= 0)
            continue;
        if (!best || ref_order(when, p->last, best->last) > 0)
            best = p;
    }
    for (size_t i = 0; best && i < w->n; i++) {
        partial *p = &w->items[i];

        if (strcmp(p->key->text, key->text) == 0 &&
            ref_order(when, p->last, best->last) <= 0)
            p->used = true;
    }
    return best;
}

/* Is there an `until` of the key that ends a partial between its event `from`
 * and the next, `to`?  Of the two events themselves, `from` ends it where
 * until acts after the stages, `to` where it acts before. */
static bool
until_between(const ref_seq *seq, const ref_key *key, size_t from, size_t to)
{
    for (size_t u = 0; u < seq->nevents; u++) {
        int after = ref_order(seq->when, u, from);
        int before = ref_order(seq->when, to, u);

        if (!seq->when[u].has_time || !has_key(look(seq, seq->nstages, u), key))
            continue;
        if (seq->flags->until_before ? after > 0 && before >= 0
                                     : after >= 0 && before > 0)
            return true;
    }
    return false;
}

static int64_t
span(const ref_seq *seq, size_t first, size_t last)
{
    return seq->when[last].ns - seq->when[first].ns;
}

static void complete(batch *b, const partial *p);

/* One hit of one positive position under one key. */
static void
hit(batch *b, size_t j, const ref_key *key, size_t event)
{
    partial grown = {.key = key, .last = event};
    waiting *w = &b->waiting[j];

    grown.events = ref_alloc(b->pool, b->npositive * sizeof *grown.events);
    if (j > 0) {
        partial *p = take_youngest(b, &b->waiting[j - 1], key, event);

        if (!p ||
            (b->seq->has_maxspan &&
             span(b->seq, p->events[0], event) > b->seq->maxspan_ns) ||
            until_between(b->seq, key, p->last, event))
            return;
        memcpy(grown.events, p->events, j * sizeof *grown.events);
    }
    grown.events[j] = event;
    if (j == b->npositive - 1) {
        complete(b, &grown);
        return;
    }
    w->items = ref_grow(b->pool, w->items, w->n, sizeof *w->items);
    w->items[w->n++] = grown;
}

/* --- missing stages, as language 8.15 and 8.16 define them --- */

/* The hit of any missing position in [from, to) that is nearest to the time on
 * the side asked for. */
static bool
nearest_hit(const batch *b, const partial *p, size_t from, size_t to,
            int64_t than, bool later, int64_t *best)
{
    const ref_seq *seq = b->seq;
    bool found = false;

    for (size_t i = from; i < to; i++)
        for (size_t e = 0; e < seq->nevents; e++) {
            int64_t t = seq->when[e].ns;

            if (!seq->when[e].has_time ||
                !has_key(look(seq, seq->positions[i].stage, e), p->key) ||
                (later ? t <= than : t >= than))
                continue;
            if (!found || (later ? t < *best : t > *best))
                *best = t;
            found = true;
        }
    return found;
}

static bool
hit_in_a_gap(const batch *b, const partial *p)
{
    for (size_t j = 0; j + 1 < b->npositive; j++) {
        int64_t t, end = b->seq->when[p->events[j + 1]].ns;

        if (nearest_hit(b, p, b->positive[j] + 1, b->positive[j + 1],
                        b->seq->when[p->events[j]].ns, true, &t) &&
            t < end)
            return true;
    }
    return false;
}

/* Has the stream gone on past the window that begins at `base`? */
static bool
window_closed(const ref_seq *seq, int64_t base)
{
    for (size_t e = 0; e < seq->nevents; e++)
        if (seq->when[e].has_time && seq->when[e].ns - base > seq->maxspan_ns)
            return true;
    return false;
}

static bool
survives(const batch *b, const partial *p)
{
    const ref_seq *seq = b->seq;
    size_t last = b->positive[b->npositive - 1];
    bool leads = b->positive[0] > 0, trails = last + 1 < seq->npositions;
    int64_t s = seq->when[p->events[0]].ns, l = seq->when[p->last].ns;
    int64_t lead = 0, trail = 0, base = s, max = seq->maxspan_ns;
    bool has_lead = nearest_hit(b, p, 0, b->positive[0], s, false, &lead);
    bool has_trail =
        nearest_hit(b, p, last + 1, seq->npositions, l, true, &trail);

    if (hit_in_a_gap(b, p))
        return false;
    if (leads && trails && !seq->flags->independent) {
        if (!has_lead)
            return true;
        if (has_trail && trail - lead <= max)
            return false;
        base = lead;
    } else {
        if (has_lead && l - lead <= max)
            return false;
        if (has_trail && trail - s <= max)
            return false;
    }
    return !trails || !seq->flags->withhold || l - base > max ||
           window_closed(seq, base);
}

static void
complete(batch *b, const partial *p)
{
    size_t *events = ref_alloc(b->pool, b->seq->npositions * sizeof *events);

    if (!survives(b, p))
        return;
    for (size_t i = 0; i < b->seq->npositions; i++)
        events[i] = REF_MISSING;
    for (size_t j = 0; j < b->npositive; j++)
        events[b->positive[j]] = p->events[j];
    ref_add_result(b->pool, b->out, events, b->seq->npositions, p->key);
}

void
ref_seq_batch(ref_pool *pool, const ref_seq *seq, ref_results *out)
{
    size_t *order = ref_sorted(pool, seq->when, seq->nevents);
    batch b = {.pool = pool, .seq = seq, .out = out};

    b.positive = ref_alloc(pool, seq->npositions * sizeof *b.positive);
    for (size_t i = 0; i < seq->npositions; i++)
        if (!seq->positions[i].missing)
            b.positive[b.npositive++] = i;
    b.waiting = ref_alloc(pool, b.npositive * sizeof *b.waiting);
    for (size_t j = 0; j < b.npositive; j++)
        for (size_t i = 0; i < seq->nevents; i++) {
            const ref_keys *keys =
                look(seq, seq->positions[b.positive[j]].stage, order[i]);

            for (size_t k = 0; seq->when[order[i]].has_time && k < keys->n; k++)
                hit(&b, j, &keys->keys[k], order[i]);
        }
}
