/* capture_int.h -- inside of eql_captures, for capture.c and capture_bytes.c.
 */
#ifndef EQL_VM_FILTER_CAPTURE_INT_H
#define EQL_VM_FILTER_CAPTURE_INT_H

#include "vm/filter/capture.h"

struct eql_captures {
    const eql_program *p;
    eql_prepared *prepared;
    eql_capture_plan *plans; /* per stage; the last: EQL_HIT_PROCESS */
    eql_vec items;           /* uint32_t: what the plans' runs are of */
    uint32_t *positions;     /* per stage */
    uint32_t *npositions;    /* per rule */
    uint32_t *first_child;   /* per field: its run of children[] */
    uint32_t *children;      /* fields */
};

#endif
