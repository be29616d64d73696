/* mapping.h -- raw Windows event records to ECS (docs/winevent-mapping.md).
 *
 * Data-driven: a mapping is a JSON document, one is compiled in.  Pure but for
 * time: NXLog and PowerShell exports write local time without its offset; a
 * clock per file learns it from Sysmon events.  Knows jansson; used only
 * in this room and by tests. */
#ifndef EQL_IO_WINDOWS_MAPPING_H
#define EQL_IO_WINDOWS_MAPPING_H

#include <jansson.h>

#include "base/buf.h"
#include "io/format/format.h"

typedef struct eql_mapping eql_mapping;

/* text empty: the mapping built in.  NULL: reason in why. */
eql_mapping *eql_mapping_new(eql_strview text, eql_buf *why);
void eql_mapping_free(eql_mapping *m);
/* The text of the mapping built in (for `--mapping` users to start from). */
eql_strview eql_mapping_builtin(void);

/* Is this a Windows event record in one of the known layouts? */
bool eql_mapping_recognises(const json_t *record);

/* Maps one record and teaches the clock (learn = true while reading; false
 * when an alert maps it again). false: out of memory. */
bool eql_mapping_apply(const eql_mapping *m, const json_t *record,
                       eql_wall_clock *clock, bool learn, eql_mapped *out);

#endif
