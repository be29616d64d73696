/* selftest.c -- the reference evaluator against the tables of the spec.
 *
 * A judge must be judged too: spec 4.3, 6.1, 19.3 (what this language has of
 * it), 8.7 and 8.8 are run here, and the two sequence procedures against each
 * other on random inputs. */
#include "tests/support/eql_test.h"

#include "tests/reference/ref_gen_int.h"
#include "tests/reference/ref_run.h"
#include "tests/reference/ref_text.h"

/* The matches of a query over events, as text; "refused: ..." otherwise. */
static char *
matches_of(ref_pool *pool, const ref_case *c)
{
    char err[REF_ERR], *text;
    ref_matches m;
    ref_status status = ref_run(c, &m, err);

    if (status == REF_RAN)
        text = ref_matches_text(pool, &m);
    else
        text = ref_printf(pool, "%s: %s",
                          status == REF_REFUSED ? "refused" : "broken", err);
    ref_matches_free(&m);
    return text;
}

/* Fails unless the condition holds (or not) for the event. */
static void
check_condition(const char *condition, const char *event, bool want)
{
    ref_pool *pool = ref_pool_new();
    ref_case c = {.events = &event, .nevents = 1};
    const char *got;

    c.query = ref_printf(pool, "any where %s", condition);
    got = matches_of(pool, &c);
    if (strcmp(got, want ? "(1)" : "none") != 0)
        fail_msg("%s on %s: %s, want %s", condition, event, got,
                 want ? "a match" : "none");
    ref_pool_free(pool);
}

/* --- spec 4.3, first table
 * --------------------------------------------------------- */

static void
test_table_of_filters(void **state)
{
    static const char *const events[] = {
        "{}", "{\"f\":\"a\"}", "{\"f\":[\"a\",\"b\"]}", "{\"f\":\"b\"}"};
    static const struct {
        const char *condition, *want; /* y or n for each event */
    } cases[] = {
        {"f == \"a\"", "nyyn"},
        {"f != \"a\"", "ynny"},
        {"not f == \"a\"", "ynny"},
        {"f == \"a\" and f == \"b\"", "nnyn"},
        {"f : (\"a*\", \"c*\")", "nyyn"},
        {"not f : \"a*\"", "ynny"},
        {"f in (\"a\", \"c\")", "nyyn"},
        {"f not in (\"a\", \"c\")", "ynny"},
        {"f == null", "ynnn"},
        {"f != null", "nyyy"},
        {"f != null and f != \"a\"", "nnny"},
    };

    (void)state;
    for (size_t i = 0; i < REF_COUNTOF(cases); i++)
        for (size_t k = 0; k < REF_COUNTOF(events); k++)
            check_condition(cases[i].condition, events[k],
                            cases[i].want[k] == 'y');
}

/* --- conditions on one event
 * -------------------------------------------------------- */

typedef struct {
    const char *event, *condition;
    bool want;
} condition_case;

static void
check_conditions(const condition_case *cases, size_t n)
{
    const char *event = "{}";

    for (size_t i = 0; i < n; i++) {
        if (cases[i].event)
            event = cases[i].event;
        check_condition(cases[i].condition, event, cases[i].want);
    }
}

static void
test_missing_and_multiple(void **state)
{
    static const condition_case cases[] = {
        {"{}", "n > 5", false},
        {NULL, "not n > 5", true},
        {NULL, "n <= 5", false},
        {NULL, "ok == false", false},
        {NULL, "ok != true", true},
        {NULL, "not ok", true},
        {NULL, "cidrMatch(ip, \"10.0.0.0/8\") == false", true},
        {NULL, "(n > 5) == null", true},
        {NULL, "(n > 5) != null", false},
        {NULL, "null == (n > 5)", true},
        {NULL, "(n == null) == null", false},
        {NULL, "(n > 5) == (n > 6)", false},
        {NULL, "(n > 5) != (n > 6)", true},
        {NULL, "n in (1, null)", false},
        {NULL, "not (n in (1, null))", true},
        {NULL, "(n in (1, null)) == null", true},
        {"{\"pid\":[90,150,250]}", "pid > 100 and pid < 120", true},
        {NULL, "not (pid > 100)", false},
        {NULL, "pid == pid", true},
        {NULL, "pid != pid", false},
        {NULL, "pid < pid", true},
        {NULL, "(pid > 100) == (pid < 100)", true},
        {"{\"a\":[1,2],\"b\":[2,3]}", "a == b", true},
        {"{\"x\":\"b\"}", "not (x in (\"a\", null))", true},
        {NULL, "x in (zz, \"a\")", false},
        {NULL, "(x in (zz, \"a\")) == null", true},
        {NULL, "(x in (zz, \"b\")) == null", false},
        {NULL, "(x in (1, \"a\")) == null", false},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_vectors_of_evaluation(void **state)
{
    static const condition_case cases[] = {
        {"{\"n\":5,\"z\":0,\"s\":\"Foo.EXE\",\"a\":[\"x\",\"Y\"],\"b\":false,"
         "\"ip\":\"10.1.2.3\",\"e\":[],\"o\":{\"k\":[\"1\",2]}}",
         "s == \"foo.exe\"", false},
        {NULL, "s : \"foo.exe\"", true},
        {NULL, "s : \"*.exe\"", true},
        {NULL, "s like \"*.exe\"", false},
        {NULL, "s == \"Foo.*\"", false},
        {NULL, "s : \"foo?exe\"", true},
        {NULL, "a == \"x\" and a == \"Y\"", true},
        {NULL, "a != \"x\"", false},
        {NULL, "not a : \"z*\"", true},
        {NULL, "a in~ (\"y\")", true},
        {NULL, "a in (\"y\")", false},
        {NULL, "b == false", true},
        {NULL, "not b", true},
        {NULL, "zz == false", false},
        {NULL, "zz != true", true},
        {NULL, "not (zz > 1)", true},
        {NULL, "zz <= 1", false},
        {NULL, "e == null", true},
        {NULL, "e != \"q\"", true},
        {NULL, "o.k == \"1\"", true},
        {NULL, "o.k == 1", true},
        {NULL, "n == \"5\"", true},
        {NULL, "n in (1, 5)", true},
        {NULL, "cidrMatch(ip, \"10.0.0.0/8\")", true},
        {NULL, "not cidrMatch(zz, \"10.0.0.0/8\")", true},
        {NULL, "zz == zz", false},
        {NULL, "zz != zz", true},
        {NULL, "null == null", true},
        {NULL, "a[1] == \"Y\"", true},
        {NULL, "a[2] == null", true},
        {NULL, "n[0] == 5 and n[1] == null", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_types(void **state)
{
    static const condition_case cases[] = {
        {"{\"n\":1,\"d\":1.0,\"s\":\"1\",\"t\":true,\"w\":\"true\"}", "n == d",
         true},
        {NULL, "n == s", false},
        {NULL, "(n == s) == null", true},
        {NULL, "n == \"1.0\"", true},
        {NULL, "n == \"x\"", false},
        {NULL, "(n == \"x\") == null", true},
        {NULL, "s == 1", true},
        {NULL, "s == 1.0", false},
        {NULL, "s != 0", true},
        {NULL, "s >= \"1000000000\"", false},
        {NULL, "t == \"true\"", true},
        {NULL, "w == true", true},
        {NULL, "w", true},
        {NULL, "not w", false},
        {NULL, "t == w", false},
        {NULL, "t", true},
        {NULL, "n", false},
        {NULL, "n : 1", true},
        {NULL, "n : \"1*\"", true},
        {NULL, "n like \"1\"", false},
        {NULL, "n in (\"1\")", true},
        {NULL, "t in (1, \"true\")", true},
        {"{\"n\":9007199254740993,\"d\":9007199254740992.0}", "n == d", false},
        {NULL, "n > d", true},
        {NULL, "n == 9007199254740992", false},
        {NULL, "d == 9007199254740992", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_addresses(void **state)
{
    static const condition_case cases[] = {
        {"{\"source\":{\"ip\":\"::1\"}}", "source.ip == \"0:0:0:0:0:0:0:1\"",
         true},
        {NULL, "source.ip : \"::*\"", true},
        {NULL, "source.ip : \"0:*\"", false},
        {NULL, "source.ip like \"0:0:0:0:0:0:0:1\"", false},
        {NULL, "cidrMatch(source.ip, \"::1\")", true},
        {NULL, "cidrMatch(source.ip, \"0.0.0.0/0\")", false},
        {"{\"source.ip\":[\"10.0.0.9\",\"::ffff:10.0.0.1\"]}",
         "source.ip == \"10.0.0.1\"", true},
        {NULL, "source.ip in (\"1.1.1.1\", \"10.0.0.8/30\")", true},
        {NULL, "source.ip > \"10.0.0.8\"", true},
        {NULL, "source.ip > \"10.0.0.10\"", false},
        {NULL, "source.ip >= \"fe80::1\"", false},
        {NULL, "cidrMatch(source.ip, \"::/0\")", false},
        {"{\"source.ip\":\"nope\"}", "(source.ip == \"10.0.0.1\") == null",
         false},
        {NULL, "(source.ip < \"10.0.0.1\") == null", true},
        {"{}", "(source.ip == \"10.0.0.1\") == null", true},
        {"{\"source.ip\":\"fe80::1%eth0\",\"host.ip\":\"FE80:0::1\"}",
         "source.ip == host.ip", true},
        {NULL, "source.ip == \"fe80::/10\"", true},
        {NULL, "source.ip in (host.ip)", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_paths(void **state)
{
    static const condition_case cases[] = {
        {"{\"a\":{\"b\":{\"c\":1}}}", "a.b.c == 1", true},
        {"{\"a.b\":{\"c\":1}}", "a.b.c == 1", true},
        {"{\"a\":{\"b.c\":1}}", "a.b.c == 1", true},
        {"{\"a.b.c\":1}", "a.b.c == 1", true},
        {"{\"a.b\":1,\"a\":{\"b\":2}}", "a.b == 1 and a.b == 2", true},
        {"{\"a\":[{\"b\":1},{\"b\":[2,[3]]}]}",
         "a.b == 1 and a.b == 2 and a.b == 3", true},
        {"{\"a\":[null,null]}", "a == null", true},
        {"{\"a\":{\"x\":1}}", "a == null", true},
        {"{\"k.v\":1}", "`k.v` == 1", true},
        {"{\"k\":{\"v\":1}}", "`k.v` == 1", true},
        {"{\"x-y\":1}", "`x-y` == 1 and ?`x-y` == 1", true},
        {"{\"A\":1}", "a == null", true},
        {"{\"a\":{\"in\":1}}", "a.in == 1", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_strings(void **state)
{
    static const condition_case cases[] = {
        {"{\"s\":\"C:\\\\Windows\\\\x.DLL\"}", "s like \"C:\\\\*.dll\"", false},
        {NULL, "s : \"C:\\\\*.dll\"", true},
        {NULL, "s : \"\"\"c:\\windows\\*\"\"\"", true},
        {NULL, "s : ?\"c:\\windows\\*\"", true},
        {"{\"s\":\"/a/b/c\"}", "s like \"/a*c\"", true},
        {"{\"s\":\"ab\"}", "s : \"a?b\"", false},
        {"{\"s\":\"\xC3\xA9\"}", "s like \"?\" and s : \"\\u{c9}\"", true},
        {"{\"s\":\"50%*\"}", "s like \"50%*\"", true},
        {"{\"s\":\"a\\nb\"}", "s like \"a*b\" and s == 'a\\nb'", true},
        {"{\"s\":\"\"}", "s : \"*\" and s : \"\" and not s : \"?\"", true},
        {"{\"s\":\"say \\\"hi\\\"\"}", "s == \"\"\"say \"hi\"\"\"\"", true},
        {"{\"s\":\"\xE2\x84\xAA\"}", "s : \"k\" and s in~ (\"K\")", true},
        {"{\"s\":\"\xC3\x9F\"}", "s : \"ss\"", false},
        {NULL, "s : \"\xE1\xBA\x9E\"", true},
        {"{\"s\":\"\xC4\xB0\"}", "s : \"i\"", false},
        {"{\"s\":\"a\\u0000b\"}", "s == \"a\\u{00}b\" and s like \"a?b\"",
         true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

/* --- sequences
 * ----------------------------------------------------------------------- */

/* Events of spec 8.7: "A (B&U) C" one second apart from 1 s, with "@70" at 70 s
 * and "[k1]" under a key of that name. */
static const char **
letter_events(ref_pool *pool, const char *spec, size_t *n)
{
    const char **events = ref_alloc(pool, 32 * sizeof *events);

    for (*n = 0; *spec; spec += *spec == ' ') {
        ref_text out = {.pool = pool};
        const char *key = "k", *p = spec;
        int key_len = 1, seconds = (int)*n + 1;

        ref_put(&out, "{");
        for (; *p && *p != ' '; p++) {
            if (*p >= 'A' && *p <= 'Z')
                ref_putf(&out, "\"%c\":true,", *p);
            if (*p == '[') {
                key = p + 1;
                key_len = (int)strcspn(key, "]");
                p += key_len;
            }
            if (*p == '@')
                seconds = atoi(p + 1);
        }
        ref_putf(&out, "\"k\":\"%.*s\",\"@timestamp\":%d}", key_len, key,
                 seconds * 1000);
        events[(*n)++] = ref_text_cstr(&out);
        spec = p;
    }
    return events;
}

/* "A B until U by k with maxspan=60s"-like rules from their stage letters. */
static char *
letter_query(ref_pool *pool, const char *stages, const char *maxspan,
             bool until)
{
    ref_text out = {.pool = pool};

    ref_putf(&out, "sequence by k%s%s", maxspan ? " with maxspan=" : "",
             maxspan ? maxspan : "");
    for (; *stages; stages++)
        ref_putf(&out, *stages == '*' ? " [any where true]" : " [any where %c]",
                 *stages);
    if (until)
        ref_put(&out, " until [any where U]");
    return ref_text_cstr(&out);
}

static void
test_worked_examples(void **state)
{
    static const struct {
        int number;
        const char *stages, *maxspan;
        bool until;
        const char *events, *want;
    } cases[] = {
        {1, "AB", NULL, false, "A A B B", "(2,3)"},
        {2, "**", NULL, false, "X X X", "(1,2) (2,3)"},
        {3, "***", NULL, false, "X X X X X", "(1,2,3) (2,3,4) (3,4,5)"},
        {4, "ABC", NULL, false, "A B A B C", "(3,4,5)"},
        {5, "ABC", NULL, false, "A B A C", "(1,2,4)"},
        {6, "ABC", NULL, false, "A B B C", "(1,2,4)"},
        {7, "ABC", NULL, false, "A B C C", "(1,2,3)"},
        {8, "AB", NULL, false, "A (A&B) B", "(1,2) (2,3)"},
        {9, "AB", "60s", false, "A@0 B@60 A@100 B@161", "(1,2)"},
        {10, "AB", "60s", false, "A@0 A@50 B@70", "(2,3)"},
        {11, "ABC", "60s", false, "A@0 B@30 A@55 C@70 B@80 C@90", "(3,5,6)"},
        {12, "AB", NULL, true, "A U B", "none"},
        {13, "AB", NULL, true, "A (B&U)", "(1,2)"},
        {14, "AB", NULL, true, "(A&U) B", "none"},
        {15, "AB", NULL, true, "A U A B", "(3,4)"},
        {16, "AB", NULL, true, "A[k1] U[k2] B[k1]", "(1,3)"},
        {17, "ABC", NULL, true, "A (B&U) C", "none"},
        {18, "AB", NULL, false, "A[x] A[y] B[y] B[x]", "(2,3) (1,4)"},
        {19, "AAA", NULL, false, "A A A A A", "(1,2,3) (2,3,4) (3,4,5)"},
        {20, "AAB", NULL, false, "A A A B", "(2,3,4)"},
        {21, "AAB", NULL, false, "A A B A B", "(1,2,3) (2,4,5)"},
        /* 8.8 */
        {88, "ABC", "10s", true, "A@0 B@2 A@3 B@4 C@6 A@7 U@8 B@9", "(3,4,5)"},
    };

    (void)state;
    for (size_t i = 0; i < REF_COUNTOF(cases); i++) {
        ref_pool *pool = ref_pool_new();
        ref_case c = {0};
        const char *got;

        c.query = letter_query(pool, cases[i].stages, cases[i].maxspan,
                               cases[i].until);
        c.events = letter_events(pool, cases[i].events, &c.nevents);
        got = matches_of(pool, &c);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("example %d: %s, want %s", cases[i].number, got,
                     cases[i].want);
        ref_pool_free(pool);
    }
}

/* Sequences over two events, written out. */
static void
test_keys_and_ties(void **state)
{
    static const struct {
        const char *query, *events[2], *want;
    } cases[] = {
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5,\"tb\":2}",
          "{\"B\":true,\"@timestamp\":5,\"tb\":1}"},
         "none"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5,\"tb\":1}",
          "{\"B\":true,\"@timestamp\":5,\"tb\":2}"},
         "(1,2)"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5}",
          "{\"B\":true,\"@timestamp\":5,\"tb\":7}"},
         "none"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":5}", "{\"B\":true,\"@timestamp\":5}"},
         "(1,2)"},
        {"sequence by tags [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"tags\":[\"r\",\"g\"]}",
          "{\"B\":true,\"@timestamp\":2,\"tags\":[\"g\",\"b\",\"r\"]}"},
         "(1,2) (1,2)"},
        {"sequence by u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}", "{\"B\":true,\"@timestamp\":2}"},
         "none"},
        {"sequence by ?u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}", "{\"B\":true,\"@timestamp\":2}"},
         "(1,2)"},
        {"sequence by ?u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}",
          "{\"B\":true,\"@timestamp\":2,\"u\":1}"},
         "none"},
        {"sequence by u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"u\":1}",
          "{\"B\":true,\"@timestamp\":2,\"u\":1.0}"},
         "(1,2)"},
        {"sequence by u [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"u\":1}",
          "{\"B\":true,\"@timestamp\":2,\"u\":\"1\"}"},
         "none"},
        {"sequence by h [any where A] by u [any where B] by w",
         {"{\"A\":true,\"@timestamp\":1,\"h\":1,\"u\":2}",
          "{\"B\":true,\"@timestamp\":2,\"h\":1,\"w\":2}"},
         "(1,2)"},
        {"sequence by host.ip [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1,\"host.ip\":\"10.0.0.1\"}",
          "{\"B\":true,\"@timestamp\":2,\"host.ip\":\"::ffff:a00:1\"}"},
         "(1,2)"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":\"1970-01-01T00:00:02Z\"}",
          "{\"B\":true,\"@timestamp\":\"1970-01-01T01:00:01+01:00\"}"},
         "none"},
        {"sequence [any where A] [any where B]",
         {"{\"A\":true,\"@timestamp\":1}", "{\"B\":true}"},
         "none"},
    };

    (void)state;
    for (size_t i = 0; i < REF_COUNTOF(cases); i++) {
        ref_pool *pool = ref_pool_new();
        ref_case c = {.query = cases[i].query,
                      .events = cases[i].events,
                      .nevents = 2,
                      .tiebreaker = "tb"};
        const char *got = matches_of(pool, &c);

        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s on %s and %s: %s, want %s", c.query, c.events[0],
                     c.events[1], got, cases[i].want);
        ref_pool_free(pool);
    }
}

static void
test_exceptions_hide_events_from_a_stage(void **state)
{
    static const char *const events[] = {
        "{\"A\":true,\"@timestamp\":0,\"ip\":\"6.6.6.6\"}",
        "{\"A\":true,\"@timestamp\":5000,\"ip\":\"10.20.0.1\"}",
        "{\"B\":true,\"@timestamp\":6000}"};
    static const ref_exception ex = {1, "cidrMatch(ip, \"10.20.0.0/24\")"};
    ref_case c = {.query = "sequence [any where A] [any where B]",
                  .events = events,
                  .nevents = 3};
    ref_pool *pool = ref_pool_new();

    (void)state;
    assert_string_equal(matches_of(pool, &c), "(2,3)");
    c.exceptions = &ex;
    c.nexceptions = 1;
    assert_string_equal(matches_of(pool, &c), "(1,3)");
    ref_pool_free(pool);
}

/* --- the two procedures against each other
 * ------------------------------------------- */

/* Stages overlap, times repeat, keys are few: everything collides. */
static ref_seq
random_sequence(ref_gen_state *g)
{
    static char names[2][2] = {"x", "y"};
    ref_seq seq = {.nstages = 1 + ref_gen_pick(g, 5),
                   .nevents = 1 + ref_gen_pick(g, 14)};
    ref_when *when = ref_alloc(g->pool, seq.nevents * sizeof *when);
    bool until = ref_gen_chance(g, 50);
    ref_keys *looks;

    looks = ref_alloc(g->pool, (seq.nstages + 1) * seq.nevents * sizeof *looks);
    for (size_t e = 0; e < seq.nevents; e++) {
        when[e].has_time = ref_gen_chance(g, 97);
        when[e].ns = (int64_t)ref_gen_pick(g, 12);
        when[e].has_tiebreaker = ref_gen_chance(g, 30);
        when[e].tiebreaker = (int64_t)ref_gen_pick(g, 3);
        for (size_t s = 0; s < seq.nstages + (until ? 1 : 0); s++) {
            ref_keys *keys = &looks[s * seq.nevents + e];

            keys->keys = ref_alloc(g->pool, 2 * sizeof *keys->keys);
            for (size_t k = 0; k < 2; k++)
                if (ref_gen_chance(g, s == seq.nstages ? 12 : 35))
                    keys->keys[keys->n++] = names[k];
        }
    }
    seq.when = when;
    seq.looks = looks;
    seq.has_maxspan = ref_gen_chance(g, 60);
    seq.maxspan_ns = (int64_t)ref_gen_pick(g, 8);
    return seq;
}

static void
test_batch_is_the_machine(void **state)
{
    size_t matching = 0, cases = 200000;

    (void)state;
    for (size_t i = 0; i < cases; i++) {
        ref_pool *pool = ref_pool_new();
        ref_gen_state g = {.pool = pool, .rng = i};
        ref_seq seq = random_sequence(&g);
        ref_matches batch = {0}, machine = {0};

        ref_seq_batch(pool, &seq, &batch);
        ref_seq_machine(pool, &seq, &machine);
        if (!ref_matches_eq(&batch, &machine))
            fail_msg("input %zu: batch %s, machine %s", i,
                     ref_matches_text(pool, &batch),
                     ref_matches_text(pool, &machine));
        matching += batch.n > 0;
        ref_matches_free(&batch);
        ref_matches_free(&machine);
        ref_pool_free(pool);
    }
    assert_true(matching * 3 > cases);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_of_filters),
        cmocka_unit_test(test_missing_and_multiple),
        cmocka_unit_test(test_vectors_of_evaluation),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_worked_examples),
        cmocka_unit_test(test_keys_and_ties),
        cmocka_unit_test(test_exceptions_hide_events_from_a_stage),
        cmocka_unit_test(test_batch_is_the_machine),
    };

    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
