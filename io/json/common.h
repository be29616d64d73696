/* common.h -- what several events have in common, for an alert that stands for
 * all of them.
 *
 * Events are taken in nested form, {"a":{"b":1}} for {"a.b":1}, as
 * Elasticsearch sees them.  Common are members of the same value; objects
 * member by member, of lists the values that the other has, too, one value
 * being a list of one (scalars among the first hundred; other lists have to be
 * equal). */
#ifndef EQL_IO_JSON_COMMON_H
#define EQL_IO_JSON_COMMON_H

#include "base/buf.h"

typedef struct eql_common eql_common;

eql_common *eql_common_new(void); /* NULL when out of memory */
void eql_common_free(eql_common *c);
/* Forgets the events before. */
void eql_common_reset(eql_common *c);
/* One event more; what is no JSON object has nothing in common with any.
 * false: out of memory. */
bool eql_common_add(eql_common *c, eql_strview json);
/* Is there anything under the dotted path? */
bool eql_common_has(const eql_common *c, eql_strview path);
/* Appends the value under a path as JSON; false: there is none. */
bool eql_common_value(const eql_common *c, const char *path, eql_buf *out);
/* No longer common. */
void eql_common_drop(eql_common *c, const char *path);
/* Appends all members, each with a comma in front. */
void eql_common_print(const eql_common *c, eql_buf *out);

#endif
