/* branch.h -- a filter tree as a list of branches over its leaves.
 *
 *   a and (b or not c)      0  unless a: skip 3 (reject)
 *                           1  if b: skip 1     (accept)
 *                           2  if c: skip 1     (reject)
 *                           3  ACCEPT
 *                           4  REJECT
 *
 * Only forward jumps.  Leaves are still trees here: nothing has reached the
 * program, so a rule can still be refused (E311) without a trace. */
#ifndef EQL_COMPILER_BRANCH_H
#define EQL_COMPILER_BRANCH_H

#include "compiler/typed.h"

typedef struct {
    const eql_typed *leaf;
    uint32_t skip; /* instructions, at most EQL_BRANCH_MAX_SKIP */
    bool when;     /* jump when the leaf is ... */
} eql_branch;

typedef struct {
    eql_branch *items; /* n == 0: the filter is a constant */
    uint32_t n;
    bool constant; /* its value when n == 0 */
} eql_branches;

#define EQL_BRANCH_MAX_SKIP 65535u /* 16 bits of an instruction */

/* t is folded.  Checks all limits of what emit will make of it.  NULL with
 * E311 in diags, or when memory ran out (eql_arena_failed). */
eql_branches *eql_branch_filter(eql_arena *arena, const eql_typed *t,
                                eql_diags *diags);

#endif
