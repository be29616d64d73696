/* fuzz_rule_events.c -- the engine against the reference evaluator.
 *
 * The first byte says how the rest is read: as the choices of the generator of
 * random cases, or as the text of a query over the events below, in one of the
 * dialects.  What compiles is saved, verified, loaded and run; where the
 * reference has an answer too, the two must agree. */
#include "tests/fuzz/fuzz.h"

#include "tests/reference/ref_engine.h"
#include "tests/reference/ref_gen.h"

#define MOST_TEXT 1500u

static const char *const elastic_events[] = {
    "{\"@timestamp\":\"2024-01-01T00:00:00Z\",\"event\":{\"category\":"
    "\"process\",\"type\":\"start\"},\"process\":{\"entity_id\":\"p1\","
    "\"name\":\"cmd.exe\",\"pid\":7,\"args\":[\"a\",\"Bc\",\"\"],\"parent\":{"
    "\"entity_id\":\"p0\"}},\"host\":{\"name\":\"h1\"},\"a\":1,\"b\":true}",
    "{\"@timestamp\":\"2024-01-01T00:00:01Z\",\"event\":{\"category\":["
    "\"file\","
    "\"process\"],\"type\":\"start\"},\"process\":{\"entity_id\":\"p2\","
    "\"name\":"
    "\"CMD.EXE\",\"parent\":{\"entity_id\":\"p1\"}},\"source.ip\":\"10.0.0.1\","
    "\"a\":\"1\",\"l\":[{\"n\":\"x\",\"v\":1},{\"n\":\"Y\"}]}",
    "{\"@timestamp\":\"2024-01-01T00:00:01Z\",\"event\":{\"category\":"
    "\"network\"},\"process\":{\"entity_id\":\"p2\"},\"a\":[1,2.5],\"s\":"
    "\"\\u00e9t\\u00c9\",\"b\":false,\"host.name\":\"h2\"}",
    "{\"@timestamp\":\"2024-01-01T00:00:05Z\",\"event\":{\"category\":"
    "\"process\",\"type\":\"end\"},\"process\":{\"entity_id\":\"p2\"},\"a\":-9,"
    "\"s\":\"a*b\"}",
};

static const char *const endgame_events[] = {
    "{\"timestamp\":133485408000000000,\"event_type\":\"process\",\"subtype\":"
    "\"create\",\"pid\":7,\"ppid\":1,\"process_name\":\"cmd.exe\",\"hostname\":"
    "\"h1\",\"a\":1,\"args\":[\"a\",\"Bc\"]}",
    "{\"timestamp\":133485408010000000,\"event_type\":\"file\",\"pid\":7,"
    "\"a\":\"X\",\"hostname\":\"H1\"}",
    "{\"timestamp\":133485408020000000,\"event_type\":\"process\",\"subtype\":"
    "\"terminate\",\"pid\":7,\"a\":null}",
};

/* An abort with everything that is needed to look into it. */
static void
compare(const ref_case *c)
{
    char ref_err[REF_ERR], engine_err[REF_ERR];
    ref_matches ref, engine = {0};
    ref_status status = ref_run(c, &ref, ref_err);
    int ran = ref_engine_run(c, &engine, engine_err);
    bool same = ran != 0 || status == REF_REFUSED ||
                (status == REF_RAN && ref_matches_eq(&ref, &engine));

    if (!same || ran == 2) {
        ref_pool *pool = ref_pool_new();

        fprintf(stderr, "query: %s\nreference: %s %s\nengine: %s %s\n",
                c->query, ref_matches_text(pool, &ref), ref_err,
                ref_matches_text(pool, &engine), engine_err);
        ref_pool_free(pool);
    }
    fuzz_require(ran != 2, "the run ends");
    fuzz_require(same, "engine and reference agree");
    ref_matches_free(&ref);
    ref_matches_free(&engine);
}

static void
compare_text(ref_pool *pool, unsigned mode, const uint8_t *data, size_t len)
{
    static const char *const dialects[] = {"elastic", "endpoint", "endgame"};
    ref_case c = {.dialect = dialects[mode % 3], .through_image = true};
    char *query = ref_alloc(pool, len + 1);

    if (len)
        memcpy(query, data, len);
    c.query = query;
    c.no_schema = mode % 3 == 2;
    c.events = c.no_schema ? endgame_events : elastic_events;
    c.nevents = c.no_schema ? sizeof endgame_events / sizeof *endgame_events
                            : sizeof elastic_events / sizeof *elastic_events;
    compare(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    ref_pool *pool = ref_pool_new();

    if (len > 0 && data[0] < 128) {
        ref_gen_case *gen = ref_gen_from_bytes(pool, data + 1, len - 1);
        ref_case c = ref_gen_render(pool, gen);

        c.through_image = true;
        compare(&c);
    } else if (len > 0 && len < MOST_TEXT) {
        compare_text(pool, data[0], data + 1, len - 1);
    }
    ref_pool_free(pool);
    return 0;
}
