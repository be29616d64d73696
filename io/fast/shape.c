/* shape.c -- following transitions, and the cache of them; see shape.h.
 *
 * Lines of one source repeat the same few layouts.  An inline cache of a
 * JavaScript engine remembers at a place of the program which hidden class an
 * object had there, and so where its member is; this does the same for the text
 * of JSON.  It replaces the search for quotes, colons and brackets, and the
 * look-up of keys, by one comparison of 32 bytes per value.
 *
 * What is remembered.  An object (eql_shape_object) is known by its parent and
 * its key; with "was it just opened?" it makes a place, a number of 16 bits.  A
 * transition (eql_transition, a cache line of 64 bytes) has the place that it
 * leaves, its text, and what is done behind it: a string, a number, a word or
 * an array is skipped, or an object entered; and whether the value is one that
 * the program reads.  The meaning of a transition depends on its place and its
 * text alone.  Therefore lines with the same keys in other orders share
 * transitions, and adding a key to a layout costs one transition, not a copy of
 * the layout.
 *
 * Finding one.  Each transition remembers which one followed it the last time
 * (`next`).  That guess is compared first, all 32 bytes under a mask; it fits
 * for nearly all values of a stream.  If it does not fit, the text up to the
 * first colon is hashed together with the place, and a table of 32,768 slots is
 * probed (16 at most).  The length of the last value of the place is a guess,
 * too: the closing quote is expected there before it is searched for.
 *
 * Why a known line needs no check.  The walk judges a line byte by byte and
 * knows where it stands.  A transition was cut from a walked line, between the
 * same two places; its bytes are compared in full (those beyond 32 in
 * eql_shape_same_tail).  Values are judged each time (strings are clean by the
 * scan; scalars and arrays by walk.h).  So well-formed pieces are put together
 * only where they fit, which is all that well-formed JSON is.  What depends on
 * more than the place is asked when a transition is followed, not when it is
 * learned: a key that came twice, an event inside `_source`
 * (eql_shape_rare).
 *
 * Learning.  A line that was walked is cut into transitions, and a transition
 * is added when it was met a second time (`met` keeps hashes of the first):
 * keys that never come again must not push out the others.  Learning has a
 * price, see EQL_SHAPE_PRICE.
 *
 * Bounds.  8,192 transitions of at most 160 bytes, 512 objects; beyond, all is
 * forgotten and learned anew (`flushes` in the counters), which costs time and
 * nothing else.  tests/unit/test_reader*.c hold every line against the strict
 * reader, test_reader_lines.c a million of changed ones. */
#include "io/fast/shape.h"

#include <stdlib.h>

#include "io/fast/shape_int.h"

const char eql_shape_quotes[32] = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
                                  "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
const char eql_shape_colons[32] = "::::::::::::::::::::::::::::::::";

/* --- life --- */

static eql_shape_run_fn
run_of(eql_kernel k)
{
#if defined(__x86_64__)
    if (eql_kernel_runs_here(k) && k >= EQL_KERNEL_AVX2)
        return eql_shape_run_avx2;
    if (eql_kernel_runs_here(k) && k == EQL_KERNEL_SSE)
        return eql_shape_run_sse;
#endif
    (void)k;
    return eql_shape_run_any;
}

/* Nothing is known but the line's own object. */
static bool
begin(eql_shapes *t)
{
    eql_shape_object root = {.parent = EQL_NONE, .span = EQL_NONE, .depth = 1};
    eql_map *fresh = eql_map_new();

    if (!fresh)
        return false;
    eql_map_free(t->known);
    t->known = fresh;
    t->objects.n = t->ops.n = 0;
    t->ntransitions = t->refused = 0;
    t->text.len = 0;
    memset(t->table, 0, EQL_SHAPE_PLACES * sizeof *t->table);
    t->start.next = &t->none;
    t->start.to = 1;
    return eql_vec_push(&t->objects, &root, sizeof root) != EQL_NONE;
}

eql_shapes *
eql_shape_new(const eql_names *names, uint32_t npaths, uint32_t max_depth,
              bool keep_nulls, eql_kernel k, eql_reader_counters *n)
{
    eql_shapes *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->names = names;
    t->max_depth =
        max_depth < EQL_WALK_MAX_DEPTH ? max_depth : EQL_WALK_MAX_DEPTH;
    t->keep_nulls = keep_nulls;
    t->credit = EQL_SHAPE_CREDIT;
    t->run = run_of(k);
    t->n = n;
    /* No text has this byte. */
    t->none = (eql_transition){
        .text = "\xff", .mask = 1, .len = 1, .kind = EQL_SHAPE_END};
    t->walk = eql_walk_new(names, npaths, max_depth);
    t->transitions =
        aligned_alloc(64, EQL_SHAPE_MAX_TRANSITIONS * sizeof(eql_transition));
    t->more = malloc(EQL_SHAPE_MAX_TRANSITIONS * sizeof *t->more);
    t->table = malloc(EQL_SHAPE_PLACES * sizeof *t->table);
    t->met = calloc(EQL_SHAPE_MET, sizeof *t->met);
    t->seen = calloc(names->nodes.n, 1);
    t->scratch = malloc((npaths + (size_t)1) * sizeof *t->scratch);
    if (!t->walk || !t->transitions || !t->more || !t->table || !t->met ||
        !t->seen || !t->scratch || !begin(t)) {
        eql_shape_free(t);
        return NULL;
    }
    return t;
}

void
eql_shape_free(eql_shapes *t)
{
    if (!t)
        return;
    eql_walk_free(t->walk);
    free(t->transitions);
    free(t->more);
    free(t->table);
    free(t->met);
    free(t->seen);
    free(t->scratch);
    eql_map_free(t->known);
    eql_vec_free(&t->objects);
    eql_vec_free(&t->ops);
    eql_buf_free(&t->text);
    free(t);
}

void
eql_shape_flush(eql_shapes *t)
{
    t->n->flushes++;
    (void)begin(t);
}

/* --- following --- */

/* Forgets what was found in the line. */
static eql_raw *
begin_event(eql_shapes *t)
{
    if (++t->epoch == 0) {
        memset(t->seen, 0, t->names->nodes.n);
        t->epoch = 1;
    }
    t->special = 0;
    for (uint32_t i = 0; i < t->names->always; i++)
        t->raws[i] = (eql_raw){.path = t->names->deferred[i]};
    return t->raws + t->names->always;
}

static bool
follow(eql_shapes *t, eql_strview line)
{
    t->left_at = NULL;
    t->not_plain = false;
    return line.len >= 2 && line.p[0] == '{' &&
           t->run(t, line.p + 1, line.p + line.len, begin_event(t));
}

static uint32_t
take_finds(const eql_shapes *t, const eql_scan_line *line, const eql_walked *w)
{
    eql_raw *out = t->raws;

    for (uint32_t i = 0; i < w->nfinds; i++) {
        const eql_walk_found *f = &w->finds[i];

        *out = (eql_raw){.path = f->path};
        if (f->kind == EQL_WALK_FOUND_VALUE) {
            const eql_walk_value *v = &w->values[f->a];
            uint32_t quote = v->kind == EQL_WALK_STRING;

            out->p = line->text.p + v->from - quote;
            out->len = v->to - v->from + 2 * quote;
            /* null */
            if (v->kind == EQL_WALK_SCALAR && *out->p == 'n' && !t->keep_nulls)
                continue;
        } else if (f->kind == EQL_WALK_FOUND_SPAN) {
            out->p = line->text.p + line->at[f->a];
            out->len = line->at[f->b] + 1 - line->at[f->a];
        }
        out++;
    }
    return (uint32_t)(out - t->raws);
}

static bool
may_learn(eql_shapes *t)
{
    if (t->credit >= EQL_SHAPE_PRICE) {
        t->credit -= EQL_SHAPE_PRICE;
        return true;
    }
    return ++t->skipped % EQL_SHAPE_SELDOM == 0;
}

bool
eql_shape_raws(eql_shapes *t, eql_scan *s, eql_scan_line *line, eql_raw *raws,
               eql_shape_found *found)
{
    eql_walked w;

    t->raws = raws;
    if (!line->clean && !eql_scan_structure(s, line))
        return false;
    if (follow(t, line->text)) {
        t->n->shape_hits++;
        t->credit += t->credit < EQL_SHAPE_CREDIT;
        *found = (eql_shape_found){t->nraws, t->special, !t->not_plain};
        return true;
    }
    t->n->shape_misses++;
    if (!eql_scan_structure(s, line) || !eql_walk_line(t->walk, line, &w))
        return false;
    *found = (eql_shape_found){take_finds(t, line, &w), w.special, false};
    if (may_learn(t))
        eql_shape_learn(t, line);
    return true;
}

bool
eql_shape_is_plain(eql_shapes *t, eql_strview line)
{
    t->raws = t->scratch;
    return follow(t, line) && !t->not_plain;
}

bool
eql_shape_same_tail(const eql_shapes *t, const eql_transition *e, const char *p,
                    const char *end)
{
    return (size_t)(end - p) >= e->len &&
           memcmp(p + EQL_TRANSITION_TEXT,
                  t->text.p + t->more[eql_shape_number(t, e)].tail,
                  e->len - EQL_TRANSITION_TEXT) == 0;
}

/* The last raw of the path; NULL: there is none. */
static eql_raw *
raw_of(const eql_shapes *t, eql_raw *out, uint32_t path)
{
    while (out-- > t->raws)
        if (out->path == path)
            return out;
    return NULL;
}

static eql_raw *
unwrap(eql_shapes *t, const eql_transition *e)
{
    if (t->seen[e->name] == t->epoch ||
        !(t->special & (EQL_NAMES_INDEX | EQL_NAMES_ID)) ||
        t->special & EQL_NAMES_WRAPPER)
        return NULL;
    return begin_event(t);
}

eql_raw *
eql_shape_rare(eql_shapes *t, const eql_transition *e, const char *p,
               eql_raw *out)
{
    const eql_transition_more *m = &t->more[eql_shape_number(t, e)];

    for (uint32_t i = 0; i < m->nops && out; i++) {
        const eql_shape_op *op = eql_vec_at(&t->ops, m->op + i);
        eql_raw *raw;

        switch (op->kind) {
        case EQL_SHAPE_SPAN:
            *out++ = (eql_raw){.path = op->path, .p = p + op->at};
            break;
        case EQL_SHAPE_CLOSE:
            raw = raw_of(t, out, op->path);
            if (!raw)
                return NULL;
            raw->len = (uint32_t)(p + op->at - raw->p);
            break;
        case EQL_SHAPE_DEFERRED:
            if (!raw_of(t, out, op->path))
                *out++ = (eql_raw){.path = op->path};
            break;
        case EQL_SHAPE_SPECIAL: t->special |= op->path; break;
        case EQL_SHAPE_NOT_PLAIN: t->not_plain = true; break;
        default: out = unwrap(t, e); break;
        }
    }
    return out;
}

size_t
eql_shape_string(const char *p, size_t n, const char *end)
{
    size_t len = (size_t)(end - p), run = 0;
    const char *q;

    while (n < len) {
        size_t from = n;

        while (from > run && p[from - 1] == '\\')
            from--;
        if ((n - from) % 2 == 0)
            return n;
        run = n + 1;
        q = memchr(p + run, '"', len - run);
        n = q ? (size_t)(q - p) : len;
    }
    return n;
}

/* The array at p; names are not looked for in its elements. */
static size_t
array(eql_shapes *t, const eql_transition *e, const char *p, size_t len)
{
    const eql_shape_object *in = eql_vec_at(&t->objects, e->to / 2);
    uint32_t quotes = 0;
    size_t n = eql_walk_array(p, len, &quotes);

    if (n > 0) {
        t->not_plain |= eql_walk_has_space(p, n);
        return n;
    }
    t->not_plain = true;
    if (e->name && eql_names_at(t->names, e->name)->first != EQL_NONE)
        return 0;
    return eql_walk_nested(p, len, t->max_depth - in->depth);
}

const char *
eql_shape_value(eql_shapes *t, const eql_transition *e, const char *p,
                const char *end)
{
    size_t n;

    if (p >= end)
        return NULL;
    n = *p == '[' ? array(t, e, p, (size_t)(end - p))
                  : eql_walk_scalar(p, (size_t)(end - p));
    return n ? p + n : NULL;
}
