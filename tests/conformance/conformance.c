/* conformance.c -- the peers' own tests, run through the public library.
 *
 *   conformance DIR [-v] [ID-PREFIX]
 *
 * A line for each case that fails; the deviations and the cases that are
 * skipped with -v; last the counts.  Exit 1 when a case failed. */
#include "tests/conformance/case.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *dir, *prefix;
    bool verbose;
    json_t *meta;
    deviations *deviations;
    size_t passed, failed, skipped, deviated;
    size_t unexecuted_passed, unexecuted_failed; /* apart */
} session;

/* About the insides of another program: nothing to ask of ours. */
static bool
is_foreign(const char *kind)
{
    static const char *const kinds[] = {"equivalence",  "field",   "literal",
                                        "string_token", "pattern", "definition",
                                        "definitions"};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

/* An error that only the types of the peer's index explain: the case names an
 * index mapping that is not here, and the text alone has no fault. */
static bool
rests_on_types(const test_case *c, case_outcome v)
{
    return v == CASE_FAIL && json_object_get(c->options, "mapping") &&
           json_object_get(c->expect, "error");
}

/* In every mode of case that the expectation holds for. */
static case_outcome
judge(test_case *c)
{
    const json_t *modes = json_object_get(c->options, "case_modes");
    case_outcome v = CASE_PASS;

    if (!modes)
        return case_judge(c);
    for (size_t i = 0; v == CASE_PASS && i < json_array_size(modes); i++) {
        const char *mode = json_string_value(json_array_get(modes, i));

        c->sensitive = mode && strcmp(mode, "sensitive") == 0;
        v = case_judge(c);
    }
    return v;
}

static void
count_failure(session *s, const test_case *c)
{
    const char *reason = deviations_find(s->deviations, c->id);

    if (reason) {
        s->deviated++;
        if (s->verbose)
            printf("DEVIATION %s: %s\n", c->id, reason);
        return;
    }
    s->failed++;
    printf("FAIL %s: %.*s\n", c->id, (int)c->why.len, c->why.p);
}

static void
count_unexecuted(session *s, const test_case *c, case_outcome v)
{
    if (v == CASE_PASS)
        s->unexecuted_passed++;
    else
        s->unexecuted_failed++;
    if (s->verbose && v != CASE_PASS)
        printf("UNEXECUTED %s: %.*s\n", c->id, (int)c->why.len, c->why.p);
}

static void
count(session *s, const test_case *c, case_outcome v)
{
    if (strcmp(c->origin, "unexecuted") == 0) {
        count_unexecuted(s, c, v);
    } else if (v == CASE_FAIL) {
        count_failure(s, c);
    } else if (deviations_find(s->deviations, c->id)) {
        s->failed++;
        printf("FAIL %s: expected a deviation got the peer's answer\n", c->id);
    } else {
        s->passed++;
    }
}

static void
skip(session *s, const test_case *c, const char *why)
{
    s->skipped++;
    if (s->verbose)
        printf("SKIP %s: %s\n", c->id, why);
}

static void
take(session *s, const json_t *object)
{
    case_outcome v;
    test_case c;

    case_init(&c, object);
    c.dir = s->dir;
    c.meta = s->meta;
    if (!c.id || !c.query || !c.kind || !c.dialect || !c.origin) {
        fprintf(stderr, "a case without id, query, kind, dialect or origin\n");
        exit(2);
    }
    if (strncmp(c.id, s->prefix, strlen(s->prefix)) != 0)
        return;
    if (is_foreign(c.kind)) {
        skip(s, &c, "about another program's insides");
        return;
    }
    v = judge(&c);
    if (rests_on_types(&c, v))
        skip(s, &c, "an error of index types that are not here");
    else
        count(s, &c, v);
    case_free(&c);
}

static void
take_file(session *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    if (!f) {
        perror(path);
        exit(2);
    }
    while ((n = getline(&line, &cap, f)) > 0) {
        json_error_t e;
        json_t *object =
            json_loadb(line, (size_t)n, JSON_ALLOW_NUL | JSON_DECODE_ANY, &e);

        if (!object) {
            fprintf(stderr, "%s: %s\n", path, e.text);
            exit(2);
        }
        take(s, object);
        json_decref(object);
    }
    free(line);
    fclose(f);
}

static int
is_case_file(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return n > 7 && strcmp(d->d_name + n - 7, ".ndjson") == 0;
}

static int
take_all(session *s)
{
    struct dirent **files;
    char path[4096];
    int n;

    snprintf(path, sizeof path, "%s/events/META.json", s->dir);
    s->meta = json_load_file(path, 0, NULL);
    if (!s->meta) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 2;
    }
    snprintf(path, sizeof path, "%s/cases", s->dir);
    n = scandir(path, &files, is_case_file, alphasort);
    if (n < 0) {
        perror(path);
        return 2;
    }
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/cases/%s", s->dir, files[i]->d_name);
        take_file(s, path);
        free(files[i]);
    }
    free(files);
    return 0;
}

/* The list stands in the source tree, the program in build/CONFIG. */
static deviations *
read_deviations(const char *program)
{
    static const char name[] = "tests/conformance/deviations.toml";
    const char *slash = strrchr(program, '/');
    char path[4096];

    snprintf(path, sizeof path, "%.*s/../../%s",
             slash ? (int)(slash - program) : 1, slash ? program : ".", name);
    return deviations_read(access(path, R_OK) == 0 ? path : name);
}

int
main(int argc, char **argv)
{
    session s = {.prefix = ""};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            s.verbose = true;
        else if (!s.dir)
            s.dir = argv[i];
        else
            s.prefix = argv[i];
    }
    if (!s.dir) {
        fprintf(stderr, "usage: conformance DIR [-v] [ID-PREFIX]\n");
        return 2;
    }
    s.deviations = read_deviations(argv[0]);
    if (!s.deviations || take_all(&s) != 0)
        return 2;
    printf("%zu deviations (tests/conformance/deviations.toml)\n", s.deviated);
    printf("apart, never run upstream: %zu passed, %zu failed\n",
           s.unexecuted_passed, s.unexecuted_failed);
    printf("%zu passed, %zu failed, %zu skipped\n", s.passed, s.failed,
           s.skipped);
    deviations_free(s.deviations);
    json_decref(s.meta);
    return s.failed > 0;
}
