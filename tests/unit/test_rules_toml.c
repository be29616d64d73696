/* test_rules_toml.c -- rule files in TOML and JSON: what is read from them,
 * where their queries stand, and what is said about bad ones. */
#include "tests/support/eql_test.h"

#include <unistd.h>

#include "rulefile/rules_file.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_rules_counters counters;
    eql_rule_file file;
    eql_rule_source rule;
    eql_rule_file_result result;
} fixture;

static void
read_toml_n(fixture *x, const char *text, size_t len)
{
    eql_source whole;

    *x = (fixture){.arena = eql_arena_new(0), .diags = eql_diags_new()};
    x->file = (eql_rule_file){.arena = x->arena,
                              .scratch = eql_arena_new(0),
                              .diags = x->diags,
                              .counters = &x->counters,
                              .file = eql_sv_cstr("d/r.toml"),
                              .text = eql_sv(text, len)};
    whole = (eql_source){
        .file = x->file.file, .text = x->file.text, .first_line = 1};
    eql_diags_set_source(x->diags, &whole);
    x->result = eql_rules_toml(&x->file, &x->rule);
    eql_arena_free(x->file.scratch); /* the rule keeps nothing of it */
    x->file.scratch = NULL;
}

static void
read_toml(fixture *x, const char *text)
{
    read_toml_n(x, text, strlen(text));
}

static void
drop(fixture *x)
{
    eql_arena_free(x->arena);
    eql_diags_free(x->diags);
}

#define assert_text(sv, s)                                                     \
    do {                                                                       \
        if (!eql_sv_is(sv, s))                                                 \
            fail_msg("\"%.*s\" is not \"%s\"", (int)(sv).len, (sv).p, s);      \
    } while (0)

static const char detection_rule[] =
    "[metadata]\n"
    "maturity = \"production\"\n"
    "\n"
    "[rule]\n"
    "author = [\"x\"]\n"
    "description = \"what\"\n"
    "index = [\"logs-*\"]\n"
    "interval = \"5m\"\n"
    "language = \"eql\"\n"
    "name = \"A rule\"\n"
    "risk_score = 47\n"
    "rule_id = \"1-2\"\n"
    "severity = \"Medium\"\n"
    "tags = [\"Domain: Endpoint\", \"OS: Windows\"]\n"
    "timeline_id = \"t\"\n"
    "type = \"eql\"\n"
    "query = '''\n"
    "process where true\n"
    "'''\n"
    "[[rule.threat]]\n"
    "framework = \"MITRE ATT&CK\"\n"
    "[[rule.threat.technique]]\n"
    "id = \"T1021\"\n"
    "[[rule.threat.technique.subtechnique]]\n"
    "id = \"T1021.006\"\n"
    "[[rule.threat.technique]]\n"
    "id = \"T1059\"\n";

static void
test_detection_rule_layout(void **state)
{
    fixture x;

    (void)state;
    read_toml(&x, detection_rule);
    assert_int_equal(x.result, EQL_RULE_FILE_RULE);
    assert_text(x.rule.name, "A rule");
    assert_text(x.rule.id, "1-2");
    assert_text(x.rule.description, "what");
    assert_int_equal(x.rule.severity, EQL_SEVERITY_MEDIUM);
    assert_int_equal(x.rule.risk_score, 47);
    assert_int_equal(x.rule.ntags, 2);
    assert_int_equal(x.rule.nos, 1);
    assert_text(x.rule.os[0], "Windows");
    assert_int_equal(x.rule.nthreats, 2);
    assert_text(x.rule.threats[0], "T1021.006");
    assert_text(x.rule.threats[1], "T1059");
    assert_int_equal(x.rule.nignored, 3);
    assert_text(x.rule.ignored[0], "index");
    assert_text(x.rule.ignored[1], "interval");
    assert_text(x.rule.ignored[2], "timeline_id");
    assert_text(x.rule.query.text, "process where true\n");
    assert_int_equal(x.rule.query.first_line, 18);
    assert_int_equal(x.rule.query.indent, 0);
    drop(&x);
}

static void
test_behaviour_rule_layout(void **state)
{
    fixture x;

    (void)state;
    read_toml(&x, "[rule]\n"
                  "id = \"b-1\"\n"
                  "name = \"B\"\n"
                  "os_list = [\"macos\", \"windows\"]\n"
                  "query = 'any where true'\n"
                  "[[actions]]\n"
                  "action = \"kill_process\"\n"
                  "[[threat]]\n"
                  "[[threat.technique]]\n"
                  "id = \"T1195\"\n");
    assert_int_equal(x.result, EQL_RULE_FILE_RULE);
    assert_text(x.rule.id, "b-1");
    assert_int_equal(x.rule.severity, EQL_SEVERITY_NONE);
    assert_int_equal(x.rule.risk_score, EQL_NONE);
    assert_int_equal(x.rule.nos, 2);
    assert_text(x.rule.os[0], "macOS");
    assert_int_equal(x.rule.ntags, 2);
    assert_text(x.rule.tags[0], "OS: macOS");
    assert_text(x.rule.tags[1], "OS: Windows");
    assert_text(x.rule.threats[0], "T1195");
    assert_int_equal(x.rule.nignored, 1);
    assert_text(x.rule.ignored[0], "actions");
    assert_int_equal(x.rule.query.first_line, 5);
    assert_int_equal(x.rule.query.indent, 9);
    drop(&x);
}

static void
test_which_rules_are_ours(void **state)
{
    static const struct {
        const char *label, *text;
        eql_rule_file_result want;
    } cases[] = {
        {"kuery", "[rule]\nlanguage='kuery'\nquery='a:b'\n",
         EQL_RULE_FILE_OTHER},
        {"esql", "[rule]\nlanguage='esql'\ntype='esql'\nquery='from x'\n",
         EQL_RULE_FILE_OTHER},
        {"machine learning", "[rule]\ntype='machine_learning'\nname='x'\n",
         EQL_RULE_FILE_OTHER},
        {"type alone", "[rule]\ntype='eql'\nquery='any where true'\n",
         EQL_RULE_FILE_RULE},
        {"neither", "[rule]\nquery='any where true'\n", EQL_RULE_FILE_RULE},
        {"no [rule]", "[tool.x]\na=1\n", EQL_RULE_FILE_NONE},
        {"empty", "", EQL_RULE_FILE_NONE},
        {"no query", "[rule]\nname='x'\n", EQL_RULE_FILE_BAD},
        {"category override",
         "[rule]\nquery='x'\nevent_category_override='event.type'\n",
         EQL_RULE_FILE_RULE},
        {"usual category",
         "[rule]\nquery='x'\nevent_category_override='event.category'\n",
         EQL_RULE_FILE_RULE},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        fixture x;

        read_toml(&x, cases[i].text);
        if (x.result != cases[i].want)
            fail_msg("%s: got %d", cases[i].label, (int)x.result);
        drop(&x);
    }
}

/* Where byte `at` of the query's text is said to be. */
static void
place_of(const char *toml, const char *needle, uint32_t line, uint32_t column)
{
    fixture x;
    const char *at;
    const eql_diag *d;

    read_toml(&x, toml);
    assert_int_equal(x.result, EQL_RULE_FILE_RULE);
    at = strstr(x.rule.query.text.p, needle);
    assert_non_null(at);
    eql_diags_set_source(x.diags, &x.rule.query);
    eql_diags_add(x.diags, "E201",
                  (eql_span){(uint32_t)(at - x.rule.query.text.p), 1}, NULL,
                  "here");
    d = eql_diags_at(x.diags, eql_diags_count(x.diags) - 1);
    if (d->line != line || d->column != column)
        fail_msg("%s: at %u:%u, not %u:%u", toml, d->line, d->column, line,
                 column);
    drop(&x);
}

static void
test_places_of_queries(void **state)
{
    (void)state;
    place_of("[rule]\nquery = '''\nany where\n  X\n'''\n", "X", 4, 3);
    place_of("[rule]\r\nquery = '''\r\nany where\r\n  X\r\n'''\r\n", "X", 4, 3);
    place_of("[rule]\nquery = '''any where X'''\n", "X", 2, 22);
    place_of("[rule]\nquery = 'any where X'\n", "X", 2, 20);
    place_of("[rule]\nquery = \"any where X\"\n", "X", 2, 20);
    place_of("[rule]\nquery = \"\"\"\nany\n where \\\\ X\"\"\"\n", "X", 4, 10);
    /* One line of the file is two of the text. */
    place_of("[rule]\nquery = \"any where\\n X\"\n", "X", 2, 2);
    place_of("[rule]\nquery = \"any where\\u000a X\"\n", "X", 2, 2);
    /* Three lines of the file are one of the text. */
    place_of("[rule]\nquery = \"\"\"\nany \\\n\n  where\n X\"\"\"\n", "X", 6,
             2);
    place_of("[rule]\n\"qu\\u0065ry\" = '''\n\nX'''\n", "X", 4, 1);
    place_of("# \xC3\xA9\n[rule]\nname = '\xC3\xA9'\nquery = 'X'\n", "X", 4,
             10);
}

static void
test_eqlvm_table(void **state)
{
    fixture x;
    const eql_rule_test *t;

    (void)state;
    read_toml(&x, "[rule]\nname = 'x'\nquery = 'any where true'\n"
                  "[eqlvm]\ncooldown = '10m'\nbudget_ns = 1\n"
                  "[[eqlvm.severity]]\nlevel='high'\nstage=2\nwhen='a == 1'\n"
                  "[[eqlvm.severity]]\nlevel='low'\nstage=1\nwhen='b == 1'\n"
                  "[[eqlvm.exception]]\nname='cm'\nstage=1\nwhen='''\nc'''\n"
                  "[[eqlvm.test]]\nname='t1'\nevents='e.ndjson'\nexpect=[]\n"
                  "[[eqlvm.test]]\nname='t2'\nevents=['{}','{\"a\":1}']\n"
                  "expect=[{events=[1,3],severity='high'},{events=[2]}]\n");
    assert_int_equal(x.result, EQL_RULE_FILE_RULE);
    assert_true(x.rule.cooldown_ns == 600LL * 1000000000);
    assert_true(x.rule.budget_ns == 1);
    assert_int_equal(x.rule.nseverities, 2);
    assert_int_equal(x.rule.severities[0].level, EQL_SEVERITY_HIGH);
    assert_int_equal(x.rule.severities[0].stage, 2);
    assert_text(x.rule.severities[0].when.text, "a == 1");
    assert_int_equal(x.rule.severities[0].when.first_line, 10);
    assert_int_equal(x.rule.severities[0].when.indent, 6);
    assert_int_equal(x.rule.nexceptions, 1);
    assert_text(x.rule.exceptions[0].name, "cm");
    assert_int_equal(x.rule.exceptions[0].when.first_line, 19);
    assert_int_equal(x.rule.ntests, 2);
    t = x.rule.tests;
    assert_text(t[0].events_file, "e.ndjson");
    assert_int_equal(t[0].nexpect, 0);
    assert_int_equal(t[1].line, 24);
    assert_int_equal(t[1].nevents, 2);
    assert_text(t[1].events[1], "{\"a\":1}");
    assert_int_equal(t[1].nexpect, 2);
    assert_int_equal(t[1].expect[0].nevents, 2);
    assert_int_equal(t[1].expect[0].events[1], 3);
    assert_int_equal(t[1].expect[0].severity, EQL_SEVERITY_HIGH);
    assert_int_equal(t[1].expect[1].severity, EQL_SEVERITY_NONE);
    drop(&x);
}

static void
test_what_is_wrong_is_said(void **state)
{
    /* %: the [rule] table before it, three lines. */
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a = [1, 2\n", "E601 2:1 no valid TOML"},
        {"[rule]\nquery = 5\n", "E602 2:9 rule.query must be a string, not an"
                                " integer"},
        {"[rule]\nname = 'x'\n", "E603 1:1 rule.query is missing"},
        {"[rule]\nquery='x'\nseverity='urgent'\n",
         "E605 3:10 rule.severity has no such level: \"urgent\""},
        {"[rule]\nquery='x'\nrisk_score=101\n",
         "E605 3:12 rule.risk_score is out of range"},
        {"%[eqlvm]\ncooldwon='1m'\n",
         "E604 5:1 [eqlvm] has no key \"cooldwon\" / did you mean"
         " \"cooldown\"?"},
        {"%[eqlvm]\ncooldown='1w'\n", "E605 5:10 \"1w\" is no time span"},
        {"%[eqlvm]\ncooldown=10\n",
         "E602 5:10 eqlvm.cooldown must be a string, not an integer"},
        {"%[eqlvm]\nbudget_ns=0\n",
         "E605 5:11 eqlvm.budget_ns is out of range"},
        {"%[eqlvm]\nbudget_ns='50'\n",
         "E602 5:11 eqlvm.budget_ns must be an integer, not a string"},
        {"%[[eqlvm.severity]]\nstage=1\nwhen='x'\n",
         "E603 4:1 eqlvm.severity.level is missing"},
        {"%[[eqlvm.severity]]\nlevel='high'\nwhen='x'\n",
         "E603 4:1 eqlvm.severity.stage is missing"},
        {"%[[eqlvm.severity]]\nlevel='high'\nstage=0\nwhen='x'\n",
         "E605 6:7 there is no stage 0"},
        {"%[[eqlvm.exception]]\nname='x'\nstage=1\nwhn='x'\n",
         "E604 7:1 [[eqlvm.exception]] has no key \"whn\" / did you mean"
         " \"when\"?"},
        {"%[eqlvm.severity]\nlevel='high'\n",
         "E602 4:1 eqlvm.severity must be an array, not a table"},
        {"%[[eqlvm.test]]\nname='x'\nexpect=[]\n",
         "E603 4:1 eqlvm.test.events is missing"},
        {"%[[eqlvm.test]]\nname='x'\nevents=[]\n",
         "E603 4:1 eqlvm.test.expect is missing"},
        {"%[[eqlvm.test]]\nname='x'\nevents=[]\nexpect=[{events=[0]}]\n",
         "E605 7:18 there is no event 0"},
        {"%[[eqlvm.test]]\nname='x'\nevents=[1]\nexpect=[]\n",
         "E602 6:9 eqlvm.test.events must be a string, not an integer"},
        {"[rule]\nquery='x'\ntiebreaker_field=1\n",
         "E602 3:18 rule.tiebreaker_field must be a string, not an integer"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        char text[512], got[512];
        const eql_diag *d;
        fixture x;
        bool base = cases[i].text[0] == '%';

        snprintf(text, sizeof text, "%s%s",
                 base ? "[rule]\nname='x'\nquery='any where true'\n" : "",
                 cases[i].text + base);
        read_toml(&x, text);
        assert_int_equal(x.result, EQL_RULE_FILE_BAD);
        assert_true(eql_diags_count(x.diags) > 0);
        d = eql_diags_at(x.diags, 0);
        snprintf(got, sizeof got, "%s %u:%u %.*s%s%.*s", d->code, d->line,
                 d->column, (int)d->message.len, d->message.p,
                 d->hint.len ? " / " : "", (int)d->hint.len, d->hint.p);
        if (strncmp(got, cases[i].want, strlen(cases[i].want)) != 0)
            fail_msg("%s\n  got  %s\n  want %s", text, got, cases[i].want);
        drop(&x);
    }
}

static void
test_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t ns; /* 0: none */
    } cases[] = {{"5ms", 5000000},
                 {"1s", 1000000000},
                 {"10m", 600000000000},
                 {"2h", 7200000000000},
                 {"1d", 86400000000000},
                 {"106751d", 106751LL * 86400000000000},
                 {"106752d", 0},
                 {"99999999999999999999d", 0},
                 {"0s", 0},
                 {"", 0},
                 {"m", 0},
                 {"10", 0},
                 {"-1m", 0},
                 {"1.5h", 0},
                 {"1 m", 0},
                 {"1M", 0}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        int64_t ns = 0;
        bool ok = eql_rule_duration(eql_sv_cstr(cases[i].text), &ns);

        if (ok != (cases[i].ns != 0) || (ok && ns != cases[i].ns))
            fail_msg("\"%s\": %d %lld", cases[i].text, ok, (long long)ns);
    }
}

/* Deep, long and broken input is refused or read, and never crashes. */
static void
expect_refused(const char *unit, const char *head, const char *tail, size_t n)
{
    size_t len = strlen(unit), at = strlen(head);
    char *text = malloc(at + n * len + strlen(tail) + 1);
    fixture x;

    assert_non_null(text);
    memcpy(text, head, at);
    for (size_t i = 0; i < n; i++, at += len)
        memcpy(text + at, unit, len);
    strcpy(text + at, tail);
    read_toml(&x, text);
    assert_int_equal(x.result, EQL_RULE_FILE_BAD);
    drop(&x);
    free(text);
}

static void
test_depth_is_bounded(void **state)
{
    (void)state;
    expect_refused("a.", "[", "a]\n", 1000000);
    expect_refused("\"a\".", "", "a = 1\n", 100000);
    expect_refused("[", "a = ", "\n", 1000000);
    expect_refused("{a=", "a = ", "1\n", 1000000);
    expect_refused("{a.a.a.a=", "a = ", "1\n", 100000);
}

static void
test_dots_in_strings_are_no_depth(void **state)
{
    char text[4096] = "[rule]\nquery = 'any where ";
    fixture x;

    (void)state;
    for (int i = 0; i < 200; i++)
        strcat(text, "a.b.c ");
    strcat(text, "' # a.b.c\nname = \"\"\"x\"\"\"\"\n");
    read_toml(&x, text);
    assert_int_equal(x.result, EQL_RULE_FILE_RULE);
    assert_text(x.rule.name, "x\"");
    drop(&x);
}

/* Texts on which toml++ 3.3 contradicts itself. */
static void
test_faults_of_the_library(void **state)
{
    static const char *const texts[] = {
        "[,",   "a = [}", "a = [1, #",        "e = 2242-12-11t\x7F",
        "[[]]", "a.",     "\xEF\xAD\x90 = 1", "a = {b = }"};
    fixture x;

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        read_toml(&x, texts[i]);
        if (x.result != EQL_RULE_FILE_BAD)
            fail_msg("%s: got %d", texts[i], (int)x.result);
        assert_string_equal(eql_diags_at(x.diags, 0)->code, "E601");
        drop(&x);
    }
    /* U+FB50 where white space might stand. */
    read_toml(&x, "[rule]\nquery = \"\"\"any \\\n  \xEF\xAD\x90\"\"\"\n");
    assert_int_equal(x.result, EQL_RULE_FILE_RULE);
    assert_text(x.rule.query.text, "any \xEF\xAD\x90");
    drop(&x);
}

static void
test_damaged_files_never_crash(void **state)
{
    char text[sizeof detection_rule];
    unsigned seed = 12345;

    (void)state;
    for (size_t cut = 0; cut < sizeof detection_rule; cut++) {
        fixture x;

        read_toml_n(&x, detection_rule, cut);
        drop(&x);
    }
    for (int round = 0; round < 4000; round++) {
        static const char bytes[] = "\0\"'[]{}.=\n\r#,\\\xFF\xC3 a1";
        fixture x;

        memcpy(text, detection_rule, sizeof text);
        for (int i = 0; i < 3; i++) {
            seed = seed * 1103515245u + 12345u;
            text[(seed >> 8) % (sizeof text - 1)] =
                bytes[(seed >> 4) % (sizeof bytes - 1)];
        }
        read_toml_n(&x, text, sizeof text - 1);
        drop(&x);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detection_rule_layout),
        cmocka_unit_test(test_behaviour_rule_layout),
        cmocka_unit_test(test_which_rules_are_ours),
        cmocka_unit_test(test_places_of_queries),
        cmocka_unit_test(test_eqlvm_table),
        cmocka_unit_test(test_what_is_wrong_is_said),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_dots_in_strings_are_no_depth),
        cmocka_unit_test(test_faults_of_the_library),
        cmocka_unit_test(test_damaged_files_never_crash),
    };

    return cmocka_run_group_tests_name("rules_toml", tests, NULL, NULL);
}
