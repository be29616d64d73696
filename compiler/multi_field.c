/* multi_field.c -- see multi_field.h. */
#include "compiler/multi_field.h"

/* What either schema knows of the parent; of the file's first. */
static eql_schema_type
type_of(const eql_schema *s, eql_strview category, eql_strview parent)
{
    eql_schema_type t = eql_schema_find(s, category, parent);

    return t ? t : eql_schema_find(eql_schema_ecs(), category, parent);
}

static bool
may_be_object(eql_schema_type t)
{
    return t == EQL_SCHEMA_OBJECT || t == EQL_SCHEMA_ARRAY ||
           t == EQL_SCHEMA_MIXED;
}

bool
eql_multi_field_find(const eql_schema *s, eql_strview category,
                     eql_strview path, eql_strview last, eql_multi_field *out)
{
    bool text = eql_sv_is(last, "text");
    eql_schema_type parent;

    *out = (eql_multi_field){0};
    if (path.len <= last.len + 1)
        return false;
    if (eql_schema_multi_field(s, path, &out->type, &out->caseless))
        return true;
    out->caseless = eql_sv_is(last, "caseless");
    if ((!text && !out->caseless && !eql_sv_is(last, "keyword")) ||
        eql_schema_find(s, category, path) != EQL_SCHEMA_UNKNOWN)
        return false;
    parent = type_of(s, category, eql_sv(path.p, path.len - last.len - 1));
    return text ? parent == EQL_SCHEMA_STRING : !may_be_object(parent);
}
