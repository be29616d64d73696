/* impure.h -- what of a condition the event at hand decides alone.
 *
 * A leaf is impure when it reads the event of an alias or asks for lineage
 * (program.h).  The stateless half works with the pure part of a condition,
 * which holds whenever the condition does; the ordered half with all of it. */
#ifndef EQL_COMPILER_IMPURE_H
#define EQL_COMPILER_IMPURE_H

#include "compiler/typed.h"

/* The pure part of a folded filter tree: an impure leaf counts as true, under
 * an odd number of `not` as false, and what that decides is folded.  t itself
 * when it has none.  NULL when the arena failed. */
eql_typed *eql_pure_part(eql_arena *a, eql_typed *t);

#endif
