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
    eql_vec vec[EQL_SECTION_COUNT]; /* all but the heap */
    eql_map *strs;                  /* text -> offset in the heap */
    eql_map *consts;                /* record, or list with its header */
    eql_map *fields;                /* name -> field */
    eql_map *leaves;                /* leaf_head and code -> leaf */
    eql_map *filters;               /* code -> filter */
    eql_buf key;                    /* scratch for map keys */
    bool failed;
};

/* What a map key starts with, besides the items or the code. */
typedef struct {
    uint32_t kind, flags;
} list_head;

typedef struct {
    uint32_t nocc, nregs;
} leaf_head;

static eql_field_seg
plain_seg(eql_builder *b, const char *name)
{
    return (eql_field_seg){.name = eql_builder_str(b, eql_sv_cstr(name))};
}

/* Fields that the engine itself reads stand first in every program. */
static void
add_fixed_fields(eql_builder *b)
{
    eql_field_seg timestamp[1] = {plain_seg(b, "@timestamp")};
    eql_field_seg category[2] = {plain_seg(b, "event"),
                                 plain_seg(b, "category")};

    eql_builder_field(b, eql_sv_cstr("@timestamp"), EQL_FIELD_ANY, timestamp,
                      1);
    eql_builder_field(b, eql_sv_cstr("event.category"), EQL_FIELD_ANY, category,
                      2);
}

eql_builder *
eql_builder_new(void)
{
    eql_builder *b = calloc(1, sizeof *b);

    if (!b)
        return NULL;
    b->strs = eql_map_new();
    b->consts = eql_map_new();
    b->fields = eql_map_new();
    b->leaves = eql_map_new();
    b->filters = eql_map_new();
    if (!b->strs || !b->consts || !b->fields || !b->leaves || !b->filters) {
        eql_builder_free(b);
        return NULL;
    }
    add_fixed_fields(b);
    return b;
}

void
eql_builder_free(eql_builder *b)
{
    if (!b)
        return;
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++)
        eql_vec_free(&b->vec[i]);
    eql_map_free(b->strs);
    eql_map_free(b->consts);
    eql_map_free(b->fields);
    eql_map_free(b->leaves);
    eql_map_free(b->filters);
    eql_buf_free(&b->heap);
    eql_buf_free(&b->key);
    free(b);
}

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

static void
remember(eql_builder *b, eql_map *map, eql_strview key, uint32_t value)
{
    if (value == EQL_NONE || !eql_map_put(map, key.p, key.len, value))
        b->failed = true;
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
    uint32_t at = eql_map_get(b->strs, s.p, s.len);
    eql_str str;

    if (at != EQL_NONE)
        return (eql_str){at, (uint32_t)s.len};
    if (s.len >= EQL_NONE || b->heap.len >= EQL_NONE - s.len) {
        b->failed = true;
        return (eql_str){0, 0};
    }
    str = (eql_str){(uint32_t)b->heap.len, (uint32_t)s.len};
    eql_buf_add_sv(&b->heap, s);
    if (b->heap.failed) {
        b->failed = true;
        return (eql_str){0, 0};
    }
    remember(b, b->strs, s, str.off);
    return str;
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
    uint32_t i;

    if (b->failed)
        return EQL_NONE;
    i = eql_map_get(b->consts, &k, sizeof k);
    if (i != EQL_NONE)
        return i;
    i = push(b, EQL_SECTION_consts, &k);
    remember(b, b->consts, eql_sv((const char *)&k, sizeof k), i);
    return i;
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

    if (b->failed)
        return EQL_NONE;
    key = make_key(b, eql_sv((const char *)&head, sizeof head), items,
                   (size_t)n * sizeof *items);
    i = eql_map_get(b->consts, key.p, key.len);
    if (i != EQL_NONE || b->failed)
        return b->failed ? EQL_NONE : i;
    k.list = push_run(b, EQL_SECTION_lists, items, n);
    i = push(b, EQL_SECTION_consts, &k);
    remember(b, b->consts, key, i);
    return i;
}

uint32_t
eql_builder_field(eql_builder *b, eql_strview name, eql_field_type type,
                  const eql_field_seg *segs, uint32_t nsegs)
{
    uint32_t i;
    eql_field f;

    if (b->failed)
        return EQL_NONE;
    i = eql_map_get(b->fields, name.p, name.len);
    if (i != EQL_NONE)
        return i;
    f = (eql_field){.name = eql_builder_str(b, name), .type = (uint32_t)type};
    f.segs = push_run(b, EQL_SECTION_segs, segs, nsegs);
    i = push(b, EQL_SECTION_fields, &f);
    remember(b, b->fields, name, i);
    return i;
}

uint32_t
eql_builder_leaf(eql_builder *b, const eql_insn *code, uint32_t n,
                 uint32_t nocc, uint32_t nregs)
{
    leaf_head head = {nocc, nregs};
    eql_leaf leaf = {.nocc = nocc, .nregs = nregs};
    eql_strview key;
    uint32_t i;

    if (b->failed)
        return EQL_NONE;
    key = make_key(b, eql_sv((const char *)&head, sizeof head), code,
                   (size_t)n * sizeof *code);
    i = eql_map_get(b->leaves, key.p, key.len);
    if (i != EQL_NONE || b->failed)
        return b->failed ? EQL_NONE : i;
    leaf.code = push_run(b, EQL_SECTION_insns, code, n);
    i = push(b, EQL_SECTION_leaves, &leaf);
    remember(b, b->leaves, key, i);
    return i;
}

uint32_t
eql_builder_filter(eql_builder *b, const eql_insn *code, uint32_t n)
{
    eql_strview key = eql_sv((const char *)code, (size_t)n * sizeof *code);
    eql_filter filter;
    uint32_t i;

    if (b->failed)
        return EQL_NONE;
    i = eql_map_get(b->filters, key.p, key.len);
    if (i != EQL_NONE)
        return i;
    filter.code = push_run(b, EQL_SECTION_insns, code, n);
    i = push(b, EQL_SECTION_filters, &filter);
    remember(b, b->filters, key, i);
    return i;
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

eql_program *
eql_builder_finish(const eql_builder *b)
{
    uint32_t n[EQL_SECTION_COUNT];
    size_t offset[EQL_SECTION_COUNT + 1];
    eql_program *p;

    if (b->failed)
        return NULL;
    for (unsigned i = 0; i < EQL_SECTION_COUNT; i++)
        n[i] = b->vec[i].n;
    n[EQL_SECTION_heap] = (uint32_t)b->heap.len;
    p = eql_layout_alloc(n);
    if (!p || !eql_layout_offsets(n, offset)) {
        eql_program_free(p);
        return NULL;
    }
    if (b->heap.len > 0)
        memcpy((char *)p->blob + offset[EQL_SECTION_heap], b->heap.p,
               b->heap.len);
    for (unsigned i = EQL_SECTION_heap + 1; i < EQL_SECTION_COUNT; i++) {
        if (n[i] > 0)
            memcpy((char *)p->blob + offset[i], b->vec[i].items,
                   (size_t)n[i] * eql_layout_record_size(i));
    }
    return p;
}
