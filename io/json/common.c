/* common.c -- see common.h.
 *
 * Functions call themselves as deep as an event is nested, which the reader
 * bounds.  Opened names add to that, so only those of the outer levels are
 * opened: at most MOST_OPENED * (MOST_DOTS + 1) levels more. */
#include "io/json/common.h"

#include <stdlib.h>

#include "base/text.h"
#include "io/json/json.h"

#define MOST_DOTS 32u   /* a name with more stays as it is .. */
#define MOST_OPENED 64u /* .. and so do those below this level */

struct eql_common {
    json_t *all; /* NULL: no event yet */
    eql_buf scratch;
};

eql_common *
eql_common_new(void)
{
    return calloc(1, sizeof(eql_common));
}

void
eql_common_reset(eql_common *c)
{
    json_decref(c->all);
    c->all = NULL;
}

void
eql_common_free(eql_common *c)
{
    if (!c)
        return;
    eql_common_reset(c);
    eql_buf_free(&c->scratch);
    free(c);
}

/* --- nested form --- */

/* The first dot of a name whose parts are not empty; NULL: it has none. */
static const char *
first_dot(const char *name, size_t len)
{
    const char *dot = memchr(name, '.', len);
    size_t dots = 0;

    for (size_t i = 0; i < len; i++) {
        if (name[i] != '.')
            continue;
        if (++dots > MOST_DOTS || i == 0 || i + 1 == len || name[i + 1] == '.')
            return NULL;
    }
    return dot;
}

/* Adds v to what is there, {"a":{"b":1},"a.b":2}: both are values.  Takes v;
 * NULL: out of memory. */
static json_t *
both(const json_t *there, json_t *v)
{
    json_t *out = json_array();
    bool ok = out && v;

    if (ok)
        ok = (json_is_array(there)
                  ? json_array_extend(out, (json_t *)(uintptr_t)there)
                  : json_array_append(out, (json_t *)(uintptr_t)there)) == 0;
    if (ok)
        ok = (json_is_array(v) ? json_array_extend(out, v)
                               : json_array_append(out, v)) == 0;
    json_decref(v);
    if (!ok) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static bool put(json_t *object, const char *name, size_t len, json_t *v,
                unsigned level);

/* Puts the members of one object into another, which is there already. */
static bool
put_members(json_t *object, const json_t *from, unsigned level)
{
    bool ok = true;
    void *it;

    for (it = json_object_iter((json_t *)(uintptr_t)from); ok && it;
         it = json_object_iter_next((json_t *)(uintptr_t)from, it))
        ok = put(object, json_object_iter_key(it), json_object_iter_key_len(it),
                 json_incref(json_object_iter_value(it)), level);
    return ok;
}

/* Takes v. */
static bool
put_plain(json_t *object, const char *name, size_t len, json_t *v,
          unsigned level)
{
    json_t *there = json_object_getn(object, name, len);
    bool ok;

    if (json_is_object(there) && json_is_object(v)) {
        ok = put_members(there, v, level + 1);
        json_decref(v);
        return ok;
    }
    if (there)
        v = both(there, v);
    return v && json_object_setn_new(object, name, len, v) == 0;
}

/* Puts v under a name that may be dotted; where a value is in the way, the name
 * stays so.  Takes v; objects in it are nested already.  level: of the object.
 * false: memory. */
static bool
put(json_t *object, const char *name, size_t len, json_t *v, unsigned level)
{
    const char *dot = level < MOST_OPENED ? first_dot(name, len) : NULL;
    size_t head = dot ? (size_t)(dot - name) : len;
    json_t *there = dot ? json_object_getn(object, name, head) : NULL;

    if (dot && !there) {
        there = json_object();
        if (json_object_setn_new(object, name, head, there) != 0) {
            json_decref(v);
            return false;
        }
    }
    if (json_is_object(there))
        return put(there, dot + 1, len - head - 1, v, level + 1);
    return put_plain(object, name, len, v, level);
}

/* A copy without dotted names; objects inside of lists stay as they are.  NULL:
 * out of memory. */
static json_t *
nested(const json_t *v, unsigned level)
{
    json_t *out;
    void *it;

    if (!json_is_object(v))
        return json_incref((json_t *)(uintptr_t)v);
    out = json_object();
    for (it = json_object_iter((json_t *)(uintptr_t)v); out && it;
         it = json_object_iter_next((json_t *)(uintptr_t)v, it)) {
        json_t *member = nested(json_object_iter_value(it), level + 1);

        if (!member || !put(out, json_object_iter_key(it),
                            json_object_iter_key_len(it), member, level)) {
            json_decref(out);
            out = NULL;
        }
    }
    return out;
}

/* --- what two have in common --- */

#define MOST_VALUES 100u /* of a list, that are looked at one by one */

static bool
holds(const json_t *list, const json_t *v)
{
    if (!json_is_array(list))
        return json_equal(list, v);
    for (size_t i = 0; i < json_array_size(list) && i < MOST_VALUES; i++)
        if (json_equal(json_array_get(list, i), v))
            return true;
    return false;
}

/* Values of a that b has, too; NULL: out of memory. */
static json_t *
common_values(json_t *a, const json_t *b)
{
    size_t n = json_is_array(a) ? json_array_size(a) : 1;
    json_t *out = json_array();

    for (size_t i = 0; out && i < n && i < MOST_VALUES; i++) {
        json_t *v = json_is_array(a) ? json_array_get(a, i) : a;

        if (!json_is_object(v) && !json_is_array(v) && holds(b, v) &&
            json_array_append(out, v) != 0) {
            json_decref(out);
            out = NULL;
        }
    }
    return out;
}

static bool meet(json_t *a, const json_t *b);

/* What a member of a becomes beside b; NULL: nothing.  *ok: memory. */
static json_t *
meet_values(json_t *a, const json_t *b, bool *ok)
{
    json_t *out;

    if (json_equal(a, b))
        return json_incref(a);
    if (json_is_object(a) && json_is_object(b)) {
        *ok = meet(a, b);
        return json_object_size(a) > 0 ? json_incref(a) : NULL;
    }
    if (!json_is_array(a) && !json_is_array(b))
        return NULL;
    out = common_values(a, b);
    *ok = out != NULL;
    if (json_array_size(out) > 0)
        return out;
    json_decref(out);
    return NULL;
}

/* Takes out of object a what b has not.  false: out of memory. */
static bool
meet(json_t *a, const json_t *b)
{
    json_t *kept = json_object();
    bool ok = kept != NULL;
    void *it;

    for (it = json_object_iter(a); ok && it;
         it = json_object_iter_next(a, it)) {
        const char *name = json_object_iter_key(it);
        size_t len = json_object_iter_key_len(it);
        json_t *other = json_object_getn(b, name, len), *v = NULL;

        if (other)
            v = meet_values(json_object_iter_value(it), other, &ok);
        if (ok && v)
            ok = json_object_setn_new(kept, name, len, v) == 0;
    }
    ok = ok && json_object_clear(a) == 0 && json_object_update(a, kept) == 0;
    json_decref(kept);
    return ok;
}

bool
eql_common_add(eql_common *c, eql_strview json)
{
    eql_json_findings v = {.reason = EQL_REJECT_COUNT};
    json_t *event = eql_json_read(json, EQL_JSON_MAX_DEPTH, &c->scratch, &v);
    json_t *flat;
    bool ok;

    if (!event && v.reason == EQL_REJECT_COUNT)
        return false;
    flat = event ? nested(event, 0) : json_object();
    json_decref(event);
    if (!c->all) {
        c->all = flat;
        return flat != NULL;
    }
    ok = flat && meet(c->all, flat);
    json_decref(flat);
    return ok;
}

/* --- asking --- */

/* The object that holds the last name of a path, and that name; NULL: none. */
static json_t *
holder(json_t *object, const char **path, size_t *len)
{
    const char *dot;

    while (json_is_object(object) && (dot = first_dot(*path, *len))) {
        json_t *there = json_object_getn(object, *path, (size_t)(dot - *path));

        if (!json_is_object(there))
            break; /* then the name may have stayed dotted */
        *len -= (size_t)(dot - *path) + 1;
        *path = dot + 1;
        object = there;
    }
    return json_is_object(object) ? object : NULL;
}

static json_t *
find(const eql_common *c, eql_strview path)
{
    json_t *object = holder(c->all, &path.p, &path.len);

    return object ? json_object_getn(object, path.p, path.len) : NULL;
}

bool
eql_common_has(const eql_common *c, eql_strview path)
{
    return find(c, path) != NULL;
}

bool
eql_common_value(const eql_common *c, const char *path, eql_buf *out)
{
    const json_t *v = find(c, eql_sv_cstr(path));

    if (v)
        eql_json_print(v, out);
    return v != NULL;
}

void
eql_common_drop(eql_common *c, const char *path)
{
    size_t len = strlen(path);
    json_t *object = holder(c->all, &path, &len);

    if (object)
        json_object_deln(object, path, len);
}

void
eql_common_print(const eql_common *c, eql_buf *out)
{
    void *it;

    for (it = json_object_iter(c->all); it;
         it = json_object_iter_next(c->all, it)) {
        eql_buf_add_char(out, ',');
        eql_buf_add_json(out, eql_sv(json_object_iter_key(it),
                                     json_object_iter_key_len(it)));
        eql_buf_add_char(out, ':');
        eql_json_print(json_object_iter_value(it), out);
    }
}
