/* seq.h -- the ordered half: hits in order in, matches out (language 8 to 12).
 *
 *   hit -> lineages -> residuals -> sequence | join | sample | event
 *       -> match.h: order, cooldown -> pipes -> report
 *
 * State is bounded in bytes: when it is full, the partial that began first
 * gives way.  See partial.h for what the state of a sequence looks like. */
#ifndef EQL_VM_SEQ_SEQ_H
#define EQL_VM_SEQ_SEQ_H

#include "vm/filter/capture.h"
#include "vm/run/counters.h"
#include "vm/run/match.h"
#include "vm/run/options.h"
#include "vm/run/status.h"
#include "event/hit.h"

/* Partials that wait in one slot for a stage whose condition names aliases
 * (language 8.20); beyond it the oldest goes. */
#define EQL_MAX_PENDING 64u

typedef struct eql_seq eql_seq;

/* All borrowed.  NULL: out of memory. */
eql_seq *eql_seq_new(const eql_captures *c, const eql_engine_options *o,
                     const eql_engine_calls *calls,
                     eql_engine_counters *counters);
void eql_seq_free(eql_seq *s); /* NULL is fine */

/* Where hits can be read again, as long as the ordered half works.  Partials
 * that have just started are then kept compact.  To be set before the first
 * hit.
 *
 * fetch: the hit handed out with that place, valid until the next call. */
typedef struct {
    eql_engine_result (*fetch)(void *ctx, uint64_t place, const eql_hit **h);
    void *ctx;
} eql_hit_source;

void eql_seq_read_again(eql_seq *s, const eql_hit_source *source);
/* Of the next hit; a multiple of 8, below EQL_COMPACT_MAX_PLACE. */
void eql_seq_place(eql_seq *s, uint64_t place);
/* Hits may be looked at before their turn, about so many hits before it; that
 * changes nothing but time, and is of use while looks_ahead says so. */
#define EQL_SEQ_AHEAD 8u
bool eql_seq_looks_ahead(const eql_seq *s);
void eql_seq_ahead(eql_seq *s, const eql_hit *h, uint64_t place);
/* The next hit in order; no time in it is pending. */
eql_engine_result eql_seq_hit(eql_seq *s, const eql_hit *h);
/* Does it matter to the lineages what liveness records there are up to this
 * hit, which is the next one (NULL: there is none)?  Then they are told in
 * order. */
bool eql_seq_wants_liveness(const eql_seq *s, const eql_hit *h);
void eql_seq_liveness(eql_seq *s, const eql_hit *record);
/* Time has come this far without a hit. */
eql_engine_result eql_seq_pass(eql_seq *s, int64_t now_ns);
/* Adds to bytes[rule] what the sequences of each rule hold now, matches that
 * wait not counted.  Reads a hit again for each partial kept compact. */
eql_engine_result eql_seq_count_bytes(const eql_seq *s, uint64_t *bytes);
/* No more hits: what was held, sampled or piped is delivered.  now_ns, per
 * clock: the greatest time of any event, INT64_MIN for none; it decides what
 * was held long enough. */
eql_engine_result eql_seq_end(eql_seq *s, const int64_t *now_ns);
/* What is still in flight is counted as open, and the peaks are taken. */
void eql_seq_finish(eql_seq *s);
const char *eql_seq_error(const eql_seq *s); /* "" when none */

#endif
