/* test_branch.c -- filter trees laid out as branches: a walk over the branches
 * ends where the tree's value says, in both null logics and at any length. */
#include "tests/support/eql_test.h"

#include "compiler/branch.h"
#include "compiler/impure.h"

/* Leaves are fields; a leaf's value is its segment count: 0 false, 1 true, 2
 * null. */
static eql_typed *
leaf(eql_arena *a, uint32_t value)
{
    eql_typed *t = eql_arena_alloc(a, sizeof *t);

    assert_non_null(t);
    t->kind = EQL_TYPED_FIELD;
    t->u.path.nsegments = value;
    return t;
}

static uint32_t
negation(uint32_t v)
{
    return v == 2 ? 2 : !v;
}

/* Kleene's value of a tree. */
static uint32_t
value(const eql_typed *t)
{
    bool is_and = t->kind == EQL_TYPED_AND;
    uint32_t out = is_and;

    if (t->kind == EQL_TYPED_CONST)
        return t->u.constant.value.u.b;
    if (t->kind == EQL_TYPED_FIELD)
        return t->u.path.nsegments;
    if (t->kind == EQL_TYPED_NOT)
        return negation(value(t->u.operand));
    for (uint32_t i = 0; i < t->u.list.n; i++) {
        uint32_t v = value(t->u.list.items[i]);

        if (v == !is_and)
            return v;
        if (v == 2)
            out = 2;
    }
    return out;
}

/* A leaf that is null is not true; `not` is outside of it. */
static bool
collapsed(const eql_typed *t)
{
    bool is_and = t->kind == EQL_TYPED_AND;

    if (t->kind == EQL_TYPED_NOT)
        return !collapsed(t->u.operand);
    if (t->kind != EQL_TYPED_AND && t->kind != EQL_TYPED_OR)
        return value(t) == 1;
    for (uint32_t i = 0; i < t->u.list.n; i++)
        if (collapsed(t->u.list.items[i]) != is_and)
            return !is_and;
    return is_and;
}

/* Does a run of the branches accept? */
static bool
run(const eql_branches *bs)
{
    uint32_t pc = 0;

    if (bs->n == 0)
        return bs->constant;
    while (pc < bs->n) {
        const eql_branch *b = &bs->items[pc];

        assert_true(b->skip <= EQL_BRANCH_MAX_SKIP);
        pc += 1 + ((value(b->leaf) == 1) == b->when ? b->skip : 0);
    }
    assert_in_range(pc, bs->n, bs->n + 1);
    return pc == bs->n;
}

static bool
run_tree(eql_arena *a, const eql_typed *t, bool kleene)
{
    eql_branches *bs = eql_branch_filter(a, t, kleene, NULL);

    assert_non_null(bs);
    return run(bs);
}

static uint32_t
next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* A random tree; impure: some leaves have another origin. */
static eql_typed *
grow(eql_arena *a, uint32_t *seed, uint32_t depth, bool impure)
{
    uint32_t kind = depth ? next(seed) % 4 : 3, n = 2 + next(seed) % 3;
    eql_typed **items, *t;

    if (kind == 3) {
        t = leaf(a, next(seed) % 3);
        t->u.path.origin = impure && next(seed) % 3 == 0;
        return t;
    }
    if (kind == 2)
        return eql_typed_not(a, (eql_span){0, 0},
                             grow(a, seed, depth - 1, impure));
    items = eql_arena_array(a, n, sizeof(eql_typed *));
    for (uint32_t i = 0; i < n; i++)
        items[i] = grow(a, seed, depth - 1, impure);
    return eql_typed_list_node(a, kind ? EQL_TYPED_AND : EQL_TYPED_OR,
                               (eql_span){0, 0}, items, n);
}

static void
test_branches_end_where_the_tree_says(void **state)
{
    uint32_t seed = 20;

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        eql_arena *a = eql_arena_new(0);
        eql_typed *t = grow(a, &seed, 1 + i % 6, false);

        assert_int_equal(run_tree(a, t, true), value(t) == 1);
        assert_int_equal(run_tree(a, t, false), collapsed(t));
        eql_arena_free(a);
    }
}

/* What holds as a whole passes the pure part too. */
static void
test_pure_part_selects_enough(void **state)
{
    uint32_t seed = 7, less = 0;

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        eql_arena *a = eql_arena_new(0);
        eql_typed *t = grow(a, &seed, 1 + i % 6, true);
        eql_typed *p = eql_pure_part(a, t);

        assert_non_null(p);
        assert_false(eql_typed_is_impure(p));
        if (value(t) == 1)
            assert_true(run_tree(a, p, true));
        if (collapsed(t))
            assert_true(run_tree(a, p, false));
        less += !run_tree(a, p, false);
        eql_arena_free(a);
    }
    assert_true(less > 1000); /* and it does select */
}

/* n leaves, all of one value but leaf `odd`. */
static eql_typed *
long_list(eql_arena *a, eql_typed_kind kind, uint32_t n, uint32_t odd)
{
    eql_typed **items = eql_arena_array(a, n, sizeof(eql_typed *));
    uint32_t usual = kind == EQL_TYPED_AND;

    assert_non_null(items);
    for (uint32_t i = 0; i < n; i++)
        items[i] = leaf(a, i == odd ? !usual : usual);
    return eql_typed_list_node(a, kind, (eql_span){0, 0}, items, n);
}

static void
test_long_code_reaches_its_end(void **state)
{
    static const uint32_t odd[] = {0,     1,     31999, 32000,   32001,
                                   63999, 64000, 99999, EQL_NONE};
    enum { N = 100000 };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(odd); i++) {
        eql_arena *a = eql_arena_new(0);
        eql_typed *any = long_list(a, EQL_TYPED_OR, N, odd[i]);
        eql_typed *all = long_list(a, EQL_TYPED_AND, N, odd[i]);
        eql_typed *both[] = {eql_typed_not(a, (eql_span){0, 0}, any), all, any};
        eql_typed *t = eql_typed_list_node(a, EQL_TYPED_OR, (eql_span){0, 0},
                                           both, EQL_COUNTOF(both));

        assert_int_equal(run_tree(a, any, false), value(any));
        assert_int_equal(run_tree(a, all, false), value(all));
        assert_int_equal(run_tree(a, t, false), 1);
        assert_int_equal(run_tree(a, t, true), 1);
        eql_arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_branches_end_where_the_tree_says),
        cmocka_unit_test(test_pure_part_selects_enough),
        cmocka_unit_test(test_long_code_reaches_its_end),
    };

    return cmocka_run_group_tests_name("branch", tests, NULL, NULL);
}
