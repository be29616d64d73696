/* project.h -- the event view of a parsed event: the values of every field the
 * program names (language 2.5).
 *
 * All paths form one trie; an event is walked once, along the trie. */
#ifndef EQL_IO_JSON_PROJECT_H
#define EQL_IO_JSON_PROJECT_H

#include <jansson.h>

#include "program/program.h"
#include "event/event.h"

/* What one event may cost: values, and places for what is found inside array
 * elements, of 24 to 32 bytes; steps along the trie; bytes of arrays and
 * objects printed whole.  What is beyond is missing: an array then ends at an
 * element that fitted. */
#define EQL_PROJECT_MAX_VALUES (1u << 22)
#define EQL_PROJECT_MAX_STEPS (1u << 26)
#define EQL_PROJECT_MAX_TEXT ((size_t)64 << 20)

typedef struct eql_project eql_project;

/* Borrows the program's strings.  NULL when out of memory. */
eql_project *eql_project_new(const eql_program *p);
void eql_project_free(eql_project *pr);
/* Slots are the project's until the next run; strings are the event's.  NULL
 * when out of memory. */
const eql_slot *eql_project_run(eql_project *pr, const json_t *event);

/* Did the last event cost more than it may? */
bool eql_project_capped(const eql_project *pr);
/* For tests: other bounds, lower than those above. */
void eql_project_limit(eql_project *pr, uint32_t values, uint32_t steps,
                       size_t text);

#endif
