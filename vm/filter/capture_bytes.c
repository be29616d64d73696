/* capture_bytes.c -- captured values as bytes, and back.
 *
 *   blob   uint32_t bytes of kept | uint32_t bytes of own | kept | own | bits
 *   slot   uint32_t n, perhaps with HAS_CHILDREN | n values | per element:
 * slots of the children value  tag | nothing, a byte, 8 bytes, or uint32_t
 * length and text
 *
 * Blobs are read where they were written, but perhaps from a spill file:
 * reading never leaves the bytes, and what is cut short is missing.  Children
 * are as deep as the verifier lets array functions be. */
#include <stdlib.h>

#include "vm/filter/capture_int.h"

/* An array, even without child fields (event.h). */
#define HAS_CHILDREN 0x80000000u

/* --- writing --- */

typedef struct {
    const eql_captures *c;
    eql_buf *out;
    size_t limit; /* out may not grow beyond it with values */
    bool full;
} writer;

static void
add_u32(eql_buf *out, uint32_t v)
{
    eql_buf_add(out, &v, sizeof v);
}

static size_t
size_of_value(const eql_value *v)
{
    switch (v->tag) {
    case EQL_NULL: return 1;
    case EQL_BOOL: return 2;
    case EQL_INT:
    case EQL_FLOAT: return 1 + 8;
    case EQL_STRING:
    case EQL_ARRAY:
    case EQL_OBJECT: break;
    }
    return 1 + sizeof(uint32_t) + v->len;
}

static void
write_value(writer *w, const eql_value *v)
{
    eql_buf_add_char(w->out, (char)v->tag);
    switch (v->tag) {
    case EQL_NULL: break;
    case EQL_BOOL: eql_buf_add_char(w->out, v->u.b ? 1 : 0); break;
    case EQL_INT: eql_buf_add(w->out, &v->u.i, sizeof v->u.i); break;
    case EQL_FLOAT: eql_buf_add(w->out, &v->u.d, sizeof v->u.d); break;
    case EQL_STRING:
    case EQL_ARRAY:
    case EQL_OBJECT:
        add_u32(w->out, v->len);
        eql_buf_add_sv(w->out, eql_value_sv(v));
        break;
    }
}

static void
write_slot(writer *w, uint32_t field, const eql_slot *s)
{
    uint32_t nchildren = w->c->p->fields[field].nchildren;
    const uint32_t *children = w->c->children + w->c->first_child[field];

    if (s->n >= HAS_CHILDREN) {
        w->full = true;
        return;
    }
    add_u32(w->out, s->n | (s->children ? HAS_CHILDREN : 0));
    for (uint32_t i = 0; i < s->n && !w->full; i++) {
        if (w->out->len + size_of_value(&s->v[i]) > w->limit)
            w->full = true;
        else
            write_value(w, &s->v[i]);
    }
    for (uint32_t i = 0; s->children && i < s->n && !w->full; i++) {
        for (uint32_t k = 0; k < nchildren && !w->full; k++) {
            if (w->out->len + sizeof(uint32_t) > w->limit)
                w->full = true;
            else
                write_slot(w, children[k],
                           &s->children[(size_t)i * nchildren + k]);
        }
    }
}

/* Returns how many bytes they took. */
static uint32_t
write_fields(writer *w, eql_range run, const eql_event *ev, bool *capped)
{
    size_t begin = w->out->len;

    for (uint32_t i = 0; i < run.n; i++) {
        uint32_t f = eql_captures_item(w->c, run.first + i);
        size_t at = w->out->len;

        w->full = false;
        write_slot(w, f, eql_event_slot(ev, f));
        if (!w->full || w->out->failed)
            continue;
        w->out->len = at;
        add_u32(w->out, 0);
        *capped = true;
    }
    return (uint32_t)(w->out->len - begin);
}

static void
write_truths(const eql_captures *c, eql_range truths, eql_interp *it,
             eql_buf *out)
{
    uint8_t bits = 0;

    for (uint32_t i = 0; i < truths.n; i++) {
        if (eql_interp_leaf(it, eql_captures_item(c, truths.first + i)))
            bits |= (uint8_t)(1u << i % 8);
        if (i % 8 == 7 || i + 1 == truths.n) {
            eql_buf_add_char(out, (char)bits);
            bits = 0;
        }
    }
}

bool
eql_captures_write(const eql_captures *c, uint32_t stage, const eql_event *ev,
                   eql_interp *it, eql_buf *out, bool *capped)
{
    const eql_capture_plan *plan = eql_captures_plan(c, stage);
    writer w = {.c = c, .out = out, .limit = out->len + EQL_CAPTURE_MAX_BYTES};
    uint32_t sizes[2] = {0, 0};
    size_t begin = out->len;

    if (w.limit > EQL_HIT_MAX_BYTES)
        w.limit = EQL_HIT_MAX_BYTES;
    eql_buf_add(out, sizes, sizeof sizes);
    sizes[0] = write_fields(&w, plan->kept, ev, capped);
    sizes[1] = write_fields(&w, plan->own, ev, capped);
    write_truths(c, plan->truths, it, out);
    if (out->failed)
        return false;
    memcpy(out->p + begin, sizes, sizeof sizes);
    return true;
}

/* --- reading --- */

static bool
take(eql_strview bytes, size_t *pos, void *out, size_t n)
{
    if (bytes.len - *pos < n)
        return false;
    memcpy(out, bytes.p + *pos, n);
    *pos += n;
    return true;
}

/* The three parts; all empty when the blob is damaged. */
static void
split(eql_strview blob, eql_strview parts[3])
{
    uint32_t sizes[2];
    size_t pos = 0;

    for (size_t i = 0; i < 3; i++)
        parts[i] = eql_sv("", 0);
    if (!take(blob, &pos, sizes, sizeof sizes) || sizes[0] > blob.len - pos ||
        sizes[1] > blob.len - pos - sizes[0])
        return;
    parts[0] = eql_sv(blob.p + pos, sizes[0]);
    parts[1] = eql_sv(parts[0].p + sizes[0], sizes[1]);
    parts[2] =
        eql_sv(parts[1].p + sizes[1], blob.len - pos - sizes[0] - sizes[1]);
}

eql_strview
eql_captures_kept(const eql_captures *c, uint32_t stage, eql_strview blob)
{
    eql_strview parts[3];

    if (eql_captures_plan(c, stage)->kept.n == 0)
        return eql_sv("", 0);
    split(blob, parts);
    return parts[0];
}

eql_strview
eql_captures_own(eql_strview blob)
{
    eql_strview parts[3];

    split(blob, parts);
    return parts[1];
}

bool
eql_captures_truth(const eql_capture_plan *plan, eql_strview blob, uint32_t i)
{
    eql_strview parts[3];

    split(blob, parts);
    return i < plan->truths.n && i / 8 < parts[2].len &&
           (uint8_t)parts[2].p[i / 8] & 1u << i % 8;
}

static bool
read_text(eql_strview bytes, size_t *pos, eql_value *v)
{
    uint32_t len;

    if (!take(bytes, pos, &len, sizeof len) || bytes.len - *pos < len)
        return false;
    v->u.s = bytes.p + *pos;
    v->len = len;
    *pos += len;
    return true;
}

static bool
read_value(eql_strview bytes, size_t *pos, eql_value *v)
{
    uint8_t tag, b;

    if (!take(bytes, pos, &tag, 1))
        return false;
    *v = (eql_value){.tag = (eql_tag)tag};
    switch (v->tag) {
    case EQL_NULL: return true;
    case EQL_BOOL:
        if (!take(bytes, pos, &b, 1))
            return false;
        v->u.b = b != 0;
        return true;
    case EQL_INT: return take(bytes, pos, &v->u.i, sizeof v->u.i);
    case EQL_FLOAT: return take(bytes, pos, &v->u.d, sizeof v->u.d);
    case EQL_STRING:
    case EQL_ARRAY:
    case EQL_OBJECT: return read_text(bytes, pos, v);
    }
    return false;
}

static eql_slot read_slot(const eql_captures *c, uint32_t f, eql_strview bytes,
                          size_t *pos, eql_arena *arena, bool *ok);

/* The children of n elements; NULL, or not ok, when they are damaged. */
static const eql_slot *
read_children(const eql_captures *c, uint32_t f, uint32_t n, eql_strview bytes,
              size_t *pos, eql_arena *arena, bool *ok)
{
    uint32_t nchildren = c->p->fields[f].nchildren;
    const uint32_t *children = c->children + c->first_child[f];
    eql_slot *out;

    /* Each has four bytes at least, which bounds what is allocated. */
    *ok = nchildren == 0 ||
          n <= (bytes.len - *pos) / sizeof(uint32_t) / nchildren;
    if (!*ok)
        return NULL;
    out = eql_arena_array(arena, (size_t)n * nchildren, sizeof *out);
    for (size_t i = 0; out && *ok && i < (size_t)n * nchildren; i++)
        out[i] = read_slot(c, children[i % nchildren], bytes, pos, arena, ok);
    return out;
}

/* Every value has a tag at least, so the bytes bound what is allocated. */
static eql_slot
read_slot(const eql_captures *c, uint32_t f, eql_strview bytes, size_t *pos,
          eql_arena *arena, bool *ok)
{
    const eql_slot missing = {0};
    eql_slot out = {0};
    bool has_children;
    eql_value *v;

    *ok = *ok && take(bytes, pos, &out.n, sizeof out.n);
    has_children = out.n & HAS_CHILDREN;
    out.n &= ~HAS_CHILDREN;
    *ok = *ok && out.n <= bytes.len - *pos;
    if (!*ok || out.n == 0)
        return missing;
    out.v = v = eql_arena_array(arena, out.n, sizeof *v);
    for (uint32_t i = 0; v && *ok && i < out.n; i++)
        *ok = read_value(bytes, pos, &v[i]);
    if (v && *ok && has_children)
        out.children = read_children(c, f, out.n, bytes, pos, arena, ok);
    return v && *ok ? out : missing;
}

eql_slot
eql_captures_read(const eql_captures *c, uint32_t f, eql_strview bytes,
                  size_t *pos, eql_arena *arena)
{
    bool ok = true;
    eql_slot s = read_slot(c, f, bytes, pos, arena, &ok);

    if (!ok) {
        *pos = bytes.len; /* what follows cannot be found */
        return (eql_slot){0};
    }
    return s;
}
