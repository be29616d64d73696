/* schema.h -- what is known about fields before any event is seen
 * (language 15.1).
 *
 * A schema maps paths to types.  It is open: it gives types, and only --strict
 * makes an unknown path an error.  It may know categories of its own: then a
 * path is looked up among those of the stage's category, and an unknown
 * category is an error under --strict.
 *
 * ECS is a constant table (ecs.def); others are made by whoever reads the
 * file. */
#ifndef EQL_COMPILER_SCHEMA_H
#define EQL_COMPILER_SCHEMA_H

#include "base/base.h"
#include "program/program.h"

typedef enum {
    EQL_SCHEMA_UNKNOWN,
    EQL_SCHEMA_STRING,  /* keyword, constant_keyword, text, wildcard,
                           match_only_text */
    EQL_SCHEMA_VERSION, /* version: text, but for its order */
    EQL_SCHEMA_NUMBER,  /* long, integer, short, byte, unsigned_long, double,
                           float, half_float, scaled_float */
    EQL_SCHEMA_BOOLEAN,
    EQL_SCHEMA_DATE, /* date, date_nanos */
    EQL_SCHEMA_IP,
    EQL_SCHEMA_OBJECT, /* object, nested, flattened: paths below are allowed */
    EQL_SCHEMA_ARRAY,  /* elements unknown */
    EQL_SCHEMA_MIXED,  /* known, of any type */
    EQL_SCHEMA_TYPE_COUNT
} eql_schema_type;

typedef struct eql_schema eql_schema;

const eql_schema *eql_schema_ecs(void);

eql_schema *eql_schema_new(void); /* empty; NULL: out of memory */
void eql_schema_free(eql_schema *s);
/* A field and the name of its type as in an index mapping (above); category
 * empty: of any.  false: no such type, or out of memory (s failed). */
bool eql_schema_add(eql_schema *s, eql_strview category, eql_strview path,
                    eql_strview type);
/* By a schema that tells arrays from all else, the field is no array, or is
 * one. */
bool eql_schema_add_shape(eql_schema *s, eql_strview path, bool array);
/* Is it certain to be no array?  s may be NULL. */
bool eql_schema_is_no_array(const eql_schema *s, eql_strview path);
/* A category without fields so far. */
bool eql_schema_add_category(eql_schema *s, eql_strview category);
/* A second form of a field (multi_field.h), whose path this is; caseless: one
 * that compares without regard to case. */
bool eql_schema_add_multi(eql_schema *s, eql_strview path, eql_strview type,
                          bool caseless);
bool eql_schema_failed(const eql_schema *s);

/* Type of a path (segments joined by dots) for events of a category; empty
 * category: of any.  Below an OBJECT: MIXED.  s may be NULL: UNKNOWN. */
eql_schema_type eql_schema_find(const eql_schema *s, eql_strview category,
                                eql_strview path);
/* Is it one that was added as a second form?  s may be NULL. */
bool eql_schema_multi_field(const eql_schema *s, eql_strview path,
                            eql_schema_type *type, bool *caseless);
bool eql_schema_has_categories(const eql_schema *s);
bool eql_schema_knows_category(const eql_schema *s, eql_strview category);
/* How values of such a path are read. */
eql_field_type eql_schema_field_type(eql_schema_type t);
/* The closest known path, for "did you mean"; empty when none is close. */
eql_strview eql_schema_closest(const eql_schema *s, eql_strview path);

/* The path of ECS from which this one, that ECS lacks, differs in the spelling
 * of one segment of several. */
bool eql_schema_meant_path(const eql_schema *s, eql_strview path, eql_buf *out);
/* The category of ECS that is nearly spelt so; empty: none, or this is one. */
eql_strview eql_schema_meant_category(const eql_schema *s,
                                      eql_strview category);

#endif
