/* interp.c -- runs leaf code and filter code.
 *
 *   filter code   branches over leaves; each leaf once per event (memo)
 *   leaf          tries choices of elements until one makes its code true
 *   leaf code     straight line over registers, Kleene logic, no jumps
 *
 * The verifier has proved every index, so nothing is checked here again.  No
 * state of one event reaches the next but the memory of the scratch buffer. */
#include "vm/interp.h"
#include "vm/fault.h"
#include "vm/prepare.h"

#include <stdlib.h>

/* What is known of a leaf or filter for the event with this epoch: epoch plus
 * the verdict in the lowest bit.  Epochs are even and start at 2. */
typedef uint32_t verdict_mark;

struct eql_interp {
    const eql_program *p;
    eql_prepared *prepared;
    const eql_slot *slots; /* of the event at hand */
    uint32_t epoch;
    verdict_mark *leaf_marks;
    verdict_mark *filter_marks;
    eql_folded folded;
    eql_interp_counters counters;
#ifdef EQL_FAULTS
    bool null_leaf; /* what a leaf that is null counts as */
    bool null_seen;
#endif
    const eql_value *chosen[EQL_MAX_OCCURRENCES]; /* per occurrence */
    eql_value regs[EQL_MAX_REGS];
    char addresses[EQL_MAX_REGS][16]; /* what TO_IP wrote, per register */
};

static const eql_value null_value = {.tag = EQL_NULL};

eql_interp *
eql_interp_new(const eql_program *p)
{
    eql_interp *it = calloc(1, sizeof *it);

    if (!it)
        return NULL;
    it->p = p;
    it->prepared = eql_prepared_new(p);
    it->leaf_marks = calloc((size_t)p->nleaves + 1, sizeof *it->leaf_marks);
    it->filter_marks =
        calloc((size_t)p->nfilters + 1, sizeof *it->filter_marks);
    if (!it->prepared || !it->leaf_marks || !it->filter_marks) {
        eql_interp_free(it);
        return NULL;
    }
    return it;
}

void
eql_interp_free(eql_interp *it)
{
    if (!it)
        return;
    eql_prepared_free(it->prepared);
    free(it->leaf_marks);
    free(it->filter_marks);
    eql_folded_free(&it->folded);
    free(it);
}

const eql_interp_counters *
eql_interp_get_counters(const eql_interp *it)
{
    return &it->counters;
}

bool
eql_interp_failed(const eql_interp *it)
{
    return it->folded.buf.failed;
}

static void
forget_verdicts(eql_interp *it)
{
    memset(it->leaf_marks, 0, it->p->nleaves * sizeof *it->leaf_marks);
    memset(it->filter_marks, 0, it->p->nfilters * sizeof *it->filter_marks);
}

void
eql_interp_begin(eql_interp *it, const eql_event *ev)
{
    it->slots = ev->slots;
    it->epoch += 2;
    if (it->epoch == 0) { /* wrapped: old marks could be taken for new */
        forget_verdicts(it);
        it->epoch = 2;
    }
    eql_folded_forget(&it->folded);
}

/* --- instructions ---
 * op_<name> gives the new value of the register written. */

static eql_value
from_truth(eql_truth t)
{
    return t == EQL_UNKNOWN ? null_value : eql_value_bool(t == EQL_YES);
}

/* Anything but a boolean is null to `and`, `or` and `not`. */
static eql_truth
to_truth(const eql_value *v)
{
    if (v->tag != EQL_BOOL)
        return EQL_UNKNOWN;
    return v->u.b ? EQL_YES : EQL_NO;
}

static eql_value
op_to_ip(const eql_value *x, char out[16])
{
    eql_ip ip;

    if (x->tag != EQL_STRING || EQL_FAULT(ip_as_text))
        return x->tag == EQL_STRING ? *x : null_value;
    if (!eql_ip_parse(eql_value_sv(x), &ip))
        return null_value;
    memcpy(out, ip.b, sizeof ip.b);
    return eql_value_str(eql_sv(out, sizeof ip.b));
}

static eql_value
op_not(const eql_value *x)
{
    return x->tag == EQL_BOOL ? eql_value_bool(!x->u.b) : null_value;
}

static eql_value
op_and(const eql_value *x, const eql_value *y)
{
    eql_truth a = to_truth(x), b = to_truth(y);

    if (a == EQL_NO || b == EQL_NO)
        return eql_value_bool(false);
    return from_truth(a == EQL_YES ? b : a);
}

static eql_value
op_or(const eql_value *x, const eql_value *y)
{
    eql_truth a = to_truth(x), b = to_truth(y);

    if (a == EQL_YES || b == EQL_YES)
        return eql_value_bool(true);
    return from_truth(a == EQL_NO ? b : a);
}

/* true if the order is one of the two. */
static eql_value
op_order(eql_order o, eql_order wanted, eql_order or_this)
{
    if (o == EQL_UNORDERED)
        return null_value;
    if (EQL_FAULT(le_as_lt))
        or_this = wanted;
    return eql_value_bool(o == wanted || o == or_this);
}

static eql_value
op_in(const eql_value *x, const eql_set *set, eql_folded *folded)
{
    if (x->tag == EQL_NULL || (set->match && x->tag == EQL_BOOL))
        return null_value;
    return eql_value_bool(eql_set_has(set, x, folded));
}

static eql_value
op_in_or(const eql_value *x, const eql_value *y)
{
    eql_truth a = to_truth(x), b = to_truth(y);

    if (a == EQL_YES || b == EQL_YES)
        return eql_value_bool(true);
    return a == EQL_NO && b == EQL_NO ? eql_value_bool(false) : null_value;
}

static eql_value
op_in_eq(const eql_value *x, const eql_value *y)
{
    if (x->tag == EQL_NULL || y->tag == EQL_NULL)
        return null_value;
    return eql_value_bool(eql_compare_equal(x, y) == EQL_YES);
}

/* An element of a list is equal or not: what is no address is not equal, where
 * a comparison by itself (TO_IP) would be null. */
static eql_value
op_in_eq_ip(const eql_value *x, const eql_value *y)
{
    eql_ip a, b;

    if (x->tag == EQL_NULL || y->tag == EQL_NULL)
        return null_value;
    if (EQL_FAULT(ip_as_text))
        return op_in_eq(x, y);
    return eql_value_bool(x->tag == EQL_STRING && y->tag == EQL_STRING &&
                          eql_ip_parse(eql_value_sv(x), &a) &&
                          eql_ip_parse(eql_value_sv(y), &b) &&
                          memcmp(&a, &b, sizeof a) == 0);
}

static eql_value
op_in_eq_fold(const eql_value *x, const eql_value *y)
{
    if (x->tag == EQL_STRING && y->tag == EQL_STRING &&
        !EQL_FAULT(in_fold_exact))
        return eql_value_bool(eql_fold_eq(eql_value_sv(x), eql_value_sv(y)));
    return op_in_eq(x, y);
}

/* `:` matches a number by its canonical text (spec 5.4), `like` does not; a
 * boolean is no text to either. */
static eql_value
op_like(const eql_value *x, const eql_pattern_list *patterns,
        eql_folded *folded)
{
    char text[32];
    eql_strview s;

    switch (x->tag) {
    case EQL_STRING: s = eql_value_sv(x); break;
    case EQL_INT: s = eql_sv(text, eql_format_int(x->u.i, text)); break;
    case EQL_FLOAT: s = eql_sv(text, eql_format_double(x->u.d, text)); break;
    case EQL_NULL:
    case EQL_BOOL:
    default: return null_value;
    }
    if (x->tag != EQL_STRING) {
        if (patterns->text_only || EQL_FAULT(coerce_off))
            return null_value;
        /* The text is on the stack: its address will be met again. */
        eql_folded_forget(folded);
    }
    return eql_value_bool(eql_pattern_list_match(patterns, s, folded));
}

static eql_value
op_cidr(const eql_value *x, const eql_network_list *networks)
{
    if (x->tag == EQL_NULL)
        return null_value;
    return eql_value_bool(x->tag == EQL_STRING &&
                          eql_network_list_has(networks, eql_value_sv(x)));
}

/* --- leaf code --- */

/* Runs one leaf for the elements in it->chosen; its value. */
static eql_value
run_leaf(eql_interp *it, const eql_insn *in)
{
    const eql_prepared_const *k = it->prepared->consts;
    eql_value *r = it->regs;

    for (;; in++) {
        eql_value *to = &r[in->a];

        switch ((eql_opcode)in->op) {
        case EQL_OP_LOAD_FIELD: *to = *it->chosen[in->b]; break;
        case EQL_OP_LOAD_CONST: *to = k[in->c].literal->v; break;
        case EQL_OP_TO_IP:
            *to = op_to_ip(&r[in->b], it->addresses[in->a]);
            break;
        case EQL_OP_IS_NULL:
            *to = eql_value_bool(r[in->b].tag == EQL_NULL);
            break;
        case EQL_OP_NOT: *to = op_not(&r[in->b]); break;
        case EQL_OP_AND: *to = op_and(&r[in->b], &r[in->c]); break;
        case EQL_OP_OR: *to = op_or(&r[in->b], &r[in->c]); break;
        case EQL_OP_EQ:
            *to = from_truth(eql_compare_equal(&r[in->b], &r[in->c]));
            break;
        case EQL_OP_LT:
            *to = op_order(eql_compare_order(&r[in->b], &r[in->c]), EQL_LESS,
                           EQL_LESS);
            break;
        case EQL_OP_LE:
            *to = op_order(eql_compare_order(&r[in->b], &r[in->c]), EQL_LESS,
                           EQL_EQUAL);
            break;
        case EQL_OP_EQ_K:
            *to = from_truth(
                eql_compare_equal_literal(&r[in->b], k[in->c].literal));
            break;
        case EQL_OP_LT_K:
            *to =
                op_order(eql_compare_order_literal(&r[in->b], k[in->c].literal),
                         EQL_LESS, EQL_LESS);
            break;
        case EQL_OP_LE_K:
            *to =
                op_order(eql_compare_order_literal(&r[in->b], k[in->c].literal),
                         EQL_LESS, EQL_EQUAL);
            break;
        case EQL_OP_GT_K:
            *to =
                op_order(eql_compare_order_literal(&r[in->b], k[in->c].literal),
                         EQL_GREATER, EQL_GREATER);
            break;
        case EQL_OP_GE_K:
            *to =
                op_order(eql_compare_order_literal(&r[in->b], k[in->c].literal),
                         EQL_GREATER, EQL_EQUAL);
            break;
        case EQL_OP_IN:
            *to = op_in(&r[in->b], k[in->c].set, &it->folded);
            break;
        case EQL_OP_IN_OR: *to = op_in_or(&r[in->b], &r[in->c]); break;
        case EQL_OP_IN_EQ: *to = op_in_eq(&r[in->b], &r[in->c]); break;
        case EQL_OP_IN_EQ_IP: *to = op_in_eq_ip(&r[in->b], &r[in->c]); break;
        case EQL_OP_IN_EQ_FOLD:
            *to = op_in_eq_fold(&r[in->b], &r[in->c]);
            break;
        case EQL_OP_LIKE:
            *to = op_like(&r[in->b], k[in->c].patterns, &it->folded);
            break;
        case EQL_OP_CIDR: *to = op_cidr(&r[in->b], k[in->c].networks); break;
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
 * to try (spec 4.3: cost guard). */
static bool
choose_first(eql_interp *it, uint32_t leaf, choices *c)
{
    const uint32_t *fields =
        it->prepared->occurrence_fields + it->prepared->occurrence_first[leaf];
    uint64_t combinations = 1;

    c->n = 0;
    for (uint32_t i = 0; i < it->p->leaves[leaf].nocc; i++) {
        const eql_slot *slot = &it->slots[fields[i]];

        it->chosen[i] = slot->n > 0 ? slot->v : &null_value;
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
    for (uint32_t i = c->n; i-- > 0;) {
        const eql_slot *slot = c->slot[i];

        c->at[i]++;
        if (c->at[i] < slot->n) {
            it->chosen[c->occurrence[i]] = &slot->v[c->at[i]];
            return true;
        }
        c->at[i] = 0;
        it->chosen[c->occurrence[i]] = slot->v;
    }
    return false;
}

static bool
is_true_for_choice(eql_interp *it, const eql_insn *code)
{
    eql_value v = run_leaf(it, code);

#ifdef EQL_FAULTS
    it->null_seen |= v.tag == EQL_NULL;
#endif
    return is_true(&v);
}

static bool
evaluate_leaf(eql_interp *it, uint32_t leaf)
{
    const eql_insn *code = it->p->insns + it->p->leaves[leaf].code.first;
    bool until = !EQL_FAULT(multi_value_all);
    choices c;

    it->counters.leaf_evaluations++;
    if (!choose_first(it, leaf, &c)) {
        it->counters.leaf_combinations_capped++;
        return false;
    }
    do {
        if (is_true_for_choice(it, code) == until)
            return until;
    } while (choose_next(it, &c));
    return !until;
}

/* --- filters --- */

#ifdef EQL_FAULTS
static bool
tests_equality(const eql_interp *it, uint32_t leaf)
{
    eql_range code = it->p->leaves[leaf].code;
    unsigned op = it->p->insns[code.first + (code.n > 1 ? code.n - 2 : 0)].op;

    return op == EQL_OP_EQ || op == EQL_OP_EQ_K;
}

/* The planted faults that let null out of a leaf. */
static bool
evaluate_faulty_leaf(eql_interp *it, uint32_t leaf)
{
    bool holds;

    it->null_seen = false;
    holds = evaluate_leaf(it, leaf);
    if (!holds && it->null_seen &&
        (EQL_FAULT(not_null_false) ||
         (EQL_FAULT(ne_missing_false) && tests_equality(it, leaf))))
        return it->null_leaf;
    return holds;
}
#else
static bool
evaluate_faulty_leaf(eql_interp *it, uint32_t leaf)
{
    return evaluate_leaf(it, leaf);
}
#endif

static bool
leaf_holds(eql_interp *it, uint32_t leaf)
{
    verdict_mark *mark = &it->leaf_marks[leaf];

    if ((*mark & ~1u) != it->epoch)
        *mark = it->epoch | (evaluate_faulty_leaf(it, leaf) ? 1u : 0u);
    return *mark & 1u;
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

#ifdef EQL_FAULTS
/* A filter that null makes false wherever it stands: it must hold whatever
 * null counts as. */
static bool
run_faulty_filter(eql_interp *it, const eql_insn *code)
{
    bool holds;

    if (!EQL_FAULT(not_null_false) && !EQL_FAULT(ne_missing_false))
        return run_filter(it, code);
    forget_verdicts(it);
    it->null_leaf = false;
    holds = run_filter(it, code);
    forget_verdicts(it);
    it->null_leaf = true;
    return run_filter(it, code) && holds;
}
#else
static bool
run_faulty_filter(eql_interp *it, const eql_insn *code)
{
    return run_filter(it, code);
}
#endif

bool
eql_interp_filter(eql_interp *it, uint32_t filter)
{
    const eql_insn *code = it->p->insns + it->p->filters[filter].code.first;
    verdict_mark *mark = &it->filter_marks[filter];
    bool holds;

    if ((*mark & ~1u) == it->epoch)
        return *mark & 1u;
    holds = run_faulty_filter(it, code);
    *mark = it->epoch | (holds ? 1u : 0u);
    return holds;
}
