/* start_chunk.h -- memory of the chunks of a ring, for starts.c. */
#ifndef EQL_VM_SEQ_START_CHUNK_H
#define EQL_VM_SEQ_START_CHUNK_H

#include "vm/seq/starts.h"

/* Numbers in use, the head's included. */
static inline uint32_t
eql_starts_nchunks(const eql_starts *r)
{
    return (r->head >> EQL_STARTS_SLOT_BITS) -
           (r->tail >> EQL_STARTS_SLOT_BITS) + 1;
}

/* What a new one costs now. */
uint64_t eql_start_chunk_cost(const eql_starts *r);
/* NULL: out of memory. */
eql_start_chunk *eql_start_chunk_new(eql_starts *r);
void eql_start_chunk_free(eql_starts *r, eql_start_chunk *c); /* NULL is fine */

#endif
