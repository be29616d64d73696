/* compile.c -- options of a case to those of the library. */
#include "tests/conformance/case.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
case_init(test_case *c, const json_t *object)
{
    *c = (test_case){.all = object};
    c->id = json_string_value(json_object_get(object, "id"));
    c->dialect = json_string_value(json_object_get(object, "dialect"));
    c->kind = json_string_value(json_object_get(object, "kind"));
    c->query = json_string_value(json_object_get(object, "query"));
    c->origin = json_string_value(json_object_get(object, "origin"));
    c->data = json_string_value(json_object_get(object, "data"));
    c->options = json_object_get(object, "options");
    c->expect = json_object_get(object, "expect");
}

void
case_free(test_case *c)
{
    eql_buf_free(&c->why);
}

const char *
case_option(const test_case *c, const char *name)
{
    return json_string_value(json_object_get(c->options, name));
}

/* --- the text --- */

/* A JSON value as a literal of the language. */
static bool
add_literal(eql_buf *out, const json_t *v)
{
    char *text;

    if (json_is_null(v) || json_is_boolean(v) || json_is_integer(v)) {
        text = json_dumps(v, JSON_ENCODE_ANY);
        eql_buf_add_str(out, text ? text : "");
        free(text);
        return text != NULL;
    }
    if (json_is_real(v)) {
        eql_buf_printf(out, "%.17g", json_real_value(v));
        return true;
    }
    if (!json_is_string(v))
        return false;
    eql_buf_add_char(out, '"');
    for (size_t i = 0; i < json_string_length(v); i++) {
        unsigned char ch = (unsigned char)json_string_value(v)[i];

        if (ch == '"' || ch == '\\')
            eql_buf_printf(out, "\\%c", ch);
        else if (ch < 0x20)
            eql_buf_printf(out, "\\u{%02x}", ch);
        else
            eql_buf_add_char(out, (char)ch);
    }
    eql_buf_add_char(out, '"');
    return true;
}

/* `any where (EXPRESSION) == VALUE`; where only compiling counts, VALUE is
 * null, which goes with everything. */
static bool
add_expression(const test_case *c, eql_buf *out)
{
    const json_t *value = json_object_get(c->expect, "value");

    eql_buf_add_str(out, "any where (");
    eql_buf_add_str(out, c->query);
    eql_buf_add_str(out, "\n) == ");
    if (value)
        return add_literal(out, value);
    eql_buf_add_str(out, "null");
    return true;
}

bool
case_text(const test_case *c, eql_buf *out)
{
    const json_t *as_query = json_object_get(c->all, "as_query");

    if (strcmp(c->kind, "expression") != 0) {
        eql_buf_add_str(out, c->query);
    } else if (json_is_string(as_query)) {
        eql_buf_add_str(out, json_string_value(as_query));
    } else if (!add_expression(c, out)) {
        return false;
    }
    eql_buf_add_char(out, '\0');
    return !out->failed;
}

/* --- the schema --- */

/* A type of Python EQL's schemas as a schema file has it. */
static json_t *
convert_type(const json_t *t)
{
    static const char *const names[][2] = {
        {"string", "keyword"}, {"number", "double"}, {"boolean", "boolean"},
        {"mixed", "mixed"},    {"integer", "long"},
    };
    json_t *out, *v;
    json_t *o = (json_t *)(uintptr_t)t;
    const char *key;

    if (json_is_array(t)) {
        out = json_array();
        if (json_array_size(t) > 0)
            json_array_append_new(out, convert_type(json_array_get(t, 0)));
        return out;
    }
    if (json_is_object(t)) {
        out = json_object();
        json_object_foreach(o, key, v)
            json_object_set_new(out, key, convert_type(v));
        return out;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (json_is_string(t) && strcmp(json_string_value(t), names[i][0]) == 0)
            return json_string(names[i][1]);
    return json_string("mixed");
}

/* The schema of Python EQL that a case names. */
static json_t *
schema_of_categories(const json_t *events)
{
    json_t *o = (json_t *)(uintptr_t)events, *categories = json_object(), *v;
    const char *key;

    json_object_foreach(o, key, v)
        json_object_set_new(categories, key, convert_type(v));
    return json_pack("{s:o}", "categories", categories);
}

/* "keyword|wildcard": one of them; an alias is a path, no type. */
static void
add_mapped(json_t *out, const json_t *fields)
{
    json_t *o = (json_t *)(uintptr_t)fields, *v;
    const char *key;

    json_object_foreach(o, key, v)
    {
        const char *type = json_string_value(json_object_get(v, "type"));

        if (type && strcmp(type, "alias") != 0)
            json_object_set_new(out, key,
                                json_stringn(type, strcspn(type, "|")));
    }
}

/* The index mappings that Elasticsearch's tests have for these events. */
static json_t *
schema_of_events(const test_case *c)
{
    json_t *mappings = json_object_get(c->meta, "mappings"), *v;
    const json_t *file = json_object_get(json_object_get(c->meta, "files"),
                                         c->data ? c->data : "");
    const char *named = json_string_value(json_object_get(file, "mapping"));
    json_t *out = json_object();
    const char *key;

    json_object_foreach(mappings, key, v)
    {
        if (named && strstr(named, key))
            add_mapped(out, v);
    }
    return out;
}

/* Writes the case's schema to a file; its path, or NULL when it has none. */
static char *
write_schema(const test_case *c)
{
    const json_t *events =
        json_object_get(json_object_get(c->options, "schema"), "events");
    json_t *root;
    char *path;
    int fd;

    if (json_object_size(events) > 0)
        root = schema_of_categories(events);
    else if (strcmp(c->dialect, "elasticsearch") == 0)
        root = schema_of_events(c);
    else
        return NULL;
    path = strdup("/tmp/eqlvm-schema-XXXXXX");
    fd = path ? mkstemp(path) : -1;
    if (fd < 0)
        abort();
    if (json_dumpfd(root, fd, 0) != 0)
        abort();
    json_decref(root);
    close(fd);
    return path;
}

/* --- compiling --- */

#define MAX_SET 8

typedef struct {
    eqlvm_compile_options o;
    const char *set[MAX_SET + 1];
    size_t nset;
    char samples[40];
    char *schema;
} options;

static void
set_flag(options *o, const char *flag)
{
    if (o->nset < MAX_SET)
        o->set[o->nset++] = flag;
}

static void
set_unit(options *o, const char *unit)
{
    if (!unit)
        return;
    if (strcmp(unit, "filetime") == 0)
        set_flag(o, "timestamp_unit=filetime");
    else if (strncmp(unit, "epoch_millis", 12) == 0)
        set_flag(o, "timestamp_unit=ms");
}

static void
make_options(const test_case *c, bool strict, options *o)
{
    const json_t *n = json_object_get(c->options, "max_samples_per_key");

    *o = (options){.o = {.dialect = c->dialect, .strict = strict}};
    o->schema = write_schema(c);
    o->o.schema = o->schema ? o->schema : "none";
    o->o.definitions = case_option(c, "definitions");
    o->o.category_field = case_option(c, "event_category_field");
    o->o.timestamp_field = case_option(c, "timestamp_field");
    o->o.tiebreaker_field = case_option(c, "tiebreaker_field");
    o->o.process_id_field = case_option(c, "pid_field");
    o->o.process_parent_field = case_option(c, "ppid_field");
    set_unit(o, case_option(c, "timestamp_unit"));
    if (c->sensitive) {
        set_flag(o, "string_case=sensitive");
        set_flag(o, "key_case=sensitive");
    }
    if (n) {
        snprintf(o->samples, sizeof o->samples, "max_samples_per_key=%lld",
                 (long long)json_integer_value(n));
        set_flag(o, o->samples);
    }
    o->o.set = o->set;
}

static void
first_error(const eqlvm_compiler *comp, eql_buf *error)
{
    error->len = 0;
    for (size_t i = 0; i < eqlvm_compiler_ndiags(comp); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(comp, i, &d);
        if (d.kind != EQLVM_ERROR)
            continue;
        eql_buf_printf(error, "%.*s %u:%u %.*s", (int)d.code.len, d.code.p,
                       d.line, d.column, (int)d.message.len, d.message.p);
        return;
    }
    eql_buf_add_str(error, eqlvm_compiler_error(comp));
}

eqlvm_program *
case_compile(test_case *c, bool strict, eql_buf *error)
{
    eqlvm_program *p = NULL;
    eqlvm_compiler *comp;
    eql_buf text = {0};
    options o;

    make_options(c, strict, &o);
    comp = eqlvm_compiler_new(&o.o);
    if (!comp || !case_text(c, &text))
        abort();
    if (eqlvm_compiler_add_query(comp, c->id, text.p, text.len - 1) == EQLVM_OK)
        (void)eqlvm_compiler_finish(comp, &p);
    if (!p)
        first_error(comp, error);
    eqlvm_compiler_free(comp);
    if (o.schema)
        unlink(o.schema);
    free(o.schema);
    eql_buf_free(&text);
    return p;
}
