/* engine.h -- both halves in one: events in, matches out, in order.
 *
 *   eql_engine_event   filters one event (pure); a hit goes to the sorter
 *   eql_engine_settle  end of a file: its pending times become known
 *   eql_engine_finish  sorts all hits and runs the sequence machines
 *
 * Matches are delivered in the order of their last event, then rule, then
 * first event, then key (design 7).  One thread at a time. */
#ifndef EQL_VM_ENGINE_H
#define EQL_VM_ENGINE_H

#include "vm/index/candidates.h"
#include "event/event.h"
#include "event/hit.h"

typedef struct eql_engine eql_engine;

/* One event of a match. */
typedef struct {
    uint32_t stage; /* of program.stages[] */
    bool missing;   /* the place of a `![ ]`: nothing else is set */
    uint32_t file;
    uint64_t line;
    bool has_time;
    int64_t time_ns;
    eql_event_ref ref;
    eql_strview kept; /* captured values (capture.h), for pipes */
} eql_match_event;

typedef struct {
    uint32_t rule;                 /* of program.rules[] */
    uint32_t severity;             /* eql_severity_level after overrides */
    const eql_match_event *events; /* one per position, runs expanded */
    uint32_t nevents;              /* 0: a row of `count` */
    eql_strview key;               /* tuple, see hit.h; empty without keys */
    eql_strview row;               /* JSON object: the row of a `count`, or what
                                      `unique_count` adds to a match; else empty */
    int64_t time_ns; /* of the last positive event, valid if has_time */
    bool has_time;
} eql_match;

typedef struct {
    /* Both return false to end the run early (an error of the caller's,
     * or a closed pipe). */
    /* Where can the bytes of this event be had again?  Called once per hit. */
    bool (*keep)(void *ctx, const eql_event *ev, eql_event_ref *ref);
    bool (*match)(void *ctx, const eql_match *m);
    /* Asked between hits at the finish, as if match returned false.  May be
     * NULL. */
    bool (*stop)(void *ctx);
    void *ctx;
} eql_engine_calls;

#define EQL_DEFAULT_SORT_MEMORY ((size_t)16 << 20)
#define EQL_DEFAULT_STATE_BYTES ((uint64_t)64 << 20)

/* `--order`: instead of the dialect's late_events (spec 8.9). */
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

/* All in events, partials or results.  How they balance says api/counters.def,
 * where `alerts` are matches here; what each means, too.  A partial is what a
 * sequence, a join or a sample has begun under one key. */
typedef struct {
    uint64_t events;       /* seen by eql_engine_event */
    uint64_t hits;         /* events that satisfied a stage, with keys */
    uint64_t pulses;       /* of them only for lineages (pulses.h), timed */
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

/* Partials that wait in one slot for a stage whose condition names aliases
 * (spec 10.3); beyond it the oldest goes. */
#define EQL_MAX_PENDING 64u

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

/* A prime: events often come in rounds. */
#define EQL_PROFILE_EVERY 17u

typedef enum {
    EQL_ENGINE_OK,
    EQL_ENGINE_NOMEM,
    EQL_ENGINE_IO,     /* spill file: what went wrong in eql_engine_error */
    EQL_ENGINE_STOPPED /* a callback returned false */
} eql_engine_result;

eql_engine *eql_engine_new(const eql_program *p, const eql_engine_options *o,
                           const eql_engine_calls *calls);
void eql_engine_free(eql_engine *e);
eql_engine_result eql_engine_event(eql_engine *e, const eql_event *ev);
/* Gives every pending hit of `file` its time; settle sets *ns or returns
 * false when the event has none.  With *ns = EQL_SETTLE_FORGET and false the
 * event is taken back as if it had never been a hit (it turned out to lie
 * outside the run's time range).  Also to be called for files without pending
 * hits (cheap). */
#define EQL_SETTLE_FORGET INT64_MIN
typedef bool (*eql_settle_fn)(void *ctx, const eql_hit *h, int64_t *ns);
eql_engine_result eql_engine_settle(eql_engine *e, uint32_t file,
                                    eql_settle_fn settle, void *ctx);
/* After an error that was a full disk, or an event that was not kept: no event
 * can be added any more, but what is there can be finished. */
void eql_engine_go_on(eql_engine *e);
eql_engine_result eql_engine_finish(eql_engine *e);
/* The event that the finish came to last; line 0: none. */
void eql_engine_reached(const eql_engine *e, uint32_t *file, uint64_t *line);

/* Several threads may share out the filtering (lane.h).  The engine's own lane
 * is that of the calling thread; lanes of others have calls of their own, of
 * which only keep is called.  NULL: out of memory. */
struct eql_lane *eql_engine_own_lane(eql_engine *e);
struct eql_lane *eql_engine_new_lane(const eql_engine *e,
                                     const eql_engine_calls *calls);
/* Takes over the hits of a batch; batches come in the order of their events.
 * line and offset are added to those of its hits: it may be that a lane knew
 * only places in its part of a file. */
struct eql_batch;
eql_engine_result eql_engine_merge(eql_engine *e, struct eql_batch *b,
                                   uint64_t line, uint64_t offset);
/* Takes over what a lane has counted per stage; afterwards numbers below
 * include it. */
void eql_engine_collect(eql_engine *e, struct eql_lane *l);
const eql_engine_counters *eql_engine_get_counters(const eql_engine *e);
const eql_stage_counters *eql_engine_stage(const eql_engine *e, uint32_t stage);
/* Events without a value for key `k` of stage `stage`, among its hits. */
uint64_t eql_engine_key_missing(const eql_engine *e, uint32_t stage,
                                uint32_t k);
/* From now on, count the events that have a value for each field. */
void eql_engine_count_fields(eql_engine *e);
uint64_t eql_engine_field_present(const eql_engine *e, uint32_t field);
/* Has an event had a value for this field, which has no parent; and has one had
 * the category of this stage?  Of lanes, up to the last eql_engine_collect. */
bool eql_engine_field_met(const eql_engine *e, uint32_t field);
bool eql_engine_category_met(const eql_engine *e, uint32_t stage);
/* From now on, count candidates and measure time per stage, and the state per
 * rule.  To be called before there are lanes.  false: out of memory. */
bool eql_engine_profile(eql_engine *e);
/* Bytes that the rule's sequences held when the events ended; 0 without
 * eql_engine_profile, and before eql_engine_finish. */
uint64_t eql_engine_rule_bytes(const eql_engine *e, uint32_t rule);
/* What index and memo did, for reports; zeros without them. */
eql_candidate_counters eql_engine_candidates(eql_engine *e);
const char *eql_engine_error(const eql_engine *e); /* "" when none */

#endif
