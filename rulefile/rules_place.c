/* rules_place.c -- where the text of a TOML string stands in its file.
 *
 * Literal strings ('...' and '''...''') are in the file as they are, but for
 * the delimiter, a first line end that TOML drops, and CR LF that became LF:
 * lines and columns of the text are those of the file.  In basic strings
 * escapes move columns (best effort) and may add or join lines: then the file
 * line of every line of the text is worked out here. */
#include "rulefile/rules_file.h"

/* Reads a basic string's source text. */
typedef struct {
    eql_strview text;
    size_t i;
    uint32_t line;    /* of text.p[i] in the file */
    uint32_t *lines;  /* file line of each line of the value */
    uint32_t n, most; /* lines written; there is room for `most` */
} walk;

static char
peek(const walk *w, size_t ahead)
{
    return w->text.len - w->i > ahead ? w->text.p[w->i + ahead] : '\0';
}

static void
value_line(walk *w)
{
    if (w->n < w->most)
        w->lines[w->n] = w->line;
    w->n++;
}

/* After a backslash at the end of a line: all white space is dropped. */
static void
skip_blank(walk *w)
{
    for (; w->i < w->text.len && strchr(" \t\r\n", w->text.p[w->i]); w->i++)
        w->line += w->text.p[w->i] == '\n';
}

static bool
is_line_end_escape(const walk *w)
{
    eql_strview rest = eql_sv(w->text.p + w->i, w->text.len - w->i);

    return peek(w, 0) == 'n' ||
           (rest.len >= 5 && (memcmp(rest.p, "u000A", 5) == 0 ||
                              memcmp(rest.p, "u000a", 5) == 0)) ||
           (rest.len >= 9 && (memcmp(rest.p, "U0000000A", 9) == 0 ||
                              memcmp(rest.p, "U0000000a", 9) == 0));
}

/* At the character after a backslash. */
static void
walk_escape(walk *w)
{
    if (strchr(" \t\r\n", peek(w, 0))) {
        skip_blank(w);
        return;
    }
    if (is_line_end_escape(w))
        value_line(w);
    w->i++;
}

static void
walk_basic(walk *w, bool multi)
{
    value_line(w);
    while (w->i < w->text.len) {
        char c = w->text.p[w->i];

        if (c == '"' && (!multi || (peek(w, 1) == '"' && peek(w, 2) == '"')))
            return;
        w->i++;
        if (c == '\\') {
            walk_escape(w);
        } else if (c == '\n') {
            w->line++;
            value_line(w);
        }
    }
}

static uint32_t
count_lines(eql_strview s)
{
    uint32_t n = 1;

    for (size_t i = 0; i < s.len; i++)
        n += s.p[i] == '\n';
    return n;
}

/* Fills in out->lines where they are not simply consecutive. */
static bool
find_lines(const eql_rule_file *f, size_t at, bool multi, eql_source *out)
{
    walk w = {.text = f->text, .i = at, .line = out->first_line};

    w.most = count_lines(out->text);
    w.lines = eql_arena_array(f->arena, w.most, sizeof *w.lines);
    if (!w.lines)
        return false;
    walk_basic(&w, multi);
    if (w.n != w.most) /* it was read in another way: leave the lines alone */
        return true;
    for (uint32_t i = 0; i < w.n; i++)
        if (w.lines[i] != out->first_line + i)
            out->lines = w.lines;
    return true;
}

bool
eql_rule_toml_source(const eql_rule_file *f, const eql_toml *v, eql_source *out)
{
    size_t at = eql_toml_offset(f->text, v->at), start;
    char q = at < f->text.len ? f->text.p[at] : '\0';
    bool multi = false;

    *out = (eql_source){.file = f->file,
                        .text = v->s,
                        .first_line = v->at.line ? v->at.line : 1};
    if (q != '"' && q != '\'')
        return true;
    start = at + 1;
    /* An empty string's two quotes are followed by no third. */
    if (f->text.len - at >= 3 && f->text.p[at + 1] == q &&
        f->text.p[at + 2] == q) {
        multi = true;
        start = at + 3;
        if (start < f->text.len && f->text.p[start] == '\r')
            start++;
        if (start < f->text.len && f->text.p[start] == '\n') {
            start++;
            out->first_line++;
        } else
            start = at + 3;
    }
    for (size_t i = start; i > 0 && f->text.p[i - 1] != '\n'; i--)
        out->indent++;
    return q == '\'' || find_lines(f, start, multi, out);
}

/* --- of a file that is no TOML --- */

static size_t
skip_blanks(eql_strview text, size_t at)
{
    while (at < text.len && (text.p[at] == ' ' || text.p[at] == '\t'))
        at++;
    return at;
}

/* Byte of the value of `key = ` at the beginning of a line; the length of the
 * text: none. */
static size_t
find_value(eql_strview text, const char *key)
{
    size_t n = strlen(key);

    for (size_t i = 0; i < text.len; i++) {
        const char *nl;
        size_t at;

        if (text.len - i > n && memcmp(text.p + i, key, n) == 0) {
            at = skip_blanks(text, i + n);
            if (at < text.len && text.p[at] == '=')
                return skip_blanks(text, at + 1);
        }
        nl = memchr(text.p + i, '\n', text.len - i);
        if (!nl)
            break;
        i = (size_t)(nl - text.p);
    }
    return text.len;
}

/* What stands between the quotes at `at`; p NULL: it is not closed, or has
 * escapes. */
static eql_strview
quoted_text(eql_strview text, size_t at)
{
    const eql_strview none = {NULL, 0};
    char quotes[3];
    const char *end;
    size_t n = 1;

    if (at >= text.len || (text.p[at] != '"' && text.p[at] != '\''))
        return none;
    memset(quotes, text.p[at], sizeof quotes);
    if (text.len - at > 3 && memcmp(text.p + at, quotes, 3) == 0)
        n = 3;
    at += n;
    end = memmem(text.p + at, text.len - at, quotes, n);
    if (!end)
        return none;
    text = eql_sv(text.p + at, (size_t)(end - text.p) - at);
    if ((n == 1 && memchr(text.p, '\n', text.len)) ||
        (quotes[0] == '"' && memchr(text.p, '\\', text.len)))
        return none;
    if (n == 3 && text.len > 1 && text.p[0] == '\r' && text.p[1] == '\n')
        text = eql_sv(text.p + 1, text.len - 1);
    if (n == 3 && text.len && text.p[0] == '\n')
        text = eql_sv(text.p + 1, text.len - 1);
    return text;
}

bool
eql_rule_find_query(const eql_rule_file *f, eql_rule_source *out)
{
    size_t at = find_value(f->text, "query"), start = at;
    eql_strview language =
        quoted_text(f->text, find_value(f->text, "language"));
    eql_toml v = {.kind = EQL_TOML_STRING, .s = quoted_text(f->text, at)};

    if (!v.s.p || (language.p && eql_rule_is_ours(language, eql_sv(NULL, 0),
                                                  true) != EQL_RULE_IS_EQL))
        return true;
    v.s = eql_arena_dup(f->arena, v.s);
    v.at.line = 1;
    for (size_t i = 0; i < at; i++)
        v.at.line += f->text.p[i] == '\n';
    while (start > 0 && f->text.p[start - 1] != '\n')
        start--;
    v.at.column = (uint32_t)(at - start + 1);
    out->file = f->file;
    out->name = eql_rule_base_name(f->file);
    return v.s.p && eql_rule_toml_source(f, &v, &out->query);
}
