/* compile.h -- rules to one program: runs the passes, owns their arena.
 *
 *   text -parse-> AST -sema-> typed AST -plan-> plan -emit-> builder -> program
 *
 * A rule that has errors contributes nothing to the program. */
#ifndef EQL_COMPILER_COMPILE_H
#define EQL_COMPILER_COMPILE_H

#include "base/diag.h"
#include "program/program.h"
#include "program/rule.h"

typedef struct eql_compiler eql_compiler;

typedef enum {
    EQL_COMPILED,    /* the rule is in the program */
    EQL_COMPILE_BAD, /* it has errors, all in diags */
    EQL_COMPILE_NOMEM
} eql_compile_result;

typedef enum {
    EQL_DUMP_TOKENS,
    EQL_DUMP_AST,
    EQL_DUMP_TYPED,
    EQL_DUMP_PLAN
} eql_dump_pass;

eql_compiler *eql_compiler_new(void); /* NULL when out of memory */
void eql_compiler_free(eql_compiler *c);
/* Compiles one rule into the program under construction.  diags->source is
 * set by this call, rule by rule and condition by condition. */
eql_compile_result eql_compiler_add(eql_compiler *c, const eql_rule_source *r,
                                    eql_diags *diags);
/* Takes a rule of a compiled, verified program over.  Never EQL_COMPILE_BAD. */
eql_compile_result eql_compiler_import(eql_compiler *c, const eql_program *p,
                                       uint32_t rule);
/* Prints what one pass makes of a rule, without adding it. */
eql_compile_result eql_compiler_dump(eql_compiler *c, const eql_rule_source *r,
                                     eql_dump_pass pass, eql_diags *diags,
                                     eql_buf *out);
uint32_t eql_compiler_nrules(const eql_compiler *c);
/* The program of all rules added so far, verified (a program of ours that the
 * verifier refuses is a bug: reported in why, NULL returned). */
eql_program *eql_compiler_finish(eql_compiler *c, eql_buf *why);

#endif
