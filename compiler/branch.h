/* branch.h -- a filter tree as a list of branches over its leaves.
 *
 *   a and (b or not c)      0  unless a: skip 3 (reject)
 *                           1  if b: skip 1     (accept)
 *                           2  if c: skip 1     (reject)
 *                           3  ACCEPT
 *                           4  REJECT
 *
 * Only forward jumps.  Leaves are still trees here: nothing has reached the
 * program, so a rule can still be refused (E311) without a trace.
 *
 * null_logic=kleene (language 4.1): a filter holds only if it is true, so `not`
 * is carried down to the leaves, where it becomes part of their code: there it
 * makes true of false, and leaves null alone. */
#ifndef EQL_COMPILER_BRANCH_H
#define EQL_COMPILER_BRANCH_H

#include "compiler/typed.h"

typedef struct {
    const eql_typed *leaf;
    uint32_t skip; /* instructions, at most EQL_BRANCH_MAX_SKIP, for which
                      there are branches on `true` in long code */
    bool when;     /* jump when the leaf is ... */
} eql_branch;

typedef struct {
    eql_branch *items; /* n == 0: the filter is a constant */
    uint32_t n;
    bool constant; /* its value when n == 0 */
} eql_branches;

#define EQL_BRANCH_MAX_SKIP 65535u /* 16 bits of an instruction */

/* t is folded.  Checks all limits of what emit will make of it.  NULL with
 * E311 in diags, or when memory ran out (eql_arena_failed).  diags NULL: it
 * has been checked. */
eql_branches *eql_branch_filter(eql_arena *arena, const eql_typed *t,
                                bool kleene, eql_diags *diags);

#endif
