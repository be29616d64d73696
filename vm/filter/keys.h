/* keys.h -- the key tuples that an event has at a stage (language 8.9), and the
 * form in which a dialect compares key values.
 *
 * Distinct non-null values of each key, in first-seen order; their product,
 * first key slowest.  Both the number of tuples and their bytes are bounded. */
#ifndef EQL_VM_FILTER_KEYS_H
#define EQL_VM_FILTER_KEYS_H

#include "program/program.h"
#include "event/event.h"
#include "vm/eval/folded.h"
#include "event/hit.h"
#include "vm/eval/interp.h"

#define EQL_MAX_KEY_TUPLES 1024u            /* per event and stage */
#define EQL_MAX_KEY_VALUE ((size_t)1 << 20) /* bytes of one value */

/* Appends eql_hit_key_value of v, with text, of lists and objects too, folded.
 */
void eql_key_folded(eql_case how, eql_field_type type, const eql_value *v,
                    eql_buf *out);
/* Appends v as a dialect compares it: of the field's type (language 15.1) where
 * it can be, text folded under key_case=fold; see eql_hit_key_value. */
void eql_key_value(const eql_dialect *d, eql_field_type type,
                   const eql_value *v, eql_buf *out);
/* As the event spells it. */
void eql_key_spelling(eql_field_type type, const eql_value *v, eql_buf *out);

typedef struct eql_keys eql_keys;

typedef enum {
    EQL_KEYS_OK,      /* at least one tuple was added */
    EQL_KEYS_KEYLESS, /* a key has no value: the event is not for this stage */
    EQL_KEYS_LOST,    /* all tuples exceed the bounds */
    EQL_KEYS_NOMEM
} eql_keys_result;

/* it: looks at the event of every call; borrowed.  NULL: out of memory. */
eql_keys *eql_keys_new(const eql_program *p, eql_interp *it);
void eql_keys_free(eql_keys *k); /* NULL is fine */
/* Adds the tuples to the open entry of rec.  *capped is set when tuples were
 * left out. */
eql_keys_result eql_keys_add(eql_keys *k, uint32_t stage, const eql_event *ev,
                             eql_buf *rec, size_t entry, bool *capped);
/* Events without a value for program.keys[key], optional ones too. */
uint64_t eql_keys_missing(const eql_keys *k, uint32_t key);
/* Moves these numbers of `from` to `to`. */
void eql_keys_collect(eql_keys *to, eql_keys *from);

#endif
