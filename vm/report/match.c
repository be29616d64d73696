/* match.c -- the way of a result to its report.
 *
 * A record has the form of a hit, so that order.c can sort it:
 *
 *   time_ns  number of the last hit     file  rule
 *   line     what orders its results    tie   number of events
 *   one entry: the key as its tuple; captured: flat events, then kept values
 *
 * A list between two flushes is as long as one hit has key tuples at one
 * stage: at most 1,024. */
#include "vm/report/match.h"

#include <stdlib.h>

#include "base/hash.h"
#include "vm/report/cooldown.h"
#include "vm/order/order.h"

#define HAS_TIME 1u

typedef struct {
    uint64_t line;
    int64_t time_ns;
    eql_event_ref ref;
    uint32_t file, stage;
    uint32_t nkept;
    uint32_t flags;
} flat_event;

#define EVENT_TIMED 1u
#define EVENT_MISSING 2u

struct eql_matches {
    const eql_program *program;
    const eql_engine_calls *calls;
    eql_engine_counters *counters;
    eql_pipes *pipes;
    eql_cooldown *cooldown; /* NULL: no rule has one */
    eql_order *order;       /* NULL: delivered at every flush */
    eql_buf record;         /* being written */
    size_t entry;           /* of it */
    bool with_kept;         /* its rule has pipes */
    eql_buf events, kept;   /* of it */
    eql_buf list;           /* records since the last flush */
    eql_vec offsets;        /* size_t, of records in list */
    eql_vec out;            /* eql_match_event: of the match delivered */
    uint64_t waiting;       /* records added, not looked at, of no event rule */
};

/* --- making --- */

static bool
has_cooldown(const eql_program *p)
{
    for (uint32_t i = 0; i < p->nrules; i++) {
        if (p->rules[i].cooldown_ns > 0)
            return true;
    }
    return false;
}

static eql_strview
key_of(const eql_hit *record)
{
    return eql_hit_tuple_first(eql_hit_first(record));
}

/* By last hit, rule, first hit, key. */
static int
compare_records(const eql_hit *a, const eql_hit *b)
{
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return eql_hit_key_compare(key_of(a), key_of(b));
}

eql_matches *
eql_matches_new(const eql_matches_setup *setup)
{
    const eql_program *p = setup->program;
    const eql_engine_options *o = setup->options;
    size_t memory = o->sort_memory ? o->sort_memory : EQL_DEFAULT_SORT_MEMORY;
    eql_matches *m = calloc(1, sizeof *m);
    bool ok = m != NULL;

    if (!m)
        return NULL;
    m->program = p;
    m->calls = setup->calls;
    m->counters = setup->counters;
    m->pipes = setup->pipes;
    if (has_cooldown(p)) {
        m->cooldown = eql_cooldown_new(p, setup->cooldown_bytes,
                                       setup->in_order, eql_hash_seed());
        ok = m->cooldown != NULL;
    }
    if (setup->sorted) {
        m->order = eql_order_new(memory / 4, o->temp_dir, compare_records);
        ok = ok && m->order;
    }
    if (!ok) {
        eql_matches_free(m);
        return NULL;
    }
    return m;
}

void
eql_matches_free(eql_matches *m)
{
    if (!m)
        return;
    eql_order_free(m->order);
    eql_cooldown_free(m->cooldown);
    eql_buf_free(&m->record);
    eql_buf_free(&m->events);
    eql_buf_free(&m->kept);
    eql_buf_free(&m->list);
    eql_vec_free(&m->offsets);
    eql_vec_free(&m->out);
    free(m);
}

/* --- records --- */

void
eql_matches_open(eql_matches *m, const eql_match_head *head)
{
    eql_hit h = {.flags = EQL_HIT_TIMED,
                 .time_ns = (int64_t)head->last,
                 .wall_ns = head->time_ns,
                 .line = head->first,
                 .file = head->rule,
                 .tie_kind = head->severity};

    h.clock = head->has_time ? HAS_TIME : 0;
    m->with_kept = m->program->rules[head->rule].pipes.n > 0;
    m->events.len = m->kept.len = 0;
    eql_hit_open(&m->record, &h);
    m->entry = eql_hit_entry_open(&m->record, 0, 0);
    if (eql_sv_eq(head->key, head->shown))
        eql_hit_tuple_add(&m->record, m->entry, head->key);
    else
        eql_hit_tuple_add_shown(&m->record, m->entry, head->key, head->shown);
}

void
eql_matches_event(eql_matches *m, const eql_match_event *ev)
{
    flat_event f = {.line = ev->line,
                    .time_ns = ev->time_ns,
                    .ref = ev->ref,
                    .file = ev->file,
                    .stage = ev->stage};

    f.flags =
        (ev->has_time ? EVENT_TIMED : 0) | (ev->missing ? EVENT_MISSING : 0);
    if (m->with_kept) {
        f.nkept = (uint32_t)ev->kept.len;
        eql_buf_add_sv(&m->kept, ev->kept);
    }
    eql_buf_add(&m->events, &f, sizeof f);
}

const eql_hit *
eql_matches_close(eql_matches *m)
{
    eql_event_ref none = {0};
    size_t from = m->record.len;

    eql_buf_add_sv(&m->record, eql_buf_sv(&m->events));
    eql_buf_add_sv(&m->record, eql_buf_sv(&m->kept));
    if (m->record.failed || m->events.failed || m->kept.failed ||
        m->record.len > UINT32_MAX / 2)
        return NULL;
    ((eql_hit *)(void *)m->record.p)->tie = m->events.len / sizeof(flat_event);
    eql_hit_captured_from(&m->record, m->entry, from);
    eql_hit_entry_close(&m->record, m->entry);
    eql_hit_close(&m->record, &none);
    return m->record.failed ? NULL : (const eql_hit *)(const void *)m->record.p;
}

static bool
is_event_rule(const eql_matches *m, uint32_t rule)
{
    return m->program->rules[rule].kind == EQL_RULE_EVENT;
}

eql_engine_result
eql_matches_add(eql_matches *m, const eql_hit *record)
{
    eql_engine_result res = EQL_ENGINE_OK;
    size_t at = m->list.len;

    if (m->order) {
        res = eql_order_push(m->order, record);
    } else {
        eql_buf_add(&m->list, record, record->size);
        if (m->list.failed ||
            eql_vec_push(&m->offsets, &at, sizeof at) == EQL_NONE)
            res = EQL_ENGINE_NOMEM;
    }
    if (res == EQL_ENGINE_OK && !is_event_rule(m, record->file))
        m->waiting++;
    return res;
}

/* --- reading a record --- */

/* Fills m->out and *match from a record. */
static bool
read_record(eql_matches *m, const eql_hit *record, eql_match *match)
{
    const eql_hit_entry *e = eql_hit_first(record);
    eql_strview blob = eql_hit_captured(e);
    uint32_t n = (uint32_t)record->tie;
    size_t kept = n * sizeof(flat_event);

    m->out.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        eql_match_event ev = {0};
        flat_event f;

        memcpy(&f, blob.p + i * sizeof f, sizeof f);
        ev.stage = f.stage;
        ev.missing = (f.flags & EVENT_MISSING) != 0;
        ev.file = f.file;
        ev.line = f.line;
        ev.has_time = (f.flags & EVENT_TIMED) != 0;
        ev.time_ns = f.time_ns;
        ev.ref = f.ref;
        ev.kept = eql_sv(blob.p + kept, f.nkept);
        kept += f.nkept;
        if (eql_vec_push(&m->out, &ev, sizeof ev) == EQL_NONE)
            return false;
    }
    *match = (eql_match){.rule = record->file,
                         .severity = record->tie_kind,
                         .events = m->out.items,
                         .nevents = n,
                         .key = eql_hit_tuple_shown(e, key_of(record)),
                         .row = eql_sv("", 0),
                         .time_ns = record->wall_ns,
                         .has_time = (record->clock & HAS_TIME) != 0};
    return true;
}

/* --- delivery --- */

eql_engine_result
eql_matches_piped(void *ctx, const eql_match *match)
{
    eql_matches *m = ctx;

    if (match->nevents > 0)
        m->counters->matches++;
    else
        m->counters->rows++;
    return m->calls->match(m->calls->ctx, match) ? EQL_ENGINE_OK
                                                 : EQL_ENGINE_STOPPED;
}

/* An event without a time is outside every span. */
static eql_cooldown_answer
ask_cooldown(eql_matches *m, const eql_match *match, eql_strview key)
{
    if (m->program->rules[match->rule].cooldown_ns <= 0 || !match->has_time)
        return EQL_COOLDOWN_REPORT;
    return eql_cooldown_ask(m->cooldown, match->rule, key, match->time_ns);
}

/* Looks at a result; key: the canonical one. */
static eql_engine_result
look_at(eql_matches *m, const eql_match *match, eql_strview key)
{
    eql_cooldown_answer v = ask_cooldown(m, match, key);

    if (v == EQL_COOLDOWN_NOMEM)
        return EQL_ENGINE_NOMEM;
    if (m->cooldown)
        m->counters->cooldown_evicted = eql_cooldown_evicted(m->cooldown);
    if (is_event_rule(m, match->rule))
        m->counters->event_matches++;
    else
        m->counters->completed++;
    if (v == EQL_COOLDOWN_SUPPRESS) {
        m->counters->suppressed++;
        return EQL_ENGINE_OK;
    }
    if (m->pipes && m->program->rules[match->rule].pipes.n > 0)
        return eql_pipes_push(m->pipes, match);
    return eql_matches_piped(m, match);
}

eql_engine_result
eql_matches_result(void *ctx, const eql_match *result)
{
    return look_at(ctx, result, result->key);
}

static eql_engine_result
look_at_record(eql_matches *m, const eql_hit *record)
{
    eql_match match;

    if (!read_record(m, record, &match))
        return EQL_ENGINE_NOMEM;
    if (!is_event_rule(m, record->file))
        m->waiting--;
    return look_at(m, &match, key_of(record));
}

static const eql_hit *
listed(const eql_matches *m, uint32_t i)
{
    const size_t *at = eql_vec_at(&m->offsets, i);

    return (const eql_hit *)(const void *)(m->list.p + *at);
}

static int
compare_listed(const void *a, const void *b, void *ctx)
{
    const eql_matches *m = ctx;
    const size_t *x = a, *y = b;
    int c = compare_records((const eql_hit *)(const void *)(m->list.p + *x),
                            (const eql_hit *)(const void *)(m->list.p + *y));

    return c ? c : (*x > *y) - (*x < *y);
}

eql_engine_result
eql_matches_flush(eql_matches *m)
{
    eql_engine_result res = EQL_ENGINE_OK;

    if (m->offsets.n > 1)
        qsort_r(m->offsets.items, m->offsets.n, m->offsets.size, compare_listed,
                m);
    for (uint32_t i = 0; i < m->offsets.n && res == EQL_ENGINE_OK; i++)
        res = look_at_record(m, listed(m, i));
    m->offsets.n = 0;
    m->list.len = 0;
    return res;
}

eql_engine_result
eql_matches_finish(eql_matches *m)
{
    eql_engine_result res;
    const eql_hit *record;

    if (!m->order)
        return EQL_ENGINE_OK;
    res = eql_order_sort(m->order);
    while (res == EQL_ENGINE_OK) {
        res = eql_order_next(m->order, &record);
        if (res != EQL_ENGINE_OK || !record)
            break;
        res = look_at_record(m, record);
    }
    return res;
}

uint64_t
eql_matches_waiting(const eql_matches *m)
{
    return m->waiting;
}

uint64_t
eql_matches_peak(const eql_matches *m)
{
    return m->cooldown ? eql_cooldown_peak(m->cooldown) : 0;
}

uint64_t
eql_matches_spilled(const eql_matches *m)
{
    return m->order ? eql_order_spilled(m->order) : 0;
}

const char *
eql_matches_error(const eql_matches *m)
{
    return m->order ? eql_order_error(m->order) : "";
}
