/* ref_path.h -- values, and the values a path has in an event (spec 1.4, 1.5).
 *
 * Events are jansson objects; strings are borrowed from them. */
#ifndef EQL_TESTS_REF_PATH_H
#define EQL_TESTS_REF_PATH_H

#include <jansson.h>

#include "compiler/ast.h"
#include "tests/reference/ref_text.h"

typedef enum { REF_NULL, REF_BOOL, REF_NUM, REF_STR } ref_tag;

typedef struct {
    ref_tag tag;
    bool literal; /* written in the rule: coercion of spec 4.6 applies */
    bool address; /* from a field that ECS types as ip */
    bool b;
    ref_num num;
    ref_str str;
} ref_value;

typedef struct {
    ref_value *items;
    size_t n;
} ref_values;

/* The non-null scalars at the path, in order; none: the path is missing. */
ref_values ref_path_values(ref_pool *pool, const json_t *event,
                           const eql_path *path);
/* The same for a plain dotted name such as "event.category". */
ref_values ref_name_values(ref_pool *pool, const json_t *event,
                           const char *name);
/* Does ECS type the path as ip? */
bool ref_path_is_address(const eql_path *path);

#endif
