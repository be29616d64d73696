/* ops.h -- what single instructions compute, where it is more than a line.
 *
 * Each gives the new value of the register written; see opcode.def.  Nothing
 * here knows of events or of other instructions. */
#ifndef EQL_VM_EVAL_OPS_H
#define EQL_VM_EVAL_OPS_H

#include "stdlib/functions.h"
#include "vm/eval/prepare.h"

static inline bool
eql_value_is_composite(const eql_value *v)
{
    return v->tag == EQL_ARRAY || v->tag == EQL_OBJECT;
}

/* Arrays and objects are null to what does not look inside. */
static inline bool
eql_value_is_scalar(const eql_value *v)
{
    return v->tag != EQL_NULL && !eql_value_is_composite(v);
}

/* Existence: `[]` and `{}` are null (language 2.4). */
static inline bool
eql_value_is_null(const eql_value *v)
{
    return v->tag == EQL_NULL || (eql_value_is_composite(v) && v->len <= 2);
}

/* Kleene logic; anything but a boolean is null to `and`, `or` and `not`. */
eql_value eql_op_truth(eql_truth t);
/* x itself, but for an array or object that is not empty: that is true. */
eql_value eql_op_to_truth(const eql_value *x);
eql_value eql_op_not(const eql_value *x);
eql_value eql_op_and(const eql_value *x, const eql_value *y);
eql_value eql_op_or(const eql_value *x, const eql_value *y);
eql_value eql_op_in_or(const eql_value *x, const eql_value *y);
/* true if the order is one of the two. */
eql_value eql_op_order(eql_ordering o, eql_ordering wanted,
                       eql_ordering or_this);

/* x < y, x <= y */
eql_value eql_op_less(const eql_comparing *how, const eql_value *x,
                      const eql_value *y);
eql_value eql_op_at_most(const eql_comparing *how, const eql_value *x,
                         const eql_value *y);

/* LT_VERSION, LE_VERSION */
eql_value eql_op_earlier(const eql_comparing *how, unsigned op,
                         const eql_value *x, const eql_value *y);

/* An address as text that compares as addresses do, whatever the case: 32
 * lower-case hexadecimal digits. */
#define EQL_ADDRESS_TEXT 32u

eql_value eql_op_to_ip(const eql_value *x, char out[EQL_ADDRESS_TEXT]);
/* Lists that there was no memory for (prepare.h) are NULL: null. */
eql_value eql_op_in(const eql_value *x, const eql_set *set, eql_folded *folded);
eql_value eql_op_in_eq(const eql_comparing *how, const eql_value *x,
                       const eql_value *y);
eql_value eql_op_in_eq_ip(const eql_value *x, const eql_value *y);
eql_value eql_op_in_eq_fold(const eql_prepared *pr, const eql_value *x,
                            const eql_value *y);
eql_value eql_op_like(const eql_value *x, const eql_pattern_list *patterns,
                      eql_folded *folded);
eql_value eql_op_cidr(const eql_value *x,
                      const eql_prepared_networks *networks);
eql_value eql_op_regex(const eql_prepared *pr, const eql_value *x,
                       const eql_regex *r);

/* How the elements of an array are compared. */
typedef struct {
    eql_comparing how;
    const eql_dialect *dialect;
    eql_field_type type; /* of the array; both sides are converted to it */
} eql_containing;

/* Does an element equal v?  k: v as a literal, NULL when it is computed. */
bool eql_op_has_element(const eql_containing *c, const eql_value *elements,
                        uint32_t n, const eql_value *v, const eql_literal *k);

#endif
