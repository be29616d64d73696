/* verify.h -- proves a program safe to run.
 *
 * After EQL_VERIFY_OK the VM needs no bounds check on anything a program
 * names: every index is in range, every string and run lies inside its array,
 * every register is written before it is read, jumps go forward and stay
 * inside their code, leaf code ends with RETURN and filter code with ACCEPT
 * or REJECT, constants have the kind their opcode wants, CIDR blocks and
 * regular expressions parse, calls fit their function, floats are finite,
 * booleans are 0 or 1, a rule's stages agree in number of keys, strings that
 * are shown (names, paths) are valid UTF-8.
 *
 * Array functions end, and read elements only of arrays that are iterated
 * around them.  Filters, exceptions, severities and keys are pure: they read
 * the event at hand and nothing else; residuals and pipes name events of their
 * own rule only.  A lineage asks for earlier ones at most.
 * Work per event and element is bounded by the size of the program. */
#ifndef EQL_PROGRAM_VERIFY_H
#define EQL_PROGRAM_VERIFY_H

#include "base/buf.h"
#include "program/program.h"

/* Positions of a rule: its stages with their runs.  Of all rules together:
 * so many for each stage, and the rest once. */
#define EQL_MAX_POSITIONS 10000u
#define EQL_VERIFY_POSITIONS_STAGE 256u
#define EQL_VERIFY_POSITIONS_FREE (1u << 20)
/* Instructions that one element costs in an array function; that an event
 * costs at most, bodies and filters counted once per use. */
#define EQL_VERIFY_WORK_BODY (1u << 20)
#define EQL_VERIFY_WORK_FREE (1u << 22)
#define EQL_VERIFY_WORK_SHARE 1024u /* per instruction of the program */
/* Regular expressions: lists, and what all together cost (verify_regex.c). */
#define EQL_VERIFY_REGEX_LISTS 4096u
#define EQL_VERIFY_REGEX_COST (1u << 22)

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
