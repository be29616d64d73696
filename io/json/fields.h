/* fields.h -- single fields of an event's JSON text, as people read them.
 *
 * For showing alerts: paths may be nested, dotted or mixed in the event; a
 * list gives its first value.  Rules see events through project.h, not this. */
#ifndef EQL_IO_JSON_FIELDS_H
#define EQL_IO_JSON_FIELDS_H

#include "base/base.h"

typedef struct eql_fields eql_fields;

/* NULL when out of memory. */
eql_fields *eql_fields_new(void);
void eql_fields_free(eql_fields *f); /* NULL is fine */
/* Takes the event; what is no JSON object has no fields. */
void eql_fields_read(eql_fields *f, eql_strview json);
/* Has memory run out since this was last asked?  The text of a field is empty
 * then, as where it has none: whoever shows texts asks before they are gone. */
bool eql_fields_failed(eql_fields *f);
/* The first value of a field as text, empty when it has none; numbers in
 * canonical form.  Borrowed until the next read. */
eql_strview eql_fields_get(eql_fields *f, const char *path);
/* All values of a field, separated by spaces. */
eql_strview eql_fields_join(eql_fields *f, const char *path);
/* All values of a field with `sep` between them: strings as they are, all
 * others as JSON, null too.  Empty when it is not there. */
eql_strview eql_fields_list(eql_fields *f, const char *path, const char *sep);

#endif
