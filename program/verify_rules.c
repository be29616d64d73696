/* verify_rules.c -- the part of the verifier that looks at rules and what they
 * are made of: keys, exceptions, severities, stages, lineages and pipes.
 *
 * Code has been checked and its scopes are known; here each use of it is held
 * to what is there where it stands: stages see their event, residuals and pipes
 * the positions of their rule as well.
 *
 * Rule by rule, stages[] holds the stages of its lineages, its own and its
 * `until`; what they have in other tables follows in the same order. */
#include "program/verify_int.h"

static bool
refuse(eql_verifier *v, eql_verify_code code, eql_section section, uint32_t i)
{
    return eql_verify_refuse(v, code, section, i);
}

static bool
is_pure_filter(const eql_verifier *v, uint32_t filter)
{
    return eql_verify_is_pure(&v->filters[filter]);
}

/* A filter's own branches, once per use; its leaves are asked once an event. */
static bool
charge_filter(eql_verifier *v, uint32_t filter)
{
    return eql_verify_charge_work(v, v->p->filters[filter].code.n);
}

/* --- stages --- */

static bool
check_key(eql_verifier *v, uint32_t i)
{
    const eql_key *k = &v->p->keys[i];

    if ((k->flags & ~EQL_KEY_OPTIONAL) != 0)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_keys, i);
    if (k->field == EQL_NONE) {
        if (k->leaf >= v->p->nleaves)
            return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_keys, i);
        return eql_verify_is_pure(&v->leaves[k->leaf]) ||
               refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_keys, i);
    }
    if (k->field >= v->p->nfields || k->leaf != EQL_NONE)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_keys, i);
    return eql_verify_plain_field(v->p, k->field) ||
           refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_keys, i);
}

static bool
check_exception(eql_verifier *v, uint32_t i)
{
    const eql_exception *x = &v->p->exceptions[i];

    if (x->filter >= v->p->nfilters)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_exceptions, i);
    if (!is_pure_filter(v, x->filter))
        return refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_exceptions, i);
    return true;
}

static bool
check_severity(eql_verifier *v, uint32_t i)
{
    const eql_severity *s = &v->p->severities[i];

    if (s->level >= EQL_SEVERITY_COUNT)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_severities, i);
    if (s->order >= EQL_MAX_SEVERITIES || s->filter >= v->p->nfilters)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_severities, i);
    if (!is_pure_filter(v, s->filter))
        return refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_severities, i);
    return true;
}

/* What a stage has is there, and its runs are the next ones. */
static bool
check_names(eql_verifier *v, uint32_t i)
{
    const eql_program *p = v->p;
    const eql_stage *s = &p->stages[i];

    if (s->rule >= p->nrules || s->filter >= p->nfilters ||
        (s->residual != EQL_NONE && s->residual >= p->nfilters))
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_stages, i);
    if (!eql_verify_next_run(v, EQL_SECTION_keys, s->keys) ||
        !eql_verify_next_run(v, EQL_SECTION_exceptions, s->exceptions) ||
        !eql_verify_next_run(v, EQL_SECTION_severities, s->severities))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_stages, i);
    if (!eql_verify_plain_field(p, s->category_field))
        return refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_stages, i);
    return true;
}

/* What the VM does for this stage when an event comes. */
static bool
charge_stage(eql_verifier *v, const eql_stage *s)
{
    const eql_program *p = v->p;
    bool ok = eql_verify_charge_text(v, s->category.len) &&
              charge_filter(v, s->filter) &&
              (s->residual == EQL_NONE || charge_filter(v, s->residual));

    for (uint32_t i = 0; ok && i < s->exceptions.n; i++)
        ok = charge_filter(v, p->exceptions[s->exceptions.first + i].filter);
    for (uint32_t i = 0; ok && i < s->severities.n; i++)
        ok = charge_filter(v, p->severities[s->severities.first + i].filter);
    return ok;
}

static bool
check_stage(eql_verifier *v, uint32_t i)
{
    const eql_stage *s = &v->p->stages[i];

    if (!check_names(v, i))
        return false;
    if (s->has_category > 1 ||
        (s->flags & ~(EQL_STAGE_MISSING | EQL_STAGE_FORK | EQL_STAGE_LINEAGE |
                      EQL_STAGE_BY_ALIAS)) != 0)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_stages, i);
    if (s->runs < 1 || s->runs > eql_program_dialect(v->p)->runs_max)
        return refuse(v, EQL_VERIFY_BAD_STAGE, EQL_SECTION_stages, i);
    if (!is_pure_filter(v, s->filter))
        return refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_stages, i);
    if (s->residual != EQL_NONE && v->filters[s->residual].nopen > 0)
        return refuse(v, EQL_VERIFY_BAD_SCOPE, EQL_SECTION_stages, i);
    if (!charge_stage(v, s))
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_stages, i);
    return true;
}

/* A lineage has a stage of its own (check_lineages), and lower ones alone may
 * be asked for in it: they know of the event already. */
static bool
check_lineage(eql_verifier *v, uint32_t i)
{
    const eql_lineage *l = &v->p->lineages[i];
    const eql_stage *s;

    if (l->relation >= EQL_LINEAGE_RELATION_COUNT)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_lineages, i);
    if (l->stage >= v->p->nstages)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_lineages, i);
    s = &v->p->stages[l->stage];
    if (s->flags != EQL_STAGE_LINEAGE || s->number != 0 || s->runs != 1 ||
        s->alias.len != 0 || s->keys.n != 0 || s->exceptions.n != 0 ||
        s->severities.n != 0)
        return refuse(v, EQL_VERIFY_BAD_LINEAGE, EQL_SECTION_lineages, i);
    if (s->residual != EQL_NONE && (v->filters[s->residual].lineages > i ||
                                    v->filters[s->residual].most_origin != 0))
        return refuse(v, EQL_VERIFY_BAD_LINEAGE, EQL_SECTION_lineages, i);
    return true;
}

bool
eql_verify_stages(eql_verifier *v)
{
    const eql_program *p = v->p;

    for (uint32_t i = 0; i < p->nkeys; i++) {
        if (!check_key(v, i))
            return false;
    }
    for (uint32_t i = 0; i < p->nexceptions; i++) {
        if (!check_exception(v, i))
            return false;
    }
    for (uint32_t i = 0; i < p->nseverities; i++) {
        if (!check_severity(v, i))
            return false;
    }
    for (uint32_t i = 0; i < p->nstages; i++) {
        if (!check_stage(v, i))
            return false;
    }
    for (uint32_t i = 0; i < p->nlineages; i++) {
        if (!check_lineage(v, i))
            return false;
    }
    return eql_verify_all_run(v, EQL_SECTION_keys) &&
           eql_verify_all_run(v, EQL_SECTION_exceptions) &&
           eql_verify_all_run(v, EQL_SECTION_severities);
}

/* --- pipes --- */

static bool
pipe_ok(const eql_verifier *v, const eql_pipe_op *x)
{
    const eql_pipe_kind_info *kind = eql_pipe_kind_get(x->kind);

    return (kind->operand == EQL_PIPE_TAKES_NUMBER || x->n == 0) &&
           (kind->operand == EQL_PIPE_TAKES_CONDITION
                ? x->filter < v->p->nfilters
                : x->filter == EQL_NONE) &&
           (kind->operand == EQL_PIPE_TAKES_VALUES
                ? x->exprs.n >= kind->least && x->exprs.n <= kind->most
                : x->exprs.n == 0);
}

/* Over results there are the events of the rule, and nothing else. */
static bool
sees_results(const eql_scope *s, uint32_t positions)
{
    return s->nopen == 0 && s->lineages == 0 && s->most_origin <= positions;
}

static bool
check_pipe(eql_verifier *v, uint32_t i, uint32_t positions)
{
    const eql_program *p = v->p;
    const eql_pipe_op *x = &p->pipes[i];

    if (x->kind >= EQL_PIPE_KIND_COUNT)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_pipes, i);
    if (!eql_verify_next_run(v, EQL_SECTION_exprs, x->exprs))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_pipes, i);
    if (!pipe_ok(v, x))
        return refuse(v, EQL_VERIFY_BAD_PIPE, EQL_SECTION_pipes, i);
    if (x->filter != EQL_NONE &&
        !sees_results(&v->filters[x->filter], positions))
        return refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_pipes, i);
    for (uint32_t j = x->exprs.first; j < x->exprs.first + x->exprs.n; j++) {
        if (p->exprs[j] >= p->nleaves)
            return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_exprs, j);
        if (!sees_results(&v->leaves[p->exprs[j]], positions))
            return refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_exprs, j);
    }
    return true;
}

/* --- rules --- */

/* The rule at hand. */
typedef struct {
    uint32_t positions;
    uint32_t first_lineage, lineages; /* its own: from, to before */
} rule_state;

/* Its tags and techniques, its pipes: the next ones. */
static bool
check_rule_runs(eql_verifier *v, uint32_t i)
{
    const eql_rule *r = &v->p->rules[i];

    return (eql_verify_next_run(v, EQL_SECTION_strings, r->tags) &&
            eql_verify_next_run(v, EQL_SECTION_strings, r->threats) &&
            eql_verify_next_run(v, EQL_SECTION_pipes, r->pipes)) ||
           refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_rules, i);
}

static bool
check_rule_numbers(eql_verifier *v, uint32_t i)
{
    const eql_rule *r = &v->p->rules[i];

    if (r->kind >= EQL_RULE_KIND_COUNT || r->severity >= EQL_SEVERITY_COUNT ||
        r->has_maxspan > 1)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_rules, i);
    if (r->clock >= v->p->nclocks)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_rules, i);
    if (r->maxspan_ns < 0 || r->cooldown_ns < 0 || r->budget_ns < 0 ||
        (!r->has_maxspan && r->maxspan_ns != 0) ||
        (r->risk_score > 100 && r->risk_score != EQL_NONE))
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, i);
    return true;
}

/* Lineages that it asks for are the rule's own. */
static bool
asks_own(const eql_scope *s, const rule_state *st)
{
    return s->lineages == 0 || (s->first_lineage >= st->first_lineage &&
                                s->lineages <= st->lineages);
}

/* The stages before the rule's own: those of its lineages, in order. */
static bool
check_lineages(eql_verifier *v, uint32_t i, rule_state *st)
{
    const eql_program *p = v->p;
    uint32_t *stage = &v->next[EQL_SECTION_stages];
    uint32_t *lineage = &v->next[EQL_SECTION_lineages];

    st->first_lineage = *lineage;
    for (; *stage < p->rules[i].stages.first; ++*stage, ++*lineage) {
        uint32_t residual;

        if (*lineage >= p->nlineages || p->lineages[*lineage].stage != *stage ||
            p->stages[*stage].rule != i)
            return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, i);
        st->lineages = *lineage;
        residual = p->stages[*stage].residual;
        if (residual != EQL_NONE && !asks_own(&v->filters[residual], st))
            return refuse(v, EQL_VERIFY_BAD_LINEAGE, EQL_SECTION_lineages,
                          *lineage);
    }
    st->lineages = *lineage;
    return true;
}

/* Stage s is this rule's, and users know it by this number. */
static bool
check_owned(eql_verifier *v, uint32_t rule, uint32_t s, uint32_t number)
{
    const eql_program *p = v->p;
    const eql_stage *first = &p->stages[p->rules[rule].stages.first];

    if (p->stages[s].rule != rule || p->stages[s].number != number ||
        (p->stages[s].flags & EQL_STAGE_LINEAGE))
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, rule);
    if (p->stages[s].keys.n != first->keys.n)
        return refuse(v, EQL_VERIFY_BAD_KEYS, EQL_SECTION_stages, s);
    return true;
}

/* Only sequences have more to their stages than a filter and keys. */
static bool
stage_fits(const eql_rule *r, const eql_stage *s, bool first)
{
    if (r->kind != EQL_RULE_SEQUENCE)
        return s->flags == 0 && s->runs == 1;
    if (s->flags & EQL_STAGE_MISSING)
        return r->has_maxspan &&
               !(s->flags & (EQL_STAGE_FORK | EQL_STAGE_BY_ALIAS));
    return !first || !(s->flags & EQL_STAGE_FORK);
}

/* A residual may name the events of the rule's own positions. */
static bool
residual_fits(const eql_verifier *v, const eql_stage *s, const rule_state *st)
{
    const eql_scope *scope;

    if (s->residual == EQL_NONE)
        return true;
    scope = &v->filters[s->residual];
    return scope->most_origin <= st->positions && asks_own(scope, st);
}

static bool
count_positions(eql_verifier *v, uint32_t i, rule_state *st)
{
    const eql_rule *r = &v->p->rules[i];
    uint64_t n = 0;

    for (uint32_t j = 0; j < r->stages.n; j++)
        n += v->p->stages[r->stages.first + j].runs;
    v->positions += n;
    if (n > EQL_MAX_POSITIONS ||
        v->positions > EQL_VERIFY_POSITIONS_FREE +
                           (uint64_t)v->p->nstages * EQL_VERIFY_POSITIONS_STAGE)
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_rules, i);
    st->positions = (uint32_t)n;
    return true;
}

static bool
check_rule_stages(eql_verifier *v, uint32_t i, const rule_state *st)
{
    const eql_rule *r = &v->p->rules[i];
    bool positive = false;

    for (uint32_t j = 0; j < r->stages.n; j++) {
        uint32_t stage = r->stages.first + j;
        const eql_stage *s = &v->p->stages[stage];

        if (!check_owned(v, i, stage, j + 1))
            return false;
        if (!stage_fits(r, s, j == 0))
            return refuse(v, EQL_VERIFY_BAD_STAGE, EQL_SECTION_stages, stage);
        if (!residual_fits(v, s, st))
            return refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_stages, stage);
        positive = positive || !(s->flags & EQL_STAGE_MISSING);
    }
    return positive || refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, i);
}

static bool
check_until(eql_verifier *v, uint32_t i, const rule_state *st)
{
    uint32_t until = v->p->rules[i].until;
    const eql_stage *s;

    if (until == EQL_NONE)
        return true;
    /* It stands behind the rule's own. */
    if (!eql_verify_next_run(v, EQL_SECTION_stages, (eql_range){until, 1}))
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_rules, i);
    s = &v->p->stages[until];
    /* Its number 0 tells it from the stages. */
    if (!check_owned(v, i, until, 0))
        return false;
    if ((s->flags & ~EQL_STAGE_BY_ALIAS) != 0 || s->runs != 1 ||
        s->alias.len != 0)
        return refuse(v, EQL_VERIFY_BAD_STAGE, EQL_SECTION_stages, until);
    return residual_fits(v, s, st) ||
           refuse(v, EQL_VERIFY_BAD_PURITY, EQL_SECTION_stages, until);
}

/* Which kind of rule has what. */
static bool
shape_ok(const eql_rule *r)
{
    switch (r->kind) {
    case EQL_RULE_EVENT:
        return r->stages.n == 1 && r->until == EQL_NONE && !r->has_maxspan;
    case EQL_RULE_SAMPLE: return r->until == EQL_NONE && !r->has_maxspan;
    case EQL_RULE_JOIN: return !r->has_maxspan;
    default: return true;
    }
}

static bool
check_rule_parts(eql_verifier *v, uint32_t i)
{
    const eql_rule *r = &v->p->rules[i];
    rule_state st = {0};

    if (r->stages.n == 0 || !shape_ok(r))
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, i);
    if (!check_lineages(v, i, &st))
        return false;
    if (!eql_verify_next_run(v, EQL_SECTION_stages, r->stages))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_rules, i);
    if (!count_positions(v, i, &st) || !check_rule_stages(v, i, &st) ||
        !check_until(v, i, &st))
        return false;
    for (uint32_t j = 0; j < r->pipes.n; j++) {
        if (!check_pipe(v, r->pipes.first + j, st.positions))
            return false;
    }
    return true;
}

bool
eql_verify_rules(eql_verifier *v)
{
    for (uint32_t i = 0; i < v->p->nrules; i++) {
        if (!check_rule_runs(v, i) || !check_rule_numbers(v, i) ||
            !check_rule_parts(v, i))
            return false;
    }
    return eql_verify_all_run(v, EQL_SECTION_strings) &&
           eql_verify_all_run(v, EQL_SECTION_pipes) &&
           eql_verify_all_run(v, EQL_SECTION_exprs) &&
           eql_verify_all_run(v, EQL_SECTION_lineages) &&
           eql_verify_all_run(v, EQL_SECTION_stages);
}
