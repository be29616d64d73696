/* stats.c -- what happened in a run: as numbers, as JSON, as advice. */
#include "api/engine.h"
#include "api/fields.h"
#include "io/scan.h"

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
    X(late)                                                                    \
    X(late_keys)                                                               \
    X(started)                                                                 \
    X(forked)                                                                  \
    X(completed)                                                               \
    X(discarded)                                                               \
    X(replaced)                                                                \
    X(expired)                                                                 \
    X(ended)                                                                   \
    X(evicted)                                                                 \
    X(pending_evicted)                                                         \
    X(open)                                                                    \
    X(event_matches)                                                           \
    X(suppressed)                                                              \
    X(piped)                                                                   \
    X(rows)                                                                    \
    X(alerts)                                                                  \
    X(piped_lost)                                                              \
    X(lineage_evicted)                                                         \
    X(leads_evicted)                                                           \
    X(late_evicted)                                                            \
    X(captured_capped)                                                         \
    X(samples_capped)                                                          \
    X(cooldown_evicted)                                                        \
    X(fields_capped)                                                           \
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
    out->careful = n->careful;
    out->careful_mapped = n->careful_mapped;
    out->repaired = n->repaired;
    out->untimed = n->untimed;
    out->fields_capped = n->capped;
    out->spool_bytes = n->spool_bytes;
    for (unsigned i = 0; i < EQLVM_NREJECT; i++)
        out->rejected[i] = n->rejected[i];
}

static void
fill_engine(const eqlvm_engine *e, eqlvm_stats *out)
{
    const eql_engine_counters *n = eql_engine_get_counters(e->engine);
    eql_candidate_counters c = eql_engine_candidates(e->engine);

    out->events_met = c.verdicts;
    out->values_asked = c.lookups;
    out->values_met = c.known;
    out->stages_judged = c.candidates;
    out->hits = n->hits;
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
    for (unsigned i = 0; i < EQL_SEVERITY_COUNT; i++)
        out->by_severity[i] = e->by_severity[i];
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
    eql_buf_printf(b,
                   ",\"seconds\":%.3f,\"events_per_second\":%.0f,"
                   "\"careful\":%" PRIu64 ",\"careful_mapped\":%" PRIu64
                   ",\"events_met\":%" PRIu64 ",\"values_asked\":%" PRIu64
                   ",\"values_met\":%" PRIu64 ",\"stages_judged\":%" PRIu64,
                   t, t > 0 ? (double)s->accepted / t : 0.0, s->careful,
                   s->careful_mapped, s->events_met, s->values_asked,
                   s->values_met, s->stages_judged);
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
    eql_buf_add_sv(&n->line, eql_program_str(p, key->name));
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
    note_count(&n, c->pending_evicted,
               "sequence(s) that wait for an event with an alias gave way to "
               "newer ones: at most 64 wait under one key");
    note_count(&n, c->leads_evicted + c->lineage_evicted + c->late_evicted,
               "note(s) of missing events, processes or times were forgotten "
               "for lack of memory: matches may be missing or too many; give "
               "the engine more --max-state-bytes");
    note_count(&n, c->piped_lost,
               "result(s) did not fit into the memory of a pipe: what it "
               "reports is incomplete; give the engine more "
               "--max-state-bytes");
    note_count(&n, c->samples_capped,
               "search(es) for a sample were given up: there were too many "
               "ways to choose its events");
    note_count(&n, c->captured_capped,
               "hit(s) lost values that an alias or a pipe reads: they were "
               "too large");
    note_count(&n, c->late + c->late_keys,
               "hit(s) came later than late_events allows and were left out");
    note_count(&n, eql_events_get_counters(e->events)->capped,
               "event(s) had more in the fields that rules name than is read: "
               "what came last is missing");
    note_count(&n, c->combinations_capped,
               "condition(s) over many multi-valued fields, or with a text too "
               "long to be made, were cut off and taken as false");
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
