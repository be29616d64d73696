/* need.h -- can code hold, or have a value, when fields are missing?
 *
 * Follows null through leaf code, and what never holds through the branches of
 * filters.  What is not known to stay null, or not to be true, is taken to be
 * anything: "cannot" is sure, "can" is not. */
#ifndef EQL_VM_EVAL_NEED_H
#define EQL_VM_EVAL_NEED_H

#include "program/program.h"

/* What never is.  All zero but for p: everything may be there. */
typedef struct {
    const eql_program *p;
    uint32_t field;         /* without parent; EQL_NONE */
    const uint8_t *missing; /* more of them: per field without parent; NULL */
    const uint8_t *dead;    /* per stage: no event satisfies it; NULL */
} eql_lack;

/* Is the leaf never true?  Code of an iterator's body may be asked, too. */
bool eql_lack_leaf(const eql_lack *l, uint32_t leaf);
/* Is the value of the leaf, as an expression, always null? */
bool eql_lack_value(const eql_lack *l, uint32_t leaf);
/* Does the filter never hold?  scratch: a byte per instruction of its code. */
bool eql_lack_filter(const eql_lack *l, uint32_t filter, uint8_t *scratch);

#endif
