/* candidates_find.c -- from raw texts to candidate stages, or to a filter
 * result.
 *
 * The texts of the marks' paths say which marks hold, and so which plan the
 * event has; the plan, which other paths are worth asking about.  The answers
 * of both are or-ed into one set of stages; those of it that the plan allows
 * are candidates, and those that the plan names as such always. */
#include "vm/index/candidates_int.h"

#include <assert.h>

/* --- answers --- */

/* Values of some paths, and events of some plans, are all different: then a
 * cache is no help, and its room is kept for others.  After `trial` look-ups of
 * which less than `least` were known there are none for `first`, each time in a
 * row twice as many, up to `longest`. */
static bool
is_worth_it(eql_trial *t, uint32_t trial, uint32_t least, uint32_t first,
            uint32_t longest)
{
    if (t->lookups == trial) {
        if (t->known >= least)
            t->pause = 0;
        else if (t->pause == 0)
            t->pause = first;
        else if (t->pause < longest)
            t->pause *= 2;
        t->bypass = t->pause;
        t->lookups = t->known = 0;
    }
    if (t->bypass == 0)
        return true;
    t->bypass--;
    return false;
}

static bool
is_path_worth_it(eql_trial *t)
{
    return is_worth_it(t, EQL_CANDIDATE_TRIAL, EQL_CANDIDATE_TRIAL / 16,
                       EQL_CANDIDATE_BYPASS, EQL_CANDIDATE_BYPASS);
}

static bool
is_result_worth_it(eql_trial *t)
{
    return is_worth_it(t, EQL_RESULT_TRIAL, EQL_RESULT_TRIAL / 4,
                       EQL_RESULT_TRIAL, EQL_RESULT_BYPASS);
}

/* What the path's value says, borrowed until the next call; NULL: memory. */
static const eql_answer *
answer(eql_candidates *c, uint32_t path, eql_answer *room)
{
    eql_path_state *s = &c->paths[path];
    const eql_h128 *tag = NULL;
    const eql_answer *known;
    uint32_t raw;

    if (c->event->lazy && !eql_candidates_met(c, path, &raw))
        return &s->missing;
    if (c->values && is_path_worth_it(&s->trial))
        tag = eql_candidates_tag(c, path);
    if (!tag) {
        c->n.asked++;
        return eql_index_ask(c->asker, c->event, path, room) ? room : NULL;
    }
    s->trial.lookups++;
    c->n.lookups++;
    known = eql_answer_cache_find(c->values, *tag);
    if (known) {
        s->trial.known++;
        c->n.known++;
        return known;
    }
    c->n.asked++;
    if (!eql_index_ask(c->asker, c->event, path, room))
        return NULL;
    return eql_answer_cache_add(c->values, *tag, room);
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

/* --- plans --- */

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

/* What the stages that a plan allows read, and what is asked of all events. */
static void
read_paths(const eql_candidates *c, const uint64_t *allowed, uint8_t *read)
{
    const eql_candidate_tables *t = c->t;
    const uint32_t facts[] = {EQL_FIELD_CATEGORY,
                              eql_program_dialect(t->p)->process_type};

    for (uint32_t i = 0; i < t->p->nstages; i++) {
        eql_range r = t->stage_paths[i];

        if (!(allowed[i / 64] >> i % 64 & 1))
            continue;
        for (uint32_t k = 0; k < r.n; k++) {
            uint32_t path =
                *(const uint32_t *)eql_vec_at(&t->read_paths, r.first + k);

            read[path] = !c->marked[path];
        }
    }
    for (uint32_t i = 0; i < EQL_COUNTOF(facts); i++) {
        if (facts[i] < t->p->nfields)
            read[t->paths.of[facts[i]]] = !c->marked[t->paths.of[facts[i]]];
    }
}

static eql_candidate_plan *
make_plan(eql_candidates *c, const eql_marks *marks)
{
    eql_arena *a = c->plan_arena;
    eql_candidate_plan *p = eql_arena_alloc(a, sizeof *p);
    uint64_t *allowed = eql_arena_array(a, c->nwords + 1, sizeof *allowed);
    uint64_t *always = eql_arena_array(a, c->nwords + 1, sizeof *always);
    uint64_t *words = eql_arena_array(a, c->nsums + 1, sizeof *words);
    uint8_t *needed = eql_arena_alloc(a, c->npaths + 1);
    uint8_t *read = eql_arena_alloc(a, c->npaths + 1);
    eql_index_plan ip;

    if (eql_arena_failed(a) || !eql_index_make_plan(c->t->index, marks, a, &ip))
        return NULL;
    *p = (eql_candidate_plan){.marks = *marks,
                              .needed = needed,
                              .read = read,
                              .allowed = allowed,
                              .always = always,
                              .words = words};
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
    read_paths(c, allowed, read);
    c->n.plans++;
    return p;
}

/* NULL: out of memory. */
static eql_candidate_plan *
plan_for(eql_candidates *c, const eql_marks *marks)
{
    uint64_t h = 0;
    uint32_t at;

    for (uint32_t i = 0; i < EQL_INDEX_MARKS / 64; i++)
        h = (h ^ marks->w[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
    at = (uint32_t)(h >> 32) % EQL_PLAN_SLOTS;
    for (; c->plans[at]; at = (at + 1) % EQL_PLAN_SLOTS) {
        if (memcmp(&c->plans[at]->marks, marks, sizeof *marks) == 0)
            return c->plans[at];
    }
    if (c->nplans == EQL_CANDIDATE_PLANS) {
        memset(c->plans, 0, EQL_PLAN_SLOTS * sizeof *c->plans);
        memset(c->shortcuts, 0, EQL_SHORTCUTS * sizeof *c->shortcuts);
        eql_arena_reset(c->plan_arena);
        c->nplans = 0;
        at = (uint32_t)(h >> 32) % EQL_PLAN_SLOTS;
    }
    c->plans[at] = make_plan(c, marks);
    for (uint32_t i = 0; i < EQL_INDEX_MARKS / 64; i++)
        c->met_marks.w[i] |= marks->w[i];
    c->nplans += c->plans[at] != NULL;
    return c->plans[at];
}

/* --- plans by texts --- */

static_assert(EQL_RAW_SLACK >= EQL_HASH_SLACK, "raw texts are hashed");

/* Adds the texts of the paths that are wanted; false: some are not in one
 * piece. */
static bool
add_texts(eql_candidates *c, const uint8_t *wanted, eql_hash_sum *sum)
{
    const eql_raw *raws = c->event->lazy->raws;
    uint32_t nraws = c->event->lazy->nraws, n = 0;

    for (uint32_t i = 0; i < nraws; i++) {
        if (!wanted[raws[i].path])
            continue;
        if (!raws[i].p)
            return false;
        c->pieces[n++] = (eql_hash_piece){raws[i].path, raws[i].len, raws[i].p};
    }
    eql_hash_sum_add(&c->key, sum, c->pieces, n);
    return true;
}

/* The plan by what all mark paths say, and the candidates that they make. */
static eql_candidate_plan *
ask_marks(eql_candidates *c, bool *simple)
{
    uint32_t n;
    const uint32_t *paths = eql_index_mark_paths(c->t->index, &n);
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

/* The same by the mark paths' texts, where they were met before: then it is
 * left to ask_marks what they make candidates unless *simple.  NULL: memory. */
static eql_candidate_plan *
plan_by_texts(eql_candidates *c, eql_h128 tag, bool *simple)
{
    eql_shortcut *s = &c->shortcuts[tag.lo % EQL_SHORTCUTS];

    if (!s->p || s->tag.hi != tag.hi || s->tag.lo != tag.lo) {
        eql_candidate_plan *p = ask_marks(c, simple);

        *s = (eql_shortcut){tag, *simple, p};
        *simple = true; /* they are asked now */
        return p;
    }
    *simple = s->simple;
    return s->p;
}

/* All paths, when it is not known which of them the event has. */
static bool
take_all(eql_candidates *c, const eql_candidate_plan *p)
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
take_needed(eql_candidates *c, const eql_candidate_plan *p)
{
    const eql_raw *raws = c->event->lazy->raws;
    uint32_t nraws = c->event->lazy->nraws, n = 0;
    eql_answer room;

    for (uint32_t i = 0; i < nraws; i++) {
        uint32_t path = raws[i].path;
        const eql_h128 *tag;

        if (!p->needed[path])
            continue;
        c->wanted[n++] = path;
        tag = c->values && c->paths[path].trial.bypass == 0
                  ? eql_candidates_tag_raw(c, i)
                  : NULL;
        if (tag)
            eql_answer_cache_expect(c->values, *tag);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t path = c->wanted[i];

        if (c->answered[path] != c->epoch && !take_answer(c, path, &room))
            return false;
    }
    return true;
}

static uint32_t
list_bits(eql_candidates *c, const eql_candidate_plan *p)
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

/* --- filter results --- */

/* The filter result of an event like this; NULL: none is known. */
static const eql_filter_result *
find_result(eql_candidates *c, eql_candidate_plan *p, eql_hash_sum *sum)
{
    const eql_answer *a;

    if (!c->results || !is_result_worth_it(&p->trial) ||
        !add_texts(c, p->read, sum))
        return NULL;
    c->tag = eql_hash_sum_end(&c->key, sum);
    p->trial.lookups++;
    c->n.judged++;
    a = eql_answer_cache_find(c->results, c->tag);
    c->wants_result = !a;
    if (!a)
        return NULL;
    p->trial.known++;
    c->n.results++;
    c->result = (eql_filter_result){a->stages, a->n, (uint32_t)a->marks.w[0]};
    return &c->result;
}

bool
eql_candidates_keep_result(eql_candidates *c, const eql_filter_result *v)
{
    eql_answer a = {.marks = {{v->facts}}, .n = v->n, .stages = v->stages};

    return !c->wants_result || eql_answer_cache_add(c->results, c->tag, &a);
}

/* --- candidates --- */

/* Their paths may have been left out where a plan was known. */
static bool
take_marks(eql_candidates *c)
{
    uint32_t n;
    const uint32_t *paths = eql_index_mark_paths(c->t->index, &n);
    eql_answer room;

    for (uint32_t i = 0; i < n; i++) {
        if (!take_answer(c, paths[i], &room))
            return false;
    }
    return true;
}

/* The plan; what is known without asking further. */
static eql_candidate_plan *
find_plan(eql_candidates *c, const eql_filter_result **result, bool *simple)
{
    eql_hash_sum sum = {{0}};
    eql_candidate_plan *p;

    *result = NULL;
    if (!c->values || !c->event->lazy || !add_texts(c, c->marked, &sum)) {
        p = ask_marks(c, simple);
        *simple = true;
        return p;
    }
    p = plan_by_texts(c, eql_hash_sum_end(&c->key, &sum), simple);
    if (p)
        *result = find_result(c, p, &sum);
    return p;
}

const uint32_t *
eql_candidates_find(eql_candidates *c, uint32_t *n,
                    const eql_filter_result **result)
{
    eql_candidate_plan *p;
    bool simple;

    c->wants_result = false;
    if (c->values)
        eql_answer_cache_begin(c->values);
    if (c->results)
        eql_answer_cache_begin(c->results);
    p = find_plan(c, result, &simple);
    if (*result) {
        *n = (*result)->n;
        return (*result)->stages;
    }
    if (p && (simple || take_marks(c)) &&
        (c->event->lazy ? take_needed(c, p) : take_all(c, p)))
        *n = list_bits(c, p);
    else
        *n = EQL_NONE;
    if (*n != EQL_NONE)
        c->n.candidates += *n;
    return c->found;
}
