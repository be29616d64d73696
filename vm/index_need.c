/* index_need.c -- can a leaf hold when a field has no value?
 *
 * Follows null through leaf code.  What is not known to stay null, or not to
 * be true, is taken to be anything. */
#include "vm/index_int.h"

#include "stdlib/functions.h"

/* What is known of registers when the field is missing. */
typedef struct {
    bool null[EQL_MAX_REGS];
    bool untrue[EQL_MAX_REGS]; /* null, or false, or no boolean */
} knowledge;

/* The function is null when its first arguments, so many, are not all there. */
static uint32_t
null_arguments(unsigned function)
{
    switch (function) {
    case EQL_FN_STARTS_WITH:
    case EQL_FN_ENDS_WITH:
    case EQL_FN_INDEX_OF:
    case EQL_FN_SUBSTRING: return 2;
    case EQL_FN_BETWEEN: return 3;
    case EQL_FN_LENGTH: return 1;
    default: return 0;
    }
}

static bool
is_null_call(const knowledge *k, const eql_insn *in)
{
    uint32_t n = null_arguments(in->b & ~EQL_CALL_FOLD);
    bool null = false;

    for (uint32_t i = 0; i < n && i < in->c; i++)
        null |= k->null[in->a + i];
    return null;
}

static bool
is_null(const knowledge *k, const eql_program *p, const eql_insn *in,
        uint32_t field)
{
    switch ((eql_opcode)in->op) {
    case EQL_OP_LOAD_FIELD: return eql_prepared_root(p, in->c) == field;
    case EQL_OP_TO_IP:
    case EQL_OP_TO_NUMBER:
    case EQL_OP_TO_BOOL:
    case EQL_OP_TO_TIME:
    case EQL_OP_NEG:
    case EQL_OP_NOT:
    case EQL_OP_EQ_K:
    case EQL_OP_LT_K:
    case EQL_OP_LE_K:
    case EQL_OP_GT_K:
    case EQL_OP_GE_K:
    case EQL_OP_IN:
    case EQL_OP_LIKE:
    case EQL_OP_REGEX: return k->null[in->b];
    case EQL_OP_ADD:
    case EQL_OP_SUB:
    case EQL_OP_MUL:
    case EQL_OP_DIV:
    case EQL_OP_MOD:
    case EQL_OP_EQ:
    case EQL_OP_LT:
    case EQL_OP_LE:
    case EQL_OP_IN_EQ:
    case EQL_OP_IN_EQ_FOLD:
    case EQL_OP_IN_EQ_IP: return k->null[in->b] || k->null[in->c];
    case EQL_OP_CALL: return is_null_call(k, in);
    case EQL_OP_ARRAY_HAS: return eql_prepared_root(p, in->c) == field;
    default: return false;
    }
}

/* Where it is not null already. */
static bool
is_untrue(const knowledge *k, const eql_program *p, const eql_insn *in,
          uint32_t field)
{
    switch ((eql_opcode)in->op) {
    case EQL_OP_AND: return k->untrue[in->b] || k->untrue[in->c];
    case EQL_OP_OR:
    case EQL_OP_IN_OR: return k->untrue[in->b] && k->untrue[in->c];
    case EQL_OP_CIDR: return k->null[in->b];
    case EQL_OP_CALL: /* null or false, as the dialect has it */
        return (in->b & ~EQL_CALL_FOLD) == EQL_FN_STRING_CONTAINS &&
               (k->null[in->a] || k->null[in->a + 1]);
    case EQL_OP_ANY_OF:
        return eql_prepared_root(p, p->iterators[in->c].field) == field;
    default: return false;
    }
}

bool
eql_index_needs_field(const eql_program *p, uint32_t leaf, uint32_t field)
{
    eql_range code = p->leaves[leaf].code;
    knowledge k = {0};

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &p->insns[code.first + i];
        bool null;

        if (in->op == EQL_OP_RETURN)
            return k.untrue[in->a];
        null = is_null(&k, p, in, field);
        k.untrue[in->a] = null || is_untrue(&k, p, in, field);
        k.null[in->a] = null;
    }
    return false;
}
