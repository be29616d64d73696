/* hit.h -- a hit: what an event that satisfied some stage leaves behind.
 *
 * The first half of the engine (pure filters) writes hits as flat records,
 * so that they can be sorted, spilled to disk and merged as bytes; the second
 * half (ordered, stateful) reads them.  Layout of one record, 8-aligned:
 *
 *   eql_hit | eql_hit_entry, tuple, tuple, ... | eql_hit_entry, tuple ... |
 *
 * A tuple is uint32_t length and that many bytes, padded to 4; behind the last
 * one stand `captured` bytes that capture.h knows; entries are padded to 8.
 * Tuple bytes are canonical: equal keys (language 8.9) are equal bytes.  Where
 * the event spells its key otherwise, the tuple is followed by that spelling,
 * in the same form, and its length is marked with EQL_HIT_SHOWN.  See
 * eql_hit_key_* for what is inside. */
#ifndef EQL_EVENT_HIT_H
#define EQL_EVENT_HIT_H

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
    uint32_t clock;    /* of program.clocks[]; one hit of an event per clock */
    uint32_t tie_kind; /* eql_tie_kind */
    uint64_t tie;      /* tiebreaker as an ordered number */
} eql_hit;

/* Among equal times a present tiebreaker comes first (language 2.3): numbers,
 * and texts that read as one, by value; then other texts by their first eight
 * bytes.  A fraction does not count, nor what lies beyond int64. */
typedef enum { EQL_TIE_NUMBER, EQL_TIE_TEXT, EQL_TIE_ABSENT } eql_tie_kind;
void eql_hit_set_tie(eql_hit *h, const eql_value *v); /* NULL: absent */

typedef struct {
    uint32_t size;       /* with its tuples, bytes, multiple of 8 */
    uint32_t stage;      /* of program.stages[], or EQL_HIT_PROCESS */
    uint32_t severities; /* bit `order` set: that condition holds */
    uint32_t ntuples;    /* at least 1; 0 for EQL_HIT_PROCESS and LINEAGE */
    uint32_t tuples;     /* bytes of them, padding and spellings included */
    uint32_t captured;   /* bytes behind them */
} eql_hit_entry;

/* In place of a stage: an event of a process, for lineage (language 9.1); its
 * captured values are those of the dialect's process_* fields.  It is the first
 * entry of its hit. */
#define EQL_HIT_PROCESS 0x7fffffffu

/* A record is at most this large; tuples that do not fit are left out and
 * counted (keys.h), so that every buffer behind it is bounded. */
#define EQL_HIT_MAX_BYTES ((size_t)8 << 20)

/* Of the length before a tuple: its spelling follows. */
#define EQL_HIT_SHOWN 0x80000000u

/* One key value inside a tuple: a tag byte, then its payload.
 *   'n' null | 'b' 0/1 | 'i' int64 (also integral doubles) | 'd' double |
 *   's' uint32 length and text | 'a' 16 address bytes |
 *   'j' uint32 length and JSON text of an array or object (opaque)
 * Numbers are in host order; image and hits never leave the machine.
 *
 * This is the value as it is; keys.h makes of it what a dialect joins by. */
void eql_hit_key_value(eql_buf *tuple, eql_field_type type, const eql_value *v);
/* Decodes the value at *pos of a tuple and moves *pos on; false at the end.
 * An address is given as its canonical text in scratch; an array or object as
 * EQL_ARRAY or EQL_OBJECT. */
bool eql_hit_key_next(eql_strview tuple, size_t *pos, eql_value *v,
                      char scratch[48]);

/* Order of tuples in output: value by value, null < booleans < numbers <
 * addresses < strings < arrays and objects; <0, 0, >0. */
int eql_hit_key_compare(eql_strview a, eql_strview b);

/* Writing: open; per entry: entry, tuples, entry_close; close.  The buffer is
 * emptied by open; out of memory is its sticky flag. */
void eql_hit_open(eql_buf *rec, const eql_hit *head);
/* Returns the entry's place, for entry_close. */
size_t eql_hit_entry_open(eql_buf *rec, uint32_t stage, uint32_t severities);
void eql_hit_tuple_add(eql_buf *rec, size_t entry, eql_strview tuple);
/* The same with the event's spelling beside it. */
void eql_hit_tuple_add_shown(eql_buf *rec, size_t entry, eql_strview tuple,
                             eql_strview shown);
/* After the last tuple. */
void eql_hit_captured_add(eql_buf *rec, size_t entry, eql_strview bytes);
/* The same when the record's bytes from `from` on are what is captured. */
void eql_hit_captured_from(eql_buf *rec, size_t entry, size_t from);
void eql_hit_entry_close(eql_buf *rec, size_t entry);
/* Takes an entry that is open back. */
void eql_hit_entry_drop(eql_buf *rec, size_t entry);
void eql_hit_close(eql_buf *rec, const eql_event_ref *ref);

/* Walks entries and tuples: NULL at the end. */
const eql_hit_entry *eql_hit_first(const eql_hit *h);
const eql_hit_entry *eql_hit_next(const eql_hit *h, const eql_hit_entry *e);
eql_strview eql_hit_tuple_first(const eql_hit_entry *e); /* p NULL at the end */
eql_strview eql_hit_tuple_next(const eql_hit_entry *e, eql_strview t);
eql_strview eql_hit_captured(const eql_hit_entry *e);
/* The tuple as the event spells it; t itself unless the two differ. */
eql_strview eql_hit_tuple_shown(const eql_hit_entry *e, eql_strview t);

#endif
