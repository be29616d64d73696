/* notices.c -- what the numbers of a run mean for its user, a line each. */
#include "api/engine.h"

#include <inttypes.h>

#include "base/show.h"
#include "base/text.h"

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

/* What input was, that is not what rules are written for. */
static void
note_layouts(notices *n, const eqlvm_engine *e)
{
    const eql_events_counters *c = eql_events_get_counters(e->events);

    for (int i = 0; i < EQL_LAYOUT_COUNT; i++) {
        if (c->layouts[i] == 0)
            continue;
        eql_buf_printf(&n->line,
                       "%" PRIu64 " event(s) of another layout: %s; %s",
                       c->layouts[i], eql_layouts[i].text, eql_layouts[i].hint);
        send(n);
    }
}

/* --- times --- */

#define SHOWN_FILES 3 /* of a list; the rest is counted */

static const char *
unit_text(int unit)
{
    switch ((eql_timestamp_unit)unit) {
    case EQL_UNIT_S: return "seconds";
    case EQL_UNIT_MS: return "milliseconds";
    case EQL_UNIT_US: return "microseconds";
    case EQL_UNIT_NS: return "nanoseconds";
    case EQL_UNIT_FILETIME: return "FILETIMEs (100 ns since 1601)";
    case EQL_UNIT_AUTO:
    case EQL_UNIT_COUNT: break;
    }
    return "";
}

static void
add_path(notices *n, const eqlvm_engine *e, uint32_t file)
{
    eql_show(&n->line, eql_sv_cstr(eql_events_path(e->events, file)),
             EQL_SHOW_ALL);
}

/* The files in which most numbers are times in this unit. */
static void
note_unit(notices *n, const eqlvm_engine *e, int unit)
{
    uint32_t files = 0;

    for (uint32_t i = 0; i < eql_events_nfiles(e->events); i++) {
        const eql_times *t = eql_events_times(e->events, i);

        if (t->by_unit[unit] == 0 || (int)eql_times_unit(t) != unit ||
            files++ >= SHOWN_FILES)
            continue;
        eql_buf_add_str(&n->line, files == 1 ? "times in " : ", ");
        add_path(n, e, i);
    }
    if (files == 0)
        return;
    if (files > SHOWN_FILES)
        eql_buf_printf(&n->line, " and %" PRIu32 " more file(s)",
                       files - SHOWN_FILES);
    eql_buf_printf(&n->line,
                   " are numbers, taken for %s by their size; --set "
                   "timestamp_unit=... names a unit",
                   unit_text(unit));
    send(n);
}

static void
note_mixture(notices *n, const eqlvm_engine *e, uint32_t file)
{
    const eql_times *t = eql_events_times(e->events, file);
    const char *sep = " mixed: ";

    add_path(n, e, file);
    eql_buf_add_str(&n->line, ": units of time are");
    for (int u = 0; u < EQL_UNIT_COUNT; u++) {
        if (t->by_unit[u] == 0)
            continue;
        eql_buf_printf(&n->line, "%s%s (%" PRIu64 ")", sep, unit_text(u),
                       t->by_unit[u]);
        sep = ", ";
    }
    eql_buf_add_str(&n->line,
                    "; each number was read by its own size, which puts events "
                    "in the wrong order if it is wrong");
    send(n);
}

static void
note_mixtures(notices *n, const eqlvm_engine *e)
{
    uint32_t files = 0;

    for (uint32_t i = 0; i < eql_events_nfiles(e->events); i++)
        if (eql_times_mixed(eql_events_times(e->events, i)) > 0 &&
            files++ < SHOWN_FILES)
            note_mixture(n, e, i);
    if (files > SHOWN_FILES)
        note_count(n, files - SHOWN_FILES,
                   "more file(s) with units of time that are mixed");
}

static void
note_odd_dates(notices *n, const eqlvm_engine *e)
{
    uint64_t odd = eql_events_get_counters(e->events)->odd_dates;
    const eql_times *t = NULL;
    char date[40];
    uint32_t i = 0;

    for (; i < eql_events_nfiles(e->events); i++) {
        t = eql_events_times(e->events, i);
        if (t->odd > 0)
            break;
    }
    if (odd == 0 || !t || t->odd == 0)
        return;
    eql_time_format(t->odd_ns, date);
    eql_buf_printf(&n->line,
                   "%" PRIu64 " event%s dated before 1990 or beyond "
                   "tomorrow, the first in ",
                   odd, odd == 1 ? " is" : "s are");
    add_path(n, e, i);
    eql_buf_printf(&n->line, ":%" PRIu64 " (%s)", t->odd_line, date);
    send(n);
}

static void
note_times(notices *n, const eqlvm_engine *e)
{
    for (int u = 0; u < EQL_UNIT_COUNT; u++)
        note_unit(n, e, u);
    note_count(n, eql_engine_get_counters(e->engine)->own_numeric_times,
               "time(s) in a rule's own timestamp_field are numbers, taken for "
               "times in the unit that their size tells");
    note_mixtures(n, e);
    note_odd_dates(n, e);
}

/* --- keys --- */

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
    note_layouts(&n, e);
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
    note_count(&n, c->piped_lost + c->rows_lost,
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
    note_times(&n, e);
    note_keys(&n, e);
    eql_buf_free(&n.line);
    return n.status;
}
