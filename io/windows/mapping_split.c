/* mapping_split.c -- cutting texts apart: command lines into arguments, text
 * into words, lists at a character.  Pure; knows no mapping. */
#include "io/windows/mapping_int.h"

#include "base/text.h"

static bool
is_space(uint32_t cp)
{
    return (cp >= 9 && cp <= 13) || (cp >= 28 && cp <= 32) || cp == 0x85 ||
           cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
           cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f ||
           cp == 0x3000;
}

size_t
eql_mapping_split_space(eql_strview s)
{
    unsigned char first = s.len ? (unsigned char)s.p[0] : 'a';
    size_t n = 0;

    /* Most bytes are visible ASCII. */
    if ((first > ' ' && first < 0x80) ||
        !is_space(eql_utf8_decode(s.p, s.len, &n)))
        return 0;
    return n;
}

eql_strview
eql_mapping_split_trim(eql_strview s)
{
    size_t n, end = s.len;

    while ((n = eql_mapping_split_space(s)) > 0)
        s = eql_sv(s.p + n, s.len - n);
    for (end = s.len; end > 0; end = n) {
        n = end - 1;
        while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
            n--;
        if (!eql_mapping_split_space(eql_sv(s.p + n, end - n)))
            break;
    }
    return eql_sv(s.p, end);
}

bool
eql_mapping_split_next(eql_strview *s, char sep, eql_strview *part)
{
    const char *q;

    if (!s->p)
        return false;
    q = s->len ? memchr(s->p, sep, s->len) : NULL;
    *part = q ? eql_sv(s->p, (size_t)(q - s->p)) : *s;
    *s = q ? eql_sv(q + 1, s->len - part->len - 1) : eql_sv(NULL, 0);
    return true;
}

size_t
eql_mapping_split_name(eql_strview line)
{
    size_t n = 0;

    while (n < line.len &&
           (((line.p[n] | 32) >= 'a' && (line.p[n] | 32) <= 'z') ||
            (n > 0 && line.p[n] >= '0' && line.p[n] <= '9')))
        n++;
    return n < line.len && line.p[n] == ':' ? n : 0;
}

static bool
append(json_t *list, const char *p, size_t len)
{
    return json_array_append_new(list, json_stringn(p, len)) == 0;
}

json_t *
eql_mapping_split_words(eql_strview s)
{
    json_t *list = json_array();
    size_t i = 0, start, n;

    while (list && i < s.len && json_array_size(list) < EQL_MAPPING_MAX_ITEMS) {
        n = eql_mapping_split_space(eql_sv(s.p + i, s.len - i));
        if (n) {
            i += n;
            continue;
        }
        start = i;
        while (i < s.len &&
               !eql_mapping_split_space(eql_sv(s.p + i, s.len - i)))
            i++;
        if (!append(list, s.p + start, i - start)) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

/* Every white space outside quotes ends an argument, so two of them have an
 * empty one between; quotes stay in. */
json_t *
eql_mapping_split_quoted(eql_strview s)
{
    json_t *list = json_array();
    size_t i = 0, start = 0, n;
    bool quoted = false, ok = list != NULL;

    while (ok && i < s.len && json_array_size(list) < EQL_MAPPING_MAX_ITEMS) {
        if (s.p[i] == '"')
            quoted = !quoted;
        n = quoted ? 0 : eql_mapping_split_space(eql_sv(s.p + i, s.len - i));
        if (n) {
            ok = append(list, s.p + start, i - start);
            start = i + n;
        }
        i += n ? n : 1;
    }
    if (ok && s.len && json_array_size(list) < EQL_MAPPING_MAX_ITEMS)
        ok = append(list, s.p + start, s.len - start);
    if (ok)
        return list;
    json_decref(list);
    return NULL;
}

/* --- the C runtime's rules --- */

typedef struct {
    eql_strview s;
    size_t i;
    eql_buf arg;
    bool quoted;
} crt;

/* 2n backslashes before a quote are n, and the quote toggles; 2n + 1 are n
 * and a literal quote; elsewhere backslashes are themselves. */
static void
backslashes(crt *c)
{
    size_t from = c->i, n;

    while (c->i < c->s.len && c->s.p[c->i] == '\\')
        c->i++;
    n = c->i - from;
    if (c->i >= c->s.len || c->s.p[c->i] != '"') {
        eql_buf_add(&c->arg, c->s.p + from, n);
        return;
    }
    eql_buf_add(&c->arg, c->s.p + from, n / 2);
    if (n % 2) {
        eql_buf_add_char(&c->arg, '"');
        c->i++;
    }
}

/* "" within quotes is a quote that also closes them. */
static void
quote(crt *c)
{
    c->i++;
    if (c->quoted && c->i < c->s.len && c->s.p[c->i] == '"') {
        eql_buf_add_char(&c->arg, '"');
        c->i++;
    }
    c->quoted = !c->quoted;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void
argument(crt *c)
{
    c->arg.len = 0;
    c->quoted = false;
    while (c->i < c->s.len) {
        char ch = c->s.p[c->i];

        if (is_blank(ch) && !c->quoted)
            break;
        if (ch == '\\')
            backslashes(c);
        else if (ch == '"')
            quote(c);
        else {
            eql_buf_add_char(&c->arg, ch);
            c->i++;
        }
    }
}

json_t *
eql_mapping_split_crt(eql_strview s)
{
    crt c = {.s = s};
    json_t *list = json_array();
    bool ok = list != NULL;

    while (ok && json_array_size(list) < EQL_MAPPING_MAX_ITEMS) {
        while (c.i < s.len && is_blank(s.p[c.i]))
            c.i++;
        if (c.i >= s.len)
            break;
        argument(&c);
        ok = !c.arg.failed && append(list, eql_buf_sv(&c.arg).p, c.arg.len);
    }
    eql_buf_free(&c.arg);
    if (ok)
        return list;
    json_decref(list);
    return NULL;
}
