/* golden.h -- what a pass printed against its file in tests/golden.
 *
 * EQL_GOLDEN=bytecode/alias, =alias or =bytecode runs these cases alone (what
 * `make check` sets); with EQL_GOLDEN_UPDATE=1 the file is written anew. */
#ifndef EQL_TESTS_SUPPORT_GOLDEN_H
#define EQL_TESTS_SUPPORT_GOLDEN_H

#include "tests/support/eql_test.h"

/* Is the case asked for? */
static inline bool
eql_golden_wanted(const char *folder, const char *name)
{
    const char *asked = getenv("EQL_GOLDEN");
    char both[512];

    snprintf(both, sizeof both, "%s/%s", folder, name);
    return !asked || strcmp(asked, both) == 0 || strcmp(asked, name) == 0 ||
           strcmp(asked, folder) == 0;
}

/* False, with a diff on stdout: the file at path holds something else. */
static inline bool
eql_golden_same(const char *path, const eql_buf *got)
{
    char command[2048];
    FILE *f;

    if (getenv("EQL_GOLDEN_UPDATE")) {
        f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(got->p, 1, got->len, f);
        return fclose(f) == 0;
    }
    snprintf(command, sizeof command,
             "diff -N -u --label '%s' --label 'what it is now' '%s' -", path,
             path);
    fflush(stdout);
    f = popen(command, "w");
    assert_non_null(f);
    fwrite(got->p, 1, got->len, f);
    return pclose(f) == 0;
}

/* The end of a folder: ran cases, of which differ were not as their file. */
static inline void
eql_golden_end(const char *folder, size_t ran, size_t differ)
{
    if (differ)
        fail_msg("%zu of tests/golden/%s differ; where the change is meant, "
                 "`make golden-update` writes them anew",
                 differ, folder);
    if (ran == 0 && getenv("EQL_GOLDEN"))
        skip();
    assert_true(ran > 0);
}

#endif
