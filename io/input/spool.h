/* spool.h -- texts of sources that cannot be read again, on disk.
 *
 * One unlinked temporary file with a budget; a text is written once and had
 * again by its offset. */
#ifndef EQL_IO_INPUT_SPOOL_H
#define EQL_IO_INPUT_SPOOL_H

#include "base/buf.h"

typedef struct eql_spool eql_spool;

/* dir: NULL for TMPDIR, else /tmp.  The file is made by the first put.  NULL
 * when out of memory. */
eql_spool *eql_spool_new(const char *dir, uint64_t max_bytes);
void eql_spool_free(eql_spool *s);
/* false: disk or budget; reason in why. */
bool eql_spool_put(eql_spool *s, eql_strview text, uint64_t *offset,
                   eql_buf *why);
/* Appends len bytes to out. */
bool eql_spool_get(eql_spool *s, uint64_t offset, size_t len, eql_buf *out,
                   eql_buf *why);
uint64_t eql_spool_bytes(const eql_spool *s);

/* Appends len bytes at offset of an open file to out; false when there are
 * fewer or reading fails. */
bool eql_spool_pread(int fd, uint64_t offset, size_t len, eql_buf *out,
                     eql_buf *why);

#endif
