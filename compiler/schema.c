/* schema.c -- looks field names up in the table of schema.def.
 *
 * Invariant: the table is in byte order of name (test_sema.c checks it), so a
 * binary search finds a name.  Nothing else is known about fields here. */
#include "compiler/schema.h"

typedef struct {
    const char *name;
    eql_field_type type;
} schema_field;

static const schema_field fields[] = {
#define EQL_SCHEMA_FIELD(name, type) {name, EQL_FIELD_##type},
#include "compiler/schema.def"
#undef EQL_SCHEMA_FIELD
};

eql_field_type
eql_schema_type(eql_strview name)
{
    size_t lo = 0, hi = EQL_COUNTOF(fields);

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = eql_sv_cmp(name, eql_sv_cstr(fields[mid].name));

        if (c == 0)
            return fields[mid].type;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return EQL_FIELD_ANY;
}
