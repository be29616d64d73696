/* fuzz_program.h -- what targets do with rules: diagnostics are whole, and what
 * compiles verifies, saves, loads, and runs like its image. */
#ifndef EQL_TESTS_FUZZ_PROGRAM_H
#define EQL_TESTS_FUZZ_PROGRAM_H

#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "eqlvm/eqlvm.h"
#include "tests/support/coverage.h"

static const char *const fuzz_events[] = {
    "{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"event\":{\"category\":"
    "[\"network\",\"process\"],\"type\":\"start\"},\"host\":{\"id\":\"a\"},"
    "\"source\":{\"ip\":\"::1\"},\"destination\":{\"port\":5985}}",
    "{\"@timestamp\":\"2026-01-01T00:00:01Z\",\"event\":{\"category\":"
    "\"process\",\"type\":\"start\"},\"host\":{\"id\":[\"a\",\"b\"]},"
    "\"process\":{\"name\":\"cmd.exe\",\"pid\":4,\"args\":[\"a\",1,true,null,"
    "2.5],\"parent\":{\"name\":\"wsmprovhost.exe\"}}}",
    "{\"@timestamp\":\"2026-01-01T00:00:02Z\",\"event\":{\"category\":"
    "\"process\",\"type\":\"end\"},\"host\":{\"id\":\"a\"},\"a\":{\"b\":1}}",
    "{\"event\":{\"category\":\"file\"},\"x\":{}}",
};

static inline bool
fuzz_collect(void *ctx, const char *p, size_t len)
{
    eql_buf_add(ctx, p, len);
    return true;
}

static inline bool
fuzz_on_alert(void *ctx, const eqlvm_alert *a)
{
    eql_buf *out = ctx;

    eql_buf_printf(out, "%u %.*s %u", a->rule, (int)a->alert_id.len,
                   a->alert_id.p, (unsigned)a->severity);
    for (uint32_t i = 0; i < a->nkeys; i++)
        eql_buf_printf(out, " %.*s", (int)a->keys[i].json.len,
                       a->keys[i].json.p);
    for (uint32_t i = 0; i < a->nstages; i++)
        eql_buf_printf(out, " [%u %llu %.*s]", a->stages[i].stage,
                       (unsigned long long)a->stages[i].line,
                       (int)a->stages[i].event.len, a->stages[i].event.p);
    eql_buf_printf(out, " %.*s\n", (int)a->row.len, a->row.p);
    return true;
}

/* The alerts of a run over the events above. */
static inline void
fuzz_run(const eqlvm_program *p, eql_buf *out)
{
    eqlvm_engine_options o = {.threads = 1};
    eqlvm_engine *e = eqlvm_engine_new(p, &o, fuzz_on_alert, out, NULL, 0);

    fuzz_require(e != NULL, "an engine");
    for (size_t i = 0; i < sizeof fuzz_events / sizeof *fuzz_events; i++)
        fuzz_require(eqlvm_engine_push(e, "fuzz", fuzz_events[i],
                                       strlen(fuzz_events[i])) == EQLVM_OK,
                     "an event is taken");
    fuzz_require(eqlvm_engine_finish(e) == EQLVM_OK, "the run ends");
    fuzz_require(!coverage_fault(e), "what fired could fire");
    eqlvm_engine_free(e);
}

static inline void
fuzz_check_program(const eqlvm_program *p)
{
    eql_buf image = {0}, listing = {0}, ours = {0}, its = {0};
    eqlvm_program *again = NULL;
    char reason[256] = "";

    fuzz_require(eqlvm_program_save(p, fuzz_collect, &image) == EQLVM_OK,
                 "saves");
    if (eqlvm_program_load(image.p, image.len, &again, reason, sizeof reason) !=
        EQLVM_OK) {
        fprintf(stderr, "%s\n", reason);
        fuzz_require(0, "what was saved loads");
    }
    fuzz_require(eqlvm_program_disassemble(p, fuzz_collect, &listing) ==
                     EQLVM_OK,
                 "is listed");
    fuzz_run(p, &ours);
    fuzz_run(again, &its);
    fuzz_require(ours.len == its.len &&
                     (!ours.len || memcmp(ours.p, its.p, ours.len) == 0),
                 "text and image agree");
    eqlvm_program_free(again);
    eql_buf_free(&image);
    eql_buf_free(&listing);
    eql_buf_free(&ours);
    eql_buf_free(&its);
}

/* Every diagnostic says what and where. */
static inline void
fuzz_check_diags(const eqlvm_compiler *c)
{
    eql_buf text = {0};

    for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        fuzz_require(d.code.len == 4 && d.message.len > 0, "says what");
        fuzz_require(d.line >= 1 && d.column >= 1, "says where");
        fuzz_require(eqlvm_compiler_render(c, i, i % 2, fuzz_collect, &text) ==
                         EQLVM_OK,
                     "is shown");
    }
    eql_buf_free(&text);
}

/* Ends the compiler: a program that is sound, or a reason why not. */
static inline void
fuzz_finish(eqlvm_compiler *c)
{
    eqlvm_program *p = NULL;
    eqlvm_status s = eqlvm_compiler_finish(c, &p);
    eqlvm_compile_summary sum;

    fuzz_check_diags(c);
    eqlvm_compiler_summary(c, &sum);
    fuzz_require(s == EQLVM_OK || (s == EQLVM_ERR_COMPILE && sum.bad > 0),
                 "rules compile or have errors");
    fuzz_require(sum.bad == 0 || sum.errors > 0, "an error is explained");
    if (p)
        fuzz_check_program(p);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
}

/* A rule file's bytes through the file's reader, and what they say. */
static inline void
fuzz_rule_file(const char *suffix, const void *data, size_t len, bool skip)
{
    eqlvm_compile_options o = {.skip_bad_rules = skip};
    const char *path = fuzz_file(suffix, data, len);
    eqlvm_compiler *c = eqlvm_compiler_new(&o);

    fuzz_require(c != NULL, "a compiler");
    fuzz_require(eqlvm_compiler_add_path(c, path) == EQLVM_OK,
                 "a file that is there is read");
    for (size_t i = 0; i < eqlvm_compiler_nignored(c); i++)
        fuzz_require(eqlvm_compiler_ignored(c, i).len > 0, "a key has a name");
    fuzz_finish(c);
}

static inline bool
fuzz_on_test(void *ctx, const eqlvm_test_result *r)
{
    (void)ctx;
    fuzz_require(r->passed || r->detail.len > 0, "a failed test says why");
    return true;
}

/* The tests of the rules in the file that fuzz_file made. */
static inline void
fuzz_rule_tests(void)
{
    eqlvm_test_summary sum;
    eql_buf text = {0};
    char reason[256] = "";
    eqlvm_status s =
        eqlvm_test_path(fuzz_path, NULL, fuzz_on_test, fuzz_collect, &text,
                        &sum, reason, sizeof reason);

    fuzz_require(s != EQLVM_ERR_NOMEM, "tests run");
    eql_buf_free(&text);
}

#endif
