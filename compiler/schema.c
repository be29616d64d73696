/* schema.c -- see schema.h.
 *
 * ECS is looked up by binary search in the table of ecs.def, a schema of a
 * file in hash maps; both answer the same questions.  Invariant: the table is
 * in byte order of name, which test_schema.c checks.  A path above a known one
 * is known too, and its type is MIXED.  What reads the file is not here. */
#include "compiler/schema.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"

static const eql_strview ecs_names[] = {
#define ECS_FIELD(name, type) {name, sizeof name - 1},
#include "compiler/ecs.def"
#undef ECS_FIELD
};

static const unsigned char ecs_types[] = {
#define ECS_FIELD(name, type) EQL_SCHEMA_##type,
#include "compiler/ecs.def"
#undef ECS_FIELD
};

#define CASELESS 0x100u

struct eql_schema {
    bool ecs; /* the rest is unused */
    bool failed;
    eql_map *paths;      /* category, NUL, path -> type; own ones first */
    eql_map *any;        /* path -> type, over all categories */
    eql_map *multi;      /* path -> type, CASELESS with it */
    eql_map *shapes;     /* path -> is it an array in some category? */
    eql_map *categories; /* name -> 0 */
    eql_vec names;       /* eql_strview, paths as they were added; owned */
};

const eql_schema *
eql_schema_ecs(void)
{
    static const eql_schema ecs = {.ecs = true};

    return &ecs;
}

eql_schema *
eql_schema_new(void)
{
    eql_schema *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->paths = eql_map_new();
    s->any = eql_map_new();
    s->multi = eql_map_new();
    s->shapes = eql_map_new();
    s->categories = eql_map_new();
    if (s->paths && s->any && s->multi && s->shapes && s->categories)
        return s;
    eql_schema_free(s);
    return NULL;
}

void
eql_schema_free(eql_schema *s)
{
    if (!s)
        return;
    eql_map_free(s->paths);
    eql_map_free(s->any);
    eql_map_free(s->multi);
    eql_map_free(s->shapes);
    eql_map_free(s->categories);
    for (uint32_t i = 0; i < s->names.n; i++)
        free((void *)(uintptr_t)((eql_strview *)eql_vec_at(&s->names, i))->p);
    eql_vec_free(&s->names);
    free(s);
}

bool
eql_schema_failed(const eql_schema *s)
{
    return s->failed;
}

/* --- names of types --- */

static const struct {
    const char *name;
    eql_schema_type type;
} type_names[] = {
    {"keyword", EQL_SCHEMA_STRING},
    {"constant_keyword", EQL_SCHEMA_STRING},
    {"text", EQL_SCHEMA_STRING},
    {"match_only_text", EQL_SCHEMA_STRING},
    {"wildcard", EQL_SCHEMA_STRING},
    {"version", EQL_SCHEMA_VERSION},
    {"string", EQL_SCHEMA_STRING},
    {"long", EQL_SCHEMA_NUMBER},
    {"integer", EQL_SCHEMA_NUMBER},
    {"short", EQL_SCHEMA_NUMBER},
    {"byte", EQL_SCHEMA_NUMBER},
    {"unsigned_long", EQL_SCHEMA_NUMBER},
    {"double", EQL_SCHEMA_NUMBER},
    {"float", EQL_SCHEMA_NUMBER},
    {"half_float", EQL_SCHEMA_NUMBER},
    {"scaled_float", EQL_SCHEMA_NUMBER},
    {"number", EQL_SCHEMA_NUMBER},
    {"boolean", EQL_SCHEMA_BOOLEAN},
    {"date", EQL_SCHEMA_DATE},
    {"date_nanos", EQL_SCHEMA_DATE},
    {"ip", EQL_SCHEMA_IP},
    {"object", EQL_SCHEMA_OBJECT},
    {"nested", EQL_SCHEMA_OBJECT},
    {"flattened", EQL_SCHEMA_OBJECT},
    {"geo_point", EQL_SCHEMA_OBJECT},
    {"array", EQL_SCHEMA_ARRAY},
    {"mixed", EQL_SCHEMA_MIXED},
};

static eql_schema_type
type_of(eql_strview name)
{
    for (uint32_t i = 0; i < EQL_COUNTOF(type_names); i++)
        if (eql_sv_is(name, type_names[i].name))
            return type_names[i].type;
    return EQL_SCHEMA_UNKNOWN;
}

/* --- adding --- */

/* A type that a path already has is overruled by one that says more; two that
 * disagree make MIXED. */
static eql_schema_type
joined(uint32_t old, eql_schema_type new)
{
    if (old == EQL_NONE || old == (uint32_t) new)
        return new;
    if (new == EQL_SCHEMA_OBJECT || old == EQL_SCHEMA_OBJECT)
        return EQL_SCHEMA_OBJECT;
    return EQL_SCHEMA_MIXED;
}

static void
put(eql_schema *s, eql_map *m, eql_strview key, eql_schema_type type)
{
    uint32_t old = eql_map_get(m, key.p, key.len);

    if (!eql_map_put(m, key.p, key.len, joined(old, type)))
        s->failed = true;
}

static void
category_key(eql_buf *key, eql_strview category, eql_strview path)
{
    key->len = 0;
    eql_buf_add_sv(key, category);
    eql_buf_add_char(key, '\0');
    eql_buf_add_sv(key, path);
}

static void
remember_name(eql_schema *s, eql_strview path)
{
    char *copy = malloc(path.len ? path.len : 1);
    eql_strview name = {copy, path.len};

    if (!copy) {
        s->failed = true;
        return;
    }
    if (path.len)
        memcpy(copy, path.p, path.len);
    if (eql_vec_push(&s->names, &name, sizeof name) == EQL_NONE) {
        free(copy);
        s->failed = true;
    }
}

static void
put_path(eql_schema *s, eql_strview category, eql_strview path,
         eql_schema_type type)
{
    eql_buf key = {0};

    category_key(&key, category, path);
    put(s, s->paths, eql_buf_sv(&key), type);
    put(s, s->any, path, type);
    s->failed = s->failed || key.failed;
    eql_buf_free(&key);
}

bool
eql_schema_add(eql_schema *s, eql_strview category, eql_strview path,
               eql_strview type)
{
    eql_schema_type t = type_of(type);

    if (t == EQL_SCHEMA_UNKNOWN || path.len == 0)
        return false;
    if (category.len && !eql_schema_add_category(s, category))
        return false;
    if (eql_map_get(s->any, path.p, path.len) == EQL_NONE)
        remember_name(s, path);
    put_path(s, category, path, t);
    for (size_t i = path.len; i-- > 1;)
        if (path.p[i] == '.' &&
            eql_map_get(s->any, path.p, i) != EQL_SCHEMA_OBJECT)
            put_path(s, category, eql_sv(path.p, i), EQL_SCHEMA_MIXED);
    return !s->failed;
}

bool
eql_schema_add_multi(eql_schema *s, eql_strview path, eql_strview type,
                     bool caseless)
{
    eql_schema_type t = type_of(type);

    if (t == EQL_SCHEMA_UNKNOWN || path.len == 0)
        return false;
    if (!eql_map_put(s->multi, path.p, path.len,
                     (uint32_t)t | (caseless ? CASELESS : 0)))
        s->failed = true;
    return !s->failed;
}

bool
eql_schema_add_shape(eql_schema *s, eql_strview path, bool array)
{
    uint32_t old = eql_map_get(s->shapes, path.p, path.len);

    if (!eql_map_put(s->shapes, path.p, path.len, old == 1 || array))
        s->failed = true;
    return !s->failed;
}

bool
eql_schema_add_category(eql_schema *s, eql_strview category)
{
    if (!eql_map_put(s->categories, category.p, category.len, 0))
        s->failed = true;
    return !s->failed;
}

/* --- asking --- */

/* First name of the table that is not before s. */
static size_t
lower_bound(eql_strview s)
{
    size_t lo = 0, hi = EQL_COUNTOF(ecs_names);

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (eql_sv_cmp(ecs_names[mid], s) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Does a name of the table begin with path and a dot?  Such names stand
 * together, behind those that go on with a byte below '.'.  first: the first
 * name that is not before path. */
static bool
ecs_is_above(eql_strview path, size_t first)
{
    for (size_t i = first; i < EQL_COUNTOF(ecs_names); i++) {
        eql_strview n = ecs_names[i];

        if (n.len <= path.len || memcmp(n.p, path.p, path.len) != 0)
            return false;
        if (n.p[path.len] == '.')
            return true;
        if (n.p[path.len] > '.')
            return false;
    }
    return false;
}

static eql_schema_type
ecs_exact(eql_strview path)
{
    size_t i = lower_bound(path);

    if (i < EQL_COUNTOF(ecs_names) && eql_sv_eq(ecs_names[i], path))
        return (eql_schema_type)ecs_types[i];
    return ecs_is_above(path, i) ? EQL_SCHEMA_MIXED : EQL_SCHEMA_UNKNOWN;
}

static eql_schema_type
in_category(const eql_schema *s, eql_strview category, eql_strview path)
{
    eql_buf key = {0};
    uint32_t t;

    category_key(&key, category, path);
    t = key.failed ? EQL_NONE : eql_map_get(s->paths, key.p, key.len);
    eql_buf_free(&key);
    return t == EQL_NONE ? EQL_SCHEMA_UNKNOWN : (eql_schema_type)t;
}

static eql_schema_type
exact(const eql_schema *s, eql_strview category, eql_strview path)
{
    eql_schema_type t;
    uint32_t any;

    if (s->ecs)
        return ecs_exact(path);
    if (category.len == 0) {
        any = eql_map_get(s->any, path.p, path.len);
        return any == EQL_NONE ? EQL_SCHEMA_UNKNOWN : (eql_schema_type)any;
    }
    t = in_category(s, category, path);
    return t ? t : in_category(s, eql_sv("", 0), path);
}

eql_schema_type
eql_schema_find(const eql_schema *s, eql_strview category, eql_strview path)
{
    eql_schema_type t;

    if (!s || path.len == 0)
        return EQL_SCHEMA_UNKNOWN;
    t = exact(s, category, path);
    for (size_t i = path.len; !t && i-- > 1;) {
        if (path.p[i] != '.')
            continue;
        t = exact(s, category, eql_sv(path.p, i));
        if (t)
            return t == EQL_SCHEMA_OBJECT || t == EQL_SCHEMA_ARRAY
                       ? EQL_SCHEMA_MIXED
                       : EQL_SCHEMA_UNKNOWN;
    }
    return t;
}

bool
eql_schema_is_no_array(const eql_schema *s, eql_strview path)
{
    return s && !s->ecs && eql_map_get(s->shapes, path.p, path.len) == 0;
}

bool
eql_schema_multi_field(const eql_schema *s, eql_strview path,
                       eql_schema_type *type, bool *caseless)
{
    uint32_t found =
        s && !s->ecs ? eql_map_get(s->multi, path.p, path.len) : EQL_NONE;

    if (found == EQL_NONE)
        return false;
    *type = (eql_schema_type)(found & ~CASELESS);
    *caseless = found & CASELESS;
    return true;
}

bool
eql_schema_has_categories(const eql_schema *s)
{
    return s && !s->ecs && eql_map_count(s->categories) > 0;
}

bool
eql_schema_knows_category(const eql_schema *s, eql_strview category)
{
    return s && !s->ecs &&
           eql_map_get(s->categories, category.p, category.len) != EQL_NONE;
}

eql_field_type
eql_schema_field_type(eql_schema_type t)
{
    switch (t) {
    case EQL_SCHEMA_NUMBER: return EQL_FIELD_NUMBER;
    case EQL_SCHEMA_BOOLEAN: return EQL_FIELD_BOOLEAN;
    case EQL_SCHEMA_DATE: return EQL_FIELD_DATE;
    case EQL_SCHEMA_IP: return EQL_FIELD_IP;
    case EQL_SCHEMA_VERSION: return EQL_FIELD_VERSION;
    case EQL_SCHEMA_UNKNOWN:
    case EQL_SCHEMA_STRING:
    case EQL_SCHEMA_OBJECT:
    case EQL_SCHEMA_ARRAY:
    case EQL_SCHEMA_MIXED:
    case EQL_SCHEMA_TYPE_COUNT: break;
    }
    return EQL_FIELD_ANY;
}

eql_strview
eql_schema_closest(const eql_schema *s, eql_strview path)
{
    const eql_strview *names = s && s->ecs ? ecs_names : NULL;
    uint32_t n = names ? (uint32_t)EQL_COUNTOF(ecs_names) : 0, i;

    if (s && !s->ecs) {
        names = s->names.items;
        n = s->names.n;
    }
    i = eql_closest(path, names, n);
    if (i == EQL_NONE || eql_sv_eq(names[i], path)) /* of another category */
        return (eql_strview){"", 0};
    return names[i];
}

eql_strview
eql_schema_meant_category(const eql_schema *s, eql_strview category)
{
    static const eql_strview names[] = {
        {"api", 3},
        {"authentication", 14},
        {"configuration", 13},
        {"database", 8},
        {"driver", 6},
        {"email", 5},
        {"file", 4},
        {"host", 4},
        {"iam", 3},
        {"intrusion_detection", 19},
        {"library", 7},
        {"malware", 7},
        {"network", 7},
        {"package", 7},
        {"process", 7},
        {"registry", 8},
        {"session", 7},
        {"threat", 6},
        {"vulnerability", 13},
        {"web", 3},
    };
    uint32_t i;

    if (!s || !s->ecs)
        return eql_sv("", 0);
    for (i = 0; i < EQL_COUNTOF(names); i++)
        if (eql_sv_eq(names[i], category))
            return eql_sv("", 0);
    i = eql_closest(category, names, EQL_COUNTOF(names));
    return i == EQL_NONE ? eql_sv("", 0) : names[i];
}

/* --- one segment spelt wrongly --- */

/* Bytes of the longest beginning of path that is known, and its place in the
 * table. */
static size_t
known_beginning(eql_strview path)
{
    for (size_t i = path.len; i-- > 1;)
        if (path.p[i] == '.' && ecs_exact(eql_sv(path.p, i)))
            return i;
    return 0;
}

/* The segment that begins at byte at. */
static eql_strview
segment_at(eql_strview path, size_t at)
{
    const char *dot = memchr(path.p + at, '.', path.len - at);

    return eql_sv(path.p + at,
                  dot ? (size_t)(dot - path.p) - at : path.len - at);
}

static bool
begins_with(eql_strview name, eql_strview parent)
{
    return parent.len == 0 ||
           (name.len > parent.len && name.p[parent.len] == '.' &&
            memcmp(name.p, parent.p, parent.len) == 0);
}

bool
eql_schema_meant_path(const eql_schema *s, eql_strview path, eql_buf *out)
{
    eql_strview parent, written, last = {0};
    size_t at;

    if (!s || !s->ecs || path.len == 0 || ecs_exact(path) ||
        !memchr(path.p, '.', path.len))
        return false;
    parent = eql_sv(path.p, known_beginning(path));
    at = parent.len ? parent.len + 1 : 0;
    written = segment_at(path, at);
    for (size_t i = lower_bound(parent); i < EQL_COUNTOF(ecs_names); i++) {
        eql_strview n = ecs_names[i], child;

        if (memcmp(n.p, parent.p, parent.len < n.len ? parent.len : n.len) != 0)
            break;
        if (!begins_with(n, parent))
            continue;
        child = segment_at(n, at);
        if (eql_sv_eq(child, last) || eql_closest(written, &child, 1) != 0)
            continue;
        last = child;
        out->len = 0;
        eql_buf_add(out, path.p, at);
        eql_buf_add_sv(out, child);
        eql_buf_add(out, written.p + written.len, path.len - at - written.len);
        if (!out->failed && ecs_exact(eql_buf_sv(out)))
            return true;
    }
    return false;
}
