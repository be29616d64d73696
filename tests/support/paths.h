/* paths.h -- a program that is nothing but fields, for tests of readers.
 *
 * Paths are spelled as in rules: a.b, a[0].b, a.`x.y`.  Fields 0 and 1 are
 * always @timestamp and event.category. */
#ifndef EQL_TESTS_SUPPORT_PATHS_H
#define EQL_TESTS_SUPPORT_PATHS_H

#include "program/program.h"
#include "tests/support/eql_test.h"
#include "event/event.h"

#define PATHS_MAX 32u

typedef struct {
    eql_program program; /* arrays below; not to be freed */
    eql_dialect dialect;
    eql_field fields[PATHS_MAX];
    eql_field_seg segs[PATHS_MAX * 8];
    char heap[4096];
    uint32_t heap_len;
} test_paths;

static inline eql_str
test_paths_str(test_paths *t, const char *s, size_t n)
{
    eql_str out = {t->heap_len, (uint32_t)n};

    assert_true(t->heap_len + n <= sizeof t->heap);
    memcpy(t->heap + t->heap_len, s, n);
    t->heap_len += (uint32_t)n;
    return out;
}

static inline void
test_paths_seg(test_paths *t, const char **p)
{
    eql_field_seg *seg = &t->segs[t->program.nsegs++];
    const char *s = *p;
    size_t n;

    *seg = (eql_field_seg){{0, 0}, 0, 0};
    if (*s == '[') {
        seg->flags = EQL_SEG_INDEX;
        seg->index = (uint32_t)strtoul(s + 1, (char **)(uintptr_t)p, 10);
        (*p)++;
    } else if (*s == '`') {
        n = strcspn(s + 1, "`");
        seg->flags = EQL_SEG_QUOTED;
        seg->name = test_paths_str(t, s + 1, n);
        *p = s + n + 2;
    } else {
        n = strcspn(s, ".[");
        seg->name = test_paths_str(t, s, n);
        *p = s + n;
    }
    *p += **p == '.';
}

/* The index of the new field. */
static inline uint32_t
test_paths_add(test_paths *t, const char *path)
{
    uint32_t i = t->program.nfields++;
    eql_field *f = &t->fields[i];

    assert_true(i < PATHS_MAX);
    *f = (eql_field){.parent = EQL_NONE, .segs = {t->program.nsegs, 0}};
    f->name = test_paths_str(t, path, strlen(path));
    while (*path)
        test_paths_seg(t, &path);
    f->segs.n = t->program.nsegs - f->segs.first;
    return i;
}

/* The same inside each element of field `array`, whose mode is ELEMENTS. */
static inline uint32_t
test_paths_child(test_paths *t, uint32_t array, const char *path)
{
    uint32_t i = test_paths_add(t, path);

    t->fields[i].parent = array;
    t->fields[i].child = t->fields[array].nchildren++;
    return i;
}

static inline void
test_paths_init(test_paths *t)
{
    memset(t, 0, sizeof *t);
    t->dialect = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    t->program.dialects = &t->dialect;
    t->program.ndialects = 1;
    t->program.fields = t->fields;
    t->program.segs = t->segs;
    t->program.heap = t->heap;
    test_paths_add(t, "@timestamp");
    test_paths_add(t, "event.category");
}

/* Values of one slot as text: 1|"a"|true|2.5 */
static inline const char *
test_slot_text(const eql_slot *s, char *buf, size_t cap)
{
    size_t n = 0;

    buf[0] = '\0';
    for (uint32_t i = 0; i < s->n && n < cap; i++) {
        const eql_value *v = &s->v[i];
        const char *bar = i ? "|" : "";

        if (v->tag == EQL_STRING)
            n += (size_t)snprintf(buf + n, cap - n, "%s\"%.*s\"", bar,
                                  (int)v->len, v->u.s);
        else if (v->tag == EQL_BOOL)
            n += (size_t)snprintf(buf + n, cap - n, "%s%s", bar,
                                  v->u.b ? "true" : "false");
        else if (v->tag == EQL_INT)
            n += (size_t)snprintf(buf + n, cap - n, "%s%lld", bar,
                                  (long long)v->u.i);
        else if (v->tag == EQL_FLOAT)
            n += (size_t)snprintf(buf + n, cap - n, "%s%.17g", bar, v->u.d);
        else
            n += (size_t)snprintf(buf + n, cap - n, "%s%s:%.*s", bar,
                                  v->tag == EQL_ARRAY ? "array" : "object",
                                  (int)v->len, v->u.s);
    }
    return buf;
}

#endif
