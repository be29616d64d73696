/* sema_stage.c -- one stage: its filter and what stands behind it.
 *
 * The suffixes are looked at before the condition, for they say at which
 * positions the stage stands.  A condition may name the aliases of the stages
 * before it, unless it is that of a missing stage (language 1.2 #11). */
#include "compiler/sema_query.h"
#include "program/verify.h"

/* --- conditions --- */

/* null may stand in an and/or, as "unknown", but it is no condition. */
eql_typed *
eql_sema_root(const eql_sema *sx, const eql_expr *e)
{
    if (e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_NULL) {
        eql_diags_add(sx->diags, "E301", e->span, NULL,
                      "null is not a condition");
        return NULL;
    }
    return eql_sema_filter(sx, e);
}

/* Events may be of any category, but a misspelt one is of none. */
static void
warn_category(const eql_sema *sx, const eql_body *body)
{
    eql_strview written = body->category.text;
    eql_strview meant =
        eql_schema_meant_category(sx->settings->schema, written);

    if (body->any || body->quoted || meant.len == 0)
        return;
    eql_diags_add(sx->diags, "W416", body->category.span,
                  eql_arena_printf(sx->arena, "did you mean \"%.*s\"?",
                                   (int)meant.len, meant.p)
                      .p,
                  "\"%.*s\" is no category of ECS", (int)written.len,
                  written.p);
}

/* A schema that has categories knows all of them. */
static bool
check_category(const eql_sema *sx, const eql_body *body)
{
    const eql_schema *s = sx->settings->schema;

    warn_category(sx, body);
    if (body->any || !sx->settings->strict || !eql_schema_has_categories(s) ||
        eql_schema_knows_category(s, body->category.text))
        return true;
    eql_diags_add(sx->diags, "E302", body->category.span, NULL,
                  "the schema has no category \"%.*s\"",
                  (int)body->category.text.len, body->category.text.p);
    return false;
}

/* What sx says of names is the caller's; the category is the body's. */
static bool
fill_body(const eql_sema *outer, const eql_body *body, eql_typed_stage *out)
{
    eql_sema sx = *outer;
    uint32_t errors = eql_diags_nerrors(sx.diags);

    out->any = body->any;
    out->missing = body->missing;
    out->category = body->category.text;
    out->span = body->span;
    sx.category = body->any ? eql_sv("", 0) : body->category.text;
    check_category(&sx, body);
    out->condition = eql_sema_root(&sx, body->condition);
    return out->condition && eql_diags_nerrors(sx.diags) == errors;
}

void
eql_sema_body(eql_sema_checker *ck, const eql_body *body, eql_typed_stage *out)
{
    ck->sx.aliases = ck->aliases;
    ck->sx.naliases = body->missing ? 0 : ck->naliases;
    ck->sx.names_alias = &out->by_alias;
    ck->ok = fill_body(&ck->sx, body, out) && ck->ok;
    ck->sx.naliases = 0;
    ck->sx.names_alias = NULL;
}

/* --- lineage --- */

bool
eql_sema_lineage_stage(const eql_sema *outer, const eql_body *body,
                       eql_typed_stage *out)
{
    eql_sema sx = *outer;

    *out = (eql_typed_stage){.runs = 1};
    if (body->missing) {
        eql_diags_add(sx.diags, "E313", body->span, NULL,
                      "\"of\" takes events, not missing ones");
        return false;
    }
    sx.aliases = NULL;
    sx.naliases = 0;
    sx.binding = NULL;
    return fill_body(&sx, body, out);
}

uint32_t
eql_sema_lineage_add(const eql_sema *sx, const eql_typed_lineage *l)
{
    eql_typed_query *q = sx->out;

    /* Room for a power of two, so no capacity is stored. */
    if ((q->nlineages & (q->nlineages - 1)) == 0) {
        uint32_t cap = q->nlineages ? 2 * q->nlineages : 1;
        eql_typed_lineage *wider =
            eql_arena_array(sx->arena, cap, sizeof *wider);

        if (!wider)
            return EQL_NONE;
        if (q->nlineages)
            memcpy(wider, q->lineages, q->nlineages * sizeof *wider);
        q->lineages = wider;
    }
    q->lineages[q->nlineages] = *l;
    return q->nlineages++;
}

/* --- keys --- */

/* Appends what one `by` names to *keys, which has room. */
static void
add_keys(eql_sema_checker *ck, const eql_sema *sx, const eql_expr_list *by,
         eql_typed_key *keys, uint32_t *n)
{
    for (uint32_t i = 0; i < by->n; i++) {
        const eql_expr *e = by->items[i];
        eql_typed_key k = {.span = e->span};
        bool good;

        if (e->kind == EQL_NODE_FIELD) {
            good = eql_sema_path(sx, e, &k.path);
            k.optional = e->u.field.optional;
        } else {
            k.expr = eql_sema_value(sx, e);
            good = k.expr != NULL;
        }
        keys[(*n)++] = k;
        ck->ok = ck->ok && good;
    }
}

static eql_sema
key_sema(const eql_sema_checker *ck, eql_strview category)
{
    eql_sema sx = ck->sx;

    sx.pure = true;
    sx.aliases = NULL;
    sx.naliases = 0;
    sx.category = category;
    return sx;
}

void
eql_sema_query_keys(eql_sema_checker *ck)
{
    const eql_expr_list *by = &ck->query->by;
    eql_sema sx = key_sema(ck, eql_sv("", 0));

    ck->out->keys = eql_arena_array(sx.arena, by->n, sizeof *ck->out->keys);
    if (ck->out->keys)
        add_keys(ck, &sx, by, ck->out->keys, &ck->out->nkeys);
}

static void
stage_keys(eql_sema_checker *ck, const eql_stage_node *node,
           const eql_suffix *s, eql_typed_stage *stage)
{
    const eql_body *body = node->body;
    eql_sema sx = key_sema(ck, body->any ? eql_sv("", 0) : body->category.text);

    stage->keys = eql_arena_array(sx.arena, s->by.n, sizeof *stage->keys);
    if (stage->keys)
        add_keys(ck, &sx, &s->by, stage->keys, &stage->nkeys);
}

/* --- suffixes --- */

static void
bad_runs(eql_sema_checker *ck, const eql_suffix *s)
{
    eql_diags_add(ck->sx.diags, "E313", s->span, NULL,
                  "runs is a whole number from 1 to %u",
                  ck->sx.settings->dialect.runs_max);
    ck->ok = false;
}

static void
check_runs(eql_sema_checker *ck, const eql_suffix *s, eql_typed_stage *stage)
{
    uint32_t most = ck->sx.settings->dialect.runs_max;

    if (!eql_sv_is(s->name.text, "runs")) {
        eql_diags_add(ck->sx.diags, "E201", s->name.span,
                      "maxspan stands before the first stage",
                      "a stage takes \"with runs\", not \"with %.*s\"",
                      (int)s->name.text.len, s->name.text.p);
        ck->ok = false;
    } else if (s->number.tag != EQL_INT || s->number.u.i < 1 ||
               s->number.u.i > (int64_t)most) {
        bad_runs(ck, s);
    } else {
        stage->runs = (uint32_t)s->number.u.i;
    }
}

static void
check_fork(eql_sema_checker *ck, const eql_stage_node *node,
           const eql_suffix *s, eql_typed_stage *stage)
{
    if (node == &ck->query->stages[0])
        eql_sema_fail(ck, "E313", s->span,
                      "it keeps what led to its stage: nothing leads to the "
                      "first",
                      "the first stage takes no \"fork\"");
    else if (node->body->missing)
        eql_sema_fail(ck, "E313", s->span, NULL,
                      "a missing event, \"![\", takes no \"fork\"");
    stage->fork = s->fork;
}

uint32_t
eql_sema_aliases(const eql_query *q, eql_strview *out, uint32_t most)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < q->nstages; i++)
        for (uint32_t j = 0; j < q->stages[i].nsuffixes && n < most; j++)
            if (q->stages[i].suffixes[j].kind == EQL_SUFFIX_AS)
                out[n++] = q->stages[i].suffixes[j].name.text;
    return n;
}

bool
eql_sema_has_alias(const eql_query *q, eql_strview name)
{
    for (uint32_t i = 0; q && i < q->nstages; i++)
        for (uint32_t j = 0; j < q->stages[i].nsuffixes; j++) {
            const eql_suffix *s = &q->stages[i].suffixes[j];

            if (s->kind == EQL_SUFFIX_AS && eql_sv_eq(s->name.text, name))
                return true;
        }
    return false;
}

static void
check_alias(eql_sema_checker *ck, const eql_stage_node *node,
            const eql_suffix *s, eql_typed_stage *stage)
{
    if (node->body->missing) {
        eql_sema_fail(ck, "E309", s->span, NULL,
                      "a missing event, \"![\", cannot have a name");
        return;
    }
    for (uint32_t i = 0; i < ck->naliases; i++) {
        if (!eql_sv_eq(ck->aliases[i].name, s->name.text))
            continue;
        eql_diags_add(ck->sx.diags, "E309", s->name.span, NULL,
                      "two stages are named \"%.*s\"", (int)s->name.text.len,
                      s->name.text.p);
        ck->ok = false;
        return;
    }
    stage->alias = s->name.text;
}

static void
check_suffix(eql_sema_checker *ck, const eql_stage_node *node,
             const eql_suffix *s, eql_typed_stage *stage)
{
    static const char *const names[] = {"by", "with runs", "fork", "as"};

    if (node == ck->query->until && s->kind != EQL_SUFFIX_BY) {
        eql_diags_add(ck->sx.diags, "E313", s->span, NULL,
                      "\"until\" takes no \"%s\"", names[s->kind]);
        ck->ok = false;
        return;
    }
    switch (s->kind) {
    case EQL_SUFFIX_BY: stage_keys(ck, node, s, stage); break;
    case EQL_SUFFIX_RUNS: check_runs(ck, s, stage); break;
    case EQL_SUFFIX_FORK: check_fork(ck, node, s, stage); break;
    case EQL_SUFFIX_AS: check_alias(ck, node, s, stage); break;
    }
}

static void
check_suffixes(eql_sema_checker *ck, const eql_stage_node *node,
               eql_typed_stage *stage)
{
    static const char *const names[] = {"by", "with runs", "fork", "as"};
    unsigned seen = 0;

    stage->runs = 1;
    for (uint32_t i = 0; i < node->nsuffixes; i++) {
        const eql_suffix *s = &node->suffixes[i];

        if (seen & 1u << s->kind) {
            eql_diags_add(ck->sx.diags, "E313", s->span, NULL,
                          "a stage takes \"%s\" once", names[s->kind]);
            ck->ok = false;
            continue;
        }
        seen |= 1u << s->kind;
        /* sample and join say themselves what they refuse. */
        if (ck->query->kind == EQL_QUERY_SEQUENCE || s->kind == EQL_SUFFIX_BY)
            check_suffix(ck, node, s, stage);
    }
}

/* --- stages --- */

/* Moves on behind the stage; reports it when that is too far. */
static void
add_positions(eql_sema_checker *ck, const eql_stage_node *node,
              const eql_typed_stage *stage)
{
    uint64_t before = ck->positions;

    ck->positions += stage->runs;
    if (before > EQL_MAX_POSITIONS || ck->positions <= EQL_MAX_POSITIONS)
        return;
    eql_diags_add(ck->sx.diags, "E311", node->span, NULL,
                  "events in one match: more than %u", EQL_MAX_POSITIONS);
    ck->ok = false;
}

void
eql_sema_stage(eql_sema_checker *ck, const eql_stage_node *node,
               eql_typed_stage *out)
{
    check_suffixes(ck, node, out);
    out->position = (uint32_t)ck->positions;
    add_positions(ck, node, out);
    eql_sema_body(ck, node->body, out);
    /* The last of its events. */
    if (out->alias.len)
        ck->aliases[ck->naliases++] =
            (eql_sema_alias){out->alias, (uint32_t)ck->positions};
}

void
eql_sema_until(eql_sema_checker *ck, const eql_stage_node *node)
{
    eql_typed_stage *until = eql_arena_alloc(ck->sx.arena, sizeof *until);

    if (!until)
        return;
    ck->out->until = until;
    if (node->body->missing)
        eql_sema_fail(ck, "E308", node->body->span, NULL,
                      "\"until\" takes an event, not a missing one");
    check_suffixes(ck, node, until);
    eql_sema_body(ck, node->body, until);
    until->missing = false;
}
