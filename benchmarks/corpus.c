/* corpus.c -- the two inputs of a benchmark: bytes in memory, and rules as a
 * program (worker.h). */
#include "benchmarks/lane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "benchmarks/yardstick.h"

/* --- bytes --- */

static bool
read_bytes(lane_corpus *c, const char *file, size_t max_bytes)
{
    FILE *f = fopen(file, "rb");
    struct stat st;
    size_t n;

    if (!f || fstat(fileno(f), &st) != 0) {
        fprintf(stderr, "bench: %s: %s\n", file, strerror(errno));
        if (f)
            fclose(f);
        return false;
    }
    n = (size_t)st.st_size;
    if (max_bytes && max_bytes < n)
        n = max_bytes;
    c->bytes = calloc(1, n + YARDSTICK_PADDING);
    c->len = c->bytes ? fread(c->bytes, 1, n, f) : 0;
    fclose(f);
    while (c->len > 0 && c->bytes[c->len - 1] != '\n')
        c->len--;
    if (c->len > 0)
        return true;
    fprintf(stderr, "bench: %s: no whole line in it\n", file);
    return false;
}

bool
lane_corpus_load(lane_corpus *c, const char *file, size_t max_bytes,
                 bool in_memory)
{
    uint64_t errors;

    c->source = file;
    if (!read_bytes(c, file, max_bytes))
        return false;
    c->in_memory = in_memory || max_bytes;
    c->events = yardstick_parse(c->bytes, c->len, &errors);
    if (errors)
        fprintf(stderr, "bench: %s: %llu documents that are none\n", file,
                (unsigned long long)errors);
    return true;
}

void
lane_corpus_free(lane_corpus *c)
{
    free(c->bytes);
}

/* --- rules --- */

/* Adds each path of a list; false: told. */
static bool
add_list(eqlvm_compiler *c, const char *list, unsigned limit)
{
    FILE *f = fopen(list, "r");
    char line[4096];
    unsigned n = 0;
    bool ok = f != NULL;

    while (ok && (!limit || n < limit) && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0])
            continue;
        n++;
        ok = eqlvm_compiler_add_path(c, line) == EQLVM_OK;
    }
    if (f)
        fclose(f);
    return ok;
}

bool
lane_rules_load(lane_rules *r, const char *where, unsigned limit)
{
    eqlvm_compile_options o = {.skip_bad_rules = true};
    eqlvm_compiler *c = eqlvm_compiler_new(&o);
    eqlvm_compile_summary sum;
    double start = lane_thread_s();
    bool ok;

    if (!c)
        return false;
    ok = where[0] == '@' ? add_list(c, where + 1, limit)
                         : eqlvm_compiler_add_path(c, where) == EQLVM_OK;
    ok = ok && eqlvm_compiler_finish(c, &r->program) == EQLVM_OK;
    if (!ok)
        fprintf(stderr, "bench: %s: %s\n", where, eqlvm_compiler_error(c));
    r->compile_s = lane_thread_s() - start;
    eqlvm_compiler_summary(c, &sum);
    r->nrules = (uint32_t)sum.rules;
    r->bad = (uint32_t)sum.bad;
    eqlvm_compiler_free(c);
    return ok;
}

void
lane_rules_free(lane_rules *r)
{
    eqlvm_program_free(r->program);
}
