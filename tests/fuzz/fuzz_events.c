/* fuzz_events.c -- any bytes as an event file: every line is an event or is
 * rejected and counted; the counts balance. */
#include "tests/fuzz/fuzz_program.h"

static bool
take(void *ctx, const eqlvm_alert *a)
{
    *(uint64_t *)ctx += a->nstages;
    return true;
}

static const eqlvm_program *
program(void)
{
    static const char query[] =
        "any where process.name : \"*\" or event.code != null or true";
    static eqlvm_program *p;

    if (!p) {
        eqlvm_compiler *c = eqlvm_compiler_new(NULL);

        (void)eqlvm_compiler_add_query(c, "fuzz", query, sizeof query - 1);
        fuzz_require(eqlvm_compiler_finish(c, &p) == EQLVM_OK, "compiles");
        eqlvm_compiler_free(c);
    }
    return p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    eqlvm_engine_options o = {.threads = 1};
    const char *path = fuzz_file(".json", data, len);
    uint64_t n = 0;
    eqlvm_stats s;
    eqlvm_engine *e = eqlvm_engine_new(program(), &o, take, &n, NULL, 0);

    fuzz_require(e != NULL, "an engine");
    (void)eqlvm_engine_read(e, path);
    fuzz_require(eqlvm_engine_finish(e) == EQLVM_OK, "the run ends");
    eqlvm_engine_stats(e, &s);
    fuzz_require(s.accepted == n, "every event gives its alert");
    fuzz_require(!eqlvm_stats_unbalanced(&s), "the counts balance");
    fuzz_require(!coverage_fault(e), "what fired could fire");
    eqlvm_engine_free(e);
    return 0;
}
