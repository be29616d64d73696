/* sema.c -- queries: stages, keys, maxspan, until (spec 3.3).
 *
 * Conditions are sema_expr.c's.  A construct that the engine cannot run yet is
 * E499 where it stands, and what is around it is still checked, so that one
 * run shows all that is wrong with a rule. */
#include "compiler/sema.h"

#include <stdio.h>

/* What one stage adds to the query, and where its keys were written. */
typedef struct {
    eql_sema sx;
    eql_typed_query *out;
    bool ok; /* no error so far */
} checker;

static const struct {
    eql_strview unit;
    int64_t ns;
} units[] = {
    {{"ms", 2}, 1000000},
    {{"s", 1}, 1000000000},
    {{"m", 1}, INT64_C(60) * 1000000000},
    {{"h", 1}, INT64_C(3600) * 1000000000},
    {{"d", 1}, INT64_C(86400) * 1000000000},
};

static void
unsupported(checker *ck, eql_span span, const char *what)
{
    eql_sema_unsupported(&ck->sx, span, what);
    ck->ok = false;
}

/* --- keys --- */

/* Appends the fields of one `by` to *keys, which has room. */
static void
add_keys(checker *ck, const eql_expr_list *by, eql_typed_key *keys, uint32_t *n)
{
    for (uint32_t i = 0; i < by->n; i++) {
        const eql_expr *e = by->items[i];

        if (e->kind != EQL_NODE_FIELD) {
            unsupported(ck, e->span, "join keys that are not fields are");
        } else if (!eql_sema_path(&ck->sx, e, &keys[*n].path)) {
            ck->ok = false;
        } else {
            keys[*n].optional = e->u.field.optional;
            (*n)++;
        }
    }
}

static void
query_keys(checker *ck, const eql_query *q)
{
    eql_typed_key *keys = eql_arena_array(ck->sx.arena, q->by.n, sizeof *keys);

    ck->out->keys = keys;
    if (keys)
        add_keys(ck, &q->by, keys, &ck->out->nkeys);
}

/* --- suffixes of a stage --- */

static void
check_runs(checker *ck, const eql_suffix *s)
{
    if (eql_sv_is(s->name.text, "runs")) {
        unsupported(ck, s->span, "\"with runs\" is");
        return;
    }
    eql_diags_add(ck->sx.diags, "E201", s->name.span,
                  "maxspan stands before the first stage",
                  "a stage takes \"with runs\", not \"with %.*s\"",
                  (int)s->name.text.len, s->name.text.p);
    ck->ok = false;
}

static void
check_suffix(checker *ck, const eql_suffix *s, eql_typed_stage *stage)
{
    switch (s->kind) {
    case EQL_SUFFIX_BY:
        stage->keys =
            eql_arena_array(ck->sx.arena, s->by.n, sizeof *stage->keys);
        if (stage->keys)
            add_keys(ck, &s->by, stage->keys, &stage->nkeys);
        break;
    case EQL_SUFFIX_RUNS: check_runs(ck, s); break;
    case EQL_SUFFIX_FORK: unsupported(ck, s->span, "\"fork\" is"); break;
    case EQL_SUFFIX_AS: unsupported(ck, s->span, "\"as\" is"); break;
    }
}

static void
check_suffixes(checker *ck, const eql_stage_node *node, eql_typed_stage *stage)
{
    static const char *const names[] = {"by", "with runs", "fork", "as"};
    unsigned seen = 0;

    for (uint32_t i = 0; i < node->nsuffixes; i++) {
        const eql_suffix *s = &node->suffixes[i];

        if (seen & 1u << s->kind) {
            eql_diags_add(ck->sx.diags, "E313", s->span, NULL,
                          "a stage takes \"%s\" once", names[s->kind]);
            ck->ok = false;
            continue;
        }
        seen |= 1u << s->kind;
        check_suffix(ck, s, stage);
    }
}

/* --- stages --- */

/* null may stand in an and/or, as "unknown", but it is no condition. */
static eql_typed *
condition(const eql_sema *sx, const eql_expr *e)
{
    if (e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_NULL) {
        eql_diags_add(sx->diags, "E301", e->span, NULL,
                      "null is not a condition");
        return NULL;
    }
    return eql_sema_filter(sx, e);
}

static void
check_body(checker *ck, const eql_body *body, eql_typed_stage *stage)
{
    stage->any = body->any;
    stage->category = body->category.text;
    stage->span = body->span;
    stage->condition = condition(&ck->sx, body->condition);
    if (!stage->condition)
        ck->ok = false;
}

static void
check_stage(checker *ck, const eql_stage_node *node, eql_typed_stage *stage)
{
    if (node->body->missing)
        unsupported(ck, node->body->span, "missing events, \"![\", are");
    check_body(ck, node->body, stage);
    check_suffixes(ck, node, stage);
}

static void
check_until(checker *ck, const eql_stage_node *node)
{
    eql_typed_stage *until = eql_arena_alloc(ck->sx.arena, sizeof *until);

    if (!until)
        return;
    ck->out->until = until;
    if (node->body->missing) {
        eql_diags_add(ck->sx.diags, "E308", node->body->span, NULL,
                      "\"until\" takes an event, not a missing one");
        ck->ok = false;
    }
    check_body(ck, node->body, until);
    check_suffixes(ck, node, until);
}

/* Spec 3.3 #5; number 0 is `until`. */
static void
check_key_count(checker *ck, const eql_typed_stage *stage, uint32_t number)
{
    const eql_typed_query *q = ck->out;
    uint32_t first = q->nkeys + q->stages[0].nkeys;
    uint32_t n = q->nkeys + stage->nkeys;
    char name[32] = "until";

    if (n == first)
        return;
    if (number)
        snprintf(name, sizeof name, "stage %u", number);
    eql_diags_add(ck->sx.diags, "E306", stage->span,
                  "every stage and \"until\" need the same number of keys",
                  "%s has %u key%s, stage 1 has %u", name, n, n == 1 ? "" : "s",
                  first);
    ck->ok = false;
}

static void
check_key_counts(checker *ck)
{
    for (uint32_t i = 1; i < ck->out->nstages; i++)
        check_key_count(ck, &ck->out->stages[i], i + 1);
    if (ck->out->until)
        check_key_count(ck, ck->out->until, 0);
}

/* --- maxspan --- */

static void
bad_maxspan(checker *ck, eql_span span, const char *hint, const char *message)
{
    eql_diags_add(ck->sx.diags, "E305", span, hint, "%s", message);
    ck->ok = false;
}

/* `1.5m` can be said as `90s`: the largest unit in which it is whole. */
static eql_strview
whole_span(checker *ck, double value, int64_t unit_ns)
{
    double ms = value * (double)(unit_ns / 1000000);

    for (size_t i = EQL_COUNTOF(units); ms >= 1 && ms < 1e15 && i-- > 0;) {
        int64_t unit_ms = units[i].ns / 1000000;
        int64_t whole = (int64_t)ms;

        if ((double)whole == ms && whole % unit_ms == 0)
            return eql_arena_printf(ck->sx.arena, "write %lld%s",
                                    (long long)(whole / unit_ms),
                                    units[i].unit.p);
    }
    return (eql_strview){0};
}

static void
maxspan_value(checker *ck, const eql_span_clause *m, int64_t unit_ns)
{
    const eql_value *v = &m->number;

    if (v->tag != EQL_INT) {
        bad_maxspan(ck, m->span,
                    v->tag == EQL_FLOAT ? whole_span(ck, v->u.d, unit_ns).p
                                        : NULL,
                    "maxspan takes a whole number");
    } else if (v->u.i <= 0) {
        bad_maxspan(ck, m->span, NULL, "maxspan must be more than zero");
    } else if (v->u.i > INT64_MAX / unit_ns) {
        bad_maxspan(ck, m->span, "leave it out for no limit",
                    "maxspan is too long");
    } else {
        ck->out->has_maxspan = true;
        ck->out->maxspan_ns = v->u.i * unit_ns;
    }
}

static void
check_maxspan(checker *ck, const eql_span_clause *m)
{
    static const char want[] = "write one of ms, s, m, h, d after the number";

    if (!eql_sv_is(m->name.text, "maxspan")) {
        bad_maxspan(ck, m->name.span, NULL,
                    "a sequence takes \"with maxspan\" only");
        return;
    }
    for (size_t i = 0; i < EQL_COUNTOF(units); i++) {
        if (eql_sv_eq(m->unit.text, units[i].unit)) {
            maxspan_value(ck, m, units[i].ns);
            return;
        }
    }
    if (m->unit.text.len == 0)
        bad_maxspan(ck, m->span, want, "maxspan needs a unit of time");
    else
        bad_maxspan(ck, m->unit.span, want, "unknown unit of time");
}

/* --- queries --- */

static void
check_event(checker *ck, const eql_query *q)
{
    eql_typed_query *out = ck->out;

    out->kind = EQL_RULE_EVENT;
    out->stages = eql_arena_alloc(ck->sx.arena, sizeof *out->stages);
    if (!out->stages)
        return;
    out->nstages = 1;
    check_body(ck, q->body, out->stages);
}

/* The word `sequence`, for what is said about the query as a whole. */
static eql_span
head_span(const checker *ck, const eql_query *q)
{
    eql_span s = q->span;

    if (q->ndefs == 0 && s.len > 8 && s.offset + 8u <= ck->sx.text.len &&
        memcmp(ck->sx.text.p + s.offset, "sequence", 8) == 0)
        s.len = 8;
    return s;
}

static void
check_sequence(checker *ck, const eql_query *q)
{
    eql_typed_query *out = ck->out;

    out->kind = EQL_RULE_SEQUENCE;
    out->stages =
        eql_arena_array(ck->sx.arena, q->nstages, sizeof *out->stages);
    if (!out->stages)
        return;
    out->nstages = q->nstages;
    query_keys(ck, q);
    if (q->maxspan.present)
        check_maxspan(ck, &q->maxspan);
    for (uint32_t i = 0; i < q->nstages; i++)
        check_stage(ck, &q->stages[i], &out->stages[i]);
    if (q->until)
        check_until(ck, q->until);
    /* A key that was refused is not counted: counts mean nothing then. */
    if (ck->ok)
        check_key_counts(ck);
    if (q->kind != EQL_QUERY_SEQUENCE)
        return;
    if (q->nstages == 1)
        eql_diags_add(ck->sx.diags, "W402", head_span(ck, q),
                      "an event query says the same",
                      "a sequence of one stage");
    else if (!q->maxspan.present)
        eql_diags_add(ck->sx.diags, "W406", head_span(ck, q),
                      "write \"with maxspan=...\"",
                      "a sequence without maxspan keeps its events for ever");
}

/* What the engine cannot do yet around the query itself. */
static void
check_surroundings(checker *ck, const eql_query *q)
{
    if (q->kind == EQL_QUERY_SAMPLE)
        unsupported(ck, q->span, "\"sample\" is");
    if (q->kind == EQL_QUERY_JOIN)
        unsupported(ck, q->span, "\"join\" is");
    for (uint32_t i = 0; i < q->ndefs; i++)
        unsupported(ck, q->defs[i].span,
                    q->defs[i].kind == EQL_DEF_MACRO ? "macros are"
                                                     : "constants are");
    if (q->npipes)
        unsupported(ck, q->pipes[0].span, "pipes are");
}

eql_typed_query *
eql_sema_query(eql_arena *arena, const eql_query *q, eql_strview text,
               eql_diags *diags)
{
    checker ck = {
        .sx = {.arena = arena, .diags = diags, .text = text, .query = q},
        .ok = true,
    };

    ck.out = eql_arena_alloc(arena, sizeof *ck.out);
    if (!ck.out)
        return NULL;
    check_surroundings(&ck, q);
    if (q->kind == EQL_QUERY_EVENT)
        check_event(&ck, q);
    else
        check_sequence(&ck, q);
    return ck.ok && !eql_arena_failed(arena) ? ck.out : NULL;
}

eql_typed *
eql_sema_condition(eql_arena *arena, const eql_expr *e, eql_strview text,
                   eql_diags *diags)
{
    eql_sema sx = {.arena = arena, .diags = diags, .text = text};

    return condition(&sx, e);
}
