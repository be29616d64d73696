/* schema_file.c -- see schema_file.h. */
#include "rulefile/schema_file.h"

#include "io/json/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *file;
    eql_schema_field_fn fn;
    void *ctx;
    eql_buf *why;
    eql_strview category;
    eql_buf path;
} reader;

static bool
fail(reader *r, const char *what, eql_strview about)
{
    eql_buf_printf(r->why, "%s: %s%s%.*s", r->file, what, about.len ? ": " : "",
                   (int)about.len, about.p ? about.p : "");
    return false;
}

static bool
tell(reader *r, eql_schema_entry e)
{
    e.category = r->category;
    e.path = eql_buf_sv(&r->path);
    return r->fn(r->ctx, &e);
}

static bool
add(reader *r, const char *type)
{
    if (r->path.failed)
        return fail(r, "out of memory", eql_sv("", 0));
    if (tell(r, (eql_schema_entry){.type = eql_sv_cstr(type)}))
        return true;
    eql_buf_printf(r->why, "%s: %.*s: unknown type \"%s\"", r->file,
                   (int)r->path.len, r->path.p ? r->path.p : "", type);
    return false;
}

/* Appends a name to the path; give the result back with `leave`. */
static size_t
enter(reader *r, const char *name)
{
    size_t before = r->path.len;

    if (before > 0)
        eql_buf_add_char(&r->path, '.');
    eql_buf_add_str(&r->path, name);
    return before;
}

static bool read_tree(reader *r, const json_t *tree, unsigned depth);

/* {"type":"keyword"} or {"properties":{...}} of an index mapping. */
static bool read_properties(reader *r, const json_t *props, unsigned depth);

/* A second form of the field at the path. */
static bool
add_form(reader *r, const char *name, const json_t *form)
{
    const char *type = json_string_value(json_object_get(form, "type"));
    size_t before = enter(r, name);
    eql_schema_entry e = {.type = eql_sv_cstr(type ? type : "mixed"),
                          .multi = true,
                          .caseless = json_object_get(form, "normalizer")};
    bool ok = !r->path.failed && tell(r, e);

    if (!ok && !r->path.failed) {
        e.type = eql_sv_cstr("mixed");
        ok = tell(r, e);
    }
    r->path.len = before;
    return ok || fail(r, "out of memory", eql_sv("", 0));
}

static bool
add_forms(reader *r, const json_t *forms)
{
    json_t *o = (json_t *)(uintptr_t)forms;
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v)
    {
        if (!add_form(r, key, v))
            return false;
    }
    return true;
}

/* A mapping comes from Elasticsearch: a type that is not known here (alias,
 * a range, ...) is one all the same.  An object whose fields are listed has
 * those and no others. */
static bool
read_property(reader *r, const json_t *field, unsigned depth)
{
    const json_t *type = json_object_get(field, "type");
    const json_t *below = json_object_get(field, "properties");
    const json_t *more = json_object_get(field, "fields");
    const char *name = json_is_string(type) ? json_string_value(type) : NULL;

    if (json_object_size(below) > 0)
        return read_properties(r, below, depth + 1);
    if (!name)
        name = "object";
    if (strcmp(name, "alias") == 0)
        name = "mixed";
    if (!tell(r, (eql_schema_entry){.type = eql_sv_cstr(name)}) &&
        !add(r, "mixed"))
        return false;
    return !json_is_object(more) || add_forms(r, more);
}

static bool
read_properties(reader *r, const json_t *props, unsigned depth)
{
    json_t *o = (json_t *)(uintptr_t)props;
    const char *key;
    json_t *v;

    if (depth > EQL_SCHEMA_MAX_DEPTH)
        return fail(r, "nested too deeply", eql_sv("", 0));
    json_object_foreach(o, key, v)
    {
        size_t before = enter(r, key);
        bool ok = read_property(r, v, depth);

        r->path.len = before;
        if (!ok)
            return false;
    }
    return true;
}

/* inside: of the brackets of an array. */
static bool
read_leaf(reader *r, const json_t *v, bool inside, unsigned depth)
{
    bool typed = json_is_string(v) && strcmp(json_string_value(v), "mixed") &&
                 strcmp(json_string_value(v), "array");
    bool fields = json_object_size(v) > 0;

    if ((typed || json_is_object(v)) && !inside &&
        !tell(r, (eql_schema_entry){.single = true}))
        return fail(r, "out of memory", eql_sv("", 0));
    if (json_is_string(v))
        return add(r, json_string_value(v));
    /* A schema of Python EQL's kind: ["keyword"], an array of such elements. */
    if (json_is_array(v) && !inside &&
        !tell(r, (eql_schema_entry){.array = true}))
        return fail(r, "out of memory", eql_sv("", 0));
    if (json_is_array(v) && json_array_size(v) == 1 &&
        depth < EQL_SCHEMA_MAX_DEPTH)
        return read_leaf(r, json_array_get(v, 0), true, depth + 1);
    if (json_is_array(v))
        return add(r, "array");
    if (!json_is_object(v))
        return fail(r, "a type is a name in quotes", eql_buf_sv(&r->path));
    return fields ? read_tree(r, v, depth + 1) : add(r, "object");
}

static bool
read_tree(reader *r, const json_t *tree, unsigned depth)
{
    json_t *o = (json_t *)(uintptr_t)tree;
    const char *key;
    json_t *v;

    if (depth > EQL_SCHEMA_MAX_DEPTH)
        return fail(r, "nested too deeply", eql_sv("", 0));
    json_object_foreach(o, key, v)
    {
        size_t before = enter(r, key);
        bool ok = read_leaf(r, v, false, depth);

        r->path.len = before;
        if (!ok)
            return false;
    }
    return true;
}

static bool
read_categories(reader *r, const json_t *categories)
{
    json_t *o = (json_t *)(uintptr_t)categories;
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v)
    {
        r->category = eql_sv_cstr(key);
        if (!json_is_object(v))
            return fail(r, "a category is an object of paths", r->category);
        if (!r->fn(r->ctx, &(eql_schema_entry){.category = r->category}))
            return fail(r, "out of memory", eql_sv("", 0));
        if (!read_tree(r, v, 1))
            return false;
    }
    return true;
}

/* The properties of a mapping; NULL when it is none. */
static const json_t *
properties_of(const json_t *o)
{
    const json_t *inner = json_object_get(o, "mappings");
    const json_t *p =
        json_object_get(json_is_object(inner) ? inner : o, "properties");

    return json_is_object(p) ? p : NULL;
}

/* What an index answers when it is asked for its mapping: the names of indexes
 * stand before the mappings. */
static bool
is_answer(const json_t *root)
{
    json_t *o = (json_t *)(uintptr_t)root;
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v)
    {
        if (json_object_size(v) != 1 ||
            !json_is_object(json_object_get(v, "mappings")))
            return false;
    }
    return json_object_size(root) > 0;
}

static bool
read_answer(reader *r, const json_t *root)
{
    json_t *o = (json_t *)(uintptr_t)root;
    const char *key;
    json_t *v;

    json_object_foreach(o, key, v)
    {
        const json_t *p = properties_of(v);

        if (p && !read_properties(r, p, 1))
            return false;
    }
    return true;
}

static bool
read_json(reader *r, eql_strview text)
{
    json_error_t e;
    bool ok, no_memory;
    json_t *root = eql_json_load(text, JSON_REJECT_DUPLICATES, &e, &no_memory);

    if (no_memory) {
        eql_buf_add_str(r->why, "out of memory");
        return false;
    }
    if (!root) {
        eql_buf_printf(r->why, "%s:%d:%d: %s", r->file, e.line, e.column,
                       e.text);
        return false;
    }
    if (properties_of(root))
        ok = read_properties(r, properties_of(root), 1);
    else if (is_answer(root))
        ok = read_answer(r, root);
    else if (json_is_object(json_object_get(root, "categories")))
        ok = read_categories(r, json_object_get(root, "categories"));
    else
        ok = read_tree(r, root, 1);
    json_decref(root);
    return ok;
}

/* --- lines --- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line, which is cut off; empty at its end. */
static eql_strview
next_word(eql_strview *line)
{
    size_t a = 0, b;

    while (a < line->len && is_space(line->p[a]))
        a++;
    for (b = a; b < line->len && !is_space(line->p[b]); b++)
        ;
    if (a < line->len && line->p[a] == '#')
        b = a;
    *line = eql_sv(line->p + b, line->len - b);
    return eql_sv(line->p - (b - a), b - a);
}

static bool
read_line(reader *r, eql_strview line, unsigned number)
{
    eql_strview path = next_word(&line), type;

    if (path.len == 0)
        return true;
    type = next_word(&line);
    if (type.len > 0 &&
        r->fn(r->ctx, &(eql_schema_entry){.path = path, .type = type}))
        return true;
    eql_buf_printf(r->why, "%s:%u: %s", r->file, number,
                   type.len ? "unknown type" : "a line is a path and its type");
    return false;
}

static bool
read_lines(reader *r, eql_strview text)
{
    unsigned number = 0;

    while (text.len > 0) {
        const char *end = memchr(text.p, '\n', text.len);
        size_t n = end ? (size_t)(end - text.p) : text.len;

        if (!read_line(r, eql_sv(text.p, n), ++number))
            return false;
        n += end != NULL;
        text = eql_sv(text.p + n, text.len - n);
    }
    return true;
}

/* --- the file --- */

static bool
load(reader *r, eql_buf *text)
{
    FILE *f = fopen(r->file, "rbe");
    char chunk[65536];
    size_t n;
    bool ok;

    if (!f)
        return fail(r, strerror(errno), eql_sv("", 0));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 &&
           text->len <= EQL_SCHEMA_MAX_BYTES)
        eql_buf_add(text, chunk, n);
    ok = !ferror(f);
    fclose(f);
    if (!ok)
        return fail(r, "cannot be read", eql_sv("", 0));
    if (text->len > EQL_SCHEMA_MAX_BYTES)
        return fail(r, "larger than a schema may be (64 MiB)", eql_sv("", 0));
    return !text->failed || fail(r, "out of memory", eql_sv("", 0));
}

bool
eql_schema_file_read(const char *path, eql_schema_field_fn fn, void *ctx,
                     eql_buf *why)
{
    reader r = {.file = path, .fn = fn, .ctx = ctx, .why = why};
    eql_buf text = {0};
    size_t start = 0;
    bool ok = load(&r, &text);

    while (ok && start < text.len &&
           (is_space(text.p[start]) || text.p[start] == '\n'))
        start++;
    if (ok)
        ok = start < text.len && text.p[start] == '{'
                 ? read_json(&r, eql_buf_sv(&text))
                 : read_lines(&r, eql_buf_sv(&text));
    eql_buf_free(&text);
    eql_buf_free(&r.path);
    return ok;
}
