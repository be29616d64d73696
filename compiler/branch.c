/* branch.c -- see branch.h.
 *
 * Every node is laid out knowing where control goes when it is true, when it
 * is false, and which of the two comes next anyway: that one needs no jump.
 * `not` swaps them (collapse), or turns AND into OR below it (kleene).  A jump
 * whose target is not known yet is a link in its label's chain, kept in the
 * skip field; binding the label walks the chain. Each jump is visited twice, so
 * the time is linear in the filter. */
#include "compiler/branch.h"

#include "compiler/emit_leaf.h"

/* Islands are as large as labels are alive: two for each level of nesting. */
#define ISLAND_EVERY 32000u

/* Jumps that wait for their target: the newest, then through skip. */
typedef struct label label;
struct label {
    uint32_t newest;
    label *outer; /* made before it */
};

typedef struct {
    eql_vec code; /* eql_branch */
    eql_arena *arena;
    eql_diags *diags; /* NULL: nothing is checked */
    bool kleene;
    label *labels;   /* alive, the innermost first */
    uint32_t island; /* behind the last one */
    bool refused;    /* a leaf is over a limit, reported */
    bool failed;     /* out of memory */
} layouter;

/* Where to go from a node; next_is_true: its truth falls through.  negated:
 * the node counts as its opposite (kleene; else targets are swapped). */
typedef struct {
    label *on_true, *on_false;
    bool next_is_true;
    bool negated;
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
open_label(layouter *lx, label *l)
{
    *l = (label){EQL_NONE, lx->labels};
    lx->labels = l;
}

/* The label made last stands at the end of the code so far. */
static void
close_label(layouter *lx, label *l, uint32_t target)
{
    bind(lx, l, target);
    lx->labels = l->outer;
}

static void
add_island(layouter *lx)
{
    eql_typed *always = eql_typed_const(lx->arena, (eql_span){0, 0},
                                        eql_value_bool(true), false);
    label over = {EQL_NONE, NULL};

    if (!always) {
        lx->failed = true;
        return;
    }
    add_jump(lx, always, true, &over);
    for (label *l = lx->labels; l; l = l->outer) {
        if (l->newest == EQL_NONE)
            continue;
        bind(lx, l, lx->code.n);
        add_jump(lx, always, true, l);
    }
    bind(lx, &over, lx->code.n);
    lx->island = lx->code.n;
}

static void
add_leaf(layouter *lx, const eql_typed *leaf, targets to)
{
    if (lx->diags && !eql_emit_leaf_check(leaf, lx->diags))
        lx->refused = true;
    if (to.negated) {
        eql_typed *not = eql_arena_alloc(lx->arena, sizeof *not );

        if (!not ) {
            lx->failed = true;
            return;
        }
        *not = (eql_typed){.kind = EQL_TYPED_NOT,
                           .boolean = true,
                           .span = leaf->span,
                           .u.operand = (eql_typed *)leaf};
        leaf = not ;
    }
    if (lx->code.n - lx->island >= ISLAND_EVERY)
        add_island(lx);
    if (to.next_is_true)
        add_jump(lx, leaf, false, to.on_false);
    else
        add_jump(lx, leaf, true, to.on_true);
}

static targets
opposite(const layouter *lx, targets to)
{
    if (lx->kleene)
        return (targets){to.on_true, to.on_false, to.next_is_true, !to.negated};
    return (targets){to.on_false, to.on_true, !to.next_is_true, false};
}

static void
lay_out(layouter *lx, const eql_typed *t, targets to)
{
    bool is_and = (t->kind == EQL_TYPED_AND) != to.negated;
    uint32_t last;

    if (t->kind == EQL_TYPED_NOT) {
        lay_out(lx, t->u.operand, opposite(lx, to));
        return;
    }
    if (t->kind != EQL_TYPED_AND && t->kind != EQL_TYPED_OR) {
        add_leaf(lx, t, to);
        return;
    }
    last = t->u.list.n - 1;
    for (uint32_t i = 0; i < last && !lx->failed; i++) {
        label next;

        open_label(lx, &next);
        /* Not decided by this item: on to the next one. */
        lay_out(lx, t->u.list.items[i],
                is_and ? (targets){&next, to.on_false, true, to.negated}
                       : (targets){to.on_true, &next, false, to.negated});
        close_label(lx, &next, lx->code.n);
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
        out->constant =
            t->u.constant.value.tag == EQL_BOOL && t->u.constant.value.u.b;
    return out;
}

eql_branches *
eql_branch_filter(eql_arena *arena, const eql_typed *t, bool kleene,
                  eql_diags *diags)
{
    layouter lx = {.arena = arena, .diags = diags, .kleene = kleene};
    label accept, reject;
    eql_branches *out = NULL;

    if (t->kind == EQL_TYPED_CONST)
        return constant(t, arena);
    open_label(&lx, &reject);
    open_label(&lx, &accept);
    lay_out(&lx, t, (targets){&accept, &reject, true, false});
    close_label(&lx, &accept, lx.code.n);
    close_label(&lx, &reject, lx.code.n + 1);
    if (lx.failed)
        eql_arena_set_failed(arena);
    else if (!lx.refused)
        out = finish(&lx, arena);
    eql_vec_free(&lx.code);
    return out;
}
