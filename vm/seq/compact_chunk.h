/* compact_chunk.h -- memory of the chunks of a ring, for compact.c. */
#ifndef EQL_VM_SEQ_COMPACT_CHUNK_H
#define EQL_VM_SEQ_COMPACT_CHUNK_H

#include "vm/seq/compact.h"

/* Numbers in use, the head's included. */
static inline uint32_t
eql_compact_nchunks(const eql_compact_ring *r)
{
    return (r->head >> EQL_COMPACT_SLOT_BITS) -
           (r->tail >> EQL_COMPACT_SLOT_BITS) + 1;
}

/* What a new one costs now. */
uint64_t eql_compact_chunk_cost(const eql_compact_ring *r);
/* NULL: out of memory. */
eql_compact_chunk *eql_compact_chunk_new(eql_compact_ring *r);
void eql_compact_chunk_free(eql_compact_ring *r,
                            eql_compact_chunk *c); /* NULL is fine */

#endif
