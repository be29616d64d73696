/* ref_property.c -- see ref_property.h. */
#include "tests/reference/ref_property.h"

#include <stdio.h>
#include <string.h>

#include "tests/reference/ref_engine.h"

typedef struct {
    ref_pool *pool;
    const ref_gen_case *c;
    ref_case rendered;
    ref_matches matches; /* of the case itself */
    char *err;
    bool broken; /* the engine failed */
} check;

const char *
ref_property_name(ref_property p)
{
    static const char *const names[] = {
        "later at every position", "more without missing stages",
        "maxspan leaves out", "key by key", "little memory"};

    return names[p];
}

/* Runs another case; *out is empty when the engine does not. */
static void
run(check *k, const ref_case *c, ref_matches *out)
{
    *out = (ref_matches){0};
    if (ref_engine_run(c, out, k->err) != 0)
        k->broken = true;
}

static ref_property_result
fails(check *k, const char *how, const ref_matches *other)
{
    snprintf(k->err, REF_ERR, "%s: %s", how, ref_matches_text(k->pool, other));
    return REF_P_FAILS;
}

static bool
uses(const ref_gen_case *c, ref_construct construct)
{
    return c->constructs[construct];
}

/* --- the properties --- */

static ref_property_result
monotone(check *k)
{
    const ref_matches *m = &k->matches;
    ref_when *when = ref_case_times(k->pool, &k->rendered);

    for (size_t i = 0; i < m->n; i++)
        for (size_t j = i + 1; j < m->n; j++) {
            const ref_match *a = &m->items[i], *b = &m->items[j];

            if (a->keys && b->keys && strcmp(a->keys, b->keys) != 0)
                continue;
            for (size_t s = 0; s < a->n && s < b->n; s++)
                if (a->events[s] != REF_MISSING &&
                    ref_order(when, a->events[s], b->events[s]) >= 0)
                    return fails(k, "not later", m);
        }
    return REF_P_HOLDS;
}

/* The match's events without placeholders, and its keys. */
static char *
positive_text(check *k, const ref_match *m)
{
    ref_text t = {.pool = k->pool};

    for (size_t i = 0; i < m->n; i++)
        if (m->events[i] != REF_MISSING)
            ref_putf(&t, "%zu,", m->events[i] + 1);
    ref_put(&t, m->keys ? m->keys : "");
    return ref_text_cstr(&t);
}

static bool
has_match(check *k, const ref_matches *all, const ref_match *m)
{
    const char *text = positive_text(k, m);

    for (size_t i = 0; i < all->n; i++)
        if (strcmp(positive_text(k, &all->items[i]), text) == 0)
            return true;
    return false;
}

static bool
is_subset(check *k, const ref_matches *small, const ref_matches *large)
{
    for (size_t i = 0; i < small->n; i++)
        if (!has_match(k, large, &small->items[i]))
            return false;
    return true;
}

static ref_property_result
superset(check *k)
{
    ref_gen_case without = *k->c;
    ref_property_result result = REF_P_HOLDS;
    ref_matches more;
    ref_case c;

    without.stages = ref_alloc(k->pool, k->c->nstages * sizeof *without.stages);
    without.nstages = 0;
    for (size_t i = 0; i < k->c->nstages; i++)
        if (!k->c->stages[i].missing)
            without.stages[without.nstages++] = k->c->stages[i];
    c = ref_gen_render(k->pool, &without);
    run(k, &c, &more);
    if (!k->broken && !is_subset(k, &k->matches, &more))
        result = fails(k, "without missing stages", &more);
    ref_matches_free(&more);
    return result;
}

static bool
fits(const ref_when *when, const ref_match *m, int64_t maxspan_ns)
{
    return when[m->events[m->n - 1]].ns - when[m->events[0]].ns <= maxspan_ns;
}

static ref_property_result
maxspan(check *k)
{
    ref_gen_case without = *k->c;
    ref_when *when = ref_case_times(k->pool, &k->rendered);
    ref_property_result result = REF_P_HOLDS;
    ref_matches all;
    size_t fitting = 0;
    int64_t longest;
    ref_case c;

    /* Language 8.10 speaks of ordered input. */
    if (!ref_case_maxspan(&k->rendered, &longest) || when[0].arrival)
        return REF_P_NONE;
    without.maxspan = NULL;
    c = ref_gen_render(k->pool, &without);
    run(k, &c, &all);
    for (size_t i = 0; i < all.n; i++)
        if (fits(when, &all.items[i], longest)) {
            fitting++;
            if (!has_match(k, &k->matches, &all.items[i]))
                result = REF_P_FAILS;
        }
    if (!k->broken && (result == REF_P_FAILS || fitting != k->matches.n))
        result = fails(k, "without maxspan", &all);
    ref_matches_free(&all);
    return result;
}

/* The matches of the events with one key, added to *all by their numbers in
 * the whole case. */
static void
run_key(check *k, const ref_keys *keys, const char *key, ref_matches *all)
{
    ref_case c = k->rendered;
    const char **events = ref_alloc(k->pool, c.nevents * sizeof *events);
    size_t *number = ref_alloc(k->pool, c.nevents * sizeof *number), n = 0;
    ref_matches part;

    for (size_t i = 0; i < c.nevents; i++)
        if (keys[i].n && strcmp(keys[i].keys[0].text, key) == 0) {
            number[n] = i;
            events[n++] = c.events[i];
        }
    c.events = events;
    c.nevents = n;
    run(k, &c, &part);
    for (size_t i = 0; i < part.n; i++) {
        ref_match *m = &part.items[i];

        for (size_t s = 0; s < m->n; s++)
            if (m->events[s] != REF_MISSING && m->events[s] < n)
                m->events[s] = number[m->events[s]];
        ref_match_texts(ref_matches_add(all, m->events, m->n), m->keys, NULL);
    }
    ref_matches_free(&part);
}

static ref_property_result
split(check *k)
{
    ref_keys *keys = ref_case_keys(k->pool, &k->rendered);
    ref_matches all = {0};
    ref_property_result result = REF_P_HOLDS;

    for (size_t i = 0; keys && i < k->rendered.nevents; i++)
        if (keys[i].n > 1)
            keys = NULL;
    if (!keys)
        return REF_P_NONE;
    for (size_t i = 0; i < k->rendered.nevents; i++) {
        bool seen = keys[i].n == 0;

        for (size_t e = 0; !seen && e < i; e++)
            seen = keys[e].n &&
                   strcmp(keys[e].keys[0].text, keys[i].keys[0].text) == 0;
        if (!seen)
            run_key(k, keys, keys[i].keys[0].text, &all);
    }
    if (!k->broken &&
        (all.n != k->matches.n || !is_subset(k, &all, &k->matches)))
        result = fails(k, "key by key", &all);
    ref_matches_free(&all);
    return result;
}

/* Does losing a partial mean that a match is lost, and no more?  Joins, samples
 * and forks take other events then, and pipes hand on other matches. */
static bool
only_loses(const ref_gen_case *c)
{
    return c->kind == REF_Q_SEQUENCE && c->npipes == 0 && !uses(c, REF_C_FORK);
}

static ref_property_result
little(check *k)
{
    static const uint64_t bytes[] = {1, 150, 400, 900, 2000, 6000};

    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        ref_bounds b = {.max_state_bytes = bytes[i],
                        .threads = 1 + (uint32_t)i % 3};
        ref_matches got = {0};
        ref_property_result result = REF_P_HOLDS;

        if (ref_engine_run_within(&k->rendered, &b, &got, k->err) != 0)
            result = REF_P_FAILS;
        else if (!b.may_miss && !b.may_add &&
                 !ref_matches_eq(&got, &k->matches))
            result = fails(k, "lost in silence", &got);
        else if (!b.may_miss && !is_subset(k, &k->matches, &got))
            result = fails(k, "missing", &got);
        else if (!b.may_add && only_loses(k->c) &&
                 !is_subset(k, &got, &k->matches))
            result = fails(k, "extra", &got);
        ref_matches_free(&got);
        if (result != REF_P_HOLDS)
            return result;
    }
    return REF_P_HOLDS;
}

/* --- which of them speak of a case --- */

static bool
applies(ref_property p, const ref_gen_case *c)
{
    bool sequence = c->kind == REF_Q_SEQUENCE, fork = uses(c, REF_C_FORK);
    bool alias = uses(c, REF_C_ALIAS), missing = false, positive = false;

    for (size_t i = 0; i < c->nstages; i++) {
        missing |= c->stages[i].missing;
        positive |= !c->stages[i].missing;
    }
    if (p == REF_P_LITTLE)
        return true;
    if (c->npipes)
        return false;
    switch (p) {
    case REF_P_MONOTONE: return sequence && !fork && !alias;
    case REF_P_SUPERSET:
        return sequence && missing && positive && !c->nexceptions;
    case REF_P_MAXSPAN:
        return sequence && c->maxspan && !fork && !alias && !missing;
    default: break;
    }
    for (size_t i = 0; i < c->nset; i++) /* waits for the whole stream */
        if (strcmp(c->set[i], "missing_eof=withhold") == 0)
            return false;
    return c->kind != REF_Q_EVENT && c->nby && !uses(c, REF_C_LINEAGE);
}

ref_property_result
ref_property_check(ref_property p, const ref_gen_case *c, char err[REF_ERR])
{
    static ref_property_result (*const checks[])(check *) = {
        monotone, superset, maxspan, split, little};
    check k = {.c = c, .err = err};
    ref_property_result result = REF_P_NONE;

    err[0] = '\0';
    if (!applies(p, c))
        return REF_P_NONE;
    k.pool = ref_pool_new();
    k.rendered = ref_gen_render(k.pool, c);
    run(&k, &k.rendered, &k.matches);
    if (!k.broken)
        result = checks[p](&k);
    if (k.broken) /* told by the comparison, or made so by shrinking */
        result = REF_P_NONE;
    ref_matches_free(&k.matches);
    ref_pool_free(k.pool);
    return result;
}
