/* writer_table.c -- alerts for people at a terminal.
 *
 *   TIME                      SEVERITY  RULE
 *     STAGE  TIME            HOST           USER           PROCESS
 *
 *   2020-09-20T21:09:11.000Z  high      Incoming PowerShell Remoting
 *     host.id = WORKSTATION6 (2 events in 327 ms)
 *         1  21:09:10.673    WORKSTATION6   NETWORK SERV…  svchost.exe (5)
 *            172.18.39.5:50123 -> 172.18.39.6:5985
 *            capture.json.gz:1798
 *
 *   count                     high      A rule with the pipe `count`
 *        COUNT  PERCENT  KEY                    HOSTS
 *            2    66.7%  cmd.exe                2: h1, h2
 *
 * Nothing of an event reaches the terminal uncleaned (base/show.h), and no line
 * is wider than the terminal. */
#include <inttypes.h>

#include "api/writer.h"
#include "base/show.h"
#include "base/text.h"

#define INDENT 12u     /* of the lines below a stage's first */
#define TIME_WIDTH 14u /* "09-20 21:09:11"; else "21:09:10.673" */
#define LEAST_WIDTH 60u

typedef struct {
    eqlvm_writer *w;
    eql_buf *out;
    size_t width; /* of a line; EQL_SHOW_ALL: no limit */
    size_t host, user;
} table;

static void
add_spaces(eql_buf *b, size_t n)
{
    while (n--)
        eql_buf_add_char(b, ' ');
}

/* At least `width` columns; cut to it unless lines have no limit. */
static void
add_cell(table *t, eql_strview s, size_t width)
{
    size_t used = eql_show(t->out, s.len ? s : eql_sv("-", 1),
                           t->width == EQL_SHOW_ALL ? EQL_SHOW_ALL : width);

    add_spaces(t->out, used < width ? width - used : 0);
    add_spaces(t->out, 2);
}

/* The rest of a line that has `used` columns. */
static void
add_tail(table *t, eql_strview s, size_t used)
{
    size_t width = t->width;

    if (width != EQL_SHOW_ALL)
        width = width > used ? width - used : 1;
    eql_show(t->out, s, width);
}

static void
add_rest(table *t, eql_strview s, size_t used)
{
    add_tail(t, s, used);
    eql_buf_add_char(t->out, '\n');
}

/* Starts or ends a colour; nothing without colours. */
static void
paint(table *t, const char *code)
{
    if (t->w->o.colour)
        eql_buf_printf(t->out, "\033[%sm", code);
}

static void
set_widths(table *t)
{
    size_t rest;

    t->width = EQL_SHOW_ALL;
    t->host = t->user = 24;
    if (t->w->o.width == 0)
        return;
    t->width = t->w->o.width < LEAST_WIDTH ? LEAST_WIDTH : t->w->o.width;
    rest = t->width - INDENT - TIME_WIDTH - 6; /* gaps of two */
    t->host = t->user = rest * 3 / 10 < 32 ? rest * 3 / 10 : 32;
}

static void
add_header(table *t)
{
    paint(t, "1");
    eql_buf_add_str(t->out, "TIME                      SEVERITY  RULE\n");
    eql_buf_add_str(t->out, "     STAGE  ");
    add_cell(t, eql_sv_cstr("TIME"), TIME_WIDTH);
    add_cell(t, eql_sv_cstr("HOST"), t->host);
    add_cell(t, eql_sv_cstr("USER"), t->user);
    eql_buf_add_str(t->out, "PROCESS");
    paint(t, "0");
    eql_buf_add_char(t->out, '\n');
}

/* "2020-09-20T21:09:11.000Z", always whole milliseconds. */
static size_t
format_time(bool has_time, int64_t ns, char text[40])
{
    size_t n;

    if (!has_time) {
        memcpy(text, "no time", 7);
        return 7;
    }
    n = eql_time_format(ns, text);
    if (n > 24) {
        n = 24;
        text[23] = 'Z';
    }
    return n;
}

static const char *
colour_of(eqlvm_severity s)
{
    switch (s) {
    case EQLVM_SEVERITY_CRITICAL: return "1;31";
    case EQLVM_SEVERITY_HIGH: return "31";
    case EQLVM_SEVERITY_MEDIUM: return "33";
    case EQLVM_SEVERITY_LOW: return "36";
    case EQLVM_SEVERITY_NONE: break;
    }
    return "0";
}

/* A time, severity and rule. */
static void
add_title(table *t, const eqlvm_alert *a, eql_strview time)
{
    const eql_rule *r = &t->w->program->rules[a->rule];

    eql_buf_add_sv(t->out, time);
    add_spaces(t->out, 26 - time.len);
    paint(t, colour_of(a->severity));
    eql_buf_printf(t->out, "%-8s", eqlvm_severity_name(a->severity));
    paint(t, "0");
    add_spaces(t->out, 2);
    paint(t, "1");
    add_tail(t, eql_program_str(t->w->program, r->name), 36);
    paint(t, "0");
    eql_buf_add_char(t->out, '\n');
}

static void
add_alert(table *t, const eqlvm_alert *a)
{
    char time[40];
    size_t n = format_time(a->has_time, a->time_ns, time);

    add_title(t, a, eql_sv(time, n));
}

/* Keys and span. */
static void
add_keys(table *t, const eqlvm_alert *a)
{
    eql_buf line = {0};

    for (uint32_t i = 0; i < a->nkeys; i++) {
        eql_strview value = eql_writer_key(t->w, &a->keys[i]);

        eql_buf_printf(&line, "%s%.*s = %.*s", i ? ", " : "",
                       (int)a->keys[i].name.len, a->keys[i].name.p,
                       (int)value.len, value.p ? value.p : "");
    }
    if (a->nstages > 1) {
        eql_buf_printf(&line, "%s(%" PRIu32 " events in ", line.len ? " " : "",
                       a->nstages);
        eql_writer_ms(&line, a->span_ns);
        eql_buf_add_str(&line, " ms)");
    }
    if (line.len > 0) {
        add_spaces(t->out, 4);
        add_rest(t, eql_buf_sv(&line), 4);
    }
    if (line.failed)
        t->out->failed = true;
    eql_buf_free(&line);
}

/* Time of day; of another day than the alert's, the date and no fraction. */
static void
add_stage_time(table *t, const eqlvm_alert *a, const eqlvm_alert_stage *s)
{
    char time[40], whole[40];
    size_t n = format_time(s->has_time, s->time_ns, time);

    if (!s->has_time || n < 24) {
        add_cell(t, eql_sv(time, n), TIME_WIDTH);
        return;
    }
    format_time(a->has_time, a->time_ns, whole);
    if (a->has_time && memcmp(time, whole, 10) == 0) {
        add_cell(t, eql_sv(time + 11, 12), TIME_WIDTH);
    } else {
        time[10] = ' ';
        add_cell(t, eql_sv(time + 5, 14), TIME_WIDTH);
    }
}

/* What tells files apart fits on a line; the path often does not. */
static eql_strview
base_name(eql_strview path)
{
    size_t i = path.len;

    while (i > 0 && path.p[i - 1] != '/')
        i--;
    return eql_sv(path.p + i, path.len - i);
}

/* Where DOMAIN\name is too long, the name says more. */
static eql_strview
account(const table *t, eql_strview user)
{
    const char *slash = user.len ? memchr(user.p, '\\', user.len) : NULL;
    size_t skip = slash ? (size_t)(slash - user.p) + 1 : 0;

    if (t->width == EQL_SHOW_ALL || user.len <= t->user)
        return user;
    return eql_sv(user.p + skip, user.len - skip);
}

static void
add_line(table *t, eql_strview s)
{
    if (s.len == 0)
        return;
    add_spaces(t->out, INDENT);
    add_rest(t, s, INDENT);
}

static void
add_stage(table *t, const eqlvm_alert *a, const eqlvm_alert_stage *s)
{
    eqlvm_writer *w = t->w;
    eql_writer_facts f;
    eql_strview line, file;

    eql_buf_printf(t->out, "%10" PRIu32 "  ", s->stage);
    if (s->missing) {
        eql_buf_add_str(t->out, "no such event\n");
        return;
    }
    f = eql_writer_look(w, s);
    line = f.process;
    add_stage_time(t, a, s);
    add_cell(t, f.host, t->host);
    add_cell(t, account(t, f.user), t->user);
    if (f.process.len > 0 && f.pid.len > 0)
        line = eql_arena_printf(w->arena, "%.*s (%.*s)", (int)f.process.len,
                                f.process.p, (int)f.pid.len, f.pid.p);
    add_rest(t, line.len ? line : eql_sv("-", 1),
             INDENT + TIME_WIDTH + t->host + t->user + 6);
    if (f.source.len > 0 || f.destination.len > 0)
        add_line(
            t, eql_arena_printf(w->arena, "%.*s -> %.*s",
                                f.source.len ? (int)f.source.len : 1,
                                f.source.len ? f.source.p : "?",
                                f.destination.len ? (int)f.destination.len : 1,
                                f.destination.len ? f.destination.p : "?"));
    add_line(t, f.command);
    add_line(t, f.object);
    file = base_name(eql_api_sv(s->file));
    add_line(t, eql_arena_printf(w->arena, "%.*s:%" PRIu64, (int)file.len,
                                 file.p, s->line));
}

/* --- rows of `count` --- */

#define COUNT_WIDTH 21u /* of count and percent, with what stands between */

static size_t
key_width(const table *t)
{
    return t->width == EQL_SHOW_ALL ? 32 : (t->width - COUNT_WIDTH - 2) / 2;
}

/* "66.7%" of 0.6666666666666666. */
static eql_strview
percent(table *t, eql_strview fraction)
{
    bool is_int;
    int64_t i;
    double x;

    if (fraction.len == 0 || !eql_parse_number(fraction, &is_int, &i, &x))
        return eql_sv("-", 1);
    if (is_int)
        x = (double)i;
    return eql_arena_printf(t->w->arena, "%.1f%%", x * 100);
}

/* "2: h1, h2" */
static eql_strview
hosts(table *t, const eql_writer_columns *c)
{
    if (c->total_hosts.len == 0)
        return eql_sv("-", 1);
    return eql_arena_printf(t->w->arena, "%.*s: %.*s", (int)c->total_hosts.len,
                            c->total_hosts.p, (int)c->hosts.len, c->hosts.p);
}

/* Once for all rows of a rule. */
static void
add_rows_header(table *t, const eqlvm_alert *a)
{
    eql_buf_add_char(t->out, '\n');
    add_title(t, a, eql_sv_cstr("count"));
    paint(t, "1");
    eql_buf_add_str(t->out, "     COUNT  PERCENT  ");
    add_cell(t, eql_sv_cstr("KEY"), key_width(t));
    eql_buf_add_str(t->out, "HOSTS");
    paint(t, "0");
    eql_buf_add_char(t->out, '\n');
}

static void
add_count_row(table *t, const eqlvm_alert *a)
{
    eql_writer_columns c = eql_writer_row(t->w, a, ", ");
    eql_strview part = percent(t, c.percent);

    eql_buf_printf(t->out, "%10.*s  %7.*s  ", (int)c.count.len, c.count.p,
                   (int)part.len, part.p);
    add_cell(t, c.key, key_width(t));
    add_rest(t, hosts(t, &c), COUNT_WIDTH + key_width(t) + 2);
}

/* What `unique_count` says of an alert. */
static void
add_counts(table *t, const eqlvm_alert *a)
{
    eql_writer_columns c = eql_writer_row(t->w, a, ", ");
    eql_strview part = percent(t, c.percent), where = hosts(t, &c);

    add_spaces(t->out, 4);
    add_rest(t,
             eql_arena_printf(t->w->arena, "count %.*s (%.*s), hosts %.*s",
                              (int)c.count.len, c.count.p, (int)part.len,
                              part.p, (int)where.len, where.p),
             4);
}

void
eql_writer_table(eqlvm_writer *w, const eqlvm_alert *a)
{
    table t = {.w = w, .out = &w->out};

    set_widths(&t);
    if (a->nstages == 0) {
        if (w->rows_of != a->rule + 1)
            add_rows_header(&t, a);
        add_count_row(&t, a);
        return;
    }
    if (!w->started)
        add_header(&t);
    eql_buf_add_char(t.out, '\n');
    add_alert(&t, a);
    add_keys(&t, a);
    if (a->row.len > 0)
        add_counts(&t, a);
    for (uint32_t i = 0; i < a->nstages; i++)
        add_stage(&t, a, &a->stages[i]);
}
