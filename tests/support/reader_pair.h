/* reader_pair.h -- the fast reader beside the careful one: every text must come
 * out the same. */
#ifndef EQL_TESTS_SUPPORT_READER_PAIR_H
#define EQL_TESTS_SUPPORT_READER_PAIR_H

#include "base/buf.h"
#include "io/reader.h"
#include "io/scan.h"
#include "tests/support/paths.h"

typedef struct {
    test_paths paths;
    eql_reader *fast, *careful;
    eql_wall_clock *fast_clock, *careful_clock;
    eql_shown fast_shown, careful_shown;
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
reader_pair_init(reader_pair *r, eql_input_kind input, bool opaque)
{
    eql_reader_options o = {.input = input,
                            .max_depth = EQL_DEFAULT_EVENT_DEPTH};
    eql_events_options eo = {0};
    eql_buf why = {0};

    memset(r, 0, sizeof *r);
    test_paths_init(&r->paths);
    if (opaque)
        r->paths.dialect.multi_value = EQL_MULTI_VALUE_OPAQUE;
    reader_pair_fields(&r->paths);
    r->fast = eql_reader_new(&r->paths.program, &o, &why);
    o.careful = true;
    r->careful = eql_reader_new(&r->paths.program, &o, &why);
    r->fast_clock = eql_wall_clock_new(&eo);
    r->careful_clock = eql_wall_clock_new(&eo);
    assert_non_null(r->fast);
    assert_non_null(r->careful);
}

static inline void
reader_pair_free(reader_pair *r)
{
    eql_reader_free(r->fast);
    eql_reader_free(r->careful);
    eql_wall_clock_free(r->fast_clock);
    eql_wall_clock_free(r->careful_clock);
    eql_shown_free(&r->fast_shown);
    eql_shown_free(&r->careful_shown);
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
           a->ended == b->ended && a->at == b->at &&
           strcmp(a->text, b->text) == 0;
}

/* What an alert shows of the text; clocks are not settled, so of records that
 * were mapped nothing is asked. */
static inline bool
reader_same_shown(reader_pair *r, eql_strview text)
{
    eql_shown *a = &r->fast_shown, *b = &r->careful_shown;
    eql_read_status sa = eql_reader_show(r->fast, text, r->fast_clock, NULL, a);
    eql_read_status sb =
        eql_reader_show(r->careful, text, r->careful_clock, NULL, b);

    r->plain += sa == EQL_READ_EVENT && a->event.p == text.p;
    if (eql_reader_was_plain(r->fast)) {
        r->was_plain++;
        if (sb != EQL_READ_EVENT || b->mapped || b->id.len > 0 ||
            !eql_sv_eq(b->event, text))
            return false;
    }
    return sa == sb && eql_sv_eq(a->event, b->event) &&
           eql_sv_eq(eql_buf_sv(&a->id), eql_buf_sv(&b->id)) &&
           a->mapped == b->mapped;
}

/* Text is what the fast reader was given as a line, or comes from elsewhere. */
static inline void
reader_pair_read(reader_pair *r, eql_strview text)
{
    eql_event a = {0}, b = {0};
    eql_read_note na, nb;
    eql_read_status sa, sb;
    const char *what = NULL;

    r->read++;
    sa = eql_reader_read(r->fast, text, r->fast_clock, &a, &na);
    sb = eql_reader_read(r->careful, text, r->careful_clock, &b, &nb);
    if (sa != sb)
        what = "accepted or not";
    else if (!reader_same_note(&na, &nb))
        what = "note";
    else if (!na.mapped && !reader_same_shown(r, text))
        what = "what is shown";
    else if (sa == EQL_READ_EVENT)
        what = reader_same_event(r, &a, &b);
    if (what)
        fail_msg("%s (%s) differs: %.*s", what, getenv("EQLVM_KERNEL"),
                 (int)(text.len < 3000 ? text.len : 3000), text.p);
}

/* All lines of a block, whose padding is there. */
static inline void
reader_pair_block(reader_pair *r, eql_strview block)
{
    eql_strview line, rest = block;

    eql_reader_block(r->fast, block);
    while (eql_reader_line(r->fast, &line)) {
        const char *nl = memchr(rest.p, '\n', rest.len);
        size_t len = nl ? (size_t)(nl - rest.p) : rest.len;

        assert_ptr_equal(line.p, rest.p);
        assert_int_equal(line.len, len);
        rest.p += len + (nl != NULL);
        rest.len -= len + (nl != NULL);
        if (line.len && line.p[line.len - 1] == '\r')
            line.len--;
        reader_pair_read(r, line);
    }
    assert_int_equal(rest.len, 0);
}

#endif
