/* sight.h -- which fields of the program some event had a value for.
 *
 * For what a run says at its end: a rule that needs what no event had could not
 * fire.  An event costs a look at each of its paths, and nothing once every
 * field was met.
 *
 * Fields inside elements of an array count with the array.  Paths that are more
 * than names ([index], names with a dot) are taken as met, and so is what a
 * reader has not in one piece: what is said never to have been there never
 * was. */
#ifndef EQL_VM_FILTER_SIGHT_H
#define EQL_VM_FILTER_SIGHT_H

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
} eql_sight;

/* false: out of memory; eql_sight_free is fine then, too. */
bool eql_sight_init(eql_sight *s, const eql_program *p);
void eql_sight_free(eql_sight *s);
void eql_sight_look(eql_sight *s, const eql_event *ev);
static inline void
eql_sight_event(eql_sight *s, const eql_event *ev)
{
    if (s->nopen > 0)
        eql_sight_look(s, ev);
}
/* What `from` has met, `to` has met. */
void eql_sight_collect(eql_sight *to, const eql_sight *from);
/* Was there an event with a value for this field?  It has no parent. */
bool eql_sight_met(const eql_sight *s, uint32_t field);

#endif
