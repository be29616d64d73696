/* ref_seq.h -- sequences over events whose filters and keys are known already.
 *
 * Two procedures that must agree: the batch one, as Elasticsearch works
 * (language 8.8), with missing stages as language 8.15 and 8.16 define them,
 * which is the reference, and the machine of language 8.8, 8.17, 8.19 and 8.20
 * as a second opinion. fork and aliases are defined by the machine alone.
 * Events are numbered from 0 in order of arrival. */
#ifndef EQL_TESTS_REF_SEQ_H
#define EQL_TESTS_REF_SEQ_H

#include "tests/reference/ref_value.h"

/* When an event happened; arrival is its number. */
typedef struct {
    bool has_time;
    int64_t ns;
    bool has_tiebreaker;
    int64_t tiebreaker;
    bool arrival; /* only its number counts */
} ref_when;

/* One key tuple of an event at a stage. */
typedef struct {
    char *text; /* equal exactly for equal tuples */
    ref_value *values;
    size_t n;
} ref_key;

/* All that it contributes there; none: the stage does not see the event. */
typedef struct {
    ref_key *keys;
    size_t n;
} ref_keys;

/* A stage of a sequence after its runs are written out. */
typedef struct {
    size_t stage; /* as written, from 0 */
    bool missing, fork;
    bool aliases; /* its condition depends on the partial */
} ref_position;

typedef struct {
    const ref_position *positions;
    size_t npositions;
    size_t nstages; /* as written */
    size_t nevents;
    const ref_when *when;
    /* looks[stage * nevents + event]; row `nstages` is `until`. */
    const ref_keys *looks;
    bool has_maxspan;
    int64_t maxspan_ns;
    bool until_aliases;
    const ref_flags *flags;
    /* Does the condition of the stage (nstages: of until) hold for the event,
     * after n positive events? */
    bool (*holds)(void *ctx, size_t stage, size_t event, const size_t *events,
                  size_t n);
    void *ctx;
} ref_seq;

/* In place of an event: a missing stage. */
#define REF_MISSING SIZE_MAX

/* A match: an event for every position. */
typedef struct {
    size_t *events;
    size_t n;
    const ref_key *key; /* as the last event spells it; NULL: no keys */
    json_t *row;        /* while pipes run; NULL: none */
    char *row_text;     /* afterwards: with its members sorted */
} ref_result;

typedef struct {
    ref_result *items;
    size_t n;
} ref_results;

/* Order of two events (language 2.3): negative, zero (same event), positive.
 * An event without a time comes after all others. */
int ref_order(const ref_when *when, size_t a, size_t b);
/* All events in that order, n of them. */
size_t *ref_sorted(ref_pool *pool, const ref_when *when, size_t n);
void ref_add_result(ref_pool *pool, ref_results *out, const size_t *events,
                    size_t n, const ref_key *key);
/* Order of key tuples: nulls first, then by type and value. */
int ref_key_order(const ref_env *env, const ref_key *a, const ref_key *b);

/* Does the batch procedure cover it? */
bool ref_seq_has_batch(const ref_seq *seq);
/* Both in any order; ref_sort_results makes it that of language 1.3. */
void ref_seq_batch(ref_pool *pool, const ref_seq *seq, ref_results *out);
void ref_seq_machine(ref_pool *pool, const ref_seq *seq, ref_results *out);
void ref_sort_results(const ref_env *env, const ref_when *when,
                      ref_results *out);
bool ref_results_eq(const ref_results *a, const ref_results *b);
char *ref_results_text(ref_pool *pool, const ref_results *r);

#endif
