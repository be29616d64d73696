/* options.h -- what a run of the engine is told. */
#ifndef EQL_VM_RUN_OPTIONS_H
#define EQL_VM_RUN_OPTIONS_H

#include "program/program.h"

#define EQL_DEFAULT_SORT_MEMORY ((size_t)16 << 20)
#define EQL_DEFAULT_STATE_BYTES ((uint64_t)64 << 20)

/* `--order`: instead of the dialect's late_events (language 8.14). */
typedef enum {
    EQL_ENGINE_ORDER_DIALECT,
    EQL_ENGINE_ORDER_TIME,   /* sort */
    EQL_ENGINE_ORDER_ARRIVAL /* time only bounds maxspan */
} eql_engine_order;

typedef struct {
    size_t sort_memory; /* bytes of hits held before spilling; 0: default */
    uint64_t max_state_bytes; /* for partials of all rules; 0: default */
    const char *temp_dir;     /* spill files; NULL: TMPDIR, else /tmp */
    eql_engine_order order;
    bool no_index; /* every stage of an event's category is looked at */
    bool no_memo;  /* nothing is remembered of values seen before */
} eql_engine_options;

/* What becomes of late events in a run with these options. */
static inline eql_late_events
eql_engine_late_events(const eql_program *p, const eql_engine_options *o)
{
    switch (o->order) {
    case EQL_ENGINE_ORDER_TIME: return EQL_LATE_SORT;
    case EQL_ENGINE_ORDER_ARRIVAL: return EQL_LATE_ARRIVAL;
    case EQL_ENGINE_ORDER_DIALECT: break;
    }
    return (eql_late_events)eql_program_dialect(p)->late_events;
}

#endif
