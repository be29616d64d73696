/* pattern.h -- lists of wildcard patterns made ready to match (language 6.1).
 *
 * Most patterns have one of a few shapes that need no wildcard matcher: no
 * wildcard at all (found by hash, however many there are), a prefix, a suffix
 * or a piece.  A list holds if any of its patterns does. */
#ifndef EQL_VM_EVAL_PATTERN_H
#define EQL_VM_EVAL_PATTERN_H

#include "base/arena.h"
#include "base/map.h"
#include "vm/eval/folded.h"

typedef enum {
    EQL_PATTERN_ANY,      /* "*" */
    EQL_PATTERN_EXACT,    /* no wildcard */
    EQL_PATTERN_PREFIX,   /* "x*" */
    EQL_PATTERN_SUFFIX,   /* "*x" */
    EQL_PATTERN_CONTAINS, /* "*x*" */
    EQL_PATTERN_PIECES,   /* other ones without '?', e.g. "x*y" */
    EQL_PATTERN_GENERAL
} eql_pattern_shape;

typedef struct {
    eql_pattern_shape shape;
    eql_strview text; /* folded if the list folds; PIECES, GENERAL: the whole
                         pattern, else the part without '*' */
} eql_pattern;

typedef struct {
    eql_case strings;
    bool qmark;         /* '?' is one code point, else itself */
    bool text_only;     /* numbers are not matched by their text */
    bool member;        /* of `in`: what is no text is false, not null */
    bool any;           /* one of them is "*" */
    eql_map *exact;     /* EXACT ones; NULL when there are none */
    eql_pattern *items; /* the others */
    uint32_t n;
    uint64_t cost; /* of each byte that is matched */
} eql_pattern_list;

eql_pattern eql_pattern_parse(eql_strview text, bool qmark);
bool eql_pattern_match(const eql_pattern *p, eql_strview s);

/* An empty list that has room for n patterns; `strings` and `qmark` may be set
 * then.  false when out of memory. */
bool eql_pattern_list_init(eql_pattern_list *l, eql_arena *arena, uint32_t n);
bool eql_pattern_list_add(eql_pattern_list *l, eql_arena *arena,
                          eql_strview text);
void eql_pattern_list_free(eql_pattern_list *l); /* what the arena lacks */
/* Does one of them match s, folded as the list has it? */
bool eql_pattern_list_has(const eql_pattern_list *l, eql_strview s);
/* Folds s itself. */
bool eql_pattern_list_match(const eql_pattern_list *l, eql_strview s,
                            eql_folded *folded);

#endif
