/* shape_x86.c -- comparing glue with vector instructions: no branches until the
 * end. */
#include "io/shape_int.h"

#if defined(__x86_64__)
#include <immintrin.h>

/* The 32 bytes from len on are a mask of the last len ones. */
static const unsigned char masks[64] = {
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static inline const char *
start_of(const char *b, const uint32_t *at, const eql_shape_check *c)
{
    return b + at[c->ord] + c->end - 32;
}

__attribute__((target("sse4.2"))) bool
eql_shape_verify_sse(const char *b, const uint32_t *at,
                     const eql_shape_check *c, uint32_t n,
                     const eql_shape_window *windows)
{
    __m128i other = _mm_setzero_si128();

    for (uint32_t i = 0; i < n; i++) {
        const char *p = start_of(b, at, &c[i]);

        for (int k = 0; k < 32; k += 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + k));
            __m128i w = _mm_loadu_si128(
                (const __m128i *)(const void *)(windows[c[i].window].b + k));
            __m128i m = _mm_loadu_si128(
                (const __m128i *)(const void *)(masks + c[i].len + k));

            other = _mm_or_si128(other, _mm_and_si128(_mm_xor_si128(x, w), m));
        }
    }
    return _mm_testz_si128(other, other);
}

__attribute__((target("avx2"))) bool
eql_shape_verify_avx2(const char *b, const uint32_t *at,
                      const eql_shape_check *c, uint32_t n,
                      const eql_shape_window *windows)
{
    __m256i other = _mm256_setzero_si256();

    for (uint32_t i = 0; i < n; i++) {
        __m256i x = _mm256_loadu_si256(
            (const __m256i *)(const void *)start_of(b, at, &c[i]));
        __m256i w = _mm256_loadu_si256(
            (const __m256i *)(const void *)windows[c[i].window].b);
        __m256i m = _mm256_loadu_si256(
            (const __m256i *)(const void *)(masks + c[i].len));

        other =
            _mm256_or_si256(other, _mm256_and_si256(_mm256_xor_si256(x, w), m));
    }
    return _mm256_testz_si256(other, other);
}
#endif
