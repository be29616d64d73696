/* ref_tuple.c -- see ref_tuple.h. */
#include "tests/reference/ref_tuple.h"

#include <string.h>

static const ref_keys *
look(const ref_seq *seq, size_t stage, size_t event)
{
    return &seq->looks[stage * seq->nevents + event];
}

static const ref_key *
find_key(const ref_keys *keys, const char *text)
{
    for (size_t i = 0; i < keys->n; i++)
        if (strcmp(keys->keys[i].text, text) == 0)
            return &keys->keys[i];
    return NULL;
}

typedef struct {
    const ref_key **items;
    size_t n;
} key_list;

/* Every tuple that any filter sees, ascending. */
static key_list
all_keys(const ref_env *env, const ref_seq *seq)
{
    key_list out = {0};

    for (size_t i = 0; i < seq->nstages * seq->nevents; i++)
        for (size_t k = 0; k < seq->looks[i].n; k++) {
            const ref_key *key = &seq->looks[i].keys[k];
            size_t at;
            bool seen = false;

            for (at = 0; at < out.n; at++)
                seen |= strcmp(out.items[at]->text, key->text) == 0;
            if (seen)
                continue;
            out.items =
                ref_grow(env->pool, out.items, out.n, sizeof *out.items);
            for (at = out.n++;
                 at > 0 && ref_key_order(env, key, out.items[at - 1]) < 0; at--)
                out.items[at] = out.items[at - 1];
            out.items[at] = key;
        }
    return out;
}

/* --- sample --- */

/* Candidates of one tuple, for each filter in the order they came. */
typedef struct {
    size_t **events;
    size_t *n;
    bool done;
} candidates;

static candidates
no_candidates(ref_pool *pool, const ref_seq *seq)
{
    candidates c = {0};

    c.events = ref_alloc(pool, seq->nstages * sizeof *c.events);
    c.n = ref_alloc(pool, seq->nstages * sizeof *c.n);
    for (size_t s = 0; s < seq->nstages; s++)
        c.events[s] = ref_alloc(pool, seq->nevents * sizeof **c.events);
    return c;
}

/* Depth first: filter s takes its first candidate that is not used yet. */
static bool
choose(const ref_seq *seq, const candidates *c, size_t s, size_t *chosen)
{
    if (s == seq->nstages)
        return true;
    for (size_t i = 0; i < c->n[s]; i++) {
        bool used = false;

        for (size_t k = 0; k < s; k++)
            used |= chosen[k] == c->events[s][i];
        chosen[s] = c->events[s][i];
        if (!used && choose(seq, c, s + 1, chosen))
            return true;
    }
    return false;
}

static bool
emit_sample(const ref_env *env, const ref_seq *seq, const candidates *c,
            const char *text, ref_results *out)
{
    size_t *chosen = ref_alloc(env->pool, seq->nstages * sizeof *chosen);
    size_t last = seq->nstages - 1;

    if (!choose(seq, c, 0, chosen))
        return false;
    ref_add_result(env->pool, out, chosen, seq->nstages,
                   find_key(look(seq, last, chosen[last]), text));
    return true;
}

static void
note_event(const ref_seq *seq, candidates *c, const char *text, size_t event)
{
    for (size_t s = 0; s < seq->nstages; s++)
        if (find_key(look(seq, s, event), text))
            c->events[s][c->n[s]++] = event;
}

/* Keeps no more than n candidates for each filter. */
static void
cap_candidates(const ref_seq *seq, candidates *c)
{
    for (size_t s = 0; s < seq->nstages; s++)
        if (c->n[s] > seq->nstages)
            c->n[s] = seq->nstages;
}

void
ref_sample(const ref_env *env, const ref_seq *seq, ref_results *out)
{
    size_t *order = ref_sorted(env->pool, seq->when, seq->nevents);
    key_list keys = all_keys(env, seq);
    candidates *c = ref_alloc(env->pool, (keys.n + 1) * sizeof *c);
    bool stream = env->flags->sample_stream;

    for (size_t k = 0; k < keys.n; k++)
        c[k] = no_candidates(env->pool, seq);
    for (size_t i = 0; i < seq->nevents; i++)
        for (size_t k = 0; k < keys.n; k++) {
            if (c[k].done)
                continue;
            note_event(seq, &c[k], keys.items[k]->text, order[i]);
            cap_candidates(seq, &c[k]);
            if (stream)
                c[k].done =
                    emit_sample(env, seq, &c[k], keys.items[k]->text, out);
        }
    for (size_t k = 0; !stream && k < keys.n; k++)
        (void)emit_sample(env, seq, &c[k], keys.items[k]->text, out);
}

/* --- join --- */

typedef struct {
    const char *key;
    size_t *events; /* REF_MISSING: an empty position */
    bool taken;     /* by the event at hand (join_reuse=off) */
} tuple;

typedef struct {
    const ref_env *env;
    const ref_seq *seq;
    tuple *tuples;
    size_t n;
    ref_results *out;
} joiner;

static void
clear(const joiner *j, tuple *t)
{
    for (size_t s = 0; s < j->seq->nstages; s++)
        t->events[s] = REF_MISSING;
}

static tuple *
tuple_of(joiner *j, const char *key)
{
    tuple *t;

    for (size_t i = 0; i < j->n; i++)
        if (strcmp(j->tuples[i].key, key) == 0)
            return &j->tuples[i];
    j->tuples = ref_grow(j->env->pool, j->tuples, j->n, sizeof *j->tuples);
    t = &j->tuples[j->n++];
    t->key = key;
    t->events = ref_alloc(j->env->pool, j->seq->nstages * sizeof *t->events);
    clear(j, t);
    return t;
}

static void
stage_sees(joiner *j, size_t s, const ref_key *key, size_t event)
{
    tuple *t = tuple_of(j, key->text);

    if (t->events[s] != REF_MISSING || (t->taken && j->env->flags->join_once))
        return;
    t->events[s] = event;
    t->taken = true;
    for (size_t i = 0; i < j->seq->nstages; i++)
        if (t->events[i] == REF_MISSING)
            return;
    ref_add_result(j->env->pool, j->out, t->events, j->seq->nstages, key);
    clear(j, t);
}

void
ref_join(const ref_env *env, const ref_seq *seq, ref_results *out)
{
    size_t *order = ref_sorted(env->pool, seq->when, seq->nevents);
    joiner j = {.env = env, .seq = seq, .out = out};

    for (size_t i = 0; i < seq->nevents; i++) {
        const ref_keys *until = look(seq, seq->nstages, order[i]);

        if (!seq->when[order[i]].has_time)
            continue;
        for (size_t k = 0; k < j.n; k++)
            j.tuples[k].taken = false;
        for (size_t k = 0; k < until->n; k++)
            clear(&j, tuple_of(&j, until->keys[k].text));
        for (size_t s = 0; s < seq->nstages; s++) {
            const ref_keys *keys = look(seq, s, order[i]);

            for (size_t k = 0; k < keys->n; k++)
                stage_sees(&j, s, &keys->keys[k], order[i]);
        }
    }
}
