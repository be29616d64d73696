/* order.h -- the sorter: hits in any order in, hits in the order of time out.
 *
 *   push ... push | sort | next ... next -> NULL
 *
 * By time (language 2.3): hits with a time before hits without, then time,
 * tiebreaker, file, line.  By arrival: file and line alone.  Whatever looks
 * like a hit can be sorted by an order of its own (match.c).  Equal records
 * keep the order of pushing.
 * Up to `memory` bytes (index included) are held; beyond it sorted runs go to
 * a temporary file and are merged, in several passes if they are many. */
#ifndef EQL_VM_ORDER_ORDER_H
#define EQL_VM_ORDER_ORDER_H

#include "vm/run/status.h"
#include "event/hit.h"

typedef struct eql_order eql_order;

typedef int (*eql_order_fn)(const eql_hit *a, const eql_hit *b);

int eql_order_by_time(const eql_hit *a, const eql_hit *b);
int eql_order_by_arrival(const eql_hit *a, const eql_hit *b);
/* dir as in eql_spill_open, borrowed for the sorter's life.  NULL: memory. */
eql_order *eql_order_new(size_t memory, const char *dir, eql_order_fn compare);
void eql_order_free(eql_order *o); /* NULL is fine */
/* Copies the record. */
eql_engine_result eql_order_push(eql_order *o, const eql_hit *h);
/* Ends pushing. */
eql_engine_result eql_order_sort(eql_order *o);
/* After sort: the next hit, valid until the next call, or NULL at the end. */
eql_engine_result eql_order_next(eql_order *o, const eql_hit **h);
/* After next: a hit that comes about n hits later, with its place, valid as
 * long as that of next; each is told at most once, some never.  NULL: none. */
const eql_hit *eql_order_ahead(eql_order *o, uint32_t n, uint64_t *place);
/* Where the hit handed out last is, until the sorter is freed; a multiple of 8.
 * Hits of the last merge are where their runs are. */
uint64_t eql_order_place(const eql_order *o);
/* After sort: the hit of that place, valid until the next fetch. */
eql_engine_result eql_order_fetch(eql_order *o, uint64_t place,
                                  const eql_hit **h);
/* Bytes written to temporary files so far. */
uint64_t eql_order_spilled(const eql_order *o);
/* Merges of runs that had to be written out again before the last one. */
uint32_t eql_order_passes(const eql_order *o);
const char *eql_order_error(const eql_order *o); /* "" when none */

#endif
