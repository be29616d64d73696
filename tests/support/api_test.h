/* api_test.h -- programs and runs through the public header, for tests. */
#ifndef EQL_TESTS_SUPPORT_API_TEST_H
#define EQL_TESTS_SUPPORT_API_TEST_H

#include <sys/stat.h>

#include "base/buf.h"
#include "eqlvm/eqlvm.h"
#include "tests/support/eql_test.h"

static inline bool
api_collect(void *ctx, const char *p, size_t len)
{
    eql_buf_add(ctx, p, len);
    return true;
}

/* A program of n queries, called q1, q2, ...; o may be NULL. */
static inline eqlvm_program *
api_compile_with(const eqlvm_compile_options *o, const char *const *queries,
                 size_t n)
{
    eqlvm_compiler *c = eqlvm_compiler_new(o);
    eqlvm_program *p = NULL;
    char name[32];

    assert_non_null(c);
    for (size_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "q%zu", i + 1);
        assert_int_equal(
            eqlvm_compiler_add_query(c, name, queries[i], strlen(queries[i])),
            EQLVM_OK);
    }
    if (eqlvm_compiler_finish(c, &p) != EQLVM_OK) {
        eql_buf text = {0};

        for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++)
            (void)eqlvm_compiler_render(c, i, false, api_collect, &text);
        fail_msg("%.*s%s", (int)text.len, text.p ? text.p : "",
                 eqlvm_compiler_error(c));
    }
    eqlvm_compiler_free(c);
    return p;
}

static inline eqlvm_program *
api_compile(const char *const *queries, size_t n)
{
    return api_compile_with(NULL, queries, n);
}

/* Alerts as text: "rule severity [lines] key=json ...;" each, and their ids. */
typedef struct {
    eql_buf seen, ids;
    size_t stop_after; /* 0: never */
    size_t n;
} api_alerts;

static inline bool
api_on_alert(void *ctx, const eqlvm_alert *a)
{
    api_alerts *x = ctx;

    eql_buf_printf(&x->seen, "r%u %s [", a->rule + 1,
                   eqlvm_severity_name(a->severity));
    for (uint32_t i = 0; i < a->nstages; i++)
        eql_buf_printf(&x->seen, "%s%llu", i ? "," : "",
                       (unsigned long long)a->stages[i].line);
    eql_buf_add_char(&x->seen, ']');
    for (uint32_t i = 0; i < a->nkeys; i++)
        eql_buf_printf(&x->seen, " %.*s=%.*s", (int)a->keys[i].name.len,
                       a->keys[i].name.p, (int)a->keys[i].json.len,
                       a->keys[i].json.p);
    eql_buf_add_char(&x->seen, ';');
    eql_buf_printf(&x->ids, "%.*s;", (int)a->alert_id.len, a->alert_id.p);
    return ++x->n != x->stop_after;
}

/* An engine whose alerts are gathered in x. */
static inline eqlvm_engine *
api_start(const eqlvm_program *p, const eqlvm_engine_options *o, api_alerts *x)
{
    char reason[256];
    eqlvm_engine *e =
        eqlvm_engine_new(p, o, api_on_alert, x, reason, sizeof reason);

    if (!e)
        fail_msg("%s", reason);
    return e;
}

static inline void
api_alerts_free(api_alerts *x)
{
    eql_buf_free(&x->seen);
    eql_buf_free(&x->ids);
}

#define assert_seen(x, s)                                                      \
    do {                                                                       \
        if (!eql_sv_is(eql_buf_sv(&(x)->seen), s))                             \
            fail_msg("saw  %.*s\nwant %s", (int)(x)->seen.len,                 \
                     (x)->seen.p ? (x)->seen.p : "", s);                       \
    } while (0)

/* A folder of its own, and files in it. */
static inline void
api_folder(char dir[256])
{
    const char *tmp = getenv("TMPDIR");

    snprintf(dir, 256, "%s/eqlvm_api_XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static inline void
api_drop_folder(const char *dir)
{
    char command[300];

    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
}

static inline void
api_put(const char *dir, const char *name, const void *data, size_t len)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

#endif
