/* share.h -- blocks of JSON lines among several threads (eql_events_share).
 * Internal to this room. */
#ifndef EQL_IO_SHARE_H
#define EQL_IO_SHARE_H

#include "io/source.h"

/* All blocks, shared out. */
eql_events_result eql_share_blocks(struct eql_share *h, eql_reading *t,
                                   eql_blocks *s);
void eql_share_free(struct eql_share *h); /* NULL is fine */
/* Of a worker with a batch. */
eql_event_parser *eql_share_parser(struct eql_share *h, uint32_t worker);

#endif
