/* schema.h -- what is known about fields before any event is seen.
 *
 * The schema is ECS and it is open: it gives types, it does not forbid
 * (spec 4.7).  It is a constant table made from schema.def; nothing is loaded
 * and nothing can fail.  Whether an untyped path exists is not asked here. */
#ifndef EQL_COMPILER_SCHEMA_H
#define EQL_COMPILER_SCHEMA_H

#include "base/base.h"
#include "program/program.h"

/* Type of the path whose segments, joined by dots, read `name`;
 * EQL_FIELD_ANY when the schema does not list it. */
eql_field_type eql_schema_type(eql_strview name);

#endif
