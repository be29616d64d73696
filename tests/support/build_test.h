/* build_test.h -- beginnings of hand-made programs. */
#ifndef EQL_TESTS_SUPPORT_BUILD_TEST_H
#define EQL_TESTS_SUPPORT_BUILD_TEST_H

#include "program/program.h"
#include "program/verify.h"
#include "tests/support/eql_test.h"

static inline eql_builder *
test_builder_of(const eql_dialect *d)
{
    eql_strview none = {NULL, 0};
    eql_builder *b = eql_builder_new(d, none, none, none);

    assert_non_null(b);
    return b;
}

/* In the elastic preset. */
static inline eql_builder *
test_builder(void)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    return test_builder_of(&d);
}

/* Programs made by hand may have records and strings that no rule has.  That is
 * the last thing that the verifier looks for: all else is right then. */
static inline eql_verify_result
test_verify_but_owners(const eql_program *p)
{
    eql_verify_result r = eql_verify(p);

    if (r.code == EQL_VERIFY_BAD_OWNER)
        r = (eql_verify_result){EQL_VERIFY_OK, "", 0};
    return r;
}

/* The program, verified but for owners; the builder is gone. */
static inline eql_program *
test_built(eql_builder *b)
{
    eql_program *p = eql_builder_finish(b);
    eql_verify_result r;

    assert_non_null(p);
    r = test_verify_but_owners(p);
    if (r.code != EQL_VERIFY_OK)
        fail_msg("refused: %d at %s[%u]", (int)r.code, r.section, r.index);
    eql_builder_free(b);
    return p;
}

#endif
