/* seen_fields.h -- which fields of the program some event had a value for.
 *
 * For what a run says at its end: a rule that needs what no event had could not
 * fire.  An event costs a look at each of its paths, and nothing once every
 * field was met.
 *
 * Fields inside elements of an array count with the array.  Paths that are more
 * than names ([index], names with a dot) are taken as met, and so is what a
 * reader has not in one piece: what is said never to have been there never
 * was. */
#ifndef EQL_VM_FILTER_SEEN_FIELDS_H
#define EQL_VM_FILTER_SEEN_FIELDS_H

#include "program/paths.h"
#include "event/event.h"

typedef struct {
    const eql_program *p;
    eql_paths paths;
    uint32_t *first; /* per path: its first field, and .. */
    uint32_t *next;  /* .. per field: the path's next one; EQL_NONE */
    uint8_t *met;    /* per field without parent */
    uint8_t *open;   /* per path: some field of it was not met */
    uint32_t nopen;
} eql_seen_fields;

/* false: out of memory; eql_seen_fields_free is fine then, too. */
bool eql_seen_fields_init(eql_seen_fields *s, const eql_program *p);
void eql_seen_fields_free(eql_seen_fields *s);
void eql_seen_fields_look(eql_seen_fields *s, const eql_event *ev);
static inline void
eql_seen_fields_event(eql_seen_fields *s, const eql_event *ev)
{
    if (s->nopen > 0)
        eql_seen_fields_look(s, ev);
}
/* What `from` has met, `to` has met. */
void eql_seen_fields_collect(eql_seen_fields *to, const eql_seen_fields *from);
/* Was there an event with a value for this field?  It has no parent. */
bool eql_seen_fields_met(const eql_seen_fields *s, uint32_t field);

#endif
