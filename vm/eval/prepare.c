/* prepare.c -- builds the run-time tables of a program.
 *
 * Work is linear in the program.  The verifier has proved every index, kind
 * and address block, so only memory can fail here, and a regular expression
 * that is right but too large to compile.
 *
 * A list is made under a lock and then published with release; who finds it
 * needs no lock.  Lists share an arena of their own, which only the maker
 * touches. */
#include "vm/eval/prepare.h"
#include "vm/eval/facts.h"

#include <pthread.h>
#include <stdlib.h>

struct eql_prepared_maker {
    pthread_mutex_t lock;
    eql_arena *arena;
    uint32_t nregexes;   /* to come, at most */
    size_t regex_memory; /* that they may use */
    atomic_bool failed;
};

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

/* --- lists: what there is of a half-made one is freed here or the arena's - */

static const void *
make_patterns(const eql_prepared *pr, const eql_const *k)
{
    eql_arena *arena = pr->maker->arena;
    eql_pattern_list *l = eql_arena_alloc(arena, sizeof *l);

    if (!l || !eql_pattern_list_init(l, arena, k->list.n))
        return NULL;
    if (k->flags & EQL_CONST_FOLD)
        l->strings = pr->folding;
    l->text_only = k->flags & EQL_CONST_TEXT_ONLY || !pr->comparing.coerce;
    l->member = k->flags & EQL_CONST_MEMBER;
    l->qmark =
        eql_program_dialect(pr->p)->qmark_wildcard == EQL_QMARK_WILDCARD_ON;
    for (uint32_t i = 0; i < k->list.n; i++) {
        eql_str text = list_item(pr->p, k, i)->str;

        if (!eql_pattern_list_add(l, arena, eql_program_str(pr->p, text))) {
            eql_pattern_list_free(l);
            return NULL;
        }
    }
    return l;
}

static const void *
make_set(const eql_prepared *pr, const eql_const *k)
{
    eql_set *set = eql_arena_alloc(pr->maker->arena, sizeof *set);

    if (!set)
        return NULL;
    set->how = pr->comparing;
    set->strings_case =
        k->flags & EQL_CONST_FOLD ? pr->folding : pr->comparing.strings;
    set->match = k->flags & EQL_CONST_MATCH;
    for (uint32_t i = 0; i < k->list.n; i++) {
        eql_literal item =
            eql_literal_of(eql_prepared_value(pr->p, list_item(pr->p, k, i)));

        if (!eql_set_add(set, &item)) {
            eql_set_free(set);
            return NULL;
        }
    }
    return set;
}

static const void *
make_networks(const eql_prepared *pr, const eql_const *k)
{
    eql_arena *arena = pr->maker->arena;
    eql_prepared_networks *out = eql_arena_alloc(arena, sizeof *out);
    eql_network_list *l = eql_arena_alloc(arena, sizeof *l);

    if (!out || !l || !eql_network_list_init(l, arena, k->list.n))
        return NULL;
    *out = (eql_prepared_networks){l, k->flags & EQL_CONST_NULL_FALSE};
    for (uint32_t i = 0; i < k->list.n; i++) {
        eql_str text = list_item(pr->p, k, i)->str;

        if (!eql_network_list_add(l, eql_program_str(pr->p, text)))
            return NULL;
    }
    eql_network_list_sort(l);
    return out;
}

static unsigned
regex_flags(const eql_prepared *pr, const eql_const *k)
{
    const eql_dialect *d = eql_program_dialect(pr->p);
    unsigned flags = 0;

    if (k->flags & EQL_CONST_PREFIX)
        flags |= EQL_REGEX_PREFIX;
    if (!(k->flags & EQL_CONST_FOLD))
        return flags;
    flags |= EQL_REGEX_FOLD;
    if (d->regex_ci_ranges == EQL_REGEX_CI_RANGES_LUCENE)
        flags |= EQL_REGEX_CASE_RANGES;
    if (d->case_fold == EQL_CASE_FOLD_ASCII)
        flags |= EQL_REGEX_ASCII;
    return flags;
}

static const void *
make_regex(const eql_prepared *pr, const eql_const *k)
{
    eql_prepared_maker *m = pr->maker;
    eql_strview *texts = malloc(((size_t)k->list.n + 1) * sizeof *texts);
    eql_regex_error why;
    eql_regex *re;

    if (!texts)
        return NULL;
    for (uint32_t i = 0; i < k->list.n; i++)
        texts[i] = eql_program_str(pr->p, list_item(pr->p, k, i)->str);
    re = eql_regex_new_within(texts, k->list.n, regex_flags(pr, k),
                              &m->regex_memory, m->nregexes, &why);
    free(texts);
    if (re)
        m->nregexes--;
    return re;
}

static const void *
make_list(const eql_prepared *pr, const eql_const *k)
{
    switch (k->kind) {
    case EQL_CONST_PATTERNS: return make_patterns(pr, k);
    case EQL_CONST_SET: return make_set(pr, k);
    case EQL_CONST_NETWORKS: return make_networks(pr, k);
    case EQL_CONST_REGEXES: return make_regex(pr, k);
    default: return NULL; /* no list: verified */
    }
}

const void *
eql_prepared_make(const eql_prepared *pr, uint32_t k)
{
    eql_prepared_maker *m = pr->maker;
    const void *list;

    pthread_mutex_lock(&m->lock);
    list = atomic_load_explicit(&pr->consts[k].list, memory_order_relaxed);
    if (!list)
        list = make_list(pr, &pr->p->consts[k]);
    if (list)
        atomic_store_explicit(&pr->consts[k].list, list, memory_order_release);
    else
        atomic_store(&m->failed, true);
    pthread_mutex_unlock(&m->lock);
    return list;
}

void
eql_prepared_fail(const eql_prepared *pr)
{
    atomic_store(&pr->maker->failed, true);
}

bool
eql_prepared_failed(const eql_prepared *pr)
{
    return atomic_load_explicit(&pr->maker->failed, memory_order_relaxed);
}

static bool
maker_new(eql_prepared *pr)
{
    eql_prepared_maker *m = calloc(1, sizeof *m);

    if (!m)
        return false;
    m->arena = eql_arena_new(0);
    if (!m->arena || pthread_mutex_init(&m->lock, NULL) != 0) {
        eql_arena_free(m->arena);
        free(m);
        return false;
    }
    m->regex_memory = EQL_PREPARED_REGEX_MEMORY;
    for (uint32_t i = 0; i < pr->p->nconsts; i++)
        m->nregexes += pr->p->consts[i].kind == EQL_CONST_REGEXES;
    pr->maker = m;
    return true;
}

static void
maker_free(eql_prepared_maker *m)
{
    if (!m)
        return;
    pthread_mutex_destroy(&m->lock);
    eql_arena_free(m->arena);
    free(m);
}

/* --- leaves --- */

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
    pr->leaves = eql_arena_array(pr->arena, p->nleaves, sizeof *pr->leaves);
    pr->filters = eql_arena_array(pr->arena, p->nfilters, sizeof *pr->filters);
    return !eql_arena_failed(pr->arena);
}

eql_prepared *
eql_prepared_new(const eql_program *p)
{
    eql_prepared *pr = calloc(1, sizeof *pr);

    if (!pr)
        return NULL;
    pr->p = p;
    pr->comparing = eql_comparing_of(eql_program_dialect(p));
    pr->folding = eql_case_folding(eql_program_dialect(p));
    if (!allocate(pr) || !maker_new(pr) || !prepare_leaves(pr) ||
        !eql_facts_find(pr)) {
        eql_prepared_free(pr);
        return NULL;
    }
    return pr;
}

/* Maps and regexes do not live in the arena. */
static void
free_const(const eql_prepared *pr, uint32_t i)
{
    void *list = (void *)(uintptr_t)atomic_load(&pr->consts[i].list);

    switch (pr->p->consts[i].kind) {
    case EQL_CONST_PATTERNS:
        if (list)
            eql_pattern_list_free(list);
        break;
    case EQL_CONST_SET:
        if (list)
            eql_set_free(list);
        break;
    case EQL_CONST_REGEXES: eql_regex_free(list); break;
    default: break;
    }
}

void
eql_prepared_free(eql_prepared *pr)
{
    if (!pr)
        return;
    for (uint32_t i = 0; pr->consts && i < pr->p->nconsts; i++)
        free_const(pr, i);
    maker_free(pr->maker);
    eql_arena_free(pr->arena);
    free(pr);
}
