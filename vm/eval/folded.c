/* folded.c -- comparing under a case, and folding with a memory of one.
 *
 * The cache is keyed by address and length, so it must be told when an event
 * is replaced by the next in the same memory.  Unicode folding itself is
 * base/fold.c's. */
#include "vm/eval/folded.h"

eql_case
eql_case_folding(const eql_dialect *d)
{
    return d->case_fold == EQL_CASE_FOLD_ASCII ? EQL_CASE_ASCII
                                               : EQL_CASE_UNICODE;
}

eql_case
eql_case_of_strings(const eql_dialect *d)
{
    if (d->string_case == EQL_STRING_CASE_SENSITIVE)
        return EQL_CASE_EXACT;
    return eql_case_folding(d);
}

static unsigned char
ascii_fold(char ch)
{
    unsigned char c = (unsigned char)ch;

    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static int
compare_ascii(eql_strview a, eql_strview b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < n; i++) {
        int c = ascii_fold(a.p[i]) - ascii_fold(b.p[i]);

        if (c)
            return c;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int
compare_unicode(eql_strview a, eql_strview b)
{
    size_t i = 0, j = 0;

    while (i < a.len && j < b.len) {
        size_t m, n;
        uint32_t x = eql_fold_cp(eql_utf8_decode(a.p + i, a.len - i, &m));
        uint32_t y = eql_fold_cp(eql_utf8_decode(b.p + j, b.len - j, &n));

        if (x != y)
            return x < y ? -1 : 1;
        i += m;
        j += n;
    }
    return (i < a.len) - (j < b.len);
}

bool
eql_case_equal(eql_case c, eql_strview a, eql_strview b)
{
    switch (c) {
    case EQL_CASE_UNICODE: return eql_fold_eq(a, b);
    case EQL_CASE_ASCII: return eql_sv_eq_ascii_ci(a, b);
    case EQL_CASE_EXACT: break;
    }
    return eql_sv_eq(a, b);
}

int
eql_case_compare(eql_case c, eql_strview a, eql_strview b)
{
    switch (c) {
    case EQL_CASE_UNICODE: return compare_unicode(a, b);
    case EQL_CASE_ASCII: return compare_ascii(a, b);
    case EQL_CASE_EXACT: break;
    }
    return eql_sv_cmp(a, b);
}

void
eql_case_fold(eql_case c, eql_buf *out, eql_strview s)
{
    if (c == EQL_CASE_UNICODE) {
        eql_fold(out, s);
        return;
    }
    if (c == EQL_CASE_EXACT) {
        eql_buf_add_sv(out, s);
        return;
    }
    if (!eql_buf_reserve(out, s.len))
        return;
    for (size_t i = 0; i < s.len; i++)
        eql_buf_add_char(out, (char)ascii_fold(s.p[i]));
}

eql_strview
eql_folded_get(eql_folded *f, eql_case c, eql_strview s)
{
    if (f->src && f->src == s.p && f->len == s.len)
        return eql_buf_sv(&f->buf);
    if (eql_fold_keeps_ascii(s)) /* of either case */
        return s;
    f->buf.len = 0;
    eql_case_fold(c, &f->buf, s);
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
