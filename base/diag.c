/* diag.c -- collects diagnostics and renders them with source and caret.
 *
 * Places are computed when a diagnostic is added, while its source is at
 * hand; rendering needs nothing but the diagnostic.  Everything that may come
 * from hostile text (messages quote names) is cleaned when rendered: control
 * and direction-changing characters never reach a terminal. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/show.h"

/* Longest source line kept whole; of longer ones, what is near the caret. */
#define LONGEST_LINE ((size_t)240)
#define BEFORE_CARET ((size_t)60)

/* W401 .. W428 exist. */
#define FIRST_WARNING 1u
#define LAST_WARNING 28u

struct eql_diags {
    eql_arena *arena;
    eql_vec items; /* eql_diag */
    eql_source src;
    uint32_t kept[3]; /* of the current source, by kind */
    uint32_t allowed; /* W400 + bit: dropped */
    uint32_t nerrors, nwarnings;
    bool failed;
};

eql_diags *
eql_diags_new(void)
{
    eql_diags *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->arena = eql_arena_new(0);
    if (!d->arena) {
        free(d);
        return NULL;
    }
    d->src.first_line = 1;
    return d;
}

void
eql_diags_free(eql_diags *d)
{
    if (!d)
        return;
    eql_arena_free(d->arena);
    eql_vec_free(&d->items);
    free(d);
}

void
eql_diags_set_source(eql_diags *d, const eql_source *src)
{
    d->src = *src;
    if (d->src.first_line == 0)
        d->src.first_line = 1;
    memset(d->kept, 0, sizeof d->kept);
    d->allowed = 0;
}

/* Number of a code, behind its letter, from 400; EQL_NONE: it has none. */
static uint32_t
warning_number(const char *code, size_t len)
{
    uint32_t n;

    if (len != 4 || code[0] != 'W' || code[1] != '4' || code[2] < '0' ||
        code[2] > '9' || code[3] < '0' || code[3] > '9')
        return EQL_NONE;
    n = (uint32_t)((code[2] - '0') * 10 + (code[3] - '0'));
    return n < 32 ? n : EQL_NONE;
}

bool
eql_diags_allow(eql_diags *d, eql_strview code)
{
    uint32_t n = warning_number(code.p, code.len);

    if (n == EQL_NONE || n < FIRST_WARNING || n > LAST_WARNING)
        return false;
    d->allowed |= 1u << n;
    return true;
}

static bool
is_allowed(const eql_diags *d, const char *code)
{
    uint32_t n = warning_number(code, strlen(code));

    return n != EQL_NONE && (d->allowed >> n & 1);
}

/* Does a character start at p? */
static bool
at_boundary(eql_strview line, size_t i)
{
    return i >= line.len || ((unsigned char)line.p[i] & 0xC0) != 0x80;
}

/* The line for display; *caret moves along with what is cut off in front. */
static eql_strview
excerpt(eql_arena *a, eql_strview line, uint32_t *caret)
{
    size_t from = 0, to = line.len;

    if (line.len <= LONGEST_LINE)
        return eql_arena_dup(a, line);
    if (*caret > BEFORE_CARET) {
        from = *caret - BEFORE_CARET;
        while (!at_boundary(line, from))
            from++;
    }
    if (to - from > LONGEST_LINE) {
        to = from + LONGEST_LINE;
        while (!at_boundary(line, to))
            to--;
    }
    *caret = (uint32_t)(*caret - from + (from ? 3 : 0));
    return eql_arena_printf(a, "%s%.*s%s", from ? "..." : "", (int)(to - from),
                            line.p + from, to < line.len ? "..." : "");
}

/* Fills in line, column, source line and caret from the span. */
static void
locate(eql_diags *d, eql_diag *x)
{
    eql_strview text = d->src.text;
    size_t at = x->span.offset < text.len ? x->span.offset : text.len;
    size_t start = 0, end;
    uint32_t nth = 0; /* line of the text, from 0 */

    if (d->src.whole)
        return;
    for (size_t i = 0; i < at; i++)
        if (text.p[i] == '\n') {
            nth++;
            start = i + 1;
        }
    x->line = d->src.lines ? d->src.lines[nth] : d->src.first_line + nth;
    for (end = at; end < text.len && text.p[end] != '\n'; end++)
        ;
    if (end > start && text.p[end - 1] == '\r')
        end--;
    x->column = (uint32_t)(at - start + 1);
    if (start == 0)
        x->column += d->src.indent;
    x->caret = (uint32_t)(at - start);
    x->source = excerpt(
        d->arena, eql_sv(text.p ? text.p + start : "", end - start), &x->caret);
}

static eql_strview
format(eql_arena *a, const char *fmt, va_list args)
{
    va_list again;
    char *p = NULL;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        p = eql_arena_alloc(a, (size_t)n + 1);
    if (p)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? eql_sv(p, (size_t)n) : eql_sv("", 0);
}

static eql_severity_kind
kind_of(const char *code)
{
    return code[0] == 'E'   ? EQL_DIAG_ERROR
           : code[0] == 'W' ? EQL_DIAG_WARNING
                            : EQL_DIAG_NOTE;
}

void
eql_diags_add(eql_diags *d, const char *code, eql_span span, const char *hint,
              const char *fmt, ...)
{
    eql_diag x = {.kind = kind_of(code), .span = span};
    va_list args;

    if (is_allowed(d, code))
        return;
    d->nerrors += x.kind == EQL_DIAG_ERROR;
    d->nwarnings += x.kind == EQL_DIAG_WARNING;
    if (d->kept[x.kind]++ >= EQL_DIAG_CAP)
        return;
    snprintf(x.code, sizeof x.code, "%s", code);
    x.file = eql_arena_dup(d->arena, d->src.file);
    x.hint = eql_arena_dup(d->arena, eql_sv_cstr(hint ? hint : ""));
    va_start(args, fmt);
    x.message = format(d->arena, fmt, args);
    va_end(args);
    locate(d, &x);
    if (eql_arena_failed(d->arena) ||
        eql_vec_push(&d->items, &x, sizeof x) == EQL_NONE)
        d->failed = true;
}

uint32_t
eql_diags_count(const eql_diags *d)
{
    return d->items.n;
}

const eql_diag *
eql_diags_at(const eql_diags *d, uint32_t i)
{
    return eql_vec_at(&d->items, i);
}

uint32_t
eql_diags_nerrors(const eql_diags *d)
{
    return d->nerrors;
}

uint32_t
eql_diags_nwarnings(const eql_diags *d)
{
    return d->nwarnings;
}

void
eql_diags_fail(eql_diags *d)
{
    d->failed = true;
}

bool
eql_diags_failed(const eql_diags *d)
{
    return d->failed;
}

/* Appends s cleaned; returns how many columns that takes. */
static size_t
add_clean(eql_buf *out, eql_strview s)
{
    return eql_show(out, s, EQL_SHOW_ALL);
}

static void
add_repeat(eql_buf *out, char c, size_t n)
{
    while (n--)
        eql_buf_add_char(out, c);
}

/* The source line and, under it, ^~~~ for the part of the span on it. */
static void
render_source(const eql_diag *d, const char *mark, const char *off,
              eql_buf *out)
{
    size_t caret = d->caret < d->source.len ? d->caret : d->source.len;
    size_t len = d->source.len - caret;
    eql_strview before = eql_sv(d->source.p, caret);
    eql_buf scratch = {0};
    size_t pad, width;

    if (len > d->span.len)
        len = d->span.len;
    eql_buf_printf(out, "%5u | ", d->line);
    add_clean(out, d->source);
    eql_buf_add_str(out, "\n      | ");
    pad = add_clean(&scratch, before);
    width = add_clean(&scratch, eql_sv(d->source.p + caret, len));
    eql_buf_free(&scratch);
    add_repeat(out, ' ', pad);
    eql_buf_add_str(out, mark);
    eql_buf_add_char(out, '^');
    add_repeat(out, '~', width > 1 ? width - 1 : 0);
    eql_buf_printf(out, "%s\n", off);
}

static const char *
hue_of(const eql_diag *d, bool colour)
{
    static const char *const hues[] = {"\033[1;31m", "\033[1;35m",
                                       "\033[1;36m"};

    return colour ? hues[d->kind] : "";
}

void
eql_diag_render_line(const eql_diag *d, bool colour, eql_buf *out)
{
    static const char *const names[] = {"error", "warning", "note"};
    const char *bold = colour ? "\033[1m" : "";
    const char *off = colour ? "\033[0m" : "";

    eql_buf_add_str(out, bold);
    add_clean(out, d->file.len ? d->file : eql_sv_cstr("<query>"));
    if (d->line)
        eql_buf_printf(out, ":%u:%u", d->line, d->column);
    eql_buf_printf(out, ":%s %s%s:%s %s: ", off, hue_of(d, colour),
                   names[d->kind], off, d->code);
    add_clean(out, d->message);
}

void
eql_diag_render(const eql_diag *d, bool colour, eql_buf *out)
{
    eql_diag_render_line(d, colour, out);
    eql_buf_add_char(out, '\n');
    if (d->line)
        render_source(d, hue_of(d, colour), colour ? "\033[0m" : "", out);
    if (d->hint.len) {
        eql_buf_add_str(out, "  hint: ");
        add_clean(out, d->hint);
        eql_buf_add_char(out, '\n');
    }
}
