/* seq_step.c -- a stage of a sequence sees an event: language 8.8, word for
 * word where it can be, with runs, fork and aliases (language 8.19 and 8.20).
 *
 * A stage with runs serves its positions from the last to the first, as stages
 * do: so no event fills two places of one match.  s->cursor walks down the
 * entry's list and stays right whatever leaves it. */
#include "vm/seq/seq_int.h"

/* --- residuals --- */

/* Tells the residual where the events of p stand. */
static void
bind_events(eql_seq *s, const eql_partial *p)
{
    const eql_partial_event *ev = p->first;

    for (uint32_t i = 0; i < p->n; i++, ev = ev->next) {
        uint32_t run = i - s->plan.stages[ev->stage].first;

        if (ev->nkept > 0)
            eql_residual_bind(s->residual, ev->stage,
                              eql_captures_position(s->captures, ev->stage) +
                                  run,
                              eql_sv(ev->kept, ev->nkept));
    }
}

bool
eql_seq_holds(eql_seq *s, const eql_seq_step *st, const eql_partial *p)
{
    uint32_t residual = s->program->stages[st->stage].residual;
    eql_residual *r = s->residual;

    if (residual == EQL_NONE)
        return true;
    eql_residual_begin(r, st->index);
    if (s->process.p)
        eql_residual_process(r, s->process);
    eql_residual_own(r, st->stage, eql_hit_captured(st->entry));
    if (p)
        bind_events(s, p);
    return eql_residual_holds(r, residual);
}

/* --- slots --- */

static uint32_t
slot_of(const eql_partial *p)
{
    return p->n - 1;
}

/* Does the slot behind position `last` of this stage hold several partials? */
static bool
is_list(const eql_seq *s, const eql_seq_step *st, uint32_t last)
{
    const eql_dialect *d = eql_program_dialect(s->program);
    const eql_seq_stage *next = st->plan;

    if (d->alias_pending == EQL_ALIAS_PENDING_LATEST)
        return false;
    if (last + 1 >= next->first + next->runs) {
        if (next->next == EQL_NONE)
            return false;
        next = &s->plan.stages[next->next];
    }
    return next->by_partial;
}

/* Makes place in the slot for one more: a slot takes one, a list so many.
 * `at`: its last partial, or any above. */
static void
clear_slot(eql_seq *s, eql_partial *at, uint32_t slot, bool list)
{
    uint32_t n = 0;
    eql_partial *oldest = NULL;

    for (; at && slot_of(at) <= slot; at = at->above) {
        if (slot_of(at) != slot)
            continue;
        if (!oldest)
            oldest = at;
        n++;
    }
    if (oldest && !list)
        eql_seq_drop(s, oldest, &s->counters->replaced);
    else if (n >= EQL_MAX_PENDING)
        eql_seq_drop(s, oldest, &s->counters->pending_evicted);
}

/* The partial above that slot, nearest to `from` and above it; NULL: none. */
static eql_partial *
above_slot(eql_partial *from, uint32_t slot)
{
    while (from && slot_of(from) <= slot)
        from = from->above;
    return from;
}

static eql_partial *
lowest(const eql_partial_entry *e)
{
    eql_partial *p = e->top;

    while (p && p->below)
        p = p->below;
    return p;
}

/* --- starting and going on --- */

/* The event, made once per key: partials share it. */
static eql_partial_event *
need_event(eql_seq *s, eql_seq_step *st)
{
    if (!st->event)
        st->event = eql_partial_event_new(
            &s->budget, st->hit, st->stage,
            eql_captures_kept(s->captures, st->stage,
                              eql_hit_captured(st->entry)));
    return st->event;
}

static uint64_t
event_cost(const eql_seq *s, const eql_seq_step *st)
{
    if (st->event)
        return 0;
    return eql_partial_event_cost(
        eql_captures_kept(s->captures, st->stage, eql_hit_captured(st->entry)));
}

static eql_engine_result
start(eql_seq *s, eql_seq_step *st, eql_partial_entry *e)
{
    eql_partial *p;

    clear_slot(s, lowest(e), 0, is_list(s, st, 0));
    if (!eql_seq_make_room(s, eql_budget_cost(sizeof *p) + event_cost(s, st),
                           NULL)) {
        s->counters->evicted++; /* larger than the whole budget */
        return EQL_ENGINE_OK;
    }
    if (!need_event(s, st))
        return EQL_ENGINE_NOMEM;
    p = eql_partial_new(&s->budget, st->event, s->serial);
    if (!p)
        return EQL_ENGINE_NOMEM;
    eql_partial_note(p, st->entry);
    p->lead_ns = eql_seq_lead_before(s, st);
    eql_seq_enter(s, st, e, p);
    eql_partial_link(e, p, above_slot(lowest(e), 0));
    return EQL_ENGINE_OK;
}

/* A second partial with the same events, right above p. */
static eql_engine_result
fork_off(eql_seq *s, eql_partial *p, eql_partial **copy)
{
    eql_partial *q;

    *copy = NULL;
    s->counters->forked++;
    if (!eql_seq_make_room(s, eql_budget_cost(sizeof *p), &p->window)) {
        s->counters->evicted++;
        return EQL_ENGINE_OK;
    }
    q = eql_partial_copy(&s->budget, p);
    if (!q)
        return EQL_ENGINE_NOMEM;
    eql_seq_pin(p->entry);
    s->live++;
    eql_windows_add_beside(&s->windows, &q->window, &p->window);
    eql_partial_link(p->entry, q, p->above);
    *copy = q;
    return EQL_ENGINE_OK;
}

static void
relink(eql_seq *s, eql_partial *p, uint32_t slot)
{
    eql_partial_entry *e = p->entry;
    eql_partial *above = above_slot(p->above, slot);

    if (s->cursor == p)
        s->cursor = p->below;
    eql_partial_unlink(p);
    eql_partial_link(e, p, above);
}

/* Room for the event, then for what adding it may copy. */
static bool
make_room(eql_seq *s, eql_seq_step *st, const eql_partial *p,
          eql_engine_result *res)
{
    if (!eql_seq_make_room(s, event_cost(s, st), &p->window))
        return false;
    if (!need_event(s, st)) {
        *res = EQL_ENGINE_NOMEM;
        return false;
    }
    return eql_seq_make_room(s, eql_partial_extend_cost(p, st->event),
                             &p->window);
}

/* Moves p, with the event added, to the slot of position j. */
static eql_engine_result
move_on(eql_seq *s, eql_seq_step *st, eql_partial *p, uint32_t j)
{
    eql_engine_result res = EQL_ENGINE_OK;

    clear_slot(s, p->above, j, is_list(s, st, j));
    if (!make_room(s, st, p, &res)) {
        eql_seq_drop(s, p, &s->counters->evicted);
        return res;
    }
    if (!eql_partial_extend(&s->budget, p, st->event))
        return EQL_ENGINE_NOMEM;
    eql_partial_note(p, st->entry);
    p->gap_ns = EQL_NO_GAP;
    relink(s, p, j);
    return EQL_ENGINE_OK;
}

/* The event extends p at position j. */
static eql_engine_result
go_on(eql_seq *s, eql_seq_step *st, eql_partial *p, uint32_t j)
{
    bool last = j + 1 == eql_seq_rule_of(s, st)->npositive;
    eql_engine_result res = EQL_ENGINE_OK;

    if (st->plan->fork) {
        res = fork_off(s, p, &p);
        if (!p)
            return res;
    }
    if (st->hit->time_ns > p->gap_ns)
        p->poisoned = true;
    if (!last)
        return move_on(s, st, p, j);
    eql_seq_take_out(s, p);
    res = eql_seq_complete(s, st, p);
    eql_partial_free(&s->budget, p);
    return res;
}

/* --- one stage --- */

static bool
is_too_late(const eql_seq *s, const eql_seq_step *st, const eql_partial *p)
{
    return eql_window_exceeds(st->hit->time_ns, p->window.start_ns,
                              eql_seq_rule_of(s, st)->span_ns);
}

/* The newest partial in the slot before position j that goes on with the event;
 * the cursor stands at the slot's first. */
static eql_partial *
choose(eql_seq *s, const eql_seq_step *st, uint32_t j)
{
    while (s->cursor && s->cursor->n == j) {
        eql_partial *p = s->cursor;

        if (is_too_late(s, st, p)) {
            eql_seq_drop(s, p, &s->counters->expired);
            continue;
        }
        s->cursor = p->below;
        if (!st->plan->by_partial || eql_seq_holds(s, st, p))
            return p;
    }
    return NULL;
}

static eql_engine_result
advance(eql_seq *s, eql_seq_step *st, eql_partial_entry *e)
{
    eql_engine_result res = EQL_ENGINE_OK;
    uint32_t low = st->plan->first, j = low + st->plan->runs - 1;

    s->cursor = e->top;
    for (; j > 0 && j >= low && res == EQL_ENGINE_OK; j--) {
        eql_partial *p;

        while (s->cursor && s->cursor->n > j)
            s->cursor = s->cursor->below;
        if (!s->cursor || s->cursor->n < low)
            break;
        j = s->cursor->n;
        if (j == 0)
            break;
        p = choose(s, st, j);
        if (p)
            res = go_on(s, st, p, j);
    }
    s->cursor = NULL;
    return res;
}

static eql_engine_result
begin(eql_seq *s, eql_seq_step *st, eql_partial_entry *e)
{
    s->counters->started++;
    if (eql_seq_rule_of(s, st)->npositive > 1)
        return start(s, st, e);
    return eql_seq_complete(s, st, NULL);
}

/* The entry whose partials may go on, in hand; or NULL. */
static eql_partial_entry *
find_going_on(eql_seq *s, const eql_seq_step *st, eql_engine_result *res)
{
    eql_partial_entry *e = NULL;

    if (st->plan->first == 1 && eql_seq_is_compact(s, st))
        e = eql_seq_promote(s, st, res);
    if (e || *res != EQL_ENGINE_OK)
        return e;
    e = eql_seq_find(s, st);
    if (e)
        eql_seq_pin(e);
    return e;
}

eql_engine_result
eql_seq_positive(eql_seq *s, eql_seq_step *st)
{
    bool starts = st->plan->first == 0 &&
                  (!st->plan->by_partial || eql_seq_holds(s, st, NULL));
    bool single = eql_seq_rule_of(s, st)->npositive == 1;
    eql_engine_result res = EQL_ENGINE_OK;
    eql_partial_entry *e;

    if (single)
        return starts ? begin(s, st, NULL) : EQL_ENGINE_OK;
    if (starts && eql_seq_is_compact(s, st))
        return eql_seq_add_compact(s, st);
    if (starts) {
        e = eql_seq_need(s, st, &res);
        if (!e && res == EQL_ENGINE_OK) {
            s->counters->started++;
            s->counters->evicted++;
        }
    } else {
        e = find_going_on(s, st, &res);
    }
    if (!e)
        return res;
    if (res == EQL_ENGINE_OK)
        res = advance(s, st, e);
    if (res == EQL_ENGINE_OK && starts)
        res = begin(s, st, e);
    eql_partial_event_release(&s->budget, st->event);
    st->event = NULL;
    eql_seq_unpin(s, e);
    return res;
}

/* --- until --- */

void
eql_seq_until(eql_seq *s, const eql_seq_step *st)
{
    eql_partial_entry *e = eql_seq_find(s, st);

    if (eql_seq_is_compact(s, st))
        eql_seq_end_compact(s, st);
    if (!e)
        return;
    eql_seq_pin(e);
    s->cursor = e->top;
    while (s->cursor) {
        eql_partial *p = s->cursor;

        s->cursor = p->below;
        if (!st->plan->by_partial || eql_seq_holds(s, st, p))
            eql_seq_drop(s, p, &s->counters->ended);
    }
    eql_seq_unpin(s, e);
}
