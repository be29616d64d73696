/* records.c -- see records.h. */
#include "io/records.h"

#include <stdlib.h>

struct eql_records {
    eql_rawmap *map;
    eql_names names;
    eql_walk *walk;
    eql_shapes *shapes;
    eql_raw *found; /* per source */
};

static bool
make(eql_records *r, uint32_t max_depth, eql_kernel k, eql_reader_counters *n)
{
    uint32_t nsources;
    const eql_rawmap_source *sources = eql_rawmap_sources(r->map, &nsources);

    if (!eql_names_init_ways(&r->names, sources, nsources))
        return false;
    r->walk = eql_walk_new(&r->names, nsources, max_depth);
    r->shapes = eql_shapes_new(k, n);
    r->found = calloc((size_t)nsources + 1, sizeof *r->found);
    if (!r->walk || !r->shapes || !r->found)
        return false;
    eql_shapes_keep_nulls(r->shapes);
    return true;
}

eql_records *
eql_records_new(const eql_program *p, const eql_paths *paths,
                const eql_mapping *m, uint32_t max_depth, eql_kernel k,
                eql_reader_counters *n)
{
    eql_records *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->map = eql_rawmap_new(p, paths, m);
    if (!r->map || !make(r, max_depth, k, n)) {
        eql_records_free(r);
        return NULL;
    }
    return r;
}

void
eql_records_free(eql_records *r)
{
    if (!r)
        return;
    eql_rawmap_free(r->map);
    eql_names_free(&r->names);
    eql_walk_free(r->walk);
    eql_shapes_free(r->shapes);
    free(r->found);
    free(r);
}

bool
eql_records_is_one(uint32_t special)
{
    bool id = special & EQL_NAMES_EVENT_ID;

    if (special & EQL_NAMES_SYSTEM)
        return true;
    if (special & EQL_NAMES_EVENT_ID6 && special & EQL_NAMES_BEAT)
        return true;
    return id && special & (EQL_NAMES_MODULE | EQL_NAMES_TENANT |
                            EQL_NAMES_CREATED | EQL_NAMES_HOSTNAME);
}

static uint32_t
take_finds(eql_records *r, const eql_scan_line *line, const eql_walked *w)
{
    for (uint32_t i = 0; i < w->nfinds; i++) {
        const eql_find *find = &w->finds[i];
        eql_raw raw = {.path = find->path};

        if (find->kind == EQL_FIND_VALUE) {
            const eql_walk_value *v = &w->values[find->a];
            uint32_t quote = v->kind == EQL_WALK_STRING;

            raw.p = line->base + v->from - quote;
            raw.len = v->to - v->from + 2 * quote;
        } else if (find->kind == EQL_FIND_SPAN) {
            raw.p = line->base + line->at[find->a];
            raw.len = line->at[find->b] + 1 - line->at[find->a];
        }
        r->found[i] = raw;
    }
    return w->nfinds;
}

eql_record_status
eql_records_read(eql_records *r, const eql_scan_line *line,
                 eql_wall_clock *clock, eql_lazy *lazy, eql_event *ev)
{
    eql_walked w;
    uint32_t n;

    if (!eql_shapes_raws(r->shapes, line, r->found, &n)) {
        if (!eql_walk_line(r->walk, line, &w))
            return EQL_RECORD_ODD;
        if (!eql_records_is_one(w.special))
            return EQL_RECORD_NONE;
        n = take_finds(r, line, &w);
        eql_shapes_learn(r->shapes, line, &w);
    }
    eql_rawmap_begin(r->map);
    if (!eql_rawmap_found_all(r->map, r->found, n))
        return EQL_RECORD_ODD;
    return eql_rawmap_read(r->map, clock, lazy, ev) ? EQL_RECORD_MAPPED
                                                    : EQL_RECORD_ODD;
}
