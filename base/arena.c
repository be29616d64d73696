/* arena.c -- bump allocator: many small objects, freed all at once.
 *
 * Memory is a chain of chunks.  Those up to `current` are in use, those after
 * it are empty and wait for reuse (after a reset).
 *
 *   first -> [####] -> [##..] -> [....] -> NULL
 *                        ^current
 *
 * Invariant: `held` is the sum of all chunk sizes and never exceeds `cap`.
 * Memory is zeroed when handed out, not when taken from the system, so that
 * a reset costs nothing.  Objects are never freed one by one. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CHUNK ((size_t)4096)
#define LARGEST_STEP ((size_t)1 << 20)

typedef struct chunk {
    struct chunk *next;
    size_t size; /* bytes of data */
    size_t used; /* bytes handed out */
    alignas(max_align_t) char data[];
} chunk;

struct eql_arena {
    chunk *first;
    chunk *current;
    size_t cap;  /* most bytes of chunk data, SIZE_MAX for no limit */
    size_t held; /* bytes of chunk data */
    size_t used; /* bytes handed out since the last reset */
    size_t step; /* size of the next chunk */
    bool failed;
};

eql_arena *
eql_arena_new(size_t cap)
{
    eql_arena *a = calloc(1, sizeof *a);

    if (a) {
        a->cap = cap ? cap : SIZE_MAX;
        a->step = FIRST_CHUNK;
    }
    return a;
}

void
eql_arena_free(eql_arena *a)
{
    if (!a)
        return;
    for (chunk *c = a->first, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}

void
eql_arena_reset(eql_arena *a)
{
    for (chunk *c = a->first; c; c = c->next)
        c->used = 0;
    a->current = a->first;
    a->used = 0;
    a->failed = false;
}

/* A chunk with room for n bytes, linked in after the current one. */
static chunk *
add_chunk(eql_arena *a, size_t n)
{
    size_t room = a->cap - a->held;
    size_t size = n > a->step ? n : a->step;
    chunk *c;

    if (n > room || n > SIZE_MAX - sizeof(chunk) - EQL_ARENA_SLACK)
        return NULL;
    if (size > room)
        size = room;
    c = malloc(sizeof(chunk) + size + EQL_ARENA_SLACK);
    if (!c)
        return NULL;
    c->size = size;
    c->used = 0;
    if (a->current) {
        c->next = a->current->next;
        a->current->next = c;
    } else {
        c->next = a->first;
        a->first = c;
    }
    a->held += size;
    if (a->step < LARGEST_STEP)
        a->step *= 2;
    return c;
}

/* The chunk to take n bytes from, or NULL when there can be none. */
static chunk *
chunk_for(eql_arena *a, size_t n)
{
    chunk *c = a->current;

    if (c && n <= c->size - c->used)
        return c;
    c = c ? c->next : a->first;
    if (!c || n > c->size - c->used)
        c = add_chunk(a, n);
    if (c)
        a->current = c;
    return c;
}

static char *
take(eql_arena *a, size_t n, size_t *taken)
{
    const size_t align = alignof(max_align_t);
    size_t size;
    chunk *c;
    char *p;

    if (a->failed || n > SIZE_MAX - align) {
        a->failed = true;
        return NULL;
    }
    size = n ? (n + align - 1) / align * align : align;
    c = chunk_for(a, size);
    if (!c) {
        a->failed = true;
        return NULL;
    }
    p = c->data + c->used;
    c->used += size;
    a->used += size;
    *taken = size;
    return p;
}

void *
eql_arena_alloc(eql_arena *a, size_t n)
{
    size_t size;
    char *p = take(a, n, &size);

    return p ? memset(p, 0, size) : NULL;
}

char *
eql_arena_text(eql_arena *a, size_t n)
{
    size_t size;

    return take(a, n, &size);
}

void *
eql_arena_array(eql_arena *a, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes)) {
        a->failed = true;
        return NULL;
    }
    return eql_arena_alloc(a, bytes);
}

eql_strview
eql_arena_dup(eql_arena *a, eql_strview s)
{
    char *p = s.len < SIZE_MAX ? eql_arena_text(a, s.len + 1) : NULL;

    if (!p)
        return eql_sv(NULL, 0);
    if (s.len)
        memcpy(p, s.p, s.len);
    p[s.len] = '\0';
    return eql_sv(p, s.len);
}

eql_strview
eql_arena_printf(eql_arena *a, const char *fmt, ...)
{
    va_list args, again;
    char *p = NULL;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n >= 0)
        p = eql_arena_alloc(a, (size_t)n + 1);
    else
        a->failed = true;
    if (p)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? eql_sv(p, (size_t)n) : eql_sv(NULL, 0);
}

bool
eql_arena_failed(const eql_arena *a)
{
    return a->failed;
}

void
eql_arena_set_failed(eql_arena *a)
{
    a->failed = true;
}

size_t
eql_arena_used(const eql_arena *a)
{
    return a->used;
}
