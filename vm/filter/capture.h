/* capture.h -- the values that the ordered half will need of an event, and how
 * they travel in a hit.
 *
 * A stage captures
 *   - if it has a residual: the truth of the residual's pure leaves, and the
 *     event's own fields (origin 0) that its impure leaves read;
 *   - if it feeds a lineage: dialect.process_id;
 *   - the fields of the rule whose origin is one of the stage's positions:
 *     later residuals (aliases) and pipes read them.  These are *kept* with
 *     the match; the rest serves the hit only;
 *   - in a rule whose pipes fill `hosts`: dialect.host_key, kept too.
 * All of it is worked out from the program, once.  Values are copied into flat
 * bytes: fields in the program's order, children inside their ELEMENTS field.
 *
 * The values of a blob are at most EQL_CAPTURE_MAX_BYTES, and no more than the
 * record it goes to has room for (EQL_HIT_MAX_BYTES); a field that does not fit
 * is left out as missing, and told. */
#ifndef EQL_VM_FILTER_CAPTURE_H
#define EQL_VM_FILTER_CAPTURE_H

#include "base/arena.h"
#include "program/program.h"
#include "event/event.h"
#include "event/hit.h"
#include "vm/eval/interp.h"

#define EQL_CAPTURE_MAX_BYTES ((size_t)4 << 20)

typedef struct eql_captures eql_captures;

/* NULL: no memory. */
eql_captures *eql_captures_new(const eql_program *p);
void eql_captures_free(eql_captures *c);
/* The tables that all who run the program's code may share. */
const eql_prepared *eql_captures_prepared(const eql_captures *c);
/* Does a hit of this stage (or EQL_HIT_PROCESS) carry anything? */
bool eql_captures_any(const eql_captures *c, uint32_t stage);
/* Position of the stage's first event in its rule, runs expanded; until and
 * lineage stages: EQL_NONE. */
uint32_t eql_captures_position(const eql_captures *c, uint32_t stage);
/* Positions of a rule. */
uint32_t eql_captures_npositions(const eql_captures *c, uint32_t rule);

/* Appends the stage's blob for the event that `it` looks at.  *capped is set
 * when something was left out.  false: out of memory. */
bool eql_captures_write(const eql_captures *c, uint32_t stage,
                        const eql_event *ev, eql_interp *it, eql_buf *out,
                        bool *capped);
/* The part of a blob that is to be kept with the match; may be empty. */
eql_strview eql_captures_kept(const eql_captures *c, uint32_t stage,
                              eql_strview blob);

/* --- reading, for residual.c --- */

/* Runs of what eql_captures_item gives. */
typedef struct {
    eql_range kept, own; /* fields */
    eql_range truths;    /* leaves; each has one bit */
} eql_capture_plan;

const eql_capture_plan *eql_captures_plan(const eql_captures *c,
                                          uint32_t stage);
/* Item i of all runs: a field or a leaf. */
uint32_t eql_captures_item(const eql_captures *c, uint32_t i);
/* The other parts of a blob. */
eql_strview eql_captures_own(eql_strview blob);
/* Truth of the i-th pure leaf; false beyond the blob. */
bool eql_captures_truth(const eql_capture_plan *plan, eql_strview blob,
                        uint32_t i);

/* Reads the values of field f at *pos and moves *pos behind them.  Strings are
 * the blob's, the rest is the arena's.  What is damaged is missing. */
eql_slot eql_captures_read(const eql_captures *c, uint32_t f, eql_strview bytes,
                           size_t *pos, eql_arena *arena);

#endif
