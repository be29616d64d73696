/* buf.h -- growable byte buffer, and growable arrays on top of it.
 *
 * Out of memory is sticky as in arena.h: appends become no-ops and `failed`
 * stays set until eql_buf_free. */
#ifndef EQL_BASE_BUF_H
#define EQL_BASE_BUF_H

#include "base/base.h"

/* All-zero is an empty buffer. */
typedef struct {
    char *p;
    size_t len; /* bytes in use */
    size_t cap; /* bytes allocated */
    bool failed;
} eql_buf;

void eql_buf_free(eql_buf *b); /* leaves it empty and usable */
bool eql_buf_reserve(eql_buf *b, size_t more);
void eql_buf_add(eql_buf *b, const void *p, size_t n);
void eql_buf_add_sv(eql_buf *b, eql_strview s);
void eql_buf_add_str(eql_buf *b, const char *s);
void eql_buf_add_char(eql_buf *b, char c);
void eql_buf_printf(eql_buf *b, const char *fmt, ...) EQL_PRINTF(2, 3);
/* Appends s as a JSON string with quotes; invalid UTF-8 becomes U+FFFD.
 * U+0000 is written as \u0000.  Non-ASCII is kept as UTF-8. */
void eql_buf_add_json(eql_buf *b, eql_strview s);
static inline eql_strview
eql_buf_sv(const eql_buf *b)
{
    return eql_sv(b->p ? b->p : "", b->len);
}

/* Growable array of equal-sized items.  All-zero but for size is empty. */
typedef struct {
    void *items;
    uint32_t n;
    uint32_t cap;
    uint32_t size; /* of one item, bytes; set by the first push */
    bool failed;   /* out of memory, or more than UINT32_MAX - 1 items */
} eql_vec;

void eql_vec_free(eql_vec *v);
/* Appends a copy of one item of `size` bytes; returns its index, EQL_NONE
 * when out of memory. */
uint32_t eql_vec_push(eql_vec *v, const void *item, uint32_t size);
static inline void *
eql_vec_at(const eql_vec *v, uint32_t i)
{
    return (char *)v->items + (size_t)i * v->size;
}

#endif
