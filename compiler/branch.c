/* branch.c -- see branch.h.
 *
 * Every node is laid out knowing where control goes when it is true, when it
 * is false, and which of the two comes next anyway: that one needs no jump.
 * `not` swaps them.  A jump whose target is not known yet is a link in its
 * label's chain, kept in the skip field; binding the label walks the chain.
 * Each jump is visited twice, so the time is linear in the filter. */
#include "compiler/branch.h"

#include "compiler/emit_leaf.h"

/* Jumps that wait for their target: the newest, then through skip. */
typedef struct {
    uint32_t newest;
} label;

typedef struct {
    eql_vec code; /* eql_branch */
    eql_diags *diags;
    bool too_far; /* some jump does not fit */
    bool refused; /* a leaf is over a limit, reported */
    bool failed;  /* out of memory */
} layouter;

/* Where to go from a node; next_is_true: its truth falls through. */
typedef struct {
    label *on_true, *on_false;
    bool next_is_true;
} targets;

/* The jumps that wait for l go to instruction `target`. */
static void
bind(layouter *lx, label *l, uint32_t target)
{
    uint32_t i = l->newest;

    while (i != EQL_NONE) {
        eql_branch *b = eql_vec_at(&lx->code, i);
        uint32_t older = b->skip;

        b->skip = target - (i + 1);
        lx->too_far = lx->too_far || b->skip > EQL_BRANCH_MAX_SKIP;
        i = older;
    }
    l->newest = EQL_NONE;
}

static void
add_jump(layouter *lx, const eql_typed *leaf, bool when, label *l)
{
    eql_branch b = {.leaf = leaf, .skip = l->newest, .when = when};
    uint32_t i = eql_vec_push(&lx->code, &b, sizeof b);

    if (i == EQL_NONE)
        lx->failed = true;
    else
        l->newest = i;
}

static void
add_leaf(layouter *lx, const eql_typed *leaf, targets to)
{
    if (!eql_emit_leaf_check(leaf, lx->diags))
        lx->refused = true;
    if (to.next_is_true)
        add_jump(lx, leaf, false, to.on_false);
    else
        add_jump(lx, leaf, true, to.on_true);
}

static void
lay_out(layouter *lx, const eql_typed *t, targets to)
{
    bool is_and = t->kind == EQL_TYPED_AND;
    uint32_t last;

    if (t->kind == EQL_TYPED_NOT) {
        lay_out(lx, t->u.operand,
                (targets){to.on_false, to.on_true, !to.next_is_true});
        return;
    }
    if (!is_and && t->kind != EQL_TYPED_OR) {
        add_leaf(lx, t, to);
        return;
    }
    last = t->u.list.n - 1;
    for (uint32_t i = 0; i < last && !lx->failed; i++) {
        label next = {EQL_NONE};

        /* Not decided by this item: on to the next one. */
        lay_out(lx, t->u.list.items[i],
                is_and ? (targets){&next, to.on_false, true}
                       : (targets){to.on_true, &next, false});
        bind(lx, &next, lx->code.n);
    }
    lay_out(lx, t->u.list.items[last], to);
}

static eql_branches *
finish(layouter *lx, eql_arena *arena)
{
    eql_branches *out = eql_arena_alloc(arena, sizeof *out);

    if (!out)
        return NULL;
    out->n = lx->code.n;
    out->items = eql_arena_array(arena, out->n, sizeof *out->items);
    if (!out->items)
        return NULL;
    memcpy(out->items, lx->code.items, out->n * sizeof *out->items);
    return out;
}

static eql_branches *
constant(const eql_typed *t, eql_arena *arena)
{
    eql_branches *out = eql_arena_alloc(arena, sizeof *out);

    if (out)
        out->constant = t->u.constant.value.u.b;
    return out;
}

eql_branches *
eql_branch_filter(eql_arena *arena, const eql_typed *t, eql_diags *diags)
{
    layouter lx = {.diags = diags};
    label accept = {EQL_NONE}, reject = {EQL_NONE};
    eql_branches *out = NULL;

    if (t->kind == EQL_TYPED_CONST)
        return constant(t, arena);
    lay_out(&lx, t, (targets){&accept, &reject, true});
    bind(&lx, &accept, lx.code.n);
    bind(&lx, &reject, lx.code.n + 1);
    if (lx.too_far)
        eql_diags_add(diags, "E311", t->span,
                      "put values into \"in\" or \":\" lists",
                      "the condition has too many parts (a jump over more "
                      "than %u)",
                      EQL_BRANCH_MAX_SKIP);
    if (lx.failed)
        eql_arena_set_failed(arena);
    else if (!lx.too_far && !lx.refused)
        out = finish(&lx, arena);
    eql_vec_free(&lx.code);
    return out;
}
