/* test_sema.c -- which queries compile, and with which diagnostics. */
#include "tests/support/eql_test.h"

#include "base/diag.h"
#include "compiler/compile.h"
#include "compiler/schema.h"
#include "program/verify.h"

/* Compiles one query in a compiler of its own; codes, space between, but for
 * those about the dialect (test_strict.c). */
static eql_compile_result
compile_with(const eql_compile_settings *settings, eql_strview query,
             char *codes, size_t size)
{
    eql_compiler *c = eql_compiler_new(settings);
    eql_diags *diags = eql_diags_new();
    eql_rule_source r = {.risk_score = EQL_NONE};
    eql_compile_result res;
    eql_buf why = {0};
    eql_program *p;

    assert_non_null(c);
    assert_non_null(diags);
    r.query.text = query;
    r.query.first_line = 1;
    res = eql_compiler_add(c, &r, diags);
    codes[0] = '\0';
    for (uint32_t i = 0; i < eql_diags_count(diags); i++) {
        const char *code = eql_diags_at(diags, i)->code;

        if (strcmp(code + 1, "407") != 0)
            snprintf(codes + strlen(codes), size - strlen(codes), "%s%s",
                     codes[0] ? " " : "", code);
    }
    assert_int_equal(res == EQL_COMPILED, eql_diags_nerrors(diags) == 0);
    assert_int_equal(eql_compiler_nrules(c), res == EQL_COMPILED);
    p = eql_compiler_finish(c, &why);
    if (!p)
        fail_msg("%.*s: refused: %.*s", (int)query.len, query.p, (int)why.len,
                 why.p);
    eql_program_free(p);
    eql_buf_free(&why);
    eql_diags_free(diags);
    eql_compiler_free(c);
    return res;
}

static eql_compile_result
compile(const char *query, size_t len, char *codes, size_t size)
{
    eql_compile_settings settings = eql_compile_settings_default();

    return compile_with(&settings, eql_sv(query, len), codes, size);
}

static const struct {
    const char *query;
    const char *codes; /* in the order reported; "" when it is clean */
} cases[] = {
    /* what a condition is */
    {"process where true", ""},
    {"any where a.b", ""},
    {"process where a and not b or c", ""},
    {"process where (((a == 1)))", ""},
    {"process where 5", "E301"},
    {"process where \"x\"", "E301"},
    {"process where null", "E301"},
    {"process where a and 5", "E301"},
    {"process where not \"x\"", "E301"},
    {"process where null and a", "W403"},
    {"process where null or a", "W403"},
    {"process where (a and 5) == b", "E301"},
    {"process where source.ip", "E301"},
    {"process where not source.ip", "E301"},
    {"process where 5 and \"x\" and 1.5", "E301 E301 E301"},

    /* fields */
    {"process where ?a.b == 1 and `a b`.`c` == 2 and `a.b` == 3", ""},
    {"process where ?source.ip == \"10.0.0.1\"", ""},
    {"process where `source.ip` == \"zz\"", "E302"},
    {"process where a[0] == 1", ""},
    {"process where $v == 1", "E309"},
    {"process where client.as.organization.name == \"x\"", ""},

    /* comparisons */
    {"process where a == 1 and 1 == a and a == b and a != b", ""},
    {"process where a < 1 and 1 < a and a < b and a >= b", ""},
    {"process where a = 1", "W401"},
    {"process where a == \"x*\"", "W403"},
    {"process where a != \"x?\"", "W403"},
    {"process where (a == 1) == (b == 2)", ""},
    {"process where (a == 1 and b == 2) == c", ""},
    {"process where (n > 5) == null and null != (n > 5)", ""},
    {"process where a in (1) == true", ""},
    {"process where true == (a == 1)", ""},
    {"process where (a == 1) != true", ""},
    {"process where a == true and a != false", ""},
    {"process where 1 == \"1\"", "E302"},
    {"process where true == 1", "E302"},
    {"process where true == \"true\"", "E302"},
    {"process where -5 == true", "E302"},
    {"process where (a == 1) == 5", "E302"},
    {"process where (a == 1) == \"yes\"", "E302"},
    {"process where (a == 1) == \"true\"", ""},
    {"process where a < true", "E302"},
    {"process where false >= a", "E302"},
    {"process where true < false", "E302"},
    {"process where (a == 1) < 2", "E302"},
    {"process where 1 < \"2\"", "E302"},
    {"process where a < null", "W403"},
    {"process where 5 <= null", "W403"},
    {"process where null < a or b == 1", "W403"},

    /* folding */
    {"process where 1 == 1", "W403"},
    {"process where 1 == 1.0", "W403"},
    {"process where \"a\" == \"b\"", "W403"},
    {"process where not true", "W403"},
    {"process where false", "W403"},
    {"process where null == null", "W403"},
    {"process where 1 != null", "W403"},
    {"process where true and true", "W403"},
    {"process where true and a", ""},
    {"process where false or a", ""},
    {"process where false and a", "W403"},
    {"process where 1 == 2 or a", "W403"},
    {"process where \"abc\" : \"A*\" and a", "W403"},
    {"process where 3 in (1, 2) or a", "W403"},
    {"process where cidrMatch(\"10.1.2.3\", \"10.0.0.0/8\") and a", "W403"},

    /* numbers */
    {"process where a == -5 and a > +5 and a == - -5 and a == -(5)", ""},
    {"process where a == -9223372036854775808", ""},
    {"process where -9223372036854775808 < -9223372036854775807", "W403"},
    {"process where a == -\"x\"", "E302"},
    {"process where a == -null", "W403"},
    {"process where a == -b", ""},
    {"process where a == 1 + 2", ""},
    {"process where 1 + 2", "E301"},

    /* in */
    {"process where a in (1, \"x\", true, 1.5, null, -3)", ""},
    {"process where a not in (1) and a in~ (\"X\")", ""},
    {"process where a in (b, 1, c.d == 2)", ""},
    {"process where 1 in (a, b) and \"x\" in~ (a, b)", ""},
    {"process where a in (null)", "W403"},
    {"process where (a in (null)) == null", ""},
    {"process where a in (\"x*\", \"y?\")", "W408"},
    {"process where 1 in (\"a\", b)", "E302"},
    {"process where a in~ (\"X\", b)", ""},
    {"process where a in (1, 2 + 3)", ""},
    {"process where null in (1, b)", "W403"},

    /* : and like */
    {"process where a : \"x*\" and a like (\"x\", \"y?\") and a like~ \"z\"",
     ""},
    {"process where a : 443 and a : (1, -2, \"x*\") and a not : \"b\"", ""},
    {"process where a : true", "E302"},
    {"process where a : null", "W403"},
    {"process where a like 5", "E302"},
    {"process where a like null", "E302"},
    {"process where 5 : \"x\"", "E302"},
    {"process where a regex \"x.*\"", ""},
    {"process where a regex~ (\"x.*\", \"y\")", ""},

    /* addresses */
    {"network where source.ip == \"::1\" and source.ip != \"10.0.0.0/8\"", ""},
    {"network where source.ip in (\"127.0.0.1\", \"::1\", a)", ""},
    {"network where source.ip : (\"10.*\", \"::1\") and source.ip like \"1\"",
     ""},
    {"network where source.ip == destination.ip and source.ip < a", ""},
    {"network where source.ip >= \"10.0.0.1\" and \"::1\" < source.ip", ""},
    {"network where source.ip == null and source.ip != null", ""},
    {"network where a in (source.ip, \"10.0.0.1\")", ""},
    {"network where \"10.0.0.1\" in (source.ip, a)", ""},
    {"network where source.ip == \"localhost\"", "E302"},
    {"network where source.ip == 5", "E302"},
    {"network where source.ip == true", "E302"},
    {"network where source.ip in (\"10.0.0.300\")", "E302"},
    {"network where source.ip : \"loopback\"", "E302"},
    {"network where source.ip : 5", "E302"},
    {"network where source.ip < \"10.0.0.0/8\"", "E302"},
    {"network where \"x\" in (source.ip)", "E302"},

    /* functions */
    {"network where cidrMatch(source.ip, \"10.0.0.0/8\", \"::1\")", ""},
    {"network where CIDRMATCH(a, \"10.6.48.157/8\") == false", ""},
    {"network where not a:cidrMatch(\"10.0.0.0/8\")", ""},
    {"network where cidrMatch(a, \"10.0.0.0/33\")", "E304"},
    {"network where cidrMatch(a, 5)", "E302"},
    {"network where cidrMatch(a, b)", "E302"},
    {"network where cidrMatch(5, \"10.0.0.0/8\")", "E302"},
    {"network where cidrMatch(a)", "E302"},
    {"network where cidrMatch~(a, \"10.0.0.0/8\")", "E303"},
    {"process where length~(a) == 1", "E303"},
    {"process where lenght(a) > 3", "E302"},
    {"process where startswith~(a)", "E302"},
    {"process where startsWith(a, \"b\")", ""},
    {"process where length(a) > 3 and length(b) == true", "E301"},
    {"process where _arraysearch(a, $e, $e.b == 1)", ""},
    {"process where descendant of [process where a == 1]", ""},
    {"process where descendent of [process where a == 1]", "E302"},

    /* sequences */
    {"sequence by a with maxspan=5s [x where b] [y where c]", ""},
    {"sequence with maxspan = 1 h by a [x where b] [y where c] until "
     "[z where d]",
     ""},
    {"sequence by a, ?b with maxspan=500ms [x where b] by c [y where c] by d",
     ""},
    {"sequence [x where true] [y where true]", "W406"},
    {"sequence [x where true]", "W402"},
    {"sequence with maxspan=5 [x where true] [y where true]", "E305"},
    {"sequence with maxspan=0s [x where true] [y where true]", "E305"},
    {"sequence with maxspan=1.5h [x where true] [y where true]", "E305"},
    {"sequence with maxspan=5S [x where true] [y where true]", "E305"},
    {"sequence with maxspan=5w [x where true] [y where true]", "E305"},
    {"sequence with window=5m [x where true] [y where true]", "E305"},
    {"sequence with maxspan=106751d [x where true] [y where true]", ""},
    {"sequence with maxspan=106752d [x where true] [y where true]", "E305"},
    {"sequence by a with maxspan=1s [x where true] by b [y where true]",
     "E306"},
    {"sequence by a with maxspan=1s [x where true] [y where true] until "
     "[z where true] by b",
     "E306"},
    {"sequence with maxspan=1s [x where true] [y where true] until "
     "![z where true]",
     "E308"},
    {"sequence with maxspan=1s [x where true] ![y where true]", ""},
    {"sequence with maxspan=1s [x where true] by a by b [y where true] by c",
     "E313"},
    {"sequence with maxspan=1s [x where true] with runs=3 [y where true]", ""},
    {"sequence with maxspan=1s [x where true] with maxspan=3 [y where true]",
     "E201"},
    {"sequence with maxspan=1s [x where true] as q [y where true] fork", ""},
    {"sequence by length(a) with maxspan=1s [x where true] [y where true]", ""},
    {"sequence by a[1] with maxspan=1s [x where true] [y where true]", ""},
    {"sample by a [x where true] [y where true]", ""},
    {"join by a [x where true] [y where true]", ""},
    {"process where true | head 5 | tail 2", ""},
    {"macro M(a) a == 1 process where M(b)", ""},
    {"const K == 1 process where b == K", ""},
    {"\"my cat\" where true", ""},

    /* missing events, runs, fork, as */
    {"sequence [x where true] ![y where true]", "E307 W406"},
    {"sequence with maxspan=1s ![x where true]", "E307 W402"},
    {"sequence with maxspan=1s ![x where true] with runs=2 [y where z]", ""},
    {"sequence with maxspan=1s [x where true] with runs=100 [y where z]", ""},
    {"sequence with maxspan=1s [x where true] with runs=101 [y where z]",
     "E313"},
    {"sequence with maxspan=1s [x where true] with runs=0 [y where z]", "E313"},
    {"sequence by a [x where true] with runs=2", "W406"},
    {"sequence by a [x where true] with runs=1", "W402"},
    {"sequence with maxspan=1s [x where true] fork [y where z]", "E313"},
    {"sequence with maxspan=1s [x where true] ![y where z] fork [u where v]",
     "E313"},
    {"sequence with maxspan=1s [x where true] [y where z] until [u where v] "
     "with runs=2",
     "E313"},
    {"sequence with maxspan=1s [x where a] as p [y where p.b == c and p.d "
     "!= p.e] until [z where p.f == 1]",
     ""},
    {"sequence with maxspan=1s [x where a] as p [y where b] as p", "E309"},
    {"sequence with maxspan=1s [x where p.a == 1] as p [y where b]", "E309"},
    {"sequence with maxspan=1s [x where a] as p ![y where p.b == 1]", "E309"},
    {"sequence with maxspan=1s [x where a] as p [y where b] by p.c",
     "E309 E306"},
    {"sequence with maxspan=1s [x where a] as p [y where child of [z where "
     "p.b == 1]]",
     "E309"},
    {"sequence with maxspan=1s [x where a] as p [y where p == 1]", "E309"},
    {"sequence with maxspan=1s [x where a] as process [y where "
     "process.pid == 1]",
     ""},

    /* sample, join */
    {"sample by a [x where true] by b [y where true] by c", ""},
    {"sample [x where true] [y where true]", "E313"},
    {"sample by a [x where true]", "E313"},
    {"sample by a [x where true] ![y where true] with runs=2", "E313 E313"},
    {"join [x where true] [y where true] until [z where true]", ""},
    {"join by a [x where true] as q [y where true] fork", "E313 E313"},
    {"join by a with maxspan=1s [x where true] [y where true]", "E201"},

    /* lineage */
    {"process where child of [process where event of [file where a]]", ""},
    {"process where child of ![process where a]", "E313"},
    {"process where childof of [process where a]", "E302"},
    {"sequence by a with maxspan=1s [x where child of [y where b]] [y where c]",
     ""},
    {"process where a | filter child of [process where b]", "E302"},

    /* pipes */
    {"process where a | head | tail 0 | filter b == 1 and not c", ""},
    {"process where a | unique b c | unique b, c | sort length(b) + 1", ""},
    {"process where a | count | filter count > 1 and key == \"x\"", ""},
    {"process where a | count b, c | unique_count d", ""},
    {"sequence by a with maxspan=1s [x where b] [y where c] | unique "
     "events[1].d, events[0].e, events[9].f | filter events[1].g == 1",
     ""},
    {"process where a | head -1", "E310"},
    {"process where a | head 1.5", "E310"},
    {"process where a | head 1, 2", "E310"},
    {"process where a | tail b", "E310"},
    {"process where a | filter", "E310"},
    {"process where a | filter b, c", "E310"},
    {"process where a | filter 5", "E301"},
    {"process where a | unique", "E310"},
    {"process where a | sort", "E310"},
    {"process where a | uniq b | tial 5", "E310 E310"},

    /* keys */
    {"sequence by process.pid with maxspan=1s [x where a] [y where b]", ""},
    {"sequence with maxspan=1s [x where a] by process.pid [y where b] by "
     "user.name",
     "E302"},
    {"sequence with maxspan=1s [x where a] by process.pid [y where b] by "
     "process.parent.pid",
     ""},
    {"sequence with maxspan=1s [x where a] by proces.pid [y where b] by "
     "process.pid",
     "W410"},
    {"sequence with maxspan=1s by string(a), b + 1 [x where a] [y where b]",
     ""},

    /* warnings that the text allows */
    {"sequence [x where true] [y where true] // eqlvm: allow W406", ""},
    {"// eqlvm: allow W406,W402\nsequence [x where a == \"*\"]", "W403"},
    {"process where \"// eqlvm: allow W403\" == \"x\"", "W403"},
    {"process where 5 // eqlvm: allow E301", "W413 E301"},

    /* errors do not hide others */
    {"process where a == 1 + 2 and lenght(b) == 1 and source.ip == 5",
     "E302 E302"},
    {"sequence with maxspan=5 [x where 5] [y where \"s\"] by 7",
     "E301 E301 E306 E305"},
};

static void
test_sema_codes(void **state)
{
    char codes[256];
    bool bad = false;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        compile(cases[i].query, strlen(cases[i].query), codes, sizeof codes);
        if (strcmp(codes, cases[i].codes) != 0) {
            print_error("%s\n  wanted \"%s\", got \"%s\"\n", cases[i].query,
                        cases[i].codes, codes);
            bad = true;
        }
    }
    assert_false(bad);
}

/* --- limits --- */

/* start, then n times item with `between` between them, then end. */
static eql_buf
repeat(const char *start, const char *item, uint32_t n, const char *between,
       const char *end)
{
    eql_buf q = {0};

    eql_buf_add_str(&q, start);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            eql_buf_add_str(&q, between);
        eql_buf_printf(&q, item, i);
    }
    eql_buf_add_str(&q, end);
    assert_false(q.failed);
    return q;
}

static void
expect(eql_buf q, const char *codes)
{
    char got[256];

    compile(q.p, q.len, got, sizeof got);
    if (strcmp(got, codes) != 0)
        fail_msg("%.60s...: wanted \"%s\", got \"%s\"", q.p, codes, got);
    eql_buf_free(&q);
}

static void
test_sema_limit_occurrences(void **state)
{
    (void)state;
    expect(repeat("any where x in (", "f%u", 63, ", ", ")"), "");
    expect(repeat("any where x in (", "f%u", 64, ", ", ")"), "E311");
}

/* (a == (a == ( ... == 1))): one register a level, then one for the field. */
static eql_buf
nested(uint32_t n)
{
    eql_buf q = repeat("any where ", "(true == (not (b%u == 1) == ", 0, "", "");

    for (uint32_t i = 0; i < n; i++)
        eql_buf_add_str(&q, "(x or ");
    eql_buf_add_str(&q, "a == 1");
    for (uint32_t i = 0; i < n; i++)
        eql_buf_add_str(&q, ")");
    eql_buf_add_str(&q, " == null");
    return q;
}

static void
test_sema_limit_registers(void **state)
{
    /* The occurrences run out first; both are told. */
    (void)state;
    expect(nested(63), "");
    expect(nested(249), "E311");
    expect(nested(250), "E311 E311");
}

/* Jumps over more than 65,535 instructions are made of several. */
static void
test_sema_long_conditions(void **state)
{
    (void)state;
    expect(repeat("any where ", "a == %u", 200000, " or ", ""), "");
    expect(repeat("any where ", "a == %u", 200000, " and ", ""), "");
    expect(
        repeat("any where not (b and (", "a == %u", 100000, " or ", ")) or c"),
        "");
}

/* Five instructions for each comparison and two at the end. */
static void
test_sema_limit_body(void **state)
{
    uint32_t most = (EQL_VERIFY_WORK_BODY - 2) / 5;

    (void)state;
    expect(repeat("any where arraySearch(a, $x, ", "$x.f == %u", most, " or ",
                  ")"),
           "");
    expect(repeat("any where arraySearch(a, $x, ", "$x.f == %u", most + 1,
                  " or ", ")"),
           "E311");
}

/* runs of `first` and of 9,000: 10,000 events are the most. */
static void
expect_positions(uint32_t first, const char *codes)
{
    eql_compile_settings settings = eql_compile_settings_default();
    eql_buf q = {0};
    char got[256];

    settings.dialect.runs_max = EQL_MOST_RUNS_MAX;
    eql_buf_printf(&q,
                   "sequence with maxspan=1s [x where a] with runs=%u "
                   "[x where a] with runs=9000",
                   first);
    compile_with(&settings, eql_buf_sv(&q), got, sizeof got);
    assert_string_equal(got, codes);
    eql_buf_free(&q);
}

static void
test_sema_limit_positions(void **state)
{
    (void)state;
    expect_positions(1000, "");
    expect_positions(1001, "E311");
}

static void
test_sema_long_list(void **state)
{
    (void)state;
    expect(repeat("any where a in (", "%u", 100000, ",", ")"), "");
    expect(repeat("any where a : (", "\"x%u*\"", 100000, ",", ")"), "");
}

static void
test_sema_limit_severities(void **state)
{
    eql_rule_condition conds[EQL_MAX_SEVERITIES + 1];
    eql_rule_source r = {.risk_score = EQL_NONE, .severities = conds};
    eql_compile_settings settings = eql_compile_settings_default();
    eql_compiler *c = eql_compiler_new(&settings);
    eql_diags *diags = eql_diags_new();

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(conds); i++)
        conds[i] = (eql_rule_condition){.level = EQL_SEVERITY_HIGH,
                                        .stage = 1,
                                        .when.text = eql_sv_cstr("a == 1")};
    r.query.text = eql_sv_cstr("any where true");
    r.nseverities = EQL_MAX_SEVERITIES;
    assert_int_equal(eql_compiler_add(c, &r, diags), EQL_COMPILED);
    r.nseverities++;
    assert_int_equal(eql_compiler_add(c, &r, diags), EQL_COMPILE_BAD);
    assert_string_equal(eql_diags_at(diags, 0)->code, "E311");
    eql_diags_free(diags);
    eql_compiler_free(c);
}

/* A bad rule leaves no trace among good ones. */
static void
test_sema_bad_rule_adds_nothing(void **state)
{
    static const char *const queries[] = {
        "process where only.good == 1",
        "process where only.bad == \"only text\" and 5",
        "process where only.good == 1",
    };
    eql_compile_settings settings = eql_compile_settings_default();
    eql_compiler *c = eql_compiler_new(&settings);
    eql_diags *diags = eql_diags_new();
    eql_buf why = {0};
    eql_program *p;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(queries); i++) {
        eql_rule_source r = {.risk_score = EQL_NONE};

        r.query.text = eql_sv_cstr(queries[i]);
        assert_int_equal(eql_compiler_add(c, &r, diags),
                         i == 1 ? EQL_COMPILE_BAD : EQL_COMPILED);
    }
    p = eql_compiler_finish(c, &why);
    assert_non_null(p);
    assert_int_equal(p->nrules, 2);
    assert_int_equal(p->nleaves, 1); /* shared */
    assert_int_equal(p->nfields, 3);
    eql_program_free(p);
    eql_buf_free(&why);
    eql_diags_free(diags);
    eql_compiler_free(c);
}

/* --- settings --- */

static void
test_sema_definitions_are_for_every_rule(void **state)
{
    eql_compile_settings settings = eql_compile_settings_default();
    char codes[256];

    (void)state;
    settings.definitions = eql_sv_cstr("macro M(p) p == K0 const K == 4");
    compile_with(&settings, eql_sv_cstr("any where M(a) and b == K"), codes,
                 sizeof codes);
    assert_string_equal(codes, "");
    compile_with(&settings,
                 eql_sv_cstr("macro N(p) M(p) any where N(a) and M(1, 2)"),
                 codes, sizeof codes);
    assert_string_equal(codes, "E302");
}

static void
test_sema_bad_definitions_stop_every_rule(void **state)
{
    eql_compile_settings settings = eql_compile_settings_default();
    eql_diags *diags = eql_diags_new();
    eql_rule_source r = {.risk_score = EQL_NONE};
    eql_compiler *c;

    (void)state;
    settings.definitions = eql_sv_cstr("macro M(p) p ==");
    c = eql_compiler_new(&settings);
    r.query.text = eql_sv_cstr("any where true");
    assert_int_equal(eql_compiler_add(c, &r, diags), EQL_COMPILE_BAD);
    assert_int_equal(eql_diags_count(diags), 1);
    assert_string_equal(eql_diags_at(diags, 0)->code, "E201");
    assert_true(eql_sv_is(eql_diags_at(diags, 0)->file, "definitions"));
    assert_int_equal(eql_compiler_add(c, &r, diags), EQL_COMPILE_BAD);
    assert_string_equal(eql_diags_at(diags, 1)->code, "E316");
    assert_int_equal(eql_compiler_nrules(c), 0);
    eql_compiler_free(c);
    eql_diags_free(diags);
}

static void
test_sema_implied_any(void **state)
{
    static const struct {
        const char *text, *codes;
    } texts[] = {
        {"a == 1", ""},
        {"a", ""},
        {"\"x\" == a", ""},
        {"a:length() > 3 | head 5", ""},
        {"| filter a == 1", ""},
        {"process where a", ""},
        {"\"x\" where a", ""},
        {"sequence with maxspan=1s [x where a] [y where b]", ""},
        {"", "E201"},
        {"5", "E301"},
        {"a b", "E202"},
    };
    eql_compile_settings settings = eql_compile_settings_default();
    char codes[256];

    (void)state;
    settings.implied_any = true;
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        compile_with(&settings, eql_sv_cstr(texts[i].text), codes,
                     sizeof codes);
        if (strcmp(codes, texts[i].codes) != 0)
            fail_msg("%s: \"%s\"", texts[i].text, codes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sema_codes),
        cmocka_unit_test(test_sema_limit_occurrences),
        cmocka_unit_test(test_sema_limit_registers),
        cmocka_unit_test(test_sema_long_conditions),
        cmocka_unit_test(test_sema_limit_body),
        cmocka_unit_test(test_sema_limit_positions),
        cmocka_unit_test(test_sema_long_list),
        cmocka_unit_test(test_sema_definitions_are_for_every_rule),
        cmocka_unit_test(test_sema_bad_definitions_stop_every_rule),
        cmocka_unit_test(test_sema_implied_any),
        cmocka_unit_test(test_sema_limit_severities),
        cmocka_unit_test(test_sema_bad_rule_adds_nothing),
    };

    return cmocka_run_group_tests_name("sema", tests, NULL, NULL);
}
