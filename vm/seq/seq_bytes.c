/* seq_bytes.c -- whose state is it?  For reports, once a run.
 *
 * Partials and leads stand in tables and know their rule.  A compact partial
 * knows only a hash: its hit is read again, and the rule is the one whose key
 * has that hash.  Starts are read in the order of their hits, which is the
 * order in which they were written. */
#include "vm/seq/seq_int.h"

/* A chain of events may be shared by the partials of an entry: each counts its
 * part. */
static uint64_t
partial_bytes(const eql_partial *p)
{
    uint64_t events = 0;

    for (const eql_partial_event *ev = p->first; ev; ev = ev->next) {
        events += eql_partial_event_cost(eql_sv(ev->kept, ev->nkept));
        if (ev == p->last)
            break;
    }
    return eql_budget_cost(sizeof *p) +
           events / (p->first && p->first->refs > 1 ? p->first->refs : 1);
}

static void
count_entries(const eql_keytab *t, uint64_t *bytes)
{
    for (size_t i = 0; i < t->nbuckets; i++)
        for (const eql_keytab_node *n = t->buckets[i]; n; n = n->next) {
            const eql_partial_entry *e = (const void *)n;

            bytes[n->rule] += eql_partial_entry_cost(eql_sv(n->key, n->len));
            for (const eql_partial *p = e->top; p; p = p->below)
                bytes[n->rule] += partial_bytes(p);
        }
}

static void
count_leads(const eql_keytab *t, uint64_t *bytes)
{
    for (size_t i = 0; i < t->nbuckets; i++)
        for (const eql_keytab_node *n = t->buckets[i]; n; n = n->next)
            bytes[n->rule] += eql_budget_cost(sizeof(eql_seq_lead) + n->len);
}

/* --- compact partials --- */

/* Does the entry's rule keep the compact partial at that place? */
static bool
is_of(const eql_seq *s, uint32_t ring, uint32_t at, const eql_hit_entry *e)
{
    uint32_t stage = e->stage, rule;

    if (stage >= s->program->nstages)
        return false;
    rule = s->program->stages[stage].rule;
    if (stage != s->program->rules[rule].stages.first ||
        !s->plan.rules[rule].compact || s->windows.of_rule[rule] != ring)
        return false;
    for (eql_strview t = eql_hit_tuple_first(e); t.p;
         t = eql_hit_tuple_next(e, t)) {
        eql_h128 h = eql_keytab_hash128(s->seed, rule, t);
        eql_compact_id id = {.hash = h.lo, .check = (uint16_t)h.hi};

        if (eql_compact_find(&s->compact[ring], id) == at)
            return true;
    }
    return false;
}

static eql_engine_result
count_start(const eql_seq *s, uint32_t ring, uint32_t at, uint64_t *bytes)
{
    uint64_t place = eql_compact_get(&s->compact[ring], at).place;
    const eql_hit *h;
    eql_engine_result res = s->source.fetch(s->source.ctx, place, &h);

    if (res != EQL_ENGINE_OK)
        return res;
    for (const eql_hit_entry *e = eql_hit_first(h); e; e = eql_hit_next(h, e))
        if (is_of(s, ring, at, e)) {
            uint32_t stage = e->stage;

            bytes[s->program->stages[stage].rule] += EQL_COMPACT_BYTES;
            break;
        }
    return EQL_ENGINE_OK;
}

eql_engine_result
eql_seq_count_bytes(const eql_seq *s, uint64_t *bytes)
{
    eql_engine_result res = EQL_ENGINE_OK;

    count_entries(&s->table, bytes);
    count_leads(&s->leads, bytes);
    for (uint32_t i = 0; s->compact && i < s->windows.n; i++) {
        uint32_t at = EQL_COMPACT_NONE;

        while (res == EQL_ENGINE_OK &&
               (at = eql_compact_after(&s->compact[i], at)) != EQL_COMPACT_NONE)
            res = count_start(s, i, at, bytes);
    }
    return res;
}
