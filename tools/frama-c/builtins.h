/* builtins.h -- what gcc brings along and Frama-C has not, in plain C. */
#ifndef EQL_FRAMAC_BUILTINS_H
#define EQL_FRAMAC_BUILTINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool
mul_overflow(size_t a, size_t b, size_t *out)
{
    bool over = a != 0 && b > SIZE_MAX / a;

    *out = over ? 0 : a * b;
    return over;
}
#define __builtin_mul_overflow mul_overflow

#endif
