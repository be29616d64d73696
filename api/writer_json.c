/* writer_json.c -- alerts as JSON: our own lines, and Elastic's documents. */
#include <inttypes.h>

#include "api/writer.h"

/* --- ndjson --- */

/* What is written for every alert and stage is spelled out. */
#define ADD(b, text) eql_buf_add(b, text, sizeof(text) - 1)

static void
add_severity(eql_buf *b, uint32_t level)
{
    if (level == EQL_SEVERITY_NONE) {
        eql_buf_add_str(b, "null");
        return;
    }
    eql_buf_add_char(b, '"');
    eql_buf_add_str(b, eqlvm_severity_name((eqlvm_severity)level));
    eql_buf_add_char(b, '"');
}

static void
add_risk_score(eql_buf *b, const eql_rule *r)
{
    if (r->risk_score == EQL_NONE)
        eql_buf_add_str(b, "null");
    else
        eql_writer_int(b, r->risk_score);
}

static eqlvm_text
rule_text(const eqlvm_writer *w, eql_str s)
{
    return eql_api_text(eql_program_str(w->program, s));
}

/* What is the same in all alerts of a rule: around the severity, which is that
 * of the alert. */
static eql_writer_rule
make_rule(eqlvm_writer *w, const eql_rule *r)
{
    eql_buf *b = &w->rule_texts;
    eql_writer_rule text = {.at = b->len};

    eql_buf_add_char(b, '{');
    eql_writer_name(b, "id", true);
    eql_writer_text(b, rule_text(w, r->id));
    eql_writer_name(b, "name", false);
    eql_writer_text(b, rule_text(w, r->name));
    eql_writer_name(b, "severity", false);
    text.head = b->len - text.at;
    eql_writer_name(b, "risk_score", false);
    add_risk_score(b, r);
    eql_writer_name(b, "file", false);
    eql_writer_text(b, rule_text(w, r->file));
    eql_writer_name(b, "threat", false);
    eql_writer_strings(w, b, r->threats);
    eql_buf_add_char(b, '}');
    text.tail = b->len - text.at - text.head;
    return text;
}

static void
add_rule(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_writer_rule *r = &w->rules[a->rule];
    eql_buf *b = &w->out;
    const char *p;

    if (r->head == 0)
        *r = make_rule(w, &w->program->rules[a->rule]);
    if (w->rule_texts.failed) {
        b->failed = true;
        return;
    }
    p = w->rule_texts.p + r->at;
    eql_buf_add(b, p, r->head);
    add_severity(b, (uint32_t)a->severity);
    eql_buf_add(b, p + r->head, r->tail);
}

static void
add_keys(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_buf_add_char(&w->out, '{');
    for (uint32_t i = 0; i < a->nkeys; i++) {
        if (i > 0)
            eql_buf_add_char(&w->out, ',');
        eql_buf_add_json(&w->out, eql_api_sv(a->keys[i].name));
        eql_buf_add_char(&w->out, ':');
        eql_buf_add_sv(&w->out, eql_api_sv(a->keys[i].json));
    }
    eql_buf_add_char(&w->out, '}');
}

static void
add_stage(eqlvm_writer *w, const eqlvm_alert_stage *s)
{
    eql_buf *b = &w->out;

    ADD(b, "{\"stage\":");
    eql_writer_int(b, s->stage);
    ADD(b, ",\"as\":");
    eql_writer_text(b, s->alias);
    if (s->missing) {
        ADD(b, ",\"missing\":true}");
        return;
    }
    ADD(b, ",\"missing\":false,\"file\":");
    eql_writer_text(b, s->file);
    ADD(b, ",\"line\":");
    eql_writer_int(b, (int64_t)s->line);
    ADD(b, ",\"event_id\":");
    eql_writer_text(b, s->event_id);
    ADD(b, ",\"@timestamp\":");
    eql_writer_time(b, s->has_time, s->time_ns);
    if (!w->o.brief) {
        ADD(b, ",\"event\":");
        eql_buf_add_sv(b, eql_api_sv(s->event));
    }
    eql_buf_add_char(b, '}');
}

/* A row of `count` is no alert: what it counts are. */
static void
add_row(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_writer_name(&w->out, "rule", true);
    add_rule(w, a);
    eql_writer_name(&w->out, "row", false);
    eql_buf_add_sv(&w->out, eql_api_sv(a->row));
    eql_buf_add_str(&w->out, "}\n");
}

void
eql_writer_ndjson(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_buf *b = &w->out;

    eql_buf_add_char(b, '{');
    if (a->nstages == 0) {
        add_row(w, a);
        return;
    }
    ADD(b, "\"alert_id\":");
    eql_writer_text(b, a->alert_id);
    ADD(b, ",\"@timestamp\":");
    eql_writer_time(b, a->has_time, a->time_ns);
    ADD(b, ",\"rule\":");
    add_rule(w, a);
    ADD(b, ",\"keys\":");
    add_keys(w, a);
    ADD(b, ",\"span_ms\":");
    eql_writer_ms(b, a->span_ns);
    ADD(b, ",\"stages\":[");
    for (uint32_t i = 0; i < a->nstages; i++) {
        if (i > 0)
            eql_buf_add_char(b, ',');
        add_stage(w, &a->stages[i]);
    }
    eql_buf_add_char(b, ']');
    if (a->row.len > 0) {
        ADD(b, ",\"row\":");
        eql_buf_add_sv(b, eql_api_sv(a->row));
    }
    ADD(b, "}\n");
}

/* --- Elastic's alert document --- */

/* Keys are dotted and flat, as the detection engine stores them. */
static void
add_ecs_rule(eqlvm_writer *w, const eql_rule *r)
{
    eql_buf *b = &w->out;
    eql_str uuid = r->id.len ? r->id : r->name;

    eql_writer_name(b, "kibana.alert.rule.name", false);
    eql_writer_text(b, rule_text(w, r->name));
    eql_writer_name(b, "kibana.alert.rule.uuid", false);
    eql_writer_text(b, rule_text(w, uuid));
    eql_writer_name(b, "kibana.alert.rule.rule_id", false);
    eql_writer_text(b, rule_text(w, uuid));
    eql_writer_name(b, "kibana.alert.rule.description", false);
    eql_writer_text(b, rule_text(w, r->description));
    eql_writer_name(b, "kibana.alert.rule.severity", false);
    add_severity(b, r->severity);
    eql_writer_name(b, "kibana.alert.rule.risk_score", false);
    add_risk_score(b, r);
    eql_writer_name(b, "kibana.alert.rule.tags", false);
    eql_writer_strings(w, b, r->tags);
    eql_buf_add_str(b, ",\"kibana.alert.rule.type\":\"eql\","
                       "\"kibana.alert.rule.category\":\"Event Correlation "
                       "Rule\",\"kibana.alert.rule.producer\":\"eqlvm\"");
}

static void
add_ancestor(eqlvm_writer *w, const eqlvm_alert_stage *s)
{
    eql_buf *b = &w->out;

    eql_buf_add_char(b, '{');
    eql_writer_name(b, "id", true);
    if (s->event_id.len > 0) {
        eql_writer_text(b, s->event_id);
    } else {
        eql_strview place = eql_arena_printf(
            w->arena, "%.*s:%" PRIu64, (int)s->file.len, s->file.p, s->line);

        eql_writer_text(b, eql_api_text(place));
    }
    eql_writer_name(b, "type", false);
    eql_buf_add_str(b, "\"event\"");
    eql_writer_name(b, "index", false);
    eql_writer_text(b, s->file);
    eql_buf_printf(b, ",\"depth\":0,\"line\":%" PRIu64 ",\"stage\":%" PRIu32,
                   s->line, s->stage);
    eql_writer_name(b, "@timestamp", false);
    eql_writer_time(b, s->has_time, s->time_ns);
    if (!w->o.brief) {
        eql_writer_name(b, "event", false);
        eql_buf_add_sv(b, eql_api_sv(s->event));
    }
    eql_buf_add_char(b, '}');
}

static void
add_ancestors(eqlvm_writer *w, const eqlvm_alert *a)
{
    bool first = true;

    eql_buf_add_char(&w->out, '[');
    for (uint32_t i = 0; i < a->nstages; i++) {
        if (a->stages[i].missing)
            continue;
        if (!first)
            eql_buf_add_char(&w->out, ',');
        first = false;
        add_ancestor(w, &a->stages[i]);
    }
    eql_buf_add_char(&w->out, ']');
}

/* The techniques with a dot in their id, or those without (and the stems of
 * those with one). */
static void
add_techniques(eqlvm_writer *w, const eql_rule *r, bool sub)
{
    const eql_program *p = w->program;
    eql_strview last = eql_sv("", 0);
    bool first = true;

    eql_buf_add_char(&w->out, '[');
    for (uint32_t i = 0; i < r->threats.n; i++) {
        eql_strview s = eql_program_str(p, p->strings[r->threats.first + i]);
        const char *dot = s.len ? memchr(s.p, '.', s.len) : NULL;

        if (sub && !dot)
            continue;
        if (!sub && dot)
            s.len = (size_t)(dot - s.p);
        if (!sub && eql_sv_eq(s, last))
            continue;
        last = s;
        if (!first)
            eql_buf_add_char(&w->out, ',');
        first = false;
        eql_buf_add_json(&w->out, s);
    }
    eql_buf_add_char(&w->out, ']');
}

static void
add_threats(eqlvm_writer *w, const eql_rule *r)
{
    if (r->threats.n == 0)
        return;
    eql_writer_name(&w->out, "threat.framework", false);
    eql_buf_add_str(&w->out, "\"MITRE ATT&CK\"");
    eql_writer_name(&w->out, "threat.technique.id", false);
    add_techniques(w, r, false);
    eql_writer_name(&w->out, "threat.technique.subtechnique.id", false);
    add_techniques(w, r, true);
}

/* What w->common is to be, for the alert. */
static void
find_common(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_common_reset(w->common);
    for (uint32_t i = 0; i < a->nstages && !w->o.brief; i++)
        if (!a->stages[i].missing &&
            !eql_common_add(w->common, eql_api_sv(a->stages[i].event)))
            w->out.failed = true;
}

/* The event's own `event`, where ours has `event.kind`. */
static void
add_original_event(eqlvm_writer *w)
{
    if (!eql_common_has(w->common, eql_sv_cstr("event")))
        return;
    eql_writer_name(&w->out, "kibana.alert.original_event", false);
    (void)eql_common_value(w->common, "event", &w->out);
}

/* Keys are in common, but one event may spell or name them otherwise than the
 * next. */
static void
add_keys_in_common(eqlvm_writer *w, const eqlvm_alert *a)
{
    for (uint32_t i = 0; i < a->nkeys; i++) {
        eql_strview name = eql_api_sv(a->keys[i].name);
        bool again = eql_common_has(w->common, name);

        for (uint32_t k = 0; k < i; k++)
            again = again || eql_sv_eq(name, eql_api_sv(a->keys[k].name));
        if (again || eql_sv_is(name, "@timestamp") ||
            eql_sv_is(name, "event.kind"))
            continue;
        eql_buf_add_char(&w->out, ',');
        eql_buf_add_json(&w->out, name);
        eql_buf_add_char(&w->out, ':');
        eql_buf_add_sv(&w->out, eql_api_sv(a->keys[i].json));
    }
}

/* The source's own fields: of the only event all, of several those that they
 * have in common; but for what is the alert's own. */
static void
add_source_fields(eqlvm_writer *w, const eqlvm_alert *a)
{
    find_common(w, a);
    if (a->nstages == 1)
        add_original_event(w);
    eql_common_drop(w->common, "@timestamp");
    eql_common_drop(w->common, "event.kind");
    eql_common_drop(w->common, "kibana.alert");
    if (a->row.len > 0)
        eql_common_drop(w->common, "row");
    add_keys_in_common(w, a);
    eql_common_print(w->common, &w->out);
}

/* A row of `count`: no alert, but its rule is named as an alert's is. */
static void
add_ecs_row(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_buf_add_str(&w->out, "\"event.kind\":\"metric\"");
    add_ecs_rule(w, &w->program->rules[a->rule]);
    eql_writer_name(&w->out, "row", false);
    eql_buf_add_sv(&w->out, eql_api_sv(a->row));
    eql_buf_add_str(&w->out, "}\n");
}

void
eql_writer_ecs(eqlvm_writer *w, const eqlvm_alert *a)
{
    const eql_rule *r = &w->program->rules[a->rule];
    eql_buf *b = &w->out;

    eql_buf_add_char(b, '{');
    if (a->nstages == 0) {
        add_ecs_row(w, a);
        return;
    }
    eql_writer_name(b, "@timestamp", true);
    eql_writer_time(b, a->has_time, a->time_ns);
    eql_buf_add_str(b, ",\"event.kind\":\"signal\"");
    eql_writer_name(b, "kibana.alert.uuid", false);
    eql_writer_text(b, a->alert_id);
    eql_buf_add_str(b, ",\"kibana.alert.status\":\"active\","
                       "\"kibana.alert.workflow_status\":\"open\","
                       "\"kibana.alert.depth\":1");
    eql_writer_name(b, "kibana.alert.original_time", false);
    eql_writer_time(b, a->has_time, a->time_ns);
    eql_writer_name(b, "kibana.alert.severity", false);
    add_severity(b, (uint32_t)a->severity);
    eql_writer_name(b, "kibana.alert.risk_score", false);
    add_risk_score(b, r);
    add_ecs_rule(w, r);
    eql_writer_name(b, "kibana.alert.ancestors", false);
    add_ancestors(w, a);
    add_threats(w, r);
    if (a->row.len > 0) {
        eql_writer_name(b, "row", false);
        eql_buf_add_sv(b, eql_api_sv(a->row));
    }
    add_source_fields(w, a);
    eql_buf_add_str(b, "}\n");
}
