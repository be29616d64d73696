/* fuzz_toml.c -- any bytes as a TOML rule file: rules, or errors with their
 * place; the tests in it run. */
#include "tests/fuzz/fuzz_program.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    fuzz_rule_file(".toml", data, len, len % 2);
    /* Tests may name files of events: none of this machine's. */
    if (!len || !memchr(data, '/', len))
        fuzz_rule_tests();
    return 0;
}
