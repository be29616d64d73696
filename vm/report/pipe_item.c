/* pipe_item.c -- copies of results that wait in a pipe, and rows as JSON.
 *
 * One allocation a copy, counted in the budget; it refuses rather than give up
 * what waits already, because a pipe's result is worthless with holes. */
#include "vm/report/pipe_item.h"

#include "base/text.h"

/* --- copies --- */

static size_t
stored_size(const eql_pipe_item *item, eql_strview order, bool values)
{
    const eql_match *m = &item->match;
    size_t n = sizeof(eql_pipe_stored) + m->nevents * sizeof m->events[0];

    for (uint32_t i = 0; values && i < m->nevents; i++)
        n += m->events[i].kept.len;
    return n + m->key.len + item->columns.key.len + item->columns.hosts.len +
           order.len;
}

static eql_strview
copy(char **at, eql_strview s)
{
    eql_strview out = eql_sv(*at, s.len);

    if (s.len > 0)
        memcpy(*at, s.p, s.len);
    *at += s.len;
    return out;
}

eql_pipe_room
eql_pipe_store(eql_budget *b, const eql_pipe_item *item, eql_strview order,
               bool values, eql_pipe_stored **out)
{
    size_t size = stored_size(item, order, values);
    const eql_match *m = &item->match;
    eql_pipe_stored *s;
    char *at;

    if (!eql_budget_fits(b, eql_budget_cost(size)))
        return EQL_PIPE_FULL;
    s = eql_budget_alloc(b, size);
    if (!s)
        return EQL_PIPE_NOMEM;
    s->item = *item;
    s->size = size;
    s->item.match.events = s->events;
    at = (char *)&s->events[m->nevents];
    for (uint32_t i = 0; i < m->nevents; i++) {
        s->events[i] = m->events[i];
        s->events[i].kept =
            values ? copy(&at, m->events[i].kept) : eql_sv("", 0);
    }
    s->item.match.key = copy(&at, m->key);
    s->item.columns.key = copy(&at, item->columns.key);
    s->item.columns.hosts = copy(&at, item->columns.hosts);
    s->order = copy(&at, order);
    *out = s;
    return EQL_PIPE_OK;
}

void
eql_pipe_stored_free(eql_budget *b, eql_pipe_stored *s)
{
    eql_budget_free(b, s, s->size);
}

void
eql_pipe_queue_add(eql_pipe_queue *q, eql_pipe_stored *s)
{
    s->next = NULL;
    s->serial = q->last ? q->last->serial + 1 : 0;
    *(q->last ? &q->last->next : &q->first) = s;
    q->last = s;
    q->n++;
}

eql_pipe_stored *
eql_pipe_queue_take(eql_pipe_queue *q)
{
    eql_pipe_stored *s = q->first;

    if (!s)
        return NULL;
    q->first = s->next;
    if (!q->first)
        q->last = NULL;
    q->n--;
    return s;
}

void
eql_pipe_queue_free(eql_budget *b, eql_pipe_queue *q)
{
    eql_pipe_stored *s;

    while ((s = eql_pipe_queue_take(q)))
        eql_pipe_stored_free(b, s);
}

/* --- rows --- */

static void
add_value(eql_buf *out, const eql_value *v)
{
    char text[32];

    switch (v->tag) {
    case EQL_NULL: eql_buf_add_str(out, "null"); break;
    case EQL_BOOL: eql_buf_add_str(out, v->u.b ? "true" : "false"); break;
    case EQL_INT: eql_buf_add(out, text, eql_format_int(v->u.i, text)); break;
    case EQL_FLOAT:
        eql_buf_add(out, text, eql_format_double(v->u.d, text));
        break;
    case EQL_STRING: eql_buf_add_json(out, eql_value_sv(v)); break;
    case EQL_ARRAY:
    case EQL_OBJECT: eql_buf_add_sv(out, eql_value_sv(v)); break;
    }
}

static void
add_values(eql_buf *out, eql_strview values)
{
    char scratch[48];
    size_t pos = 0;
    eql_value v;

    for (bool first = true; eql_hit_key_next(values, &pos, &v, scratch);
         first = false) {
        if (!first)
            eql_buf_add_char(out, ',');
        add_value(out, &v);
    }
}

void
eql_pipe_values_json(eql_buf *out, eql_strview values)
{
    eql_buf_add_char(out, '[');
    add_values(out, values);
    eql_buf_add_char(out, ']');
}

void
eql_pipe_columns_json(eql_buf *out, const eql_pipe_columns *c)
{
    char text[32];

    eql_buf_add_char(out, '{');
    if (c->is_row) {
        eql_buf_add_str(out, "\"key\":");
        if (c->nkeys == 1)
            add_values(out, c->key);
        else
            eql_pipe_values_json(out, c->key);
        eql_buf_add_char(out, ',');
    }
    eql_buf_printf(out, "\"count\":%llu", (unsigned long long)c->count);
    if (c->has_percent) {
        eql_buf_add_str(out, ",\"percent\":");
        eql_buf_add(out, text, eql_format_double(c->percent, text));
    }
    if (c->nhosts > 0) {
        eql_buf_add_str(out, ",\"hosts\":");
        eql_pipe_values_json(out, c->hosts);
        eql_buf_printf(out, ",\"total_hosts\":%u", c->nhosts);
    }
    eql_buf_add_char(out, '}');
}
