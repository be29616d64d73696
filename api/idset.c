/* idset.c -- the ids of one run, so that no two alerts share one.
 *
 * Only ids are stored, no counts: the k-th alert of an id is stored under the
 * k-th id derived from it, and as these are taken in order, how many there are
 * is found by doubling and halving. */
#include <stdlib.h>

#include "api/alert.h"

void
eql_idset_free(eql_idset *s)
{
    free(s->slots);
    *s = (eql_idset){0};
}

static eql_h128 *
slot_of(eql_h128 *slots, size_t cap, eql_h128 id)
{
    size_t i = (size_t)id.lo & (cap - 1);

    while ((slots[i].hi || slots[i].lo) &&
           (slots[i].hi != id.hi || slots[i].lo != id.lo))
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

static bool
grow(eql_idset *s)
{
    size_t cap = s->cap ? s->cap * 2 : 64;
    eql_h128 *slots = cap > s->cap ? calloc(cap, sizeof *slots) : NULL;

    if (!slots)
        return false;
    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i].hi || s->slots[i].lo)
            *slot_of(slots, cap, s->slots[i]) = s->slots[i];
    free(s->slots);
    s->slots = slots;
    s->cap = cap;
    return true;
}

/* The id's k-th form; k = 0 is the id itself.  Never all zero. */
static eql_h128
derived(eql_h128 id, uint64_t k)
{
    uint64_t parts[3] = {id.hi, id.lo, k};

    if (k > 0)
        id = eql_hash128(parts, sizeof parts);
    if (!id.hi && !id.lo)
        id.lo = 1;
    return id;
}

static bool
has(const eql_idset *s, eql_h128 id, uint64_t k)
{
    const eql_h128 *slot = slot_of(s->slots, s->cap, derived(id, k));

    return slot->hi || slot->lo;
}

bool
eql_idset_take(eql_idset *s, eql_h128 id, uint64_t *before)
{
    uint64_t low = 0, high = 1; /* forms below low are taken, high is not */

    if (s->n + 1 > s->cap / 4 * 3 && !grow(s))
        return false;
    if (has(s, id, 0)) {
        for (low = 1; has(s, id, high); high *= 2)
            low = high + 1;
        while (low < high) {
            uint64_t mid = low + (high - low) / 2;

            if (has(s, id, mid))
                low = mid + 1;
            else
                high = mid;
        }
    }
    *before = low;
    id = derived(id, low);
    *slot_of(s->slots, s->cap, id) = id;
    s->n++;
    return true;
}
