/* cooldown.h -- one match per key and time span: which are to be reported?
 *
 * The span counts from the last *reported* match's last event; a match that is
 * less than the span later is suppressed.  What is remembered is bounded; what
 * has to be forgotten too early is counted. */
#ifndef EQL_VM_REPORT_COOLDOWN_H
#define EQL_VM_REPORT_COOLDOWN_H

#include "base/base.h"
#include "program/program.h"

typedef struct eql_cooldown eql_cooldown;

typedef enum {
    EQL_COOLDOWN_REPORT,
    EQL_COOLDOWN_SUPPRESS,
    EQL_COOLDOWN_NOMEM
} eql_cooldown_answer;

/* in_order: matches come in the order of time.  NULL: out of memory. */
eql_cooldown *eql_cooldown_new(const eql_program *p, uint64_t max_bytes,
                               bool in_order, uint64_t seed);
void eql_cooldown_free(eql_cooldown *c); /* NULL is fine */
/* Asks for, and remembers, a match whose last event is at now_ns. */
eql_cooldown_answer eql_cooldown_ask(eql_cooldown *c, uint32_t rule,
                                     eql_strview key, int64_t now_ns);
uint64_t eql_cooldown_peak(const eql_cooldown *c);    /* bytes */
uint64_t eql_cooldown_evicted(const eql_cooldown *c); /* forgotten too early */

#endif
