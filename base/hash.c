/* hash.c -- SipHash, twice: keyed 1-3 for tables, fixed-key 2-4-128 for names.
 *
 * Tables are reached by hostile input, so their hash is keyed; SipHash-1-3 is
 * the cheapest known function for which no way to force collisions without
 * the key is known.  Alert identities need the same bytes for ever and on
 * every machine: SipHash-2-4 with 128 bits out under the key 00 01 .. 0f,
 * which are the published test vectors' own settings.  Input is read as
 * little-endian on every machine. */
#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

typedef struct {
    uint64_t v0, v1, v2, v3;
} sip;

static uint64_t
rotl(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

/* The last n < 8 bytes, or all 8, as a little-endian number. */
static uint64_t
load_le(const unsigned char *p, size_t n)
{
    uint64_t x = 0;

    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)p[i] << (8 * i);
    return x;
}

static uint64_t
load8(const unsigned char *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return x;
#else
    return load_le(p, 8);
#endif
}

/* Inlined, so that the state stays in registers. */
static inline __attribute__((always_inline)) void
rounds(sip *s, unsigned n)
{
    while (n--) {
        s->v0 += s->v1;
        s->v1 = rotl(s->v1, 13) ^ s->v0;
        s->v0 = rotl(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotl(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotl(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotl(s->v1, 17) ^ s->v2;
        s->v2 = rotl(s->v2, 32);
    }
}

static sip
sip_start(uint64_t k0, uint64_t k1)
{
    return (sip){k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du,
                 k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
}

static inline __attribute__((always_inline)) void
sip_word(sip *s, uint64_t m, unsigned c)
{
    s->v3 ^= m;
    rounds(s, c);
    s->v0 ^= m;
}

static inline __attribute__((always_inline)) void
sip_bytes(sip *s, const void *data, size_t len, unsigned c)
{
    const unsigned char *p = data;
    size_t left = len;

    for (; left >= 8; left -= 8, p += 8)
        sip_word(s, load8(p), c);
    sip_word(s, load_le(p, left) | (uint64_t)(len & 0xff) << 56, c);
}

static uint64_t
sip_sum(const sip *s)
{
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

static sip
sip_seeded(uint64_t seed)
{
    /* One odd multiple of the golden ratio makes the second key half. */
    return sip_start(seed, seed * 0x9e3779b97f4a7c15u ^ 0xd1b54a32d192ed03u);
}

uint64_t
eql_hash64(uint64_t seed, const void *p, size_t len)
{
    sip s = sip_seeded(seed);

    sip_bytes(&s, p, len, 1);
    s.v2 ^= 0xff;
    rounds(&s, 3);
    return sip_sum(&s);
}

/* SipHash's own way to 128 bits: c rounds a word, d at the end. */
static inline __attribute__((always_inline)) eql_h128
sip_128(sip s, const void *p, size_t len, unsigned c, unsigned d)
{
    eql_h128 h;

    s.v1 ^= 0xee;
    sip_bytes(&s, p, len, c);
    s.v2 ^= 0xee;
    rounds(&s, d);
    h.lo = sip_sum(&s);
    s.v1 ^= 0xdd;
    rounds(&s, d);
    h.hi = sip_sum(&s);
    return h;
}

/* As few rounds as eql_hash64. */
eql_h128
eql_hash128_seeded(uint64_t seed, const void *p, size_t len)
{
    return sip_128(sip_seeded(seed), p, len, 1, 3);
}

eql_h128
eql_hash128(const void *p, size_t len)
{
    return sip_128(sip_start(0x0706050403020100u, 0x0f0e0d0c0b0a0908u), p, len,
                   2, 4);
}

/* Folds a 128-bit product. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
    unsigned __int128 m = (unsigned __int128)a * b;

    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t
eql_hash_check(const void *data, size_t len)
{
    const unsigned char *p = data;
    uint64_t a = 0xa0761d6478bd642fu ^ len, b = 0xe7037ed1a0b428dbu;
    size_t left = len;

    for (; left >= 32; left -= 32, p += 32) {
        a = mix(load8(p) ^ 0x8ebc6af09c88c6e3u, load8(p + 8) ^ a);
        b = mix(load8(p + 16) ^ 0x589965cc75374cc3u, load8(p + 24) ^ b);
    }
    for (; left >= 8; left -= 8, p += 8)
        a = mix(load8(p) ^ 0x8ebc6af09c88c6e3u, a);
    return mix(a ^ load_le(p, left), b ^ 0x1d8e4e27c47d124fu);
}

uint64_t
eql_hash_seed(void)
{
    struct timespec now = {0};
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
        return seed;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec) *
               0x9e3779b97f4a7c15u ^
           (uint64_t)(uintptr_t)&now;
}
