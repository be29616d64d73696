/* seen_fields.c -- see seen_fields.h. */
#include "vm/filter/seen_fields.h"

#include <stdlib.h>

bool
eql_seen_fields_init(eql_seen_fields *s, const eql_program *p)
{
    size_t nfields = (size_t)p->nfields + 1;

    *s = (eql_seen_fields){.p = p};
    if (!eql_paths_init(&s->paths, p))
        return false;
    s->first = calloc((size_t)s->paths.n + 1, sizeof *s->first);
    s->next = calloc(nfields, sizeof *s->next);
    s->met = calloc(nfields, sizeof *s->met);
    s->open = calloc((size_t)s->paths.n + 1, sizeof *s->open);
    if (!s->first || !s->next || !s->met || !s->open)
        return false;
    for (uint32_t i = 0; i < s->paths.n; i++)
        s->first[i] = EQL_NONE;
    for (uint32_t f = p->nfields; f-- > 0;) {
        uint32_t path = s->paths.of[f];

        if (p->fields[f].parent != EQL_NONE)
            continue;
        s->next[f] = s->first[path];
        s->first[path] = f;
        s->met[f] = !s->paths.items[path].plain;
        s->nopen += !s->met[f] && !s->open[path];
        s->open[path] |= !s->met[f];
    }
    return true;
}

void
eql_seen_fields_free(eql_seen_fields *s)
{
    eql_paths_free(&s->paths);
    free(s->first);
    free(s->next);
    free(s->met);
    free(s->open);
    *s = (eql_seen_fields){0};
}

bool
eql_seen_fields_met(const eql_seen_fields *s, uint32_t field)
{
    return s->met[field];
}

/* --- values, by their spelling --- */

/* Past the string whose opening quote is at i. */
static uint32_t
skip_string(const char *p, uint32_t len, uint32_t i)
{
    for (i++; i < len && p[i] != '"'; i++)
        i += p[i] == '\\';
    return i + 1;
}

/* Of scalars without quotes that are not null. */
static bool
begins_scalar(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f';
}

/* Is there a scalar outside of objects, and not only null? */
static bool
has_scalar(const char *p, uint32_t len)
{
    uint32_t depth = 0;

    for (uint32_t i = 0; i < len;) {
        switch (p[i]) {
        case '"':
            if (depth == 0)
                return true;
            i = skip_string(p, len, i);
            continue;
        case '{': depth++; break;
        case '}': depth--; break;
        case 'n': i += 3; break;
        default:
            if (depth == 0 && begins_scalar(p[i]))
                return true;
            break;
        }
        i++;
    }
    return false;
}

/* Has the array anything but nulls? */
static bool
has_element(const char *p, uint32_t len)
{
    for (uint32_t i = 1; i + 1 < len; i++) {
        if (p[i] == 'n')
            i += 3;
        else if (!strchr(" \t\r\n,", p[i]))
            return true;
    }
    return false;
}

static bool
is_value(eql_field_mode mode, const eql_raw *raw)
{
    if (!raw->p)
        return true;
    if (raw->len == 0 || *raw->p == 'n')
        return false;
    switch (mode) {
    case EQL_MODE_ELEMENTS:
        return *raw->p != '[' || has_element(raw->p, raw->len);
    case EQL_MODE_FLAT:
    case EQL_MODE_COMPOSITE: return has_scalar(raw->p, raw->len);
    case EQL_MODE_OPAQUE:
    case EQL_MODE_COUNT: break;
    }
    return true;
}

/* --- events --- */

/* raw NULL: the slots are asked. */
static void
look_at_path(eql_seen_fields *s, uint32_t path, const eql_event *ev,
             const eql_raw *raw)
{
    bool open = false;

    for (uint32_t f = s->first[path]; f != EQL_NONE; f = s->next[f]) {
        if (!s->met[f])
            s->met[f] =
                raw ? is_value((eql_field_mode)s->p->fields[f].mode, raw)
                    : eql_event_slot(ev, f)->n > 0;
        open |= !s->met[f];
    }
    s->nopen -= s->open[path] && !open;
    s->open[path] = open;
}

/* Is any of these paths open?  Nearly always none is: four at a time. */
static bool
any_open(const uint8_t *open, const eql_raw *raw, uint32_t n)
{
    uint8_t any = 0;

    for (; n >= 4; n -= 4, raw += 4)
        any |= open[raw[0].path] | open[raw[1].path] | open[raw[2].path] |
               open[raw[3].path];
    for (; n > 0; n--, raw++)
        any |= open[raw->path];
    return any;
}

void
eql_seen_fields_look(eql_seen_fields *s, const eql_event *ev)
{
    if (ev->lazy) {
        const eql_raw *raws = ev->lazy->raws;
        uint32_t n = ev->lazy->nraws;

        if (!any_open(s->open, raws, n))
            return;
        for (uint32_t i = 0; i < n; i++) {
            if (s->open[raws[i].path])
                look_at_path(s, raws[i].path, ev, &raws[i]);
        }
        return;
    }
    for (uint32_t i = 0; i < s->paths.n; i++) {
        if (s->open[i])
            look_at_path(s, i, ev, NULL);
    }
}

void
eql_seen_fields_collect(eql_seen_fields *to, const eql_seen_fields *from)
{
    for (uint32_t i = 0; i < to->paths.n; i++) {
        bool open = false;

        for (uint32_t f = to->first[i]; f != EQL_NONE; f = to->next[f]) {
            to->met[f] |= from->met[f];
            open |= !to->met[f];
        }
        to->nopen -= to->open[i] && !open;
        to->open[i] = open;
    }
}
