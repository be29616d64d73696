/* pending.h -- hits whose time is not known before the end of their file.
 *
 * They wait here, in memory up to a bound and then in a temporary file, and
 * move on to a sink when their file is settled. */
#ifndef EQL_VM_ORDER_PENDING_H
#define EQL_VM_ORDER_PENDING_H

#include "vm/run/status.h"
#include "event/hit.h"

/* The time of a pending hit, or false: it has none.  false with *ns =
 * EQL_SETTLE_FORGET: it is taken back as if it had never been a hit. */
#define EQL_SETTLE_FORGET INT64_MIN
typedef bool (*eql_settle_fn)(void *ctx, const eql_hit *h, int64_t *ns);

typedef struct eql_pending eql_pending;

/* Where hits go whose time is settled. */
typedef struct {
    eql_engine_result (*push)(void *ctx, const eql_hit *h);
    void *ctx;
} eql_hit_sink;

/* dir as in eql_spill_open.  NULL: memory. */
eql_pending *eql_pending_new(size_t memory, const char *dir);
void eql_pending_free(eql_pending *p); /* NULL is fine */
/* Copies the record. */
eql_engine_result eql_pending_push(eql_pending *p, const eql_hit *h);
/* Asks `settle` for the time of every waiting hit of `file`, in the order of
 * pushing, and pushes it to `to`.  Hits of other files go on waiting. */
eql_engine_result eql_pending_settle(eql_pending *p, uint32_t file,
                                     eql_settle_fn settle, void *ctx,
                                     const eql_hit_sink *to);
/* Nobody will settle them: all that wait go on without a time. */
eql_engine_result eql_pending_give_up(eql_pending *p, const eql_hit_sink *to);
uint64_t eql_pending_spilled(const eql_pending *p);
/* Hits taken back by settle so far. */
uint64_t eql_pending_forgotten(const eql_pending *p);
const char *eql_pending_error(const eql_pending *p); /* "" when none */

#endif
