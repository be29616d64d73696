/* reader_pair.h -- fast readers beside the strict one: every text must come
 * out the same. */
#ifndef EQL_TESTS_SUPPORT_READER_PAIR_H
#define EQL_TESTS_SUPPORT_READER_PAIR_H

#include "base/buf.h"
#include "io/reader.h"
#include "io/fast/scan.h"
#include "tests/support/paths.h"

/* A reader and what it is used with. */
typedef struct {
    const char *kernel;
    eql_reader *reader;
    eql_wall_clock *clock;
    eql_shown shown;
} reader_one;

typedef struct {
    test_paths paths;
    reader_one strict;
    reader_one fast[EQL_KERNEL_COUNT];
    uint32_t nfast;
    uint64_t read, plain, was_plain; /* of them shown as they stand */
} reader_pair;

/* Fields of all modes, on paths that events of all kinds have. */
static inline void
reader_pair_fields(test_paths *t)
{
    static const struct {
        const char *path;
        eql_field_mode mode;
    } fields[] = {
        {"process.name", EQL_MODE_FLAT},
        {"process.name", EQL_MODE_OPAQUE},
        {"process.args", EQL_MODE_FLAT},
        {"process.args", EQL_MODE_COMPOSITE},
        {"process.args", EQL_MODE_OPAQUE},
        {"process.parent.name", EQL_MODE_FLAT},
        {"process.parent", EQL_MODE_ELEMENTS},
        {"event.code", EQL_MODE_FLAT},
        {"event", EQL_MODE_OPAQUE},
        {"winlog.event_data.TargetFilename", EQL_MODE_FLAT},
        {"winlog.event_id", EQL_MODE_FLAT},
        {"host.name", EQL_MODE_COMPOSITE},
        {"a", EQL_MODE_FLAT},
        {"a.b", EQL_MODE_FLAT},
        {"a.b", EQL_MODE_OPAQUE},
        {"a.b.c", EQL_MODE_FLAT},
        {"a.b[0]", EQL_MODE_FLAT},
        {"`a.b`.c", EQL_MODE_FLAT},
        {"x", EQL_MODE_FLAT},
        {"x", EQL_MODE_COMPOSITE},
        {"EventID", EQL_MODE_FLAT},
        {"_source.x", EQL_MODE_FLAT},
        {"d.b.c.d.e.f.g.h", EQL_MODE_FLAT}, /* EQL_NAMES_MAX */
        {"d.b.c.d.e.f.g.h.i", EQL_MODE_FLAT},
    };
    uint32_t f;

    for (size_t i = 0; i < EQL_COUNTOF(fields); i++) {
        f = test_paths_add(t, fields[i].path);
        t->fields[f].mode = fields[i].mode;
    }
    f = test_paths_add(t, "process.args");
    t->fields[f].mode = EQL_MODE_ELEMENTS;
    test_paths_child(t, f, "");
    test_paths_child(t, f, "name");
    f = test_paths_add(t, "x");
    t->fields[f].mode = EQL_MODE_ELEMENTS;
    test_paths_child(t, f, "[0]");
    test_paths_child(t, f, "[1]");
}

static inline void
reader_one_init(reader_one *one, const reader_pair *r,
                const eql_reader_options *o)
{
    eql_events_options eo = {0};
    eql_buf why = {0};

    *one = (reader_one){.kernel = eql_kernel_name(eql_kernel_best()),
                        .reader = eql_reader_new(&r->paths.program, o, &why),
                        .clock = eql_wall_clock_new(&eo)};
    assert_non_null(one->reader);
    assert_non_null(one->clock);
}

static inline void
reader_one_free(reader_one *one)
{
    eql_reader_free(one->reader);
    eql_wall_clock_free(one->clock);
    eql_shown_free(&one->shown);
}

/* The strict one, and one with the kernel that the environment asks for.  The
 * mapping has been found to be sound; empty: the one built in. */
static inline void
reader_pair_init_mapped(reader_pair *r, eql_input_kind input, bool opaque,
                        eql_strview mapping)
{
    eql_reader_options o = {.input = input,
                            .max_depth = EQL_DEFAULT_EVENT_DEPTH,
                            .mapping = mapping,
                            .strict = true};

    memset(r, 0, sizeof *r);
    test_paths_init(&r->paths);
    if (opaque)
        r->paths.dialect.multi_value = EQL_MULTI_VALUE_OPAQUE;
    reader_pair_fields(&r->paths);
    reader_one_init(&r->strict, r, &o);
    o.strict = false;
    reader_one_init(&r->fast[r->nfast++], r, &o);
}

static inline void
reader_pair_init(reader_pair *r, eql_input_kind input, bool opaque)
{
    reader_pair_init_mapped(r, input, opaque, eql_sv("", 0));
}

/* The strict one, and one with each kernel that this machine has. */
static inline void
reader_pair_init_all(reader_pair *r, eql_input_kind input, bool opaque)
{
    eql_reader_options o = {.input = input,
                            .max_depth = EQL_DEFAULT_EVENT_DEPTH};

    setenv("EQLVM_KERNEL", eql_kernel_name(EQL_KERNEL_SCALAR), 1);
    reader_pair_init(r, input, opaque);
    for (int k = EQL_KERNEL_SCALAR + 1; k < EQL_KERNEL_COUNT; k++) {
        if (!eql_kernel_runs_here((eql_kernel)k))
            continue;
        setenv("EQLVM_KERNEL", eql_kernel_name((eql_kernel)k), 1);
        reader_one_init(&r->fast[r->nfast++], r, &o);
    }
    unsetenv("EQLVM_KERNEL");
}

static inline void
reader_pair_free(reader_pair *r)
{
    reader_one_free(&r->strict);
    for (uint32_t i = 0; i < r->nfast; i++)
        reader_one_free(&r->fast[i]);
}

static inline bool
reader_same_value(const eql_value *a, const eql_value *b)
{
    if (a->tag != b->tag)
        return false;
    switch (a->tag) {
    case EQL_NULL: return true;
    case EQL_BOOL: return a->u.b == b->u.b;
    case EQL_INT: return a->u.i == b->u.i;
    case EQL_FLOAT: return memcmp(&a->u.d, &b->u.d, sizeof a->u.d) == 0;
    case EQL_STRING:
    case EQL_ARRAY:
    case EQL_OBJECT: break;
    }
    return eql_sv_eq(eql_value_sv(a), eql_value_sv(b));
}

static inline bool
reader_same_slot(const eql_slot *a, const eql_slot *b, uint32_t nchildren)
{
    if (a->n != b->n || !a->children != !b->children)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!reader_same_value(&a->v[i], &b->v[i]))
            return false;
    for (uint32_t i = 0; a->children && i < a->n * nchildren; i++)
        if (!reader_same_slot(&a->children[i], &b->children[i], 0))
            return false;
    return true;
}

/* Every path with something in it is among the raws, and each once. */
static inline const char *
reader_raws_fault(const reader_pair *r, const eql_event *ev)
{
    const eql_lazy *l = ev->lazy;

    for (uint32_t i = 0; l && i < l->nraws; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (l->raws[k].path == l->raws[i].path)
                return "a path twice";
        if (l->raws[i].p && l->raws[i].len == 0)
            return "an empty raw text";
    }
    (void)r;
    return NULL;
}

static inline const char *
reader_same_event(const reader_pair *r, const eql_event *a, const eql_event *b)
{
    const eql_program *p = &r->paths.program;

    if (a->time_kind != b->time_kind)
        return "kind of time";
    if (a->time_kind == EQL_TIME_SETTLED && a->time_ns != b->time_ns)
        return "time";
    if (a->has_utc != b->has_utc || a->has_wall != b->has_wall)
        return "pending time";
    /* Not in order: some slots are filled with others. */
    for (uint32_t k = 0; k < p->nfields; k++) {
        uint32_t f = (k * 7 + 3) % p->nfields;

        if (p->fields[f].parent != EQL_NONE)
            continue;
        if (!reader_same_slot(eql_event_slot(a, f), eql_event_slot(b, f),
                              p->fields[f].nchildren))
            return p->heap + p->fields[f].name.off;
    }
    return reader_raws_fault(r, a);
}

static inline bool
reader_same_note(const eql_read_note *a, const eql_read_note *b)
{
    return a->mapped == b->mapped && a->capped == b->capped &&
           a->repaired == b->repaired && a->reason == b->reason &&
           a->layout == b->layout && a->ended == b->ended && a->at == b->at &&
           strcmp(a->text, b->text) == 0;
}

/* What one of them made of a text, and what an alert shows of it. */
typedef struct {
    eql_event event;
    eql_read_note note;
    eql_read_status status, shown;
} reader_made;

static inline void
reader_one_read(reader_one *one, eql_strview text, reader_made *m)
{
    m->event = (eql_event){0};
    m->status =
        eql_reader_read(one->reader, text, one->clock, &m->event, &m->note);
    m->shown =
        eql_reader_show(one->reader, text, one->clock, NULL, &one->shown);
}

static inline bool
reader_same_shown(reader_pair *r, const reader_one *one, eql_strview text,
                  const reader_made *fast, const reader_made *strict)
{
    const eql_shown *a = &one->shown, *b = &r->strict.shown;

    r->plain += fast->shown == EQL_READ_EVENT && a->event.p == text.p;
    if (eql_reader_was_plain(one->reader)) {
        r->was_plain++;
        if (strict->shown != EQL_READ_EVENT || b->mapped || b->id.len > 0 ||
            !eql_sv_eq(b->event, text))
            return false;
    }
    return fast->shown == strict->shown && eql_sv_eq(a->event, b->event) &&
           eql_sv_eq(eql_buf_sv(&a->id), eql_buf_sv(&b->id)) &&
           a->mapped == b->mapped;
}

static inline void
reader_pair_compare(reader_pair *r, reader_one *one, eql_strview text,
                    const reader_made *strict)
{
    reader_made fast;
    const char *what = NULL;

    reader_one_read(one, text, &fast);
    if (fast.status != strict->status)
        what = "accepted or not";
    else if (!reader_same_note(&fast.note, &strict->note))
        what = "note";
    else if (!reader_same_shown(r, one, text, &fast, strict))
        what = "what is shown";
    else if (fast.status == EQL_READ_EVENT)
        what = reader_same_event(r, &fast.event, &strict->event);
    if (!what && eql_reader_late(one->reader) != EQL_READ_EVENT)
        what = "what comes late";
    if (what)
        fail_msg("%s (%s) differs: %.*s", what, one->kernel,
                 (int)(text.len < 3000 ? text.len : 3000), text.p);
}

/* Text comes from elsewhere, or is the line that all were given. */
static inline void
reader_pair_read(reader_pair *r, eql_strview text)
{
    reader_made strict;

    r->read++;
    reader_one_read(&r->strict, text, &strict);
    for (uint32_t i = 0; i < r->nfast; i++)
        reader_pair_compare(r, &r->fast[i], text, &strict);
}

/* All readers agree where the next line ends; false: there is none. */
static inline bool
reader_pair_line(reader_pair *r, eql_strview *rest, eql_strview *line)
{
    const char *nl = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;
    size_t len = nl ? (size_t)(nl - rest->p) : rest->len;
    eql_strview one;

    for (uint32_t i = 0; i < r->nfast; i++) {
        bool any = eql_reader_line(r->fast[i].reader, &one);

        assert_int_equal(any, rest->len > 0);
        if (!any)
            continue;
        assert_ptr_equal(one.p, rest->p);
        assert_int_equal(one.len, len);
    }
    if (rest->len == 0)
        return false;
    *line = eql_sv(rest->p, len);
    rest->p += len + (nl != NULL);
    rest->len -= len + (nl != NULL);
    return true;
}

/* All lines of a block, whose padding is there. */
static inline void
reader_pair_block(reader_pair *r, eql_strview block)
{
    eql_strview line;

    for (uint32_t i = 0; i < r->nfast; i++)
        eql_reader_block(r->fast[i].reader, block);
    while (reader_pair_line(r, &block, &line)) {
        if (line.len && line.p[line.len - 1] == '\r')
            line.len--;
        reader_pair_read(r, line);
    }
}

#endif
