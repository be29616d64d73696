/* test_layout.c -- each layout of layout.def is told by events of it, and what
 * has a category, or lacks one of the terms, is let through. */
#include "tests/support/event_run.h"

#include "io/format/layout.h"

static const struct {
    const char *event;
    eql_layout layout;
} cases[] = {
    {"{\"Event\":{\"System\":{\"EventID\":1}}}", EQL_LAYOUT_EVTX},
    {"{\"Event.EventData\":{}}", EQL_LAYOUT_EVTX},
    {"{\"System\":{\"EventID\":{\"Value\":1}},\"EventData\":{}}",
     EQL_LAYOUT_EVTX_SYSTEM},
    {"{\"RuleTitle\":\"x\",\"Level\":\"high\"}", EQL_LAYOUT_HAYABUSA},
    {"{\"RuleTitle\":\"x\",\"EventID\":1,\"Channel\":\"c\"}",
     EQL_LAYOUT_HAYABUSA},
    {"{\"group\":\"x\",\"document\":{\"kind\":\"evtx\"}}", EQL_LAYOUT_CHAINSAW},
    {"{\"EventId\":1,\"Channel\":\"c\",\"Provider\":\"p\"}",
     EQL_LAYOUT_EVTXECMD},
    {"{\"EventID\":1,\"TimeCreated\":\"x\"}", EQL_LAYOUT_WINDOWS_MAPPED},
    {"{\"beat\":{},\"event_id\":1}", EQL_LAYOUT_WINDOWS_MAPPED},
    {"{\"EventID\":1,\"Channel\":\"c\"}", EQL_LAYOUT_WINDOWS_FLAT},
    {"{\"Image\":\"x\",\"EventID\":\"1\"}", EQL_LAYOUT_WINDOWS_FLAT},
    {"{\"Id\":1,\"LogName\":\"l\",\"ProviderName\":\"p\"}",
     EQL_LAYOUT_WINDOWS_FLAT},
    {"{\"event_id\":1,\"log_name\":\"l\"}", EQL_LAYOUT_WINLOGBEAT_OLD},
    {"{\"winlog\":{\"event_data\":{\"Image\":\"x\"}}}", EQL_LAYOUT_WINLOGBEAT},
    {"{\"winlog.event_data\":{\"ScriptBlockText\":\"x\"}}",
     EQL_LAYOUT_WINLOGBEAT},
    {"{\"data\":{\"win\":{\"system\":{}}}}", EQL_LAYOUT_WAZUH},
    {"{\"ActionType\":\"x\",\"DeviceName\":\"d\"}", EQL_LAYOUT_DEFENDER},
    {"{\"eventVersion\":\"1\",\"eventSource\":\"s\",\"eventName\":\"n\"}",
     EQL_LAYOUT_CLOUDTRAIL},
    {"{\"operationName\":\"o\",\"resourceId\":\"r\"}", EQL_LAYOUT_AZURE},
    {"{\"Workload\":\"w\",\"Operation\":\"o\"}", EQL_LAYOUT_OFFICE365},
    {"{\"eventType\":\"e\",\"published\":\"p\",\"actor\":{}}", EQL_LAYOUT_OKTA},
    {"{\"logName\":\"l\",\"insertId\":\"i\"}", EQL_LAYOUT_GCP},
    {"{\"auditID\":\"a\",\"verb\":\"get\"}", EQL_LAYOUT_KUBERNETES},
    {"{\"ts\":1.5,\"uid\":\"C\",\"id.orig_h\":\"::1\"}", EQL_LAYOUT_ZEEK},
    {"{\"ts\":1.5,\"fuid\":\"F\"}", EQL_LAYOUT_ZEEK},
    {"{\"event_type\":\"alert\",\"flow_id\":1}", EQL_LAYOUT_SURICATA},
    {"{\"event_type\":\"stats\",\"stats\":{},\"timestamp\":\"t\"}",
     EQL_LAYOUT_SURICATA},
    {"{\"hostIdentifier\":\"h\",\"unixTime\":1}", EQL_LAYOUT_OSQUERY},
    {"{\"ID\":\"1\",\"SYSCALL\":{}}", EQL_LAYOUT_AUDITD},
    {"{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"m\"}", EQL_LAYOUT_JOURNALD},
    {"{\"version\":\"1.1\",\"short_message\":\"m\"}", EQL_LAYOUT_GELF},
    {"{\"class_uid\":1007,\"metadata\":{}}", EQL_LAYOUT_OCSF},
    {"{\"preview\":false,\"result\":{}}", EQL_LAYOUT_SPLUNK},
    {"{\"index\":{\"_index\":\"i\"}}", EQL_LAYOUT_BULK},
    {"{\"error\":{\"root_cause\":[]},\"status\":404}", EQL_LAYOUT_SEARCH_ERROR},
    {"{\"log\":\"{}\",\"stream\":\"stdout\",\"time\":\"t\"}",
     EQL_LAYOUT_CONTAINER},
    {"{\"n\":1,\"value\":[{\"a\":1}]}", EQL_LAYOUT_WRAPPER},
    {"{\"value\":[1,{\"a\":1}]}", EQL_LAYOUT_NONE},
    {"{\"value\":[{\"a\":1}],\"@timestamp\":1}", EQL_LAYOUT_NONE},
    {"{\"EventID\":1}", EQL_LAYOUT_NONE},
    {"{\"winlog\":{\"event_data\":{\"HandleId\":\"x\"}}}", EQL_LAYOUT_NONE},
    {"{\"winlog\":{\"event_data\":[{\"Image\":\"x\"}]}}", EQL_LAYOUT_NONE},
    {"{\"uid\":\"C\",\"id\":{\"resp\":1}}", EQL_LAYOUT_NONE},
    {"{\"process\":{\"name\":\"x\"}}", EQL_LAYOUT_NONE},
    {"{}", EQL_LAYOUT_NONE},
};

static bool
is_mapped(eql_layout layout)
{
    return layout == EQL_LAYOUT_WINDOWS_MAPPED;
}

/* One event, after an ordinary one, so that the fast reader is asked first. */
static void
read_one(const char *event, eql_input_kind input, eql_events_counters *n)
{
    eql_events_options o = {.input = input};
    char path[4096];
    eql_buf text = {0};
    run r;

    eql_buf_printf(&text, "{\"a\":{\"b\":1}}\n%s\n", event);
    run_begin(&r, o);
    assert_int_equal(run_bytes(&r, eql_buf_sv(&text), path), EQL_EVENTS_OK);
    *n = *eql_events_get_counters(r.e);
    run_end(&r);
    unlink(path);
    eql_buf_free(&text);
}

static void
check_counts(const char *event, eql_layout layout, eql_input_kind input)
{
    bool known = layout != EQL_LAYOUT_NONE &&
                 !(input != EQL_INPUT_ECS && is_mapped(layout));
    bool taken = !known || input == EQL_INPUT_ECS || eql_layouts[layout].taken;
    eql_events_counters n;

    read_one(event, input, &n);
    for (uint32_t i = 0; i < EQL_LAYOUT_COUNT; i++)
        if (n.layouts[i] != (known && i == layout))
            fail_msg("%s: %llu of %s", event, (unsigned long long)n.layouts[i],
                     eql_layouts[i].key);
    assert_int_equal(n.rejected[EQL_REJECT_LAYOUT], !taken);
    assert_int_equal(n.layouts_taken, known && taken && input != EQL_INPUT_ECS);
}

static void
test_layout_told(void **state)
{
    bool met[EQL_LAYOUT_COUNT] = {false};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        check_counts(cases[i].event, cases[i].layout, EQL_INPUT_AUTO);
        check_counts(cases[i].event, cases[i].layout, EQL_INPUT_ECS);
        if (cases[i].layout != EQL_LAYOUT_NONE)
            met[cases[i].layout] = true;
    }
    for (uint32_t i = 0; i < EQL_LAYOUT_COUNT; i++)
        if (!met[i])
            fail_msg("no event of %s", eql_layouts[i].key);
}

/* An event with a category is what rules ask for, whatever else it has. */
static void
test_layout_category(void **state)
{
    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_buf text = {0};
        eql_events_counters n;

        if (is_mapped(cases[i].layout) || strlen(cases[i].event) < 3)
            continue;
        eql_buf_printf(&text, "{\"event\":{\"category\":\"process\"},%s",
                       cases[i].event + 1);
        read_one(text.p, EQL_INPUT_AUTO, &n);
        assert_int_equal(n.accepted, 2);
        for (uint32_t k = 0; k < EQL_LAYOUT_COUNT; k++)
            assert_int_equal(n.layouts[k], 0);
        eql_buf_free(&text);
    }
}

static void
check_anchor(void *ctx, eql_strview path)
{
    uint32_t *n = ctx;

    assert_true(path.len > 0 && path.p[0] != '!');
    assert_null(memchr(path.p, '[', path.len));
    ++*n;
}

static void
test_layout_table(void **state)
{
    uint32_t anchors = 0;

    (void)state;
    eql_layout_anchors(check_anchor, &anchors);
    assert_true(anchors >= EQL_LAYOUT_COUNT);
    for (uint32_t i = 0; i < EQL_LAYOUT_COUNT; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_string_not_equal(eql_layouts[i].key, eql_layouts[k].key);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_layout_told),
                                       cmocka_unit_test(test_layout_category),
                                       cmocka_unit_test(test_layout_table)};

    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
