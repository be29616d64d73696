/* share.c -- blocks of JSON lines among several threads.
 *
 *   blocks -> batch -> any worker: parser, filter -> merge, in order
 *     (the caller reads, merges, and is a worker while it waits)
 *
 * A worker knows its block alone: lines and places count from its start, what
 * a clock is to learn and texts for the spool are gathered in the batch.
 * Batches in flight are few, so memory is bounded, whatever the input. */
#include "io/share.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/crew.h"

/* A problem, as a batch keeps it until it is merged. */
typedef struct {
    const char *text; /* static */
    uint32_t line, byte;
    eql_reject reason;
} noted;

typedef struct {
    struct eql_share *share;
    uint32_t number;
    eql_block block;
    bool begun; /* the caller's part has begun it */
    bool pending;
    eql_events_result result;
    uint64_t lines;
    eql_events_counters n;
    eql_times times;
    eql_vec problems; /* noted */
    eql_buf texts;
    eql_wall_clock *notes;
} batch;

struct eql_share {
    eql_events *e;
    eql_events_sharing s;
    eql_crew *crew; /* NULL until there is something to share */
    eql_event_parser
        *parsers; /* per worker; 0: the caller's is that of events.c */
    batch *batches;
    uint32_t nbatches;
    atomic_bool abandoned; /* what is not begun need not be done */
    /* Of the file being read: */
    uint32_t file;
    uint8_t store;
};

/* Batches are freed of what only few of them need. */
#define KEPT_BYTES ((size_t)1 << 20)

bool
eql_events_share(eql_events *e, const eql_events_sharing *s)
{
    struct eql_share *h = calloc(1, sizeof *h);

    if (!h)
        return false;
    h->e = e;
    h->s = *s;
    h->nbatches = s->workers * EQL_WORKER_BATCHES;
    h->parsers = calloc(s->workers, sizeof *h->parsers);
    h->batches = calloc(h->nbatches, sizeof *h->batches);
    if (!h->parsers || !h->batches) {
        eql_share_free(h);
        return false;
    }
    for (uint32_t i = 0; i < h->nbatches; i++)
        h->batches[i] = (batch){.share = h, .number = i};
    eql_share_free(e->share);
    e->share = h;
    return true;
}

void
eql_share_free(struct eql_share *h)
{
    if (!h)
        return;
    atomic_store(&h->abandoned, true);
    eql_crew_free(h->crew);
    for (uint32_t i = 0; h->parsers && i < h->s.workers; i++)
        eql_event_parser_free(&h->parsers[i]);
    for (uint32_t i = 0; h->batches && i < h->nbatches; i++) {
        batch *b = &h->batches[i];

        eql_block_free(&b->block);
        eql_vec_free(&b->problems);
        eql_buf_free(&b->texts);
        eql_wall_clock_free(b->notes);
    }
    free(h->parsers);
    free(h->batches);
    free(h);
}

eql_event_parser *
eql_share_parser(struct eql_share *h, uint32_t worker)
{
    return worker == 0 ? &h->e->parser : &h->parsers[worker];
}

/* --- on a worker's thread --- */

static void
note_problem(void *ctx, const eql_problem *p)
{
    batch *b = ctx;
    noted one = {p->text, (uint32_t)p->line, (uint32_t)p->byte, p->reason};

    eql_vec_push(&b->problems, &one, sizeof one);
}

/* Each worker makes its own parser when it first needs it. */
static eql_event_parser *
ready_parser(struct eql_share *h, uint32_t worker)
{
    eql_event_parser *t = eql_share_parser(h, worker);
    eql_buf why = {0};
    bool ok =
        t->reader || eql_event_parser_init(t, h->e->program, &h->e->o, &why);

    eql_buf_free(&why);
    return ok ? t : NULL;
}

static void
take_block(batch *b, eql_event_parser *parser, void *fn_ctx)
{
    struct eql_share *h = b->share;
    eql_event_sink take = {.file = h->file,
                           .store = h->store,
                           .n = &b->n,
                           .times = &b->times,
                           .tomorrow_ns = h->e->tomorrow_ns,
                           .clock = b->notes,
                           .problem = note_problem,
                           .ctx = b,
                           .fn = h->s.event,
                           .fn_ctx = fn_ctx};

    parser->texts = &b->texts;
    b->result = eql_event_parser_block(parser, &take, &b->block, &b->lines);
    parser->texts = NULL;
    b->pending = take.pending;
    if (b->problems.failed || b->texts.failed)
        b->result = EQL_EVENTS_NOMEM;
}

static void
empty(batch *b)
{
    b->begun = b->pending = false;
    b->lines = 0;
    b->n = (eql_events_counters){0};
    b->times = (eql_times){0};
    b->problems.n = 0;
    if (b->problems.failed || b->problems.cap > KEPT_BYTES / sizeof(noted))
        eql_vec_free(&b->problems);
    if (b->texts.failed || b->texts.cap > KEPT_BYTES)
        eql_buf_free(&b->texts);
    b->texts.len = 0;
}

/* An eql_crew_fn. */
static void
do_batch(void *ctx, uint32_t worker, void *job)
{
    struct eql_share *h = ctx;
    batch *b = job;
    eql_event_parser *parser;
    void *fn_ctx;

    empty(b);
    b->result = EQL_EVENTS_NOMEM;
    if (atomic_load_explicit(&h->abandoned, memory_order_relaxed))
        return;
    parser = ready_parser(h, worker);
    if (!b->notes)
        b->notes = eql_wall_clock_new_notes(&h->e->o);
    if (!parser || !b->notes)
        return;
    fn_ctx = h->s.begin(h->s.ctx, worker, b->number);
    if (!fn_ctx)
        return;
    b->begun = true;
    take_block(b, parser, fn_ctx);
    h->s.end(h->s.ctx, worker);
}

/* --- on the caller's thread --- */

static void
add_counters(eql_events_counters *to, const eql_events_counters *n)
{
    to->lines_blank += n->lines_blank;
    to->read += n->read;
    to->accepted += n->accepted;
    to->mapped += n->mapped;
    to->unmapped += n->unmapped;
    to->fallback += n->fallback;
    to->fallback_mapped += n->fallback_mapped;
    to->repaired += n->repaired;
    to->untimed += n->untimed;
    to->numeric_times += n->numeric_times;
    to->odd_dates += n->odd_dates;
    to->capped += n->capped;
    to->wrappers += n->wrappers;
    to->layouts_taken += n->layouts_taken;
    for (int i = 0; i < EQL_LAYOUT_COUNT; i++)
        to->layouts[i] += n->layouts[i];
    for (int i = 0; i < EQL_REJECT_COUNT; i++)
        to->rejected[i] += n->rejected[i];
}

static void
report_problems(eql_reading *t, const batch *b)
{
    for (uint32_t i = 0; i < b->problems.n; i++) {
        const noted *one = eql_vec_at(&b->problems, i);

        eql_events_report(t, &(eql_problem){.line = t->take.line + one->line,
                                            .byte = one->byte,
                                            .reason = one->reason,
                                            .text = one->text});
    }
}

/* As if its lines had been taken now. */
static eql_events_result
merge(eql_reading *t, batch *b)
{
    struct eql_share *h = b->share;
    eql_events_place place = {t->take.line, b->block.offset, true};
    bool go_on;

    add_counters(&t->e->n, &b->n);
    eql_times_merge(t->take.times, &b->times, t->take.line);
    t->e->n.bytes = t->bytes + b->block.end;
    report_problems(t, b);
    t->take.pending |= b->pending;
    if (!b->begun || !eql_wall_clock_learn_notes(t->take.clock, b->notes) ||
        b->texts.failed)
        return EQL_EVENTS_NOMEM;
    if (h->store == EQL_STORE_SPOOL)
        place.kept = b->texts.len == 0 ||
                     eql_events_spool(t->e, t->file, eql_buf_sv(&b->texts),
                                      &place.offset);
    go_on = h->s.merge(h->s.ctx, b->number, &place);
    t->take.line += b->lines;
    return go_on ? b->result : EQL_EVENTS_STOPPED;
}

static bool
wants_stop(const eql_events *e)
{
    return e->o.stop && e->o.stop(e->o.ctx);
}

/* The first `n` batches have their blocks. */
static eql_events_result
run_batches(struct eql_share *h, eql_reading *t, eql_blocks *s, uint32_t n)
{
    eql_events_result r = EQL_EVENTS_OK;
    uint32_t given = n, got = 0; /* batches go around */
    bool more = true;
    batch *b;

    h->file = t->file;
    h->store = t->take.store;
    atomic_store(&h->abandoned, false);
    for (uint32_t i = 0; i < n; i++)
        eql_crew_put(h->crew, &h->batches[i]);
    for (;;) {
        if (r == EQL_EVENTS_OK && wants_stop(t->e))
            r = EQL_EVENTS_STOPPED;
        if (r != EQL_EVENTS_OK)
            atomic_store(&h->abandoned, true);
        while (r == EQL_EVENTS_OK && more && given - got < h->nbatches &&
               (given == got || !eql_blocks_waits(s))) {
            b = &h->batches[given % h->nbatches];
            more = eql_blocks_next(s, &b->block);
            if (!more)
                break;
            eql_crew_put(h->crew, b);
            given++;
        }
        b = eql_crew_get(h->crew);
        if (!b)
            return r;
        got++;
        if (r == EQL_EVENTS_OK)
            r = merge(t, b);
    }
}

static bool
has_crew(struct eql_share *h)
{
    if (!h->crew)
        h->crew = eql_crew_new(h->s.workers, h->nbatches, do_batch, h);
    return h->crew != NULL;
}

/* Less than two blocks at hand are no work for several. */
eql_events_result
eql_share_blocks(struct eql_share *h, eql_reading *t, eql_blocks *s)
{
    eql_block *first = &h->batches[0].block;
    eql_events_result r = EQL_EVENTS_OK;

    while (r == EQL_EVENTS_OK && eql_blocks_next(s, first)) {
        if (!eql_blocks_waits(s) && eql_blocks_next(s, &h->batches[1].block))
            return has_crew(h) ? run_batches(h, t, s, 2) : EQL_EVENTS_NOMEM;
        r = eql_events_block(t, first);
    }
    return r;
}
