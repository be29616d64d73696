/* windows.c -- see windows.h. */
#include "io/windows/windows.h"

#include "io/windows/mapping.h"
#include "io/windows/records.h"

static void *
open_mapping(eql_strview text, eql_buf *why)
{
    return eql_mapping_new(text, why);
}

static void
close_mapping(void *mapping)
{
    eql_mapping_free(mapping);
}

static bool
map(const void *mapping, const json_t *record, eql_wall_clock *clock,
    bool learn, eql_mapped *out)
{
    return eql_mapping_apply(mapping, record, clock, learn, out);
}

static void *
open_records(const eql_format_setup *setup)
{
    return eql_records_new(setup);
}

static void
close_records(void *records)
{
    eql_records_free(records);
}

static eql_record_status
read_record(void *records, eql_scan *scan, eql_scan_line *line,
            eql_wall_clock *clock, eql_lazy *lazy, eql_event *ev)
{
    return eql_records_read(records, scan, line, clock, lazy, ev);
}

const eql_format eql_windows_format = {
    .input = EQL_INPUT_WINEVENT,
    .refused = EQL_REJECT_NOT_WINEVENT,
    .why = "no Windows event record",
    .open = open_mapping,
    .close = close_mapping,
    .recognises = eql_mapping_recognises,
    .map = map,
    .fast_open = open_records,
    .fast_close = close_records,
    .fast_recognises = eql_records_is_one,
    .fast_read = read_record,
};
