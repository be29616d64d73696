/* interp.h -- the pure half of the VM: does this event satisfy this filter?
 *
 * A filter is true or false, its leaves are evaluated in Kleene logic for
 * each choice of one element per occurrence of a multi-valued field (spec 4.2
 * and 4.3).  Leaves and filters are evaluated at most once per event.
 *
 * An interp belongs to one thread; it borrows the program, which must be
 * verified and outlive it.  Nothing is allocated per event, save that a
 * scratch buffer grows to the longest text it had to fold. */
#ifndef EQL_VM_INTERP_H
#define EQL_VM_INTERP_H

#include "program/program.h"
#include "vm/event.h"

/* Choices of elements tried per leaf and event; beyond, the leaf is false. */
#define EQL_MAX_COMBINATIONS 65536u

typedef struct {
    uint64_t leaf_evaluations;
    uint64_t leaf_combinations_capped; /* leaves that were false for that */
} eql_interp_counters;

typedef struct eql_interp eql_interp;

eql_interp *eql_interp_new(const eql_program *p); /* NULL when out of memory */
void eql_interp_free(eql_interp *it);             /* NULL is fine */
/* Following calls speak of this event, which must stay as it is meanwhile. */
void eql_interp_begin(eql_interp *it, const eql_event *ev);
/* Does filter[i] hold?  In any order, any number of times per event. */
bool eql_interp_filter(eql_interp *it, uint32_t filter);
const eql_interp_counters *eql_interp_get_counters(const eql_interp *it);
/* Memory ran out while an event was looked at: verdicts since then may be
 * false where they should be true. */
bool eql_interp_failed(const eql_interp *it);

#endif
