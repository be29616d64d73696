/* prepare.c -- builds the run-time tables of a program.
 *
 * Work is linear in the program.  The verifier has proved every index, kind
 * and address block, so only memory can fail here. */
#include "vm/prepare.h"
#include "vm/fault.h"

#include <stdlib.h>

static const char c_operand[EQL_OP_COUNT] = {
#define OP(name, a, b, c, text) #c[0],
#include "program/opcode.def"
#undef OP
};

eql_value
eql_prepared_value(const eql_program *p, const eql_const *k)
{
    double d;

    switch (k->kind) {
    case EQL_CONST_BOOL: return eql_value_bool(k->bits != 0);
    case EQL_CONST_INT: return eql_value_int((int64_t)k->bits);
    case EQL_CONST_FLOAT:
        memcpy(&d, &k->bits, sizeof d);
        return eql_value_float(d);
    case EQL_CONST_STRING: return eql_value_str(eql_program_str(p, k->str));
    default: return eql_value_null();
    }
}

static const eql_const *
list_item(const eql_program *p, const eql_const *k, uint32_t i)
{
    return &p->consts[p->lists[k->list.first + i]];
}

static bool
prepare_patterns(eql_prepared *pr, uint32_t c)
{
    const eql_const *k = &pr->p->consts[c];
    eql_pattern_list *l = eql_arena_alloc(pr->arena, sizeof *l);

    if (!l)
        return false;
    pr->consts[c].patterns = l;
    if (!eql_pattern_list_init(l, pr->arena, k->flags & EQL_CONST_FOLD,
                               k->list.n))
        return false;
    l->text_only = k->flags & EQL_CONST_TEXT_ONLY;
    for (uint32_t i = 0; i < k->list.n; i++) {
        eql_str text = list_item(pr->p, k, i)->str;

        if (!eql_pattern_list_add(l, pr->arena, eql_program_str(pr->p, text)))
            return false;
    }
    return true;
}

static bool
prepare_set(eql_prepared *pr, uint32_t c)
{
    const eql_const *k = &pr->p->consts[c];
    eql_set *set = eql_arena_alloc(pr->arena, sizeof *set);

    if (!set)
        return false;
    pr->consts[c].set = set;
    set->fold = k->flags & EQL_CONST_FOLD;
    set->match = k->flags & EQL_CONST_MATCH;
    if (EQL_FAULT(in_fold_exact))
        set->fold = false;
    for (uint32_t i = 0; i < k->list.n; i++) {
        eql_literal item =
            eql_literal_of(eql_prepared_value(pr->p, list_item(pr->p, k, i)));

        if (!eql_set_add(set, &item))
            return false;
    }
    return true;
}

static bool
prepare_networks(eql_prepared *pr, uint32_t c)
{
    const eql_const *k = &pr->p->consts[c];
    eql_network_list *l = eql_arena_alloc(pr->arena, sizeof *l);

    if (!l || !eql_network_list_init(l, pr->arena, k->list.n))
        return false;
    pr->consts[c].networks = l;
    for (uint32_t i = 0; i < k->list.n; i++) {
        eql_str text = list_item(pr->p, k, i)->str;

        if (!eql_network_list_add(l, eql_program_str(pr->p, text)))
            return false;
    }
    eql_network_list_sort(l);
    return true;
}

static bool
prepare_lists(eql_prepared *pr)
{
    for (uint32_t i = 0; i < pr->p->nconsts; i++) {
        bool ok = true;

        switch (pr->p->consts[i].kind) {
        case EQL_CONST_PATTERNS: ok = prepare_patterns(pr, i); break;
        case EQL_CONST_SET: ok = prepare_set(pr, i); break;
        case EQL_CONST_NETWORKS: ok = prepare_networks(pr, i); break;
        default: break;
        }
        if (!ok)
            return false;
    }
    return true;
}

static bool
prepare_literal(eql_prepared *pr, uint32_t c)
{
    eql_literal *k;

    if (pr->consts[c].literal)
        return true;
    k = eql_arena_alloc(pr->arena, sizeof *k);
    if (!k)
        return false;
    *k = eql_literal_of(eql_prepared_value(pr->p, &pr->p->consts[c]));
    pr->consts[c].literal = k;
    return true;
}

/* Literals and occurrences that the code of one leaf names; `fields` has room
 * for its occurrences. */
static bool
prepare_code(eql_prepared *pr, eql_range code, uint32_t *fields)
{
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &pr->p->insns[code.first + i];

        if (in->op == EQL_OP_LOAD_FIELD)
            fields[in->b] = in->c;
        if (c_operand[in->op] == 'K' && !prepare_literal(pr, in->c))
            return false;
    }
    return true;
}

static bool
prepare_leaves(eql_prepared *pr)
{
    const eql_program *p = pr->p;
    uint32_t at = 0; /* leaves have at most 64 occurrences, each one insn */

    for (uint32_t i = 0; i < p->nleaves; i++) {
        pr->occurrence_first[i] = at;
        if (!prepare_code(pr, p->leaves[i].code, pr->occurrence_fields + at))
            return false;
        at += p->leaves[i].nocc;
    }
    return true;
}

static bool
allocate(eql_prepared *pr)
{
    const eql_program *p = pr->p;

    pr->arena = eql_arena_new(0);
    if (!pr->arena)
        return false;
    pr->consts = eql_arena_array(pr->arena, p->nconsts, sizeof *pr->consts);
    pr->occurrence_first =
        eql_arena_array(pr->arena, p->nleaves, sizeof *pr->occurrence_first);
    /* Each occurrence is loaded by an instruction of its own. */
    pr->occurrence_fields =
        eql_arena_array(pr->arena, p->ninsns, sizeof *pr->occurrence_fields);
    return !eql_arena_failed(pr->arena);
}

eql_prepared *
eql_prepared_new(const eql_program *p)
{
    eql_prepared *pr = calloc(1, sizeof *pr);

    if (!pr)
        return NULL;
    pr->p = p;
    if (!allocate(pr) || !prepare_lists(pr) || !prepare_leaves(pr)) {
        eql_prepared_free(pr);
        return NULL;
    }
    return pr;
}

/* Maps do not live in the arena. */
static void
free_const(const eql_prepared *pr, uint32_t i)
{
    const eql_prepared_const *c = &pr->consts[i];

    if (pr->p->consts[i].kind == EQL_CONST_PATTERNS && c->patterns)
        eql_pattern_list_free(c->patterns);
    if (pr->p->consts[i].kind == EQL_CONST_SET && c->set)
        eql_set_free(c->set);
}

void
eql_prepared_free(eql_prepared *pr)
{
    if (!pr)
        return;
    for (uint32_t i = 0; pr->consts && i < pr->p->nconsts; i++)
        free_const(pr, i);
    eql_arena_free(pr->arena);
    free(pr);
}
