/* regex_re2.h -- RE2 for C.
 *
 * The expressions are those that regex_parse.c writes.  No exception leaves
 * regex_re2.cc, and nothing is logged. */
#ifndef EQL_BASE_REGEX_RE2_H
#define EQL_BASE_REGEX_RE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eql_re2 eql_re2;

/* memory: for its program and the states met so far, which are thrown away and
 * made again when there are too many.  NULL: out of memory, or *refused: RE2
 * finds that too little. */
eql_re2 *eql_re2_new(const char *p, size_t len, size_t memory, bool *refused);
uint32_t eql_re2_size(const eql_re2 *r); /* instructions */
void eql_re2_free(eql_re2 *r);
/* whole: all of the text; else from its start on.  false also when out of
 * memory, which eql_re2_failed tells from then on. */
bool eql_re2_match(const eql_re2 *r, const char *p, size_t len, bool whole);
bool eql_re2_failed(const eql_re2 *r);

#ifdef __cplusplus
}
#endif

#endif
