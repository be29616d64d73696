/* ref_path.c -- see ref_path.h.
 *
 * Names are followed one object at a time, trying the longest dotted key
 * first and keeping what every spelling gives.  Lists met on the way are
 * flattened.  An index picks from the flattened list of what stands before
 * it. */
#include "tests/reference/ref_path.h"

#include <string.h>

/* Fields of type ip in ECS. */
static const char *const address_paths[] = {
    "client.ip",
    "client.nat.ip",
    "destination.ip",
    "destination.nat.ip",
    "dns.resolved_ip",
    "host.ip",
    "host.target.ip",
    "network.forwarded_ip",
    "observer.ip",
    "orchestrator.resource.ip",
    "process.entry_leader.entry_meta.source.ip",
    "related.ip",
    "server.ip",
    "server.nat.ip",
    "source.ip",
    "source.nat.ip",
    "threat.enrichments.indicator.ip",
    "threat.indicator.ip",
};

typedef struct {
    const json_t **items;
    size_t n;
} nodes;

static void
push(ref_pool *pool, nodes *list, const json_t *v)
{
    list->items = ref_grow(pool, list->items, list->n, sizeof *list->items);
    list->items[list->n++] = v;
}

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

/* Appends what the names lead to from v. */
static void
walk(ref_pool *pool, const json_t *v, const ref_str *names, size_t n,
     nodes *out)
{
    if (n == 0) {
        push(pool, out, v);
    } else if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++)
            walk(pool, json_array_get(v, i), names, n, out);
    } else if (json_is_object(v)) {
        for (size_t k = n; k > 0; k--) {
            const json_t *child = json_object_get(v, join(pool, names, k));

            if (child)
                walk(pool, child, names + k, n - k, out);
        }
    }
}

static nodes
walk_all(ref_pool *pool, const nodes *from, const ref_str *names, size_t n)
{
    nodes out = {0};

    for (size_t i = 0; i < from->n; i++)
        walk(pool, from->items[i], names, n, &out);
    return out;
}

/* Lists opened, nulls dropped. */
static void
flatten(ref_pool *pool, const json_t *v, nodes *out)
{
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++)
            flatten(pool, json_array_get(v, i), out);
    } else if (v && !json_is_null(v)) {
        push(pool, out, v);
    }
}

static nodes
flatten_all(ref_pool *pool, const nodes *from)
{
    nodes out = {0};

    for (size_t i = 0; i < from->n; i++)
        flatten(pool, from->items[i], &out);
    return out;
}

/* Appends the names of segments; with split, dots inside backticks separate
 * names too. */
static size_t
names_of(const eql_segment *segments, size_t n, bool split, ref_str *names)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        ref_str rest = {segments[i].name.p, segments[i].name.len};
        const char *dot;

        while (split && segments[i].kind == EQL_SEGMENT_QUOTED &&
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
static nodes
follow(ref_pool *pool, const nodes *from, const eql_segment *segments, size_t n)
{
    size_t room = 0;
    ref_str *names;
    nodes out;

    for (size_t i = 0; i < n; i++)
        room += segments[i].name.len + 1;
    names = ref_alloc(pool, room * sizeof *names);
    out = walk_all(pool, from, names, names_of(segments, n, false, names));
    if (out.n == 0)
        out = walk_all(pool, from, names, names_of(segments, n, true, names));
    return out;
}

static ref_value
scalar(const json_t *v)
{
    ref_value out = {.tag = REF_NULL};

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

/* Objects are no scalars: they count as null. */
static ref_values
scalars(ref_pool *pool, const nodes *found, bool address)
{
    nodes flat = flatten_all(pool, found);
    ref_values out = {ref_alloc(pool, flat.n * sizeof(ref_value)), 0};

    for (size_t i = 0; i < flat.n; i++) {
        ref_value v = scalar(flat.items[i]);

        v.address = address;
        if (v.tag != REF_NULL)
            out.items[out.n++] = v;
    }
    return out;
}

ref_values
ref_path_values(ref_pool *pool, const json_t *event, const eql_path *path)
{
    nodes at = {0};
    size_t i = 0;

    push(pool, &at, event);
    while (i < path->n) {
        size_t end = i;

        while (end < path->n && path->segments[end].kind != EQL_SEGMENT_INDEX)
            end++;
        if (end > i)
            at = follow(pool, &at, path->segments + i, end - i);
        if (end < path->n) {
            nodes flat = flatten_all(pool, &at);
            uint32_t index = path->segments[end].index;

            at = (nodes){0};
            if (index < flat.n)
                push(pool, &at, flat.items[index]);
            end++;
        }
        i = end;
    }
    return scalars(pool, &at, ref_path_is_address(path));
}

ref_values
ref_name_values(ref_pool *pool, const json_t *event, const char *name)
{
    ref_str names[8];
    nodes found = {0};
    size_t n = 0;

    for (const char *p = name; n < REF_COUNTOF(names); p++) {
        size_t len = strcspn(p, ".");

        names[n++] = (ref_str){p, len};
        p += len;
        if (!*p)
            break;
    }
    walk(pool, event, names, n, &found);
    return scalars(pool, &found, false);
}

/* Is `name` the path's names joined by dots? */
static bool
path_is(const eql_path *path, const char *name)
{
    for (uint32_t i = 0; i < path->n; i++) {
        const eql_segment *s = &path->segments[i];

        if (s->kind == EQL_SEGMENT_INDEX)
            continue;
        if (i && *name++ != '.')
            return false;
        if (strncmp(name, s->name.p, s->name.len) != 0)
            return false;
        name += s->name.len;
    }
    return *name == '\0';
}

bool
ref_path_is_address(const eql_path *path)
{
    for (size_t i = 0; i < REF_COUNTOF(address_paths); i++)
        if (path_is(path, address_paths[i]))
            return true;
    return false;
}
