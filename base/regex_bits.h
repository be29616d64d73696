/* regex_bits.h -- small regular expressions over ASCII texts, quicker than any
 * call of a library: a set of places in the expression, one bit each, is moved
 * along the text.
 *
 * Reads the syntax that regex_parse.c writes, and is of one mind with RE2. */
#ifndef EQL_BASE_REGEX_BITS_H
#define EQL_BASE_REGEX_BITS_H

#include "base/base.h"

/* Characters and classes of an expression, repeats written out. */
#define EQL_REGEX_BITS 64u

typedef struct eql_regex_bits eql_regex_bits;

/* NULL: out of memory, too large, or it has what is not known here. */
eql_regex_bits *eql_regex_bits_new(eql_strview translated);
void eql_regex_bits_free(eql_regex_bits *b); /* NULL is fine */
/* whole: all of the text; else from its start on.  false: it is not known, for
 * the text is not ASCII or so long that RE2 is quicker. */
bool eql_regex_bits_match(const eql_regex_bits *b, eql_strview s, bool whole,
                          bool *holds);

#endif
