/* fuzz_rule.c -- any bytes as rule text: compiled or refused with a place;
 * what compiles verifies, saves, loads and runs over a few events. */
#include "tests/fuzz/fuzz.h"

#include "eqlvm/eqlvm.h"

static const char *const events[] = {
    "{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"event\":{\"category\":"
    "[\"network\",\"process\"],\"type\":\"start\"},\"host\":{\"id\":\"a\"},"
    "\"source\":{\"ip\":\"::1\"},\"destination\":{\"port\":5985}}",
    "{\"@timestamp\":\"2026-01-01T00:00:01Z\",\"event\":{\"category\":"
    "\"process\"},\"host\":{\"id\":[\"a\",\"b\"]},\"process\":{\"name\":"
    "\"cmd.exe\",\"pid\":4,\"args\":[\"a\",1,true,null,2.5]}}",
    "{\"event\":{\"category\":\"file\"},\"x\":{}}",
};

static bool
count_alert(void *ctx, const eqlvm_alert *a)
{
    *(uint64_t *)ctx += a->nstages;
    return true;
}

typedef struct {
    char *p;
    size_t len;
} image;

static bool
append(void *ctx, const char *p, size_t len)
{
    image *im = ctx;
    char *grown = realloc(im->p, im->len + len + 1);

    if (!grown)
        return false;
    memcpy(grown + im->len, p, len);
    im->p = grown;
    im->len += len;
    return true;
}

static uint64_t
run(const eqlvm_program *p)
{
    uint64_t n = 0;
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, count_alert, &n, NULL, 0);

    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        fuzz_require(eqlvm_engine_push(e, "fuzz", events[i],
                                       strlen(events[i])) == EQLVM_OK,
                     "an event is taken");
    fuzz_require(eqlvm_engine_finish(e) == EQLVM_OK, "the run ends");
    eqlvm_engine_free(e);
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL, *again = NULL;
    eqlvm_status s;
    image im = {NULL, 0};

    (void)eqlvm_compiler_add_query(c, "fuzz", (const char *)data, len);
    s = eqlvm_compiler_finish(c, &p);
    if (s == EQLVM_ERR_COMPILE) {
        eqlvm_diag d;

        fuzz_require(eqlvm_compiler_ndiags(c) > 0, "an error is explained");
        eqlvm_compiler_diag(c, 0, &d);
        fuzz_require(d.line >= 1 && d.column >= 1, "an error has a place");
    } else {
        fuzz_require(s == EQLVM_OK, "a rule compiles or has errors");
        fuzz_require(eqlvm_program_save(p, append, &im) == EQLVM_OK, "saves");
        fuzz_require(eqlvm_program_load(im.p, im.len, &again, NULL, 0) ==
                         EQLVM_OK,
                     "what was saved loads");
        fuzz_require(run(p) == run(again), "text and image agree");
    }
    free(im.p);
    eqlvm_program_free(p);
    eqlvm_program_free(again);
    eqlvm_compiler_free(c);
    return 0;
}
