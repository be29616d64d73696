/* seq_compact.c -- partials of one event that are kept compact (compact.h).
 *
 * A plain sequence needs no more of its first event than where its hit is, as
 * long as only the second stage, `until`, time and room decide what becomes of
 * it.  A compact partial is looked up by 80 bits of a keyed hash of rule and
 * key; that suffices to replace or to end it.  What goes on is promoted first:
 * the hit is read again and the real keys are compared, so that no match is
 * made up.
 *
 * The other partials of such a rule are whole, and none of them waits in the
 * first slot. */
#include "vm/seq/seq_int.h"

/* Less is not worth a ring of chunks per span. */
#define LEAST_BUDGET ((uint64_t)256 << 10)

bool
eql_seq_compact_init(eql_seq *s)
{
    s->compact_wake_ns = INT64_MAX;
    if (!s->ordered || s->budget.max < LEAST_BUDGET)
        return true;
    s->compact = calloc((size_t)s->windows.n + 1, sizeof *s->compact);
    if (!s->compact)
        return false;
    for (uint32_t i = 0; i < s->windows.n; i++)
        eql_compact_init(&s->compact[i], &s->budget);
    return true;
}

/* Drops the owner of a compact partial, if it has one; else the compact partial
 * itself. */
static void
drop_compact(eql_seq *s, uint32_t ring, uint32_t at, uint64_t *why)
{
    eql_compact_ring *r = &s->compact[ring];
    eql_compact_info info = eql_compact_get(r, at);

    if (info.owner) {
        eql_seq_drop(s, eql_partial_of_compact(info.owner), why);
        return;
    }
    eql_compact_remove(r, at);
    s->live--;
    (*why)++;
}

void
eql_seq_compact_free(eql_seq *s)
{
    uint64_t unused = 0;

    for (uint32_t i = 0; s->compact && i < s->windows.n; i++) {
        uint32_t at;

        while ((at = eql_compact_oldest(&s->compact[i], EQL_COMPACT_NONE)) !=
               EQL_COMPACT_NONE)
            drop_compact(s, i, at, &unused);
        eql_compact_free(&s->compact[i]);
    }
    free(s->compact);
    s->compact = NULL;
}

static eql_compact_id
id_of(const eql_seq_step *st)
{
    return (eql_compact_id){.hash = st->hash, .check = st->check};
}

static eql_compact_ring *
ring_of(const eql_seq *s, const eql_seq_step *st)
{
    return &s->compact[s->windows.of_rule[st->index]];
}

/* --- starting --- */

static void
wake_by(eql_seq *s, int64_t start_ns, int64_t span_ns)
{
    int64_t last = eql_window_last_moment(start_ns, span_ns);

    if (last < s->compact_wake_ns)
        s->compact_wake_ns = last;
}

eql_engine_result
eql_seq_add_compact(eql_seq *s, const eql_seq_step *st)
{
    eql_compact_ring *r = ring_of(s, st);
    eql_compact_info info = {
        .time_ns = st->hit->time_ns, .serial = s->serial, .place = s->place};
    uint32_t at = eql_compact_find(r, id_of(st));
    uint64_t cost;

    s->counters->started++;
    if (at != EQL_COMPACT_NONE)
        drop_compact(s, s->windows.of_rule[st->index], at,
                     &s->counters->replaced);
    cost = eql_compact_cost(r, info.time_ns, info.serial);
    if (s->place > EQL_COMPACT_MAX_PLACE ||
        (cost > 0 && !eql_seq_make_room(s, cost, NULL))) {
        s->counters->evicted++;
        return EQL_ENGINE_OK;
    }
    if (!eql_compact_add(r, id_of(st), &info))
        return EQL_ENGINE_NOMEM;
    eql_seq_note_ring(s, r);
    s->live++;
    s->waits[st->index].started = true;
    s->waits[st->index].start_ns = info.time_ns;
    wake_by(s, info.time_ns, eql_seq_rule_of(s, st)->span_ns);
    return EQL_ENGINE_OK;
}

void
eql_seq_end_compact(eql_seq *s, const eql_seq_step *st)
{
    uint32_t at = eql_compact_find(ring_of(s, st), id_of(st));

    if (at != EQL_COMPACT_NONE)
        drop_compact(s, s->windows.of_rule[st->index], at, &s->counters->ended);
}

/* --- going on --- */

/* What the hit says of the first stage under the key; NULL: nothing, the hash
 * was that of another key. */
static const eql_hit_entry *
find_entry(const eql_hit *h, const eql_seq_step *st)
{
    const eql_hit_entry *e = eql_hit_first(h);

    for (; e; e = eql_hit_next(h, e)) {
        eql_strview t;

        if (e->stage != st->rule->stages.first)
            continue;
        for (t = eql_hit_tuple_first(e); t.p; t = eql_hit_tuple_next(e, t)) {
            if (eql_sv_eq(t, st->key))
                return e;
        }
    }
    return NULL;
}

/* Makes the partial, with its memory accounted for. */
static eql_partial *
promote(eql_seq *s, const eql_seq_step *st, const eql_hit *h,
        const eql_hit_entry *he, uint64_t serial)
{
    uint32_t stage = st->rule->stages.first;
    eql_partial_event *ev = eql_partial_event_new(
        &s->budget, h, stage,
        eql_captures_kept(s->captures, stage, eql_hit_captured(he)));
    eql_partial *p;

    if (!ev)
        return NULL;
    p = eql_partial_new(&s->budget, ev, serial);
    eql_partial_event_release(&s->budget, ev);
    if (!p)
        return NULL;
    eql_partial_note(p, he);
    p->window.kind = EQL_SEQ_PARTIAL;
    p->window.ring = s->windows.of_rule[st->index];
    p->owns_compact = true;
    return p;
}

static uint64_t
whole_cost(const eql_seq *s, const eql_seq_step *st, const eql_hit_entry *he)
{
    eql_strview kept = eql_captures_kept(s->captures, st->rule->stages.first,
                                         eql_hit_captured(he));

    return eql_partial_entry_cost(st->key) + eql_partial_event_cost(kept) +
           eql_budget_cost(sizeof(eql_partial));
}

eql_partial_entry *
eql_seq_promote(eql_seq *s, const eql_seq_step *st, eql_engine_result *res)
{
    uint32_t ring = s->windows.of_rule[st->index];
    uint32_t at = eql_compact_find(&s->compact[ring], id_of(st));
    const eql_hit_entry *he;
    eql_partial_entry *e;
    eql_compact_info info;
    const eql_hit *h;
    eql_partial *p;
    bool fits;

    if (at == EQL_COMPACT_NONE)
        return NULL;
    info = eql_compact_get(&s->compact[ring], at);
    *res = s->source.fetch(s->source.ctx, info.place, &h);
    if (*res != EQL_ENGINE_OK || !(he = find_entry(h, st)))
        return NULL;
    s->kept_ring = ring;
    s->kept_compact = at;
    fits = eql_seq_make_room(s, whole_cost(s, st, he), NULL);
    s->kept_compact = EQL_COMPACT_NONE;
    if (!fits) {
        drop_compact(s, ring, at, &s->counters->evicted);
        return NULL;
    }
    e = eql_seq_need(s, st, res);
    if (!e)
        return NULL;
    p = promote(s, st, h, he, info.serial);
    if (!p) {
        eql_seq_unpin(s, e);
        *res = EQL_ENGINE_NOMEM;
        return NULL;
    }
    eql_compact_own(&s->compact[ring], at, &p->compact);
    eql_seq_pin(e);
    eql_partial_link_last(e, p);
    return e;
}

/* --- time and room --- */

/* Before which a compact partial has expired; INT64_MIN: none has. */
static int64_t
limit_of(int64_t now_ns, int64_t span_ns)
{
    int64_t limit;

    if (span_ns == EQL_WINDOW_NEVER ||
        __builtin_sub_overflow(now_ns, span_ns, &limit))
        return INT64_MIN;
    return limit;
}

static void
expire_ring(eql_seq *s, uint32_t ring, int64_t limit_ns)
{
    eql_compact_ring *r = &s->compact[ring];

    for (;;) {
        uint64_t n = eql_compact_expire(r, limit_ns);
        uint32_t at = eql_compact_oldest(r, EQL_COMPACT_NONE);

        s->live -= n;
        s->counters->expired += n;
        if (at == EQL_COMPACT_NONE ||
            eql_compact_get(r, at).time_ns >= limit_ns)
            return;
        drop_compact(s, ring, at, &s->counters->expired);
    }
}

void
eql_seq_compact_expire(eql_seq *s, int64_t now_ns)
{
    if (now_ns <= s->compact_wake_ns)
        return;
    s->compact_wake_ns = INT64_MAX;
    for (uint32_t i = 0; i < s->windows.n; i++) {
        int64_t span = s->windows.rings[i].span_ns;
        uint32_t at;

        expire_ring(s, i, limit_of(now_ns, span));
        at = eql_compact_oldest(&s->compact[i], EQL_COMPACT_NONE);
        if (at != EQL_COMPACT_NONE)
            wake_by(s, eql_compact_get(&s->compact[i], at).time_ns, span);
    }
}

/* The one of this ring that must stay. */
static uint32_t
kept_of(const eql_seq *s, uint32_t ring, const eql_window_node *keep)
{
    if (keep && keep->kind == EQL_SEQ_PARTIAL && keep->ring == ring &&
        ((const eql_partial *)(const void *)keep)->owns_compact)
        return ((const eql_partial *)(const void *)keep)->compact.at;
    return ring == s->kept_ring ? s->kept_compact : EQL_COMPACT_NONE;
}

bool
eql_seq_evict_compact(eql_seq *s, const eql_window_node *keep, uint64_t before)
{
    uint32_t best = EQL_COMPACT_NONE, best_ring = 0;

    for (uint32_t i = 0; s->compact && i < s->windows.n; i++) {
        uint32_t at = eql_compact_oldest(&s->compact[i], kept_of(s, i, keep));
        uint64_t serial;

        if (at == EQL_COMPACT_NONE)
            continue;
        serial = eql_compact_get(&s->compact[i], at).serial;
        if (serial < before) {
            before = serial;
            best = at;
            best_ring = i;
        }
    }
    if (best == EQL_COMPACT_NONE)
        return false;
    drop_compact(s, best_ring, best, &s->counters->evicted);
    return true;
}
