/* pipe_item.h -- what flows through pipes: a result, or a row of `count`, with
 * the columns that counting gave it; and copies of it that wait.
 *
 * Keys and hosts are canonical key values (hit.h), one after the other. */
#ifndef EQL_VM_REPORT_PIPE_ITEM_H
#define EQL_VM_REPORT_PIPE_ITEM_H

#include "vm/state/budget.h"
#include "vm/run/match.h"
#include "event/hit.h"

typedef struct {
    bool counted; /* there are columns */
    bool is_row;  /* of `count`: has a key, and no events */
    bool has_percent;
    uint32_t nkeys; /* values of key; more than one are an array */
    uint32_t nhosts;
    uint64_t count;
    double percent;
    eql_strview key;
    eql_strview hosts; /* distinct, ascending */
} eql_pipe_columns;

typedef struct {
    eql_match match;
    eql_pipe_columns columns;
} eql_pipe_item;

/* A copy; everything it names stands behind it. */
typedef struct eql_pipe_stored {
    struct eql_pipe_stored *next;
    eql_pipe_item item;
    eql_strview order; /* values to sort by */
    uint64_t serial;   /* in the order they were stored */
    size_t size;
    eql_match_event events[];
} eql_pipe_stored;

typedef struct {
    eql_pipe_stored *first, *last;
    uint64_t n;
} eql_pipe_queue;

/* Does it have room? */
typedef enum { EQL_PIPE_OK, EQL_PIPE_FULL, EQL_PIPE_NOMEM } eql_pipe_room;

/* values: the events' kept values, too.  *out is set when OK. */
eql_pipe_room eql_pipe_store(eql_budget *b, const eql_pipe_item *item,
                             eql_strview order, bool values,
                             eql_pipe_stored **out);
void eql_pipe_stored_free(eql_budget *b, eql_pipe_stored *s);
void eql_pipe_queue_add(eql_pipe_queue *q, eql_pipe_stored *s);
eql_pipe_stored *eql_pipe_queue_take(eql_pipe_queue *q); /* NULL: empty */
void eql_pipe_queue_free(eql_budget *b, eql_pipe_queue *q);

/* Sorts by `order`, the values of the pipe's expressions, stable
 * (language 12.1). false: out of memory. */
bool eql_pipe_queue_sort(eql_pipe_queue *q, const eql_program *p,
                         const eql_pipe_op *op);

/* The columns as a JSON object: what is reported of a row. */
void eql_pipe_columns_json(eql_buf *out, const eql_pipe_columns *c);
/* n values as a JSON array. */
void eql_pipe_values_json(eql_buf *out, eql_strview values);

#endif
