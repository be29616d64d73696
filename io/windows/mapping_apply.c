/* mapping_apply.c -- one record to one ECS event: header and data are read
 * (record.c), its time is found, the mapping's rules run (mapping_ops.c), and
 * what event data is left goes under winlog.event_data.
 *
 * Rules never set @timestamp and event.created: those are the clock's. */
#include "io/json/json.h"
#include "io/windows/mapping_int.h"

#include "base/text.h"

static bool
text_time(const json_t *v, int64_t *ns, bool *zoned)
{
    return json_is_string(v) &&
           eql_mapping_values_time(eql_mapping_values_view(v), ns, zoned);
}

static void
put_time(eql_mapping_state *s, const char *const *keys, uint32_t n, int64_t ns)
{
    eql_mapping_path path = {keys, n};
    char buf[40];

    eql_mapping_ops_put(s, &path, json_stringn(buf, eql_time_format(ns, buf)));
}

/* Is the record's own time without a zone, so that its offset is learned? */
static bool
is_local(const eql_mapping_times *t, const eql_mapping_layout *layout)
{
    return t->has_wall && layout->local && !t->zoned;
}

void
eql_mapping_teach(const eql_mapping_times *t, const eql_mapping_layout *layout,
                  const eql_mapping_plan *plan, const int64_t *received,
                  eql_wall_clock *clock)
{
    if (!clock || !is_local(t, layout))
        return;
    if (received)
        eql_wall_clock_learn_received(clock, t->wall_ns, *received);
    if (t->has_utc && !plan->clock_skip)
        eql_wall_clock_learn_utc(clock, t->wall_ns, t->utc_ns);
}

eql_time_kind
eql_mapping_settle(eql_mapping_times *t, const eql_mapping_layout *layout,
                   const eql_wall_clock *clock, int64_t *ns)
{
    int64_t offset;

    if (is_local(t, layout)) {
        if (!eql_wall_clock_fixed(clock, &offset))
            return EQL_TIME_PENDING;
        t->has_wall = !__builtin_add_overflow(t->wall_ns, offset, &t->wall_ns);
    }
    return eql_wall_clock_choose(clock, t->has_utc, t->utc_ns, t->has_wall,
                                 t->wall_ns, ns)
               ? EQL_TIME_SETTLED
               : EQL_TIME_NONE;
}

/* Either settles the event's time or leaves it pending with what is known. */
static void
find_time(eql_mapping_state *s, eql_wall_clock *clock, bool learn,
          eql_mapped *out)
{
    static const char *const timestamp[] = {"@timestamp"};
    static const char *const created[] = {"event", "created"};
    const json_t *const *header = s->header;
    eql_mapping_times t = {0};
    int64_t ns, received;
    bool ignored, has_received;

    if (s->channel && s->channel->time)
        t.has_utc = text_time(json_object_get(s->data, s->channel->time),
                              &t.utc_ns, &ignored);
    t.has_wall = text_time(header[EQL_MAPPING_ROLE_TIME], &t.wall_ns, &t.zoned);
    has_received =
        text_time(header[EQL_MAPPING_ROLE_RECEIVED], &received, &ignored);
    if (learn)
        eql_mapping_teach(&t, s->layout, s->plan,
                          has_received ? &received : NULL, clock);
    out->time_kind = eql_mapping_settle(&t, s->layout, clock, &ns);
    out->has_utc = t.has_utc;
    out->has_wall = t.has_wall;
    out->wall_ns = t.wall_ns;
    out->time_ns = out->time_kind == EQL_TIME_SETTLED ? ns : t.utc_ns;
    if (out->time_kind == EQL_TIME_SETTLED)
        put_time(s, timestamp, EQL_COUNTOF(timestamp), ns);
    if (out->time_kind != EQL_TIME_PENDING && t.has_wall)
        put_time(s, created, EQL_COUNTOF(created), t.wall_ns);
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

void
eql_mapping_list_steps(const eql_mapping *m, const eql_mapping_channel *channel,
                       const eql_mapping_plan *plan,
                       eql_mapping_step out[EQL_MAPPING_STEPS])
{
    out[0] = (eql_mapping_step){&m->constants, NULL};
    out[1] = (eql_mapping_step){NULL, &m->common};
    out[2] = (eql_mapping_step){channel ? &channel->constants : NULL, NULL};
    out[3] = (eql_mapping_step){plan ? plan->event : NULL, NULL};
    out[4] = (eql_mapping_step){NULL, plan ? &plan->fields : NULL};
}

static void
build(eql_mapping_state *s)
{
    eql_mapping_step steps[EQL_MAPPING_STEPS];

    eql_mapping_list_steps(s->m, s->channel, s->plan, steps);
    for (uint32_t i = 0; i < EQL_MAPPING_STEPS; i++) {
        if (steps[i].constants)
            put_constants(s, steps[i].constants);
        if (steps[i].rules)
            eql_mapping_ops_run(s, steps[i].rules);
    }
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
