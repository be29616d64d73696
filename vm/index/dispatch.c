/* dispatch.c -- category field and text to stages, by hash.
 *
 * Every stage is in the list of one category or in that of `any`; lists are
 * ascending, and the lists an event selects are merged into one.  An event
 * that repeats a category selects its list once. */
#include "vm/index/dispatch.h"
#include "base/map.h"

#include <stdlib.h>

typedef struct {
    uint32_t first, n; /* of by_category[] */
    uint64_t seen;     /* the last event that selected it */
} category;

struct eql_dispatch {
    const eql_program *p;
    eql_map **names;  /* per field in fields[]: text -> index in categories[] */
    uint32_t *fields; /* that stages have their category in */
    uint32_t nfields;
    category *categories;    /* the last one is `any` */
    uint32_t ncategories;    /* without `any` */
    uint32_t *category_of;   /* per stage */
    uint32_t *by_category;   /* stages, grouped */
    uint32_t *merged, *next; /* results of merging, two in turn */
    uint64_t event;          /* counts events */
};

static bool
allocate(eql_dispatch *d)
{
    size_t n = (size_t)d->p->nstages + 1;

    d->names = calloc(n, sizeof *d->names);
    d->fields = calloc(n, sizeof *d->fields);
    d->categories = calloc(n, sizeof *d->categories);
    d->category_of = calloc(n, sizeof *d->category_of);
    d->by_category = calloc(n, sizeof *d->by_category);
    d->merged = calloc(n, sizeof *d->merged);
    d->next = calloc(n, sizeof *d->next);
    return d->names && d->fields && d->categories && d->category_of &&
           d->by_category && d->merged && d->next;
}

/* The names in one field; made at its first use, NULL when out of memory. */
static eql_map *
names_in(eql_dispatch *d, uint32_t field)
{
    for (uint32_t i = 0; i < d->nfields; i++) {
        if (d->fields[i] == field)
            return d->names[i];
    }
    d->names[d->nfields] = eql_map_new();
    if (!d->names[d->nfields])
        return NULL;
    d->fields[d->nfields] = field;
    return d->names[d->nfields++];
}

/* Numbers the categories in order of first use. */
static bool
name_categories(eql_dispatch *d)
{
    for (uint32_t i = 0; i < d->p->nstages; i++) {
        const eql_stage *s = &d->p->stages[i];
        eql_strview name = eql_program_str(d->p, s->category);
        eql_map *names;

        d->category_of[i] = EQL_NONE;
        if (!s->has_category)
            continue;
        names = names_in(d, s->category_field);
        if (!names)
            return false;
        d->category_of[i] = eql_map_get(names, name.p, name.len);
        if (d->category_of[i] != EQL_NONE)
            continue;
        d->category_of[i] = d->ncategories;
        if (!eql_map_put(names, name.p, name.len, d->ncategories++))
            return false;
    }
    return true;
}

/* Counting sort of the stages; EQL_NONE stands for `any`. */
static void
group_stages(eql_dispatch *d)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < d->p->nstages; i++) {
        if (d->category_of[i] == EQL_NONE)
            d->category_of[i] = d->ncategories;
        d->categories[d->category_of[i]].n++;
    }
    for (uint32_t c = 0; c <= d->ncategories; c++) {
        d->categories[c].first = at;
        at += d->categories[c].n;
        d->categories[c].n = 0;
    }
    for (uint32_t i = 0; i < d->p->nstages; i++) {
        category *c = &d->categories[d->category_of[i]];

        d->by_category[c->first + c->n++] = i;
    }
}

eql_dispatch *
eql_dispatch_new(const eql_program *p)
{
    eql_dispatch *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->p = p;
    if (!allocate(d) || !name_categories(d)) {
        eql_dispatch_free(d);
        return NULL;
    }
    group_stages(d);
    return d;
}

void
eql_dispatch_free(eql_dispatch *d)
{
    if (!d)
        return;
    for (uint32_t i = 0; i < d->nfields; i++)
        eql_map_free(d->names[i]);
    free(d->names);
    free(d->fields);
    free(d->categories);
    free(d->category_of);
    free(d->by_category);
    free(d->merged);
    free(d->next);
    free(d);
}

/* Merges the stages of c into the n in d->merged; how many there are then. */
static uint32_t
merge(eql_dispatch *d, uint32_t n, const category *c)
{
    const uint32_t *a = d->merged, *a_end = a + n;
    const uint32_t *b = d->by_category + c->first, *b_end = b + c->n;
    uint32_t *out = d->next;

    while (a < a_end && b < b_end)
        *out++ = *a < *b ? *a++ : *b++;
    while (a < a_end)
        *out++ = *a++;
    while (b < b_end)
        *out++ = *b++;
    d->next = d->merged;
    d->merged = out - (n + c->n);
    return n + c->n;
}

/* The category that an event's value names; NULL if no stage wants it or it
 * was named before. */
static category *
select_category(eql_dispatch *d, const eql_map *names, const eql_value *v)
{
    category *c;
    uint32_t i;

    if (v->tag != EQL_STRING)
        return NULL;
    i = eql_map_get(names, v->u.s, v->len);
    if (i == EQL_NONE)
        return NULL;
    c = &d->categories[i];
    if (c->seen == d->event)
        return NULL;
    c->seen = d->event;
    return c;
}

/* Merges what the values of one category field select. */
static uint32_t
merge_selected(eql_dispatch *d, uint32_t n, const eql_map *names,
               const eql_slot *slot)
{
    for (uint32_t i = 0; i < slot->n; i++) {
        const category *c = select_category(d, names, &slot->v[i]);

        if (c)
            n = merge(d, n, c);
    }
    return n;
}

uint32_t
eql_dispatch_stages(eql_dispatch *d, const eql_event *ev,
                    const uint32_t **stages)
{
    uint32_t n = 0;

    d->event++;
    for (uint32_t i = 0; i < d->nfields; i++)
        n = merge_selected(d, n, d->names[i], eql_event_slot(ev, d->fields[i]));
    n = merge(d, n, &d->categories[d->ncategories]);
    *stages = d->merged;
    return n;
}

bool
eql_dispatch_met(const eql_dispatch *d, uint32_t stage)
{
    return d->category_of[stage] == d->ncategories ||
           d->categories[d->category_of[stage]].seen > 0;
}
