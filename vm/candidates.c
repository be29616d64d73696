/* candidates.c -- from raw texts to candidate stages. */
#include "vm/candidates.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/keyed.h"
#include "vm/facts.h"
#include "vm/memo.h"

/* --- tables ------------------------------------------------------------------
 */

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

eql_candidate_tables *
eql_candidate_tables_new(const eql_prepared *pr, bool with_index)
{
    eql_candidate_tables *t = calloc(1, sizeof *t);
    bool ok;

    if (!t)
        return NULL;
    t->p = pr->p;
    t->leaf_paths = calloc((size_t)pr->p->nleaves + 1, sizeof *t->leaf_paths);
    ok = t->leaf_paths && eql_paths_init(&t->paths, pr->p) &&
         find_leaf_paths(t, pr);
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
    free(t);
}

/* --- one thread's ------------------------------------------------------------
 */

/* A path in the event at hand: what is here counts if its number is the
 * event's. */
typedef struct {
    uint32_t met;      /* there is a raw text */
    uint32_t answered; /* its stages are among the candidates */
    uint32_t tagged;
    const eql_raw *raw;
    eql_h128 tag;
    /* Since the trial began, or until the bypass ends: */
    uint32_t lookups, known, bypass;
    /* What it says when it is missing; asked for at first use. */
    eql_answer *missing;
} path_state;

typedef struct {
    eql_marks marks;
    const uint32_t *paths;
    uint32_t npaths;
    const uint64_t *allowed, *always; /* bits of stages */
} plan;

struct eql_candidates {
    const eql_candidate_tables *t;
    eql_index_asker *asker;
    eql_memo *memo; /* NULL: nothing is remembered */
    eql_hash_key key;
    const eql_event *event;
    uint32_t epoch; /* of the event */
    path_state *paths;
    uint32_t npaths;
    eql_arena *missing; /* of answers */
    /* Plans by marks, open addressing. */
    plan **plans;
    uint32_t nplans;
    eql_arena *plan_arena;
    uint32_t nwords; /* of a set of stages */
    uint64_t *bits;  /* of the event's candidates */
    uint32_t *found;
    uint64_t *recall; /* the key, its lowest bit the answer; 0: free */
    eql_candidate_counters n;
};

#define PLAN_SLOTS (EQL_CANDIDATE_PLANS * 2)
#define RECALL_SLOTS (EQL_RECALL_BYTES / sizeof(uint64_t))

static bool
make_memo(eql_candidates *c)
{
    eql_hash_key_make(&c->key);
    c->recall = calloc(RECALL_SLOTS, sizeof *c->recall);
    c->memo = eql_memo_new(EQL_MEMO_BYTES, EQL_MEMO_ANSWER_BYTES);
    return c->recall && c->memo;
}

static bool
make_finder(eql_candidates *c)
{
    c->asker = eql_index_asker_new(c->t->index);
    c->plans = calloc(PLAN_SLOTS, sizeof(plan *));
    c->plan_arena = eql_arena_new(0);
    c->missing = eql_arena_new(0);
    c->nwords = (c->t->p->nstages + 63) / 64;
    c->bits = calloc((size_t)c->nwords + 1, sizeof *c->bits);
    c->found = calloc((size_t)c->t->p->nstages + 1, sizeof *c->found);
    return c->asker && c->plans && c->plan_arena && c->missing && c->bits &&
           c->found;
}

eql_candidates *
eql_candidates_new(const eql_candidate_tables *t, bool with_memo)
{
    eql_candidates *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->t = t;
    c->npaths = t->paths.n;
    c->paths = calloc((size_t)c->npaths + 1, sizeof *c->paths);
    if (!c->paths || (t->index && !make_finder(c)) ||
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
    eql_memo_free(c->memo);
    eql_arena_free(c->missing);
    eql_arena_free(c->plan_arena);
    free(c->plans);
    free(c->paths);
    free(c->bits);
    free(c->found);
    free(c->recall);
    free(c);
}

const eql_candidate_counters *
eql_candidates_get_counters(const eql_candidates *c)
{
    return &c->n;
}

void
eql_candidates_begin(eql_candidates *c, const eql_event *ev)
{
    c->event = ev;
    if (++c->epoch == 0) { /* wrapped: old numbers could be taken for new */
        for (uint32_t i = 0; i < c->npaths; i++)
            c->paths[i].met = c->paths[i].answered = c->paths[i].tagged = 0;
        c->epoch = 1;
    }
    if (!ev->lazy)
        return;
    for (uint32_t i = 0; i < ev->lazy->nraws; i++) {
        path_state *s = &c->paths[ev->lazy->raws[i].path];

        s->met = c->epoch;
        s->raw = &ev->lazy->raws[i];
    }
}

/* --- tags --------------------------------------------------------------------
 */

/* Has the path's value a tag?  One that is missing has, too. */
static bool
tag_path(eql_candidates *c, uint32_t path)
{
    path_state *s = &c->paths[path];

    if (s->tagged == c->epoch)
        return true;
    if (!c->event->lazy)
        return false;
    if (s->met != c->epoch) {
        s->tag = eql_hash_keyed(&c->key, path, "", 0);
    } else if (s->raw->p) {
        s->tag = eql_hash_keyed(&c->key, path, s->raw->p, s->raw->len);
    } else {
        return false;
    }
    s->tagged = c->epoch;
    return true;
}

/* --- leaves ------------------------------------------------------------------
 */

/* EQL_NONE: the leaf's answer is not remembered for this event. */
static size_t
recall_slot(eql_candidates *c, uint32_t leaf, uint64_t *key)
{
    uint32_t path = c->recall ? c->t->leaf_paths[leaf] : EQL_NONE;

    if (path == EQL_NONE || !tag_path(c, path))
        return EQL_NONE;
    /* An odd factor for each leaf; high bits choose the slot. */
    *key = (c->paths[path].tag.hi ^ leaf) *
           (UINT64_C(0x9e3779b97f4a7c15) + 2 * (uint64_t)leaf);
    return (size_t)((*key ^ c->paths[path].tag.lo) >> 40) % RECALL_SLOTS;
}

bool
eql_candidates_recall(eql_candidates *c, uint32_t leaf, bool *holds)
{
    uint64_t key;
    size_t at = recall_slot(c, leaf, &key);

    if (at == EQL_NONE || (c->recall[at] | 1) != (key | 1))
        return false;
    *holds = c->recall[at] & 1;
    c->n.recalled++;
    return true;
}

void
eql_candidates_note(eql_candidates *c, uint32_t leaf, bool holds)
{
    uint64_t key;
    size_t at = recall_slot(c, leaf, &key);

    if (at != EQL_NONE)
        c->recall[at] = (key & ~UINT64_C(1)) | holds;
}

/* --- answers -----------------------------------------------------------------
 */

static const eql_answer *
answer_missing(eql_candidates *c, uint32_t path)
{
    path_state *s = &c->paths[path];
    eql_answer a;
    uint32_t *stages;

    if (s->missing)
        return s->missing;
    if (!eql_index_ask(c->asker, c->event, path, &a))
        return NULL;
    s->missing = eql_arena_alloc(c->missing, sizeof *s->missing);
    stages = eql_arena_array(c->missing, a.n, sizeof *stages);
    if (!s->missing || !stages) {
        s->missing = NULL;
        return NULL;
    }
    for (uint32_t i = 0; i < a.n; i++)
        stages[i] = a.stages[i];
    *s->missing = (eql_answer){a.marks, a.n, stages};
    return s->missing;
}

/* Values of some paths are all different: then the memo is no help, and is kept
 * for others. */
static bool
is_worth_it(path_state *s)
{
    if (s->bypass > 0) {
        s->bypass--;
        return false;
    }
    if (s->lookups == EQL_CANDIDATE_TRIAL) {
        if (s->known < EQL_CANDIDATE_TRIAL / 16)
            s->bypass = EQL_CANDIDATE_BYPASS;
        s->lookups = s->known = 0;
    }
    return true;
}

/* What the path's value says, borrowed until the next call; NULL: memory. */
static const eql_answer *
answer(eql_candidates *c, uint32_t path, eql_answer *room)
{
    path_state *s = &c->paths[path];
    const eql_answer *known;

    if (c->event->lazy && s->met != c->epoch)
        return answer_missing(c, path);
    if (!c->memo || !is_worth_it(s) || !tag_path(c, path)) {
        c->n.asked++;
        return eql_index_ask(c->asker, c->event, path, room) ? room : NULL;
    }
    s->lookups++;
    c->n.lookups++;
    known = eql_memo_find(c->memo, s->tag);
    if (known) {
        s->known++;
        c->n.known++;
        return known;
    }
    c->n.asked++;
    if (!eql_index_ask(c->asker, c->event, path, room))
        return NULL;
    return eql_memo_add(c->memo, s->tag, room);
}

/* The answer's stages become candidates; its marks are added. */
static bool
take_answer(eql_candidates *c, uint32_t path, eql_marks *marks)
{
    eql_answer room;
    const eql_answer *a;

    if (c->paths[path].answered == c->epoch)
        return true;
    c->paths[path].answered = c->epoch;
    a = answer(c, path, &room);
    if (!a)
        return false;
    for (uint32_t i = 0; i < EQL_INDEX_MARKS / 64; i++)
        marks->w[i] |= a->marks.w[i];
    for (uint32_t i = 0; i < a->n; i++)
        c->bits[a->stages[i] / 64] |= UINT64_C(1) << a->stages[i] % 64;
    return true;
}

/* --- plans -------------------------------------------------------------------
 */

static plan *
make_plan(eql_candidates *c, const eql_marks *marks)
{
    eql_arena *a = c->plan_arena;
    plan *p = eql_arena_alloc(a, sizeof *p);
    uint64_t *allowed =
        eql_arena_array(a, (size_t)c->nwords * 2 + 1, sizeof *allowed);
    uint64_t *always = allowed ? allowed + c->nwords : NULL;
    eql_index_plan ip;

    if (!p || !allowed || !eql_index_make_plan(c->t->index, marks, a, &ip))
        return NULL;
    for (uint32_t i = 0; i < c->t->p->nstages; i++) {
        if (eql_index_allows(c->t->index, i, marks))
            allowed[i / 64] |= UINT64_C(1) << i % 64;
    }
    for (uint32_t i = 0; i < ip.nalways; i++)
        always[ip.always[i] / 64] |= UINT64_C(1) << ip.always[i] % 64;
    *p = (plan){*marks, ip.paths, ip.npaths, allowed, always};
    c->n.plans++;
    return p;
}

/* NULL: out of memory. */
static const plan *
plan_for(eql_candidates *c, const eql_marks *marks)
{
    uint64_t h = 0;
    uint32_t at;

    for (uint32_t i = 0; i < EQL_INDEX_MARKS / 64; i++)
        h = (h ^ marks->w[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
    at = (uint32_t)(h >> 32) % PLAN_SLOTS;
    for (; c->plans[at]; at = (at + 1) % PLAN_SLOTS) {
        if (memcmp(&c->plans[at]->marks, marks, sizeof *marks) == 0)
            return c->plans[at];
    }
    if (c->nplans == EQL_CANDIDATE_PLANS) {
        memset(c->plans, 0, PLAN_SLOTS * sizeof *c->plans);
        eql_arena_reset(c->plan_arena);
        c->nplans = 0;
        at = (uint32_t)(h >> 32) % PLAN_SLOTS;
    }
    c->plans[at] = make_plan(c, marks);
    c->nplans += c->plans[at] != NULL;
    return c->plans[at];
}

/* --- candidates --------------------------------------------------------------
 */

static uint32_t
list_bits(eql_candidates *c, const plan *p)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->nwords; i++) {
        uint64_t bits = (c->bits[i] & p->allowed[i]) | p->always[i];

        for (; bits; bits &= bits - 1)
            c->found[n++] = i * 64 + (uint32_t)__builtin_ctzll(bits);
    }
    return n;
}

const uint32_t *
eql_candidates_find(eql_candidates *c, uint32_t *n)
{
    eql_marks marks = {{0}};
    uint32_t nmark_paths;
    const uint32_t *mark_paths =
        eql_index_mark_paths(c->t->index, &nmark_paths);
    const plan *p;
    bool ok = true;

    if (c->memo)
        eql_memo_begin(c->memo);
    memset(c->bits, 0, c->nwords * sizeof *c->bits);
    for (uint32_t i = 0; ok && i < nmark_paths; i++)
        ok = take_answer(c, mark_paths[i], &marks);
    p = ok ? plan_for(c, &marks) : NULL;
    ok = p != NULL;
    for (uint32_t i = 0; ok && i < p->npaths; i++)
        ok = take_answer(c, p->paths[i], &marks);
    *n = ok ? list_bits(c, p) : EQL_NONE;
    if (ok)
        c->n.candidates += *n;
    return c->found;
}
