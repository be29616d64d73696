/* fast.c -- puts the parts of the fast reader together.
 *
 *   scan.h        is the line clean?
 *   shape.h       its raw values, along known transitions ..
 *   walk.h        .. or by walking its structure, from which those are learned
 *   format.h      a record of a format: told by its keys, mapped by its room
 *   decode.h      one raw value to a slot, when a leaf asks (fill)
 *
 * Where a part does not take a text, eql_fast_read is false and the strict
 * reader has it.  Where the text was taken but a slot is more than decode.h
 * knows (a deferred path, an object), the strict reader fills all slots that
 * are still open (fill_all, counted as a refill).  A format is tried first if
 * the last text was a record of it: sources do not mix. */
#include "io/fast/fast.h"

#include <stdlib.h>

#include "base/text.h"
#include "io/json/decode.h"
#include "io/json/project.h"
#include "io/fast/shape.h"

/* Bounds of project.h, in ways that need no counting: below this length a text
 * cannot reach them. */
#define MAX_TEXT EQL_SCAN_MAX_LINE

/* Records of one format. */
typedef struct {
    void *fast; /* NULL: none was met, or there is no way */
    bool none;  /* there is none */
} format_reader;

struct eql_fast {
    const eql_program *program;
    eql_fast_setup setup;
    size_t max_len; /* longer texts are left to the strict reader */
    eql_paths paths;
    eql_names names;
    eql_decode decode;
    eql_scan *scan;     /* of the block */
    eql_scan *own_scan; /* of a text from elsewhere */
    eql_buf own;
    eql_buf again; /* the same for a text that is read once more */
    eql_shapes *shapes;
    format_reader formats[EQL_NFORMATS];
    uint32_t last;      /* format of the last text, or EQL_NONE */
    bool was_plain;     /* the last text: eql_fast_is_plain */
    eql_scan_line line; /* given last */
    eql_raw *raws;
    eql_slot *slots;
    uint32_t *filled;
    eql_lazy lazy;
    eql_time_memo time;
    eql_read_status late; /* what became of the last text's slots */
};

/* --- what a text may cost --- */

/* Most fields that stand for one path, those inside its elements too; and how
 * many segments are more than names.  false: out of memory. */
static bool
count_fields(const eql_program *p, const eql_paths *paths, uint64_t *most,
             uint64_t *special)
{
    uint32_t *n = calloc((size_t)paths->n + 1, sizeof *n);

    *most = *special = 0;
    if (!n)
        return false;
    for (uint32_t f = 0; f < p->nfields; f++) {
        const eql_field *field = &p->fields[f];
        uint32_t path = paths->of[f];

        n[path] += field->segs.n > EQL_NAMES_MAX ? field->segs.n : 1;
        *most = n[path] > *most ? n[path] : *most;
        for (uint32_t i = 0; i < field->segs.n; i++)
            *special += p->segs[field->segs.first + i].flags != 0;
    }
    free(n);
    return true;
}

/* Steps that look-ups of names take, whatever the event is. */
static uint64_t
lookup_steps(const eql_program *p)
{
    uint64_t total = 0;

    for (uint32_t f = 0; f < p->nfields; f++) {
        const eql_field *field = &p->fields[f];
        uint32_t names = field->segs.n < 10 ? field->segs.n : 10;

        if (field->mode == EQL_MODE_OPAQUE || field->mode == EQL_MODE_ELEMENTS)
            total += (uint64_t)64 << names;
    }
    return total;
}

/* A value of two bytes counts for every field on a chain of nested paths, and
 * twice inside elements; a key for every such segment. */
static size_t
max_len(const eql_program *p, const eql_paths *paths)
{
    uint64_t most, special, n = MAX_TEXT, by_values, by_steps;

    if (!count_fields(p, paths, &most, &special) ||
        lookup_steps(p) > EQL_PROJECT_MAX_STEPS / 2)
        return 0;
    by_values = EQL_PROJECT_MAX_VALUES / (EQL_NAMES_MAX * (most + 1));
    by_steps = EQL_PROJECT_MAX_STEPS / (8 * (EQL_NAMES_MAX + special));
    n = n < by_values ? n : by_values;
    return (size_t)(n < by_steps ? n : by_steps);
}

/* --- life --- */

static void fill(void *ctx, uint32_t field);

static bool
make(eql_fast *f)
{
    const eql_program *p = f->program;
    eql_kernel k = eql_kernel_best();

    if (!eql_paths_init(&f->paths, p) ||
        !eql_names_init(&f->names, p, &f->paths) ||
        !eql_decode_init(&f->decode, p))
        return false;
    f->max_len = max_len(p, &f->paths);
    f->scan = eql_scan_new(k);
    f->own_scan = eql_scan_new(k);
    f->shapes = eql_shape_new(&f->names, f->paths.n, f->setup.max_depth, false,
                              k, f->setup.counters);
    f->raws = calloc((size_t)f->paths.n + 1, sizeof *f->raws);
    f->slots = calloc((size_t)p->nfields + 1, sizeof *f->slots);
    f->filled = calloc((size_t)p->nfields + 1, sizeof *f->filled);
    f->lazy = (eql_lazy){
        .raws = f->raws, .filled = f->filled, .fill = fill, .ctx = f};
    return f->scan && f->own_scan && f->shapes && f->raws && f->slots &&
           f->filled;
}

eql_fast *
eql_fast_new(const eql_program *p, const eql_fast_setup *setup)
{
    eql_fast *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->program = p;
    f->setup = *setup;
    f->last = setup->asked;
    if (!make(f)) {
        eql_fast_free(f);
        return NULL;
    }
    return f;
}

void
eql_fast_free(eql_fast *f)
{
    if (!f)
        return;
    eql_paths_free(&f->paths);
    eql_names_free(&f->names);
    eql_decode_free(&f->decode);
    eql_scan_free(f->scan);
    eql_scan_free(f->own_scan);
    eql_shape_free(f->shapes);
    for (uint32_t i = 0; i < EQL_NFORMATS; i++)
        eql_formats[i]->fast_close(f->formats[i].fast);
    eql_buf_free(&f->own);
    eql_buf_free(&f->again);
    free(f->raws);
    free(f->slots);
    free(f->filled);
    free(f);
}

eql_read_status
eql_fast_late(const eql_fast *f)
{
    return f->late;
}

/* --- slots --- */

/* One for all: the text is parsed after all. */
static void
fill_all(eql_fast *f)
{
    const eql_slot *slots = NULL;

    f->setup.counters->refills++;
    f->late = f->setup.slots(f->setup.ctx, &slots);
    for (uint32_t i = 0; i < f->program->nfields; i++) {
        if (f->filled[i] == f->lazy.epoch)
            continue;
        f->slots[i] = slots ? slots[i] : (eql_slot){0};
        f->filled[i] = f->lazy.epoch;
    }
}

static void
fill(void *ctx, uint32_t field)
{
    eql_fast *f = ctx;
    uint32_t path = f->paths.of[field];
    const eql_raw *raw = NULL;

    for (uint32_t i = 0; i < f->lazy.nraws && !raw; i++)
        if (f->lazy.raws[i].path == path)
            raw = &f->lazy.raws[i];
    f->slots[field] = (eql_slot){0};
    if (raw && (!raw->p ||
                !eql_decode_slot(&f->decode, field, eql_sv(raw->p, raw->len),
                                 &f->slots[field]))) {
        fill_all(f);
        return;
    }
    f->filled[field] = f->lazy.epoch;
}

static void
begin_event(eql_fast *f)
{
    if (++f->lazy.epoch == 0) {
        memset(f->filled, 0, f->program->nfields * sizeof *f->filled);
        f->lazy.epoch = 1;
    }
    f->lazy.raws = f->raws;
    f->lazy.nraws = 0;
    eql_decode_reset(&f->decode);
}

/* --- blocks --- */

void
eql_fast_block(eql_fast *f, eql_strview block)
{
    f->line = (eql_scan_line){0};
    eql_scan_block(f->scan, block);
}

bool
eql_fast_line(eql_fast *f, eql_strview *line)
{
    f->line = (eql_scan_line){0};
    if (!eql_scan_next(f->scan, &f->line))
        return false;
    *line = f->line.text;
    return true;
}

/* A text from elsewhere, in a buffer of ours.  Line feeds inside become another
 * white space, or another control character. */
static eql_scan_line *
scan_text(eql_fast *f, eql_strview text, eql_buf *own, eql_scan_line *line)
{
    char *p;

    own->len = 0;
    if (text.len == 0 || text.len > f->max_len ||
        !eql_buf_reserve(own, text.len + 1 + EQL_SCAN_PADDING))
        return NULL;
    p = own->p;
    memcpy(p, text.p, text.len);
    memset(p + text.len, ' ', 1 + EQL_SCAN_PADDING);
    for (char *nl = p; (nl = memchr(nl, '\n', text.len - (size_t)(nl - p)));)
        *nl = '\r';
    p[text.len] = '\n';
    eql_scan_block(f->own_scan, eql_sv(p, text.len + 1));
    return eql_scan_next(f->own_scan, line) ? line : NULL;
}

/* The scan's line, if that is what the text is, with a line feed behind it. */
static eql_scan_line *
line_of(eql_fast *f, eql_strview text)
{
    eql_scan_line *line = &f->line;

    if (text.p != line->text.p || !text.p)
        return scan_text(f, text, &f->own, line);
    if (text.len + 1 == line->text.len && text.p[text.len] == '\r')
        line->text.len--;
    return text.len == line->text.len && line->ended
               ? line
               : scan_text(f, text, &f->own, line);
}

/* --- records --- */

/* Lists that the mapping makes of a text have an item per byte at most, where
 * an event spells out two bytes per value. */
#define MAPPED_COST 2u

static eql_record_status
read_record(eql_fast *f, uint32_t format, eql_scan_line *line,
            eql_wall_clock *clock, eql_event *ev)
{
    format_reader *r = &f->formats[format];

    if (!r->fast && !r->none) {
        eql_format_setup setup = {.program = f->program,
                                  .paths = &f->paths,
                                  .mapping = f->setup.mappings[format],
                                  .max_depth = f->setup.max_depth,
                                  .counters = f->setup.counters};

        r->fast = eql_formats[format]->fast_open(&setup);
        r->none = !r->fast;
    }
    if (!r->fast || line->text.len > f->max_len / MAPPED_COST)
        return EQL_RECORD_UNSUPPORTED;
    return eql_formats[format]->fast_read(r->fast, f->scan, line, clock,
                                          &f->lazy, ev);
}

/* --- all texts --- */

typedef enum { TAKEN, IS_RECORD, UNSUPPORTED } found;

/* The format of a record with these keys, or EQL_NONE. */
static uint32_t
format_of(const eql_fast *f, uint32_t keys)
{
    for (uint32_t i = 0; i < EQL_NFORMATS; i++)
        if (f->setup.mappings[i] && eql_formats[i]->fast_recognises(keys))
            return i;
    return EQL_NONE;
}

/* Is there a text for a category, first of all?  Then no layout is looked for;
 * see reader.c. */
static bool
has_category(const eql_fast *f)
{
    uint32_t path = f->paths.of[EQL_FIELD_CATEGORY];

    for (uint32_t i = 0; i < f->lazy.nraws; i++) {
        const eql_raw *raw = &f->raws[i];

        if (raw->path == path)
            return raw->p &&
                   (raw->p[0] == '"' || (raw->p[0] == '[' && raw->p[1] == '"'));
    }
    return false;
}

/* As an event of its own; of a record, *format is set. */
static found
read_event(eql_fast *f, eql_scan_line *line, uint32_t *format)
{
    eql_shape_found way;

    if (!eql_shape_raws(f->shapes, f->scan, line, f->raws, &way))
        return UNSUPPORTED;
    f->lazy.nraws = way.nraws;
    if (way.special & EQL_NAMES_WRAPPER)
        return UNSUPPORTED;
    *format = format_of(f, way.special);
    if (*format != EQL_NONE)
        return IS_RECORD;
    if (way.special & EQL_NAMES_TELLING && !has_category(f))
        return UNSUPPORTED;
    f->was_plain = way.plain;
    return TAKEN;
}

/* What the last line was is tried first.  false: for the strict reader. */
static bool
read_line(eql_fast *f, eql_scan_line *line, eql_wall_clock *clock,
          eql_event *ev, bool *mapped)
{
    eql_record_status st = EQL_RECORD_NONE;
    uint32_t format;
    found is;

    if (f->last != EQL_NONE)
        st = read_record(f, f->last, line, clock, ev);
    if (st == EQL_RECORD_NONE) {
        if (f->setup.asked != EQL_NONE)
            return false;
        is = read_event(f, line, &format);
        f->last = is == IS_RECORD ? format : EQL_NONE;
        if (is != IS_RECORD)
            return is == TAKEN;
        st = read_record(f, format, line, clock, ev);
    }
    *mapped = st == EQL_RECORD_MAPPED;
    return *mapped;
}

bool
eql_fast_read(eql_fast *f, eql_strview text, eql_wall_clock *clock,
              eql_event *ev, bool *mapped)
{
    eql_scan_line *line = line_of(f, text);

    begin_event(f);
    f->late = EQL_READ_EVENT;
    f->was_plain = false;
    *mapped = false;
    if (!line || line->text.len > f->max_len ||
        !read_line(f, line, clock, ev, mapped))
        return false;
    ev->slots = f->slots;
    ev->lazy = &f->lazy;
    if (!*mapped)
        ev->has_utc = ev->has_wall = false;
    return true;
}

bool
eql_fast_is_plain(eql_fast *f, eql_strview text)
{
    eql_scan_line line;

    return scan_text(f, text, &f->again, &line) && line.clean &&
           eql_shape_is_plain(f->shapes, line.text);
}

bool
eql_fast_time(eql_fast *f, int64_t *ns)
{
    uint32_t path = f->paths.of[EQL_FIELD_TIMESTAMP];

    for (uint32_t i = 0; i < f->lazy.nraws; i++) {
        const eql_raw *raw = &f->lazy.raws[i];

        if (raw->path == path)
            return raw->p && *raw->p == '"' &&
                   eql_time_parse_next(&f->time,
                                       eql_sv(raw->p + 1, raw->len - 2), ns);
    }
    return false;
}

bool
eql_fast_was_plain(const eql_fast *f)
{
    return f->was_plain;
}
