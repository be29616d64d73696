/* shape_any.c -- following transitions on any machine. */
#include "io/fast/shape_int.h"

/* Which of 8 bytes are c, a bit each; at least the lowest bit is right. */
static uint32_t
bytes8(const char *p, unsigned char c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = eql_names_load(p) ^ ones * c;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    x = (x - ones) & ~x & ones << 7;
    return (uint32_t)((x >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

/* Nobody asks for more than the lowest bit. */
static uint32_t
bytes(const char *p, const char *c)
{
    for (uint32_t i = 0; i < 32; i += 8) {
        uint32_t m = bytes8(p + i, (unsigned char)*c);

        if (m)
            return m << i;
    }
    return 0;
}

static bool
same(const char *p, const eql_transition *e)
{
    uint32_t n = e->len < EQL_TRANSITION_TEXT ? e->len : EQL_TRANSITION_TEXT, i;

    for (i = 0; i + 8 <= n; i += 8)
        if (eql_names_load(p + i) != eql_names_load(e->text + i))
            return false;
    for (; i < n; i++)
        if (p[i] != e->text[i])
            return false;
    return true;
}

#define RUN(name) eql_shape_##name##_any
#define TARGET
#define BYTES(p, c) bytes(p, c)
#define SAME(p, transition) same(p, transition)
#include "io/fast/shape_run.h"
