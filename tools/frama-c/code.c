/* code.c -- the verifier's look at instructions, for Eva: any bytes as
 * instructions, constants, fields, leaves and iterators. */
#include "program/verify_int.h"
#include "stdlib/functions.h"

#include "__fc_builtin.h"

#define LEAF 4u   /* instructions of the leaf */
#define FILTER 3u /* and of the filter behind it */
#define FEW 3u

static eql_insn insns[LEAF + FILTER];
static eql_const consts[FEW];
static eql_field fields[FEW];
static eql_leaf leaves[1];
static eql_filter filters[1];
static eql_iterator iterators[FEW];

/* A function of any arity. */
bool
eql_function_is_call(eql_function f)
{
    (void)f;
    return Frama_C_interval(0, 1);
}

const eql_function_info *
eql_function_get(eql_function f)
{
    static eql_function_info any;

    (void)f;
    Frama_C_make_unknown((char *)&any.min, sizeof any.min);
    Frama_C_make_unknown((char *)&any.max, sizeof any.max);
    any.fold = Frama_C_interval(0, 1);
    return &any;
}

int
main(void)
{
    eql_program p = {.insns = insns,
                     .ninsns = LEAF + FILTER,
                     .consts = consts,
                     .nconsts = FEW,
                     .fields = fields,
                     .nfields = FEW,
                     .leaves = leaves,
                     .nleaves = 1,
                     .filters = filters,
                     .nfilters = 1,
                     .iterators = iterators,
                     .niterators = FEW,
                     .nlineages = FEW};
    eql_verifier v = {.p = &p};

    Frama_C_make_unknown((char *)insns, sizeof insns);
    Frama_C_make_unknown((char *)consts, sizeof consts);
    Frama_C_make_unknown((char *)fields, sizeof fields);
    Frama_C_make_unknown((char *)leaves, sizeof leaves);
    Frama_C_make_unknown((char *)iterators, sizeof iterators);
    /* Where code lies is checked before (eql_verify_code_tiles). */
    leaves[0].code = (eql_range){0, LEAF};
    filters[0].code = (eql_range){LEAF, FILTER};
    (void)eql_verify_leaves(&v);
    (void)eql_verify_filters(&v);
    (void)eql_verify_iterators(&v);
    return 0;
}
