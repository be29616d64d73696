/* index_likely.c -- where in a text a gram may begin, 32 places at a time.
 *
 * Grams are shared out to buckets, a bit each.  For each of their bytes two
 * tables of sixteen say in which buckets there is one whose low half, or high
 * half, is this: a place is likely when some bucket has all eight halves of the
 * four bytes there.  A gram of two bytes has any two behind it.  Many grams
 * have a second plane of eight more buckets. */
#include "vm/index/index_int.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BUCKETS 8u    /* of a plane */
#define FEW_GRAMS 32u /* have one plane */

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uint64_t));
}

static void
add_gram(eql_index_plane *plane, uint64_t gram, uint8_t bucket)
{
    size_t len = gram >> 32;

    for (size_t k = 0; k < EQL_COUNTOF(plane->low); k++) {
        uint8_t byte = (uint8_t)(gram >> 8 * k);

        for (size_t i = 0; i < 16; i++) {
            if (k >= len || i == byte % 16u)
                plane->low[k][i] |= bucket;
            if (k >= len || i == byte / 16u)
                plane->high[k][i] |= bucket;
        }
    }
}

void
eql_index_nibbles_make(eql_index_nibbles *n, uint64_t *grams, uint32_t ngrams)
{
    *n = (eql_index_nibbles){.two = ngrams > FEW_GRAMS};
    /* Those that begin alike share a bucket, which is full the later. */
    qsort(grams, ngrams, sizeof *grams, by_bytes);
    for (uint32_t i = 0; i < ngrams; i++) {
        uint64_t bucket = (uint64_t)i * (n->two ? 2 : 1) * BUCKETS / ngrams;

        add_gram(&n->planes[bucket / BUCKETS], grams[i],
                 (uint8_t)(1u << bucket % BUCKETS));
    }
}

bool
eql_index_can_tell_likely(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

typedef struct {
    __m256i low, high;
} halves;

AVX2 static inline __m256i
buckets_of(const halves *h, const char *p)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i low = _mm256_and_si256(v, half);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);

    return _mm256_and_si256(_mm256_shuffle_epi8(h->low, low),
                            _mm256_shuffle_epi8(h->high, high));
}

AVX2 static inline __m256i
twice(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)table));
}

AVX2 static inline void
load_plane(const eql_index_plane *plane, halves h[4])
{
    for (size_t k = 0; k < 4; k++)
        h[k] = (halves){twice(plane->low[k]), twice(plane->high[k])};
}

/* Buckets of which a gram may begin at each of 32 places. */
AVX2 static inline __m256i
buckets_at(const halves h[4], const char *p)
{
    __m256i a =
        _mm256_and_si256(buckets_of(&h[0], p), buckets_of(&h[1], p + 1));
    __m256i b =
        _mm256_and_si256(buckets_of(&h[2], p + 2), buckets_of(&h[3], p + 3));

    return _mm256_and_si256(a, b);
}

AVX2 static inline uint32_t
bits_of(__m256i buckets)
{
    __m256i none = _mm256_cmpeq_epi8(buckets, _mm256_setzero_si256());

    return ~(uint32_t)_mm256_movemask_epi8(none);
}

AVX2 void
eql_index_likely(const eql_index_nibbles *n, const char *p, size_t len,
                 uint32_t *bits)
{
    halves one[4], two[4];

    load_plane(&n->planes[0], one);
    if (!n->two) {
        for (size_t at = 0; at < len; at += 32)
            bits[at / 32] = bits_of(buckets_at(one, p + at));
        return;
    }
    load_plane(&n->planes[1], two);
    for (size_t at = 0; at < len; at += 32)
        bits[at / 32] = bits_of(
            _mm256_or_si256(buckets_at(one, p + at), buckets_at(two, p + at)));
}
#else
/* Never called, see above. */
void
eql_index_likely(const eql_index_nibbles *n, const char *p, size_t len,
                 uint32_t *bits)
{
    (void)n;
    (void)p;
    memset(bits, 0xFF, (len + 31) / 32 * sizeof *bits);
}
#endif
