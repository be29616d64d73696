/* base.c -- the one helper of base.h that is too long to be inline.
 *
 * Knows ASCII only: names of functions, units and file extensions are ASCII
 * by grammar, and folding them must not depend on Unicode tables. */
#include "base/base.h"

static unsigned char
ascii_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool
eql_sv_eq_ascii_ci(eql_strview a, eql_strview b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower((unsigned char)a.p[i]) !=
            ascii_lower((unsigned char)b.p[i]))
            return false;
    return true;
}
