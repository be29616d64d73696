/* prune.h -- what folding has left without a use. */
#ifndef EQL_COMPILER_PRUNE_H
#define EQL_COMPILER_PRUNE_H

#include "compiler/typed.h"

/* Takes out the lineages that no condition of the folded query asks for: a
 * program has none that nothing asks (program/verify.h). */
void eql_prune_lineages(eql_typed_query *q);

#endif
