/* sema_key.c -- keys of all stages together: their number and their types.
 *
 * Language 1.2 #5, 1.2 #7.  A type is what the schema says of a plain path; a
 * path that it lacks goes with everything.  A key that no event has makes a
 * rule silent for ever: W410 where the schema makes that likely. */
#include <stdio.h>

#include "compiler/sema_query.h"

/* Key i of a stage: those of the whole query come first. */
static const eql_typed_key *
key_at(const eql_typed_query *q, const eql_typed_stage *s, uint32_t i)
{
    return i < q->nkeys ? &q->keys[i] : &s->keys[i - q->nkeys];
}

/* number 0 is `until`. */
static void
stage_name(uint32_t number, char out[32])
{
    if (number)
        snprintf(out, 32, "stage %u", number);
    else
        snprintf(out, 32, "\"until\"");
}

static bool
check_count(eql_sema_checker *ck, const eql_typed_stage *stage, uint32_t number)
{
    const eql_typed_query *q = ck->out;
    uint32_t first = q->nkeys + q->stages[0].nkeys;
    uint32_t n = q->nkeys + stage->nkeys;
    char name[32];

    if (n == first)
        return true;
    stage_name(number, name);
    eql_diags_add(ck->sx.diags, "E306", stage->span,
                  "every stage and \"until\" need the same number of keys",
                  "%s has %u key%s, stage 1 has %u", name, n, n == 1 ? "" : "s",
                  first);
    ck->ok = false;
    return false;
}

/* --- types --- */

static eql_strview
category(const eql_typed_stage *s)
{
    return s->any ? eql_sv("", 0) : s->category;
}

/* The path as a schema spells it; empty for an expression. */
static eql_strview
dotted(const eql_sema_checker *ck, const eql_typed_key *k)
{
    eql_buf text = {0};
    eql_strview out;

    for (uint32_t i = 0; !k->expr && i < k->path.nsegments; i++) {
        if (k->path.segments[i].kind == EQL_SEGMENT_INDEX)
            continue;
        if (text.len)
            eql_buf_add_char(&text, '.');
        eql_buf_add_sv(&text, k->path.segments[i].name);
    }
    out = eql_arena_dup(ck->sx.arena, eql_buf_sv(&text));
    if (text.failed)
        eql_arena_set_failed(ck->sx.arena);
    eql_buf_free(&text);
    return out;
}

static eql_schema_type
key_type(const eql_sema_checker *ck, const eql_typed_stage *s,
         const eql_typed_key *k)
{
    if (k->expr)
        return EQL_SCHEMA_UNKNOWN;
    return eql_schema_find(ck->sx.settings->schema, category(s), dotted(ck, k));
}

/* Text, for a message; NULL: of no one type. */
static const char *
type_text(eql_schema_type t)
{
    switch (t) {
    case EQL_SCHEMA_STRING:
    case EQL_SCHEMA_VERSION: return "text";
    case EQL_SCHEMA_NUMBER: return "a number";
    case EQL_SCHEMA_BOOLEAN: return "a boolean";
    case EQL_SCHEMA_DATE: return "a date";
    case EQL_SCHEMA_IP: return "an address";
    default: return NULL;
    }
}

static void
check_types(eql_sema_checker *ck, const eql_typed_stage *s, uint32_t number)
{
    const eql_typed_query *q = ck->out;

    for (uint32_t i = q->nkeys; i < q->nkeys + s->nkeys; i++) {
        const eql_typed_key *k = key_at(q, s, i);
        const char *first =
            type_text(key_type(ck, &q->stages[0], key_at(q, &q->stages[0], i)));
        const char *here = type_text(key_type(ck, s, k));
        char name[32];

        if (!first || !here || first == here)
            continue;
        stage_name(number, name);
        eql_diags_add(
            ck->sx.diags, "E302", s->span, "such keys are never equal",
            "key %u of %s, %.*s, is %s, but that of stage 1 is %s", i + 1, name,
            (int)k->path.name.len, k->path.name.p, here, first);
        ck->ok = false;
    }
}

/* --- keys that no event has --- */

static void
warn_unknown(eql_sema_checker *ck, const eql_typed_key *k, eql_strview of)
{
    const eql_schema *schema = ck->sx.settings->schema;
    eql_strview path = dotted(ck, k), close, hint = {0};

    if (k->expr || path.len == 0 ||
        eql_schema_find(schema, of, path) != EQL_SCHEMA_UNKNOWN)
        return;
    close = eql_schema_closest(schema, path);
    if (close.len)
        hint = eql_arena_printf(ck->sx.arena, "did you mean \"%.*s\"?",
                                (int)close.len, close.p);
    if (of.len)
        eql_diags_add(ck->sx.diags, "W410", k->span, hint.p,
                      "no event of category %.*s has the key %.*s", (int)of.len,
                      of.p, (int)path.len, path.p);
    else if (close.len)
        eql_diags_add(ck->sx.diags, "W410", k->span, hint.p,
                      "the schema has no field %.*s: without its key no event "
                      "joins",
                      (int)path.len, path.p);
}

/* ECS has no categories of fields, but some do not go together.  A key may
 * say that it may be missing. */
static void
warn_misplaced(eql_sema_checker *ck, const eql_typed_stage *s)
{
    const eql_typed_query *q = ck->out;

    for (uint32_t i = 0; i < q->nkeys + s->nkeys; i++) {
        const eql_typed_key *k = key_at(q, s, i);
        eql_strview path = dotted(ck, k);

        if (k->expr || k->optional || eql_lint_category_has(s->category, path))
            continue;
        eql_diags_add(ck->sx.diags, "W410", i < q->nkeys ? s->span : k->span,
                      "name the key behind each stage: [...] by KEY [...] by "
                      "KEY; one that may be missing is written ?KEY",
                      "no event of category %.*s has the key %.*s",
                      (int)s->category.len, s->category.p, (int)path.len,
                      path.p);
    }
}

/* Of a stage; a schema without categories is asked by the whole query. */
static void
warn_stage(eql_sema_checker *ck, const eql_typed_stage *s)
{
    const eql_schema *schema = ck->sx.settings->schema;
    const eql_typed_query *q = ck->out;
    bool by_category = !s->any && eql_schema_has_categories(schema) &&
                       eql_schema_knows_category(schema, s->category);

    if (schema == eql_schema_ecs() && !s->any)
        warn_misplaced(ck, s);
    for (uint32_t i = by_category ? 0 : q->nkeys; i < q->nkeys + s->nkeys; i++)
        warn_unknown(ck, key_at(q, s, i),
                     by_category ? s->category : eql_sv("", 0));
}

static void
warn_keys(eql_sema_checker *ck)
{
    const eql_typed_query *q = ck->out;

    for (uint32_t i = 0; i < q->nkeys; i++)
        if (!eql_schema_has_categories(ck->sx.settings->schema))
            warn_unknown(ck, &q->keys[i], eql_sv("", 0));
    for (uint32_t i = 0; i < q->nstages; i++)
        warn_stage(ck, &q->stages[i]);
}

/* A key named by its form without case is joined as it is spelled. */
static void
warn_caseless(eql_sema_checker *ck, const eql_typed_key *keys, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!keys[i].expr && keys[i].path.caseless &&
            ck->sx.settings->dialect.key_case == EQL_KEY_CASE_SENSITIVE)
            eql_diags_add(ck->sx.diags, "W409", keys[i].span,
                          "--set key_case=fold joins without case",
                          "keys compare case-sensitively, %.*s too",
                          (int)keys[i].path.name.len, keys[i].path.name.p);
}

void
eql_sema_check_keys(eql_sema_checker *ck)
{
    const eql_typed_query *q = ck->out;

    if (!q->nstages || eql_arena_failed(ck->sx.arena))
        return;
    for (uint32_t i = 1; i < q->nstages; i++)
        if (check_count(ck, &q->stages[i], i + 1))
            check_types(ck, &q->stages[i], i + 1);
    if (q->until && check_count(ck, q->until, 0))
        check_types(ck, q->until, 0);
    warn_caseless(ck, q->keys, q->nkeys);
    for (uint32_t i = 0; i < q->nstages; i++)
        warn_caseless(ck, q->stages[i].keys, q->stages[i].nkeys);
    if (ck->sx.settings->schema && !ck->sx.settings->strict)
        warn_keys(ck);
}
