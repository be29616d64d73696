/* alert.c -- see alert.h.
 *
 * Texts are gathered in one buffer which may move while it grows; so views are
 * first offsets and become pointers when all is there. */
#include "api/alert.h"

#include <stdio.h>

#include "api/api.h"
#include "base/text.h"

void
eql_alerts_free(eql_alerts *a)
{
    eql_idset_free(&a->ids);
    eql_buf_free(&a->identity);
    eql_buf_free(&a->texts);
    eql_fields_free(a->fields);
    eql_vec_free(&a->keys);
    eql_vec_free(&a->stages);
}

/* A view whose pointer is still an offset into texts. */
static eqlvm_text
from(const eql_alerts *a, size_t start)
{
    return (eqlvm_text){(const char *)(uintptr_t)start, a->texts.len - start};
}

static eqlvm_text
add_text(eql_alerts *a, eql_strview s)
{
    size_t start = a->texts.len;

    eql_buf_add_sv(&a->texts, s);
    return from(a, start);
}

static eqlvm_text
landed(const eql_alerts *a, eqlvm_text t)
{
    return (eqlvm_text){a->texts.p + (uintptr_t)t.p, t.len};
}

/* Lengths go in front, so that no two lists of parts look the same. */
static void
identify(eql_alerts *a, const void *p, size_t len)
{
    unsigned char n[8];

    for (int i = 0; i < 8; i++)
        n[i] = (unsigned char)((uint64_t)len >> (8 * i));
    eql_buf_add(&a->identity, n, sizeof n);
    eql_buf_add(&a->identity, p, len);
}

/* --- keys --- */

static void
add_json_value(eql_buf *out, const eql_value *v)
{
    char number[32];

    switch (v->tag) {
    case EQL_NULL: eql_buf_add_str(out, "null"); break;
    case EQL_BOOL: eql_buf_add_str(out, v->u.b ? "true" : "false"); break;
    case EQL_INT:
        eql_buf_add(out, number, eql_format_int(v->u.i, number));
        break;
    case EQL_FLOAT:
        eql_buf_add(out, number, eql_format_double(v->u.d, number));
        break;
    case EQL_STRING: eql_buf_add_json(out, eql_value_sv(v)); break;
    case EQL_ARRAY:
    case EQL_OBJECT: eql_buf_add_sv(out, eql_value_sv(v)); break;
    }
}

/* An expression has no name but its position. */
static eqlvm_text
key_name(const eql_program *p, const eql_key *k)
{
    return eql_api_text(eql_program_str(p, k->name));
}

static eql_field_type
key_type(const eql_program *p, const eql_key *k)
{
    return k->field == EQL_NONE ? EQL_FIELD_ANY
                                : (eql_field_type)p->fields[k->field].type;
}

/* An instant reads as one. */
static void
add_key_value(eql_buf *out, eql_field_type type, const eql_value *v)
{
    char text[40];

    if (type == EQL_FIELD_DATE && v->tag == EQL_INT)
        eql_buf_add_json(out, eql_sv(text, eql_time_format(v->u.i, text)));
    else
        add_json_value(out, v);
}

/* The keys are called as the first stage calls them. */
static bool
add_keys(eql_alerts *a, const eql_match *m)
{
    const eql_program *p = a->program;
    const eql_rule *r = &p->rules[m->rule];
    const eql_stage *first = &p->stages[r->stages.first];
    size_t pos = 0;
    eql_value v;
    char scratch[48];

    a->keys.n = 0;
    for (uint32_t i = 0; i < first->keys.n && m->key.len > 0 &&
                         eql_hit_key_next(m->key, &pos, &v, scratch);
         i++) {
        const eql_key *k = &p->keys[first->keys.first + i];
        size_t start = a->texts.len;
        eqlvm_alert_key key = {.name = key_name(p, k)};

        add_key_value(&a->texts, key_type(p, k), &v);
        key.json = from(a, start);
        if (!a->texts.failed)
            identify(a, a->texts.p + start, key.json.len);
        if (eql_vec_push(&a->keys, &key, sizeof key) == EQL_NONE)
            return false;
    }
    return true;
}

/* --- events --- */

/* An event that cannot be had again is at least known by its place. */
static void
identify_place(eql_alerts *a, const eql_match_event *e, eql_strview path)
{
    char line[24];
    int n = snprintf(line, sizeof line, "%llu", (unsigned long long)e->line);

    identify(a, path.p, path.len);
    identify(a, line, (size_t)n);
}

/* The id that the run's options ask for; else that of an export. */
static eqlvm_text
add_id(eql_alerts *a, const eql_fetched *got)
{
    eql_strview id = got->id;

    if (a->id_field) {
        eql_fields_read(a->fields, got->json);
        id = eql_fields_get(a->fields, a->id_field);
        if (eql_fields_failed(a->fields))
            a->texts.failed = true;
    }
    return add_text(a, id);
}

/* The place of a missing event. */
static eql_alert_result
add_missing(eql_alerts *a, eqlvm_alert_stage s)
{
    identify(a, "missing", 7);
    s.missing = true;
    s.event_id = s.event = add_text(a, eql_sv("", 0));
    return eql_vec_push(&a->stages, &s, sizeof s) == EQL_NONE ? EQL_ALERT_NOMEM
                                                              : EQL_ALERT_OK;
}

/* `alone`: no other event is fetched for this alert, so its text can stay where
 * it is. */
static eql_alert_result
add_stage(eql_alerts *a, const eql_match_event *e, bool alone)
{
    const eql_stage *st = &a->program->stages[e->stage];
    eql_strview path = eql_sv_cstr(eql_events_path(a->events, e->file));
    eql_alert_result result = EQL_ALERT_OK;
    eql_fetched got;
    eqlvm_alert_stage s = {
        .stage = st->number,
        .alias = eql_api_text(eql_program_str(a->program, st->alias)),
        .file = eql_api_text(path),
        .line = e->line,
        .has_time = e->has_time,
        .time_ns = e->has_time ? e->time_ns : 0};

    if (e->missing)
        return add_missing(a, (eqlvm_alert_stage){.stage = s.stage,
                                                  .alias = s.alias,
                                                  .file = {"", 0}});
    if (eql_events_fetch(a->events, &e->ref, e->file, e->has_time, e->time_ns,
                         &got)) {
        uint64_t id[2] = {got.identity.hi, got.identity.lo};

        identify(a, id, sizeof id);
        s.event_id = add_id(a, &got);
        if (alone)
            a->event = got.json;
        else
            s.event = add_text(a, got.json);
    } else {
        identify_place(a, e, path);
        s.event_id = add_text(a, eql_sv("", 0));
        s.event = add_text(a, eql_sv_cstr("null"));
        result = EQL_ALERT_UNREADABLE;
    }
    if (eql_vec_push(&a->stages, &s, sizeof s) == EQL_NONE)
        return EQL_ALERT_NOMEM;
    return result;
}

static eql_alert_result
add_stages(eql_alerts *a, const eql_match *m)
{
    eql_alert_result result = EQL_ALERT_OK;

    a->stages.n = 0;
    a->event = eql_sv(NULL, 0);
    for (uint32_t i = 0; i < m->nevents; i++) {
        eql_alert_result one = add_stage(a, &m->events[i], m->nevents == 1);

        if (one == EQL_ALERT_NOMEM)
            return one;
        if (one != EQL_ALERT_OK)
            result = one;
    }
    return result;
}

/* --- the alert --- */

static void
put_hex(char out[16], uint64_t x)
{
    for (int i = 0; i < 16; i++)
        out[i] = "0123456789abcdef"[x >> (60 - 4 * i) & 15];
}

static bool
give_id(eql_alerts *a)
{
    eql_h128 h;
    uint64_t before;

    if (a->identity.failed)
        return false;
    h = eql_hash128(a->identity.p, a->identity.len);
    if (!eql_idset_take(&a->ids, h, &before))
        return false;
    put_hex(a->id, h.hi);
    put_hex(a->id + 16, h.lo);
    a->id[32] = '\0';
    if (before > 0)
        snprintf(a->id + 32, sizeof a->id - 32, "-%llu",
                 (unsigned long long)before + 1);
    return true;
}

/* From the earliest event to the latest: those of a sample or a join come in
 * the order of their filters. */
static void
set_times(const eql_match *m, eqlvm_alert *out)
{
    int64_t least = INT64_MAX, most = INT64_MIN;

    for (uint32_t i = 0; i < m->nevents; i++) {
        const eql_match_event *e = &m->events[i];

        if (e->missing || !e->has_time)
            continue;
        least = e->time_ns < least ? e->time_ns : least;
        most = e->time_ns > most ? e->time_ns : most;
    }
    out->has_time = m->has_time;
    out->time_ns = m->has_time ? m->time_ns : 0;
    if (least < most && __builtin_sub_overflow(most, least, &out->span_ns))
        out->span_ns = INT64_MAX;
}

static void
land_views(eql_alerts *a)
{
    for (uint32_t i = 0; i < a->keys.n; i++) {
        eqlvm_alert_key *k = eql_vec_at(&a->keys, i);

        k->json = landed(a, k->json);
    }
    for (uint32_t i = 0; i < a->stages.n; i++) {
        eqlvm_alert_stage *s = eql_vec_at(&a->stages, i);

        s->event_id = landed(a, s->event_id);
        s->event = a->event.p ? eql_api_text(a->event) : landed(a, s->event);
    }
}

eql_alert_result
eql_alerts_make(eql_alerts *a, const eql_match *m, eqlvm_alert *out)
{
    const eql_rule *r = &a->program->rules[m->rule];
    eql_strview rule = eql_program_str(a->program, r->id.len ? r->id : r->name);
    eql_alert_result result;

    *out =
        (eqlvm_alert){.rule = m->rule, .severity = (eqlvm_severity)m->severity};
    a->identity.len = 0;
    a->texts.len = 0;
    identify(a, rule.p, rule.len);
    if (!add_keys(a, m))
        return EQL_ALERT_NOMEM;
    result = add_stages(a, m);
    if (m->row.len > 0 && m->nevents == 0)
        identify(a, m->row.p, m->row.len);
    if (result == EQL_ALERT_NOMEM || a->texts.failed || !give_id(a))
        return EQL_ALERT_NOMEM;
    land_views(a);
    set_times(m, out);
    out->alert_id = (eqlvm_text){a->id, strlen(a->id)};
    out->keys = a->keys.items;
    out->nkeys = a->keys.n;
    out->stages = a->stages.items;
    out->nstages = a->stages.n;
    out->row = eql_api_text(m->row);
    return result;
}
