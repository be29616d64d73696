/* partial.c -- memory of partials and entries, all counted in a budget. */
#include "vm/partial.h"

static eql_partial_event
event_of(const eql_hit *h, eql_partial_event *before)
{
    return (eql_partial_event){.before = before,
                               .line = h->line,
                               .time_ns = h->time_ns,
                               .ref = h->ref,
                               .file = h->file};
}

eql_partial *
eql_partial_new(eql_budget *b)
{
    return eql_budget_alloc(b, sizeof(eql_partial));
}

void
eql_partial_set_first(eql_partial *p, const eql_hit *h, const eql_hit_entry *e,
                      uint64_t serial)
{
    p->first = event_of(h, NULL);
    p->last = &p->first;
    p->severities = 0;
    p->excepted = false;
    p->window.start_ns = h->time_ns;
    p->window.serial = serial;
    eql_partial_note(p, e);
}

void
eql_partial_note(eql_partial *p, const eql_hit_entry *e)
{
    p->severities |= e->severities;
    p->excepted = p->excepted || (e->stage & EQL_HIT_EXCEPTED) != 0;
}

bool
eql_partial_extend(eql_budget *b, eql_partial *p, const eql_hit *h)
{
    eql_partial_event *ev = eql_budget_alloc(b, sizeof *ev);

    if (!ev)
        return false;
    *ev = event_of(h, p->last);
    p->last = ev;
    return true;
}

void
eql_partial_free(eql_budget *b, eql_partial *p)
{
    eql_partial_event *ev = p->last, *before;

    for (; ev && ev != &p->first; ev = before) {
        before = ev->before;
        eql_budget_free(b, ev, sizeof *ev);
    }
    eql_budget_free(b, p, sizeof *p);
}

void
eql_partial_events(const eql_partial *p, eql_match_event *out, uint32_t n)
{
    for (const eql_partial_event *ev = p->last; ev && n > 0; ev = ev->before)
        out[--n] = (eql_match_event){.file = ev->file,
                                     .line = ev->line,
                                     .has_time = true,
                                     .time_ns = ev->time_ns,
                                     .ref = ev->ref};
}

static size_t
entry_size(uint32_t nslots, size_t key_len)
{
    return sizeof(eql_partial_entry) + nslots * sizeof(eql_partial *) + key_len;
}

uint64_t
eql_partial_entry_cost(uint32_t nslots, eql_strview key)
{
    return eql_budget_cost(entry_size(nslots, key.len));
}

eql_partial_entry *
eql_partial_entry_new(eql_budget *b, uint32_t nslots, uint32_t rule,
                      uint64_t hash, eql_strview key)
{
    eql_partial_entry *e = eql_budget_alloc(b, entry_size(nslots, key.len));
    char *bytes;

    if (!e)
        return NULL;
    bytes = (char *)&e->slot[nslots];
    if (key.len > 0)
        memcpy(bytes, key.p, key.len);
    e->node = (eql_keytab_node){
        .key = bytes, .hash = hash, .len = (uint32_t)key.len, .rule = rule};
    e->nslots = nslots;
    return e;
}

void
eql_partial_entry_free(eql_budget *b, eql_partial_entry *e)
{
    eql_budget_free(b, e, entry_size(e->nslots, e->node.len));
}
