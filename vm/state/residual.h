/* residual.h -- conditions and expressions that the ordered half decides, from
 * captured values (capture.h): residuals of stages, conditions and keys of
 * pipes.
 *
 *   begin(rule)                 forget all
 *   bind(position, kept)        the event that stands there; unbound: null
 *   own(stage, blob)            the event at hand, with its pure truths
 *   holds(filter) | value(leaf) ask
 *
 * One owner, one thread.  Blobs are borrowed until the next begin.  What is
 * asked for is read out of them at the first question after a change; set goes
 * before own, own before bind. */
#ifndef EQL_VM_STATE_RESIDUAL_H
#define EQL_VM_STATE_RESIDUAL_H

#include "vm/filter/capture.h"

typedef struct eql_residual eql_residual;

/* lineage: see interp.h; NULL: no process is asked for. */
eql_residual *eql_residual_new(const eql_program *p, const eql_captures *c,
                               eql_lineage_fn lineage, void *ctx);
void eql_residual_free(eql_residual *r);
void eql_residual_begin(eql_residual *r, uint32_t rule);
/* stage: the one the event was a hit of; position: where it stands. */
void eql_residual_bind(eql_residual *r, uint32_t stage, uint32_t position,
                       eql_strview kept);
void eql_residual_own(eql_residual *r, uint32_t stage, eql_strview blob);
/* Gives field f these values from now on, until begin (columns of a row, host
 * field taken out ...).  v is borrowed. */
void eql_residual_set(eql_residual *r, uint32_t field, const eql_value *v,
                      uint32_t n);
/* A captured field's values, as set, bind or own gave them; borrowed until the
 * next change.  dialect.host_key: of the first event bound. */
eql_slot eql_residual_slot(eql_residual *r, uint32_t field);
bool eql_residual_holds(eql_residual *r, uint32_t filter);
/* Value of an expression; multi-valued fields are one value in its modes.
 * Borrowed until the next call. */
eql_value eql_residual_value(eql_residual *r, uint32_t leaf);
/* Captured values of the EQL_HIT_PROCESS entry: of the event that own speaks
 * of, if it does. */
void eql_residual_process(eql_residual *r, eql_strview blob);
/* Answers so far that a bound made false or null (interp.h). */
uint64_t eql_residual_capped(const eql_residual *r);
bool eql_residual_failed(const eql_residual *r); /* out of memory */

#endif
