/* version.c -- see version.h. */
#include "vm/eval/version.h"

/* A version taken apart.  Parts are without the mark before them. */
typedef struct {
    bool valid;
    bool has_pre, has_build;
    eql_strview main, pre, build;
} version;

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool
is_number(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.len > 0;
}

/* Up to the next dot, which is cut off with it. */
static eql_strview
next_identifier(eql_strview *rest)
{
    const char *dot = memchr(rest->p, '.', rest->len);
    size_t n = dot ? (size_t)(dot - rest->p) : rest->len;
    eql_strview id = eql_sv(rest->p, n);

    n += dot != NULL;
    *rest = eql_sv(rest->p + n, rest->len - n);
    return id;
}

typedef enum { MAIN, PRE, BUILD } part;

static bool
is_identifier(eql_strview s, part of)
{
    bool number = is_number(s);

    if (of == MAIN && !number)
        return false;
    if (of != BUILD && number && s.len > 1 && s.p[0] == '0')
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.p[i]) && !is_letter(s.p[i]))
            return false;
    return s.len > 0;
}

static bool
is_part(eql_strview s, part of)
{
    uint32_t n = 1;

    if (s.len == 0 || s.p[s.len - 1] == '.')
        return false;
    while (s.len > 0)
        if (n++ > EQL_MAX_VERSION_IDENTIFIERS ||
            !is_identifier(next_identifier(&s), of))
            return false;
    return true;
}

/* Cuts *s off before the first mark, but for one at its start. */
static bool
cut(eql_strview *s, char mark, eql_strview *behind)
{
    const char *at = s->len > 1 ? memchr(s->p + 1, mark, s->len - 1) : NULL;
    size_t n;

    if (!at)
        return false;
    n = (size_t)(at - s->p);
    *behind = eql_sv(at + 1, s->len - n - 1);
    s->len = n;
    return true;
}

static version
take_apart(eql_strview s)
{
    version v = {.main = s};

    v.has_build = cut(&v.main, '+', &v.build);
    v.has_pre = cut(&v.main, '-', &v.pre);
    v.valid = is_part(v.main, MAIN) && (!v.has_pre || is_part(v.pre, PRE)) &&
              (!v.has_build || is_part(v.build, BUILD));
    return v;
}

/* Without zeros before them: the longer one is larger. */
static int
compare_numbers(eql_strview a, eql_strview b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return memcmp(a.p, b.p, a.len);
}

static int
compare_main(eql_strview a, eql_strview b)
{
    while (a.len > 0 && b.len > 0) {
        int c = compare_numbers(next_identifier(&a), next_identifier(&b));

        if (c != 0)
            return c;
    }
    return (a.len > 0) - (b.len > 0);
}

/* Two that are no numbers.  They compare with what follows them: a dot comes
 * after '-', and before all else that goes on. */
static int
compare_words(eql_case how, eql_strview a, eql_strview b, bool more_a,
              bool more_b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = eql_case_compare(how, eql_sv(a.p, n), eql_sv(b.p, n));

    if (c != 0 || a.len == b.len)
        return c;
    if (a.len < b.len)
        return more_a && b.p[n] == '-' ? 1 : -1;
    return more_b && a.p[n] == '-' ? -1 : 1;
}

static int
compare_pre(eql_case how, eql_strview a, eql_strview b)
{
    while (a.len > 0 && b.len > 0) {
        eql_strview x = next_identifier(&a), y = next_identifier(&b);
        bool m = is_number(x), n = is_number(y);
        int c;

        if (m != n)
            return m ? -1 : 1;
        c = m ? compare_numbers(x, y)
              : compare_words(how, x, y, a.len > 0, b.len > 0);
        if (c != 0)
            return c;
    }
    return (a.len > 0) - (b.len > 0);
}

int
eql_version_compare(eql_case how, eql_strview a, eql_strview b)
{
    version x = take_apart(a), y = take_apart(b);
    int c;

    if (!x.valid || !y.valid)
        return x.valid ? -1 : y.valid ? 1 : eql_case_compare(how, a, b);
    c = compare_main(x.main, y.main);
    if (c == 0 && x.has_pre != y.has_pre)
        c = x.has_pre ? -1 : 1;
    if (c == 0)
        c = compare_pre(how, x.pre, y.pre);
    if (c == 0 && x.has_build != y.has_build)
        c = x.has_build ? 1 : -1;
    if (c == 0 && x.has_build)
        c = eql_case_compare(how, x.build, y.build);
    return c;
}

static bool
text_of(const eql_comparing *how, const eql_value *v, char buf[32],
        eql_strview *out)
{
    if (v->tag == EQL_STRING) {
        *out = eql_value_sv(v);
        return true;
    }
    if (!how->coerce || !eql_value_is_number(v))
        return false;
    *out = eql_sv(buf, v->tag == EQL_INT ? eql_format_int(v->u.i, buf)
                                         : eql_format_double(v->u.d, buf));
    return true;
}

eql_ordering
eql_version_order(const eql_comparing *how, const eql_value *a,
                  const eql_value *b)
{
    char bufs[2][32];
    eql_strview x, y;
    int c;

    if (!text_of(how, a, bufs[0], &x) || !text_of(how, b, bufs[1], &y))
        return EQL_UNORDERED;
    c = eql_version_compare(how->strings, x, y);
    return c < 0 ? EQL_LESS : c > 0 ? EQL_GREATER : EQL_EQUAL;
}
