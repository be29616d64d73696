/* builder_import.c -- copies one rule of a verified program into a builder.
 *
 * What the rule names is gathered first (import_gather.c), then added section
 * by section in the order of the old program.  The compiler adds rule by rule
 * and only ever appends, so importing all rules of one of its programs in order
 * gives the same program again, byte for byte: a test holds us to it.  Programs
 * of other origin may be laid out otherwise; they come out equal in meaning. */
#include "program/import_int.h"

#include <stdlib.h>

/* Room for a run of n records; NULL and failed when out of memory. */
static void *
room(eql_import *im, uint32_t n, size_t size)
{
    void *p = calloc((size_t)n + 1, size);

    if (!p)
        im->failed = true;
    return p;
}

/* Never for a program that was verified and gathered. */
static uint32_t
fail(eql_import *im)
{
    im->failed = true;
    return EQL_NONE;
}

static eql_str
add_string(eql_import *im, eql_str s)
{
    return eql_builder_str(im->b, eql_program_str(im->p, s));
}

static int
by_place(const void *a, const void *b)
{
    const eql_str *x = a, *y = b;

    if (x->off != y->off)
        return x->off < y->off ? -1 : 1;
    return (x->len > y->len) - (x->len < y->len);
}

static void
add_strings(eql_import *im)
{
    if (im->strings.n == 0)
        return;
    qsort(im->strings.items, im->strings.n, im->strings.size, by_place);
    for (uint32_t i = 0; i < im->strings.n; i++)
        add_string(im, *(const eql_str *)eql_vec_at(&im->strings, i));
}

static eql_value
scalar(const eql_import *im, const eql_const *k)
{
    double d;

    switch (k->kind) {
    case EQL_CONST_BOOL: return eql_value_bool(k->bits != 0);
    case EQL_CONST_INT: return eql_value_int((int64_t)k->bits);
    case EQL_CONST_FLOAT:
        memcpy(&d, &k->bits, sizeof d);
        return eql_value_float(d);
    case EQL_CONST_STRING: return eql_value_str(eql_program_str(im->p, k->str));
    default: return eql_value_null();
    }
}

static uint32_t add_const(eql_import *im, uint32_t from);

static uint32_t
add_const_list(eql_import *im, const eql_const *k)
{
    uint32_t *items = room(im, k->list.n, sizeof *items);
    uint32_t to = EQL_NONE;

    if (items) {
        for (uint32_t i = 0; i < k->list.n; i++)
            items[i] = add_const(im, im->p->lists[k->list.first + i]);
        to = eql_builder_const_list(im->b, (eql_const_kind)k->kind, k->flags,
                                    items, k->list.n);
    }
    free(items);
    return to;
}

/* Items of lists are scalars (verified), so this goes one level deep. */
static uint32_t
add_const(eql_import *im, uint32_t from)
{
    eql_moved *m = eql_import_find(im, EQL_IMPORT_CONST, from);
    const eql_const *k = &im->p->consts[from];

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE)
        m->to = k->kind < EQL_CONST_PATTERNS
                    ? eql_builder_const(im->b, scalar(im, k))
                    : add_const_list(im, k);
    return m->to;
}

static uint32_t add_field(eql_import *im, uint32_t from);

static uint32_t
add_new_field(eql_import *im, const eql_field *f)
{
    eql_field_seg *segs = room(im, f->segs.n, sizeof *segs);
    eql_field_spec spec = {.name = eql_program_str(im->p, f->name),
                           .type = (eql_field_type)f->type,
                           .mode = (eql_field_mode)f->mode,
                           .origin = f->origin,
                           .parent = f->parent,
                           .level = f->level,
                           .segs = segs,
                           .nsegs = f->segs.n};
    uint32_t to;

    if (!segs)
        return EQL_NONE;
    if (f->parent != EQL_NONE)
        spec.parent = add_field(im, f->parent);
    for (uint32_t i = 0; i < f->segs.n; i++) {
        segs[i] = im->p->segs[f->segs.first + i];
        segs[i].name = add_string(im, segs[i].name);
    }
    to = eql_builder_field(im->b, &spec);
    free(segs);
    return to;
}

/* Fixed fields are there already, whatever their paths.  Parents are few above
 * each other (verified). */
static uint32_t
add_field(eql_import *im, uint32_t from)
{
    eql_moved *m = eql_import_find(im, EQL_IMPORT_FIELD, from);

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE)
        m->to = from <= EQL_FIELD_CATEGORY
                    ? from
                    : add_new_field(im, &im->p->fields[from]);
    return m->to;
}

/* EQL_NONE stays what it is. */
static uint32_t
add_optional_field(eql_import *im, uint32_t from)
{
    return from == EQL_NONE ? EQL_NONE : add_field(im, from);
}

static void
add_dialect(eql_import *im)
{
    eql_dialect old = *eql_program_dialect(im->p);
    uint32_t *from[EQL_IMPORT_DIALECT_FIELDS], *to[EQL_IMPORT_DIALECT_FIELDS];

    eql_import_dialect_fields(&old, from);
    eql_import_dialect_fields(eql_builder_dialect(im->b), to);
    for (unsigned i = 0; i < EQL_IMPORT_DIALECT_FIELDS; i++) {
        if (*to[i] == EQL_NONE &&
            eql_import_find(im, EQL_IMPORT_FIELD, *from[i]))
            *to[i] = add_field(im, *from[i]);
    }
}

static uint32_t add_leaf(eql_import *im, uint32_t from);
static uint32_t add_filter(eql_import *im, uint32_t from);

static uint32_t
add_iterator(eql_import *im, uint32_t from)
{
    const eql_iterator *it = &im->p->iterators[from];
    eql_moved *m = eql_import_find(im, EQL_IMPORT_ITERATOR, from);
    eql_iterator now;

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE) {
        now = (eql_iterator){add_field(im, it->field),
                             add_filter(im, it->filter)};
        m->to = eql_builder_iterator(im->b, &now);
    }
    return m->to;
}

/* Lineages are added before all code. */
static uint32_t
moved_lineage(eql_import *im, uint32_t from)
{
    const eql_moved *m = eql_import_find(im, EQL_IMPORT_LINEAGE, from);

    return m ? m->to : fail(im);
}

static uint32_t
move_operand(eql_import *im, const eql_insn *in)
{
    switch (eql_import_kind_of(in)) {
    case EQL_IMPORT_FIELD: return add_field(im, in->c);
    case EQL_IMPORT_CONST: return add_const(im, in->c);
    case EQL_IMPORT_LEAF: return add_leaf(im, in->c);
    case EQL_IMPORT_ITERATOR: return add_iterator(im, in->c);
    case EQL_IMPORT_LINEAGE: return moved_lineage(im, in->c);
    default: return in->c;
    }
}

/* The code with its operands as they are now; NULL when out of memory. */
static eql_insn *
move_code(eql_import *im, eql_range code)
{
    eql_insn *out = room(im, code.n, sizeof *out);

    for (uint32_t i = 0; out && i < code.n; i++) {
        out[i] = im->p->insns[code.first + i];
        out[i].c = move_operand(im, &out[i]);
    }
    return out;
}

/* Leaf, iterator, filter, leaf ...: as deep as array functions are nested
 * (verified). */
static uint32_t
add_leaf(eql_import *im, uint32_t from)
{
    const eql_leaf *l = &im->p->leaves[from];
    eql_moved *m = eql_import_find(im, EQL_IMPORT_LEAF, from);
    eql_insn *code;

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE && (code = move_code(im, l->code))) {
        m->to = eql_builder_leaf(im->b, code, l->code.n, l->nocc, l->nregs);
        free(code);
    }
    return m->to;
}

static uint32_t
add_filter(eql_import *im, uint32_t from)
{
    const eql_filter *f = &im->p->filters[from];
    eql_moved *m = eql_import_find(im, EQL_IMPORT_FILTER, from);
    eql_insn *code;

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE && (code = move_code(im, f->code))) {
        m->to = eql_builder_filter(im->b, code, f->code.n);
        free(code);
    }
    return m->to;
}

/* Iterators of the leaf and those before them, in order. */
static void
add_iterators(eql_import *im, uint32_t leaf)
{
    eql_range code = im->p->leaves[leaf].code;
    uint32_t end = im->next_iterator;

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &im->p->insns[code.first + i];
        const eql_moved *m;

        if (eql_import_kind_of(in) != EQL_IMPORT_ITERATOR)
            continue;
        m = eql_import_find(im, EQL_IMPORT_ITERATOR, in->c);
        if (m &&
            m - (const eql_moved *)im->of[EQL_IMPORT_ITERATOR].v.items >= end)
            end = (uint32_t)(m - (const eql_moved *)im->of[EQL_IMPORT_ITERATOR]
                                     .v.items) +
                  1;
    }
    for (; im->next_iterator < end; im->next_iterator++)
        add_iterator(
            im, eql_import_from(im, EQL_IMPORT_ITERATOR, im->next_iterator));
}

/* Leaves and filters share one section of code: in the order of their code. */
static void
add_code(eql_import *im)
{
    uint32_t l = 0, f = 0;
    uint32_t nleaves = im->of[EQL_IMPORT_LEAF].v.n;
    uint32_t nfilters = im->of[EQL_IMPORT_FILTER].v.n;

    while ((l < nleaves || f < nfilters) && !im->failed) {
        uint32_t leaf =
            l < nleaves ? eql_import_from(im, EQL_IMPORT_LEAF, l) : EQL_NONE;
        uint32_t filter =
            f < nfilters ? eql_import_from(im, EQL_IMPORT_FILTER, f) : EQL_NONE;

        if (filter == EQL_NONE ||
            (leaf != EQL_NONE && im->p->leaves[leaf].code.first <
                                     im->p->filters[filter].code.first)) {
            add_iterators(im, leaf);
            add_leaf(im, leaf);
            l++;
        } else {
            add_filter(im, filter);
            f++;
        }
    }
}

/* Where a stage will be: all are added at once, in order. */
static uint32_t
moved_stage(eql_import *im, uint32_t from)
{
    const eql_moved *m = eql_import_find(im, EQL_IMPORT_STAGE, from);

    if (!m)
        return fail(im);
    return im->first_stage +
           (uint32_t)(m - (const eql_moved *)im->of[EQL_IMPORT_STAGE].v.items);
}

static void
add_lineages(eql_import *im)
{
    for (uint32_t i = 0; i < im->of[EQL_IMPORT_LINEAGE].v.n; i++) {
        eql_moved *m = eql_vec_at(&im->of[EQL_IMPORT_LINEAGE].v, i);
        eql_lineage l = im->p->lineages[m->from];

        l.stage = moved_stage(im, l.stage);
        m->to = eql_builder_lineage(im->b, &l);
    }
}

/* --- records that are not shared --- */

static eql_range
move_strings(eql_import *im, eql_range run)
{
    eql_str *s = room(im, run.n, sizeof *s);
    eql_range to = {0, 0};

    for (uint32_t i = 0; s && i < run.n; i++)
        s[i] = add_string(im, im->p->strings[run.first + i]);
    if (s)
        to = eql_builder_strings(im->b, s, run.n);
    free(s);
    return to;
}

static eql_range
move_keys(eql_import *im, eql_range run)
{
    eql_key *k = room(im, run.n, sizeof *k);
    eql_range to = {0, 0};

    for (uint32_t i = 0; k && i < run.n; i++) {
        k[i] = im->p->keys[run.first + i];
        k[i].name = add_string(im, k[i].name);
        k[i].field = add_optional_field(im, k[i].field);
        if (k[i].leaf != EQL_NONE)
            k[i].leaf = add_leaf(im, k[i].leaf);
    }
    if (k)
        to = eql_builder_keys(im->b, k, run.n);
    free(k);
    return to;
}

static eql_range
move_exceptions(eql_import *im, eql_range run)
{
    eql_exception *x = room(im, run.n, sizeof *x);
    eql_range to = {0, 0};

    for (uint32_t i = 0; x && i < run.n; i++) {
        const eql_exception *from = &im->p->exceptions[run.first + i];

        x[i].name = add_string(im, from->name);
        x[i].filter = add_filter(im, from->filter);
    }
    if (x)
        to = eql_builder_exceptions(im->b, x, run.n);
    free(x);
    return to;
}

static eql_range
move_severities(eql_import *im, eql_range run)
{
    eql_severity *x = room(im, run.n, sizeof *x);
    eql_range to = {0, 0};

    for (uint32_t i = 0; x && i < run.n; i++) {
        x[i] = im->p->severities[run.first + i];
        x[i].filter = add_filter(im, x[i].filter);
    }
    if (x)
        to = eql_builder_severities(im->b, x, run.n);
    free(x);
    return to;
}

static eql_stage
move_stage(eql_import *im, const eql_stage *from)
{
    eql_stage s = *from;

    s.rule = eql_builder_nrules(im->b);
    s.category = add_string(im, s.category);
    s.alias = add_string(im, s.alias);
    s.category_field = add_field(im, s.category_field);
    s.filter = add_filter(im, s.filter);
    if (s.residual != EQL_NONE)
        s.residual = add_filter(im, s.residual);
    s.keys = move_keys(im, s.keys);
    s.exceptions = move_exceptions(im, s.exceptions);
    s.severities = move_severities(im, s.severities);
    return s;
}

static void
move_stages(eql_import *im)
{
    uint32_t n = im->of[EQL_IMPORT_STAGE].v.n;
    eql_stage *s = room(im, n, sizeof *s);

    for (uint32_t i = 0; s && i < n; i++)
        s[i] = move_stage(
            im, &im->p->stages[eql_import_from(im, EQL_IMPORT_STAGE, i)]);
    if (s)
        eql_builder_stages(im->b, s, n);
    free(s);
}

static eql_range
move_exprs(eql_import *im, eql_range run)
{
    uint32_t *x = room(im, run.n, sizeof *x);
    eql_range to = {0, 0};

    for (uint32_t i = 0; x && i < run.n; i++)
        x[i] = add_leaf(im, im->p->exprs[run.first + i]);
    if (x)
        to = eql_builder_exprs(im->b, x, run.n);
    free(x);
    return to;
}

static eql_range
move_pipes(eql_import *im, eql_range run)
{
    eql_pipe_op *x = room(im, run.n, sizeof *x);
    eql_range to = {0, 0};

    for (uint32_t i = 0; x && i < run.n; i++) {
        x[i] = im->p->pipes[run.first + i];
        if (x[i].filter != EQL_NONE)
            x[i].filter = add_filter(im, x[i].filter);
        x[i].exprs = move_exprs(im, x[i].exprs);
    }
    if (x)
        to = eql_builder_pipes(im->b, x, run.n);
    free(x);
    return to;
}

static uint32_t
move_clock(eql_import *im, uint32_t from)
{
    eql_clock c = im->p->clocks[from];

    c.timestamp = add_field(im, c.timestamp);
    c.tiebreaker = add_optional_field(im, c.tiebreaker);
    return eql_builder_clock(im->b, &c);
}

static bool
add_rule(eql_import *im)
{
    eql_rule r = *im->rule;

    move_stages(im);
    r.name = add_string(im, r.name);
    r.id = add_string(im, r.id);
    r.file = add_string(im, r.file);
    r.query = add_string(im, r.query);
    r.description = add_string(im, r.description);
    r.stages.first = moved_stage(im, r.stages.first);
    if (r.until != EQL_NONE)
        r.until = moved_stage(im, r.until);
    r.clock = move_clock(im, r.clock);
    r.pipes = move_pipes(im, r.pipes);
    r.tags = move_strings(im, r.tags);
    r.threats = move_strings(im, r.threats);
    return !im->failed && eql_builder_rule(im->b, &r) != EQL_NONE;
}

static bool
import_open(eql_import *im)
{
    for (unsigned k = 0; k < EQL_IMPORT_COUNT; k++) {
        im->of[k].seen = eql_map_new();
        if (!im->of[k].seen)
            return false;
    }
    return true;
}

static void
import_close(eql_import *im)
{
    for (unsigned k = 0; k < EQL_IMPORT_COUNT; k++) {
        eql_vec_free(&im->of[k].v);
        eql_map_free(im->of[k].seen);
    }
    eql_vec_free(&im->strings);
}

bool
eql_builder_import_rule(eql_builder *b, const eql_program *p, uint32_t rule)
{
    eql_import state = {.p = p,
                        .b = b,
                        .rule = &p->rules[rule],
                        .first_stage = eql_builder_nstages(b)};
    eql_import *im = &state;
    bool ok = false;

    if (import_open(im))
        eql_import_gather(im);
    else
        im->failed = true;
    if (!im->failed) {
        add_strings(im);
        for (uint32_t i = 0; i < im->of[EQL_IMPORT_FIELD].v.n; i++)
            add_field(im, eql_import_from(im, EQL_IMPORT_FIELD, i));
        add_dialect(im);
        for (uint32_t i = 0; i < im->of[EQL_IMPORT_CONST].v.n; i++)
            add_const(im, eql_import_from(im, EQL_IMPORT_CONST, i));
        add_lineages(im);
        add_code(im);
        ok = add_rule(im);
    }
    import_close(im);
    return ok;
}
