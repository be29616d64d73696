/* candidates.c -- tables, one thread's memory, and the cache of leaves'
 * answers; here is also told how the caches stand to each other.
 *
 * Real streams repeat.  Of the values of an event nearly all were seen before,
 * and of whole events most were, as far as rules can tell.  So the work of
 * filtering is kept by the texts that it depended on, in three caches, asked
 * from the coarsest to the finest:
 *
 *   1. filter result cache   hash of all texts that the filters of the event's
 *      (`results`)           plan read -> which of these filters hold
 *         | unknown          84 % of a fleet's events end here in a first pass
 *         v
 *   2. value cache           hash of (path, text) -> answer of the index:
 *      (`values`)            marks, and stages that it makes candidates
 *         | unknown          else index_ask.c works it out
 *         v
 *   3. leaf cache            hash of (path, text) and leaf -> does it hold?
 *      (`leaves`)            asked by the interpreter through eql_leaf_cache
 *         | unknown
 *         v
 *      the interpreter
 *
 * Above them, plans (`eql_candidate_plan`): for each set of marks that was met,
 * which stages these allow and which paths those stages read.  It is no cache
 * of answers but of work lists, and `shortcuts` find it by the texts of the
 * marks' paths alone.
 *
 * Why it is safe.  What is kept is a function of the texts that were hashed and
 * of the program, nothing else: a leaf that reads more than one path, asks for
 * a lineage or names an alias is not kept (leaf_paths), nor is an answer that a
 * bound made false (EQL_MAX_LEAF_RUNS), nor one for which memory ran out.
 * Texts themselves are not kept: the hash is of 128 bits under a key of this
 * process (base/keyed.h), so nobody can prepare two texts that it confuses.
 *
 * Why it stays fast.  Each cache has a fixed size and forgets the oldest, or
 * all.  A path whose values never repeat (a GUID, a port) would cost a hash and
 * a miss per event: a trial of EQL_CANDIDATE_TRIAL look-ups decides whether a
 * path, and another whether a plan's filter results, are worth it for the next
 * EQL_CANDIDATE_BYPASS.  `--no-index` and `--no-memo` run without, and tests
 * hold all four ways together (test_candidates.c). */
#include "vm/index/candidates_int.h"

#include <stdlib.h>

#include "vm/eval/facts.h"

/* --- tables --- */

static bool
find_leaf_paths(eql_candidate_tables *t, const eql_prepared *pr)
{
    const eql_program *p = pr->p;
    eql_field_walk w;
    bool ok = eql_field_walk_init(&w, p);

    for (uint32_t i = 0; ok && i < p->nleaves; i++) {
        uint32_t path = EQL_NONE;

        eql_field_walk_begin(&w);
        eql_field_walk_leaf(&w, i);
        for (uint32_t k = 0; k < w.fields.n; k++) {
            uint32_t f = *(const uint32_t *)eql_vec_at(&w.fields, k);
            uint32_t of = t->paths.of[f];

            path = k == 0 || of == path ? of : EQL_NONE;
            if (path == EQL_NONE)
                break;
        }
        if (pr->leaves[i].impure || pr->leaves[i].free)
            path = EQL_NONE;
        t->leaf_paths[i] = path;
        ok = !w.failed;
    }
    eql_field_walk_free(&w);
    return ok;
}

/* What each stage's filter reads. */
static bool
find_stage_paths(eql_candidate_tables *t)
{
    const eql_program *p = t->p;
    eql_field_walk w;
    bool ok = eql_field_walk_init(&w, p);

    for (uint32_t i = 0; ok && i < p->nstages; i++) {
        eql_field_walk_begin(&w);
        eql_field_walk_filter(&w, p->stages[i].filter);
        t->stage_paths[i] = (eql_range){t->read_paths.n, w.fields.n};
        for (uint32_t k = 0; k < w.fields.n; k++) {
            uint32_t f = *(const uint32_t *)eql_vec_at(&w.fields, k);

            eql_vec_push(&t->read_paths, &t->paths.of[f], sizeof(uint32_t));
        }
        ok = !w.failed && !t->read_paths.failed;
    }
    eql_field_walk_free(&w);
    return ok;
}

eql_candidate_tables *
eql_candidate_tables_new(const eql_prepared *pr, bool with_index)
{
    eql_candidate_tables *t = calloc(1, sizeof *t);
    bool ok;

    if (!t)
        return NULL;
    t->p = pr->p;
    t->leaf_paths = calloc((size_t)pr->p->nleaves + 1, sizeof *t->leaf_paths);
    t->stage_paths = calloc((size_t)pr->p->nstages + 1, sizeof *t->stage_paths);
    ok = t->leaf_paths && t->stage_paths && eql_paths_init(&t->paths, pr->p) &&
         find_leaf_paths(t, pr) && find_stage_paths(t);
    if (ok && with_index && eql_index_fits(pr->p)) {
        t->index = eql_index_new(pr, &t->paths);
        ok = t->index != NULL;
    }
    if (!ok) {
        eql_candidate_tables_free(t);
        return NULL;
    }
    return t;
}

void
eql_candidate_tables_free(eql_candidate_tables *t)
{
    if (!t)
        return;
    eql_index_free(t->index);
    eql_paths_free(&t->paths);
    free(t->leaf_paths);
    free(t->stage_paths);
    eql_vec_free(&t->read_paths);
    free(t);
}

/* --- one thread's --- */

#define LEAF_CACHE_SLOTS (EQL_LEAF_CACHE_BYTES / sizeof(uint64_t))

static bool
make_memo(eql_candidates *c)
{
    eql_hash_key_make(&c->key);
    for (uint32_t i = 0; i < c->npaths; i++)
        c->no_tags[i] = eql_hash_keyed(&c->key, i, "", 0);
    c->pieces = calloc((size_t)c->npaths + 1, sizeof *c->pieces);
    c->leaves = calloc(LEAF_CACHE_SLOTS, sizeof *c->leaves);
    c->values = eql_answer_cache_new(EQL_VALUE_CACHE_BYTES,
                                     EQL_VALUE_CACHE_ANSWER_BYTES);
    c->results =
        eql_answer_cache_new(EQL_RESULT_BYTES, EQL_RESULT_ANSWER_BYTES);
    return c->pieces && c->leaves && c->values && c->results;
}

/* What paths say in an event that has nothing. */
static bool
ask_missing(eql_candidates *c)
{
    eql_slot *none = calloc((size_t)c->t->p->nfields + 1, sizeof *none);
    eql_event ev = {.slots = none};
    bool ok = none != NULL;

    for (uint32_t i = 0; ok && i < c->npaths; i++) {
        eql_answer *a = &c->paths[i].missing;
        uint32_t *stages = NULL;

        ok = eql_index_ask(c->asker, &ev, i, a);
        if (ok)
            stages = eql_arena_array(c->missing, a->n, sizeof *stages);
        ok = stages != NULL;
        for (uint32_t k = 0; ok && k < a->n; k++)
            stages[k] = a->stages[k];
        a->stages = stages;
    }
    free(none);
    return ok;
}

static bool
make_finder(eql_candidates *c)
{
    uint32_t n;
    const uint32_t *marks = eql_index_mark_paths(c->t->index, &n);

    c->asker = eql_index_asker_new(c->t->index);
    c->plans = calloc(EQL_PLAN_SLOTS, sizeof(eql_candidate_plan *));
    c->shortcuts = calloc(EQL_SHORTCUTS, sizeof *c->shortcuts);
    c->plan_arena = eql_arena_new(0);
    c->missing = eql_arena_new(0);
    c->nwords = (c->t->p->nstages + 63) / 64;
    c->nsums = (c->nwords + 63) / 64;
    c->bits = calloc((size_t)c->nwords + 1, sizeof *c->bits);
    c->words = calloc((size_t)c->nsums + 1, sizeof *c->words);
    c->wanted = calloc((size_t)c->npaths + 1, sizeof *c->wanted);
    c->found = calloc((size_t)c->t->p->nstages + 1, sizeof *c->found);
    c->marked = calloc((size_t)c->npaths + 1, sizeof *c->marked);
    for (uint32_t i = 0; c->marked && i < n; i++)
        c->marked[marks[i]] = true;
    return c->marked && c->asker && c->plans && c->shortcuts && c->plan_arena &&
           c->missing && c->bits && c->words && c->wanted && c->found &&
           ask_missing(c);
}

static bool
make_paths(eql_candidates *c)
{
    size_t n = (size_t)c->npaths + 1;

    c->paths = calloc(n, sizeof *c->paths);
    c->met = calloc(n, sizeof *c->met);
    c->tags = calloc(n, sizeof *c->tags);
    c->tagged = calloc(n, sizeof *c->tagged);
    c->answered = calloc(n, sizeof *c->answered);
    c->no_tags = calloc(n, sizeof *c->no_tags);
    return c->paths && c->met && c->tags && c->tagged && c->answered &&
           c->no_tags;
}

eql_candidates *
eql_candidates_new(const eql_candidate_tables *t, bool with_memo)
{
    eql_candidates *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->t = t;
    c->npaths = t->paths.n;
    if (!make_paths(c) || (t->index && !make_finder(c)) ||
        (with_memo && !make_memo(c))) {
        eql_candidates_free(c);
        return NULL;
    }
    return c;
}

void
eql_candidates_free(eql_candidates *c)
{
    if (!c)
        return;
    eql_index_asker_free(c->asker);
    eql_answer_cache_free(c->values);
    eql_answer_cache_free(c->results);
    eql_arena_free(c->missing);
    eql_arena_free(c->plan_arena);
    free(c->plans);
    free(c->shortcuts);
    free(c->paths);
    free(c->met);
    free(c->tags);
    free(c->tagged);
    free(c->answered);
    free(c->no_tags);
    free(c->bits);
    free(c->words);
    free(c->wanted);
    free(c->found);
    free(c->pieces);
    free(c->marked);
    free(c->leaves);
    free(c);
}

void
eql_candidates_without_results(eql_candidates *c)
{
    eql_answer_cache_free(c->results);
    c->results = NULL;
}

bool
eql_candidates_met_category(const eql_candidates *c, uint32_t stage)
{
    uint32_t mark = eql_index_category_mark(c->t->index, stage);

    return mark == EQL_NONE || (c->met_marks.w[mark / 64] >> mark % 64 & 1);
}

void
eql_candidates_take_counters(eql_candidates *c, eql_candidate_counters *out)
{
#define X(member) out->member += c->n.member;
    EQL_CANDIDATE_COUNTERS(X)
#undef X
    c->n = (eql_candidate_counters){0};
}

void
eql_candidates_begin(eql_candidates *c, const eql_event *ev)
{
    c->event = ev;
    c->has_met = false;
    if (++c->epoch == 0) { /* wrapped: old numbers could be taken for new */
        memset(c->met, 0, c->npaths * sizeof *c->met);
        memset(c->tagged, 0, c->npaths * sizeof *c->tagged);
        memset(c->answered, 0, c->npaths * sizeof *c->answered);
        c->epoch = 1;
    }
}

/* --- tags --- */

/* Where the event's raw texts are. */
static void
meet(eql_candidates *c)
{
    const eql_lazy *lazy = c->event->lazy;

    for (uint32_t i = 0; i < lazy->nraws; i++)
        c->met[lazy->raws[i].path] = (uint64_t)c->epoch << 32 | i;
    c->has_met = true;
}

bool
eql_candidates_met(eql_candidates *c, uint32_t path, uint32_t *raw)
{
    if (!c->has_met)
        meet(c);
    *raw = (uint32_t)c->met[path];
    return c->met[path] >> 32 == c->epoch;
}

const eql_h128 *
eql_candidates_tag_raw(eql_candidates *c, uint32_t i)
{
    const eql_raw *raw = &c->event->lazy->raws[i];

    if (c->tagged[i] == c->epoch)
        return &c->tags[i];
    if (!raw->p)
        return NULL;
    c->tags[i] = eql_hash_keyed(&c->key, raw->path, raw->p, raw->len);
    c->tagged[i] = c->epoch;
    return &c->tags[i];
}

const eql_h128 *
eql_candidates_tag(eql_candidates *c, uint32_t path)
{
    uint32_t raw;

    if (!c->event->lazy)
        return NULL;
    return eql_candidates_met(c, path, &raw) ? eql_candidates_tag_raw(c, raw)
                                             : &c->no_tags[path];
}

/* --- leaves --- */

/* Where the leaf's answer is remembered; EQL_NONE: nowhere for this event. */
static size_t
leaf_slot(eql_candidates *c, uint32_t leaf, uint64_t *key)
{
    uint32_t path = c->t->leaf_paths[leaf];
    const eql_h128 *tag;

    /* Paths that the value cache is no help with are passed over here, too. */
    if (path == EQL_NONE || !c->leaves || c->paths[path].trial.bypass > 0)
        return EQL_NONE;
    tag = eql_candidates_tag(c, path);
    if (!tag)
        return EQL_NONE;
    /* An odd factor for each leaf; high bits choose the slot. */
    *key =
        (tag->hi ^ leaf) * (UINT64_C(0x9e3779b97f4a7c15) + 2 * (uint64_t)leaf);
    return (size_t)((*key ^ tag->lo) >> 40) % LEAF_CACHE_SLOTS;
}

static bool
find_leaf(void *ctx, uint32_t leaf, bool *holds)
{
    eql_candidates *c = ctx;
    uint64_t key;
    size_t at = leaf_slot(c, leaf, &key);

    if (at == EQL_NONE || (c->leaves[at] | 1) != (key | 1))
        return false;
    *holds = c->leaves[at] & 1;
    c->n.leaves_cached++;
    return true;
}

static void
note_leaf(void *ctx, uint32_t leaf, bool holds)
{
    eql_candidates *c = ctx;
    uint64_t key;
    size_t at = leaf_slot(c, leaf, &key);

    if (at != EQL_NONE)
        c->leaves[at] = (key & ~UINT64_C(1)) | holds;
}

const eql_leaf_cache *
eql_candidates_leaf_cache(eql_candidates *c)
{
    c->leaf_cache = (eql_leaf_cache){find_leaf, note_leaf, c};
    return &c->leaf_cache;
}
