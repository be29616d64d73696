/* subset.c -- a program of another one's first rules. */
#include "base/buf.h"
#include "program/import_int.h"
#include "program/program.h"

/* Appends the path as eql_builder_new takes it; nothing: there is none. */
static void
dotted(const eql_program *p, uint32_t field, eql_buf *out)
{
    eql_range segs = {0};

    if (field != EQL_NONE)
        segs = p->fields[field].segs;
    for (uint32_t i = 0; i < segs.n; i++) {
        if (i > 0)
            eql_buf_add_char(out, '.');
        eql_buf_add_sv(out, eql_program_str(p, p->segs[segs.first + i].name));
    }
}

static eql_builder *
new_builder(const eql_program *p)
{
    eql_dialect d = *eql_program_dialect(p);
    uint32_t *fields[EQL_IMPORT_DIALECT_FIELDS];
    eql_buf timestamp = {0}, category = {0}, tiebreaker = {0};
    eql_builder *b = NULL;

    dotted(p, EQL_FIELD_TIMESTAMP, &timestamp);
    dotted(p, EQL_FIELD_CATEGORY, &category);
    dotted(p, d.tiebreaker, &tiebreaker);
    eql_import_dialect_fields(&d, fields);
    for (unsigned i = 0; i < EQL_IMPORT_DIALECT_FIELDS; i++)
        *fields[i] = EQL_NONE;
    d.tiebreaker = EQL_NONE;
    if (!timestamp.failed && !category.failed && !tiebreaker.failed)
        b = eql_builder_new(&d, eql_buf_sv(&timestamp), eql_buf_sv(&category),
                            eql_buf_sv(&tiebreaker));
    eql_buf_free(&timestamp);
    eql_buf_free(&category);
    eql_buf_free(&tiebreaker);
    return b;
}

eql_program *
eql_program_first_rules(const eql_program *p, uint32_t n)
{
    eql_builder *b = new_builder(p);
    eql_program *out = NULL;
    bool ok = b != NULL;

    for (uint32_t i = 0; ok && i < n && i < p->nrules; i++)
        ok = eql_builder_import_rule(b, p, i);
    if (ok)
        out = eql_builder_finish(b);
    eql_builder_free(b);
    return out;
}
