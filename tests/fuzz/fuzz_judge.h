/* fuzz_judge.h -- the engine against the reference evaluator. */
#ifndef EQL_TESTS_FUZZ_JUDGE_H
#define EQL_TESTS_FUZZ_JUDGE_H

#include "tests/fuzz/fuzz.h"

#include "tests/reference/ref_engine.h"
#include "tests/reference/ref_gen.h"

static const char *const fuzz_elastic_events[] = {
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

static const char *const fuzz_endgame_events[] = {
    "{\"timestamp\":133485408000000000,\"event_type\":\"process\",\"subtype\":"
    "\"create\",\"pid\":7,\"ppid\":1,\"process_name\":\"cmd.exe\",\"hostname\":"
    "\"h1\",\"a\":1,\"args\":[\"a\",\"Bc\"]}",
    "{\"timestamp\":133485408010000000,\"event_type\":\"file\",\"pid\":7,"
    "\"a\":\"X\",\"hostname\":\"H1\"}",
    "{\"timestamp\":133485408020000000,\"event_type\":\"process\",\"subtype\":"
    "\"terminate\",\"pid\":7,\"a\":null}",
};

/* A case of a dialect and its events; the rest is the caller's. */
static inline ref_case
fuzz_case(unsigned mode)
{
    static const char *const dialects[] = {"elastic", "endpoint", "endgame"};
    ref_case c = {.dialect = dialects[mode % 3],
                  .no_schema = mode % 3 == 2,
                  .through_image = true};

    c.events = c.no_schema ? fuzz_endgame_events : fuzz_elastic_events;
    c.nevents = c.no_schema
                    ? sizeof fuzz_endgame_events / sizeof *fuzz_endgame_events
                    : sizeof fuzz_elastic_events / sizeof *fuzz_elastic_events;
    return c;
}

/* An abort with everything that is needed to look into it.  What the engine
 * refuses the reference is not asked. */
static inline void
fuzz_judge(const ref_case *c)
{
    char ref_err[REF_ERR] = "", engine_err[REF_ERR];
    ref_matches ref = {0}, engine = {0};
    int ran = ref_engine_run(c, &engine, engine_err);
    ref_status status = ran == 0 ? ref_run(c, &ref, ref_err) : REF_REFUSED;
    bool same = status == REF_REFUSED ||
                (status == REF_RAN && ref_matches_eq(&ref, &engine));

    if (!same || ran == 2) {
        ref_pool *pool = ref_pool_new();

        fprintf(stderr, "query: %s\nreference: %s %s\nengine: %s %s\n",
                c->query, ref_matches_text(pool, &ref), ref_err,
                ref_matches_text(pool, &engine), engine_err);
        for (size_t i = 0; i < c->nexceptions; i++)
            fprintf(stderr, "exception of stage %zu: %s\n",
                    c->exceptions[i].stage, c->exceptions[i].condition);
        ref_pool_free(pool);
    }
    fuzz_require(ran != 2, "the run ends");
    fuzz_require(same, "engine and reference agree");
    ref_matches_free(&ref);
    ref_matches_free(&engine);
}

#endif
