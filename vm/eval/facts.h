/* facts.h -- what leaves and filters ask of an event, from their code. */
#ifndef EQL_VM_EVAL_FACTS_H
#define EQL_VM_EVAL_FACTS_H

#include "vm/eval/prepare.h"

/* Fills pr->leaves, pr->filters and pr->depth, whose arrays are there.  false
 * when out of memory. */
bool eql_facts_find(eql_prepared *pr);

/* Fields that code reads, in the bodies of its array functions too; for a part
 * of an element, the field of the event that it is a part of. */
typedef struct {
    const eql_program *p;
    uint32_t *leaf_seen; /* per leaf, per field: the round it was met in */
    uint32_t *field_seen;
    uint32_t round;
    eql_vec fields; /* uint32_t, in the order met, each once */
    bool failed;    /* out of memory */
} eql_field_walk;

bool eql_field_walk_init(eql_field_walk *w, const eql_program *p);
void eql_field_walk_free(eql_field_walk *w);
void eql_field_walk_begin(eql_field_walk *w); /* none yet */
void eql_field_walk_leaf(eql_field_walk *w, uint32_t leaf);
void eql_field_walk_filter(eql_field_walk *w, uint32_t filter);
void eql_field_walk_add(eql_field_walk *w, uint32_t field);

#endif
