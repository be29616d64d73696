/* verify_code.c -- the part of the verifier that looks at instructions.
 *
 * Each operand is checked by its kind (opcode.def).  Code is straight or
 * branches forward, so one pass suffices: a register that is read has been
 * written by an instruction before, for leaf code does not branch.  What a
 * leaf reads of its surroundings is verify_scope.c's business. */
#include "program/verify_int.h"
#include "stdlib/functions.h"

/* Code of one leaf or filter while it is checked. */
typedef struct {
    eql_verifier *v;
    const eql_leaf *leaf; /* NULL: filter code */
    const eql_insn *in;   /* at hand */
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
    KIND_G,
    KIND_L,
    KIND_J,
    KIND_I,
    KIND_Y,
    KIND_U,
    KIND_A,
    KIND_V,
    KIND_E
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
refuse(code_state *s, eql_verify_code code)
{
    return eql_verify_refuse(s->v, code, EQL_SECTION_insns, s->first + s->pc);
}

static bool
check_write(code_state *s, uint32_t reg)
{
    if (!s->leaf || reg >= s->leaf->nregs)
        return refuse(s, EQL_VERIFY_BAD_REGISTER);
    s->written[reg / 64] |= UINT64_C(1) << reg % 64;
    return true;
}

static bool
check_read(code_state *s, uint32_t reg)
{
    if (!s->leaf || reg >= s->leaf->nregs ||
        !(s->written[reg / 64] >> reg % 64 & 1))
        return refuse(s, EQL_VERIFY_BAD_REGISTER);
    return true;
}

/* n registers from operand a on. */
static bool
check_arguments(code_state *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!check_read(s, s->in->a + i))
            return false;
    }
    return true;
}

/* Occurrences are independent (language 4.3), so each is loaded by exactly one
 * instruction. */
static bool
check_occurrence(code_state *s, uint32_t occ)
{
    uint64_t bit;

    if (!s->leaf || occ >= s->leaf->nocc)
        return refuse(s, EQL_VERIFY_BAD_OCCURRENCE);
    bit = UINT64_C(1) << occ;
    if (s->occurrences & bit)
        return refuse(s, EQL_VERIFY_BAD_OCCURRENCE);
    s->occurrences |= bit;
    return true;
}

static bool
check_index(code_state *s, uint32_t i, uint32_t n)
{
    return i < n || refuse(s, EQL_VERIFY_BAD_INDEX);
}

/* A scalar constant, or one of the given kind of list. */
static bool
check_const(code_state *s, uint32_t i, eql_const_kind list_kind)
{
    uint32_t kind;

    if (!check_index(s, i, s->v->p->nconsts))
        return false;
    kind = s->v->p->consts[i].kind;
    if (list_kind == EQL_CONST_KIND_COUNT ? eql_verify_is_scalar(kind)
                                          : kind == (uint32_t)list_kind)
        return true;
    return refuse(s, EQL_VERIFY_BAD_CONST);
}

static bool
check_elements(code_state *s, uint32_t field)
{
    if (!check_index(s, field, s->v->p->nfields))
        return false;
    return s->v->p->fields[field].mode == EQL_MODE_ELEMENTS ||
           refuse(s, EQL_VERIFY_BAD_FIELD);
}

static bool
check_jump(code_state *s, uint32_t distance)
{
    /* n - pc - 1 instructions follow; the target must be one of them. */
    return distance < s->n - s->pc - 1 || refuse(s, EQL_VERIFY_BAD_JUMP);
}

/* Function and, in operand c, number of arguments. */
static bool
check_call(code_state *s, uint32_t operand)
{
    eql_function f = (eql_function)(operand & ~EQL_CALL_FOLD);
    const eql_function_info *info;

    if ((unsigned)f >= EQL_FN_COUNT || !eql_function_is_call(f))
        return refuse(s, EQL_VERIFY_BAD_CALL);
    info = eql_function_get(f);
    if (s->in->c < info->min || s->in->c > info->max ||
        ((operand & EQL_CALL_FOLD) && !info->fold))
        return refuse(s, EQL_VERIFY_BAD_CALL);
    return true;
}

static bool
check_count(code_state *s, uint32_t operand)
{
    uint32_t n = operand & ~EQL_CALL_FOLD;

    if (n == 0)
        return refuse(s, EQL_VERIFY_BAD_CALL);
    return check_arguments(s, n);
}

static bool
check_operand(code_state *s, operand_kind kind, uint32_t value)
{
    const eql_program *p = s->v->p;

    switch (kind) {
    case KIND__: return value == 0 || refuse(s, EQL_VERIFY_BAD_OPERAND);
    case KIND_D: return check_write(s, value);
    case KIND_R: return check_read(s, value);
    case KIND_O: return check_occurrence(s, value);
    case KIND_F: return check_index(s, value, p->nfields);
    case KIND_K: return check_const(s, value, EQL_CONST_KIND_COUNT);
    case KIND_P: return check_const(s, value, EQL_CONST_PATTERNS);
    case KIND_S: return check_const(s, value, EQL_CONST_SET);
    case KIND_N: return check_const(s, value, EQL_CONST_NETWORKS);
    case KIND_G: return check_const(s, value, EQL_CONST_REGEXES);
    case KIND_L: return check_index(s, value, p->nleaves);
    case KIND_J: return check_jump(s, value);
    case KIND_I: return check_index(s, value, p->niterators);
    case KIND_Y: return check_index(s, value, p->nlineages);
    case KIND_U: return check_call(s, value);
    case KIND_A: return check_arguments(s, value);
    case KIND_V: return check_count(s, value);
    case KIND_E: return check_elements(s, value);
    }
    return refuse(s, EQL_VERIFY_BAD_OPCODE);
}

/* What is read is checked before what is written: a comes last. */
static bool
check_operands(code_state *s)
{
    const operand_kinds *k = &kinds[s->in->op];

    return check_operand(s, k->c, s->in->c) &&
           check_operand(s, k->b, s->in->b) && check_operand(s, k->a, s->in->a);
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
    bool last = s->pc == s->n - 1;
    unsigned op;

    s->in = &s->v->p->insns[s->first + s->pc];
    op = s->in->op;
    if (op >= EQL_OP_COUNT || is_leaf_opcode(op) != (s->leaf != NULL))
        return refuse(s, EQL_VERIFY_BAD_OPCODE);
    if (last && !is_end(s, op))
        return refuse(s, EQL_VERIFY_BAD_END);
    /* Leaf code has no jumps: what follows a RETURN could never run. */
    if (!last && s->leaf && is_end(s, op))
        return refuse(s, EQL_VERIFY_BAD_OPCODE);
    return check_operands(s);
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

/* The next run of code is this one; it is not empty. */
static bool
take_code(eql_verifier *v, eql_section section, uint32_t i, eql_range code)
{
    if (code.n == 0)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_END, section, i);
    return eql_verify_next_run(v, EQL_SECTION_insns, code) ||
           eql_verify_refuse(v, EQL_VERIFY_BAD_RANGE, section, i);
}

/* Leaves and filters come in order each, but the two are mixed as rules were
 * compiled: whichever begins first is next. */
bool
eql_verify_code_tiles(eql_verifier *v)
{
    const eql_program *p = v->p;
    uint32_t leaf = 0, filter = 0;

    while (leaf < p->nleaves || filter < p->nfilters) {
        bool is_leaf = filter == p->nfilters ||
                       (leaf < p->nleaves && p->leaves[leaf].code.first <
                                                 p->filters[filter].code.first);
        bool ok = is_leaf ? take_code(v, EQL_SECTION_leaves, leaf,
                                      p->leaves[leaf].code)
                          : take_code(v, EQL_SECTION_filters, filter,
                                      p->filters[filter].code);

        if (!ok)
            return false;
        leaf += is_leaf;
        filter += !is_leaf;
    }
    return eql_verify_all_run(v, EQL_SECTION_insns);
}

static uint64_t
low_bits(uint32_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static bool
check_leaf(eql_verifier *v, uint32_t i)
{
    const eql_leaf *leaf = &v->p->leaves[i];
    code_state s = {
        .v = v, .leaf = leaf, .first = leaf->code.first, .n = leaf->code.n};

    if (leaf->nregs < 1 || leaf->nregs > EQL_MAX_REGS)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_REGISTER, EQL_SECTION_leaves,
                                 i);
    if (leaf->nocc > EQL_MAX_OCCURRENCES)
        return eql_verify_refuse(v, EQL_VERIFY_BAD_OCCURRENCE,
                                 EQL_SECTION_leaves, i);
    if (!check_code(&s))
        return false;
    if (s.occurrences != low_bits(leaf->nocc))
        return eql_verify_refuse(v, EQL_VERIFY_BAD_OCCURRENCE,
                                 EQL_SECTION_leaves, i);
    return true;
}

bool
eql_verify_leaves(eql_verifier *v)
{
    for (uint32_t i = 0; i < v->p->nleaves; i++) {
        if (!check_leaf(v, i))
            return false;
    }
    return true;
}

bool
eql_verify_filters(eql_verifier *v)
{
    for (uint32_t i = 0; i < v->p->nfilters; i++) {
        eql_range code = v->p->filters[i].code;
        code_state s = {.v = v, .first = code.first, .n = code.n};

        if (!check_code(&s))
            return false;
    }
    return true;
}

bool
eql_verify_iterators(eql_verifier *v)
{
    const eql_program *p = v->p;

    for (uint32_t i = 0; i < p->niterators; i++) {
        const eql_iterator *it = &p->iterators[i];

        if (it->field >= p->nfields || it->filter >= p->nfilters)
            return eql_verify_refuse(v, EQL_VERIFY_BAD_INDEX,
                                     EQL_SECTION_iterators, i);
        if (p->fields[it->field].mode != EQL_MODE_ELEMENTS)
            return eql_verify_refuse(v, EQL_VERIFY_BAD_FIELD,
                                     EQL_SECTION_iterators, i);
    }
    return true;
}
