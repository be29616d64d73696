/* fuzz_kibana.c -- any bytes as an export of Kibana's rules. */
#include "tests/fuzz/fuzz_program.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    fuzz_rule_file(".ndjson", data, len, len % 2);
    return 0;
}
