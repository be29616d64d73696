/* budget.h -- a bound on bytes of state, and the count of what is in use.
 *
 * The count is of what the allocator takes, its own header and rounding
 * included.  Asking whether something fits is the owner's business, because
 * only the owner knows what to give up; allocating never refuses for the
 * bound's sake. */
#ifndef EQL_VM_STATE_BUDGET_H
#define EQL_VM_STATE_BUDGET_H

#include <stdlib.h>

#include "base/base.h"

typedef struct {
    uint64_t used, max, peak;
} eql_budget;

/* Bytes that malloc(n) takes on 64-bit glibc. */
static inline uint64_t
eql_budget_cost(size_t n)
{
    uint64_t cost = ((uint64_t)n + 8 + 15) / 16 * 16;

    return cost < 32 ? 32 : cost;
}

static inline bool
eql_budget_fits(const eql_budget *b, uint64_t cost)
{
    return b->used <= b->max && cost <= b->max - b->used;
}

/* Zeroed; NULL when out of memory. */
static inline void *
eql_budget_alloc(eql_budget *b, size_t n)
{
    void *p = calloc(1, n);

    if (!p)
        return NULL;
    b->used += eql_budget_cost(n);
    if (b->used > b->peak)
        b->peak = b->used;
    return p;
}

/* n: as it was allocated. */
static inline void
eql_budget_free(eql_budget *b, void *p, size_t n)
{
    free(p);
    b->used -= eql_budget_cost(n);
}

#endif
