/* find.h -- the files that a path of the command line stands for.
 *
 * A folder stands for all files below it, in byte order of names, links to
 * folders and files included.  Order matters: arrival, and with it the order of
 * alerts with equal times, is the order of files.  What is not read is told:
 * nothing in a folder is passed over in silence but hidden names, which are
 * counted. */
#ifndef EQL_IO_INPUT_FIND_H
#define EQL_IO_INPUT_FIND_H

#include "base/buf.h"

/* Why something is not read. */
typedef enum {
#define X(name, key, lost, text) EQL_PASSED_##name,
#include "io/input/passed.def"
#undef X
    EQL_PASSED_COUNT
} eql_passed;

typedef struct {
    const char *key; /* stable word */
    bool lost;       /* there may have been events in it */
    const char *text;
} eql_passed_row;

extern const eql_passed_row eql_passed_rows[EQL_PASSED_COUNT];

#define EQL_FIND_DEPTH 64u /* of folders in one another */

/* Remembers what it found, so that no file is read twice: one that is the same
 * by device and inode, and has not changed since. */
typedef struct eql_find eql_find;

/* Something that is not read; text says why. */
typedef void (*eql_find_passed_fn)(void *ctx, const char *path,
                                   eql_passed passed, const char *text);

eql_find *eql_find_new(eql_find_passed_fn fn, void *ctx); /* NULL: memory */
void eql_find_free(eql_find *f);
/* Appends what `path` stands for, each NUL-terminated; `path` itself may be
 * anything that can be opened, "-" too.  false: there is no such path, or out
 * of memory; reason in why. */
bool eql_find_add(eql_find *f, const char *path, eql_buf *paths, eql_buf *why);
uint64_t eql_find_hidden(const eql_find *f); /* names passed over so far */

#endif
