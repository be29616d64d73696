/* fuzz.h -- the entry point of every fuzz target, as libFuzzer calls it.
 *
 * Without a fuzzer the same target links with replay.c, which runs it over
 * files: build/release/tests/fuzz_rule tests/fuzz/corpus/rule/ */
#ifndef EQL_TESTS_FUZZ_FUZZ_H
#define EQL_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A promise that was broken; stops the fuzzer with the input. */
static inline void
fuzz_require(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

#endif
