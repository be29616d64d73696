/* deviations.c -- deviations.toml: cases that the language decides otherwise,
 * each with the section, `language N`, and the reason. */
#include "tests/conformance/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rulefile/toml.h"

struct deviations {
    eql_arena *arena;
    eql_buf text;
    const eql_toml *list; /* the array [[deviation]] */
};

static bool
load(const char *path, eql_buf *text)
{
    FILE *f = fopen(path, "rb");
    char chunk[4096];
    size_t n;

    if (!f)
        return false;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        eql_buf_add(text, chunk, n);
    fclose(f);
    return !text->failed;
}

/* Each has id, section and reason, all texts. */
static bool
check(const eql_toml *list, const char *path)
{
    static const char *const members[] = {"id", "section", "reason"};

    for (uint32_t i = 0; list && i < list->n; i++) {
        for (size_t k = 0; k < 3; k++) {
            const eql_toml *v = eql_toml_get(&list->items[i], members[k]);

            if (v && v->kind == EQL_TOML_STRING && v->s.len > 0)
                continue;
            fprintf(stderr, "%s: deviation %u has no %s\n", path, i + 1,
                    members[k]);
            return false;
        }
    }
    return true;
}

deviations *
deviations_read(const char *path)
{
    deviations *d = calloc(1, sizeof *d);
    eql_toml_error e = {0};
    eql_toml *root;

    if (!d)
        return NULL;
    d->arena = eql_arena_new(0);
    if (!d->arena || !load(path, &d->text) ||
        eql_toml_parse(d->arena, d->arena, eql_buf_sv(&d->text), &root, &e) !=
            EQL_TOML_OK) {
        fprintf(stderr, "%s: cannot be read\n", path);
        deviations_free(d);
        return NULL;
    }
    d->list = eql_toml_get(root, "deviation");
    if (!check(d->list, path)) {
        deviations_free(d);
        return NULL;
    }
    return d;
}

void
deviations_free(deviations *d)
{
    eql_arena_free(d->arena);
    eql_buf_free(&d->text);
    free(d);
}

const char *
deviations_find(const deviations *d, const char *id)
{
    for (uint32_t i = 0; d->list && i < d->list->n; i++) {
        const eql_toml *item = &d->list->items[i];

        if (!eql_sv_is(eql_toml_get(item, "id")->s, id))
            continue;
        return eql_toml_get(item, "reason")->s.p;
    }
    return NULL;
}
