/* prepare.h -- run-time tables of a program: constants ready to be compared.
 *
 * A program holds literals and lists as the rules spell them; what the
 * interpreter wants is folded patterns, hashed sets, sorted address blocks and
 * coerced numbers.  They are all made once, before the first event, and never
 * change, so threads may share them. */
#ifndef EQL_VM_PREPARE_H
#define EQL_VM_PREPARE_H

#include "program/program.h"
#include "vm/compare.h"
#include "vm/network.h"
#include "vm/pattern.h"
#include "vm/set.h"

/* By the constant's kind; scalars that no instruction names have none. */
typedef union {
    eql_literal *literal;
    eql_pattern_list *patterns;
    eql_set *set;
    eql_network_list *networks;
} eql_prepared_const;

typedef struct {
    const eql_program *p;
    eql_arena *arena;
    eql_prepared_const *consts; /* one per program constant */
    /* Field of each occurrence of each leaf; those of leaf i begin at
     * occurrence_first[i]. */
    uint32_t *occurrence_fields;
    uint32_t *occurrence_first;
} eql_prepared;

/* p is verified and outlives the result; NULL when out of memory. */
eql_prepared *eql_prepared_new(const eql_program *p);
void eql_prepared_free(eql_prepared *pr); /* NULL is fine */

/* A scalar constant as a value; its string is the program's. */
eql_value eql_prepared_value(const eql_program *p, const eql_const *k);

#endif
