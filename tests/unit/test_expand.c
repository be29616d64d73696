/* test_expand.c -- macros and constants: what a query is without them, what is
 * refused, and that nothing grows without bound. */
#include "tests/support/eql_test.h"

#include "base/diag.h"
#include "compiler/expand.h"
#include "compiler/parser.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_def_set outer, own;
} fixture;

static void
set_up(fixture *f)
{
    *f = (fixture){.arena = eql_arena_new(0), .diags = eql_diags_new()};
    assert_non_null(f->arena);
    assert_non_null(f->diags);
}

static void
tear_down(fixture *f)
{
    eql_def_set_free(&f->own);
    eql_def_set_free(&f->outer);
    eql_diags_free(f->diags);
    eql_arena_free(f->arena);
}

/* The expanded query; NULL when it has errors.  definitions may be NULL. */
static eql_query *
expand(fixture *f, const char *definitions, eql_strview text)
{
    eql_source src = {.text = text, .first_line = 1};
    eql_query *q, *d;

    eql_diags_set_source(f->diags, &src);
    if (definitions) {
        d = eql_parse_definitions(f->arena, eql_sv_cstr(definitions),
                                  EQL_COMMENTS_NEST, f->diags);
        assert_non_null(d);
        if (!eql_def_set_make(&f->outer, NULL, f->arena, d, f->diags))
            return NULL;
    }
    q = eql_parse(f->arena, text, EQL_COMMENTS_NEST, f->diags);
    assert_non_null(q);
    if (!eql_def_set_make(&f->own, &f->outer, f->arena, q, f->diags) ||
        !eql_expand_query(&f->own, f->arena, q, f->diags))
        return NULL;
    return q;
}

static const struct {
    const char *definitions, *query, *same;
} cases[] = {
    {NULL, "const K == 4 any where a > K", "any where a > 4"},
    {NULL, "const K = \"x\" any where K == a and K.b == 1 and ?K == 2",
     "any where \"x\" == a and K.b == 1 and ?K == 2"},
    {NULL, "macro M(p) p == 1 any where M(a.b)", "any where (a.b == 1)"},
    {NULL, "macro M(p) p == 1 any where a:M()", "any where (a == 1)"},
    {NULL, "macro T() true any where T()", "any where (true)"},
    /* arguments are whole */
    {NULL, "macro N(p) not p any where N(a or b)", "any where (not (a or b))"},
    {NULL, "macro D(p) p * 2 any where D(a + 1) == 4",
     "any where ((a + 1) * 2) == 4"},
    /* paths go on */
    {NULL, "macro M(p) p.name == 1 and p[0].x any where M(a.b)",
     "any where (a.b.name == 1 and a.b[0].x)"},
    {NULL, "macro M(p) p.x any where M(`a.b`)", "any where `a.b`.x"},
    {NULL, "macro M(p) p.x any where M(?a)", "any where ?a.x"},
    {NULL, "macro M(p) ?p any where M(a)", "any where ?a"},
    {NULL, "macro M(p) f(x, $v, $v.p == p) any where M(a)",
     "any where f(x, $v, $v.p == a)"},
    /* macros in macros, constants in macros */
    {NULL, "macro A(p, q) p and q macro B(p) A(p, not p) any where B(x)",
     "any where ((x) and not x)"},
    {NULL, "const K == 1 macro M(a) a == K any where M(b)", "any where b == 1"},
    {NULL, "const K == 1 macro M(K) K == 2 any where M(b)", "any where b == 2"},
    {NULL, "macro M(p) p any where M(M(M(a)))", "any where a"},
    /* a name of the caller is no parameter */
    {NULL, "macro A(p) p == q macro B(q) A(q) any where B(x)",
     "any where x == q"},
    {NULL, "macro A(p) p == 1 any where A(p)", "any where p == 1"},
    /* a macro hides a function; names have case */
    {NULL, "macro length(p) p any where length(a) and LENGTH(a) == 1",
     "any where a and LENGTH(a) == 1"},
    /* everywhere */
    {NULL,
     "macro M(p) p * 2 const K == 3 sequence by M(a) [x where K == b] by c "
     "[y where descendant of [z where M(d) == K]] by M(e) until [u where K in "
     "(f, K)] by K | filter K == g | unique M(h), K",
     "sequence by a * 2 [x where 3 == b] by c [y where descendant of [z where "
     "(d * 2) == 3]] by e * 2 until [u where 3 in (f, 3)] by 3 | filter 3 == g "
     "| unique h * 2, 3"},
    /* the host's come first */
    {"macro M(p) p == K0 const K1 == 1 macro N(p) p == K1",
     "macro O(p) N(p) any where M(a) and O(b)", "any where a == K0 and b == 1"},
    {"", "any where K", "any where K"},
};

/* Without the marks of parentheses. */
static void
print_plain(const eql_query *q, eql_buf *out)
{
    eql_buf text = {0};

    eql_ast_dump(q, &text);
    for (size_t i = 0; i < text.len; i++) {
        if (i + 3 <= text.len && memcmp(text.p + i, " ()", 3) == 0)
            i += 2;
        else
            eql_buf_add_char(out, text.p[i]);
    }
    eql_buf_free(&text);
}

static void
test_expansion_is_the_query_without_macros(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        fixture f, g;
        eql_buf got = {0}, want = {0};
        eql_query *q;

        set_up(&f);
        q = expand(&f, cases[i].definitions, eql_sv_cstr(cases[i].query));
        if (!q)
            fail_msg("%s: refused", cases[i].query);
        q->ndefs = 0;
        print_plain(q, &got);
        set_up(&g);
        print_plain(expand(&g, NULL, eql_sv_cstr(cases[i].same)), &want);
        if (!eql_sv_eq(eql_buf_sv(&got), eql_buf_sv(&want)))
            fail_msg("%s:\n%.*s", cases[i].query, (int)got.len, got.p);
        eql_buf_free(&got);
        eql_buf_free(&want);
        tear_down(&f);
        tear_down(&g);
    }
}

static const struct {
    const char *query, *code;
    uint32_t column; /* 1-based */
} refused[] = {
    {"macro M(p) p any where M()", "E302", 24},
    {"macro M(p) p any where x and M(a, b)", "E302", 30},
    {"macro M(p) p any where M~(a)", "E303", 24},
    {"macro M(p) p.x any where M(1)", "E316", 28},
    {"macro M(p) p[0] any where M(f(a))", "E316", 29},
    {"macro M(p) ?p any where M(\"s\")", "E316", 27},
    {"macro M(p) M(p) any where M(a)", "E316", 12},
    {"macro M(p) N(p) macro N(p) M(p) any where M(a)", "E316", 12},
    {"macro M(p, p) p any where M(a, b)", "E316", 12},
    {"macro M(p) p const M == 1 any where M(a)", "E316", 20},
    {"const K == 1 const K == 1 any where K", "E316", 20},
};

static void
test_what_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(refused); i++) {
        const eql_diag *x;
        fixture f;

        set_up(&f);
        assert_null(expand(&f, NULL, eql_sv_cstr(refused[i].query)));
        x = eql_diags_at(f.diags, 0);
        if (strcmp(x->code, refused[i].code) || x->column != refused[i].column)
            fail_msg("%s: %s at %u", refused[i].query, x->code, x->column);
        tear_down(&f);
    }
}

static void
test_diagnostics_point_at_the_call(void **state)
{
    static const char query[] = "macro M(p) p == 1 and x.y any where M(abc)";
    const eql_expr *e;
    fixture f;
    eql_query *q;

    (void)state;
    set_up(&f);
    q = expand(&f, NULL, eql_sv_cstr(query));
    assert_non_null(q);
    e = q->body->condition;
    assert_int_equal(e->kind, EQL_NODE_AND);
    assert_int_equal(e->span.offset, 36);
    assert_int_equal(e->u.list.items[1]->span.offset, 36);
    assert_int_equal(e->u.list.items[0]->u.op.left->span.offset, 38);
    tear_down(&f);
}

/* 20 doublings are a million parts, 64 a number without a name. */
static void
test_growth_is_refused_early(void **state)
{
    eql_buf text = {0};
    fixture f;

    (void)state;
    eql_buf_add_str(&text, "macro M0(p) p == 1 ");
    for (int i = 1; i < 64; i++)
        eql_buf_printf(&text, "macro M%d(p) M%d(p) or M%d(p) ", i, i - 1,
                       i - 1);
    eql_buf_add_str(&text, "any where M63(a)");
    set_up(&f);
    assert_null(expand(&f, NULL, eql_buf_sv(&text)));
    assert_string_equal(eql_diags_at(f.diags, 0)->code, "E311");
    assert_int_equal(eql_diags_nerrors(f.diags), 1);
    tear_down(&f);
    eql_buf_free(&text);
}

static void
test_nested_calls_are_refused_early(void **state)
{
    eql_buf text = {0};
    fixture f;

    (void)state;
    eql_buf_add_str(&text, "macro M(p) p + p any where 1 == ");
    for (int i = 0; i < 100; i++)
        eql_buf_add_str(&text, "M(");
    eql_buf_add_char(&text, 'a');
    for (int i = 0; i < 100; i++)
        eql_buf_add_char(&text, ')');
    set_up(&f);
    assert_null(expand(&f, NULL, eql_buf_sv(&text)));
    assert_string_equal(eql_diags_at(f.diags, 0)->code, "E311");
    tear_down(&f);
    eql_buf_free(&text);
}

/* n parts: the IN, its operand and its list. */
static bool
fits(uint32_t parts)
{
    eql_buf text = {0};
    fixture f;
    bool ok;

    eql_buf_add_str(&text, "macro M() a in (1");
    for (uint32_t i = 3; i < parts; i++)
        eql_buf_add_str(&text, ",1");
    eql_buf_add_str(&text, ") any where M()");
    set_up(&f);
    ok = expand(&f, NULL, eql_buf_sv(&text)) != NULL;
    tear_down(&f);
    eql_buf_free(&text);
    return ok;
}

static void
test_size_at_the_limit(void **state)
{
    (void)state;
    assert_true(fits(EQL_MAX_EXPANSION));
    assert_false(fits(EQL_MAX_EXPANSION + 1));
}

static bool
nests(uint32_t depth)
{
    eql_buf text = {0};
    fixture f;
    bool ok;

    eql_buf_add_str(&text, "macro M(p) not not p any where M(");
    for (uint32_t i = 2; i < depth; i++)
        eql_buf_add_str(&text, "not ");
    eql_buf_add_str(&text, "a)");
    set_up(&f);
    ok = expand(&f, NULL, eql_buf_sv(&text)) != NULL;
    tear_down(&f);
    eql_buf_free(&text);
    return ok;
}

static void
test_depth_at_the_limit(void **state)
{
    (void)state;
    assert_true(nests(EQL_MAX_DEPTH));
    assert_false(nests(EQL_MAX_DEPTH + 1));
}

static bool
takes(uint32_t params)
{
    eql_buf text = {0};
    fixture f;
    bool ok;

    eql_buf_add_str(&text, "macro M(p0");
    for (uint32_t i = 1; i < params; i++)
        eql_buf_printf(&text, ", p%u", i);
    eql_buf_add_str(&text, ") p0 any where true");
    set_up(&f);
    ok = expand(&f, NULL, eql_buf_sv(&text)) != NULL;
    tear_down(&f);
    eql_buf_free(&text);
    return ok;
}

static void
test_parameters_at_the_limit(void **state)
{
    (void)state;
    assert_true(takes(EQL_MAX_PARAMS));
    assert_false(takes(EQL_MAX_PARAMS + 1));
}

static void
test_many_definitions_stay_cheap(void **state)
{
    eql_buf text = {0};
    fixture f;

    (void)state;
    for (int i = 0; i < 100000; i++)
        eql_buf_printf(&text, "const K%d == %d ", i, i);
    eql_buf_add_str(&text, "any where a == K99999");
    set_up(&f);
    assert_non_null(expand(&f, NULL, eql_buf_sv(&text)));
    tear_down(&f);
    eql_buf_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expansion_is_the_query_without_macros),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_diagnostics_point_at_the_call),
        cmocka_unit_test(test_growth_is_refused_early),
        cmocka_unit_test(test_nested_calls_are_refused_early),
        cmocka_unit_test(test_size_at_the_limit),
        cmocka_unit_test(test_depth_at_the_limit),
        cmocka_unit_test(test_parameters_at_the_limit),
        cmocka_unit_test(test_many_definitions_stay_cheap),
    };

    return cmocka_run_group_tests_name("expand", tests, NULL, NULL);
}
