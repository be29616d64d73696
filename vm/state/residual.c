/* residual.c -- filters and expressions over captured values.
 *
 * What was said is only noted; the slots are rebuilt, and the interpreter
 * begins anew, when something is asked after a change.  So memory is that of
 * one set of events, however many partials are tried for one hit. */
#include "vm/state/residual.h"

#include <stdlib.h>

typedef struct {
    uint32_t stage, position;
    eql_strview kept;
} binding;

typedef struct {
    uint32_t field;
    eql_slot slot;
} setting;

struct eql_residual {
    const eql_program *p;
    const eql_captures *captures;
    eql_interp *interp;
    eql_arena *arena;   /* of what was read */
    eql_slot *slots;    /* per field */
    eql_event event;    /* of these slots */
    eql_vec filled;     /* uint32_t: fields whose slots are not empty */
    eql_vec bindings;   /* binding */
    eql_vec settings;   /* setting */
    uint32_t own_stage; /* EQL_NONE: no event at hand */
    eql_strview own;
    bool has_process;
    eql_strview process;
    bool changed; /* since the last question */
};

eql_residual *
eql_residual_new(const eql_program *p, const eql_captures *c,
                 eql_lineage_fn lineage, void *ctx)
{
    eql_residual *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->p = p;
    r->captures = c;
    r->arena = eql_arena_new(0);
    r->interp = eql_interp_new_shared(eql_captures_prepared(c));
    r->slots = calloc((size_t)p->nfields + 1, sizeof *r->slots);
    if (!r->arena || !r->interp || !r->slots) {
        eql_residual_free(r);
        return NULL;
    }
    eql_interp_set_lineage(r->interp, lineage, ctx);
    eql_residual_begin(r, EQL_NONE);
    return r;
}

void
eql_residual_free(eql_residual *r)
{
    if (!r)
        return;
    eql_interp_free(r->interp);
    eql_arena_free(r->arena);
    eql_vec_free(&r->filled);
    eql_vec_free(&r->bindings);
    eql_vec_free(&r->settings);
    free(r->slots);
    free(r);
}

/* --- saying --- */

void
eql_residual_begin(eql_residual *r, uint32_t rule)
{
    (void)rule; /* what is bound knows its stage */
    r->bindings.n = 0;
    r->settings.n = 0;
    r->own_stage = EQL_NONE;
    r->has_process = false;
    r->changed = true;
}

/* What is bound to the position; NULL: nothing.  They come ascending as a
 * rule, and then there is nothing to look for. */
static binding *
bound_to(const eql_residual *r, uint32_t position)
{
    binding *b = r->bindings.items;
    uint32_t n = r->bindings.n;

    if (n == 0 || b[n - 1].position < position)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (b[i].position == position)
            return &b[i];
    }
    return NULL;
}

void
eql_residual_bind(eql_residual *r, uint32_t stage, uint32_t position,
                  eql_strview kept)
{
    binding b = {stage, position, kept}, *old = bound_to(r, position);

    if (old)
        *old = b;
    else
        eql_vec_push(&r->bindings, &b, sizeof b);
    r->changed = true;
}

void
eql_residual_own(eql_residual *r, uint32_t stage, eql_strview blob)
{
    r->own_stage = stage;
    r->own = blob;
    r->changed = true;
}

void
eql_residual_process(eql_residual *r, eql_strview blob)
{
    r->has_process = true;
    r->process = blob;
    r->changed = true;
}

void
eql_residual_set(eql_residual *r, uint32_t field, const eql_value *v,
                 uint32_t n)
{
    setting s = {field, {v, n, NULL}};

    eql_vec_push(&r->settings, &s, sizeof s);
    r->changed = true;
}

uint64_t
eql_residual_capped(const eql_residual *r)
{
    return eql_interp_capped(r->interp);
}

bool
eql_residual_failed(const eql_residual *r)
{
    return r->filled.failed || r->bindings.failed || r->settings.failed ||
           eql_arena_failed(r->arena) || eql_interp_failed(r->interp);
}

/* --- rebuilding --- */

static void
fill(eql_residual *r, uint32_t field, eql_slot slot)
{
    eql_vec_push(&r->filled, &field, sizeof field);
    r->slots[field] = slot;
}

static void
empty_slots(eql_residual *r)
{
    for (uint32_t i = 0; i < r->filled.n; i++) {
        uint32_t f = *(const uint32_t *)eql_vec_at(&r->filled, i);

        r->slots[f] = (eql_slot){0};
    }
    r->filled.n = 0;
}

/* Fields of the event at a position, and the host of the first one. */
static void
fill_bound(eql_residual *r, const binding *b, bool first)
{
    eql_range run = eql_captures_plan(r->captures, b->stage)->kept;
    size_t pos = 0;

    for (uint32_t i = 0; i < run.n; i++) {
        uint32_t f = eql_captures_item(r->captures, run.first + i);
        uint32_t origin = r->p->fields[f].origin;
        eql_slot slot =
            eql_captures_read(r->captures, f, b->kept, &pos, r->arena);

        if (origin == 0 ? first : origin - 1 == b->position)
            fill(r, f, slot);
    }
}

static void
fill_own(eql_residual *r, uint32_t stage, eql_strview blob)
{
    eql_range run = eql_captures_plan(r->captures, stage)->own;
    eql_strview own = eql_captures_own(blob);
    size_t pos = 0;

    for (uint32_t i = 0; i < run.n; i++) {
        uint32_t f = eql_captures_item(r->captures, run.first + i);

        fill(r, f, eql_captures_read(r->captures, f, own, &pos, r->arena));
    }
}

static void
preset_truths(eql_residual *r)
{
    const eql_capture_plan *plan = eql_captures_plan(r->captures, r->own_stage);

    for (uint32_t i = 0; i < plan->truths.n; i++)
        eql_interp_preset(
            r->interp, eql_captures_item(r->captures, plan->truths.first + i),
            eql_captures_truth(plan, r->own, i));
}

/* Slots and interpreter agree with what was said. */
static void
refresh(eql_residual *r)
{
    if (!r->changed)
        return;
    r->changed = false;
    empty_slots(r);
    eql_arena_reset(r->arena);
    for (uint32_t i = 0; i < r->bindings.n; i++)
        fill_bound(r, eql_vec_at(&r->bindings, i), i == 0);
    if (r->has_process)
        fill_own(r, EQL_HIT_PROCESS, r->process);
    if (r->own_stage != EQL_NONE)
        fill_own(r, r->own_stage, r->own);
    for (uint32_t i = 0; i < r->settings.n; i++) {
        const setting *s = eql_vec_at(&r->settings, i);

        fill(r, s->field, s->slot);
    }
    r->event = (eql_event){.slots = r->slots};
    eql_interp_begin(r->interp, &r->event);
    if (r->own_stage != EQL_NONE)
        preset_truths(r);
}

/* --- asking --- */

eql_slot
eql_residual_slot(eql_residual *r, uint32_t field)
{
    refresh(r);
    return r->slots[field];
}

bool
eql_residual_holds(eql_residual *r, uint32_t filter)
{
    refresh(r);
    return eql_interp_filter(r->interp, filter);
}

eql_value
eql_residual_value(eql_residual *r, uint32_t leaf)
{
    refresh(r);
    return eql_interp_value(r->interp, leaf);
}
