/* pipe_kind.c -- see pipe_kind.h. */
#include "program/pipe_kind.h"

#define MANY UINT32_MAX

static const eql_pipe_kind_info kinds[EQL_PIPE_KIND_COUNT] = {
#define PIPE(NAME, name, operand, least, most, takes, hosts)                   \
    {{name, sizeof name - 1},                                                  \
     EQL_PIPE_TAKES_##operand,                                                 \
     least,                                                                    \
     most,                                                                     \
     takes,                                                                    \
     hosts},
#include "program/pipe.def"
#undef PIPE
};

const eql_pipe_kind_info *
eql_pipe_kind_get(uint32_t kind)
{
    return &kinds[kind];
}

eql_pipe_kind
eql_pipe_kind_find(eql_strview name)
{
    uint32_t kind = 0;

    while (kind < EQL_PIPE_KIND_COUNT && !eql_sv_eq(name, kinds[kind].name))
        kind++;
    return (eql_pipe_kind)kind;
}
