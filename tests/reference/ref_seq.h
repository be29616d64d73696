/* ref_seq.h -- sequences over events whose filters and keys are known already.
 *
 * Two procedures that must agree: the batch one of the "Equivalence claim"
 * (spec 8.2), which is the reference, and the machine of spec 8.2 as a second
 * opinion.  Events are numbered from 0 in order of arrival. */
#ifndef EQL_TESTS_REF_SEQ_H
#define EQL_TESTS_REF_SEQ_H

#include "tests/reference/ref_util.h"

/* When an event happened; arrival is its number. */
typedef struct {
    bool has_time;
    int64_t ns;
    bool has_tiebreaker;
    int64_t tiebreaker;
} ref_when;

/* The key tuples that an event contributes at one stage, each written as one
 * text; none: the stage does not see the event. */
typedef struct {
    char **keys;
    size_t n;
} ref_keys;

typedef struct {
    size_t nstages;
    size_t nevents;
    const ref_when *when;
    /* looks[stage * nevents + event]; row `nstages` is `until`. */
    const ref_keys *looks;
    bool has_maxspan;
    int64_t maxspan_ns;
} ref_seq;

/* Order of two events (spec 1.3): negative, zero (same event), positive.  An
 * event without a time comes after all others. */
int ref_order(const ref_when *when, size_t a, size_t b);
/* All events in that order, n of them. */
size_t *ref_sorted(ref_pool *pool, const ref_when *when, size_t n);

/* Matches come in the order of their last event, then of their first, then of
 * the events between. */
void ref_seq_batch(ref_pool *pool, const ref_seq *seq, ref_matches *out);
void ref_seq_machine(ref_pool *pool, const ref_seq *seq, ref_matches *out);
/* Puts matches in that order. */
void ref_sort_matches(const ref_when *when, ref_matches *m);

#endif
