/* names.h -- the trie of names that a fast reader looks for in an event.
 *
 * A key may be dotted: from each node lead the names and all dotted joins of
 * names below it, so that every spelling of a path is one look-up per object.
 * Paths that are not plain (program/paths.h) are in it by their first name
 * alone.  When that key is met the path is *deferred*: whether it has a value
 * is left to the strict reader, which is asked when a leaf reads the path. */
#ifndef EQL_IO_FAST_NAMES_H
#define EQL_IO_FAST_NAMES_H

#include "base/buf.h"
#include "program/paths.h"

#define EQL_NAMES_MAX 8u /* names of a path that is looked for */

/* Keys that say what kind of event this is, whoever names them; bits. */
enum {
    EQL_NAMES_SOURCE = 1u << 0,  /* _source */
    EQL_NAMES_INDEX = 1u << 1,   /* _index */
    EQL_NAMES_ID = 1u << 2,      /* _id */
    EQL_NAMES_TELLING = 1u << 3, /* first terms of layout.def */
    EQL_NAMES_WRAPPER = 1u << 4, /* first names of wrapper.def */
    EQL_NAMES_RECORD = 1u << 5   /* and up: the keys of record_key.def */
};

typedef struct {
    uint32_t path;        /* that ends here, or EQL_NONE */
    uint32_t special;     /* bits above */
    uint32_t first, mask; /* its table of edges; mask 0 and first EQL_NONE:
                             nothing leads on */
    uint32_t deferred;    /* run of eql_names.deferred .. */
    uint32_t ndeferred;   /* .. paths that may begin here */
    bool whole;           /* some field of the path takes objects for a value */
} eql_names_node;

typedef struct {
    uint64_t head, tail; /* first and last 8 bytes, zeros behind short names */
    uint32_t len;
    uint32_t node; /* EQL_NONE: empty place */
    uint32_t name; /* offset in text */
} eql_names_edge;

typedef struct {
    eql_vec nodes; /* eql_names_node; 0 is the root */
    eql_names_edge *edges;
    uint32_t nedges;
    uint32_t *deferred;
    uint32_t ndeferred;
    uint32_t always; /* of deferred: the first so many may begin anywhere */
    eql_buf text;
} eql_names;

/* false when out of memory; then there is nothing to free. */
bool eql_names_init(eql_names *t, const eql_program *p, const eql_paths *paths);
/* A way down by exactly these keys (NUL-terminated, never dotted joins). */
typedef struct {
    const char *const *keys;
    uint32_t n;
} eql_names_way;

/* Ways in place of a program's paths; objects are values, too.  false as above,
 * and when one is longer than EQL_NAMES_MAX. */
bool eql_names_init_ways(eql_names *t, const eql_names_way *ways, uint32_t n);
void eql_names_free(eql_names *t);

static inline const eql_names_node *
eql_names_at(const eql_names *t, uint32_t node)
{
    return (const eql_names_node *)t->nodes.items + node;
}

static inline uint64_t
eql_names_load(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint32_t
eql_names_hash(uint64_t head, uint64_t tail, uint32_t len)
{
    uint64_t h = head ^ (tail * UINT64_C(0x9e3779b97f4a7c15)) ^ len;

    return (uint32_t)((h * UINT64_C(0xd6e8feb86659fd93)) >> 40);
}

/* Where the key leads, or EQL_NONE.  8 bytes behind its start can be read. */
static inline uint32_t
eql_names_find(const eql_names *t, uint32_t node, const char *key, uint32_t len)
{
    const eql_names_node *n = eql_names_at(t, node);
    uint64_t head = eql_names_load(key), tail;

    if (n->first == EQL_NONE)
        return EQL_NONE;
    if (len >= 8)
        tail = eql_names_load(key + len - 8);
    else
        tail = head &= (UINT64_C(1) << (8 * len)) - 1;
    for (uint32_t i = eql_names_hash(head, tail, len);; i++) {
        const eql_names_edge *e = &t->edges[n->first + (i & n->mask)];

        if (e->node == EQL_NONE)
            return EQL_NONE;
        if (e->head == head && e->tail == tail && e->len == len &&
            (len <= 16 || memcmp(t->text.p + e->name, key, len) == 0))
            return e->node;
    }
}

#endif
