/* stats.c -- what happened in a run: as numbers, as JSON, as advice. */
#include "api/engine.h"

#include <inttypes.h>

/* Members of eqlvm_stats that are plain counts, in the order of the JSON. */
#define COUNTS(X)                                                              \
    X(files)                                                                   \
    X(files_failed)                                                            \
    X(bytes)                                                                   \
    X(blank_lines)                                                             \
    X(read)                                                                    \
    X(accepted)                                                                \
    X(mapped)                                                                  \
    X(unmapped)                                                                \
    X(repaired)                                                                \
    X(untimed)                                                                 \
    X(out_of_range)                                                            \
    X(evaluated)                                                               \
    X(hits)                                                                    \
    X(hits_untimed)                                                            \
    X(untimed_skipped)                                                         \
    X(withheld)                                                                \
    X(keyless)                                                                 \
    X(started)                                                                 \
    X(completed)                                                               \
    X(replaced)                                                                \
    X(expired)                                                                 \
    X(ended)                                                                   \
    X(evicted)                                                                 \
    X(open)                                                                    \
    X(event_matches)                                                           \
    X(suppressed)                                                              \
    X(alerts)                                                                  \
    X(combinations_capped)                                                     \
    X(key_tuples_capped)                                                       \
    X(spilled_bytes)                                                           \
    X(spool_bytes)                                                             \
    X(state_bytes_peak)

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
    out->repaired = n->repaired;
    out->untimed = n->untimed;
    out->spool_bytes = n->spool_bytes;
    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        out->rejected[i] = n->rejected[i];
}

static void
fill_engine(const eqlvm_engine *e, eqlvm_stats *out)
{
    const eql_engine_counters *n = eql_engine_get_counters(e->engine);

    out->hits = n->hits;
    out->hits_untimed = n->hits_untimed;
    out->untimed_skipped = n->untimed_skipped;
    out->withheld = n->withheld;
    out->keyless = n->keyless;
    out->started = n->started;
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
    out->files_failed = e->files_failed;
    for (unsigned i = 0; i < EQL_SEVERITY_COUNT; i++)
        out->by_severity[i] = e->by_severity[i];
}

uint64_t
eqlvm_engine_rule_alerts(const eqlvm_engine *e, uint32_t rule)
{
    return e && rule < e->program->nrules ? e->rule_alerts[rule] : 0;
}

/* --- as JSON ------------------------------------------------------------- */

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
}

eqlvm_status
eqlvm_engine_stats_json(const eqlvm_engine *e, eqlvm_write_fn fn, void *ctx)
{
    eqlvm_stats s;
    eql_buf b = {0};
    eqlvm_status status;

    if (!e || !fn)
        return EQLVM_ERR_ARG;
    eqlvm_engine_stats(e, &s);
    eql_buf_add_char(&b, '{');
#define X(member) eql_buf_printf(&b, "\"" #member "\":%" PRIu64 ",", s.member);
    COUNTS(X)
#undef X
    eql_buf_add_str(&b, "\"rejected\":{");
    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        eql_buf_printf(&b, "%s\"%s\":%" PRIu64, i ? "," : "",
                       eqlvm_reject_name(i), s.rejected[i]);
    eql_buf_add_str(&b, "},\"by_severity\":{");
    for (unsigned i = 0; i < EQL_SEVERITY_COUNT; i++)
        eql_buf_printf(&b, "%s\"%s\":%" PRIu64, i ? "," : "",
                       eqlvm_severity_name((eqlvm_severity)i),
                       s.by_severity[i]);
    eql_buf_add_char(&b, '}');
    add_speed(e, &s, &b);
    add_rules(e, &b);
    eql_buf_add_str(&b, "}\n");
    status = eql_api_write(&b, fn, ctx);
    eql_buf_free(&b);
    return status;
}

/* --- as advice ----------------------------------------------------------- */

/* One line to the user; the format takes the number first. */
typedef struct {
    eqlvm_write_fn fn;
    void *ctx;
    eql_buf line;
    eqlvm_status status;
} notices;

static void
send(notices *n)
{
    eql_buf_add_char(&n->line, '\n');
    if (n->status == EQLVM_OK)
        n->status = eql_api_write(&n->line, n->fn, n->ctx);
    n->line.len = 0;
}

static void
note_count(notices *n, uint64_t count, const char *text)
{
    if (count == 0)
        return;
    eql_buf_printf(&n->line, "%" PRIu64 " %s", count, text);
    send(n);
}

/* A key that no event of its stage had: the rule cannot fire on this data. */
static void
note_key(notices *n, const eqlvm_engine *e, const eql_rule *r, uint32_t stage,
         uint32_t k)
{
    const eql_program *p = e->program;
    const eql_stage *s = &p->stages[stage];
    uint64_t hits = eql_engine_stage(e->engine, stage)->hits;
    const eql_key *key = &p->keys[s->keys.first + k];

    if (hits == 0 || key->flags & EQL_KEY_OPTIONAL ||
        eql_engine_key_missing(e->engine, stage, k) < hits)
        return;
    eql_buf_add_str(&n->line, "rule ");
    eql_buf_add_json(&n->line, eql_program_str(p, r->name));
    if (s->number > 0)
        eql_buf_printf(&n->line, ", stage %" PRIu32 ": key ", s->number);
    else
        eql_buf_add_str(&n->line, ", until: key ");
    eql_buf_add_sv(&n->line, eql_program_str(p, p->fields[key->field].name));
    if (hits == 1)
        eql_buf_add_str(&n->line, " had no value in the only event");
    else
        eql_buf_printf(&n->line, " had no value in all %" PRIu64 " events",
                       hits);
    send(n);
}

static void
note_keys(notices *n, const eqlvm_engine *e)
{
    const eql_program *p = e->program;

    for (uint32_t i = 0; i < p->nstages; i++)
        for (uint32_t k = 0; k < p->stages[i].keys.n; k++)
            note_key(n, e, &p->rules[p->stages[i].rule], i, k);
}

eqlvm_status
eqlvm_engine_notices(const eqlvm_engine *e, eqlvm_write_fn fn, void *ctx)
{
    notices n = {.fn = fn, .ctx = ctx};
    const eql_engine_counters *c;

    if (!e || !fn)
        return EQLVM_ERR_ARG;
    c = eql_engine_get_counters(e->engine);
    note_count(&n, e->files_failed,
               "input(s) could not be read to the end: what is missing there "
               "was not searched");
    note_count(&n, c->evicted,
               "sequence(s) in flight were evicted: matches may be missing; "
               "give the engine more --max-state-bytes");
    note_count(&n, c->combinations_capped,
               "condition(s) over many multi-valued fields were cut off and "
               "taken as false");
    note_count(&n, c->key_tuples_capped,
               "event(s) had more combinations of key values than are joined");
    note_count(&n, c->cooldown_evicted,
               "cooldown(s) were forgotten early for lack of memory: some "
               "alerts repeat");
    note_count(&n, c->untimed_skipped,
               "time(s) an event without a usable time fitted a stage of a "
               "sequence and was left out");
    note_keys(&n, e);
    eql_buf_free(&n.line);
    return n.status;
}
