/* verify_scope.c -- the part of the verifier that proves array functions to
 * end, and to read no element but the one at hand.
 *
 * A leaf names iterators, an iterator has a filter, the filter names leaves.
 * Those must be lower than the leaf at hand, so nothing names itself; and the
 * levels of the iterated fields must grow inwards, so that bodies are nested at
 * most EQL_MAX_LEVELS deep and never iterate one field inside itself.
 *
 * For each leaf and filter this file works out its scope (verify_int.h), inner
 * ones first.  Who names a leaf from outside of array functions then asks that
 * nothing is left open. */
#include "program/verify_int.h"

/* The leaf whose scope is worked out. */
typedef struct {
    eql_verifier *v;
    uint32_t leaf;
    uint32_t insn; /* of insns[] */
    eql_scope *scope;
} scope_state;

static bool
refuse(scope_state *s, eql_verify_code code)
{
    return eql_verify_refuse(s->v, code, EQL_SECTION_insns, s->insn);
}

/* false: more elements at a time than array functions can be nested. */
static bool
open_field(eql_scope *s, uint32_t field)
{
    for (uint32_t i = 0; i < s->nopen; i++) {
        if (s->open[i] == field)
            return true;
    }
    if (s->nopen == EQL_MAX_LEVELS)
        return false;
    s->open[s->nopen++] = field;
    return true;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t
most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* What `inner` needs, its user needs too; the element of `bound` is given. */
static bool
join(eql_scope *s, const eql_scope *inner, uint32_t bound)
{
    for (uint32_t i = 0; i < inner->nopen; i++) {
        if (inner->open[i] != bound && !open_field(s, inner->open[i]))
            return false;
    }
    s->least_level = least(s->least_level, inner->least_level);
    s->most_origin = most(s->most_origin, inner->most_origin);
    s->lineages = most(s->lineages, inner->lineages);
    s->first_lineage = least(s->first_lineage, inner->first_lineage);
    /* Far from overflow: no leaf is above EQL_VERIFY_WORK_BODY. */
    s->work += inner->work;
    return true;
}

/* Fields are looked up in the element at hand of their parent. */
static bool
use_field(scope_state *s, uint32_t field)
{
    const eql_field *f = &s->v->p->fields[field];

    s->scope->most_origin = most(s->scope->most_origin, f->origin);
    return f->parent == EQL_NONE || open_field(s->scope, f->parent) ||
           refuse(s, EQL_VERIFY_BAD_NESTING);
}

/* Works out filter f, all of whose leaves are below `below`. */
static bool
filter_scope(eql_verifier *v, uint32_t f, uint32_t below)
{
    eql_range code = v->p->filters[f].code;
    eql_scope *s = &v->filters[f];

    if (s->known)
        return true;
    s->least_level = EQL_MAX_LEVELS;
    s->first_lineage = EQL_NONE;
    s->work = code.n;
    for (uint32_t i = code.first; i < code.first + code.n; i++) {
        const eql_insn *in = &v->p->insns[i];

        if (in->op != EQL_OP_BRANCH_TRUE && in->op != EQL_OP_BRANCH_FALSE)
            continue;
        if (in->c >= below || !join(s, &v->leaves[in->c], EQL_NONE))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_NESTING,
                                     EQL_SECTION_insns, i);
    }
    s->known = true;
    return true;
}

static bool
use_iterator(scope_state *s, uint32_t iterator)
{
    const eql_iterator *it = &s->v->p->iterators[iterator];
    const eql_scope *body = &s->v->filters[it->filter];
    uint32_t level = s->v->p->fields[it->field].level;

    if (!filter_scope(s->v, it->filter, s->leaf))
        return false;
    if (body->work > EQL_VERIFY_WORK_BODY)
        return refuse(s, EQL_VERIFY_BAD_BUDGET);
    if (body->least_level <= level || !join(s->scope, body, it->field))
        return refuse(s, EQL_VERIFY_BAD_NESTING);
    s->scope->least_level = least(s->scope->least_level, level);
    return use_field(s, it->field);
}

static bool
use_insn(scope_state *s)
{
    const eql_insn *in = &s->v->p->insns[s->insn];

    switch (in->op) {
    case EQL_OP_LOAD_FIELD:
    case EQL_OP_ARRAY_HAS: return use_field(s, in->c);
    case EQL_OP_ANY_OF:
    case EQL_OP_COUNT_OF: return use_iterator(s, in->c);
    case EQL_OP_LINEAGE:
        s->scope->lineages = most(s->scope->lineages, in->c + 1);
        s->scope->first_lineage = least(s->scope->first_lineage, in->c);
        return true;
    default: return true;
    }
}

static bool
leaf_scope(eql_verifier *v, uint32_t leaf)
{
    eql_range code = v->p->leaves[leaf].code;
    scope_state s = {.v = v, .leaf = leaf, .scope = &v->leaves[leaf]};

    s.scope->least_level = EQL_MAX_LEVELS;
    s.scope->first_lineage = EQL_NONE;
    s.scope->work = code.n;
    for (s.insn = code.first; s.insn < code.first + code.n; s.insn++) {
        if (!use_insn(&s))
            return false;
        if (s.scope->work > EQL_VERIFY_WORK_BODY)
            return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET,
                                     EQL_SECTION_leaves, leaf);
    }
    if (!eql_verify_charge_work(v, s.scope->work))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_leaves,
                                 leaf);
    return true;
}

bool
eql_verify_scopes(eql_verifier *v)
{
    for (uint32_t i = 0; i < v->p->nleaves; i++) {
        if (!leaf_scope(v, i))
            return false;
    }
    for (uint32_t i = 0; i < v->p->nfilters; i++) {
        if (!filter_scope(v, i, v->p->nleaves))
            return false;
    }
    return true;
}

bool
eql_verify_is_pure(const eql_scope *s)
{
    return s->nopen == 0 && s->most_origin == 0 && s->lineages == 0;
}
