/* index.c -- makes an index in three steps and owns it. */
#include "vm/index/index_int.h"

#include <stdlib.h>

static bool
allocate(eql_index *ix)
{
    const eql_program *p = ix->p;
    eql_arena *a;

    ix->nwords = (p->nstages + 63) / 64;
    ix->arena = a = eql_arena_new(0);
    if (!a)
        return false;
    ix->paths = eql_arena_array(a, ix->fields->n, sizeof *ix->paths);
    ix->needs = eql_arena_array(a, p->nstages, sizeof *ix->needs);
    ix->stage_paths = eql_arena_array(a, p->nstages, sizeof *ix->stage_paths);
    ix->unindexed = eql_arena_array(a, ix->nwords, sizeof *ix->unindexed);
    ix->never = eql_arena_array(a, ix->nwords, sizeof *ix->never);
    return !eql_arena_failed(a);
}

static bool
prepare(eql_index_maker *m)
{
    const eql_index *ix = m->ix;

    m->mark_of = calloc((size_t)ix->p->nleaves + 1, sizeof *m->mark_of);
    for (uint32_t i = 0; m->mark_of && i < ix->p->nleaves; i++)
        m->mark_of[i] = EQL_NONE;
    if (!m->mark_of || !eql_index_counts_init(&m->counts, ix->p) ||
        !eql_index_cutter_init(&m->cutter, ix->p))
        return false;
    m->leaves = eql_index_leaves(ix->pr, ix->fields, &m->counts);
    return m->leaves != NULL;
}

static void
add_up(eql_index *ix)
{
    eql_index_facts *f = &ix->facts;

    f->stages = ix->p->nstages;
    f->marks = ix->nmarks;
    f->bytes = eql_arena_used(ix->arena) + ix->posts.cap * sizeof(uint32_t) +
               ix->spots.cap * sizeof(eql_index_spot) + ix->pool.cap;
}

static bool
make(eql_index *ix)
{
    eql_index_maker m = {.ix = ix};
    bool ok = allocate(ix) && prepare(&m) && eql_index_choose_marks(&m) &&
              eql_index_find_access(&m) && eql_index_build(&m);

    eql_index_counts_free(&m.counts);
    eql_index_cutter_free(&m.cutter);
    free(m.leaves);
    free(m.mark_of);
    eql_vec_free(&m.needed);
    eql_vec_free(&m.access);
    if (ok)
        add_up(ix);
    return ok;
}

eql_index *
eql_index_new(const eql_prepared *pr, const eql_paths *paths)
{
    eql_index *ix = calloc(1, sizeof *ix);

    if (!ix)
        return NULL;
    ix->pr = pr;
    ix->p = pr->p;
    ix->fields = paths;
    ix->seed = eql_hash_seed();
    if (!make(ix)) {
        eql_index_free(ix);
        return NULL;
    }
    return ix;
}

void
eql_index_free(eql_index *ix)
{
    if (!ix)
        return;
    eql_arena_free(ix->arena);
    eql_vec_free(&ix->posts);
    eql_vec_free(&ix->spots);
    eql_buf_free(&ix->pool);
    free(ix);
}

const uint32_t *
eql_index_mark_paths(const eql_index *ix, uint32_t *n)
{
    *n = ix->nmark_paths;
    return ix->mark_paths;
}

eql_index_facts
eql_index_get_facts(const eql_index *ix)
{
    return ix->facts;
}
