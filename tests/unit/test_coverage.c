/* test_coverage.c -- what a run says of rules that could not fire, and when its
 * silence means nothing; through eqlvm.h only. */
#include "tests/support/api_test.h"

#define T "\"@timestamp\":\"2026-01-02T03:04:05Z\""
#define EV(category, rest)                                                     \
    "{" T ",\"event\":{\"category\":\"" category "\"}," rest "}"
#define CMD "\"process\":{\"name\":\"cmd.exe\"}"
#define PROC EV("process", CMD)
#define MOST 4

typedef struct {
    const char *label;
    const char *queries[MOST], *events[MOST];
    const char *want;
} sample;

/* "blind bits; rule.stage needs a,b; rule.stage any a,b; path(near) rules". */
static void
describe(const eqlvm_engine *e, eql_buf *out)
{
    eqlvm_coverage *c = eqlvm_coverage_new(e);
    eqlvm_coverage_summary sum;

    assert_non_null(c);
    eqlvm_coverage_get(c, &sum);
    if (sum.blind)
        eql_buf_printf(out, "blind %s%s%s;",
                       sum.blind & EQLVM_BLIND_CATEGORY ? "c" : "",
                       sum.blind & EQLVM_BLIND_TIME ? "t" : "",
                       sum.blind & EQLVM_BLIND_FIELDS ? "f" : "");
    for (uint32_t i = 0; i < sum.nunable; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        eql_buf_printf(out, " %u.%u %s", u.rule + 1, u.stage,
                       u.any ? "any" : "needs");
        for (uint32_t k = 0; k < u.nneeds; k++) {
            eqlvm_need n;

            eqlvm_coverage_need(c, u.needs[k], &n);
            eql_buf_printf(out, "%s%s%.*s", k ? "," : " ",
                           n.kind == EQLVM_NEED_CATEGORY ? "category "
                           : n.kind == EQLVM_NEED_TIME   ? "time "
                                                         : "",
                           (int)n.name.len, n.name.p);
        }
        eql_buf_add_char(out, ';');
    }
    for (uint32_t i = 0; i < sum.nneeds; i++) {
        eqlvm_need n;

        eqlvm_coverage_need(c, i, &n);
        if (n.near.len > 0)
            eql_buf_printf(out, " %.*s near %.*s;", (int)n.name.len, n.name.p,
                           (int)n.near.len, n.near.p);
    }
    for (uint32_t i = 0; i < sum.nidle; i++) {
        eqlvm_idle idle;

        eqlvm_coverage_idle(c, i, &idle);
        eql_buf_printf(out, " idle %u.%u beside %llu;", idle.rule + 1,
                       idle.stage, (unsigned long long)idle.hits);
    }
    eqlvm_coverage_free(c);
}

static void
run(const sample *s, const eqlvm_compile_options *co,
    const eqlvm_engine_options *eo)
{
    api_alerts x = {0};
    eql_buf seen = {0};
    eqlvm_program *p;
    eqlvm_engine *e;
    size_t n = 0;

    while (n < MOST && s->queries[n])
        n++;
    p = api_compile_with(co, s->queries, n);
    e = api_start(p, eo, &x);
    for (size_t i = 0; i < MOST && s->events[i]; i++)
        assert_int_equal(
            eqlvm_engine_push(e, "in", s->events[i], strlen(s->events[i])),
            EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    describe(e, &seen);
    if (!eql_sv_is(eql_buf_sv(&seen), s->want))
        fail_msg("%s:\nsaw  \"%.*s\"\nwant \"%s\"", s->label, (int)seen.len,
                 seen.p ? seen.p : "", s->want);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    api_alerts_free(&x);
    eql_buf_free(&seen);
}

/* With and without index and memo, alike. */
static void
run_all(const sample *s, size_t n, const eqlvm_compile_options *co)
{
    for (size_t i = 0; i < n; i++) {
        for (unsigned how = 0; how < 4; how++) {
            eqlvm_engine_options o = {.no_index = how & 1, .no_memo = how & 2};

            run(&s[i], co, &o);
        }
    }
}

static const sample needed[] = {
    {"all is there", {"process where process.name == \"x\""}, {PROC}, ""},
    {"a category that never came",
     {"network where true", "process where process.name == \"x\""},
     {PROC},
     " 1.1 needs category network;"},
    {"its fields are no matter then",
     {"network where source.ip == \"10.0.0.1\"",
      "process where process.name == \"x\""},
     {PROC},
     " 1.1 needs category network;"},
    {"a misspelt field of a rule",
     {"process where process.nmae == \"x\""},
     {PROC},
     "blind f; 1.1 needs process.nmae; process.nmae near process.name;"},
    {"a misspelt field of events",
     {"process where process.command_line == \"x\" and "
      "process.name == \"x\""},
     {EV("process", "\"process\":{\"name\":\"a\",\"commandline\":\"b\"}")},
     " 1.1 needs process.command_line; process.command_line near "
     "process.commandline;"},
    {"the last name alone",
     {"process where process.command_line == \"x\" and "
      "process.name == \"x\""},
     {EV("process", CMD ",\"winlog\":{\"event_data\":{"
                        "\"CommandLine\":\"b\"}}")},
     " 1.1 needs process.command_line; process.command_line near "
     "winlog.event_data.CommandLine;"},
    {"two fields of ECS are no misspellings",
     {"process where host.id == \"a\" and process.name == \"x\""},
     {EV("process", CMD ",\"host\":{\"ip\":\"10.0.0.1\"}")},
     " 1.1 needs host.id;"},
    {"a case that is another",
     {"process where process.name == \"x\""},
     {EV("Process", CMD)},
     " 1.1 needs category process; process near Process;"},
    {"the same as alternatives",
     {"process where process.ppid == 1 or process.title == \"x\" or "
      "process.name == null and process.entity_id == \"x\""},
     {PROC},
     " 1.1 any process.ppid,process.title,process.entity_id;"},
    {"each by itself",
     {"process where process.ppid == 1 and process.title == \"x\" and "
      "process.name == \"x\""},
     {PROC},
     " 1.1 needs process.ppid,process.title;"},
    {"null where there must be null",
     {"process where process.ppid == null and process.name == \"x\""},
     {PROC},
     ""},
    {"what may be missing",
     {"process where process.name == \"x\" or process.ppid == 1",
      "process where not process.ppid == 1 and process.name == \"x\"",
      "process where process.name == \"x\" and (process.ppid == null or "
      "process.ppid > 3)"},
     {PROC},
     ""},
    {"inside of functions",
     {"process where startsWith(process.title, process.name) or "
      "length(process.title) > 3 or process.title like \"a*\" or "
      "process.title in (\"a\", process.name)"},
     {PROC},
     " 1.1 needs process.title;"},
    {"null and nothing are no values",
     {"process where process.title == \"x\" and process.name == \"x\""},
     {EV("process", "\"process\":{\"name\":\"a\",\"title\":null}"),
      EV("process", "\"process\":{\"name\":\"a\",\"title\":[]}"),
      EV("process", "\"process\":{\"name\":\"a\",\"title\":[null,{}]}"),
      EV("process", "\"process\":{\"name\":\"a\",\"title\":{\"b\":1}}")},
     " 1.1 needs process.title;"},
    {"the last event has it",
     {"process where process.title == \"x\" and process.name == \"x\""},
     {PROC, PROC, PROC,
      EV("process", "\"process\":{\"name\":\"a\",\"title\":[null,\"\"]}")},
     ""},
    {"an event of another category has it",
     {"process where process.title == \"x\" and process.name == \"x\""},
     {PROC, EV("file", "\"process\":{\"title\":\"a\"}")},
     ""},
    {"a dotted name",
     {"process where process.title == \"x\" and process.name == \"x\""},
     {EV("process", CMD ",\"process.title\":false")},
     ""},
};

static void
test_what_rules_need(void **state)
{
    (void)state;
    run_all(needed, sizeof needed / sizeof needed[0], NULL);
}

static void
test_stages(void **state)
{
    static const sample samples[] = {
        {"one that nothing hits",
         {"sequence by host.id [process where true] [file where true]"},
         {EV("process", "\"host\":{\"id\":1}"),
          EV("network", "\"host\":{\"id\":1}")},
         " 1.2 needs category file; idle 1.2 beside 1;"},
        {"one that could have been hit",
         {"sequence by host.id [process where true] "
          "[network where host.id == 2]"},
         {EV("process", "\"host\":{\"id\":1}"),
          EV("network", "\"host\":{\"id\":1}")},
         " idle 1.2 beside 1;"},
        {"missing ones and until are not needed",
         {"sequence by host.id with maxspan=1m [process where true] "
          "![file where file.path == \"x\"] [network where host.id == 2] "
          "until [registry where true]"},
         {EV("process", "\"host\":{\"id\":1}"),
          EV("network", "\"host\":{\"id\":1}")},
         " idle 1.3 beside 1;"},
        {"a key",
         {"sequence by user.id [process where true] [network where true]"},
         {PROC, EV("network", CMD)},
         "blind f; 1.1 needs user.id; 1.2 needs user.id;"},
        {"an optional key",
         {"sequence by ?user.id [process where true] "
          "[network where process.name == \"x\"]"},
         {PROC, EV("network", CMD)},
         " idle 1.2 beside 1;"},
        {"an optional key alone",
         {"sequence by ?user.id [process where true] [network where true]"},
         {PROC},
         " 1.2 needs category network; idle 1.2 beside 1;"},
        {"a key of one stage",
         {"sequence [process where true] by process.name "
          "[network where true] by user.name"},
         {PROC, EV("network", CMD)},
         " 1.2 needs user.name;"},
        {"an alternative of keys is none",
         {"sequence by user.id, process.name [process where true] "
          "[network where true]"},
         {PROC, EV("network", CMD)},
         " 1.1 needs user.id; 1.2 needs user.id;"},
        {"a sample",
         {"sample by process.name [process where true] "
          "[file where file.path == \"x\"]"},
         {PROC, EV("file", CMD)},
         " 1.2 needs file.path; idle 1.2 beside 1;"},
    };

    (void)state;
    run_all(samples, sizeof samples / sizeof samples[0], NULL);
}

static void
test_other_dialects(void **state)
{
    static const eqlvm_compile_options endgame = {.dialect = "endgame"};
    static const sample samples[] = {
        {"lineage of what never was",
         {"process where descendant of [process where process_title == \"x\"] "
          "and process_name == \"x\""},
         {"{\"timestamp\":131485083040000000,\"event_type\":\"process\","
          "\"pid\":1,\"process_name\":\"a\"}"},
         " 1.1 needs process_title;"},
        {"not of what never was",
         {"process where process_name == \"x\" and not child of [network "
          "where true]"},
         {"{\"timestamp\":131485083040000000,\"event_type\":\"process\","
          "\"pid\":1,\"process_name\":\"a\"}"},
         ""},
        {"another event's field",
         {"sequence by pid [process where true] as event0 "
          "[network where event0.process_title == process_name]"},
         {"{\"timestamp\":131485083040000000,\"event_type\":\"process\","
          "\"pid\":1}",
          "{\"timestamp\":131485083040000001,\"event_type\":\"network\","
          "\"pid\":1,\"process_name\":\"a\"}"},
         " 1.2 needs process_title;"},
        {"lineage that is not asked for",
         {"process where process_name == \"x\" or child of [network where "
          "true]"},
         {"{\"timestamp\":131485083040000000,\"event_type\":\"process\","
          "\"pid\":1,\"process_name\":\"a\"}"},
         ""},
        {"a join",
         {"join by unique_pid [process where true] [file where true]"},
         {"{\"timestamp\":131485083040000000,\"event_type\":\"process\","
          "\"unique_pid\":1}"},
         " 1.2 needs category file; idle 1.2 beside 1;"},
    };

    (void)state;
    run_all(samples, sizeof samples / sizeof samples[0], &endgame);
}

static void
test_silence(void **state)
{
    static const sample samples[] = {
        {"no events", {"process where process.name == \"x\""}, {NULL}, ""},
        {"no category",
         {"process where process.name == \"cmd.exe\""},
         {"{" T ",\"category\":\"process\"," CMD "}"},
         "blind c; 1.1 needs category process;"},
        {"of one that asks for none",
         {"any where process.name == \"x\""},
         {"{" T "," CMD "}"},
         ""},
        {"no time",
         {"process where process.name == \"x\"",
          "sequence [process where true] [process where process.name == "
          "\"y\"]"},
         {"{\"event\":{\"category\":\"process\"},\"timestamp\":1," CMD "}"},
         "blind t; 2.1 needs time @timestamp; 2.2 needs time @timestamp; "
         "@timestamp near timestamp; idle 2.2 beside 1;"},
        {"no field",
         {"process where process.title == \"x\" or user.name == \"x\""},
         {PROC},
         "blind f; 1.1 any process.title,user.name;"},
        {"of one that names none",
         {"file where true"},
         {PROC},
         " 1.1 needs category file;"},
        {"nothing at all",
         {"process where process.name == \"x\""},
         {"{\"a\":1}"},
         "blind ctf; 1.1 needs category process;"},
        {"alerts",
         {"process where process.title == null"},
         {"{\"event\":{\"category\":\"process\"}}"},
         ""},
        {"one event of two",
         {"process where process.name == \"x\""},
         {"{\"a\":1}", PROC},
         ""},
    };

    (void)state;
    run_all(samples, sizeof samples / sizeof samples[0], NULL);
}

/* Events outside the range have not been there. */
static void
test_range(void **state)
{
    static const sample
        out = {"all out of range",
               {"process where process.title == \"x\""},
               {PROC},
               ""},
        half = {"what has it is out of range",
                {"process where process.title == \"x\" and "
                 "process.name == \"x\""},
                {PROC, "{\"@timestamp\":\"2020-01-01T00:00:00Z\",\"process\":"
                       "{\"title\":\"a\"}}"},
                " 1.1 needs process.title;"},
        untimed = {"no time for any range",
                   {"process where process.title == \"x\""},
                   {"{\"event\":{\"category\":\"process\"}}"},
                   "blind t;"};
    eqlvm_engine_options o = {.has_since = true};

    (void)state;
    assert_true(eqlvm_time_parse("2027-01-01T00:00:00Z", &o.since_ns));
    run(&out, NULL, &o);
    run(&untimed, NULL, &o);
    assert_true(eqlvm_time_parse("2026-01-01T00:00:00Z", &o.since_ns));
    run(&half, NULL, &o);
}

static void
test_other_fields(void **state)
{
    static const eqlvm_compile_options co = {.category_field = "kind",
                                             .timestamp_field = "when"};
    static const sample samples[] = {
        {"where rules look for them",
         {"process where process.name == \"x\""},
         {"{\"when\":\"2026-01-01T00:00:00Z\",\"kind\":\"process\"," CMD "}"},
         ""},
        {"where they do not",
         {"process where process.name == \"x\""},
         {PROC},
         "blind ct; 1.1 needs category process;"},
    };

    (void)state;
    run_all(samples, sizeof samples / sizeof samples[0], &co);
}

/* Which of very many fields are needed is not found out; that they are is. */
static void
test_many_fields(void **state)
{
    static const struct {
        unsigned n;
        bool any;
    } cases[] = {{2000, false}, {4000, true}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        eql_buf query = {0};
        eqlvm_coverage *c;
        eqlvm_coverage_summary sum;
        eqlvm_program *p;
        eqlvm_engine *e;
        eqlvm_unable u;
        api_alerts x = {0};

        eql_buf_add_str(&query, "any where true");
        for (unsigned k = 0; k < cases[i].n; k++)
            eql_buf_printf(&query, " and f.f%u == 1", k);
        eql_buf_add_char(&query, '\0');
        p = api_compile((const char *const[]){query.p}, 1);
        e = api_start(p, NULL, &x);
        assert_int_equal(eqlvm_engine_push(e, "in", PROC, strlen(PROC)),
                         EQLVM_OK);
        assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
        c = eqlvm_coverage_new(e);
        eqlvm_coverage_get(c, &sum);
        assert_int_equal(sum.nneeds, cases[i].n);
        eqlvm_coverage_unable(c, 0, &u);
        assert_int_equal(u.any, cases[i].any);
        assert_int_equal(u.nneeds, cases[i].n);
        eqlvm_coverage_free(c);
        eqlvm_engine_free(e);
        eqlvm_program_free(p);
        api_alerts_free(&x);
        eql_buf_free(&query);
    }
}

static void
test_arguments(void **state)
{
    static const char *const query[] = {"network where true"};
    eqlvm_program *p = api_compile(query, 1);
    api_alerts x = {0};
    eqlvm_engine *e = api_start(p, NULL, &x);
    eqlvm_coverage_summary sum;
    eqlvm_compile_summary made;
    eqlvm_coverage *c;
    eqlvm_unable u;
    eqlvm_need n;
    eqlvm_idle idle;

    (void)state;
    assert_int_equal(eqlvm_engine_push(e, "in", PROC, strlen(PROC)), EQLVM_OK);
    c = eqlvm_coverage_new(e); /* before the end, and the engine is not kept */
    eqlvm_engine_free(e);
    assert_non_null(c);
    eqlvm_coverage_get(c, &sum);
    assert_int_equal(sum.events, 1);
    assert_int_equal(sum.rules, 1);
    assert_int_equal(sum.rules_unable, 1);
    assert_int_equal(sum.nunable, 1);
    assert_true(eql_sv_is(eql_sv(sum.category_field.p, sum.category_field.len),
                          "event.category"));
    eqlvm_coverage_unable(c, 0, &u);
    assert_int_equal(u.nneeds, 1);
    eqlvm_coverage_unable(c, 1, &u);
    assert_int_equal(u.nneeds, 0);
    eqlvm_coverage_need(c, 1, &n);
    assert_int_equal(n.rules, 0);
    eqlvm_coverage_idle(c, 0, &idle);
    assert_int_equal(idle.stage, 0);
    eqlvm_coverage_free(c);
    eqlvm_coverage_free(NULL);
    assert_null(eqlvm_coverage_new(NULL));
    eqlvm_coverage_get(NULL, &sum);
    assert_int_equal(sum.rules, 0);
    eqlvm_program_summary(p, &made);
    assert_int_equal(made.rules, 1);
    assert_int_equal(made.bad, 0);
    eqlvm_program_summary(NULL, &made);
    assert_int_equal(made.rules, 0);
    eqlvm_program_free(p);
    api_alerts_free(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_rules_need),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_other_dialects),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_other_fields),
        cmocka_unit_test(test_many_fields),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
