/* pending.c -- the waiting room of hits without a time yet.
 *
 * Records are appended to a buffer; a full buffer is appended to a temporary
 * file.  Settling walks the file, then the buffer.  Files are read one after
 * the other, so usually all that waits belongs to the file being settled; the
 * others are put into a fresh room. */
#include "vm/order/pending.h"

#include <stdlib.h>

#include "vm/order/spill.h"

#define LEAST_MEMORY ((size_t)1024)

typedef struct {
    eql_buf held;
    eql_spill file;
    uint32_t lowest, highest; /* numbers of files that have hits here */
    size_t largest;           /* record, bytes */
} room;

struct eql_pending {
    size_t memory;
    const char *dir;
    room now;
    uint64_t spilled;
    uint64_t forgotten;
    char error[sizeof((eql_spill *)0)->error];
};

static void
open_room(room *r)
{
    *r = (room){.lowest = UINT32_MAX};
    eql_spill_init(&r->file);
}

static void
close_room(room *r)
{
    eql_buf_free(&r->held);
    eql_spill_close(&r->file);
}

eql_pending *
eql_pending_new(size_t memory, const char *dir)
{
    eql_pending *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->memory = memory < LEAST_MEMORY ? LEAST_MEMORY : memory;
    p->dir = dir;
    open_room(&p->now);
    return p;
}

void
eql_pending_free(eql_pending *p)
{
    if (!p)
        return;
    close_room(&p->now);
    free(p);
}

static eql_engine_result
io_failed(eql_pending *p, const room *r)
{
    memcpy(p->error, r->file.error, sizeof p->error);
    return EQL_ENGINE_IO;
}

eql_engine_result
eql_pending_push(eql_pending *p, const eql_hit *h)
{
    room *r = &p->now;

    if (r->held.len > 0 && r->held.len + h->size > p->memory) {
        if (!eql_spill_open(&r->file, p->dir) ||
            !eql_spill_append(&r->file, r->held.p, r->held.len))
            return io_failed(p, r);
        p->spilled += r->held.len;
        r->held.len = 0;
    }
    if (r->held.cap == 0) /* at once: growing would overshoot the bound */
        eql_buf_reserve(&r->held, p->memory);
    eql_buf_add(&r->held, h, h->size);
    if (r->held.failed)
        return EQL_ENGINE_NOMEM;
    if (h->file < r->lowest)
        r->lowest = h->file;
    if (h->file > r->highest)
        r->highest = h->file;
    if (h->size > r->largest)
        r->largest = h->size;
    return EQL_ENGINE_OK;
}

/* What to do with the hits of a room. */
typedef struct {
    eql_pending *p;
    uint32_t file;
    bool all; /* give up on every file */
    eql_settle_fn settle;
    void *ctx;
    const eql_hit_sink *to;
} job;

static eql_engine_result
settle_hit(const job *j, eql_hit *h)
{
    int64_t ns = 0;
    bool has_time = !j->all && j->settle(j->ctx, h, &ns);

    if (!has_time && ns == EQL_SETTLE_FORGET) {
        j->p->forgotten++;
        return EQL_ENGINE_OK;
    }
    h->flags = has_time ? EQL_HIT_TIMED : 0;
    h->time_ns = has_time ? ns : 0;
    h->wall_ns = 0;
    return j->to->push(j->to->ctx, h);
}

static eql_engine_result
move_on(const job *j, eql_hit *h)
{
    if (!j->all && h->file != j->file)
        return eql_pending_push(j->p, h);
    return settle_hit(j, h);
}

static eql_engine_result
walk_file(const job *j, room *r)
{
    eql_spill_reader reader = {.file = &r->file, .end = r->file.len};
    eql_engine_result res = EQL_ENGINE_OK;
    eql_hit *h;

    if (r->file.len == 0)
        return EQL_ENGINE_OK;
    reader.cap = r->largest > (64u << 10) ? r->largest : 64u << 10;
    reader.buf = malloc(reader.cap);
    if (!reader.buf)
        return EQL_ENGINE_NOMEM;
    while (res == EQL_ENGINE_OK) {
        if (!eql_spill_next(&reader, &h))
            res = io_failed(j->p, r);
        else if (!h)
            break;
        else
            res = move_on(j, h);
    }
    free(reader.buf);
    return res;
}

static eql_engine_result
walk(const job *j)
{
    room old = j->p->now;
    eql_engine_result res;

    open_room(&j->p->now);
    res = walk_file(j, &old);
    for (size_t pos = 0; pos < old.held.len && res == EQL_ENGINE_OK;) {
        eql_hit *h = (eql_hit *)(void *)(old.held.p + pos);

        pos += h->size;
        res = move_on(j, h);
    }
    close_room(&old);
    return res;
}

eql_engine_result
eql_pending_settle(eql_pending *p, uint32_t file, eql_settle_fn settle,
                   void *ctx, const eql_hit_sink *to)
{
    job j = {.p = p, .file = file, .settle = settle, .ctx = ctx, .to = to};

    if (file < p->now.lowest || file > p->now.highest)
        return EQL_ENGINE_OK;
    return walk(&j);
}

eql_engine_result
eql_pending_give_up(eql_pending *p, const eql_hit_sink *to)
{
    job j = {.p = p, .all = true, .to = to};

    return p->now.lowest == UINT32_MAX ? EQL_ENGINE_OK : walk(&j);
}

uint64_t
eql_pending_spilled(const eql_pending *p)
{
    return p->spilled;
}

const char *
eql_pending_error(const eql_pending *p)
{
    return p->error;
}

uint64_t
eql_pending_forgotten(const eql_pending *p)
{
    return p->forgotten;
}
