/* late.h -- late_events=drop: which events come too late? (language 8.14)
 *
 * An event is late for a rule and key if an event with a later time was used
 * for them before.  What is remembered is bounded; what has to be forgotten is
 * counted, and the next event of that key is never late. */
#ifndef EQL_VM_SEQ_LATE_H
#define EQL_VM_SEQ_LATE_H

#include "base/base.h"

typedef struct eql_late eql_late;

/* NULL: out of memory. */
eql_late *eql_late_new(uint64_t max_bytes, uint64_t seed);
void eql_late_free(eql_late *l); /* NULL is fine */

typedef enum { EQL_LATE_NO, EQL_LATE_YES, EQL_LATE_NOMEM } eql_late_answer;

/* Asks for an event at now_ns, and remembers it. */
eql_late_answer eql_late_ask(eql_late *l, uint32_t rule, eql_strview key,
                             int64_t now_ns);
uint64_t eql_late_evicted(const eql_late *l);
uint64_t eql_late_peak(const eql_late *l); /* bytes */

#endif
