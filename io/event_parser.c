/* event_parser.c -- see event_parser.h.
 *
 * Everything that is read is counted exactly once: as blank, as accepted or
 * under the reason why not. */
#include "io/event_parser.h"

bool
eql_event_parser_init(eql_event_parser *t, const eql_program *p,
                      const eql_events_options *o, eql_buf *why)
{
    eql_reader_options ro = {
        .input = o->input, .max_depth = o->max_depth, .mapping = o->mapping};

    *t = (eql_event_parser){.o = o};
    t->reader = eql_reader_new(p, &ro, why);
    return t->reader != NULL;
}

void
eql_event_parser_free(eql_event_parser *t)
{
    eql_reader_free(t->reader);
    *t = (eql_event_parser){0};
}

/* --- problems --- */

static void
report(const eql_event_sink *to, const eql_problem *p)
{
    if (to->problem)
        to->problem(to->ctx, p);
}

static void
reject(const eql_event_sink *to, const eql_problem *p)
{
    to->n->read++;
    to->n->rejected[p->reason]++;
    report(to, p);
}

/* A problem at offset `at` of the line's text, which may span lines. */
static eql_problem
problem_at(const eql_line *line, size_t at)
{
    eql_problem p = {.line = line->line, .byte = line->column + at};

    for (size_t i = 0; i < at && i < line->text.len; i++) {
        if (line->text.p[i] == '\n') {
            p.line++;
            p.byte = at - i;
        }
    }
    return p;
}

/* Is the text cut because nobody waits for the rest? */
static bool
was_stopped(const eql_event_parser *t, const eql_line *line)
{
    return line->cut && t->o->stop && t->o->stop(t->o->ctx);
}

static void
count_layout(const eql_event_parser *t, const eql_event_sink *to,
             const eql_read_note *note)
{
    if (note->layout == EQL_LAYOUT_NONE)
        return;
    to->n->layouts[note->layout]++;
    to->n->layouts_taken +=
        note->reason == EQL_REJECT_COUNT && t->o->input != EQL_INPUT_ECS;
}

static void
reject_text(const eql_event_parser *t, const eql_event_sink *to,
            const eql_line *line, const eql_read_note *note)
{
    eql_problem p = problem_at(line, note->at);

    p.reason = note->reason;
    p.text = note->text;
    if (p.reason == EQL_REJECT_SYNTAX && note->ended && line->cut) {
        if (was_stopped(t, line))
            return;
        p.reason = EQL_REJECT_TRUNCATED;
        p.text = "the input ends inside this event";
    }
    reject(to, &p);
}

static void
reject_long(const eql_event_sink *to, const eql_line *line)
{
    eql_problem p = {.line = line->line, .reason = EQL_REJECT_TOO_LONG};

    reject(to, &p);
}

static void
reject_broken(const eql_event_sink *to, const eql_line *line)
{
    eql_problem p = problem_at(line, 0);

    p.reason = line->cut ? EQL_REJECT_TRUNCATED : EQL_REJECT_SYNTAX;
    p.text = line->why;
    reject(to, &p);
}

/* --- one text --- */

/* A local time is a day off at most, which does not matter here. */
static void
look_at_time(eql_event_sink *to, const eql_line *line, const eql_event *ev)
{
    int64_t ns = ev->time_ns;

    if (ev->time_kind == EQL_TIME_NONE)
        return;
    if (ev->time_kind == EQL_TIME_PENDING && !ev->has_utc) {
        if (!ev->has_wall)
            return;
        ns = ev->wall_ns;
    }
    if (ns >= EQL_TIMES_FIRST_NS && ns <= to->tomorrow_ns)
        return;
    to->n->odd_dates++;
    eql_times_add_odd(to->times, line->line, ns);
}

static void
count_accepted(eql_event_sink *to, const eql_line *line, const eql_event *ev,
               const eql_read_note *note)
{
    eql_events_counters *n = to->n;

    n->read++;
    n->accepted++;
    n->mapped += note->mapped;
    n->unmapped += !note->mapped;
    n->fallback += note->fallback;
    n->fallback_mapped += note->fallback && note->mapped;
    n->capped += note->capped;
    n->untimed += ev->time_kind == EQL_TIME_NONE;
    if (note->unit != EQL_UNIT_AUTO) {
        n->numeric_times++;
        to->times->by_unit[note->unit]++;
    }
    look_at_time(to, line, ev);
    if (ev->time_kind == EQL_TIME_PENDING)
        to->pending = true;
    if (note->repaired) {
        eql_problem p = problem_at(line, note->at);

        n->repaired++;
        p.reason = EQL_REJECT_NONE;
        p.text = "invalid UTF-8 or a lone surrogate was replaced by U+FFFD";
        report(to, &p);
    }
}

/* The event was counted and handed on, and then found to be none. */
static void
take_back(const eql_event_sink *to, const eql_line *line, const eql_event *ev,
          const eql_read_note *note)
{
    eql_problem p = problem_at(line, 0);

    to->n->read--;
    to->n->accepted--;
    to->n->mapped -= note->mapped;
    to->n->unmapped -= !note->mapped;
    to->n->untimed -= ev->time_kind == EQL_TIME_NONE;
    p.reason = EQL_REJECT_SYNTAX;
    p.text = "malformed JSON, noticed late: alerts may name this event; "
             "please report it, this is a fault of eqlvm";
    reject(to, &p);
}

/* The text of a wrapper, as an input of its own. */
static eql_pull
pull_text(void *ctx, char *dst, size_t cap, size_t *n)
{
    eql_strview *rest = ctx;

    *n = rest->len < cap ? rest->len : cap;
    memcpy(dst, rest->p, *n);
    *rest = eql_sv(rest->p + *n, rest->len - *n);
    return *n ? EQL_PULL_OK : EQL_PULL_END;
}

/* From a place in the wrapper's text to one in the input. */
static void
place_inside(const eql_line *around, eql_line *line)
{
    if (line->line == 1)
        line->column += around->column - 1;
    line->line += around->line - 1;
    line->offset += around->offset;
    line->cut = line->cut && around->cut;
}

/* A wrapper on a line among others; where all lines up to there are wrappers,
 * or arrays, lines.c has opened it. */
static eql_events_result
open_wrapper(eql_event_parser *t, eql_event_sink *to, const eql_line *around)
{
    eql_strview rest = around->text;
    eql_read_note note = {.reason = EQL_REJECT_TOO_DEEP,
                          .text = "arrays of events in one another are nested "
                                  "too deep"};
    eql_events_result r = EQL_EVENTS_OK;
    eql_line line;
    eql_lines *l;

    if (around->deep) {
        reject_text(t, to, around, &note);
        return EQL_EVENTS_OK;
    }
    l = eql_lines_new(pull_text, &rest, t->o->max_line_bytes);
    if (!l)
        return EQL_EVENTS_NOMEM;
    eql_lines_single(l);
    do {
        eql_lines_next(l, &line);
        place_inside(around, &line);
        r = eql_event_parser_line(t, to, &line);
    } while (r == EQL_EVENTS_OK && line.kind != EQL_LINE_END);
    if (eql_lines_end(l) == EQL_PULL_NOMEM)
        r = EQL_EVENTS_NOMEM;
    to->n->wrappers += eql_lines_wrappers(l);
    eql_lines_free(l);
    return r;
}

static eql_events_result
take_text(eql_event_parser *t, eql_event_sink *to, const eql_line *line)
{
    eql_event ev = {.store = to->store,
                    .file = to->file,
                    .len = (uint32_t)line->text.len,
                    .line = line->line,
                    .offset = line->offset,
                    .alone = line->alone};
    eql_read_note note;
    bool go_on;

    switch (eql_reader_read(t->reader, line->text, to->clock, &ev, &note)) {
    case EQL_READ_NOMEM: return EQL_EVENTS_NOMEM;
    case EQL_READ_WRAPPER: return open_wrapper(t, to, line);
    case EQL_READ_REJECTED:
        count_layout(t, to, &note);
        reject_text(t, to, line, &note);
        return EQL_EVENTS_OK;
    case EQL_READ_EVENT: break;
    }
    count_layout(t, to, &note);
    count_accepted(to, line, &ev, &note);
    t->text = line->text;
    t->kept = false;
    go_on = to->fn(to->fn_ctx, &ev);
    t->text = eql_sv(NULL, 0);
    switch (eql_reader_late(t->reader)) {
    case EQL_READ_NOMEM: return EQL_EVENTS_NOMEM;
    case EQL_READ_REJECTED: take_back(to, line, &ev, &note); break;
    case EQL_READ_WRAPPER:
    case EQL_READ_EVENT: break;
    }
    return go_on ? EQL_EVENTS_OK : EQL_EVENTS_STOPPED;
}

eql_events_result
eql_event_parser_line(eql_event_parser *t, eql_event_sink *to,
                      const eql_line *line)
{
    if (t->o->only_read)
        return EQL_EVENTS_OK;
    switch (line->kind) {
    case EQL_LINE_BLANK: to->n->lines_blank++; break;
    case EQL_LINE_TEXT: return take_text(t, to, line);
    case EQL_LINE_TOO_LONG: reject_long(to, line); break;
    case EQL_LINE_BROKEN:
        if (!was_stopped(t, line))
            reject_broken(to, line);
        break;
    case EQL_LINE_PLAIN:
    case EQL_LINE_END: break;
    }
    return EQL_EVENTS_OK;
}

/* --- a block --- */

eql_events_result
eql_event_parser_block(eql_event_parser *t, eql_event_sink *to,
                       const eql_block *b, uint64_t *lines)
{
    eql_events_result r = EQL_EVENTS_OK;
    eql_line line = {.kind = EQL_LINE_TOO_LONG, .column = 1, .alone = true};
    const char *end = b->text.p + b->text.len;

    line.line = to->line + 1;
    *lines = 0;
    if (t->o->only_read)
        return EQL_EVENTS_OK;
    if (b->too_long) {
        *lines = !b->cut;
        return eql_event_parser_line(t, to, &line);
    }
    eql_reader_block(t->reader, b->text);
    while (r == EQL_EVENTS_OK && eql_reader_line(t->reader, &line.text)) {
        line.offset = to->start + (uint64_t)(line.text.p - b->text.p);
        line.cut = line.text.p + line.text.len == end;
        *lines += !line.cut;
        line.kind = eql_line_judge(&line.text, t->o->max_line_bytes);
        r = eql_event_parser_line(t, to, &line);
        line.line++;
    }
    return r;
}
