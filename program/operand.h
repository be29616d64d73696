/* operand.h -- what an instruction names outside of its code: always by operand
 * c, of the kind that opcode.def gives it. */
#ifndef EQL_PROGRAM_OPERAND_H
#define EQL_PROGRAM_OPERAND_H

#include "program/program.h"

typedef enum {
    EQL_NAMES_NOTHING,
    EQL_NAMES_FIELD,
    EQL_NAMES_CONST,
    EQL_NAMES_LEAF,
    EQL_NAMES_ITERATOR,
    EQL_NAMES_LINEAGE
} eql_insn_named;

/* in->op is an opcode. */
eql_insn_named eql_insn_names(const eql_insn *in);

#endif
