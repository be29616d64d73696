/* ref_engine.c -- the engine's side of the randomised test, through the
 * public API alone.  Each event is pushed as a line of one input, so an
 * alert's line number is the event's number. */
#include "tests/reference/ref_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eqlvm/eqlvm.h"
#ifdef EQL_FAULTS
#include "vm/fault.h"
#endif

unsigned
ref_engine_features(void)
{
    return REF_ENGINE_EXCEPTIONS;
}

/* A TOML basic string. */
static void
put_toml(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            fprintf(f, "\\u%04x", c);
        else
            fputc(c, f);
    }
    fputs("\"\n", f);
}

/* Exceptions are no part of a query's text: such a case goes through a rule
 * file.  path ends in XXXXXX.toml. */
static bool
write_rule(const ref_case *c, char *path)
{
    int fd = mkstemps(path, 5);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

    if (!f)
        return false;
    fputs("[rule]\nname = \"case\"\nlanguage = \"eql\"\nquery = ", f);
    put_toml(f, c->query);
    for (size_t i = 0; i < c->nexceptions; i++) {
        fprintf(f, "[[eqlvm.exception]]\nname = \"x\"\nstage = %zu\nwhen = ",
                c->exceptions[i].stage);
        put_toml(f, c->exceptions[i].condition);
    }
    return fclose(f) == 0;
}

static eqlvm_status
add_rule(eqlvm_compiler *compiler, const ref_case *c)
{
    char path[] = "/tmp/eqlvm-case-XXXXXX.toml";
    eqlvm_status s;

    if (!c->nexceptions)
        return eqlvm_compiler_add_query(compiler, "case", c->query,
                                        strlen(c->query));
    if (!write_rule(c, path))
        return EQLVM_ERR_IO;
    s = eqlvm_compiler_add_path(compiler, path);
    unlink(path);
    return s;
}

#define MOST_STAGES 16

static bool
take(void *ctx, const eqlvm_alert *a)
{
    size_t events[MOST_STAGES];

    if (a->nstages > MOST_STAGES)
        return false;
    for (uint32_t i = 0; i < a->nstages; i++)
        events[i] = (size_t)a->stages[i].line - 1;
    ref_matches_add(ctx, events, a->nstages);
    return true;
}

static void
take_problem(void *ctx, const eqlvm_problem *p)
{
    snprintf(ctx, REF_ERR, "event %llu: %s", (unsigned long long)p->line,
             p->text);
}

static int
run(const eqlvm_program *p, const ref_case *c, ref_matches *out,
    char err[REF_ERR])
{
    eqlvm_engine_options o = {
        .input = EQLVM_INPUT_ECS, .problem = take_problem, .ctx = err};
    eqlvm_engine *e = eqlvm_engine_new(p, &o, take, out, err, REF_ERR);
    bool ok = e != NULL;

    for (size_t i = 0; ok && i < c->nevents; i++)
        ok = eqlvm_engine_push(e, "case", c->events[i], strlen(c->events[i])) ==
             EQLVM_OK;
    ok = ok && eqlvm_engine_finish(e) == EQLVM_OK && !err[0];
    if (e && !ok && !err[0])
        snprintf(err, REF_ERR, "%s", eqlvm_engine_error(e));
    eqlvm_engine_free(e);
    return ok ? 0 : 2;
}

int
ref_engine_run(const ref_case *c, ref_matches *out, char err[REF_ERR])
{
    eqlvm_compiler *compiler = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;
    int result = 1;

#ifdef EQL_FAULTS
    eql_fault_select(getenv("EQL_FAULT"));
#endif
    err[0] = 0;
    if (!compiler)
        return 2;
    if (add_rule(compiler, c) == EQLVM_OK &&
        eqlvm_compiler_finish(compiler, &p) == EQLVM_OK) {
        result = run(p, c, out, err);
    } else {
        eqlvm_diag d = {0};

        if (eqlvm_compiler_ndiags(compiler))
            eqlvm_compiler_diag(compiler, 0, &d);
        snprintf(err, REF_ERR, "%.*s: %.*s", (int)d.code.len, d.code.p,
                 (int)d.message.len, d.message.p);
    }
    eqlvm_program_free(p);
    eqlvm_compiler_free(compiler);
    return result;
}
