/* records.c -- see records.h. */
#include "io/windows/records.h"

#include "io/windows/mapping_int.h"

#include <stdlib.h>

struct eql_records {
    eql_rawmap *map;
    eql_names names;
    eql_shapes *shapes;
    eql_raw *found; /* per source */
};

static bool
make(eql_records *r, uint32_t max_depth, eql_reader_counters *n)
{
    uint32_t nsources;
    const eql_rawmap_source *sources = eql_rawmap_sources(r->map, &nsources);

    if (!eql_names_init_ways(&r->names, sources, nsources))
        return false;
    r->shapes = eql_shape_new(&r->names, nsources, max_depth, true,
                              eql_kernel_best(), n);
    r->found = calloc((size_t)nsources + 1, sizeof *r->found);
    return r->shapes && r->found;
}

eql_records *
eql_records_new(const eql_format_setup *setup)
{
    eql_records *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->map = eql_rawmap_new(setup->program, setup->paths, setup->mapping);
    if (!r->map || !make(r, setup->max_depth, setup->counters)) {
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
    eql_shape_free(r->shapes);
    free(r->found);
    free(r);
}

bool
eql_records_is_one(uint32_t special)
{
    return eql_record_layout(special / EQL_NAMES_RECORD) !=
           EQL_MAPPING_LAYOUT_COUNT;
}

eql_record_status
eql_records_read(eql_records *r, eql_scan *s, eql_scan_line *line,
                 eql_wall_clock *clock, eql_lazy *lazy, eql_event *ev)
{
    eql_shape_found found;

    if (!eql_shape_raws(r->shapes, s, line, r->found, &found))
        return EQL_RECORD_UNSUPPORTED;
    if (found.special & EQL_NAMES_WRAPPER)
        return EQL_RECORD_UNSUPPORTED;
    if (!eql_records_is_one(found.special))
        return EQL_RECORD_NONE;
    eql_rawmap_begin(r->map);
    if (!eql_rawmap_found_all(r->map, r->found, found.nraws))
        return EQL_RECORD_UNSUPPORTED;
    return eql_rawmap_read(r->map, clock, lazy, ev) ? EQL_RECORD_MAPPED
                                                    : EQL_RECORD_UNSUPPORTED;
}
