/* compact.c -- the ring and the index of compact partials; see compact.h.
 *
 * A sequence of two stages over a busy stream begins a partial for nearly every
 * event and completes one in ten thousand.  A partial as partial.h has it, with
 * its event, key and table entry, takes a few hundred bytes; ten million would
 * not fit.  So a partial that has one event is kept as 24 bytes: 80 bits of a
 * keyed hash of rule and key, a time, a number, and the place of its hit in the
 * sorter, from where everything else can be read again.  When an event of the
 * second stage comes with that hash, the hit is read, the real keys are
 * compared, and the partial is promoted (seq_compact.c): no match rests on a
 * hash.
 *
 * The ring keeps them in the order in which they began, in pages of 169, per
 * distinct maxspan; what expires and what gives way under the state budget is
 * always at the tail, so neither needs a search.  Times and numbers are stored
 * relative to their page's, which is what makes 24 bytes do.
 *
 * The index is an open-addressing table of cache lines: ten places of 32 bits,
 * each with a 16-bit tag, compared ten at a time (compact_bucket.h).  Nothing
 * is ever deleted from it: a place before the ring's tail is empty, so expiry
 * costs a comparison when the bucket is met and nothing else.  A full bucket
 * notes the newest partial that had to go on to the next bucket, and a search
 * goes on only while that one lives; the note expires like everything else.
 * The index is rebuilt from the ring alone, so growing it needs no second copy.
 * Loops over buckets are bounded by their number, whatever the notes of
 * overflow say.
 *
 * Cost: 34 bytes a partial with its share of the index; a step is two cache
 * misses, for the bucket and the page, which a caller who knows its keys early
 * can ask for ahead of time (eql_compact_foresee). */
#include "vm/seq/compact.h"

#include <sys/mman.h>

#include "vm/seq/compact_bucket.h"
#include "vm/seq/compact_chunk.h"

#define FULL_SLOTS 8u   /* on average, before the index grows */
#define LEAST_CHUNKS 4u /* of the table of chunks */
#define LEAST_BUCKETS ((uint64_t)4)
#define STRIDE                                                                 \
    16u /* compact partials that are passed at once, where time allows */
#define AHEAD                                                                  \
    12u /* compact partials whose buckets are asked for before their turn */
#define LINE ((size_t)64)
#define HUGE_PAGE ((size_t)2 << 20)
#define MOST_GAPS (2 * EQL_COMPACT_PER_CHUNK) /* beside half of what lives */

#define TIME_BITS 48
#define PLACE_BITS 40
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define PLACE_MASK ((UINT64_C(1) << PLACE_BITS) - 1)
#define SERIAL_MASK ((UINT64_C(1) << 24) - 1)
/* In place of a place. */
#define GAP PLACE_MASK
#define OWNED (PLACE_MASK - 1)

_Static_assert(sizeof(eql_compact_bucket) == LINE, "a bucket is a cache line");
_Static_assert(EQL_COMPACT_MAX_PLACE / 8 < OWNED, "places are no marks");

/* --- places --- */

static uint32_t
chunk_of(uint32_t at)
{
    return at >> EQL_COMPACT_SLOT_BITS;
}

static uint32_t
slot_of(uint32_t at)
{
    return at & ((1u << EQL_COMPACT_SLOT_BITS) - 1);
}

static uint32_t
first_of(uint32_t chunk)
{
    return chunk << EQL_COMPACT_SLOT_BITS;
}

static eql_compact_chunk **
chunk_at(const eql_compact_ring *r, uint32_t chunk)
{
    return &r->chunks[chunk & (r->cap - 1)];
}

static eql_compact *
compact_at(const eql_compact_ring *r, uint32_t at)
{
    return &(*chunk_at(r, chunk_of(at)))->compact[slot_of(at)];
}

static uint64_t
mark_of(const eql_compact *s)
{
    return s->where & PLACE_MASK;
}

static uint64_t
nlive(const eql_compact_ring *r)
{
    return r->nindexed + r->nowned;
}

/* --- index --- */

static uint64_t
home_of(const eql_compact_ring *r, uint64_t hash)
{
    return (hash >> 32) * r->nbuckets >> 32;
}

static uint64_t
next_bucket(const eql_compact_ring *r, uint64_t i)
{
    return i + 1 == r->nbuckets ? 0 : i + 1;
}

/* There is a place: buckets are never that full. */
static void
index_put(eql_compact_ring *r, uint64_t hash, uint32_t at)
{
    uint64_t i = home_of(r, hash);

    for (uint64_t n = 0; n < r->nbuckets; n++, i = next_bucket(r, i)) {
        eql_compact_bucket *b = &r->buckets[i];
        unsigned empty = eql_compact_bucket_empty(b, r->tail);

        if (empty) {
            unsigned k = (unsigned)__builtin_ctz(empty);

            b->at[k] = at;
            b->tag[k] = (uint16_t)hash;
            return;
        }
        b->overflow = at;
    }
}

static void
index_drop(eql_compact_ring *r, uint64_t hash, uint32_t at)
{
    uint64_t i = home_of(r, hash);

    for (uint64_t n = 0; n < r->nbuckets; n++, i = next_bucket(r, i)) {
        for (uint32_t k = 0; k < EQL_COMPACT_PER_BUCKET; k++) {
            if (r->buckets[i].at[k] != at)
                continue;
            r->buckets[i].at[k] = EQL_COMPACT_NONE;
            return;
        }
    }
}

/* Is it that compact partial, and does it live on its own? */
static bool
is_start(const eql_compact_ring *r, uint32_t at, eql_compact_id id)
{
    const eql_compact *s;

    if (at < r->tail)
        return false;
    s = compact_at(r, at);
    return s->hash == id.hash && s->when >> TIME_BITS == id.check &&
           mark_of(s) < OWNED;
}

/* NONE: no place of the bucket has it. */
static inline uint32_t
find_in(const eql_compact_ring *r, const eql_compact_bucket *b,
        eql_compact_id id)
{
    unsigned like = eql_compact_bucket_like(b, (uint16_t)id.hash);

    for (; like; like &= like - 1) {
        uint32_t at = b->at[__builtin_ctz(like)];

        if (is_start(r, at, id))
            return at;
    }
    return EQL_COMPACT_NONE;
}

uint32_t
eql_compact_find(const eql_compact_ring *r, eql_compact_id id)
{
    uint64_t i;

    if (r->nindexed == 0)
        return EQL_COMPACT_NONE;
    i = home_of(r, id.hash);
    for (uint64_t n = 0; n < r->nbuckets; n++, i = next_bucket(r, i)) {
        const eql_compact_bucket *b = &r->buckets[i];
        uint32_t at = find_in(r, b, id);

        if (at != EQL_COMPACT_NONE)
            return at;
        if (b->overflow < r->tail)
            break;
    }
    return EQL_COMPACT_NONE;
}

/* Asks for the compact partials that may be meant, from end to end. */
static void
ask_for_starts(const eql_compact_ring *r, eql_compact_id id)
{
    const eql_compact_bucket *b = &r->buckets[home_of(r, id.hash)];
    unsigned like = eql_compact_bucket_like(b, (uint16_t)id.hash);

    for (; like; like &= like - 1) {
        uint32_t at = b->at[__builtin_ctz(like)];

        if (at >= r->tail) {
            __builtin_prefetch(compact_at(r, at));
            __builtin_prefetch((char *)(compact_at(r, at) + 1) - 1);
        }
    }
}

void
eql_compact_foresee(eql_compact_ahead *a, const eql_compact_ring *r,
                    eql_compact_id id)
{
    uint32_t i = a->n++ % EQL_COUNTOF(a->half);
    const eql_compact_ring *before = a->half[i].ring;

    if (before && before->nindexed > 0)
        ask_for_starts(before, a->half[i].id);
    if (r->nbuckets > 0)
        __builtin_prefetch(&r->buckets[home_of(r, id.hash)]);
    a->half[i].ring = r;
    a->half[i].id = id;
}

/* Starts [from, n) of a chunk; their buckets are asked for ahead, wherever the
 * hash of what has an owner points to. */
static void
reindex_chunk(eql_compact_ring *r, const eql_compact_chunk *chunk,
              uint32_t first, uint32_t from)
{
    for (uint32_t i = from; i < chunk->n; i++) {
        const eql_compact *s = &chunk->compact[i];
        uint64_t mark = mark_of(s);

        if (i + AHEAD < chunk->n)
            __builtin_prefetch(&r->buckets[home_of(r, s[AHEAD].hash)], 1);
        if (mark == OWNED)
            ((eql_compact_owner *)(uintptr_t)s->hash)->at = first + i;
        else if (mark != GAP)
            index_put(r, s->hash, first + i);
    }
}

/* Everything in the ring anew: after places have changed, or the buckets. */
static void
reindex(eql_compact_ring *r)
{
    if (r->buckets)
        memset(r->buckets, 0, r->nbuckets * sizeof *r->buckets);
    for (uint32_t c = chunk_of(r->tail); c <= chunk_of(r->head); c++) {
        uint32_t from = c == chunk_of(r->tail) ? slot_of(r->tail) : 0;

        if (first_of(c) != r->head)
            reindex_chunk(r, *chunk_at(r, c), first_of(c), from);
    }
}

static size_t
index_size(uint64_t nbuckets)
{
    return nbuckets > 0 ? (size_t)nbuckets * sizeof(eql_compact_bucket) + LINE
                        : 0;
}

static uint64_t
index_cost(uint64_t nbuckets)
{
    return nbuckets > 0 ? eql_budget_cost(index_size(nbuckets)) : 0;
}

/* Misses of the address translation cost more than the pages may waste. */
static void
ask_huge_pages(void *p, size_t n)
{
    uintptr_t from = ((uintptr_t)p + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t to = ((uintptr_t)p + n) / HUGE_PAGE * HUGE_PAGE;

    if (n >= 2 * HUGE_PAGE && from < to)
        madvise((void *)from, to - from, MADV_HUGEPAGE);
}

static void
free_index(eql_compact_ring *r)
{
    free(r->memory);
    r->budget->used -= index_cost(r->nbuckets);
    r->memory = NULL;
    r->buckets = NULL;
    r->nbuckets = 0;
}

/* The contents are made by reindex().  A larger index takes the place of the
 * old one, never stands beside it; when there is no memory for it, there is
 * none at all, and the run is over. */
static bool
resize_index(eql_compact_ring *r, uint64_t nbuckets)
{
    size_t size = index_size(nbuckets);
    void *p;

    if (nbuckets > UINT32_MAX)
        return false;
    if (nbuckets > r->nbuckets)
        free_index(r);
    p = malloc(size);
    if (!p)
        return false;
    free_index(r);
    ask_huge_pages(p, size);
    r->budget->used += index_cost(nbuckets);
    if (r->budget->used > r->budget->peak)
        r->budget->peak = r->budget->used;
    r->memory = p;
    r->nbuckets = nbuckets;
    r->buckets = (void *)(((uintptr_t)p + LINE - 1) / LINE * LINE);
    return true;
}

static uint64_t
larger(uint64_t nbuckets)
{
    return nbuckets < LEAST_BUCKETS ? LEAST_BUCKETS : nbuckets + nbuckets / 2;
}

static bool
index_is_full(const eql_compact_ring *r)
{
    return r->nindexed >= r->nbuckets * FULL_SLOTS;
}

/* Gives memory back when one in 64 is left. */
static void
shrink_index(eql_compact_ring *r)
{
    uint64_t n = r->nindexed / FULL_SLOTS * 2 + LEAST_BUCKETS;

    if (r->nbuckets > 16 * LEAST_BUCKETS && r->nindexed < r->nbuckets / 8 &&
        resize_index(r, n))
        reindex(r);
}

/* --- chunks --- */

void
eql_compact_init(eql_compact_ring *r, eql_budget *budget)
{
    *r = (eql_compact_ring){.budget = budget};
    r->tail = r->head = r->second = first_of(1);
}

static size_t
table_size(uint32_t cap)
{
    return cap * sizeof(eql_compact_chunk *);
}

void
eql_compact_free(eql_compact_ring *r)
{
    for (uint32_t c = chunk_of(r->tail); c <= chunk_of(r->head); c++) {
        if (first_of(c) != r->head)
            eql_compact_chunk_free(r, *chunk_at(r, c));
    }
    eql_compact_chunk_free(r, r->spare);
    if (r->chunks)
        eql_budget_free(r->budget, (void *)r->chunks, table_size(r->cap));
    free_index(r);
    eql_compact_init(r, r->budget);
}

/* Leaves the chunk of the tail behind. */
static void
retire_chunk(eql_compact_ring *r)
{
    eql_compact_chunk *c = *chunk_at(r, chunk_of(r->tail));

    r->tail = first_of(chunk_of(r->tail) + 1);
    if (chunk_of(r->tail) < chunk_of(r->head))
        __builtin_prefetch(*chunk_at(r, chunk_of(r->tail) + 1), 1);
    if (r->spare)
        eql_compact_chunk_free(r, c);
    else
        r->spare = c;
}

/* Moves the tail to what lives. */
static void
settle_tail(eql_compact_ring *r)
{
    while (r->tail != r->head) {
        const eql_compact_chunk *c = *chunk_at(r, chunk_of(r->tail));

        if (slot_of(r->tail) == c->n) {
            retire_chunk(r);
        } else if (mark_of(&c->compact[slot_of(r->tail)]) == GAP) {
            r->tail++;
            r->ngaps--;
        } else {
            break;
        }
    }
    if (r->second < r->tail)
        r->second = r->tail;
}

/* Numbers up to one more than now. */
static bool
grow_table(eql_compact_ring *r)
{
    uint32_t old = r->cap, cap = old ? 2 * old : LEAST_CHUNKS;
    eql_compact_chunk **to, **from = r->chunks;

    if (eql_compact_nchunks(r) + 1 <= old)
        return true;
    to = eql_budget_alloc(r->budget, table_size(cap));
    if (!to)
        return false;
    for (uint32_t c = chunk_of(r->tail); old && c <= chunk_of(r->head); c++)
        to[c & (cap - 1)] = from[c & (old - 1)];
    r->chunks = to;
    r->cap = cap;
    if (from)
        eql_budget_free(r->budget, (void *)from, table_size(old));
    return true;
}

/* The chunk that the next compact partial can be added to; NULL: it needs a new
 * one. */
static eql_compact_chunk *
open_chunk(const eql_compact_ring *r, int64_t time_ns, uint64_t serial)
{
    eql_compact_chunk *c;
    int64_t passed;

    if (slot_of(r->head) == 0 || slot_of(r->head) == EQL_COMPACT_PER_CHUNK)
        return NULL;
    c = *chunk_at(r, chunk_of(r->head));
    if (__builtin_sub_overflow(time_ns, c->time_ns, &passed) || passed < 0 ||
        (uint64_t)passed > TIME_MASK || serial - c->serial > SERIAL_MASK)
        return NULL;
    return c;
}

/* Opens a chunk behind the last; NULL: out of memory. */
static eql_compact_chunk *
next_chunk(eql_compact_ring *r, int64_t time_ns, uint64_t serial)
{
    eql_compact_chunk *c;

    if (!grow_table(r))
        return NULL;
    c = r->spare;
    if (!c)
        c = eql_compact_chunk_new(r);
    if (!c)
        return NULL;
    r->spare = NULL;
    c->time_ns = time_ns;
    c->serial = serial;
    c->n = c->nother = 0;
    if (slot_of(r->head) != 0)
        r->head = first_of(chunk_of(r->head) + 1);
    *chunk_at(r, chunk_of(r->head)) = c;
    return c;
}

/* Puts a compact partial, but for its place in time, at the head. */
static bool
append(eql_compact_ring *r, const eql_compact *s, int64_t time_ns,
       uint64_t serial)
{
    eql_compact_chunk *c = open_chunk(r, time_ns, serial);

    if (!c)
        c = next_chunk(r, time_ns, serial);
    if (!c)
        return false;
    c->last = (uint64_t)time_ns - (uint64_t)c->time_ns;
    c->compact[c->n++] =
        (eql_compact){.hash = s->hash,
                      .when = (s->when & ~TIME_MASK) | c->last,
                      .where = (serial - c->serial) << PLACE_BITS | mark_of(s)};
    if (mark_of(s) >= OWNED)
        c->nother++;
    r->head++;
    return true;
}

static bool
has_many_gaps(const eql_compact_ring *r)
{
    return r->ngaps > nlive(r) / 2 + MOST_GAPS;
}

/* Takes everything from the tail and adds what lives at the head, with which
 * the gaps are gone.  Chunks left behind are used again: one more than there
 * were is enough. */
static bool
pack(eql_compact_ring *r)
{
    uint32_t end = r->head;

    while (r->tail != end) {
        const eql_compact_chunk *c = *chunk_at(r, chunk_of(r->tail));
        const eql_compact *s = &c->compact[slot_of(r->tail)];

        if (slot_of(r->tail) == c->n) {
            retire_chunk(r);
            continue;
        }
        if (mark_of(s) != GAP &&
            !append(r, s,
                    (int64_t)((uint64_t)c->time_ns + (s->when & TIME_MASK)),
                    c->serial + (s->where >> PLACE_BITS)))
            return false;
        r->tail++;
    }
    r->ngaps = 0;
    settle_tail(r);
    reindex(r);
    return true;
}

/* Chunks get low numbers again; by a multiple of cap, so they stay at their
 * places in the table. */
static void
renumber(eql_compact_ring *r)
{
    uint32_t by = (chunk_of(r->tail) - 1) / r->cap * r->cap;

    r->tail -= first_of(by);
    r->head -= first_of(by);
    r->second = r->tail;
    reindex(r);
}

/* --- compact partials --- */

uint64_t
eql_compact_cost(const eql_compact_ring *r, int64_t time_ns, uint64_t serial)
{
    uint64_t cost = 0;

    if (eql_compact_nchunks(r) > EQL_COMPACT_MAX_CHUNK / 8)
        return UINT64_MAX;
    if (!r->spare && (has_many_gaps(r) || !open_chunk(r, time_ns, serial)))
        cost += eql_compact_chunk_cost(r);
    if (eql_compact_nchunks(r) + 2 > r->cap)
        cost += eql_budget_cost(table_size(r->cap ? 2 * r->cap : LEAST_CHUNKS));
    if (index_is_full(r))
        cost += index_cost(larger(r->nbuckets)) - index_cost(r->nbuckets);
    return cost;
}

bool
eql_compact_add(eql_compact_ring *r, eql_compact_id id,
                const eql_compact_info *info)
{
    eql_compact s = {.hash = id.hash,
                     .when = (uint64_t)id.check << TIME_BITS,
                     .where = info->place / 8};

    if (r->cap > 0 &&
        chunk_of(r->head) > EQL_COMPACT_MAX_CHUNK - 2 - eql_compact_nchunks(r))
        renumber(r);
    if (has_many_gaps(r) && !pack(r))
        return false;
    if (index_is_full(r)) {
        if (!resize_index(r, larger(r->nbuckets)))
            return false;
        reindex(r);
    }
    if (!append(r, &s, info->time_ns, info->serial))
        return false;
    settle_tail(r);
    r->nindexed++;
    index_put(r, id.hash, r->head - 1);
    return true;
}

eql_compact_info
eql_compact_get(const eql_compact_ring *r, uint32_t at)
{
    const eql_compact_chunk *c = *chunk_at(r, chunk_of(at));
    const eql_compact *s = &c->compact[slot_of(at)];
    eql_compact_info info = {
        .time_ns = (int64_t)((uint64_t)c->time_ns + (s->when & TIME_MASK)),
        .serial = c->serial + (s->where >> PLACE_BITS)};

    if (mark_of(s) == OWNED)
        info.owner = (eql_compact_owner *)(uintptr_t)s->hash;
    else
        info.place = mark_of(s) * 8;
    return info;
}

void
eql_compact_remove(eql_compact_ring *r, uint32_t at)
{
    eql_compact *s = compact_at(r, at);

    if (mark_of(s) == OWNED) {
        r->nowned--;
    } else {
        (*chunk_at(r, chunk_of(at)))->nother++;
        index_drop(r, s->hash, at);
        r->nindexed--;
    }
    s->where |= PLACE_MASK;
    r->ngaps++;
    settle_tail(r);
    shrink_index(r);
}

void
eql_compact_own(eql_compact_ring *r, uint32_t at, eql_compact_owner *owner)
{
    eql_compact *s = compact_at(r, at);

    (*chunk_at(r, chunk_of(at)))->nother++;
    index_drop(r, s->hash, at);
    r->nindexed--;
    r->nowned++;
    s->hash = (uint64_t)(uintptr_t)owner;
    s->where = (s->where & ~PLACE_MASK) | OWNED;
    owner->at = at;
}

/* The first that lives from `at` on; the head: none. */
static uint32_t
skip_gaps(const eql_compact_ring *r, uint32_t at)
{
    while (at != r->head) {
        const eql_compact_chunk *c = *chunk_at(r, chunk_of(at));

        if (slot_of(at) == c->n)
            at = first_of(chunk_of(at) + 1);
        else if (mark_of(&c->compact[slot_of(at)]) == GAP)
            at++;
        else
            break;
    }
    return at;
}

uint32_t
eql_compact_after(const eql_compact_ring *r, uint32_t at)
{
    at = at == EQL_COMPACT_NONE ? r->tail : at + 1;
    while (at < r->head) {
        if (slot_of(at) >= (*chunk_at(r, chunk_of(at)))->n)
            at = first_of(chunk_of(at) + 1);
        else if (mark_of(compact_at(r, at)) < OWNED)
            return at;
        else
            at++;
    }
    return EQL_COMPACT_NONE;
}

uint32_t
eql_compact_oldest(eql_compact_ring *r, uint32_t keep)
{
    if (r->tail == r->head)
        return EQL_COMPACT_NONE;
    if (r->tail != keep)
        return r->tail;
    if (r->second == r->tail)
        r->second++;
    r->second = skip_gaps(r, r->second);
    return r->second == r->head ? EQL_COMPACT_NONE : r->second;
}

/* Where what started before the limit ends, from there on; nothing in the
 * chunk is a gap or has an owner. */
static uint32_t
pass_before(const eql_compact_chunk *c, uint32_t from, uint64_t limit)
{
    uint32_t i = from;

    if (c->last < limit)
        return c->n;
    while (c->n - i > STRIDE &&
           (c->compact[i + STRIDE].when & TIME_MASK) < limit)
        i += STRIDE;
    while (i < c->n && (c->compact[i].when & TIME_MASK) < limit)
        i++;
    return i;
}

/* The same for any chunk, up to the first that has an owner; *n: how many
 * were no gaps. */
static uint32_t
pass_before_owner(const eql_compact_chunk *c, uint32_t from, uint64_t limit,
                  uint64_t *n)
{
    uint32_t i = from;

    for (; i < c->n; i++) {
        const eql_compact *s = &c->compact[i];
        uint64_t mark = mark_of(s);

        if (mark == GAP)
            continue;
        if (mark == OWNED || (s->when & TIME_MASK) >= limit)
            break;
        (*n)++;
    }
    return i;
}

/* The compact partials of the tail's chunk; returns how many, *all: none is
 * left. */
static uint64_t
expire_chunk(eql_compact_ring *r, int64_t before_ns, bool *all)
{
    const eql_compact_chunk *c = *chunk_at(r, chunk_of(r->tail));
    uint64_t n = 0, limit = (uint64_t)before_ns - (uint64_t)c->time_ns;
    uint32_t from = slot_of(r->tail), i;

    if (before_ns <= c->time_ns)
        limit = 0;
    if (c->nother == 0) {
        i = pass_before(c, from, limit);
        n = i - from;
    } else {
        i = pass_before_owner(c, from, limit, &n);
    }
    *all = i == c->n;
    r->ngaps -= i - from - n;
    r->tail += i - from;
    return n;
}

uint64_t
eql_compact_expire(eql_compact_ring *r, int64_t before_ns)
{
    uint64_t n = 0;
    bool all = true;

    while (all && r->tail != r->head) {
        n += expire_chunk(r, before_ns, &all);
        if (all && r->tail != r->head)
            retire_chunk(r);
    }
    r->nindexed -= n;
    settle_tail(r);
    shrink_index(r);
    return n;
}
