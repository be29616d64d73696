/* lookup.h -- one path in one JSON value, arrays and all (multi_value=opaque).
 *
 * Names lead into objects only: applied to an array they find nothing
 * (language 4.4).  [N] takes an element of an array; of anything else [0]
 * is the value itself. */
#ifndef EQL_IO_JSON_LOOKUP_H
#define EQL_IO_JSON_LOOKUP_H

#include <jansson.h>

#include "program/program.h"

/* segs: run of p->segs[].  NULL when there is nothing; borrowed from v.  The
 * work it was is added to *steps. */
const json_t *eql_lookup(const eql_program *p, eql_range segs, const json_t *v,
                         uint32_t *steps);

#endif
