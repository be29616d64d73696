/* ref_value.h -- comparing and computing with values (language 5.7, 5.2, 5.3,
 * 5.6).
 *
 * A result is a boolean, or null for "unknown". */
#ifndef EQL_TESTS_REF_VALUE_H
#define EQL_TESTS_REF_VALUE_H

#include "tests/reference/ref_path.h"

ref_value ref_null(void);
ref_value ref_boolean(bool b);
ref_value ref_integer(int64_t i);
ref_value ref_string(ref_str s);
bool ref_is_true(ref_value v);
bool ref_is_false(ref_value v);
ref_value ref_kleene_not(ref_value v);

/* How texts compare: folded when `ci`, or when strings are insensitive. */
ref_case_rule ref_case_of(const ref_env *env, bool ci);
/* x == y as a value; strings under the rule.  Literals are not wildcards. */
ref_value ref_equals(const ref_env *env, ref_value x, ref_value y,
                     ref_case_rule rule);
/* The same for ==, != and in, where a literal may be a wildcard. */
ref_value ref_equals_wild(const ref_env *env, ref_value x, ref_value y,
                          ref_case_rule rule);
/* A literal with a star in it. */
bool ref_is_wildcard(ref_value v);
/* Is one of the two of a date field, and one no instant?  A list then says
 * null. */
bool ref_no_instant(ref_value x, ref_value y);
/* op: "<", "<=", ">", ">=" */
ref_value ref_ordered(const ref_env *env, const char *op, ref_value x,
                      ref_value y);
/* Is the address in the block that the literal names?  A value that is no
 * address is in none. */
ref_value ref_in_literal_block(const ref_env *env, ref_value x, ref_value lit);
/* op: "+", "-", "*", "/", "%" */
ref_value ref_arith(const ref_env *env, const char *op, ref_value x,
                    ref_value y);
/* string(x), language 7.3 */
ref_value ref_to_string(const ref_env *env, ref_value v);
/* The same of what `sort` looks at: versions have their own order. */
int ref_sort_order(const ref_env *env, ref_value x, ref_value y, bool fold);
/* Order of key values: null, booleans, numbers, texts (by code point, folded
 * when `fold`); lists after all of these. */
int ref_value_order(const ref_env *env, ref_value x, ref_value y, bool fold);

#endif
