/* language.c -- see language.h. */
#include "api/language.h"

#include <stdio.h>

#include "rulefile/schema_file.h"

static bool
copy(eql_language *l, const char *text, eql_strview *out)
{
    if (!text)
        return true;
    *out = eql_arena_dup(l->arena, eql_sv_cstr(text));
    return out->p != NULL;
}

static void
complain(eql_language *l, const char *what)
{
    snprintf(l->why, sizeof l->why, "%s", what);
}

static void
set_dialect(eql_language *l, const eqlvm_compile_options *o)
{
    eql_dialect_name name = EQL_DIALECT_ELASTIC;
    char why[256];

    if (o->dialect && !eql_dialect_parse(eql_sv_cstr(o->dialect), &name)) {
        snprintf(l->why, sizeof l->why,
                 "unknown dialect '%s': elastic, endpoint or endgame",
                 o->dialect);
        return;
    }
    l->settings.dialect = eql_dialect_preset(name);
    for (size_t i = 0; o->set && o->set[i]; i++) {
        if (!eql_dialect_set(&l->settings.dialect, eql_sv_cstr(o->set[i]), why,
                             sizeof why)) {
            complain(l, why);
            return;
        }
    }
}

static bool
on_field(void *ctx, const eql_schema_entry *e)
{
    eql_schema *s = ((eql_language *)ctx)->owned;

    if (e->path.len == 0)
        return eql_schema_add_category(s, e->category);
    if (e->single || e->array)
        return eql_schema_add_shape(s, e->path, e->array);
    return e->multi ? eql_schema_add_multi(s, e->path, e->type, e->caseless)
                    : eql_schema_add(s, e->category, e->path, e->type);
}

static bool
set_schema(eql_language *l, const char *schema)
{
    eql_buf why = {0};
    bool ok = true;

    if (!schema || strcmp(schema, "ecs") == 0)
        return true;
    l->settings.schema = NULL;
    if (strcmp(schema, "none") == 0)
        return true;
    l->owned = eql_schema_new();
    if (!l->owned)
        return false;
    if (!eql_schema_file_read(schema, on_field, l, &why)) {
        eql_buf_add_char(&why, '\0');
        complain(l, why.p && !why.failed ? why.p : schema);
        ok = !why.failed && !eql_schema_failed(l->owned);
    }
    eql_buf_free(&why);
    l->settings.schema = l->owned;
    return ok;
}

bool
eql_language_init(eql_language *l, const eqlvm_compile_options *o)
{
    eql_compile_settings *s = &l->settings;

    *l = (eql_language){.settings = eql_compile_settings_default()};
    l->arena = eql_arena_new(0);
    if (!l->arena)
        return false;
    if (!o)
        return true;
    set_dialect(l, o);
    s->strict = o->strict;
    s->any_dialect = !o->dialect;
    s->implied_any = o->implied_any;
    return copy(l, o->definitions, &s->definitions) &&
           copy(l, o->category_field, &s->category) &&
           copy(l, o->timestamp_field, &s->timestamp) &&
           copy(l, o->tiebreaker_field, &s->tiebreaker) &&
           copy(l, o->process_id_field, &s->process_id) &&
           copy(l, o->process_parent_field, &s->process_parent) &&
           copy(l, o->host_field, &s->host_key) && set_schema(l, o->schema);
}

void
eql_language_free(eql_language *l)
{
    eql_schema_free(l->owned);
    eql_arena_free(l->arena);
}
