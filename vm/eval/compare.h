/* compare.h -- equality and order of values across types (language 5.7).
 *
 * Against a literal of the rule a value is coerced, because E converts the
 * literal to the type of the field; between two values of the event it is not.
 * Results are three-valued: a comparison that has no answer is unknown, which
 * is null in the language.  Arrays and objects have no answer. */
#ifndef EQL_VM_EVAL_COMPARE_H
#define EQL_VM_EVAL_COMPARE_H

#include "base/text.h"
#include "program/value.h"
#include "vm/eval/folded.h"

typedef enum { EQL_NO, EQL_YES, EQL_UNKNOWN } eql_truth;

typedef enum {
    EQL_LESS,
    EQL_EQUAL,
    EQL_GREATER,
    EQL_UNORDERED /* null, or no order between these types */
} eql_ordering;

/* What the dialect has to say: coerce and string_case. */
typedef struct {
    bool coerce;
    eql_case strings;
} eql_comparing;

eql_comparing eql_comparing_of(const eql_dialect *d);

/* A literal of the rule with what coercion wants to know of it, worked out
 * once.  Borrows the string of v. */
typedef struct {
    eql_value v;
    bool has_number;  /* a number, or a string that reads as one */
    eql_value number; /* INT or FLOAT, valid if has_number */
    uint8_t text_len;
    char text[32]; /* of a number or boolean: its canonical text */
} eql_literal;

eql_literal eql_literal_of(eql_value v);
/* Its text as events spell it: the string, the number or the boolean. */
eql_strview eql_literal_text(const eql_literal *k);

/* Neither side is a literal. */
eql_truth eql_compare_equal(const eql_comparing *how, const eql_value *a,
                            const eql_value *b);
eql_ordering eql_compare_order(const eql_comparing *how, const eql_value *a,
                               const eql_value *b);

/* x is of the event, k of the rule. */
eql_truth eql_compare_equal_literal(const eql_comparing *how,
                                    const eql_value *x, const eql_literal *k);
eql_ordering eql_compare_order_literal(const eql_comparing *how,
                                       const eql_value *x,
                                       const eql_literal *k);

/* Exact, int64 against double without rounding the integer; both numbers. */
int eql_compare_numbers(const eql_value *a, const eql_value *b);

static inline bool
eql_value_is_number(const eql_value *v)
{
    return v->tag == EQL_INT || v->tag == EQL_FLOAT;
}

#endif
