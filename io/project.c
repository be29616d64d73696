/* project.c -- one walk of an event along the trie of all paths.
 *
 * A trie node is a point of some path.  Edges are names; a key with dots is
 * followed as several names, so every mixture of nested and dotted spellings
 * meets at the same node, and their values are gathered in document order.
 * Arrays are walked through, nulls passed over.
 *
 * `x[N]` hangs a "pick" on the node of x: the N-th value met there is kept,
 * and after the walk the rest of the path is followed from it, in a trie of
 * its own.
 *
 * A quoted name with dots is an edge of its own (a "literal").  In an object
 * that lacks that very key, the name is followed as a dotted path through
 * `split`, a trie that leads to the same node. */
#include "io/project.h"

#include <stdlib.h>

#include "base/buf.h"

typedef struct {
    eql_strview name;
    uint32_t child;
    uint32_t next; /* of the same node, EQL_NONE at the end */
} edge;

typedef struct {
    eql_strview name;
    uint32_t child;
    uint32_t split; /* root whose dotted path leads to child */
    uint32_t next;
} literal;

typedef struct {
    uint32_t index;
    uint32_t root; /* where the rest of the path begins */
    uint32_t next;
    const json_t *value; /* of this event, or NULL */
} pick;

typedef struct {
    uint32_t edges;   /* list while building .. */
    eql_range sorted; /* .. and run of sorted[] afterwards */
    uint32_t literals;
    uint32_t picks;
    uint32_t fields; /* that end here: list through next_field[] */
    uint32_t met;    /* values of this event so far; kept for picks */
} node;

typedef struct {
    uint32_t field;
    eql_value value;
} found;

struct eql_project {
    eql_vec nodes, edges, literals, picks;
    eql_vec found;
    edge *sorted;
    uint32_t *next_field;
    uint32_t *filled; /* values of each field already in place */
    eql_slot *slots;
    eql_value *values;
    size_t nvalues; /* room */
    uint32_t nfields;
    bool failed;
};

#define ROOT 0u
/* Room for more values than this is not kept from event to event. */
#define KEPT_VALUES 65536u

static node *
node_at(const eql_project *pr, uint32_t i)
{
    return eql_vec_at(&pr->nodes, i);
}

/* --- building --------------------------------------------------------- */

static uint32_t
push(eql_project *pr, eql_vec *v, const void *item, size_t size)
{
    uint32_t i = eql_vec_push(v, item, (uint32_t)size);

    pr->failed |= i == EQL_NONE;
    return i;
}

static uint32_t
add_node(eql_project *pr)
{
    node n = {.edges = EQL_NONE,
              .literals = EQL_NONE,
              .picks = EQL_NONE,
              .fields = EQL_NONE};

    return push(pr, &pr->nodes, &n, sizeof n);
}

/* The edge of that name, to `to` (EQL_NONE: a new node) when it is new. */
static uint32_t
edge_to(eql_project *pr, uint32_t at, eql_strview name, uint32_t to)
{
    uint32_t i;
    edge e = {.name = name, .next = node_at(pr, at)->edges};

    for (i = e.next; i != EQL_NONE;) {
        const edge *known = eql_vec_at(&pr->edges, i);

        if (eql_sv_eq(known->name, name))
            return known->child;
        i = known->next;
    }
    e.child = to == EQL_NONE ? add_node(pr) : to;
    i = push(pr, &pr->edges, &e, sizeof e);
    if (pr->failed)
        return EQL_NONE;
    node_at(pr, at)->edges = i;
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
    uint32_t i;
    literal l = {.name = name, .next = node_at(pr, at)->literals};

    for (i = l.next; i != EQL_NONE;) {
        const literal *known = eql_vec_at(&pr->literals, i);

        if (eql_sv_eq(known->name, name))
            return known->child;
        i = known->next;
    }
    l.child = add_node(pr);
    l.split = add_node(pr);
    i = push(pr, &pr->literals, &l, sizeof l);
    if (pr->failed)
        return EQL_NONE;
    node_at(pr, at)->literals = i;
    add_split(pr, l.split, name, l.child);
    return l.child;
}

static uint32_t
pick_to(eql_project *pr, uint32_t at, uint32_t index)
{
    uint32_t i;
    pick k = {.index = index, .next = node_at(pr, at)->picks};

    for (i = k.next; i != EQL_NONE;) {
        const pick *known = eql_vec_at(&pr->picks, i);

        if (known->index == index)
            return known->root;
        i = known->next;
    }
    k.root = add_node(pr);
    i = push(pr, &pr->picks, &k, sizeof k);
    if (pr->failed)
        return EQL_NONE;
    node_at(pr, at)->picks = i;
    return k.root;
}

static void
add_field(eql_project *pr, const eql_program *p, uint32_t field)
{
    eql_range segs = p->fields[field].segs;
    uint32_t at = ROOT;

    for (uint32_t i = 0; i < segs.n && !pr->failed; i++) {
        const eql_field_seg *seg = &p->segs[segs.first + i];
        eql_strview name = eql_program_str(p, seg->name);

        if (seg->flags & EQL_SEG_INDEX)
            at = pick_to(pr, at, seg->index);
        else if (seg->flags & EQL_SEG_QUOTED && memchr(name.p, '.', name.len))
            at = literal_to(pr, at, name);
        else
            at = edge_to(pr, at, name, EQL_NONE);
    }
    if (pr->failed)
        return;
    pr->next_field[field] = node_at(pr, at)->fields;
    node_at(pr, at)->fields = field;
}

static int
cmp_edge(const void *a, const void *b)
{
    return eql_sv_cmp(((const edge *)a)->name, ((const edge *)b)->name);
}

/* Lays each node's edges side by side, in order of names. */
static void
sort_edges(eql_project *pr)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < pr->nodes.n; i++) {
        node *at = node_at(pr, i);

        at->sorted.first = n;
        for (uint32_t e = at->edges; e != EQL_NONE; n++) {
            pr->sorted[n] = *(const edge *)eql_vec_at(&pr->edges, e);
            e = pr->sorted[n].next;
        }
        at->sorted.n = n - at->sorted.first;
        if (at->sorted.n > 1)
            qsort(pr->sorted + at->sorted.first, at->sorted.n, sizeof(edge),
                  cmp_edge);
    }
}

static bool
build(eql_project *pr, const eql_program *p)
{
    size_t n = p->nfields ? p->nfields : 1;

    pr->nfields = p->nfields;
    pr->next_field = calloc(n, sizeof *pr->next_field);
    pr->filled = calloc(n, sizeof *pr->filled);
    pr->slots = calloc(n, sizeof *pr->slots);
    if (!pr->next_field || !pr->filled || !pr->slots)
        return false;
    add_node(pr);
    for (uint32_t i = 0; i < p->nfields && !pr->failed; i++)
        add_field(pr, p, i);
    pr->sorted = calloc(pr->edges.n + (size_t)1, sizeof *pr->sorted);
    if (pr->failed || !pr->sorted)
        return false;
    sort_edges(pr);
    return true;
}

eql_project *
eql_project_new(const eql_program *p)
{
    eql_project *pr = calloc(1, sizeof *pr);

    if (pr && !build(pr, p)) {
        eql_project_free(pr);
        return NULL;
    }
    return pr;
}

void
eql_project_free(eql_project *pr)
{
    if (!pr)
        return;
    eql_vec_free(&pr->nodes);
    eql_vec_free(&pr->edges);
    eql_vec_free(&pr->literals);
    eql_vec_free(&pr->picks);
    eql_vec_free(&pr->found);
    free(pr->sorted);
    free(pr->next_field);
    free(pr->filled);
    free(pr->slots);
    free(pr->values);
    free(pr);
}

/* --- walking ---------------------------------------------------------- */

static void walk(eql_project *pr, const json_t *v, uint32_t at);

static uint32_t
child_named(const eql_project *pr, const node *n, eql_strview name)
{
    uint32_t lo = n->sorted.first, hi = lo + n->sorted.n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = eql_sv_cmp(name, pr->sorted[mid].name);

        if (c == 0)
            return pr->sorted[mid].child;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return EQL_NONE;
}

/* A key and its value, to be followed from some node. */
typedef struct {
    eql_strview key;
    const json_t *value;
    const json_t *object; /* the key's own; NULL for the rest of a key */
} member;

static void descend(eql_project *pr, member m, uint32_t at);

static bool
has_value(const json_t *object, eql_strview key)
{
    const json_t *v = object ? json_object_getn(object, key.p, key.len) : NULL;

    return v && !json_is_null(v);
}

static void
follow_literals(eql_project *pr, const member *m, uint32_t first)
{
    for (uint32_t i = first; i != EQL_NONE;) {
        const literal *l = eql_vec_at(&pr->literals, i);
        size_t n = l->name.len;
        member rest = {.value = m->value};

        if (eql_sv_eq(m->key, l->name)) {
            walk(pr, m->value, l->child);
        } else if (m->key.len > n && m->key.p[n] == '.' &&
                   memcmp(m->key.p, l->name.p, n) == 0) {
            rest.key = eql_sv(m->key.p + n + 1, m->key.len - n - 1);
            descend(pr, rest, l->child);
        } else if (!has_value(m->object, l->name)) {
            rest.key = m->key;
            descend(pr, rest, l->split);
        }
        i = l->next;
    }
}

/* Follows the names of one key, dot by dot. */
static void
descend(eql_project *pr, member m, uint32_t at)
{
    for (;;) {
        const node *n = node_at(pr, at);
        const char *dot = memchr(m.key.p, '.', m.key.len);
        size_t len = dot ? (size_t)(dot - m.key.p) : m.key.len;

        if (n->literals != EQL_NONE)
            follow_literals(pr, &m, n->literals);
        at = child_named(pr, n, eql_sv(m.key.p, len));
        if (at == EQL_NONE)
            return;
        if (!dot)
            break;
        m.key = eql_sv(dot + 1, m.key.len - len - 1);
        m.object = NULL;
    }
    walk(pr, m.value, at);
}

static void
walk_object(eql_project *pr, const json_t *v, uint32_t at)
{
    json_t *object = (json_t *)(uintptr_t)v;
    const node *n = node_at(pr, at);

    if (n->sorted.n == 0 && n->literals == EQL_NONE)
        return;
    for (void *it = json_object_iter(object); it;
         it = json_object_iter_next(object, it)) {
        member m = {
            eql_sv(json_object_iter_key(it), json_object_iter_key_len(it)),
            json_object_iter_value(it), object};

        descend(pr, m, at);
    }
}

static void
note_picks(eql_project *pr, const json_t *v, node *n)
{
    for (uint32_t i = n->picks; i != EQL_NONE;) {
        pick *k = eql_vec_at(&pr->picks, i);

        if (k->index == n->met)
            k->value = v;
        i = k->next;
    }
    n->met++;
}

static eql_value
scalar(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        return eql_value_str(
            eql_sv(json_string_value(v), json_string_length(v)));
    case JSON_INTEGER: return eql_value_int(json_integer_value(v));
    case JSON_REAL: return eql_value_float(json_real_value(v));
    case JSON_TRUE: return eql_value_bool(true);
    case JSON_FALSE: return eql_value_bool(false);
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL: break;
    }
    return eql_value_null();
}

static void
note_fields(eql_project *pr, const json_t *v, const node *n)
{
    found f = {.value = scalar(v)};

    for (f.field = n->fields; f.field != EQL_NONE;) {
        push(pr, &pr->found, &f, sizeof f);
        pr->slots[f.field].n++;
        f.field = pr->next_field[f.field];
    }
}

/* Depth is bounded by the reader's limit on nesting. */
static void
walk(eql_project *pr, const json_t *v, uint32_t at)
{
    node *n = node_at(pr, at);

    if (json_is_null(v))
        return;
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++)
            walk(pr, json_array_get(v, i), at);
        return;
    }
    if (n->picks != EQL_NONE)
        note_picks(pr, v, n);
    if (json_is_object(v))
        walk_object(pr, v, at);
    else
        note_fields(pr, v, n);
}

/* --- slots ------------------------------------------------------------ */

static void
reset(eql_project *pr)
{
    if (pr->found.cap > KEPT_VALUES)
        eql_vec_free(&pr->found);
    pr->found.n = 0;
    if (pr->nvalues > KEPT_VALUES) {
        free(pr->values);
        pr->values = NULL;
        pr->nvalues = 0;
    }
    memset(pr->slots, 0, pr->nfields * sizeof *pr->slots);
    if (pr->picks.n == 0)
        return;
    for (uint32_t i = 0; i < pr->nodes.n; i++)
        node_at(pr, i)->met = 0;
    for (uint32_t i = 0; i < pr->picks.n; i++)
        ((pick *)eql_vec_at(&pr->picks, i))->value = NULL;
}

static bool
room_for_values(eql_project *pr, size_t n)
{
    eql_value *v;

    if (n <= pr->nvalues)
        return true;
    n += n / 2; /* n began below 2^32 */
    v = calloc(n, sizeof *v);
    if (!v)
        return false;
    free(pr->values);
    pr->values = v;
    pr->nvalues = n;
    return true;
}

/* Brings each field's values together, in the order they were found. */
static void
gather(eql_project *pr)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < pr->nfields; i++) {
        pr->slots[i].v = pr->values ? pr->values + at : NULL;
        pr->filled[i] = at;
        at += pr->slots[i].n;
    }
    for (uint32_t i = 0; i < pr->found.n; i++) {
        const found *f = eql_vec_at(&pr->found, i);

        pr->values[pr->filled[f->field]++] = f->value;
    }
}

const eql_slot *
eql_project_run(eql_project *pr, const json_t *event)
{
    reset(pr);
    walk(pr, event, ROOT);
    /* A pick's own picks come after it, so one round is enough. */
    for (uint32_t i = 0; i < pr->picks.n; i++) {
        const pick *k = eql_vec_at(&pr->picks, i);

        if (k->value)
            walk(pr, k->value, k->root);
    }
    if (pr->failed || !room_for_values(pr, pr->found.n))
        return NULL;
    gather(pr);
    return pr->slots;
}
