/* ref_path.h -- what paths stand for, and the values they have (language 2.4,
 * 2.5).
 *
 * A path starts at the event, at an aliased event, at a lambda variable, or, in
 * pipes, at one of a result's events.  Events are jansson objects; strings are
 * borrowed from them. */
#ifndef EQL_TESTS_REF_PATH_H
#define EQL_TESTS_REF_PATH_H

#include "tests/reference/ref_ast.h"
#include "tests/reference/ref_flags.h"

/* The event that a stage named; NULL: the stage is not reached. */
typedef struct {
    ref_str name;
    const json_t *event;
} ref_alias;

typedef struct ref_variable ref_variable;
struct ref_variable {
    ref_str name;
    const json_t *value;
    const ref_variable *outer;
};

/* Everything a condition can see. */
typedef struct {
    ref_pool *pool;
    const ref_flags *flags;
    const json_t *event;
    size_t number; /* of the event, for lineages */
    const ref_alias *aliases;
    size_t naliases;
    const ref_variable *variables;
    const json_t *const *events; /* of a result, in pipes; else NULL */
    size_t nevents;
    const char **refused; /* set to a reason for what is left open */
} ref_env;

typedef struct {
    const json_t **items;
    size_t n;
} ref_json_list;

/* The values at the path, in order; none: the path is missing.  With
 * multi_value=opaque there is one at most, and it may be a list. */
ref_values ref_path_values(const ref_env *env, const ref_path *path);
/* What array functions see: the elements at the path, one level of lists
 * opened, nulls dropped.  Lists only: what is no list is passed over. */
ref_json_list ref_path_elements(const ref_env *env, const ref_path *path,
                                bool lists_only);
/* The same as values: null for what is no scalar. */
ref_values ref_typed_elements(const ref_env *env, const ref_path *path);
/* How many elements or members stand at the path, when it is a list or an
 * object and not empty. */
bool ref_path_count(const ref_env *env, const ref_path *path, size_t *count);
/* The non-null scalars at a plain dotted name such as "event.category". */
ref_values ref_name_values(ref_pool *pool, const json_t *event,
                           const char *name);
/* A value of its own, untyped; objects and lists are null. */
ref_value ref_scalar(const json_t *v);
/* What ECS says of the path. */
ref_type ref_path_type(const ref_env *env, const ref_path *path);
/* The i-th path that has a type, and its name in a schema file; false past the
 * last. */
bool ref_typed_path(size_t i, const char **path, const char **type);
/* Does the path's root name one of the aliases? */
bool ref_path_is_alias(const ref_path *path, const ref_str *aliases, size_t n);

#endif
