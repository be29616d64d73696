/* index_cut.c -- which leaves a filter cannot do without: access predicates.
 *
 * An index over many rules needs, for each rule, a condition that is cheap to
 * look up and that must hold whenever the rule holds: its access predicate.  A
 * database picks a conjunct of the WHERE clause.  Here conditions are branch
 * code, with `and`, `or` and `not` turned into where branches go, so there are
 * no conjuncts to pick from; the general form of the question is a cut.
 *
 * Filter code is a graph of branches that only lead forward, from the first
 * instruction to ACCEPT or REJECT.  A leaf that is false closes its true edges:
 *
 *   a and (b or c):     0: a --true--> 1: b --true------------> ACCEPT
 *                                           `-false-> 2: c --true--^
 *
 * A set of leaves of which one must hold for the filter to hold is a set whose
 * true edges, when closed, separate the first instruction from ACCEPT: a cut.
 * Here {a} and {b, c} are cuts.  Each is a valid access predicate; the cheapest
 * is wanted, where a leaf costs what is guessed of its selectivity
 * (index_leaf.c: an equality with a long text little, a short wildcard much, a
 * leaf that needs running without a bound).  By max-flow min-cut the cheapest
 * cut is the other side of a greatest flow, with a leaf's cost as the capacity
 * of its true edges and no bound on false edges: Edmonds and Karp, breadth
 * first, with a bound on steps (EQL_INDEX_CUT_STEPS each, EQL_INDEX_ALL_STEPS
 * for a program).
 *
 * Where the bound is met, or no cut is cheap enough, the stage has no access
 * predicate and is a candidate of every event that its marks allow: slower,
 * never wrong.  Sound by construction: whatever is cut, an event for which the
 * filter holds makes one leaf of the cut hold.  tests/unit/test_index_random.c
 * holds that against the interpreter.
 *
 * Edges are numbered by the branch: 2 * pc its true edge, 2 * pc + 1 the other
 * one. */
#include "vm/index/index_int.h"

#include <stdlib.h>

#define UNBOUNDED UINT32_MAX

bool
eql_index_cutter_init(eql_index_cutter *c, const eql_program *p)
{
    size_t n = EQL_INDEX_CODE;

    *c = (eql_index_cutter){.p = p, .left = EQL_INDEX_ALL_STEPS};
    c->flow = malloc(2 * n * sizeof *c->flow);
    c->first_in = malloc((n + 1) * sizeof *c->first_in);
    c->in = malloc(2 * n * sizeof *c->in);
    c->from = malloc(n * sizeof *c->from);
    c->queue = malloc(n * sizeof *c->queue);
    c->reached = malloc(n * sizeof *c->reached);
    return c->flow && c->first_in && c->in && c->from && c->queue && c->reached;
}

void
eql_index_cutter_free(eql_index_cutter *c)
{
    free(c->flow);
    free(c->first_in);
    free(c->in);
    free(c->from);
    free(c->queue);
    free(c->reached);
}

static bool
is_branch(const eql_insn *in)
{
    return in->op == EQL_OP_BRANCH_TRUE || in->op == EQL_OP_BRANCH_FALSE;
}

/* Where an edge leads to. */
static uint32_t
target(const eql_insn *code, uint32_t edge)
{
    uint32_t pc = edge / 2;
    bool jumps = (code[pc].op == EQL_OP_BRANCH_TRUE) == (edge % 2 == 0);

    return jumps ? pc + 1 + code[pc].b : pc + 1;
}

bool
eql_index_is_necessary(eql_index_cutter *c, eql_range code, uint32_t leaf)
{
    const eql_insn *insns = c->p->insns + code.first;

    if (code.n > EQL_INDEX_CODE || code.n > c->left)
        return false;
    c->left -= code.n;
    memset(c->reached, 0, code.n * sizeof *c->reached);
    c->reached[0] = true;
    for (uint32_t pc = 0; pc < code.n; pc++) {
        if (!c->reached[pc])
            continue;
        if (insns[pc].op == EQL_OP_ACCEPT)
            return false;
        if (!is_branch(&insns[pc]))
            continue;
        if (insns[pc].c != leaf)
            c->reached[target(insns, 2 * pc)] = true;
        c->reached[target(insns, 2 * pc + 1)] = true;
    }
    return true;
}

/* --- flow --- */

typedef struct {
    const eql_insn *code;
    uint32_t n;
    const uint32_t *cost;
    uint32_t steps; /* that are left */
} graph;

static uint32_t
capacity(const graph *g, uint32_t edge)
{
    if (edge % 2)
        return UNBOUNDED;
    return g->cost[g->code[edge / 2].c]; /* EQL_INDEX_NEVER: unbounded */
}

/* Edges by where they lead to: a counting sort. */
static void
sort_edges(eql_index_cutter *c, const graph *g)
{
    memset(c->first_in, 0, (g->n + 1) * sizeof *c->first_in);
    for (uint32_t e = 0; e < 2 * g->n; e++) {
        c->flow[e] = 0;
        if (is_branch(&g->code[e / 2]))
            c->first_in[target(g->code, e)]++;
    }
    for (uint32_t i = 0, at = 0; i <= g->n; i++) {
        at += c->first_in[i];
        c->first_in[i] = at;
    }
    for (uint32_t e = 0; e < 2 * g->n; e++) {
        if (is_branch(&g->code[e / 2]))
            c->in[--c->first_in[target(g->code, e)]] = e;
    }
}

static bool
has_room(const eql_index_cutter *c, const graph *g, uint32_t edge)
{
    uint32_t most = capacity(g, edge);

    return most == UNBOUNDED || c->flow[edge] < most;
}

/* `from` of an instruction that is reached: an edge into it, or one out of it
 * whose flow is taken back. */
static void
reach(eql_index_cutter *c, uint32_t pc, uint32_t edge, uint32_t *n)
{
    if (c->reached[pc])
        return;
    c->reached[pc] = true;
    c->from[pc] = edge;
    c->queue[(*n)++] = pc;
}

/* Breadth first along edges that have room, to the first ACCEPT; EQL_NONE:
 * there is none within reach. */
static uint32_t
search(eql_index_cutter *c, graph *g)
{
    uint32_t n = 0;

    memset(c->reached, 0, g->n * sizeof *c->reached);
    reach(c, 0, EQL_NONE, &n);
    for (uint32_t i = 0; i < n && g->steps > 0; i++) {
        uint32_t pc = c->queue[i];

        g->steps--;
        if (g->code[pc].op == EQL_OP_ACCEPT)
            return pc;
        for (uint32_t e = 2 * pc; is_branch(&g->code[pc]) && e <= 2 * pc + 1;
             e++) {
            if (has_room(c, g, e))
                reach(c, target(g->code, e), e, &n);
        }
        for (uint32_t k = c->first_in[pc]; k < c->first_in[pc + 1]; k++) {
            if (c->flow[c->in[k]] > 0)
                reach(c, c->in[k] / 2, c->in[k], &n);
        }
    }
    return EQL_NONE;
}

/* Was pc reached by taking flow back?  Edges only lead forward. */
static bool
is_taken_back(const eql_index_cutter *c, uint32_t pc)
{
    return c->from[pc] / 2 == pc;
}

/* The instruction before pc on the way that was found. */
static uint32_t
before(const eql_index_cutter *c, const graph *g, uint32_t pc)
{
    return is_taken_back(c, pc) ? target(g->code, c->from[pc])
                                : c->from[pc] / 2;
}

/* Sends as much as the way to pc carries; UNBOUNDED if it has no bound. */
static uint32_t
augment(eql_index_cutter *c, const graph *g, uint32_t end)
{
    uint32_t most = UNBOUNDED;

    for (uint32_t pc = end; pc != 0; pc = before(c, g, pc)) {
        uint32_t e = c->from[pc], bound = capacity(g, e);

        if (is_taken_back(c, pc))
            most = c->flow[e] < most ? c->flow[e] : most;
        else if (bound != UNBOUNDED && bound - c->flow[e] < most)
            most = bound - c->flow[e];
    }
    if (most == UNBOUNDED)
        return most;
    for (uint32_t pc = end; pc != 0;) {
        uint32_t *flow = &c->flow[c->from[pc]];

        *flow = is_taken_back(c, pc) ? *flow - most : *flow + most;
        pc = before(c, g, pc);
    }
    return most;
}

bool
eql_index_cut(eql_index_cutter *c, eql_range code, const uint32_t *cost,
              bool *chosen)
{
    graph g = {c->p->insns + code.first, code.n, cost, EQL_INDEX_CUT_STEPS};
    uint64_t total = 0;
    uint32_t end, most;

    if (code.n > EQL_INDEX_CODE)
        return false;
    if (c->left < g.steps)
        g.steps = (uint32_t)c->left;
    most = g.steps;
    sort_edges(c, &g);
    while ((end = search(c, &g)) != EQL_NONE &&
           total < EQL_INDEX_LEAST_SELECTIVE) {
        uint32_t more = augment(c, &g, end);

        total = more == UNBOUNDED ? EQL_INDEX_LEAST_SELECTIVE : total + more;
    }
    c->left -= most - g.steps;
    if (g.steps == 0 || total >= EQL_INDEX_LEAST_SELECTIVE)
        return false;
    for (uint32_t pc = 0; pc < g.n; pc++) {
        if (c->reached[pc] && is_branch(&g.code[pc]) &&
            !c->reached[target(g.code, 2 * pc)])
            chosen[g.code[pc].c] = true;
    }
    return true;
}
