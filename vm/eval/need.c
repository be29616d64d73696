/* need.c -- see need.h. */
#include "vm/eval/need.h"

#include "stdlib/functions.h"
#include "vm/eval/prepare.h"

/* What is known of registers when the fields are missing. */
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

/* Of a field, or of the one that it is a part of. */
static bool
is_missing(const eql_lack *l, uint32_t field)
{
    field = eql_prepared_root(l->p, field);
    return field == l->field || (l->missing && l->missing[field]);
}

static bool
is_null(const knowledge *k, const eql_lack *l, const eql_insn *in)
{
    switch ((eql_opcode)in->op) {
    case EQL_OP_LOAD_FIELD: return is_missing(l, in->c);
    case EQL_OP_TO_IP:
    case EQL_OP_TO_NUMBER:
    case EQL_OP_TO_BOOL:
    case EQL_OP_TO_TIME:
    case EQL_OP_TO_TRUTH:
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
    case EQL_OP_LT_VERSION:
    case EQL_OP_LE_VERSION:
    case EQL_OP_IN_EQ:
    case EQL_OP_IN_EQ_FOLD:
    case EQL_OP_IN_EQ_IP: return k->null[in->b] || k->null[in->c];
    case EQL_OP_CALL: return is_null_call(k, in);
    case EQL_OP_ARRAY_HAS: return is_missing(l, in->c);
    default: return false;
    }
}

/* Where it is not null already. */
static bool
is_untrue(const knowledge *k, const eql_lack *l, const eql_insn *in)
{
    switch ((eql_opcode)in->op) {
    case EQL_OP_AND: return k->untrue[in->b] || k->untrue[in->c];
    case EQL_OP_OR:
    case EQL_OP_IN_OR: return k->untrue[in->b] && k->untrue[in->c];
    case EQL_OP_CIDR: return k->null[in->b];
    case EQL_OP_CALL: /* null or false, as the dialect has it */
        return (in->b & ~EQL_CALL_FOLD) == EQL_FN_STRING_CONTAINS &&
               (k->null[in->a] || k->null[in->a + 1]);
    case EQL_OP_ANY_OF: return is_missing(l, l->p->iterators[in->c].field);
    case EQL_OP_LINEAGE: return l->dead && l->dead[l->p->lineages[in->c].stage];
    default: return false;
    }
}

/* The register that the leaf returns; EQL_NONE: none, which is no leaf. */
static uint32_t
follow(const eql_lack *l, uint32_t leaf, knowledge *k)
{
    eql_range code = l->p->leaves[leaf].code;

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &l->p->insns[code.first + i];
        bool null;

        if (in->op == EQL_OP_RETURN)
            return in->a;
        null = is_null(k, l, in);
        k->untrue[in->a] = null || is_untrue(k, l, in);
        k->null[in->a] = null;
    }
    return EQL_NONE;
}

bool
eql_lack_leaf(const eql_lack *l, uint32_t leaf)
{
    knowledge k = {0};
    uint32_t r = follow(l, leaf, &k);

    return r != EQL_NONE && k.untrue[r];
}

bool
eql_lack_value(const eql_lack *l, uint32_t leaf)
{
    knowledge k = {0};
    uint32_t r = follow(l, leaf, &k);

    return r != EQL_NONE && k.null[r];
}

bool
eql_lack_filter(const eql_lack *l, uint32_t filter, uint8_t *scratch)
{
    eql_range code = l->p->filters[filter].code;

    if (code.n == 0)
        return false;
    memset(scratch, 0, code.n);
    scratch[0] = true;
    /* Branches lead forward only, and the last instruction does not fall. */
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &l->p->insns[code.first + i];
        bool on_true = in->op == EQL_OP_BRANCH_TRUE;

        if (!scratch[i])
            continue;
        if (in->op == EQL_OP_ACCEPT)
            return false;
        if (!on_true && in->op != EQL_OP_BRANCH_FALSE)
            continue;
        if (!eql_lack_leaf(l, in->c))
            scratch[on_true ? i + 1 + in->b : i + 1] = true;
        scratch[on_true ? i + 1 : i + 1 + in->b] = true;
    }
    return true;
}
