/* project.h -- the event view of a parsed event: the values of every field the
 * program names (spec 1.5).
 *
 * All paths form one trie; an event is walked once, along the trie. */
#ifndef EQL_IO_PROJECT_H
#define EQL_IO_PROJECT_H

#include <jansson.h>

#include "program/program.h"
#include "vm/event.h"

typedef struct eql_project eql_project;

/* Borrows the program's strings.  NULL when out of memory. */
eql_project *eql_project_new(const eql_program *p);
void eql_project_free(eql_project *pr);
/* Slots are the project's until the next run; strings are the event's.  NULL
 * when out of memory. */
const eql_slot *eql_project_run(eql_project *pr, const json_t *event);

#endif
