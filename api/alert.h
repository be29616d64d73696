/* alert.h -- a match of the engine to the alert that a user gets.
 *
 * Fetches the match's events, renders its keys, gives it an identity: a hash
 * over rule, keys and event identities, so that the same input gives the same
 * ids always.  Alerts of one run that would share an id get a running number.
 */
#ifndef EQL_API_ALERT_H
#define EQL_API_ALERT_H

#include "base/buf.h"
#include "base/hash.h"
#include "eqlvm/eqlvm.h"
#include "io/events.h"
#include "io/json/fields.h"
#include "vm/engine.h"

/* Ids given out in this run: 16 bytes each, open addressing. */
typedef struct {
    eql_h128 *slots; /* all zero: free */
    size_t n, cap;   /* cap: a power of two, or 0 */
} eql_idset;

void eql_idset_free(eql_idset *s);
/* How often id was taken before, which this call does once more.  false: out
 * of memory. */
bool eql_idset_take(eql_idset *s, eql_h128 id, uint64_t *before);

typedef struct {
    const eql_program *program;
    eql_events *events;
    const char *id_field; /* NULL: the id of an export */
    eql_fields *fields;   /* with id_field */
    eql_idset ids;
    eql_buf identity;  /* what the id is a hash of */
    eql_buf texts;     /* keys, event ids and events of the alert at hand .. */
    eql_strview event; /* .. but for that of its only event, if p is set */
    eql_vec keys;      /* eqlvm_alert_key */
    eql_vec stages;    /* eqlvm_alert_stage */
    char id[64];
} eql_alerts;

typedef enum {
    EQL_ALERT_OK,
    EQL_ALERT_NOMEM,
    EQL_ALERT_UNREADABLE /* an event could not be fetched again; the alert is
                            made all the same, that event is null */
} eql_alert_result;

void eql_alerts_free(eql_alerts *a);
/* *out is borrowed until the next call. */
eql_alert_result eql_alerts_make(eql_alerts *a, const eql_match *m,
                                 eqlvm_alert *out);

#endif
