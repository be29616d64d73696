/* fuzz_events.c -- any bytes as an event file: every line is an event or is
 * rejected and counted; the counts balance. */
#include "tests/fuzz/fuzz.h"

#include <unistd.h>

#include "eqlvm/eqlvm.h"

static bool
take(void *ctx, const eqlvm_alert *a)
{
    *(uint64_t *)ctx += a->nstages;
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char query[] =
        "any where process.name : \"*\" or event.code != null or true";
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;
    eqlvm_engine *e;
    eqlvm_stats s;
    uint64_t n = 0;
    char path[] = "/tmp/eqlvm-fuzz-XXXXXX";
    int fd = mkstemp(path);

    fuzz_require(fd >= 0 && write(fd, data, len) == (ssize_t)len, "temp file");
    close(fd);
    (void)eqlvm_compiler_add_query(c, "fuzz", query, sizeof query - 1);
    fuzz_require(eqlvm_compiler_finish(c, &p) == EQLVM_OK, "compiles");
    e = eqlvm_engine_new(p, NULL, take, &n, NULL, 0);
    (void)eqlvm_engine_read(e, path);
    fuzz_require(eqlvm_engine_finish(e) == EQLVM_OK, "the run ends");
    eqlvm_engine_stats(e, &s);
    fuzz_require(s.accepted == n, "every event gives its alert");
    fuzz_require(!eqlvm_stats_unbalanced(&s), "the counts balance");
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    unlink(path);
    return 0;
}
