/* pipe_kind.h -- the kinds of pipes, made of pipe.def. */
#ifndef EQL_PROGRAM_PIPE_KIND_H
#define EQL_PROGRAM_PIPE_KIND_H

#include "base/text.h"

typedef enum {
#define PIPE(NAME, name, operand, least, most, takes, hosts) EQL_PIPE_##NAME,
#include "program/pipe.def"
#undef PIPE
    EQL_PIPE_KIND_COUNT
} eql_pipe_kind;

typedef enum {
    EQL_PIPE_TAKES_NUMBER,    /* eql_pipe_op.n */
    EQL_PIPE_TAKES_CONDITION, /* eql_pipe_op.filter */
    EQL_PIPE_TAKES_VALUES     /* eql_pipe_op.exprs */
} eql_pipe_operand;

typedef struct {
    eql_strview name; /* with an end of text behind it */
    eql_pipe_operand operand;
    uint32_t least, most; /* arguments */
    const char *takes;    /* for messages: "one condition" */
    bool counts_hosts;    /* its rows say on how many hosts */
} eql_pipe_kind_info;

/* kind is below EQL_PIPE_KIND_COUNT. */
const eql_pipe_kind_info *eql_pipe_kind_get(uint32_t kind);
/* The pipe of this name; EQL_PIPE_KIND_COUNT: there is none. */
eql_pipe_kind eql_pipe_kind_find(eql_strview name);

#endif
