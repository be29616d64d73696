/* scan_x86.c -- vector kernels for x86-64.
 *
 * Each turns 64 bytes into masks; scan_int.h has what follows.  The functions
 * name the instructions that they need; nothing else of the library does. */
#include "io/fast/scan_int.h"

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

/* What the loops look at. */
typedef struct {
    uint64_t backslash, quote, structural;
} block;

/* The last bytes of the round, with spaces behind them. */
static const char *
last_bytes(const char *p, uint32_t n, char tail[64])
{
    memset(tail, ' ', 64);
    memcpy(tail, p, n);
    return tail;
}

/* --- SSE4.2 --- */

SSE INLINE uint64_t
sse_equal(__m128i x, char c)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(c)));
}

/* { } [ ] differ in one bit from each other. */
SSE INLINE uint64_t
sse_structural(__m128i x)
{
    __m128i y = _mm_or_si128(x, _mm_set1_epi8(0x20));
    __m128i open = _mm_cmpeq_epi8(y, _mm_set1_epi8('{'));
    __m128i close = _mm_cmpeq_epi8(y, _mm_set1_epi8('}'));
    __m128i colon = _mm_cmpeq_epi8(x, _mm_set1_epi8(':'));

    return (uint32_t)_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(open, close), colon));
}

SSE INLINE eql_scan_masks
sse_masks(const char *p)
{
    eql_scan_masks m = {0};

    for (int k = 0; k < 4; k++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p + k);
        __m128i low = _mm_min_epu8(x, _mm_set1_epi8(0x1f));
        int at = 16 * k;

        m.backslash |= sse_equal(x, '\\') << at;
        m.quote |= sse_equal(x, '"') << at;
        m.structural |= sse_structural(x) << at;
        m.control |=
            (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(low, x)) << at;
        m.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(x) << at;
    }
    return m;
}

/* false: it is no plain block. */
SSE INLINE bool
sse_block(const char *p, block *b)
{
    const __m128i low = _mm_set1_epi8(0x20);
    __m128i least = _mm_set1_epi8(0x7f);

    *b = (block){0, 0, 0};
    for (int k = 0; k < 4; k++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p + k);
        int at = 16 * k;

        least = _mm_min_epi8(least, x);
        b->backslash |= sse_equal(x, '\\') << at;
        b->quote |= sse_equal(x, '"') << at;
        b->structural |= sse_structural(x) << at;
    }
    return _mm_movemask_epi8(_mm_cmplt_epi8(least, low)) == 0;
}

SSE INLINE uint32_t *
sse_put(uint32_t *out, uint32_t i, uint64_t bits)
{
    for (; bits; bits &= bits - 1)
        *out++ = i + (uint32_t)__builtin_ctzll(bits);
    return out;
}

SSE static void
sse_slow(eql_scan_state *s)
{
    uint32_t n = s->len - s->i;
    const char *p = s->p + s->i;
    char tail[64];
    eql_scan_masks m;
    uint64_t escaped, quotes;

    if (n < 64)
        p = last_bytes(p, n, tail);
    m = sse_masks(p);
    escaped = eql_scan_escaped(m.backslash, &s->escape);
    quotes = m.quote & ~escaped;
    eql_scan_step(s, &m, escaped, quotes, odd_below(quotes) ^ s->inside,
                  n < 64 ? n : 64);
}

/* Which bytes are letters of the common escapes: ends of lines, tabs, quotes.
 */
SSE INLINE uint64_t
sse_letters(const char *p)
{
    uint64_t letters = 0;

    for (int k = 0; k < 4; k++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p + k);

        letters |= (sse_equal(x, 'n') | sse_equal(x, 'r') | sse_equal(x, 't') |
                    sse_equal(x, '"'))
                   << (16 * k);
    }
    return letters;
}

/* Blocks that are ASCII without control characters, and have no rare escapes:
 * up to the first that is another. */
SSE static void
sse_loop(eql_scan_state *s)
{
    const char *p = s->p;
    uint32_t len = s->len, i = s->i, quotes = s->quotes;
    uint32_t *out = s->at + s->nat;
    uint64_t escape = s->escape, inside = s->inside, bad = 0;

    while (len - i >= 64) {
        uint64_t next = escape, escaped, rare, q, in;
        block b;

        if (!sse_block(p + i, &b))
            break;
        escaped = eql_scan_escaped(b.backslash, &next);
        rare = escaped & ~(b.backslash | b.quote);
        if (__builtin_expect(rare != 0, 0) && (rare & ~sse_letters(p + i)))
            break;
        q = b.quote & ~escaped;
        in = odd_below(q) ^ inside;
        bad |= b.backslash & ~in;
        inside = (uint64_t)((int64_t)in >> 63);
        escape = next;
        out = sse_put(out, i, b.structural & ~in);
        quotes += (uint32_t)__builtin_popcountll(q);
        i += 64;
    }
    s->i = i;
    s->nat = (uint32_t)(out - s->at);
    s->quotes = quotes;
    s->escape = escape;
    s->inside = inside;
    s->unsupported |= bad != 0;
}

SSE void
eql_scan_sse(eql_scan_state *s)
{
    while (s->i < s->len) {
        sse_loop(s);
        if (s->i < s->len)
            sse_slow(s);
    }
}

/* Up to the first 64 bytes in which there is more than printable ASCII and the
 * common escapes.  A backslash that ends one round escapes the first byte of
 * the next, though there be none in it. */
SSE INLINE void
sse_look(eql_look *l)
{
    const __m128i low = _mm_set1_epi8(0x20), v = _mm_set1_epi8('\\');
    const char *p = l->p;
    size_t i = l->i, len = l->len;
    uint64_t escape = i && l->escaped == i;

    for (; len - i >= 64; i += 64) {
        __m128i least = _mm_set1_epi8(0x7f);
        uint64_t slash = 0, next = escape, rest;

        for (int k = 0; k < 64; k += 16) {
            __m128i x =
                _mm_loadu_si128((const __m128i *)(const void *)(p + i + k));

            least = _mm_min_epi8(least, x);
            slash |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, v))
                     << k;
        }
        if (_mm_movemask_epi8(_mm_cmplt_epi8(least, low)))
            break;
        if (!(slash | escape))
            continue;
        rest = eql_scan_escaped(slash, &next) & ~slash;
        if (rest && (rest & ~sse_letters(p + i)))
            break;
        escape = next;
    }
    l->i = i;
    if (escape)
        l->escaped = i;
}

SSE INLINE eql_look_masks
sse_look_masks(const char *p)
{
    const __m128i most = _mm_set1_epi8(0x1f);
    eql_look_masks m = {0};

    for (int k = 0; k < 4; k++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p + k);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, most), x);
        int at = 16 * k;

        m.backslash |= sse_equal(x, '\\') << at;
        m.control |= (uint64_t)(uint32_t)_mm_movemask_epi8(low) << at;
        m.newline |= sse_equal(x, '\n') << at;
        m.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(x) << at;
    }
    return m;
}

SSE void
eql_look_sse(eql_look *l)
{
    eql_look_masks m;

    do {
        sse_look(l);
        if (l->i == l->len)
            return;
        m = sse_look_masks(l->p + l->i);
    } while (eql_look_step(l, &m));
}

/* --- AVX2 --- */

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

AVX2 INLINE eql_scan_masks
avx2_masks(const char *p)
{
    eql_scan_masks m;
    const __m256i most = _mm256_set1_epi8(0x1f);
    __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));

    m.backslash = avx2_equal(lo, hi, '\\');
    m.quote = avx2_equal(lo, hi, '"');
    m.structural = avx2_mask(avx2_structural(lo), avx2_structural(hi));
    m.control = avx2_mask(_mm256_cmpeq_epi8(_mm256_min_epu8(lo, most), lo),
                          _mm256_cmpeq_epi8(_mm256_min_epu8(hi, most), hi));
    m.high = 0;
    if (__builtin_expect(_mm256_movemask_epi8(_mm256_or_si256(lo, hi)), 0))
        m.high = avx2_mask(lo, hi);
    return m;
}

AVX2 INLINE bool
avx2_block(const char *p, block *b)
{
    __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    __m256i rare =
        _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), _mm256_min_epi8(lo, hi));

    b->backslash = avx2_equal(lo, hi, '\\');
    b->quote = avx2_equal(lo, hi, '"');
    b->structural = avx2_mask(avx2_structural(lo), avx2_structural(hi));
    return __builtin_expect(_mm256_movemask_epi8(rare) == 0, 1);
}

/* What is written beyond the bits is rubbish. */
AVX2 INLINE uint32_t *
avx2_put(uint32_t *out, uint32_t i, uint64_t bits)
{
    uint32_t n = (uint32_t)__builtin_popcountll(bits);

    for (uint32_t k = 0;; k += 4) {
        out[k] = i + (uint32_t)_tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        out[k + 1] = i + (uint32_t)_tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        out[k + 2] = i + (uint32_t)_tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        out[k + 3] = i + (uint32_t)_tzcnt_u64(bits);
        bits = _blsr_u64(bits);
        if (__builtin_expect(n <= k + 4, 1))
            return out + n;
    }
}

AVX2 static void
avx2_slow(eql_scan_state *s)
{
    uint32_t n = s->len - s->i;
    const char *p = s->p + s->i;
    char tail[64];
    eql_scan_masks m;
    uint64_t escaped, quotes;

    if (n < 64)
        p = last_bytes(p, n, tail);
    m = avx2_masks(p);
    escaped = eql_scan_escaped(m.backslash, &s->escape);
    quotes = m.quote & ~escaped;
    eql_scan_step(s, &m, escaped, quotes, odd_below(quotes) ^ s->inside,
                  n < 64 ? n : 64);
}

/* Which bytes are letters of the common escapes: ends of lines, tabs, quotes.
 */
AVX2 INLINE uint64_t
avx2_letters(const char *p)
{
    __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));

    return avx2_equal(lo, hi, 'n') | avx2_equal(lo, hi, 'r') |
           avx2_equal(lo, hi, 't') | avx2_equal(lo, hi, '"');
}

/* Blocks that are ASCII without control characters, and have no rare escapes:
 * up to the first that is another. */
AVX2 static void
avx2_loop(eql_scan_state *s)
{
    const char *p = s->p;
    uint32_t len = s->len, i = s->i, quotes = s->quotes;
    uint32_t *out = s->at + s->nat;
    uint64_t escape = s->escape, inside = s->inside, bad = 0;

    while (len - i >= 64) {
        uint64_t next = escape, escaped, rare, q, in;
        block b;

        if (!avx2_block(p + i, &b))
            break;
        escaped = eql_scan_escaped(b.backslash, &next);
        rare = escaped & ~(b.backslash | b.quote);
        if (__builtin_expect(rare != 0, 0) && (rare & ~avx2_letters(p + i)))
            break;
        q = b.quote & ~escaped;
        in = odd_below(q) ^ inside;
        bad |= b.backslash & ~in;
        inside = (uint64_t)((int64_t)in >> 63);
        escape = next;
        out = avx2_put(out, i, b.structural & ~in);
        quotes += (uint32_t)__builtin_popcountll(q);
        i += 64;
    }
    s->i = i;
    s->nat = (uint32_t)(out - s->at);
    s->quotes = quotes;
    s->escape = escape;
    s->inside = inside;
    s->unsupported |= bad != 0;
}

AVX2 void
eql_scan_avx2(eql_scan_state *s)
{
    while (s->i < s->len) {
        avx2_loop(s);
        if (s->i < s->len)
            avx2_slow(s);
    }
}

/* Up to the first 64 bytes in which there is more than printable ASCII and the
 * common escapes. */
AVX2 INLINE void
avx2_look(eql_look *l)
{
    const __m256i v = _mm256_set1_epi8('\\'), least = _mm256_set1_epi8(0x20);
    const char *p = l->p;
    size_t i = l->i, len = l->len;
    uint64_t escape = i && l->escaped == i;

    for (; len - i >= 64; i += 64) {
        __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        __m256i hi =
            _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 32));
        __m256i a = _mm256_cmpeq_epi8(lo, v), b = _mm256_cmpeq_epi8(hi, v);
        __m256i rare = _mm256_cmpgt_epi8(least, _mm256_min_epi8(lo, hi));
        uint64_t slash, next = escape, rest;

        if (!escape &&
            _mm256_testz_si256(_mm256_or_si256(_mm256_or_si256(a, b), rare),
                               _mm256_set1_epi8(-1)))
            continue;
        if (_mm256_movemask_epi8(rare))
            break;
        slash = avx2_mask(a, b);
        rest = eql_scan_escaped(slash, &next) & ~slash;
        if (rest && (rest & ~avx2_letters(p + i)))
            break;
        escape = next;
    }
    l->i = i;
    if (escape)
        l->escaped = i;
}

AVX2 INLINE eql_look_masks
avx2_look_masks(const char *p)
{
    const __m256i most = _mm256_set1_epi8(0x1f);
    __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    eql_look_masks m = {.backslash = avx2_equal(lo, hi, '\\'),
                        .high = avx2_mask(lo, hi)};

    m.control = avx2_mask(_mm256_cmpeq_epi8(_mm256_min_epu8(lo, most), lo),
                          _mm256_cmpeq_epi8(_mm256_min_epu8(hi, most), hi));
    if (m.control)
        m.newline = avx2_equal(lo, hi, '\n');
    return m;
}

AVX2 void
eql_look_avx2(eql_look *l)
{
    eql_look_masks m;

    do {
        avx2_look(l);
        if (l->i == l->len)
            return;
        m = avx2_look_masks(l->p + l->i);
    } while (eql_look_step(l, &m));
}

/* --- AVX-512 --- */

AVX512 INLINE eql_scan_masks
avx512_masks(__m512i x)
{
    eql_scan_masks m;
    __m512i y = _mm512_or_si512(x, _mm512_set1_epi8(0x20));

    m.backslash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\'));
    m.quote = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"'));
    m.structural = _mm512_cmpeq_epi8_mask(y, _mm512_set1_epi8('{')) |
                   _mm512_cmpeq_epi8_mask(y, _mm512_set1_epi8('}')) |
                   _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(':'));
    m.control = _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(0x20));
    m.high = _mm512_movepi8_mask(x);
    return m;
}

AVX512 INLINE bool
avx512_block(const char *p, block *b)
{
    __m512i x = _mm512_loadu_si512(p);
    __m512i y = _mm512_or_si512(x, _mm512_set1_epi8(0x20));

    b->backslash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\'));
    b->quote = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"'));
    b->structural = _mm512_cmpeq_epi8_mask(y, _mm512_set1_epi8('{')) |
                    _mm512_cmpeq_epi8_mask(y, _mm512_set1_epi8('}')) |
                    _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(':'));
    return _mm512_cmplt_epi8_mask(x, _mm512_set1_epi8(0x20)) == 0;
}

/* 16 positions at a time.  What is written beyond the bits is rubbish. */
AVX512 INLINE uint32_t *
avx512_put(uint32_t *out, uint32_t i, uint64_t bits)
{
    static const uint8_t numbers[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
        48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i all = _mm512_loadu_si512(numbers);
    __m512i at = _mm512_maskz_compress_epi8(bits, all);
    __m512i base = _mm512_set1_epi32((int)i);
    uint32_t n = (uint32_t)__builtin_popcountll(bits);
    uint8_t few[64];

    _mm512_storeu_si512(
        out, _mm512_add_epi32(
                 base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
    if (__builtin_expect(n > 16, 0)) {
        _mm512_storeu_si512(few, at);
        for (uint32_t k = 16; k < n; k++)
            out[k] = i + few[k];
    }
    return out + n;
}

AVX512 static void
avx512_slow(eql_scan_state *s)
{
    uint32_t n = s->len - s->i;
    const char *p = s->p + s->i;
    char tail[64];
    eql_scan_masks m;
    uint64_t escaped, quotes;

    if (n < 64)
        p = last_bytes(p, n, tail);
    m = avx512_masks(_mm512_loadu_si512(p));
    escaped = eql_scan_escaped(m.backslash, &s->escape);
    quotes = m.quote & ~escaped;
    eql_scan_step(s, &m, escaped, quotes, odd_below(quotes) ^ s->inside,
                  n < 64 ? n : 64);
}

/* Which bytes are letters of the common escapes: ends of lines, tabs, quotes.
 */
AVX512 INLINE uint64_t
avx512_letters(const char *p)
{
    __m512i x = _mm512_loadu_si512(p);

    return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('n')) |
           _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('r')) |
           _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('t')) |
           _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"'));
}

/* Blocks that are ASCII without control characters, and have no rare escapes:
 * up to the first that is another. */
AVX512 static void
avx512_loop(eql_scan_state *s)
{
    const char *p = s->p;
    uint32_t len = s->len, i = s->i, quotes = s->quotes;
    uint32_t *out = s->at + s->nat;
    uint64_t escape = s->escape, inside = s->inside, bad = 0;

    while (len - i >= 64) {
        uint64_t next = escape, escaped, rare, q, in;
        block b;

        if (!avx512_block(p + i, &b))
            break;
        escaped = eql_scan_escaped(b.backslash, &next);
        rare = escaped & ~(b.backslash | b.quote);
        if (__builtin_expect(rare != 0, 0) && (rare & ~avx512_letters(p + i)))
            break;
        q = b.quote & ~escaped;
        in = odd_below(q) ^ inside;
        bad |= b.backslash & ~in;
        inside = (uint64_t)((int64_t)in >> 63);
        escape = next;
        out = avx512_put(out, i, b.structural & ~in);
        quotes += (uint32_t)__builtin_popcountll(q);
        i += 64;
    }
    s->i = i;
    s->nat = (uint32_t)(out - s->at);
    s->quotes = quotes;
    s->escape = escape;
    s->inside = inside;
    s->unsupported |= bad != 0;
}

AVX512 void
eql_scan_avx512(eql_scan_state *s)
{
    while (s->i < s->len) {
        avx512_loop(s);
        if (s->i < s->len)
            avx512_slow(s);
    }
}

AVX512 INLINE eql_look_masks
avx512_look_masks(const char *p)
{
    __m512i x = _mm512_loadu_si512(p);

    return (eql_look_masks){
        .backslash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\')),
        .control = _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(0x20)),
        .newline = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\n')),
        .high = _mm512_movepi8_mask(x)};
}

/* Up to the first 64 bytes in which there is more than printable ASCII and the
 * common escapes. */
AVX512 INLINE void
avx512_look(eql_look *l)
{
    const char *p = l->p;
    size_t i = l->i, len = l->len;
    uint64_t escape = i && l->escaped == i;

    for (; len - i >= 64; i += 64) {
        __m512i x = _mm512_loadu_si512(p + i);
        uint64_t slash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\'));
        uint64_t next = escape, rest;

        if (_mm512_cmplt_epi8_mask(x, _mm512_set1_epi8(0x20)))
            break;
        if (!(slash | escape))
            continue;
        rest = eql_scan_escaped(slash, &next) & ~slash;
        if (rest && (rest & ~avx512_letters(p + i)))
            break;
        escape = next;
    }
    l->i = i;
    if (escape)
        l->escaped = i;
}

AVX512 void
eql_look_avx512(eql_look *l)
{
    eql_look_masks m;

    do {
        avx512_look(l);
        if (l->i == l->len)
            return;
        m = avx512_look_masks(l->p + l->i);
    } while (eql_look_step(l, &m));
}
#endif
