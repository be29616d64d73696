/* partial.c -- memory of partials, their events and entries, all counted in a
 * budget.
 *
 * Knows how events are shared, not when anything goes on or ends (seq_*.c). */
#include "vm/seq/partial.h"

/* --- events --- */

static size_t
event_size(size_t nkept)
{
    return sizeof(eql_partial_event) + nkept;
}

uint64_t
eql_partial_event_cost(eql_strview kept)
{
    return eql_budget_cost(event_size(kept.len));
}

eql_partial_event *
eql_partial_event_new(eql_budget *b, const eql_hit *h, uint32_t stage,
                      eql_strview kept)
{
    eql_partial_event *ev = eql_budget_alloc(b, event_size(kept.len));

    if (!ev)
        return NULL;
    *ev = (eql_partial_event){.line = h->line,
                              .time_ns = h->time_ns,
                              .ref = h->ref,
                              .file = h->file,
                              .stage = stage,
                              .refs = 1,
                              .nkept = (uint32_t)kept.len};
    if (kept.len > 0)
        memcpy(ev->kept, kept.p, kept.len);
    return ev;
}

void
eql_partial_event_release(eql_budget *b, eql_partial_event *ev)
{
    while (ev && --ev->refs == 0) {
        eql_partial_event *next = ev->next;

        eql_budget_free(b, ev, event_size(ev->nkept));
        ev = next;
    }
}

/* --- partials --- */

eql_partial *
eql_partial_new(eql_budget *b, eql_partial_event *first, uint64_t serial)
{
    eql_partial *p = eql_budget_alloc(b, sizeof *p);

    if (!p)
        return NULL;
    first->refs++;
    p->first = p->last = first;
    p->n = 1;
    p->lead_ns = EQL_NO_LEAD;
    p->gap_ns = EQL_NO_GAP;
    p->window.start_ns = first->time_ns;
    p->window.serial = serial;
    return p;
}

eql_partial *
eql_partial_copy(eql_budget *b, const eql_partial *p)
{
    eql_partial *q = eql_budget_alloc(b, sizeof *q);

    if (!q)
        return NULL;
    *q = *p;
    q->entry = NULL;
    q->above = q->below = NULL;
    q->first->refs++;
    return q;
}

void
eql_partial_note(eql_partial *p, const eql_hit_entry *e)
{
    p->severities |= e->severities;
}

/* Does anyone else hold an event of p? */
static bool
is_shared(const eql_partial *p)
{
    const eql_partial_event *ev = p->first;

    while (ev != p->last && ev->refs == 1)
        ev = ev->next;
    return ev->refs > 1;
}

/* May p's chain not go on with ev?  It goes on otherwise already, or it is a
 * run's, which goes on for the others of that run. */
static bool
must_copy(const eql_partial *p, const eql_partial_event *ev)
{
    if (p->last->next)
        return p->last->next != ev;
    return p->last->stage != ev->stage && is_shared(p);
}

uint64_t
eql_partial_extend_cost(const eql_partial *p, const eql_partial_event *ev)
{
    const eql_partial_event *at = p->first;
    uint64_t cost = 0;

    if (!must_copy(p, ev))
        return 0;
    for (uint32_t i = 0; i < p->n; i++, at = at->next)
        cost += eql_budget_cost(event_size(at->nkept));
    return cost;
}

/* Gives p events of its own. */
static bool
copy_events(eql_budget *b, eql_partial *p)
{
    const eql_partial_event *from = p->first;
    eql_partial_event *first = NULL, **to = &first, *last = NULL;

    for (uint32_t i = 0; i < p->n; i++, from = from->next) {
        last = eql_budget_alloc(b, event_size(from->nkept));
        if (!last) {
            eql_partial_event_release(b, first);
            return false;
        }
        memcpy(last, from, event_size(from->nkept));
        last->refs = 1;
        last->next = NULL;
        *to = last;
        to = &last->next;
    }
    eql_partial_event_release(b, p->first);
    p->first = first;
    p->last = last;
    return true;
}

bool
eql_partial_extend(eql_budget *b, eql_partial *p, eql_partial_event *ev)
{
    if (must_copy(p, ev) && !copy_events(b, p))
        return false;
    if (!p->last->next) {
        p->last->next = ev;
        ev->refs++;
    }
    p->last = ev;
    p->n++;
    return true;
}

void
eql_partial_free(eql_budget *b, eql_partial *p)
{
    eql_partial_event_release(b, p->first);
    eql_budget_free(b, p, sizeof *p);
}

/* --- entries --- */

static size_t
entry_size(size_t key_len)
{
    return sizeof(eql_partial_entry) + key_len;
}

uint64_t
eql_partial_entry_cost(eql_strview key)
{
    return eql_budget_cost(entry_size(key.len));
}

eql_partial_entry *
eql_partial_entry_new(eql_budget *b, uint32_t rule, uint64_t hash,
                      eql_strview key)
{
    eql_partial_entry *e = eql_budget_alloc(b, entry_size(key.len));

    if (!e)
        return NULL;
    if (key.len > 0)
        memcpy(e->key, key.p, key.len);
    e->node = (eql_keytab_node){
        .key = e->key, .hash = hash, .len = (uint32_t)key.len, .rule = rule};
    return e;
}

void
eql_partial_entry_free(eql_budget *b, eql_partial_entry *e)
{
    eql_budget_free(b, e, entry_size(e->node.len));
}

void
eql_partial_link(eql_partial_entry *e, eql_partial *p, eql_partial *above)
{
    p->entry = e;
    p->above = above;
    p->below = above ? above->below : e->top;
    if (p->below)
        p->below->above = p;
    if (above)
        above->below = p;
    else
        e->top = p;
}

void
eql_partial_link_last(eql_partial_entry *e, eql_partial *p)
{
    eql_partial *above = e->top;

    while (above && above->below)
        above = above->below;
    eql_partial_link(e, p, above);
}

void
eql_partial_unlink(eql_partial *p)
{
    if (p->above)
        p->above->below = p->below;
    else
        p->entry->top = p->below;
    if (p->below)
        p->below->above = p->above;
    p->above = p->below = NULL;
}
