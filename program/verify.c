/* verify.c -- proves a program safe to run; verify.h says what that means.
 *
 * A program may come from a file that anybody wrote.  Each check is small and
 * stops at the first thing that is wrong.  All sums are checked for overflow
 * or done in 64 bits over 32-bit numbers.
 *
 * Records name each other by index, so a small file could name one large
 * thing many times.  Runs of code, list items and stages therefore must not
 * overlap, and the text that the VM reads is bounded by a budget; a program
 * from builder.c satisfies both by how it is made.  Verifying takes time
 * linear in the size of the program. */
#include "program/verify.h"
#include "program/layout.h"
#include "base/text.h"

typedef struct {
    const eql_program *p;
    eql_verify_result result;
    uint64_t text;      /* bytes of text the VM reads, repeats counted */
    uint64_t shared;    /* records in runs that may be shared */
    uint32_t next_list; /* first list item no earlier constant has */
} verifier;

/* Longest text of an address block that is looked at; a zone may be long. */
#define MAX_NETWORK_TEXT 256u

/* Code of one leaf or filter while it is checked. */
typedef struct {
    verifier *v;
    const eql_leaf *leaf; /* NULL: filter code */
    uint32_t first;       /* its place in insns[] */
    uint32_t n;
    uint32_t pc;          /* from 0 */
    uint64_t written[4];  /* registers, one bit each */
    uint64_t occurrences; /* those seen, one bit each */
} code_state;

typedef enum {
    KIND__,
    KIND_D,
    KIND_R,
    KIND_O,
    KIND_F,
    KIND_K,
    KIND_P,
    KIND_S,
    KIND_N,
    KIND_L,
    KIND_J
} operand_kind;

typedef struct {
    operand_kind a, b, c;
} operand_kinds;

static const operand_kinds kinds[EQL_OP_COUNT] = {
#define OP(name, a, b, c, text) {KIND_##a, KIND_##b, KIND_##c},
#include "program/opcode.def"
#undef OP
};

/* Filter rows stand after the last leaf row. */
static bool
is_leaf_opcode(unsigned op)
{
    return op <= EQL_OP_RETURN;
}

static bool
refuse(verifier *v, eql_verify_code code, eql_section section, uint32_t index)
{
    v->result = (eql_verify_result){code, eql_layout_name(section), index};
    return false;
}

static bool
in_range(eql_range r, uint32_t n)
{
    return r.first <= n && r.n <= n - r.first;
}

/* A run that begins no earlier than *next, where the runs before it ended. */
static bool
in_order(eql_range r, uint32_t n, uint32_t *next)
{
    if (r.n == 0)
        return r.first == 0;
    if (!in_range(r, n) || r.first < *next)
        return false;
    *next = r.first + r.n;
    return true;
}

/* --- strings ---
 * The heap is checked as a whole once; a string is then valid if it is cut
 * from the heap between code points. */

static bool
check_heap(verifier *v)
{
    eql_strview heap = eql_sv(v->p->heap, v->p->nheap);

    if (eql_utf8_valid(heap))
        return true;
    return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_heap,
                  (uint32_t)eql_utf8_valid_prefix(heap));
}

static bool
is_boundary(const eql_program *p, uint32_t off)
{
    return off == p->nheap || ((unsigned char)p->heap[off] & 0xc0) != 0x80;
}

static bool
string_ok(const verifier *v, eql_str s)
{
    return s.off <= v->p->nheap && s.len <= v->p->nheap - s.off &&
           is_boundary(v->p, s.off) && is_boundary(v->p, s.off + s.len);
}

/* Counts text that the VM reads for every constant, list item, path or
 * category that names it.  Constants and paths are interned by the builder,
 * so each has its own part of the heap; list items and categories repeat, but
 * are short or also stand in a rule's query. */
static bool
charge_text(verifier *v, uint32_t len)
{
    uint64_t budget =
        (uint64_t)v->p->nheap * 16 +
        ((uint64_t)v->p->nlists + v->p->nstages + v->p->nfields) * 256;

    v->text += len;
    return v->text <= budget;
}

/* Counts records of runs that several owners may share, as stages share the
 * keys of their sequence. */
static bool
charge_shared(verifier *v, uint32_t n)
{
    const eql_program *p = v->p;
    uint64_t budget = (uint64_t)p->nkeys + p->nexceptions + p->nseverities +
                      p->nstrings + ((uint64_t)p->nstages + p->nrules) * 1024;

    v->shared += n;
    return v->shared <= budget;
}

static bool
check_strings(verifier *v)
{
    for (uint32_t i = 0; i < v->p->nstrings; i++) {
        if (!string_ok(v, v->p->strings[i]))
            return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_strings, i);
    }
    return true;
}

/* --- constants --- */

static bool
is_scalar(uint32_t kind)
{
    return kind <= EQL_CONST_STRING;
}

static uint32_t
flags_allowed(uint32_t kind)
{
    if (kind == EQL_CONST_PATTERNS)
        return EQL_CONST_FOLD | EQL_CONST_TEXT_ONLY;
    return kind == EQL_CONST_SET ? EQL_CONST_FOLD | EQL_CONST_MATCH : 0;
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
           (!is_scalar(k->kind) || (k->list.first == 0 && k->list.n == 0));
}

static bool
is_finite(uint64_t bits)
{
    return (bits >> 52 & 0x7ff) != 0x7ff;
}

static bool
is_network(const verifier *v, const eql_const *k)
{
    eql_cidr c;

    return k->str.len <= MAX_NETWORK_TEXT &&
           eql_cidr_parse(eql_program_str(v->p, k->str), &c);
}

/* May constant i be an item of a list of this kind? */
static bool
item_ok(const verifier *v, uint32_t list_kind, const eql_const *item)
{
    if (list_kind == EQL_CONST_SET)
        return is_scalar(item->kind);
    if (item->kind != EQL_CONST_STRING || !string_ok(v, item->str))
        return false;
    return list_kind == EQL_CONST_PATTERNS || is_network(v, item);
}

static bool
check_list(verifier *v, uint32_t i)
{
    const eql_program *p = v->p;
    const eql_const *k = &p->consts[i];

    if (!in_order(k->list, p->nlists, &v->next_list))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_consts, i);
    for (uint32_t j = k->list.first; j < k->list.first + k->list.n; j++) {
        if (p->lists[j] >= p->nconsts)
            return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_lists, j);
        if (!item_ok(v, k->kind, &p->consts[p->lists[j]]))
            return refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_lists, j);
        if (!charge_text(v, p->consts[p->lists[j]].str.len))
            return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_lists, j);
    }
    return true;
}

static bool
check_scalar(verifier *v, uint32_t i)
{
    const eql_const *k = &v->p->consts[i];
    bool ok = true;

    if (k->kind == EQL_CONST_BOOL)
        ok = k->bits <= 1;
    else if (k->kind == EQL_CONST_FLOAT)
        ok = is_finite(k->bits);
    if (!ok)
        return refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_consts, i);
    if (!string_ok(v, k->str))
        return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_consts, i);
    if (!charge_text(v, k->str.len))
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_consts, i);
    return true;
}

static bool
check_const(verifier *v, uint32_t i)
{
    const eql_const *k = &v->p->consts[i];

    if (k->kind >= EQL_CONST_KIND_COUNT)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_consts, i);
    if (!unused_zero(k))
        return refuse(v, EQL_VERIFY_BAD_CONST, EQL_SECTION_consts, i);
    return is_scalar(k->kind) ? check_scalar(v, i) : check_list(v, i);
}

static bool
check_consts(verifier *v)
{
    for (uint32_t i = 0; i < v->p->nconsts; i++) {
        if (!check_const(v, i))
            return false;
    }
    return true;
}

/* --- fields --- */

static bool
seg_ok(const eql_field_seg *s, bool first)
{
    switch (s->flags) {
    case 0:
    case EQL_SEG_QUOTED: return s->name.len > 0 && s->index == 0;
    case EQL_SEG_INDEX: return !first && s->name.off == 0 && s->name.len == 0;
    }
    return false;
}

static bool
check_seg(verifier *v, uint32_t i, bool first)
{
    const eql_field_seg *s = &v->p->segs[i];

    if (!string_ok(v, s->name))
        return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_segs, i);
    if (!seg_ok(s, first))
        return refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_segs, i);
    if (!charge_text(v, s->name.len))
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_segs, i);
    return true;
}

static bool
check_field(verifier *v, uint32_t i, uint32_t *next_seg)
{
    const eql_field *f = &v->p->fields[i];

    if (!string_ok(v, f->name))
        return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_fields, i);
    if (f->type >= EQL_FIELD_TYPE_COUNT)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_fields, i);
    if (!in_order(f->segs, v->p->nsegs, next_seg))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_fields, i);
    if (f->segs.n == 0)
        return refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_fields, i);
    if (!charge_text(v, f->name.len))
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_fields, i);
    for (uint32_t j = 0; j < f->segs.n; j++) {
        if (!check_seg(v, f->segs.first + j, j == 0))
            return false;
    }
    return true;
}

static bool
is_field_named(const eql_program *p, uint32_t i, const char *name)
{
    return i < p->nfields &&
           eql_sv_is(eql_program_str(p, p->fields[i].name), name);
}

static bool
check_fields(verifier *v)
{
    uint32_t next_seg = 0;

    for (uint32_t i = 0; i < v->p->nfields; i++) {
        if (!check_field(v, i, &next_seg))
            return false;
    }
    if (!is_field_named(v->p, EQL_FIELD_TIMESTAMP, "@timestamp"))
        return refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_fields,
                      EQL_FIELD_TIMESTAMP);
    if (!is_field_named(v->p, EQL_FIELD_CATEGORY, "event.category"))
        return refuse(v, EQL_VERIFY_BAD_FIELD, EQL_SECTION_fields,
                      EQL_FIELD_CATEGORY);
    return true;
}

/* --- code --- */

static bool
refuse_code(code_state *s, eql_verify_code code)
{
    return refuse(s->v, code, EQL_SECTION_insns, s->first + s->pc);
}

static bool
check_write(code_state *s, uint32_t reg)
{
    if (!s->leaf || reg >= s->leaf->nregs)
        return refuse_code(s, EQL_VERIFY_BAD_REGISTER);
    s->written[reg / 64] |= UINT64_C(1) << reg % 64;
    return true;
}

static bool
check_read(code_state *s, uint32_t reg)
{
    if (!s->leaf || reg >= s->leaf->nregs ||
        !(s->written[reg / 64] >> reg % 64 & 1))
        return refuse_code(s, EQL_VERIFY_BAD_REGISTER);
    return true;
}

/* Occurrences are independent (spec 4.3), so each is loaded by exactly one
 * instruction. */
static bool
check_occurrence(code_state *s, uint32_t occ)
{
    uint64_t bit;

    if (!s->leaf || occ >= s->leaf->nocc)
        return refuse_code(s, EQL_VERIFY_BAD_OCCURRENCE);
    bit = UINT64_C(1) << occ;
    if (s->occurrences & bit)
        return refuse_code(s, EQL_VERIFY_BAD_OCCURRENCE);
    s->occurrences |= bit;
    return true;
}

static bool
check_index(code_state *s, uint32_t i, uint32_t n)
{
    return i < n || refuse_code(s, EQL_VERIFY_BAD_INDEX);
}

/* A scalar constant, or one of the given kind of list. */
static bool
check_const_operand(code_state *s, uint32_t i, eql_const_kind list_kind)
{
    uint32_t kind;

    if (!check_index(s, i, s->v->p->nconsts))
        return false;
    kind = s->v->p->consts[i].kind;
    if (list_kind == EQL_CONST_KIND_COUNT ? is_scalar(kind)
                                          : kind == (uint32_t)list_kind)
        return true;
    return refuse_code(s, EQL_VERIFY_BAD_CONST);
}

static bool
check_jump(code_state *s, uint32_t distance)
{
    /* n - pc - 1 instructions follow; the target must be one of them. */
    return distance < s->n - s->pc - 1 || refuse_code(s, EQL_VERIFY_BAD_JUMP);
}

static bool
check_operand(code_state *s, operand_kind kind, uint32_t value)
{
    const eql_program *p = s->v->p;

    switch (kind) {
    case KIND__: return value == 0 || refuse_code(s, EQL_VERIFY_BAD_OPERAND);
    case KIND_D: return check_write(s, value);
    case KIND_R: return check_read(s, value);
    case KIND_O: return check_occurrence(s, value);
    case KIND_F: return check_index(s, value, p->nfields);
    case KIND_K: return check_const_operand(s, value, EQL_CONST_KIND_COUNT);
    case KIND_P: return check_const_operand(s, value, EQL_CONST_PATTERNS);
    case KIND_S: return check_const_operand(s, value, EQL_CONST_SET);
    case KIND_N: return check_const_operand(s, value, EQL_CONST_NETWORKS);
    case KIND_L: return check_index(s, value, p->nleaves);
    case KIND_J: return check_jump(s, value);
    }
    return refuse_code(s, EQL_VERIFY_BAD_OPCODE);
}

/* What is read is checked before what is written: a comes last. */
static bool
check_operands(code_state *s, const eql_insn *in)
{
    const operand_kinds *k = &kinds[in->op];

    return check_operand(s, k->c, in->c) && check_operand(s, k->b, in->b) &&
           check_operand(s, k->a, in->a);
}

static bool
is_end(const code_state *s, unsigned op)
{
    if (s->leaf)
        return op == EQL_OP_RETURN;
    return op == EQL_OP_ACCEPT || op == EQL_OP_REJECT;
}

static bool
check_insn(code_state *s)
{
    const eql_insn *in = &s->v->p->insns[s->first + s->pc];
    bool last = s->pc == s->n - 1;

    if (in->op >= EQL_OP_COUNT || is_leaf_opcode(in->op) != (s->leaf != NULL))
        return refuse_code(s, EQL_VERIFY_BAD_OPCODE);
    if (last && !is_end(s, in->op))
        return refuse_code(s, EQL_VERIFY_BAD_END);
    /* Leaf code has no jumps: what follows a RETURN could never run. */
    if (!last && s->leaf && is_end(s, in->op))
        return refuse_code(s, EQL_VERIFY_BAD_OPCODE);
    return check_operands(s, in);
}

static bool
check_code(code_state *s)
{
    for (s->pc = 0; s->pc < s->n; s->pc++) {
        if (!check_insn(s))
            return false;
    }
    return true;
}

static uint64_t
low_bits(uint32_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static bool
check_leaf(verifier *v, uint32_t i, uint32_t *next)
{
    const eql_leaf *leaf = &v->p->leaves[i];
    code_state s = {
        .v = v, .leaf = leaf, .first = leaf->code.first, .n = leaf->code.n};

    if (leaf->nregs < 1 || leaf->nregs > EQL_MAX_REGS)
        return refuse(v, EQL_VERIFY_BAD_REGISTER, EQL_SECTION_leaves, i);
    if (leaf->nocc > EQL_MAX_OCCURRENCES)
        return refuse(v, EQL_VERIFY_BAD_OCCURRENCE, EQL_SECTION_leaves, i);
    if (!in_order(leaf->code, v->p->ninsns, next))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_leaves, i);
    if (s.n == 0)
        return refuse(v, EQL_VERIFY_BAD_END, EQL_SECTION_leaves, i);
    if (!check_code(&s))
        return false;
    if (s.occurrences != low_bits(leaf->nocc))
        return refuse(v, EQL_VERIFY_BAD_OCCURRENCE, EQL_SECTION_leaves, i);
    return true;
}

static bool
check_leaves(verifier *v)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < v->p->nleaves; i++) {
        if (!check_leaf(v, i, &next))
            return false;
    }
    return true;
}

static bool
check_filters(verifier *v)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < v->p->nfilters; i++) {
        eql_range code = v->p->filters[i].code;
        code_state s = {.v = v, .first = code.first, .n = code.n};

        if (!in_order(code, v->p->ninsns, &next))
            return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_filters, i);
        if (s.n == 0)
            return refuse(v, EQL_VERIFY_BAD_END, EQL_SECTION_filters, i);
        if (!check_code(&s))
            return false;
    }
    return true;
}

/* --- stages --- */

static bool
check_keys(verifier *v)
{
    for (uint32_t i = 0; i < v->p->nkeys; i++) {
        if (v->p->keys[i].field >= v->p->nfields)
            return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_keys, i);
        if ((v->p->keys[i].flags & ~EQL_KEY_OPTIONAL) != 0)
            return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_keys, i);
    }
    return true;
}

static bool
check_exceptions(verifier *v)
{
    for (uint32_t i = 0; i < v->p->nexceptions; i++) {
        if (!string_ok(v, v->p->exceptions[i].name))
            return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_exceptions, i);
        if (v->p->exceptions[i].filter >= v->p->nfilters)
            return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_exceptions, i);
    }
    return true;
}

static bool
check_severities(verifier *v)
{
    for (uint32_t i = 0; i < v->p->nseverities; i++) {
        const eql_severity *s = &v->p->severities[i];

        if (s->level >= EQL_SEVERITY_COUNT)
            return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_severities, i);
        if (s->order >= EQL_MAX_SEVERITIES || s->filter >= v->p->nfilters)
            return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_severities, i);
    }
    return true;
}

static bool
stage_runs_ok(const verifier *v, const eql_stage *s)
{
    return in_range(s->keys, v->p->nkeys) &&
           in_range(s->exceptions, v->p->nexceptions) &&
           in_range(s->severities, v->p->nseverities);
}

static bool
check_stage(verifier *v, uint32_t i)
{
    const eql_stage *s = &v->p->stages[i];

    if (s->rule >= v->p->nrules || s->filter >= v->p->nfilters)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_stages, i);
    if (s->has_category > 1)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_stages, i);
    if (!string_ok(v, s->category))
        return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_stages, i);
    if (!stage_runs_ok(v, s))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_stages, i);
    if (!charge_text(v, s->category.len) || !charge_shared(v, s->keys.n) ||
        !charge_shared(v, s->exceptions.n) ||
        !charge_shared(v, s->severities.n))
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_stages, i);
    return true;
}

static bool
check_stages(verifier *v)
{
    for (uint32_t i = 0; i < v->p->nstages; i++) {
        if (!check_stage(v, i))
            return false;
    }
    return true;
}

/* --- rules --- */

static bool
check_rule_texts(verifier *v, uint32_t i)
{
    const eql_rule *r = &v->p->rules[i];

    if (!string_ok(v, r->name) || !string_ok(v, r->id) ||
        !string_ok(v, r->file) || !string_ok(v, r->query) ||
        !string_ok(v, r->description))
        return refuse(v, EQL_VERIFY_BAD_STRING, EQL_SECTION_rules, i);
    if (!in_range(r->tags, v->p->nstrings) ||
        !in_range(r->threats, v->p->nstrings))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_rules, i);
    if (!charge_shared(v, r->tags.n) || !charge_shared(v, r->threats.n))
        return refuse(v, EQL_VERIFY_BAD_BUDGET, EQL_SECTION_rules, i);
    return true;
}

static bool
check_rule_numbers(verifier *v, uint32_t i)
{
    const eql_rule *r = &v->p->rules[i];

    if (r->kind >= EQL_RULE_KIND_COUNT || r->severity >= EQL_SEVERITY_COUNT ||
        r->has_maxspan > 1)
        return refuse(v, EQL_VERIFY_BAD_KIND, EQL_SECTION_rules, i);
    if (r->reserved != 0 || r->maxspan_ns < 0 || r->cooldown_ns < 0 ||
        (!r->has_maxspan && r->maxspan_ns != 0) ||
        (r->risk_score > 100 && r->risk_score != EQL_NONE))
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, i);
    return true;
}

/* Stage s is this rule's, and users know it by this number. */
static bool
check_owned(verifier *v, uint32_t rule, uint32_t s, uint32_t number)
{
    const eql_program *p = v->p;
    const eql_stage *first = &p->stages[p->rules[rule].stages.first];

    if (p->stages[s].rule != rule || p->stages[s].number != number)
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, rule);
    if (p->stages[s].keys.n != first->keys.n)
        return refuse(v, EQL_VERIFY_BAD_KEYS, EQL_SECTION_stages, s);
    return true;
}

/* A stage names one rule, so runs whose stages all name their rule cannot
 * overlap; *owned counts them, to find stages that no rule has. */
static bool
check_rule_stages(verifier *v, uint32_t i, uint32_t *next, uint64_t *owned)
{
    const eql_rule *r = &v->p->rules[i];

    if (!in_order(r->stages, v->p->nstages, next))
        return refuse(v, EQL_VERIFY_BAD_RANGE, EQL_SECTION_rules, i);
    if (r->stages.n == 0 ||
        (r->kind == EQL_RULE_EVENT &&
         (r->stages.n != 1 || r->until != EQL_NONE || r->has_maxspan)))
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, i);
    for (uint32_t j = 0; j < r->stages.n; j++) {
        if (!check_owned(v, i, r->stages.first + j, j + 1))
            return false;
    }
    *owned += r->stages.n;
    if (r->until == EQL_NONE)
        return true;
    *owned += 1;
    if (r->until >= v->p->nstages)
        return refuse(v, EQL_VERIFY_BAD_INDEX, EQL_SECTION_rules, i);
    /* Its number 0 tells it from the stages. */
    return check_owned(v, i, r->until, 0);
}

static bool
check_rules(verifier *v)
{
    uint32_t next = 0;
    uint64_t owned = 0;

    for (uint32_t i = 0; i < v->p->nrules; i++) {
        if (!check_rule_texts(v, i) || !check_rule_numbers(v, i) ||
            !check_rule_stages(v, i, &next, &owned))
            return false;
    }
    if (owned != v->p->nstages)
        return refuse(v, EQL_VERIFY_BAD_RULE, EQL_SECTION_rules, v->p->nrules);
    return true;
}

eql_verify_result
eql_verify(const eql_program *p)
{
    verifier v = {.p = p, .result = {EQL_VERIFY_OK, "", 0}};

    /* Constants before code, code before stages: each check relies on those
     * before it. */
    if (check_heap(&v) && check_strings(&v) && check_consts(&v) &&
        check_fields(&v) && check_leaves(&v) && check_filters(&v) &&
        check_keys(&v) && check_exceptions(&v) && check_severities(&v) &&
        check_stages(&v))
        check_rules(&v);
    return v.result;
}

static const char *const texts[EQL_VERIFY_COUNT] = {
    [EQL_VERIFY_OK] = "safe",
#define X(name, text) [EQL_VERIFY_##name] = text,
#include "program/verify_codes.def"
#undef X
};

void
eql_verify_describe(const eql_verify_result *r, eql_buf *out)
{
    const char *text =
        (unsigned)r->code < EQL_VERIFY_COUNT ? texts[r->code] : "unknown";

    if (r->code == EQL_VERIFY_OK)
        eql_buf_add_str(out, text);
    else
        eql_buf_printf(out, "%s[%u]: %s", r->section, r->index, text);
}
