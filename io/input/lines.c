/* lines.c -- the streaming splitter.
 *
 *   buf:  | gone | start ..... scan ..... end | free |
 *                  text so far   not looked at
 *
 * `scan` never goes back but once (the first line, when it turns out to be a
 * line of many), so the work is linear.  A text that outgrows the limit is
 * dropped as it is scanned.
 *
 * A damaged array cannot be followed by its brackets any more.  Scanning goes
 * on at the next line that is indented like the one on which the damaged
 * element began and opens or closes an element, so that one bad byte costs
 * one event and not the rest of the file. */
#include "io/input/lines.h"

#include <stdlib.h>

#include "io/input/lines_scan.h"

#define BLOCK ((size_t)256 << 10)

typedef enum {
    MODE_START,   /* before a top-level value */
    MODE_LINES,   /* a text a line, to the end */
    MODE_FIRST,   /* inside the first value: lines, wrapper, or printed? */
    MODE_BETWEEN, /* in the array of events, before or after an element */
    MODE_ELEMENT, /* inside an element */
    MODE_RESYNC,  /* looking for the next element after damage */
    MODE_TAIL     /* in a wrapper, after its events */
} lines_mode;

struct eql_lines {
    eql_pull_fn pull;
    void *ctx;
    size_t max;
    eql_pull state; /* of the last pull */

    char *buf;
    size_t cap, start, scan, end;
    uint64_t base; /* input offset of buf[0] */

    lines_mode mode;
    uint64_t line;     /* of scan */
    uint64_t line_off; /* input offset of its first byte */
    bool leading;      /* only white space so far on this line */
    uint64_t blank;    /* white space at its start, bytes */
    bool dropping;     /* the text at start is over the limit */
    bool leaves;       /* JSON lines are somebody else's */
    bool single;       /* the first value is all, on however many lines */
    uint64_t wrappers; /* opened so far */

    eql_line text;          /* position of the text at start */
    eql_bracket_scan value; /* its brackets and strings */
    bool printed;           /* FIRST: the value spans lines */
    bool in_array;          /* the text is an element */
    char last;              /* TAIL: the last byte that is no white space */
    bool need_comma;        /* BETWEEN */
    bool after_comma;
    bool look_here;  /* RESYNC: the byte at scan may be the place */
    uint64_t indent; /* white space at the start of the text's line */

    /* Arrays of events that are open, one in the other; of each, how many
     * brackets of the wrapper around it are open, 0: there is none. */
    uint32_t narrays;
    uint64_t tails[EQL_LINES_ARRAYS];
};

eql_lines *
eql_lines_new(eql_pull_fn pull, void *ctx, size_t max)
{
    eql_lines *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->pull = pull;
    l->ctx = ctx;
    l->max = max;
    l->line = 1;
    l->leading = true;
    return l;
}

void
eql_lines_free(eql_lines *l)
{
    if (l)
        free(l->buf);
    free(l);
}

eql_pull
eql_lines_end(const eql_lines *l)
{
    return l->state;
}

uint64_t
eql_lines_bytes(const eql_lines *l)
{
    return l->base + l->end;
}

uint64_t
eql_lines_line(const eql_lines *l)
{
    return l->line;
}

/* --- the buffer --- */

static bool
make_room(eql_lines *l)
{
    size_t cap;
    char *p;

    if (l->start) {
        memmove(l->buf, l->buf + l->start, l->end - l->start);
        l->base += l->start;
        l->end -= l->start;
        l->scan -= l->start;
        l->start = 0;
    }
    if (l->cap - l->end >= BLOCK / 4)
        return true;
    cap = l->cap ? l->cap * 2 : BLOCK * 2;
    /* A text never outgrows this: it is dropped first. */
    if (cap > l->max + 2 * BLOCK)
        cap = l->max + 2 * BLOCK;
    if (cap < l->end + BLOCK)
        cap = l->end + BLOCK;
    p = realloc(l->buf, cap);
    if (!p)
        return false;
    l->buf = p;
    l->cap = cap;
    return true;
}

/* More bytes after end; false when there are none. */
static bool
fill(eql_lines *l)
{
    size_t n = 0;

    if (l->state != EQL_PULL_OK)
        return false;
    if (!make_room(l)) {
        l->state = EQL_PULL_NOMEM;
        return false;
    }
    l->state = l->pull(l->ctx, l->buf + l->end, l->cap - l->end, &n);
    l->end += n;
    return n > 0;
}

eql_strview
eql_lines_peek(eql_lines *l, size_t want)
{
    while (l->end - l->start < want && fill(l))
        ;
    return eql_sv(l->buf ? l->buf + l->start : "", l->end - l->start);
}

void
eql_lines_single(eql_lines *l)
{
    l->single = true;
}

uint64_t
eql_lines_wrappers(const eql_lines *l)
{
    return l->wrappers;
}

void
eql_lines_leave(eql_lines *l)
{
    l->leaves = true;
}

eql_strview
eql_lines_rest(const eql_lines *l)
{
    return eql_sv(l->buf ? l->buf + l->scan : "", l->end - l->scan);
}

/* Is there a byte at scan? */
static bool
have(eql_lines *l)
{
    return l->scan < l->end || fill(l);
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Steps over the byte at scan. */
static void
pass(eql_lines *l)
{
    char c = l->buf[l->scan++];

    if (c == '\n') {
        l->line++;
        l->line_off = l->base + l->scan;
        l->blank = 0;
        l->leading = true;
    } else if (l->leading && is_space(c)) {
        l->blank++;
    } else {
        l->leading = false;
    }
}

/* The same for a byte that belongs to no text. */
static void
skip(eql_lines *l)
{
    pass(l);
    l->start = l->scan;
}

/* The text begins at scan. */
static void
begin(eql_lines *l)
{
    l->start = l->scan;
    l->dropping = false;
    l->indent = l->blank;
    l->text.offset = l->base + l->scan;
    l->text.line = l->line;
    l->text.column = l->text.offset - l->line_off + 1;
}

/* Forgets what is scanned of a text that is over the limit. */
static void
drop(eql_lines *l)
{
    /* One more may be the carriage return of the line's end. */
    if (!l->dropping && l->scan - l->start <= l->max + 1)
        return;
    l->dropping = true;
    l->start = l->scan;
}

/* The text from start to `stop` is whole. */
static void
give(eql_lines *l, eql_line *out, size_t stop)
{
    *out = l->text;
    out->kind = EQL_LINE_TEXT;
    out->deep = l->narrays == EQL_LINES_ARRAYS;
    out->text = eql_sv(l->buf + l->start, stop - l->start);
    if (l->dropping || out->text.len > l->max) {
        out->kind = EQL_LINE_TOO_LONG;
        out->text = eql_sv("", 0);
    }
    l->start = l->scan;
    l->dropping = false;
}

static void
give_broken(eql_lines *l, eql_line *out, const char *why)
{
    uint64_t at = l->base + l->scan;

    *out = (eql_line){.kind = EQL_LINE_BROKEN,
                      .text = eql_sv("", 0),
                      .offset = at,
                      .line = l->line,
                      .column = at - l->line_off + 1,
                      .why = why};
}

/* --- JSON lines --- */

static void
give_line(eql_lines *l, eql_line *out, size_t stop, bool cut)
{
    eql_strview line = eql_sv(l->buf + l->start, stop - l->start);

    if (eql_line_judge(&line, l->max) == EQL_LINE_BLANK && !l->dropping) {
        *out = l->text;
        out->kind = EQL_LINE_BLANK;
        out->text = eql_sv("", 0);
        l->start = l->scan;
        return;
    }
    give(l, out, l->start + line.len);
    out->cut = cut;
}

/* true when out is set; else the mode has changed or the input ended. */
static bool
step_lines(eql_lines *l, eql_line *out)
{
    /* `scan` may be inside the line, after white space or an array's end. */
    if (!l->dropping)
        begin(l);
    for (;;) {
        size_t n = l->end - l->scan;
        char *nl = n ? memchr(l->buf + l->scan, '\n', n) : NULL;

        if (nl) {
            size_t stop = (size_t)(nl - l->buf);

            l->scan = stop + 1;
            give_line(l, out, stop, false);
            l->line++;
            l->line_off = l->base + l->scan;
            return true;
        }
        l->scan = l->end;
        drop(l);
        if (fill(l))
            continue;
        if (l->start == l->end && !l->dropping)
            return false;
        give_line(l, out, l->end, true);
        return true;
    }
}

/* --- the first value --- */

static void
begin_value(eql_lines *l, bool in_array)
{
    begin(l);
    l->in_array = in_array;
    eql_bracket_scan_begin(&l->value);
}

/* Does the object at scan span lines?  So if its brace stands alone on its
 * line and a member or the closing brace follows; a lone brace before other
 * text is a damaged line. */
static bool
is_printed(eql_lines *l)
{
    bool newline = false;

    for (size_t i = 1;; i++) {
        char c;

        if (l->scan + i >= l->end && !fill(l))
            return false;
        c = l->buf[l->scan + i];
        newline |= c == '\n';
        if (!is_space(c))
            return newline && (c == '"' || c == '}');
        if (i > BLOCK)
            return newline;
    }
}

/* The next byte is the first in an array of events. */
static void
open_array(eql_lines *l, uint64_t tail)
{
    l->mode = MODE_BETWEEN;
    l->need_comma = l->after_comma = l->dropping = false;
    l->start = l->scan;
    l->in_array = true;
    l->tails[l->narrays++] = tail;
}

/* Does the byte at scan begin the events of a wrapper, the text at start? */
static bool
opens_wrapper(eql_lines *l)
{
    if (!eql_bracket_scan_opens(&l->value, l->buf[l->scan]) ||
        l->narrays == EQL_LINES_ARRAYS)
        return false;
    l->wrappers++;
    open_array(l, l->value.depth - 1);
    return true;
}

/* The input ends, or its brackets cannot be followed. */
static void
start_anew(eql_lines *l)
{
    l->mode = MODE_START;
    l->narrays = 0;
}

static bool
step_start(eql_lines *l, eql_line *out)
{
    char c;

    if (!have(l))
        return false;
    c = l->buf[l->scan];
    if (c == '\n' && l->leading) {
        begin(l);
        *out = l->text;
        out->kind = EQL_LINE_BLANK;
        out->text = eql_sv("", 0);
        skip(l);
        return true;
    }
    if (is_space(c)) {
        skip(l);
        return false;
    }
    if (c == '[') {
        skip(l);
        open_array(l, 0);
    } else if (c == '{') {
        l->printed = l->single || is_printed(l);
        begin_value(l, false);
        l->mode = MODE_FIRST;
    } else {
        l->mode = MODE_LINES;
    }
    return false;
}

/* The first value is a line of many: it is read again as such, or if it is
 * over the limit dropped on. */
static bool
first_is_line(eql_lines *l)
{
    l->mode = MODE_LINES;
    if (!l->dropping) {
        l->scan = l->start;
        l->line = l->text.line;
        l->line_off = l->text.offset - (l->text.column - 1);
    }
    return false;
}

/* A line of many ends with its line feed.  Behind the bracket of a wrapper's
 * array there may be one. */
static bool
ends_first(const eql_lines *l)
{
    return l->buf[l->scan] == '\n' && !l->printed &&
           (!l->value.opened || l->dropping);
}

/* The brackets around the text cannot be followed any more. */
static bool
resync(eql_lines *l, eql_line *out, const char *why)
{
    give_broken(l, out, why);
    l->start = l->scan;
    l->dropping = false;
    l->look_here = l->leading;
    l->mode = MODE_RESYNC;
    return true;
}

/* Takes the byte at scan into the value; false when it cannot belong there. */
static bool
take(eql_lines *l, const char **why)
{
    char c = l->buf[l->scan];

    *why = NULL;
    if (c == '\n' && l->value.in_string)
        *why = "a string is not closed on its line";
    else
        eql_bracket_scan_byte(&l->value, c);
    if (l->value.bad)
        *why = "brackets do not match";
    if (!*why)
        pass(l);
    return !*why;
}

/* The input ends inside the text. */
static bool
give_cut(eql_lines *l, eql_line *out)
{
    start_anew(l);
    give(l, out, l->scan);
    out->cut = true;
    return true;
}

static bool
step_first(eql_lines *l, eql_line *out)
{
    const char *why;

    while (have(l)) {
        if (ends_first(l))
            return first_is_line(l);
        if (opens_wrapper(l))
            return false;
        if (!take(l, &why))
            return l->printed ? resync(l, out, why) : first_is_line(l);
        if (eql_bracket_scan_whole(&l->value)) {
            if (!l->printed)
                return first_is_line(l);
            l->mode = MODE_START;
            give(l, out, l->scan);
            return true;
        }
        drop(l);
    }
    return l->printed ? give_cut(l, out) : first_is_line(l);
}

/* --- arrays --- */

/* After an element, or after all there is. */
static void
element_passed(eql_lines *l)
{
    l->mode = l->narrays ? MODE_BETWEEN : MODE_START;
    l->need_comma = true;
    l->after_comma = false;
}

static void
array_closed(eql_lines *l)
{
    uint64_t tail = l->tails[--l->narrays];

    element_passed(l);
    if (tail) {
        l->mode = MODE_TAIL;
        l->last = ']';
        l->value = (eql_bracket_scan){.depth = tail};
    }
}

static bool
between_punctuation(eql_lines *l, eql_line *out, char c)
{
    const char *why = NULL;

    if (c == ':')
        return resync(l, out, "no element can begin here");
    if (c == ',' && !l->need_comma)
        why = "a comma without an element before it";
    if (c == ']' && l->after_comma)
        why = "a comma without an element after it";
    if (c == '}')
        why = "a closing brace too many";
    if (why)
        give_broken(l, out, why);
    skip(l);
    l->need_comma = c == '}';
    l->after_comma = c == ',';
    if (c == ']')
        array_closed(l);
    return why != NULL;
}

static bool
step_between(eql_lines *l, eql_line *out)
{
    char c;

    if (!have(l)) {
        start_anew(l);
        give_broken(l, out, "the input ends inside the array of events");
        out->cut = true;
        return true;
    }
    c = l->buf[l->scan];
    if (is_space(c)) {
        skip(l);
        return false;
    }
    if (strchr(",]}:", c) && c)
        return between_punctuation(l, out, c);
    if (l->need_comma) {
        l->need_comma = false;
        give_broken(l, out, "no comma before this element");
        return true;
    }
    begin_value(l, true);
    l->mode = MODE_ELEMENT;
    return false;
}

/* Is the element at start whole before the byte c?  Strings, objects and
 * arrays end with themselves, bare words and numbers with what follows. */
static bool
ends_before(const eql_lines *l, char c)
{
    return l->value.bare && (is_space(c) || (c && strchr(",]}{[\":", c)));
}

static bool
step_element(eql_lines *l, eql_line *out)
{
    const char *why;

    while (have(l)) {
        bool whole = ends_before(l, l->buf[l->scan]);

        if (!whole) {
            if (opens_wrapper(l))
                return false;
            if (!take(l, &why))
                return resync(l, out, why);
            whole = eql_bracket_scan_whole(&l->value);
        }
        if (whole) {
            element_passed(l);
            give(l, out, l->scan);
            return true;
        }
        drop(l);
    }
    return give_cut(l, out);
}

/* Can scanning go on at c, the first byte of its line? */
static bool
is_landmark(const eql_lines *l, char c)
{
    if (!l->in_array)
        return l->blank == l->indent && (c == '{' || c == '}');
    if (c == ']')
        return l->blank <= l->indent;
    return l->blank == l->indent && c && strchr("{},", c);
}

/* Drops a line at a time; at the start of each, looks whether it can be the
 * place to go on. */
static bool
step_resync(eql_lines *l)
{
    char c;

    if (!l->look_here) {
        while (have(l) && l->buf[l->scan] != '\n')
            skip(l);
        if (have(l))
            skip(l);
    }
    l->look_here = false;
    while (have(l) && l->buf[l->scan] != '\n' && is_space(l->buf[l->scan]))
        skip(l);
    if (!have(l)) {
        start_anew(l);
        return false;
    }
    c = l->buf[l->scan];
    if (!is_landmark(l, c))
        return false;
    if (c == '}')
        skip(l);
    l->mode = l->in_array ? MODE_BETWEEN : MODE_START;
    l->need_comma = c == '}' || c == ',';
    l->after_comma = false;
    return false;
}

/* An object does not follow a value: the closing brace is missing, and what
 * follows must not vanish in the object that lacks it. */
static bool
tail_breaks(const eql_lines *l, char c)
{
    return l->value.bad ||
           (c == '{' && !l->value.in_string && !strchr(":[,", l->last));
}

static bool
step_tail(eql_lines *l, eql_line *out)
{
    while (have(l)) {
        char c = l->buf[l->scan];

        if (tail_breaks(l, c)) {
            start_anew(l);
            give_broken(l, out, "an object around events does not end");
            return true;
        }
        eql_bracket_scan_byte(&l->value, c);
        if (!is_space(c))
            l->last = c;
        skip(l);
        if (l->value.depth == 0) {
            element_passed(l);
            return false;
        }
    }
    start_anew(l);
    give_broken(l, out, "the input ends inside an object around events");
    out->cut = true;
    return true;
}

/* --- the next text --- */

static bool
step(eql_lines *l, eql_line *out)
{
    switch (l->mode) {
    case MODE_START: return step_start(l, out);
    case MODE_LINES: return step_lines(l, out);
    case MODE_FIRST: return step_first(l, out);
    case MODE_BETWEEN: return step_between(l, out);
    case MODE_ELEMENT: return step_element(l, out);
    case MODE_RESYNC: return step_resync(l);
    case MODE_TAIL: return step_tail(l, out);
    }
    return false;
}

/* A mark at the very start is no part of the first line. */
static void
skip_mark(eql_lines *l)
{
    eql_strview head = eql_lines_peek(l, 1);

    if (head.len && head.p[0] == '\xef')
        head = eql_lines_peek(l, 3);
    if (head.len >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0) {
        l->start = l->scan = 3;
        l->line_off = 3;
    }
}

/* At the start of a line, and only lines follow? */
static bool
is_plain(const eql_lines *l)
{
    return l->mode == MODE_LINES && !l->dropping &&
           l->base + l->scan == l->line_off && l->state != EQL_PULL_NOMEM;
}

void
eql_lines_next(eql_lines *l, eql_line *out)
{
    eql_line_kind end = EQL_LINE_END;

    if (l->base == 0 && l->scan == 0 && l->line == 1)
        skip_mark(l);
    /* A step without a text has moved on or changed the mode; at the end
     * MODE_START and MODE_LINES do neither. */
    for (;;) {
        if (l->leaves && is_plain(l)) {
            l->leaves = false;
            end = EQL_LINE_PLAIN;
            break;
        }
        if (step(l, out))
            return;
        if (l->state != EQL_PULL_OK && l->scan == l->end && !l->dropping &&
            (l->mode == MODE_START || l->mode == MODE_LINES))
            break;
    }
    *out = (eql_line){.kind = end,
                      .text = eql_sv("", 0),
                      .offset = end == EQL_LINE_PLAIN ? l->base + l->scan
                                                      : l->base + l->end,
                      .line = l->line};
}
