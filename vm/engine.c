/* engine.c -- joins the two halves: filters make hits, hits in order make
 * matches.
 *
 *   event -> dispatch -> filter -> exceptions -> keys -> severities -> hit
 *         -> (pending, while the time is not known) -> order -> seq -> match
 *
 * The first error sticks: what is called after it does nothing. */
#include "vm/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "vm/dispatch.h"
#include "vm/fault.h"
#include "vm/interp.h"
#include "vm/keys.h"
#include "vm/order.h"
#include "vm/pending.h"
#include "vm/seq.h"

struct eql_engine {
    const eql_program *program;
    eql_engine_options options;
    eql_engine_calls calls;
    char *temp_dir; /* NULL: the default */
    eql_dispatch *dispatch;
    eql_interp *interp;
    eql_keys *keys;
    eql_buf record; /* the hit being written */
    eql_pending *pending;
    eql_order *order;
    eql_seq *seq;
    eql_engine_counters counters;
    eql_stage_counters *stages;
    uint64_t *missing; /* per program.keys[] */
    eql_engine_result result;
    char error[512];
};

/* Hits that wait for their time get a part of the memory for sorting. */
static bool
make_sorters(eql_engine *e)
{
    const eql_engine_options *o = &e->options;
    size_t memory = o->sort_memory ? o->sort_memory : EQL_DEFAULT_SORT_MEMORY;
    const char *dir = e->temp_dir;

    e->pending = eql_pending_new(memory / 4, dir);
    e->order = eql_order_new(memory - memory / 4, dir, o->arrival_order);
    return e->pending && e->order;
}

static bool
make_parts(eql_engine *e)
{
    const eql_program *p = e->program;

    if (e->options.temp_dir) {
        e->temp_dir = strdup(e->options.temp_dir);
        if (!e->temp_dir)
            return false;
    }
    e->dispatch = eql_dispatch_new(p);
    e->interp = eql_interp_new(p);
    e->keys = eql_keys_new(p);
    e->stages = calloc((size_t)p->nstages + 1, sizeof *e->stages);
    e->missing = calloc((size_t)p->nkeys + 1, sizeof *e->missing);
    e->seq = eql_seq_new(p, &e->options, &e->calls, &e->counters);
    return e->dispatch && e->interp && e->keys && e->stages && e->missing &&
           e->seq && make_sorters(e);
}

eql_engine *
eql_engine_new(const eql_program *p, const eql_engine_options *o,
               const eql_engine_calls *calls)
{
    eql_engine *e = calloc(1, sizeof *e);

    if (!e)
        return NULL;
    e->program = p;
    e->options = *o;
    e->calls = *calls;
    if (!make_parts(e)) {
        eql_engine_free(e);
        return NULL;
    }
    return e;
}

void
eql_engine_free(eql_engine *e)
{
    if (!e)
        return;
    eql_seq_free(e->seq);
    eql_order_free(e->order);
    eql_pending_free(e->pending);
    eql_buf_free(&e->record);
    eql_keys_free(e->keys);
    eql_interp_free(e->interp);
    eql_dispatch_free(e->dispatch);
    free(e->missing);
    free(e->stages);
    free(e->temp_dir);
    free(e);
}

/* Keeps the first failure, with its text. */
static eql_engine_result
settle_on(eql_engine *e, eql_engine_result res)
{
    const char *text = eql_order_error(e->order);

    if (e->result != EQL_ENGINE_OK || res == EQL_ENGINE_OK)
        return e->result;
    if (!*text)
        text = eql_pending_error(e->pending);
    if (res == EQL_ENGINE_IO)
        snprintf(e->error, sizeof e->error, "%s", text);
    else if (res == EQL_ENGINE_NOMEM)
        snprintf(e->error, sizeof e->error, "out of memory");
    e->result = res;
    return res;
}

/* --- one event: the pure half ------------------------------------------------
 */

static bool
is_excepted(eql_engine *e, const eql_stage *st)
{
    for (uint32_t i = 0; i < st->exceptions.n; i++) {
        const eql_exception *x =
            &e->program->exceptions[st->exceptions.first + i];

        if (eql_interp_filter(e->interp, x->filter))
            return true;
    }
    return false;
}

static uint32_t
severity_bits(eql_engine *e, const eql_stage *st)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < st->severities.n; i++) {
        const eql_severity *s =
            &e->program->severities[st->severities.first + i];

        if (s->order < EQL_MAX_SEVERITIES &&
            eql_interp_filter(e->interp, s->filter))
            bits |= UINT32_C(1) << s->order;
    }
    return bits;
}

static void
open_record(eql_engine *e, const eql_event *ev)
{
    eql_hit head = {.line = ev->line, .file = ev->file};

    switch (ev->time_kind) {
    case EQL_TIME_NONE: break;
    case EQL_TIME_SETTLED:
        head.flags = EQL_HIT_TIMED;
        head.time_ns = ev->time_ns;
        break;
    case EQL_TIME_PENDING:
        head.flags = EQL_HIT_PENDING;
        if (ev->has_utc) {
            head.flags |= EQL_HIT_HAS_UTC;
            head.time_ns = ev->time_ns;
        }
        if (ev->has_wall) {
            head.flags |= EQL_HIT_HAS_WALL;
            head.wall_ns = ev->wall_ns;
        }
        break;
    }
    eql_hit_open(&e->record, &head);
}

static bool
is_event_rule(const eql_engine *e, const eql_stage *st)
{
    return e->program->rules[st->rule].kind == EQL_RULE_EVENT;
}

/* Writes the entry of a stage that takes the event. */
static eql_engine_result
add_entry(eql_engine *e, uint32_t stage, const eql_event *ev, uint32_t flags)
{
    const eql_stage *st = &e->program->stages[stage];
    eql_keys_result keys = EQL_KEYS_OK;
    bool capped = false;
    size_t at =
        eql_hit_entry_open(&e->record, stage | flags, severity_bits(e, st));

    if (is_event_rule(e, st))
        eql_hit_tuple_add(&e->record, at, eql_sv("", 0));
    else
        keys = eql_keys_add(e->keys, stage, ev, e->missing, &e->record, at,
                            &capped);
    e->counters.key_tuples_capped += capped;
    if (keys == EQL_KEYS_NOMEM || e->record.failed)
        return EQL_ENGINE_NOMEM;
    if (keys == EQL_KEYS_KEYLESS) {
        e->counters.keyless++;
        e->stages[stage].keyless++;
    }
    if (keys == EQL_KEYS_OK)
        eql_hit_entry_close(&e->record, at);
    else
        eql_hit_entry_drop(&e->record, at);
    return e->record.failed ? EQL_ENGINE_NOMEM : EQL_ENGINE_OK;
}

static eql_engine_result
see_stage(eql_engine *e, uint32_t stage, const eql_event *ev)
{
    const eql_stage *st = &e->program->stages[stage];
    uint32_t flags = 0;

    if (!eql_interp_filter(e->interp, st->filter))
        return EQL_ENGINE_OK;
    if (is_excepted(e, st)) {
        e->counters.withheld++;
        e->stages[stage].withheld++;
        if (!EQL_FAULT(exception_after))
            return EQL_ENGINE_OK;
        flags = EQL_HIT_EXCEPTED;
    }
    e->stages[stage].hits++;
    if (e->record.len == 0)
        open_record(e, ev);
    if (e->record.failed)
        return EQL_ENGINE_NOMEM;
    return add_entry(e, stage, ev, flags);
}

/* Sends the hit on its way. */
static eql_engine_result
hand_on(eql_engine *e, const eql_event *ev)
{
    eql_event_ref ref = {0};
    const eql_hit *h;

    if (e->record.len <= sizeof(eql_hit))
        return EQL_ENGINE_OK; /* no stage took the event */
    if (!e->calls.keep(e->calls.ctx, ev, &ref))
        return EQL_ENGINE_STOPPED;
    eql_hit_close(&e->record, &ref);
    e->counters.hits++;
    h = (const eql_hit *)(const void *)e->record.p;
    return h->flags & EQL_HIT_PENDING ? eql_pending_push(e->pending, h)
                                      : eql_order_push(e->order, h);
}

eql_engine_result
eql_engine_event(eql_engine *e, const eql_event *ev)
{
    eql_engine_result res = EQL_ENGINE_OK;
    const uint32_t *stages;
    uint32_t n;

    if (e->result != EQL_ENGINE_OK)
        return e->result;
    e->counters.events++;
    e->record.len = 0;
    eql_interp_begin(e->interp, ev);
    n = eql_dispatch_stages(e->dispatch, ev, &stages);
    for (uint32_t i = 0; i < n && res == EQL_ENGINE_OK; i++)
        res = see_stage(e, stages[i], ev);
    e->counters.combinations_capped =
        eql_interp_get_counters(e->interp)->leaf_combinations_capped;
    if (res == EQL_ENGINE_OK && eql_interp_failed(e->interp))
        res = EQL_ENGINE_NOMEM;
    if (res == EQL_ENGINE_OK)
        res = hand_on(e, ev);
    return settle_on(e, res);
}

/* --- the ordered half
 * --------------------------------------------------------- */

eql_engine_result
eql_engine_settle(eql_engine *e, uint32_t file, eql_settle_fn settle, void *ctx)
{
    uint64_t before = eql_pending_forgotten(e->pending);
    eql_engine_result res;

    if (e->result != EQL_ENGINE_OK)
        return e->result;
    res = eql_pending_settle(e->pending, file, settle, ctx, e->order);
    e->counters.hits -= eql_pending_forgotten(e->pending) - before;
    return settle_on(e, res);
}

static eql_engine_result
run_hits(eql_engine *e)
{
    eql_engine_result res = eql_pending_give_up(e->pending, e->order);

    if (res == EQL_ENGINE_OK)
        res = eql_order_sort(e->order);
    while (res == EQL_ENGINE_OK) {
        const eql_hit *h;

        res = eql_order_next(e->order, &h);
        if (res != EQL_ENGINE_OK || !h)
            break;
        res = eql_seq_hit(e->seq, h);
    }
    return res;
}

eql_engine_result
eql_engine_finish(eql_engine *e)
{
    if (e->result != EQL_ENGINE_OK)
        return e->result;
    settle_on(e, run_hits(e));
    eql_seq_finish(e->seq);
    e->counters.spilled_bytes =
        eql_order_spilled(e->order) + eql_pending_spilled(e->pending);
    return e->result;
}

const eql_engine_counters *
eql_engine_get_counters(const eql_engine *e)
{
    return &e->counters;
}

const eql_stage_counters *
eql_engine_stage(const eql_engine *e, uint32_t stage)
{
    return &e->stages[stage];
}

uint64_t
eql_engine_key_missing(const eql_engine *e, uint32_t stage, uint32_t k)
{
    return e->missing[e->program->stages[stage].keys.first + k];
}

const char *
eql_engine_error(const eql_engine *e)
{
    return e->error;
}
