/* ref_engine.c -- the engine's side of the randomised test, through the
 * public API alone.  Each event is pushed as a line of one input, so an
 * alert's line number is the event's number. */
#include "tests/reference/ref_engine.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eqlvm/eqlvm.h"
#include "tests/reference/ref_key.h"
#include "tests/support/coverage.h"

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

#define MOST_STAGES 64

static json_t *
parsed(eqlvm_text text)
{
    json_t *v =
        json_loadb(text.p, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    return v ? v : json_string("no JSON");
}

/* The values of the keys as a list; NULL: there are none. */
static char *
keys_text(ref_pool *pool, const eqlvm_alert *a)
{
    json_t *list = json_array();
    char *text;

    for (uint32_t i = 0; i < a->nkeys; i++)
        json_array_append_new(list, parsed(a->keys[i].json));
    text = a->nkeys ? ref_json_text(pool, list) : NULL;
    json_decref(list);
    return text;
}

static char *
row_text(ref_pool *pool, const eqlvm_alert *a)
{
    json_t *row = parsed(a->row);
    char *text = ref_json_text(pool, row);

    json_decref(row);
    return text;
}

static bool
take(void *ctx, const eqlvm_alert *a)
{
    size_t events[MOST_STAGES];
    ref_pool *pool;

    if (a->nstages > MOST_STAGES)
        return false;
    for (uint32_t i = 0; i < a->nstages; i++)
        events[i] =
            a->stages[i].missing ? REF_MISSING : (size_t)a->stages[i].line - 1;
    pool = ref_pool_new();
    ref_match_texts(ref_matches_add(ctx, events, a->nstages),
                    a->nstages ? keys_text(pool, a) : NULL,
                    a->row.len ? row_text(pool, a) : NULL);
    ref_pool_free(pool);
    return true;
}

static void
take_problem(void *ctx, const eqlvm_problem *p)
{
    snprintf(ctx, REF_ERR, "event %llu: %s", (unsigned long long)p->line,
             p->text);
}

/* Do the counts balance?  If so, what they say of the matches. */
static bool
look_at_counts(const eqlvm_engine *e, ref_bounds *b, char err[REF_ERR])
{
    enum { NONE, LOSS, EXTRA, BOTH };
    const char *which, *fault;
    eqlvm_stats s;

    eqlvm_engine_stats(e, &s);
    which = eqlvm_stats_unbalanced(&s);
    if (which)
        snprintf(err, REF_ERR, "counts do not balance: %s", which);
    fault = coverage_fault(e);
    if (fault)
        snprintf(err, REF_ERR, "coverage: %s", fault);
    b->may_miss = b->may_add = false;
#define COUNTER(member, effect, meaning)                                       \
    b->may_miss |= s.member && ((effect) == LOSS || (effect) == BOTH);         \
    b->may_add |= s.member && &s.member != &s.evicted &&                       \
                  ((effect) == EXTRA || (effect) == BOTH);
#include "api/counters.def"
    return !which && !fault;
}

static bool
push_events(eqlvm_engine *e, const ref_case *c)
{
    bool ok = true;

    for (size_t i = 0; ok && i < c->nevents; i++)
        ok = eqlvm_engine_push(e, "case", c->events[i], strlen(c->events[i])) ==
             EQLVM_OK;
    return ok;
}

/* As lines of a file, so that threads have something to share. */
static bool
read_events(eqlvm_engine *e, const ref_case *c)
{
    char path[] = "/tmp/eqlvm-case-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    bool ok = f != NULL;

    for (size_t i = 0; ok && i < c->nevents; i++)
        ok = fprintf(f, "%s\n", c->events[i]) > 0;
    ok = f && fclose(f) == 0 && ok;
    ok = ok && eqlvm_engine_read(e, path) == EQLVM_OK;
    /* Alerts read the file again. */
    ok = eqlvm_engine_finish(e) == EQLVM_OK && ok;
    if (fd >= 0)
        unlink(path);
    return ok;
}

static int
run(const eqlvm_program *p, const ref_case *c, ref_bounds *b, ref_matches *out,
    char err[REF_ERR])
{
    eqlvm_engine_options o = {.input = EQLVM_INPUT_ECS,
                              .max_state_bytes = b->max_state_bytes,
                              .threads = b->threads,
                              .block_bytes = b->threads > 1 ? 64 : 0,
                              .problem = take_problem,
                              .ctx = err};
    eqlvm_engine *e = eqlvm_engine_new(p, &o, take, out, err, REF_ERR);
    bool ok = e != NULL;

    if (ok && b->threads > 1)
        ok = read_events(e, c);
    else if (ok)
        ok = push_events(e, c) && eqlvm_engine_finish(e) == EQLVM_OK;
    ok = ok && !err[0] && look_at_counts(e, b, err);
    if (e && !ok && !err[0])
        snprintf(err, REF_ERR, "%s", eqlvm_engine_error(e));
    eqlvm_engine_free(e);
    return ok ? 0 : 2;
}

typedef struct {
    char *p;
    size_t len;
} image;

static bool
append(void *ctx, const char *p, size_t len)
{
    image *im = ctx;
    char *grown = realloc(im->p, im->len + len);

    if (!grown)
        return false;
    memcpy(grown + im->len, p, len);
    im->p = grown;
    im->len += len;
    return true;
}

/* The program as it comes back from its image, in place of itself. */
static bool
reload(eqlvm_program **p, char err[REF_ERR])
{
    image im = {NULL, 0};
    eqlvm_program *loaded = NULL;
    bool ok =
        eqlvm_program_save(*p, append, &im) == EQLVM_OK &&
        eqlvm_program_load(im.p, im.len, &loaded, err, REF_ERR) == EQLVM_OK;

    free(im.p);
    eqlvm_program_free(*p);
    *p = loaded;
    return ok;
}

static void
first_error(const eqlvm_compiler *compiler, char err[REF_ERR])
{
    snprintf(err, REF_ERR, "%s", eqlvm_compiler_error(compiler));
    for (size_t i = 0; i < eqlvm_compiler_ndiags(compiler); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(compiler, i, &d);
        if (d.kind != EQLVM_ERROR)
            continue;
        snprintf(err, REF_ERR, "%.*s: %.*s", (int)d.code.len, d.code.p,
                 (int)d.message.len, d.message.p);
        return;
    }
}

/* All types that the reference knows, as a schema file: with versions. */
static bool
write_schema(char *path)
{
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    const char *name, *type;

    for (size_t i = 0; f && ref_typed_path(i, &name, &type); i++)
        fprintf(f, "%s %s\n", name, type);
    return f && fclose(f) == 0;
}

/* The compiler that the case asks for. */
static eqlvm_compiler *
compiler_of(const ref_case *c)
{
    char path[] = "/tmp/eqlvm-schema-XXXXXX";
    eqlvm_compile_options o = {.dialect = c->dialect,
                               .set = c->set,
                               .schema = c->no_schema ? "none" : NULL,
                               .tiebreaker_field = c->tiebreaker};
    eqlvm_compiler *compiler;

    if (c->versions) {
        if (!write_schema(path))
            return NULL;
        o.schema = path;
    }
    compiler = eqlvm_compiler_new(&o);
    if (c->versions)
        unlink(path);
    return compiler;
}

int
ref_engine_run(const ref_case *c, ref_matches *out, char err[REF_ERR])
{
    ref_bounds plenty = {.threads = 1};

    return ref_engine_run_within(c, &plenty, out, err);
}

int
ref_engine_run_within(const ref_case *c, ref_bounds *b, ref_matches *out,
                      char err[REF_ERR])
{
    eqlvm_compiler *compiler = compiler_of(c);
    eqlvm_program *p = NULL;
    int result = 1;

    err[0] = 0;
    if (!compiler)
        return 2;
    if (add_rule(compiler, c) == EQLVM_OK &&
        eqlvm_compiler_finish(compiler, &p) == EQLVM_OK) {
        result = 2;
        if (!c->through_image || reload(&p, err))
            result = run(p, c, b, out, err);
    } else {
        first_error(compiler, err);
    }
    eqlvm_program_free(p);
    eqlvm_compiler_free(compiler);
    return result;
}
