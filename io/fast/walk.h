/* walk.h -- from structural positions of a line to what its paths hold: the
 * second stage of the fast reader.
 *
 * The walk judges every byte outside strings, so that together with the scan
 * (scan.h) a line is either well-formed for certain, or left to the strict
 * reader.  It looks up the keys of objects on paths (names.h); everything that
 * is not simple -- a path met twice, arrays of objects on the way -- becomes
 * something deferred, which the strict reader has to answer for if asked. */
#ifndef EQL_IO_FAST_WALK_H
#define EQL_IO_FAST_WALK_H

#include "io/fast/names.h"
#include "io/fast/scan.h"

/* Deeper lines are the strict reader's. */
#define EQL_WALK_MAX_DEPTH 64u

typedef enum {
    EQL_WALK_STRING, /* from..to is what stands between the quotes */
    EQL_WALK_SCALAR, /* a number or a word */
    EQL_WALK_ARRAY   /* of no brackets; with its own */
} eql_walk_kind;

/* A value that follows a colon, and holds no structural bytes inside. */
typedef struct {
    uint32_t ord;      /* of the colon in the line's positions */
    uint32_t from, to; /* in the line */
    uint32_t kind;     /* eql_walk_kind */
} eql_walk_value;

typedef enum {
    EQL_WALK_FOUND_VALUE, /* a: number of the value */
    EQL_WALK_FOUND_SPAN,  /* a..b: ordinals of its brackets */
    EQL_WALK_FOUND_DEFERRED
} eql_walk_found_kind;

typedef struct {
    uint32_t path;
    uint32_t kind; /* eql_walk_found_kind */
    uint32_t a, b;
} eql_walk_found;

typedef struct eql_walk eql_walk;

/* Borrows the names; npaths of the program.  NULL when out of memory. */
eql_walk *eql_walk_new(const eql_names *names, uint32_t npaths,
                       uint32_t max_depth);
void eql_walk_free(eql_walk *w);

typedef struct {
    const eql_walk_value *values; /* all of the line, in order */
    uint32_t nvalues;
    const eql_walk_found *finds; /* one per path */
    uint32_t nfinds;
    uint32_t special; /* keys at the event's root: EQL_NAMES_* */
} eql_walked;

/* false: for the strict reader.  Borrowed until the next call. */
bool eql_walk_line(eql_walk *w, const eql_scan_line *line, eql_walked *out);

/* Bytes of the number or word at p, as JSON has them and in range, up to a
 * comma, a closing bracket, white space or the end; 0: there is none. */
size_t eql_walk_scalar(const char *p, size_t len);
/* Bytes of the array of scalars whose bracket is at p; 0: it is no such thing.
 * Adds its quotes.  16 bytes behind it can be read. */
size_t eql_walk_array(const char *p, size_t len, uint32_t *quotes);
/* Bytes of the array or object at p as the walk takes it, with no more brackets
 * open at once; 0: unsupported.  16 bytes behind it can be read. */
size_t eql_walk_nested(const char *p, size_t len, uint32_t depth);
/* Does white space stand between the tokens of an array of scalars? */
bool eql_walk_has_space(const char *p, size_t len);

#endif
