/* match.h -- from results to reports: put in order, held back by a cooldown,
 * handed to pipes or delivered.
 *
 *   open, event ..., close -> record (flat) -> add -> flush ... finish
 *
 * Results come in the order of their last events.  Those of one hit and rule
 * are sorted at the flush by first event, then key (language 1.3).  Where
 * matches may be held (trailing missing stages) that does not suffice: then all
 * records go through an external sort and are delivered at the end. */
#ifndef EQL_VM_REPORT_MATCH_H
#define EQL_VM_REPORT_MATCH_H

#include "vm/report/pipe.h"
#include "vm/run/options.h"
#include "vm/state/result.h"

typedef struct eql_matches eql_matches;

/* All borrowed for the life of eql_matches. */
typedef struct {
    const eql_program *program;
    const eql_engine_options *options; /* for the call */
    const eql_engine_calls *calls;
    eql_engine_counters *counters;
    eql_pipes *pipes; /* NULL: no rule has any */
    uint64_t cooldown_bytes;
    bool in_order; /* results come in the order of time */
    bool sorted;   /* through the external sort */
} eql_matches_setup;

/* NULL: out of memory. */
eql_matches *eql_matches_new(const eql_matches_setup *setup);
void eql_matches_free(eql_matches *m); /* NULL is fine */

typedef struct {
    uint32_t rule, severity;
    bool has_time;
    int64_t time_ns;
    uint64_t last, first; /* numbers of its last and first hit, or what orders
                             the results of one hit instead */
    eql_strview key, shown;
} eql_match_head;

/* Writes a record; NULL: out of memory.  It lives until the next open. */
void eql_matches_open(eql_matches *m, const eql_match_head *head);
void eql_matches_event(eql_matches *m, const eql_match_event *ev);
const eql_hit *eql_matches_close(eql_matches *m);
/* Copied. */
eql_engine_result eql_matches_add(eql_matches *m, const eql_hit *record);
/* All that was added since the last flush is of one rule and hit. */
eql_engine_result eql_matches_flush(eql_matches *m);
/* Delivers what was sorted; then results of samples may follow, and then what
 * the pipes have. */
eql_engine_result eql_matches_finish(eql_matches *m);
eql_engine_result eql_matches_result(void *m, const eql_match *result);
eql_engine_result eql_matches_piped(void *m, const eql_match *result);
/* Completed ones that were never looked at, because the run was stopped. */
uint64_t eql_matches_waiting(const eql_matches *m);
uint64_t eql_matches_peak(const eql_matches *m); /* bytes of cooldowns */
uint64_t eql_matches_spilled(const eql_matches *m);
const char *eql_matches_error(const eql_matches *m);

#endif
