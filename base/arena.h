/* arena.h -- bump allocator: many small objects, freed all at once.
 *
 * Out of memory is sticky: eql_arena_alloc returns NULL, sets failed, and
 * every later call returns NULL too, so a pass may go on harmlessly and its
 * driver asks eql_arena_failed once at the end. */
#ifndef EQL_BASE_ARENA_H
#define EQL_BASE_ARENA_H

#include "base/base.h"

typedef struct eql_arena eql_arena;

/* cap: most bytes it may ever hold, 0 for no limit.  NULL when out of memory.
 */
eql_arena *eql_arena_new(size_t cap);
void eql_arena_free(eql_arena *a); /* NULL is fine */
/* Everything allocated so far is gone; memory is kept for reuse, failed is
 * cleared. */
void eql_arena_reset(eql_arena *a);
/* So many bytes behind all that is handed out may be read, too. */
#define EQL_ARENA_SLACK 16u
/* Zeroed, aligned for any type.  n == 0 gives a valid unique pointer. */
void *eql_arena_alloc(eql_arena *a, size_t n);
/* Likewise, but not zeroed: for texts. */
char *eql_arena_text(eql_arena *a, size_t n);
/* n * size with overflow check. */
void *eql_arena_array(eql_arena *a, size_t n, size_t size);
/* Copies the text and adds a NUL after it (not counted in len). */
eql_strview eql_arena_dup(eql_arena *a, eql_strview s);
/* printf into the arena; {NULL, 0} when out of memory. */
eql_strview eql_arena_printf(eql_arena *a, const char *fmt, ...)
    EQL_PRINTF(2, 3);
bool eql_arena_failed(const eql_arena *a);
/* For memory that belongs to the same pass but not to the arena: sets
 * failed, so that the driver has one place to ask. */
void eql_arena_set_failed(eql_arena *a);
/* Bytes handed out since the last reset. */
size_t eql_arena_used(const eql_arena *a);

#endif
