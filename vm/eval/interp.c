/* interp.c -- runs leaf code and filter code.
 *
 *   filter code   branches over leaves; each leaf once per event (memo)
 *   leaf          tries choices of elements until one makes its code true
 *   leaf code     straight line over registers, Kleene logic, no jumps
 *   array function  in leaf code: binds its variable to each element in turn
 *                 and runs a filter, one frame deeper
 *
 * The verifier has proved every index, so nothing is checked here again.  No
 * state of one event reaches the next but the memory of scratch buffers. */
#include "vm/eval/interp.h"

#include <stdlib.h>

#include "stdlib/functions.h"
#include "vm/eval/ops.h"

/* What is known of a leaf or filter for the event with this epoch: epoch plus
 * the answer in the lowest bit.  Epochs are even and start at 2. */
typedef uint32_t answer_mark;

/* What a leaf needs while it runs; one for each array function around it. */
typedef struct {
    eql_scratch *scratch;
    bool scratch_used;
    uint32_t readers; /* a long text may be read so often */
    const eql_value *chosen[EQL_MAX_OCCURRENCES]; /* per occurrence */
    eql_value regs[EQL_MAX_REGS];
    /* What TO_IP wrote, per register. */
    char addresses[EQL_MAX_REGS][EQL_ADDRESS_TEXT];
} frame;

struct eql_interp {
    const eql_program *p;
    const eql_prepared *prepared;
    eql_prepared *own; /* tables that are not shared; NULL */
    const eql_dialect *dialect;
    const eql_event *event; /* at hand */
    /* Per ELEMENTS field: what its children find in the element it is bound
     * to; NULL: unbound, or without children. */
    const eql_slot **bound;
    frame *frames;
    uint32_t depth; /* of the frame at work */
    uint32_t most_runs;
    uint32_t runs; /* that are left for this event */
    bool exhausted;
    uint32_t epoch;
    answer_mark *leaf_marks;
    answer_mark *filter_marks;
    eql_folded folded;
    eql_interp_counters counters;
    const eql_leaf_cache *cache; /* NULL: none */
    eql_lineage_fn lineage;
    void *lineage_ctx;
};

static const eql_value null_value = {.tag = EQL_NULL};

static bool
make_frames(eql_interp *it)
{
    uint32_t n = it->prepared->depth + 1;

    it->frames = calloc(n, sizeof *it->frames);
    for (uint32_t i = 0; it->frames && i < n; i++) {
        it->frames[i].scratch = eql_scratch_new();
        if (!it->frames[i].scratch)
            return false;
    }
    return it->frames != NULL;
}

static eql_interp *
make(const eql_program *p, const eql_prepared *shared)
{
    eql_interp *it = calloc(1, sizeof *it);

    if (!it)
        return NULL;
    it->p = p;
    it->prepared = shared;
    if (!shared)
        it->prepared = it->own = eql_prepared_new(p);
    it->dialect = eql_program_dialect(p);
    it->most_runs = EQL_MAX_LEAF_RUNS;
    it->leaf_marks = calloc((size_t)p->nleaves + 1, sizeof *it->leaf_marks);
    it->filter_marks =
        calloc((size_t)p->nfilters + 1, sizeof *it->filter_marks);
    it->bound = calloc((size_t)p->nfields + 1, sizeof *it->bound);
    if (!it->prepared || !it->leaf_marks || !it->filter_marks || !it->bound ||
        !make_frames(it)) {
        eql_interp_free(it);
        return NULL;
    }
    return it;
}

eql_interp *
eql_interp_new(const eql_program *p)
{
    return make(p, NULL);
}

eql_interp *
eql_interp_new_shared(const eql_prepared *prepared)
{
    return make(prepared->p, prepared);
}

void
eql_interp_free(eql_interp *it)
{
    if (!it)
        return;
    for (uint32_t i = 0; it->frames && i <= it->prepared->depth; i++)
        eql_scratch_free(it->frames[i].scratch);
    free(it->frames);
    free(it->bound);
    eql_prepared_free(it->own);
    free(it->leaf_marks);
    free(it->filter_marks);
    eql_folded_free(&it->folded);
    free(it);
}

void
eql_interp_set_lineage(eql_interp *it, eql_lineage_fn fn, void *ctx)
{
    it->lineage = fn;
    it->lineage_ctx = ctx;
}

void
eql_interp_set_cache(eql_interp *it, const eql_leaf_cache *cache)
{
    it->cache = cache;
}

void
eql_interp_limit_runs(eql_interp *it, uint32_t runs)
{
    it->most_runs = runs;
}

const eql_interp_counters *
eql_interp_get_counters(const eql_interp *it)
{
    return &it->counters;
}

uint64_t
eql_interp_capped(const eql_interp *it)
{
    return it->counters.leaf_combinations_capped;
}

bool
eql_interp_failed(const eql_interp *it)
{
    bool failed = it->folded.buf.failed;

    for (uint32_t i = 0; i <= it->prepared->depth; i++)
        failed |= eql_scratch_failed(it->frames[i].scratch);
    return failed || eql_prepared_failed(it->prepared);
}

static void
forget_answers(eql_interp *it)
{
    memset(it->leaf_marks, 0, it->p->nleaves * sizeof *it->leaf_marks);
    memset(it->filter_marks, 0, it->p->nfilters * sizeof *it->filter_marks);
}

void
eql_interp_begin(eql_interp *it, const eql_event *ev)
{
    it->event = ev;
    it->runs = it->most_runs;
    it->exhausted = false;
    it->epoch += 2;
    if (it->epoch == 0) { /* wrapped: old marks could be taken for new */
        forget_answers(it);
        it->epoch = 2;
    }
    eql_folded_forget(&it->folded);
}

/* Takes n from the work that is left; false when it is too much. */
static bool
spend(eql_interp *it, uint32_t n)
{
    if (n > it->runs) {
        it->exhausted = true;
        return false;
    }
    it->runs -= n;
    return true;
}

/* The same for so much work over text: cost for each of its bytes. */
static bool
spend_text(eql_interp *it, const eql_value *text, uint64_t cost)
{
    uint64_t n;

    if (text->tag != EQL_STRING || it->exhausted)
        return !it->exhausted;
    if (cost > UINT32_MAX)
        cost = UINT32_MAX;
    n = cost * text->len / EQL_TEXT_STEP;
    return n == 0 || spend(it, n < UINT32_MAX ? (uint32_t)n : UINT32_MAX);
}

/* --- fields --- */

static const eql_slot *
slot_of(const eql_interp *it, uint32_t field)
{
    static const eql_slot missing = {0};
    const eql_field *f = &it->p->fields[field];
    const eql_slot *children;

    if (f->parent == EQL_NONE)
        return eql_event_slot(it->event, field);
    children = it->bound[f->parent];
    return children ? &children[f->child] : &missing;
}

/* --- array functions --- */

static bool filter_holds(eql_interp *it, uint32_t filter);

/* A lone value is an array of one, but in endgame (language 7.3, event.h). */
static bool
has_array(const eql_interp *it, const eql_slot *slot)
{
    return slot->children || it->dialect->multi_value != EQL_MULTI_VALUE_OPAQUE;
}

/* Elements for which the body holds; with `any`, stops at the first. */
static uint32_t
count_elements(eql_interp *it, const eql_iterator *iterator, bool any)
{
    const eql_slot *slot = slot_of(it, iterator->field);
    const eql_slot **bound = &it->bound[iterator->field];
    const eql_slot *outer = *bound;
    uint32_t nchildren = it->p->fields[iterator->field].nchildren;
    uint32_t end = has_array(it, slot) ? slot->n : 0;
    uint32_t n = 0;

    it->depth++;
    for (uint32_t i = 0; i < end && spend(it, 1); i++) {
        *bound = slot->children ? slot->children + (size_t)i * nchildren : NULL;
        if (!filter_holds(it, iterator->filter))
            continue;
        n++;
        if (any)
            break;
    }
    it->depth--;
    *bound = outer;
    return n;
}

/* The instruction that wrote a register last. */
static const eql_insn *
writer_of(const eql_insn *in, uint32_t reg)
{
    do
        in--;
    while (in->a != reg);
    return in;
}

/* Do values of this type make what they are compared with one, too? */
static bool
is_shared(eql_field_type type)
{
    return type == EQL_FIELD_IP || type == EQL_FIELD_DATE;
}

/* Does an element equal the value in a register?  A literal coerces; elements
 * compare as addresses or instants if the value's field is one
 * (language 15.1). */
static bool
has_element(const eql_interp *it, const eql_insn *in, uint32_t reg,
            eql_containing c)
{
    const eql_slot *slot = slot_of(it, in->c);
    const eql_insn *from = writer_of(in, reg);
    const eql_literal *literal = NULL;

    if (from->op == EQL_OP_LOAD_CONST)
        literal = it->prepared->consts[from->c].literal;
    if (from->op == EQL_OP_LOAD_FIELD && !is_shared(c.type) &&
        is_shared((eql_field_type)it->p->fields[from->c].type))
        c.type = (eql_field_type)it->p->fields[from->c].type;
    return eql_op_has_element(&c, slot->v, slot->n,
                              &it->frames[it->depth].regs[reg], literal);
}

/* As `in`: a value of another type is not equal, where null is null. */
static eql_value
op_array_has(eql_interp *it, const eql_insn *in)
{
    const eql_slot *slot = slot_of(it, in->c);
    const eql_value *args = it->frames[it->depth].regs + in->a;
    uint32_t n = in->b & ~EQL_CALL_FOLD;
    eql_containing c = {it->prepared->comparing, it->dialect,
                        (eql_field_type)it->p->fields[in->c].type};

    if (in->b & EQL_CALL_FOLD)
        c.how.strings = it->prepared->folding;
    for (uint32_t i = 0; i < n; i++) {
        if (eql_value_is_null(&args[i]))
            return null_value;
    }
    if (slot->n == 0)
        return null_value;
    for (uint32_t i = 0; i < n; i++) {
        if (!spend(it, slot->n) || !spend_text(it, &args[i], slot->n))
            return null_value;
        if (has_element(it, in, in->a + i, c))
            return eql_value_bool(true);
    }
    return eql_value_bool(false);
}

static eql_value
op_call(eql_interp *it, const eql_insn *in, eql_value *args)
{
    eql_function f = (eql_function)(in->b & ~EQL_CALL_FOLD);
    frame *fr = &it->frames[it->depth];
    eql_function_env env = {it->dialect, fr->scratch};
    uint64_t refused;
    eql_value v;

    eql_folded_forget(&it->folded); /* scratch has the same places again */
    fr->scratch_used = true;
    for (uint32_t i = 0; i < in->c; i++) {
        if (!spend_text(it, &args[i], 1))
            return null_value;
    }
    refused = eql_scratch_refused(fr->scratch);
    v = eql_function_call(&env, f, in->b & EQL_CALL_FOLD, args, in->c);
    it->counters.leaf_combinations_capped +=
        eql_scratch_refused(fr->scratch) - refused;
    return v;
}

static eql_value
op_lineage(const eql_interp *it, const eql_insn *in, const eql_value *id)
{
    return eql_value_bool(it->lineage &&
                          it->lineage(it->lineage_ctx, in->c, id));
}

/* --- leaf code --- */

static eql_value
op_arithmetic(const eql_interp *it, const eql_insn *in, const eql_value *r)
{
    /* Rows of opcode.def and of eql_operation have the same order. */
    eql_operation op = (eql_operation)(in->op - EQL_OP_ADD);

    return eql_arithmetic(it->dialect, op, &r[in->b], &r[in->c]);
}

static eql_value
op_order_literal(const eql_interp *it, const eql_insn *in, const eql_value *x)
{
    const eql_literal *k = it->prepared->consts[in->c].literal;
    eql_ordering o = eql_compare_order_literal(&it->prepared->comparing, x, k);

    switch ((eql_opcode)in->op) {
    case EQL_OP_LT_K: return eql_op_order(o, EQL_LESS, EQL_LESS);
    case EQL_OP_LE_K: return eql_op_order(o, EQL_LESS, EQL_EQUAL);
    case EQL_OP_GT_K: return eql_op_order(o, EQL_GREATER, EQL_GREATER);
    default: return eql_op_order(o, EQL_GREATER, EQL_EQUAL);
    }
}

/* Long texts are work for whatever reads them. */
static eql_value
op_load(eql_interp *it, const eql_value *v)
{
    return spend_text(it, v, it->frames[it->depth].readers) ? *v : null_value;
}

/* Without memory for a list, eql_interp_failed voids what is decided. */
static eql_value
op_like(eql_interp *it, const eql_value *x, uint32_t k)
{
    const eql_pattern_list *patterns = eql_prepared_patterns(it->prepared, k);

    if (!patterns || !spend_text(it, x, patterns->cost))
        return null_value;
    return eql_op_like(x, patterns, &it->folded);
}

static eql_value
op_regex(eql_interp *it, const eql_value *x, uint32_t k)
{
    const eql_regex *r = eql_prepared_regex(it->prepared, k);

    if (!r || !spend_text(it, x, eql_regex_size(r)))
        return null_value;
    return eql_op_regex(it->prepared, x, r);
}

/* Runs one leaf for the elements chosen in its frame; its value. */
static eql_value
run_leaf(eql_interp *it, const eql_insn *in)
{
    const eql_prepared_const *k = it->prepared->consts;
    const eql_comparing *how = &it->prepared->comparing;
    frame *fr = &it->frames[it->depth];
    eql_value *r = fr->regs;

    for (;; in++) { /* the interpreter switch: one row per opcode */
        eql_value *to = &r[in->a];

        switch ((eql_opcode)in->op) {
        case EQL_OP_LOAD_FIELD: *to = op_load(it, fr->chosen[in->b]); break;
        case EQL_OP_LOAD_CONST: *to = op_load(it, &k[in->c].literal->v); break;
        case EQL_OP_TO_IP:
            eql_folded_forget(&it->folded); /* the same place again */
            *to = eql_op_to_ip(&r[in->b], fr->addresses[in->a]);
            break;
        case EQL_OP_TO_NUMBER: *to = eql_to_number(&r[in->b]); break;
        case EQL_OP_TO_BOOL: *to = eql_to_bool(&r[in->b]); break;
        case EQL_OP_TO_TIME: *to = eql_to_time(it->dialect, &r[in->b]); break;
        case EQL_OP_TO_TRUTH: *to = eql_op_to_truth(&r[in->b]); break;
        case EQL_OP_ADD:
        case EQL_OP_SUB:
        case EQL_OP_MUL:
        case EQL_OP_DIV:
        case EQL_OP_MOD: *to = op_arithmetic(it, in, r); break;
        case EQL_OP_NEG: *to = eql_negate(&r[in->b]); break;
        case EQL_OP_CALL: *to = op_call(it, in, to); break;
        case EQL_OP_IS_NULL:
            *to = eql_value_bool(eql_value_is_null(&r[in->b]));
            break;
        case EQL_OP_NOT: *to = eql_op_not(&r[in->b]); break;
        case EQL_OP_AND: *to = eql_op_and(&r[in->b], &r[in->c]); break;
        case EQL_OP_OR: *to = eql_op_or(&r[in->b], &r[in->c]); break;
        case EQL_OP_EQ:
            *to = eql_op_truth(eql_compare_equal(how, &r[in->b], &r[in->c]));
            break;
        case EQL_OP_LT: *to = eql_op_less(how, &r[in->b], &r[in->c]); break;
        case EQL_OP_LE: *to = eql_op_at_most(how, &r[in->b], &r[in->c]); break;
        case EQL_OP_LT_VERSION:
        case EQL_OP_LE_VERSION:
            *to = eql_op_earlier(how, in->op, &r[in->b], &r[in->c]);
            break;
        case EQL_OP_EQ_K:
            *to = eql_op_truth(
                eql_compare_equal_literal(how, &r[in->b], k[in->c].literal));
            break;
        case EQL_OP_LT_K:
        case EQL_OP_LE_K:
        case EQL_OP_GT_K:
        case EQL_OP_GE_K: *to = op_order_literal(it, in, &r[in->b]); break;
        case EQL_OP_IN:
            *to = eql_op_in(&r[in->b], eql_prepared_set(it->prepared, in->c),
                            &it->folded);
            break;
        case EQL_OP_IN_OR: *to = eql_op_in_or(&r[in->b], &r[in->c]); break;
        case EQL_OP_IN_EQ: *to = eql_op_in_eq(how, &r[in->b], &r[in->c]); break;
        case EQL_OP_IN_EQ_IP:
            *to = eql_op_in_eq_ip(&r[in->b], &r[in->c]);
            break;
        case EQL_OP_IN_EQ_FOLD:
            *to = eql_op_in_eq_fold(it->prepared, &r[in->b], &r[in->c]);
            break;
        case EQL_OP_LIKE: *to = op_like(it, &r[in->b], in->c); break;
        case EQL_OP_CIDR:
            *to = eql_op_cidr(&r[in->b],
                              eql_prepared_network(it->prepared, in->c));
            break;
        case EQL_OP_REGEX: *to = op_regex(it, &r[in->b], in->c); break;
        case EQL_OP_ANY_OF:
            *to = eql_value_bool(
                count_elements(it, &it->p->iterators[in->c], true) > 0);
            break;
        case EQL_OP_COUNT_OF:
            *to = eql_value_int(
                count_elements(it, &it->p->iterators[in->c], false));
            break;
        case EQL_OP_ARRAY_HAS: *to = op_array_has(it, in); break;
        case EQL_OP_LINEAGE: *to = op_lineage(it, in, &r[in->b]); break;
        case EQL_OP_RETURN: return *to;
        case EQL_OP_BRANCH_TRUE:
        case EQL_OP_BRANCH_FALSE:
        case EQL_OP_ACCEPT:
        case EQL_OP_REJECT:
        case EQL_OP_COUNT: return null_value; /* no leaf code: verified */
        }
    }
}

static bool
is_true(const eql_value *v)
{
    return v->tag == EQL_BOOL && v->u.b;
}

/* --- choices of elements --- */

/* Occurrences with several values, and which of them is chosen. */
typedef struct {
    uint32_t n;
    uint8_t occurrence[EQL_MAX_OCCURRENCES];
    const eql_slot *slot[EQL_MAX_OCCURRENCES];
    uint32_t at[EQL_MAX_OCCURRENCES];
} choices;

/* Chooses the first element everywhere; false if there are too many choices
 * to try (language 4.3: cost guard). */
static bool
choose_first(eql_interp *it, uint32_t leaf, choices *c)
{
    const uint32_t *fields =
        it->prepared->occurrence_fields + it->prepared->occurrence_first[leaf];
    const eql_value **chosen = it->frames[it->depth].chosen;
    uint64_t combinations = 1;

    c->n = 0;
    for (uint32_t i = 0; i < it->p->leaves[leaf].nocc; i++) {
        const eql_slot *slot = slot_of(it, fields[i]);

        chosen[i] = slot->n > 0 ? slot->v : &null_value;
        if (slot->n <= 1)
            continue;
        combinations *= slot->n;
        if (combinations > EQL_MAX_COMBINATIONS)
            return false;
        c->occurrence[c->n] = (uint8_t)i;
        c->slot[c->n] = slot;
        c->at[c->n++] = 0;
    }
    return true;
}

/* Counts on like an odometer; false once every choice has been made. */
static bool
choose_next(eql_interp *it, choices *c)
{
    const eql_value **chosen = it->frames[it->depth].chosen;

    for (uint32_t i = c->n; i-- > 0;) {
        const eql_slot *slot = c->slot[i];

        c->at[i]++;
        if (c->at[i] < slot->n) {
            chosen[c->occurrence[i]] = &slot->v[c->at[i]];
            return true;
        }
        c->at[i] = 0;
        chosen[c->occurrence[i]] = slot->v;
    }
    return false;
}

/* Runs the leaf's code for each choice until fn says that it is enough.  false
 * when there was too much to do, and *v is no answer. */
static bool
run_choices(eql_interp *it, uint32_t leaf, eql_value_fn fn, void *ctx)
{
    const eql_range code = it->p->leaves[leaf].code;
    frame *fr = &it->frames[it->depth];
    bool more = true;
    choices c;

    it->counters.leaf_evaluations++;
    fr->readers = 1 + code.n / EQL_CODE_STEP;
    if (it->exhausted || !choose_first(it, leaf, &c)) {
        it->counters.leaf_combinations_capped++;
        return false;
    }
    do {
        eql_value v = null_value;

        if (fr->scratch_used)
            eql_scratch_reset(fr->scratch);
        fr->scratch_used = false;
        if (spend(it, 1 + code.n / EQL_CODE_STEP))
            v = run_leaf(it, it->p->insns + code.first);
        if (it->exhausted) {
            it->counters.leaf_combinations_capped++;
            return false;
        }
        more = fn(ctx, &v) && choose_next(it, &c);
    } while (more);
    return true;
}

/* --- leaves --- */

typedef struct {
    bool until; /* the answer that ends the search */
    bool holds;
} answer;

static bool
judge(void *ctx, const eql_value *v)
{
    answer *out = ctx;

    out->holds = is_true(v);
    return out->holds != out->until;
}

static bool
evaluate_leaf(eql_interp *it, uint32_t leaf)
{
    answer v = {.until = true};

    return run_choices(it, leaf, judge, &v) && v.holds;
}

void
eql_interp_values(eql_interp *it, uint32_t leaf, eql_value_fn fn, void *ctx)
{
    run_choices(it, leaf, fn, ctx);
}

static bool
take_first(void *ctx, const eql_value *v)
{
    *(eql_value *)ctx = *v;
    return false;
}

eql_value
eql_interp_value(eql_interp *it, uint32_t leaf)
{
    eql_value v = null_value;

    run_choices(it, leaf, take_first, &v);
    return v;
}

/* --- filters --- */

/* Evaluates it; for a leaf of a body that is not to be remembered. */
static bool
find_leaf(eql_interp *it, uint32_t leaf)
{
    uint64_t capped = it->counters.leaf_combinations_capped;
    bool holds;

    if (!it->cache || !it->cache->find(it->cache->ctx, leaf, &holds)) {
        holds = evaluate_leaf(it, leaf);
        /* What a bound made false is false for this event only. */
        if (it->cache && it->counters.leaf_combinations_capped == capped)
            it->cache->note(it->cache->ctx, leaf, holds);
    }
    if (!it->prepared->leaves[leaf].free)
        it->leaf_marks[leaf] = it->epoch | (holds ? 1u : 0u);
    return holds;
}

static inline bool
leaf_holds(eql_interp *it, uint32_t leaf)
{
    answer_mark mark = it->leaf_marks[leaf];

    return (mark & ~1u) == it->epoch ? mark & 1u : find_leaf(it, leaf);
}

static bool
run_filter(eql_interp *it, const eql_insn *in)
{
    for (;; in++) {
        switch ((eql_opcode)in->op) {
        case EQL_OP_BRANCH_TRUE:
            if (leaf_holds(it, in->c))
                in += in->b;
            break;
        case EQL_OP_BRANCH_FALSE:
            if (!leaf_holds(it, in->c))
                in += in->b;
            break;
        case EQL_OP_ACCEPT: return true;
        default: return false; /* REJECT: the verifier allows no other */
        }
    }
}

/* The body of an array function. */
static bool
filter_holds(eql_interp *it, uint32_t filter)
{
    const eql_insn *code = it->p->insns + it->p->filters[filter].code.first;
    answer_mark *mark = &it->filter_marks[filter];

    if (it->prepared->filters[filter].free)
        return spend(it, it->p->filters[filter].code.n / EQL_CODE_STEP) &&
               run_filter(it, code);
    if ((*mark & ~1u) != it->epoch)
        *mark = it->epoch | (run_filter(it, code) ? 1u : 0u);
    return *mark & 1u;
}

bool
eql_interp_filter(eql_interp *it, uint32_t filter)
{
    const eql_insn *code = it->p->insns + it->p->filters[filter].code.first;
    answer_mark *mark = &it->filter_marks[filter];
    bool holds;

    if ((*mark & ~1u) == it->epoch)
        return *mark & 1u;
    holds = run_filter(it, code);
    *mark = it->epoch | (holds ? 1u : 0u);
    return holds;
}

bool
eql_interp_leaf(eql_interp *it, uint32_t leaf)
{
    return leaf_holds(it, leaf);
}

void
eql_interp_preset(eql_interp *it, uint32_t leaf, bool holds)
{
    it->leaf_marks[leaf] = it->epoch | (holds ? 1u : 0u);
}
