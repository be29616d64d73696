/* project_int.h -- the trie of paths that project_build.c makes and project.c
 * walks; nobody else includes it. */
#ifndef EQL_IO_JSON_PROJECT_INT_H
#define EQL_IO_JSON_PROJECT_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "io/json/project.h"

typedef struct {
    eql_strview name;
    uint32_t child;
    uint32_t next; /* of the same node, EQL_NONE at the end */
} eql_project_edge;

typedef struct {
    eql_strview name;
    size_t first; /* length of its first dotted part */
    uint32_t child;
    uint32_t split; /* root whose dotted path leads to child */
    uint32_t next;
} eql_project_literal;

typedef struct {
    uint32_t index;
    uint32_t root;       /* where the rest of the path begins */
    uint32_t node;       /* on which it hangs */
    const json_t *value; /* of this event, or NULL */
} eql_project_pick;

typedef struct {
    uint32_t edges;   /* list while building .. */
    eql_range sorted; /* .. and run of sorted[] afterwards */
    uint32_t literals;
    eql_range picks;   /* of picked[] */
    uint32_t fields;   /* FLAT, COMPOSITE that end here: list in next_field[] */
    uint32_t elements; /* ELEMENTS that do: the same */
    uint32_t met;      /* values of this event so far; kept for picks .. */
    uint32_t passed;   /* .. of which so many are behind us */
} eql_project_node;

typedef struct {
    uint32_t place;
    eql_value value;
} eql_project_found;

/* The fields of one parent, and their trie. */
typedef struct {
    uint32_t root;
    eql_range nodes, picks; /* its own; a pick's root lies among the nodes */
    uint32_t opaque;        /* fields by lookup: list through next_field[] */
} eql_project_scope;

/* An element of an array whose child fields are to be filled. */
typedef struct {
    const json_t *value;
    uint32_t field; /* ELEMENTS */
    uint32_t place; /* of the ELEMENTS field in its own scope run */
    uint32_t base;  /* places of the children, once handed out */
    uint32_t order; /* in which it was met */
} eql_project_element;

/* See project.h. */
typedef struct {
    uint32_t values; /* and places */
    uint32_t steps;
    size_t text;
} eql_project_costs;

struct eql_project {
    const eql_program *program;
    eql_vec nodes, edges, literals, picks;
    eql_project_edge *sorted;
    uint32_t *picked; /* picks of each node, by index */
    uint32_t *next_field;
    eql_project_scope *scopes; /* 0: the event's; 1 + f: of ELEMENTS field f */
    /* Of the event at hand: */
    uint32_t base; /* place of child 0 in the scope that is walked */
    bool nested;   /* that scope is no event's */
    eql_vec found, elements;
    uint32_t nplaces;
    uint32_t *filled; /* values of each place already there */
    eql_slot *slots;
    size_t nslots; /* room, of filled too */
    eql_value *values;
    size_t nvalues;               /* room */
    eql_arena *texts;             /* of values that are arrays or objects */
    eql_project_costs most, left; /* of one event; of the one at hand */
    bool capped;                  /* there was not enough */
    bool failed;
    /* While it is built: */
    eql_map *known; /* edges, literals and picks by node and name */
    eql_buf key;
};

static inline eql_project_node *
eql_project_node_at(const eql_project *pr, uint32_t i)
{
    return eql_vec_at(&pr->nodes, i);
}

/* Index of the new item; out of memory is pr->failed. */
static inline uint32_t
eql_project_push(eql_project *pr, eql_vec *v, const void *item, size_t size)
{
    uint32_t i = eql_vec_push(v, item, (uint32_t)size);

    pr->failed |= i == EQL_NONE;
    return i;
}

/* Makes the tries of all scopes; false when out of memory. */
bool eql_project_build(eql_project *pr, const eql_program *p);

#endif
