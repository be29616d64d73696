/* builder.c -- growing arrays from which the compiler makes a program.
 *
 * One growable array per section, and one map per kind of record that is
 * interned.  Interning is by content, so equal leaves of different rules are
 * one leaf and are evaluated once per event.
 *
 * Every leaf, filter and list has its own run, added in order: the verifier
 * relies on runs that do not overlap to bound the work of a program.  Out of
 * memory is sticky; nothing here checks what the records mean (verify.c). */
#include "program/program.h"
#include "program/layout.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/text.h"

#include <stdlib.h>

struct eql_builder {
    eql_buf heap;
    eql_vec pieces; /* of the heap, in order: eql_str, one per text */
    eql_vec vec[EQL_SECTION_COUNT];  /* all but the heap */
    eql_map *map[EQL_SECTION_COUNT]; /* of sections that are interned: key ->
                                        record; heap: text -> offset */
    eql_buf key;                     /* scratch for map keys */
    bool failed;
};

/* What a map key starts with, besides the items, the segments or the code. */
typedef struct {
    uint32_t kind, flags;
} list_head;

typedef struct {
    uint32_t type, mode, origin, parent, level;
} field_head;

typedef struct {
    uint32_t nocc, nregs;
} leaf_head;

static const eql_section interned[] = {
    EQL_SECTION_heap,   EQL_SECTION_consts,    EQL_SECTION_fields,
    EQL_SECTION_clocks, EQL_SECTION_iterators, EQL_SECTION_leaves,
    EQL_SECTION_filters};

static uint32_t
push(eql_builder *b, eql_section section, const void *record)
{
    uint32_t i =
        eql_vec_push(&b->vec[section], record, eql_layout_record_size(section));

    if (i == EQL_NONE)
        b->failed = true;
    return i;
}

/* Appends n records as one run; nothing at all gives {0, 0}. */
static eql_range
push_run(eql_builder *b, eql_section section, const void *records, uint32_t n)
{
    eql_range run = {b->vec[section].n, n};
    uint32_t size = eql_layout_record_size(section);

    if (n == 0)
        return (eql_range){0, 0};
    for (uint32_t i = 0; i < n; i++)
        push(b, section, (const char *)records + (size_t)i * size);
    return run;
}

/* The record of this key; *made: it is the next one, for the caller to push.
 * EQL_NONE: out of memory. */
static uint32_t
find_or_promise(eql_builder *b, eql_section section, eql_strview key,
                bool *made)
{
    uint32_t next = b->vec[section].n;
    uint32_t i = b->failed
                     ? EQL_NONE
                     : eql_map_intern(b->map[section], key.p, key.len, next);

    if (i == EQL_NONE)
        b->failed = true;
    *made = i == next;
    return i;
}

/* head and items, one after the other, as a map key. */
static eql_strview
make_key(eql_builder *b, eql_strview head, const void *items, size_t len)
{
    b->key.len = 0;
    eql_buf_add_sv(&b->key, head);
    eql_buf_add(&b->key, items, len);
    if (b->key.failed)
        b->failed = true;
    return eql_buf_sv(&b->key);
}

/* Invalid UTF-8 may come in with the names of files; every string of a
 * program is valid, so that whoever shows one needs no check. */
static eql_strview
make_valid(eql_builder *b, eql_strview s)
{
    size_t at = 0, n;
    char enc[4];

    b->key.len = 0;
    while (at < s.len) {
        uint32_t cp = eql_utf8_decode(s.p + at, s.len - at, &n);

        eql_buf_add(&b->key, enc, eql_utf8_encode(cp, enc));
        at += n;
    }
    if (b->key.failed)
        b->failed = true;
    return eql_buf_sv(&b->key);
}

static eql_str
intern(eql_builder *b, eql_strview s)
{
    uint32_t end = (uint32_t)b->heap.len, at;

    if (s.len >= EQL_NONE || b->heap.len >= EQL_NONE - s.len) {
        b->failed = true;
        return (eql_str){0, 0};
    }
    at = eql_map_intern(b->map[EQL_SECTION_heap], s.p, s.len, end);
    if (at == end) { /* it is new: s is not empty */
        eql_str piece = {at, (uint32_t)s.len};

        eql_buf_add_sv(&b->heap, s);
        if (eql_vec_push(&b->pieces, &piece, sizeof piece) == EQL_NONE)
            b->failed = true;
    }
    if (at == EQL_NONE || b->heap.failed) {
        b->failed = true;
        return (eql_str){0, 0};
    }
    return (eql_str){at, (uint32_t)s.len};
}

eql_str
eql_builder_str(eql_builder *b, eql_strview s)
{
    if (s.len == 0 || b->failed)
        return (eql_str){0, 0};
    if (!eql_utf8_valid(s))
        s = make_valid(b, s);
    return b->failed ? (eql_str){0, 0} : intern(b, s);
}

/* A record that is its own key. */
static uint32_t
intern_record(eql_builder *b, eql_section section, const void *record)
{
    size_t size = eql_layout_record_size(section);
    bool made;
    uint32_t i = find_or_promise(b, section, eql_sv(record, size), &made);

    return made ? push(b, section, record) : i;
}

static eql_const
const_of_value(eql_builder *b, eql_value v)
{
    eql_const k = {.kind = EQL_CONST_NULL};

    switch (v.tag) {
    case EQL_NULL: break;
    case EQL_BOOL:
        k.kind = EQL_CONST_BOOL;
        k.bits = v.u.b ? 1 : 0;
        break;
    case EQL_INT:
        k.kind = EQL_CONST_INT;
        k.bits = (uint64_t)v.u.i;
        break;
    case EQL_FLOAT:
        k.kind = EQL_CONST_FLOAT;
        memcpy(&k.bits, &v.u.d, sizeof k.bits);
        break;
    case EQL_ARRAY:
    case EQL_OBJECT: break; /* no scalars */
    case EQL_STRING:
        k.kind = EQL_CONST_STRING;
        k.str = eql_builder_str(b, eql_value_sv(&v));
        break;
    }
    return k;
}

uint32_t
eql_builder_const(eql_builder *b, eql_value v)
{
    eql_const k = const_of_value(b, v);

    return intern_record(b, EQL_SECTION_consts, &k);
}

/* Scalars and lists share a map: a scalar's key is 32 bytes, a list's starts
 * with another kind. */
uint32_t
eql_builder_const_list(eql_builder *b, eql_const_kind kind, uint32_t flags,
                       const uint32_t *items, uint32_t n)
{
    list_head head = {(uint32_t)kind, flags};
    eql_const k = {.kind = (uint32_t)kind, .flags = flags};
    eql_strview key;
    uint32_t i;
    bool made;

    if (b->failed)
        return EQL_NONE;
    key = make_key(b, eql_sv((const char *)&head, sizeof head), items,
                   (size_t)n * sizeof *items);
    i = find_or_promise(b, EQL_SECTION_consts, key, &made);
    if (!made)
        return i;
    k.list = push_run(b, EQL_SECTION_lists, items, n);
    return push(b, EQL_SECTION_consts, &k);
}

/* The record of a field that is new; its parent learns of it. */
static uint32_t
add_field(eql_builder *b, const eql_field_spec *f)
{
    eql_field record = {.name = eql_builder_str(b, f->name),
                        .type = (uint32_t)f->type,
                        .mode = (uint32_t)f->mode,
                        .origin = f->origin,
                        .parent = f->parent,
                        .level = f->level};

    if (f->parent < b->vec[EQL_SECTION_fields].n) {
        eql_field *parent = eql_vec_at(&b->vec[EQL_SECTION_fields], f->parent);

        record.child = parent->nchildren++;
    }
    record.segs = push_run(b, EQL_SECTION_segs, f->segs, f->nsegs);
    return push(b, EQL_SECTION_fields, &record);
}

uint32_t
eql_builder_field(eql_builder *b, const eql_field_spec *f)
{
    field_head head = {(uint32_t)f->type, (uint32_t)f->mode, f->origin,
                       f->parent, f->level};
    eql_strview key;
    uint32_t i;
    bool made;

    if (b->failed)
        return EQL_NONE;
    key = make_key(b, eql_sv((const char *)&head, sizeof head), f->segs,
                   (size_t)f->nsegs * sizeof *f->segs);
    i = find_or_promise(b, EQL_SECTION_fields, key, &made);
    return made ? add_field(b, f) : i;
}

/* The next segment of a dotted path; p NULL at its end.  Dots that part
 * nothing are passed over. */
static eql_strview
next_segment(eql_strview *rest)
{
    eql_strview seg;

    while (rest->len > 0 && rest->p[0] == '.')
        *rest = eql_sv(rest->p + 1, rest->len - 1);
    if (rest->len == 0)
        return eql_sv(NULL, 0);
    seg = eql_sv(rest->p, 0);
    while (seg.len < rest->len && seg.p[seg.len] != '.')
        seg.len++;
    *rest = eql_sv(rest->p + seg.len, rest->len - seg.len);
    return seg;
}

/* The segments of a dotted path, to be freed. */
static eql_vec
split_path(eql_builder *b, eql_strview dotted)
{
    eql_strview rest = dotted, name;
    eql_vec segs = {0};

    while ((name = next_segment(&rest)).p) {
        eql_field_seg seg = {.name = eql_builder_str(b, name)};

        if (eql_vec_push(&segs, &seg, sizeof seg) == EQL_NONE)
            b->failed = true;
    }
    return segs;
}

uint32_t
eql_builder_path(eql_builder *b, eql_strview dotted, eql_field_mode mode)
{
    eql_vec segs = split_path(b, dotted);
    eql_field_spec spec = {.name = dotted,
                           .mode = mode,
                           .parent = EQL_NONE,
                           .segs = segs.items,
                           .nsegs = segs.n};
    uint32_t field = EQL_NONE;

    if (segs.n > 0)
        field = eql_builder_field(b, &spec);
    eql_vec_free(&segs);
    return field;
}

uint32_t
eql_builder_clock(eql_builder *b, const eql_clock *c)
{
    return intern_record(b, EQL_SECTION_clocks, c);
}

uint32_t
eql_builder_iterator(eql_builder *b, const eql_iterator *i)
{
    return intern_record(b, EQL_SECTION_iterators, i);
}

uint32_t
eql_builder_lineage(eql_builder *b, const eql_lineage *l)
{
    return push(b, EQL_SECTION_lineages, l);
}

uint32_t
eql_builder_leaf(eql_builder *b, const eql_insn *code, uint32_t n,
                 uint32_t nocc, uint32_t nregs)
{
    leaf_head head = {nocc, nregs};
    eql_leaf leaf = {.nocc = nocc, .nregs = nregs};
    eql_strview key;
    uint32_t i;
    bool made;

    if (b->failed)
        return EQL_NONE;
    key = make_key(b, eql_sv((const char *)&head, sizeof head), code,
                   (size_t)n * sizeof *code);
    i = find_or_promise(b, EQL_SECTION_leaves, key, &made);
    if (!made)
        return i;
    leaf.code = push_run(b, EQL_SECTION_insns, code, n);
    return push(b, EQL_SECTION_leaves, &leaf);
}

uint32_t
eql_builder_filter(eql_builder *b, const eql_insn *code, uint32_t n)
{
    eql_strview key = eql_sv((const char *)code, (size_t)n * sizeof *code);
    eql_filter filter;
    bool made;
    uint32_t i = find_or_promise(b, EQL_SECTION_filters, key, &made);

    if (!made)
        return i;
    filter.code = push_run(b, EQL_SECTION_insns, code, n);
    return push(b, EQL_SECTION_filters, &filter);
}

eql_range
eql_builder_strings(eql_builder *b, const eql_str *s, uint32_t n)
{
    return push_run(b, EQL_SECTION_strings, s, n);
}

eql_range
eql_builder_keys(eql_builder *b, const eql_key *k, uint32_t n)
{
    return push_run(b, EQL_SECTION_keys, k, n);
}

eql_range
eql_builder_exprs(eql_builder *b, const uint32_t *leaves, uint32_t n)
{
    return push_run(b, EQL_SECTION_exprs, leaves, n);
}

eql_range
eql_builder_pipes(eql_builder *b, const eql_pipe_op *p, uint32_t n)
{
    return push_run(b, EQL_SECTION_pipes, p, n);
}

eql_range
eql_builder_exceptions(eql_builder *b, const eql_exception *x, uint32_t n)
{
    return push_run(b, EQL_SECTION_exceptions, x, n);
}

eql_range
eql_builder_severities(eql_builder *b, const eql_severity *x, uint32_t n)
{
    return push_run(b, EQL_SECTION_severities, x, n);
}

eql_range
eql_builder_stages(eql_builder *b, const eql_stage *s, uint32_t n)
{
    return push_run(b, EQL_SECTION_stages, s, n);
}

uint32_t
eql_builder_nstages(const eql_builder *b)
{
    return b->vec[EQL_SECTION_stages].n;
}

uint32_t
eql_builder_rule(eql_builder *b, const eql_rule *r)
{
    return push(b, EQL_SECTION_rules, r);
}

uint32_t
eql_builder_nrules(const eql_builder *b)
{
    return b->vec[EQL_SECTION_rules].n;
}

/* Fixed field number i, of that path or, if there is none, of the default.
 * The two are apart even when their paths are not. */
static void
add_fixed_field(eql_builder *b, uint32_t i, eql_strview path,
                const char *otherwise)
{
    eql_vec segs = split_path(b, path);
    eql_field_spec spec = {
        .name = path, .mode = EQL_MODE_FLAT, .parent = EQL_NONE};

    if (segs.n == 0) {
        eql_vec_free(&segs);
        spec.name = eql_sv_cstr(otherwise);
        segs = split_path(b, spec.name);
    }
    spec.segs = segs.items;
    spec.nsegs = segs.n;
    if (eql_builder_field(b, &spec) < i)
        add_field(b, &spec);
    eql_vec_free(&segs);
}

/* The dialect without what is known of fields, which are another program's. */
static void
add_dialect(eql_builder *b, const eql_dialect *d)
{
    eql_dialect own = eql_dialect_preset((eql_dialect_name)d->name);

    memcpy(&own, d, offsetof(eql_dialect, tiebreaker));
    push(b, EQL_SECTION_dialects, &own);
}

eql_builder *
eql_builder_new(const eql_dialect *d, eql_strview timestamp,
                eql_strview category, eql_strview tiebreaker)
{
    bool endgame = d->name == EQL_DIALECT_ENDGAME;
    eql_builder *b = calloc(1, sizeof *b);
    eql_clock clock = {.timestamp = EQL_FIELD_TIMESTAMP};

    if (!b)
        return NULL;
    for (size_t i = 0; i < EQL_COUNTOF(interned); i++) {
        b->map[interned[i]] = eql_map_new();
        if (!b->map[interned[i]])
            b->failed = true;
    }
    add_dialect(b, d);
    add_fixed_field(b, EQL_FIELD_TIMESTAMP, timestamp,
                    endgame ? "timestamp" : "@timestamp");
    add_fixed_field(b, EQL_FIELD_CATEGORY, category,
                    endgame ? "event_type" : "event.category");
    clock.tiebreaker = eql_builder_path(b, tiebreaker, EQL_MODE_FLAT);
    eql_builder_clock(b, &clock);
    if (b->failed) {
        eql_builder_free(b);
        return NULL;
    }
    eql_builder_dialect(b)->tiebreaker = clock.tiebreaker;
    return b;
}

eql_dialect *
eql_builder_dialect(eql_builder *b)
{
    return eql_vec_at(&b->vec[EQL_SECTION_dialects], 0);
}

void
eql_builder_free(eql_builder *b)
{
    if (!b)
        return;
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++) {
        eql_vec_free(&b->vec[i]);
        eql_map_free(b->map[i]);
    }
    eql_buf_free(&b->heap);
    eql_vec_free(&b->pieces);
    eql_buf_free(&b->key);
    free(b);
}

/* --- comparing with another program --- */

static const eql_field *
field_at(const eql_builder *b, uint32_t i)
{
    return eql_vec_at(&b->vec[EQL_SECTION_fields], i);
}

static bool
same_path(const eql_builder *b, uint32_t mine, const eql_program *p,
          uint32_t other)
{
    const eql_field *x = field_at(b, mine), *y = &p->fields[other];

    if (x->segs.n != y->segs.n)
        return false;
    for (uint32_t i = 0; i < x->segs.n; i++) {
        const eql_field_seg *s =
            eql_vec_at(&b->vec[EQL_SECTION_segs], x->segs.first + i);
        const eql_field_seg *t = &p->segs[y->segs.first + i];

        if (s->flags != t->flags || s->index != t->index ||
            !eql_sv_eq(eql_sv(b->heap.p + s->name.off, s->name.len),
                       eql_program_str(p, t->name)))
            return false;
    }
    return true;
}

/* Fields that are there in one program only are fine if they may be made
 * later. */
static bool
same_field(const eql_builder *b, uint32_t mine, const eql_program *p,
           uint32_t other)
{
    return mine == EQL_NONE || other == EQL_NONE ||
           same_path(b, mine, p, other);
}

bool
eql_builder_same_dialect(const eql_builder *b, const eql_program *p)
{
    const eql_dialect *x = eql_vec_at(&b->vec[EQL_SECTION_dialects], 0);
    const eql_dialect *y = eql_program_dialect(p);

    return eql_dialect_same_flags(x, y) &&
           same_path(b, EQL_FIELD_TIMESTAMP, p, EQL_FIELD_TIMESTAMP) &&
           same_path(b, EQL_FIELD_CATEGORY, p, EQL_FIELD_CATEGORY) &&
           (x->tiebreaker == EQL_NONE) == (y->tiebreaker == EQL_NONE) &&
           same_field(b, x->tiebreaker, p, y->tiebreaker) &&
           same_field(b, x->host_key, p, y->host_key) &&
           same_field(b, x->process_id, p, y->process_id) &&
           same_field(b, x->process_parent, p, y->process_parent) &&
           same_field(b, x->process_type, p, y->process_type) &&
           same_field(b, x->process_opcode, p, y->process_opcode) &&
           same_field(b, x->process_ancestry, p, y->process_ancestry) &&
           same_field(b, x->process_name, p, y->process_name);
}

/* --- the program ---
 *
 * Nothing of a program is without an owner (verify_owned.c).  Records are made
 * for one; but a text may have been interned for a record that was there
 * already, as the name of a field by another name.  It is left out. */

/* Of the piece that begins at `off`: where it goes; EQL_NONE: nowhere. */
static uint32_t *
place_of(const eql_builder *b, uint32_t *places, uint32_t off)
{
    const eql_str *pieces = b->pieces.items;
    uint32_t low = 0, high = b->pieces.n;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (pieces[middle].off <= off)
            low = middle;
        else
            high = middle;
    }
    return &places[low];
}

static void
name_piece(const eql_builder *b, uint32_t *places, eql_str s)
{
    if (s.len > 0)
        *place_of(b, places, s.off) = 0;
}

/* Gives a place to every piece that a record has; their bytes. */
static uint32_t
place_pieces(const eql_builder *b, uint32_t *places)
{
    const eql_str *pieces = b->pieces.items;
    const eql_vec *strings = &b->vec[EQL_SECTION_strings];
    uint32_t at = 0;

    memset(places, 0xff, b->pieces.n * sizeof *places);
    for (uint32_t i = 0; i < strings->n; i++)
        name_piece(b, places, *(const eql_str *)eql_vec_at(strings, i));
#define X(section, type, member)                                               \
    for (uint32_t i = 0; i < b->vec[EQL_SECTION_##section].n; i++)             \
        name_piece(                                                            \
            b, places,                                                         \
            ((const type *)b->vec[EQL_SECTION_##section].items)[i].member);
    EQL_PROGRAM_STRINGS(X)
#undef X
    for (uint32_t i = 0; i < b->pieces.n; i++) {
        if (places[i] == EQL_NONE)
            continue;
        places[i] = at;
        at += pieces[i].len;
    }
    return at;
}

static void
move_string(const eql_builder *b, uint32_t *places, const eql_str *s)
{
    if (s->len > 0)
        ((eql_str *)(uintptr_t)s)->off = *place_of(b, places, s->off);
}

/* Fills the heap of p, a copy of the builder's records, and points them there.
 */
static void
move_strings(const eql_builder *b, uint32_t *places, const eql_program *p)
{
    const eql_str *pieces = b->pieces.items;

    for (uint32_t i = 0; i < b->pieces.n; i++) {
        if (places[i] != EQL_NONE)
            memcpy((char *)(uintptr_t)p->heap + places[i],
                   b->heap.p + pieces[i].off, pieces[i].len);
    }
    for (uint32_t i = 0; i < p->nstrings; i++)
        move_string(b, places, &p->strings[i]);
#define X(section, type, member)                                               \
    for (uint32_t i = 0; i < p->n##section; i++)                               \
        move_string(b, places, &p->section[i].member);
    EQL_PROGRAM_STRINGS(X)
#undef X
}

eql_program *
eql_builder_finish(const eql_builder *b)
{
    uint32_t n[EQL_SECTION_COUNT], *places;
    size_t offset[EQL_SECTION_COUNT + 1];
    eql_program *p = NULL;

    if (b->failed)
        return NULL;
    places = calloc((size_t)b->pieces.n + 1, sizeof *places);
    if (!places)
        return NULL;
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++)
        n[i] = b->vec[i].n;
    n[EQL_SECTION_heap] = place_pieces(b, places);
    if (eql_layout_offsets(n, offset))
        p = eql_layout_alloc(n);
    for (unsigned i = EQL_SECTION_heap + 1; p && i < EQL_SECTION_COUNT; i++) {
        if (n[i] > 0)
            memcpy((char *)p->blob + offset[i], b->vec[i].items,
                   (size_t)n[i] * eql_layout_record_size(i));
    }
    if (p)
        move_strings(b, places, p);
    free(places);
    return p;
}
