/* toml_tree.c -- looking into the tree that toml.cc makes. */
#include "rulefile/toml.h"

#include "base/text.h"

const eql_toml *
eql_toml_get(const eql_toml *t, const char *key)
{
    if (!t || t->kind != EQL_TOML_TABLE)
        return NULL;
    for (uint32_t i = 0; i < t->n; i++)
        if (eql_sv_is(t->items[i].key, key))
            return &t->items[i];
    return NULL;
}

const char *
eql_toml_kind_name(eql_toml_kind kind)
{
    switch (kind) {
    case EQL_TOML_TABLE: return "a table";
    case EQL_TOML_ARRAY: return "an array";
    case EQL_TOML_STRING: return "a string";
    case EQL_TOML_INT: return "an integer";
    case EQL_TOML_FLOAT: return "a float";
    case EQL_TOML_BOOL: return "a boolean";
    case EQL_TOML_TIME: return "a date or time";
    }
    return "unknown";
}

size_t
eql_toml_offset(eql_strview text, eql_toml_place at)
{
    size_t i = 0, n;
    uint32_t column = 1;

    for (uint32_t line = 1; line < at.line; line++) {
        const char *nl = memchr(text.p + i, '\n', text.len - i);

        if (!nl)
            return text.len;
        i = (size_t)(nl - text.p) + 1;
    }
    for (; column < at.column && i < text.len; column++) {
        (void)eql_utf8_decode(text.p + i, text.len - i, &n);
        i += n;
    }
    return i;
}
