/* ref_parse.h -- the reference's own parser: language 1.1, by recursive
 * descent.
 *
 * It takes what the grammar takes and checks none of the static rules of
 * language 1.2: a query that breaks one is no case for the comparison. */
#ifndef EQL_TESTS_REF_PARSE_H
#define EQL_TESTS_REF_PARSE_H

#include "tests/reference/ref_ast.h"

/* NULL when the text is no query; *why says it.  flat_comments:
 * language 14.1 #20. */
ref_query *ref_parse_query(ref_pool *pool, ref_str text, bool flat_comments,
                           const char **why);
/* The same for a condition alone. */
ref_node *ref_parse_condition(ref_pool *pool, ref_str text, bool flat_comments,
                              const char **why);

#endif
