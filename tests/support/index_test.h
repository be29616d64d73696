/* index_test.h -- an index beside what it must agree with: every stage whose
 * filter holds is one that the index names. */
#ifndef EQL_TESTS_SUPPORT_INDEX_TEST_H
#define EQL_TESTS_SUPPORT_INDEX_TEST_H

#include "tests/support/event_filter_test.h"
#include "vm/index/dispatch.h"
#include "vm/index/index.h"

typedef struct {
    const eql_program *p;
    eql_prepared *pr;
    eql_paths paths;
    eql_index *ix;
    eql_index_asker *asker;
    eql_interp *it;
    eql_dispatch *dispatch;
    eql_arena *arena;
    bool *named; /* per stage: for the event at hand */
    uint64_t events, pairs, candidates, always, hits;
} test_index;

static inline void
test_index_init(test_index *t, const eql_program *p)
{
    memset(t, 0, sizeof *t);
    t->p = p;
    t->pr = eql_prepared_new(p);
    assert_non_null(t->pr);
    assert_true(eql_paths_init(&t->paths, p));
    assert_true(eql_index_fits(p));
    t->ix = eql_index_new(t->pr, &t->paths);
    assert_non_null(t->ix);
    t->asker = eql_index_asker_new(t->ix);
    t->it = eql_interp_new_shared(t->pr);
    t->dispatch = eql_dispatch_new(p);
    t->arena = eql_arena_new(0);
    t->named = calloc((size_t)p->nstages + 1, sizeof *t->named);
    assert_true(t->asker && t->it && t->dispatch && t->arena && t->named);
}

static inline void
test_index_free(test_index *t)
{
    eql_index_asker_free(t->asker);
    eql_index_free(t->ix);
    eql_paths_free(&t->paths);
    eql_interp_free(t->it);
    eql_dispatch_free(t->dispatch);
    eql_prepared_free(t->pr);
    eql_arena_free(t->arena);
    free(t->named);
}

static inline eql_marks
test_index_marks(test_index *t, const eql_event *ev)
{
    eql_marks all = {0};
    eql_answer a;
    uint32_t n;
    const uint32_t *paths = eql_index_mark_paths(t->ix, &n);

    for (uint32_t i = 0; i < n; i++) {
        assert_true(i == 0 || paths[i - 1] < paths[i]);
        assert_true(eql_index_ask(t->asker, ev, paths[i], &a));
        for (size_t w = 0; w < EQL_COUNTOF(all.w); w++)
            all.w[w] |= a.marks.w[w];
    }
    return all;
}

/* What the index says of the event, into t->named. */
static inline void
test_index_ask(test_index *t, const eql_event *ev)
{
    eql_marks marks = test_index_marks(t, ev);
    eql_index_plan plan;
    eql_answer a;

    memset(t->named, 0, t->p->nstages * sizeof *t->named);
    eql_arena_reset(t->arena);
    assert_true(eql_index_make_plan(t->ix, &marks, t->arena, &plan));
    for (uint32_t i = 0; i < plan.nalways; i++) {
        assert_true(i == 0 || plan.always[i - 1] < plan.always[i]);
        assert_true(eql_index_allows(t->ix, plan.always[i], &marks));
        t->named[plan.always[i]] = true;
    }
    t->always += plan.nalways;
    for (uint32_t i = 0; i < plan.npaths; i++) {
        assert_true(i == 0 || plan.paths[i - 1] < plan.paths[i]);
        assert_true(eql_index_ask(t->asker, ev, plan.paths[i], &a));
        for (uint32_t k = 0; k < a.n; k++) {
            assert_true(k == 0 || a.stages[k - 1] < a.stages[k]);
            if (t->named[a.stages[k]] ||
                !eql_index_allows(t->ix, a.stages[k], &marks))
                continue;
            t->named[a.stages[k]] = true;
            t->candidates++;
        }
    }
}

/* Names a stage whose filter holds and that the index leaves out; EQL_NONE:
 * there is none.  No stage of another category is named. */
static inline uint32_t
test_index_check(test_index *t, const eql_event *ev)
{
    const uint32_t *stages;
    uint32_t n, named = 0, met = 0;

    test_index_ask(t, ev);
    for (uint32_t s = 0; s < t->p->nstages; s++)
        named += t->named[s];
    eql_interp_begin(t->it, ev);
    n = eql_dispatch_stages(t->dispatch, ev, &stages);
    t->events++;
    t->pairs += n;
    for (uint32_t i = 0; i < n; i++) {
        bool holds = eql_interp_filter(t->it, t->p->stages[stages[i]].filter);

        met += t->named[stages[i]];
        t->hits += holds;
        if (holds && !t->named[stages[i]])
            return stages[i];
    }
    assert_int_equal(met, named);
    return EQL_NONE;
}

#endif
