/* records.h -- raw Windows records in the fast reader: their sources are found
 * as the paths of events are (shape.h), and mapped unparsed (rawmap.h).
 */
#ifndef EQL_IO_WINDOWS_RECORDS_H
#define EQL_IO_WINDOWS_RECORDS_H

#include "io/fast/shape.h"
#include "io/format/format.h"
#include "io/windows/rawmap.h"

typedef struct eql_records eql_records;

/* NULL when out of memory, or when the mapping names what cannot be looked for.
 */
eql_records *eql_records_new(const eql_format_setup *setup);
void eql_records_free(eql_records *r);
/* Valid until the next call, as long as the line is. */
eql_record_status eql_records_read(eql_records *r, eql_scan *s,
                                   eql_scan_line *line, eql_wall_clock *clock,
                                   eql_lazy *lazy, eql_event *ev);

/* Would the strict reader map an event with these keys at its root
 * (EQL_NAMES_*), or reject it?  See record.c. */
bool eql_records_is_one(uint32_t special);

#endif
