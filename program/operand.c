/* operand.c -- see operand.h. */
#include "program/operand.h"

/* By the letter of the operand's kind. */
enum {
    NAMES__ = EQL_NAMES_NOTHING,
    NAMES_R = EQL_NAMES_NOTHING,
    NAMES_A = EQL_NAMES_NOTHING,
    NAMES_F = EQL_NAMES_FIELD,
    NAMES_E = EQL_NAMES_FIELD,
    NAMES_K = EQL_NAMES_CONST,
    NAMES_P = EQL_NAMES_CONST,
    NAMES_S = EQL_NAMES_CONST,
    NAMES_N = EQL_NAMES_CONST,
    NAMES_G = EQL_NAMES_CONST,
    NAMES_L = EQL_NAMES_LEAF,
    NAMES_I = EQL_NAMES_ITERATOR,
    NAMES_Y = EQL_NAMES_LINEAGE
};

static const uint8_t names[EQL_OP_COUNT] = {
#define OP(name, a, b, c, text) NAMES_##c,
#include "program/opcode.def"
#undef OP
};

eql_insn_named
eql_insn_names(const eql_insn *in)
{
    return (eql_insn_named)names[in->op];
}
