/* verify.h -- proves a program safe to run.
 *
 * After EQL_VERIFY_OK the VM needs no bounds check on anything a program
 * names: every index is in range, every string and run lies inside its array,
 * every register is written before it is read, jumps go forward and stay
 * inside their code, leaf code ends with RETURN and filter code with ACCEPT
 * or REJECT, constants have the kind their opcode wants, CIDR blocks parse,
 * floats are finite, booleans are 0 or 1, a rule's stages agree in number of
 * keys, strings that are shown (names, paths) are valid UTF-8.
 * Work per event is bounded by the size of the program. */
#ifndef EQL_PROGRAM_VERIFY_H
#define EQL_PROGRAM_VERIFY_H

#include "base/buf.h"
#include "program/program.h"

typedef enum {
    EQL_VERIFY_OK,
#define X(name, text) EQL_VERIFY_##name,
#include "program/verify_codes.def"
#undef X
    EQL_VERIFY_COUNT
} eql_verify_code;

typedef struct {
    eql_verify_code code;
    const char *section; /* static text: "stages", "insns", ... */
    uint32_t index;      /* record in that section */
} eql_verify_result;

eql_verify_result eql_verify(const eql_program *p);
/* One line: 'stages[3]: filter index out of range'. */
void eql_verify_describe(const eql_verify_result *r, eql_buf *out);

#endif
