/* set.h -- literal lists of `in` and `in~` made ready for look-up
 * (language 5.5).
 *
 * A look-up takes the same time however long the list is, and agrees with
 * eql_compare_equal_literal against every element: a pair of types without an
 * answer is "not equal". */
#ifndef EQL_VM_EVAL_SET_H
#define EQL_VM_EVAL_SET_H

#include "base/map.h"
#include "vm/eval/compare.h"
#include "vm/eval/folded.h"

/* All-zero is empty.  Maps are NULL when nothing is in them. */
typedef struct {
    eql_comparing how;     /* pairs of which one side is no string */
    eql_case strings_case; /* two strings */
    bool match;            /* of `:`: a boolean is null */
    bool has_true;         /* true, or "true" (language 5.7) */
    bool has_false;
    eql_map *strings; /* strings, folded if those fold */
    eql_map *texts;   /* canonical texts of numbers and booleans */
    eql_map *numbers; /* numbers, and strings that read as one */
} eql_set;

/* Nulls are left out.  false when out of memory. */
bool eql_set_add(eql_set *set, const eql_literal *k);
void eql_set_free(eql_set *set);
/* x is not null. */
bool eql_set_has(const eql_set *set, const eql_value *x, eql_folded *folded);

#endif
