/* status.h -- how a step of the engine ended. */
#ifndef EQL_VM_RUN_STATUS_H
#define EQL_VM_RUN_STATUS_H

#include "base/base.h"

typedef enum {
    EQL_ENGINE_OK,
    EQL_ENGINE_NOMEM,
    EQL_ENGINE_IO,     /* spill file: what went wrong in eql_engine_error */
    EQL_ENGINE_STOPPED /* a callback returned false */
} eql_engine_result;

#endif
