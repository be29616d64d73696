/* lookup.c -- see lookup.h.
 *
 * At each object the next names are tried one, two, three ... at a time, as
 * one dotted key: `a.b` finds {"a":{"b":1}} as well as {"a.b":1}.  The first
 * spelling that leads to a value wins; longer paths cannot be met twice, so
 * the work is bounded by the number of splits of one path, which is capped. */
#include "io/json/lookup.h"

#include "base/buf.h"

/* Names of one path that are tried as one key. */
#define MAX_JOINED 16u

typedef struct {
    const eql_program *p;
    eql_range segs;
    uint32_t steps; /* keys looked for, long ones counting more */
} lookup;

/* For one path: a path of many names in an event that spells it in many ways
 * must not take for ever. */
#define MAX_STEPS 65536u

/* false: it has been enough. */
static bool
take_step(lookup *l, size_t key_len)
{
    if (l->steps >= MAX_STEPS)
        return false;
    l->steps += (uint32_t)(1 + key_len / 64);
    return true;
}

static const json_t *follow(lookup *l, const json_t *v, uint32_t at);

static const eql_field_seg *
seg_at(const lookup *l, uint32_t at)
{
    return &l->p->segs[l->segs.first + at];
}

static const json_t *
follow_index(lookup *l, const json_t *v, uint32_t at)
{
    uint32_t index = seg_at(l, at)->index;

    if (json_is_array(v))
        v = json_array_get(v, index);
    else if (index > 0)
        v = NULL;
    return v ? follow(l, v, at + 1) : NULL;
}

/* Goes into the object by the names at .. at + n - 1 as one key. */
static const json_t *
follow_key(lookup *l, const json_t *v, eql_strview key, uint32_t next)
{
    const json_t *child = json_object_getn(v, key.p, key.len);

    return child && !json_is_null(child) ? follow(l, child, next) : NULL;
}

static const json_t *
follow_names(lookup *l, const json_t *v, uint32_t at)
{
    eql_buf key = {0};
    const json_t *x = NULL;
    uint32_t n = 0;

    while (!x && at + n < l->segs.n && n < MAX_JOINED &&
           !(seg_at(l, at + n)->flags & EQL_SEG_INDEX)) {
        if (n > 0)
            eql_buf_add_char(&key, '.');
        eql_buf_add_sv(&key, eql_program_str(l->p, seg_at(l, at + n)->name));
        n++;
        if (key.failed || !take_step(l, key.len))
            break;
        x = follow_key(l, v, eql_buf_sv(&key), at + n);
    }
    eql_buf_free(&key);
    return x;
}

/* A quoted name with dots that is no key itself: as a dotted path. */
static const json_t *
follow_dotted(lookup *l, const json_t *v, uint32_t at)
{
    eql_strview name = eql_program_str(l->p, seg_at(l, at)->name);

    while (name.len > 0 && json_is_object(v)) {
        const char *dot = memchr(name.p, '.', name.len);
        size_t n = dot ? (size_t)(dot - name.p) : name.len;

        if (!take_step(l, n))
            return NULL;
        v = json_object_getn(v, name.p, n);
        if (!dot)
            return v ? follow(l, v, at + 1) : NULL;
        name = eql_sv(dot + 1, name.len - n - 1);
    }
    return NULL;
}

/* Depth is bounded by the number of segments. */
static const json_t *
follow(lookup *l, const json_t *v, uint32_t at)
{
    const json_t *x;

    if (at == l->segs.n)
        return v;
    if (seg_at(l, at)->flags & EQL_SEG_INDEX)
        return follow_index(l, v, at);
    if (!json_is_object(v))
        return NULL;
    x = follow_names(l, v, at);
    if (!x && seg_at(l, at)->flags & EQL_SEG_QUOTED)
        x = follow_dotted(l, v, at);
    return x;
}

const json_t *
eql_lookup(const eql_program *p, eql_range segs, const json_t *v,
           uint32_t *steps)
{
    lookup l = {p, segs, 0};
    const json_t *x = follow(&l, v, 0);

    *steps += l.steps + 1;
    return x;
}
