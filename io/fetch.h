/* fetch.h -- an event again, for an alert (eql_events_fetch).  Internal to this
 * room. */
#ifndef EQL_IO_FETCH_H
#define EQL_IO_FETCH_H

#include "io/source.h"

void eql_fetch_init(eql_events *e);
void eql_fetch_free(eql_events *e);

#endif
