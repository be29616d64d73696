/* regex.h -- regular expressions (language 6.2), in linear time.
 *
 * Lucene's syntax, always matched against the whole string; or Endgame's
 * flavour, matched at the start.  The syntax is checked and translated here,
 * and RE2 does the matching, behind regex_re2.cc. */
#ifndef EQL_BASE_REGEX_H
#define EQL_BASE_REGEX_H

#include "base/base.h"
#include "base/buf.h"

#define EQL_REGEX_FOLD 1u        /* regex~ */
#define EQL_REGEX_CASE_RANGES 2u /* with FOLD: ranges keep case (Lucene) */
#define EQL_REGEX_PREFIX 4u      /* Endgame's flavour */
#define EQL_REGEX_ASCII 8u       /* with FOLD: only ASCII letters fold */

#define EQL_REGEX_MAX_REPEAT 1000u
#define EQL_REGEX_MAX_DEPTH 250u              /* groups in each other */
#define EQL_REGEX_MAX_BYTES ((size_t)1 << 20) /* of the text */

/* Memory of one, for its automaton and what matching remembers. */
#define EQL_REGEX_MOST_MEMORY ((size_t)8 << 20)
#define EQL_REGEX_LEAST_MEMORY ((size_t)64 << 10)

/* What is wrong; at: byte offset in the text.  text and hint are static. */
typedef struct {
    bool no_memory; /* not the text's fault */
    uint32_t at;
    const char *text;
    const char *hint; /* NULL: none */
} eql_regex_error;

/* Is it one?  Cheap: nothing is compiled.  What is accepted here compiles,
 * unless it is too large, which is told at eql_regex_new. */
bool eql_regex_check(eql_strview text, unsigned flags, eql_regex_error *why);

typedef struct eql_regex eql_regex;
/* The alternation of n texts.  NULL: out of memory, wrong or too large (why).
 * Thread-safe to match with once made. */
eql_regex *eql_regex_new(const eql_strview *texts, uint32_t n, unsigned flags,
                         eql_regex_error *why);
/* The same as one of `sharers` that are still to be made with *memory, from
 * which is taken what it may use: its share, or more if it needs more. */
eql_regex *eql_regex_new_within(const eql_strview *texts, uint32_t n,
                                unsigned flags, size_t *memory,
                                uint32_t sharers, eql_regex_error *why);
void eql_regex_free(eql_regex *r);
/* States of its automaton: how much work a byte may be. */
uint32_t eql_regex_size(const eql_regex *r);
/* false also when out of memory, which eql_regex_failed tells from then on. */
bool eql_regex_match(const eql_regex *r, eql_strview s);
bool eql_regex_failed(const eql_regex *r);

#endif
