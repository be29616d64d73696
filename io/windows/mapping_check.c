/* mapping_check.c -- places, types and names in a mapping's document: every
 * check that loading needs, each with a reason that says where.
 *
 * Nothing is assumed of the document but that jansson made it. */
#include "io/windows/mapping_load.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_PLACE 16
#define MAX_PATH_KEYS 16u

static void
add_place(eql_buf *why, const eql_mapping_place *at)
{
    const eql_mapping_place *chain[MAX_PLACE];
    size_t n = 0;

    for (; at && n < MAX_PLACE; at = at->up)
        chain[n++] = at;
    if (n == 0)
        eql_buf_add_str(why, "the document");
    while (n-- > 0) {
        if (!chain[n]->key)
            eql_buf_printf(why, "[%zu]", chain[n]->index);
        else
            eql_buf_printf(why, "%s%s", chain[n]->up ? "." : "", chain[n]->key);
    }
}

bool
eql_mapping_check_fail(eql_mapping_loader *l, const eql_mapping_place *at,
                       const char *fmt, ...)
{
    char text[512];
    va_list ap;

    if (l->bad)
        return false;
    l->bad = true;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    add_place(l->why, at);
    eql_buf_printf(l->why, ": %s", text);
    return false;
}

void *
eql_mapping_check_alloc(eql_mapping_loader *l, size_t n, size_t size)
{
    void *p = eql_arena_array(l->arena, n, size);

    if (!p)
        eql_mapping_check_fail(l, NULL, "too large, or out of memory");
    return p;
}

static const char *
type_name(const json_t *v)
{
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a string";
    case JSON_INTEGER:
    case JSON_REAL: return "a number";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    case JSON_NULL: break;
    }
    return v ? "null" : "missing";
}

const json_t *
eql_mapping_check_object(eql_mapping_loader *l, const eql_mapping_place *at,
                         const json_t *v)
{
    if (json_is_object(v))
        return v;
    eql_mapping_check_fail(l, at, "must be an object, is %s", type_name(v));
    return NULL;
}

const json_t *
eql_mapping_check_array(eql_mapping_loader *l, const eql_mapping_place *at,
                        const json_t *v)
{
    if (json_is_array(v))
        return v;
    eql_mapping_check_fail(l, at, "must be a list, is %s", type_name(v));
    return NULL;
}

const char *
eql_mapping_check_text(eql_mapping_loader *l, const eql_mapping_place *at,
                       const json_t *v)
{
    const char *text;

    if (!json_is_string(v)) {
        eql_mapping_check_fail(l, at, "must be a string, is %s", type_name(v));
        return NULL;
    }
    text = json_string_value(v);
    if (text[0] && strlen(text) == json_string_length(v))
        return text;
    eql_mapping_check_fail(l, at, "must not be empty or hold U+0000");
    return NULL;
}

bool
eql_mapping_check_flag(eql_mapping_loader *l, const eql_mapping_place *up,
                       const json_t *object, const char *key)
{
    eql_mapping_place at = {up, key, 0};
    const json_t *v = json_object_get(object, key);

    if (v && !json_is_boolean(v))
        eql_mapping_check_fail(l, &at, "must be true or false, is %s",
                               type_name(v));
    return json_is_true(v);
}

bool
eql_mapping_check_keys(eql_mapping_loader *l, const eql_mapping_place *at,
                       const json_t *object, const char *const *known)
{
    json_t *o = (json_t *)(uintptr_t)object;
    const char *key;
    json_t *v;
    size_t i;

    json_object_foreach(o, key, v)
    {
        for (i = 0; known[i] && strcmp(known[i], key) != 0; i++)
            ;
        if (!known[i])
            return eql_mapping_check_fail(l, at, "unknown key \"%.80s\"", key);
    }
    return true;
}

bool
eql_mapping_check_value(eql_mapping_loader *l, const eql_mapping_place *at,
                        const json_t *v)
{
    size_t i, n = json_array_size(v);

    if (!v || json_is_null(v) || json_is_object(v))
        return eql_mapping_check_fail(
            l, at, "must be a string, number, boolean or list, is %s",
            type_name(v));
    for (i = 0; i < n; i++) {
        const json_t *item = json_array_get(v, i);
        eql_mapping_place here = {at, NULL, i};

        if (json_is_null(item) || json_is_object(item) || json_is_array(item))
            return eql_mapping_check_fail(
                l, &here, "must be a string, number or boolean, is %s",
                type_name(item));
    }
    return true;
}

bool
eql_mapping_check_names(eql_mapping_loader *l, const eql_mapping_place *at,
                        const json_t *v, eql_mapping_names *out)
{
    size_t i, n = json_is_array(v) ? json_array_size(v) : 1;

    out->items = eql_mapping_check_alloc(l, n, sizeof *out->items);
    out->n = 0;
    if (!out->items)
        return false;
    if (n == 0)
        return eql_mapping_check_fail(l, at, "must not be an empty list");
    for (i = 0; i < n; i++) {
        eql_mapping_place here = {at, NULL, i};
        bool list = json_is_array(v);

        out->items[i] = eql_mapping_check_text(l, list ? &here : at,
                                               list ? json_array_get(v, i) : v);
        if (!out->items[i])
            return false;
    }
    out->n = (uint32_t)n;
    return true;
}

/* The named set's codes, or NULL when there is no such set. */
static bool
code_set(eql_mapping_loader *l, const eql_mapping_place *at, const char *name,
         eql_mapping_names *out)
{
    eql_mapping_place up = {NULL, "code_sets", 0}, here = {&up, name, 0};
    const json_t *set = json_object_get(l->code_sets, name);

    if (!set)
        return eql_mapping_check_fail(l, at, "no code set \"%.80s\"", name);
    return eql_mapping_check_names(l, &here, set, out);
}

bool
eql_mapping_check_codes(eql_mapping_loader *l, const eql_mapping_place *at,
                        const json_t *v, eql_mapping_names *out)
{
    eql_mapping_names given, set;
    size_t total = 0;
    uint32_t i, pass, n;

    out->n = 0;
    if (!eql_mapping_check_names(l, at, v, &given))
        return false;
    for (pass = 0; pass < 2; pass++) {
        out->items =
            pass ? eql_mapping_check_alloc(l, total, sizeof(char *)) : NULL;
        if (pass && !out->items)
            return false;
        for (i = 0, total = 0; i < given.n; i++) {
            set = (eql_mapping_names){&given.items[i], 1};
            if (given.items[i][0] == '@' &&
                !code_set(l, at, given.items[i] + 1, &set))
                return false;
            for (n = 0; pass && n < set.n; n++)
                out->items[total + n] = set.items[n];
            total += set.n;
        }
    }
    out->n = (uint32_t)total;
    return true;
}

bool
eql_mapping_check_path(eql_mapping_loader *l, const eql_mapping_place *at,
                       const char *text, char sep, eql_mapping_path *out)
{
    eql_strview copy = eql_arena_dup(l->arena, eql_sv_cstr(text));
    const char **keys = eql_mapping_check_alloc(l, MAX_PATH_KEYS, sizeof *keys);
    char *p = (char *)(uintptr_t)copy.p, *next;
    uint32_t n = 0;

    if (!p || !keys)
        return eql_mapping_check_fail(l, NULL, "too large, or out of memory");
    for (; p; p = next) {
        next = strchr(p, sep);
        if (next)
            *next++ = 0;
        if (!*p || n == MAX_PATH_KEYS)
            return eql_mapping_check_fail(l, at, "\"%.80s\" is no path", text);
        keys[n++] = p;
    }
    *out = (eql_mapping_path){keys, n};
    return true;
}

bool
eql_mapping_check_target(eql_mapping_loader *l, const eql_mapping_place *at,
                         const char *text, eql_mapping_path *out)
{
    if (strcmp(text, "@timestamp") == 0 || strcmp(text, "event.created") == 0)
        return eql_mapping_check_fail(
            l, at, "\"%s\" is set by the time rules only", text);
    return eql_mapping_check_path(l, at, text, '.', out);
}

bool
eql_mapping_check_feature(eql_mapping_loader *l, const eql_mapping_place *at,
                          const json_t *object)
{
    eql_mapping_place here = {at, "feature", 0};
    const json_t *v = json_object_get(object, "feature"), *on;
    const char *name = v ? eql_mapping_check_text(l, &here, v) : NULL;

    if (!v)
        return true;
    on = name ? json_object_get(l->features, name) : NULL;
    if (name && !on)
        eql_mapping_check_fail(l, &here, "no feature \"%.80s\"", name);
    return json_is_true(on);
}
