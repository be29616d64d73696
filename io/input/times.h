/* times.h -- what a file's times look like: enough to tell the user what was
 * made of them.
 *
 * Nothing here decides anything.  A number's unit is told by its size alone
 * (stdlib/functions.h), so events do not depend on those before them, nor on
 * threads; what is gathered here says afterwards which units a file had. */
#ifndef EQL_IO_INPUT_TIMES_H
#define EQL_IO_INPUT_TIMES_H

#include "program/dialect.h"

/* 1990-01-01, before which no event of this kind was recorded. */
#define EQL_TIMES_FIRST_NS (INT64_C(631152000) * 1000000000)

typedef struct {
    /* Events whose time is a number, by the unit that its size told; [AUTO]
     * is not used. */
    uint64_t by_unit[EQL_UNIT_COUNT];
    uint64_t odd; /* dates before 1990 or beyond tomorrow; of the first: */
    uint64_t odd_line;
    int64_t odd_ns;
} eql_times;

/* An event of this line is dated ns, which is odd. */
static inline void
eql_times_add_odd(eql_times *t, uint64_t line, int64_t ns)
{
    if (t->odd++ == 0) {
        t->odd_line = line;
        t->odd_ns = ns;
    }
}

/* Those of lines that follow, which count from `line`. */
void eql_times_merge(eql_times *to, const eql_times *t, uint64_t line);
/* The unit of most numbers; AUTO when there are none. */
eql_timestamp_unit eql_times_unit(const eql_times *t);
/* Numbers in another unit than that. */
uint64_t eql_times_mixed(const eql_times *t);

#endif
