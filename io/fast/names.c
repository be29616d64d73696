/* names.c -- builds the trie of names.h: nodes first, then for each node a hash
 * table of the names and dotted joins that lead on from it.  Built once per
 * program and reader; read-only then. */
#include "io/fast/names.h"

#include <stdlib.h>

#include "base/map.h"
#include "io/format/record_key.h"
#include "io/format/layout.h"

/* Longer paths are left to the strict reader. */
#define MAX_NAMES EQL_NAMES_MAX

typedef struct {
    uint32_t from, to;
    uint32_t name, len; /* in text */
} link;

typedef struct {
    eql_names *t;
    const eql_program *p;
    eql_map *known; /* links by node and name: number of the link */
    eql_vec links;
    eql_vec deferred; /* node, path */
    eql_buf key;
    bool failed;
} build;

typedef struct {
    uint32_t node, path;
} deferred_path;

static uint32_t
add_node(build *b)
{
    eql_names_node n = {.path = EQL_NONE, .first = EQL_NONE};
    uint32_t i = eql_vec_push(&b->t->nodes, &n, sizeof n);

    b->failed |= i == EQL_NONE;
    return i == EQL_NONE ? 0 : i;
}

static eql_names_node *
node_at(build *b, uint32_t i)
{
    return eql_vec_at(&b->t->nodes, i);
}

/* Leads from one node to `to` by that key; to EQL_NONE: wherever it leads
 * already, or to a new node. */
static uint32_t
link_to(build *b, uint32_t from, eql_strview key, uint32_t to)
{
    link l = {from, to, (uint32_t)b->t->text.len, (uint32_t)key.len};
    uint32_t i;

    b->key.len = 0;
    eql_buf_add(&b->key, &from, sizeof from);
    eql_buf_add_sv(&b->key, key);
    if (b->key.failed || b->failed) {
        b->failed = true;
        return 0;
    }
    i = eql_map_get(b->known, b->key.p, b->key.len);
    if (i != EQL_NONE)
        return ((const link *)eql_vec_at(&b->links, i))->to;
    if (to == EQL_NONE)
        l.to = add_node(b);
    eql_buf_add_sv(&b->t->text, key);
    i = eql_vec_push(&b->links, &l, sizeof l);
    b->failed |= i == EQL_NONE || b->t->text.failed ||
                 !eql_map_put(b->known, b->key.p, b->key.len, i);
    return l.to;
}

/* The node where these names lead; joins lead there, too. */
static uint32_t
path_to(build *b, const eql_strview *names, uint32_t n)
{
    uint32_t nodes[MAX_NAMES + 1] = {0};
    eql_buf key = {0};

    for (uint32_t i = 0; i < n; i++)
        nodes[i + 1] = link_to(b, nodes[i], names[i], EQL_NONE);
    for (uint32_t i = 0; i < n; i++) {
        key.len = 0;
        eql_buf_add_sv(&key, names[i]);
        for (uint32_t k = i + 1; k < n; k++) {
            eql_buf_add_char(&key, '.');
            eql_buf_add_sv(&key, names[k]);
            (void)link_to(b, nodes[i], eql_buf_sv(&key), nodes[k + 1]);
        }
    }
    b->failed |= key.failed;
    eql_buf_free(&key);
    return nodes[n];
}

static void
add_deferred(build *b, uint32_t path, eql_strview first)
{
    const char *dot = first.len ? memchr(first.p, '.', first.len) : NULL;
    deferred_path v = {0, path};

    if (dot)
        first.len = (size_t)(dot - first.p);
    v.node = path_to(b, &first, 1);
    b->failed |= eql_vec_push(&b->deferred, &v, sizeof v) == EQL_NONE;
}

static void
add_path(build *b, const eql_field_path *path, uint32_t number)
{
    const eql_field *f = &b->p->fields[path->first];
    const eql_field_seg *segs = &b->p->segs[f->segs.first];
    eql_strview names[MAX_NAMES];
    bool plain = path->plain && f->segs.n > 0 && f->segs.n <= MAX_NAMES;
    deferred_path anywhere = {EQL_NONE, number};

    for (uint32_t i = 0; i < f->segs.n && plain; i++) {
        names[i] = eql_program_str(b->p, segs[i].name);
        plain = names[i].len > 0 && !memchr(names[i].p, '.', names[i].len);
    }
    if (plain)
        node_at(b, path_to(b, names, f->segs.n))->path = number;
    else if (f->segs.n > 0 && !(segs[0].flags & EQL_SEG_INDEX))
        add_deferred(b, number, eql_program_str(b->p, segs[0].name));
    else
        b->failed |=
            eql_vec_push(&b->deferred, &anywhere, sizeof anywhere) == EQL_NONE;
}

/* Dots part names. */
static void
add_special(build *b, eql_strview path, uint32_t bit)
{
    eql_strview names[MAX_NAMES] = {{0}};
    uint32_t n = 0;

    for (bool more = true; more && n < MAX_NAMES; n++) {
        const char *dot = memchr(path.p, '.', path.len);

        more = dot != NULL;
        names[n] = eql_sv(path.p, more ? (size_t)(dot - path.p) : path.len);
        path = eql_sv(path.p + names[n].len + more,
                      path.len - names[n].len - more);
    }
    node_at(b, path_to(b, names, n))->special |= bit;
}

static void
add_key(build *b, const char *key, uint32_t bit)
{
    add_special(b, eql_sv_cstr(key), bit);
}

static void
add_telling(void *ctx, eql_strview path)
{
    add_special(ctx, path, EQL_NAMES_TELLING);
}

static void
add_wrapper(build *b, const char *path)
{
    add_special(b, eql_sv(path, strcspn(path, ".")), EQL_NAMES_WRAPPER);
}

static void
add_specials(build *b)
{
    add_key(b, "_source", EQL_NAMES_SOURCE);
    add_key(b, "_index", EQL_NAMES_INDEX);
    add_key(b, "_id", EQL_NAMES_ID);
    for (uint32_t i = 0; i < EQL_RECORD_KEY_COUNT; i++)
        add_key(b, eql_record_keys[i], EQL_NAMES_RECORD << i);
    eql_layout_anchors(add_telling, b);
#define W(path) add_wrapper(b, path);
#include "io/input/wrapper.def"
#undef W
}

/* Does a field take an object for a value? */
static void
mark_whole(build *b, const eql_paths *paths)
{
    uint8_t *whole = calloc((size_t)paths->n + 1, 1);

    b->failed |= !whole;
    for (uint32_t f = 0; f < b->p->nfields && whole; f++) {
        const eql_field *field = &b->p->fields[f];

        if (field->parent == EQL_NONE && (field->mode == EQL_MODE_OPAQUE ||
                                          field->mode == EQL_MODE_ELEMENTS))
            whole[paths->of[f]] = 1;
    }
    for (uint32_t i = 0; i < b->t->nodes.n && whole; i++) {
        eql_names_node *n = node_at(b, i);

        n->whole = n->path != EQL_NONE && whole[n->path];
    }
    free(whole);
}

/* --- tables --- */

static void
put_edge(eql_names *t, const eql_names_node *n, const link *l)
{
    eql_names_edge e = {.len = l->len, .node = l->to, .name = l->name};
    const char *key = t->text.p + l->name;
    uint32_t i;

    if (l->len >= 8) {
        e.head = eql_names_load(key);
        e.tail = eql_names_load(key + l->len - 8);
    } else {
        memcpy(&e.head, key, l->len);
        e.tail = e.head;
    }
    for (i = eql_names_hash(e.head, e.tail, e.len);
         t->edges[n->first + (i & n->mask)].node != EQL_NONE; i++) {
    }
    t->edges[n->first + (i & n->mask)] = e;
}

static bool
make_tables(build *b)
{
    eql_names *t = b->t;

    for (uint32_t i = 0; i < b->links.n; i++)
        node_at(b, ((const link *)eql_vec_at(&b->links, i))->from)->mask++;
    for (uint32_t i = 0; i < t->nodes.n; i++) {
        eql_names_node *n = node_at(b, i);
        uint32_t size = 4;

        if (n->mask == 0)
            continue;
        while (size < n->mask * 3)
            size *= 2;
        n->mask = size - 1;
        n->first = t->nedges;
        t->nedges += size;
    }
    t->edges = malloc((t->nedges + (size_t)1) * sizeof *t->edges);
    if (!t->edges)
        return false;
    for (uint32_t i = 0; i < t->nedges; i++)
        t->edges[i] = (eql_names_edge){.node = EQL_NONE};
    for (uint32_t i = 0; i < b->links.n; i++) {
        const link *l = eql_vec_at(&b->links, i);

        put_edge(t, node_at(b, l->from), l);
    }
    return true;
}

static int
cmp_deferred(const void *a, const void *b)
{
    const deferred_path *x = a, *y = b;

    /* Those that may begin anywhere (EQL_NONE) come first. */
    if (x->node != y->node)
        return x->node + 1 < y->node + 1 ? -1 : 1;
    return (x->path > y->path) - (x->path < y->path);
}

static bool
lay_deferred(build *b)
{
    eql_names *t = b->t;

    t->deferred = malloc((b->deferred.n + (size_t)1) * sizeof *t->deferred);
    if (!t->deferred)
        return false;
    if (b->deferred.n > 1)
        qsort(b->deferred.items, b->deferred.n, sizeof(deferred_path),
              cmp_deferred);
    for (; t->ndeferred < b->deferred.n; t->ndeferred++) {
        const deferred_path *v = eql_vec_at(&b->deferred, t->ndeferred);

        t->deferred[t->ndeferred] = v->path;
        if (v->node == EQL_NONE) {
            t->always++;
            continue;
        }
        if (node_at(b, v->node)->ndeferred++ == 0)
            node_at(b, v->node)->deferred = t->ndeferred;
    }
    return true;
}

static bool
begin(build *b)
{
    *b->t = (eql_names){0};
    b->known = eql_map_new();
    b->failed = !b->known;
    if (!b->failed)
        (void)add_node(b);
    return !b->failed;
}

static bool
finish(build *b)
{
    b->failed = b->failed || !make_tables(b) || !lay_deferred(b);
    eql_map_free(b->known);
    eql_vec_free(&b->links);
    eql_vec_free(&b->deferred);
    eql_buf_free(&b->key);
    if (b->failed)
        eql_names_free(b->t);
    return !b->failed;
}

bool
eql_names_init(eql_names *t, const eql_program *p, const eql_paths *paths)
{
    build b = {.t = t, .p = p};

    (void)begin(&b);
    for (uint32_t i = 0; i < paths->n && !b.failed; i++)
        add_path(&b, &paths->items[i], i);
    if (!b.failed)
        add_specials(&b);
    if (!b.failed)
        mark_whole(&b, paths);
    return finish(&b);
}

bool
eql_names_init_ways(eql_names *t, const eql_names_way *ways, uint32_t n)
{
    build b = {.t = t};

    (void)begin(&b);
    for (uint32_t i = 0; i < n && !b.failed; i++) {
        uint32_t node = 0;

        b.failed |= ways[i].n > MAX_NAMES;
        for (uint32_t k = 0; k < ways[i].n && !b.failed; k++)
            node = link_to(&b, node, eql_sv_cstr(ways[i].keys[k]), EQL_NONE);
        if (b.failed)
            break;
        node_at(&b, node)->path = i;
        node_at(&b, node)->whole = true;
    }
    if (!b.failed)
        add_specials(&b);
    return finish(&b);
}

void
eql_names_free(eql_names *t)
{
    eql_vec_free(&t->nodes);
    eql_buf_free(&t->text);
    free(t->edges);
    free(t->deferred);
    *t = (eql_names){0};
}
