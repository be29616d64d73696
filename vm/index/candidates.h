/* candidates.h -- the stages that an event may satisfy, and what is remembered
 * of values seen before.
 *
 *   raw texts -> answers (answer_cache.h, or index.h) -> marks -> plan
 *                                            `-> stages, those the plan allows
 *
 * Three caches (candidates.c tells how they stand to each other): by a value's
 * text, its answer (value cache) and the leaves that hold for it (leaf cache,
 * asked by the interpreter); by the texts of all that the stages of a plan
 * read, which of their filters hold (filter result cache).  None changes what
 * an event satisfies, only what that costs. */
#ifndef EQL_VM_INDEX_CANDIDATES_H
#define EQL_VM_INDEX_CANDIDATES_H

#include "vm/index/index.h"

/* Plans remembered; beyond, all are forgotten. */
#define EQL_CANDIDATE_PLANS 512u
/* A path of whose last so many lookups less than one in 16 was known ... */
#define EQL_CANDIDATE_TRIAL 1024u
/* ... is not looked up for the next so many. */
#define EQL_CANDIDATE_BYPASS 16384u
/* A plan that knew the filter result of less than one in four of its last so
 * many events looks for none for as many, the next time for twice as many
 * ... */
#define EQL_RESULT_TRIAL 1024u
/* ... and so on up to so many. */
#define EQL_RESULT_BYPASS 16384u
/* Of tags: 81,920 events; and of different filter results. */
#define EQL_RESULT_BYTES ((size_t)1 << 20)
#define EQL_RESULT_ANSWER_BYTES ((size_t)1 << 18)
/* Of leaves' answers: 8 bytes each. */
#define EQL_LEAF_CACHE_BYTES ((size_t)1 << 20)

/* What all threads share; never changes. */
typedef struct {
    const eql_program *p;
    eql_paths paths;
    eql_index *index;     /* NULL: no index; every stage of an event's category
                             is a candidate */
    uint32_t *leaf_paths; /* per leaf: the only path that it reads; EQL_NONE:
                             not one, or it is no function of the event alone */
    eql_range
        *stage_paths;   /* per stage: of read_paths, those its filter reads */
    eql_vec read_paths; /* uint32_t */
} eql_candidate_tables;

/* NULL: out of memory.  The prepared tables are borrowed. */
eql_candidate_tables *eql_candidate_tables_new(const eql_prepared *pr,
                                               bool with_index);
void eql_candidate_tables_free(eql_candidate_tables *t); /* NULL is fine */

#define EQL_CANDIDATE_COUNTERS(X)                                              \
    X(lookups)       /* of values in the cache */                              \
    X(known)         /* of them */                                             \
    X(asked)         /* of the index, cached or not */                         \
    X(candidates)    /* stages */                                              \
    X(plans)         /* made */                                                \
    X(leaves_cached) /* leaves whose answers were remembered */                \
    X(judged)        /* events that a filter result was looked for */          \
    X(results)       /* of them known */

typedef struct {
#define X(member) uint64_t member;
    EQL_CANDIDATE_COUNTERS(X)
#undef X
} eql_candidate_counters;

/* One thread's. */
typedef struct eql_candidates eql_candidates;

/* All borrowed.  NULL: out of memory. */
eql_candidates *eql_candidates_new(const eql_candidate_tables *t,
                                   bool with_memo);
void eql_candidates_free(eql_candidates *c); /* NULL is fine */
/* Following calls speak of this event. */
void eql_candidates_begin(eql_candidates *c, const eql_event *ev);
/* What is a function of the texts of the paths that filters read, and of those
 * of the category and of the dialect's process_type. */
typedef struct {
    const uint32_t *stages; /* whose filters hold, ascending */
    uint32_t n;
    uint32_t facts; /* bits, the caller's */
} eql_filter_result;

/* Its candidates, ascending, each once; valid until the next event.  *n is
 * EQL_NONE when out of memory.  *result is not NULL if the filter result is
 * known; then its stages are given.  With an index only. */
const uint32_t *eql_candidates_find(eql_candidates *c, uint32_t *n,
                                    const eql_filter_result **result);
/* Remembers v as the filter result of the event that was asked about, if it
 * wants one; copies it.  false: out of memory. */
EQL_MUST_USE bool eql_candidates_keep_result(eql_candidates *c,
                                             const eql_filter_result *v);
/* Has an event had the stage's category?  With an index only. */
bool eql_candidates_met_category(const eql_candidates *c, uint32_t stage);
/* Adds what was counted since the last call. */
void eql_candidates_take_counters(eql_candidates *c,
                                  eql_candidate_counters *out);

/* From now on no filter result is looked for, so that every candidate's filter
 * is run: for profiles of what stages cost. */
void eql_candidates_without_results(eql_candidates *c);
/* Where the interpreter finds and notes answers of leaves for this event. */
const eql_leaf_cache *eql_candidates_leaf_cache(eql_candidates *c);

#endif
