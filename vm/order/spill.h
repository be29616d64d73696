/* spill.h -- one temporary file of hit records: append, then read back.
 *
 * The file has no name from the start, so nothing is left behind however the
 * process ends.  The first error is kept as text; nothing is retried but
 * interrupted calls. */
#ifndef EQL_VM_ORDER_SPILL_H
#define EQL_VM_ORDER_SPILL_H

#include "base/base.h"
#include "event/hit.h"

typedef struct {
    int fd;          /* -1: not open */
    uint64_t len;    /* bytes in the file */
    char error[320]; /* "" when none */
} eql_spill;

void eql_spill_init(eql_spill *s);
/* dir NULL: TMPDIR, else /tmp.  Opening an open file does nothing. */
bool eql_spill_open(eql_spill *s, const char *dir);
/* false: the file is as it was. */
bool eql_spill_append(eql_spill *s, const void *p, size_t n);
bool eql_spill_read(eql_spill *s, uint64_t off, void *p, size_t n);
/* Empties the file and gives its space back. */
bool eql_spill_reset(eql_spill *s);
void eql_spill_close(eql_spill *s); /* keeps the error */

/* Reads the records of [next, end) one after the other through a buffer of
 * the caller's, 8-aligned and at least as large as the largest record. */
typedef struct {
    eql_spill *file;
    uint64_t next, end; /* in the file: what is not in the buffer yet */
    char *buf;
    size_t cap;
    size_t pos, len; /* unread part of the buffer: [pos, len) */
    size_t last;     /* of the record that next gave last */
    size_t far;      /* what ahead comes to next, if nfar > 0 */
    uint32_t nfar;   /* records in [pos, far) */
} eql_spill_reader;

/* The next record, valid until the next call, or NULL at the end; false on an
 * error, which is then in file->error.  The caller may change the record. */
bool eql_spill_next(eql_spill_reader *r, eql_hit **h);
/* A record that comes up to n records later, with its place; each is told at
 * most once, some never.  NULL: none is known yet. */
const eql_hit *eql_spill_ahead(eql_spill_reader *r, uint32_t n,
                               uint64_t *place);
/* Where in the file the record that next gave last begins. */
uint64_t eql_spill_place(const eql_spill_reader *r);

#endif
