/* eql_test.h -- cmocka's headers in the order they need, and small helpers. */
#ifndef EQL_TESTS_SUPPORT_EQL_TEST_H
#define EQL_TESTS_SUPPORT_EQL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

/* Root of the reference material, or NULL when it is not there. */
static inline const char *
eql_test_shared(void)
{
    const char *dir = getenv("EQL_SHARED");
    FILE *f;
    static char path[4096];

    if (!dir)
        dir = "../shared";
    snprintf(path, sizeof path, "%s/data/expected-alerts.json", dir);
    f = fopen(path, "r");
    if (!f)
        return NULL;
    fclose(f);
    snprintf(path, sizeof path, "%s", dir);
    return path;
}

#endif
