/* index.h -- which stages an event can possibly satisfy, without running their
 * filters.
 *
 * Made once from a program, then read-only: threads share it.  It only ever
 * leaves out stages whose filter cannot hold; what it names is still to be
 * decided by the interpreter.
 *
 * Two kinds of necessary conditions are found in filter code:
 *
 *   marks   leaves (and categories) that must hold for a filter to hold, asked
 *           of many filters: one bit each.  A stage is out of the question when
 *           one of its marks is missing.
 *   access  predicate: a set of leaves, one of which must hold, a cheapest cut
 *           of the filter's code (index_cut.c).  A stage is a candidate when a
 *           value makes one of them hold; a stage without such a set is one
 *           always, save for its marks.
 *
 * All these leaves read one path each, so what a value of a path says -- marks
 * and candidates, an *answer* -- depends on that value alone and can be
 * kept by its text (answer_cache.h). */
#ifndef EQL_VM_INDEX_INDEX_H
#define EQL_VM_INDEX_INDEX_H

#include "program/paths.h"
#include "vm/eval/interp.h"

#define EQL_INDEX_MARKS 256u
/* Categories that stages ask for, counted per field: each is a mark. */
#define EQL_INDEX_CATEGORIES 128u

typedef struct {
    uint64_t w[EQL_INDEX_MARKS / 64];
} eql_marks;

/* What is known of a path's value. */
typedef struct {
    eql_marks marks;        /* that hold, or may, where work runs out */
    uint32_t n;             /* stages, ascending, each once: one of their */
    const uint32_t *stages; /* access leaves on this path holds, or may */
} eql_answer;

typedef struct eql_index eql_index;

/* false: the stages ask for more than EQL_INDEX_CATEGORIES categories; there is
 * no index for such a program, dispatch.h serves it. */
bool eql_index_fits(const eql_program *p);
/* All borrowed; eql_index_fits(pr->p).  NULL: out of memory. */
eql_index *eql_index_new(const eql_prepared *pr, const eql_paths *paths);
void eql_index_free(eql_index *ix); /* NULL is fine */

/* Paths that marks are about, ascending: to be looked at for every event. */
const uint32_t *eql_index_mark_paths(const eql_index *ix, uint32_t *n);

/* Scratch of one thread, with an interpreter of its own: so an answer depends
 * on the value alone, not on the work that is left for the event.  NULL: out
 * of memory. */
typedef struct eql_index_asker eql_index_asker;
eql_index_asker *eql_index_asker_new(const eql_index *ix);
void eql_index_asker_free(eql_index_asker *a); /* NULL is fine */
/* What the value of `path` in the event says; a missing one says something,
 * too.  *out is borrowed until the next call.  false: out of memory. */
EQL_MUST_USE bool eql_index_ask(eql_index_asker *a, const eql_event *ev,
                                uint32_t path, eql_answer *out);

/* What all marks of an event together say: its plan.  The marks are those that
 * the answers of all mark paths hold, missing ones included. */
typedef struct {
    uint32_t nalways; /* stages whose marks all hold and that have no access */
    const uint32_t *always; /* set: ascending */
    uint32_t npaths; /* ascending: where access leaves of stages are whose */
    const uint32_t *paths; /* marks all hold */
} eql_index_plan;

/* Appends to the arena (the caller's); false: out of memory. */
EQL_MUST_USE bool eql_index_make_plan(const eql_index *ix,
                                      const eql_marks *marks, eql_arena *a,
                                      eql_index_plan *out);

/* Do all marks that the stage needs hold?  Its category is one of them. */
bool eql_index_allows(const eql_index *ix, uint32_t stage,
                      const eql_marks *marks);

/* The mark of the stage's category; EQL_NONE: it asks for none. */
uint32_t eql_index_category_mark(const eql_index *ix, uint32_t stage);

/* For reports. */
typedef struct {
    uint32_t stages, always; /* always: those without an access set */
    uint32_t marks, access_leaves;
    uint32_t texts, fragments; /* that are looked up, that are looked for */
    size_t bytes;
} eql_index_facts;
eql_index_facts eql_index_get_facts(const eql_index *ix);

#endif
