/* test_index_limits.c -- the bounds of the index, at n and n + 1, and that it
 * stays right beyond them. */
#include "tests/support/build_test.h"
#include "tests/support/index_test.h"
#include "vm/index/index_int.h"

/* --- categories and marks --- */

/* n rules, each its own text of `format`, which has one %u. */
static eql_program *
make_rules(const char *format, uint32_t n)
{
    eql_rule_source *rules = calloc(n, sizeof *rules);
    char(*queries)[128] = calloc(n, sizeof *queries);
    eql_program *p;

    assert_true(rules && queries);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(queries[i], sizeof queries[i], format, i);
        rules[i] = test_rule_of(queries[i]);
    }
    p = test_compile(EQL_DIALECT_ELASTIC, NULL, rules, n);
    free(rules);
    free(queries);
    return p;
}

static void
test_limit_categories(void **state)
{
    static const char format[] = "c%u where a == \"x\"";
    eql_program *p = make_rules(format, EQL_INDEX_CATEGORIES);
    test_reader r;
    test_index t;

    (void)state;
    test_index_init(&t, p);
    test_reader_init(&r, p);
    for (uint32_t i = 0; i < EQL_INDEX_CATEGORIES + 2; i++) {
        char event[64];

        snprintf(event, sizeof event,
                 "{\"event.category\": \"c%u\", \"a\": \"x\"}", i);
        assert_int_equal(test_index_check(&t, test_read(&r, event)), EQL_NONE);
    }
    assert_int_equal(t.hits, EQL_INDEX_CATEGORIES);
    assert_int_equal(t.candidates + t.always, EQL_INDEX_CATEGORIES);
    test_reader_free(&r);
    test_index_free(&t);
    eql_program_free(p);
    p = make_rules(format, EQL_INDEX_CATEGORIES + 1);
    assert_false(eql_index_fits(p));
    eql_program_free(p);
}

/* One mark is the category's. */
static void
test_limit_marks(void **state)
{
    (void)state;
    for (uint32_t n = EQL_INDEX_MARKS - 2; n <= EQL_INDEX_MARKS + 2; n++) {
        eql_program *p = make_rules("process where event.action == \"a%u\"", n);
        uint32_t marks = n + 1 < EQL_INDEX_MARKS ? n + 1 : EQL_INDEX_MARKS;
        test_reader r;
        test_index t;

        test_index_init(&t, p);
        test_reader_init(&r, p);
        assert_int_equal(eql_index_get_facts(t.ix).marks, marks);
        for (uint32_t i = 0; i <= n; i++) {
            char event[80];

            snprintf(event, sizeof event,
                     "{\"event.category\": \"process\", \"event.action\": "
                     "\"a%u\"}",
                     i);
            assert_int_equal(test_index_check(&t, test_read(&r, event)),
                             EQL_NONE);
        }
        assert_int_equal(t.hits, n);
        assert_int_equal(t.candidates + t.always, n);
        test_reader_free(&r);
        test_index_free(&t);
        eql_program_free(p);
    }
}

/* --- code --- */

/* Leaves 0 .. n - 1, each true or the next one: `or`. */
static eql_program *
make_or(uint32_t n)
{
    eql_insn *code = calloc((size_t)n + 2, sizeof *code);
    eql_builder *b = test_builder();
    eql_program *p;

    assert_non_null(code);
    for (uint32_t i = 0; i < n; i++)
        code[i] = (eql_insn){EQL_OP_BRANCH_TRUE, 0, (uint16_t)(n - i), i};
    code[n].op = EQL_OP_REJECT;
    code[n + 1].op = EQL_OP_ACCEPT;
    eql_builder_filter(b, code, n + 2);
    p = eql_builder_finish(b);
    assert_non_null(p);
    eql_builder_free(b);
    free(code);
    return p;
}

/* Cuts `or` of n leaves, with so many steps left; how many it took. */
static bool
cut_or(uint32_t n, uint64_t steps, uint64_t *taken)
{
    eql_program *p = make_or(n);
    uint32_t *cost = calloc(n, sizeof *cost);
    bool *chosen = calloc(n, sizeof *chosen);
    eql_index_cutter c;
    bool found;

    assert_true(cost && chosen && eql_index_cutter_init(&c, p));
    c.left = steps;
    for (uint32_t i = 0; i < n; i++)
        cost[i] = 1 + i;
    found = eql_index_cut(&c, p->filters[0].code, cost, chosen);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(chosen[i], found);
    *taken = steps - c.left;
    eql_index_cutter_free(&c);
    eql_program_free(p);
    free(cost);
    free(chosen);
    return found;
}

static void
test_limit_code(void **state)
{
    uint64_t taken;

    (void)state;
    for (uint32_t n = EQL_INDEX_CODE - 3; n <= EQL_INDEX_CODE - 1; n++) {
        eql_program *p = make_or(n); /* n + 2 instructions */
        bool fits = n + 2 <= EQL_INDEX_CODE;
        eql_index_cutter c;

        assert_true(eql_index_cutter_init(&c, p));
        assert_false(eql_index_is_necessary(&c, p->filters[0].code, 0));
        assert_int_equal(c.left < EQL_INDEX_ALL_STEPS, fits);
        eql_index_cutter_free(&c);
        eql_program_free(p);
    }
    assert_false(cut_or(EQL_INDEX_CODE - 1, EQL_INDEX_ALL_STEPS, &taken));
}

static void
test_limit_steps(void **state)
{
    uint64_t all = EQL_INDEX_ALL_STEPS, taken;
    uint32_t most = 100, too_many = EQL_INDEX_CODE - 2;

    (void)state;
    /* Of all filters together. */
    assert_true(cut_or(100, all, &taken));
    assert_true(cut_or(100, taken + 1, &taken));
    assert_false(cut_or(100, taken, &taken));
    /* Of one: the greatest `or` that can be cut. */
    while (too_many - most > 1) {
        uint32_t n = (most + too_many) / 2;

        if (cut_or(n, all, &taken))
            most = n;
        else
            too_many = n;
        assert_true(taken <= EQL_INDEX_CUT_STEPS);
    }
    assert_true(most > 1000 && too_many < 2000);
}

/* --- values --- */

/* Beyond so many grams a text is only compared by the interpreter. */
static void
test_limit_compared(void **state)
{
    eql_program *p = test_program_of("any where a : \"*zqzqX*\"");
    test_reader r;
    test_index t;

    (void)state;
    test_index_init(&t, p);
    test_reader_init(&r, p);
    for (uint32_t n = 4094; n <= 4098; n++) {
        eql_buf b = {0};

        for (uint32_t end = 0; end < 2; end++) {
            b.len = 0;
            eql_buf_add_str(&b, "{\"a\": \"");
            for (uint32_t i = 0; i < n; i++)
                eql_buf_add_str(&b, "zqzq-");
            eql_buf_add_str(&b, end ? "zqzqx\"}" : "\"}");
            eql_buf_add_char(&b, '\0');
            assert_int_equal(test_index_check(&t, test_read(&r, b.p)),
                             EQL_NONE);
            assert_int_equal(t.named[0], end);
        }
        eql_buf_free(&b);
    }
    test_reader_free(&r);
    test_index_free(&t);
    eql_program_free(p);
}

/* What the interpreter gives up on may hold, as far as the index knows. */
static void
test_limit_work(void **state)
{
    eql_program *p = test_program_of("any where concat(a, a) == \"none\"");
    test_reader r;
    test_index t;

    (void)state;
    test_index_init(&t, p);
    test_reader_init(&r, p);
    for (uint32_t n = 256; n <= 257; n++) { /* 65536 choices, and more */
        eql_buf b = {0};

        eql_buf_add_str(&b, "{\"a\": [");
        for (uint32_t i = 0; i < n; i++)
            eql_buf_printf(&b, "%s%u", i ? "," : "", i);
        eql_buf_add_str(&b, "]}");
        eql_buf_add_char(&b, '\0');
        assert_int_equal(test_index_check(&t, test_read(&r, b.p)), EQL_NONE);
        assert_int_equal(t.named[0], n == 257);
        eql_buf_free(&b);
    }
    test_reader_free(&r);
    test_index_free(&t);
    eql_program_free(p);
}

/* --- patterns --- */

/* Patterns of texts up to so long are matched by the index itself: a text with
 * its two ends has 65,536 bytes, or one more. */
static void
test_limit_matched(void **state)
{
    eql_program *p = test_program_of("any where a : \"*mimi*\"");
    test_reader r;
    test_index t;

    (void)state;
    test_index_init(&t, p);
    test_reader_init(&r, p);
    for (uint32_t n = 65534; n <= 65535; n++) {
        for (uint32_t there = 0; there < 2; there++) {
            eql_buf b = {0};

            eql_buf_add_str(&b, there ? "{\"a\": \"MiMi" : "{\"a\": \"mi-m");
            for (uint32_t i = 4; i < n; i++)
                eql_buf_add_char(&b, '-');
            eql_buf_add_str(&b, "\"}");
            eql_buf_add_char(&b, '\0');
            assert_int_equal(test_index_check(&t, test_read(&r, b.p)),
                             EQL_NONE);
            assert_int_equal(t.named[0], there);
            eql_buf_free(&b);
        }
    }
    test_reader_free(&r);
    test_index_free(&t);
    eql_program_free(p);
}

/* --- places --- */

/* Beyond so many grams, each place is looked at; of long texts, so many places
 * at a time. */
static void
test_limit_nibbles(void **state)
{
    (void)state;
    for (uint32_t n = EQL_INDEX_NIBBLES; n <= EQL_INDEX_NIBBLES + 1; n++) {
        eql_program *p = make_rules("any where a : \"*%04u*\"", n);
        eql_buf b = {0};
        test_reader r;
        test_index t;

        test_index_init(&t, p);
        test_reader_init(&r, p);
        assert_int_equal(t.ix->groups[0].nibbles != NULL,
                         n == EQL_INDEX_NIBBLES);
        for (uint32_t i = 0; i <= n; i++) {
            b.len = 0;
            eql_buf_add_str(&b, "{\"a\": \"");
            for (uint32_t k = 0; k < 3960 + i; k++)
                eql_buf_add_char(&b, '-');
            eql_buf_printf(&b, "%04u%s\"}", i, i % 3 ? "--" : "");
            eql_buf_add_char(&b, '\0');
            assert_int_equal(test_index_check(&t, test_read(&r, b.p)),
                             EQL_NONE);
        }
        assert_int_equal(t.hits, n);
        assert_int_equal(t.candidates, n);
        eql_buf_free(&b);
        test_reader_free(&r);
        test_index_free(&t);
        eql_program_free(p);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit_categories),
        cmocka_unit_test(test_limit_marks),
        cmocka_unit_test(test_limit_code),
        cmocka_unit_test(test_limit_steps),
        cmocka_unit_test(test_limit_compared),
        cmocka_unit_test(test_limit_work),
        cmocka_unit_test(test_limit_matched),
        cmocka_unit_test(test_limit_nibbles),
    };

    return cmocka_run_group_tests_name("index_limits", tests, NULL, NULL);
}
