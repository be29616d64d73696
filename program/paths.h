/* paths.h -- which fields of a program stand for the same place of an event.
 *
 * Fields differ in mode, type, origin and level, while what a fast reader finds
 * in an event's text, and what a memo remembers, belongs to the path alone.
 * Fields inside array elements count with the field around them. */
#ifndef EQL_PROGRAM_PATHS_H
#define EQL_PROGRAM_PATHS_H

#include "program/program.h"

typedef struct {
    uint32_t first; /* lowest field of the path: its name, its segs */
    bool plain;     /* names only: no [index], no quoted name with a dot */
} eql_field_path;

typedef struct {
    eql_field_path *items; /* in the order of their first fields */
    uint32_t n;
    uint32_t *of; /* per program field: its path, that of the field of the
                     event that it is a part of */
} eql_paths;

/* false when out of memory; then there is nothing to free. */
bool eql_paths_init(eql_paths *t, const eql_program *p);
void eql_paths_free(eql_paths *t);

#endif
