/* test_fold_agrees.c -- what the compiler folds is what the VM computes.
 *
 * Every expression is compiled twice as a join key, once with its operands as
 * literals and once with fields a, b, c that hold the same values; the two
 * keys must have the same value, in every dialect. */
#include "tests/support/eql_test.h"

#include <ctype.h>

#include "base/text.h"
#include "compiler/compile.h"
#include "compiler/typed.h"
#include "vm/eval/interp.h"

#include "tests/support/values.h"

#define MAX_FIELDS 16

typedef struct {
    const char *expr; /* A, B and C stand for the values */
    eql_value v[3];
} agree_case;

static const agree_case cases[] = {
    /* arithmetic */
    {"A + B", {INT(1), INT(2)}},
    {"A - B", {INT(1), FLT(2.5)}},
    {"A * B", {INT(INT64_MAX), INT(2)}},
    {"A / B", {INT(-7), INT(2)}},
    {"A % B", {INT(-7), INT(3)}},
    {"A % B", {INT(7), INT(-3)}},
    {"A % B", {FLT(-7.5), FLT(2.0)}},
    {"-(A) - B", {INT(INT64_MIN + 1), INT(2)}},
    {"A + B", {NUL, INT(2)}},
    {"divide(A, B)", {INT(9), INT(4)}},
    {"modulo(A, B)", {INT(10), INT(-6)}},
    /* comparisons */
    {"A == B", {STR("abc"), STR("ABC")}},
    {"A < B", {STR("abc"), STR("B")}},
    {"A <= B", {INT(1), FLT(1.0)}},
    {"A > B", {INT(9007199254740993), FLT(9007199254740992.0)}},
    {"A == B", {BOO(true), BOO(false)}},
    {"A == B", {STR("\xc3\x89"), STR("\xc3\xa9")}},
    {"A < B", {NUL, INT(2)}},
    {"A in (B, C)", {STR("x"), STR("X"), STR("y")}},
    {"A in~ (B, C)", {STR("x"), STR("X"), STR("y")}},
    {"A in (B, C)", {INT(5), FLT(5.0), INT(6)}},
    /* strings */
    {"length(A)", {STR("h\xc3\xa9llo")}},
    {"concat(A, B, C)", {STR("a"), FLT(2.0), BOO(true)}},
    {"concat(A, B)", {STR("a"), NUL}},
    {"string(A)", {FLT(1e300)}},
    {"string(A)", {INT(-5)}},
    {"number(A)", {STR(" 0x1f ")}},
    {"number(A, B)", {STR("1f"), INT(16)}},
    {"number(A)", {STR("-1.50")}},
    {"number(A)", {STR("ten")}},
    {"substring(A, B, C)", {STR("abcdef"), INT(-3), INT(-1)}},
    {"substring(A, B)", {STR("\xc3\xa9t\xc3\xa9"), INT(1)}},
    {"substring(A, B, C)", {STR("abc"), INT(1), NUL}},
    {"between(A, B, C)", {STR("a=[x] b=[y]"), STR("["), STR("]")}},
    {"between(A, B, C, true)", {STR("a=[x] b=[y]"), STR("["), STR("]")}},
    {"between(A, B, C)", {STR("abc"), STR("z"), STR("c")}},
    {"between~(A, B, C)", {STR("aXbYc"), STR("x"), STR("y")}},
    {"indexOf(A, B, C)", {STR("banana"), STR("AN"), INT(2)}},
    {"indexOf~(A, B)", {STR("banana"), STR("AN")}},
    {"indexOf(A, B)", {STR("banana"), STR("x")}},
    {"startsWith(A, B)", {STR("Foo.exe"), STR("foo")}},
    {"endsWith~(A, B)", {STR("Foo.exe"), STR(".EXE")}},
    {"stringContains(A, B)", {STR("abc"), STR("")}},
    {"stringContains(A, B)", {NUL, STR("x")}},
    {"safe(A)", {STR("x")}},
    /* logic; a literal null beside == would be a null test */
    {"not (A < B)", {INT(1), NUL}},
    {"A < B or C == C", {INT(1), NUL, INT(5)}},
    {"A < B and C == C", {INT(1), NUL, INT(5)}},
    {"(A < B) == null", {INT(1), NUL}},
};

/* Patterns must be literals: only A becomes a field. */
static const agree_case patterns[] = {
    {"A : \"X*?\"", {STR("xyz")}},
    {"A like (\"X*\", \"?z\")", {STR("xyz")}},
    {"A like~ \"\xc3\x89*\"", {STR("\xc3\xa9t\xc3\xa9")}},
    {"wildcard(A, \"x?z\")", {STR("xyz")}},
    {"A regex \"x.*\"", {STR("xyz")}},
    {"A regex~ \"X[A-Y]z\"", {STR("xyz")}},
    {"match(A, \"XY\")", {STR("xyz")}},
    {"matchLite~(A, \"xyz\")", {STR("XYZ")}},
    {"cidrMatch(A, \"10.0.0.0/8\", \"::1\")", {STR("10.1.2.3")}},
    {"cidrMatch(A, \"10.0.0.0/8\")", {NUL}},
    {"cidrMatch(A, \"10.0.0.0/8\")", {STR("no address")}},
    {"A == \"x*z\"", {STR("xyz")}},
    {"A in (\"x*\", \"b\")", {STR("xyz")}},
};

/* --- one side --- */

/* The sequence whose first key is the expression; literals: with the values
 * in it, else with the names of fields. */
static eql_buf
query(const agree_case *c, bool literals)
{
    eql_buf q = {0};

    eql_buf_add_str(&q, "sequence with maxspan=1s [any where true] by ");
    for (const char *p = c->expr; *p; p++) {
        bool alone = (p == c->expr ||
                      (!isalpha((unsigned char)p[-1]) && p[-1] != '[')) &&
                     !isalpha((unsigned char)p[1]);

        if (*p < 'A' || *p > 'C' || !alone)
            eql_buf_add_char(&q, *p);
        else if (literals)
            eql_typed_dump_value(&c->v[*p - 'A'], &q);
        else
            eql_buf_add_char(&q, (char)(*p - 'A' + 'a'));
    }
    eql_buf_add_str(&q, " [any where true] by k");
    return q;
}

static eql_program *
compile(const agree_case *c, eql_dialect_name dialect, bool literals)
{
    eql_compile_settings o = {.dialect = eql_dialect_preset(dialect)};
    eql_compiler *comp = eql_compiler_new(&o);
    eql_rule_source r = {.risk_score = EQL_NONE};
    eql_diags *diags = eql_diags_new();
    eql_buf q = query(c, literals), why = {0};
    eql_program *p;

    r.query.text = eql_buf_sv(&q);
    r.query.first_line = 1;
    if (eql_compiler_add(comp, &r, diags) != EQL_COMPILED) {
        for (uint32_t i = 0; i < eql_diags_count(diags); i++)
            eql_diag_render(eql_diags_at(diags, i), false, &why);
        fail_msg("%.*s\n%.*s", (int)q.len, q.p, (int)why.len, why.p);
    }
    p = eql_compiler_finish(comp, &why);
    assert_non_null(p);
    eql_buf_free(&q);
    eql_diags_free(diags);
    eql_compiler_free(comp);
    return p;
}

/* The key's value on an event with fields a, b, c. */
static void
evaluate(const eql_program *p, const agree_case *c, eql_buf *out)
{
    eql_slot slots[MAX_FIELDS] = {{0}};
    eql_event ev = {.slots = slots};
    eql_interp *it = eql_interp_new(p);
    uint32_t leaf = p->keys[0].leaf;
    eql_value v;

    assert_non_null(it);
    assert_true(p->nfields <= MAX_FIELDS && leaf != EQL_NONE);
    for (uint32_t f = 0; f < p->nfields; f++) {
        eql_strview name = eql_program_str(p, p->fields[f].name);

        if (name.len == 1 && name.p[0] >= 'a' && name.p[0] <= 'c' &&
            c->v[name.p[0] - 'a'].tag != EQL_NULL)
            slots[f] = (eql_slot){&c->v[name.p[0] - 'a'], 1, NULL};
    }
    eql_interp_begin(it, &ev);
    v = eql_interp_value(it, leaf);
    eql_typed_dump_value(&v, out);
    eql_interp_free(it);
}

static void
check(const agree_case *c, eql_dialect_name dialect)
{
    eql_program *p = compile(c, dialect, true);
    eql_program *q = compile(c, dialect, false);
    eql_buf folded = {0}, computed = {0};

    /* No literal is left to be computed. */
    assert_int_equal(p->leaves[p->keys[0].leaf].nocc, 0);
    evaluate(p, c, &folded);
    evaluate(q, c, &computed);
    if (!eql_sv_eq(eql_buf_sv(&folded), eql_buf_sv(&computed)))
        fail_msg("%s, dialect %s: folded %.*s, computed %.*s", c->expr,
                 eql_dialect_text(dialect), (int)folded.len, folded.p,
                 (int)computed.len, computed.p);
    eql_buf_free(&folded);
    eql_buf_free(&computed);
    eql_program_free(p);
    eql_program_free(q);
}

static void
test_fold_agrees_on_values(void **state)
{
    (void)state;
    for (uint32_t d = 0; d < EQL_DIALECT_COUNT; d++)
        for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
            check(&cases[i], (eql_dialect_name)d);
}

static void
test_fold_agrees_on_patterns(void **state)
{
    (void)state;
    for (uint32_t d = 0; d < EQL_DIALECT_COUNT; d++)
        for (size_t i = 0; i < EQL_COUNTOF(patterns); i++)
            check(&patterns[i], (eql_dialect_name)d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold_agrees_on_values),
        cmocka_unit_test(test_fold_agrees_on_patterns),
    };

    return cmocka_run_group_tests_name("fold_agrees", tests, NULL, NULL);
}
