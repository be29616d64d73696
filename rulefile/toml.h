/* toml.h -- TOML text to a tree of plain records; a C face for toml++.
 *
 * The tree lives in arenas and borrows nothing from the text.  Every value
 * and key knows its place, so that what is wrong with a rule file can be shown
 * where it stands.  No exception leaves toml.cc; hostile text (deep nesting,
 * long dotted keys, any bytes) is refused with a message. */
#ifndef EQL_RULEFILE_TOML_H
#define EQL_RULEFILE_TOML_H

#ifdef __cplusplus
extern "C" { /* base knows nothing of C++ */
#endif

#include "base/arena.h"
#include "base/buf.h"

#define EQL_TOML_MAX_BYTES ((size_t)32 << 20)
#define EQL_TOML_MAX_DEPTH 64 /* nested arrays and inline tables */
#define EQL_TOML_MAX_DOTS 32  /* dots in one key or table header */

typedef enum {
    EQL_TOML_TABLE,
    EQL_TOML_ARRAY,
    EQL_TOML_STRING,
    EQL_TOML_INT,
    EQL_TOML_FLOAT,
    EQL_TOML_BOOL,
    EQL_TOML_TIME /* dates and times; the value is not kept */
} eql_toml_kind;

/* Lines and columns count from 1; columns in code points.  0: unknown. */
typedef struct {
    uint32_t line, column;
} eql_toml_place;

typedef struct eql_toml eql_toml;
struct eql_toml {
    eql_toml_kind kind;
    uint32_t n;          /* TABLE, ARRAY: children */
    eql_toml *items;     /* TABLE: in the order of their keys in the file */
    eql_strview key;     /* of a table's child; else empty */
    eql_toml_place at;   /* of the value: its first byte, quotes included */
    eql_toml_place name; /* of the key */
    eql_strview s;       /* STRING; line ends are "\n" */
    int64_t i;           /* INT; BOOL: 0 or 1 */
    double d;            /* FLOAT */
};

typedef enum {
    EQL_TOML_OK,
    EQL_TOML_NOMEM,
    EQL_TOML_BAD /* message and place in the error */
} eql_toml_result;

typedef struct {
    eql_toml_place at;
    eql_buf message; /* one line; the caller frees it */
} eql_toml_error;

/* *err must be all zero.  Keys and strings come to lie in `texts`, the records
 * in `nodes`, which may be the same. */
eql_toml_result eql_toml_parse(eql_arena *texts, eql_arena *nodes,
                               eql_strview text, eql_toml **out,
                               eql_toml_error *err);
/* Child of a table; NULL when t is NULL, no table, or has no such key. */
const eql_toml *eql_toml_get(const eql_toml *t, const char *key);
/* "a string", "an integer", ...; static. */
const char *eql_toml_kind_name(eql_toml_kind kind);
/* Byte offset of a place in the text; its length when past the end. */
size_t eql_toml_offset(eql_strview text, eql_toml_place at);

#ifdef __cplusplus
}
#endif

#endif
