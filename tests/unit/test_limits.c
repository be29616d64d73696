/* test_limits.c -- the table of limits in SECURITY.md is true. */
#include "tests/support/eql_test.h"

#include "base/buf.h"
#include "base/regex.h"
/* The compiler's paths are of another kind than the program's. */
#include "compiler/expand.h"
#include "compiler/parser.h"
#include "eqlvm/eqlvm.h"
#include "io/events.h"
#include "io/json/project.h"
#include "rulefile/schema_file.h"
#include "rulefile/toml.h"
#include "program/verify.h"
#include "stdlib/functions.h"
#include "vm/seq/seq.h"
#include "vm/filter/capture.h"
#include "vm/engine.h"
#include "vm/filter/keys.h"
#include "vm/group/sample.h"

#define BYTES(name)                                                            \
    {                                                                          \
#name, name, true                                                      \
    }
#define COUNT(name)                                                            \
    {                                                                          \
#name, name, false                                                     \
    }
static const struct {
    const char *name;
    uint64_t value;
    bool bytes;
} limits[] = {
    BYTES(EQL_MAX_QUERY_BYTES),
    COUNT(EQL_MAX_DEPTH),
    COUNT(EQL_MAX_LIST),
    COUNT(EQL_MAX_EXPANSION),
    COUNT(EQL_MAX_PARAMS),
    COUNT(EQL_MAX_LEVELS),
    COUNT(EQL_MAX_OCCURRENCES),
    COUNT(EQL_MAX_REGS),
    COUNT(EQL_MAX_POSITIONS),
    COUNT(EQL_DEFAULT_RUNS_MAX),
    COUNT(EQL_MAX_SEVERITIES),
    BYTES(EQL_REGEX_MAX_BYTES),
    COUNT(EQL_REGEX_MAX_DEPTH),
    COUNT(EQL_REGEX_MAX_REPEAT),
    BYTES(EQL_REGEX_MOST_MEMORY),
    COUNT(EQL_VERIFY_WORK_BODY),
    COUNT(EQL_VERIFY_REGEX_COST),
    BYTES(EQL_TOML_MAX_BYTES),
    BYTES(EQL_SCHEMA_MAX_BYTES),
    BYTES(EQL_DEFAULT_LINE_BYTES),
    COUNT(EQL_DEFAULT_EVENT_DEPTH),
    COUNT(EQL_PROJECT_MAX_VALUES),
    COUNT(EQL_MAX_COMBINATIONS),
    COUNT(EQL_MAX_LEAF_RUNS),
    BYTES(EQL_MAX_RESULT_BYTES),
    COUNT(EQL_MAX_KEY_TUPLES),
    BYTES(EQL_MAX_KEY_VALUE),
    BYTES(EQL_HIT_MAX_BYTES),
    BYTES(EQL_CAPTURE_MAX_BYTES),
    COUNT(EQL_MAX_PENDING),
    COUNT(EQL_MAX_SAMPLE_STEPS),
    BYTES(EQL_DEFAULT_STATE_BYTES),
    BYTES(EQL_DEFAULT_SORT_MEMORY),
    BYTES(EQL_DEFAULT_SPOOL_BYTES),
    COUNT(EQLVM_MAX_THREADS),
};

/* 16 MiB; 1,000,000. */
static void
put_value(eql_buf *out, uint64_t value, bool bytes)
{
    char digits[32];
    int n;

    if (bytes && value % (UINT64_C(1) << 30) == 0) {
        eql_buf_printf(out, "%u GiB", (unsigned)(value >> 30));
    } else if (bytes) {
        assert_int_equal(value % (1u << 20), 0);
        eql_buf_printf(out, "%u MiB", (unsigned)(value >> 20));
    } else {
        n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
        for (int i = 0; i < n; i++) {
            if (i > 0 && (n - i) % 3 == 0)
                eql_buf_add_char(out, ',');
            eql_buf_add_char(out, digits[i]);
        }
    }
}

static char *
read_page(void)
{
    FILE *f = fopen("SECURITY.md", "rb");
    char *text = calloc(1, 1 << 16);

    assert_non_null(f);
    assert_non_null(text);
    assert_in_range(fread(text, 1, (1 << 16) - 1, f), 1000, (1 << 16) - 2);
    fclose(f);
    return text;
}

static void
test_every_limit_is_listed_as_it_is(void **state)
{
    char *page = read_page();

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(limits); i++) {
        eql_buf row = {0};

        eql_buf_printf(&row, "\n| `%s` | ", limits[i].name);
        put_value(&row, limits[i].value, limits[i].bytes);
        eql_buf_add_str(&row, " | ");
        eql_buf_add_char(&row, '\0');
        if (!strstr(page, row.p))
            fail_msg("SECURITY.md lacks the row: %s", row.p + 1);
        eql_buf_free(&row);
    }
    free(page);
}

/* No row is about a limit that is not looked at here. */
static void
test_nothing_else_is_listed(void **state)
{
    char *page = read_page();
    size_t rows = 0;

    (void)state;
    for (const char *p = page; (p = strstr(p, "\n| `EQL")); p++)
        rows++;
    assert_int_equal(rows, EQL_COUNTOF(limits));
    free(page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_limit_is_listed_as_it_is),
        cmocka_unit_test(test_nothing_else_is_listed),
    };

    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
