/* fuzz_reader.c -- any bytes as a block of JSON lines: the fast reader says
 * what the careful one says, with every kernel.
 *
 * The first byte chooses the kind of input and the dialect. */
#include "tests/fuzz/fuzz.h"
#include "tests/support/reader_pair.h"

static void
read_lines(const uint8_t *data, size_t len, uint8_t how)
{
    static const eql_input_kind inputs[] = {EQL_INPUT_AUTO, EQL_INPUT_ECS,
                                            EQL_INPUT_AUTO, EQL_INPUT_WINEVENT};
    char *p = malloc(len + EQL_READER_PADDING);
    reader_pair r;

    fuzz_require(p != NULL, "memory");
    memcpy(p, data, len);
    memset(p + len, '"', EQL_READER_PADDING);
    reader_pair_init(&r, inputs[how & 3], how >> 2 & 1);
    /* Shapes are learned at the second sight and used at the third. */
    for (int round = 0; round < 3; round++)
        reader_pair_block(&r, eql_sv(p, len));
    reader_pair_read(&r, eql_sv(p, len));
    reader_pair_free(&r);
    free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!eql_kernel_runs_here((eql_kernel)k))
            continue;
        setenv("EQLVM_KERNEL", eql_kernel_name((eql_kernel)k), 1);
        read_lines(data + 1, len - 1, data[0]);
    }
    return 0;
}
