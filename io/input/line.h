/* line.h -- what a line of JSON lines is; the only place that says so.
 *
 * A line ends at a line feed or at the end of the input; a carriage return
 * before that belongs to the end.  The vector kernels of io/fast/scan.c find
 * the same line feeds, 64 bytes at a time. */
#ifndef EQL_IO_INPUT_LINE_H
#define EQL_IO_INPUT_LINE_H

#include "base/base.h"

typedef enum {
    EQL_LINE_TEXT,     /* one event's text, never blank */
    EQL_LINE_BLANK,    /* an empty line */
    EQL_LINE_TOO_LONG, /* over the limit; text is empty */
    EQL_LINE_BROKEN,   /* the array around the events is damaged; see why */
    EQL_LINE_PLAIN,    /* a text a line from here on; see eql_lines_leave */
    EQL_LINE_END       /* eql_lines_end tells how */
} eql_line_kind;

/* Moves the next line, without its line feed, out of *rest; false: there is
 * none. */
static inline bool
eql_line_cut(eql_strview *rest, eql_strview *line)
{
    const char *feed;

    if (rest->len == 0)
        return false;
    feed = memchr(rest->p, '\n', rest->len);
    *line = eql_sv(rest->p, feed ? (size_t)(feed - rest->p) : rest->len);
    *rest = eql_sv(rest->p + line->len + (feed != NULL),
                   rest->len - line->len - (feed != NULL));
    return true;
}

/* A line without its line feed: takes the carriage return off, and says TEXT,
 * BLANK or TOO_LONG. */
static inline eql_line_kind
eql_line_judge(eql_strview *line, size_t max)
{
    size_t i = 0;

    if (line->len > 0 && line->p[line->len - 1] == '\r')
        line->len--;
    if (line->len > max)
        return EQL_LINE_TOO_LONG;
    while (i < line->len && (line->p[i] == ' ' || line->p[i] == '\t' ||
                             line->p[i] == '\r' || line->p[i] == '\n'))
        i++;
    return i == line->len ? EQL_LINE_BLANK : EQL_LINE_TEXT;
}

#endif
