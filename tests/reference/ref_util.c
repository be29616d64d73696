/* ref_util.c -- see ref_util.h.
 *
 * The pool is a chain of blocks.  It does not reuse memory before it is freed
 * whole: one case of the randomised test needs a few kilobytes. */
#include "tests/reference/ref_util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (64u << 10)

typedef struct block {
    struct block *next;
    size_t used, cap;
    _Alignas(max_align_t) char bytes[];
} block;

struct ref_pool {
    block *blocks;
};

static void *
must(void *p)
{
    if (!p) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return p;
}

ref_str
ref_cstr(const char *s)
{
    return (ref_str){s, strlen(s)};
}

bool
ref_str_eq(ref_str a, ref_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

ref_pool *
ref_pool_new(void)
{
    return must(calloc(1, sizeof(ref_pool)));
}

void
ref_pool_free(ref_pool *pool)
{
    while (pool && pool->blocks) {
        block *b = pool->blocks;

        pool->blocks = b->next;
        free(b);
    }
    free(pool);
}

void *
ref_alloc(ref_pool *pool, size_t n)
{
    const size_t align = _Alignof(max_align_t);
    size_t need = n ? (n + align - 1) / align * align : align;
    block *b = pool->blocks;
    void *p;

    if (!b || b->cap - b->used < need) {
        size_t cap = need > BLOCK_BYTES ? need : BLOCK_BYTES;

        b = must(malloc(sizeof *b + cap));
        *b = (block){.next = pool->blocks, .cap = cap};
        pool->blocks = b;
    }
    p = b->bytes + b->used;
    b->used += need;
    return memset(p, 0, need);
}

void *
ref_grow(ref_pool *pool, void *items, size_t n, size_t size)
{
    void *moved;

    if (n & (n - 1)) /* between two powers of two: there is room */
        return items;
    moved = ref_alloc(pool, (n ? 2 * n : 1) * size);
    if (n)
        memcpy(moved, items, n * size);
    return moved;
}

static char *
format(ref_pool *pool, const char *fmt, va_list ap)
{
    va_list again;
    char *p;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    p = ref_alloc(pool, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    return p;
}

char *
ref_printf(ref_pool *pool, const char *fmt, ...)
{
    va_list ap;
    char *p;

    va_start(ap, fmt);
    p = format(pool, fmt, ap);
    va_end(ap);
    return p;
}

void
ref_put_str(ref_text *t, ref_str s)
{
    if (t->n + s.n + 1 > t->cap) {
        size_t cap = 2 * (t->n + s.n) + 64;
        char *p = ref_alloc(t->pool, cap);

        if (t->n)
            memcpy(p, t->p, t->n);
        t->p = p;
        t->cap = cap;
    }
    if (s.n)
        memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
    t->p[t->n] = '\0';
}

void
ref_put(ref_text *t, const char *s)
{
    ref_put_str(t, ref_cstr(s));
}

void
ref_putf(ref_text *t, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    ref_put(t, format(t->pool, fmt, ap));
    va_end(ap);
}

char *
ref_text_cstr(ref_text *t)
{
    ref_put(t, "");
    return t->p;
}

ref_match *
ref_matches_add(ref_matches *m, const size_t *events, size_t n)
{
    size_t *copy = must(calloc(n + 1, sizeof *copy));

    if (n)
        memcpy(copy, events, n * sizeof *copy);
    m->items = must(realloc(m->items, (m->n + 1) * sizeof *m->items));
    m->items[m->n] = (ref_match){.events = copy, .n = n};
    return &m->items[m->n++];
}

void
ref_match_texts(ref_match *m, const char *keys, const char *row)
{
    if (keys)
        m->keys = must(strdup(keys));
    if (row)
        m->row = must(strdup(row));
}

void
ref_matches_free(ref_matches *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->items[i].events);
        free(m->items[i].keys);
        free(m->items[i].row);
    }
    free(m->items);
    *m = (ref_matches){0};
}

static bool
same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool
ref_match_eq(const ref_match *a, const ref_match *b)
{
    return a->n == b->n &&
           memcmp(a->events, b->events, a->n * sizeof *a->events) == 0 &&
           same_text(a->keys, b->keys) && same_text(a->row, b->row);
}

bool
ref_matches_eq(const ref_matches *a, const ref_matches *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!ref_match_eq(&a->items[i], &b->items[i]))
            return false;
    return true;
}

char *
ref_matches_text(ref_pool *pool, const ref_matches *m)
{
    ref_text t = {.pool = pool};

    for (size_t i = 0; i < m->n; i++) {
        const ref_match *x = &m->items[i];

        ref_put(&t, i ? " (" : "(");
        for (size_t k = 0; k < x->n; k++)
            if (x->events[k] == SIZE_MAX)
                ref_put(&t, k ? ",!" : "!");
            else
                ref_putf(&t, k ? ",%zu" : "%zu", x->events[k] + 1);
        ref_putf(&t, ")%s%s", x->keys ? x->keys : "", x->row ? x->row : "");
    }
    if (m->n == 0)
        ref_put(&t, "none");
    return ref_text_cstr(&t);
}
