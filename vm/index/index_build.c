/* index_build.c -- from access predicates (index_cut.c) and marks
 * (index_marks.c) to the tables that a value is looked up in.
 *
 * An entry is one leaf of some stage's access predicate, or a mark.  Leaves
 * that compare with literals are found from the value's text in a step that
 * does not depend on how many there are: whole texts by a hash, patterns by one
 * gram of their rarest piece.  For the rest the interpreter has to run the
 * leaf.  Everything here is made once per program and is read-only then.
 *
 *   entries     leaves to be asked about, by path and by how they are found
 *   groups      those that compare the same values with literals
 *     whole     key of a value -> entries
 *     grams     four or two bytes of a text -> spots -> entries
 *     loose     entries that any text may satisfy
 *   others      entries that only running them can tell about */
#include "vm/index/index_int.h"

#include <stdlib.h>

/* --- access predicates --- */

/* Leaves that are marks of the stage say nothing more as access. */
static void
price(const eql_index_maker *m, uint32_t from, uint32_t stage, bool marked,
      uint32_t *cost)
{
    for (uint32_t i = from; i < m->needed.n; i++) {
        const eql_index_link *link = eql_vec_at(&m->needed, i);

        if (link->stage != stage)
            break;
        if (m->mark_of[link->leaf] != EQL_NONE)
            cost[link->leaf] =
                marked ? EQL_INDEX_NEVER : m->leaves[link->leaf].cost;
    }
}

/* The leaves that were chosen, which are forgotten. */
static uint32_t
take_chosen(eql_index_maker *m, eql_range code, uint32_t stage, bool *chosen)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &m->ix->p->insns[code.first + i];
        eql_index_link link = {in->c, stage};

        if ((in->op != EQL_OP_BRANCH_TRUE && in->op != EQL_OP_BRANCH_FALSE) ||
            !chosen[in->c])
            continue;
        chosen[in->c] = false;
        eql_vec_push(&m->access, &link, sizeof link);
        n++;
    }
    return n;
}

static void
find_access_of(eql_index_maker *m, uint32_t stage, const uint32_t *cost,
               bool *chosen)
{
    eql_index *ix = m->ix;
    eql_range code = ix->p->filters[ix->p->stages[stage].filter].code;
    uint64_t bit = (uint64_t)1 << stage % 64;

    if (!eql_index_cut(&m->cutter, code, cost, chosen)) {
        ix->unindexed[stage / 64] |= bit;
        ix->facts.always++;
    } else if (take_chosen(m, code, stage, chosen) == 0) {
        ix->never[stage / 64] |= bit;
    }
}

bool
eql_index_find_access(eql_index_maker *m)
{
    const eql_program *p = m->ix->p;
    uint32_t *cost = calloc((size_t)p->nleaves + 1, sizeof *cost);
    bool *chosen = calloc((size_t)p->nleaves + 1, sizeof *chosen);
    bool ok = cost && chosen;
    uint32_t from = 0;

    for (uint32_t i = 0; ok && i < p->nleaves; i++)
        cost[i] = m->leaves[i].cost;
    for (uint32_t s = 0; ok && s < p->nstages; s++) {
        while (from < m->needed.n &&
               ((eql_index_link *)eql_vec_at(&m->needed, from))->stage < s)
            from++;
        price(m, from, s, true, cost);
        find_access_of(m, s, cost, chosen);
        price(m, from, s, false, cost);
    }
    free(cost);
    free(chosen);
    return ok && !m->access.failed;
}

/* --- entries --- */

typedef struct {
    uint32_t path, leaf;
    uint64_t group; /* field and conversion; others come last */
} place;

static int
by_place(const void *a, const void *b)
{
    const place *x = a, *y = b;

    if (x->path != y->path)
        return x->path < y->path ? -1 : 1;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

#define OTHERS UINT64_MAX

static place
place_of(const eql_index_leaf *l, uint32_t leaf)
{
    place pl = {l->path, leaf, OTHERS};

    if (l->texts)
        pl.group = (uint64_t)l->field << 8 | l->convert;
    return pl;
}

/* Leaves that are marks or give access, by place; NULL: out of memory. */
static place *
find_places(const eql_index_maker *m, uint32_t *n)
{
    uint32_t nleaves = m->ix->p->nleaves;
    place *places = calloc((size_t)nleaves + 1, sizeof *places);
    bool *used = calloc((size_t)nleaves + 1, sizeof *used);

    *n = 0;
    for (uint32_t i = 0; used && i < m->access.n; i++)
        used[((eql_index_link *)eql_vec_at(&m->access, i))->leaf] = true;
    for (uint32_t i = 0; used && places && i < nleaves; i++) {
        if (used[i] || m->mark_of[i] != EQL_NONE)
            places[(*n)++] = place_of(&m->leaves[i], i);
    }
    if (!used) {
        free(places);
        places = NULL;
    }
    free(used);
    if (places)
        qsort(places, *n, sizeof *places, by_place);
    return places;
}

/* Stages by the entry that gives access to them: a counting sort. */
static bool
group_stages(eql_index_maker *m, const place *places)
{
    eql_index *ix = m->ix;
    uint32_t *entry_of = calloc((size_t)ix->p->nleaves + 1, sizeof *entry_of);
    uint32_t at = 0;

    ix->stages = eql_arena_array(ix->arena, m->access.n, sizeof *ix->stages);
    if (!entry_of || !ix->stages) {
        free(entry_of);
        return false;
    }
    for (uint32_t i = 0; i < ix->nentries; i++)
        entry_of[places[i].leaf] = i;
    for (uint32_t i = 0; i < m->access.n; i++) {
        const eql_index_link *link = eql_vec_at(&m->access, i);

        ix->entries[entry_of[link->leaf]].stages.n++;
    }
    for (uint32_t i = 0; i < ix->nentries; i++) {
        eql_range *r = &ix->entries[i].stages;

        ix->facts.access_leaves += r->n > 0;
        r->first = at;
        at += r->n;
        r->n = 0;
    }
    for (uint32_t i = 0; i < m->access.n; i++) {
        const eql_index_link *link = eql_vec_at(&m->access, i);
        eql_range *r = &ix->entries[entry_of[link->leaf]].stages;

        ix->stages[r->first + r->n++] = link->stage;
    }
    free(entry_of);
    return true;
}

static bool
make_entries(eql_index_maker *m, const place *places)
{
    eql_index *ix = m->ix;

    ix->entries = eql_arena_array(ix->arena, ix->nentries, sizeof *ix->entries);
    for (uint32_t i = 0; ix->entries && i < ix->nentries; i++) {
        const eql_index_leaf *l = &m->leaves[places[i].leaf];
        bool like =
            l->texts && l->op == EQL_OP_LIKE && l->convert == EQL_OP_LOAD_FIELD;

        ix->entries[i] =
            (eql_index_entry){.leaf = places[i].leaf,
                              .path = places[i].path,
                              .present = l->present,
                              .like = like ? l->constant : EQL_NONE,
                              .field = l->field,
                              .mark = m->mark_of[places[i].leaf]};
    }
    return ix->entries && group_stages(m, places);
}

/* --- tables --- */

typedef struct {
    uint64_t key;
    uint32_t what;
} pair;

static int
by_key(const void *a, const void *b)
{
    const pair *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->what > y->what) - (x->what < y->what);
}

/* While one group is made. */
typedef struct {
    eql_index_maker *m;
    eql_index_group *g;
    eql_vec whole; /* pair: key, entry */
    eql_vec grams; /* pair: gram, index in spots */
    eql_vec spots; /* eql_index_spot */
    eql_buf scratch;
} tables;

static uint32_t
power_of_two(uint32_t at_least)
{
    uint32_t n = 1;

    while (n < at_least)
        n *= 2;
    return n;
}

/* Runs of equal keys in sorted pairs; `first` is the index of what the first
 * pair stands for. */
static bool
make_table(eql_arena *arena, eql_index_table *t, const eql_vec *pairs,
           uint32_t first, bool hashed)
{
    uint32_t ncells = power_of_two(2 * pairs->n + 1);
    const pair *p = pairs->items;

    t->cells = eql_arena_array(arena, ncells, sizeof *t->cells);
    if (!t->cells)
        return false;
    t->mask = ncells - 1;
    for (uint32_t i = 0, end; i < pairs->n; i = end) {
        uint64_t hash = hashed ? p[i].key : eql_index_gram_hash(p[i].key);
        uint32_t at = (uint32_t)hash & t->mask;

        for (end = i; end < pairs->n && p[end].key == p[i].key;)
            end++;
        while (t->cells[at].n > 0)
            at = (at + 1) & t->mask;
        t->cells[at] = (eql_index_cell){p[i].key, first + i, end - i};
    }
    return true;
}

static void
sort_pairs(eql_vec *pairs)
{
    if (pairs->n > 0)
        qsort(pairs->items, pairs->n, sizeof(pair), by_key);
}

static bool
finish_whole(tables *t)
{
    eql_index *ix = t->m->ix;
    uint32_t first = ix->posts.n;

    sort_pairs(&t->whole);
    for (uint32_t i = 0; i < t->whole.n; i++) {
        const pair *p = eql_vec_at(&t->whole, i);

        eql_vec_push(&ix->posts, &p->what, sizeof p->what);
    }
    ix->facts.texts += t->whole.n;
    return make_table(ix->arena, &t->g->whole, &t->whole, first, true);
}

/* Thirty-two bits of the Bloom filter for each gram. */
static bool
make_filter(tables *t)
{
    uint32_t nbits = power_of_two(32 * t->grams.n + 1024), log = 0;
    eql_index_group *g = t->g;

    while (nbits >> log > 1)
        log++;
    g->shift = (uint8_t)(32 - log);
    g->bloom = eql_arena_array(t->m->ix->arena, nbits / 64, sizeof *g->bloom);
    for (uint32_t i = 0; g->bloom && i < t->grams.n; i++) {
        const pair *p = eql_vec_at(&t->grams, i);
        uint32_t bit = eql_index_gram_hash(p->key) >> g->shift;

        g->bloom[bit / 64] |= (uint64_t)1 << bit % 64;
    }
    return g->bloom != NULL;
}

static bool
make_nibbles(tables *t)
{
    uint64_t grams[EQL_INDEX_NIBBLES];
    eql_index_group *g = t->g;
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->grams.n; i++) {
        const pair *p = eql_vec_at(&t->grams, i);

        if (n > 0 && grams[n - 1] == p->key) /* they are sorted */
            continue;
        if (n == EQL_INDEX_NIBBLES)
            return true;
        grams[n++] = p->key;
    }
    g->nibbles = eql_arena_alloc(t->m->ix->arena, sizeof *g->nibbles);
    if (g->nibbles)
        eql_index_nibbles_make(g->nibbles, grams, n);
    return g->nibbles != NULL;
}

static bool
finish_grams(tables *t)
{
    eql_index *ix = t->m->ix;
    uint32_t first = ix->spots.n;

    if (t->grams.n == 0)
        return true;
    sort_pairs(&t->grams);
    for (uint32_t i = 0; i < t->grams.n; i++) {
        const pair *p = eql_vec_at(&t->grams, i);

        eql_vec_push(&ix->spots, eql_vec_at(&t->spots, p->what),
                     sizeof(eql_index_spot));
    }
    ix->facts.fragments += t->grams.n;
    return make_table(ix->arena, &t->g->grams, &t->grams, first, false) &&
           make_filter(t) && make_nibbles(t);
}

/* --- literals --- */

static void
add_key(tables *t, uint64_t key, uint32_t entry)
{
    pair p = {key, entry};

    eql_vec_push(&t->whole, &p, sizeof p);
}

static void
add_text(tables *t, eql_strview s, uint32_t entry)
{
    t->scratch.len = 0;
    eql_fold(&t->scratch, s);
    if (t->scratch.len > t->g->longest)
        t->g->longest = (uint32_t)t->scratch.len;
    add_key(t, eql_index_text_key(t->m->ix->seed, eql_buf_sv(&t->scratch)),
            entry);
}

/* Everything that may equal a literal of EQ_K or IN. */
static void
add_scalar(tables *t, const eql_const *k, uint32_t entry)
{
    uint64_t seed = t->m->ix->seed;
    eql_literal literal = eql_literal_of(eql_prepared_value(t->m->ix->p, k));
    eql_strview text = eql_literal_text(&literal);

    if (literal.v.tag == EQL_NULL)
        return;
    add_text(t, text, entry);
    if (literal.has_number)
        add_key(t, eql_index_number_key(seed, &literal.number), entry);
    if (eql_fold_eq(text, eql_sv("true", 4)))
        add_key(t, eql_index_bool_key(seed, true), entry);
    if (eql_fold_eq(text, eql_sv("false", 5)))
        add_key(t, eql_index_bool_key(seed, false), entry);
}

/* false: it cannot be looked for. */
static bool
add_piece(tables *t, const eql_index_piece *piece, uint32_t entry)
{
    eql_buf *pool = &t->m->ix->pool;
    eql_index_spot spot = {entry, (uint32_t)pool->len, piece->len, piece->at};
    pair p = {0, t->spots.n};

    if (piece->gram == 0)
        return false;
    p.key = eql_index_gram(piece->text + piece->at, piece->gram);
    t->g->pairs |= piece->gram == 2;
    eql_buf_add(pool, piece->text, piece->len);
    eql_vec_push(&t->spots, &spot, sizeof spot);
    eql_vec_push(&t->grams, &p, sizeof p);
    return true;
}

static bool
add_pattern(tables *t, eql_strview s, uint32_t entry)
{
    eql_index_piece piece = eql_index_piece_of(&t->m->counts, s);

    return add_piece(t, &piece, entry);
}

static bool
add_regex(tables *t, const eql_index_leaf *l, eql_strview s, uint32_t entry)
{
    eql_index_pieces pieces = eql_index_regex_pieces(
        &t->m->counts, s, eql_index_is_whole(t->m->ix->p, l));

    for (uint32_t i = 0; i < pieces.n; i++)
        add_piece(t, &pieces.items[i], entry);
    return pieces.n > 0;
}

/* false: some of its literals cannot be looked for. */
static bool
add_leaf(tables *t, const eql_index_leaf *l, uint32_t entry)
{
    const eql_program *p = t->m->ix->p;
    bool found = true;

    t->g->patterns |= l->op == EQL_OP_LIKE;

    for (uint32_t i = 0; i < eql_index_nliterals(p, l); i++) {
        const eql_const *k = eql_index_literal(p, l, i);
        eql_strview s = eql_program_str(p, k->str);

        if (l->op == EQL_OP_REGEX)
            found &= add_regex(t, l, s, entry);
        else if (l->op != EQL_OP_LIKE)
            add_scalar(t, k, entry);
        else if (eql_index_is_wildcard(s))
            found &= add_pattern(t, s, entry);
        else
            add_text(t, s, entry);
    }
    return found;
}

/* --- groups --- */

static uint32_t
add_post(eql_index *ix, uint32_t entry, eql_range *r)
{
    if (r->n++ == 0)
        r->first = ix->posts.n;
    return eql_vec_push(&ix->posts, &entry, sizeof entry);
}

/* Of entries first .. end - 1. */
static bool
make_group(eql_index_maker *m, eql_index_group *g, uint32_t first, uint32_t end)
{
    const eql_index_leaf *l = &m->leaves[m->ix->entries[first].leaf];
    tables t = {.m = m, .g = g};
    bool ok;

    g->field = l->field;
    g->convert = l->convert;
    for (uint32_t i = first; i < end; i++)
        add_post(m->ix, i, &g->entries);
    for (uint32_t i = first; i < end; i++) {
        if (!add_leaf(&t, &m->leaves[m->ix->entries[i].leaf], i))
            add_post(m->ix, i, &g->loose);
    }
    ok = !t.whole.failed && !t.grams.failed && !t.spots.failed &&
         finish_whole(&t) && finish_grams(&t) && !t.scratch.failed;
    eql_vec_free(&t.whole);
    eql_vec_free(&t.grams);
    eql_vec_free(&t.spots);
    eql_buf_free(&t.scratch);
    return ok;
}

static bool
make_groups(eql_index_maker *m, const place *places)
{
    eql_index *ix = m->ix;
    uint32_t ngroups = 0;
    bool ok;

    ix->groups = eql_arena_array(ix->arena, ix->nentries, sizeof *ix->groups);
    ok = ix->groups != NULL;
    for (uint32_t i = 0, end; ok && i < ix->nentries; i = end) {
        eql_index_path *path = &ix->paths[places[i].path];

        end = i + 1;
        if (places[i].group == OTHERS) {
            add_post(ix, i, &path->others);
            continue;
        }
        while (end < ix->nentries && places[end].path == places[i].path &&
               places[end].group == places[i].group)
            end++;
        if (path->groups.n++ == 0)
            path->groups.first = ngroups;
        ok = make_group(m, &ix->groups[ngroups++], i, end);
    }
    return ok;
}

/* --- paths --- */

static int
by_path(const void *a, const void *b)
{
    const eql_index_category *x = a, *y = b;

    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    return (x->mark > y->mark) - (x->mark < y->mark);
}

/* Fields of one path may both hold categories, so each category is in the run
 * of its path, though other fields' may be, too. */
static void
place_categories(eql_index *ix)
{
    if (ix->ncategories > 0)
        qsort(ix->categories, ix->ncategories, sizeof *ix->categories, by_path);
    for (uint32_t i = 0; i < ix->ncategories; i++) {
        eql_range *r =
            &ix->paths[ix->fields->of[ix->categories[i].field]].categories;

        if (r->n == 0)
            r->first = i;
        r->n = i + 1 - r->first;
    }
}

static bool
list_mark_paths(eql_index *ix)
{
    bool *marked = calloc((size_t)ix->fields->n + 1, sizeof *marked);

    ix->mark_paths =
        eql_arena_array(ix->arena, ix->fields->n, sizeof *ix->mark_paths);
    if (!marked || !ix->mark_paths) {
        free(marked);
        return false;
    }
    for (uint32_t i = 0; i < ix->ncategories; i++)
        marked[ix->fields->of[ix->categories[i].field]] = true;
    for (uint32_t i = 0; i < ix->nentries; i++)
        marked[ix->entries[i].path] |= ix->entries[i].mark != EQL_NONE;
    for (uint32_t i = 0; i < ix->fields->n; i++) {
        if (marked[i])
            ix->mark_paths[ix->nmark_paths++] = i;
    }
    free(marked);
    return true;
}

/* Where the access leaves of each stage are. */
static bool
list_stage_paths(eql_index_maker *m)
{
    eql_index *ix = m->ix;
    uint32_t n = 0;

    ix->access_paths =
        eql_arena_array(ix->arena, m->access.n, sizeof *ix->access_paths);
    for (uint32_t i = 0; ix->access_paths && i < m->access.n; i++) {
        const eql_index_link *link = eql_vec_at(&m->access, i);
        eql_range *r = &ix->stage_paths[link->stage];
        uint32_t path = m->leaves[link->leaf].path, k = 0;

        if (r->n == 0)
            r->first = n;
        while (k < r->n && ix->access_paths[r->first + k] != path)
            k++;
        if (k < r->n)
            continue;
        ix->access_paths[n++] = path;
        r->n++;
    }
    return ix->access_paths != NULL;
}

static void
count_access_paths(eql_index *ix)
{
    for (uint32_t i = 0, last = EQL_NONE; i < ix->nentries; i++) {
        if (ix->entries[i].stages.n == 0 || ix->entries[i].path == last)
            continue;
        last = ix->entries[i].path; /* entries are sorted by path */
        ix->naccess_paths++;
    }
}

bool
eql_index_build(eql_index_maker *m)
{
    eql_index *ix = m->ix;
    place *places = find_places(m, &ix->nentries);
    bool ok = places && make_entries(m, places) && make_groups(m, places);

    free(places);
    if (!ok)
        return false;
    place_categories(ix);
    count_access_paths(ix);
    return list_mark_paths(ix) && list_stage_paths(m) && !ix->posts.failed &&
           !ix->spots.failed && !ix->pool.failed;
}
