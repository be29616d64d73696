/* candidates_int.h -- what candidates*.c share. */
#ifndef EQL_VM_INDEX_CANDIDATES_INT_H
#define EQL_VM_INDEX_CANDIDATES_INT_H

#include "base/arena.h"
#include "base/keyed.h"
#include "vm/index/candidates.h"
#include "vm/index/answer_cache.h"

/* Is it of use to look something up?  Since the trial began, or until the
 * bypass ends. */
typedef struct {
    uint32_t lookups, known, bypass;
    uint32_t pause; /* the last bypass; 0: none lately */
} eql_trial;

/* A path, over many events. */
typedef struct {
    eql_trial trial;
    eql_answer missing; /* what it says when it is missing */
} eql_path_state;

typedef struct {
    eql_marks marks;
    eql_trial trial;       /* of filter results */
    const uint8_t *needed; /* per path: access is by it */
    const uint8_t *read;   /* per path without marks: a stage that it allows
                              reads it */
    const uint64_t *allowed, *always; /* bits of stages */
    const uint64_t *words; /* bits of words of always[] that are not 0 */
} eql_candidate_plan;

/* The plan of an event by the texts of all its mark paths. */
typedef struct {
    eql_h128 tag;
    bool simple;           /* these texts make nothing a candidate */
    eql_candidate_plan *p; /* NULL: free */
} eql_shortcut;

struct eql_candidates {
    const eql_candidate_tables *t;
    eql_index_asker *asker;
    eql_answer_cache *values;  /* NULL: nothing is remembered */
    eql_answer_cache *results; /* by tags of events; marks: the facts */
    eql_hash_key key;
    eql_path_state *paths;
    uint32_t npaths;
    eql_arena *missing; /* of answers */
    /* Of the event at hand: */
    const eql_event *event;
    eql_h128 tag; /* if it wants a filter result */
    bool wants_result;
    eql_filter_result result; /* what is given */
    uint32_t epoch;           /* its number */
    bool has_met;             /* met[] speaks of it */
    uint64_t *met;      /* per path: the event's number and that of a raw */
    eql_h128 *tags;     /* per raw */
    uint32_t *tagged;   /* per raw: the event's number if it has its tag */
    uint32_t *answered; /* per path: the same if it was asked */
    eql_h128 *no_tags;  /* per path: of a missing value */
    uint64_t *bits;     /* of stages; all 0 between events */
    uint64_t *words;    /* bits of words of bits[] that are not 0 */
    uint32_t *wanted;   /* paths that the plan needs */
    uint32_t *found;
    uint8_t *marked;        /* per path: it has marks */
    eql_hash_piece *pieces; /* scratch */
    eql_marks met_marks;    /* of all events: plans are made for each set */
    /* Plans by marks, open addressing. */
    eql_candidate_plan **plans;
    uint32_t nplans;
    eql_shortcut *shortcuts;
    eql_arena *plan_arena;
    uint32_t nwords;           /* of a set of stages */
    uint32_t nsums;            /* of a set of such words */
    uint64_t *leaves;          /* the key, its lowest bit the answer; 0: free */
    eql_leaf_cache leaf_cache; /* the same, for the interpreter */
    eql_candidate_counters n;
};

#define EQL_PLAN_SLOTS (EQL_CANDIDATE_PLANS * 2)
#define EQL_SHORTCUTS 256u

/* Is there something at the path, and which raw is it? */
bool eql_candidates_met(eql_candidates *c, uint32_t path, uint32_t *raw);
/* The tag of a raw text; NULL: it is not in one piece. */
const eql_h128 *eql_candidates_tag_raw(eql_candidates *c, uint32_t i);
/* That of the path's value, also of one that is missing; NULL: none. */
const eql_h128 *eql_candidates_tag(eql_candidates *c, uint32_t path);

#endif
