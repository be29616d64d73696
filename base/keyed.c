/* keyed.c -- two AES chains over blocks of 16 bytes, two rounds each per block:
 * a difference in one block has to pass ten S-boxes before the next one could
 * take it back, and nobody knows the keys. */
#include "base/keyed.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

void
eql_hash_key_portable(eql_hash_key *k)
{
    eql_hash_key_make(k);
    k->aes = false;
}

void
eql_hash_key_make(eql_hash_key *k)
{
    uint64_t seed = eql_hash_seed(), other = eql_hash_seed();

    for (uint64_t i = 0; i < EQL_COUNTOF(k->words); i++)
        k->words[i] =
            eql_hash64(seed, &i, sizeof i) ^ eql_hash64(other, &i, sizeof i);
    k->aes = false;
#if defined(__x86_64__)
    k->aes = __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
#endif
}

#if defined(__x86_64__)
#define AES __attribute__((target("aes,sse4.1")))

typedef struct {
    __m128i a, b, ka, kb;
} chains;

AES static inline void
mix(chains *c, __m128i block)
{
    c->a = _mm_aesenc_si128(_mm_aesenc_si128(_mm_xor_si128(c->a, block), c->ka),
                            c->kb);
    c->b = _mm_aesenc_si128(_mm_aesenc_si128(_mm_xor_si128(c->b, block), c->kb),
                            c->ka);
}

AES static inline __m128i
load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* Less than 16 bytes. */
AES static inline __m128i
load_short(const char *p, size_t len)
{
    uint64_t lo = 0, hi = 0;

    if (len >= 8) {
        memcpy(&lo, p, 8);
        memcpy(&hi, p + len - 8, 8);
    } else if (len >= 4) {
        uint32_t x, y;

        memcpy(&x, p, 4);
        memcpy(&y, p + len - 4, 4);
        lo = x;
        hi = y;
    } else if (len > 0) {
        lo = (uint64_t)(unsigned char)p[0] |
             (uint64_t)(unsigned char)p[len / 2] << 8 |
             (uint64_t)(unsigned char)p[len - 1] << 16;
    }
    return _mm_set_epi64x((long long)hi, (long long)lo);
}

/* The number and the length are a block of their own: joined with the text's
 * first one, a length and a byte could make up for each other. */
AES static inline chains
begin(const eql_hash_key *k, uint64_t number, size_t len)
{
    chains c = {load(&k->words[0]), load(&k->words[2]), load(&k->words[4]),
                load(&k->words[6])};

    mix(&c, _mm_set_epi64x((long long)number, (long long)len));
    return c;
}

/* The last block may overlap the one before it: len is known to all. */
AES static inline void
finish(const eql_hash_key *k, chains *c, __m128i last)
{
    mix(c, last);
    c->a = _mm_aesenc_si128(c->a, load(&k->words[8]));
    c->b = _mm_aesenc_si128(c->b, load(&k->words[10]));
}

AES static inline eql_h128
join(__m128i a, __m128i b, __m128i ka, __m128i kb)
{
    eql_h128 h;

    a = _mm_aesenc_si128(_mm_xor_si128(a, b), ka);
    a = _mm_aesenc_si128(a, kb);
    h.lo = (uint64_t)_mm_extract_epi64(a, 0);
    h.hi = (uint64_t)_mm_extract_epi64(a, 1);
    return h;
}

AES static eql_h128
hash_aes(const eql_hash_key *k, uint64_t number, const char *p, size_t len)
{
    chains c = begin(k, number, len);

    for (size_t at = 0; at + 16 < len; at += 16)
        mix(&c, load(p + at));
    finish(k, &c, len >= 16 ? load(p + len - 16) : load_short(p, len));
    return join(c.a, c.b, c.ka, c.kb);
}

/* Most pieces are short, of one block or another: without the branches of
 * load_short, which could not be foretold. */
AES static inline __m128i
load_last(const char *p, size_t len)
{
    static const unsigned char mask[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0xff, 0xff, 0xff, 0xff};
    size_t n = len < 16 ? len : 16;

    return _mm_and_si128(load(p + len - n), load(mask + 16 - n));
}

AES static void
sum_aes(const eql_hash_key *k, eql_hash_sum *sum, const eql_hash_piece *pieces,
        uint32_t n)
{
    __m128i a = load(&sum->w[0]), b = load(&sum->w[2]);

    for (uint32_t i = 0; i < n; i++) {
        const char *p = pieces[i].p;
        size_t len = pieces[i].len;
        chains c = begin(k, pieces[i].number, len);

        for (size_t at = 0; at + 16 < len; at += 16)
            mix(&c, load(p + at));
        finish(k, &c, load_last(p, len));
        a = _mm_add_epi64(a, c.a);
        b = _mm_add_epi64(b, c.b);
    }
    _mm_storeu_si128((__m128i *)&sum->w[0], a);
    _mm_storeu_si128((__m128i *)&sum->w[2], b);
}

AES static eql_h128
end_aes(const eql_hash_key *k, const eql_hash_sum *sum)
{
    return join(load(&sum->w[0]), load(&sum->w[2]), load(&k->words[4]),
                load(&k->words[6]));
}
#endif

eql_h128
eql_hash_keyed(const eql_hash_key *k, uint64_t number, const void *p,
               size_t len)
{
#if defined(__x86_64__)
    if (k->aes)
        return hash_aes(k, number, p, len);
#endif
    return (eql_h128){eql_hash64(k->words[0] ^ number, p, len),
                      eql_hash64(k->words[1] ^ number * 3, p, len)};
}

void
eql_hash_sum_add(const eql_hash_key *k, eql_hash_sum *sum,
                 const eql_hash_piece *pieces, uint32_t n)
{
#if defined(__x86_64__)
    if (k->aes) {
        sum_aes(k, sum, pieces, n);
        return;
    }
#endif
    for (uint32_t i = 0; i < n; i++) {
        const eql_hash_piece *x = &pieces[i];

        for (uint32_t w = 0; w < 4; w++)
            sum->w[w] += eql_hash64(k->words[w] ^ x->number, x->p, x->len);
    }
}

eql_h128
eql_hash_sum_end(const eql_hash_key *k, const eql_hash_sum *sum)
{
#if defined(__x86_64__)
    if (k->aes)
        return end_aes(k, sum);
#endif
    return (eql_h128){sum->w[0] ^ sum->w[2], sum->w[1] ^ sum->w[3]};
}
