/* keys.c -- key values of one event, and their product.
 *
 * Values are distinct by the form in which they are compared; each keeps the
 * spelling it was first seen in, which tuples carry beside it where the two
 * differ. */
#include "vm/filter/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "stdlib/functions.h"

/* One value more than can be used tells that there was more. */
#define MOST_VALUES (EQL_MAX_KEY_TUPLES + 1)
#define TABLE_SIZE 4096u /* a power of two, several times MOST_VALUES */

/* A value in `bytes`: as it is compared, and behind it as it is spelled. */
typedef struct {
    size_t off, len;
    size_t shown; /* bytes; 0: no other spelling */
} value_span;

/* Values of one key: spans[first .. first + n), and the one chosen now. */
typedef struct {
    uint32_t first, n, chosen;
} key_values;

struct eql_keys {
    const eql_program *program;
    eql_interp *interp;
    uint64_t *missing; /* per program.keys[] */
    key_values *keys;
    eql_buf bytes;
    eql_vec spans; /* of value_span */
    eql_buf tuple, shown;
    bool capped; /* a value of the key at hand is too long */
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

/* --- values --- */

/* What the field's type makes of v; v itself when it is none of it. */
static eql_value
convert(const eql_dialect *d, eql_field_type type, const eql_value *v)
{
    eql_value out = *v;

    switch (type) {
    case EQL_FIELD_NUMBER: out = eql_to_number(v); break;
    case EQL_FIELD_BOOLEAN: out = eql_to_bool(v); break;
    case EQL_FIELD_DATE: out = eql_to_time(d, v); break;
    default: break;
    }
    return out.tag == EQL_NULL ? *v : out;
}

static bool
folds_keys(const eql_dialect *d)
{
    return d->key_case == EQL_KEY_CASE_FOLD;
}

static bool
has_text(const eql_value *v)
{
    return v->tag == EQL_STRING || v->tag == EQL_ARRAY || v->tag == EQL_OBJECT;
}

/* Folds the text of the key value that begins at `at`: a tag, a length, text.
 */
static void
fold_text(eql_case how, eql_buf *out, size_t at)
{
    size_t text = at + 1 + sizeof(uint32_t);
    eql_buf folded = {0};
    uint32_t len;

    if (out->failed || out->p[at] == 'a')
        return;
    eql_case_fold(how, &folded, eql_sv(out->p + text, out->len - text));
    out->failed |= folded.failed;
    len = (uint32_t)folded.len;
    out->len = text;
    eql_buf_add_sv(out, eql_buf_sv(&folded));
    eql_buf_free(&folded);
    if (!out->failed)
        memcpy(out->p + at + 1, &len, sizeof len);
}

void
eql_key_folded(eql_case how, eql_field_type type, const eql_value *v,
               eql_buf *out)
{
    size_t at = out->len;

    eql_hit_key_value(out, type, v);
    if (how != EQL_CASE_EXACT && has_text(v))
        fold_text(how, out, at);
}

void
eql_key_value(const eql_dialect *d, eql_field_type type, const eql_value *v,
              eql_buf *out)
{
    eql_value converted = convert(d, type, v);

    eql_key_folded(folds_keys(d) ? eql_case_folding(d) : EQL_CASE_EXACT, type,
                   &converted, out);
}

/* Is the text of an address the one that it is shown as? */
static bool
is_canonical(eql_strview s)
{
    char text[48];
    eql_ip ip;

    return eql_ip_parse(s, &ip) &&
           eql_sv_eq(eql_sv(text, eql_ip_format(&ip, text)), s);
}

void
eql_key_spelling(eql_field_type type, const eql_value *v, eql_buf *out)
{
    if (v->tag == EQL_FLOAT) { /* 1.0 is no 1 */
        eql_buf_add_char(out, 'd');
        eql_buf_add(out, &v->u.d, sizeof v->u.d);
        return;
    }
    if (type == EQL_FIELD_IP && v->tag == EQL_STRING &&
        !is_canonical(eql_value_sv(v)))
        type = EQL_FIELD_ANY; /* as text */
    eql_hit_key_value(out, type, v);
}

/* --- making --- */

eql_keys *
eql_keys_new(const eql_program *p, eql_interp *it)
{
    eql_keys *k = calloc(1, sizeof *k);

    if (!k)
        return NULL;
    k->program = p;
    k->interp = it;
    k->seed = eql_hash_seed();
    k->keys = calloc(most_keys(p), sizeof *k->keys);
    k->missing = calloc((size_t)p->nkeys + 1, sizeof *k->missing);
    if (!k->keys || !k->missing) {
        eql_keys_free(k);
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
    eql_buf_free(&k->shown);
    eql_vec_free(&k->spans);
    free(k->missing);
    free(k->keys);
    free(k);
}

uint64_t
eql_keys_missing(const eql_keys *k, uint32_t key)
{
    return k->missing[key];
}

void
eql_keys_collect(eql_keys *to, eql_keys *from)
{
    for (uint32_t i = 0; i < to->program->nkeys; i++) {
        to->missing[i] += from->missing[i];
        from->missing[i] = 0;
    }
}

/* --- one event --- */

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

static eql_strview
spelling_of(const eql_keys *k, value_span s)
{
    return s.shown ? eql_sv(k->bytes.p + s.off + s.len, s.shown)
                   : bytes_of(k, s);
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

static void
add_spelling(eql_keys *k, value_span *s, eql_field_type type,
             const eql_value *v)
{
    size_t at = k->bytes.len;

    eql_key_spelling(type, v, &k->bytes);
    if (k->bytes.failed)
        return;
    s->shown = k->bytes.len - at;
    if (eql_sv_eq(bytes_of(k, *s), spelling_of(k, *s))) {
        s->shown = 0;
        k->bytes.len = at;
    }
}

/* Is the value compared as it is spelled?  May say no too often. */
static bool
is_spelled_so(const eql_dialect *d, eql_field_type type, const eql_value *v)
{
    switch (type) {
    case EQL_FIELD_NUMBER:
    case EQL_FIELD_BOOLEAN:
    case EQL_FIELD_DATE:
    case EQL_FIELD_IP: return false;
    default: return v->tag == EQL_STRING && !folds_keys(d);
    }
}

/* Adds v to the values of kv, unless it is there; it cannot be when it is the
 * key's only one.  Sets k->capped when it is too long. */
static void
add_value(eql_keys *k, key_values *kv, eql_field_type type, const eql_value *v,
          bool only)
{
    const eql_dialect *d = eql_program_dialect(k->program);
    value_span s = {.off = k->bytes.len};

    if (has_text(v) &&
        (v->len > EQL_MAX_KEY_VALUE || k->bytes.len > EQL_HIT_MAX_BYTES)) {
        k->capped = true;
        return;
    }
    eql_key_value(d, type, v, &k->bytes);
    if (k->bytes.failed)
        return;
    s.len = k->bytes.len - s.off;
    if (!only && !note_new(k, bytes_of(k, s))) {
        k->bytes.len = s.off;
        return;
    }
    if (!is_spelled_so(d, type, v))
        add_spelling(k, &s, type, v);
    if (eql_vec_push(&k->spans, &s, sizeof s) != EQL_NONE)
        kv->n++;
}

typedef struct {
    eql_keys *k;
    key_values *kv;
} collector;

/* One value of a key that is an expression. */
static bool
collect_value(void *ctx, const eql_value *v)
{
    collector *c = ctx;

    if (v->tag != EQL_NULL)
        add_value(c->k, c->kv, EQL_FIELD_ANY, v, false);
    return c->kv->n < MOST_VALUES;
}

static void
collect_slot(eql_keys *k, key_values *kv, uint32_t field, const eql_slot *slot)
{
    eql_field_type type = (eql_field_type)k->program->fields[field].type;

    for (uint32_t i = 0; i < slot->n && kv->n < MOST_VALUES; i++) {
        if (slot->v[i].tag != EQL_NULL)
            add_value(k, kv, type, &slot->v[i], slot->n == 1);
    }
}

/* Does a key without a value join as null? */
static bool
joins_null(const eql_keys *k, const eql_key *key)
{
    if (key->flags & EQL_KEY_OPTIONAL)
        return true;
    return eql_program_dialect(k->program)->null_keys == EQL_NULL_KEYS_JOIN;
}

/* Collects the values of one key; false when it has none and needs one. */
static bool
collect(eql_keys *k, key_values *kv, uint32_t key, const eql_event *ev)
{
    static const eql_value null = {.tag = EQL_NULL};
    const eql_key *def = &k->program->keys[key];
    collector c = {k, kv};

    *kv = (key_values){.first = k->spans.n};
    k->capped = false;
    next_round(k);
    if (def->field != EQL_NONE)
        collect_slot(k, kv, def->field, eql_event_slot(ev, def->field));
    else
        eql_interp_values(k->interp, def->leaf, collect_value, &c);
    if (kv->n > 0 || k->capped)
        return true;
    k->missing[key]++;
    if (!joins_null(k, def))
        return false;
    add_value(k, kv, EQL_FIELD_ANY, &null, true);
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
    bool shown = false;

    for (uint32_t i = 0; i < nkeys; i++) {
        len += chosen_span(k, i)->len + chosen_span(k, i)->shown;
        shown |= chosen_span(k, i)->shown > 0;
    }
    if (rec->len + len > EQL_HIT_MAX_BYTES)
        return false;
    k->tuple.len = 0;
    k->shown.len = 0;
    for (uint32_t i = 0; i < nkeys; i++) {
        eql_buf_add_sv(&k->tuple, bytes_of(k, *chosen_span(k, i)));
        if (shown)
            eql_buf_add_sv(&k->shown, spelling_of(k, *chosen_span(k, i)));
    }
    if (shown)
        eql_hit_tuple_add_shown(rec, entry, eql_buf_sv(&k->tuple),
                                eql_buf_sv(&k->shown));
    else
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
eql_keys_add(eql_keys *k, uint32_t stage, const eql_event *ev, eql_buf *rec,
             size_t entry, bool *capped)
{
    eql_range keys = k->program->stages[stage].keys;
    bool keyless = false;
    eql_keys_result res;

    k->bytes.len = 0;
    k->spans.n = 0;
    *capped = false;
    /* All of them, even when one is missing: each is counted. */
    for (uint32_t i = 0; i < keys.n; i++) {
        if (!collect(k, &k->keys[i], keys.first + i, ev))
            keyless = true;
        *capped = *capped || k->capped;
    }
    if (k->bytes.failed || k->spans.failed)
        return EQL_KEYS_NOMEM;
    if (keyless)
        return EQL_KEYS_KEYLESS;
    res = add_product(k, keys.n, rec, entry, capped);
    return k->tuple.failed || k->shown.failed || rec->failed ? EQL_KEYS_NOMEM
                                                             : res;
}
