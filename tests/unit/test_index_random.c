/* test_index_random.c -- random rules over random events: a million times, no
 * stage that an event satisfies is left out. */
#include "tests/support/index_test.h"

#define PROGRAMS 90u
#define RULES 80u
#define EVENTS 220u

/* A small generator of our own: the same cases everywhere. */
static uint32_t
draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % n;
}

#define DRAW(seed, list) list[draw(seed, EQL_COUNTOF(list))]

static const char *const paths[] = {
    "a", "b", "c.d", "event.type", "event.action", "process.name"};

static const char *const tests[] = {
    "%s == \"start\"",
    "%s == \"Cmd.exe\"",
    "%s != \"x\"",
    "%s : \"*x*\"",
    "%s : \"x*\"",
    "%s : (\"*.exe\", \"start\")",
    "%s : \"c:\\\\*\\\\x?.exe\"",
    "%s : \"?x*\"",
    "%s like \"*art\"",
    "%s like~ (\"cm*d.exe\", \"end\")",
    "%s in (\"x\", \"end\", 7)",
    "%s in~ (\"X\", \"START\")",
    "%s not in (\"x\", \"end\")",
    "%s == null",
    "%s != null",
    "%s == 7",
    "%s > 6",
    "%s < 100",
    "%s == true",
    "%s regex~ \".*x.*\"",
    "length(%s) > 3",
    "length(%s) == null",
    "endsWith~(%s, \".exe\")",
    "cidrMatch(%s, \"10.0.0.0/8\")",
    "arrayContains(%s, \"x\")",
    "arraySearch(%s, $e, $e : \"x*\")",
    "arraySearch(%s, $e, $e == a)",
    "arrayCount(%s, $e, $e == \"x\") == 0",
    "%s == b",
    "concat(%s, a) : \"xx*\"",
};

static const char *const values[] = {
    "\"start\"",
    "\"end\"",
    "\"cmd.exe\"",
    "\"CMD.EXE\"",
    "\"x\"",
    "\"xx\"",
    "\"yx.exe\"",
    "\"C:\\\\Users\\\\x1.exe\"",
    "7",
    "\"7\"",
    "7.5",
    "true",
    "null",
    "\"10.1.1.1\"",
    "[\"x\", \"start\"]",
    "[\"cmd.exe\", 7, null]",
    "[]",
    "{\"d\": \"x\"}",
    "[{\"d\": \"x\"}, {\"d\": \"start\"}]",
    "\"\\u212A\\u017Ftart\"",
};

static void
add_condition(eql_buf *out, uint64_t *seed, uint32_t depth)
{
    uint32_t kind = depth == 0 ? 0 : draw(seed, 4);
    uint32_t n = 2 + draw(seed, 3);

    if (draw(seed, 5) == 0)
        eql_buf_add_str(out, "not ");
    eql_buf_add_char(out, '(');
    if (kind < 2) {
        const char *test = DRAW(seed, tests);

        n = (uint32_t)(strchr(test, '%') - test);
        eql_buf_printf(out, "%.*s%s%s", (int)n, test, DRAW(seed, paths),
                       test + n + 2);
    }
    for (uint32_t i = 0; kind >= 2 && i < n; i++) {
        if (i > 0)
            eql_buf_add_str(out, kind == 2 ? " and " : " or ");
        add_condition(out, seed, depth - 1);
    }
    eql_buf_add_char(out, ')');
}

static eql_program *
make_program(uint64_t *seed)
{
    static const char *const categories[] = {"any", "any", "process", "file"};
    eql_buf queries[RULES] = {{0}};
    eql_rule_source rules[RULES];
    eql_program *p;

    for (uint32_t i = 0; i < RULES; i++) {
        eql_buf_printf(&queries[i], "%s where ", DRAW(seed, categories));
        add_condition(&queries[i], seed, 3);
        eql_buf_add_char(&queries[i], '\0');
        rules[i] = test_rule_of(queries[i].p);
    }
    p = test_compile(draw(seed, 3) ? EQL_DIALECT_ELASTIC : EQL_DIALECT_ENDPOINT,
                     draw(seed, 4) ? NULL : "string_case=insensitive", rules,
                     RULES);
    for (uint32_t i = 0; i < RULES; i++)
        eql_buf_free(&queries[i]);
    return p;
}

static void
make_event(eql_buf *out, uint64_t *seed)
{
    static const char *const categories[] = {"\"process\"", "\"file\"",
                                             "[\"file\", \"process\"]",
                                             "\"Process\"", "null"};

    out->len = 0;
    eql_buf_printf(out, "{\"event.category\": %s", DRAW(seed, categories));
    for (size_t i = 0; i < EQL_COUNTOF(paths); i++) {
        if (draw(seed, 4) > 0)
            eql_buf_printf(out, ", \"%s\": %s", paths[i], DRAW(seed, values));
    }
    eql_buf_add_str(out, "}");
    eql_buf_add_char(out, '\0');
}

static void
test_index_random(void **state)
{
    uint64_t pairs = 0, hits = 0, named = 0, seed = 1;
    eql_buf event = {0};

    (void)state;
    for (uint32_t k = 0; k < PROGRAMS; k++) {
        eql_program *p = make_program(&seed);
        test_reader r;
        test_index t;

        test_reader_init(&r, p);
        test_index_init(&t, p);
        for (uint32_t i = 0; i < EVENTS; i++) {
            uint32_t lost;

            make_event(&event, &seed);
            lost = test_index_check(&t, test_read(&r, event.p));
            if (lost != EQL_NONE) {
                eql_strview q =
                    eql_program_str(p, p->rules[p->stages[lost].rule].query);

                fail_msg("%.*s is lost for %s", (int)q.len, q.p, event.p);
            }
        }
        pairs += t.pairs;
        hits += t.hits;
        named += t.always + t.candidates;
        test_index_free(&t);
        test_reader_free(&r);
        eql_program_free(p);
    }
    eql_buf_free(&event);
    print_message("%llu pairs, %llu named, %llu hold\n",
                  (unsigned long long)pairs, (unsigned long long)named,
                  (unsigned long long)hits);
    /* It does leave out most of those that do not hold. */
    assert_true(named - hits < (pairs - hits) / 2);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_index_random),
    };

    return cmocka_run_group_tests_name("index_random", all, NULL, NULL);
}
