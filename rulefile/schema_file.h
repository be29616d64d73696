/* schema_file.h -- a schema from a file: paths and the names of their types
 * (language 15.1).
 *
 *   {"mappings":{"properties":{...}}}, {"properties":{...}}   an index mapping;
 *   {"INDEX":{"mappings":{...}},...}   those of indexes, as they answer
 *   {"process.pid":"long","process":{"name":"keyword"}}       paths, nested or
 *                                                             dotted
 *   {"categories":{"process":{...}}}   such paths, for one category each
 *   process.pid<TAB>long               lines; # begins a comment
 *
 * In the third and fourth form ["keyword"] is an array, {} an object of which
 * nothing is known. */
#ifndef EQL_RULEFILE_SCHEMA_FILE_H
#define EQL_RULEFILE_SCHEMA_FILE_H

#include "base/buf.h"

#define EQL_SCHEMA_MAX_BYTES ((size_t)64 << 20)
#define EQL_SCHEMA_MAX_DEPTH 100u

/* One field.  Under `fields` of a mapping stand second forms of one; such a
 * form with a normalizer compares without regard to case, for that is what they
 * are there for: what one does stands in the index's settings. */
typedef struct {
    eql_strview category; /* empty: of any */
    eql_strview path;     /* empty: a category and nothing more */
    eql_strview type;
    bool multi;    /* a second form of the path before its last dot */
    bool caseless; /* that has a normalizer */
    /* No field: says of the path, in a form that tells arrays, that it is none,
     * or is one.  Type is empty. */
    bool single, array;
} eql_schema_entry;

/* false: no such type, or out of memory. */
typedef bool (*eql_schema_field_fn)(void *ctx, const eql_schema_entry *e);

/* false: why, with the file's name. */
bool eql_schema_file_read(const char *path, eql_schema_field_fn fn, void *ctx,
                          eql_buf *why);

#endif
