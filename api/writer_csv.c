/* writer_csv.c -- alerts as CSV (RFC 4180): one row a stage, the columns of the
 * table, a header first.
 *
 * Control characters but tabs and line ends become U+FFFD, since a terminal may
 * be looking; a cell that a spreadsheet would take for a formula gets an
 * apostrophe in front; all else stays as it is, quoted where it must be. */
#include <inttypes.h>

#include "api/writer.h"
#include "base/show.h"
#include "base/text.h"

static const char header[] =
    "alert_id,time,severity,rule_id,rule,keys,span_ms,stage,stage_time,host,"
    "user,process,pid,parent,command_line,source,destination,object,file,line,"
    "event_id,row.key,row.count,row.percent,row.hosts,row.total_hosts\r\n";

static bool
is_plain(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == ',' || c == '"' || c < 0x20 || c >= 0x7F)
            return false;
    }
    return s.len == 0 || (s.p[0] != ' ' && s.p[s.len - 1] != ' ');
}

static void
add_quoted(eql_buf *b, eql_strview s)
{
    eql_buf_add_char(b, '"');
    for (size_t i = 0, n; i < s.len; i += n) {
        uint32_t cp = eql_utf8_decode(s.p + i, s.len - i, &n);
        bool blank = cp == '\t' || cp == '\n' || cp == '\r';
        char enc[4];

        if (!blank && eql_show_is_unsafe(cp))
            cp = 0xFFFD;
        if (cp == '"')
            eql_buf_add_char(b, '"');
        eql_buf_add(b, enc, eql_utf8_encode(cp, enc));
    }
    eql_buf_add_char(b, '"');
}

/* Would a spreadsheet take the cell for a formula?  Some take the wide forms of
 * the signs as well. */
static bool
is_formula(eql_strview s)
{
    size_t n;

    if (s.len == 0)
        return false;
    switch (eql_utf8_decode(s.p, s.len, &n)) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
    case 0xFF1D:
    case 0xFF0B:
    case 0xFF0D:
    case 0xFF20: return true;
    default: return false;
    }
}

static void
add(eqlvm_writer *w, eql_strview s)
{
    if (!w->o.csv_raw && is_formula(s)) {
        s = eql_arena_printf(w->arena, "'%.*s", (int)s.len, s.p);
        add_quoted(&w->out, s);
    } else if (is_plain(s))
        eql_buf_add_sv(&w->out, s);
    else
        add_quoted(&w->out, s);
    eql_buf_add_char(&w->out, ',');
}

static void
add_time(eqlvm_writer *w, bool has_time, int64_t ns)
{
    char text[40];

    add(w, eql_sv(text, has_time ? eql_time_format(ns, text) : 0));
}

/* "host.id=A; user.name=B" */
static void
add_keys(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_buf keys = {0};

    for (uint32_t i = 0; i < a->nkeys; i++) {
        eql_strview value = eql_writer_key(w, &a->keys[i]);

        eql_buf_add_str(&keys, i ? "; " : "");
        eql_buf_add_sv(&keys, eql_api_sv(a->keys[i].name));
        eql_buf_add_char(&keys, '=');
        eql_buf_add_sv(&keys, value);
    }
    add(w, eql_buf_sv(&keys));
    if (keys.failed)
        w->out.failed = true;
    eql_buf_free(&keys);
}

/* The columns that are the same in all rows of an alert. */
static void
add_alert(eqlvm_writer *w, const eqlvm_alert *a)
{
    const eql_program *p = w->program;
    const eql_rule *r = &p->rules[a->rule];

    add(w, a->nstages > 0 ? eql_api_sv(a->alert_id) : eql_sv("", 0));
    add_time(w, a->has_time, a->time_ns);
    add(w, eql_sv_cstr(eqlvm_severity_name(a->severity)));
    add(w, eql_program_str(p, r->id));
    add(w, eql_program_str(p, r->name));
    add_keys(w, a);
    if (a->nstages > 0)
        eql_writer_ms(&w->out, a->span_ns);
    eql_buf_add_char(&w->out, ',');
}

static void
add_stage(eqlvm_writer *w, const eqlvm_alert_stage *s)
{
    eql_writer_facts f = {0};

    if (!s->missing)
        f = eql_writer_look(w, s);
    eql_buf_printf(&w->out, "%" PRIu32 ",", s->stage);
    if (s->missing) {
        eql_buf_add_str(&w->out, ",,,,,,,,,,,,,");
        return;
    }
    add_time(w, s->has_time, s->time_ns);
    add(w, f.host);
    add(w, f.user);
    add(w, f.process);
    add(w, f.pid);
    add(w, f.parent);
    add(w, f.command);
    add(w, f.source);
    add(w, f.destination);
    add(w, f.object);
    add(w, eql_api_sv(s->file));
    eql_buf_printf(&w->out, "%" PRIu64 ",", s->line);
    add(w, eql_api_sv(s->event_id));
}

static void
end_line(eqlvm_writer *w, const eqlvm_alert *a)
{
    eql_writer_columns c = eql_writer_row(w, a, "; ");

    add(w, c.key);
    add(w, c.count);
    add(w, c.percent);
    add(w, c.hosts);
    add(w, c.total_hosts);
    if (!w->out.failed)
        w->out.len--; /* the last comma */
    eql_buf_add_str(&w->out, "\r\n");
}

void
eql_writer_csv(eqlvm_writer *w, const eqlvm_alert *a)
{
    if (!w->started)
        eql_buf_add_str(&w->out, header);
    for (uint32_t i = 0; i < a->nstages; i++) {
        add_alert(w, a);
        add_stage(w, &a->stages[i]);
        end_line(w, a);
    }
    if (a->nstages == 0) { /* a row of `count`, which is no alert */
        add_alert(w, a);
        eql_buf_add_str(&w->out, ",,,,,,,,,,,,,,");
        end_line(w, a);
    }
}
