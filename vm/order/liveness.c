/* liveness.c -- see liveness.h. */
#include "vm/order/liveness.h"

#include <stdlib.h>

#include "vm/order/order.h"
#include "vm/order/spill.h"

struct eql_liveness {
    size_t memory;
    const char *dir;
    eql_liveness_record *held; /* room for `most`, one at least */
    size_t n, most;
    eql_spill file; /* those before them */
    uint64_t spilled;
    int64_t newest;
    eql_order *order;    /* NULL: none was asked for yet */
    const eql_hit *next; /* in order; NULL at the end */
    bool given;          /* it was */
};

eql_liveness *
eql_liveness_new(size_t memory, const char *dir)
{
    eql_liveness *m = calloc(1, sizeof *m);

    if (!m)
        return NULL;
    m->most = memory < sizeof *m->held ? 1 : memory / sizeof *m->held;
    m->held = malloc(m->most * sizeof *m->held);
    if (!m->held) {
        free(m);
        return NULL;
    }
    m->memory = memory;
    m->dir = dir;
    m->newest = INT64_MIN;
    eql_spill_init(&m->file);
    return m;
}

void
eql_liveness_free(eql_liveness *m)
{
    if (!m)
        return;
    eql_order_free(m->order);
    eql_spill_close(&m->file);
    free(m->held);
    free(m);
}

static bool
spill(eql_liveness *m)
{
    size_t len = m->n * sizeof *m->held;

    if (!eql_spill_open(&m->file, m->dir) ||
        !eql_spill_append(&m->file, m->held, len))
        return false;
    m->spilled += len;
    m->n = 0;
    return true;
}

eql_engine_result
eql_liveness_add(eql_liveness *m, const eql_liveness_record *record)
{
    if (m->n == m->most && !spill(m))
        return EQL_ENGINE_IO;
    m->held[m->n++] = *record;
    if (record->time_ns > m->newest)
        m->newest = record->time_ns;
    return EQL_ENGINE_OK;
}

int64_t
eql_liveness_newest(const eql_liveness *m)
{
    return m->newest;
}

/* --- in order --- */

static eql_engine_result
push_all(eql_liveness *m, const eql_liveness_record *p, size_t n)
{
    eql_engine_result res = EQL_ENGINE_OK;

    for (size_t i = 0; i < n && res == EQL_ENGINE_OK; i++) {
        eql_hit h = {.size = sizeof h,
                     .flags = EQL_HIT_TIMED,
                     .time_ns = p[i].time_ns,
                     .line = p[i].line,
                     .file = p[i].file,
                     .clock = p[i].clock,
                     .tie_kind = EQL_TIE_ABSENT};

        res = eql_order_push(m->order, &h);
    }
    return res;
}

/* The liveness records of the file, and those that are held. */
static eql_engine_result
push_file(eql_liveness *m)
{
    eql_engine_result res = EQL_ENGINE_OK;
    eql_liveness_record some[512];

    for (uint64_t at = 0; at < m->file.len && res == EQL_ENGINE_OK;) {
        uint64_t left = m->file.len - at;
        size_t n = left < sizeof some ? (size_t)left : sizeof some;

        if (!eql_spill_read(&m->file, at, some, n))
            return EQL_ENGINE_IO;
        res = push_all(m, some, n / sizeof *some);
        at += n;
    }
    return res == EQL_ENGINE_OK ? push_all(m, m->held, m->n) : res;
}

static eql_engine_result
put_in_order(eql_liveness *m)
{
    eql_engine_result res;

    m->order = eql_order_new(m->memory, m->dir, eql_order_by_time);
    if (!m->order)
        return EQL_ENGINE_NOMEM;
    res = push_file(m);
    free(m->held);
    m->held = NULL;
    eql_spill_close(&m->file);
    if (res == EQL_ENGINE_OK)
        res = eql_order_sort(m->order);
    return res == EQL_ENGINE_OK ? eql_order_next(m->order, &m->next) : res;
}

eql_engine_result
eql_liveness_next(eql_liveness *m, const eql_hit *until, const eql_hit **record)
{
    eql_engine_result res = EQL_ENGINE_OK;

    *record = NULL;
    if (!m->order)
        res = put_in_order(m);
    else if (m->given)
        res = eql_order_next(m->order, &m->next);
    m->given = false;
    if (res != EQL_ENGINE_OK || !m->next ||
        (until && eql_order_by_time(m->next, until) > 0))
        return res;
    m->given = true;
    *record = m->next;
    return res;
}

uint64_t
eql_liveness_spilled(const eql_liveness *m)
{
    return m->spilled + (m->order ? eql_order_spilled(m->order) : 0);
}

const char *
eql_liveness_error(const eql_liveness *m)
{
    return m->order && !m->file.error[0] ? eql_order_error(m->order)
                                         : m->file.error;
}
