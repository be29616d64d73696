/* folded.c -- folding with a memory of one.
 *
 * The cache is keyed by address and length, so it must be told when an event
 * is replaced by the next in the same memory. */
#include "vm/folded.h"

/* Lower-case ASCII folds to itself. */
static bool
is_folded(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x80 || (c >= 'A' && c <= 'Z'))
            return false;
    }
    return true;
}

eql_strview
eql_folded_get(eql_folded *f, eql_strview s)
{
    if (f->src && f->src == s.p && f->len == s.len)
        return eql_buf_sv(&f->buf);
    if (is_folded(s))
        return s;
    f->buf.len = 0;
    eql_fold(&f->buf, s);
    if (f->buf.failed) {
        f->src = NULL;
        return eql_sv("", 0);
    }
    f->src = s.p;
    f->len = s.len;
    return eql_buf_sv(&f->buf);
}

void
eql_folded_forget(eql_folded *f)
{
    f->src = NULL;
}

void
eql_folded_free(eql_folded *f)
{
    eql_buf_free(&f->buf);
    f->src = NULL;
}
