/* emit.c -- see emit.h.
 *
 * Order of records: lineages with their stages, inner ones first, for code
 * names them; then the stages of the rule in order, its until stage directly
 * behind them (not part of the rule's run of stages).  Filters and leaves are
 * interned by the builder, so rules share what they have in common. */
#include "compiler/emit.h"

#include "compiler/cost.h"
#include "compiler/emit_leaf.h"
#include "program/verify.h"

typedef struct {
    eql_builder *builder;
    const eql_rule_source *rule;
    uint32_t category; /* field */
    uint32_t lineages; /* index of the first one of the rule */
    eql_vec code;      /* eql_insn, of one filter */
    eql_vec records;   /* of one run; the record type changes */
    eql_vec stages;    /* eql_stage */
    bool failed;       /* out of memory */
} emitter;

/* leaf: EQL_NONE where there was no memory for it. */
static void
emit(emitter *em, eql_opcode op, uint32_t skip, uint32_t leaf)
{
    eql_insn in = {(uint8_t)op, 0, (uint16_t)skip, leaf};

    if (leaf == EQL_NONE || eql_vec_push(&em->code, &in, sizeof in) == EQL_NONE)
        em->failed = true;
}

static uint32_t
emit_branches(emitter *em, const eql_branches *bs)
{
    uint32_t filter;

    em->code.n = 0;
    for (uint32_t i = 0; i < bs->n; i++) {
        const eql_branch *b = &bs->items[i];

        emit(em, b->when ? EQL_OP_BRANCH_TRUE : EQL_OP_BRANCH_FALSE, b->skip,
             eql_emit_leaf(em->builder, b->leaf, em->lineages));
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

static uint32_t
emit_filter(emitter *em, const eql_plan_filter *f)
{
    return emit_branches(em, f->branches);
}

/* --- bodies of array functions --- */

static bool
is_kleene(eql_builder *b)
{
    return eql_builder_dialect(b)->null_logic == EQL_NULL_LOGIC_KLEENE;
}

bool
eql_emit_body_check(const eql_typed *filter, eql_diags *diags)
{
    eql_arena *arena;
    bool ok;

    if (eql_filter_cost(filter) > EQL_VERIFY_WORK_BODY) {
        eql_diags_add(diags, "E311", filter->span, NULL,
                      "this takes too long for each element of an array (more "
                      "than %u instructions)",
                      EQL_VERIFY_WORK_BODY);
        return false;
    }
    arena = eql_arena_new(0);
    if (!arena)
        return false;
    /* What is checked does not depend on the null logic. */
    ok = eql_branch_filter(arena, filter, false, diags) != NULL;
    ok = ok || eql_arena_failed(arena);
    eql_arena_free(arena);
    return ok;
}

uint32_t
eql_emit_body(eql_builder *b, const eql_typed *filter, uint32_t lineages)
{
    emitter em = {.builder = b, .lineages = lineages};
    eql_arena *arena = eql_arena_new(0);
    const eql_branches *bs;
    uint32_t out = EQL_NONE;

    if (!arena)
        return EQL_NONE;
    bs = eql_branch_filter(arena, filter, is_kleene(b), NULL);
    if (bs)
        out = emit_branches(&em, bs);
    eql_vec_free(&em.code);
    eql_arena_free(arena);
    return out;
}

/* --- records --- */

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

/* As alerts call it: the path, or the expression as it is written. */
static eql_str
key_name(emitter *em, const eql_typed_key *key)
{
    eql_strview text = em->rule->query.text, name = key->path.name;

    if (key->expr)
        name = key->span.offset <= text.len &&
                       key->span.len <= text.len - key->span.offset
                   ? eql_sv(text.p + key->span.offset, key->span.len)
                   : eql_sv("", 0);
    return eql_builder_str(em->builder, name);
}

static eql_range
emit_keys(emitter *em, const eql_plan_stage *s)
{
    start_run(em, sizeof(eql_key));
    for (uint32_t i = 0; i < s->nkeys; i++) {
        const eql_typed_key *key = &s->keys[i];
        eql_key k = {
            .name = key_name(em, key),
            .field = EQL_NONE,
            .leaf = EQL_NONE,
            .flags = key->optional ? EQL_KEY_OPTIONAL : 0,
        };
        uint32_t *index = key->expr ? &k.leaf : &k.field;

        *index = key->expr ? eql_emit_leaf(em->builder, key->expr, em->lineages)
                           : eql_emit_field(em->builder, &key->path);
        em->failed = em->failed || *index == EQL_NONE;

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

static eql_stage
make_stage(emitter *em, const eql_plan_stage *s)
{
    eql_stage out = {
        .rule = eql_builder_nrules(em->builder),
        .number = s->number,
        .flags = s->flags,
        .runs = s->runs,
        .has_category = !s->any,
        .category_field = em->category,
        .filter = emit_filter(em, &s->filter),
        .residual = EQL_NONE,
    };

    if (s->residual.condition)
        out.residual = emit_filter(em, &s->residual);
    if (s->alias.len)
        out.alias = eql_builder_str(em->builder, s->alias);
    if (!s->any)
        out.category = eql_builder_str(em->builder, s->category);
    out.keys = emit_keys(em, s);
    out.exceptions = emit_exceptions(em, s);
    out.severities = emit_severities(em, s);
    return out;
}

static void
emit_stage(emitter *em, const eql_plan_stage *s)
{
    eql_stage out = make_stage(em, s);

    if (eql_vec_push(&em->stages, &out, sizeof out) == EQL_NONE)
        em->failed = true;
}

static void
emit_lineage(emitter *em, const eql_plan_lineage *l, bool first)
{
    eql_stage stage = make_stage(em, &l->stage);
    eql_lineage out = {.relation = l->relation};
    uint32_t index;

    if (em->failed)
        return;
    out.stage = eql_builder_stages(em->builder, &stage, 1).first;
    index = eql_builder_lineage(em->builder, &out);
    em->failed = index == EQL_NONE;
    if (first)
        em->lineages = index;
}

static eql_range
emit_pipes(emitter *em, const eql_plan *plan)
{
    eql_vec pipes = {0};
    eql_range out;

    for (uint32_t i = 0; i < plan->npipes; i++) {
        const eql_plan_pipe *p = &plan->pipes[i];
        eql_pipe_op op = {.kind = p->kind, .filter = EQL_NONE, .n = p->n};

        if (p->filter.condition)
            op.filter = emit_filter(em, &p->filter);
        start_run(em, sizeof(uint32_t));
        for (uint32_t j = 0; j < p->exprs.n; j++) {
            uint32_t leaf =
                eql_emit_leaf(em->builder, p->exprs.items[j], em->lineages);

            em->failed = em->failed || leaf == EQL_NONE;
            add_record(em, &leaf, sizeof leaf);
        }
        op.exprs =
            eql_builder_exprs(em->builder, em->records.items, em->records.n);
        if (eql_vec_push(&pipes, &op, sizeof op) == EQL_NONE)
            em->failed = true;
    }
    out = eql_builder_pipes(em->builder, pipes.items, pipes.n);
    eql_vec_free(&pipes);
    return out;
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

/* --- fields that the dialect or the rule file names --- */

static uint32_t
field_of(emitter *em, eql_strview path, uint32_t otherwise)
{
    uint32_t field;

    if (path.len == 0)
        return otherwise;
    field = eql_builder_path(em->builder, path, EQL_MODE_FLAT);
    em->failed = em->failed || field == EQL_NONE;
    return field;
}

/* Made once a program, by the first rule that needs it. */
static void
need_field(emitter *em, uint32_t *field, eql_strview path)
{
    if (*field == EQL_NONE)
        *field = field_of(em, path, EQL_NONE);
}

static bool
counts_hosts(const eql_plan *plan)
{
    for (uint32_t i = 0; i < plan->npipes; i++)
        if (eql_pipe_kind_get(plan->pipes[i].kind)->counts_hosts)
            return true;
    return false;
}

static void
dialect_fields(emitter *em, const eql_plan *plan, const eql_compile_settings *o)
{
    eql_dialect *d = eql_builder_dialect(em->builder);
    eql_role_paths paths = eql_compile_paths(o);

    if (plan->nlineages) {
        need_field(em, &d->process_id, paths.process_id);
        need_field(em, &d->process_parent, paths.process_parent);
        need_field(em, &d->process_type, paths.process_type);
        need_field(em, &d->process_opcode, paths.process_opcode);
        need_field(em, &d->process_ancestry, paths.process_ancestry);
        need_field(em, &d->process_name, paths.process_name);
    }
    if (counts_hosts(plan))
        need_field(em, &d->host_key, paths.host_key);
}

static uint32_t
emit_clock(emitter *em)
{
    const eql_rule_source *r = em->rule;
    eql_clock c;

    if (!r->timestamp_field.len && !r->tiebreaker_field.len)
        return 0;
    c.timestamp = field_of(em, r->timestamp_field, EQL_FIELD_TIMESTAMP);
    c.tiebreaker = field_of(em, r->tiebreaker_field,
                            eql_builder_dialect(em->builder)->tiebreaker);
    return eql_builder_clock(em->builder, &c);
}

/* --- rules --- */

static void
emit_rule(emitter *em, const eql_plan *plan)
{
    const eql_rule_source *r = em->rule;
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
        .clock = emit_clock(em),
        .maxspan_ns = plan->maxspan_ns,
        .cooldown_ns = r->cooldown_ns,
        .budget_ns = r->budget_ns,
        .stages = {stages.first, plan->nstages},
        .pipes = emit_pipes(em, plan),
    };

    /* Tags go first: a program has one form (program/verify.c). */
    rule.tags = emit_strings(em, r->tags, r->ntags);
    rule.threats = emit_strings(em, r->threats, r->nthreats);
    if (em->failed || eql_builder_rule(b, &rule) == EQL_NONE)
        em->failed = true;
}

bool
eql_emit_rule(eql_builder *b, const eql_plan *plan, const eql_rule_source *r,
              const eql_compile_settings *o)
{
    emitter em = {.builder = b, .rule = r};

    dialect_fields(&em, plan, o);
    em.category = field_of(&em, r->category_field, EQL_FIELD_CATEGORY);
    for (uint32_t i = 0; i < plan->nlineages; i++)
        emit_lineage(&em, &plan->lineages[i], i == 0);
    for (uint32_t i = 0; i < plan->nstages; i++)
        emit_stage(&em, &plan->stages[i]);
    if (plan->until)
        emit_stage(&em, plan->until);
    if (!em.failed)
        emit_rule(&em, plan);
    eql_vec_free(&em.code);
    eql_vec_free(&em.records);
    eql_vec_free(&em.stages);
    return !em.failed;
}
