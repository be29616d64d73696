/* facts.c -- one walk over leaf code and filter code.
 *
 * The leaves of a body are lower than any leaf that names its iterator, so
 * facts are found in ascending order; a filter's are found when a leaf first
 * needs them.  The verifier keeps array functions few inside each other, and
 * with it every recursion here. */
#include "vm/eval/facts.h"

#include <stdlib.h>

static const char c_operand[EQL_OP_COUNT] = {
#define OP(name, a, b, c, text) #c[0],
#include "program/opcode.def"
#undef OP
};

uint32_t
eql_prepared_root(const eql_program *p, uint32_t f)
{
    while (p->fields[f].parent != EQL_NONE)
        f = p->fields[f].parent;
    return f;
}

/* --- facts --- */

/* ELEMENTS fields that must be bound; beyond the most, all that is known is
 * that there are some. */
#define MOST_FREE 8u

typedef struct {
    uint32_t n;
    uint32_t fields[MOST_FREE];
} free_set;

typedef struct {
    eql_prepared *pr;
    const eql_program *p;
    free_set *leaves;
    free_set *filters;
    bool *filter_known;
} finder;

static void
add_free(free_set *s, uint32_t field)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->fields[i] == field)
            return;
    }
    if (s->n < MOST_FREE)
        s->fields[s->n++] = field;
}

static void
note_field(finder *f, uint32_t leaf, uint32_t field)
{
    const eql_field *fd = &f->p->fields[field];

    if (fd->parent != EQL_NONE)
        add_free(&f->leaves[leaf], fd->parent);
    if (f->p->fields[eql_prepared_root(f->p, field)].origin != 0)
        f->pr->leaves[leaf].impure = f->pr->leaves[leaf].aliases = true;
}

static void
find_filter(finder *f, uint32_t filter)
{
    eql_range code = f->p->filters[filter].code;
    eql_code_facts *facts = &f->pr->filters[filter];

    if (f->filter_known[filter])
        return;
    f->filter_known[filter] = true;
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &f->p->insns[code.first + i];
        const eql_code_facts *leaf = &f->pr->leaves[in->c];

        if (in->op != EQL_OP_BRANCH_TRUE && in->op != EQL_OP_BRANCH_FALSE)
            continue;
        facts->impure |= leaf->impure;
        facts->aliases |= leaf->aliases;
        if (leaf->depth > facts->depth)
            facts->depth = leaf->depth;
        for (uint32_t k = 0; k < f->leaves[in->c].n; k++)
            add_free(&f->filters[filter], f->leaves[in->c].fields[k]);
    }
    facts->free = f->filters[filter].n > 0;
}

static void
note_iterator(finder *f, uint32_t leaf, const eql_iterator *it)
{
    eql_code_facts *facts = &f->pr->leaves[leaf];
    const eql_code_facts *body = &f->pr->filters[it->filter];
    const free_set *free_in_body = &f->filters[it->filter];

    find_filter(f, it->filter);
    note_field(f, leaf, it->field);
    facts->impure |= body->impure;
    facts->aliases |= body->aliases;
    if (body->depth >= facts->depth && body->depth < UINT8_MAX)
        facts->depth = (uint8_t)(body->depth + 1);
    for (uint32_t i = 0; i < free_in_body->n; i++) {
        if (free_in_body->fields[i] != it->field)
            add_free(&f->leaves[leaf], free_in_body->fields[i]);
    }
}

static void
find_leaf(finder *f, uint32_t leaf)
{
    eql_range code = f->p->leaves[leaf].code;
    eql_code_facts *facts = &f->pr->leaves[leaf];

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &f->p->insns[code.first + i];

        switch (c_operand[in->op]) {
        case 'F':
        case 'E': note_field(f, leaf, in->c); break;
        case 'I': note_iterator(f, leaf, &f->p->iterators[in->c]); break;
        case 'Y': facts->impure = true; break;
        default: break;
        }
    }
    facts->free = f->leaves[leaf].n > 0;
    if (facts->depth > f->pr->depth)
        f->pr->depth = facts->depth;
}

bool
eql_facts_find(eql_prepared *pr)
{
    const eql_program *p = pr->p;
    finder f = {.pr = pr,
                .p = p,
                .leaves = calloc((size_t)p->nleaves + 1, sizeof(free_set)),
                .filters = calloc((size_t)p->nfilters + 1, sizeof(free_set)),
                .filter_known = calloc((size_t)p->nfilters + 1, sizeof(bool))};
    bool ok = f.leaves && f.filters && f.filter_known;

    for (uint32_t i = 0; ok && i < p->nleaves; i++)
        find_leaf(&f, i);
    for (uint32_t i = 0; ok && i < p->nfilters; i++)
        find_filter(&f, i);
    free(f.leaves);
    free(f.filters);
    free(f.filter_known);
    return ok;
}

/* --- fields --- */

bool
eql_field_walk_init(eql_field_walk *w, const eql_program *p)
{
    *w = (eql_field_walk){
        .p = p,
        .leaf_seen = calloc((size_t)p->nleaves + 1, sizeof *w->leaf_seen),
        .field_seen = calloc((size_t)p->nfields + 1, sizeof *w->field_seen)};
    w->failed = !w->leaf_seen || !w->field_seen;
    return !w->failed;
}

void
eql_field_walk_free(eql_field_walk *w)
{
    free(w->leaf_seen);
    free(w->field_seen);
    eql_vec_free(&w->fields);
}

/* A round is begun for each rule and each stage, so it does not wrap. */
void
eql_field_walk_begin(eql_field_walk *w)
{
    w->round++;
    w->fields.n = 0;
}

void
eql_field_walk_add(eql_field_walk *w, uint32_t field)
{
    field = eql_prepared_root(w->p, field);
    if (w->field_seen[field] == w->round)
        return;
    w->field_seen[field] = w->round;
    if (eql_vec_push(&w->fields, &field, sizeof field) == EQL_NONE)
        w->failed = true;
}

void
eql_field_walk_leaf(eql_field_walk *w, uint32_t leaf)
{
    eql_range code = w->p->leaves[leaf].code;

    if (w->leaf_seen[leaf] == w->round)
        return;
    w->leaf_seen[leaf] = w->round;
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &w->p->insns[code.first + i];

        switch (c_operand[in->op]) {
        case 'F':
        case 'E': eql_field_walk_add(w, in->c); break;
        case 'I':
            eql_field_walk_add(w, w->p->iterators[in->c].field);
            eql_field_walk_filter(w, w->p->iterators[in->c].filter);
            break;
        default: break;
        }
    }
}

void
eql_field_walk_filter(eql_field_walk *w, uint32_t filter)
{
    eql_range code = w->p->filters[filter].code;

    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &w->p->insns[code.first + i];

        if (c_operand[in->op] == 'L')
            eql_field_walk_leaf(w, in->c);
    }
}
