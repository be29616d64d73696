/* pulses.h -- where in time processes merely did something.
 *
 * Of an event of a process with which none begins or ends, a lineage wants to
 * know only that it was there: then the process that ended before is forgotten
 * (spec 10.4).  There are many of them, and where no source of a lineage is
 * ever met they decide nothing.  So they are no hits but pulses: 24 bytes each,
 * in memory up to a bound and then in a temporary file, put in order when the
 * first one is asked for. */
#ifndef EQL_VM_ORDER_PULSES_H
#define EQL_VM_ORDER_PULSES_H

#include "vm/run/status.h"
#include "event/hit.h"

/* Of an event with a settled time, without a tiebreaker, alone on its line. */
typedef struct {
    int64_t time_ns;
    uint64_t line; /* in its file, from 1 */
    uint32_t file; /* as in eql_hit */
    uint32_t clock;
} eql_pulse;

typedef struct eql_pulses eql_pulses;

/* memory: bytes of pulses held, and as many again when they are put in order;
 * dir as in eql_spill_open.  NULL: out of memory. */
eql_pulses *eql_pulses_new(size_t memory, const char *dir);
void eql_pulses_free(eql_pulses *m); /* NULL is fine */
eql_engine_result eql_pulses_add(eql_pulses *m, const eql_pulse *pulse);
/* Greatest time of all; INT64_MIN: there is none. */
int64_t eql_pulses_newest(const eql_pulses *m);
/* Ends adding.  The next pulse in order, as the head of a hit, valid until the
 * next call; NULL: none that does not come after `until` (NULL: after all). */
eql_engine_result eql_pulses_next(eql_pulses *m, const eql_hit *until,
                                  const eql_hit **pulse);
uint64_t eql_pulses_spilled(const eql_pulses *m);
const char *eql_pulses_error(const eql_pulses *m); /* "" when none */

#endif
