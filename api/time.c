/* time.c -- times as text, for programs that take them from a user. */
#include "eqlvm/eqlvm.h"

#include "base/text.h"

bool
eqlvm_time_parse(const char *s, int64_t *ns)
{
    return s && ns && eql_time_parse(eql_sv_cstr(s), ns);
}
