/* compact_chunk.c -- memory of the chunks of a ring of compact partials:
 * allocated alone, or cut from slabs of a huge page where the ring is long.
 *
 * Slabs that have room are in a list; one goes with its last chunk. */
#include "vm/seq/compact_chunk.h"

#include <sys/mman.h>

#define PAGE ((size_t)4096)
#ifndef MADV_COLLAPSE /* since Linux 6.1 */
#define MADV_COLLAPSE 25
#endif
#define SLAB_CHUNKS (EQL_COMPACT_SLAB_BYTES / PAGE - 1) /* behind its head */

_Static_assert(sizeof(eql_compact_chunk) <= PAGE, "a chunk is a page");
_Static_assert(sizeof(eql_compact_slab) <= PAGE, "its head is a page at most");

static uint64_t
slab_cost(void)
{
    return eql_budget_cost(EQL_COMPACT_SLAB_BYTES);
}

static bool
has_room(const eql_compact_slab *slab)
{
    return slab->free || slab->ncut < SLAB_CHUNKS;
}

static void
list_slab(eql_compact_ring *r, eql_compact_slab *slab)
{
    slab->prev = NULL;
    slab->next = r->slab;
    if (r->slab)
        r->slab->prev = slab;
    r->slab = slab;
}

static void
unlist_slab(eql_compact_ring *r, eql_compact_slab *slab)
{
    if (slab->prev)
        slab->prev->next = slab->next;
    else
        r->slab = slab->next;
    if (slab->next)
        slab->next->prev = slab->prev;
}

static bool
add_slab(eql_compact_ring *r)
{
    eql_compact_slab *slab =
        aligned_alloc(EQL_COMPACT_SLAB_BYTES, EQL_COMPACT_SLAB_BYTES);

    if (!slab)
        return false;
    madvise(slab, EQL_COMPACT_SLAB_BYTES, MADV_HUGEPAGE);
    *slab = (eql_compact_slab){0};
    list_slab(r, slab);
    r->budget->used += slab_cost();
    if (r->budget->used > r->budget->peak)
        r->budget->peak = r->budget->used;
    return true;
}

static eql_compact_chunk *
cut_chunk(eql_compact_ring *r, eql_compact_slab *slab)
{
    eql_compact_chunk *c = slab->free;

    if (c)
        slab->free = (eql_compact_chunk *)(uintptr_t)c->compact[0].hash;
    else
        c = (void *)((char *)slab + ++slab->ncut * PAGE);
    slab->nused++;
    if (!has_room(slab))
        unlist_slab(r, slab);
    c->in_slab = true;
    return c;
}

uint64_t
eql_compact_chunk_cost(const eql_compact_ring *r)
{
    if (r->slab)
        return 0;
    return eql_compact_nchunks(r) < EQL_COMPACT_SLAB_FROM
               ? eql_budget_cost(sizeof(eql_compact_chunk))
               : slab_cost();
}

/* Chunks allocated alone mostly lie side by side: then they are put into huge
 * pages where they are, if the system can. */
static void
collapse_alone(const eql_compact_ring *r)
{
    uint32_t first = r->tail >> EQL_COMPACT_SLOT_BITS;
    uint32_t n = eql_compact_nchunks(r) - 1;
    uintptr_t low = UINTPTR_MAX, high = 0;

    for (uint32_t c = first; c < first + n; c++) {
        uintptr_t p = (uintptr_t)r->chunks[c & (r->cap - 1)];

        low = p < low ? p : low;
        high = p > high ? p : high;
    }
    if (high - low > (uintptr_t)n * PAGE / 16 * 17)
        return;
    low = (low + EQL_COMPACT_SLAB_BYTES - 1) / EQL_COMPACT_SLAB_BYTES *
          EQL_COMPACT_SLAB_BYTES;
    high = high / EQL_COMPACT_SLAB_BYTES * EQL_COMPACT_SLAB_BYTES;
    if (low < high)
        madvise((void *)low, high - low, MADV_COLLAPSE);
}

eql_compact_chunk *
eql_compact_chunk_new(eql_compact_ring *r)
{
    if (!r->slab && eql_compact_nchunks(r) < EQL_COMPACT_SLAB_FROM)
        return eql_budget_alloc(r->budget, sizeof(eql_compact_chunk));
    if (!r->slab && eql_compact_nchunks(r) == EQL_COMPACT_SLAB_FROM)
        collapse_alone(r);
    if (!r->slab && !add_slab(r))
        return NULL;
    return cut_chunk(r, r->slab);
}

void
eql_compact_chunk_free(eql_compact_ring *r, eql_compact_chunk *c)
{
    eql_compact_slab *slab;

    if (!c)
        return;
    if (!c->in_slab) {
        eql_budget_free(r->budget, c, sizeof *c);
        return;
    }
    slab = (void *)((uintptr_t)c / EQL_COMPACT_SLAB_BYTES *
                    EQL_COMPACT_SLAB_BYTES);
    if (!has_room(slab))
        list_slab(r, slab);
    c->compact[0].hash = (uint64_t)(uintptr_t)slab->free;
    slab->free = c;
    if (--slab->nused > 0)
        return;
    unlist_slab(r, slab);
    free(slab);
    r->budget->used -= slab_cost();
}
