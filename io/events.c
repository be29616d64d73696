/* events.c -- the run's event source: files one after the other, their lines,
 * what became of each, and where its bytes can be had again.
 *
 *   input -> lines -> blocks -> parser -> caller     (input.c, lines.c, ..)
 *                 `----->------^   `-> rejected: counted, reported, and on
 *
 * JSON lines go by blocks; what has to be split with more care goes a text at
 * a time.  Nothing is decided here about what an event means. */
#include "io/fetch.h"
#include "io/share.h"

#include <stdlib.h>
#include <time.h>

#include "io/input/foreign.h"
#include "io/json/json.h"

#define MAX_LINE_BYTES ((size_t)1 << 30) /* so that lengths fit 32 bits */

/* --- life --- */

static void
set_defaults(eql_events_options *o)
{
    if (!o->max_line_bytes)
        o->max_line_bytes = EQL_DEFAULT_LINE_BYTES;
    if (o->max_line_bytes > MAX_LINE_BYTES)
        o->max_line_bytes = MAX_LINE_BYTES;
    if (!o->max_depth)
        o->max_depth = EQL_DEFAULT_EVENT_DEPTH;
    if (o->max_depth > EQL_JSON_MAX_DEPTH)
        o->max_depth = EQL_JSON_MAX_DEPTH;
    if (!o->max_spool_bytes)
        o->max_spool_bytes = EQL_DEFAULT_SPOOL_BYTES;
}

static int64_t
tomorrow(void)
{
    return ((int64_t)time(NULL) + 24 * 60 * 60) * 1000000000;
}

eql_events *
eql_events_new(const eql_program *p, const eql_events_options *o, eql_buf *why)
{
    eql_events *e = calloc(1, sizeof *e);
    bool ok;

    if (!e)
        return NULL;
    if (o)
        e->o = *o;
    set_defaults(&e->o);
    e->program = p;
    e->tomorrow_ns = tomorrow();
    eql_fetch_init(e);
    e->pushed = EQL_NONE;
    ok = eql_event_parser_init(&e->parser, p, &e->o, why);
    e->spool = eql_spool_new(e->o.temp_dir, e->o.max_spool_bytes);
    if (!ok || !e->spool) {
        eql_events_free(e);
        return NULL;
    }
    return e;
}

void
eql_events_free(eql_events *e)
{
    if (!e)
        return;
    for (uint32_t i = 0; i < e->sources.n; i++) {
        eql_wall_clock_free(eql_event_source_at(e, i)->clock);
        free(eql_event_source_at(e, i)->path);
    }
    eql_vec_free(&e->sources);
    eql_fetch_free(e);
    eql_share_free(e->share);
    eql_event_parser_free(&e->parser);
    eql_spool_free(e->spool);
    eql_preview_free(&e->preview);
    eql_buf_free(&e->error);
    free(e);
}

/* --- sources --- */

uint32_t
eql_events_nfiles(const eql_events *e)
{
    return e->sources.n;
}

const char *
eql_events_path(const eql_events *e, uint32_t file)
{
    return file < e->sources.n ? eql_event_source_at(e, file)->path : "";
}

const eql_times *
eql_events_times(const eql_events *e, uint32_t file)
{
    return &eql_event_source_at(e, file)->times;
}

bool
eql_events_pending(const eql_events *e, uint32_t file)
{
    return file < e->sources.n && eql_event_source_at(e, file)->pending;
}

bool
eql_events_settle(eql_events *e, const eql_hit *h, int64_t *ns)
{
    eql_event_source *s;

    if (h->file >= e->sources.n || !eql_event_source_at(e, h->file)->clock)
        return false;
    s = eql_event_source_at(e, h->file);
    eql_event_source_settle(s);
    return eql_wall_clock_resolve(s->clock, h->flags & EQL_HIT_HAS_UTC,
                                  h->time_ns, h->flags & EQL_HIT_HAS_WALL,
                                  h->wall_ns, ns);
}

/* --- files --- */

/* How the last byte of the input was had, on which line. */
static eql_events_result
end_of_input(const eql_reading *t, const eql_input *in, eql_pull end,
             uint64_t line)
{
    eql_problem p = {.path = eql_events_path(t->e, t->file),
                     .line = line,
                     .reason = EQL_REJECT_COMPRESSED,
                     .text = eql_input_error(in)};

    switch (end) {
    case EQL_PULL_OK:
    case EQL_PULL_END: break;
    case EQL_PULL_IO:
        return eql_events_failed(t->e, EQL_EVENTS_IO, p.path,
                                 eql_input_error(in));
    case EQL_PULL_DAMAGED: eql_events_reject(t->e, &p); break;
    case EQL_PULL_STOPPED: return EQL_EVENTS_STOPPED;
    case EQL_PULL_NOMEM: return EQL_EVENTS_NOMEM;
    }
    return EQL_EVENTS_OK;
}

/* false: another format, which has been reported. */
static bool
is_ours(const eql_reading *t, eql_lines *l)
{
    eql_strview head = eql_lines_peek(l, 1);
    size_t wants = eql_foreign_wants(head);
    eql_problem p = {.path = eql_events_path(t->e, t->file),
                     .reason = EQL_REJECT_FOREIGN};

    while (wants > head.len) {
        size_t had = head.len;

        head = eql_lines_peek(l, wants);
        if (head.len == had)
            break;
        wants = eql_foreign_wants(head);
    }
    p.text = eql_foreign(head);
    if (p.text)
        eql_events_reject(t->e, &p);
    return !p.text;
}

static eql_events_result
read_blocks(eql_reading *t, eql_blocks *s)
{
    eql_events_result r = EQL_EVENTS_OK;
    eql_block b = {0};

    if (t->e->share)
        return eql_share_blocks(t->e->share, t, s);
    while (r == EQL_EVENTS_OK && eql_blocks_next(s, &b))
        r = eql_events_block(t, &b);
    eql_block_free(&b);
    return r;
}

/* One text after the other, as long as it takes a splitter. */
static eql_events_result
read_lines(eql_reading *t, eql_input *in, eql_lines *l, eql_line *line)
{
    eql_events_result r;

    eql_lines_leave(l);
    do {
        eql_lines_next(l, line);
        t->e->n.bytes = t->bytes + eql_lines_bytes(l);
        r = eql_event_parser_line(&t->e->parser, &t->take, line);
        if (r != EQL_EVENTS_OK || line->kind == EQL_LINE_PLAIN)
            return r;
    } while (line->kind != EQL_LINE_END);
    return end_of_input(t, in, eql_lines_end(l), eql_lines_line(l));
}

static eql_events_result
read_input(eql_reading *t, eql_input *in, eql_lines *l)
{
    const eql_events *e = t->e;
    eql_line line = {0};
    eql_events_result r;
    eql_blocks *s;

    if (!is_ours(t, l)) {
        t->e->n.bytes = t->bytes + eql_lines_bytes(l);
        return EQL_EVENTS_OK;
    }
    eql_preview_add(&t->e->preview, eql_lines_peek(l, 1));
    r = read_lines(t, in, l, &line);
    t->e->n.wrappers += eql_lines_wrappers(l);
    if (r != EQL_EVENTS_OK || line.kind != EQL_LINE_PLAIN)
        return r;
    s = eql_blocks_new(eql_input_pull, in, e->o.block_bytes,
                       e->o.max_line_bytes, eql_lines_rest(l), line.offset);
    if (!s)
        return EQL_EVENTS_NOMEM;
    eql_blocks_watch(s, eql_input_waits);
    t->take.line = line.line - 1;
    r = read_blocks(t, s);
    if (r == EQL_EVENTS_OK)
        r = end_of_input(t, in, eql_blocks_end(s), t->take.line + 1);
    eql_blocks_free(s);
    return r;
}

static eql_events_result
read_open(eql_events *e, uint32_t file, eql_input *in, eql_event_fn fn,
          void *ctx)
{
    eql_event_source *s = eql_event_source_at(e, file);
    eql_reading t = {.e = e, .file = file};
    eql_events_result r = EQL_EVENTS_NOMEM;
    eql_lines *l;

    e->n.files++;
    if (eql_input_rereadable(in, &s->id))
        s->store = EQL_STORE_FILE;
    eql_reading_begin(&t, fn, ctx);
    l = eql_lines_new(eql_input_pull, in, e->o.max_line_bytes);
    if (l)
        r = read_input(&t, in, l);
    eql_lines_free(l);
    return eql_reading_end(&t, r);
}

/* Records of the file that want its clock may follow no more. */
static void
close_source(eql_events *e, uint32_t file, bool mapped)
{
    eql_event_source *s = eql_event_source_at(e, file);

    eql_event_source_settle(s);
    if (!mapped) {
        eql_wall_clock_free(s->clock);
        s->clock = NULL;
    }
}

eql_events_result
eql_events_read(eql_events *e, const char *path, eql_event_fn fn, void *ctx)
{
    eql_input_stop stop = {e->o.stop, e->o.ctx, e->o.wake};
    uint64_t mapped = e->n.mapped;
    eql_buf why = {0};
    eql_events_result r;
    eql_input *in;
    uint32_t file;

    e->pushed = EQL_NONE;
    file = eql_source_add(e, path, EQL_STORE_SPOOL);
    if (file == EQL_NONE)
        return eql_events_no_memory(e);
    in = eql_input_open(path, stop, &why);
    if (in) {
        r = read_open(e, file, in, fn, ctx);
    } else if (why.p) {
        r = EQL_EVENTS_IO;
        e->error.len = 0;
        eql_buf_printf(&e->error, "%s", why.p);
    } else {
        r = eql_events_no_memory(e);
    }
    eql_input_free(in);
    eql_buf_free(&why);
    close_source(e, file, e->n.mapped != mapped);
    return r;
}

eql_events_result
eql_events_read_memory(eql_events *e, const char *name, eql_strview text,
                       eql_event_fn fn, void *ctx)
{
    eql_reading t = {.e = e, .file = eql_source_add(e, name, EQL_STORE_MEMORY)};
    uint64_t mapped = e->n.mapped;
    eql_events_result r;
    eql_blocks *s;

    e->pushed = EQL_NONE;
    if (t.file == EQL_NONE)
        return eql_events_no_memory(e);
    e->n.files++;
    eql_event_source_at(e, t.file)->memory = text;
    eql_preview_add(&e->preview, text);
    eql_reading_begin(&t, fn, ctx);
    s = eql_blocks_memory(text, e->o.block_bytes, e->o.max_line_bytes);
    r = s ? read_blocks(&t, s) : EQL_EVENTS_NOMEM;
    eql_blocks_free(s);
    r = eql_reading_end(&t, r);
    close_source(e, t.file, e->n.mapped != mapped);
    return r;
}

/* --- pushed events --- */

static uint32_t
pushed_source(eql_events *e, const char *name)
{
    const eql_event_source *last;

    if (e->pushed != EQL_NONE) {
        last = eql_event_source_at(e, e->pushed);
        /* A settled clock learns no more: what follows is another file. */
        if (!last->settled && strcmp(last->path, name) == 0)
            return e->pushed;
    }
    e->pushed = eql_source_add(e, name, EQL_STORE_SPOOL);
    if (e->pushed != EQL_NONE)
        e->n.files++;
    return e->pushed;
}

eql_events_result
eql_events_push(eql_events *e, const char *name, eql_strview event,
                eql_event_fn fn, void *ctx)
{
    eql_line line = {.text = event, .column = 1, .cut = true};
    eql_strview judged = event;
    eql_reading t = {.e = e, .file = pushed_source(e, name)};

    if (t.file == EQL_NONE)
        return eql_events_no_memory(e);
    eql_reading_begin(&t, fn, ctx);
    line.kind = eql_line_judge(&judged, e->o.max_line_bytes);
    line.line = ++eql_event_source_at(e, t.file)->lines;
    eql_preview_add(&e->preview, event);
    e->n.bytes += event.len;
    return eql_reading_end(&t,
                           eql_event_parser_line(&e->parser, &t.take, &line));
}

/* --- for later --- */

/* With `texts`, nothing of e changes: other threads may do the same. */
static bool
keep(eql_events *e, eql_event_parser *t, const eql_event *ev,
     eql_event_ref *ref)
{
    if (!t->kept) {
        t->ref = (eql_event_ref){ev->offset, ev->len, ev->store};
        t->kept = true;
        if (ev->store != EQL_STORE_FILE && eql_reader_was_plain(t->reader))
            t->ref.store |= EQL_STORE_PLAIN;
        if (ev->store == EQL_STORE_FILE) {
            t->ref.store |= eql_events_check(t->text);
        } else if (ev->store == EQL_STORE_SPOOL && t->texts) {
            t->ref.offset = t->texts->len;
            eql_buf_add_sv(t->texts, t->text);
            t->kept = !t->texts->failed;
        } else if (ev->store == EQL_STORE_SPOOL) {
            t->kept = eql_events_spool(e, ev->file, t->text, &t->ref.offset);
        }
    }
    *ref = t->ref;
    return t->kept;
}

bool
eql_events_keep(eql_events *e, const eql_event *ev, eql_event_ref *ref)
{
    return keep(e, &e->parser, ev, ref);
}

bool
eql_events_keep_shared(eql_events *e, uint32_t worker, const eql_event *ev,
                       eql_event_ref *ref)
{
    return keep(e, eql_share_parser(e->share, worker), ev, ref);
}

bool
eql_events_names(const eql_events *e, eql_events_name_fn fn, void *ctx)
{
    eql_wall_clock *clock = eql_wall_clock_new(&e->o);
    bool ok = clock &&
              eql_preview_names(&e->preview, e->parser.reader, clock, fn, ctx);

    eql_wall_clock_free(clock);
    return ok;
}

const eql_events_counters *
eql_events_get_counters(const eql_events *e)
{
    return &e->n;
}

const char *
eql_events_error(const eql_events *e)
{
    return e->error.len ? e->error.p : "";
}
