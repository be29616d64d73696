/* seq_state.c -- what waits, and how it leaves.
 *
 * Every partial ends in exactly one way, and each has its counter
 * (vm/run/counters.h). Leads and held matches live in the same windows, under
 * the same budget. */
#include "vm/seq/seq_int.h"

/* --- entries --- */

eql_partial_entry *
eql_seq_find(const eql_seq *s, const eql_seq_step *st)
{
    return (eql_partial_entry *)(void *)eql_keytab_find(&s->table, st->hash,
                                                        st->index, st->key);
}

void
eql_seq_pin(eql_partial_entry *e)
{
    e->nusers++;
}

void
eql_seq_unpin(eql_seq *s, eql_partial_entry *e)
{
    if (--e->nusers > 0)
        return;
    eql_keytab_remove(&s->table, &e->node);
    s->waits[e->node.rule].nentries--;
    eql_partial_entry_free(&s->budget, e);
}

eql_partial_entry *
eql_seq_need(eql_seq *s, const eql_seq_step *st, eql_engine_result *res)
{
    eql_partial_entry *e = eql_seq_find(s, st);

    *res = EQL_ENGINE_OK;
    if (!e) {
        if (!eql_seq_make_room(s, eql_partial_entry_cost(st->key), NULL))
            return NULL;
        e = eql_partial_entry_new(&s->budget, st->index, st->hash, st->key);
        if (!e) {
            *res = EQL_ENGINE_NOMEM;
            return NULL;
        }
        eql_keytab_insert(&s->table, &e->node);
        s->waits[st->index].nentries++;
    }
    eql_seq_pin(e);
    return e;
}

/* --- partials --- */

void
eql_seq_enter(eql_seq *s, const eql_seq_step *st, eql_partial_entry *e,
              eql_partial *p)
{
    p->window.kind = EQL_SEQ_PARTIAL;
    eql_seq_pin(e);
    s->live++;
    eql_windows_add(&s->windows, st->index, &p->window);
}

void
eql_seq_take_out(eql_seq *s, eql_partial *p)
{
    if (s->cursor == p)
        s->cursor = p->below;
    if (p->owns_compact)
        eql_compact_remove(&s->compact[p->window.ring], p->compact.at);
    else
        eql_windows_remove(&s->windows, &p->window);
    eql_partial_unlink(p);
    s->live--;
    eql_seq_unpin(s, p->entry);
    p->entry = NULL;
}

void
eql_seq_drop(eql_seq *s, eql_partial *p, uint64_t *why)
{
    eql_seq_take_out(s, p);
    eql_partial_free(&s->budget, p);
    (*why)++;
}

/* --- time and room --- */

static void
evict(eql_seq *s, eql_window_node *n)
{
    switch (n->kind) {
    case EQL_SEQ_HELD:
        eql_seq_held_drop(s, eql_held_of(n));
        s->counters->evicted++;
        break;
    case EQL_SEQ_LEAD:
        eql_seq_lead_forget(s, eql_seq_lead_of(n));
        s->counters->leads_evicted++;
        break;
    default: eql_seq_drop(s, eql_partial_of(n), &s->counters->evicted); break;
    }
}

bool
eql_seq_make_room(eql_seq *s, uint64_t cost, const eql_window_node *keep)
{
    while (!eql_budget_fits(&s->budget, cost)) {
        eql_window_node *n = eql_windows_oldest(&s->windows, keep);

        if (eql_seq_evict_compact(s, keep, n ? n->serial : UINT64_MAX))
            continue;
        if (!n)
            return false;
        evict(s, n);
    }
    return true;
}

/* Out of order a later event may be earlier in time, so nothing expires before
 * a stage meets it. */
eql_engine_result
eql_seq_expire(eql_seq *s, int64_t now_ns)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_window_node *n;

    if (s->compact)
        eql_seq_compact_expire(s, now_ns);
    while (s->ordered && res == EQL_ENGINE_OK &&
           (n = eql_windows_expired(&s->windows, now_ns))) {
        if (n->kind == EQL_SEQ_HELD)
            res = eql_seq_held_release(s, eql_held_of(n));
        else if (n->kind == EQL_SEQ_LEAD)
            eql_seq_lead_forget(s, eql_seq_lead_of(n));
        else
            eql_seq_drop(s, eql_partial_of(n), &s->counters->expired);
    }
    return res;
}

void
eql_seq_forget_all(eql_seq *s)
{
    eql_engine_counters *counters = s->counters, unused = {0};
    eql_window_node *n;

    s->counters = &unused;
    eql_seq_compact_free(s);
    while ((n = eql_windows_oldest(&s->windows, NULL)))
        evict(s, n);
    s->counters = counters;
}
