/* mapping_apply.c -- one record to one ECS event: header and data are read
 * (record.c), its time is found, the mapping's rules run (mapping_ops.c), and
 * what event data is left goes under winlog.event_data.
 *
 * Rules never set @timestamp and event.created: those are the clock's. */
#include "io/json/json.h"
#include "io/windows/mapping_int.h"

#include "base/text.h"

/* A time in a text; *zone: it names its offset ("...+02:00").  A "Z" says
 * nothing, because PowerShell exports put it after local times. */
static bool
text_time(const json_t *v, int64_t *ns, bool *zone)
{
    eql_strview t;

    if (!json_is_string(v))
        return false;
    t = eql_mapping_split_trim(
        eql_sv(json_string_value(v), json_string_length(v)));
    *zone = t.len > 10 && (memchr(t.p + 10, '+', t.len - 10) ||
                           memchr(t.p + 10, '-', t.len - 10));
    return eql_time_parse(t, ns);
}

static void
put_time(eql_mapping_state *s, const char *const *keys, uint32_t n, int64_t ns)
{
    eql_mapping_path path = {keys, n};
    char buf[40];

    eql_mapping_ops_put(s, &path, json_stringn(buf, eql_time_format(ns, buf)));
}

static void
teach(const eql_mapping_state *s, eql_wall_clock *clock, const eql_mapped *m)
{
    int64_t received;
    bool zone;

    if (text_time(s->header[EQL_MAPPING_ROLE_RECEIVED], &received, &zone))
        eql_wall_clock_learn_received(clock, m->wall_ns, received);
    if (m->has_utc && !s->plan->clock_skip)
        eql_wall_clock_learn_utc(clock, m->wall_ns, m->time_ns);
}

/* The record's own time and the exact one.  false: the former is local, and
 * its offset is yet to be learned. */
static bool
read_times(eql_mapping_state *s, eql_wall_clock *clock, bool learn,
           eql_mapped *out)
{
    int64_t offset;
    bool zone = false, ignored;

    if (s->channel && s->channel->time)
        out->has_utc = text_time(json_object_get(s->data, s->channel->time),
                                 &out->time_ns, &ignored);
    out->has_wall =
        text_time(s->header[EQL_MAPPING_ROLE_TIME], &out->wall_ns, &zone);
    if (!out->has_wall || !s->layout->local || zone)
        return true;
    if (learn && clock)
        teach(s, clock, out);
    if (!eql_wall_clock_fixed(clock, &offset))
        return false;
    out->has_wall =
        !__builtin_add_overflow(out->wall_ns, offset, &out->wall_ns);
    return true;
}

/* Either settles the event's time or leaves it pending with what is known. */
static void
find_time(eql_mapping_state *s, eql_wall_clock *clock, bool learn,
          eql_mapped *out)
{
    static const char *const timestamp[] = {"@timestamp"};
    static const char *const created[] = {"event", "created"};
    int64_t ns;

    if (!read_times(s, clock, learn, out)) {
        out->time_kind = EQL_TIME_PENDING;
        return;
    }
    if (eql_wall_clock_choose(clock, out->has_utc, out->time_ns, out->has_wall,
                              out->wall_ns, &ns)) {
        out->time_kind = EQL_TIME_SETTLED;
        out->time_ns = ns;
        put_time(s, timestamp, EQL_COUNTOF(timestamp), ns);
    }
    if (out->has_wall)
        put_time(s, created, EQL_COUNTOF(created), out->wall_ns);
}

static void
put_constants(eql_mapping_state *s, const eql_mapping_constants *c)
{
    uint32_t i;

    for (i = 0; i < c->n; i++)
        eql_mapping_ops_put(s, &c->items[i].to, json_incref(c->items[i].value));
}

static void
put_rest(eql_mapping_state *s)
{
    static const char *const keys[] = {"winlog", "event_data"};
    const eql_mapping_path path = {keys, EQL_COUNTOF(keys)};
    json_t *have = json_object_get(json_object_get(s->ecs, keys[0]), keys[1]);

    if (json_object_size(s->data) == 0)
        return;
    if (!have)
        eql_mapping_ops_put(s, &path, json_incref(s->data));
    else if (json_is_object(have) && !eql_json_add_missing(have, s->data))
        s->failed = true;
}

static void
build(eql_mapping_state *s)
{
    static const eql_mapping_rules none;

    put_constants(s, &s->m->constants);
    eql_mapping_ops_run(s, &s->m->common);
    if (s->channel)
        put_constants(s, &s->channel->constants);
    if (s->plan && s->plan->event)
        put_constants(s, s->plan->event);
    eql_mapping_ops_run(s, s->plan ? &s->plan->fields : &none);
    put_rest(s);
}

bool
eql_mapping_apply(const eql_mapping *m, const json_t *record,
                  eql_wall_clock *clock, bool learn, eql_mapped *out)
{
    eql_mapping_state s = {.m = m, .data = json_object(), .ecs = json_object()};

    *out = (eql_mapped){.time_kind = EQL_TIME_NONE};
    s.failed = !s.data || !s.ecs;
    if (!s.failed)
        eql_record_read(&s, record);
    if (!s.failed && s.layout) {
        if (s.plan)
            eql_mapping_ops_run(&s, &s.plan->prepare);
        find_time(&s, clock, learn, out);
        build(&s);
    }
    json_decref(s.data);
    if (s.failed) {
        json_decref(s.ecs);
        return false;
    }
    out->ecs = s.ecs;
    return true;
}
