/* shape_learn.c -- transitions from a line that was walked; see shape.h.
 *
 * What a transition does is what the walk (walk.c) does between the same two
 * values, whatever came before; what depends on that -- a name met twice, an
 * event to be unwrapped -- is asked when the transition is followed. */
#include "base/hash.h"
#include "io/fast/shape_int.h"

/* After an event was unwrapped, nothing around it counts. */
#define OUTER (EQL_NONE - 1)

/* A transition in the line, and the value behind it. */
typedef struct {
    uint32_t from, to; /* of the transition */
    uint32_t end;      /* of the value */
    uint32_t key, key_len;
    uint32_t closed; /* objects, before the key */
    uint32_t kind;   /* as eql_transition's */
} piece;

/* What it leads to. */
typedef struct {
    eql_transition transition;
    eql_transition_more more;
} draft;

/* --- cutting the line --- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The key before the colon at `colon`, and the kind of what follows. */
static bool
cut_key(const eql_scan_line *line, uint32_t colon, piece *x)
{
    const char *b = line->text.p;
    uint32_t close = colon, to = colon + 1, len = (uint32_t)line->text.len;

    while (close > x->from && is_space(b[close - 1]))
        close--;
    if (close-- <= x->from + 1 || b[close] != '"')
        return false;
    x->key = close;
    while (x->key > x->from && b[x->key - 1] != '"')
        x->key--;
    x->key_len = close - x->key;
    while (to < len && is_space(b[to]))
        to++;
    x->kind = b[to] == '"'   ? EQL_SHAPE_STRING
              : b[to] == '{' ? EQL_SHAPE_OBJECT
                             : EQL_SHAPE_VALUE;
    x->to = to + (x->kind != EQL_SHAPE_VALUE);
    return to < len && x->key > x->from;
}

/* The transition from `from` on, up to whose key there are structural bytes
 * from *i on; false: what follows is nothing that transitions lead to. */
static bool
cut(const eql_scan_line *line, uint32_t *i, uint32_t from, piece *x)
{
    const char *b = line->text.p, *end = b + line->text.len, *to;

    *x = (piece){.from = from};
    for (; *i < line->n && b[line->at[*i]] == '}'; ++*i)
        x->closed++;
    if (*i == line->n) {
        x->kind = EQL_SHAPE_END;
        x->to = x->end = (uint32_t)line->text.len;
        return true;
    }
    if (b[line->at[*i]] != ':' || !cut_key(line, line->at[*i], x))
        return false;
    ++*i;
    if (x->kind == EQL_SHAPE_OBJECT) {
        ++*i;
        x->end = x->to;
        return true;
    }
    if (x->kind == EQL_SHAPE_STRING) {
        to = memchr(b + x->to, '"', (size_t)(end - b) - x->to);
        if (!to)
            return false;
        to = b + x->to +
             eql_shape_string(b + x->to, (size_t)(to - b) - x->to, end) + 1;
    } else {
        size_t left = (size_t)(end - b) - x->to;
        size_t n = b[x->to] == '['
                       ? eql_walk_nested(b + x->to, left, EQL_WALK_MAX_DEPTH)
                       : eql_walk_scalar(b + x->to, left);

        to = n ? b + x->to + n : NULL;
        while (n && *i < line->n && line->at[*i] < x->to + n)
            ++*i;
    }
    x->end = to ? (uint32_t)(to - b) : 0;
    return to && to <= end;
}

/* --- objects --- */

static const eql_shape_object *
object_at(const eql_shapes *t, uint32_t i)
{
    return (const eql_shape_object *)t->objects.items + i;
}

/* The object that is told from others by its parent and a name; EQL_NONE: all
 * was forgotten for want of room. */
static uint32_t
intern(eql_shapes *t, uint32_t name, eql_shape_object p)
{
    uint32_t key[2] = {p.parent, name};
    uint32_t i = eql_map_get(t->known, (const char *)key, sizeof key);

    if (i != EQL_NONE)
        return i;
    p.depth = p.parent == EQL_NONE ? 1 : object_at(t, p.parent)->depth + 1;
    if (t->objects.n < EQL_SHAPE_MAX_OBJECTS) {
        i = eql_vec_push(&t->objects, &p, sizeof p);
        if (i != EQL_NONE &&
            eql_map_put(t->known, (const char *)key, sizeof key, i))
            return i;
    }
    eql_shape_flush(t);
    return EQL_NONE;
}

/* The object at a key of that one. */
static uint32_t
enter(eql_shapes *t, uint32_t at, uint32_t name, bool unwrapped)
{
    eql_shape_object p = {.parent = at, .node = EQL_NONE, .span = EQL_NONE};
    const eql_names_node *n;

    p.wrapped = object_at(t, at)->wrapped;
    if (unwrapped) {
        p = (eql_shape_object){
            .parent = EQL_NONE, .node = OUTER, .span = EQL_NONE};
        p.parent = intern(t, OUTER, p);
        if (p.parent == EQL_NONE)
            return EQL_NONE;
        p.node = 0;
        p.wrapped = true;
        return intern(t, 0, p);
    }
    if (name != EQL_NONE) {
        n = eql_names_at(t->names, name);
        p.node = n->first != EQL_NONE ? name : EQL_NONE;
        p.span = n->whole ? n->path : EQL_NONE;
    }
    return intern(t, name, p);
}

/* --- what a transition does --- */

static bool
add_op(eql_shapes *t, eql_transition_more *m, eql_shape_op_kind kind,
       uint32_t path, uint32_t at)
{
    eql_shape_op op = {path, (uint16_t)at, (uint16_t)kind};
    uint32_t i = eql_vec_push(&t->ops, &op, sizeof op);

    if (m->nops++ == 0)
        m->op = i;
    return i != EQL_NONE;
}

/* Is there neither white space nor a telling name (json.c) in the transition?
 * Keys are without escapes (walk.c). */
static bool
is_plain(const char *p, size_t len)
{
    static const char *const names[] = {"\"_source\"", "\"EventID\"",
                                        "\"beat\""};

    for (size_t i = 0; i < len; i++)
        if (is_space(p[i]))
            return false;
    for (size_t i = 0; i < EQL_COUNTOF(names); i++)
        if (memmem(p, len, names[i], strlen(names[i])))
            return false;
    return true;
}

/* Objects that end in the transition, from *at outwards; false: out of
 * memory. */
static bool
close_objects(eql_shapes *t, const char *b, const piece *x, uint32_t *at,
              eql_transition_more *m)
{
    uint32_t left = x->closed;

    for (uint32_t i = x->from; left > 0; i++) {
        if (b[i] != '}')
            continue;
        if (object_at(t, *at)->span != EQL_NONE &&
            !add_op(t, m, EQL_SHAPE_CLOSE, object_at(t, *at)->span,
                    i + 1 - x->from))
            return false;
        *at = object_at(t, *at)->parent;
        if (*at == EQL_NONE)
            return left == 1 && x->kind == EQL_SHAPE_END;
        left--;
    }
    return x->kind != EQL_SHAPE_END;
}

/* Paths of which only the first name is known. */
static bool
add_deferred(eql_shapes *t, const char *key, uint32_t len,
             eql_transition_more *m)
{
    const char *dot = len ? memchr(key, '.', len) : NULL;
    uint32_t name =
        eql_names_find(t->names, 0, key, dot ? (uint32_t)(dot - key) : len);
    const eql_names_node *n;

    if (name == EQL_NONE)
        return true;
    n = eql_names_at(t->names, name);
    for (uint32_t i = 0; i < n->ndeferred; i++)
        if (!add_op(t, m, EQL_SHAPE_DEFERRED,
                    t->names->deferred[n->deferred + i], 0))
            return false;
    return true;
}

/* What stands at a key that has a name. */
static bool
add_name(eql_shapes *t, const piece *x, uint32_t name, bool unwrapped, draft *d)
{
    const eql_names_node *n = eql_names_at(t->names, name);

    d->transition.name = name;
    if (unwrapped)
        return add_op(t, &d->more, EQL_SHAPE_UNWRAP, 0, 0);
    if (n->special && !add_op(t, &d->more, EQL_SHAPE_SPECIAL, n->special, 0))
        return false;
    if (x->kind == EQL_SHAPE_OBJECT)
        return !n->whole || add_op(t, &d->more, EQL_SHAPE_SPAN, n->path,
                                   x->to - 1 - x->from);
    if (n->path != EQL_NONE) {
        d->transition.path = n->path;
        d->transition.wanted = 1;
    }
    return true;
}

/* What the transition does at that place, and where it leads.  false: it
 * is not to be known. */
static bool
compile(eql_shapes *t, const char *b, const piece *x, uint32_t place, draft *d)
{
    uint32_t at = place / 2, name = EQL_NONE;
    const eql_shape_object *p;
    const eql_names_node *n;
    bool unwrapped;

    d->transition.from = (uint16_t)place;
    if (!close_objects(t, b, x, &at, &d->more) ||
        (!is_plain(b + x->from, d->transition.len) &&
         !add_op(t, &d->more, EQL_SHAPE_NOT_PLAIN, 0, 0)))
        return false;
    if (x->kind == EQL_SHAPE_END)
        return true;
    p = object_at(t, at);
    if (p->node == OUTER && x->key_len == 7 &&
        memcmp(b + x->key, "_source", 7) == 0)
        return false;
    /* There an array would be too deep. */
    if (x->kind == EQL_SHAPE_VALUE && p->depth >= t->max_depth)
        return false;
    if (p->node == 0 && t->names->ndeferred > t->names->always &&
        !add_deferred(t, b + x->key, x->key_len, &d->more))
        return false;
    if (p->node != EQL_NONE && p->node != OUTER)
        name = eql_names_find(t->names, p->node, b + x->key, x->key_len);
    n = name != EQL_NONE ? eql_names_at(t->names, name) : NULL;
    unwrapped = n && x->kind == EQL_SHAPE_OBJECT &&
                n->special & EQL_NAMES_SOURCE && !p->wrapped;
    if (n && !add_name(t, x, name, unwrapped, d))
        return false;
    if (x->kind == EQL_SHAPE_OBJECT)
        at = enter(t, at, name, unwrapped);
    d->transition.to = (uint16_t)(2 * at + (x->kind == EQL_SHAPE_OBJECT));
    return at != EQL_NONE;
}

/* --- learning --- */

/* Bytes that its place in the table depends on. */
static uint32_t
hash_of(uint32_t place, const char *p, const char *end)
{
    size_t left = (size_t)(end - p);
    size_t n = left < EQL_TRANSITION_TEXT ? left : EQL_TRANSITION_TEXT;
    const char *colon = memchr(p, ':', n);

    n = colon ? (size_t)(colon - p) + 1 : n;
    return eql_shape_hash(place, p, (uint32_t)n);
}

static bool
is_known(const eql_shapes *t, const eql_transition *e, const char *p,
         const draft *d)
{
    uint32_t len = d->transition.len;

    return e->from == d->transition.from && e->len == len &&
           e->kind % EQL_SHAPE_RARE == d->transition.kind % EQL_SHAPE_RARE &&
           memcmp(e->text, d->transition.text, EQL_TRANSITION_TEXT) == 0 &&
           (len <= EQL_TRANSITION_TEXT ||
            eql_shape_same_tail(t, e, p, p + len));
}

/* The place in the table for the transition, or where it is already (*known);
 * NULL: there is no room. */
static uint16_t *
slot_of(eql_shapes *t, uint32_t h, const char *p, const draft *d, bool *known)
{
    *known = false;
    for (uint32_t i = 0; i < EQL_SHAPE_PROBES; i++) {
        uint16_t *slot = &t->table[(h + i) % EQL_SHAPE_PLACES];

        if (*slot == 0)
            return slot;
        *known = is_known(t, &t->transitions[*slot - 1], p, d);
        if (*known)
            return slot;
    }
    return NULL;
}

/* Was a transition with this hash met before?  Keys that never come again are
 * not worth the room.  Turns are not those of one set, lest the transitions of
 * one line push each other out for ever. */
static bool
was_met(eql_shapes *t, uint32_t h, const draft *d)
{
    uint64_t x = eql_hash64(h, d->transition.text, EQL_TRANSITION_TEXT);
    uint32_t tag = (uint32_t)(x >> 32) ^ (h | 1u << 31) ^ d->transition.len;
    uint32_t *set =
        &t->met[h % (EQL_SHAPE_MET / EQL_SHAPE_MET_SET) * EQL_SHAPE_MET_SET];

    for (uint32_t i = 0; i < EQL_SHAPE_MET_SET; i++)
        if (set[i] == tag)
            return true;
    set[t->turn++ % EQL_SHAPE_MET_SET] = tag;
    return false;
}

/* Adds the transition; false: all was forgotten for want of room, or out of
 * memory.
 */
static bool
add_step(eql_shapes *t, uint16_t *slot, const char *p, draft *d)
{
    eql_transition *e = &t->transitions[t->ntransitions];

    if (t->ntransitions == EQL_SHAPE_MAX_TRANSITIONS ||
        t->refused == EQL_SHAPE_REFUSED) {
        eql_shape_flush(t);
        return false;
    }
    if (d->transition.len > EQL_TRANSITION_TEXT) {
        d->more.tail = (uint32_t)t->text.len;
        eql_buf_add(&t->text, p + EQL_TRANSITION_TEXT,
                    d->transition.len - EQL_TRANSITION_TEXT);
        if (t->text.failed)
            return false;
    }
    if (d->more.nops > 0 || d->transition.len > EQL_TRANSITION_TEXT)
        d->transition.kind += EQL_SHAPE_RARE;
    d->transition.next = &t->none;
    *e = d->transition;
    t->more[t->ntransitions++] = d->more;
    *slot = (uint16_t)t->ntransitions;
    t->n->transitions++;
    return true;
}

/* Learns a transition, and goes it: *place is where it leads.  false:
 * enough. */
static bool
learn(eql_shapes *t, const eql_scan_line *line, const piece *x, uint32_t *place)
{
    const char *p = line->text.p + x->from;
    uint32_t len = x->to - x->from, ops = t->ops.n, h;
    uint32_t n = len < EQL_TRANSITION_TEXT ? len : EQL_TRANSITION_TEXT;
    draft d = {.transition = {.len = (uint16_t)len, .kind = (uint8_t)x->kind}};
    uint16_t *slot;
    bool known, ok;

    if (len > EQL_SHAPE_MAX_TEXT || !compile(t, line->text.p, x, *place, &d)) {
        t->ops.n = t->ops.n < ops ? t->ops.n : ops;
        return false;
    }
    memcpy(d.transition.text, p, n);
    d.transition.mask = (uint32_t)((UINT64_C(1) << n) - 1);
    h = hash_of(*place, p, line->text.p + line->text.len);
    slot = slot_of(t, h, p, &d, &known);
    t->refused += !slot;
    ok = true;
    if (slot && !known && was_met(t, h, &d))
        ok = add_step(t, slot, p, &d);
    else
        t->ops.n = ops; /* those of the draft */
    *place = d.transition.to;
    return ok;
}

void
eql_shape_learn(eql_shapes *t, const eql_scan_line *line)
{
    uint32_t from, place, i = 0;
    piece x;

    if (!t->left_at)
        return;
    from = (uint32_t)(t->left_at - line->text.p);
    place = t->left->to;
    while (i < line->n && line->at[i] < from)
        i++;
    while (cut(line, &i, from, &x) && learn(t, line, &x, &place) &&
           x.kind != EQL_SHAPE_END)
        from = x.end;
}
