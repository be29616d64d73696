/* verify_owned.c -- the part of the verifier that leaves nothing over: every
 * record belongs to a rule, and every byte of the heap to a string.
 *
 * Runs of records (code, lists, segments, keys ...) are held to tile their
 * tables where they are checked.  What is left are records that others name by
 * index and may share: constants, fields, clocks, iterators, leaves, filters,
 * lineages.  From the rules and the dialect on, everything that is named is
 * marked; then nothing may be unmarked.  So whoever walks a whole table of a
 * program sees what the other files have checked, and no more.
 *
 * Indexes are in range and bodies nested by levels when this runs: the walk is
 * as deep as array functions can be, and looks at every record once. */
#include "program/operand.h"
#include "program/verify_int.h"

#include <stdlib.h>

static bool
refuse(eql_verifier *v, eql_section section, uint32_t i)
{
    return eql_verify_refuse(v, EQL_VERIFY_BAD_OWNER, section, i);
}

/* --- the heap ---
 *
 * Strings are interned one behind the other, so each is a whole piece of the
 * heap: it begins where a piece does and ends where the next one begins.  The
 * beginnings are bits, those before a word of 64 are counted, and the number of
 * beginnings between two places is then at hand at once. */

static void
set_start(eql_verifier *v, uint32_t off)
{
    v->starts[off / 64] |= UINT64_C(1) << off % 64;
}

static bool
is_start(const eql_verifier *v, uint32_t off)
{
    return v->starts[off / 64] >> off % 64 & 1;
}

/* Beginnings of pieces before this place. */
static uint32_t
starts_before(const eql_verifier *v, uint32_t off)
{
    uint64_t below = v->starts[off / 64] & ((UINT64_C(1) << off % 64) - 1);

    return v->starts_before[off / 64] + (uint32_t)__builtin_popcountll(below);
}

/* First look at each string: it is one, and begins a piece. */
static bool
take_string(eql_verifier *v, eql_str s, eql_section section, uint32_t i)
{
    if (!eql_verify_string_ok(v, s) || (s.len == 0 && s.off != 0))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_STRING, section, i);
    if (s.len > 0)
        set_start(v, s.off);
    return true;
}

/* Second look: it is that piece, no more and no less. */
static bool
is_piece(eql_verifier *v, eql_str s, eql_section section, uint32_t i)
{
    uint32_t end = s.off + s.len;

    return s.len == 0 ||
           (is_start(v, end) &&
            starts_before(v, end) - starts_before(v, s.off) == 1) ||
           refuse(v, section, i);
}

typedef bool (*look)(eql_verifier *, eql_str, eql_section, uint32_t);

static bool
each_string(eql_verifier *v, look fn)
{
    const eql_program *p = v->p;
    bool ok = true;

    for (uint32_t i = 0; ok && i < p->nstrings; i++)
        ok = fn(v, p->strings[i], EQL_SECTION_strings, i);
#define X(section, type, member)                                               \
    for (uint32_t i = 0; ok && i < p->n##section; i++)                         \
        ok = fn(v, p->section[i].member, EQL_SECTION_##section, i);
    EQL_PROGRAM_STRINGS(X)
#undef X
    return ok;
}

static void
count_starts(eql_verifier *v)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i <= v->p->nheap / 64; i++) {
        v->starts_before[i] = n;
        n += (uint32_t)__builtin_popcountll(v->starts[i]);
    }
}

bool
eql_verify_strings(eql_verifier *v)
{
    return each_string(v, take_string);
}

/* No byte between the strings, and none in two of them. */
static bool
strings_tile(eql_verifier *v)
{
    /* The end counts as a beginning; the first piece is at 0. */
    set_start(v, v->p->nheap);
    if (!is_start(v, 0))
        return refuse(v, EQL_SECTION_heap, 0);
    count_starts(v);
    return each_string(v, is_piece);
}

/* --- records --- */

/* Marks a record; false: it was marked before. */
static bool
mark(eql_verifier *v, eql_section section, uint32_t i)
{
    bool *seen = &v->owned[section][i];

    if (*seen)
        return false;
    *seen = true;
    return true;
}

static void
own_field(eql_verifier *v, uint32_t i)
{
    while (i != EQL_NONE && mark(v, EQL_SECTION_fields, i))
        i = v->p->fields[i].parent;
}

static void
own_const(eql_verifier *v, uint32_t i)
{
    const eql_const *k = &v->p->consts[i];

    if (!mark(v, EQL_SECTION_consts, i))
        return;
    for (uint32_t j = 0; j < k->list.n; j++)
        mark(v, EQL_SECTION_consts, v->p->lists[k->list.first + j]);
}

static void own_leaf(eql_verifier *v, uint32_t i);

static void
own_filter(eql_verifier *v, uint32_t i)
{
    eql_range code;

    if (i == EQL_NONE || !mark(v, EQL_SECTION_filters, i))
        return;
    code = v->p->filters[i].code;
    for (uint32_t j = code.first; j < code.first + code.n; j++) {
        if (eql_insn_names(&v->p->insns[j]) == EQL_NAMES_LEAF)
            own_leaf(v, v->p->insns[j].c);
    }
}

static void
own_iterator(eql_verifier *v, uint32_t i)
{
    if (!mark(v, EQL_SECTION_iterators, i))
        return;
    own_field(v, v->p->iterators[i].field);
    own_filter(v, v->p->iterators[i].filter);
}

static void
own_leaf(eql_verifier *v, uint32_t i)
{
    eql_range code;

    if (i == EQL_NONE || !mark(v, EQL_SECTION_leaves, i))
        return;
    code = v->p->leaves[i].code;
    for (uint32_t j = code.first; j < code.first + code.n; j++) {
        const eql_insn *in = &v->p->insns[j];

        switch (eql_insn_names(in)) {
        case EQL_NAMES_FIELD: own_field(v, in->c); break;
        case EQL_NAMES_CONST: own_const(v, in->c); break;
        case EQL_NAMES_ITERATOR: own_iterator(v, in->c); break;
        case EQL_NAMES_LINEAGE: mark(v, EQL_SECTION_lineages, in->c); break;
        case EQL_NAMES_LEAF: /* in filters only */
        case EQL_NAMES_NOTHING: break;
        }
    }
}

static void
own_stage(eql_verifier *v, const eql_stage *s)
{
    const eql_program *p = v->p;

    own_field(v, s->category_field);
    own_filter(v, s->filter);
    own_filter(v, s->residual);
    for (uint32_t i = s->keys.first; i < s->keys.first + s->keys.n; i++) {
        own_field(v, p->keys[i].field);
        own_leaf(v, p->keys[i].leaf);
    }
    for (uint32_t i = 0; i < s->exceptions.n; i++)
        own_filter(v, p->exceptions[s->exceptions.first + i].filter);
    for (uint32_t i = 0; i < s->severities.n; i++)
        own_filter(v, p->severities[s->severities.first + i].filter);
}

static void
own_rule(eql_verifier *v, const eql_rule *r)
{
    const eql_program *p = v->p;

    mark(v, EQL_SECTION_clocks, r->clock);
    for (uint32_t i = 0; i < r->stages.n; i++)
        own_stage(v, &p->stages[r->stages.first + i]);
    if (r->until != EQL_NONE)
        own_stage(v, &p->stages[r->until]);
    for (uint32_t i = r->pipes.first; i < r->pipes.first + r->pipes.n; i++) {
        eql_range exprs = p->pipes[i].exprs;

        own_filter(v, p->pipes[i].filter);
        for (uint32_t j = 0; j < exprs.n; j++)
            own_leaf(v, p->exprs[exprs.first + j]);
    }
}

static void
own_dialect(eql_verifier *v)
{
    const eql_dialect *d = eql_program_dialect(v->p);
    const uint32_t fields[] = {EQL_FIELD_TIMESTAMP, EQL_FIELD_CATEGORY,
                               d->tiebreaker,       d->host_key,
                               d->process_id,       d->process_parent,
                               d->process_type,     d->process_opcode,
                               d->process_ancestry, d->process_name};

    for (size_t i = 0; i < EQL_COUNTOF(fields); i++)
        own_field(v, fields[i]);
    mark(v, EQL_SECTION_clocks, 0);
}

/* A lineage asks for lower ones only, so going down each has been named by
 * then, or never is. */
static bool
own_lineages(eql_verifier *v)
{
    for (uint32_t i = v->p->nlineages; i-- > 0;) {
        if (!v->owned[EQL_SECTION_lineages][i])
            return refuse(v, EQL_SECTION_lineages, i);
        own_stage(v, &v->p->stages[v->p->lineages[i].stage]);
    }
    return true;
}

static bool
all_owned(eql_verifier *v, eql_section section, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!v->owned[section][i])
            return refuse(v, section, i);
    }
    return true;
}

bool
eql_verify_owned(eql_verifier *v)
{
    const eql_program *p = v->p;

    own_dialect(v);
    for (uint32_t i = 0; i < p->nrules; i++)
        own_rule(v, &p->rules[i]);
    if (!own_lineages(v))
        return false;
    for (uint32_t i = 0; i < p->nclocks; i++) {
        own_field(v, p->clocks[i].timestamp);
        own_field(v, p->clocks[i].tiebreaker);
    }
    return strings_tile(v) && all_owned(v, EQL_SECTION_consts, p->nconsts) &&
           all_owned(v, EQL_SECTION_fields, p->nfields) &&
           all_owned(v, EQL_SECTION_clocks, p->nclocks) &&
           all_owned(v, EQL_SECTION_iterators, p->niterators) &&
           all_owned(v, EQL_SECTION_leaves, p->nleaves) &&
           all_owned(v, EQL_SECTION_filters, p->nfilters);
}
