/* event_filter_test.h -- rules as text and events as JSON, through the pure
 * half.
 *
 * A test says test_program_of(rule) and then test_event(...) for each event;
 * times are the events' "@timestamp". */
#ifndef EQL_TESTS_SUPPORT_EVENT_FILTER_TEST_H
#define EQL_TESTS_SUPPORT_EVENT_FILTER_TEST_H

#include "compiler/compile.h"
#include "io/json/project.h"
#include "stdlib/functions.h"
#include "tests/support/eql_test.h"
#include "vm/state/residual.h"
#include "vm/filter/event_filter.h"

/* The program of n rules in a dialect, with `tweaks` ("flag=value ...", may be
 * NULL); schema may be NULL. */
static inline eql_program *
test_compile_as(eql_compile_settings o, const char *tweaks,
                const eql_rule_source *rules, uint32_t n)
{
    eql_buf why = {0};
    eql_compiler *c;
    eql_program *p;
    char text[128];

    for (const char *s = tweaks; s && *s; s += strcspn(s, " ")) {
        s += strspn(s, " ");
        assert_true(eql_dialect_set(&o.dialect, eql_sv(s, strcspn(s, " ")),
                                    text, sizeof text));
    }
    c = eql_compiler_new(&o);
    assert_non_null(c);
    for (uint32_t i = 0; i < n; i++) {
        eql_diags *d = eql_diags_new();

        if (eql_compiler_add(c, &rules[i], d) != EQL_COMPILED)
            fail_msg("%s: %s", rules[i].query.text.p,
                     eql_diags_count(d) ? eql_diags_at(d, 0)->message.p : "?");
        eql_diags_free(d);
    }
    p = eql_compiler_finish(c, &why);
    if (!p)
        fail_msg("%.*s", (int)why.len, why.p);
    eql_buf_free(&why);
    eql_compiler_free(c);
    return p;
}

static inline eql_program *
test_compile(eql_dialect_name dialect, const char *tweaks,
             const eql_rule_source *rules, uint32_t n)
{
    eql_compile_settings o = {.dialect = eql_dialect_preset(dialect)};

    return test_compile_as(o, tweaks, rules, n);
}

static inline eql_rule_source
test_rule_of(const char *query)
{
    return (eql_rule_source){.name = eql_sv_cstr("t"),
                             .risk_score = EQL_NONE,
                             .query = {.text = eql_sv_cstr(query)}};
}

static inline eql_program *
test_program_of(const char *query)
{
    eql_rule_source r = test_rule_of(query);

    return test_compile(EQL_DIALECT_ELASTIC, NULL, &r, 1);
}

/* A reader for tests: the view of one JSON text at a time. */
typedef struct {
    const eql_program *p;
    eql_project *project;
    json_t *json;
    eql_event ev;
} test_reader;

static inline void
test_reader_init(test_reader *r, const eql_program *p)
{
    *r = (test_reader){.p = p, .project = eql_project_new(p)};
    assert_non_null(r->project);
}

static inline void
test_reader_free(test_reader *r)
{
    eql_project_free(r->project);
    json_decref(r->json);
}

static inline const eql_event *
test_read(test_reader *r, const char *json)
{
    const eql_slot *time;
    eql_value ns = {0};

    json_decref(r->json);
    r->json = json_loads(json, 0, NULL);
    if (!r->json)
        fail_msg("no JSON: %s", json);
    r->ev.slots = eql_project_run(r->project, r->json);
    assert_non_null(r->ev.slots);
    time = &r->ev.slots[EQL_FIELD_TIMESTAMP];
    if (time->n > 0)
        ns = eql_to_time(eql_program_dialect(r->p), &time->v[0]);
    r->ev.time_kind = ns.tag == EQL_INT ? EQL_TIME_SETTLED : EQL_TIME_NONE;
    r->ev.time_ns = ns.tag == EQL_INT ? ns.u.i : 0;
    r->ev.line++;
    return &r->ev;
}

#endif
