/* capture.c -- which values a stage's events leave behind.
 *
 * Made from the program before the first event; immutable then.  How values
 * look as bytes is capture_bytes.c's business.  Which positions a stage fills
 * decides what is kept: with runs it may come to stand at any of them, so it
 * carries the fields of all. */
#include "vm/filter/capture.h"

#include <stdlib.h>

#include "vm/filter/capture_int.h"
#include "vm/eval/facts.h"

/* What is needed while the plans are made. */
typedef struct {
    eql_captures *c;
    const eql_program *p;
    eql_field_walk walk;
    eql_vec other; /* fields of other events that the rule reads; ascending */
} planner;

/* --- plans --- */

static void
add_item(planner *pl, eql_range *run, uint32_t item)
{
    if (run->n == 0)
        run->first = pl->c->items.n;
    run->n++;
    eql_vec_push(&pl->c->items, &item, sizeof item);
}

static int
cmp_fields(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void
sort_fields(eql_vec *v)
{
    if (v->n > 1)
        qsort(v->items, v->n, sizeof(uint32_t), cmp_fields);
}

static uint32_t
field_at(const eql_vec *v, uint32_t i)
{
    return *(const uint32_t *)eql_vec_at(v, i);
}

static void
walk_residual(planner *pl, uint32_t stage)
{
    if (pl->p->stages[stage].residual != EQL_NONE)
        eql_field_walk_filter(&pl->walk, pl->p->stages[stage].residual);
}

/* Fields of other events that some residual or pipe of the rule reads. */
static void
find_other_fields(planner *pl, const eql_rule *r)
{
    eql_field_walk_begin(&pl->walk);
    for (uint32_t i = 0; i < r->stages.n; i++)
        walk_residual(pl, r->stages.first + i);
    if (r->until != EQL_NONE)
        walk_residual(pl, r->until);
    for (uint32_t i = 0; i < r->pipes.n; i++) {
        const eql_pipe_op *op = &pl->p->pipes[r->pipes.first + i];

        if (op->filter != EQL_NONE)
            eql_field_walk_filter(&pl->walk, op->filter);
        for (uint32_t k = 0; k < op->exprs.n; k++)
            eql_field_walk_leaf(&pl->walk, pl->p->exprs[op->exprs.first + k]);
    }
    pl->other.n = 0;
    for (uint32_t i = 0; i < pl->walk.fields.n; i++) {
        uint32_t f = field_at(&pl->walk.fields, i);

        if (pl->p->fields[f].origin != 0)
            eql_vec_push(&pl->other, &f, sizeof f);
    }
    sort_fields(&pl->other);
}

static bool
counts_hosts(const planner *pl, const eql_rule *r)
{
    for (uint32_t i = 0; i < r->pipes.n; i++) {
        uint32_t kind = pl->p->pipes[r->pipes.first + i].kind;

        if (eql_pipe_kind_get(kind)->counts_hosts)
            return eql_program_dialect(pl->p)->host_key != EQL_NONE;
    }
    return false;
}

static void
plan_kept(planner *pl, uint32_t stage, uint32_t position)
{
    const eql_stage *st = &pl->p->stages[stage];
    eql_capture_plan *plan = &pl->c->plans[stage];
    uint32_t host = eql_program_dialect(pl->p)->host_key;

    /* The one field of origin 0 comes first. */
    if (counts_hosts(pl, &pl->p->rules[st->rule]))
        add_item(pl, &plan->kept, host);
    for (uint32_t i = 0; i < pl->other.n; i++) {
        uint32_t f = field_at(&pl->other, i);
        uint32_t at = pl->p->fields[f].origin - 1;

        if (at >= position && at - position < st->runs)
            add_item(pl, &plan->kept, f);
    }
}

/* Leaves of the residual: the truth of the pure ones, the fields of others. */
static void
plan_leaves(planner *pl, uint32_t residual, eql_capture_plan *plan)
{
    eql_range code = pl->p->filters[residual].code;

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &pl->p->insns[code.first + i];

        if (in->op != EQL_OP_BRANCH_TRUE && in->op != EQL_OP_BRANCH_FALSE)
            continue;
        if (pl->c->prepared->leaves[in->c].impure)
            eql_field_walk_leaf(&pl->walk, in->c);
        else
            add_item(pl, &plan->truths, in->c);
    }
}

/* What the ordered half asks of the event at hand. */
static void
plan_own(planner *pl, uint32_t stage)
{
    const eql_stage *st = &pl->p->stages[stage];
    uint32_t id = eql_program_dialect(pl->p)->process_id;
    eql_capture_plan *plan = &pl->c->plans[stage];

    eql_field_walk_begin(&pl->walk);
    if (st->residual != EQL_NONE)
        plan_leaves(pl, st->residual, plan);
    if ((st->flags & EQL_STAGE_LINEAGE) && id != EQL_NONE)
        eql_field_walk_add(&pl->walk, id);
    sort_fields(&pl->walk.fields);
    for (uint32_t i = 0; i < pl->walk.fields.n; i++) {
        uint32_t f = field_at(&pl->walk.fields, i);

        if (pl->p->fields[f].origin == 0)
            add_item(pl, &plan->own, f);
    }
}

static void
plan_rule(planner *pl, uint32_t rule)
{
    const eql_rule *r = &pl->p->rules[rule];
    uint32_t position = 0;

    find_other_fields(pl, r);
    for (uint32_t i = 0; i < r->stages.n; i++) {
        uint32_t stage = r->stages.first + i;

        pl->c->positions[stage] = position;
        plan_kept(pl, stage, position);
        position += pl->p->stages[stage].runs;
    }
    pl->c->npositions[rule] = position;
}

static void
plan_process(planner *pl)
{
    const eql_dialect *d = eql_program_dialect(pl->p);
    const uint32_t fields[] = {d->process_id,       d->process_parent,
                               d->process_type,     d->process_opcode,
                               d->process_ancestry, d->process_name};
    eql_capture_plan *plan = &pl->c->plans[pl->p->nstages];

    if (pl->p->nlineages == 0)
        return;
    for (uint32_t i = 0; i < EQL_COUNTOF(fields); i++) {
        if (fields[i] != EQL_NONE)
            add_item(pl, &plan->own, fields[i]);
    }
}

/* Children of each ELEMENTS field, in their order. */
static void
index_children(eql_captures *c)
{
    uint32_t at = 0;

    for (uint32_t f = 0; f < c->p->nfields; f++) {
        c->first_child[f] = at;
        at += c->p->fields[f].nchildren;
    }
    for (uint32_t f = 0; f < c->p->nfields; f++) {
        const eql_field *fd = &c->p->fields[f];

        if (fd->parent != EQL_NONE)
            c->children[c->first_child[fd->parent] + fd->child] = f;
    }
}

static bool
allocate(eql_captures *c)
{
    const eql_program *p = c->p;

    c->prepared = eql_prepared_new(p);
    c->plans = calloc((size_t)p->nstages + 1, sizeof *c->plans);
    c->positions = calloc((size_t)p->nstages + 1, sizeof *c->positions);
    c->npositions = calloc((size_t)p->nrules + 1, sizeof *c->npositions);
    c->first_child = calloc((size_t)p->nfields + 1, sizeof *c->first_child);
    c->children = calloc((size_t)p->nfields + 1, sizeof *c->children);
    return c->prepared && c->plans && c->positions && c->npositions &&
           c->first_child && c->children;
}

static bool
make_plans(eql_captures *c)
{
    planner pl = {.c = c, .p = c->p};
    bool ok = eql_field_walk_init(&pl.walk, c->p);

    for (uint32_t i = 0; i < c->p->nstages; i++)
        c->positions[i] = EQL_NONE;
    for (uint32_t i = 0; ok && i < c->p->nrules; i++)
        plan_rule(&pl, i);
    for (uint32_t i = 0; ok && i < c->p->nstages; i++)
        plan_own(&pl, i);
    plan_process(&pl);
    ok = ok && !pl.walk.failed && !pl.other.failed && !c->items.failed &&
         !pl.walk.fields.failed;
    eql_field_walk_free(&pl.walk);
    eql_vec_free(&pl.other);
    return ok;
}

eql_captures *
eql_captures_new(const eql_program *p)
{
    eql_captures *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->p = p;
    if (!allocate(c) || !make_plans(c)) {
        eql_captures_free(c);
        return NULL;
    }
    index_children(c);
    return c;
}

void
eql_captures_free(eql_captures *c)
{
    if (!c)
        return;
    eql_prepared_free(c->prepared);
    eql_vec_free(&c->items);
    free(c->plans);
    free(c->positions);
    free(c->npositions);
    free(c->first_child);
    free(c->children);
    free(c);
}

/* --- asking --- */

const eql_prepared *
eql_captures_prepared(const eql_captures *c)
{
    return c->prepared;
}

const eql_capture_plan *
eql_captures_plan(const eql_captures *c, uint32_t stage)
{
    return &c->plans[stage == EQL_HIT_PROCESS ? c->p->nstages : stage];
}

uint32_t
eql_captures_item(const eql_captures *c, uint32_t i)
{
    return *(const uint32_t *)eql_vec_at(&c->items, i);
}

bool
eql_captures_any(const eql_captures *c, uint32_t stage)
{
    const eql_capture_plan *plan = eql_captures_plan(c, stage);

    return plan->kept.n > 0 || plan->own.n > 0 || plan->truths.n > 0;
}

uint32_t
eql_captures_position(const eql_captures *c, uint32_t stage)
{
    return c->positions[stage];
}

uint32_t
eql_captures_npositions(const eql_captures *c, uint32_t rule)
{
    return c->npositions[rule];
}
