/* folded.h -- the folded form of the text that is being looked at.
 *
 * Many leaves ask for the same field, one after the other; the last text that
 * was folded is kept.  Most text needs no change and is returned as it is. */
#ifndef EQL_VM_FOLDED_H
#define EQL_VM_FOLDED_H

#include "base/text.h"

/* All-zero is empty. */
typedef struct {
    const char *src; /* the text whose folded form buf holds; NULL: none */
    size_t len;
    eql_buf buf;
} eql_folded;

/* Valid until the next call.  When memory runs out, f->buf.failed is set and
 * the result is empty. */
eql_strview eql_folded_get(eql_folded *f, eql_strview s);
/* Texts may have changed in place: forgets the last one. */
void eql_folded_forget(eql_folded *f);
void eql_folded_free(eql_folded *f);

#endif
