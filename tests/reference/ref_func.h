/* ref_func.h -- patterns and the functions of language 7 that see values only.
 *
 * The functions that bind a variable are ref_filter.c's. */
#ifndef EQL_TESTS_REF_FUNC_H
#define EQL_TESTS_REF_FUNC_H

#include "tests/reference/ref_value.h"

typedef enum {
    REF_F_NONE,
    REF_F_ADD,
    REF_F_SUBTRACT,
    REF_F_MULTIPLY,
    REF_F_DIVIDE,
    REF_F_MODULO,
    REF_F_BETWEEN,
    REF_F_CIDR_MATCH,
    REF_F_CONCAT,
    REF_F_ENDS_WITH,
    REF_F_INDEX_OF,
    REF_F_LENGTH,
    REF_F_NUMBER,
    REF_F_STARTS_WITH,
    REF_F_STRING,
    REF_F_STRING_CONTAINS,
    REF_F_SUBSTRING,
    REF_F_MATCH,
    REF_F_WILDCARD,
    REF_F_ARRAY_CONTAINS,
    REF_F_ARRAY_COUNT,
    REF_F_ARRAY_SEARCH,
    REF_F_SAFE
} ref_function;

/* By name, without regard to case. */
ref_function ref_function_named(ref_str name);

/* x against patterns: op ":", "like" or "regex". */
ref_value ref_match_any(const ref_env *env, const char *op, bool tilde,
                        ref_value x, const ref_value *patterns, size_t n);

/* Any function of values; args are those of the call. */
ref_value ref_apply(const ref_env *env, ref_function f, bool tilde,
                    const ref_value *args, size_t n);

#endif
