/* disasm.h -- prints a program as text; used by `eqlvm dump` and goldens. */
#ifndef EQL_PROGRAM_DISASM_H
#define EQL_PROGRAM_DISASM_H

#include "base/buf.h"
#include "program/program.h"

/* The whole program: rules with their stages, filters and leaves in the order
 * of first use, constants shown as comments. */
void eql_disasm(const eql_program *p, eql_buf *out);
/* One rule only, with what it uses. */
void eql_disasm_rule(const eql_program *p, uint32_t rule, eql_buf *out);

/* Name of an opcode; "?" when unknown. */
const char *eql_opcode_name(unsigned op);

#endif
