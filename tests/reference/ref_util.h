/* ref_util.h -- memory and text for the reference evaluator.
 *
 * A pool hands out zeroed memory and frees it all at once.  Running out of
 * memory ends the program: these are tests.  Nothing here or in the other
 * ref_* files uses the engine's own code. */
#ifndef EQL_TESTS_REF_UTIL_H
#define EQL_TESTS_REF_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REF_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

/* Text with its length in bytes; may hold NUL. */
typedef struct {
    const char *p;
    size_t n;
} ref_str;

ref_str ref_cstr(const char *s);
bool ref_str_eq(ref_str a, ref_str b);

typedef struct ref_pool ref_pool;

ref_pool *ref_pool_new(void);
void ref_pool_free(ref_pool *pool);
/* Zeroed; n == 0 gives a valid pointer. */
void *ref_alloc(ref_pool *pool, size_t n);
char *ref_printf(ref_pool *pool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for one more item of `size` bytes after the n items at `items`: gives
 * the (perhaps moved) array.  Grows at powers of two. */
void *ref_grow(ref_pool *pool, void *items, size_t n, size_t size);

/* A text being put together; all-zero but for pool is empty. */
typedef struct {
    ref_pool *pool;
    char *p; /* NUL-terminated when not NULL */
    size_t n;
    size_t cap;
} ref_text;

void ref_put(ref_text *t, const char *s);
void ref_put_str(ref_text *t, ref_str s);
void ref_putf(ref_text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The text so far, NUL-terminated; never NULL. */
char *ref_text_cstr(ref_text *t);

/* Matches: for each the events of its stages, as numbers from 0 in the order
 * the events were given; SIZE_MAX for a missing stage.  keys and row are JSON
 * with sorted members, or NULL. */
typedef struct {
    size_t *events;
    size_t n;
    char *keys, *row;
} ref_match;

/* All-zero is empty; owns its memory (ref_matches_free). */
typedef struct {
    ref_match *items;
    size_t n;
} ref_matches;

ref_match *ref_matches_add(ref_matches *m, const size_t *events, size_t n);
void ref_match_texts(ref_match *m, const char *keys, const char *row);
void ref_matches_free(ref_matches *m);
bool ref_match_eq(const ref_match *a, const ref_match *b);
bool ref_matches_eq(const ref_matches *a, const ref_matches *b);
/* "(1,2) (2,3)", events counted from 1, keys and rows behind them; "none". */
char *ref_matches_text(ref_pool *pool, const ref_matches *m);

#endif
