/* seq.c -- the sequence machine: spec 8.2, word for word where it can be.
 *
 * A hit says which stages its event satisfies, under which keys.  Its entries
 * are taken rule by rule, within a rule from the last stage to the first and
 * `until` at the end: so no event fills two places of one match, and what an
 * event completes, it completes before it ends anything.
 *
 * Every partial ends in exactly one way, and each has its counter: completed,
 * replaced, expired, ended, evicted, or open at the end of the run. */
#include "vm/seq.h"

#include "base/hash.h"
#include "vm/fault.h"
#include "vm/match.h"
#include "vm/partial.h"

#define UNTIL (UINT32_MAX - 1)
#define UNUSED UINT32_MAX /* a stage that its rule does not name */

/* An entry of the hit at hand, with its place in the order of work. */
typedef struct {
    uint32_t rule;
    uint32_t rank;
    const eql_hit_entry *entry;
} item;

struct eql_seq {
    const eql_program *program;
    bool arrival_order;
    eql_engine_counters *counters;
    uint32_t *position; /* of each stage in its rule, or UNTIL, UNUSED */
    eql_budget budget;
    eql_keytab table;
    eql_windows windows;
    eql_matches *matches;
    uint64_t live;   /* partials */
    uint64_t serial; /* of the hit at hand */
    eql_vec items;
};

/* One stage of a sequence rule looking at the hit at hand. */
typedef struct {
    const eql_hit *hit;
    const eql_hit_entry *entry;
    const eql_rule *rule;
    uint32_t index; /* of the rule */
    uint32_t position;
} step;

/* --- making ------------------------------------------------------------------
 */

static uint32_t
position_of(const eql_program *p, uint32_t stage)
{
    const eql_rule *r = &p->rules[p->stages[stage].rule];

    if (stage == r->until)
        return UNTIL;
    if (stage >= r->stages.first && stage - r->stages.first < r->stages.n)
        return stage - r->stages.first;
    return UNUSED;
}

static bool
init_positions(eql_seq *s)
{
    const eql_program *p = s->program;

    s->position = calloc((size_t)p->nstages + 1, sizeof *s->position);
    if (!s->position)
        return false;
    for (uint32_t i = 0; i < p->nstages; i++)
        s->position[i] = position_of(p, i);
    return true;
}

static bool
init_windows(eql_seq *s)
{
    const eql_program *p = s->program;
    int64_t *spans = calloc((size_t)p->nrules + 1, sizeof *spans);
    bool ok;

    if (!spans)
        return false;
    for (uint32_t i = 0; i < p->nrules; i++) {
        const eql_rule *r = &p->rules[i];

        spans[i] = r->has_maxspan ? r->maxspan_ns : EQL_WINDOW_NEVER;
    }
    ok = eql_windows_init(&s->windows, spans, p->nrules);
    free(spans);
    return ok;
}

/* A part of the budget is for cooldowns, if there are any. */
static uint64_t
cooldown_share(const eql_program *p, uint64_t max_bytes)
{
    for (uint32_t i = 0; i < p->nrules; i++) {
        if (p->rules[i].cooldown_ns > 0)
            return max_bytes / 8;
    }
    return 0;
}

eql_seq *
eql_seq_new(const eql_program *p, const eql_engine_options *o,
            const eql_engine_calls *calls, eql_engine_counters *counters)
{
    uint64_t max =
        o->max_state_bytes ? o->max_state_bytes : EQL_DEFAULT_STATE_BYTES;
    uint64_t share = cooldown_share(p, max);
    eql_seq *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->program = p;
    s->arrival_order = o->arrival_order;
    s->counters = counters;
    s->budget.max = max - share;
    s->matches = eql_matches_new(p, share, !o->arrival_order, eql_hash_seed(),
                                 calls, counters);
    if (!s->matches || !init_positions(s) || !init_windows(s) ||
        !eql_keytab_init(&s->table, eql_hash_seed(), &s->budget)) {
        eql_seq_free(s);
        return NULL;
    }
    return s;
}

/* --- leaving
 * ------------------------------------------------------------------ */

static void
leave_slot(eql_partial *p)
{
    if (p->entry->slot[p->slot] == p)
        p->entry->slot[p->slot] = NULL;
}

/* Takes a partial out of the state; its memory is the caller's. */
static void
take_out(eql_seq *s, eql_partial *p)
{
    eql_partial_entry *e = p->entry;

    eql_windows_remove(&s->windows, &p->window);
    leave_slot(p);
    s->live--;
    if (--e->nlive == 0) {
        eql_keytab_remove(&s->table, &e->node);
        eql_partial_entry_free(&s->budget, e);
    }
    p->entry = NULL;
}

static void
drop(eql_seq *s, eql_partial *p, uint64_t *why)
{
    take_out(s, p);
    eql_partial_free(&s->budget, p);
    (*why)++;
}

/* Gives up the oldest start, but not `keep`; false when there is none. */
static bool
evict(eql_seq *s, const eql_partial *keep)
{
    eql_window_node *n =
        eql_windows_oldest(&s->windows, keep ? &keep->window : NULL);

    if (!n)
        return false;
    drop(s, eql_partial_of(n), &s->counters->evicted);
    return true;
}

/* In arrival order a later event may be earlier in time, so nothing expires
 * before a stage meets it. */
static void
expire(eql_seq *s, int64_t now_ns)
{
    eql_window_node *n;

    while (!s->arrival_order && (n = eql_windows_expired(&s->windows, now_ns)))
        drop(s, eql_partial_of(n), &s->counters->expired);
}

void
eql_seq_free(eql_seq *s)
{
    eql_window_node *n;
    uint64_t freed = 0;

    if (!s)
        return;
    while ((n = eql_windows_oldest(&s->windows, NULL)))
        drop(s, eql_partial_of(n), &freed);
    eql_matches_free(s->matches, &s->budget);
    eql_windows_free(&s->windows);
    eql_keytab_free(&s->table);
    eql_vec_free(&s->items);
    free(s->position);
    free(s);
}

void
eql_seq_finish(eql_seq *s)
{
    s->counters->open += s->live;
    s->counters->state_bytes_peak =
        s->budget.peak + eql_matches_peak(s->matches);
}

/* --- the machine
 * --------------------------------------------------------------- */

static eql_partial_entry *
find_entry(const eql_seq *s, const step *st, eql_strview key, uint64_t hash)
{
    return (eql_partial_entry *)(void *)eql_keytab_find(&s->table, hash,
                                                        st->index, key);
}

static void
enter(eql_seq *s, const step *st, eql_partial_entry *e, eql_partial *p,
      uint32_t slot)
{
    p->entry = e;
    p->slot = slot;
    e->nlive++;
    s->live++;
    eql_windows_add(&s->windows, st->index, &p->window);
}

/* A newer start takes the place, and the memory, of an older one: a key that
 * starts again and again costs nothing. */
static void
restart(eql_seq *s, const step *st, eql_partial *p)
{
    s->counters->replaced++;
    if (EQL_FAULT(keep_oldest_partial))
        return;
    eql_windows_remove(&s->windows, &p->window);
    eql_partial_set_first(p, st->hit, st->entry, s->serial);
    eql_windows_add(&s->windows, st->index, &p->window);
}

/* The entry of this key, made if there is none. */
static eql_partial_entry *
need_entry(eql_seq *s, const step *st, eql_strview key, uint64_t hash,
           eql_partial_entry *e)
{
    if (e)
        return e;
    e = eql_partial_entry_new(&s->budget, st->rule->stages.n - 1, st->index,
                              hash, key);
    if (e)
        eql_keytab_insert(&s->table, &e->node);
    return e;
}

static eql_engine_result
start(eql_seq *s, const step *st, eql_strview key)
{
    uint64_t hash = eql_keytab_hash(&s->table, st->index, key);
    uint64_t cost = eql_budget_cost(sizeof(eql_partial));
    uint64_t entry_cost = eql_partial_entry_cost(st->rule->stages.n - 1, key);
    eql_partial_entry *e;
    eql_partial *p;

    for (;;) {
        /* Again each time: what is evicted may have been this entry's. */
        e = find_entry(s, st, key, hash);
        if (e && e->slot[0]) {
            restart(s, st, e->slot[0]);
            return EQL_ENGINE_OK;
        }
        if (eql_budget_fits(&s->budget, cost + (e ? 0 : entry_cost)))
            break;
        if (!evict(s, NULL)) {
            s->counters->evicted++; /* larger than the whole budget */
            return EQL_ENGINE_OK;
        }
    }
    p = eql_partial_new(&s->budget);
    if (!p)
        return EQL_ENGINE_NOMEM;
    eql_partial_set_first(p, st->hit, st->entry, s->serial);
    e = need_entry(s, st, key, hash, e);
    if (!e) {
        eql_partial_free(&s->budget, p);
        return EQL_ENGINE_NOMEM;
    }
    enter(s, st, e, p, 0);
    e->slot[0] = p;
    return EQL_ENGINE_OK;
}

/* Planted fault partial_kept: a second partial of the same events. */
static eql_partial *
copy_partial(eql_seq *s, const step *st, const eql_partial *from)
{
    eql_partial *p = eql_partial_new(&s->budget);
    eql_partial_event **at;

    if (!p)
        return NULL;
    *p = *from;
    at = &p->last;
    for (const eql_partial_event *ev = from->last; ev != &from->first;
         ev = ev->before) {
        *at = eql_budget_alloc(&s->budget, sizeof *ev);
        if (!*at) {
            eql_partial_free(&s->budget, p);
            return NULL;
        }
        **at = *ev;
        at = &(*at)->before;
        *at = NULL;
    }
    *at = &p->first;
    enter(s, st, from->entry, p, from->slot);
    s->counters->started++;
    return p;
}

static bool
is_too_late(const step *st, const eql_partial *p)
{
    int64_t span = st->rule->maxspan_ns;

    if (!st->rule->has_maxspan)
        return false;
    return eql_window_exceeds(st->hit->time_ns, p->window.start_ns,
                              EQL_FAULT(maxspan_lt) ? span - 1 : span);
}

/* Room for one more event of p, at the cost of older ones. */
static bool
make_room(eql_seq *s, const eql_partial *p)
{
    while (!eql_budget_fits(&s->budget,
                            eql_budget_cost(sizeof(eql_partial_event)))) {
        if (!evict(s, p))
            return false;
    }
    return true;
}

/* Moves p, with the event added, to the slot of this stage. */
static eql_engine_result
move_on(eql_seq *s, const step *st, eql_partial *p)
{
    eql_partial *older = p->entry->slot[st->position];

    if (older && EQL_FAULT(keep_oldest_partial)) {
        drop(s, p, &s->counters->replaced);
        return EQL_ENGINE_OK;
    }
    if (older)
        drop(s, older, &s->counters->replaced);
    if (!make_room(s, p)) {
        drop(s, p, &s->counters->evicted);
        return EQL_ENGINE_OK;
    }
    if (!eql_partial_extend(&s->budget, p, st->hit))
        return EQL_ENGINE_NOMEM;
    eql_partial_note(p, st->entry);
    leave_slot(p);
    p->slot = st->position;
    p->entry->slot[p->slot] = p;
    return EQL_ENGINE_OK;
}

static bool
add_match(eql_seq *s, const step *st, eql_partial *p, eql_strview key)
{
    return eql_matches_add(s->matches, &s->budget, p, st->entry, key);
}

static eql_engine_result
advance(eql_seq *s, const step *st, eql_strview key)
{
    uint64_t hash = eql_keytab_hash(&s->table, st->index, key);
    eql_partial_entry *e = find_entry(s, st, key, hash);
    eql_partial *p = e ? e->slot[st->position - 1] : NULL;

    if (!p)
        return EQL_ENGINE_OK;
    if (is_too_late(st, p)) {
        drop(s, p, &s->counters->expired);
        return EQL_ENGINE_OK;
    }
    if (EQL_FAULT(partial_kept)) {
        p = copy_partial(s, st, p);
        if (!p)
            return EQL_ENGINE_NOMEM;
    }
    if (st->position + 1 < st->rule->stages.n)
        return move_on(s, st, p);
    take_out(s, p);
    return add_match(s, st, p, key) ? EQL_ENGINE_OK : EQL_ENGINE_NOMEM;
}

/* Planted fault until_any_key. */
static void
end_all(eql_seq *s, const step *st)
{
    eql_window_ring *r = &s->windows.rings[s->windows.of_rule[st->index]];

    for (eql_window_node *n = r->oldest, *newer; n; n = newer) {
        eql_partial *p = eql_partial_of(n);

        newer = n->newer;
        if (p->entry->node.rule == st->index)
            drop(s, p, &s->counters->ended);
    }
}

static void
end_key(eql_seq *s, const step *st, eql_strview key)
{
    uint64_t hash = eql_keytab_hash(&s->table, st->index, key);
    eql_partial_entry *e = find_entry(s, st, key, hash);
    uint32_t left = e ? e->nlive : 0; /* the entry goes with the last one */

    if (EQL_FAULT(until_ignored))
        return;
    if (EQL_FAULT(until_any_key)) {
        end_all(s, st);
        return;
    }
    for (uint32_t i = 0; left > 0; i++) {
        if (e->slot[i]) {
            left--;
            drop(s, e->slot[i], &s->counters->ended);
        }
    }
}

static eql_engine_result
see_key(eql_seq *s, const step *st, eql_strview key)
{
    if (st->position == UNTIL) {
        end_key(s, st, key);
        return EQL_ENGINE_OK;
    }
    if (st->position > 0)
        return advance(s, st, key);
    s->counters->started++;
    if (st->rule->stages.n > 1)
        return start(s, st, key);
    return add_match(s, st, NULL, key) ? EQL_ENGINE_OK : EQL_ENGINE_NOMEM;
}

/* --- one hit
 * -------------------------------------------------------------------- */

static eql_engine_result
see_entry(eql_seq *s, const step *st)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_strview key = eql_hit_tuple_first(st->entry);

    if (st->rule->kind == EQL_RULE_EVENT)
        return add_match(s, st, NULL, eql_sv("", 0)) ? res : EQL_ENGINE_NOMEM;
    if (!(st->hit->flags & EQL_HIT_TIMED)) {
        s->counters->untimed_skipped++;
        return res;
    }
    for (; key.p && res == EQL_ENGINE_OK;
         key = eql_hit_tuple_next(st->entry, key))
        res = see_key(s, st, key);
    return res;
}

/* Last stage first, `until` after all (spec 8.2). */
static uint32_t
rank_of(const eql_rule *r, uint32_t position)
{
    if (position == UNTIL)
        return EQL_FAULT(until_first) ? 0 : UINT32_MAX;
    return EQL_FAULT(first_stage_first) ? position + 1 : r->stages.n - position;
}

static int
compare_items(const void *a, const void *b)
{
    const item *x = a, *y = b;

    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static uint32_t
stage_of(const eql_hit_entry *e)
{
    return e->stage & ~EQL_HIT_EXCEPTED;
}

static bool
list_items(eql_seq *s, const eql_hit *h)
{
    const eql_hit_entry *e = eql_hit_first(h);

    s->items.n = 0;
    for (; e; e = eql_hit_next(h, e)) {
        uint32_t stage = stage_of(e), position = s->position[stage];
        uint32_t rule = s->program->stages[stage].rule;
        item it = {.rule = rule, .entry = e};

        if (position == UNUSED)
            continue;
        it.rank = rank_of(&s->program->rules[rule], position);
        if (eql_vec_push(&s->items, &it, sizeof it) == EQL_NONE)
            return false;
    }
    if (s->items.n > 1)
        qsort(s->items.items, s->items.n, s->items.size, compare_items);
    return true;
}

eql_engine_result
eql_seq_hit(eql_seq *s, const eql_hit *h)
{
    bool timed = h->flags & EQL_HIT_TIMED;
    eql_engine_result res = EQL_ENGINE_OK;

    if (!list_items(s, h))
        return EQL_ENGINE_NOMEM;
    (*(timed ? &s->counters->hits_timed : &s->counters->hits_untimed))++;
    s->serial++;
    if (timed)
        expire(s, h->time_ns);
    for (uint32_t i = 0; i < s->items.n && res == EQL_ENGINE_OK; i++) {
        const item *it = eql_vec_at(&s->items, i);
        step st = {.hit = h,
                   .entry = it->entry,
                   .rule = &s->program->rules[it->rule],
                   .index = it->rule,
                   .position = s->position[stage_of(it->entry)]};
        bool last = i + 1 == s->items.n || it[1].rule != it->rule;

        res = see_entry(s, &st);
        if (last && res == EQL_ENGINE_OK)
            res = eql_matches_flush(s->matches, &s->budget, it->rule, h);
    }
    return res;
}
