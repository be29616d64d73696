/* reader.c -- the strict reader: parse, unwrap exports, map records of formats
 * (io/format/format.h), project, find the time.
 *
 * Whole trees by jansson, one event at a time: complete and slow.  What it says
 * of a text is what every other reader has to say. */
#include "io/reader.h"

#include <stdlib.h>

#include "base/text.h"
#include "io/fast/fast.h"
#include "io/format/format.h"
#include "io/json/json.h"
#include "io/input/lines.h"
#include "io/json/project.h"
#include "stdlib/functions.h"

struct eql_reader {
    const eql_dialect *dialect;
    eql_input_kind input;
    uint32_t max_depth;
    eql_project *project;
    void *mappings[EQL_NFORMATS]; /* NULL: records of that format are events */
    uint32_t asked;               /* format of all texts, or EQL_NONE */
    eql_buf scratch;
    json_t *root;          /* of the last event; slots borrow from it .. */
    json_t *ecs;           /* .. or from what it was mapped to */
    eql_fast *fast;        /* NULL: none */
    eql_strview text;      /* that it read last .. */
    eql_wall_clock *clock; /* .. and by which clock */
    eql_strview block;     /* what is left of it, without a fast reader */
    eql_reader_counters n;
};

static eql_read_status strict_slots(void *ctx, const eql_slot **slots);

/* Those that the input is to be looked at for. */
static bool
open_formats(eql_reader *r, const eql_reader_options *o, eql_buf *why)
{
    r->asked = EQL_NONE;
    for (uint32_t i = 0; i < EQL_NFORMATS; i++)
        if (eql_formats[i]->input == o->input)
            r->asked = i;
    for (uint32_t i = 0; i < EQL_NFORMATS && o->input != EQL_INPUT_ECS; i++) {
        if (r->asked != EQL_NONE && r->asked != i)
            continue;
        r->mappings[i] = eql_formats[i]->open(o->mapping, why);
        if (!r->mappings[i])
            return false;
    }
    return true;
}

static bool
open_fast(eql_reader *r, const eql_program *p)
{
    eql_fast_setup setup = {.max_depth = r->max_depth,
                            .mappings = (const void *const *)r->mappings,
                            .asked = r->asked,
                            .slots = strict_slots,
                            .ctx = r,
                            .counters = &r->n};

    r->fast = eql_fast_new(p, &setup);
    return r->fast != NULL;
}

eql_reader *
eql_reader_new(const eql_program *p, const eql_reader_options *o, eql_buf *why)
{
    eql_reader *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->dialect = eql_program_dialect(p);
    r->input = o->input;
    r->max_depth = o->max_depth;
    r->project = eql_project_new(p);
    if (!r->project || !open_formats(r, o, why) ||
        (!o->strict && !open_fast(r, p))) {
        eql_reader_free(r);
        return NULL;
    }
    return r;
}

static void
forget(eql_reader *r)
{
    json_decref(r->root);
    json_decref(r->ecs);
    r->root = r->ecs = NULL;
}

void
eql_reader_free(eql_reader *r)
{
    if (!r)
        return;
    forget(r);
    eql_fast_free(r->fast);
    eql_project_free(r->project);
    for (uint32_t i = 0; i < EQL_NFORMATS; i++)
        eql_formats[i]->close(r->mappings[i]);
    eql_buf_free(&r->scratch);
    free(r);
}

const eql_reader_counters *
eql_reader_get_counters(const eql_reader *r)
{
    return &r->n;
}

eql_read_status
eql_reader_late(const eql_reader *r)
{
    return r->fast ? eql_fast_late(r->fast) : EQL_READ_EVENT;
}

/* --- blocks --- */

void
eql_reader_block(eql_reader *r, eql_strview block)
{
    r->block = block;
    if (r->fast)
        eql_fast_block(r->fast, block);
}

bool
eql_reader_line(eql_reader *r, eql_strview *line)
{
    return r->fast ? eql_fast_line(r->fast, line)
                   : eql_line_cut(&r->block, line);
}

/* --- exports --- */

/* One document of an export is {"_index", "_id", "_source": {event}}. */
static const json_t *
unwrapped(const json_t *root)
{
    const json_t *source = json_object_get(root, "_source");

    if (!json_is_object(source) ||
        (!json_object_get(root, "_index") && !json_object_get(root, "_id")))
        return root;
    return source;
}

static eql_strview
id_of(const json_t *root)
{
    const json_t *id = json_object_get(root, "_id");

    if (unwrapped(root) == root || !json_is_string(id))
        return eql_sv("", 0);
    return eql_sv(json_string_value(id), json_string_length(id));
}

/* --- time (language 2.2) --- */

/* The first usable value counts. */
static void
field_time(const eql_reader *r, eql_event *ev, eql_read_note *note)
{
    const eql_slot *s = eql_event_slot(ev, EQL_FIELD_TIMESTAMP);

    ev->time_kind = EQL_TIME_NONE;
    for (uint32_t i = 0; i < s->n; i++) {
        eql_value ns = eql_to_time_unit(r->dialect, &s->v[i], &note->unit);

        if (ns.tag == EQL_INT) {
            ev->time_kind = EQL_TIME_SETTLED;
            ev->time_ns = ns.u.i;
            return;
        }
    }
}

/* --- one event --- */

/* The format that the object is a record of, or EQL_NONE. */
static uint32_t
format_of(const eql_reader *r, const json_t *object)
{
    for (uint32_t i = 0; i < EQL_NFORMATS; i++)
        if (r->mappings[i] && eql_formats[i]->recognises(object))
            return i;
    return EQL_NONE;
}

static eql_read_status
parse(const eql_reader *r, eql_strview text, eql_buf *scratch, json_t **root,
      eql_read_note *note)
{
    eql_json_findings v;

    *root = eql_json_read(text, r->max_depth, scratch, &v);
    *note = (eql_read_note){.repaired = v.repaired,
                            .layout = EQL_LAYOUT_NONE,
                            .reason = v.reason,
                            .ended = v.ended,
                            .at = v.repaired ? v.repaired_at : v.at,
                            .text = v.text};
    if (*root)
        return EQL_READ_EVENT;
    note->at = v.at;
    return v.reason == EQL_REJECT_COUNT ? EQL_READ_NOMEM : EQL_READ_REJECTED;
}

static eql_read_status
take_mapped(eql_reader *r, uint32_t format, const json_t *record,
            eql_wall_clock *clock, eql_event *ev, eql_read_note *note)
{
    eql_mapped m;

    if (!eql_formats[format]->map(r->mappings[format], record, clock, true, &m))
        return EQL_READ_NOMEM;
    r->ecs = m.ecs;
    ev->time_kind = m.time_kind;
    ev->time_ns = m.time_ns;
    ev->wall_ns = m.wall_ns;
    ev->has_utc = m.has_utc;
    ev->has_wall = m.has_wall;
    ev->slots = eql_project_run(r->project, m.ecs);
    note->capped = eql_project_capped(r->project);
    return ev->slots ? EQL_READ_EVENT : EQL_READ_NOMEM;
}

static eql_read_status
refuse(eql_read_note *note, eql_reject reason, const char *text)
{
    note->reason = reason;
    note->at = 0;
    note->text = text;
    return EQL_READ_REJECTED;
}

/* As ECS, unless it has another layout: that would match nothing, silently. */
static eql_read_status
take_event(eql_reader *r, const json_t *event, eql_event *ev,
           eql_read_note *note)
{
    ev->slots = eql_project_run(r->project, event);
    if (!ev->slots)
        return EQL_READ_NOMEM;
    if (ev->slots[EQL_FIELD_CATEGORY].n == 0)
        note->layout = eql_layout_of(event);
    if (r->asked != EQL_NONE)
        return refuse(note, eql_formats[r->asked]->refused,
                      note->layout == EQL_LAYOUT_NONE
                          ? eql_formats[r->asked]->why
                          : eql_layouts[note->layout].problem);
    if (r->input == EQL_INPUT_AUTO && note->layout != EQL_LAYOUT_NONE &&
        !eql_layouts[note->layout].taken)
        return refuse(note, EQL_REJECT_LAYOUT,
                      eql_layouts[note->layout].problem);
    note->capped = eql_project_capped(r->project);
    ev->has_utc = ev->has_wall = false;
    field_time(r, ev, note);
    return EQL_READ_EVENT;
}

static eql_read_status
read_strictly(eql_reader *r, eql_strview text, eql_wall_clock *clock,
              eql_event *ev, eql_read_note *note)
{
    const json_t *event;
    uint32_t format;
    eql_read_status st;

    ev->lazy = NULL;
    r->n.fallback++;
    st = parse(r, text, &r->scratch, &r->root, note);
    note->fallback = true;
    if (st != EQL_READ_EVENT)
        return st;
    event = unwrapped(r->root);
    format = format_of(r, event);
    note->mapped = format != EQL_NONE;
    return note->mapped ? take_mapped(r, format, event, clock, ev, note)
                        : take_event(r, event, ev, note);
}

/* What the fast reader leaves. */
static eql_read_status
read_fallback(eql_reader *r, eql_strview text, eql_wall_clock *clock,
              eql_event *ev, eql_read_note *note)
{
    *note = (eql_read_note){
        .layout = EQL_LAYOUT_NONE, .reason = EQL_REJECT_COUNT, .text = ""};
    return eql_lines_is_wrapper(text) ? EQL_READ_WRAPPER
                                      : read_strictly(r, text, clock, ev, note);
}

/* The fast reader took the text, but not all of its slots. */
static eql_read_status
strict_slots(void *ctx, const eql_slot **slots)
{
    eql_reader *r = ctx;
    eql_read_note note;
    const json_t *event;
    uint32_t format;
    eql_read_status st;
    eql_mapped m;

    forget(r);
    st = parse(r, r->text, &r->scratch, &r->root, &note);
    if (st != EQL_READ_EVENT)
        return st;
    event = unwrapped(r->root);
    format = format_of(r, event);
    if (format != EQL_NONE) {
        if (!eql_formats[format]->map(r->mappings[format], event, r->clock,
                                      false, &m))
            return EQL_READ_NOMEM;
        event = r->ecs = m.ecs;
    }
    *slots = eql_project_run(r->project, event);
    return *slots ? EQL_READ_EVENT : EQL_READ_NOMEM;
}

eql_read_status
eql_reader_read(eql_reader *r, eql_strview text, eql_wall_clock *clock,
                eql_event *ev, eql_read_note *note)
{
    eql_read_status late;
    bool mapped;

    forget(r);
    if (!r->fast)
        return read_fallback(r, text, clock, ev, note);
    if (eql_fast_late(r->fast) == EQL_READ_NOMEM)
        return EQL_READ_NOMEM;
    r->text = text;
    r->clock = clock;
    if (!eql_fast_read(r->fast, text, clock, ev, &mapped))
        return read_fallback(r, text, clock, ev, note);
    r->n.fast++;
    *note = (eql_read_note){.mapped = mapped,
                            .layout = EQL_LAYOUT_NONE,
                            .reason = EQL_REJECT_COUNT,
                            .text = ""};
    if (!mapped && eql_fast_time(r->fast, &ev->time_ns))
        ev->time_kind = EQL_TIME_SETTLED;
    else if (!mapped)
        field_time(r, ev, note);
    late = eql_fast_late(r->fast);
    return late == EQL_READ_REJECTED ? read_strictly(r, text, clock, ev, note)
                                     : late;
}

/* --- again, for an alert --- */

void
eql_shown_free(eql_shown *s)
{
    eql_buf_free(&s->id);
    eql_buf_free(&s->mapped_json);
    eql_buf_free(&s->line);
}

static json_t *
time_text(int64_t ns)
{
    char buf[40];

    return json_stringn(buf, eql_time_format(ns, buf));
}

static bool
put_created(json_t *ecs, int64_t ns)
{
    json_t *event = json_object_get(ecs, "event");

    if (!event) {
        event = json_object();
        if (json_object_set_new(ecs, "event", event) != 0)
            return false;
    }
    return !json_is_object(event) ||
           json_object_set_new(event, "created", time_text(ns)) == 0;
}

/* @timestamp goes first, where readers of alerts look for it. */
static bool
print_mapped(const eql_mapped *m, const eql_wall_clock *clock,
             const int64_t *time_ns, eql_buf *out)
{
    json_t *all = json_object();
    bool ok = all != NULL;
    int64_t created;

    if (ok && time_ns)
        ok = json_object_set_new(all, "@timestamp", time_text(*time_ns)) == 0;
    if (ok && m->time_kind == EQL_TIME_PENDING &&
        eql_wall_clock_created(clock, m->has_wall, m->wall_ns, &created))
        ok = put_created(m->ecs, created);
    ok = ok && eql_json_add_missing(all, m->ecs);
    if (ok)
        eql_json_print(all, out);
    json_decref(all);
    return ok;
}

static eql_read_status
show_mapped(const eql_reader *r, uint32_t format, const json_t *record,
            eql_wall_clock *clock, const int64_t *time_ns, eql_shown *out)
{
    eql_mapped m;
    bool ok;

    if (!eql_formats[format]->map(r->mappings[format], record, clock, false,
                                  &m))
        return EQL_READ_NOMEM;
    ok = print_mapped(&m, clock, time_ns, &out->mapped_json);
    out->event = eql_buf_sv(&out->mapped_json);
    json_decref(m.ecs);
    return ok ? EQL_READ_EVENT : EQL_READ_NOMEM;
}

bool
eql_reader_was_plain(const eql_reader *r)
{
    return r->fast && eql_fast_was_plain(r->fast);
}

/* Of what eql_json_mend made of the text for people: the source's own spelling;
 * jansson would print 0.1 with 17 digits. */
static eql_read_status
show_source(eql_strview line, bool wrapped, eql_shown *out)
{
    if (wrapped && !eql_json_member(line, "_source", &line))
        return EQL_READ_NOMEM;
    out->event = line;
    return EQL_READ_EVENT;
}

static eql_read_status
show(const eql_reader *r, eql_strview text, eql_wall_clock *clock,
     const int64_t *time_ns, eql_buf *scratch, eql_shown *out)
{
    eql_json_findings v;
    eql_strview line, mended;
    json_t *root;
    const json_t *event;
    uint32_t format;
    eql_read_status st = EQL_READ_EVENT;

    out->mapped = false;
    if (r->fast && eql_fast_is_plain(r->fast, text))
        return show_source(text, false, out);
    if (!eql_json_mend(text, EQL_JSON_FOR_PEOPLE, r->max_depth, &out->line,
                       &line, &v))
        return v.reason == EQL_REJECT_COUNT ? EQL_READ_NOMEM
                                            : EQL_READ_REJECTED;
    if (!v.telling)
        return show_source(line, false, out);
    if (!eql_json_mend(text, EQL_JSON_FOR_JANSSON, r->max_depth, scratch,
                       &mended, &v))
        return v.reason == EQL_REJECT_COUNT ? EQL_READ_NOMEM
                                            : EQL_READ_REJECTED;
    root = eql_json_tree(mended);
    if (!root)
        return EQL_READ_NOMEM;
    event = unwrapped(root);
    eql_buf_add_sv(&out->id, id_of(root));
    format = format_of(r, event);
    out->mapped = format != EQL_NONE;
    if (out->mapped)
        st = show_mapped(r, format, event, clock, time_ns, out);
    else
        st = show_source(line, event != root, out);
    json_decref(root);
    return st;
}

eql_read_status
eql_reader_show(const eql_reader *r, eql_strview text, eql_wall_clock *clock,
                const int64_t *time_ns, eql_shown *out)
{
    eql_buf scratch = {0};
    eql_read_status st;

    out->mapped_json.len = out->id.len = 0;
    out->event = eql_sv("", 0);
    st = show(r, text, clock, time_ns, &scratch, out);
    eql_buf_free(&scratch);
    if (out->mapped_json.failed || out->id.failed)
        return EQL_READ_NOMEM;
    return st;
}
