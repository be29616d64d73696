/* buf.c -- growable byte buffer, and growable arrays.
 *
 * Growth doubles, so n appends cost O(n).  Once an allocation has failed the
 * object keeps what it has and ignores further appends: callers build a whole
 * text and ask `failed` once at its end. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define SMALLEST_BUF ((size_t)64)
#define SMALLEST_VEC 8u

void
eql_buf_free(eql_buf *b)
{
    free(b->p);
    *b = (eql_buf){0};
}

bool
eql_buf_reserve(eql_buf *b, size_t more)
{
    size_t need, cap;
    char *p;

    if (b->failed)
        return false;
    if (more <= b->cap - b->len)
        return true;
    if (__builtin_add_overflow(b->len, more, &need) || need > PTRDIFF_MAX) {
        b->failed = true;
        return false;
    }
    cap = b->cap < SMALLEST_BUF ? SMALLEST_BUF : b->cap * 2;
    if (cap < need)
        cap = need;
    p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void
eql_buf_add(eql_buf *b, const void *p, size_t n)
{
    if (n == 0 || !eql_buf_reserve(b, n))
        return;
    memcpy(b->p + b->len, p, n);
    b->len += n;
}

void
eql_buf_add_sv(eql_buf *b, eql_strview s)
{
    eql_buf_add(b, s.p, s.len);
}

void
eql_buf_add_str(eql_buf *b, const char *s)
{
    eql_buf_add(b, s, strlen(s));
}

void
eql_buf_add_char(eql_buf *b, char c)
{
    eql_buf_add(b, &c, 1);
}

void
eql_buf_printf(eql_buf *b, const char *fmt, ...)
{
    va_list args, again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        b->failed = true;
    else if (eql_buf_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

/* The two-character escape of c, or 0 when JSON has none. */
static char
json_short_escape(unsigned char c)
{
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

static void
add_json_ascii(eql_buf *b, unsigned char c)
{
    char esc = json_short_escape(c);

    if (esc) {
        eql_buf_add_char(b, '\\');
        eql_buf_add_char(b, esc);
    } else if (c < 0x20) {
        eql_buf_printf(b, "\\u%04x", c);
    } else {
        eql_buf_add_char(b, (char)c);
    }
}

/* Length of the run at the start of s that JSON takes as it stands. */
static size_t
plain_run(eql_strview s)
{
    size_t i = 0;

    while (i < s.len && (unsigned char)s.p[i] >= 0x20 &&
           (unsigned char)s.p[i] < 0x80 && s.p[i] != '"' && s.p[i] != '\\')
        i++;
    return i;
}

void
eql_buf_add_json(eql_buf *b, eql_strview s)
{
    eql_buf_add_char(b, '"');
    while (s.len) {
        size_t n = plain_run(s);
        uint32_t cp;
        char out[4];

        if (n) {
            eql_buf_add(b, s.p, n);
        } else if ((unsigned char)s.p[0] < 0x80) {
            add_json_ascii(b, (unsigned char)s.p[0]);
            n = 1;
        } else {
            cp = eql_utf8_decode(s.p, s.len, &n);
            eql_buf_add(b, out, eql_utf8_encode(cp, out));
        }
        s = eql_sv(s.p + n, s.len - n);
    }
    eql_buf_add_char(b, '"');
}

void
eql_vec_free(eql_vec *v)
{
    free(v->items);
    *v = (eql_vec){0};
}

static bool
vec_grow(eql_vec *v)
{
    uint32_t cap = v->cap < SMALLEST_VEC      ? SMALLEST_VEC
                   : v->cap > UINT32_MAX / 2u ? UINT32_MAX - 1
                                              : v->cap * 2;
    size_t bytes;
    void *items;

    if (v->n >= UINT32_MAX - 1 ||
        __builtin_mul_overflow((size_t)cap, (size_t)v->size, &bytes))
        return false;
    items = realloc(v->items, bytes);
    if (!items)
        return false;
    v->items = items;
    v->cap = cap;
    return true;
}

uint32_t
eql_vec_push(eql_vec *v, const void *item, uint32_t size)
{
    if (v->failed)
        return EQL_NONE;
    v->size = size;
    if (v->n == v->cap && !vec_grow(v)) {
        v->failed = true;
        return EQL_NONE;
    }
    memcpy((char *)v->items + (size_t)v->n * size, item, size);
    return v->n++;
}
