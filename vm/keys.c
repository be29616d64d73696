/* keys.c -- key values of one event, and their product. */
#include "vm/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "vm/fault.h"

/* One value more than can be used tells that there was more. */
#define MOST_VALUES (EQL_MAX_KEY_TUPLES + 1)
#define TABLE_SIZE 4096u /* a power of two, several times MOST_VALUES */

/* A canonical value in `bytes`. */
typedef struct {
    size_t off, len;
} value_span;

/* Values of one key: spans[first .. first + n), and the one chosen now. */
typedef struct {
    uint32_t first, n, chosen;
} key_values;

struct eql_keys {
    const eql_program *program;
    key_values *keys;
    eql_buf bytes;
    eql_vec spans; /* of value_span */
    eql_buf tuple;
    uint64_t seed;
    /* Which values of the key at hand were seen; a cell of another round is
     * empty, so the table need not be cleared. */
    uint32_t round;
    struct {
        uint32_t round, span;
    } table[TABLE_SIZE];
};

static uint32_t
most_keys(const eql_program *p)
{
    uint32_t n = 1;

    for (uint32_t i = 0; i < p->nstages; i++) {
        if (p->stages[i].keys.n > n)
            n = p->stages[i].keys.n;
    }
    return n;
}

eql_keys *
eql_keys_new(const eql_program *p)
{
    eql_keys *k = calloc(1, sizeof *k);

    if (!k)
        return NULL;
    k->program = p;
    k->seed = eql_hash_seed();
    k->keys = calloc(most_keys(p), sizeof *k->keys);
    if (!k->keys) {
        free(k);
        return NULL;
    }
    return k;
}

void
eql_keys_free(eql_keys *k)
{
    if (!k)
        return;
    eql_buf_free(&k->bytes);
    eql_buf_free(&k->tuple);
    eql_vec_free(&k->spans);
    free(k->keys);
    free(k);
}

static value_span *
span_at(const eql_keys *k, uint32_t i)
{
    return eql_vec_at(&k->spans, i);
}

static eql_strview
bytes_of(const eql_keys *k, value_span s)
{
    return eql_sv(k->bytes.p + s.off, s.len);
}

static void
next_round(eql_keys *k)
{
    if (++k->round == 0) {
        memset(k->table, 0, sizeof k->table);
        k->round = 1;
    }
}

/* Notes that the span to be pushed next has these bytes; false when an equal
 * one is there.  At most MOST_VALUES are noted, so there is always room. */
static bool
note_new(eql_keys *k, eql_strview bytes)
{
    uint64_t i = eql_hash64(k->seed, bytes.p, bytes.len);

    for (;; i++) {
        uint32_t cell = (uint32_t)(i & (TABLE_SIZE - 1));

        if (k->table[cell].round != k->round) {
            k->table[cell].round = k->round;
            k->table[cell].span = k->spans.n;
            return true;
        }
        if (eql_sv_eq(bytes_of(k, *span_at(k, k->table[cell].span)), bytes))
            return false;
    }
}

/* Adds v to the values of kv, unless it is there.  Sets *capped when it is too
 * long. */
static void
add_value(eql_keys *k, key_values *kv, eql_field_type type, const eql_value *v,
          bool *capped)
{
    value_span s = {.off = k->bytes.len};

    if (v->tag == EQL_STRING &&
        (v->len > EQL_MAX_KEY_VALUE || k->bytes.len > EQL_HIT_MAX_BYTES)) {
        *capped = true;
        return;
    }
    eql_hit_key_value(&k->bytes, type, v);
    if (k->bytes.failed)
        return;
    s.len = k->bytes.len - s.off;
    if (!note_new(k, bytes_of(k, s))) {
        k->bytes.len = s.off;
        return;
    }
    if (eql_vec_push(&k->spans, &s, sizeof s) != EQL_NONE)
        kv->n++;
}

/* Collects the values of one key; false when it has none and needs one. */
static bool
collect(eql_keys *k, key_values *kv, const eql_key *key, const eql_event *ev,
        uint64_t *missing, bool *capped)
{
    static const eql_value null = {.tag = EQL_NULL};
    const eql_slot *slot = &ev->slots[key->field];
    eql_field_type type = (eql_field_type)k->program->fields[key->field].type;
    uint32_t n = EQL_FAULT(key_first_value) && slot->n > 1 ? 1 : slot->n;

    *kv = (key_values){.first = k->spans.n};
    next_round(k);
    for (uint32_t i = 0; i < n && kv->n < MOST_VALUES; i++) {
        if (slot->v[i].tag != EQL_NULL)
            add_value(k, kv, type, &slot->v[i], capped);
    }
    if (kv->n > 0 || *capped)
        return true;
    (*missing)++;
    if (!(key->flags & EQL_KEY_OPTIONAL) && !EQL_FAULT(null_key_joins))
        return false;
    add_value(k, kv, type, &null, capped);
    return true;
}

/* Goes on to the next choice, last key fastest; false after the last. */
static bool
next_choice(eql_keys *k, uint32_t nkeys)
{
    while (nkeys-- > 0) {
        if (++k->keys[nkeys].chosen < k->keys[nkeys].n)
            return true;
        k->keys[nkeys].chosen = 0;
    }
    return false;
}

static value_span *
chosen_span(const eql_keys *k, uint32_t key)
{
    return span_at(k, k->keys[key].first + k->keys[key].chosen);
}

/* Adds the tuple chosen; false when it does not fit into the record. */
static bool
add_tuple(eql_keys *k, uint32_t nkeys, eql_buf *rec, size_t entry)
{
    size_t len = 0;

    for (uint32_t i = 0; i < nkeys; i++)
        len += chosen_span(k, i)->len;
    if (rec->len + len > EQL_HIT_MAX_BYTES)
        return false;
    k->tuple.len = 0;
    for (uint32_t i = 0; i < nkeys; i++)
        eql_buf_add_sv(&k->tuple, bytes_of(k, *chosen_span(k, i)));
    eql_hit_tuple_add(rec, entry, eql_buf_sv(&k->tuple));
    return true;
}

static eql_keys_result
add_product(eql_keys *k, uint32_t nkeys, eql_buf *rec, size_t entry,
            bool *capped)
{
    bool added = false, more = true;

    for (uint32_t i = 0; i < nkeys; i++) {
        if (k->keys[i].n == 0)
            return EQL_KEYS_LOST;
    }
    for (uint32_t i = 0; i < EQL_MAX_KEY_TUPLES && more; i++) {
        if (add_tuple(k, nkeys, rec, entry))
            added = true;
        else
            *capped = true;
        more = next_choice(k, nkeys);
    }
    *capped = *capped || more;
    return added ? EQL_KEYS_OK : EQL_KEYS_LOST;
}

eql_keys_result
eql_keys_add(eql_keys *k, uint32_t stage, const eql_event *ev,
             uint64_t *missing, eql_buf *rec, size_t entry, bool *capped)
{
    eql_range keys = k->program->stages[stage].keys;
    bool keyless = false;
    eql_keys_result res;

    k->bytes.len = 0;
    k->spans.n = 0;
    *capped = false;
    /* All of them, even when one is missing: each is counted. */
    for (uint32_t i = 0; i < keys.n; i++) {
        bool too_long = false;

        if (!collect(k, &k->keys[i], &k->program->keys[keys.first + i], ev,
                     &missing[keys.first + i], &too_long))
            keyless = true;
        *capped = *capped || too_long;
    }
    if (k->bytes.failed || k->spans.failed || k->tuple.failed)
        return EQL_KEYS_NOMEM;
    if (keyless)
        return EQL_KEYS_KEYLESS;
    res = add_product(k, keys.n, rec, entry, capped);
    return k->tuple.failed || rec->failed ? EQL_KEYS_NOMEM : res;
}
