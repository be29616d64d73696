/* paths.c -- groups fields by what their segments say. */
#include "program/paths.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"

/* The segments as bytes: names are interned, so places stand for texts. */
static bool
add_path(eql_buf *key, const eql_program *p, eql_range segs)
{
    bool plain = true;

    key->len = 0;
    for (uint32_t i = 0; i < segs.n; i++) {
        const eql_field_seg *s = &p->segs[segs.first + i];
        eql_strview name = eql_program_str(p, s->name);
        bool dotted = memchr(name.p, '.', name.len) != NULL;
        uint32_t parts[3] = {s->flags & EQL_SEG_INDEX, s->index,
                             (uint32_t)name.len};

        if (dotted)
            parts[0] |= s->flags & EQL_SEG_QUOTED;
        plain &= parts[0] == 0;
        eql_buf_add(key, parts, sizeof parts);
        eql_buf_add_sv(key, name);
    }
    return plain;
}

static bool
group(eql_paths *t, const eql_program *p, eql_map *known, eql_buf *key)
{
    for (uint32_t f = 0; f < p->nfields; f++) {
        eql_field_path path = {.first = f};
        uint32_t at;

        if (p->fields[f].parent != EQL_NONE) {
            t->of[f] = t->of[p->fields[f].parent]; /* lower than f */
            continue;
        }
        path.plain = add_path(key, p, p->fields[f].segs);
        at = eql_map_get(known, key->p, key->len);
        if (at == EQL_NONE) {
            at = t->n++;
            t->items[at] = path;
            if (key->failed || !eql_map_put(known, key->p, key->len, at))
                return false;
        }
        t->of[f] = at;
    }
    return true;
}

bool
eql_paths_init(eql_paths *t, const eql_program *p)
{
    eql_map *known = eql_map_new();
    eql_buf key = {0};
    bool ok;

    *t = (eql_paths){.items = calloc((size_t)p->nfields + 1, sizeof *t->items),
                     .of = calloc((size_t)p->nfields + 1, sizeof *t->of)};
    ok = known && t->items && t->of && group(t, p, known, &key);
    eql_map_free(known);
    eql_buf_free(&key);
    if (!ok)
        eql_paths_free(t);
    return ok;
}

void
eql_paths_free(eql_paths *t)
{
    free(t->items);
    free(t->of);
    *t = (eql_paths){0};
}
