/* builder_import.c -- copies one rule of a verified program into a builder.
 *
 * What the rule names is gathered first, then added section by section in the
 * order of the old program.  The compiler adds rule by rule and only ever
 * appends, so importing all rules of one of its programs in order gives the
 * same program again, byte for byte: a test holds us to it.  Programs of other
 * origin may be laid out otherwise; they come out equal in meaning. */
#include "program/program.h"

#include <stdlib.h>

#include "base/buf.h"

/* Kind of operand c of each opcode, by its letter in opcode.def; a and b name
 * nothing outside their code. */
static const char operand_c[EQL_OP_COUNT][2] = {
#define OP(name, a, b, c, text) [EQL_OP_##name] = #c,
#include "program/opcode.def"
#undef OP
};

/* A record of the old program and where it is now. */
typedef struct {
    uint32_t from, to; /* to: EQL_NONE until it is added */
} moved;

typedef struct {
    const eql_program *p;
    eql_builder *b;
    const eql_rule *rule;
    eql_vec strings;                                 /* eql_str, old */
    eql_vec fields, consts, leaves, filters, stages; /* moved */
    bool failed;
} import;

/* --- gathering ----------------------------------------------------------- */

static void
gather(import *im, eql_vec *v, uint32_t i)
{
    moved m = {i, EQL_NONE};

    if (eql_vec_push(v, &m, sizeof m) == EQL_NONE)
        im->failed = true;
}

static int
by_from(const void *a, const void *b)
{
    uint32_t x = ((const moved *)a)->from, y = ((const moved *)b)->from;

    return (x > y) - (x < y);
}

/* Sorts and drops what is there twice. */
static void
settle(eql_vec *v)
{
    moved *m = v->items;
    uint32_t n = 0;

    if (v->n == 0)
        return;
    qsort(m, v->n, sizeof *m, by_from);
    for (uint32_t i = 0; i < v->n; i++)
        if (n == 0 || m[n - 1].from != m[i].from)
            m[n++] = m[i];
    v->n = n;
}

static moved *
find(const eql_vec *v, uint32_t from)
{
    moved key = {from, EQL_NONE};

    if (v->n == 0)
        return NULL;
    return bsearch(&key, v->items, v->n, sizeof key, by_from);
}

static void
gather_string(import *im, eql_str s)
{
    if (s.len > 0 && eql_vec_push(&im->strings, &s, sizeof s) == EQL_NONE)
        im->failed = true;
}

static void
gather_strings(import *im, eql_range run)
{
    for (uint32_t i = 0; i < run.n; i++)
        gather_string(im, im->p->strings[run.first + i]);
}

/* The positive stages and, behind them, `until`. */
static void
gather_stages(import *im)
{
    for (uint32_t i = 0; i < im->rule->stages.n; i++)
        gather(im, &im->stages, im->rule->stages.first + i);
    if (im->rule->until != EQL_NONE)
        gather(im, &im->stages, im->rule->until);
}

static const eql_stage *
stage_at(const import *im, uint32_t i)
{
    return &im->p->stages[((const moved *)eql_vec_at(&im->stages, i))->from];
}

static void
gather_stage(import *im, const eql_stage *s)
{
    const eql_program *p = im->p;

    gather_string(im, s->category);
    gather(im, &im->filters, s->filter);
    for (uint32_t i = 0; i < s->keys.n; i++)
        gather(im, &im->fields, p->keys[s->keys.first + i].field);
    for (uint32_t i = 0; i < s->exceptions.n; i++) {
        const eql_exception *x = &p->exceptions[s->exceptions.first + i];

        gather_string(im, x->name);
        gather(im, &im->filters, x->filter);
    }
    for (uint32_t i = 0; i < s->severities.n; i++)
        gather(im, &im->filters, p->severities[s->severities.first + i].filter);
}

/* What each of the gathered leaves, or filters, names. */
static void
gather_code(import *im, eql_range code)
{
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &im->p->insns[code.first + i];

        switch (operand_c[in->op][0]) {
        case 'F': gather(im, &im->fields, in->c); break;
        case 'K':
        case 'P':
        case 'S':
        case 'N': gather(im, &im->consts, in->c); break;
        case 'L': gather(im, &im->leaves, in->c); break;
        default: break;
        }
    }
}

static void
gather_const(import *im, const eql_const *k)
{
    gather_string(im, k->str);
    for (uint32_t i = 0; i < k->list.n; i++)
        gather(im, &im->consts, im->p->lists[k->list.first + i]);
}

static void
gather_field(import *im, const eql_field *f)
{
    gather_string(im, f->name);
    for (uint32_t i = 0; i < f->segs.n; i++)
        gather_string(im, im->p->segs[f->segs.first + i].name);
}

static void
gather_rule(import *im)
{
    const eql_rule *r = im->rule;

    gather_string(im, r->name);
    gather_string(im, r->id);
    gather_string(im, r->file);
    gather_string(im, r->query);
    gather_string(im, r->description);
    gather_strings(im, r->tags);
    gather_strings(im, r->threats);
    gather_stages(im);
    for (uint32_t i = 0; i < im->stages.n; i++)
        gather_stage(im, stage_at(im, i));
}

#define FROM(v, i) (((const moved *)eql_vec_at(v, i))->from)

/* Each kind is complete before what it names is gathered from it. */
static void
gather_all(import *im)
{
    uint32_t nscalars;

    gather_rule(im);
    settle(&im->filters);
    for (uint32_t i = 0; i < im->filters.n && !im->failed; i++)
        gather_code(im, im->p->filters[FROM(&im->filters, i)].code);
    settle(&im->leaves);
    for (uint32_t i = 0; i < im->leaves.n && !im->failed; i++)
        gather_code(im, im->p->leaves[FROM(&im->leaves, i)].code);
    settle(&im->consts);
    nscalars = im->consts.n; /* items of lists are added behind these */
    for (uint32_t i = 0; i < nscalars && !im->failed; i++)
        gather_const(im, &im->p->consts[FROM(&im->consts, i)]);
    settle(&im->consts);
    for (uint32_t i = 0; i < im->consts.n && !im->failed; i++)
        gather_string(im, im->p->consts[FROM(&im->consts, i)].str);
    settle(&im->fields);
    for (uint32_t i = 0; i < im->fields.n && !im->failed; i++)
        gather_field(im, &im->p->fields[FROM(&im->fields, i)]);
}

/* --- adding -------------------------------------------------------------- */

/* Room for a run of n records; NULL and failed when out of memory. */
static void *
room(import *im, uint32_t n, size_t size)
{
    void *p = calloc((size_t)n + 1, size);

    if (!p)
        im->failed = true;
    return p;
}

/* Never for a program that was verified and gathered. */
static uint32_t
fail(import *im)
{
    im->failed = true;
    return EQL_NONE;
}

static eql_str
add_string(import *im, eql_str s)
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
add_strings(import *im)
{
    if (im->strings.n == 0)
        return;
    qsort(im->strings.items, im->strings.n, im->strings.size, by_place);
    for (uint32_t i = 0; i < im->strings.n; i++)
        add_string(im, *(const eql_str *)eql_vec_at(&im->strings, i));
}

static eql_value
scalar(const import *im, const eql_const *k)
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

static uint32_t add_const(import *im, uint32_t from);

static uint32_t
add_const_list(import *im, const eql_const *k)
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
add_const(import *im, uint32_t from)
{
    moved *m = find(&im->consts, from);
    const eql_const *k = &im->p->consts[from];

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE)
        m->to = k->kind < EQL_CONST_PATTERNS
                    ? eql_builder_const(im->b, scalar(im, k))
                    : add_const_list(im, k);
    return m->to;
}

static uint32_t
add_field(import *im, uint32_t from)
{
    const eql_field *f = &im->p->fields[from];
    moved *m = find(&im->fields, from);
    eql_field_seg *segs;

    if (!m)
        return fail(im);
    if (m->to != EQL_NONE)
        return m->to;
    segs = room(im, f->segs.n, sizeof *segs);
    if (!segs)
        return EQL_NONE;
    for (uint32_t i = 0; i < f->segs.n; i++) {
        segs[i] = im->p->segs[f->segs.first + i];
        segs[i].name = add_string(im, segs[i].name);
    }
    m->to = eql_builder_field(im->b, eql_program_str(im->p, f->name),
                              (eql_field_type)f->type, segs, f->segs.n);
    free(segs);
    return m->to;
}

static uint32_t add_leaf(import *im, uint32_t from);

/* The code with its operands as they are now; NULL when out of memory. */
static eql_insn *
move_code(import *im, eql_range code)
{
    eql_insn *out = room(im, code.n, sizeof *out);

    for (uint32_t i = 0; out && i < code.n; i++) {
        out[i] = im->p->insns[code.first + i];
        switch (operand_c[out[i].op][0]) {
        case 'F': out[i].c = add_field(im, out[i].c); break;
        case 'K':
        case 'P':
        case 'S':
        case 'N': out[i].c = add_const(im, out[i].c); break;
        case 'L': out[i].c = add_leaf(im, out[i].c); break;
        default: break;
        }
    }
    return out;
}

static uint32_t
add_leaf(import *im, uint32_t from)
{
    const eql_leaf *l = &im->p->leaves[from];
    moved *m = find(&im->leaves, from);
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
add_filter(import *im, uint32_t from)
{
    const eql_filter *f = &im->p->filters[from];
    moved *m = find(&im->filters, from);
    eql_insn *code;

    if (!m)
        return fail(im);
    if (m->to == EQL_NONE && (code = move_code(im, f->code))) {
        m->to = eql_builder_filter(im->b, code, f->code.n);
        free(code);
    }
    return m->to;
}

/* Leaves and filters share one section of code: in the order of their code. */
static void
add_code(import *im)
{
    uint32_t l = 0, f = 0;

    while (l < im->leaves.n || f < im->filters.n) {
        uint32_t leaf = l < im->leaves.n ? FROM(&im->leaves, l) : EQL_NONE;
        uint32_t filter = f < im->filters.n ? FROM(&im->filters, f) : EQL_NONE;

        if (filter == EQL_NONE ||
            (leaf != EQL_NONE && im->p->leaves[leaf].code.first <
                                     im->p->filters[filter].code.first)) {
            add_leaf(im, leaf);
            l++;
        } else {
            add_filter(im, filter);
            f++;
        }
    }
}

/* --- records that are not shared ----------------------------------------- */

static eql_range
move_strings(import *im, eql_range run)
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
move_keys(import *im, eql_range run)
{
    eql_key *k = room(im, run.n, sizeof *k);
    eql_range to = {0, 0};

    for (uint32_t i = 0; k && i < run.n; i++) {
        k[i] = im->p->keys[run.first + i];
        k[i].field = add_field(im, k[i].field);
    }
    if (k)
        to = eql_builder_keys(im->b, k, run.n);
    free(k);
    return to;
}

static eql_range
move_exceptions(import *im, eql_range run)
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
move_severities(import *im, eql_range run)
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

static eql_range
move_stages(import *im)
{
    eql_stage *s = room(im, im->stages.n, sizeof *s);
    eql_range to = {0, 0};

    for (uint32_t i = 0; s && i < im->stages.n; i++) {
        s[i] = *stage_at(im, i);
        s[i].rule = eql_builder_nrules(im->b);
        s[i].category = add_string(im, s[i].category);
        s[i].filter = add_filter(im, s[i].filter);
        s[i].keys = move_keys(im, s[i].keys);
        s[i].exceptions = move_exceptions(im, s[i].exceptions);
        s[i].severities = move_severities(im, s[i].severities);
    }
    if (s)
        to = eql_builder_stages(im->b, s, im->stages.n);
    free(s);
    return to;
}

static bool
add_rule(import *im)
{
    eql_rule r = *im->rule;
    eql_range stages = move_stages(im);

    r.name = add_string(im, r.name);
    r.id = add_string(im, r.id);
    r.file = add_string(im, r.file);
    r.query = add_string(im, r.query);
    r.description = add_string(im, r.description);
    r.stages = (eql_range){stages.first, im->rule->stages.n};
    if (r.until != EQL_NONE)
        r.until = stages.first + r.stages.n;
    /* Whichever stood first in the old program goes first. */
    if (im->rule->threats.first < im->rule->tags.first) {
        r.threats = move_strings(im, r.threats);
        r.tags = move_strings(im, r.tags);
    } else {
        r.tags = move_strings(im, r.tags);
        r.threats = move_strings(im, r.threats);
    }
    return !im->failed && eql_builder_rule(im->b, &r) != EQL_NONE;
}

bool
eql_builder_import_rule(eql_builder *b, const eql_program *p, uint32_t rule)
{
import im = {.p = p, .b = b, .rule = & p->rules[rule] };
    bool ok = false;

    gather_all(&im);
    if (!im.failed) {
        add_strings(&im);
        for (uint32_t i = 0; i < im.fields.n; i++)
            add_field(&im, FROM(&im.fields, i));
        for (uint32_t i = 0; i < im.consts.n; i++)
            add_const(&im, FROM(&im.consts, i));
        add_code(&im);
        ok = add_rule(&im);
    }
    eql_vec_free(&im.strings);
    eql_vec_free(&im.fields);
    eql_vec_free(&im.consts);
    eql_vec_free(&im.leaves);
    eql_vec_free(&im.filters);
    eql_vec_free(&im.stages);
    return ok;
}
