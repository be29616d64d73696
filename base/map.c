/* map.c -- hash map from byte strings to uint32_t, keys copied.
 *
 *   slots[]: index into entries + 1, 0 when free (linear probing), and the
 *            upper half of the hash, so that strangers are passed by unread
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

typedef struct {
    uint32_t entry; /* + 1 */
    uint32_t check;
} slot;

struct eql_map {
    slot *slots;
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
entry_at(const eql_map *m, uint32_t i)
{
    return eql_vec_at(&m->entries, m->slots[i].entry - 1);
}

static uint32_t
check_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t
find_slot(const eql_map *m, eql_strview key, uint64_t hash)
{
    uint32_t mask = m->nslots - 1;
    uint32_t i = (uint32_t)hash & mask;

    for (; m->slots[i].entry; i = (i + 1) & mask) {
        const entry *e;

        if (m->slots[i].check != check_of(hash))
            continue;
        e = entry_at(m, i);
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
    slot *slots;

    if (m->nslots > UINT32_MAX / 4)
        return false;
    slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t e = 0; e < m->entries.n; e++) {
        const entry *x = eql_vec_at(&m->entries, e);
        uint32_t i = (uint32_t)x->hash & (n - 1);

        while (slots[i].entry)
            i = (i + 1) & (n - 1);
        slots[i] = (slot){e + 1, check_of(x->hash)};
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
    return m->slots[i].entry ? entry_at(m, i)->value : EQL_NONE;
}

/* The entry of key, made with this value when there is none; NULL: out of
 * memory. */
static entry *
find_or_add(eql_map *m, const void *key, size_t len, uint32_t value)
{
    entry e = {.off = m->keys.len, .len = len, .value = value};
    uint32_t i;

    if ((uint64_t)(m->entries.n + 1) * 4 > (uint64_t)m->nslots * 3 &&
        !grow_slots(m))
        return NULL;
    e.hash = eql_hash64(m->seed, key, len);
    i = find_slot(m, eql_sv(key, len), e.hash);
    if (m->slots[i].entry)
        return entry_at(m, i);
    /* keys.p may stay NULL for an empty first key; reserve excludes that. */
    if (!eql_buf_reserve(&m->keys, len + 1))
        return NULL;
    eql_buf_add(&m->keys, key, len);
    if (eql_vec_push(&m->entries, &e, sizeof e) == EQL_NONE)
        return NULL;
    m->slots[i] = (slot){m->entries.n, check_of(e.hash)};
    return entry_at(m, i);
}

bool
eql_map_put(eql_map *m, const void *key, size_t len, uint32_t value)
{
    entry *e = find_or_add(m, key, len, value);

    if (e)
        e->value = value;
    return e != NULL;
}

uint32_t
eql_map_intern(eql_map *m, const void *key, size_t len, uint32_t value)
{
    const entry *e = find_or_add(m, key, len, value);

    return e ? e->value : EQL_NONE;
}

uint32_t
eql_map_count(const eql_map *m)
{
    return m->entries.n;
}
