/* map.c -- hash map from byte strings to uint32_t, keys copied.
 *
 *   slots[]: index into entries + 1, 0 when free (linear probing)
 *   entries[]: hash, key place, value, in order of insertion
 *   keys: all key bytes, one after the other
 *
 * Invariant: at most 3/4 of the slots are taken, so probing ends.  There is
 * no removal.  The seed is drawn per map: hostile names cannot pile up. */
#include "base/map.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"

#define FIRST_SLOTS 16u

typedef struct {
    uint64_t hash;
    size_t off; /* of the key, in keys */
    size_t len;
    uint32_t value;
} entry;

struct eql_map {
    uint32_t *slots;
    uint32_t nslots; /* power of two, 0 before the first put */
    eql_vec entries;
    eql_buf keys;
    uint64_t seed;
};

eql_map *
eql_map_new(void)
{
    eql_map *m = calloc(1, sizeof *m);

    if (m)
        m->seed = eql_hash_seed();
    return m;
}

void
eql_map_free(eql_map *m)
{
    if (!m)
        return;
    free(m->slots);
    eql_vec_free(&m->entries);
    eql_buf_free(&m->keys);
    free(m);
}

static entry *
entry_at(const eql_map *m, uint32_t slot)
{
    return eql_vec_at(&m->entries, m->slots[slot] - 1);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t
find_slot(const eql_map *m, eql_strview key, uint64_t hash)
{
    uint32_t mask = m->nslots - 1;
    uint32_t i = (uint32_t)hash & mask;

    for (; m->slots[i]; i = (i + 1) & mask) {
        const entry *e = entry_at(m, i);

        if (e->hash == hash &&
            eql_sv_eq(key, eql_sv(m->keys.p + e->off, e->len)))
            break;
    }
    return i;
}

static bool
grow_slots(eql_map *m)
{
    uint32_t n = m->nslots ? m->nslots * 2 : FIRST_SLOTS;
    uint32_t *slots;

    if (m->nslots > UINT32_MAX / 4)
        return false;
    slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t e = 0; e < m->entries.n; e++) {
        const entry *x = eql_vec_at(&m->entries, e);
        uint32_t i = (uint32_t)x->hash & (n - 1);

        while (slots[i])
            i = (i + 1) & (n - 1);
        slots[i] = e + 1;
    }
    free(m->slots);
    m->slots = slots;
    m->nslots = n;
    return true;
}

uint32_t
eql_map_get(const eql_map *m, const void *key, size_t len)
{
    uint32_t i;

    if (!m->nslots)
        return EQL_NONE;
    i = find_slot(m, eql_sv(key, len), eql_hash64(m->seed, key, len));
    return m->slots[i] ? entry_at(m, i)->value : EQL_NONE;
}

bool
eql_map_put(eql_map *m, const void *key, size_t len, uint32_t value)
{
    entry e = {.off = m->keys.len, .len = len, .value = value};
    uint32_t i;

    if ((uint64_t)(m->entries.n + 1) * 4 > (uint64_t)m->nslots * 3 &&
        !grow_slots(m))
        return false;
    e.hash = eql_hash64(m->seed, key, len);
    i = find_slot(m, eql_sv(key, len), e.hash);
    if (m->slots[i]) {
        entry_at(m, i)->value = value;
        return true;
    }
    /* keys.p may stay NULL for an empty first key; reserve excludes that. */
    if (!eql_buf_reserve(&m->keys, len + 1))
        return false;
    eql_buf_add(&m->keys, key, len);
    if (eql_vec_push(&m->entries, &e, sizeof e) == EQL_NONE)
        return false;
    m->slots[i] = m->entries.n;
    return true;
}

uint32_t
eql_map_count(const eql_map *m)
{
    return m->entries.n;
}
