/* pipe_fields.c -- binds an item to the fields that pipes read.
 *
 * A bare path in a pipe is a field of origin 1, the first event.  Once an item
 * was counted, paths that name a column read that instead, and its host is
 * gone; `key` is a column of rows only, which have no events to read. */
#include "vm/report/pipe_fields.h"

typedef enum { KEY, COUNT, PERCENT, HOSTS, TOTAL_HOSTS, NCOLUMNS } column;

/* A field, and what it reads of the column. */
typedef struct {
    uint32_t field;
    column column;
    uint32_t index; /* column[index]; EQL_NONE: all of it */
} column_field;

/* A column of the item at hand: a run of values, and their array as text. */
typedef struct {
    eql_range values;
    eql_range text; /* n == 0: no array */
} column_values;

static const char *const column_names[NCOLUMNS] = {
    [KEY] = "key",
    [COUNT] = "count",
    [PERCENT] = "percent",
    [HOSTS] = "hosts",
    [TOTAL_HOSTS] = "total_hosts",
};

/* --- making --- */

static void
note_column(eql_pipe_fields *x, uint32_t field)
{
    const eql_program *p = x->program;
    const eql_field *f = &p->fields[field];
    const eql_field_seg *s = &p->segs[f->segs.first];
    column_field c = {.field = field, .index = EQL_NONE};

    if (f->segs.n == 2 && (s[1].flags & EQL_SEG_INDEX))
        c.index = s[1].index;
    else if (f->segs.n != 1)
        return;
    if (s[0].flags & EQL_SEG_INDEX)
        return;
    for (uint32_t k = 0; k < NCOLUMNS; k++) {
        if (!eql_sv_is(eql_program_str(p, s[0].name), column_names[k]))
            continue;
        c.column = (column)k;
        eql_vec_push(&x->columns, &c, sizeof c);
    }
}

static bool
same_path(const eql_program *p, const eql_field *a, const eql_field *b)
{
    if (a->segs.n != b->segs.n)
        return false;
    for (uint32_t i = 0; i < a->segs.n; i++) {
        const eql_field_seg *s = &p->segs[a->segs.first + i];
        const eql_field_seg *t = &p->segs[b->segs.first + i];

        if (((s->flags ^ t->flags) & EQL_SEG_INDEX) || s->index != t->index ||
            !eql_sv_eq(eql_program_str(p, s->name),
                       eql_program_str(p, t->name)))
            return false;
    }
    return true;
}

bool
eql_pipe_fields_init(eql_pipe_fields *f, const eql_program *p,
                     const eql_captures *c)
{
    uint32_t host = eql_program_dialect(p)->host_key;

    *f = (eql_pipe_fields){.program = p};
    f->residual = eql_residual_new(p, c, NULL, NULL);
    if (!f->residual)
        return false;
    for (uint32_t i = 0; i < p->nfields; i++) {
        const eql_field *fd = &p->fields[i];

        if (fd->origin != 1 || fd->parent != EQL_NONE)
            continue;
        note_column(f, i);
        if (host != EQL_NONE && same_path(p, fd, &p->fields[host]))
            eql_vec_push(&f->hosts, &i, sizeof i);
    }
    return !f->columns.failed && !f->hosts.failed;
}

void
eql_pipe_fields_free(eql_pipe_fields *f)
{
    eql_residual_free(f->residual);
    eql_vec_free(&f->columns);
    eql_vec_free(&f->hosts);
    eql_vec_free(&f->values);
    eql_buf_free(&f->texts);
}

/* --- one item --- */

static void
add_value(eql_pipe_fields *f, column_values *c, eql_value v)
{
    uint32_t i = eql_vec_push(&f->values, &v, sizeof v);

    if (c->values.n++ == 0)
        c->values.first = i;
}

/* Several values are an array, `hosts` always are. */
static void
add_list(eql_pipe_fields *f, column_values *c, eql_strview list)
{
    char scratch[48];
    size_t pos = 0, from = f->texts.len;
    eql_value v;

    while (eql_hit_key_next(list, &pos, &v, scratch))
        add_value(f, c, v);
    eql_pipe_values_json(&f->texts, list);
    c->text = (eql_range){(uint32_t)from, (uint32_t)(f->texts.len - from)};
}

static void
read_columns(eql_pipe_fields *f, const eql_pipe_columns *c,
             column_values out[NCOLUMNS])
{
    f->values.n = 0;
    f->texts.len = 0;
    if (c->is_row)
        add_list(f, &out[KEY], c->key);
    add_value(f, &out[COUNT], eql_value_int((int64_t)c->count));
    if (c->has_percent)
        add_value(f, &out[PERCENT], eql_value_float(c->percent));
    if (c->nhosts > 0) {
        add_list(f, &out[HOSTS], c->hosts);
        add_value(f, &out[TOTAL_HOSTS], eql_value_int(c->nhosts));
    }
}

/* Does the field want an array of several values as one value? */
static bool
wants_array(const eql_program *p, const column_field *cf,
            const column_values *c)
{
    uint32_t mode = p->fields[cf->field].mode;

    if (cf->index != EQL_NONE || c->text.n == 0)
        return false;
    if (mode == EQL_MODE_OPAQUE)
        return cf->column == HOSTS || c->values.n > 1;
    return mode == EQL_MODE_COMPOSITE && c->values.n > 1;
}

static void
set_column(eql_pipe_fields *f, const column_field *cf, const column_values *c,
           eql_value *array)
{
    const eql_value *v = f->values.items;
    uint32_t first = c->values.first, n = c->values.n;

    if (wants_array(f->program, cf, c)) {
        *array = eql_value_str(eql_sv(f->texts.p + c->text.first, c->text.n));
        array->tag = EQL_ARRAY;
        eql_residual_set(f->residual, cf->field, array, 1);
        return;
    }
    if (cf->index != EQL_NONE) {
        first += cf->index < n ? cf->index : 0;
        n = cf->index < n;
    }
    if (n == 1 && v[first].tag == EQL_NULL)
        n = 0; /* as a missing field */
    eql_residual_set(f->residual, cf->field, n ? &v[first] : NULL, n);
}

/* Values of arrays that fields want whole stand behind the columns' own. */
static bool
set_columns(eql_pipe_fields *f, const eql_pipe_columns *c)
{
    column_values columns[NCOLUMNS] = {0};
    eql_value none = eql_value_null();
    uint32_t arrays;

    read_columns(f, c, columns);
    arrays = f->values.n;
    for (uint32_t i = 0; i < f->columns.n; i++)
        eql_vec_push(&f->values, &none, sizeof none);
    if (f->values.failed || f->texts.failed)
        return false;
    for (uint32_t i = 0; i < f->columns.n; i++) {
        const column_field *cf = eql_vec_at(&f->columns, i);

        if (cf->column != KEY || c->is_row)
            set_column(f, cf, &columns[cf->column],
                       eql_vec_at(&f->values, arrays + i));
    }
    return true;
}

bool
eql_pipe_fields_bind(eql_pipe_fields *f, const eql_pipe_item *item)
{
    const eql_match *m = &item->match;

    eql_residual_begin(f->residual, m->rule);
    for (uint32_t i = 0; i < m->nevents; i++)
        if (!m->events[i].missing)
            eql_residual_bind(f->residual, m->events[i].stage, i,
                              m->events[i].kept);
    if (!item->columns.counted)
        return true;
    for (uint32_t i = 0; i < f->hosts.n; i++)
        eql_residual_set(f->residual,
                         *(const uint32_t *)eql_vec_at(&f->hosts, i), NULL, 0);
    return set_columns(f, &item->columns);
}
