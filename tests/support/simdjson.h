/* simdjson.h -- Debian's simdjson behind C functions: a third opinion of what a
 * text says, by code that shares nothing with ours or with jansson.
 *
 * Without the package (libsimdjson-dev) the test is built all the same, and
 * test_simdjson_new() says that there is none. */
#ifndef EQL_TESTS_SUPPORT_SIMDJSON_H
#define EQL_TESTS_SUPPORT_SIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct test_simdjson test_simdjson;

typedef enum {
    TEST_SIMDJSON_OBJECT,
    TEST_SIMDJSON_OTHER,  /* a list or a scalar */
    TEST_SIMDJSON_NUMBER, /* a number that it cannot hold, or no number */
    TEST_SIMDJSON_TEXT,   /* no UTF-8, or a lone surrogate */
    TEST_SIMDJSON_BROKEN
} test_simdjson_status;

typedef struct {
    char kind; /* 'b', 'i', 'd', 's' */
    int64_t i; /* 'b': 0 or 1 */
    double d;
    const char *s; /* of the parser */
    size_t len;
} test_simdjson_value;

typedef void (*test_simdjson_fn)(void *ctx, const test_simdjson_value *v);

/* NULL: simdjson was not there when this was built. */
test_simdjson *test_simdjson_new(void);
void test_simdjson_free(test_simdjson *t); /* NULL is fine */
test_simdjson_status test_simdjson_parse(test_simdjson *t, const char *p,
                                         size_t len);
/* Of the object parsed last: every scalar at the dotted path, by all spellings
 * of it; lists are flattened, nulls left out; the last of equal keys counts. */
void test_simdjson_values(const test_simdjson *t, const char *path,
                          test_simdjson_fn take, void *ctx);

#ifdef __cplusplus
}
#endif

#endif
