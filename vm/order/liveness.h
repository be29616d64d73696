/* liveness.h -- where in time processes merely did something.
 *
 * Of an event of a process with which none begins or ends, a lineage wants to
 * know only that it was there: then the process that ended before is forgotten
 * (language 9.1).  There are many of them, and where no source of a lineage is
 * ever met they decide nothing.  So they are no hits but liveness records: 24
 * bytes each, in memory up to a bound and then in a temporary file, put in
 * order when the first one is asked for. */
#ifndef EQL_VM_ORDER_LIVENESS_H
#define EQL_VM_ORDER_LIVENESS_H

#include "vm/run/status.h"
#include "event/hit.h"

/* Of an event with a settled time, without a tiebreaker, alone on its line. */
typedef struct {
    int64_t time_ns;
    uint64_t line; /* in its file, from 1 */
    uint32_t file; /* as in eql_hit */
    uint32_t clock;
} eql_liveness_record;

typedef struct eql_liveness eql_liveness;

/* memory: bytes of liveness records held, and as many again when they are put
 * in order; dir as in eql_spill_open.  NULL: out of memory. */
eql_liveness *eql_liveness_new(size_t memory, const char *dir);
void eql_liveness_free(eql_liveness *m); /* NULL is fine */
eql_engine_result eql_liveness_add(eql_liveness *m,
                                   const eql_liveness_record *record);
/* Greatest time of all; INT64_MIN: there is none. */
int64_t eql_liveness_newest(const eql_liveness *m);
/* Ends adding.  The next liveness record in order, as the head of a hit, valid
 * until the next call; NULL: none that does not come after `until` (NULL: after
 * all). */
eql_engine_result eql_liveness_next(eql_liveness *m, const eql_hit *until,
                                    const eql_hit **record);
uint64_t eql_liveness_spilled(const eql_liveness *m);
const char *eql_liveness_error(const eql_liveness *m); /* "" when none */

#endif
