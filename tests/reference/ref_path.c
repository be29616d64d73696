/* ref_path.c -- see ref_path.h.
 *
 * Names are followed one object at a time, keeping what every spelling, nested
 * or dotted, gives.  Lists met on the way are
 * flattened, unless they are opaque.  An index picks from the flattened list
 * of what stands before it. */
#include "tests/reference/ref_path.h"

#include <string.h>

/* Fields of ECS that are more than text. */
static const struct {
    const char *name;
    ref_type type;
} typed_paths[] = {
    {"client.ip", REF_TYPE_IP},
    {"client.nat.ip", REF_TYPE_IP},
    {"destination.ip", REF_TYPE_IP},
    {"destination.nat.ip", REF_TYPE_IP},
    {"dns.resolved_ip", REF_TYPE_IP},
    {"host.ip", REF_TYPE_IP},
    {"network.forwarded_ip", REF_TYPE_IP},
    {"observer.ip", REF_TYPE_IP},
    {"related.ip", REF_TYPE_IP},
    {"server.ip", REF_TYPE_IP},
    {"server.nat.ip", REF_TYPE_IP},
    {"source.ip", REF_TYPE_IP},
    {"source.nat.ip", REF_TYPE_IP},
    {"threat.indicator.ip", REF_TYPE_IP},
    {"destination.port", REF_TYPE_NUMBER},
    {"event.severity", REF_TYPE_NUMBER},
    {"file.size", REF_TYPE_NUMBER},
    {"process.exit_code", REF_TYPE_NUMBER},
    {"process.parent.pid", REF_TYPE_NUMBER},
    {"process.pid", REF_TYPE_NUMBER},
    {"source.port", REF_TYPE_NUMBER},
    {"dll.code_signature.trusted", REF_TYPE_BOOL},
    {"file.code_signature.exists", REF_TYPE_BOOL},
    {"process.code_signature.trusted", REF_TYPE_BOOL},
    {"process.interactive", REF_TYPE_BOOL},
    {"tls.established", REF_TYPE_BOOL},
    {"@timestamp", REF_TYPE_DATE},
    {"event.created", REF_TYPE_DATE},
    {"file.mtime", REF_TYPE_DATE},
    {"process.start", REF_TYPE_DATE},
    /* text to ECS */
    {"package.version", REF_TYPE_VERSION},
    {"agent.version", REF_TYPE_VERSION},
};

static void
push(ref_pool *pool, ref_json_list *list, const json_t *v)
{
    list->items = ref_grow(pool, list->items, list->n, sizeof *list->items);
    list->items[list->n++] = v;
}

/* --- names --- */

/* names[0..n-1] joined by dots. */
static char *
join(ref_pool *pool, const ref_str *names, size_t n)
{
    ref_text t = {.pool = pool};

    for (size_t i = 0; i < n; i++) {
        if (i)
            ref_put(&t, ".");
        ref_put_str(&t, names[i]);
    }
    return ref_text_cstr(&t);
}

typedef struct {
    ref_pool *pool;
    bool opaque; /* lists are not entered */
    ref_json_list found;
} walk;

static void step(walk *w, const json_t *v, const ref_str *names, size_t n);

/* Every member that spells some of the names, in the order they stand there:
 * which of several spellings comes first is left open. */
static void
step_into(walk *w, const json_t *object, const ref_str *names, size_t n)
{
    for (void *i = json_object_iter((json_t *)object); i;
         i = json_object_iter_next((json_t *)object, i))
        for (size_t k = n; k > 0; k--)
            if (strcmp(json_object_iter_key(i), join(w->pool, names, k)) == 0)
                step(w, json_object_iter_value(i), names + k, n - k);
}

/* Appends what the names lead to from v. */
static void
step(walk *w, const json_t *v, const ref_str *names, size_t n)
{
    if (n == 0) {
        push(w->pool, &w->found, v);
    } else if (json_is_array(v) && !w->opaque) {
        for (size_t i = 0; i < json_array_size(v); i++)
            step(w, json_array_get(v, i), names, n);
    } else if (json_is_object(v)) {
        step_into(w, v, names, n);
    }
}

static ref_json_list
step_all(const ref_env *env, const ref_json_list *from, const ref_str *names,
         size_t n)
{
    walk w = {.pool = env->pool, .opaque = env->flags->opaque};

    for (size_t i = 0; i < from->n; i++)
        step(&w, from->items[i], names, n);
    return w.found;
}

/* Lists opened, nulls dropped. */
static void
flatten(ref_pool *pool, const json_t *v, ref_json_list *out)
{
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++)
            flatten(pool, json_array_get(v, i), out);
    } else if (v && !json_is_null(v)) {
        push(pool, out, v);
    }
}

static ref_json_list
flatten_all(ref_pool *pool, const ref_json_list *from)
{
    ref_json_list out = {0};

    for (size_t i = 0; i < from->n; i++)
        flatten(pool, from->items[i], &out);
    return out;
}

/* Appends the names of segments; with split, dots inside backticks separate
 * names too. */
static size_t
names_of(const ref_segment *segments, size_t n, bool split, ref_str *names)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        ref_str rest = segments[i].name;
        const char *dot;

        while (split && segments[i].quoted &&
               (dot = memchr(rest.p, '.', rest.n)) != NULL) {
            size_t len = (size_t)(dot - rest.p);

            names[count++] = (ref_str){rest.p, len};
            rest = (ref_str){dot + 1, rest.n - len - 1};
        }
        names[count++] = rest;
    }
    return count;
}

/* Follows n name segments: backticks as literal keys first, then, where that
 * finds nothing, their dots as separators. */
static ref_json_list
follow(const ref_env *env, const ref_json_list *from,
       const ref_segment *segments, size_t n)
{
    size_t room = 0;
    ref_str *names;
    ref_json_list out;

    for (size_t i = 0; i < n; i++)
        room += segments[i].name.n + 1;
    names = ref_alloc(env->pool, room * sizeof *names);
    out = step_all(env, from, names, names_of(segments, n, false, names));
    if (out.n == 0)
        out = step_all(env, from, names, names_of(segments, n, true, names));
    return out;
}

/* --- roots --- */

bool
ref_path_is_alias(const ref_path *path, const ref_str *aliases, size_t n)
{
    if (path->variable || path->segments[0].quoted || path->n < 2)
        return false;
    for (size_t i = 0; i < n; i++)
        if (ref_str_eq(path->segments[0].name, aliases[i]))
            return true;
    return false;
}

/* What the path starts at, and how many of its segments say so. */
static const json_t *
root_of(const ref_env *env, const ref_path *path, size_t *used)
{
    const ref_segment *first = &path->segments[0];

    *used = 1;
    for (const ref_variable *v = env->variables; path->variable && v;
         v = v->outer)
        if (ref_str_eq(v->name, first->name))
            return v->value;
    for (size_t i = 0; i < env->naliases; i++)
        if (ref_path_is_alias(path, &env->aliases[i].name, 1))
            return env->aliases[i].event;
    if (path->variable) {
        *env->refused = "unbound variable";
        return NULL;
    }
    if (env->events && ref_str_eq(first->name, ref_cstr("events")) &&
        !first->quoted && path->n > 1 && path->segments[1].is_index) {
        size_t i = path->segments[1].index;

        *used = 2;
        return i < env->nevents ? env->events[i] : NULL;
    }
    *used = 0;
    return env->event;
}

static void
pick(const ref_env *env, ref_json_list *at, size_t index)
{
    ref_json_list out = {0};

    if (env->flags->opaque) {
        for (size_t i = 0; i < at->n; i++) {
            const json_t *v = at->items[i];

            if (json_is_array(v))
                v = json_array_get(v, index);
            else if (index > 0)
                v = NULL;
            if (v)
                push(env->pool, &out, v);
        }
    } else {
        ref_json_list flat = flatten_all(env->pool, at);

        if (index < flat.n)
            push(env->pool, &out, flat.items[index]);
    }
    *at = out;
}

/* Everything at the path, as it stands in the event. */
static ref_json_list
nodes_at(const ref_env *env, const ref_path *path)
{
    ref_json_list at = {0};
    size_t i;
    const json_t *root = root_of(env, path, &i);

    if (root)
        push(env->pool, &at, root);
    while (i < path->n) {
        size_t end = i;

        while (end < path->n && !path->segments[end].is_index)
            end++;
        if (end > i)
            at = follow(env, &at, path->segments + i, end - i);
        if (end < path->n)
            pick(env, &at, path->segments[end++].index);
        i = end;
    }
    return at;
}

/* --- values --- */

ref_value
ref_scalar(const json_t *v)
{
    ref_value out = {.tag = REF_NULL, .node = v};

    if (json_is_boolean(v)) {
        out.tag = REF_BOOL;
        out.b = json_is_true(v);
    } else if (json_is_integer(v)) {
        out.tag = REF_NUM;
        out.num = (ref_num){.is_int = true, .i = json_integer_value(v)};
    } else if (json_is_real(v)) {
        out.tag = REF_NUM;
        out.num = (ref_num){.d = json_real_value(v)};
    } else if (json_is_string(v)) {
        out.tag = REF_STR;
        out.str = (ref_str){json_string_value(v), json_string_length(v)};
    }
    return out;
}

/* Language 15.1: texts of numeric and boolean paths are read first.  One that
 * is no number, or no boolean, stays a text. */
static ref_value
typed(ref_value v, ref_type type)
{
    v.type = type;
    if (v.tag != REF_STR)
        return v;
    if (type == REF_TYPE_NUMBER && ref_parse_num(v.str, &v.num))
        v.tag = REF_NUM;
    if (type == REF_TYPE_BOOL && (ref_str_eq(v.str, ref_cstr("true")) ||
                                  ref_str_eq(v.str, ref_cstr("false")))) {
        v.tag = REF_BOOL;
        v.b = v.str.n == 4;
    }
    return v;
}

/* Objects are no scalars: they count as null. */
static ref_values
scalars(ref_pool *pool, const ref_json_list *found, ref_type type)
{
    ref_json_list flat = flatten_all(pool, found);
    ref_values out = {ref_alloc(pool, flat.n * sizeof(ref_value)), 0};

    for (size_t i = 0; i < flat.n; i++) {
        ref_value v = typed(ref_scalar(flat.items[i]), type);

        if (v.tag != REF_NULL)
            out.items[out.n++] = v;
    }
    return out;
}

ref_values
ref_path_values(const ref_env *env, const ref_path *path)
{
    ref_json_list at = nodes_at(env, path);
    ref_values out = {0};

    if (!env->flags->opaque)
        return scalars(env->pool, &at, ref_path_type(env, path));
    if (at.n > 1)
        *env->refused = "several spellings of an opaque path";
    if (at.n == 0 || json_is_null(at.items[0]))
        return out;
    if (json_array_size(at.items[0]) + json_object_size(at.items[0]) == 0)
        return scalars(env->pool, &at, ref_path_type(env, path));
    out.items = ref_alloc(env->pool, sizeof *out.items);
    out.items[out.n++] = (ref_value){.tag = REF_LIST, .node = at.items[0]};
    return out;
}

ref_json_list
ref_path_elements(const ref_env *env, const ref_path *path, bool lists_only)
{
    ref_json_list at = nodes_at(env, path), out = {0};

    for (size_t i = 0; i < at.n; i++) {
        const json_t *v = at.items[i];

        if (!json_is_array(v)) {
            if (!lists_only && !json_is_null(v))
                push(env->pool, &out, v);
            continue;
        }
        for (size_t k = 0; k < json_array_size(v); k++)
            if (!json_is_null(json_array_get(v, k)))
                push(env->pool, &out, json_array_get(v, k));
    }
    return out;
}

ref_values
ref_typed_elements(const ref_env *env, const ref_path *path)
{
    ref_json_list list = ref_path_elements(env, path, false);
    ref_values out = {ref_alloc(env->pool, list.n * sizeof(ref_value)), 0};

    for (; out.n < list.n; out.n++)
        out.items[out.n] =
            typed(ref_scalar(list.items[out.n]), ref_path_type(env, path));
    return out;
}

bool
ref_path_count(const ref_env *env, const ref_path *path, size_t *count)
{
    ref_json_list at = nodes_at(env, path);
    const json_t *v = at.n == 1 ? at.items[0] : NULL;

    if (json_is_object(v)) {
        *count = json_object_size(v);
        return *count > 0;
    }
    if (at.n == 0 || (v && !json_is_array(v)))
        return false;
    if (env->flags->opaque)
        *count = json_array_size(v);
    else
        *count = flatten_all(env->pool, &at).n;
    return *count > 0;
}

ref_values
ref_name_values(ref_pool *pool, const json_t *event, const char *name)
{
    ref_str names[8];
    walk w = {.pool = pool};
    size_t n = 0;

    for (const char *p = name; n < REF_COUNTOF(names); p++) {
        size_t len = strcspn(p, ".");

        names[n++] = (ref_str){p, len};
        p += len;
        if (!*p)
            break;
    }
    step(&w, event, names, n);
    return scalars(pool, &w.found, REF_UNTYPED);
}

/* --- types --- */

/* Are the path's names from segment i on, joined by dots, `name`? */
static bool
path_is(const ref_path *path, size_t i, const char *name)
{
    bool first = true;

    for (; i < path->n; i++) {
        const ref_segment *s = &path->segments[i];

        if (s->is_index)
            continue;
        if (!first && *name++ != '.')
            return false;
        if (strncmp(name, s->name.p, s->name.n) != 0)
            return false;
        name += s->name.n;
        first = false;
    }
    return *name == '\0';
}

ref_type
ref_path_type(const ref_env *env, const ref_path *path)
{
    size_t used;

    if (env->flags->no_schema || path->variable)
        return REF_UNTYPED;
    (void)root_of(env, path, &used);
    for (size_t i = 0; i < REF_COUNTOF(typed_paths); i++)
        if (path_is(path, used, typed_paths[i].name))
            return typed_paths[i].type != REF_TYPE_VERSION ||
                           env->flags->versions
                       ? typed_paths[i].type
                       : REF_UNTYPED;
    return REF_UNTYPED;
}

bool
ref_typed_path(size_t i, const char **path, const char **type)
{
    static const char *const names[] = {
        [REF_TYPE_IP] = "ip",           [REF_TYPE_NUMBER] = "long",
        [REF_TYPE_BOOL] = "boolean",    [REF_TYPE_DATE] = "date",
        [REF_TYPE_VERSION] = "version",
    };

    if (i >= REF_COUNTOF(typed_paths))
        return false;
    *path = typed_paths[i].name;
    *type = names[typed_paths[i].type];
    return true;
}
