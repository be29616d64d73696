/* fuzz_image.c -- any bytes as a compiled rule: refused with a reason, or run
 * to the end over a few events.  The checksum is made right first, so that
 * the verifier is what is tested. */
#include "tests/fuzz/fuzz.h"

#include "program/image.h"
#include "eqlvm/eqlvm.h"

static const char *const events[] = {
    "{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"event\":{\"category\":"
    "\"network\"},\"host\":{\"id\":\"a\",\"os\":{\"type\":\"windows\"}},"
    "\"network\":{\"direction\":\"ingress\"},\"source\":{\"ip\":\"10.0.0.1\"},"
    "\"destination\":{\"port\":5985}}",
    "{\"@timestamp\":\"2026-01-01T00:00:01Z\",\"event\":{\"category\":"
    "\"process\",\"type\":\"start\"},\"host\":{\"id\":\"a\",\"os\":{\"type\":"
    "\"windows\"}},\"process\":{\"name\":\"cmd.exe\",\"parent\":{\"name\":"
    "\"wsmprovhost.exe\"}}}",
};

static bool
take(void *ctx, const eqlvm_alert *a)
{
    *(uint64_t *)ctx += a->nstages + a->nkeys;
    return true;
}

static void
reseal(uint8_t *p, size_t len)
{
    uint64_t total = len;
    eql_h128 sum;

    if (len < 40)
        return;
    sum = eql_image_sum(p + 40, len - 40);
    memcpy(p + 16, &total, 8);
    memcpy(p + 24, &sum.hi, 8);
    memcpy(p + 32, &sum.lo, 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len + 1);
    char reason[256] = "";
    eqlvm_program *p = NULL;
    uint64_t n = 0;

    memcpy(copy, data, len);
    reseal(copy, len);
    if (eqlvm_program_load(copy, len, &p, reason, sizeof reason) == EQLVM_OK) {
        eqlvm_engine *e = eqlvm_engine_new(p, NULL, take, &n, NULL, 0);

        for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
            (void)eqlvm_engine_push(e, "fuzz", events[i], strlen(events[i]));
        fuzz_require(eqlvm_engine_finish(e) == EQLVM_OK, "the run ends");
        eqlvm_engine_free(e);
        eqlvm_program_free(p);
    } else {
        fuzz_require(reason[0] != 0, "a refusal has a reason");
    }
    free(copy);
    return 0;
}
