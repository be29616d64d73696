/* test_rule_language.c -- rules of other systems are told by their words, and
 * EQL is not taken for one of them. */
#include "tests/support/eql_test.h"

#include "program/rule_language.h"

typedef struct {
    const char *text;
    const char *name; /* NULL: none */
} language_case;

static const language_case cases[] = {
    {"title: x\nlogsource:\n  product: windows\ndetection:\n  s:\n    a: b\n",
     "Sigma"},
    {"---\ntitle: x\ndetection:\n  condition: s\n", "Sigma"},
    {"detection of x\n", NULL},
    {"rule a\n{\n  strings:\n    $a = \"x\"\n  condition:\n    $a\n}\n",
     "YARA"},
    {"import \"pe\"\nrule a { condition: pe.is_dll }", "YARA"},
    {"SELECT * FROM logs WHERE a = 1", "SQL"},
    {"selected from x", NULL},
    {"FROM logs-* | WHERE a == 1", "ES|QL"},
    {" row a = 1 | eval b = 2", "ES|QL"},
    {"DeviceEvents\n| where A =~ \"b\"\n| project A", "Microsoft's KQL"},
    {"T | summarize count() by A", "Microsoft's KQL"},
    {"index=main EventCode=1 | where a=1", "Splunk's SPL"},
    {"sourcetype=\"x\" | stats count by a", "Splunk's SPL"},
    {"search x | tstats count", "Splunk's SPL"},
    {"{\"query\": {\"match\": 1}}", "JSON"},
    {"{ }", NULL},
    {"a.b:c AND NOT d:e", "Lucene"},
    {"_exists_:a.b", "Lucene"},
    {"NOT a:b", "Lucene"},
    {"a.b : c and d : *", "KQL"},
    {"a.b:c", "KQL"},
    {"a: b", NULL},
    {"at 10:30", NULL},
    {"a :", NULL},
    {"a.b : \"c\"", NULL},
    {"", NULL},
    {"process where a.b == \"c\" and d : (\"e\", \"f*\")", NULL},
    {"process where a | head 5", NULL},
    {"sequence by a [process where b == 1] [file where c : \"d\"] | tail 2",
     NULL},
    {"reindex=1", NULL},
};

static void
test_language_of_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        const eql_foreign_rule *r =
            eql_rule_is_foreign(eql_sv_cstr(cases[i].text));
        const char *want = cases[i].name ? cases[i].name : "none";
        const char *got = r ? r->name : "none";

        if (strcmp(got, want) != 0)
            fail_msg("%s\n  is %s, want %s", cases[i].text, got, want);
        if (r)
            assert_non_null(r->advice);
    }
}

static void
test_advice_on_pipes(void **state)
{
    static const struct {
        const char *name;
        bool known;
    } pipes[] = {{"stats", true},  {"WHERE", true},
                 {"dedup", true},  {"limit", true},
                 {"table", true},  {"head", false},
                 {"count", false}, {"at", false},
                 {"", false},      {"a_name_that_is_longer_than_all", false}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(pipes); i++)
        if ((eql_rule_pipe_advice(eql_sv_cstr(pipes[i].name)) != NULL) !=
            pipes[i].known)
            fail_msg("%s", pipes[i].name);
}

/* Of a long text only the beginning is looked at. */
static void
test_long_text_is_cut(void **state)
{
    static const size_t looked_at = (size_t)64 << 10;
    char *text = malloc(looked_at + 64);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', looked_at + 64);
    memcpy(text + looked_at - 6, "index=", 6);
    assert_non_null(eql_rule_is_foreign(eql_sv(text, looked_at + 64)));
    memset(text, ' ', looked_at + 64);
    memcpy(text + looked_at - 5, "index=", 6);
    assert_null(eql_rule_is_foreign(eql_sv(text, looked_at + 64)));
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_of_texts),
        cmocka_unit_test(test_advice_on_pipes),
        cmocka_unit_test(test_long_text_is_cut),
    };

    return cmocka_run_group_tests_name("rule_language", tests, NULL, NULL);
}
