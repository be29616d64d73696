/* stats.c -- what happened in a run: as numbers, as JSON. */
#include "api/coverage.h"
#include "api/engine.h"
#include "api/fields.h"
#include "io/fast/scan.h"

#include <inttypes.h>

static void
fill_input(const eqlvm_engine *e, eqlvm_stats *out)
{
    const eql_events_counters *n = eql_events_get_counters(e->events);

    out->files = n->files;
    out->bytes = n->bytes;
    out->blank_lines = n->lines_blank;
    out->read = n->read;
    out->accepted = n->accepted;
    out->mapped = n->mapped;
    out->unmapped = n->unmapped;
    out->fallback = n->fallback;
    out->fallback_mapped = n->fallback_mapped;
    out->repaired = n->repaired;
    out->untimed = n->untimed;
    out->numeric_times = n->numeric_times;
    out->odd_dates = n->odd_dates;
    for (uint32_t i = 0; i < eql_events_nfiles(e->events); i++)
        out->mixed_units += eql_times_mixed(eql_events_times(e->events, i));
    out->fields_capped = n->capped;
    out->wrappers = n->wrappers;
    out->layouts_taken = n->layouts_taken;
    for (unsigned i = 0; i < EQLVM_NLAYOUT; i++)
        out->layouts[i] = n->layouts[i];
    out->spool_bytes = n->spool_bytes;
    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        out->rejected[i] = n->rejected[i];
}

static void
fill_engine(const eqlvm_engine *e, eqlvm_stats *out)
{
    const eql_engine_counters *n = eql_engine_get_counters(e->engine);
    eql_candidate_counters c = eql_engine_candidates(e->engine);

    out->events_cached = c.results;
    out->values_asked = c.lookups;
    out->values_cached = c.known;
    out->stages_judged = c.candidates;
    out->hits = n->hits;
    out->hits_timed = n->hits_timed;
    out->own_numeric_times = n->own_numeric_times;
    out->hits_untimed = n->hits_untimed;
    out->untimed_skipped = n->untimed_skipped;
    out->withheld = n->withheld;
    out->keyless = n->keyless;
    out->late = n->late;
    out->late_keys = n->late_keys;
    out->started = n->started;
    out->forked = n->forked;
    out->discarded = n->discarded;
    out->pending_evicted = n->pending_evicted;
    out->piped = n->piped;
    out->piped_lost = n->piped_lost;
    out->rows_lost = n->rows_lost;
    out->lineage_evicted = n->lineage_evicted;
    out->leads_evicted = n->leads_evicted;
    out->late_evicted = n->late_evicted;
    out->captured_capped = n->captured_capped;
    out->samples_capped = n->samples_capped;
    out->cooldown_evicted = n->cooldown_evicted;
    out->completed = n->completed;
    out->replaced = n->replaced;
    out->expired = n->expired;
    out->ended = n->ended;
    out->evicted = n->evicted;
    out->open = n->open;
    out->event_matches = n->event_matches;
    out->suppressed = n->suppressed;
    out->combinations_capped = n->combinations_capped;
    out->key_tuples_capped = n->key_tuples_capped;
    out->spilled_bytes = n->spilled_bytes;
    out->state_bytes_peak = n->state_bytes_peak;
}

void
eqlvm_engine_stats(const eqlvm_engine *e, eqlvm_stats *out)
{
    *out = (eqlvm_stats){0};
    if (!e)
        return;
    fill_input(e, out);
    fill_engine(e, out);
    out->out_of_range = e->out_of_range;
    out->evaluated = e->evaluated;
    out->alerts = e->nalerts;
    out->rows = e->nrows;
    out->files_failed = e->files_failed;
    out->passed_over = e->passed_over;
    out->read_before = e->read_before;
    out->hidden = eql_find_hidden(e->find);
    out->empty = e->empty;
    for (unsigned i = 0; i < EQL_SEVERITY_COUNT; i++)
        out->by_severity[i] = e->by_severity[i];
}

/* --- what they say --- */

/* A counter that is not in the table would be in no report. */
#define COUNTER(member, effect, meaning) +1
_Static_assert(sizeof(eqlvm_stats) ==
                   sizeof(uint64_t) *
                       (EQLVM_NREJECT + EQLVM_NLAYOUT + EQL_SEVERITY_COUNT +
#include "api/counters.def"
                        ),
               "api/counters.def has every member of eqlvm_stats");

static uint64_t
sum(const uint64_t *counts, uint32_t n)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < n; i++)
        all += counts[i];
    return all;
}

bool
eqlvm_stats_degraded(const eqlvm_stats *s)
{
    enum { NONE, LOSS, EXTRA, BOTH };

    if (!s)
        return false;
#define COUNTER(member, effect, meaning)                                       \
    if ((effect) != NONE && s->member > 0)                                     \
        return true;
#include "api/counters.def"
    return sum(s->rejected, EQLVM_NREJECT) > 0;
}

const char *
eqlvm_stats_unbalanced(const eqlvm_stats *s)
{
    uint64_t rejected, by_severity;

    if (!s)
        return NULL;
    rejected = sum(s->rejected, EQLVM_NREJECT);
    by_severity = sum(s->by_severity, EQL_SEVERITY_COUNT);
#define COUNTER(member, effect, meaning)                                       \
    const uint64_t member = s->member;                                         \
    (void)member;
#define BALANCE(left, right)                                                   \
    if ((left) != (right))                                                     \
        return #left " == " #right;
#include "api/counters.def"
    return NULL;
}

void
eqlvm_engine_rule_cost(const eqlvm_engine *e, uint32_t rule,
                       eqlvm_rule_cost *out)
{
    *out = (eqlvm_rule_cost){0};
    if (!e || rule >= e->program->nrules)
        return;
    for (uint32_t i = 0; i < e->program->nstages; i++) {
        const eql_stage_counters *n = eql_engine_stage(e->engine, i);

        if (e->program->stages[i].rule != rule)
            continue;
        out->ns += (double)n->ns;
        out->candidates += n->candidates;
        out->hits += n->hits;
    }
    out->alerts = e->rule_alerts[rule];
    out->state_bytes = eql_engine_rule_bytes(e->engine, rule);
}

const char *
eqlvm_kernel(void)
{
    return eql_kernel_name(eql_kernel_best());
}

uint64_t
eqlvm_engine_rule_alerts(const eqlvm_engine *e, uint32_t rule)
{
    return e && rule < e->program->nrules ? e->rule_alerts[rule] : 0;
}

uint64_t
eqlvm_engine_field_events(const eqlvm_engine *e, const eqlvm_fields *f,
                          size_t i)
{
    if (!e || !f || i >= f->n || f->program != e->program)
        return 0;
    return eql_engine_field_present(e->engine, f->items[i].field);
}

/* --- as JSON --- */

static void
add_text(eql_buf *b, const char *name, const eql_program *p, eql_str s)
{
    eql_buf_printf(b, "\"%s\":", name);
    if (s.len > 0)
        eql_buf_add_json(b, eql_program_str(p, s));
    else
        eql_buf_add_str(b, "null");
}

static void
add_stages(const eqlvm_engine *e, const eql_rule *r, eql_buf *b)
{
    eql_buf_add_str(b, ",\"stages\":[");
    for (uint32_t i = 0; i < r->stages.n; i++) {
        const eql_stage_counters *n =
            eql_engine_stage(e->engine, r->stages.first + i);

        eql_buf_printf(b,
                       "%s{\"stage\":%" PRIu32 ",\"hits\":%" PRIu64
                       ",\"withheld\":%" PRIu64 ",\"keyless\":%" PRIu64 "}",
                       i ? "," : "",
                       e->program->stages[r->stages.first + i].number, n->hits,
                       n->withheld, n->keyless);
    }
    eql_buf_add_char(b, ']');
}

static void
add_rules(const eqlvm_engine *e, eql_buf *b)
{
    const eql_program *p = e->program;

    eql_buf_add_str(b, ",\"rules\":[");
    for (uint32_t i = 0; i < p->nrules; i++) {
        eql_buf_add_str(b, i ? ",{" : "{");
        add_text(b, "id", p, p->rules[i].id);
        eql_buf_add_char(b, ',');
        add_text(b, "name", p, p->rules[i].name);
        eql_buf_printf(b, ",\"alerts\":%" PRIu64, e->rule_alerts[i]);
        add_stages(e, &p->rules[i], b);
        eql_buf_add_char(b, '}');
    }
    eql_buf_add_char(b, ']');
}

static void
add_speed(const eqlvm_engine *e, const eqlvm_stats *s, eql_buf *b)
{
    struct timespec end = e->ended;
    double t;

    if (!e->finished)
        clock_gettime(CLOCK_MONOTONIC, &end);
    t = (double)(end.tv_sec - e->started.tv_sec) +
        (double)(end.tv_nsec - e->started.tv_nsec) / 1e9;
    eql_buf_printf(b, ",\"seconds\":%.3f,\"events_per_second\":%.0f", t,
                   t > 0 ? (double)s->accepted / t : 0.0);
#define SPEED(member, meaning)                                                 \
    eql_buf_printf(b, ",\"" #member "\":%" PRIu64, s->member);
#include "api/counters.def"
}

eqlvm_status
eqlvm_engine_stats_json(const eqlvm_engine *e, eqlvm_write_fn fn, void *ctx)
{
    eqlvm_coverage_summary sum;
    eqlvm_coverage *c;
    eqlvm_stats s;
    eql_buf b = {0};
    eqlvm_status status;

    if (!e || !fn)
        return EQLVM_ERR_ARG;
    c = eqlvm_coverage_new(e);
    if (!c)
        return EQLVM_ERR_NOMEM;
    eqlvm_coverage_get(c, &sum);
    eqlvm_engine_stats(e, &s);
    eql_buf_add_char(&b, '{');
    eql_buf_printf(&b, "\"degraded\":%s,",
                   eqlvm_stats_degraded(&s) || sum.blind ? "true" : "false");
#define COUNTER(member, effect, meaning)                                       \
    eql_buf_printf(&b, "\"" #member "\":%" PRIu64 ",", s.member);
#define SPEED(member, meaning)
#include "api/counters.def"
    eql_buf_add_str(&b, "\"rejected\":{");
    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        eql_buf_printf(&b, "%s\"%s\":%" PRIu64, i ? "," : "",
                       eqlvm_reject_name(i), s.rejected[i]);
    eql_buf_add_str(&b, "},\"layouts\":{");
    for (unsigned i = 0; i < EQLVM_NLAYOUT; i++)
        eql_buf_printf(&b, "%s\"%s\":%" PRIu64, i ? "," : "",
                       eqlvm_layout_name(i), s.layouts[i]);
    eql_buf_add_str(&b, "},\"by_severity\":{");
    for (unsigned i = 0; i < EQL_SEVERITY_COUNT; i++)
        eql_buf_printf(&b, "%s\"%s\":%" PRIu64, i ? "," : "",
                       eqlvm_severity_name((eqlvm_severity)i),
                       s.by_severity[i]);
    eql_buf_add_char(&b, '}');
    add_speed(e, &s, &b);
    add_rules(e, &b);
    eql_coverage_json(c, e, &b);
    eqlvm_coverage_free(c);
    eql_buf_add_str(&b, "}\n");
    status = eql_api_write(&b, fn, ctx);
    eql_buf_free(&b);
    return status;
}
