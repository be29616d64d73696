/* verify_data.c -- the part of the verifier that looks at what code works on:
 * dialect, constants, fields and clocks.
 *
 * Fields form trees: an ELEMENTS field and its children.  Parents come first
 * and levels grow downwards, so a tree is at most EQL_MAX_LEVELS arrays deep
 * and readers may walk it by recursion. */
#include "program/verify_int.h"
#include "base/text.h"

/* Longest text of an address block that is looked at; a zone may be long. */
#define MAX_NETWORK_TEXT 256u

bool
eql_verify_dialect(eql_verifier *v)
{
    if (v->p->ndialects == 1 && eql_dialect_valid(&v->p->dialects[0]))
        return true;
    return eql_verify_refuse(v, EQL_VERIFY_BAD_DIALECT, EQL_SECTION_dialects,
                             0);
}

/* --- constants --- */

static uint32_t
flags_allowed(uint32_t kind)
{
    switch (kind) {
    case EQL_CONST_PATTERNS:
        return EQL_CONST_FOLD | EQL_CONST_TEXT_ONLY | EQL_CONST_MEMBER;
    case EQL_CONST_SET: return EQL_CONST_FOLD | EQL_CONST_MATCH;
    case EQL_CONST_NETWORKS: return EQL_CONST_NULL_FALSE;
    case EQL_CONST_REGEXES: return EQL_CONST_FOLD | EQL_CONST_PREFIX;
    default: return 0;
    }
}

/* The members that a kind does not use are zero. */
static bool
unused_zero(const eql_const *k)
{
    bool has_bits = k->kind == EQL_CONST_BOOL || k->kind == EQL_CONST_INT ||
                    k->kind == EQL_CONST_FLOAT;

    return (has_bits || k->bits == 0) &&
           (k->flags & ~flags_allowed(k->kind)) == 0 &&
           (k->kind == EQL_CONST_STRING ||
            (k->str.off == 0 && k->str.len == 0)) &&
           (!eql_verify_is_scalar(k->kind) ||
            (k->list.first == 0 && k->list.n == 0));
}

static bool
is_finite(uint64_t bits)
{
    return (bits >> 52 & 0x7ff) != 0x7ff;
}

static bool
is_network(const eql_verifier *v, const eql_const *k)
{
    eql_cidr c;

    return k->str.len <= MAX_NETWORK_TEXT &&
           eql_cidr_parse(eql_program_str(v->p, k->str), &c);
}

/* May constant i be an item of a list of this kind? */
static bool
item_ok(const eql_verifier *v, uint32_t list_kind, const eql_const *item)
{
    if (list_kind == EQL_CONST_SET)
        return eql_verify_is_scalar(item->kind);
    if (item->kind != EQL_CONST_STRING)
        return false;
    return list_kind != EQL_CONST_NETWORKS || is_network(v, item);
}

static bool
check_list(eql_verifier *v, uint32_t i)
{
    const eql_program *p = v->p;
    const eql_const *k = &p->consts[i];

    if (!eql_verify_next_run(v, EQL_SECTION_lists, k->list))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_consts,
                                 i);
    for (uint32_t j = k->list.first; j < k->list.first + k->list.n; j++) {
        if (p->lists[j] >= p->nconsts)
            return eql_verify_refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_lists,
                                     j);
        if (!item_ok(v, k->kind, &p->consts[p->lists[j]]))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_lists,
                                     j);
        if (!eql_verify_charge_text(v, p->consts[p->lists[j]].str.len))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET,
                                     EQL_SECTION_lists, j);
    }
    return k->kind != EQL_CONST_REGEXES || eql_verify_regexes(v, i);
}

static bool
check_scalar(eql_verifier *v, uint32_t i)
{
    const eql_const *k = &v->p->consts[i];
    bool ok = true;

    if (k->kind == EQL_CONST_BOOL)
        ok = k->bits <= 1;
    else if (k->kind == EQL_CONST_FLOAT)
        ok = is_finite(k->bits);
    if (!ok)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_consts,
                                 i);
    if (!eql_verify_charge_text(v, k->str.len))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_consts,
                                 i);
    return true;
}

static bool
check_const(eql_verifier *v, uint32_t i)
{
    const eql_const *k = &v->p->consts[i];

    if (k->kind >= EQL_CONST_KIND_COUNT)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_consts, i);
    if (!unused_zero(k))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_consts,
                                 i);
    return eql_verify_is_scalar(k->kind) ? check_scalar(v, i)
                                         : check_list(v, i);
}

bool
eql_verify_consts(eql_verifier *v)
{
    for (uint32_t i = 0; i < v->p->nconsts; i++) {
        if (!check_const(v, i))
            return false;
    }
    return eql_verify_all_run(v, EQL_SECTION_lists);
}

/* --- fields --- */

static bool
seg_ok(const eql_field_seg *s, bool leading)
{
    switch (s->flags) {
    case 0:
    case EQL_SEG_QUOTED: return s->name.len > 0 && s->index == 0;
    case EQL_SEG_INDEX: return !leading && s->name.off == 0 && s->name.len == 0;
    }
    return false;
}

/* leading: the first one of a path from the event itself. */
static bool
check_seg(eql_verifier *v, uint32_t i, bool leading)
{
    const eql_field_seg *s = &v->p->segs[i];

    if (!seg_ok(s, leading))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_segs, i);
    if (!eql_verify_charge_text(v, s->name.len))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_segs, i);
    return true;
}

/* The builder numbers children in the order of the fields. */
static bool
is_child(eql_verifier *v, uint32_t i)
{
    const eql_field *f = &v->p->fields[i];
    const eql_field *parent;

    if (f->parent >= i)
        return false;
    parent = &v->p->fields[f->parent];
    return parent->mode == EQL_MODE_ELEMENTS && parent->origin == f->origin &&
           f->child == v->children[f->parent]++ &&
           f->child < parent->nchildren &&
           (f->mode != EQL_MODE_ELEMENTS || f->level > parent->level);
}

static bool
place_ok(eql_verifier *v, uint32_t i)
{
    const eql_field *f = &v->p->fields[i];

    if (f->origin > EQL_MAX_ORIGIN)
        return false;
    if (f->mode == EQL_MODE_ELEMENTS ? f->level >= EQL_MAX_LEVELS
                                     : f->level != 0 || f->nchildren != 0)
        return false;
    if (f->parent == EQL_NONE)
        return f->child == 0 && f->segs.n > 0;
    return is_child(v, i);
}

static bool
check_field(eql_verifier *v, uint32_t i)
{
    const eql_field *f = &v->p->fields[i];

    if (f->type >= EQL_FIELD_TYPE_COUNT || f->mode >= EQL_MODE_COUNT)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_fields, i);
    if (!eql_verify_next_run(v, EQL_SECTION_segs, f->segs))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_fields,
                                 i);
    if (!place_ok(v, i))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_fields,
                                 i);
    if (!eql_verify_charge_text(v, f->name.len))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_fields,
                                 i);
    for (uint32_t j = 0; j < f->segs.n; j++) {
        if (!check_seg(v, f->segs.first + j, j == 0 && f->parent == EQL_NONE))
            return false;
    }
    return true;
}

bool
eql_verify_plain_field(const eql_program *p, uint32_t field)
{
    const eql_field *f;

    if (field >= p->nfields)
        return false;
    f = &p->fields[field];
    return f->parent == EQL_NONE && f->origin == 0 &&
           f->mode != EQL_MODE_ELEMENTS;
}

static bool
is_flat(const eql_program *p, uint32_t field)
{
    return eql_verify_plain_field(p, field) &&
           p->fields[field].mode == EQL_MODE_FLAT;
}

bool
eql_verify_fields(eql_verifier *v)
{
    const eql_program *p = v->p;

    for (uint32_t i = 0; i < p->nfields; i++) {
        if (!check_field(v, i))
            return false;
    }
    if (!eql_verify_all_run(v, EQL_SECTION_segs))
        return false;
    for (uint32_t i = 0; i < p->nfields; i++) {
        if (v->children[i] != p->fields[i].nchildren)
            return eql_verify_refuse(v, EQL_VERIFY_BAD_FIELD,
                                     EQL_SECTION_fields, i);
    }
    for (uint32_t i = EQL_FIELD_TIMESTAMP; i <= EQL_FIELD_CATEGORY; i++) {
        if (!is_flat(p, i))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_FIELD,
                                     EQL_SECTION_fields, i);
    }
    return true;
}

/* --- dialect and clocks --- */

/* All that the engine reads for lineage is there if there is any. */
static bool
dialect_fields_ok(const eql_program *p)
{
    const eql_dialect *d = eql_program_dialect(p);
    const uint32_t fields[] = {d->host_key,       d->process_id,
                               d->process_parent, d->process_type,
                               d->process_opcode, d->process_ancestry,
                               d->process_name,   d->tiebreaker};

    for (size_t i = 0; i < EQL_COUNTOF(fields); i++) {
        if (fields[i] != EQL_NONE && !is_flat(p, fields[i]))
            return false;
    }
    return p->nlineages == 0 ||
           (d->process_id != EQL_NONE && d->process_parent != EQL_NONE &&
            d->process_type != EQL_NONE);
}

static bool
clock_ok(const eql_program *p, uint32_t i)
{
    const eql_clock *c = &p->clocks[i];

    if (!eql_verify_plain_field(p, c->timestamp) ||
        (c->tiebreaker != EQL_NONE &&
         !eql_verify_plain_field(p, c->tiebreaker)))
        return false;
    return i > 0 || (c->timestamp == EQL_FIELD_TIMESTAMP &&
                     c->tiebreaker == eql_program_dialect(p)->tiebreaker);
}

bool
eql_verify_paths(eql_verifier *v)
{
    const eql_program *p = v->p;

    if (!dialect_fields_ok(p))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_DIALECT,
                                 EQL_SECTION_dialects, 0);
    if (p->nclocks == 0)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_CLOCK, EQL_SECTION_clocks,
                                 0);
    for (uint32_t i = 0; i < p->nclocks; i++) {
        if (!clock_ok(p, i))
            return eql_verify_refuse(v, EQL_VERIFY_BAD_CLOCK,
                                     EQL_SECTION_clocks, i);
    }
    return true;
}
