/* rawmap_shape.c -- record shapes: what is common to all records with the same
 * keys, channel and event code, found out once.
 *
 * A plan (rawmap_plan.c) is for a channel and code, whatever keys a record has;
 * most of what it looks for is then missing.  A shape is that plan without the
 * sources that are not there, and without the rules and outputs that can
 * have no value then.  Only keys count, and whether a value is a string: values are not
 * known, so a rule stays that may find something.
 *
 * A shape is found by the sum of a random number for each of its keys, whatever
 * their order; keys, channel and code are then compared.  A shape is made
 * when its keys come for the second time.  When there are too many, all are forgotten. */
#include "io/windows/rawmap_int.h"

#include <stdlib.h>

#define BUCKETS 1024u

struct eql_rawmap_shapes {
    eql_rawmap_shape *buckets[BUCKETS];
    uint32_t seen[BUCKETS]; /* keys once met, by the rest of their sum */
    uint32_t n;
    eql_arena *arena;
};

static const uint32_t selectors[] = {EQL_MAPPING_ROLE_CHANNEL,
                                     EQL_MAPPING_ROLE_CODE};

eql_rawmap_shapes *
eql_rawmap_shapes_new(void)
{
    eql_rawmap_shapes *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->arena = eql_arena_new(0);
    if (!f->arena) {
        free(f);
        return NULL;
    }
    return f;
}

void
eql_rawmap_shapes_free(eql_rawmap_shapes *f)
{
    if (!f)
        return;
    eql_arena_free(f->arena);
    free(f);
}

/* --- finding --- */

static bool
is_there(const eql_rawmap *r, uint32_t source)
{
    return r->found[source].epoch == r->epoch;
}

/* Are these the record's keys?  They may stand in another order. */
static bool
has_keys(const eql_rawmap *r, const eql_rawmap_shape *f)
{
    if (f->sum != r->key_sum || f->nkeys != r->nkeys)
        return false;
    if (memcmp(f->keys, r->keys, f->nkeys * sizeof *f->keys) == 0)
        return true;
    /* In another order: as many, and all of them, so no others. */
    for (uint32_t i = 0; i < f->nkeys; i++) {
        const eql_rawmap_cell *c = &r->found[f->keys[i] >> 1];

        if (c->epoch != r->epoch || (*c->p == '"') != (f->keys[i] & 1))
            return false;
    }
    return true;
}

static bool
fits(const eql_rawmap *r, const eql_rawmap_shape *f)
{
    if (!has_keys(r, f))
        return false;
    for (uint32_t i = 0; i < EQL_COUNTOF(selectors); i++) {
        const eql_rawmap_cell *c;

        if (f->source[i] == EQL_NONE)
            continue;
        c = &r->found[f->source[i]];
        if (c->epoch != r->epoch || c->len != f->text[i].len ||
            memcmp(c->p, f->text[i].p, c->len) != 0)
            return false;
    }
    return true;
}

eql_rawmap_shape *
eql_rawmap_shape_find(const eql_rawmap *r)
{
    eql_rawmap_shape *f = r->shapes->buckets[r->key_sum % BUCKETS];

    while (f && !fits(r, f))
        f = f->next;
    return f;
}

/* --- what the keys rule out --- */

typedef struct {
    eql_rawmap *r;
    eql_arena *arena;
    eql_rawmap_plan *p;
    uint8_t *written; /* per wanted path: maybe */
    uint8_t *named;   /* per name: maybe */
    bool failed;
} pruning;

/* Those that are there, of n sources. */
static const uint32_t *
keep_sources(pruning *c, const uint32_t *sources, uint32_t *n)
{
    uint32_t *kept = eql_arena_array(c->arena, *n + (size_t)1, sizeof *kept);
    uint32_t all = *n;

    c->failed |= !kept;
    *n = 0;
    for (uint32_t i = 0; kept && i < all; i++)
        if (is_there(c->r, sources[i]))
            kept[(*n)++] = sources[i];
    return kept;
}

static void
prune_roles(pruning *c, const eql_rawmap_plan *from)
{
    eql_rawmap_role *roles =
        eql_arena_array(c->arena, from->nroles + (size_t)1, sizeof *roles);

    c->failed |= !roles;
    for (uint32_t i = 0; roles && i < from->nroles; i++) {
        roles[i] = from->roles[i];
        roles[i].sources =
            keep_sources(c, roles[i].sources, &roles[i].nsources);
    }
    c->p->roles = roles;
}

static void
prune_loads(pruning *c, const eql_rawmap_plan *from)
{
    eql_rawmap_load *loads =
        eql_arena_array(c->arena, from->nloads + (size_t)1, sizeof *loads);
    uint32_t n = 0;

    c->failed |= !loads;
    for (uint32_t i = 0; loads && i < from->nloads; i++) {
        loads[n] = from->loads[i];
        loads[n].sources =
            keep_sources(c, loads[n].sources, &loads[n].nsources);
        if (loads[n].nsources) {
            c->named[loads[n].name] = 1;
            n++;
        }
    }
    c->p->loads = loads;
    c->p->nloads = n;
}

static bool
may_hold(const pruning *c, const eql_rawmap_ref *ref)
{
    switch (ref->from) {
    case EQL_MAPPING_FROM_DATA: return c->named[ref->index];
    case EQL_MAPPING_FROM_ECS: return c->written[ref->index];
    default: break;
    }
    if (c->p->channel && ref->index == EQL_MAPPING_ROLE_CHANNEL)
        return true;
    for (uint32_t i = 0; i < c->p->nroles; i++)
        if (c->p->roles[i].role == ref->index)
            return c->p->roles[i].nsources > 0;
    return false;
}

/* false: the rule can do nothing. */
static bool
prune_step(pruning *c, eql_rawmap_step *step)
{
    const eql_rawmap_rule *rule = eql_rawmap_rule_at(c->r, step->rule);
    const eql_rawmap_ref *all = step->from;
    uint32_t nall = step->nfrom;
    eql_rawmap_ref *kept;

    if (rule->fixed)
        return true;
    kept = eql_arena_array(c->arena, nall + (size_t)1, sizeof *kept);
    c->failed |= !kept;
    step->from = kept;
    step->nfrom = 0;
    for (uint32_t i = 0; kept && i < nall; i++)
        if (may_hold(c, &all[i]))
            kept[step->nfrom++] = all[i];
    return rule->op.sources == EQL_MAPPING_SOURCES_ALL ? step->nfrom == nall
                                                       : step->nfrom > 0;
}

static void
prune_steps(pruning *c, const eql_rawmap_plan *from)
{
    const eql_rawmap *r = c->r;
    eql_rawmap_step *steps =
        eql_arena_array(c->arena, from->nsteps + (size_t)1, sizeof *steps);
    uint32_t n = 0;

    c->failed |= !steps;
    for (uint32_t i = 0; steps && i < from->nsteps; i++) {
        const eql_rawmap_rule *rule =
            eql_rawmap_rule_at(r, from->steps[i].rule);

        steps[n] = from->steps[i];
        if (!prune_step(c, &steps[n]))
            continue;
        n++;
        for (uint32_t k = 0; k < rule->outs.n; k++)
            c->written[eql_rawmap_out_at(r, rule->outs.first + k)->wanted] = 1;
    }
    c->p->steps = steps;
    c->p->nsteps = n;
}

static void
prune_emits(pruning *c, const eql_rawmap_plan *from)
{
    eql_rawmap_emit *emits =
        eql_arena_array(c->arena, from->nemits + (size_t)1, sizeof *emits);
    uint32_t n = 0;

    c->failed |= !emits;
    for (uint32_t i = 0; emits && i < from->nemits; i++) {
        const eql_rawmap_emit *e = &from->emits[i];

        if (c->written[e->wanted] || (e->name != EQL_NONE && c->named[e->name]))
            emits[n++] = *e;
    }
    c->p->emits = emits;
    c->p->nemits = n;
}

/* The plan for the record at hand, as long as its texts add no names.  false:
 * out of memory. */
static bool
prune_plan(eql_rawmap *r, const eql_rawmap_plan *from, eql_rawmap_plan *to)
{
    pruning c = {.r = r, .arena = r->shapes->arena, .p = to};

    *to = *from;
    c.written = calloc(r->wanted.n + (size_t)1, 1);
    c.named = calloc(r->names.n + (size_t)1, 1);
    c.failed = !c.written || !c.named;
    if (!c.failed) {
        if (r->timestamp != EQL_NONE)
            c.written[r->timestamp] = 1;
        if (r->created != EQL_NONE)
            c.written[r->created] = 1;
        prune_roles(&c, from);
        prune_loads(&c, from);
        prune_steps(&c, from);
        prune_emits(&c, from);
    }
    free(c.written);
    free(c.named);
    return !c.failed;
}

/* --- learning --- */

/* What tells channel and code, if it is one source for each, so that an equal
 * text means an equal answer.  false: it is not. */
static bool
find_selectors(const eql_rawmap *r, const eql_rawmap_view *v,
               uint32_t source[2])
{
    const uint32_t *list = (const uint32_t *)r->lists.items;

    for (uint32_t i = 0; i < EQL_COUNTOF(selectors); i++) {
        eql_range from = v->header[selectors[i]];

        source[i] = EQL_NONE;
        for (uint32_t k = 0; k < from.n; k++) {
            if (!is_there(r, list[from.first + k]))
                continue;
            if (source[i] != EQL_NONE)
                return false;
            source[i] = list[from.first + k];
        }
    }
    return true;
}

/* false: out of memory. */
static bool
fill(eql_rawmap *r, eql_rawmap_shape *f)
{
    eql_arena *arena = r->shapes->arena;
    uint32_t *keys = eql_arena_array(arena, r->nkeys + (size_t)1, sizeof *keys);

    if (!keys)
        return false;
    memcpy(keys, r->keys, r->nkeys * sizeof *keys);
    f->sum = r->key_sum;
    f->keys = keys;
    f->nkeys = r->nkeys;
    for (uint32_t i = 0; i < EQL_COUNTOF(selectors); i++) {
        const eql_rawmap_cell *c;

        if (f->source[i] == EQL_NONE)
            continue;
        c = &r->found[f->source[i]];
        f->text[i] = eql_arena_dup(arena, eql_sv(c->p, c->len));
        if (!f->text[i].p)
            return false;
    }
    return prune_plan(r, f->whole, &f->plan);
}

static void
forget(eql_rawmap *r)
{
    eql_rawmap_shapes *all = r->shapes;

    memset(all->buckets, 0, sizeof all->buckets);
    eql_arena_reset(all->arena);
    all->n = 0;
    r->n.shape_flushes++;
}

static uint32_t
chain_of(const eql_rawmap_shape *f)
{
    uint32_t n = 0;

    for (; f; f = f->next)
        n++;
    return n;
}

eql_rawmap_shape *
eql_rawmap_shape_learn(eql_rawmap *r, eql_rawmap_view *v,
                       const eql_rawmap_plan *plan)
{
    eql_rawmap_shapes *all = r->shapes;
    uint32_t bucket = (uint32_t)(r->key_sum % BUCKETS);
    eql_rawmap_shape *f, draft = {.view = v, .whole = plan};

    if (all->seen[bucket] != (uint32_t)(r->key_sum >> 32)) {
        all->seen[bucket] = (uint32_t)(r->key_sum >> 32);
        return NULL;
    }
    if (all->n == EQL_RAWMAP_MAX_SHAPES || eql_arena_failed(all->arena))
        forget(r);
    if (chain_of(all->buckets[bucket]) >= EQL_RAWMAP_MAX_CHAIN ||
        !find_selectors(r, v, draft.source))
        return NULL;
    f = eql_arena_alloc(all->arena, sizeof *f);
    if (!f)
        return NULL;
    draft.next = all->buckets[bucket];
    *f = draft;
    if (!fill(r, f))
        return NULL;
    all->buckets[bucket] = f;
    all->n++;
    r->n.shapes++;
    return f;
}

void
eql_rawmap_shape_add_guess(eql_rawmap *r, eql_strview start, uint32_t name)
{
    eql_arena *arena = r->shapes->arena;
    eql_rawmap_shape *f = r->shape;
    eql_strview kept;

    if (!f || f->nguesses == EQL_RAWMAP_MAX_GUESSES)
        return;
    if (!f->guesses)
        f->guesses =
            eql_arena_array(arena, EQL_RAWMAP_MAX_GUESSES, sizeof *f->guesses);
    kept = eql_arena_dup(arena, start);
    if (f->guesses && kept.p)
        f->guesses[f->nguesses++] =
            (eql_rawmap_guess){kept.p, (uint32_t)kept.len, name};
}
