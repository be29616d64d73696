/* multi_field.h -- names that Elasticsearch gives a second form of a field.
 *
 * `process.executable.caseless`, `file.path.text`, `host.name.keyword`: in the
 * event there is the parent alone.  Whether a path is such a name is decided
 * when a rule is compiled, by what is known of the parent. */
#ifndef EQL_COMPILER_MULTI_FIELD_H
#define EQL_COMPILER_MULTI_FIELD_H

#include "compiler/schema.h"

typedef struct {
    eql_schema_type type; /* UNKNOWN: the parent's */
    bool caseless;        /* compares without regard to case */
} eql_multi_field;

/* Is path, with the last of its segments last, another form of the path before
 * it?  s may be NULL.  A schema of a file is asked first: what it has under
 * `fields` is one, what it has as a field of its own is none.  Without it, of
 * the names caseless, keyword and text:
 * not one below what is, or may be, an object with that member; `text`, which
 * events do have, only below a field of ECS that is a string. */
bool eql_multi_field_find(const eql_schema *s, eql_strview category,
                          eql_strview path, eql_strview last,
                          eql_multi_field *out);

#endif
