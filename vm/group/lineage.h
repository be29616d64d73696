/* lineage.h -- which processes descend from which (language 9.1).
 *
 * Fed by every process event, before the rules see it; one set of sources and
 * members per lineage of the program, innermost first.  A lineage follows the
 * hits of its rule's clock. */
#ifndef EQL_VM_GROUP_LINEAGE_H
#define EQL_VM_GROUP_LINEAGE_H

#include "vm/state/budget.h"
#include "event/hit.h"
#include "vm/state/residual.h"

typedef struct eql_lineages eql_lineages;

/* NULL: out of memory.  Ids are bounded by the budget; one that does not fit
 * evicts the oldest of its lineage, counted. */
eql_lineages *eql_lineages_new(const eql_program *p, eql_budget *budget);
void eql_lineages_free(eql_lineages *l); /* NULL is fine */
/* Reads the PROCESS entry and those of LINEAGE stages of the hit.  r asks this
 * very object (eql_lineages_ask), and forgets what it was told.  false: out of
 * memory, now or in an answer given before. */
bool eql_lineages_hit(eql_lineages *l, const eql_hit *h, eql_residual *r);
/* Is there a process that ended, and may it matter to a lineage before this hit
 * (NULL: at all) whether some process did something since? */
bool eql_lineages_want_liveness(const eql_lineages *l, const eql_hit *h);
/* Some process did something then (liveness.h). */
void eql_lineages_liveness(eql_lineages *l, const eql_hit *record);
/* An eql_lineage_fn; ctx is the eql_lineages. */
bool eql_lineages_ask(void *ctx, uint32_t lineage, const eql_value *id);
uint64_t eql_lineages_evicted(const eql_lineages *l);

#endif
