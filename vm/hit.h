/* hit.h -- a hit: what an event that satisfied some stage leaves behind.
 *
 * The first half of the engine (pure filters) writes hits as flat records,
 * so that they can be sorted, spilled to disk and merged as bytes; the second
 * half (ordered, stateful) reads them.  Layout of one record, 8-aligned:
 *
 *   eql_hit | eql_hit_entry, tuple, tuple, ... | eql_hit_entry, tuple ... |
 *
 * A tuple is uint32_t length and that many bytes, padded to 4; entries are
 * padded to 8.  Tuple bytes are canonical: equal keys (spec 8.3) are equal
 * bytes.  See eql_hit_key_* for what is inside. */
#ifndef EQL_VM_HIT_H
#define EQL_VM_HIT_H

#include "base/buf.h"
#include "program/program.h"

/* Where an event's bytes can be had again; made by io, opaque to vm. */
typedef struct {
    uint64_t offset;
    uint32_t len;
    uint32_t store;
} eql_event_ref;

#define EQL_HIT_TIMED 1u    /* time_ns is the event's time */
#define EQL_HIT_PENDING 2u  /* time is settled at the end of its file */
#define EQL_HIT_HAS_UTC 4u  /* PENDING: time_ns is Sysmon's UtcTime */
#define EQL_HIT_HAS_WALL 8u /* PENDING: wall_ns is the record's local time */

typedef struct {
    uint32_t size; /* of the whole record, bytes, multiple of 8 */
    uint32_t flags;
    int64_t time_ns;
    int64_t wall_ns;
    uint64_t line; /* in its file, from 1 */
    eql_event_ref ref;
    uint32_t file; /* position on the command line, from 0 */
    uint32_t nentries;
} eql_hit;

typedef struct {
    uint32_t size;       /* with its tuples, bytes, multiple of 8 */
    uint32_t stage;      /* of program.stages[]; see EQL_HIT_EXCEPTED */
    uint32_t severities; /* bit `order` set: that condition holds */
    uint32_t ntuples;    /* at least 1 */
} eql_hit_entry;

/* Set in `stage` by the planted fault exception_after only, never else. */
#define EQL_HIT_EXCEPTED 0x80000000u

/* A record is at most this large; tuples that do not fit are left out and
 * counted (keys.h), so that every buffer behind it is bounded. */
#define EQL_HIT_MAX_BYTES ((size_t)8 << 20)

/* One key value inside a tuple: a tag byte, then its payload.
 *   'n' null | 'b' 0/1 | 'i' int64 (also integral doubles) | 'd' double |
 *   's' uint32 length and text | 'a' 16 address bytes
 * Numbers are in host order; image and hits never leave the machine. */
void eql_hit_key_value(eql_buf *tuple, eql_field_type type, const eql_value *v);
/* Decodes the value at *pos of a tuple and moves *pos on; false at the end.
 * An address is given as its canonical text in scratch. */
bool eql_hit_key_next(eql_strview tuple, size_t *pos, eql_value *v,
                      char scratch[48]);

/* Order of tuples in output: value by value, null < booleans < numbers <
 * addresses < strings; <0, 0, >0. */
int eql_hit_key_compare(eql_strview a, eql_strview b);

/* Writing: open; per entry: entry, tuples, entry_close; close.  The buffer is
 * emptied by open; out of memory is its sticky flag. */
void eql_hit_open(eql_buf *rec, const eql_hit *head);
/* Returns the entry's place, for entry_close. */
size_t eql_hit_entry_open(eql_buf *rec, uint32_t stage, uint32_t severities);
void eql_hit_tuple_add(eql_buf *rec, size_t entry, eql_strview tuple);
void eql_hit_entry_close(eql_buf *rec, size_t entry);
/* Takes an entry that is open back. */
void eql_hit_entry_drop(eql_buf *rec, size_t entry);
void eql_hit_close(eql_buf *rec, const eql_event_ref *ref);

/* Walks entries and tuples: NULL at the end. */
const eql_hit_entry *eql_hit_first(const eql_hit *h);
const eql_hit_entry *eql_hit_next(const eql_hit *h, const eql_hit_entry *e);
eql_strview eql_hit_tuple_first(const eql_hit_entry *e); /* p NULL at the end */
eql_strview eql_hit_tuple_next(const eql_hit_entry *e, eql_strview t);

#endif
