/* keys.h -- the key tuples that an event has at a stage (spec 8.3).
 *
 * Distinct non-null values of each key field, in first-seen order; their
 * product, first key slowest.  Both the number of tuples and their bytes are
 * bounded. */
#ifndef EQL_VM_KEYS_H
#define EQL_VM_KEYS_H

#include "program/program.h"
#include "vm/event.h"
#include "vm/hit.h"

#define EQL_MAX_KEY_TUPLES 1024u            /* per event and stage */
#define EQL_MAX_KEY_VALUE ((size_t)1 << 20) /* bytes of one value */

typedef struct eql_keys eql_keys;

typedef enum {
    EQL_KEYS_OK,      /* at least one tuple was added */
    EQL_KEYS_KEYLESS, /* a key has no value: the event is not for this stage */
    EQL_KEYS_LOST,    /* all tuples exceed the bounds */
    EQL_KEYS_NOMEM
} eql_keys_result;

eql_keys *eql_keys_new(const eql_program *p); /* NULL: out of memory */
void eql_keys_free(eql_keys *k);              /* NULL is fine */
/* Adds the tuples to the open entry of rec.  missing[i] is counted up for every
 * program.keys[i] of the stage without a value, optional ones too.  *capped is
 * set when tuples were left out. */
eql_keys_result eql_keys_add(eql_keys *k, uint32_t stage, const eql_event *ev,
                             uint64_t *missing, eql_buf *rec, size_t entry,
                             bool *capped);

#endif
