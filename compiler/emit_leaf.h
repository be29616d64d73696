/* emit_leaf.h -- leaf code: a value tree as register instructions. */
#ifndef EQL_COMPILER_EMIT_LEAF_H
#define EQL_COMPILER_EMIT_LEAF_H

#include "compiler/typed.h"

/* Does the leaf keep to the limits?  E311 in diags when it does not. */
bool eql_emit_leaf_check(const eql_typed *t, eql_diags *diags);
/* Emits a leaf that was checked; its index in the program, or EQL_NONE when
 * out of memory.  lineages: index in the program of the query's first one. */
uint32_t eql_emit_leaf(eql_builder *b, const eql_typed *t, uint32_t lineages);
/* Index of a field in the program. */
uint32_t eql_emit_field(eql_builder *b, const eql_typed_path *p);

#endif
