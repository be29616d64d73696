/* shape_x86.c -- following transitions with vector instructions. */
#include "io/fast/shape_int.h"

#if defined(__x86_64__)
#include <immintrin.h>

/* --- SSE4.2 --- */

static inline __attribute__((always_inline, target("sse4.2"))) uint32_t
sse_equal(const char *p, const char *q)
{
    uint32_t m = 0;

    for (int k = 0; k < 32; k += 16)
        m |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(
                 _mm_loadu_si128((const __m128i *)(const void *)(p + k)),
                 _mm_loadu_si128((const __m128i *)(const void *)(q + k))))
             << k;
    return m;
}

#define RUN(name) eql_shape_##name##_sse
#define TARGET __attribute__((target("sse4.2")))
#define BYTES(p, c) sse_equal(p, c)
#define SAME(p, transition)                                                    \
    ((~sse_equal(p, (transition)->text) & (transition)->mask) == 0)
#include "io/fast/shape_run.h"
#undef RUN
#undef TARGET
#undef BYTES
#undef SAME

/* --- AVX2 --- */

static inline __attribute__((always_inline, target("avx2,bmi"))) uint32_t
avx2_equal(const char *p, const char *q)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
        _mm256_loadu_si256((const __m256i *)(const void *)p),
        _mm256_loadu_si256((const __m256i *)(const void *)q)));
}

#define RUN(name) eql_shape_##name##_avx2
#define TARGET __attribute__((target("avx2,bmi")))
#define BYTES(p, c) avx2_equal(p, c)
#define SAME(p, transition)                                                    \
    ((~avx2_equal(p, (transition)->text) & (transition)->mask) == 0)
#include "io/fast/shape_run.h"

#endif
