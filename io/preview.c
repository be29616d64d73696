/* preview.c -- see preview.h.
 *
 * The names are found by a scan that takes any bytes: a piece may end inside an
 * event, and is no JSON then. */
#include "io/preview.h"

void
eql_preview_free(eql_preview *s)
{
    eql_buf_free(&s->bytes);
    eql_vec_free(&s->ends);
}

void
eql_preview_add(eql_preview *s, eql_strview text)
{
    size_t len = text.len < EQL_PREVIEW_BYTES ? text.len : EQL_PREVIEW_BYTES;

    if (s->ends.n >= EQL_PREVIEW_PIECES || s->bytes.failed || s->ends.failed)
        return;
    eql_buf_add(&s->bytes, text.p, len);
    len = s->bytes.len;
    if (!s->bytes.failed)
        eql_vec_push(&s->ends, &len, sizeof len);
}

/* --- names --- */

typedef struct {
    const char *p, *end;
    char name[EQL_PREVIEW_NAME];
    size_t len;                      /* of the name; over its size: too long */
    size_t outer[EQL_PREVIEW_DEPTH]; /* names of what is open */
    bool object[EQL_PREVIEW_DEPTH];  /* it is one; else an array */
    uint32_t depth;
    eql_events_name_fn fn;
    void *ctx;
} scan;

/* The string at p without its quotes; p goes past it. */
static eql_strview
take_string(scan *s, bool *escaped)
{
    const char *from = ++s->p;
    eql_strview text;

    *escaped = false;
    for (; s->p < s->end && *s->p != '"'; s->p++) {
        if (*s->p == '\\') {
            *escaped = true;
            if (++s->p == s->end)
                break;
        }
    }
    text = eql_sv(from, (size_t)(s->p - from));
    s->p += s->p < s->end;
    return text;
}

static void
skip_space(scan *s)
{
    while (s->p < s->end && *s->p && strchr(" \t\r\n", *s->p))
        s->p++;
}

/* The name of the member, in what is open. */
static void
set_name(scan *s, eql_strview key)
{
    size_t at = s->depth > 0 ? s->outer[s->depth - 1] : 0;

    if (eql_sv_is(key, "_source")) { /* what is around it is wrapping */
        s->len = 0;
        return;
    }
    if (at > 0 && at < sizeof s->name)
        s->name[at++] = '.';
    if (at + key.len <= sizeof s->name)
        memcpy(s->name + at, key.p, key.len);
    s->len = at + key.len;
}

static bool
tell(scan *s, eql_strview text)
{
    if (s->len == 0 || s->len > sizeof s->name)
        return true;
    return s->fn(s->ctx, eql_sv(s->name, s->len), text);
}

static bool
take_text(scan *s)
{
    bool escaped;
    eql_strview text = take_string(s, &escaped);

    skip_space(s);
    if (s->p < s->end && *s->p == ':' && s->depth > 0 &&
        s->object[s->depth - 1]) {
        s->p++;
        set_name(s, text);
        return true;
    }
    return tell(s, escaped ? eql_sv("", 0) : text);
}

/* A scalar without quotes, or a byte that means nothing. */
static bool
take_word(scan *s)
{
    const char *from = s->p;

    while (s->p < s->end && *s->p && !strchr(",]}[{\": \t\r\n", *s->p))
        s->p++;
    if (s->p == from) {
        s->p++;
        return true;
    }
    return *from == 'n' || tell(s, eql_sv("", 0));
}

/* What is open in the member begins with its name; false: too deep. */
static bool
open_one(scan *s)
{
    if (s->depth == EQL_PREVIEW_DEPTH)
        return false;
    s->outer[s->depth] = s->len;
    s->object[s->depth++] = *s->p++ == '{';
    return true;
}

static void
close_one(scan *s)
{
    s->p++;
    if (s->depth > 0)
        s->len = s->outer[--s->depth];
}

/* false: fn has enough. */
static bool
scan_names(eql_strview text, eql_events_name_fn fn, void *ctx)
{
    scan s = {.p = text.p, .end = text.p + text.len, .fn = fn, .ctx = ctx};

    while (s.p < s.end) {
        switch (*s.p) {
        case '"':
            if (!take_text(&s))
                return false;
            break;
        case '{':
        case '[':
            if (!open_one(&s))
                return true;
            break;
        case '}':
        case ']': close_one(&s); break;
        default:
            if (!take_word(&s))
                return false;
        }
    }
    return true;
}

/* --- pieces --- */

/* Its lines, as far as they are events.  *any: some were. */
static bool
tell_lines(eql_strview piece, const eql_reader *r, eql_wall_clock *clock,
           bool *any, eql_events_name_fn fn, void *ctx)
{
    const char *p = piece.p, *end = piece.p + piece.len;
    const int64_t epoch = 0;
    eql_shown shown = {0};
    bool more = true;

    for (uint32_t i = 0; more && p < end && i < EQL_PREVIEW_LINES; i++) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        eql_strview line = eql_sv(p, (size_t)((nl ? nl : end) - p));

        if (eql_reader_show(r, line, clock, &epoch, &shown) == EQL_READ_EVENT) {
            *any = true;
            more = scan_names(shown.event, fn, ctx);
        }
        p = nl ? nl + 1 : end;
    }
    eql_shown_free(&shown);
    return more;
}

bool
eql_preview_names(const eql_preview *s, const eql_reader *r,
                  eql_wall_clock *clock, eql_events_name_fn fn, void *ctx)
{
    size_t from = 0;
    bool more = true;

    for (uint32_t i = 0; more && i < s->ends.n; i++) {
        size_t end = *(const size_t *)eql_vec_at(&s->ends, i);
        eql_strview piece = eql_sv(s->bytes.p + from, end - from);
        bool any = false;

        more = tell_lines(piece, r, clock, &any, fn, ctx);
        if (!any)
            more = scan_names(piece, fn, ctx);
        from = end;
    }
    return more;
}
