/* project_build.c -- paths to tries; project.c says what they look like. */
#include "io/json/project_int.h"

#include <stdlib.h>

typedef enum { EDGE, LITERAL, PICK } known_kind;

static uint32_t
add_node(eql_project *pr)
{
    eql_project_node n = {.edges = EQL_NONE,
                          .literals = EQL_NONE,
                          .fields = EQL_NONE,
                          .elements = EQL_NONE};

    return eql_project_push(pr, &pr->nodes, &n, sizeof n);
}

/* What leads on from the node by that name, or EQL_NONE; remember() is told
 * of what is made then. */
static uint32_t
find(eql_project *pr, known_kind kind, uint32_t at, eql_strview name)
{
    pr->key.len = 0;
    eql_buf_add_char(&pr->key, (char)kind);
    eql_buf_add(&pr->key, &at, sizeof at);
    eql_buf_add_sv(&pr->key, name);
    if (pr->key.failed)
        return EQL_NONE;
    return eql_map_get(pr->known, pr->key.p, pr->key.len);
}

static void
remember(eql_project *pr, uint32_t i)
{
    if (pr->failed || pr->key.failed ||
        !eql_map_put(pr->known, pr->key.p, pr->key.len, i))
        pr->failed = true;
}

/* The edge of that name, to `to` (EQL_NONE: a new node) when it is new. */
static uint32_t
edge_to(eql_project *pr, uint32_t at, eql_strview name, uint32_t to)
{
    uint32_t i = find(pr, EDGE, at, name);
    eql_project_edge e = {.name = name,
                          .next = eql_project_node_at(pr, at)->edges};

    if (i != EQL_NONE)
        return ((const eql_project_edge *)eql_vec_at(&pr->edges, i))->child;
    e.child = to == EQL_NONE ? add_node(pr) : to;
    i = eql_project_push(pr, &pr->edges, &e, sizeof e);
    remember(pr, i);
    if (pr->failed)
        return EQL_NONE;
    eql_project_node_at(pr, at)->edges = i;
    return e.child;
}

static void
add_split(eql_project *pr, uint32_t root, eql_strview name, uint32_t child)
{
    uint32_t at = root;

    while (!pr->failed) {
        const char *dot = memchr(name.p, '.', name.len);
        size_t n = dot ? (size_t)(dot - name.p) : name.len;

        at = edge_to(pr, at, eql_sv(name.p, n), dot ? EQL_NONE : child);
        if (!dot)
            return;
        name = eql_sv(dot + 1, name.len - n - 1);
    }
}

static uint32_t
literal_to(eql_project *pr, uint32_t at, eql_strview name)
{
    uint32_t i = find(pr, LITERAL, at, name);
    eql_project_literal l = {.name = name,
                             .next = eql_project_node_at(pr, at)->literals};

    if (i != EQL_NONE)
        return ((const eql_project_literal *)eql_vec_at(&pr->literals, i))
            ->child;
    l.first = (size_t)((const char *)memchr(name.p, '.', name.len) - name.p);
    l.child = add_node(pr);
    l.split = add_node(pr);
    i = eql_project_push(pr, &pr->literals, &l, sizeof l);
    remember(pr, i);
    if (pr->failed)
        return EQL_NONE;
    eql_project_node_at(pr, at)->literals = i;
    add_split(pr, l.split, name, l.child);
    return l.child;
}

static uint32_t
pick_to(eql_project *pr, uint32_t at, uint32_t index)
{
    uint32_t i = find(pr, PICK, at, eql_sv((const char *)&index, sizeof index));
    eql_project_pick k = {.index = index, .node = at};

    if (i != EQL_NONE)
        return ((const eql_project_pick *)eql_vec_at(&pr->picks, i))->root;
    k.root = add_node(pr);
    i = eql_project_push(pr, &pr->picks, &k, sizeof k);
    remember(pr, i);
    if (pr->failed)
        return EQL_NONE;
    eql_project_node_at(pr, at)->picks.n++;
    return k.root;
}

/* The node where the field's path ends, from the root of its scope. */
static uint32_t
path_end(eql_project *pr, const eql_field *f, uint32_t root)
{
    const eql_program *p = pr->program;
    uint32_t at = root;

    for (uint32_t i = 0; i < f->segs.n && !pr->failed; i++) {
        const eql_field_seg *seg = &p->segs[f->segs.first + i];
        eql_strview name = eql_program_str(p, seg->name);

        if (seg->flags & EQL_SEG_INDEX)
            at = pick_to(pr, at, seg->index);
        else if (seg->flags & EQL_SEG_QUOTED && memchr(name.p, '.', name.len))
            at = literal_to(pr, at, name);
        else
            at = edge_to(pr, at, name, EQL_NONE);
    }
    return at;
}

/* Under multi_value=opaque nothing is flattened on the way to an array. */
static bool
is_looked_up(const eql_project *pr, const eql_field *f)
{
    return f->mode == EQL_MODE_OPAQUE ||
           (f->mode == EQL_MODE_ELEMENTS &&
            eql_program_dialect(pr->program)->multi_value ==
                EQL_MULTI_VALUE_OPAQUE);
}

static void
add_field(eql_project *pr, eql_project_scope *sc, uint32_t field)
{
    const eql_field *f = &pr->program->fields[field];
    uint32_t *list, at;

    if (is_looked_up(pr, f)) {
        pr->next_field[field] = sc->opaque;
        sc->opaque = field;
        return;
    }
    at = path_end(pr, f, sc->root);
    if (pr->failed)
        return;
    list = f->mode == EQL_MODE_ELEMENTS ? &eql_project_node_at(pr, at)->elements
                                        : &eql_project_node_at(pr, at)->fields;
    pr->next_field[field] = *list;
    *list = field;
}

/* A scope without fields has no trie.  siblings: next field of one parent. */
static void
add_scope(eql_project *pr, uint32_t parent, uint32_t first,
          const uint32_t *siblings)
{
    eql_project_scope *sc = &pr->scopes[parent == EQL_NONE ? 0 : parent + 1];

    *sc = (eql_project_scope){.opaque = EQL_NONE};
    sc->nodes.first = pr->nodes.n;
    sc->picks.first = pr->picks.n;
    sc->root = add_node(pr);
    for (uint32_t f = first; f != EQL_NONE && !pr->failed; f = siblings[f])
        add_field(pr, sc, f);
    sc->nodes.n = pr->nodes.n - sc->nodes.first;
    sc->picks.n = pr->picks.n - sc->picks.first;
}

/* The event's scope, then those of the arrays. */
static void
add_scopes(eql_project *pr)
{
    uint32_t n = pr->program->nfields;
    uint32_t *siblings = calloc((size_t)n + 1, sizeof *siblings);
    uint32_t *first = malloc(((size_t)n + 1) * sizeof *first);

    pr->failed |= !siblings || !first;
    for (uint32_t i = 0; i <= n && !pr->failed; i++)
        first[i] = EQL_NONE;
    for (uint32_t i = n; i-- > 0 && !pr->failed;) {
        uint32_t parent = pr->program->fields[i].parent;
        uint32_t *head = &first[parent == EQL_NONE ? 0 : parent + 1];

        siblings[i] = *head;
        *head = i;
    }
    for (uint32_t i = 0; i <= n && !pr->failed; i++)
        if (i == 0 || pr->program->fields[i - 1].nchildren > 0)
            add_scope(pr, i == 0 ? EQL_NONE : i - 1, first[i], siblings);
    free(siblings);
    free(first);
}

static int
cmp_edge(const void *a, const void *b)
{
    return eql_sv_cmp(((const eql_project_edge *)a)->name,
                      ((const eql_project_edge *)b)->name);
}

/* Lays each node's edges side by side, in order of names. */
static void
sort_edges(eql_project *pr)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < pr->nodes.n; i++) {
        eql_project_node *at = eql_project_node_at(pr, i);

        at->sorted.first = n;
        for (uint32_t e = at->edges; e != EQL_NONE; n++) {
            pr->sorted[n] =
                *(const eql_project_edge *)eql_vec_at(&pr->edges, e);
            e = pr->sorted[n].next;
        }
        at->sorted.n = n - at->sorted.first;
        if (at->sorted.n > 1)
            qsort(pr->sorted + at->sorted.first, at->sorted.n,
                  sizeof(eql_project_edge), cmp_edge);
    }
}

static int
cmp_picked(const void *a, const void *b, void *ctx)
{
    const eql_project *pr = ctx;
    const eql_project_pick *x = eql_vec_at(&pr->picks, *(const uint32_t *)a);
    const eql_project_pick *y = eql_vec_at(&pr->picks, *(const uint32_t *)b);

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Lays each node's picks side by side, in order of indexes. */
static void
sort_picks(eql_project *pr)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < pr->picks.n; i++)
        pr->picked[i] = i;
    if (pr->picks.n > 1)
        qsort_r(pr->picked, pr->picks.n, sizeof *pr->picked, cmp_picked, pr);
    for (uint32_t i = 0; i < pr->nodes.n; i++) {
        eql_project_node *at = eql_project_node_at(pr, i);

        at->picks.first = n;
        n += at->picks.n;
    }
}

bool
eql_project_build(eql_project *pr, const eql_program *p)
{
    size_t n = p->nfields ? p->nfields : 1;

    pr->program = p;
    pr->next_field = calloc(n, sizeof *pr->next_field);
    pr->scopes = calloc(n + 1, sizeof *pr->scopes);
    pr->texts = eql_arena_new(0);
    pr->known = eql_map_new();
    if (!pr->next_field || !pr->scopes || !pr->texts || !pr->known)
        return false;
    add_scopes(pr);
    eql_map_free(pr->known);
    pr->known = NULL;
    eql_buf_free(&pr->key);
    pr->sorted = calloc(pr->edges.n + (size_t)1, sizeof *pr->sorted);
    pr->picked = calloc(pr->picks.n + (size_t)1, sizeof *pr->picked);
    if (pr->failed || !pr->sorted || !pr->picked)
        return false;
    sort_edges(pr);
    sort_picks(pr);
    return true;
}
