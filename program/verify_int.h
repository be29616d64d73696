/* verify_int.h -- what the files of the verifier share; nobody else includes
 * it.
 *
 *   verify.c       strings, budgets, order of the checks
 *   verify_data.c  constants, fields, dialect, clocks
 *   verify_regex.c what regular expressions may cost
 *   verify_code.c  instructions of leaves and filters
 *   verify_scope.c array functions, and what code needs of its surroundings
 *   verify_rules.c stages, pipes, lineages, rules
 *   verify_owned.c nothing is left over: strings and records have owners
 *
 * Each check returns true, or says in v->result what is wrong. */
#ifndef EQL_PROGRAM_VERIFY_INT_H
#define EQL_PROGRAM_VERIFY_INT_H

#include "program/layout.h"
#include "program/verify.h"

/* What code needs of where it stands; of a leaf or of a filter, with all that
 * they name. */
typedef struct {
    /* ELEMENTS fields whose element it reads but does not choose itself. */
    uint32_t open[EQL_MAX_LEVELS];
    uint32_t nopen;
    uint32_t least_level; /* of the fields it iterates; EQL_MAX_LEVELS: none */
    uint32_t most_origin; /* of the fields it reads */
    uint32_t lineages;    /* 1 + the highest lineage it asks for; 0: none */
    uint32_t first_lineage; /* the lowest; EQL_NONE: none */
    bool known;             /* filters: worked out already */
    uint64_t work;          /* instructions, bodies once per use */
} eql_scope;

typedef struct {
    const eql_program *p;
    uint32_t n[EQL_SECTION_COUNT]; /* records */
    eql_verify_result result;
    uint64_t text;      /* bytes of text the VM reads, repeats counted */
    uint64_t work;      /* instructions the VM runs for an event */
    uint64_t regex;     /* cost of regular expressions */
    uint32_t nregexes;  /* lists of them */
    uint64_t positions; /* of all rules */
    /* Per table of runs: where the runs so far ended. */
    uint32_t next[EQL_SECTION_COUNT];
    uint32_t *children; /* per field: children seen so far */
    /* Per table of records that others name: those that are named. */
    bool *owned[EQL_SECTION_COUNT];
    uint64_t *starts;        /* of strings in the heap, and its end; bits */
    uint32_t *starts_before; /* per word of these */
    eql_scope *leaves, *filters;
} eql_verifier;

bool eql_verify_refuse(eql_verifier *v, eql_verify_code code,
                       eql_section section, uint32_t index);

static inline bool
eql_verify_in_range(eql_range r, uint32_t n)
{
    return r.first <= n && r.n <= n - r.first;
}

/* A run of this table that begins where the runs before it ended. */
bool eql_verify_next_run(eql_verifier *v, eql_section section, eql_range r);
/* The runs so far are all of the table; else its next record has no owner. */
bool eql_verify_all_run(eql_verifier *v, eql_section section);

static inline bool
eql_verify_is_boundary(const eql_program *p, uint32_t off)
{
    return off == p->nheap || ((unsigned char)p->heap[off] & 0xc0) != 0x80;
}

/* Is s cut from the heap between code points?  The heap is valid UTF-8. */
static inline bool
eql_verify_string_ok(const eql_verifier *v, eql_str s)
{
    return s.off <= v->p->nheap && s.len <= v->p->nheap - s.off &&
           eql_verify_is_boundary(v->p, s.off) &&
           eql_verify_is_boundary(v->p, s.off + s.len);
}

/* Budgets: false when they are spent. */
bool eql_verify_charge_text(eql_verifier *v, uint32_t len);
bool eql_verify_charge_work(eql_verifier *v, uint64_t n);

static inline bool
eql_verify_is_scalar(uint32_t kind)
{
    return kind <= EQL_CONST_STRING;
}

/* verify_data.c */
bool eql_verify_dialect(eql_verifier *v); /* but its fields */
bool eql_verify_consts(eql_verifier *v);
bool eql_verify_fields(eql_verifier *v);
bool eql_verify_paths(eql_verifier *v); /* fields of dialect and clocks */
/* Does the field belong to the event at hand, outside of array functions? */
bool eql_verify_plain_field(const eql_program *p, uint32_t field);

/* verify_regex.c: is k, a list of strings, one of regular expressions? */
bool eql_verify_regexes(eql_verifier *v, uint32_t k);

/* verify_code.c */
bool eql_verify_leaves(eql_verifier *v);
bool eql_verify_filters(eql_verifier *v);
bool eql_verify_iterators(eql_verifier *v);
/* Code of leaves and filters is all of insns[], and nobody's twice. */
bool eql_verify_code_tiles(eql_verifier *v);

/* verify_scope.c: fills v->leaves and v->filters. */
bool eql_verify_scopes(eql_verifier *v);
/* Reads nothing but the event at hand. */
bool eql_verify_is_pure(const eql_scope *s);

/* verify_rules.c */
bool eql_verify_stages(eql_verifier *v);
bool eql_verify_rules(eql_verifier *v);

/* verify_owned.c: the first thing (every string is one), and the last. */
bool eql_verify_strings(eql_verifier *v);
bool eql_verify_owned(eql_verifier *v);

#endif
