/* test_mapping.c -- raw Windows records to ECS: each layout, each operation,
 * each trap of real exports. */
#include "tests/support/mapping_test.h"

/* --- layouts: whole events --- */

typedef struct {
    const char *label;
    const char *record;
    const char *ecs; /* whole */
} whole_row;

static const whole_row WHOLE[] = {
    {"nxlog",
     "{\"SourceModuleType\":\"im_msvistalog\",\"EventTime\":\"2020-09-20 "
     "17:09:10\",\"@timestamp\":\"2020-09-20T21:09:12.500Z\",\"Hostname\":"
     "\"W6.lab\",\"Channel\":\"Microsoft-Windows-Sysmon/"
     "Operational\",\"SourceName\":\"Microsoft-Windows-Sysmon\","
     "\"ProviderGuid\":\"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}\",\"EventID\":"
     "3,\"RecordNumber\":77,\"Keywords\":-9223372036854775808,\"EventType\":"
     "\"INFO\",\"Severity\":\"INFO\",\"Version\":5,\"Opcode\":\"Info\","
     "\"ExecutionProcessID\":2044,\"ThreadID\":17,\"UserID\":\"S-1-5-18\","
     "\"AccountName\":\"SYSTEM\",\"Domain\":\"NT "
     "AUTHORITY\",\"AccountType\":\"User\",\"Category\":\"Network connection "
     "detected (rule: NetworkConnect)\",\"tags\":[\"x\"],\"UtcTime\":"
     "\"2020-09-20 "
     "21:09:10.673\",\"RuleName\":\"-\",\"ProcessGuid\":\"{a}\",\"ProcessId\":"
     "\"4\",\"Image\":\"System\",\"User\":\"NT "
     "AUTHORITY\\\\SYSTEM\",\"Protocol\":\"tcp\",\"Initiated\":\"false\","
     "\"SourceIsIpv6\":\"false\",\"SourceIp\":\"10.0.0.5\",\"SourcePort\":"
     "\"59773\",\"DestinationIsIpv6\":\"false\",\"DestinationIp\":\"::ffff:10."
     "0.0.6\",\"DestinationPort\":\"5985\",\"Extra\":\"kept\"}",
     "{\"event\":{\"kind\":\"event\",\"code\":\"3\",\"provider\":\"Microsoft-"
     "Windows-Sysmon\",\"action\":\"Network "
     "connection\",\"ingested\":\"2020-09-20T21:09:12.500Z\",\"module\":"
     "\"sysmon\",\"category\":[\"network\"],\"type\":[\"start\","
     "\"connection\",\"protocol\"]},\"ecs\":{\"version\":\"8.0.0\"},\"host\":{"
     "\"id\":\"W6.lab\",\"name\":\"W6.lab\",\"os\":{\"type\":\"windows\","
     "\"family\":\"windows\",\"platform\":\"windows\"}},\"winlog\":{"
     "\"channel\":\"Microsoft-Windows-Sysmon/"
     "Operational\",\"event_id\":\"3\",\"provider_name\":\"Microsoft-Windows-"
     "Sysmon\",\"provider_guid\":\"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}\","
     "\"computer_name\":\"W6.lab\",\"record_id\":\"77\",\"opcode\":\"Info\","
     "\"task\":\"Network connection detected (rule: "
     "NetworkConnect)\",\"version\":5,\"process\":{\"pid\":2044,\"thread\":{"
     "\"id\":17}},\"user\":{\"identifier\":\"S-1-5-18\",\"name\":\"SYSTEM\","
     "\"domain\":\"NT "
     "AUTHORITY\",\"type\":\"User\"},\"event_data\":{\"Extra\":\"kept\"}},"
     "\"log\":{\"level\":\"information\"},\"user\":{\"id\":\"S-1-5-18\","
     "\"domain\":\"NT "
     "AUTHORITY\",\"name\":\"SYSTEM\"},\"process\":{\"entity_id\":\"{a}\","
     "\"pid\":4,\"executable\":\"System\"},\"network\":{\"transport\":\"tcp\","
     "\"direction\":\"ingress\",\"type\":\"ipv4\"},\"source\":{\"ip\":\"10.0."
     "0.5\",\"port\":59773},\"destination\":{\"ip\":\"10.0.0.6\",\"port\":"
     "5985}}"},
    {"PowerShell export",
     "{\"TimeCreated\":\"2020-10-19T03:30:45.323Z\",\"Hostname\":\"W5\","
     "\"Channel\":\"security\",\"SourceName\":\"Microsoft-Windows-Security-"
     "Auditing\",\"EventID\":4689,\"Keywords\":\"0x8020000000000000\","
     "\"SubjectUserSid\":\"S-1-5-19\",\"SubjectUserName\":\"ann\","
     "\"SubjectDomainName\":\"LAB\",\"SubjectLogonId\":\"0x3e7\","
     "\"ProcessId\":\"0x1a4\",\"ProcessName\":\"C:\\\\a\\\\b.exe\",\"Status\":"
     "\"0x0\",\"Message\":\"A process has exited.\"}",
     "{\"event\":{\"kind\":\"event\",\"code\":\"4689\",\"provider\":"
     "\"Microsoft-Windows-Security-Auditing\",\"module\":\"security\","
     "\"category\":[\"process\"],\"type\":[\"end\"],\"action\":\"exited-"
     "process\",\"outcome\":\"success\"},\"ecs\":{\"version\":\"8.0.0\"},"
     "\"host\":{\"id\":\"W5\",\"name\":\"W5\",\"os\":{\"type\":\"windows\","
     "\"family\":\"windows\",\"platform\":\"windows\"}},\"winlog\":{"
     "\"channel\":\"Security\",\"event_id\":\"4689\",\"provider_name\":"
     "\"Microsoft-Windows-Security-Auditing\",\"computer_name\":\"W5\","
     "\"logon\":{\"id\":\"0x3e7\"},\"event_data\":{\"SubjectUserSid\":\"S-1-"
     "5-19\",\"SubjectUserName\":\"ann\",\"SubjectDomainName\":\"LAB\","
     "\"SubjectLogonId\":\"0x3e7\",\"Status\":\"0x0\"}},\"user\":{\"id\":\"S-"
     "1-5-19\",\"name\":\"ann\",\"domain\":\"LAB\"},\"process\":{\"pid\":420,"
     "\"executable\":\"C:\\\\a\\\\b.exe\",\"name\":\"b.exe\"}}"},
    {"Winlogbeat 6",
     "{\"@timestamp\":\"2019-05-18T20:36:46.254Z\",\"beat\":{\"name\":\"wec\"}"
     ",\"log_name\":\"Microsoft-Windows-Sysmon/"
     "Operational\",\"event_id\":11,\"computer_name\":\"DC\",\"record_number\":"
     "\"5\",\"level\":\"Information\",\"user\":{\"identifier\":\"S-1-5-18\"},"
     "\"message\":\"File created:\\nRuleName: x\\nUtcTime: 2019-05-18 "
     "20:36:46.100\\nTargetFilename: "
     "C:\\\\y.z\",\"event_data\":{\"TargetFilename\":\"C:\\\\t\\\\a.tar.gz\","
     "\"n\":[1]}}",
     "{\"@timestamp\":\"2019-05-18T20:36:46.100Z\",\"event\":{\"created\":"
     "\"2019-05-18T20:36:46.254Z\",\"kind\":\"event\",\"code\":\"11\","
     "\"module\":\"sysmon\",\"category\":[\"file\"],\"type\":[\"creation\"],"
     "\"action\":\"FileCreate\"},\"ecs\":{\"version\":\"8.0.0\"},\"host\":{"
     "\"id\":\"DC\",\"name\":\"DC\",\"os\":{\"type\":\"windows\",\"family\":"
     "\"windows\",\"platform\":\"windows\"}},\"winlog\":{\"channel\":"
     "\"Microsoft-Windows-Sysmon/"
     "Operational\",\"event_id\":\"11\",\"computer_name\":\"DC\",\"record_id\":"
     "\"5\",\"user\":{\"identifier\":\"S-1-5-18\"}},\"log\":{\"level\":"
     "\"information\"},\"user\":{\"id\":\"S-1-5-18\"},\"rule\":{\"name\":"
     "\"x\"},\"file\":{\"path\":\"C:\\\\t\\\\a.tar.gz\",\"name\":\"a.tar.gz\","
     "\"directory\":\"C:\\\\t\",\"extension\":\"gz\"}}"},
    {"Log Analytics",
     "{\"TenantId\":\"t\",\"TimeGenerated\":\"2021-08-02T13:09:20.04Z\","
     "\"TimeCollected\":\"2021-08-02T13:09:50.336Z\",\"Computer\":\"ADFS\","
     "\"EventID\":4672,\"Channel\":\"Security\",\"EventSourceName\":\"P\","
     "\"EventLevel\":null,\"Level\":\"2\",\"EventData\":\"<EventData><Data "
     "Name=\\\"PrivilegeList\\\">SeA\\n\\tSeB</Data><Data "
     "Name='SubjectUserName'>a&amp;b&#x21;</Data><Data "
     "Name=\\\"None\\\"/></EventData>\",\"Account\":\"x\"}",
     "{\"@timestamp\":\"2021-08-02T13:09:20.040Z\",\"event\":{\"created\":"
     "\"2021-08-02T13:09:20.040Z\",\"kind\":\"event\",\"code\":\"4672\","
     "\"provider\":\"P\",\"ingested\":\"2021-08-02T13:09:50.336Z\",\"module\":"
     "\"security\",\"category\":[\"iam\"],\"type\":[\"admin\"],\"action\":"
     "\"logged-in-special\"},\"ecs\":{\"version\":\"8.0.0\"},\"host\":{\"id\":"
     "\"ADFS\",\"name\":\"ADFS\",\"os\":{\"type\":\"windows\",\"family\":"
     "\"windows\",\"platform\":\"windows\"}},\"winlog\":{\"channel\":"
     "\"Security\",\"event_id\":\"4672\",\"provider_name\":\"P\",\"computer_"
     "name\":\"ADFS\",\"event_data\":{\"PrivilegeList\":[\"SeA\",\"SeB\"],"
     "\"SubjectUserName\":\"a&b!\",\"Account\":\"x\"}},\"log\":{\"level\":"
     "\"error\"},\"user\":{\"name\":\"a&b!\"}}"},
};

static void
test_layouts_give_whole_events(void **state)
{
    eql_mapping *m = builtin();
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(WHOLE); i++) {
        eql_mapped out = map_with(m, NULL, WHOLE[i].record);
        json_t *want = parse(WHOLE[i].ecs);

        if (!json_equal(out.ecs, want)) {
            char *text = json_dumps(out.ecs, JSON_SORT_KEYS | JSON_INDENT(1));

            fail_msg("%s:\n%s", WHOLE[i].label, text);
        }
        json_decref(want);
        json_decref(out.ecs);
    }
    eql_mapping_free(m);
}

typedef struct {
    const char *record;
    bool yes;
} tell_row;

static void
test_layouts_are_told_by_their_keys(void **state)
{
    static const tell_row rows[] = {
        {"{\"EventID\":1,\"SourceModuleType\":\"im\"}", true},
        {"{\"SourceModuleType\":\"im_file\",\"Message\":\"syslog\"}", false},
        {"{\"EventID\":1,\"TimeCreated\":\"\"}", true},
        {"{\"EventID\":{},\"Hostname\":[]}", true},
        {"{\"EventID\":1}", false},
        {"{\"event_id\":1,\"beat\":1}", true},
        {"{\"event_id\":1}", false},
        {"{\"TenantId\":1,\"EventID\":1}", true},
        {"{\"TenantId\":1}", false},
        {"{\"event\":{\"code\":\"1\"},\"process\":{}}", false},
        {"{}", false},
        {"[1]", false},
        {"\"EventID\"", false},
        {"null", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(rows); i++) {
        json_t *r = parse(rows[i].record);

        if (eql_mapping_recognises(r) != rows[i].yes)
            fail_msg("%s", rows[i].record);
        json_decref(r);
    }
}

/* --- fields: one path of an event --- */

typedef struct {
    const char *label;
    const char *channel;
    const char *code;
    const char *data;
    const char *path;
    const char *json;
} field_row;

#define D "winlog/event_data/"

static const field_row FIELDS[] = {
#define X(label, channel, code, data, path, json)                              \
    {label, channel, code, data, path, json},
#include "tests/support/mapping_fields.def"
#undef X
};

static eql_mapped
map_field(const eql_mapping *m, const field_row *row)
{
    static const char *const channels[] = {
        "Microsoft-Windows-Sysmon/Operational", "Security",
        "Microsoft-Windows-PowerShell/Operational", "Windows PowerShell"};
    const char *letter = strchr("SEPW", row->channel[0]);
    char record[2048];

    assert_non_null(letter);
    snprintf(record, sizeof record,
             "{\"TimeCreated\":\"\",\"Channel\":\"%s\",\"EventID\":%s,%s}",
             channels[letter - "SEPW"], row->code, row->data);
    return map_with(m, NULL, record);
}

static void
test_fields(void **state)
{
    eql_mapping *m = builtin();
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(FIELDS); i++) {
        eql_mapped out = map_field(m, &FIELDS[i]);

        expect_at(FIELDS[i].label, out.ecs, FIELDS[i].path, FIELDS[i].json);
        json_decref(out.ecs);
    }
    eql_mapping_free(m);
}

/* --- traps of NXLog --- */

typedef struct {
    const char *label;
    const char *data;
    const char *path;
    const char *json;
} nxlog_row;

static void
test_nxlog_traps(void **state)
{
    static const nxlog_row rows[] = {
        {"ProcessID is the logging process", "\"ProcessID\":1368",
         "winlog/process/pid", "1368"},
        {"and no event data", "\"ProcessID\":1368", "winlog/event_data", NULL},
        {"unless that has its own key",
         "\"ProcessID\":\"4\",\"ExecutionProcessID\":1368", D "ProcessID",
         "\"4\""},
        {"EventType is NXLog's", "\"EventType\":\"INFO\"", "winlog/event_data",
         NULL},
        {"unless it kept Sysmon's",
         "\"EventType\":\"SetValue\",\"EventTypeOrignal\":\"INFO\"",
         D "EventType", "\"SetValue\""},
        {"the message has Sysmon's",
         "\"EventType\":\"INFO\",\"Message\":\"t\\nEventType: CreateKey\"",
         D "EventType", "\"CreateKey\""},
        {"level of the kept one",
         "\"EventTypeOrignal\":\"ERROR\",\"Severity\":\"INFO\"", "log/level",
         "\"error\""},
        {"account without UserID", "\"AccountName\":\"x\"", D "AccountName",
         "\"x\""},
        {"account with UserID", "\"AccountName\":\"x\",\"UserID\":\"S-1\"",
         "winlog/user", "{\"identifier\":\"S-1\",\"name\":\"x\"}"},
    };
    eql_mapping *m = builtin();
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(rows); i++) {
        char record[1024];
        eql_mapped out;

        snprintf(record, sizeof record,
                 "{\"SourceModuleType\":\"im\",\"Channel\":\"Microsoft-Windows-"
                 "Sysmon/Operational\",\"EventID\":99,%s}",
                 rows[i].data);
        out = map_with(m, NULL, record);
        expect_at(rows[i].label, out.ecs, rows[i].path, rows[i].json);
        json_decref(out.ecs);
    }
    eql_mapping_free(m);
}

/* Event data may hang under a key as an object, as JSON text or as XML. */
static void
test_nested_event_data(void **state)
{
    static const nxlog_row rows[] = {
        {"object", "{\"a\":1,\"b\":{\"c\":1}}", "{\"a\":\"1\"}", NULL},
        {"JSON text", "\" {\\\"a\\\":\\\"1\\\"}\"", "{\"a\":\"1\"}", NULL},
        {"broken JSON", "\"{\\\"a\\\":\"", "{\"EventData\":\"{\\\"a\\\":\"}",
         NULL},
        {"XML", "\"<x><Data Name=\\\"a\\\">1</Data></x>\"", "{\"a\":\"1\"}",
         NULL},
        {"XML entities", "\"<Data Name='a'>&lt;&#65;&#x42;&#0;&x;</Data>\"",
         "{\"a\":\"<AB\\u0000&x;\"}", NULL},
        {"XML first of a name",
         "\"<Data Name='a'>1</Data><Data Name='a'>2</Data>\"", "{\"a\":\"1\"}",
         NULL},
        {"XML without names", "\"<Data >1</Data><Data Name='b'>2</Data>\"",
         "{\"b\":\"2\"}", NULL},
        {"XML cut off", "\"<Data Name='a'>1</Data><Data Name='b'>2\"",
         "{\"a\":\"1\"}", NULL},
        {"XML cut in a tag", "\"<Data Name='a\"", NULL, NULL},
        {"text", "\"hello\"", "{\"EventData\":\"hello\"}", NULL},
        {"number", "7", NULL, NULL},
    };
    eql_mapping *m = builtin();
    size_t i;

    (void)state;
    for (i = 0; i < EQL_COUNTOF(rows); i++) {
        char record[1024];
        eql_mapped out;

        snprintf(record, sizeof record,
                 "{\"TenantId\":\"t\",\"EventID\":1,\"EventData\":%s}",
                 rows[i].data);
        out = map_with(m, NULL, record);
        expect_at(rows[i].label, out.ecs, "winlog/event_data", rows[i].path);
        json_decref(out.ecs);
    }
    eql_mapping_free(m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts_give_whole_events),
        cmocka_unit_test(test_layouts_are_told_by_their_keys),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_nxlog_traps),
        cmocka_unit_test(test_nested_event_data),
    };

    return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
