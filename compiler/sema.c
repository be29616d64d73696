/* sema.c -- whole queries: what each kind of query may have (language 1.2).
 *
 * Goes over stages, then what they are together, then pipes; conditions are
 * sema_expr.c's.  Invariant: a query that comes out has keys of one number
 * over all its stages, positions that fit an origin, and aliases only where
 * the events they name come before. */
#include "compiler/sema.h"

#include "compiler/sema_query.h"

void
eql_sema_fail(eql_sema_checker *ck, const char *code, eql_span span,
              const char *hint, const char *message)
{
    eql_diags_add(ck->sx.diags, code, span, hint, "%s", message);
    ck->ok = false;
}

/* The words that begin the query, for what is said about it as a whole. */
static eql_span
head_span(const eql_sema_checker *ck)
{
    static const char *const words[] = {"", "sequence", "sample", "join"};
    const eql_query *q = ck->query;
    const char *word = words[q->kind];
    eql_span s = q->head;
    uint32_t n = (uint32_t)strlen(word);

    if (s.len > n)
        s.len = n;
    return s;
}

static void
check_event(eql_sema_checker *ck)
{
    eql_typed_query *out = ck->out;

    out->kind = EQL_RULE_EVENT;
    out->stages = eql_arena_alloc(ck->sx.arena, sizeof *out->stages);
    if (!out->stages)
        return;
    out->nstages = 1;
    out->stages[0].runs = 1;
    eql_sema_body(ck, ck->query->body, out->stages);
    ck->positions = 1;
}

/* --- what stages are together --- */

static uint32_t
count_positive(const eql_typed_query *q)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < q->nstages; i++)
        n += !q->stages[i].missing;
    return n;
}

/* Language 1.2 #8. */
static void
check_missing(eql_sema_checker *ck)
{
    const eql_typed_query *q = ck->out;

    for (uint32_t i = 0; i < q->nstages; i++) {
        const eql_typed_stage *s = &q->stages[i];

        if (!s->missing)
            continue;
        if (!ck->query->maxspan.present)
            eql_sema_fail(ck, "E307", s->span,
                          "write \"with maxspan=...\" before the first stage",
                          "a missing event, \"![\", needs maxspan: missing "
                          "for how long?");
        if (count_positive(q) == 0)
            eql_sema_fail(ck, "E307", s->span, NULL,
                          "a sequence needs an event that is not missing");
        return;
    }
}

static void
warn_sequence(eql_sema_checker *ck)
{
    const eql_query *q = ck->query;

    if (ck->positions == 1) {
        eql_diags_add(ck->sx.diags, "W402", head_span(ck),
                      "an event query says the same",
                      "a sequence of one stage");
    } else if (!q->maxspan.present) {
        eql_diags_add(ck->sx.diags, "W406", head_span(ck),
                      "write \"with maxspan=...\"",
                      "a sequence without maxspan keeps its events for ever");
    }
}

static void
check_sequence(eql_sema_checker *ck)
{
    if (ck->query->maxspan.present)
        eql_sema_maxspan(ck, &ck->query->maxspan);
    check_missing(ck);
    warn_sequence(ck);
}

/* What `sample` and `join` refuse in their stages (language 1.2 #12 and
 * 1.2 #13). */
static void
check_unordered(eql_sema_checker *ck, const char *kind)
{
    const eql_query *q = ck->query;

    for (uint32_t i = 0; i < q->nstages; i++) {
        const eql_stage_node *s = &q->stages[i];

        if (s->body->missing) {
            eql_diags_add(ck->sx.diags, "E313", s->body->span, NULL,
                          "\"%s\" takes no missing events, \"![\"", kind);
            ck->ok = false;
        }
        for (uint32_t j = 0; j < s->nsuffixes; j++) {
            static const char *const names[] = {"by", "with runs", "fork",
                                                "as"};
            const eql_suffix *x = &s->suffixes[j];

            if (x->kind == EQL_SUFFIX_BY)
                continue;
            eql_diags_add(ck->sx.diags, "E313", x->span,
                          "its events have no order", "\"%s\" takes no \"%s\"",
                          kind, names[x->kind]);
            ck->ok = false;
        }
    }
    if (q->nstages < 2) {
        eql_diags_add(ck->sx.diags, "E313", head_span(ck), NULL,
                      "\"%s\" needs two filters or more", kind);
        ck->ok = false;
    }
}

static void
check_sample(eql_sema_checker *ck)
{
    check_unordered(ck, "sample");
    if (ck->ok && ck->out->nkeys == 0 && ck->out->stages[0].nkeys == 0)
        eql_sema_fail(ck, "E313", head_span(ck), "write \"sample by ...\"",
                      "\"sample\" needs a key that its events share");
}

/* --- queries --- */

static void
check_stages(eql_sema_checker *ck)
{
    const eql_query *q = ck->query;
    eql_typed_query *out = ck->out;

    out->stages =
        eql_arena_array(ck->sx.arena, q->nstages, sizeof *out->stages);
    ck->aliases =
        eql_arena_array(ck->sx.arena, q->nstages, sizeof *ck->aliases);
    if (!out->stages || !ck->aliases)
        return;
    out->nstages = q->nstages;
    eql_sema_query_keys(ck);
    for (uint32_t i = 0; i < q->nstages; i++)
        eql_sema_stage(ck, &q->stages[i], &out->stages[i]);
    if (q->until)
        eql_sema_until(ck, q->until);
    eql_sema_check_keys(ck);
    switch (q->kind) {
    case EQL_QUERY_EVENT: break;
    case EQL_QUERY_SEQUENCE:
        out->kind = EQL_RULE_SEQUENCE;
        check_sequence(ck);
        break;
    case EQL_QUERY_SAMPLE:
        out->kind = EQL_RULE_SAMPLE;
        check_sample(ck);
        break;
    case EQL_QUERY_JOIN:
        out->kind = EQL_RULE_JOIN;
        check_unordered(ck, "join");
        break;
    }
}

eql_typed_query *
eql_sema_query(eql_arena *arena, const eql_query *q, eql_strview text,
               const eql_compile_settings *settings, eql_diags *diags)
{
    eql_sema_checker ck = {.query = q, .ok = true};

    ck.out = eql_arena_alloc(arena, sizeof *ck.out);
    if (!ck.out)
        return NULL;
    ck.sx = (eql_sema){.arena = arena,
                       .diags = diags,
                       .text = text,
                       .query = q,
                       .settings = settings,
                       .out = ck.out};
    if (q->kind == EQL_QUERY_EVENT)
        check_event(&ck);
    else
        check_stages(&ck);
    eql_sema_pipes(&ck);
    return ck.ok && !eql_arena_failed(arena) ? ck.out : NULL;
}

eql_typed *
eql_sema_condition(eql_arena *arena, const eql_expr *e, eql_strview text,
                   eql_strview category, const eql_compile_settings *settings,
                   eql_diags *diags)
{
    eql_sema sx = {.arena = arena,
                   .diags = diags,
                   .text = text,
                   .category = category,
                   .settings = settings,
                   .pure = true};
    uint32_t errors = eql_diags_nerrors(diags);
    eql_typed *t = eql_sema_root(&sx, e);

    return eql_diags_nerrors(diags) == errors ? t : NULL;
}
