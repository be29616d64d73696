/* image_rules.h -- an image with records in every table, and events that every
 * stage of it sees: for tests that damage images. */
#ifndef EQL_TESTS_SUPPORT_IMAGE_RULES_H
#define EQL_TESTS_SUPPORT_IMAGE_RULES_H

#include "eqlvm/eqlvm.h"
#include "tests/support/eql_test.h"

typedef struct {
    char *p;
    size_t len, cap;
} image_bytes;

static inline bool
image_bytes_add(void *ctx, const char *p, size_t len)
{
    image_bytes *b = ctx;

    if (b->len + len > b->cap) {
        b->cap = 2 * (b->len + len);
        b->p = realloc(b->p, b->cap);
        assert_non_null(b->p);
    }
    memcpy(b->p + b->len, p, len);
    b->len += len;
    return true;
}

/* What the rules of tests/fuzz/image look at. */
static const char image_events[] =
#define EVENT(n, rest)                                                         \
    "{\"@timestamp\":\"2024-01-01T00:00:0" #n "Z\",\"event\":{\"category\":"   \
    "\"process\",\"type\":\"start\"},\"n\":" #n                                \
    ",\"host\":\"h\",\"process\":{"                                            \
    "\"entity_id\":\"p" #n "\"," rest "}\n"
    EVENT(1, "\"parent\":{\"entity_id\":\"p0\"}},\"u\":\"a\"") EVENT(
        2, "\"parent\":{\"entity_id\":\"p1\"}},\"u\":\"A\",\"ip\":\"10.1.1.1\"")
        EVENT(3, "\"parent\":{\"entity_id\":\"p2\"}},\"u\":[\"ab\",\"b\"]")
            EVENT(4,
                  "\"parent\":{\"entity_id\":\"p3\"}},\"g\":[4,null,{\"q\":1}]")
                EVENT(5, "\"x\":1},\"u\":\"AB\",\"f\":[{\"n\":\"bb\",\"s\":["
                         "\"a\",\"ac\"]},"
                         "{\"s\":\"a\"},7,[1]]")
                    EVENT(6, "\"x\":{}},\"f\":{\"n\":[\"b\"],\"s\":[\"a\","
                             "\"A\",2]},\"u\":\"abc\"")
                        EVENT(9, "\"x\":[]},\"u\":\"z\"")
                            EVENT(7, "\"x\":2.5},\"u\":\"b\"");
#undef EVENT

static inline image_bytes
image_save(eqlvm_compiler *c)
{
    eqlvm_program *p = NULL;
    image_bytes b = {0};

    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    assert_int_equal(eqlvm_program_save(p, image_bytes_add, &b), EQLVM_OK);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return b;
}

/* One of each construct. */
static inline image_bytes
image_of_rules(void)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);

    assert_int_equal(eqlvm_compiler_add_path(c, "tests/fuzz/image"), EQLVM_OK);
    return image_save(c);
}

static inline bool
image_count_alert(void *ctx, const eqlvm_alert *a)
{
    (void)a;
    ++*(uint64_t *)ctx;
    return true;
}

/* Runs the program over lines of events to its end; how many alerts. */
static inline uint64_t
image_run(const eqlvm_program *p, const char *events, size_t len)
{
    uint64_t alerts = 0;
    eqlvm_engine *e =
        eqlvm_engine_new(p, NULL, image_count_alert, &alerts, NULL, 0);

    assert_non_null(e);
    for (size_t at = 0; at < len;) {
        const char *nl = memchr(events + at, '\n', len - at);
        size_t n = (size_t)(nl - (events + at));

        assert_int_equal(eqlvm_engine_push(e, "demo", events + at, n),
                         EQLVM_OK);
        at += n + 1;
    }
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_free(e);
    return alerts;
}

#endif
