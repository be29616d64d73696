/* times.c -- see times.h. */
#include "io/input/times.h"

void
eql_times_merge(eql_times *to, const eql_times *t, uint64_t line)
{
    for (int i = 0; i < EQL_UNIT_COUNT; i++)
        to->by_unit[i] += t->by_unit[i];
    if (to->odd == 0) {
        to->odd_line = line + t->odd_line;
        to->odd_ns = t->odd_ns;
    }
    to->odd += t->odd;
}

eql_timestamp_unit
eql_times_unit(const eql_times *t)
{
    int most = EQL_UNIT_AUTO;

    for (int i = 0; i < EQL_UNIT_COUNT; i++)
        if (t->by_unit[i] > t->by_unit[most])
            most = i;
    return (eql_timestamp_unit)most;
}

uint64_t
eql_times_mixed(const eql_times *t)
{
    uint64_t n = 0;

    for (int i = 0; i < EQL_UNIT_COUNT; i++)
        n += t->by_unit[i];
    return n - t->by_unit[eql_times_unit(t)];
}
