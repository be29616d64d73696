/* import_int.h -- what the two files of the import share: import_gather.c finds
 * what a rule needs, builder_import.c adds it.  Nobody else includes this. */
#ifndef EQL_PROGRAM_IMPORT_INT_H
#define EQL_PROGRAM_IMPORT_INT_H

#include "base/buf.h"
#include "base/map.h"
#include "program/program.h"

/* What records may name. */
typedef enum {
    EQL_IMPORT_FIELD,
    EQL_IMPORT_CONST,
    EQL_IMPORT_LEAF,
    EQL_IMPORT_FILTER,
    EQL_IMPORT_ITERATOR,
    EQL_IMPORT_LINEAGE,
    EQL_IMPORT_STAGE,
    EQL_IMPORT_COUNT,
    EQL_IMPORT_NONE = EQL_IMPORT_COUNT
} eql_import_kind;

/* A record of the old program and where it is now. */
typedef struct {
    uint32_t from, to; /* to: EQL_NONE until it is added */
} eql_moved;

/* The records of one kind that the rule needs: as they are found, then, once
 * all are, in the order of the old program. */
typedef struct {
    eql_vec v;     /* eql_moved */
    eql_map *seen; /* from -> something */
    uint32_t done; /* so many have been looked into */
} eql_gathered;

typedef struct {
    const eql_program *p;
    eql_builder *b;
    const eql_rule *rule;
    eql_vec strings; /* eql_str, old */
    eql_gathered of[EQL_IMPORT_COUNT];
    uint32_t next_iterator; /* of those gathered */
    uint32_t first_stage;   /* of the rule, as it will be */
    bool failed;
} eql_import;

/* What an instruction names (operand.h). */
eql_import_kind eql_import_kind_of(const eql_insn *in);
/* Everything that the rule needs, each kind in the order of the old program.
 * im->failed when out of memory. */
void eql_import_gather(eql_import *im);
/* NULL when it was not gathered. */
eql_moved *eql_import_find(const eql_import *im, eql_import_kind kind,
                           uint32_t from);
static inline uint32_t
eql_import_from(const eql_import *im, unsigned kind, uint32_t i)
{
    return ((const eql_moved *)eql_vec_at(&im->of[kind].v, i))->from;
}

/* Fields of a dialect that are made when a rule needs them. */
#define EQL_IMPORT_DIALECT_FIELDS 7
void eql_import_dialect_fields(eql_dialect *d,
                               uint32_t *out[EQL_IMPORT_DIALECT_FIELDS]);

#endif
