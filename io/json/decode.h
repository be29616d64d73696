/* decode.h -- from a value's text to the slots of its fields: the simple cases,
 * scalars and arrays of scalars.
 *
 * Texts are well-formed and without anything to repair (walk.h).  What comes
 * out is what io/json/project.c makes of the same value. */
#ifndef EQL_IO_JSON_DECODE_H
#define EQL_IO_JSON_DECODE_H

#include "base/arena.h"
#include "program/program.h"
#include "event/event.h"

typedef struct {
    const eql_program *program;
    uint32_t *children; /* per field: first of those inside its elements .. */
    uint32_t *next;     /* .. and the one after this, by child number */
    eql_arena *arena;   /* of the event */
} eql_decode;

/* false when out of memory; then there is nothing to free. */
bool eql_decode_init(eql_decode *d, const eql_program *p);
void eql_decode_free(eql_decode *d);
/* What was decoded is gone. */
void eql_decode_reset(eql_decode *d);
/* Fills the slot of a field without parent; false: not simple, or out of memory
 * (then the arena says so).  Strings are borrowed from text or the arena. */
bool eql_decode_slot(eql_decode *d, uint32_t field, eql_strview text,
                     eql_slot *slot);

/* Writes what stands between a string's quotes without its escapes; how much.
 * out has room for s.len + 7 bytes. */
size_t eql_decode_text(eql_strview s, char *out);

#endif
