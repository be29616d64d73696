/* pipe_fields.h -- what the expressions of pipes read: the values kept of the
 * result's events, and the columns that counting gave it (language 12.1). */
#ifndef EQL_VM_REPORT_PIPE_FIELDS_H
#define EQL_VM_REPORT_PIPE_FIELDS_H

#include "vm/report/pipe_item.h"
#include "vm/state/residual.h"

typedef struct {
    const eql_program *program;
    eql_residual *residual;
    eql_vec columns; /* fields that name a column */
    eql_vec hosts;   /* uint32_t: fields that read the host */
    eql_vec values;  /* eql_value: of the item at hand */
    eql_buf texts;   /* arrays of it, as text */
} eql_pipe_fields;

bool eql_pipe_fields_init(eql_pipe_fields *f, const eql_program *p,
                          const eql_captures *c);
void eql_pipe_fields_free(eql_pipe_fields *f);
/* Questions to f->residual are about this item from now on; it is borrowed.
 * false: out of memory. */
bool eql_pipe_fields_bind(eql_pipe_fields *f, const eql_pipe_item *item);

#endif
