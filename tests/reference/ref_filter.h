/* ref_filter.h -- does a condition hold, and what values has an expression?
 * Language 4, written down.
 *
 * B[] is filter position: yes or no.  V[] is value position: three-valued. */
#ifndef EQL_TESTS_REF_FILTER_H
#define EQL_TESTS_REF_FILTER_H

#include "tests/reference/ref_value.h"

/* B[condition] with null_logic=collapse; with kleene: is it true?  There a
 * negation is pushed to the leaves, and each leaf is true, or false, if some
 * choice of values makes it so.  *env->refused is set (to a reason) when the
 * condition holds something that the reference leaves open. */
bool ref_holds(const ref_env *env, const ref_node *condition);
/* V[e] under every choice of values, nulls included, in order. */
ref_values ref_expression_values(const ref_env *env, const ref_node *e);

#endif
