/* image_rules.h -- an image with records in every table: for tests that damage
 * images. */
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

#endif
