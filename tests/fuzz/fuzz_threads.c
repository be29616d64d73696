/* fuzz_threads.c -- any bytes as an event file: several threads with blocks of
 * some size give what one thread with blocks of the usual size gives: alerts,
 * problems, counts.
 *
 * The first two bytes are the number of threads, what becomes of late events,
 * and the size of blocks. */
#include "tests/fuzz/fuzz.h"

/* Shorter than blocks may be: both kinds of too long lines occur. */
#define RUN_TEXT_LINE 700u
#include "tests/support/run_text.h"

static const char *const queries[] = {
    "any where true",
    "process where process.name : \"*e*\" | unique process.name",
    "sequence by host.id [any where x == 1] [any where x != 1]",
    "any where a.b > 0 | count event.code",
    "sample by event.code [any where true] [any where process.name != null]",
};

/* Where late events are put in order as they come, there is no sample. */
static eqlvm_program *
program(bool late)
{
    static const char *const set[] = {"late_events=reorder=2s", NULL};
    static eqlvm_program *programs[2];
    eqlvm_compile_options o = {.set = late ? set : NULL};

    if (!programs[late])
        programs[late] = api_compile_with(
            &o, queries, sizeof queries / sizeof *queries - late);
    return programs[late];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static eql_buf one, several;
    eqlvm_engine_options o = {.threads = 1};
    const eqlvm_program *p;
    const char *path;

    if (len < 2)
        return 0;
    path = fuzz_file(".json", data + 2, len - 2);
    p = program(data[0] & 128);
    run_text(p, &o, path, &one);
    o.threads = 2 + data[0] % 3;
    o.block_bytes = 1 + (size_t)data[1] * (data[0] & 64 ? 1 : 16);
    run_text(p, &o, path, &several);
    if (one.len != several.len || memcmp(one.p, several.p, one.len) != 0) {
        fprintf(stderr, "one thread:\n%.*s\n%u threads:\n%.*s\n", (int)one.len,
                one.p, o.threads, (int)several.len, several.p);
        fuzz_require(0, "several threads give what one gives");
    }
    return 0;
}
