/* fields.h -- the fields that the rules of a program read, path by path. */
#ifndef EQL_API_FIELDS_H
#define EQL_API_FIELDS_H

#include "api/api.h"
#include "base/arena.h"

typedef struct {
    eql_strview path;
    uint32_t field; /* of the program: one that stands for the path */
    uint32_t rules; /* that read it */
    bool counted;   /* while counting: the rule at hand reads it */
} eql_seen_field;

struct eqlvm_fields {
    const eql_program *program;
    eql_arena *arena;
    eql_seen_field *items; /* in byte order of paths */
    uint32_t n;
};

/* Appends the dotted path of a program's field. */
void eql_fields_add_path(const eql_program *p, uint32_t field, eql_buf *out);

#endif
