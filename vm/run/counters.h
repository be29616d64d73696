/* counters.h -- what a run of the engine counts, as a whole and per stage. */
#ifndef EQL_VM_RUN_COUNTERS_H
#define EQL_VM_RUN_COUNTERS_H

#include "base/base.h"

/* All in events, partials or results.  How they balance says api/counters.def,
 * where `alerts` are matches here; what each means, too.  A partial is what a
 * sequence, a join or a sample has begun under one key. */
typedef struct {
    uint64_t events;       /* seen by eql_engine_event */
    uint64_t hits;         /* events that satisfied a stage, with keys */
    uint64_t liveness;     /* of them only for lineages (liveness.h), timed */
    uint64_t hits_timed;   /* of them with a time, known at the finish */
    uint64_t hits_untimed; /* of them without usable time */
    uint64_t own_numeric_times; /* in a rule's own time field, of what its
                                   stages took: a number's size told its unit */
    uint64_t late;              /* of them too late: late_events=reorder */
    uint64_t late_keys;         /* stage hits under a key: late_events=drop */
    uint64_t late_evicted;      /* keys whose newest time was forgotten */
    uint64_t untimed_skipped;   /* entries skipped for lack of time */
    uint64_t withheld;          /* stage hits hidden by an exception */
    uint64_t keyless;           /* stage hits without a value for a key */
    uint64_t started;           /* partials */
    uint64_t forked;            /* partials that `fork` made of others */
    uint64_t completed;         /* results, taken note of by cooldown or pipe */
    uint64_t discarded;         /* complete, but a missing event was there */
    uint64_t replaced, expired, ended, evicted;
    uint64_t pending_evicted; /* of a list of partials that wait on an alias */
    uint64_t open; /* at the end; also matches that were undecided then
                      (missing_eof=withhold), and what a stop left over */
    uint64_t event_matches;
    uint64_t matches;       /* delivered */
    uint64_t rows;          /* delivered, of `count` */
    uint64_t suppressed;    /* by cooldown */
    uint64_t piped;         /* results that pipes took out or summed up */
    uint64_t leads_evicted; /* hits of leading missing stages forgotten */
    uint64_t lineage_evicted;
    uint64_t captured_capped; /* hits that lost values they should carry */
    uint64_t combinations_capped;
    uint64_t samples_capped;    /* searches given up (EQL_MAX_SAMPLE_STEPS) */
    uint64_t piped_lost;        /* results lost to pipes that had no room */
    uint64_t rows_lost;         /* rows of `count`, likewise */
    uint64_t key_tuples_capped; /* stage hits that lost key tuples to a cap */
    uint64_t cooldown_evicted;  /* cooldowns forgotten too early: memory */
    uint64_t spilled_bytes;     /* written to temporary files */
    uint64_t state_bytes_peak;
} eql_engine_counters;

/* Per stage of program.stages[], for reports. */
typedef struct {
    uint64_t hits; /* filter held and no exception did */
    uint64_t withheld;
    uint64_t keyless; /* some key had no value */
    /* With eql_engine_profile: */
    uint64_t candidates; /* events whose values were tried on its filter */
    uint64_t ns;         /* that this took, keys and captures too; estimated
                            from one event in EQL_PROFILE_EVERY */
} eql_stage_counters;

#endif
