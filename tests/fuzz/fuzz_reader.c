/* fuzz_reader.c -- any bytes as a block of JSON lines: the fast reader says
 * what the strict one says, with every kernel.
 *
 * The first byte chooses the kind of input and the dialect.  Readers live for
 * some runs, so that a line meets what was learned from others. */
#include "tests/fuzz/fuzz.h"
#include "tests/support/reader_pair.h"

#define RUNS 2000u
#define KINDS 6u /* inputs, each in two dialects */

static reader_pair pairs[KINDS];

static void
forget_pairs(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        if (pairs[i].nfast)
            reader_pair_free(&pairs[i]);
        pairs[i].nfast = 0;
    }
}

static void
read_lines(reader_pair *r, const uint8_t *data, size_t len)
{
    char *p = malloc(len + EQL_READER_PADDING);

    fuzz_require(p != NULL, "memory");
    memcpy(p, data, len);
    memset(p + len, '"', EQL_READER_PADDING);
    /* Steps are learned at the second sight, and used by inputs to come. */
    for (int round = 0; round < 2; round++)
        reader_pair_block(r, eql_sv(p, len));
    reader_pair_read(r, eql_sv(p, len));
    free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const eql_input_kind inputs[] = {EQL_INPUT_AUTO, EQL_INPUT_ECS,
                                            EQL_INPUT_WINEVENT};
    uint32_t kind = len > 0 ? data[0] % KINDS : 0;

    if (fuzz_is_new_age(data, len, RUNS))
        forget_pairs();
    if (len == 0)
        return 0;
    if (!pairs[kind].nfast)
        reader_pair_init_all(&pairs[kind], inputs[kind / 2], kind % 2);
    read_lines(&pairs[kind], data + 1, len - 1);
    return 0;
}
