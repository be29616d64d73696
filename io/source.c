/* source.c -- see source.h. */
#include "io/source.h"

#include <stdlib.h>

/* --- sources --- */

uint32_t
eql_source_add(eql_events *e, const char *path, uint8_t store)
{
    eql_event_source s = {.store = store};
    uint32_t i = EQL_NONE;

    s.path = strdup(path);
    s.clock = eql_wall_clock_new(&e->o);
    if (s.path && s.clock)
        i = eql_vec_push(&e->sources, &s, sizeof s);
    if (i == EQL_NONE) {
        free(s.path);
        eql_wall_clock_free(s.clock);
    }
    return i;
}

void
eql_event_source_settle(eql_event_source *s)
{
    if (s->clock && !s->settled)
        eql_wall_clock_settle(s->clock);
    s->settled = true;
}

/* --- reports --- */

eql_events_result
eql_events_failed(eql_events *e, eql_events_result r, const char *path,
                  const char *text)
{
    e->error.len = 0;
    eql_buf_printf(&e->error, "%s: %s", path, text);
    return r;
}

eql_events_result
eql_events_no_memory(eql_events *e)
{
    e->error.len = 0;
    eql_buf_printf(&e->error, "out of memory");
    return EQL_EVENTS_NOMEM;
}

void
eql_events_tell(eql_events *e, const eql_problem *p)
{
    if (e->o.problem)
        e->o.problem(e->o.ctx, p);
}

void
eql_events_reject(eql_events *e, const eql_problem *p)
{
    e->n.read++;
    e->n.rejected[p->reason]++;
    eql_events_tell(e, p);
}

/* A parser knows no path. */
void
eql_events_report(eql_reading *t, const eql_problem *p)
{
    eql_problem out = *p;
    eql_buf text = {0};

    out.path = eql_events_path(t->e, t->file);
    if (p->reason == EQL_REJECT_TOO_LONG) {
        eql_buf_printf(&text, "over the limit of %zu bytes for one event",
                       t->e->o.max_line_bytes);
        out.text = text.p ? text.p : "over the limit for one event";
    }
    eql_events_tell(t->e, &out);
    eql_buf_free(&text);
}

static void
on_problem(void *ctx, const eql_problem *p)
{
    eql_events_report(ctx, p);
}

void
eql_reading_begin(eql_reading *t, eql_event_fn fn, void *ctx)
{
    eql_event_source *s = eql_event_source_at(t->e, t->file);

    t->bytes = t->e->n.bytes;
    t->take = (eql_event_sink){.file = t->file,
                               .store = s->store,
                               .n = &t->e->n,
                               .times = &s->times,
                               .tomorrow_ns = t->e->tomorrow_ns,
                               .clock = s->clock,
                               .problem = on_problem,
                               .ctx = t,
                               .fn = fn,
                               .fn_ctx = ctx};
}

eql_events_result
eql_reading_end(eql_reading *t, eql_events_result r)
{
    eql_event_source_at(t->e, t->file)->pending |= t->take.pending;
    return r == EQL_EVENTS_NOMEM ? eql_events_no_memory(t->e) : r;
}

/* --- texts --- */

eql_events_result
eql_events_block(eql_reading *t, const eql_block *b)
{
    eql_events_result r;
    uint64_t lines;

    t->e->n.bytes = t->bytes + b->end;
    t->take.start = b->offset;
    r = eql_event_parser_block(&t->e->parser, &t->take, b, &lines);
    t->take.line += lines;
    return r;
}

bool
eql_events_spool(eql_events *e, uint32_t file, eql_strview text,
                 uint64_t *offset)
{
    eql_buf why = {0};
    bool ok = eql_spool_put(e->spool, text, offset, &why);

    if (!ok)
        eql_events_failed(e, EQL_EVENTS_IO, eql_events_path(e, file),
                          why.p ? why.p : "out of memory");
    eql_buf_free(&why);
    e->n.spool_bytes = eql_spool_bytes(e->spool);
    return ok;
}
