/* answer_cache.c -- buckets of one cache line: five tags and their answers.
 *
 * A look-up is one miss of the cache or none, so the table is no larger than
 * what it holds: it doubles when values push out others. */
#include "vm/index/answer_cache.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"

#define BUCKET_VALUES 5u

/* Eighty bits of a tag are kept; low ones of the first 64 choose the bucket.
 * answers[i]: number of the answer, from 1; 0: the place is free. */
typedef struct {
    uint64_t tags[BUCKET_VALUES];
    uint16_t more[BUCKET_VALUES];
    uint16_t answers[BUCKET_VALUES];
    uint32_t next; /* place that is given away next */
} bucket;

/* Different answers; numbers of a few more must fit. */
#define MOST_ANSWERS 60000u

static_assert(sizeof(bucket) == 64, "one cache line");

struct eql_answer_cache {
    bucket *buckets;
    size_t nbuckets, most_buckets; /* powers of two */
    size_t pushed;                 /* values pushed out at this size */
    eql_arena *arena;              /* of answers */
    eql_vec answers;               /* const eql_answer *: number 1 is item 0 */
    eql_map *numbers;              /* answer's bytes -> item */
    eql_buf key;
    size_t used, room; /* bytes of answers */
    uint64_t forgotten;
};

/* Also of one that is half made. */
static void
drop_answers(eql_answer_cache *m)
{
    eql_map_free(m->numbers);
    m->numbers = NULL;
    m->answers.n = 0;
    m->used = 0;
}

/* All free; NULL: out of memory. */
static bucket *
new_buckets(size_t n)
{
    bucket *b = aligned_alloc(sizeof *b, n * sizeof *b);

    if (b)
        memset(b, 0, n * sizeof *b);
    return b;
}

eql_answer_cache *
eql_answer_cache_new(size_t bytes, size_t answer_bytes)
{
    size_t first = bytes < EQL_ANSWER_CACHE_FIRST_BYTES
                       ? bytes
                       : EQL_ANSWER_CACHE_FIRST_BYTES;
    eql_answer_cache *m = calloc(1, sizeof *m);

    if (!m)
        return NULL;
    m->nbuckets = first / sizeof(bucket);
    m->most_buckets = bytes / sizeof(bucket);
    m->room = answer_bytes;
    m->buckets = new_buckets(m->nbuckets);
    m->arena = eql_arena_new(0);
    m->numbers = eql_map_new();
    if (!m->buckets || !m->arena || !m->numbers) {
        eql_answer_cache_free(m);
        return NULL;
    }
    return m;
}

void
eql_answer_cache_free(eql_answer_cache *m)
{
    if (!m)
        return;
    drop_answers(m);
    free(m->buckets);
    eql_arena_free(m->arena);
    eql_vec_free(&m->answers);
    eql_buf_free(&m->key);
    free(m);
}

void
eql_answer_cache_begin(eql_answer_cache *m)
{
    if (m->used <= m->room && m->answers.n <= MOST_ANSWERS && m->numbers)
        return;
    drop_answers(m);
    m->numbers = eql_map_new(); /* NULL: the next addition fails */
    eql_arena_reset(m->arena);
    memset(m->buckets, 0, m->nbuckets * sizeof *m->buckets);
    m->forgotten++;
}

static bucket *
bucket_of(const eql_answer_cache *m, eql_h128 tag)
{
    return &m->buckets[tag.hi & (m->nbuckets - 1)];
}

void
eql_answer_cache_expect(const eql_answer_cache *m, eql_h128 tag)
{
    __builtin_prefetch(bucket_of(m, tag));
}

const eql_answer *
eql_answer_cache_find(eql_answer_cache *m, eql_h128 tag)
{
    const bucket *b = bucket_of(m, tag);

    for (uint32_t i = 0; i < BUCKET_VALUES; i++) {
        if (b->tags[i] == tag.hi && b->more[i] == (uint16_t)tag.lo &&
            b->answers[i] != 0)
            return *(const eql_answer *const *)eql_vec_at(&m->answers,
                                                          b->answers[i] - 1);
    }
    return NULL;
}

static const eql_answer *
copy_answer(eql_answer_cache *m, const eql_answer *a)
{
    size_t size = sizeof *a + a->n * sizeof *a->stages;
    eql_answer *copy = eql_arena_alloc(m->arena, size);
    uint32_t *stages;

    if (!copy)
        return NULL;
    stages = (uint32_t *)(void *)(copy + 1);
    if (a->n > 0)
        memcpy(stages, a->stages, a->n * sizeof *stages);
    *copy = (eql_answer){a->marks, a->n, stages};
    m->used += 2 * size; /* once more as a key */
    return copy;
}

/* The item of an equal answer; EQL_NONE: out of memory. */
static uint32_t
intern(eql_answer_cache *m, const eql_answer *a)
{
    const eql_answer *copy;
    uint32_t at;

    m->key.len = 0;
    eql_buf_add(&m->key, &a->marks, sizeof a->marks);
    eql_buf_add(&m->key, a->stages, a->n * sizeof *a->stages);
    if (m->key.failed || !m->numbers)
        return EQL_NONE;
    at = eql_map_get(m->numbers, m->key.p, m->key.len);
    if (at != EQL_NONE)
        return at;
    copy = copy_answer(m, a);
    if (!copy || !eql_map_put(m->numbers, m->key.p, m->key.len, m->answers.n))
        return EQL_NONE;
    return eql_vec_push(&m->answers, &copy, sizeof copy);
}

static void
put(eql_answer_cache *m, eql_h128 tag, uint16_t answer)
{
    bucket *b = bucket_of(m, tag);

    m->pushed += b->answers[b->next] != 0;
    b->tags[b->next] = tag.hi;
    b->more[b->next] = (uint16_t)tag.lo;
    b->answers[b->next] = answer;
    b->next = (b->next + 1) % BUCKET_VALUES;
}

/* Twice the buckets, unless there is no memory for them: it does without. */
static void
grow(eql_answer_cache *m)
{
    bucket *old = m->buckets, *all = new_buckets(2 * m->nbuckets);
    size_t n = m->nbuckets;

    m->pushed = 0;
    if (!all)
        return;
    m->buckets = all;
    m->nbuckets = 2 * n;
    for (size_t i = 0; i < n; i++) {
        /* The oldest first. */
        for (uint32_t k = 0; k < BUCKET_VALUES; k++) {
            uint32_t at = (old[i].next + k) % BUCKET_VALUES;
            eql_h128 tag = {.hi = old[i].tags[at], .lo = old[i].more[at]};

            if (old[i].answers[at] != 0)
                put(m, tag, old[i].answers[at]);
        }
    }
    free(old);
}

const eql_answer *
eql_answer_cache_add(eql_answer_cache *m, eql_h128 tag, const eql_answer *a)
{
    uint32_t item = intern(m, a);

    if (item >= UINT16_MAX) /* out of memory: there are not so many */
        return NULL;
    if (m->pushed > m->nbuckets && m->nbuckets < m->most_buckets)
        grow(m);
    put(m, tag, (uint16_t)(item + 1));
    return *(const eql_answer *const *)eql_vec_at(&m->answers, item);
}

uint64_t
eql_answer_cache_forgotten(const eql_answer_cache *m)
{
    return m->forgotten;
}
