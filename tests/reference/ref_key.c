/* ref_key.c -- see ref_key.h. */
#include "tests/reference/ref_key.h"

#include <stdlib.h>
#include <string.h>

#include "tests/reference/ref_filter.h"

#define MAX_TUPLES 1024u

bool
ref_in_category(const ref_env *env, const ref_filter *filter)
{
    ref_values v;

    if (filter->any)
        return true;
    v = ref_name_values(env->pool, env->event, env->flags->category);
    for (size_t i = 0; i < v.n; i++)
        if (v.items[i].tag == REF_STR &&
            ref_str_eq(v.items[i].str, filter->category))
            return true;
    return false;
}

bool
ref_selects(const ref_env *env, const ref_filter *filter)
{
    return ref_in_category(env, filter) && ref_holds(env, filter->condition);
}

/* --- values as texts --- */

static void
put_hex(ref_text *t, ref_str s)
{
    for (size_t i = 0; i < s.n; i++)
        ref_putf(t, "%02x", (unsigned char)s.p[i]);
}

static void
put_number(ref_text *t, ref_num n)
{
    if (!n.is_int && n.d >= -0x1p63 && n.d < 0x1p63 &&
        n.d == (double)(int64_t)n.d)
        n = (ref_num){.is_int = true, .i = (int64_t)n.d};
    if (n.is_int)
        ref_putf(t, "n%lld", (long long)n.i);
    else
        ref_putf(t, "n%.17g", n.d);
}

/* A list that is one value: its elements' texts. */
static void
put_list(const ref_env *env, ref_text *t, const json_t *list)
{
    ref_put(t, "[");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);

        if (json_is_array(v))
            put_list(env, t, v);
        else if (json_is_object(v))
            *env->refused = "an object in a key";
        else
            ref_put(t, ref_key_text(env, ref_scalar(v)));
        ref_put(t, ",");
    }
    ref_put(t, "]");
}

char *
ref_key_text(const ref_env *env, ref_value v)
{
    ref_text t = {.pool = env->pool};
    ref_addr addr;

    switch (v.tag) {
    case REF_NULL: ref_put(&t, "-"); break;
    case REF_BOOL: ref_put(&t, v.b ? "b1" : "b0"); break;
    case REF_NUM: put_number(&t, v.num); break;
    case REF_LIST: put_list(env, &t, v.node); break;
    case REF_STR:
        if (v.type == REF_TYPE_IP && ref_parse_addr(v.str, &addr)) {
            ref_put(&t, "a");
            put_hex(&t, (ref_str){(char *)addr.b, sizeof addr.b});
            break;
        }
        ref_put(&t, "s");
        put_hex(&t, env->flags->key_fold
                        ? ref_fold_str(env->pool, v.str, ref_case_of(env, true))
                        : v.str);
        break;
    }
    return ref_text_cstr(&t);
}

json_t *
ref_value_json(ref_value v, bool spelled)
{
    if (v.node && (spelled || v.type == REF_UNTYPED))
        return json_deep_copy(v.node);
    switch (v.tag) {
    case REF_BOOL: return json_boolean(v.b);
    case REF_NUM:
        return v.num.is_int ? json_integer(v.num.i) : json_real(v.num.d);
    case REF_STR: return json_stringn(v.str.p, v.str.n);
    case REF_NULL:
    case REF_LIST: break;
    }
    return json_null();
}

static json_t *
with_whole_numbers(const json_t *v)
{
    json_t *out = json_deep_copy(v);
    double d = json_real_value(v);
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_real(v) && d >= -0x1p63 && d < 0x1p63 &&
        d == (double)(int64_t)d) {
        json_decref(out);
        return json_integer((int64_t)d);
    }
    json_array_foreach(out, i, item)
        json_array_set_new(out, i, with_whole_numbers(item));
    json_object_foreach(out, key, item)
        json_object_set_new(out, key, with_whole_numbers(item));
    return out;
}

char *
ref_json_text(ref_pool *pool, const json_t *v)
{
    json_t *whole = with_whole_numbers(v);
    char *text =
        json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    char *copy = ref_printf(pool, "%s", text ? text : "?");

    json_decref(whole);
    free(text);
    return copy;
}

char *
ref_shown_keys(ref_pool *pool, const ref_key *key)
{
    json_t *list = json_array();
    char *text = NULL;

    for (size_t i = 0; key && i < key->n; i++)
        json_array_append_new(list, ref_value_json(key->values[i], true));
    if (key && key->n)
        text = ref_json_text(pool, list);
    json_decref(list);
    return text;
}

/* --- tuples --- */

/* Distinct values of one key in first-seen order; null where it may be one. */
static ref_values
values_of(const ref_env *env, const ref_node *key)
{
    ref_values all = ref_expression_values(env, key), out = {0};
    bool null_joins = env->flags->null_join ||
                      (key->kind == REF_N_FIELD && key->path.optional);

    out.items = ref_alloc(env->pool, (all.n + 1) * sizeof *out.items);
    for (size_t i = 0; i < all.n; i++) {
        bool seen = all.items[i].tag == REF_NULL;

        for (size_t k = 0; !seen && k < out.n; k++)
            seen = strcmp(ref_key_text(env, out.items[k]),
                          ref_key_text(env, all.items[i])) == 0;
        if (!seen)
            out.items[out.n++] = all.items[i];
    }
    if (out.n == 0 && null_joins)
        out.items[out.n++] = ref_null();
    return out;
}

/* Every tuple so far with every value of one more key. */
static void
multiply(const ref_env *env, ref_keys *keys, const ref_node *by)
{
    ref_values values = values_of(env, by);
    ref_keys out = {0};

    out.keys =
        ref_alloc(env->pool, (keys->n * values.n + 1) * sizeof *out.keys);
    for (size_t i = 0; i < keys->n; i++)
        for (size_t k = 0; k < values.n; k++) {
            const ref_key *old = &keys->keys[i];
            ref_key *to = &out.keys[out.n++];

            to->text = ref_printf(env->pool, "%s|%s", old->text,
                                  ref_key_text(env, values.items[k]));
            to->n = old->n + 1;
            to->values = ref_alloc(env->pool, to->n * sizeof *to->values);
            if (old->n)
                memcpy(to->values, old->values, old->n * sizeof *to->values);
            to->values[old->n] = values.items[k];
        }
    *keys = out;
}

ref_keys
ref_event_keys(const ref_env *env, const ref_nodes *shared,
               const ref_nodes *own)
{
    ref_keys keys = {ref_alloc(env->pool, sizeof(ref_key)), 1};

    keys.keys[0].text = ref_printf(env->pool, "k");
    for (size_t i = 0; i < shared->n; i++)
        multiply(env, &keys, shared->items[i]);
    for (size_t i = 0; i < own->n; i++)
        multiply(env, &keys, own->items[i]);
    if (keys.n > MAX_TUPLES)
        *env->refused = "more key tuples than the cap";
    return keys;
}
