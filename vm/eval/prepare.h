/* prepare.h -- run-time tables of a program: constants ready to be compared,
 * and what is known of its leaves.
 *
 * A program holds literals and lists as the rules spell them; what the
 * interpreter wants is folded patterns, hashed sets, sorted address blocks,
 * compiled regexes and coerced numbers.  Each is made once and does not change
 * then, so threads may share them: numbers before the first event, lists when
 * one is first asked for, since most never are. */
#ifndef EQL_VM_EVAL_PREPARE_H
#define EQL_VM_EVAL_PREPARE_H

#include <stdatomic.h>

#include "base/regex.h"
#include "program/program.h"
#include "vm/eval/compare.h"
#include "vm/eval/network.h"
#include "vm/eval/pattern.h"
#include "vm/eval/set.h"

typedef struct {
    const eql_network_list *list;
    bool null_false; /* null is in no block, rather than null */
} eql_prepared_networks;

/* By the constant's kind; scalars that no instruction names have none. */
typedef union {
    eql_literal *literal;
    /* eql_pattern_list, eql_set, eql_prepared_networks or eql_regex; NULL: not
     * asked for so far. */
    _Atomic(const void *) list;
} eql_prepared_const;

/* Makes lists, one thread at a time. */
typedef struct eql_prepared_maker eql_prepared_maker;

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
    eql_prepared_maker *maker;
    /* Field of each occurrence of each leaf; those of leaf i begin at
     * occurrence_first[i]. */
    uint32_t *occurrence_fields;
    uint32_t *occurrence_first;
    eql_code_facts *leaves;  /* one per program leaf */
    eql_code_facts *filters; /* one per program filter */
    uint32_t depth;          /* the greatest */
} eql_prepared;

/* Of all regexes together; enough for the verifier's greatest number. */
#define EQL_PREPARED_REGEX_MEMORY ((size_t)512 << 20)

/* p is verified and outlives the result.  NULL: out of memory. */
eql_prepared *eql_prepared_new(const eql_program *p);
void eql_prepared_free(eql_prepared *pr); /* NULL is fine */

/* What eql_prepared_list does when the list is not there. */
const void *eql_prepared_make(const eql_prepared *pr, uint32_t k);
/* Was a list asked for that there was no memory for, or a regex that is too
 * large, which the compiler lets none be?  Once true it stays so, and what was
 * decided without the list is void. */
bool eql_prepared_failed(const eql_prepared *pr);
/* What a list said was void, for lack of memory. */
void eql_prepared_fail(const eql_prepared *pr);

/* Constant k, of the kind that the name says; any thread.  NULL: out of
 * memory. */
static inline const void *
eql_prepared_list(const eql_prepared *pr, uint32_t k)
{
    const void *list =
        atomic_load_explicit(&pr->consts[k].list, memory_order_acquire);

    return list ? list : eql_prepared_make(pr, k);
}

static inline const eql_pattern_list *
eql_prepared_patterns(const eql_prepared *pr, uint32_t k)
{
    return eql_prepared_list(pr, k);
}

static inline const eql_set *
eql_prepared_set(const eql_prepared *pr, uint32_t k)
{
    return eql_prepared_list(pr, k);
}

static inline const eql_regex *
eql_prepared_regex(const eql_prepared *pr, uint32_t k)
{
    return eql_prepared_list(pr, k);
}

static inline const eql_prepared_networks *
eql_prepared_network(const eql_prepared *pr, uint32_t k)
{
    return eql_prepared_list(pr, k);
}

/* A scalar constant as a value; its string is the program's. */
eql_value eql_prepared_value(const eql_program *p, const eql_const *k);

/* The field of the event that field f is, or is a part of. */
uint32_t eql_prepared_root(const eql_program *p, uint32_t f);

#endif
