/* seq_ahead.c -- looks at hits before their turn: where many partials wait,
 * the memory of their compact partials is asked for then, and is there in time.
 *
 * The hash of a key is kept for its turn, by where the key is among the hits.
 * It may have been overwritten until then, and is made again. */
#include "vm/seq/seq_int.h"

/* Of a ring; the caches hold smaller ones. */
#define LEAST_BUCKETS 16384u

_Static_assert(EQL_SEQ_AHEAD == EQL_COMPACT_AHEAD, "they look equally far");

/* --- hashes of keys --- */

static eql_seq_hashed *
hashed_of(eql_seq *s, uint64_t at)
{
    return &s->hashed[at * UINT64_C(0x9e3779b97f4a7c15) >>
                      (64 - EQL_SEQ_HASHED_BITS)];
}

static eql_compact_id
make_hash(const eql_seq *s, uint32_t rule, eql_strview key)
{
    eql_h128 h = eql_keytab_hash128(s->seed, rule, key);

    return (eql_compact_id){.hash = h.lo, .check = (uint16_t)h.hi};
}

static uint64_t
offset_in(const eql_hit *h, eql_strview key)
{
    return (uint64_t)(key.p - (const char *)h);
}

eql_compact_id
eql_seq_key_id(eql_seq *s, const eql_seq_step *st)
{
    if (s->looks_ahead) {
        uint64_t at = s->place + offset_in(st->hit, st->key);
        const eql_seq_hashed *kept = hashed_of(s, at);

        if (kept->at == at)
            return kept->id;
    }
    return make_hash(s, st->index, st->key);
}

/* --- looking ahead --- */

void
eql_seq_note_ring(eql_seq *s, const eql_compact_ring *r)
{
    if (r->nbuckets >= LEAST_BUCKETS)
        s->looks_ahead = true;
}

bool
eql_seq_looks_ahead(const eql_seq *s)
{
    return s->looks_ahead;
}

/* The ring where the stage looks for its keys; NULL: in none, or a small one.
 */
static const eql_compact_ring *
ring_of_stage(const eql_seq *s, uint32_t stage)
{
    const eql_seq_stage *plan = &s->plan.stages[stage];
    uint32_t rule = s->program->stages[stage].rule;
    const eql_compact_ring *r;

    if (plan->role != EQL_SEQ_UNTIL &&
        (plan->role != EQL_SEQ_POSITIVE || plan->first > 1))
        return NULL;
    if (!s->plan.rules[rule].compact)
        return NULL;
    r = &s->compact[s->windows.of_rule[rule]];
    return r->nbuckets >= LEAST_BUCKETS ? r : NULL;
}

void
eql_seq_ahead(eql_seq *s, const eql_hit *h, uint64_t place)
{
    const eql_hit_entry *e = eql_hit_first(h);

    for (; s->looks_ahead && e; e = eql_hit_next(h, e)) {
        uint32_t stage = e->stage;
        const eql_compact_ring *r;
        eql_strview t;

        if (stage >= s->program->nstages || !(r = ring_of_stage(s, stage)))
            continue;
        for (t = eql_hit_tuple_first(e); t.p; t = eql_hit_tuple_next(e, t)) {
            uint64_t at = place + offset_in(h, t);
            eql_seq_hashed *kept = hashed_of(s, at);

            kept->at = at;
            kept->id = make_hash(s, s->program->stages[stage].rule, t);
            eql_compact_foresee(&s->ahead, r, kept->id);
        }
    }
}
