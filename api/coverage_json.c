/* coverage_json.c -- what events had of what rules need, in the statistics. */
#include "api/coverage.h"

#include <inttypes.h>

static void
add_text(eql_buf *b, const char *name, eqlvm_text t)
{
    eql_buf_printf(b, "\"%s\":", name);
    if (t.len > 0)
        eql_buf_add_json(b, eql_api_sv(t));
    else
        eql_buf_add_str(b, "null");
}

static void
add_rule(eql_buf *b, const eql_program *p, uint32_t rule, uint32_t stage)
{
    const eql_rule *r = &p->rules[rule];

    add_text(b, "id", eql_api_text(eql_program_str(p, r->id)));
    eql_buf_add_char(b, ',');
    add_text(b, "name", eql_api_text(eql_program_str(p, r->name)));
    eql_buf_printf(b, ",\"stage\":%" PRIu32, stage);
}

static const char *const kinds[] = {
    [EQLVM_NEED_CATEGORY] = "category",
    [EQLVM_NEED_FIELD] = "field",
    [EQLVM_NEED_TIME] = "time",
};

static void
add_blind(eql_buf *b, unsigned blind)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{EQLVM_BLIND_CATEGORY, "category"},
                 {EQLVM_BLIND_TIME, "time"},
                 {EQLVM_BLIND_FIELDS, "fields"}};
    const char *sep = "";

    eql_buf_add_str(b, ",\"blind\":[");
    for (size_t i = 0; i < EQL_COUNTOF(names); i++) {
        if (!(blind & names[i].bit))
            continue;
        eql_buf_printf(b, "%s\"%s\"", sep, names[i].name);
        sep = ",";
    }
    eql_buf_add_char(b, ']');
}

static void
add_unable(eql_buf *b, const eqlvm_coverage *c, const eql_program *p,
           uint32_t n)
{
    eql_buf_add_str(b, ",\"rules_unable\":[");
    for (uint32_t i = 0; i < n; i++) {
        eqlvm_unable u;

        eqlvm_coverage_unable(c, i, &u);
        eql_buf_add_str(b, i ? ",{" : "{");
        add_rule(b, p, u.rule, u.stage);
        eql_buf_printf(b, ",\"any\":%s,\"needs\":[", u.any ? "true" : "false");
        for (uint32_t k = 0; k < u.nneeds; k++) {
            eqlvm_need need;

            eqlvm_coverage_need(c, u.needs[k], &need);
            eql_buf_add_str(b, k ? ",{" : "{");
            add_text(b, kinds[need.kind], need.name);
            eql_buf_add_char(b, '}');
        }
        eql_buf_add_str(b, "]}");
    }
    eql_buf_add_char(b, ']');
}

static void
add_never(eql_buf *b, const eqlvm_coverage *c, uint32_t n, const char *list,
          eqlvm_need_kind kind)
{
    const char *sep = "";

    eql_buf_printf(b, ",\"%s\":[", list);
    for (uint32_t i = 0; i < n; i++) {
        eqlvm_need need;

        eqlvm_coverage_need(c, i, &need);
        if (need.kind != kind)
            continue;
        eql_buf_printf(b, "%s{", sep);
        sep = ",";
        add_text(b, kinds[kind], need.name);
        eql_buf_printf(b, ",\"rules\":%" PRIu32 ",", need.rules);
        add_text(b, "near", need.near);
        eql_buf_add_char(b, '}');
    }
    eql_buf_add_char(b, ']');
}

static void
add_idle(eql_buf *b, const eqlvm_coverage *c, const eql_program *p, uint32_t n)
{
    eql_buf_add_str(b, ",\"stages_never\":[");
    for (uint32_t i = 0; i < n; i++) {
        eqlvm_idle idle;

        eqlvm_coverage_idle(c, i, &idle);
        eql_buf_add_str(b, i ? ",{" : "{");
        add_rule(b, p, idle.rule, idle.stage);
        eql_buf_printf(b, ",\"hits_of_others\":%" PRIu64 "}", idle.hits);
    }
    eql_buf_add_char(b, ']');
}

void
eql_coverage_json(const eqlvm_coverage *c, const eqlvm_engine *e, eql_buf *b)
{
    eqlvm_coverage_summary sum;

    eqlvm_coverage_get(c, &sum);
    eql_buf_printf(
        b,
        ",\"rules_run\":%" PRIu64 ",\"rules_skipped\":{\"bad\":%" PRIu64
        ",\"deselected\":%" PRIu64 ",\"other_language\":%" PRIu64 "}",
        e->made.rules, e->made.bad, e->made.deselected, e->made.other_language);
    add_blind(b, sum.blind);
    add_unable(b, c, e->program, sum.nunable);
    add_never(b, c, sum.nneeds, "fields_never", EQLVM_NEED_FIELD);
    add_never(b, c, sum.nneeds, "categories_never", EQLVM_NEED_CATEGORY);
    add_idle(b, c, e->program, sum.nidle);
}
