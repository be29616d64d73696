/* test_writer.c -- alerts in each form of output, on usual and hostile data. */
#include "tests/support/eql_test.h"

#include <jansson.h>

#include "api/api.h"
#include "base/text.h"

/* One program with one rule of two stages, and an alert of it. */
typedef struct {
    eqlvm_program program;
    eqlvm_alert alert;
    eqlvm_alert_key keys[2];
    eqlvm_alert_stage stages[2];
    eql_buf out;
} fixture;

static eqlvm_text
text(const char *s)
{
    return (eqlvm_text){s, strlen(s)};
}

static bool
collect(void *ctx, const char *p, size_t len)
{
    eql_buf_add(ctx, p, len);
    return true;
}

static bool
refuse(void *ctx, const char *p, size_t len)
{
    (void)ctx;
    (void)p;
    (void)len;
    return false;
}

static void
make_program(fixture *x, const char *name)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_builder *b =
        eql_builder_new(&d, eql_sv("", 0), eql_sv("", 0), eql_sv("", 0));
    eql_str threats[2];
    eql_rule r = {.severity = EQL_SEVERITY_MEDIUM,
                  .risk_score = 47,
                  .kind = EQL_RULE_SEQUENCE,
                  .until = EQL_NONE};

    assert_non_null(b);
    threats[0] = eql_builder_str(b, eql_sv_cstr("T1021.006"));
    threats[1] = eql_builder_str(b, eql_sv_cstr("T1059"));
    r.name = eql_builder_str(b, eql_sv_cstr(name));
    r.id = eql_builder_str(b, eql_sv_cstr("r-1"));
    r.file = eql_builder_str(b, eql_sv_cstr("rules/r.toml"));
    r.threats = eql_builder_strings(b, threats, 2);
    eql_builder_rule(b, &r);
    x->program.p = eql_builder_finish(b);
    assert_non_null(x->program.p);
    eql_builder_free(b);
}

static const char network_event[] =
    "{\"host\":{\"name\":\"WS6\"},\"user.name\":\"NETWORK SERVICE\","
    "\"user\":{\"domain\":\"NT AUTHORITY\"},\"process\":{\"executable\":"
    "\"C:\\\\Windows\\\\System32\\\\svchost.exe\",\"pid\":5},\"source\":{"
    "\"ip\":\"172.18.39.5\",\"port\":50123},\"destination\":{\"ip\":\"fe80::1\""
    ",\"port\":5985}}";

static const char process_event[] =
    "{\"host\":{\"name\":\"WS6\"},\"user\":{\"name\":[\"pgustavo\",\"x\"]},"
    "\"process\":{\"name\":\"powershell.exe\",\"command_line\":\"powershell.exe"
    " -noP -sta -w 1 -enc SQBmACgAJABQAFMAVgBlAHIAcwBpAG8AbgBUAGEAYgBsAGUALgBQA"
    "FMAVgBlAHIAcwBpAG8AbgAuAE0AYQBqAG8AcgAgAC0AZwBlACAAMwApAHsA\",\"parent\":{"
    "\"name\":\"wsmprovhost.exe\"}}}";

static void
open_fixture(fixture *x, const char *rule_name)
{
    int64_t t;

    *x = (fixture){0};
    make_program(x, rule_name);
    assert_true(eql_time_parse(eql_sv_cstr("2020-09-20T21:09:11.000Z"), &t));
    x->keys[0] = (eqlvm_alert_key){text("host.id"), text("\"WS6.local\"")};
    x->keys[1] = (eqlvm_alert_key){text("n"), text("7")};
    x->stages[0] = (eqlvm_alert_stage){.stage = 1,
                                       .file = text("captures/a.json.gz"),
                                       .line = 1798,
                                       .event_id = text(""),
                                       .has_time = true,
                                       .time_ns = t - 327000000,
                                       .event = text(network_event)};
    x->stages[1] = (eqlvm_alert_stage){.stage = 2,
                                       .file = text("captures/a.json.gz"),
                                       .line = 1802,
                                       .event_id = text("e-2"),
                                       .has_time = true,
                                       .time_ns = t,
                                       .event = text(process_event)};
    x->alert =
        (eqlvm_alert){.alert_id = text("00112233445566778899aabbccddeeff"),
                      .severity = EQLVM_SEVERITY_HIGH,
                      .has_time = true,
                      .time_ns = t,
                      .span_ns = 327000000,
                      .keys = x->keys,
                      .nkeys = 2,
                      .stages = x->stages,
                      .nstages = 2};
}

static void
close_fixture(fixture *x)
{
    eql_program_free(x->program.p);
    eql_buf_free(&x->out);
}

/* Writes the alert `times` times with one writer. */
static void
write_times(fixture *x, const eqlvm_writer_options *o, int times)
{
    eqlvm_writer *w = eqlvm_writer_new(&x->program, o, collect, &x->out);

    assert_non_null(w);
    x->out.len = 0;
    for (int i = 0; i < times; i++)
        assert_int_equal(eqlvm_writer_alert(w, &x->alert), EQLVM_OK);
    eqlvm_writer_free(w);
    eql_buf_add_char(&x->out, '\0');
}

static void
write_once(fixture *x, eqlvm_format format, unsigned width)
{
    eqlvm_writer_options o = {.format = format, .brief = true, .width = width};

    write_times(x, &o, 1);
}

static void
test_ndjson_shape(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x, "A \"rule\"");
    write_once(&x, EQLVM_FORMAT_NDJSON, 0);
    assert_string_equal(
        x.out.p,
        "{\"alert_id\":\"00112233445566778899aabbccddeeff\",\"@timestamp\":"
        "\"2020-09-20T21:09:11.000Z\",\"rule\":{\"id\":\"r-1\",\"name\":\"A "
        "\\\"rule\\\"\",\"severity\":\"high\",\"risk_score\":47,\"file\":"
        "\"rules/r.toml\",\"threat\":[\"T1021.006\",\"T1059\"]},\"keys\":{"
        "\"host.id\":\"WS6.local\",\"n\":7},\"span_ms\":327,\"stages\":[{"
        "\"stage\":1,\"as\":null,\"missing\":false,\"file\":\"captures/"
        "a.json.gz\",\"line\":1798,\"event_id\":null,\"@timestamp\":\"2020-09-"
        "20T21:09:10.673Z\"},{\"stage\":2,\"as\":null,\"missing\":false,"
        "\"file\":\"captures/a.json.gz\",\"line\":1802,\"event_id\":\"e-2\","
        "\"@timestamp\":\"2020-09-20T21:09:11.000Z\"}]}\n");
    close_fixture(&x);
}

static void
test_ndjson_keeps_event_bytes(void **state)
{
    fixture x;
    eqlvm_writer_options o = {.format = EQLVM_FORMAT_NDJSON};

    (void)state;
    open_fixture(&x, "R");
    x.stages[0].event = text("{\"a\":0.10,\"b\":\"\\u0041\",\"a\":1e2}");
    x.stages[0].has_time = x.alert.has_time = false;
    x.alert.span_ns = 1500000;
    x.alert.severity = EQLVM_SEVERITY_NONE;
    write_times(&x, &o, 2);
    assert_non_null(strstr(
        x.out.p, ",\"event\":{\"a\":0.10,\"b\":\"\\u0041\",\"a\":1e2}},{"));
    assert_non_null(strstr(x.out.p, "\"@timestamp\":null,\"rule\""));
    assert_non_null(strstr(x.out.p, "\"span_ms\":1.5,"));
    assert_non_null(strstr(x.out.p, "\"severity\":null"));
    assert_int_equal(strchr(x.out.p, '\n') - x.out.p + 1,
                     (long)(x.out.len - 1) / 2);
    close_fixture(&x);
}

/* What is remembered of a rule leaves each alert its own severity. */
static void
test_ndjson_severity_of_each(void **state)
{
    static const eqlvm_severity severities[] = {
        EQLVM_SEVERITY_LOW, EQLVM_SEVERITY_CRITICAL, EQLVM_SEVERITY_LOW};
    eqlvm_writer_options o = {.format = EQLVM_FORMAT_NDJSON, .brief = true};
    fixture x;
    eqlvm_writer *w;

    (void)state;
    open_fixture(&x, "R");
    w = eqlvm_writer_new(&x.program, &o, collect, &x.out);
    assert_non_null(w);
    for (size_t i = 0; i < EQL_COUNTOF(severities); i++) {
        eql_buf want = {0};

        x.out.len = 0;
        x.alert.severity = severities[i];
        assert_int_equal(eqlvm_writer_alert(w, &x.alert), EQLVM_OK);
        eql_buf_add_char(&x.out, '\0');
        eql_buf_printf(&want,
                       "\"rule\":{\"id\":\"r-1\",\"name\":\"R\",\"severity\":"
                       "\"%s\",\"risk_score\":47,",
                       eqlvm_severity_name(severities[i]));
        eql_buf_add_char(&want, '\0');
        assert_non_null(strstr(x.out.p, want.p));
        eql_buf_free(&want);
    }
    eqlvm_writer_free(w);
    close_fixture(&x);
}

static void
test_ndjson_spans(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {{0, "\"span_ms\":0,"},
                 {1, "\"span_ms\":0.000001,"},
                 {1000000, "\"span_ms\":1,"},
                 {12034500, "\"span_ms\":12.0345,"},
                 {999999999, "\"span_ms\":999.999999,"},
                 {INT64_MAX, "\"span_ms\":9223372036854.775807,"}};
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        x.alert.span_ns = cases[i].ns;
        write_once(&x, EQLVM_FORMAT_NDJSON, 0);
        assert_non_null(strstr(x.out.p, cases[i].text));
    }
    close_fixture(&x);
}

static void
test_table_at_80(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x, "Incoming Execution via PowerShell Remoting");
    write_once(&x, EQLVM_FORMAT_TABLE, 80);
    assert_string_equal(
        x.out.p,
        "TIME                      SEVERITY  RULE\n"
        "     STAGE  TIME            HOST            USER            PROCESS\n"
        "\n"
        "2020-09-20T21:09:11.000Z  high      Incoming Execution via PowerShell "
        "Remoting\n"
        "    host.id = WS6.local, n = 7 (2 events in 327 ms)\n"
        "         1  21:09:10.673    WS6             NETWORK SERVI\xE2\x80\xA6 "
        " "
        "svchost.exe (5)\n"
        "            172.18.39.5:50123 -> [fe80::1]:5985\n"
        "            a.json.gz:1798\n"
        "         2  21:09:11.000    WS6             pgustavo        "
        "powershell.exe\n"
        "            powershell.exe -noP -sta -w 1 -enc "
        "SQBmACgAJABQAFMAVgBlAHIAcwBpAG8A\xE2\x80\xA6\n"
        "            a.json.gz:1802\n");
    close_fixture(&x);
}

/* No line is wider than asked, in columns; nothing but printable text. */
static void
check_lines(const char *s, size_t width)
{
    size_t used = 0;

    for (size_t i = 0, n, len = strlen(s); i < len; i += n) {
        uint32_t cp = eql_utf8_decode(s + i, len - i, &n);

        if (cp == '\n') {
            used = 0;
            continue;
        }
        if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x202E)
            fail_msg("raw U+%04X in the output", (unsigned)cp);
        used += cp >= 0x4E00 && cp < 0xA000 ? 2 : 1;
        if (used > width)
            fail_msg("a line of over %zu columns: %s", width, s);
    }
}

static const char hostile_event[] =
    "{\"host\":{\"name\":\"\\u001b[31mred\\u0007\\u009b\"},\"user\":{\"name\":"
    "\"\xE2\x80\xAE"
    "evil\",\"domain\":\"\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2"
    "\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2"
    "\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\"},\"process\":{\"name\":\"a\\tb\\nc"
    "\\u0000d\",\"command_line\":\"=cmd|' /C "
    "calc'!A0,\\\"q\\\"\\r\\nx\\u001b]0;"
    "t\\u0007\"},\"file\":{\"path\":\"\\u202e\"}}";

static void
test_table_cleans_hostile_events(void **state)
{
    static const unsigned widths[] = {1, 60, 80, 100, 120};
    fixture x;

    (void)state;
    open_fixture(&x, "R \x1B[2J\xE2\x80\xAE");
    x.stages[0].event = text(hostile_event);
    x.stages[0].file = text("a\x1B[31m/b\nc");
    x.stages[1].event = text("[not an object");
    x.keys[0].json = text("\"\\u001b[0m\\\"\"");
    for (size_t i = 0; i < EQL_COUNTOF(widths); i++) {
        write_once(&x, EQLVM_FORMAT_TABLE, widths[i]);
        check_lines(x.out.p, widths[i] < 60 ? 60 : widths[i]);
    }
    write_once(&x, EQLVM_FORMAT_TABLE, 0);
    check_lines(x.out.p, 1000);
    close_fixture(&x);
}

static void
test_table_times_of_other_days(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    x.stages[0].time_ns -= 86400LL * 1000000000;
    x.stages[1].time_ns += 1;
    x.alert.time_ns += 1;
    write_once(&x, EQLVM_FORMAT_TABLE, 80);
    assert_non_null(strstr(x.out.p, "\n         1  09-19 21:09:10  WS6"));
    assert_non_null(strstr(x.out.p, "\n         2  21:09:11.000    WS6"));
    assert_non_null(strstr(x.out.p, "\n2020-09-20T21:09:11.000Z  high"));
    close_fixture(&x);
}

static void
test_table_colours_only_when_asked(void **state)
{
    fixture x;
    eqlvm_writer_options o = {.format = EQLVM_FORMAT_TABLE, .colour = true};

    (void)state;
    open_fixture(&x, "R");
    write_times(&x, &o, 2);
    assert_non_null(strstr(x.out.p, "\033[31mhigh    \033[0m"));
    o.colour = false;
    write_times(&x, &o, 2);
    assert_null(strchr(x.out.p, '\033'));
    close_fixture(&x);
}

static void
test_csv_rows(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x, "A, \"rule\"");
    write_once(&x, EQLVM_FORMAT_CSV, 0);
    assert_string_equal(
        x.out.p,
        "alert_id,time,severity,rule_id,rule,keys,span_ms,stage,stage_time,"
        "host,user,process,pid,parent,command_line,source,destination,object,"
        "file,line,event_id,row.key,row.count,row.percent,row.hosts,"
        "row.total_hosts\r\n"
        "00112233445566778899aabbccddeeff,2020-09-20T21:09:11.000Z,high,r-1,"
        "\"A, \"\"rule\"\"\",host.id=WS6.local; n=7,327,1,2020-09-20T21:09:10."
        "673Z,WS6,NT AUTHORITY\\NETWORK SERVICE,svchost.exe,5,,,172.18.39.5:"
        "50123,[fe80::1]:5985,,captures/a.json.gz,1798,,,,,,\r\n"
        "00112233445566778899aabbccddeeff,2020-09-20T21:09:11.000Z,high,r-1,"
        "\"A, \"\"rule\"\"\",host.id=WS6.local; n=7,327,2,2020-09-20T21:09:11."
        "000Z,WS6,pgustavo,powershell.exe,,wsmprovhost.exe,powershell.exe -noP"
        " -sta -w 1 -enc SQBmACgAJABQAFMAVgBlAHIAcwBpAG8AbgBUAGEAYgBsAGUALgBQAF"
        "MAVgBlAHIAcwBpAG8AbgAuAE0AYQBqAG8AcgAgAC0AZwBlACAAMwApAHsA,,,,"
        "captures/"
        "a.json.gz,1802,e-2,,,,,\r\n");
    close_fixture(&x);
}

/* The first stage is missing, the second has a name and a row beside it. */
static void
test_missing_stages_and_rows(void **state)
{
    static const char row[] = "{\"count\":2,\"percent\":0.25,\"hosts\":["
                              "\"h1\",null,\"h2\"],\"total_hosts\":3}";
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    x.stages[0] = (eqlvm_alert_stage){.stage = 1, .missing = true};
    x.stages[1].alias = text("ran");
    x.alert.row = text(row);
    write_once(&x, EQLVM_FORMAT_NDJSON, 0);
    assert_non_null(strstr(x.out.p, "\"stages\":[{\"stage\":1,\"as\":null,"
                                    "\"missing\":true},{\"stage\":2,\"as\":"
                                    "\"ran\",\"missing\":false,"));
    assert_non_null(strstr(x.out.p, "}],\"row\":{\"count\":2,\"percent\":"));
    write_once(&x, EQLVM_FORMAT_CSV, 0);
    assert_non_null(
        strstr(x.out.p, ",1,,,,,,,,,,,,,,,2,0.25,h1; null; h2,3\r\n"));
    write_once(&x, EQLVM_FORMAT_TABLE, 0);
    assert_non_null(strstr(x.out.p, "1  no such event\n"));
    assert_non_null(
        strstr(x.out.p, "    count 2 (25.0%), hosts 3: h1, null, h2\n"));
    write_once(&x, EQLVM_FORMAT_ECS, 0);
    assert_non_null(
        strstr(x.out.p, "\"kibana.alert.ancestors\":[{\"id\":\"e-2\""));
    assert_non_null(strstr(x.out.p, "\"row\":{\"count\":2,\"percent\":"));
    close_fixture(&x);
}

/* Rows of `count`: the same fields in every form, by the same names. */
static void
test_count_rows(void **state)
{
    static const char row[] =
        "{\"key\":[\"a,b\",null,7],\"count\":2,\"percent\":"
        "0.6666666666666666,\"hosts\":[\"h1\",\"h2\"],\"total_hosts\":2}";
    char member[256];
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    x.alert = (eqlvm_alert){.alert_id = text("00112233"),
                            .severity = EQLVM_SEVERITY_MEDIUM,
                            .row = text(row)};
    snprintf(member, sizeof member, ",\"row\":%s}\n", row);
    write_once(&x, EQLVM_FORMAT_NDJSON, 0);
    assert_string_equal(strstr(x.out.p, ",\"row\":"), member);
    assert_ptr_equal(strstr(x.out.p, "{\"rule\":{\"id\":\"r-1\",\"name\":\"R\","
                                     "\"severity\":\"medium\","),
                     x.out.p);
    write_once(&x, EQLVM_FORMAT_ECS, 0);
    assert_string_equal(strstr(x.out.p, ",\"row\":"), member);
    assert_ptr_equal(strstr(x.out.p,
                            "{\"event.kind\":\"metric\",\"kibana.alert.rule."
                            "name\":\"R\","),
                     x.out.p);
    write_once(&x, EQLVM_FORMAT_CSV, 0);
    assert_non_null(strstr(x.out.p,
                           "row.total_hosts\r\n,,medium,r-1,R,,,,,,,,,,"
                           ",,,,,,,\"a,b; null; 7\",2,0.6666666666666666,"
                           "h1; h2,2\r\n"));
    close_fixture(&x);
}

/* One header for all rows of a rule, and none for alerts. */
static void
test_count_rows_in_a_table(void **state)
{
    static const char row[] = "{\"key\":\"cmd.exe\",\"count\":2,\"percent\":"
                              "0.6666666666666666,\"hosts\":[\"h1\",\"h2\"],"
                              "\"total_hosts\":2}";
    static const char totals[] = "{\"key\":\"totals\",\"count\":3}";
    eqlvm_writer_options o = {.format = EQLVM_FORMAT_TABLE, .width = 60};
    eqlvm_writer *w;
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    x.alert =
        (eqlvm_alert){.severity = EQLVM_SEVERITY_MEDIUM, .row = text(row)};
    w = eqlvm_writer_new(&x.program, &o, collect, &x.out);
    assert_int_equal(eqlvm_writer_alert(w, &x.alert), EQLVM_OK);
    x.alert.row = text(totals);
    assert_int_equal(eqlvm_writer_alert(w, &x.alert), EQLVM_OK);
    eqlvm_writer_free(w);
    eql_buf_add_char(&x.out, '\0');
    assert_string_equal(x.out.p,
                        "\n"
                        "count                     medium    R\n"
                        "     COUNT  PERCENT  KEY                 HOSTS\n"
                        "         2    66.7%  cmd.exe             2: h1, h2\n"
                        "         3        -  totals              -\n");
    close_fixture(&x);
}

static void
test_csv_quotes_hostile_events(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    x.stages[0].event = text(hostile_event);
    write_once(&x, EQLVM_FORMAT_CSV, 0);
    assert_non_null(strstr(x.out.p,
                           "\"'=cmd|' /C calc'!A0,\"\"q\"\"\r\nx\xEF\xBF"
                           "\xBD]0;t\xEF\xBF\xBD\""));
    assert_null(strchr(x.out.p, '\033'));
    assert_non_null(strstr(x.out.p, "\"a\tb\nc\xEF\xBF\xBD"
                                    "d\""));
    close_fixture(&x);
}

static void
test_ecs_document(void **state)
{
    fixture x;
    json_t *o, *v;
    json_error_t err;
    eqlvm_writer_options full = {.format = EQLVM_FORMAT_ECS};

    (void)state;
    open_fixture(&x, "A rule");
    write_times(&x, &full, 1);
    o = json_loads(x.out.p, JSON_REJECT_DUPLICATES, &err);
    if (!o)
        fail_msg("%s: %s", err.text, x.out.p);
    assert_string_equal(json_string_value(json_object_get(o, "event.kind")),
                        "signal");
    assert_string_equal(
        json_string_value(json_object_get(o, "kibana.alert.severity")), "high");
    assert_string_equal(
        json_string_value(json_object_get(o, "kibana.alert.rule.severity")),
        "medium");
    assert_int_equal(
        json_integer_value(json_object_get(o, "kibana.alert.risk_score")), 47);
    assert_string_equal(json_string_value(json_object_get(o, "host.id")),
                        "WS6.local");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(o, "host"), "name")),
        "WS6");
    assert_null(json_object_get(o, "user"));
    assert_null(json_object_get(o, "kibana.alert.original_event"));
    v = json_object_get(o, "threat.technique.id");
    assert_int_equal(json_array_size(v), 2);
    assert_string_equal(json_string_value(json_array_get(v, 0)), "T1021");
    v = json_object_get(o, "threat.technique.subtechnique.id");
    assert_int_equal(json_array_size(v), 1);
    v = json_object_get(o, "kibana.alert.ancestors");
    assert_int_equal(json_array_size(v), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(v, 0), "id")),
        "captures/a.json.gz:1798");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(v, 1), "id")), "e-2");
    assert_true(json_is_object(json_object_get(json_array_get(v, 1), "event")));
    json_decref(o);
    close_fixture(&x);
}

/* Of the only event: all it has, but for what is the alert's own. */
static void
test_ecs_source_fields(void **state)
{
    static const char event[] =
        "{\"@timestamp\":\"2001-01-01T00:00:00Z\",\"event.kind\":\"event\","
        "\"event\":{\"category\":[\"process\"]},\"process\":{\"pid\":7,"
        "\"name\":\"a\"},\"process.args\":[\"x\",\"y\"],\"kibana.alert.uuid\""
        ":\"other\",\"row\":1}";
    static const char want[] =
        ",\"kibana.alert.original_event\":{\"kind\":\"event\",\"category\":"
        "[\"process\"]},\"host.id\":\"WS6.local\",\"n\":7,\"event\":{"
        "\"category\":[\"process\"]},\"process\":{\"pid\":7,\"name\":\"a\","
        "\"args\":[\"x\",\"y\"]},\"kibana\":{},\"row\":1}\n";
    eqlvm_writer_options full = {.format = EQLVM_FORMAT_ECS};
    eqlvm_writer_options brief = {.format = EQLVM_FORMAT_ECS, .brief = true};
    fixture x;

    (void)state;
    open_fixture(&x, "R");
    x.stages[0].event = text(event);
    x.alert.nstages = 1;
    write_times(&x, &full, 1);
    assert_string_equal(strstr(x.out.p, ",\"kibana.alert.original_event\""),
                        want);
    assert_null(strstr(x.out.p, "\"@timestamp\":\"2001-01-01T00:00:00Z\",\"ev"
                                "ent\":{"));
    write_times(&x, &brief, 1);
    assert_null(strstr(x.out.p, "\"process\""));
    assert_non_null(strstr(x.out.p, ",\"host.id\":\"WS6.local\",\"n\":7}\n"));
    close_fixture(&x);
}

static void
test_errors(void **state)
{
    fixture x;
    eqlvm_writer *w;

    (void)state;
    open_fixture(&x, "R");
    assert_null(eqlvm_writer_new(NULL, NULL, collect, NULL));
    w = eqlvm_writer_new(&x.program, NULL, refuse, NULL);
    assert_int_equal(eqlvm_writer_alert(w, &x.alert), EQLVM_ERR_STOPPED);
    x.alert.rule = 1;
    assert_int_equal(eqlvm_writer_alert(w, &x.alert), EQLVM_ERR_ARG);
    eqlvm_writer_free(w);
    eqlvm_writer_free(NULL);
    close_fixture(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson_shape),
        cmocka_unit_test(test_ndjson_keeps_event_bytes),
        cmocka_unit_test(test_ndjson_severity_of_each),
        cmocka_unit_test(test_ndjson_spans),
        cmocka_unit_test(test_table_at_80),
        cmocka_unit_test(test_table_cleans_hostile_events),
        cmocka_unit_test(test_table_times_of_other_days),
        cmocka_unit_test(test_table_colours_only_when_asked),
        cmocka_unit_test(test_csv_rows),
        cmocka_unit_test(test_missing_stages_and_rows),
        cmocka_unit_test(test_count_rows),
        cmocka_unit_test(test_count_rows_in_a_table),
        cmocka_unit_test(test_csv_quotes_hostile_events),
        cmocka_unit_test(test_ecs_document),
        cmocka_unit_test(test_ecs_source_fields),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
