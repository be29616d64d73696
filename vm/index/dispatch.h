/* dispatch.h -- from an event's categories to the stages that may want it.
 *
 * A stage asks for one category, matched exactly and case-sensitively, or for
 * any event, also one without a category (language 2.1).  Other stages of the
 * program are never looked at for that event.  Which field holds the category
 * is the stage's to say; nearly always it is the same one. */
#ifndef EQL_VM_INDEX_DISPATCH_H
#define EQL_VM_INDEX_DISPATCH_H

#include "program/program.h"
#include "event/event.h"

typedef struct eql_dispatch eql_dispatch;

eql_dispatch *eql_dispatch_new(const eql_program *p); /* NULL: no memory */
void eql_dispatch_free(eql_dispatch *d);              /* NULL is fine */
/* Stages for this event, each once, ascending; *stages is valid until the
 * next call.  Returns how many. */
uint32_t eql_dispatch_stages(eql_dispatch *d, const eql_event *ev,
                             const uint32_t **stages);
/* Has an event had the stage's category?  true for `any`. */
bool eql_dispatch_met(const eql_dispatch *d, uint32_t stage);

#endif
