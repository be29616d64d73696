/* set.c -- hashed sets of literals, one map per way of being equal.
 *
 * An element is entered under every form in which a value of the event may
 * equal it: itself, as text and as a number.  `in~` folds strings against
 * strings only; other pairs compare as with `in` (language 5.5). */
#include "vm/eval/set.h"

/* Equal numbers have equal keys: integers, also as doubles, by their int64. */
typedef struct {
    uint64_t is_double;
    uint64_t bits;
} number_key;

static number_key
make_number_key(const eql_value *v)
{
    number_key key = {0, 0};
    double d = v->u.d;

    if (v->tag == EQL_INT) {
        key.bits = (uint64_t)v->u.i;
        return key;
    }
    if (v->tag == EQL_INT)
        d = (double)v->u.i;
    /* -2^63 .. 2^63 - 1: within it the conversion is defined. */
    if (d >= -0x1p63 && d < 0x1p63 && (double)(int64_t)d == d) {
        key.bits = (uint64_t)(int64_t)d;
        return key;
    }
    key.is_double = 1;
    memcpy(&key.bits, &d, sizeof d);
    return key;
}

static bool
put(eql_map **map, const void *key, size_t len)
{
    if (!*map)
        *map = eql_map_new();
    return *map && eql_map_put(*map, key, len, 0);
}

static bool
has(const eql_map *map, const void *key, size_t len)
{
    return map && eql_map_get(map, key, len) != EQL_NONE;
}

/* Puts the text in the form in which it is looked up. */
static bool
put_text(eql_map **map, eql_case c, eql_strview s)
{
    eql_buf b = {0};
    bool ok;

    if (c == EQL_CASE_EXACT)
        return put(map, s.p, s.len);
    eql_case_fold(c, &b, s);
    ok = !b.failed && put(map, eql_buf_sv(&b).p, b.len);
    eql_buf_free(&b);
    return ok;
}

/* What a string of the rule may equal besides a string of the event. */
static bool
put_coerced_string(eql_set *set, const eql_literal *k)
{
    eql_strview text = eql_literal_text(k);
    number_key key;

    if (!set->how.coerce)
        return true;
    set->has_true |= eql_case_equal(set->how.strings, text, eql_sv("true", 4));
    set->has_false |=
        eql_case_equal(set->how.strings, text, eql_sv("false", 5));
    if (!k->has_number)
        return true;
    key = make_number_key(&k->number);
    return put(&set->numbers, &key, sizeof key);
}

/* Numbers and booleans equal strings of the event by their text. */
static bool
put_coerced_text(eql_set *set, const eql_literal *k)
{
    return !set->how.coerce ||
           put_text(&set->texts, set->how.strings, eql_literal_text(k));
}

bool
eql_set_add(eql_set *set, const eql_literal *k)
{
    number_key key;

    switch (k->v.tag) {
    case EQL_NULL: return true;
    case EQL_BOOL:
        set->has_true |= k->v.u.b;
        set->has_false |= !k->v.u.b;
        return put_coerced_text(set, k);
    case EQL_INT:
    case EQL_FLOAT:
        key = make_number_key(&k->v);
        return put(&set->numbers, &key, sizeof key) && put_coerced_text(set, k);
    case EQL_STRING:
        return put_text(&set->strings, set->strings_case,
                        eql_literal_text(k)) &&
               put_coerced_string(set, k);
    case EQL_ARRAY:
    case EQL_OBJECT: break; /* no literal has one */
    }
    return true;
}

void
eql_set_free(eql_set *set)
{
    eql_map_free(set->strings);
    eql_map_free(set->texts);
    eql_map_free(set->numbers);
    *set = (eql_set){0};
}

static bool
has_text(const eql_map *map, eql_case c, eql_strview s, eql_folded *folded)
{
    if (!map)
        return false;
    if (c != EQL_CASE_EXACT)
        s = eql_folded_get(folded, c, s);
    return has(map, s.p, s.len);
}

static bool
has_string(const eql_set *set, eql_strview s, eql_folded *folded)
{
    return has_text(set->texts, set->how.strings, s, folded) ||
           has_text(set->strings, set->strings_case, s, folded);
}

bool
eql_set_has(const eql_set *set, const eql_value *x, eql_folded *folded)
{
    number_key key;

    switch (x->tag) {
    case EQL_NULL: return false;
    case EQL_BOOL: return x->u.b ? set->has_true : set->has_false;
    case EQL_INT:
    case EQL_FLOAT:
        key = make_number_key(x);
        return has(set->numbers, &key, sizeof key);
    case EQL_STRING: return has_string(set, eql_value_sv(x), folded);
    case EQL_ARRAY:
    case EQL_OBJECT: break;
    }
    return false;
}
