/* test_strict.c -- what each dialect has, and what is said of the rest. */
#include "tests/support/eql_test.h"

#include "base/diag.h"
#include "compiler/compile.h"

/* Codes of one query, in order, each once a run; space between. */
static void
codes(eql_dialect_name dialect, bool strict, const char *query, char out[64])
{
    eql_compile_settings o = eql_compile_settings_default();
    eql_diags *diags = eql_diags_new();
    eql_rule_source r = {.risk_score = EQL_NONE};
    eql_compiler *c;

    o.dialect = eql_dialect_preset(dialect);
    o.schema = NULL;
    o.strict = strict;
    c = eql_compiler_new(&o);
    assert_non_null(c);
    r.query.text = eql_sv_cstr(query);
    r.query.first_line = 1;
    eql_compiler_add(c, &r, diags);
    out[0] = '\0';
    for (uint32_t i = 0; i < eql_diags_count(diags); i++) {
        const char *code = eql_diags_at(diags, i)->code;

        if (strstr(code, "407") || strcmp(code, "E314") == 0)
            snprintf(out + strlen(out), 64 - strlen(out), "%s%s",
                     out[0] ? " " : "", code);
    }
    eql_compiler_free(c);
    eql_diags_free(diags);
}

/* One construct each; a dialect's letter where it has it: e elastic, p
 * endpoint, g endgame.  kind: what stands for it without --strict. */
static const struct {
    const char *query, *has;
    char kind;
} cases[] = {
    {"process where a == 1", "epg", 0},
    {"any where a in (1, \"b\") and not c", "epg", 0},
    {"sequence by a with maxspan=1s [x where b] [y where c] until [z where d]",
     "epg", 0},
    {"sequence with maxspan=1s [x where a] by b [y where c] by d", "epg", 0},
    {"process where a | head 5 | tail 1", "epg", 0},
    {"process where length(a) + 1 < 3 and concat(b, 1) == \"x\"", "epg", 0},
    {"join [x where a] [y where b]", "g", 'W'},
    {"sample by a [x where b] [y where c]", "ep", 'W'},
    {"sequence with maxspan=1s [x where a] ![y where b]", "ep", 'W'},
    {"sequence with maxspan=1s [x where a] with runs=2", "ep", 'W'},
    {"sequence with maxspan=1s [x where a] [y where b] fork=false", "g", 'W'},
    {"sequence with maxspan=1s [x where a] as b [y where c]", "p", 'W'},
    {"process where child of [x where a]", "pg", 'W'},
    {"macro M(a) a process where M(b)", "g", 'W'},
    {"const K == 1 process where a == K", "g", 'W'},
    {"process where a | count", "g", 'W'},
    {"process where a | filter b == 1", "g", 'W'},
    {"process where a | head", "g", 'W'},
    {"process where a | head 0", "ep", 'W'},
    {"sample by a [u where b] [v where b] [w where b] [x where b] [y where b] "
     "[z where b]",
     "p", 'W'},
    {"sequence with maxspan=1s [x where a]", "p", 0},
    {"sequence with maxspan=1s by a [x where b] [y where c]", "g", 'W'},
    {"sequence by a * 2 [x where b] [y where c]", "g", 'W'},
    {"process where a[0] == 1", "g", 'W'},
    {"process where ?a == 1", "ep", 'W'},
    {"process where a.by == 1", "p", 'W'},
    {"process where macro == 1", "ep", 'W'},
    {"process where @a == 1", "ep", 'W'},
    {"process where a == b", "pg", 'W'},
    {"process where length(a) == b + 1", "pg", 'W'},
    {"process where a in (b, 1)", "pg", 'W'},
    {"process where a in (1) == true", "ep", 'W'},
    {"process where (a in (1)) == true", "epg", 0},
    {"process where a == - -1", "ep", 'W'},
    {"process where a == -(-1)", "epg", 0},
    {"process where 1 == - - b", "ep", 'W'},
    {"process where a : \"b\"", "ep", 'W'},
    {"process where a like (\"b\", \"c\")", "ep", 'W'},
    {"process where a in~ (\"b\")", "ep", 'W'},
    {"process where startsWith~(a, \"b\")", "ep", 'W'},
    {"process where arrayContains(a, 1)", "pg", 'W'},
    {"process where wildcard(a, \"b*\")", "g", 'W'},
    {"process where a:length() == 1", "g", 'W'},
    {"process where Length(a) == 1", "ep", 'W'},
    {"process where cidrMatch(a, \"10.0.0.0/8\")", "epg", 0},
    {"process where cidrMatch(a, \"10.0.0.0/8\", \"::1\")", "ep", 'W'},
    {"process where a + 1 in (2)", "pg", 'W'},
    {"process where -a in (2)", "pg", 'W'},
    {"process where (a + 1) in (2)", "epg", 0},
    {"\"x y\" where a", "e", 'W'},
    {"process where a = 1", "g", 0},
    {"process where a == \"\"\"b\"\"\"", "ep", 'W'},
    {"process where a == 'b'", "g", 'N'},
    {"process where a == ?\"b\"", "g", 'N'},
    {"process where a in (1, 2,)", "g", 'N'},
};

static void
check(size_t i, eql_dialect_name dialect)
{
    bool has = strchr(cases[i].has, "epg"[dialect]) != NULL;
    const char *loose = has || !cases[i].kind  ? ""
                        : cases[i].kind == 'N' ? "N407"
                                               : "W407";
    char got[64];

    codes(dialect, false, cases[i].query, got);
    if (strncmp(got, loose, 4) != 0 || (got[0] != 0) != (loose[0] != 0))
        fail_msg("%s, %s: \"%s\"", cases[i].query, eql_dialect_text(dialect),
                 got);
    codes(dialect, true, cases[i].query, got);
    if (strncmp(got, has ? "" : "E314", 4) != 0 || (got[0] != 0) == has)
        fail_msg("%s, %s, strict: \"%s\"", cases[i].query,
                 eql_dialect_text(dialect), got);
}

static void
test_strict_says_what_a_dialect_lacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        for (int d = 0; d < EQL_DIALECT_COUNT; d++)
            check(i, (eql_dialect_name)d);
}

static void
test_strict_warns_once_a_rule(void **state)
{
    char got[64];

    (void)state;
    codes(EQL_DIALECT_ELASTIC, false,
          "process where a == b and c == d and e[0] and f == 'g' and h == 'i'",
          got);
    assert_string_equal(got, "W407 W407 N407");
    codes(EQL_DIALECT_ELASTIC, true, "process where a == b and c == d", got);
    assert_string_equal(got, "E314 E314");
    codes(EQL_DIALECT_ELASTIC, false,
          "process where a == b // eqlvm: allow W407", got);
    assert_string_equal(got, "");
    codes(EQL_DIALECT_ELASTIC, true,
          "process where a == b // eqlvm: allow W407", got);
    assert_string_equal(got, "E314");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict_says_what_a_dialect_lacks),
        cmocka_unit_test(test_strict_warns_once_a_rule),
    };

    return cmocka_run_group_tests_name("strict", tests, NULL, NULL);
}
