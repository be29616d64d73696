/* emit.c -- see emit.h.
 *
 * Order of records: the stages of a rule in order, its until stage directly
 * behind them (not part of the rule's run of stages).  Filters and leaves are
 * interned by the builder, so rules share what they have in common. */
#include "compiler/emit.h"

#include "compiler/emit_leaf.h"

typedef struct {
    eql_builder *builder;
    eql_vec code;    /* eql_insn, of one filter */
    eql_vec records; /* of one run; the record type changes */
    eql_vec stages;  /* eql_stage */
    bool failed;     /* out of memory */
} emitter;

static void
emit(emitter *em, eql_opcode op, uint32_t skip, uint32_t leaf)
{
    eql_insn in = {(uint8_t)op, 0, (uint16_t)skip, leaf};

    if (eql_vec_push(&em->code, &in, sizeof in) == EQL_NONE)
        em->failed = true;
}

static uint32_t
emit_filter(emitter *em, const eql_plan_filter *f)
{
    const eql_branches *bs = f->branches;
    uint32_t filter;

    em->code.n = 0;
    for (uint32_t i = 0; i < bs->n; i++) {
        const eql_branch *b = &bs->items[i];

        emit(em, b->when ? EQL_OP_BRANCH_TRUE : EQL_OP_BRANCH_FALSE, b->skip,
             eql_emit_leaf(em->builder, b->leaf));
    }
    if (bs->n > 0 || bs->constant)
        emit(em, EQL_OP_ACCEPT, 0, 0);
    if (bs->n > 0 || !bs->constant)
        emit(em, EQL_OP_REJECT, 0, 0);
    if (em->failed)
        return EQL_NONE;
    filter = eql_builder_filter(em->builder, em->code.items, em->code.n);
    if (filter == EQL_NONE)
        em->failed = true;
    return filter;
}

/* Starts a run of records of another type; its memory is kept. */
static void
start_run(emitter *em, uint32_t size)
{
    if (em->records.size != size)
        eql_vec_free(&em->records);
    em->records.n = 0;
}

static void
add_record(emitter *em, const void *record, uint32_t size)
{
    if (eql_vec_push(&em->records, record, size) == EQL_NONE)
        em->failed = true;
}

static eql_range
emit_keys(emitter *em, const eql_plan_stage *s)
{
    start_run(em, sizeof(eql_key));
    for (uint32_t i = 0; i < s->nkeys; i++) {
        eql_key k = {
            .field = eql_emit_field(em->builder, &s->keys[i].path),
            .flags = s->keys[i].optional ? EQL_KEY_OPTIONAL : 0,
        };

        add_record(em, &k, sizeof k);
    }
    return eql_builder_keys(em->builder, em->records.items, em->records.n);
}

static eql_range
emit_exceptions(emitter *em, const eql_plan_stage *s)
{
    start_run(em, sizeof(eql_exception));
    for (uint32_t i = 0; i < s->nexceptions; i++) {
        eql_exception x = {
            .name = eql_builder_str(em->builder, s->exceptions[i].name),
            .filter = emit_filter(em, &s->exceptions[i].filter),
        };

        add_record(em, &x, sizeof x);
    }
    return eql_builder_exceptions(em->builder, em->records.items,
                                  em->records.n);
}

static eql_range
emit_severities(emitter *em, const eql_plan_stage *s)
{
    start_run(em, sizeof(eql_severity));
    for (uint32_t i = 0; i < s->nseverities; i++) {
        eql_severity x = {
            .level = s->severities[i].level,
            .order = s->severities[i].order,
            .filter = emit_filter(em, &s->severities[i].filter),
        };

        add_record(em, &x, sizeof x);
    }
    return eql_builder_severities(em->builder, em->records.items,
                                  em->records.n);
}

static void
emit_stage(emitter *em, const eql_plan_stage *s)
{
    eql_stage out = {
        .rule = eql_builder_nrules(em->builder),
        .number = s->number,
        .has_category = !s->any,
        .filter = emit_filter(em, &s->filter),
    };

    if (!s->any)
        out.category = eql_builder_str(em->builder, s->category);
    out.keys = emit_keys(em, s);
    out.exceptions = emit_exceptions(em, s);
    out.severities = emit_severities(em, s);
    if (eql_vec_push(&em->stages, &out, sizeof out) == EQL_NONE)
        em->failed = true;
}

static eql_range
emit_strings(emitter *em, const eql_strview *texts, uint32_t n)
{
    start_run(em, sizeof(eql_str));
    for (uint32_t i = 0; i < n; i++) {
        eql_str s = eql_builder_str(em->builder, texts[i]);

        add_record(em, &s, sizeof s);
    }
    return eql_builder_strings(em->builder, em->records.items, em->records.n);
}

static void
emit_rule(emitter *em, const eql_plan *plan, const eql_rule_source *r)
{
    eql_builder *b = em->builder;
    eql_range stages = eql_builder_stages(b, em->stages.items, em->stages.n);
    eql_rule rule = {
        .name = eql_builder_str(b, r->name),
        .id = eql_builder_str(b, r->id),
        .file = eql_builder_str(b, r->file),
        .query = eql_builder_str(b, r->query.text),
        .description = eql_builder_str(b, r->description),
        .kind = plan->kind,
        .severity = r->severity,
        .risk_score = r->risk_score,
        .has_maxspan = plan->has_maxspan,
        .until = plan->until ? stages.first + plan->nstages : EQL_NONE,
        .maxspan_ns = plan->maxspan_ns,
        .cooldown_ns = r->cooldown_ns,
        .stages = {stages.first, plan->nstages},
        .tags = emit_strings(em, r->tags, r->ntags),
        .threats = emit_strings(em, r->threats, r->nthreats),
    };

    if (em->failed || eql_builder_rule(b, &rule) == EQL_NONE)
        em->failed = true;
}

bool
eql_emit_rule(eql_builder *b, const eql_plan *plan, const eql_rule_source *r)
{
    emitter em = {.builder = b};

    for (uint32_t i = 0; i < plan->nstages; i++)
        emit_stage(&em, &plan->stages[i]);
    if (plan->until)
        emit_stage(&em, plan->until);
    if (!em.failed)
        emit_rule(&em, plan, r);
    eql_vec_free(&em.code);
    eql_vec_free(&em.records);
    eql_vec_free(&em.stages);
    return !em.failed;
}
