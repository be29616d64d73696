/* base.h -- the small words every layer uses: text views, spans, counts.
 *
 * base/ knows no EQL and depends on libc alone (and on utf8proc for folding,
 * RE2 for regular expressions).  Nothing in it has global state; every object
 * belongs to one thread. */
#ifndef EQL_BASE_BASE_H
#define EQL_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EQL_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))
#define EQL_MUST_USE __attribute__((warn_unused_result))
#define EQL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* "No such index": used for every 32-bit index that may be absent. */
#define EQL_NONE UINT32_MAX

/* Borrowed text with an explicit length; may hold NUL; not terminated. */
typedef struct {
    const char *p;
    size_t len; /* bytes */
} eql_strview;

/* A range of source text, in bytes from its start. */
typedef struct {
    uint32_t offset;
    uint32_t len;
} eql_span;

static inline eql_strview
eql_sv(const char *p, size_t len)
{
    return (eql_strview){p, len};
}

static inline eql_strview
eql_sv_cstr(const char *s)
{
    return (eql_strview){s, strlen(s)};
}

static inline bool
eql_sv_eq(eql_strview a, eql_strview b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool
eql_sv_is(eql_strview a, const char *s)
{
    return eql_sv_eq(a, eql_sv_cstr(s));
}

/* Byte order, shorter first among equals: the order of code points. */
static inline int
eql_sv_cmp(eql_strview a, eql_strview b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* A letter of ASCII, a digit or `_`. */
static inline bool
eql_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

/* ASCII only; for names of functions, units and file extensions. */
bool eql_sv_eq_ascii_ci(eql_strview a, eql_strview b);

#endif
