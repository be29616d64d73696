/* emit_leaf.c -- see emit_leaf.h.
 *
 * Registers are a stack: a node leaves its value in register d, its depth,
 * and uses only registers from d up.  So each is written before it is read,
 * and equal trees give equal code, on which hash-consing rests.  Occurrences
 * are numbered in the order of their loads.
 *
 * Without a builder the same walk only measures: that is the check, which
 * therefore cannot disagree with what is emitted. */
#include "compiler/emit_leaf.h"

#include "compiler/emit.h"

typedef struct {
    eql_builder *builder; /* NULL: measure only */
    uint32_t lineages;    /* index of the query's first one */
    eql_diags *diags;     /* without builder: for the bodies */
    bool refused;         /* a body is over a limit, reported */
    eql_vec code;         /* eql_insn */
    eql_vec list;         /* uint32_t, constants of one list */
    uint32_t nregs, nocc;
    bool failed; /* out of memory */
} emitter;

static void emit_value(emitter *em, const eql_typed *t, uint32_t d);

/* One instruction; a (and b, c of registers) are in range when the leaf was
 * checked.  c is EQL_NONE where there was no memory for what it names. */
static void
emit(emitter *em, eql_opcode op, uint32_t a, uint32_t b, uint32_t c)
{
    eql_insn in = {(uint8_t)op, (uint8_t)a, (uint16_t)b, c};

    if (em->builder &&
        (c == EQL_NONE || eql_vec_push(&em->code, &in, sizeof in) == EQL_NONE))
        em->failed = true;
}

/* Register d is in use. */
static void
use(emitter *em, uint32_t d)
{
    if (d >= em->nregs)
        em->nregs = d + 1;
}

static uint32_t
add_const(emitter *em, eql_value v)
{
    return em->builder ? eql_builder_const(em->builder, v) : 0;
}

static uint32_t
list_flags(const eql_part *p)
{
    return (p->fold ? EQL_CONST_FOLD : 0) |
           (p->text_only ? EQL_CONST_TEXT_ONLY : 0) |
           (p->match ? EQL_CONST_MATCH : 0) |
           (p->prefix ? EQL_CONST_PREFIX : 0) |
           (p->member ? EQL_CONST_MEMBER : 0) |
           (p->null_false ? EQL_CONST_NULL_FALSE : 0);
}

static uint32_t
add_list(emitter *em, eql_const_kind kind, const eql_part *p)
{
    if (!em->builder)
        return 0;
    em->list.n = 0;
    for (uint32_t i = 0; i < p->nvalues; i++) {
        uint32_t k = eql_builder_const(em->builder, p->values[i]);

        if (eql_vec_push(&em->list, &k, sizeof k) == EQL_NONE)
            em->failed = true;
    }
    if (em->failed)
        return 0;
    return eql_builder_const_list(em->builder, kind, list_flags(p),
                                  em->list.items, em->list.n);
}

/* --- fields --- */

static eql_field_seg
field_seg(eql_builder *b, const eql_segment *s)
{
    if (s->kind == EQL_SEGMENT_INDEX)
        return (eql_field_seg){
            .name = eql_builder_str(b, eql_sv("", 0)),
            .flags = EQL_SEG_INDEX,
            .index = s->index,
        };
    return (eql_field_seg){
        .name = eql_builder_str(b, s->name),
        .flags = s->kind == EQL_SEGMENT_QUOTED ? EQL_SEG_QUOTED : 0,
    };
}

static uint32_t add_field(eql_builder *b, const eql_typed_path *p,
                          uint32_t level);

/* The array whose elements a path begins with. */
static uint32_t
add_array(eql_builder *b, const eql_typed_binding *binding)
{
    return add_field(b, &binding->array, binding->level);
}

/* What is found in an element is of the event that the array is of. */
static uint32_t
origin_of(const eql_typed_path *p)
{
    while (p->binding)
        p = &p->binding->array;
    return p->origin;
}

static uint32_t
add_field(eql_builder *b, const eql_typed_path *p, uint32_t level)
{
    eql_field_spec spec = {
        .name = p->name,
        .type = p->type,
        .mode = p->mode,
        .origin = origin_of(p),
        .parent = EQL_NONE,
        .level = level,
        .nsegs = p->nsegments,
    };
    eql_vec segs = {0};
    uint32_t field = EQL_NONE;
    bool ok = true;

    if (p->binding)
        spec.parent = add_array(b, p->binding);
    for (uint32_t i = 0; i < p->nsegments; i++) {
        eql_field_seg s = field_seg(b, &p->segments[i]);

        ok = eql_vec_push(&segs, &s, sizeof s) != EQL_NONE && ok;
    }
    spec.segs = segs.items;
    if (ok && (!p->binding || spec.parent != EQL_NONE))
        field = eql_builder_field(b, &spec);
    eql_vec_free(&segs);
    return field;
}

/* The array of arrayContains: as deep as what it is found in. */
static uint32_t
add_searched(eql_builder *b, const eql_typed_path *p)
{
    return add_field(b, p, p->binding ? p->binding->level + 1 : 0);
}

uint32_t
eql_emit_field(eql_builder *b, const eql_typed_path *p)
{
    return add_field(b, p, 0);
}

/* --- nodes --- */

static void
emit_field(emitter *em, const eql_typed *t, uint32_t d)
{
    uint32_t field = 0;

    if (em->builder)
        field = eql_emit_field(em->builder, &t->u.path);
    emit(em, EQL_OP_LOAD_FIELD, d, em->nocc, field);
    em->nocc++;
}

static void
emit_list(emitter *em, const eql_typed *t, uint32_t d)
{
    eql_opcode op = t->kind == EQL_TYPED_AND ? EQL_OP_AND : EQL_OP_OR;

    emit_value(em, t->u.list.items[0], d);
    for (uint32_t i = 1; i < t->u.list.n; i++) {
        emit_value(em, t->u.list.items[i], d + 1);
        emit(em, op, d, d, d + 1);
    }
}

static void
emit_unary(emitter *em, const eql_typed *t, eql_opcode op, uint32_t d)
{
    emit_value(em, t->u.operand, d);
    emit(em, op, d, d, 0);
}

static eql_opcode
literal_opcode(eql_compare_op op)
{
    switch (op) {
    case EQL_CMP_EQ:
    case EQL_CMP_NE: return EQL_OP_EQ_K;
    case EQL_CMP_LT: return EQL_OP_LT_K;
    case EQL_CMP_LE: return EQL_OP_LE_K;
    case EQL_CMP_GT: return EQL_OP_GT_K;
    case EQL_CMP_GE: return EQL_OP_GE_K;
    }
    return EQL_OP_EQ_K;
}

static eql_opcode
register_opcode(eql_compare_op op)
{
    if (op == EQL_CMP_EQ)
        return EQL_OP_EQ;
    return op == EQL_CMP_LT ? EQL_OP_LT : EQL_OP_LE;
}

static void
emit_compare(emitter *em, const eql_typed *t, uint32_t d)
{
    const eql_typed *right = t->u.compare.right;

    emit_value(em, t->u.compare.left, d);
    if (t->u.compare.version) {
        emit_value(em, right, d + 1);
        emit(em,
             t->u.compare.op == EQL_CMP_LT ? EQL_OP_LT_VERSION
                                           : EQL_OP_LE_VERSION,
             d, d, d + 1);
        return;
    }
    if (eql_typed_is_literal(right)) {
        emit(em, literal_opcode(t->u.compare.op), d, d,
             add_const(em, right->u.constant.value));
        return;
    }
    emit_value(em, right, d + 1);
    emit(em, register_opcode(t->u.compare.op), d, d, d + 1);
}

/* r[dst] = does r[x] pass part p?  r[x] stays; registers from tmp are free,
 * and dst is one of x, tmp. */
static void
emit_part(emitter *em, const eql_part *p, uint32_t x, uint32_t tmp,
          uint32_t dst)
{
    use(em, dst);
    switch (p->kind) {
    case EQL_PART_SET:
        emit(em, EQL_OP_IN, dst, x, add_list(em, EQL_CONST_SET, p));
        return;
    case EQL_PART_PATTERNS:
        emit(em, EQL_OP_LIKE, dst, x, add_list(em, EQL_CONST_PATTERNS, p));
        return;
    case EQL_PART_NETWORKS:
        emit(em, EQL_OP_CIDR, dst, x, add_list(em, EQL_CONST_NETWORKS, p));
        return;
    case EQL_PART_REGEXES:
        emit(em, EQL_OP_REGEX, dst, x, add_list(em, EQL_CONST_REGEXES, p));
        return;
    case EQL_PART_ELEMENT: break;
    }
    emit_value(em, p->element, tmp);
    if (p->date) {
        use(em, tmp + 1);
        emit(em, EQL_OP_TO_TIME, tmp + 1, x, 0);
        x = tmp + 1;
    }
    emit(em,
         p->address ? EQL_OP_IN_EQ_IP
         : p->fold  ? EQL_OP_IN_EQ_FOLD
                    : EQL_OP_IN_EQ,
         dst, x, tmp);
}

/* The operand once in r[d], the parts joined by IN_OR in r[d + 1]. */
static void
emit_test(emitter *em, const eql_typed *t, uint32_t d)
{
    const eql_part *parts = t->u.test.parts;
    uint32_t n = t->u.test.nparts;

    emit_value(em, t->u.test.operand, d);
    if (n == 0) {
        /* In an empty list: null if the operand is, else false. */
        emit(em, EQL_OP_EQ, d, d, d);
        emit(em, EQL_OP_NOT, d, d, 0);
        return;
    }
    emit_part(em, &parts[0], d, d + 1, n == 1 ? d : d + 1);
    for (uint32_t i = 1; i < n; i++) {
        emit_part(em, &parts[i], d, d + 2, d + 2);
        emit(em, EQL_OP_IN_OR, i + 1 == n ? d : d + 1, d + 1, d + 2);
    }
}

/* --- functions --- */

static eql_opcode
arith_opcode(eql_operation op)
{
    switch (op) {
    case EQL_OPERATION_ADD: return EQL_OP_ADD;
    case EQL_OPERATION_SUB: return EQL_OP_SUB;
    case EQL_OPERATION_MUL: return EQL_OP_MUL;
    case EQL_OPERATION_DIV: return EQL_OP_DIV;
    case EQL_OPERATION_MOD: return EQL_OP_MOD;
    }
    return EQL_OP_ADD;
}

static void
emit_arith(emitter *em, const eql_typed *t, uint32_t d)
{
    emit_value(em, t->u.arith.left, d);
    emit_value(em, t->u.arith.right, d + 1);
    emit(em, arith_opcode(t->u.arith.op), d, d, d + 1);
}

static void
emit_convert(emitter *em, const eql_typed *t, uint32_t d)
{
    eql_opcode op = EQL_OP_TO_IP;

    switch (t->u.convert.type) {
    case EQL_FIELD_NUMBER: op = EQL_OP_TO_NUMBER; break;
    case EQL_FIELD_BOOLEAN: op = EQL_OP_TO_BOOL; break;
    case EQL_FIELD_DATE: op = EQL_OP_TO_TIME; break;
    case EQL_FIELD_IP:
    case EQL_FIELD_ANY:
    case EQL_FIELD_VERSION:
    case EQL_FIELD_TYPE_COUNT: break;
    }
    emit_value(em, t->u.convert.operand, d);
    emit(em, op, d, d, 0);
}

/* Arguments in registers from d up. */
static void
emit_arguments(emitter *em, const eql_typed_list *l, uint32_t d)
{
    for (uint32_t i = 0; i < l->n; i++)
        emit_value(em, l->items[i], d + i);
}

static void
emit_call(emitter *em, const eql_typed *t, uint32_t d)
{
    uint32_t f = (uint32_t)t->u.call.function;

    emit_arguments(em, &t->u.call.args, d);
    emit(em, EQL_OP_CALL, d, f | (t->u.call.fold ? EQL_CALL_FOLD : 0),
         t->u.call.args.n);
}

/* --- arrays, lineage --- */

static void
emit_search(emitter *em, const eql_typed *t, uint32_t d)
{
    const eql_typed *body = t->u.search.body;
    eql_opcode op = t->u.search.count ? EQL_OP_COUNT_OF : EQL_OP_ANY_OF;
    eql_iterator it;
    uint32_t i = 0;

    if (em->builder) {
        it.field = add_array(em->builder, t->u.search.binding);
        it.filter = eql_emit_body(em->builder, body, em->lineages);
        if (it.field == EQL_NONE || it.filter == EQL_NONE)
            em->failed = true;
        else
            i = eql_builder_iterator(em->builder, &it);
    } else if (!eql_emit_body_check(body, em->diags)) {
        em->refused = true;
    }
    emit(em, op, d, 0, i);
}

static void
emit_has(emitter *em, const eql_typed *t, uint32_t d)
{
    uint32_t field = 0, n = t->u.has.values.n;

    if (em->builder)
        field = add_searched(em->builder, &t->u.has.array);
    emit_arguments(em, &t->u.has.values, d);
    emit(em, EQL_OP_ARRAY_HAS, d, n | (t->u.has.fold ? EQL_CALL_FOLD : 0),
         field);
}

static void
emit_lineage(emitter *em, const eql_typed *t, uint32_t d)
{
    emit_value(em, t->u.lineage.id, d);
    emit(em, EQL_OP_LINEAGE, d, d, em->lineages + t->u.lineage.index);
}

static void
emit_value(emitter *em, const eql_typed *t, uint32_t d)
{
    use(em, d);
    switch (t->kind) {
    case EQL_TYPED_CONST:
        emit(em, EQL_OP_LOAD_CONST, d, 0, add_const(em, t->u.constant.value));
        break;
    case EQL_TYPED_FIELD: emit_field(em, t, d); break;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: emit_list(em, t, d); break;
    case EQL_TYPED_NOT: emit_unary(em, t, EQL_OP_NOT, d); break;
    case EQL_TYPED_IS_NULL: emit_unary(em, t, EQL_OP_IS_NULL, d); break;
    case EQL_TYPED_TRUTH: emit_unary(em, t, EQL_OP_TO_TRUTH, d); break;
    case EQL_TYPED_NEGATE: emit_unary(em, t, EQL_OP_NEG, d); break;
    case EQL_TYPED_CONVERT: emit_convert(em, t, d); break;
    case EQL_TYPED_COMPARE: emit_compare(em, t, d); break;
    case EQL_TYPED_TEST: emit_test(em, t, d); break;
    case EQL_TYPED_ARITH: emit_arith(em, t, d); break;
    case EQL_TYPED_CALL: emit_call(em, t, d); break;
    case EQL_TYPED_SEARCH: emit_search(em, t, d); break;
    case EQL_TYPED_HAS: emit_has(em, t, d); break;
    case EQL_TYPED_LINEAGE: emit_lineage(em, t, d); break;
    case EQL_TYPED_KIND_COUNT: break;
    }
}

bool
eql_emit_leaf_check(const eql_typed *t, eql_diags *diags)
{
    emitter em = {.diags = diags};

    emit_value(&em, t, 0);
    if (em.nregs > EQL_MAX_REGS)
        eql_diags_add(diags, "E311", t->span, NULL,
                      "the comparison is nested too deeply (%u registers, at "
                      "most %u)",
                      em.nregs, EQL_MAX_REGS);
    if (em.nocc > EQL_MAX_OCCURRENCES)
        eql_diags_add(diags, "E311", t->span, NULL,
                      "one comparison names %u fields, at most %u are allowed",
                      em.nocc, EQL_MAX_OCCURRENCES);
    return !em.refused && em.nregs <= EQL_MAX_REGS &&
           em.nocc <= EQL_MAX_OCCURRENCES;
}

uint32_t
eql_emit_leaf(eql_builder *b, const eql_typed *t, uint32_t lineages)
{
    emitter em = {.builder = b, .lineages = lineages};
    uint32_t leaf = EQL_NONE;

    emit_value(&em, t, 0);
    emit(&em, EQL_OP_RETURN, 0, 0, 0);
    if (!em.failed)
        leaf = eql_builder_leaf(b, em.code.items, em.code.n, em.nocc, em.nregs);
    eql_vec_free(&em.code);
    eql_vec_free(&em.list);
    return leaf;
}
