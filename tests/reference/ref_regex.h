/* ref_regex.h -- regular expressions (language 6.2), the naive way.
 *
 * A pattern is parsed to a tree; where a node can stop when it starts at a
 * place is a set of places, worked out by trying everything. */
#ifndef EQL_TESTS_REF_REGEX_H
#define EQL_TESTS_REF_REGEX_H

#include "tests/reference/ref_text.h"

typedef struct {
    ref_case_rule rule;
    bool exact_ranges; /* ranges are not folded */
    bool prefix;       /* Perl-like, from the start of the text only */
} ref_regex_rule;

/* *why is set for what is no pattern, or one that the reference lacks. */
bool ref_regex(ref_pool *pool, ref_str pattern, ref_str text,
               ref_regex_rule rule, const char **why);

#endif
