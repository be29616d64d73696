/* import_gather.c -- finds all that one rule of a program names, directly or
 * not, so that it can be taken into another (builder_import.c).
 *
 * Each kind of record has a list; lists are looked through until nothing new
 * is found, and then sorted into the order of the old program. */
#include "program/import_int.h"
#include "program/operand.h"

#include <stdlib.h>

eql_import_kind
eql_import_kind_of(const eql_insn *in)
{
    switch (eql_insn_names(in)) {
    case EQL_NAMES_FIELD: return EQL_IMPORT_FIELD;
    case EQL_NAMES_CONST: return EQL_IMPORT_CONST;
    case EQL_NAMES_LEAF: return EQL_IMPORT_LEAF;
    case EQL_NAMES_ITERATOR: return EQL_IMPORT_ITERATOR;
    case EQL_NAMES_LINEAGE: return EQL_IMPORT_LINEAGE;
    case EQL_NAMES_NOTHING: break;
    }
    return EQL_IMPORT_NONE;
}

/* --- gathering --- */

static void
gather(eql_import *im, eql_import_kind kind, uint32_t i)
{
    eql_gathered *g = &im->of[kind];
    eql_moved m = {i, EQL_NONE};

    if (i == EQL_NONE || im->failed ||
        eql_map_get(g->seen, &i, sizeof i) != EQL_NONE)
        return;
    if (!eql_map_put(g->seen, &i, sizeof i, 1) ||
        eql_vec_push(&g->v, &m, sizeof m) == EQL_NONE)
        im->failed = true;
}

static void
gather_string(eql_import *im, eql_str s)
{
    if (s.len > 0 && eql_vec_push(&im->strings, &s, sizeof s) == EQL_NONE)
        im->failed = true;
}

static void
gather_strings(eql_import *im, eql_range run)
{
    for (uint32_t i = 0; i < run.n; i++)
        gather_string(im, im->p->strings[run.first + i]);
}

static void
gather_stage(eql_import *im, uint32_t stage)
{
    const eql_program *p = im->p;
    const eql_stage *s = &p->stages[stage];

    gather_string(im, s->category);
    gather_string(im, s->alias);
    gather(im, EQL_IMPORT_FIELD, s->category_field);
    gather(im, EQL_IMPORT_FILTER, s->filter);
    gather(im, EQL_IMPORT_FILTER, s->residual);
    for (uint32_t i = 0; i < s->keys.n; i++) {
        const eql_key *k = &p->keys[s->keys.first + i];

        gather_string(im, k->name);
        gather(im, EQL_IMPORT_FIELD, k->field);
        gather(im, EQL_IMPORT_LEAF, k->leaf);
    }
    for (uint32_t i = 0; i < s->exceptions.n; i++) {
        const eql_exception *x = &p->exceptions[s->exceptions.first + i];

        gather_string(im, x->name);
        gather(im, EQL_IMPORT_FILTER, x->filter);
    }
    for (uint32_t i = 0; i < s->severities.n; i++)
        gather(im, EQL_IMPORT_FILTER,
               p->severities[s->severities.first + i].filter);
}

static void
gather_code(eql_import *im, eql_range code)
{
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &im->p->insns[code.first + i];
        eql_import_kind kind = eql_import_kind_of(in);

        if (kind != EQL_IMPORT_NONE)
            gather(im, kind, in->c);
    }
}

static void
gather_const(eql_import *im, uint32_t i)
{
    const eql_const *k = &im->p->consts[i];

    gather_string(im, k->str);
    for (uint32_t j = 0; j < k->list.n; j++)
        gather(im, EQL_IMPORT_CONST, im->p->lists[k->list.first + j]);
}

static void
gather_field(eql_import *im, uint32_t i)
{
    const eql_field *f = &im->p->fields[i];

    gather(im, EQL_IMPORT_FIELD, f->parent);
    gather_string(im, f->name);
    for (uint32_t j = 0; j < f->segs.n; j++)
        gather_string(im, im->p->segs[f->segs.first + j].name);
}

/* What record i names. */
static void
look_into(eql_import *im, eql_import_kind kind, uint32_t i)
{
    const eql_program *p = im->p;

    switch (kind) {
    case EQL_IMPORT_FIELD: gather_field(im, i); break;
    case EQL_IMPORT_CONST: gather_const(im, i); break;
    case EQL_IMPORT_LEAF: gather_code(im, p->leaves[i].code); break;
    case EQL_IMPORT_FILTER: gather_code(im, p->filters[i].code); break;
    case EQL_IMPORT_ITERATOR:
        gather(im, EQL_IMPORT_FIELD, p->iterators[i].field);
        gather(im, EQL_IMPORT_FILTER, p->iterators[i].filter);
        break;
    case EQL_IMPORT_LINEAGE:
        gather(im, EQL_IMPORT_STAGE, p->lineages[i].stage);
        break;
    case EQL_IMPORT_STAGE: gather_stage(im, i); break;
    case EQL_IMPORT_COUNT: break;
    }
}

/* Until nothing new is named. */
static void
gather_the_rest(eql_import *im)
{
    bool found = true;

    while (found && !im->failed) {
        found = false;
        for (unsigned k = 0; k < EQL_IMPORT_COUNT; k++) {
            eql_gathered *g = &im->of[k];

            for (; g->done < g->v.n && !im->failed; g->done++) {
                look_into(im, (eql_import_kind)k,
                          eql_import_from(im, k, g->done));
                found = true;
            }
        }
    }
}

static void
gather_pipes(eql_import *im)
{
    const eql_program *p = im->p;

    for (uint32_t i = 0; i < im->rule->pipes.n; i++) {
        const eql_pipe_op *x = &p->pipes[im->rule->pipes.first + i];

        gather(im, EQL_IMPORT_FILTER, x->filter);
        for (uint32_t j = 0; j < x->exprs.n; j++)
            gather(im, EQL_IMPORT_LEAF, p->exprs[x->exprs.first + j]);
    }
}

static void
gather_rule(eql_import *im)
{
    const eql_rule *r = im->rule;
    const eql_clock *clock = &im->p->clocks[r->clock];

    gather_string(im, r->name);
    gather_string(im, r->id);
    gather_string(im, r->file);
    gather_string(im, r->query);
    gather_string(im, r->description);
    gather_strings(im, r->tags);
    gather_strings(im, r->threats);
    gather(im, EQL_IMPORT_FIELD, clock->timestamp);
    gather(im, EQL_IMPORT_FIELD, clock->tiebreaker);
    for (uint32_t i = 0; i < r->stages.n; i++)
        gather(im, EQL_IMPORT_STAGE, r->stages.first + i);
    gather(im, EQL_IMPORT_STAGE, r->until);
    gather_pipes(im);
}

/* --- fields of the dialect ---
 *
 * The compiler makes them with the first rule that needs them. */

void
eql_import_dialect_fields(eql_dialect *d,
                          uint32_t *out[EQL_IMPORT_DIALECT_FIELDS])
{
    out[0] = &d->host_key;
    out[1] = &d->process_id;
    out[2] = &d->process_parent;
    out[3] = &d->process_type;
    out[4] = &d->process_opcode;
    out[5] = &d->process_ancestry;
    out[6] = &d->process_name;
}

static bool
counts_hosts(const eql_import *im)
{
    for (uint32_t i = 0; i < im->rule->pipes.n; i++) {
        uint32_t kind = im->p->pipes[im->rule->pipes.first + i].kind;

        if (eql_pipe_kind_get(kind)->counts_hosts)
            return true;
    }
    return false;
}

/* Those that this rule needs, and those that were there before its own. */
static void
gather_dialect(eql_import *im)
{
    eql_dialect d = *eql_program_dialect(im->p);
    uint32_t *fields[EQL_IMPORT_DIALECT_FIELDS], last = 0;

    for (uint32_t i = 0; i < im->of[EQL_IMPORT_FIELD].v.n; i++)
        last = eql_import_from(im, EQL_IMPORT_FIELD, i) > last
                   ? eql_import_from(im, EQL_IMPORT_FIELD, i)
                   : last;
    eql_import_dialect_fields(&d, fields);
    for (unsigned i = 0; i < EQL_IMPORT_DIALECT_FIELDS; i++) {
        bool needed = fields[i] == &d.host_key
                          ? counts_hosts(im)
                          : im->of[EQL_IMPORT_LINEAGE].v.n > 0;

        if (needed || *fields[i] < last)
            gather(im, EQL_IMPORT_FIELD, *fields[i]);
    }
    gather_the_rest(im);
}

static int
by_from(const void *a, const void *b)
{
    uint32_t x = ((const eql_moved *)a)->from, y = ((const eql_moved *)b)->from;

    return (x > y) - (x < y);
}

void
eql_import_gather(eql_import *im)
{
    gather_rule(im);
    gather_the_rest(im);
    gather_dialect(im);
    for (unsigned k = 0; k < EQL_IMPORT_COUNT; k++) {
        eql_vec *v = &im->of[k].v;

        if (v->n > 0)
            qsort(v->items, v->n, sizeof(eql_moved), by_from);
    }
}

eql_moved *
eql_import_find(const eql_import *im, eql_import_kind kind, uint32_t from)
{
    const eql_vec *v = &im->of[kind].v;
    eql_moved key = {from, EQL_NONE};

    if (v->n == 0)
        return NULL;
    return bsearch(&key, v->items, v->n, sizeof key, by_from);
}
