/* seq_missing.c -- missing stages, and what becomes of a completed match
 * (language 8.15).
 *
 *   sequence by user.id with maxspan=5m
 *     ![ approved ]  [ logon ]  ![ mfa ]  [ copy ]  ![ logoff ]
 *       leading                  between              trailing
 *
 * That something did not happen is known only afterwards, so missing stages
 * never steer the machine: positive stages make partials as if the others were
 * not there, missing ones leave *times* behind, and when a match completes the
 * times decide.  Three kinds:
 *
 *   between    two events: the first hit of the missing stage after the earlier
 *              event is noted in the partial that waits there (gap_ns); if it
 *              lies before the next event, the match is discarded.  The first
 *              one is enough: if any lies between, it does.
 *   leading    before the first event: there is no partial yet, so the last two
 *              hits are kept per rule and key (eql_seq_lead), as long as maxspan
 *              lets them matter: two, because the newest may be at the very time
 *              of the first event, which does not count.
 *   trailing   after the last event: the future decides.  The match is held
 *              (eql_held) until time has passed its window, or a hit of the
 *              missing stage comes and it is dropped.  Held matches come out
 *              later than others that were completed after them, so all matches
 *              of such a program go through a sort (report/match.h).
 *
 * A run that ends with matches held delivers or withholds them as the dialect
 * says (missing_eof).  Times are compared strictly: an event at the time of a
 * neighbour is not between.  All of it is held against a naive evaluator that
 * looks at whole event lists (tests/reference/ref_seq.c). */
#include "vm/seq/seq_int.h"

/* --- leading --- */

static eql_seq_lead *
find_lead(const eql_seq *s, const eql_seq_step *st)
{
    return (eql_seq_lead *)(void *)eql_keytab_find(&s->leads, st->hash,
                                                   st->index, st->key);
}

int64_t
eql_seq_lead_before(const eql_seq *s, const eql_seq_step *st)
{
    const eql_seq_lead *l;

    if (!eql_seq_rule_of(s, st)->leads)
        return EQL_NO_LEAD;
    l = find_lead(s, st);
    if (!l)
        return EQL_NO_LEAD;
    if (l->last_ns < st->hit->time_ns)
        return l->last_ns;
    return l->before_ns < st->hit->time_ns ? l->before_ns : EQL_NO_LEAD;
}

static size_t
lead_size(size_t key_len)
{
    return sizeof(eql_seq_lead) + key_len;
}

void
eql_seq_lead_forget(eql_seq *s, eql_seq_lead *l)
{
    eql_windows_remove(&s->windows, &l->window);
    eql_keytab_remove(&s->leads, &l->node);
    eql_budget_free(&s->budget, l, lead_size(l->node.len));
}

static eql_engine_result
add_lead(eql_seq *s, const eql_seq_step *st, eql_seq_lead **lead)
{
    size_t size = lead_size(st->key.len);
    eql_seq_lead *l;

    *lead = NULL;
    if (!eql_seq_make_room(s, eql_budget_cost(size), NULL)) {
        s->counters->leads_evicted++;
        return EQL_ENGINE_OK;
    }
    l = eql_budget_alloc(&s->budget, size);
    if (!l)
        return EQL_ENGINE_NOMEM;
    if (st->key.len > 0)
        memcpy(l->key, st->key.p, st->key.len);
    l->node = (eql_keytab_node){.key = l->key,
                                .hash = st->hash,
                                .len = (uint32_t)st->key.len,
                                .rule = st->index};
    l->window.kind = EQL_SEQ_LEAD;
    l->last_ns = l->before_ns = EQL_NO_LEAD;
    eql_keytab_insert(&s->leads, &l->node);
    eql_windows_add(&s->windows, st->index, &l->window);
    *lead = l;
    return EQL_ENGINE_OK;
}

static eql_engine_result
note_lead(eql_seq *s, const eql_seq_step *st)
{
    int64_t now = st->hit->time_ns;
    eql_seq_lead *l = find_lead(s, st);
    eql_engine_result res;

    if (!l) {
        res = add_lead(s, st, &l);
        if (!l)
            return res;
    }
    if (now > l->last_ns) {
        l->before_ns = l->last_ns;
        l->last_ns = now;
        eql_windows_remove(&s->windows, &l->window);
        l->window.start_ns = now;
        l->window.serial = s->serial;
        eql_windows_add(&s->windows, st->index, &l->window);
    } else if (now < l->last_ns && now > l->before_ns) {
        l->before_ns = now;
    }
    return EQL_ENGINE_OK;
}

/* --- between --- */

static void
note_gap(eql_seq *s, const eql_seq_step *st)
{
    int64_t now = st->hit->time_ns;
    eql_partial_entry *e = eql_seq_find(s, st);
    eql_partial *p = e ? e->top : NULL;

    for (; p && p->n > st->plan->first; p = p->below) {
        int64_t last = p->last->time_ns;

        if (p->n != st->plan->first + 1 || now >= p->gap_ns)
            continue;
        if (now > last)
            p->gap_ns = now;
    }
}

/* --- held --- */

static size_t
held_size(const eql_hit *record)
{
    return sizeof(eql_held) + record->size;
}

/* Out of the state; its memory is the caller's. */
static void
take_held(eql_seq *s, eql_held *h)
{
    eql_partial_entry *e = h->entry;

    eql_windows_remove(&s->windows, &h->window);
    if (h->older)
        h->older->newer = h->newer;
    else
        e->oldest = h->newer;
    if (h->newer)
        h->newer->older = h->older;
    else
        e->newest = h->older;
    s->nheld--;
    eql_seq_unpin(s, e);
}

void
eql_seq_held_drop(eql_seq *s, eql_held *h)
{
    take_held(s, h);
    eql_budget_free(&s->budget, h, held_size(h->record));
}

eql_engine_result
eql_seq_held_release(eql_seq *s, eql_held *h)
{
    eql_engine_result res = eql_matches_add(s->matches, h->record);

    eql_seq_held_drop(s, h);
    return res;
}

static eql_engine_result
hold(eql_seq *s, const eql_seq_step *st, int64_t base_ns, const eql_hit *record)
{
    size_t size = held_size(record);
    eql_engine_result res;
    eql_partial_entry *e = eql_seq_need(s, st, &res);
    eql_held *h;

    if (!e || !eql_seq_make_room(s, eql_budget_cost(size), NULL)) {
        if (e)
            eql_seq_unpin(s, e);
        s->counters->evicted += res == EQL_ENGINE_OK;
        return res;
    }
    h = eql_budget_alloc(&s->budget, size);
    if (!h) {
        eql_seq_unpin(s, e);
        return EQL_ENGINE_NOMEM;
    }
    memcpy(h->record, record, record->size);
    h->window.kind = EQL_SEQ_HELD;
    h->window.start_ns = h->last_ns = st->hit->time_ns;
    h->window.serial = s->serial;
    h->base_ns = base_ns;
    h->entry = e; /* stays in hand */
    h->older = e->newest;
    if (e->newest)
        e->newest->newer = h;
    else
        e->oldest = h;
    e->newest = h;
    s->nheld++;
    eql_windows_add(&s->windows, st->index, &h->window);
    return EQL_ENGINE_OK;
}

/* A hit decides every match that was completed before it: it was there, or it
 * is too far away, and so are all that follow. */
static eql_engine_result
note_trail(eql_seq *s, const eql_seq_step *st)
{
    eql_partial_entry *e = eql_seq_find(s, st);
    int64_t now = st->hit->time_ns, span = eql_seq_rule_of(s, st)->span_ns;
    eql_engine_result res = EQL_ENGINE_OK;
    eql_held *h, *newer;

    if (!e)
        return EQL_ENGINE_OK;
    eql_seq_pin(e);
    for (h = e->oldest; h && res == EQL_ENGINE_OK; h = newer) {
        newer = h->newer;
        if (h->last_ns >= now && s->ordered)
            break;
        if (!eql_window_exceeds(now, h->base_ns, span)) {
            if (h->last_ns < now) {
                eql_seq_held_drop(s, h);
                s->counters->discarded++;
            }
        } else if (s->ordered) {
            res = eql_seq_held_release(s, h);
        }
    }
    eql_seq_unpin(s, e);
    return res;
}

/* Long enough for the greatest time of its clock? */
static bool
is_decided(const eql_seq *s, const eql_held *h, const int64_t *now_ns)
{
    uint32_t rule = h->entry->node.rule;
    int64_t now = now_ns[s->program->rules[rule].clock];

    return eql_program_dialect(s->program)->missing_eof ==
               EQL_MISSING_EOF_EMIT ||
           eql_window_exceeds(now, h->base_ns, s->plan.rules[rule].span_ns);
}

eql_engine_result
eql_seq_held_end(eql_seq *s, const int64_t *now_ns)
{
    eql_engine_result res = EQL_ENGINE_OK;

    for (uint32_t i = 0; i < s->windows.n; i++) {
        eql_window_node *n = s->windows.rings[i].oldest, *newer;

        for (; n && res == EQL_ENGINE_OK; n = newer) {
            newer = n->newer;
            if (n->kind != EQL_SEQ_HELD)
                continue;
            if (is_decided(s, eql_held_of(n), now_ns)) {
                res = eql_seq_held_release(s, eql_held_of(n));
            } else {
                eql_seq_held_drop(s, eql_held_of(n));
                s->counters->open++;
            }
        }
    }
    return res;
}

eql_engine_result
eql_seq_missing(eql_seq *s, const eql_seq_step *st)
{
    switch (st->plan->role) {
    case EQL_SEQ_LEADING: return note_lead(s, st);
    case EQL_SEQ_MIDDLE: note_gap(s, st); return EQL_ENGINE_OK;
    default: return note_trail(s, st);
    }
}

/* --- completion --- */

typedef enum { DISCARD, EMIT, HOLD } decision;

/* complete() of language 8.17.  *base_ns: from where the span is measured. */
static decision
judge(const eql_seq *s, const eql_seq_step *st, const eql_partial *p,
      int64_t *base_ns)
{
    const eql_seq_rule *r = eql_seq_rule_of(s, st);
    bool independent = eql_program_dialect(s->program)->missing_edges ==
                       EQL_MISSING_EDGES_INDEPENDENT;
    int64_t last = st->hit->time_ns;
    int64_t lead = p ? p->lead_ns : eql_seq_lead_before(s, st);

    *base_ns = p ? p->window.start_ns : last;
    if (p && p->poisoned)
        return DISCARD;
    if (r->leads && (!r->trails || independent)) {
        if (lead != EQL_NO_LEAD && !eql_window_exceeds(last, lead, r->span_ns))
            return DISCARD;
    } else if (r->leads) {
        if (lead == EQL_NO_LEAD)
            return EMIT;
        *base_ns = lead;
    }
    if (!r->trails || eql_window_exceeds(last, *base_ns, r->span_ns))
        return EMIT;
    return HOLD;
}

static eql_match_event
partial_event(const eql_partial_event *ev)
{
    return (eql_match_event){.stage = ev->stage,
                             .file = ev->file,
                             .line = ev->line,
                             .has_time = true,
                             .time_ns = ev->time_ns,
                             .ref = ev->ref,
                             .kept = eql_sv(ev->kept, ev->nkept)};
}

/* One event per position; missing ones have their place. */
static void
write_events(eql_seq *s, const eql_seq_step *st, const eql_partial *p)
{
    eql_match_event last = eql_result_event(s->captures, st->hit, st->entry);
    const eql_partial_event *ev = p ? p->first : NULL;
    eql_range stages = st->rule->stages;
    uint32_t left = p ? p->n : 0;

    for (uint32_t i = stages.first; i < stages.first + stages.n; i++) {
        for (uint32_t k = 0; k < s->plan.stages[i].runs; k++) {
            eql_match_event at = {.stage = i, .missing = true};

            if (s->plan.stages[i].role != EQL_SEQ_POSITIVE) {
                eql_matches_event(s->matches, &at);
            } else if (left > 0) {
                at = partial_event(ev);
                eql_matches_event(s->matches, &at);
                ev = --left > 0 ? ev->next : NULL;
            } else {
                eql_matches_event(s->matches, &last);
            }
        }
    }
}

static const eql_hit *
write_match(eql_seq *s, const eql_seq_step *st, const eql_partial *p)
{
    uint32_t bits = st->entry->severities | (p ? p->severities : 0);
    eql_match_head head = {.rule = st->index,
                           .severity =
                               eql_result_severity(s->program, st->index, bits),
                           .has_time = true,
                           .time_ns = st->hit->time_ns,
                           .last = s->serial,
                           .first = p ? p->window.serial : s->serial,
                           .key = st->key,
                           .shown = eql_hit_tuple_shown(st->entry, st->key)};

    eql_matches_open(s->matches, &head);
    write_events(s, st, p);
    return eql_matches_close(s->matches);
}

eql_engine_result
eql_seq_complete(eql_seq *s, const eql_seq_step *st, const eql_partial *p)
{
    int64_t base_ns;
    decision v = judge(s, st, p, &base_ns);
    const eql_hit *record;

    if (v == DISCARD) {
        s->counters->discarded++;
        return EQL_ENGINE_OK;
    }
    record = write_match(s, st, p);
    if (!record)
        return EQL_ENGINE_NOMEM;
    return v == HOLD ? hold(s, st, base_ns, record)
                     : eql_matches_add(s->matches, record);
}
