/* index_marks.c -- the conditions that many stages share, and what follows from
 * those that an event meets.
 *
 * Marks are all categories, and leaves that are necessary for a filter and read
 * a path of few values.  A plan is found word by word: a stage is out of the
 * question when a mark that it needs is lacking. */
#include "vm/index/index_int.h"

#include <stdlib.h>

/* Paths are looked at for every event only where at least one stage in so many
 * needs a leaf about them. */
#define STAGES_PER_MARK_PATH 64u

/* --- categories --- */

/* The n-th category that stages ask for, in order of first use; the number of
 * categories if the stage asks for a new one. */
static uint32_t
find_category(const eql_program *p, const eql_index_category *c, uint32_t n,
              const eql_stage *s)
{
    eql_strview name = eql_program_str(p, s->category);
    uint32_t i = 0;

    while (i < n &&
           (c[i].field != s->category_field || !eql_sv_eq(c[i].name, name)))
        i++;
    return i;
}

/* How many there are, EQL_INDEX_CATEGORIES + 1 at most; in c, which has room
 * for EQL_INDEX_CATEGORIES. */
static uint32_t
list_categories(const eql_program *p, eql_index_category *c)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->nstages; i++) {
        const eql_stage *s = &p->stages[i];

        if (!s->has_category || find_category(p, c, n, s) < n)
            continue;
        if (n == EQL_INDEX_CATEGORIES)
            return n + 1;
        c[n] = (eql_index_category){s->category_field, n,
                                    eql_program_str(p, s->category)};
        n++;
    }
    return n;
}

uint32_t
eql_index_category_mark(const eql_index *ix, uint32_t stage)
{
    return ix->category_marks[stage];
}

bool
eql_index_fits(const eql_program *p)
{
    eql_index_category c[EQL_INDEX_CATEGORIES];

    return list_categories(p, c) <= EQL_INDEX_CATEGORIES;
}

static bool
mark_categories(eql_index *ix)
{
    const eql_program *p = ix->p;

    ix->categories = eql_arena_array(ix->arena, EQL_INDEX_CATEGORIES,
                                     sizeof *ix->categories);
    ix->category_marks = eql_arena_array(ix->arena, (size_t)p->nstages + 1,
                                         sizeof *ix->category_marks);
    if (!ix->categories || !ix->category_marks)
        return false;
    ix->ncategories = list_categories(p, ix->categories);
    ix->nmarks = ix->ncategories;
    for (uint32_t i = 0; i < p->nstages; i++) {
        const eql_stage *s = &p->stages[i];

        ix->category_marks[i] = EQL_NONE;
        if (!s->has_category)
            continue;
        ix->category_marks[i] =
            find_category(p, ix->categories, ix->ncategories, s);
        eql_marks_set(&ix->needs[i], ix->category_marks[i]);
    }
    return true;
}

/* --- leaves --- */

/* Leaves about few-valued paths that stages need. */
static bool
find_needed(eql_index_maker *m, const bool *few_valued)
{
    const eql_program *p = m->ix->p;
    uint32_t *seen = calloc((size_t)p->nleaves + 1, sizeof *seen);

    for (uint32_t s = 0; seen && s < p->nstages; s++) {
        eql_range code = p->filters[p->stages[s].filter].code;

        for (uint32_t i = 0; i < code.n; i++) {
            const eql_insn *in = &p->insns[code.first + i];
            eql_index_link link = {in->c, s};

            if ((in->op != EQL_OP_BRANCH_TRUE &&
                 in->op != EQL_OP_BRANCH_FALSE) ||
                seen[in->c] == s + 1)
                continue;
            seen[in->c] = s + 1;
            if (m->leaves[in->c].path != EQL_NONE &&
                m->leaves[in->c].present == EQL_NONE &&
                few_valued[m->leaves[in->c].path] &&
                eql_index_is_necessary(&m->cutter, code, in->c))
                eql_vec_push(&m->needed, &link, sizeof link);
        }
    }
    free(seen);
    return seen && !m->needed.failed;
}

typedef struct {
    uint32_t leaf, n; /* stages that need it */
} demand;

static int
by_demand(const void *a, const void *b)
{
    const demand *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

/* Leaves that stages need; paths where they are too few get demand 0. */
static uint32_t
count_demand(const eql_index_maker *m, demand *d, uint32_t *of_path)
{
    const eql_program *p = m->ix->p;
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->nleaves; i++)
        d[i] = (demand){i, 0};
    for (uint32_t i = 0; i < m->needed.n; i++) {
        const eql_index_link *link = eql_vec_at(&m->needed, i);

        d[link->leaf].n++;
        of_path[m->leaves[link->leaf].path]++;
    }
    for (uint32_t i = 0; i < p->nleaves; i++) {
        if (d[i].n > 0 &&
            of_path[m->leaves[i].path] >= p->nstages / STAGES_PER_MARK_PATH)
            d[n++] = d[i];
    }
    return n;
}

/* The most wanted of them are marks. */
static bool
mark_leaves(eql_index_maker *m)
{
    eql_index *ix = m->ix;
    demand *d = calloc((size_t)ix->p->nleaves + 1, sizeof *d);
    uint32_t *of_path = calloc((size_t)ix->fields->n + 1, sizeof *of_path);
    uint32_t n = 0;

    if (d && of_path)
        n = count_demand(m, d, of_path);
    if (n > 0)
        qsort(d, n, sizeof *d, by_demand);
    for (uint32_t i = 0; i < n && ix->nmarks < EQL_INDEX_MARKS; i++)
        m->mark_of[d[i].leaf] = ix->nmarks++;
    free(of_path);
    free(d);
    return d && of_path;
}

/* Per mark, the stages that need it. */
static bool
collect_lacking(eql_index *ix)
{
    ix->lacking = eql_arena_array(
        ix->arena, (size_t)ix->nmarks * ix->nwords + 1, sizeof *ix->lacking);
    for (uint32_t s = 0; ix->lacking && s < ix->p->nstages; s++) {
        for (uint32_t i = 0; i < EQL_COUNTOF(ix->needs[s].w); i++) {
            for (uint64_t w = ix->needs[s].w[i]; w != 0; w &= w - 1) {
                size_t mark = i * 64 + (size_t)__builtin_ctzll(w);

                ix->lacking[mark * ix->nwords + s / 64] |= (uint64_t)1
                                                           << s % 64;
            }
        }
    }
    return ix->lacking != NULL;
}

bool
eql_index_choose_marks(eql_index_maker *m)
{
    eql_index *ix = m->ix;
    bool *few_valued = calloc((size_t)ix->fields->n + 1, sizeof *few_valued);
    bool ok = few_valued != NULL;

    for (uint32_t i = 0; ok && i < ix->fields->n; i++)
        few_valued[i] = eql_index_is_few_valued(ix->p, &ix->fields->items[i]);
    ok = ok && mark_categories(ix) && find_needed(m, few_valued) &&
         mark_leaves(m);
    free(few_valued);
    for (uint32_t i = 0; ok && i < m->needed.n; i++) {
        const eql_index_link *link = eql_vec_at(&m->needed, i);

        if (m->mark_of[link->leaf] != EQL_NONE)
            eql_marks_set(&ix->needs[link->stage], m->mark_of[link->leaf]);
    }
    return ok && collect_lacking(ix);
}

/* --- plans --- */

bool
eql_index_allows(const eql_index *ix, uint32_t stage, const eql_marks *marks)
{
    const eql_marks *needs = &ix->needs[stage];
    uint64_t lacking = 0;

    for (uint32_t i = 0; i < EQL_COUNTOF(needs->w); i++)
        lacking |= needs->w[i] & ~marks->w[i];
    return lacking == 0;
}

/* The stages, 64 words of them from `first` on, whose marks all hold. */
#define BLOCK 64u

static void
allow(const eql_index *ix, const eql_marks *marks, uint32_t first,
      uint64_t out[BLOCK])
{
    uint32_t n = ix->nwords - first < BLOCK ? ix->nwords - first : BLOCK;

    memset(out, 0, BLOCK * sizeof *out);
    for (uint32_t k = 0; k < ix->nmarks; k++) {
        const uint64_t *from = ix->lacking + (size_t)k * ix->nwords + first;

        if (eql_marks_has(marks, k))
            continue;
        for (uint32_t i = 0; i < n; i++)
            out[i] |= from[i];
    }
    for (uint32_t i = 0; i < n; i++)
        out[i] = ~(out[i] | ix->never[first + i]);
}

/* What is planned so far. */
typedef struct {
    const eql_index *ix;
    eql_index_plan *out;
    uint32_t *always, *paths;
    uint64_t *wanted; /* bits, one per path */
} planner;

static void
add_stage(planner *pl, uint32_t stage)
{
    const eql_index *ix = pl->ix;
    eql_range paths = ix->stage_paths[stage];

    if (ix->unindexed[stage / 64] >> stage % 64 & 1)
        pl->always[pl->out->nalways++] = stage;
    for (uint32_t i = 0; i < paths.n; i++) {
        uint32_t path = ix->access_paths[paths.first + i];

        pl->wanted[path / 64] |= (uint64_t)1 << path % 64;
    }
}

static void
add_block(planner *pl, const uint64_t *allowed, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t w = allowed[i];

        for (; w != 0; w &= w - 1) {
            uint32_t stage = (first + i) * 64 + (uint32_t)__builtin_ctzll(w);

            if (stage < pl->ix->p->nstages)
                add_stage(pl, stage);
        }
    }
}

static void
list_paths(planner *pl)
{
    for (uint32_t i = 0; i < (pl->ix->fields->n + 63) / 64; i++) {
        for (uint64_t w = pl->wanted[i]; w != 0; w &= w - 1)
            pl->paths[pl->out->npaths++] =
                i * 64 + (uint32_t)__builtin_ctzll(w);
    }
}

bool
eql_index_make_plan(const eql_index *ix, const eql_marks *marks, eql_arena *a,
                    eql_index_plan *out)
{
    uint64_t allowed[BLOCK];
    planner pl = {.ix = ix, .out = out};

    *out = (eql_index_plan){0};
    pl.always = eql_arena_array(a, ix->facts.always, sizeof *pl.always);
    pl.paths = eql_arena_array(a, ix->naccess_paths, sizeof *pl.paths);
    pl.wanted =
        eql_arena_array(a, (ix->fields->n + 63) / 64, sizeof *pl.wanted);
    if (!pl.always || !pl.paths || !pl.wanted)
        return false;
    for (uint32_t first = 0; first < ix->nwords; first += BLOCK) {
        uint32_t n = ix->nwords - first;

        allow(ix, marks, first, allowed);
        add_block(&pl, allowed, first, n < BLOCK ? n : BLOCK);
    }
    list_paths(&pl);
    out->always = pl.always;
    out->paths = pl.paths;
    return true;
}
