/* compact.h -- partials of one event in 24 bytes each, and an index of them;
 * why and how: compact.c.
 *
 *   ring:  tail -> [page] [page] [page] <- head       oldest first
 *   index: bucket of ten 32-bit places in the ring, each with a 16-bit tag
 *
 * One ring per distinct maxspan.  Compact partials are added in the order of
 * their serial and, where hits are in the order of time, of time; so what
 * expires and what gives way is at the tail.  One that leaves out of turn stays
 * in the ring as a gap; when gaps are half as many as what lives, the ring is
 * packed.  One that was promoted stays as well, with a pointer to its owner, to
 * keep its turn.
 *
 * Memory is counted in a budget; the owner makes room before it adds.  One
 * thread. */
#ifndef EQL_VM_SEQ_COMPACT_H
#define EQL_VM_SEQ_COMPACT_H

#include "vm/state/budget.h"

/* hash: low 16 bits tag, high 32 bits bucket, or the owner's address.
 * when: low 48 bits time since the chunk's, ns; high 16 bits more of the key.
 * where: low 40 bits place / 8; high 24 bits serial since the chunk's. */
typedef struct {
    uint64_t hash, when, where;
} eql_compact;

#define EQL_COMPACT_PER_CHUNK 169u
#define EQL_COMPACT_BYTES 34u /* what one takes, with its part of the index */

typedef struct {
    int64_t time_ns;
    uint64_t serial;
    uint64_t last;   /* time of the last since the chunk's, ns */
    uint16_t n;      /* of compact[] */
    uint16_t nother; /* of them gaps, or with an owner */
    bool in_slab;    /* else it was allocated alone */
    eql_compact compact[EQL_COMPACT_PER_CHUNK];
} eql_compact_chunk; /* a page */

/* Where rings are long, chunks are cut from slabs of a huge page: a compact
 * partial is read at random, and small pages would cost more than the memory
 * does. */
typedef struct eql_compact_slab {
    struct eql_compact_slab *next, *prev; /* of those that have room */
    eql_compact_chunk *free;              /* chained by compact[0].hash */
    uint32_t ncut, nused;                 /* chunks */
} eql_compact_slab;

#define EQL_COMPACT_SLAB_BYTES ((size_t)2 << 20)
#define EQL_COMPACT_SLAB_FROM 4096u /* chunks of a ring */

#define EQL_COMPACT_PER_BUCKET 10u

typedef struct {
    uint16_t tag[EQL_COMPACT_PER_BUCKET];
    uint32_t
        overflow; /* newest compact partial that went on to the next bucket */
    uint32_t at[EQL_COMPACT_PER_BUCKET];
} eql_compact_bucket; /* a cache line */

/* A place in the ring: number of its chunk, from 1, and place in the chunk. */
#define EQL_COMPACT_SLOT_BITS 8
#define EQL_COMPACT_MAX_CHUNK ((UINT32_C(1) << 24) - 1)
#define EQL_COMPACT_NONE 0u

typedef struct {
    eql_budget *budget;
    eql_compact_chunk **chunks; /* chunk c is at c modulo cap */
    uint32_t cap;               /* a power of two, or 0 */
    uint32_t tail, head;        /* places: the oldest, the next to be added */
    uint32_t second; /* nothing lives between the tail and this place */
    uint64_t nindexed, nowned, ngaps;
    void *memory; /* of the buckets, unaligned */
    eql_compact_bucket *buckets;
    uint64_t nbuckets;
    eql_compact_chunk *spare;
    eql_compact_slab *slab; /* the first that has room, NULL: none */
} eql_compact_ring;

/* Of rule and key, keyed; equal keys have equal ids, and 80 bits are kept. */
typedef struct {
    uint64_t hash;
    uint16_t check;
} eql_compact_id;

/* Part of the partial that was made of a compact partial. */
typedef struct {
    uint32_t at; /* kept right by the ring */
} eql_compact_owner;

typedef struct {
    int64_t time_ns;
    uint64_t serial, place;
    eql_compact_owner *owner; /* NULL: a compact partial of its own */
} eql_compact_info;

/* Rings are large and read at random.  Who knows so many ids early which it is
 * going to ask for tells so, in about that order; then what is read is in the
 * caches by then.  Half of the time is for the bucket, half for the compact
 * partial. */
#define EQL_COMPACT_AHEAD 8u

typedef struct {
    struct {
        const eql_compact_ring *ring;
        eql_compact_id id;
    } half[EQL_COMPACT_AHEAD / 2]; /* whose buckets have been asked for */
    uint32_t n;                    /* of ids so far */
} eql_compact_ahead;               /* zeroed: none */

/* Places are multiples of 8 below this. */
#define EQL_COMPACT_MAX_PLACE ((UINT64_C(1) << 43) - 32)

void eql_compact_init(eql_compact_ring *r, eql_budget *budget);
void eql_compact_free(eql_compact_ring *r);
/* What adding one may cost; UINT64_MAX: the ring cannot hold more. */
uint64_t eql_compact_cost(const eql_compact_ring *r, int64_t time_ns,
                          uint64_t serial);
/* There is no compact partial of that id.  false: out of memory.  Places in the
 * ring that the caller knows may be others afterwards. */
bool eql_compact_add(eql_compact_ring *r, eql_compact_id id,
                     const eql_compact_info *s);
/* NONE: there is none. */
uint32_t eql_compact_find(const eql_compact_ring *r, eql_compact_id id);
/* Changes nothing.  Rings foreseen stay until `a` is used no more. */
void eql_compact_foresee(eql_compact_ahead *a, const eql_compact_ring *r,
                         eql_compact_id id);
eql_compact_info eql_compact_get(const eql_compact_ring *r, uint32_t at);
void eql_compact_remove(eql_compact_ring *r, uint32_t at);
/* The compact partial is found no more, but keeps its turn until it is removed.
 */
void eql_compact_own(eql_compact_ring *r, uint32_t at,
                     eql_compact_owner *owner);
/* The next compact partial behind that place that has no owner, NONE: the
 * first; NONE: there is none. */
uint32_t eql_compact_after(const eql_compact_ring *r, uint32_t at);
/* The oldest but `keep`, which may be NONE; NONE: there is none. */
uint32_t eql_compact_oldest(eql_compact_ring *r, uint32_t keep);
/* Removes what started before that time, up to the first that has an owner or
 * did not; returns how many. */
uint64_t eql_compact_expire(eql_compact_ring *r, int64_t before_ns);

#endif
