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
#include "compiler/schema.h"

typedef struct eql_compiler eql_compiler;

/* How rules are read.  Borrowed texts outlive the compiler. */
typedef struct {
    eql_dialect dialect;
    bool strict;              /* what the dialect does not have is an error */
    bool any_dialect;         /* nobody chose the dialect: no W407 */
    const eql_schema *schema; /* NULL: none */
    eql_strview definitions;  /* macros and constants before every query */
    bool implied_any; /* a query may be a bare condition: `any where ...` */
    /* Dotted paths; empty: the dialect's. */
    eql_strview timestamp, category, tiebreaker;
    eql_strview process_id, process_parent; /* lineage */
    eql_strview host_key;                   /* pipes: count, unique_count */
    /* The compiler's own: paths that are known to be near no field of the
     * schema, for it is slow to find out.  NULL: not kept. */
    struct eql_map *far_paths;
} eql_compile_settings;

/* Where an event tells what process it is about, and its host: the settings'
 * paths, or the dialect's; empty: the dialect has none. */
typedef struct {
    eql_strview process_id, process_parent, process_type, process_opcode;
    eql_strview process_ancestry, process_name;
    eql_strview host_key;
} eql_role_paths;

eql_role_paths eql_compile_paths(const eql_compile_settings *o);

/* Elastic with the ECS schema. */
eql_compile_settings eql_compile_settings_default(void);

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

/* NULL when out of memory.  Errors in definitions are reported with the first
 * rule. */
eql_compiler *eql_compiler_new(const eql_compile_settings *o);
void eql_compiler_free(eql_compiler *c);
/* Compiles one rule into the program under construction.  diags->source is
 * set by this call, rule by rule and condition by condition. */
eql_compile_result eql_compiler_add(eql_compiler *c, const eql_rule_source *r,
                                    eql_diags *diags);
/* The same without taking it: for a rule whose file has errors of its own, some
 * of whose conditions may have no text. */
eql_compile_result eql_compiler_check(eql_compiler *c, const eql_rule_source *r,
                                      eql_diags *diags);
/* May rules of p be taken over?  false: another dialect. */
bool eql_compiler_takes(const eql_compiler *c, const eql_program *p);
/* Takes a rule of a compiled, verified program over.  EQL_COMPILE_BAD: the
 * program has another dialect, nothing is reported. */
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
