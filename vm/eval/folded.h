/* folded.h -- case: which letters are one, and the folded form of the text
 * that is being looked at.
 *
 * Many leaves ask for the same field, one after the other; the last text that
 * was folded is kept.  Most text needs no change and is returned as it is. */
#ifndef EQL_VM_EVAL_FOLDED_H
#define EQL_VM_EVAL_FOLDED_H

#include "base/text.h"
#include "program/dialect.h"

/* How two texts are compared. */
typedef enum {
    EQL_CASE_EXACT,
    EQL_CASE_UNICODE, /* case_fold=unicode (language 6.3) */
    EQL_CASE_ASCII    /* case_fold=ascii: only A to Z fold */
} eql_case;

/* Case of an operator that folds, and of one that goes by string_case. */
eql_case eql_case_folding(const eql_dialect *d);
eql_case eql_case_of_strings(const eql_dialect *d);

bool eql_case_equal(eql_case c, eql_strview a, eql_strview b);
int eql_case_compare(eql_case c, eql_strview a, eql_strview b);
/* Appends the folded form of s; EXACT: s. */
void eql_case_fold(eql_case c, eql_buf *out, eql_strview s);

/* All-zero is empty. */
typedef struct {
    const char *src; /* the text whose folded form buf holds; NULL: none */
    size_t len;
    eql_buf buf;
} eql_folded;

/* c: always the same one.  Valid until the next call.  When memory runs out,
 * f->buf.failed is set and the result is empty. */
eql_strview eql_folded_get(eql_folded *f, eql_case c, eql_strview s);
/* Texts may have changed in place: forgets the last one. */
void eql_folded_forget(eql_folded *f);
void eql_folded_free(eql_folded *f);

#endif
