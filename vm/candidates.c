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

/* A path, over many events. */
typedef struct {
    /* Since the trial began, or until the bypass ends: */
    uint32_t lookups, known, bypass;
    eql_answer missing; /* what it says when it is missing */
} path_state;

typedef struct {
    eql_marks marks;
    const uint8_t *needed;            /* per path: access is by it */
    const uint64_t *allowed, *always; /* bits of stages */
    const uint64_t *words; /* bits of words of always[] that are not 0 */
} plan;

/* The plan of an event by the tags of all its mark paths, where their values
 * make nothing else a candidate. */
typedef struct {
    eql_h128 tags;
    const plan *p; /* NULL: free */
} shortcut;

struct eql_candidates {
    const eql_candidate_tables *t;
    eql_index_asker *asker;
    eql_memo *memo; /* NULL: nothing is remembered */
    eql_hash_key key;
    path_state *paths;
    uint32_t npaths;
    eql_arena *missing; /* of answers */
    /* Of the event at hand: */
    const eql_event *event;
    uint32_t epoch;     /* its number */
    uint64_t *met;      /* per path: the event's number and that of a raw */
    eql_h128 *tags;     /* per raw */
    uint32_t *tagged;   /* per raw: the event's number if it has its tag */
    uint32_t *answered; /* per path: the same if it was asked */
    eql_h128 *no_tags;  /* per path: of a missing value */
    uint64_t *bits;     /* of stages; all 0 between events */
    uint64_t *words;    /* bits of words of bits[] that are not 0 */
    uint32_t *wanted;   /* paths that the plan needs */
    uint32_t *found;
    /* Plans by marks, open addressing. */
    plan **plans;
    uint32_t nplans;
    shortcut *shortcuts;
    eql_arena *plan_arena;
    uint32_t nwords;  /* of a set of stages */
    uint32_t nsums;   /* of a set of such words */
    uint64_t *recall; /* the key, its lowest bit the answer; 0: free */
    eql_candidate_counters n;
};

#define PLAN_SLOTS (EQL_CANDIDATE_PLANS * 2)
#define SHORTCUTS 256u
#define RECALL_SLOTS (EQL_RECALL_BYTES / sizeof(uint64_t))

static bool
make_memo(eql_candidates *c)
{
    eql_hash_key_make(&c->key);
    for (uint32_t i = 0; i < c->npaths; i++)
        c->no_tags[i] = eql_hash_keyed(&c->key, i, "", 0);
    c->recall = calloc(RECALL_SLOTS, sizeof *c->recall);
    c->memo = eql_memo_new(EQL_MEMO_BYTES, EQL_MEMO_ANSWER_BYTES);
    return c->recall && c->memo;
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
    c->asker = eql_index_asker_new(c->t->index);
    c->plans = calloc(PLAN_SLOTS, sizeof(plan *));
    c->shortcuts = calloc(SHORTCUTS, sizeof *c->shortcuts);
    c->plan_arena = eql_arena_new(0);
    c->missing = eql_arena_new(0);
    c->nwords = (c->t->p->nstages + 63) / 64;
    c->nsums = (c->nwords + 63) / 64;
    c->bits = calloc((size_t)c->nwords + 1, sizeof *c->bits);
    c->words = calloc((size_t)c->nsums + 1, sizeof *c->words);
    c->wanted = calloc((size_t)c->npaths + 1, sizeof *c->wanted);
    c->found = calloc((size_t)c->t->p->nstages + 1, sizeof *c->found);
    return c->asker && c->plans && c->shortcuts && c->plan_arena &&
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
    eql_memo_free(c->memo);
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
    free(c->recall);
    free(c);
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
    const eql_lazy *lazy = ev->lazy;

    c->event = ev;
    if (++c->epoch == 0) { /* wrapped: old numbers could be taken for new */
        memset(c->met, 0, c->npaths * sizeof *c->met);
        memset(c->tagged, 0, c->npaths * sizeof *c->tagged);
        memset(c->answered, 0, c->npaths * sizeof *c->answered);
        c->epoch = 1;
    }
    for (uint32_t i = 0; lazy && i < lazy->nraws; i++)
        c->met[lazy->raws[i].path] = (uint64_t)c->epoch << 32 | i;
}

/* --- tags --------------------------------------------------------------------
 */

static bool
is_met(const eql_candidates *c, uint32_t path)
{
    return c->met[path] >> 32 == c->epoch;
}

/* The tag of a raw text; NULL: it is not in one piece. */
static const eql_h128 *
tag_raw(eql_candidates *c, uint32_t i)
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

/* That of the path's value, also of one that is missing; NULL: none. */
static const eql_h128 *
tag_path(eql_candidates *c, uint32_t path)
{
    if (!c->event->lazy)
        return NULL;
    return is_met(c, path) ? tag_raw(c, (uint32_t)c->met[path])
                           : &c->no_tags[path];
}

/* --- leaves ------------------------------------------------------------------
 */

/* Where the answer to a question about a path's value is remembered; EQL_NONE:
 * nowhere for this event. */
static size_t
recall_slot(eql_candidates *c, uint32_t path, uint32_t question, uint64_t *key)
{
    const eql_h128 *tag =
        path == EQL_NONE || !c->recall ? NULL : tag_path(c, path);

    if (!tag)
        return EQL_NONE;
    /* An odd factor for each question; high bits choose the slot. */
    *key = (tag->hi ^ question) *
           (UINT64_C(0x9e3779b97f4a7c15) + 2 * (uint64_t)question);
    return (size_t)((*key ^ tag->lo) >> 40) % RECALL_SLOTS;
}

static bool
recall(eql_candidates *c, uint32_t path, uint32_t question, bool *holds)
{
    uint64_t key;
    size_t at = recall_slot(c, path, question, &key);

    if (at == EQL_NONE || (c->recall[at] | 1) != (key | 1))
        return false;
    *holds = c->recall[at] & 1;
    c->n.recalled++;
    return true;
}

static void
note(eql_candidates *c, uint32_t path, uint32_t question, bool holds)
{
    uint64_t key;
    size_t at = recall_slot(c, path, question, &key);

    if (at != EQL_NONE)
        c->recall[at] = (key & ~UINT64_C(1)) | holds;
}

bool
eql_candidates_recall(eql_candidates *c, uint32_t leaf, bool *holds)
{
    return recall(c, c->t->leaf_paths[leaf], leaf, holds);
}

void
eql_candidates_note(eql_candidates *c, uint32_t leaf, bool holds)
{
    note(c, c->t->leaf_paths[leaf], leaf, holds);
}

/* Questions beyond those of leaves. */
bool
eql_candidates_recall_field(eql_candidates *c, uint32_t field, uint32_t number,
                            bool *holds)
{
    return recall(c, c->t->paths.of[field], c->t->p->nleaves + number, holds);
}

void
eql_candidates_note_field(eql_candidates *c, uint32_t field, uint32_t number,
                          bool holds)
{
    note(c, c->t->paths.of[field], c->t->p->nleaves + number, holds);
}

/* --- answers -----------------------------------------------------------------
 */

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
    const eql_h128 *tag = NULL;
    const eql_answer *known;

    if (c->event->lazy && !is_met(c, path))
        return &s->missing;
    if (c->memo && is_worth_it(s))
        tag = tag_path(c, path);
    if (!tag) {
        c->n.asked++;
        return eql_index_ask(c->asker, c->event, path, room) ? room : NULL;
    }
    s->lookups++;
    c->n.lookups++;
    known = eql_memo_find(c->memo, *tag);
    if (known) {
        s->known++;
        c->n.known++;
        return known;
    }
    c->n.asked++;
    if (!eql_index_ask(c->asker, c->event, path, room))
        return NULL;
    return eql_memo_add(c->memo, *tag, room);
}

static void
set_bit(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

static void
add_stages(uint64_t *bits, uint64_t *words, const eql_answer *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        set_bit(bits, a->stages[i]);
        set_bit(words, a->stages[i] / 64);
    }
}

/* The answer's stages become candidates; NULL: out of memory. */
static const eql_answer *
take_answer(eql_candidates *c, uint32_t path, eql_answer *room)
{
    const eql_answer *a = answer(c, path, room);

    c->answered[path] = c->epoch;
    if (a)
        add_stages(c->bits, c->words, a);
    return a;
}

/* --- plans -------------------------------------------------------------------
 */

/* Stages that paths make candidates by not being there are taken for ones that
 * always are. */
static void
need_paths(eql_candidates *c, const eql_index_plan *ip, uint8_t *needed,
           uint64_t *always)
{
    for (uint32_t i = 0; i < ip->npaths; i++) {
        const eql_answer *a = &c->paths[ip->paths[i]].missing;

        needed[ip->paths[i]] = true;
        for (uint32_t k = 0; k < a->n; k++)
            set_bit(always, a->stages[k]);
    }
}

static plan *
make_plan(eql_candidates *c, const eql_marks *marks)
{
    eql_arena *a = c->plan_arena;
    plan *p = eql_arena_alloc(a, sizeof *p);
    uint64_t *allowed = eql_arena_array(a, c->nwords + 1, sizeof *allowed);
    uint64_t *always = eql_arena_array(a, c->nwords + 1, sizeof *always);
    uint64_t *words = eql_arena_array(a, c->nsums + 1, sizeof *words);
    uint8_t *needed = eql_arena_alloc(a, c->npaths + 1);
    eql_index_plan ip;

    if (eql_arena_failed(a) || !eql_index_make_plan(c->t->index, marks, a, &ip))
        return NULL;
    *p = (plan){*marks, needed, allowed, always, words};
    for (uint32_t i = 0; i < c->t->p->nstages; i++) {
        if (eql_index_allows(c->t->index, i, marks))
            set_bit(allowed, i);
    }
    need_paths(c, &ip, needed, always);
    for (uint32_t i = 0; i < c->nwords; i++)
        always[i] &= allowed[i];
    for (uint32_t i = 0; i < ip.nalways; i++)
        set_bit(always, ip.always[i]);
    for (uint32_t i = 0; i < c->nwords; i++) {
        if (always[i])
            set_bit(words, i);
    }
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
        memset(c->shortcuts, 0, SHORTCUTS * sizeof *c->shortcuts);
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

/* The tags of all mark paths as one; false: some have none. */
static bool
tag_marks(eql_candidates *c, const uint32_t *paths, uint32_t n, eql_h128 *out)
{
    *out = (eql_h128){0};
    for (uint32_t i = 0; i < n; i++) {
        const eql_h128 *tag = tag_path(c, paths[i]);

        if (!tag)
            return false;
        /* Tags hold their path, so that their order need not count. */
        out->hi += tag->hi;
        out->lo += tag->lo;
    }
    return true;
}

/* The plan by what all mark paths say, and the candidates that they make. */
static const plan *
ask_marks(eql_candidates *c, const uint32_t *paths, uint32_t n, bool *simple)
{
    eql_marks marks = {{0}};
    eql_answer room;

    *simple = true;
    for (uint32_t i = 0; i < n; i++) {
        const eql_answer *a = take_answer(c, paths[i], &room);

        if (!a)
            return NULL;
        *simple = *simple && a->n == 0;
        for (uint32_t k = 0; k < EQL_INDEX_MARKS / 64; k++)
            marks.w[k] |= a->marks.w[k];
    }
    return plan_for(c, &marks);
}

static const plan *
find_plan(eql_candidates *c)
{
    uint32_t n;
    const uint32_t *paths = eql_index_mark_paths(c->t->index, &n);
    shortcut *s = NULL;
    const plan *p;
    eql_h128 tags;
    bool simple;

    if (c->memo && tag_marks(c, paths, n, &tags)) {
        s = &c->shortcuts[tags.lo % SHORTCUTS];
        if (s->p && s->tags.hi == tags.hi && s->tags.lo == tags.lo)
            return s->p;
    }
    p = ask_marks(c, paths, n, &simple);
    if (p && s && simple)
        *s = (shortcut){tags, p};
    return p;
}

/* All paths, when it is not known which of them the event has. */
static bool
take_all(eql_candidates *c, const plan *p)
{
    eql_answer room;

    for (uint32_t i = 0; i < c->npaths; i++) {
        if (p->needed[i] && c->answered[i] != c->epoch &&
            !take_answer(c, i, &room))
            return false;
    }
    return true;
}

static bool
take_needed(eql_candidates *c, const plan *p)
{
    const eql_raw *raws = c->event->lazy->raws;
    uint32_t nraws = c->event->lazy->nraws, n = 0;
    eql_answer room;

    for (uint32_t i = 0; i < nraws; i++) {
        const eql_h128 *tag;

        if (!p->needed[raws[i].path])
            continue;
        c->wanted[n++] = raws[i].path;
        tag = c->memo ? tag_raw(c, i) : NULL;
        if (tag)
            eql_memo_expect(c->memo, *tag);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t path = c->wanted[i];

        if (c->answered[path] != c->epoch && !take_answer(c, path, &room))
            return false;
    }
    return true;
}

static uint32_t
list_bits(eql_candidates *c, const plan *p)
{
    uint32_t n = 0;

    for (uint32_t s = 0; s < c->nsums; s++) {
        uint64_t words = c->words[s] | p->words[s];

        c->words[s] = 0;
        for (; words; words &= words - 1) {
            uint32_t i = s * 64 + (uint32_t)__builtin_ctzll(words);
            uint64_t bits = (c->bits[i] & p->allowed[i]) | p->always[i];

            c->bits[i] = 0;
            for (; bits; bits &= bits - 1)
                c->found[n++] = i * 64 + (uint32_t)__builtin_ctzll(bits);
        }
    }
    return n;
}

const uint32_t *
eql_candidates_find(eql_candidates *c, uint32_t *n)
{
    const plan *p;

    if (c->memo)
        eql_memo_begin(c->memo);
    p = find_plan(c);
    if (p && (c->event->lazy ? take_needed(c, p) : take_all(c, p)))
        *n = list_bits(c, p);
    else
        *n = EQL_NONE;
    if (*n != EQL_NONE)
        c->n.candidates += *n;
    return c->found;
}
