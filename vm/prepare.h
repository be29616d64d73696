/* prepare.h -- run-time tables of a program: constants ready to be compared,
 * and what is known of its leaves.
 *
 * A program holds literals and lists as the rules spell them; what the
 * interpreter wants is folded patterns, hashed sets, sorted address blocks,
 * compiled regexes and coerced numbers.  They are all made once, before the
 * first event, and never change, so threads may share them. */
#ifndef EQL_VM_PREPARE_H
#define EQL_VM_PREPARE_H

#include "base/regex.h"
#include "program/program.h"
#include "vm/compare.h"
#include "vm/network.h"
#include "vm/pattern.h"
#include "vm/set.h"

typedef struct {
    const eql_network_list *list;
    bool null_false; /* null is in no block, rather than null */
} eql_prepared_networks;

/* By the constant's kind; scalars that no instruction names have none. */
typedef union {
    eql_literal *literal;
    eql_pattern_list *patterns;
    eql_set *set;
    eql_prepared_networks *networks;
    eql_regex *regex;
} eql_prepared_const;

/* What a leaf or a filter asks of an event. */
typedef struct {
    bool free;     /* variables that an array function around it binds */
    bool impure;   /* other events, or lineage (program.h) */
    bool aliases;  /* other events */
    uint8_t depth; /* array functions inside each other in it */
} eql_code_facts;

typedef struct {
    const eql_program *p;
    eql_arena *arena;
    eql_comparing comparing;
    eql_case folding;           /* of operators that fold in any case */
    eql_prepared_const *consts; /* one per program constant */
    /* Field of each occurrence of each leaf; those of leaf i begin at
     * occurrence_first[i]. */
    uint32_t *occurrence_fields;
    uint32_t *occurrence_first;
    eql_code_facts *leaves;  /* one per program leaf */
    eql_code_facts *filters; /* one per program filter */
    uint32_t depth;          /* the greatest */
    /* While it is made: regexes to come, and what they may use. */
    uint32_t nregexes;
    size_t regex_memory;
} eql_prepared;

/* Of all regexes together; enough for the verifier's greatest number. */
#define EQL_PREPARED_REGEX_MEMORY ((size_t)512 << 20)

/* Why it failed: the constant that is no usable regex, EQL_NONE: memory. */
typedef struct {
    uint32_t constant;
    eql_regex_error regex;
} eql_prepare_error;

/* p is verified and outlives the result.  NULL: *why, which may be NULL. */
eql_prepared *eql_prepared_new(const eql_program *p, eql_prepare_error *why);
void eql_prepared_free(eql_prepared *pr); /* NULL is fine */

/* A scalar constant as a value; its string is the program's. */
eql_value eql_prepared_value(const eql_program *p, const eql_const *k);

/* The field of the event that field f is, or is a part of. */
uint32_t eql_prepared_root(const eql_program *p, uint32_t f);

#endif
