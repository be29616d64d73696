/* test_api_rules.c -- rule files through eqlvm.h: selecting, compiling, asking
 * about them, running the tests they carry, and whole public corpora. */
#include "tests/support/api_test.h"

#define EV(time, rest)                                                         \
    "{\"@timestamp\":\"2026-01-02T03:04:" time "Z\"," rest "}"
#define NET(time, host)                                                        \
    EV(time, "\"event\":{\"category\":\"network\"},\"host\":{\"id\":" host "}")
#define PROC(time, host)                                                       \
    EV(time, "\"event\":{\"category\":\"process\"},\"host\":{\"id\":" host "}")

static const char rule_file[] =
    "[rule]\nrule_id = 'r-1'\nname = 'My rule'\nseverity = 'low'\n"
    "risk_score = 21\nindex = ['x']\ntags = ['Tactic: Execution']\n"
    "query = '''\n"
    "sequence by host.id with maxspan=30s\n"
    "  [network where true]\n"
    "  [process where true]\n"
    "'''\n"
    "[[eqlvm.severity]]\nlevel = 'high'\nstage = 2\nwhen = 'p : \"c*\"'\n"
    "[[eqlvm.exception]]\nname = 'cm'\nstage = 1\nwhen = 'ip == \"x\"'\n";

#define INLINE_TESTS(severity, last)                                           \
    "[[eqlvm.test]]\nname = 'fires'\nevents = ['" NET(                         \
        "05.000",                                                              \
        "\"A\"") "', '" EV("06.000",                                           \
                           "\"event.category\":\"network\",\"host.id\":\"A\"," \
                           "\"ip\":"                                           \
                           "\"x\"") "', '" EV("07.000",                        \
                                              "\"event.category\":"            \
                                              "\"process\",\"host.id\":\"A\"," \
                                              "\"p\":"                         \
                                              "\"CMD\"") "']\n"                \
                                                         "expect = [{ events " \
                                                         "= [1, 3], severity " \
                                                         "= '" severity        \
                                                         "' }" last "]\n"

static void
compile_file(const char *dir, const char *name, const eqlvm_compile_options *o,
             eqlvm_compile_summary *sum, eqlvm_status want)
{
    eqlvm_compiler *c = eqlvm_compiler_new(o);
    eqlvm_program *p = NULL;
    char path[512];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), want);
    eqlvm_compiler_summary(c, sum);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
}

static void
test_rule_selection(void **state)
{
    static const char *const by_name[] = {"nope", "MY*", NULL};
    static const char *const by_file[] = {"a-rule", NULL};
    static const char *const by_id[] = {"R-1", NULL};
    static const char *const no_name[] = {"my", NULL};
    static const char *const tag[] = {"tactic: execution", NULL};
    static const char *const no_tag[] = {"tactic", NULL};
    static const char *const none[] = {NULL};
    const struct {
        eqlvm_compile_options o;
        uint64_t rules;
    } cases[] = {
        {{.rules = NULL}, 1},
        {{.rules = by_name}, 1},
        {{.rules = by_file}, 1},
        {{.rules = by_id}, 1},
        {{.rules = no_name}, 0},
        {{.rules = none}, 0},
        {{.tags = tag}, 1},
        {{.tags = no_tag}, 0},
        {{.os = no_tag}, 0},
        {{.min_severity = EQLVM_SEVERITY_LOW}, 1},
        {{.min_severity = EQLVM_SEVERITY_MEDIUM}, 0},
        {{.rules = by_name, .tags = no_tag}, 0},
    };
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "a-rule.toml", rule_file, sizeof rule_file - 1);
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eqlvm_compile_summary sum;

        compile_file(dir, "", &cases[i].o, &sum, EQLVM_OK);
        if (sum.rules != cases[i].rules || sum.deselected != 1 - sum.rules)
            fail_msg("case %zu: %d rules", i, (int)sum.rules);
    }
    api_drop_folder(dir);
}

static void
test_bad_rules(void **state)
{
    static const char bad[] = "process where process.name ==\n";
    static const char kuery[] = "[rule]\nlanguage='kuery'\nquery='a:b'\n";
    eqlvm_compile_options skip = {.skip_bad_rules = true};
    eqlvm_compile_summary sum;
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "a.toml", rule_file, sizeof rule_file - 1);
    api_put(dir, "b.eql", bad, sizeof bad - 1);
    api_put(dir, "c.toml", "[rule\n", 6);
    api_put(dir, "d.toml", kuery, sizeof kuery - 1);
    compile_file(dir, "", NULL, &sum, EQLVM_ERR_COMPILE);
    assert_int_equal(sum.bad, 2);
    assert_int_equal(sum.other_language, 1);
    assert_int_equal(sum.files, 4);
    compile_file(dir, "", &skip, &sum, EQLVM_OK);
    assert_int_equal(sum.rules, 1);
    assert_true(sum.errors >= 2);
    api_drop_folder(dir);
}

static void
test_diagnostics(void **state)
{
    static const char query[] = "process where\n  process.name == and\n";
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p;
    eqlvm_diag d;
    eql_buf text = {0};

    (void)state;
    assert_int_equal(eqlvm_compiler_add_query(c, "q", query, sizeof query - 1),
                     EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_ERR_COMPILE);
    assert_null(p);
    assert_true(eqlvm_compiler_ndiags(c) >= 1);
    eqlvm_compiler_diag(c, 0, &d);
    assert_int_equal(d.kind, EQLVM_ERROR);
    assert_int_equal(d.line, 2);
    assert_int_equal(eqlvm_compiler_render(c, 0, false, api_collect, &text),
                     EQLVM_OK);
    assert_true(text.len > 0);
    assert_int_equal(eqlvm_compiler_render(c, 99, false, api_collect, &text),
                     EQLVM_ERR_ARG);
    eqlvm_compiler_diag(c, 99, &d);
    assert_int_equal(d.message.len, 0);
    assert_int_equal(eqlvm_compiler_add_path(c, "no/such/path.eql"),
                     EQLVM_ERR_IO);
    assert_true(strlen(eqlvm_compiler_error(c)) > 0);
    eqlvm_compiler_free(c);
    eql_buf_free(&text);
}

static void
test_ignored_keys_are_listed(void **state)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_text t;
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "a.toml", rule_file, sizeof rule_file - 1);
    assert_int_equal(eqlvm_compiler_add_path(c, dir), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_nignored(c), 1);
    t = eqlvm_compiler_ignored(c, 0);
    assert_memory_equal(t.p + t.len - 13, "a.toml: index", 13);
    eqlvm_compiler_free(c);
    api_drop_folder(dir);
}

static void
test_program_info(void **state)
{
    static const char *const queries[] = {"any where true",
                                          "sequence with maxspan=2s [any where"
                                          " true] [any where true]"};
    eqlvm_program *p = api_compile(queries, 2);
    eqlvm_program *q = NULL;
    eql_buf image = {0}, listing = {0};
    eqlvm_rule_info info;
    char reason[128];

    (void)state;
    assert_int_equal(eqlvm_program_nrules(p), 2);
    eqlvm_program_rule(p, 0, &info);
    assert_int_equal(info.kind, EQLVM_RULE_EVENT);
    assert_int_equal(info.risk_score, -1);
    assert_int_equal(info.maxspan_ns, -1);
    eqlvm_program_rule(p, 1, &info);
    assert_int_equal(info.kind, EQLVM_RULE_SEQUENCE);
    assert_int_equal(info.nstages, 2);
    assert_true(info.maxspan_ns == 2000000000);
    assert_memory_equal(info.name.p, "q2", 2);
    eqlvm_program_rule(p, 2, &info);
    assert_int_equal(info.name.len, 0);
    assert_int_equal(eqlvm_program_save(p, api_collect, &image), EQLVM_OK);
    assert_int_equal(eqlvm_program_disassemble(p, api_collect, &listing),
                     EQLVM_OK);
    assert_true(listing.len > 0);
    assert_int_equal(
        eqlvm_program_load(image.p, image.len, &q, reason, sizeof reason),
        EQLVM_OK);
    eqlvm_program_free(q);
    image.p[image.len / 2] ^= 1;
    assert_int_equal(
        eqlvm_program_load(image.p, image.len, &q, reason, sizeof reason),
        EQLVM_ERR_IMAGE);
    assert_null(q);
    assert_true(strlen(reason) > 0);
    eqlvm_program_free(p);
    eql_buf_free(&image);
    eql_buf_free(&listing);
}

/* Names of the rules of what `files` and then a query, if any, compile to. */
static char *
compiled_names(const char *dir, const char *const *files, const char *only,
               const char *query, uint64_t *deselected)
{
    static char names[64];
    const char *const rules[] = {only, NULL};
    const eqlvm_compile_options o = {.rules = only ? rules : NULL};
    eqlvm_compiler *c = eqlvm_compiler_new(&o);
    eqlvm_compile_summary sum;
    eqlvm_program *p = NULL;
    char path[512];

    names[0] = '\0';
    for (; *files; files++) {
        snprintf(path, sizeof path, "%s/%s", dir, *files);
        assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
    }
    if (query)
        assert_int_equal(
            eqlvm_compiler_add_query(c, "q9", query, strlen(query)), EQLVM_OK);
    eqlvm_compiler_summary(c, &sum);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    assert_int_equal(sum.rules, eqlvm_program_nrules(p));
    *deselected = sum.deselected;
    for (uint32_t i = 0; i < eqlvm_program_nrules(p); i++) {
        eqlvm_rule_info info;
        size_t n = strlen(names);

        eqlvm_program_rule(p, i, &info);
        snprintf(names + n, sizeof names - n, "%.*s ", (int)info.name.len,
                 info.name.p);
    }
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return names;
}

/* A compiled file alone, with other rules behind it, and in part. */
static void
test_compiled_files_and_more(void **state)
{
    static const char *const queries[] = {"any where a == 1",
                                          "any where b == 2"};
    static const char *const once[] = {"x.eqlc", NULL};
    static const char *const twice[] = {"x.eqlc", "x.eqlc", NULL};
    eqlvm_program *p = api_compile(queries, 2);
    eql_buf image = {0};
    uint64_t deselected;
    char dir[256];

    (void)state;
    assert_int_equal(eqlvm_program_save(p, api_collect, &image), EQLVM_OK);
    api_folder(dir);
    api_put(dir, "x.eqlc", image.p, image.len);
    assert_string_equal(compiled_names(dir, once, NULL, NULL, &deselected),
                        "q1 q2 ");
    assert_int_equal(deselected, 0);
    assert_string_equal(
        compiled_names(dir, once, NULL, "any where c == 3", &deselected),
        "q1 q2 q9 ");
    assert_string_equal(compiled_names(dir, twice, NULL, NULL, &deselected),
                        "q1 q2 q1 q2 ");
    assert_string_equal(compiled_names(dir, once, "q2", NULL, &deselected),
                        "q2 ");
    assert_int_equal(deselected, 1);
    assert_string_equal(compiled_names(dir, twice, "q1", NULL, &deselected),
                        "q1 q1 ");
    assert_int_equal(deselected, 2);
    api_drop_folder(dir);
    eqlvm_program_free(p);
    eql_buf_free(&image);
}

/* --- rule tests --- */

typedef struct {
    eql_buf text;
    bool stop;
} results;

static bool
on_result(void *ctx, const eqlvm_test_result *r)
{
    results *x = ctx;

    eql_buf_printf(&x->text, "%s %.*s:%.*s\n%.*s\n", r->passed ? "ok" : "FAIL",
                   (int)r->rule.len, r->rule.p, (int)r->name.len, r->name.p,
                   (int)r->detail.len, r->detail.p);
    return !x->stop;
}

static bool
on_diag(void *ctx, const char *p, size_t len)
{
    results *x = ctx;

    eql_buf_add(&x->text, p, len);
    return true;
}

static eqlvm_status
test_folder(const char *dir, results *x, eqlvm_test_summary *sum)
{
    char reason[256];
    eqlvm_status s = eqlvm_test_path(dir, NULL, on_result, on_diag, x, sum,
                                     reason, sizeof reason);

    eql_buf_add_char(&x->text, '\0');
    return s;
}

static void
put_rule(const char *dir, const char *name, const char *tests)
{
    eql_buf text = {0};

    eql_buf_printf(&text, "%s%s", rule_file, tests);
    api_put(dir, name, text.p, text.len);
    eql_buf_free(&text);
}

/* What a text without a telling name is taken for. */
static void
test_text_of_a_rule(void **state)
{
#define QUERY "any where true"
#define TOML "rule.name = 'n'\nrule.language = 'eql'\nrule.type = 'eql'\n"
    static const struct {
        const char *label, *name, *text;
        uint64_t rules, bad;
    } cases[] = {
        {"a query", NULL, QUERY, 1, 0},
        {"after white space", "-", "\n\t " QUERY, 1, 0},
        {"after a mark", "-", "\xEF\xBB\xBF" QUERY, 1, 0},
        {"after a comment", "-", "/* x = 1 */ " QUERY, 1, 0},
        {"whose condition compares", "-", "any where a==b", 1, 0},
        {"that is not one", "-", "x == 1", 0, 1},
        {"a table", "-",
         "[rule]\nname='n'\nlanguage='eql'\ntype='eql'\n"
         "query='" QUERY "'",
         1, 0},
        {"keys", "-", TOML "rule.query = '" QUERY "'", 1, 0},
        {"keys after a comment", "x", "# c\n" TOML "rule.query='" QUERY "'", 1,
         0},
        {"an export", "-",
         "{\"name\":\"n\",\"type\":\"eql\",\"language\":\"eql\","
         "\"query\":\"" QUERY "\"}",
         1, 0},
        {"nothing", "-", "", 0, 1},
        {"a suffix decides", "x.toml", QUERY, 0, 1},
        {"a suffix decides, too", "x.eql", "[rule]", 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        eqlvm_compiler *c = eqlvm_compiler_new(NULL);
        eqlvm_compile_summary sum;

        assert_int_equal(eqlvm_compiler_add_text(c, cases[i].name,
                                                 cases[i].text,
                                                 strlen(cases[i].text)),
                         EQLVM_OK);
        eqlvm_compiler_summary(c, &sum);
        if (sum.rules != cases[i].rules || sum.bad != cases[i].bad)
            fail_msg("%s: %llu rules, %llu bad", cases[i].label,
                     (unsigned long long)sum.rules,
                     (unsigned long long)sum.bad);
        eqlvm_compiler_free(c);
    }
    assert_int_equal(eqlvm_compiler_add_text(NULL, "-", "", 0), EQLVM_ERR_ARG);
#undef QUERY
#undef TOML
}

static void
test_tests_pass(void **state)
{
    static const char events[] =
        NET("05.000", "\"A\"") "\n" PROC("07.000", "\"A\"") "\n";
    results x = {0};
    eqlvm_test_summary sum;
    char dir[256];

    (void)state;
    api_folder(dir);
    put_rule(
        dir, "a.toml",
        INLINE_TESTS(
            "high",
            "") "[[eqlvm.test]]\nname = 'file'\nevents = 'a.ndjson'\n"
                "expect = [{ events = [1, 2] }]\n"
                "[[eqlvm.test]]\nname = 'none'\nevents = []\nexpect = []\n");
    put_rule(dir, "b.toml", "");
    api_put(dir, "a.ndjson", events, sizeof events - 1);
    assert_int_equal(test_folder(dir, &x, &sum), EQLVM_OK);
    assert_string_equal(x.text.p, "ok My rule:fires\n\nok My rule:file\n\n"
                                  "ok My rule:none\n\n");
    assert_int_equal(sum.rules, 2);
    assert_int_equal(sum.passed, 3);
    assert_int_equal(sum.failed, 0);
    assert_int_equal(sum.rules_without_tests, 1);
    eql_buf_free(&x.text);
    api_drop_folder(dir);
}

static void
test_tests_fail(void **state)
{
    results x = {0};
    eqlvm_test_summary sum;
    char dir[256];

    (void)state;
    api_folder(dir);
    put_rule(
        dir, "a.toml",
        INLINE_TESTS(
            "low",
            ", { events = [2, 3] }") "[[eqlvm.test]]\nname = 'lost'\nevents = "
                                     "'no.ndjson'\n"
                                     "expect = []\n"
                                     "[[eqlvm.test]]\nname = 'broken'\nevents "
                                     "= ['{']\nexpect = []\n");
    api_put(dir, "b.eql", "any where (", 11);
    assert_int_equal(test_folder(dir, &x, &sum), EQLVM_ERR_COMPILE);
    assert_int_equal(sum.failed, 3);
    assert_int_equal(sum.passed, 0);
    assert_int_equal(sum.bad, 1);
    assert_non_null(strstr(x.text.p,
                           "FAIL My rule:fires\n"
                           "  2 alerts expected, 1 found\n"
                           "  alert 1: expected events [1, 3], severity low\n"
                           "           found    events [1, 3], severity high\n"
                           "  alert 2: expected events [2, 3]\n"
                           "           found    none\n"));
    assert_non_null(strstr(x.text.p, "no.ndjson"));
    assert_non_null(strstr(x.text.p, "the test's own events are bad"));
    assert_non_null(strstr(x.text.p, "b.eql:1:"));
    eql_buf_free(&x.text);
    x = (results){.stop = true};
    assert_int_equal(test_folder(dir, &x, &sum), EQLVM_ERR_STOPPED);
    eql_buf_free(&x.text);
    api_drop_folder(dir);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule_selection),
        cmocka_unit_test(test_bad_rules),
        cmocka_unit_test(test_diagnostics),
        cmocka_unit_test(test_ignored_keys_are_listed),
        cmocka_unit_test(test_program_info),
        cmocka_unit_test(test_compiled_files_and_more),
        cmocka_unit_test(test_text_of_a_rule),
        cmocka_unit_test(test_tests_pass),
        cmocka_unit_test(test_tests_fail),
    };

    return cmocka_run_group_tests_name("api_rules", tests, NULL, NULL);
}
