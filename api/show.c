/* show.c -- texts for a terminal, through the public header. */
#include "api/api.h"
#include "base/show.h"

eqlvm_status
eqlvm_show(const char *p, size_t len, eqlvm_show_kind kind, eqlvm_write_fn fn,
           void *ctx)
{
    eql_buf out = {0};
    eqlvm_status s;

    if ((!p && len > 0) || !fn)
        return EQLVM_ERR_ARG;
    eql_show_escaped(&out, eql_sv(p ? p : "", len), kind == EQLVM_SHOW_JSON,
                     kind != EQLVM_SHOW_LINE);
    s = eql_api_write(&out, fn, ctx);
    eql_buf_free(&out);
    return s;
}
