/* result.c -- what every kind of result needs: its severity, and an event as
 * a match tells of it.
 *
 * Used by whatever completes results; it keeps no state. */
#include "vm/state/result.h"

/* The condition written last among those that hold decides. */
static void
best_of_stage(const eql_program *p, const eql_stage *s, uint32_t bits,
              const eql_severity **best)
{
    for (uint32_t k = 0; k < s->severities.n; k++) {
        const eql_severity *v = &p->severities[s->severities.first + k];

        if (v->order >= EQL_MAX_SEVERITIES || !(bits >> v->order & 1))
            continue;
        if (!*best || v->order >= (*best)->order)
            *best = v;
    }
}

uint32_t
eql_result_severity(const eql_program *p, uint32_t rule, uint32_t severities)
{
    const eql_rule *r = &p->rules[rule];
    const eql_severity *best = NULL;

    for (uint32_t i = 0; severities && i < r->stages.n; i++)
        best_of_stage(p, &p->stages[r->stages.first + i], severities, &best);
    return best ? best->level : r->severity;
}

eql_match_event
eql_result_event(const eql_captures *c, const eql_hit *h,
                 const eql_hit_entry *e)
{
    uint32_t stage = e->stage;
    eql_match_event ev = {.stage = stage,
                          .file = h->file,
                          .line = h->line,
                          .has_time = (h->flags & EQL_HIT_TIMED) != 0,
                          .time_ns = h->time_ns,
                          .ref = h->ref,
                          .kept = eql_sv("", 0)};

    if (c)
        ev.kept = eql_captures_kept(c, stage, eql_hit_captured(e));
    return ev;
}
