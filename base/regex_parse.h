/* regex_parse.h -- what the files of the regular expressions share: from the
 * text of a pattern to the syntax of RE2.
 *
 * The translation uses little of that syntax: groups without captures,
 * classes of explicit ranges, repeats.  Folding is made explicit as well: a
 * letter becomes the class of all that fold to the same, so that a match is
 * what base/fold.c says, whatever tables RE2 has. */
#ifndef EQL_BASE_REGEX_PARSE_H
#define EQL_BASE_REGEX_PARSE_H

#include "base/buf.h"
#include "base/regex.h"

/* --- regex_class.c: sets of code points --- */

/* Which code points fold alike.  All-zero: not built yet. */
typedef struct {
    eql_vec by_fold, by_cp; /* of those that fold with another one */
    bool built;
} eql_orbits;

void eql_orbits_free(eql_orbits *o);

typedef struct {
    eql_vec ranges; /* not folded */
    eql_vec folded; /* whoever folds as one of these is in it as well */
    bool negated;
} eql_char_class;

void eql_char_class_free(eql_char_class *c);
void eql_char_class_add(eql_char_class *c, bool fold, uint32_t lo, uint32_t hi);
/* One of d D s S w W; controls: \s takes \f and \v too. */
void eql_char_class_add_set(eql_char_class *c, char set, bool controls);
/* Appends it in RE2's syntax; false: out of memory.  o NULL: ASCII only. */
bool eql_char_class_emit(eql_char_class *c, eql_orbits *o, eql_buf *out);

/* --- regex_parse.c --- */

/* Checks text; with out, appends it in RE2's syntax.  false: why. */
bool eql_regex_translate(eql_strview text, unsigned flags, eql_orbits *orbits,
                         eql_buf *out, eql_regex_error *why);

#endif
