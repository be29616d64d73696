/* fuzz_spill.c -- bytes as events of a few kinds, and the memory that a run may
 * have.  Hits that go to disk change nothing at all; where there is no room for
 * what is in flight, alerts are the same or the loss is counted.
 *
 * The first three bytes are the rules, the sort memory and the bytes of state;
 * then each two are an event. */
#include "tests/fuzz/fuzz_program.h"

#define MOST_EVENTS 300u

static const char *const rules[][4] = {
    {"sequence by host.id with maxspan=20s [any where n == 1] [any where n == "
     "2] until [any where n == 7]",
     "sequence by host.id [any where n == 1] by u [any where n > 2] by u [any "
     "where n == 0] by u",
     "any where n == 5 | unique host.id"},
    {"sequence by host.id with maxspan=30s [any where n == 1] as p "
     "![any where n == 3] [any where n > p.n] with runs=2",
     "sequence with maxspan=5s [any where n < 3] [any where n > 5] fork "
     "[any where u == \"b\"]"},
    {"sample by host.id [any where n == 1] [any where n == 2]",
     "join by host.id, u [any where n == 2] [any where n == 4] until [any "
     "where n == 6]",
     "sample by u [any where n == 3] [any where u == \"c\"] [any where n != "
     "3]"},
    {"any where n > 0 | sort n, u | tail 5",
     "any where true | count host.id, n | sort count",
     "any where n != 3 | unique_count u | head 3",
     "sequence by u [any where n == 1] [any where n == 2] | count host.id"},
    {"process where descendant of [process where n == 1]",
     "any where child of [process where process.name == \"b\"] | head 20",
     "process where event of [any where n == 2] | unique u"},
};
#define NRULES (sizeof rules / sizeof *rules)

static const eqlvm_program *
program(size_t which)
{
    static eqlvm_program *all[NRULES];

    if (!all[which]) {
        eqlvm_compile_options o = {.schema = "none"};
        eqlvm_compiler *c = eqlvm_compiler_new(&o);

        for (size_t i = 0; i < 4 && rules[which][i]; i++)
            (void)eqlvm_compiler_add_query(c, "spill", rules[which][i],
                                           strlen(rules[which][i]));
        fuzz_check_diags(c);
        fuzz_require(eqlvm_compiler_finish(c, &all[which]) == EQLVM_OK,
                     "compiles");
        eqlvm_compiler_free(c);
    }
    return all[which];
}

/* Time goes on by the first byte, or back when it is high; the second is who
 * and what. */
static void
push(eqlvm_engine *e, const uint8_t *two, int64_t *s)
{
    static const char *const types[] = {"start", "end", "change", "start"};
    uint8_t what = two[1];
    char text[400];
    int n;

    *s += two[0] < 240 ? two[0] % 16 : -(two[0] % 16);
    *s = *s < 0 ? 0 : *s;
    n = snprintf(text, sizeof text,
                 "{\"@timestamp\":\"2024-01-01T%02d:%02d:%02dZ\",\"event\":{"
                 "\"category\":\"process\",\"type\":\"%s\"},\"host\":{\"id\":"
                 "\"host%u\"},\"n\":%u,\"u\":\"%c\",\"process\":{\"entity_id\":"
                 "\"p%u\",\"name\":\"%c\",\"parent\":{\"entity_id\":\"p%u\"}}}",
                 (int)(*s / 3600 % 24), (int)(*s / 60 % 60), (int)(*s % 60),
                 types[two[0] / 64], what / 8 % 4, what % 8,
                 'a' + what / 32 % 4, two[0] / 16, 'a' + what % 3,
                 two[0] / 16 / 2);
    if (*s >= 86000) /* an event without a time, now and then */
        *s = 0;
    fuzz_require(eqlvm_engine_push(e, "spill", text, (size_t)n) == EQLVM_OK,
                 "an event is taken");
}

static void
run(const eqlvm_program *p, eqlvm_engine_options o, const uint8_t *data,
    size_t len, eql_buf *out, eqlvm_stats *s)
{
    eqlvm_engine *e;
    int64_t now = 0;

    out->len = 0;
    o.threads = 1;
    o.temp_dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;
    e = eqlvm_engine_new(p, &o, fuzz_on_alert, out, NULL, 0);
    fuzz_require(e != NULL, "an engine");
    for (size_t i = 0; i + 2 <= len && i < 2 * MOST_EVENTS; i += 2)
        push(e, data + i, &now);
    fuzz_require(eqlvm_engine_finish(e) == EQLVM_OK, eqlvm_engine_error(e));
    eqlvm_engine_stats(e, s);
    fuzz_require(!eqlvm_stats_unbalanced(s), "the counts balance");
    eqlvm_engine_free(e);
}

static bool
is_same(const eql_buf *a, const eql_buf *b)
{
    return a->len == b->len && (!a->len || memcmp(a->p, b->p, a->len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static eql_buf roomy, spilled, tight;
    const eqlvm_program *p;
    eqlvm_stats a, b, c;

    if (len < 3)
        return 0;
    p = program(data[0] % NRULES);
    run(p, (eqlvm_engine_options){0}, data + 3, len - 3, &roomy, &a);
    fuzz_require(!eqlvm_stats_degraded(&a), "there is room for so few");
    run(p, (eqlvm_engine_options){.sort_memory = 1 + (size_t)data[1] * 16},
        data + 3, len - 3, &spilled, &b);
    if (!is_same(&roomy, &spilled))
        fprintf(stderr, "in memory:\n%.*s\nspilled:\n%.*s\n", (int)roomy.len,
                roomy.p, (int)spilled.len, spilled.p);
    fuzz_require(is_same(&roomy, &spilled), "spilling changes nothing");
    fuzz_require(a.hits == b.hits && a.started == b.started &&
                     !eqlvm_stats_degraded(&b),
                 "spilling loses nothing");
    run(p,
        (eqlvm_engine_options){.max_state_bytes =
                                   1 + (uint64_t)data[2] * data[2] / 2},
        data + 3, len - 3, &tight, &c);
    if (!is_same(&roomy, &tight) && !eqlvm_stats_degraded(&c))
        fprintf(stderr, "roomy:\n%.*s\ntight:\n%.*s\n", (int)roomy.len, roomy.p,
                (int)tight.len, tight.p);
    fuzz_require(is_same(&roomy, &tight) || eqlvm_stats_degraded(&c),
                 "what is lost is counted");
    return 0;
}
