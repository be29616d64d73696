/* selftest.h -- how the selftests ask the reference. */
#ifndef EQL_TESTS_REF_SELFTEST_H
#define EQL_TESTS_REF_SELFTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/reference/ref_run.h"

/* The matches of a query over events, as text, with their keys or without;
 * "refused: ..." otherwise. */
static inline char *
matches_of(ref_pool *pool, const ref_case *c, bool keys)
{
    char err[REF_ERR], *text;
    ref_matches m;
    ref_status status = ref_run(c, &m, err);

    for (size_t i = 0; !keys && i < m.n; i++) {
        free(m.items[i].keys);
        m.items[i].keys = NULL;
    }
    if (status == REF_RAN)
        text = ref_matches_text(pool, &m);
    else
        text = ref_printf(pool, "%s: %s",
                          status == REF_REFUSED ? "refused" : "broken", err);
    ref_matches_free(&m);
    return text;
}

/* Runs the tests of selftest_seq.c. */
int selftest_seq(void);

#endif
