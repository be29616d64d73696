/* trail.c -- what steps are made of, and learning them; see trail.h. */
#include "io/fast/trail.h"

#include <stdlib.h>

#include "io/fast/trail_int.h"

const char eql_trail_quotes[32] = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
                                  "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
const char eql_trail_colons[32] = "::::::::::::::::::::::::::::::::";

/* --- life ----------------------------------------------------------------- */

static eql_trail_run_fn
run_of(eql_kernel k)
{
#if defined(__x86_64__)
    if (eql_kernel_runs_here(k) && k >= EQL_KERNEL_AVX2)
        return eql_trail_run_avx2;
    if (eql_kernel_runs_here(k) && k == EQL_KERNEL_SSE)
        return eql_trail_run_sse;
#endif
    (void)k;
    return eql_trail_run_any;
}

/* Nothing is known but the line's own object. */
static bool
begin(eql_trail *t)
{
    eql_trail_object root = {.parent = EQL_NONE, .span = EQL_NONE, .depth = 1};
    eql_map *fresh = eql_map_new();

    if (!fresh)
        return false;
    eql_map_free(t->known);
    t->known = fresh;
    t->objects.n = t->ops.n = 0;
    t->nsteps = t->refused = 0;
    t->text.len = 0;
    memset(t->table, 0, EQL_TRAIL_PLACES * sizeof *t->table);
    t->start.next = &t->none;
    t->start.to = 1;
    return eql_vec_push(&t->objects, &root, sizeof root) != EQL_NONE;
}

eql_trail *
eql_trail_new(const eql_names *names, uint32_t npaths, uint32_t max_depth,
              bool keep_nulls, eql_kernel k, eql_reader_counters *n)
{
    eql_trail *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->names = names;
    t->max_depth =
        max_depth < EQL_WALK_MAX_DEPTH ? max_depth : EQL_WALK_MAX_DEPTH;
    t->keep_nulls = keep_nulls;
    t->credit = EQL_TRAIL_CREDIT;
    t->run = run_of(k);
    t->n = n;
    /* No text has this byte. */
    t->none = (eql_trail_step){
        .glue = "\xff", .mask = 1, .len = 1, .kind = EQL_TRAIL_END};
    t->walk = eql_walk_new(names, npaths, max_depth);
    t->steps = aligned_alloc(64, EQL_TRAIL_MAX_STEPS * sizeof(eql_trail_step));
    t->more = malloc(EQL_TRAIL_MAX_STEPS * sizeof *t->more);
    t->table = malloc(EQL_TRAIL_PLACES * sizeof *t->table);
    t->met = calloc(EQL_TRAIL_MET, sizeof *t->met);
    t->seen = calloc(names->nodes.n, 1);
    t->scratch = malloc((npaths + (size_t)1) * sizeof *t->scratch);
    if (!t->walk || !t->steps || !t->more || !t->table || !t->met || !t->seen ||
        !t->scratch || !begin(t)) {
        eql_trail_free(t);
        return NULL;
    }
    return t;
}

void
eql_trail_free(eql_trail *t)
{
    if (!t)
        return;
    eql_walk_free(t->walk);
    free(t->steps);
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
eql_trail_flush(eql_trail *t)
{
    t->n->flushes++;
    (void)begin(t);
}

/* --- following --------------------------------------------------------------
 */

/* Forgets what was found in the line. */
static eql_raw *
begin_event(eql_trail *t)
{
    if (++t->epoch == 0) {
        memset(t->seen, 0, t->names->nodes.n);
        t->epoch = 1;
    }
    t->special = 0;
    for (uint32_t i = 0; i < t->names->always; i++)
        t->raws[i] = (eql_raw){.path = t->names->vague[i]};
    return t->raws + t->names->always;
}

static bool
follow(eql_trail *t, eql_strview line)
{
    t->left_at = NULL;
    t->fancy = false;
    return line.len >= 2 && line.p[0] == '{' &&
           t->run(t, line.p + 1, line.p + line.len, begin_event(t));
}

static uint32_t
take_finds(const eql_trail *t, const eql_scan_line *line, const eql_walked *w)
{
    eql_raw *out = t->raws;

    for (uint32_t i = 0; i < w->nfinds; i++) {
        const eql_find *f = &w->finds[i];

        *out = (eql_raw){.path = f->path};
        if (f->kind == EQL_FIND_VALUE) {
            const eql_walk_value *v = &w->values[f->a];
            uint32_t quote = v->kind == EQL_WALK_STRING;

            out->p = line->text.p + v->from - quote;
            out->len = v->to - v->from + 2 * quote;
            /* null */
            if (v->kind == EQL_WALK_SCALAR && *out->p == 'n' && !t->keep_nulls)
                continue;
        } else if (f->kind == EQL_FIND_SPAN) {
            out->p = line->text.p + line->at[f->a];
            out->len = line->at[f->b] + 1 - line->at[f->a];
        }
        out++;
    }
    return (uint32_t)(out - t->raws);
}

static bool
may_learn(eql_trail *t)
{
    if (t->credit >= EQL_TRAIL_PRICE) {
        t->credit -= EQL_TRAIL_PRICE;
        return true;
    }
    return ++t->skipped % EQL_TRAIL_SELDOM == 0;
}

bool
eql_trail_raws(eql_trail *t, eql_scan *s, eql_scan_line *line, eql_raw *raws,
               eql_trail_found *found)
{
    eql_walked w;

    t->raws = raws;
    if (!line->clean && !eql_scan_structure(s, line))
        return false;
    if (follow(t, line->text)) {
        t->n->trail_hits++;
        t->credit += t->credit < EQL_TRAIL_CREDIT;
        *found = (eql_trail_found){t->nraws, t->special, !t->fancy};
        return true;
    }
    t->n->trail_misses++;
    if (!eql_scan_structure(s, line) || !eql_walk_line(t->walk, line, &w))
        return false;
    *found = (eql_trail_found){take_finds(t, line, &w), w.special, false};
    if (may_learn(t))
        eql_trail_learn(t, line);
    return true;
}

bool
eql_trail_is_plain(eql_trail *t, eql_strview line)
{
    t->raws = t->scratch;
    return follow(t, line) && !t->fancy;
}

bool
eql_trail_same_tail(const eql_trail *t, const eql_trail_step *e, const char *p,
                    const char *end)
{
    return (size_t)(end - p) >= e->len &&
           memcmp(p + EQL_TRAIL_GLUE,
                  t->text.p + t->more[eql_trail_number(t, e)].tail,
                  e->len - EQL_TRAIL_GLUE) == 0;
}

/* The last raw of the path; NULL: there is none. */
static eql_raw *
raw_of(const eql_trail *t, eql_raw *out, uint32_t path)
{
    while (out-- > t->raws)
        if (out->path == path)
            return out;
    return NULL;
}

static eql_raw *
unwrap(eql_trail *t, const eql_trail_step *e)
{
    if (t->seen[e->name] == t->epoch ||
        !(t->special & (EQL_NAMES_INDEX | EQL_NAMES_ID)) ||
        t->special & EQL_NAMES_WRAPPER)
        return NULL;
    return begin_event(t);
}

eql_raw *
eql_trail_rare(eql_trail *t, const eql_trail_step *e, const char *p,
               eql_raw *out)
{
    const eql_trail_more *m = &t->more[eql_trail_number(t, e)];

    for (uint32_t i = 0; i < m->nops && out; i++) {
        const eql_trail_op *op = eql_vec_at(&t->ops, m->op + i);
        eql_raw *raw;

        switch (op->kind) {
        case EQL_TRAIL_SPAN:
            *out++ = (eql_raw){.path = op->path, .p = p + op->at};
            break;
        case EQL_TRAIL_CLOSE:
            raw = raw_of(t, out, op->path);
            if (!raw)
                return NULL;
            raw->len = (uint32_t)(p + op->at - raw->p);
            break;
        case EQL_TRAIL_VAGUE:
            if (!raw_of(t, out, op->path))
                *out++ = (eql_raw){.path = op->path};
            break;
        case EQL_TRAIL_SPECIAL: t->special |= op->path; break;
        case EQL_TRAIL_FANCY: t->fancy = true; break;
        default: out = unwrap(t, e); break;
        }
    }
    return out;
}

size_t
eql_trail_string(const char *p, size_t n, const char *end)
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
array(eql_trail *t, const eql_trail_step *e, const char *p, size_t len)
{
    const eql_trail_object *in = eql_vec_at(&t->objects, e->to / 2);
    uint32_t quotes = 0;
    size_t n = eql_walk_array(p, len, &quotes);

    if (n > 0) {
        t->fancy |= eql_walk_has_space(p, n);
        return n;
    }
    t->fancy = true;
    if (e->name && eql_names_at(t->names, e->name)->first != EQL_NONE)
        return 0;
    return eql_walk_nested(p, len, t->max_depth - in->depth);
}

const char *
eql_trail_value(eql_trail *t, const eql_trail_step *e, const char *p,
                const char *end)
{
    size_t n;

    if (p >= end)
        return NULL;
    n = *p == '[' ? array(t, e, p, (size_t)(end - p))
                  : eql_walk_scalar(p, (size_t)(end - p));
    return n ? p + n : NULL;
}
