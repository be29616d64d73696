/* scan_x86.c -- vector kernels for x86-64.
 *
 * Each turns 64 bytes into masks; scan_int.h has what follows.  The functions
 * name the instructions that they need; nothing else of the library does. */
#include "io/scan_int.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SSE __attribute__((target("sse4.2,popcnt,pclmul")))
#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))
#define AVX512                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,"    \
                          "bmi2,popcnt,pclmul")))
#define INLINE static inline __attribute__((always_inline))

/* Bit i of the result: is the number of bits 0 .. i odd? */
SSE INLINE uint64_t
odd_below(uint64_t x)
{
    __m128i v = _mm_set_epi64x(0, (long long)x);

    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(v, _mm_set1_epi8(-1), 0));
}

/* What is left of the round, with spaces behind it. */
static uint32_t
last_bytes(const eql_scan_state *s, char tail[64])
{
    uint32_t n = s->len - s->i;

    memset(tail, ' ', 64);
    memcpy(tail, s->p + s->i, n);
    return n;
}

static void
finish(eql_scan_state *s)
{
    if (s->i == s->len && s->ncuts < EQL_SCAN_LINES && s->len > 0 &&
        s->p[s->len - 1] != '\n')
        (void)eql_scan_cut_line(s, s->len, s->inside != 0);
}

/* --- SSE4.2 ----------------------------------------------------------------
 */

SSE INLINE void
sse_masks(const char *p, eql_scan_masks *m)
{
    const __m128i low = _mm_set1_epi8(0x20);

    *m = (eql_scan_masks){0};
    for (int k = 0; k < 4; k++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p + k);
        __m128i y = _mm_or_si128(x, low);
        __m128i b =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(y, _mm_set1_epi8('{')),
                                      _mm_cmpeq_epi8(y, _mm_set1_epi8('}'))),
                         _mm_cmpeq_epi8(x, _mm_set1_epi8(':')));
        __m128i c = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
        int at = 16 * k;

        m->backslash |= (uint64_t)(uint32_t)_mm_movemask_epi8(
                            _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')))
                        << at;
        m->quote |= (uint64_t)(uint32_t)_mm_movemask_epi8(
                        _mm_cmpeq_epi8(x, _mm_set1_epi8('"')))
                    << at;
        m->structural |= (uint64_t)(uint32_t)_mm_movemask_epi8(b) << at;
        m->control |= (uint64_t)(uint32_t)_mm_movemask_epi8(c) << at;
        m->newline |= (uint64_t)(uint32_t)_mm_movemask_epi8(
                          _mm_cmpeq_epi8(x, _mm_set1_epi8('\n')))
                      << at;
        m->high |= (uint64_t)(uint32_t)_mm_movemask_epi8(x) << at;
    }
}

SSE void
eql_scan_sse(eql_scan_state *state)
{
    eql_scan_state s = *state;
    char tail[64];

    while (s.i < s.len && s.ncuts < EQL_SCAN_LINES) {
        uint32_t n = 64;
        const char *p = s.p + s.i;
        eql_scan_masks m;
        uint64_t escaped, quotes;

        if (__builtin_expect(s.len - s.i < 64, 0)) {
            state->i = s.i;
            n = last_bytes(state, tail);
            p = tail;
        }
        sse_masks(p, &m);
        escaped = eql_scan_escaped(&s, m.backslash);
        quotes = m.quote & ~escaped;
        eql_scan_step(&s, &m, escaped, quotes, odd_below(quotes) ^ s.inside, n);
    }
    finish(&s);
    *state = s;
}

/* --- AVX2 ------------------------------------------------------------------
 */

AVX2 INLINE uint64_t
avx2_mask(__m256i lo, __m256i hi)
{
    return (uint32_t)_mm256_movemask_epi8(lo) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(hi) << 32;
}

AVX2 INLINE uint64_t
avx2_equal(__m256i lo, __m256i hi, char c)
{
    __m256i v = _mm256_set1_epi8(c);

    return avx2_mask(_mm256_cmpeq_epi8(lo, v), _mm256_cmpeq_epi8(hi, v));
}

/* { } [ ] differ in one bit from each other. */
AVX2 INLINE __m256i
avx2_structural(__m256i x)
{
    __m256i y = _mm256_or_si256(x, _mm256_set1_epi8(0x20));
    __m256i open = _mm256_cmpeq_epi8(y, _mm256_set1_epi8('{'));
    __m256i close = _mm256_cmpeq_epi8(y, _mm256_set1_epi8('}'));

    return _mm256_or_si256(_mm256_or_si256(open, close),
                           _mm256_cmpeq_epi8(x, _mm256_set1_epi8(':')));
}

AVX2 INLINE void
avx2_masks(const char *p, eql_scan_masks *m)
{
    const __m256i most = _mm256_set1_epi8(0x1f);
    __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));

    m->backslash = avx2_equal(lo, hi, '\\');
    m->quote = avx2_equal(lo, hi, '"');
    m->structural = avx2_mask(avx2_structural(lo), avx2_structural(hi));
    m->control = avx2_mask(_mm256_cmpeq_epi8(_mm256_min_epu8(lo, most), lo),
                           _mm256_cmpeq_epi8(_mm256_min_epu8(hi, most), hi));
    m->newline = 0;
    if (__builtin_expect(m->control != 0, 0))
        m->newline = avx2_equal(lo, hi, '\n');
    m->high = 0;
    if (__builtin_expect(_mm256_movemask_epi8(_mm256_or_si256(lo, hi)), 0))
        m->high = avx2_mask(lo, hi);
}

AVX2 void
eql_scan_avx2(eql_scan_state *state)
{
    eql_scan_state s = *state;
    char tail[64];

    while (s.i < s.len && s.ncuts < EQL_SCAN_LINES) {
        uint32_t n = 64;
        const char *p = s.p + s.i;
        eql_scan_masks m;
        uint64_t escaped, quotes;

        if (__builtin_expect(s.len - s.i < 64, 0)) {
            state->i = s.i;
            n = last_bytes(state, tail);
            p = tail;
        }
        avx2_masks(p, &m);
        escaped = eql_scan_escaped(&s, m.backslash);
        quotes = m.quote & ~escaped;
        eql_scan_step(&s, &m, escaped, quotes, odd_below(quotes) ^ s.inside, n);
    }
    finish(&s);
    *state = s;
}

/* --- AVX-512 ---------------------------------------------------------------
 */

AVX512 INLINE void
avx512_masks(__m512i x, eql_scan_masks *m)
{
    __m512i y = _mm512_or_si512(x, _mm512_set1_epi8(0x20));

    m->backslash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\'));
    m->quote = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"'));
    m->structural = _mm512_cmpeq_epi8_mask(y, _mm512_set1_epi8('{')) |
                    _mm512_cmpeq_epi8_mask(y, _mm512_set1_epi8('}')) |
                    _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(':'));
    m->control = _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(0x20));
    m->newline = 0;
    if (__builtin_expect(m->control != 0, 0))
        m->newline = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\n'));
    m->high = _mm512_movepi8_mask(x);
}

AVX512 void
eql_scan_avx512(eql_scan_state *state)
{
    eql_scan_state s = *state;
    char tail[64];

    while (s.i < s.len && s.ncuts < EQL_SCAN_LINES) {
        uint32_t n = 64;
        const char *p = s.p + s.i;
        eql_scan_masks m;
        uint64_t escaped, quotes;

        if (__builtin_expect(s.len - s.i < 64, 0)) {
            state->i = s.i;
            n = last_bytes(state, tail);
            p = tail;
        }
        avx512_masks(_mm512_loadu_si512(p), &m);
        escaped = eql_scan_escaped(&s, m.backslash);
        quotes = m.quote & ~escaped;
        eql_scan_step(&s, &m, escaped, quotes, odd_below(quotes) ^ s.inside, n);
    }
    finish(&s);
    *state = s;
}
#endif
