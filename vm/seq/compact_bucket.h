/* compact_bucket.h -- looking through a bucket of compact.h, without branches
 * on where something is: that is anybody's guess, and a wrong one would cost as
 * much as the bucket. */
#ifndef EQL_VM_SEQ_COMPACT_BUCKET_H
#define EQL_VM_SEQ_COMPACT_BUCKET_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "vm/seq/compact.h"

#ifdef __SSE2__

static inline __m128i
eql_compact_bucket_part(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* Bit k: tag[k] is that one.  The second part begins with tag[2]. */
static inline unsigned
eql_compact_bucket_like(const eql_compact_bucket *b, uint16_t tag)
{
    const __m128i all = _mm_set1_epi16((short)tag);
    __m128i low = _mm_cmpeq_epi16(eql_compact_bucket_part(&b->tag[0]), all);
    __m128i high = _mm_cmpeq_epi16(eql_compact_bucket_part(&b->tag[2]), all);
    unsigned bits = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high));

    return (bits & 0xff) | (bits >> 6 & 0x300);
}

/* Bit k: at[k] is before the tail.  The third part begins with at[6]; places
 * are compared as if they were signed. */
static inline unsigned
eql_compact_bucket_empty(const eql_compact_bucket *b, uint32_t tail)
{
    const __m128i sign = _mm_set1_epi32(INT32_MIN);
    __m128i all = _mm_xor_si128(_mm_set1_epi32((int)tail), sign);
    __m128i x = _mm_xor_si128(eql_compact_bucket_part(&b->at[0]), sign);
    __m128i y = _mm_xor_si128(eql_compact_bucket_part(&b->at[4]), sign);
    __m128i z = _mm_xor_si128(eql_compact_bucket_part(&b->at[6]), sign);
    unsigned bits;

    x = _mm_packs_epi32(_mm_cmplt_epi32(x, all), _mm_cmplt_epi32(y, all));
    z = _mm_cmplt_epi32(z, all);
    z = _mm_packs_epi32(z, z);
    bits = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(x, z));
    return (bits & 0xff) | (bits >> 2 & 0x300);
}

#else

static inline unsigned
eql_compact_bucket_like(const eql_compact_bucket *b, uint16_t tag)
{
    unsigned like = 0;

    for (unsigned k = 0; k < EQL_COMPACT_PER_BUCKET; k++)
        like |= (unsigned)(b->tag[k] == tag) << k;
    return like;
}

static inline unsigned
eql_compact_bucket_empty(const eql_compact_bucket *b, uint32_t tail)
{
    unsigned empty = 0;

    for (unsigned k = 0; k < EQL_COMPACT_PER_BUCKET; k++)
        empty |= (unsigned)(b->at[k] < tail) << k;
    return empty;
}

#endif

#endif
