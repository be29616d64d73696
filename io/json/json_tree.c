/* json_tree.c -- text that eql_json_mend has accepted, to jansson's values:
 * nothing is judged once more.  What jansson makes of a number that is not a
 * short integer, jansson is asked. */
#include "io/json/json.h"

#include <stdlib.h>

#include "base/text.h"

typedef struct {
    const char *p, *end;
    eql_buf text; /* scratch: a string with escapes */
} reader;

static json_t *value(reader *r);

static void
skip_space(reader *r)
{
    while (r->p < r->end &&
           (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

/* The next byte that is no white space, taken. */
static char
take(reader *r)
{
    skip_space(r);
    return r->p < r->end ? *r->p++ : '\0';
}

/* --- strings --- */

static uint32_t
hex4(const char *p)
{
    uint32_t x = 0;

    for (int i = 0; i < 4; i++)
        x = x << 4 |
            (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
    return x;
}

/* Behind "\u". */
static void
add_code(reader *r)
{
    uint32_t c = hex4(r->p);
    char bytes[8];

    r->p += 4;
    if (c >= 0xd800 && c < 0xdc00) {
        c = 0x10000 + ((c - 0xd800) << 10) + (hex4(r->p + 2) - 0xdc00);
        r->p += 6;
    }
    eql_buf_add(&r->text, bytes, eql_utf8_encode(c, bytes));
}

/* Behind a backslash. */
static void
add_escape(reader *r)
{
    static const char names[] = "bfnrt", bytes[] = "\b\f\n\r\t";
    char c = *r->p++;
    const char *at;

    if (c == 'u') {
        add_code(r);
        return;
    }
    at = strchr(names, c);
    eql_buf_add_char(&r->text, at ? bytes[at - names] : c);
}

/* Behind the opening quote; to behind the closing one.  What it holds is in the
 * source or in the scratch. */
static eql_strview
string(reader *r)
{
    const char *from = r->p;
    bool plain = true;

    r->text.len = 0;
    for (;;) {
        const char *run = r->p;

        while (*r->p != '"' && *r->p != '\\')
            r->p++;
        if (*r->p == '"' && plain)
            return eql_sv(from, (size_t)(r->p++ - from));
        plain = false;
        eql_buf_add(&r->text, run, (size_t)(r->p - run));
        if (*r->p++ == '"')
            return eql_buf_sv(&r->text);
        add_escape(r);
    }
}

/* --- values --- */

static json_t *
number(reader *r)
{
    const char *from = r->p;
    bool is_int;
    int64_t i;
    double d;

    while (r->p < r->end && *r->p != ',' && *r->p != ']' && *r->p != '}' &&
           *r->p != ' ' && *r->p != '\t' && *r->p != '\r' && *r->p != '\n')
        r->p++;
    if (!eql_parse_number(eql_sv(from, (size_t)(r->p - from)), &is_int, &i, &d))
        return NULL;
    return is_int ? json_integer(i) : json_real(d);
}

static json_t *
array(reader *r)
{
    json_t *a = json_array();

    skip_space(r);
    if (*r->p == ']') {
        r->p++;
        return a;
    }
    do {
        if (json_array_append_new(a, value(r)) != 0) {
            json_decref(a);
            return NULL;
        }
    } while (take(r) == ',');
    return a;
}

/* Names hold no U+0000. */
static bool
member(reader *r, json_t *o)
{
    char few[128], *name = few;
    eql_strview s;
    bool ok;

    (void)take(r);
    s = string(r);
    if (s.len >= sizeof few)
        name = malloc(s.len + 1);
    if (!name || r->text.failed) {
        if (name != few)
            free(name);
        return false;
    }
    memcpy(name, s.p ? s.p : "", s.len);
    name[s.len] = '\0';
    (void)take(r);
    ok = json_object_set_new_nocheck(o, name, value(r)) == 0;
    if (name != few)
        free(name);
    return ok;
}

static json_t *
object(reader *r)
{
    json_t *o = json_object();

    skip_space(r);
    if (*r->p == '}') {
        r->p++;
        return o;
    }
    do {
        if (!o || !member(r, o)) {
            json_decref(o);
            return NULL;
        }
    } while (take(r) == ',');
    return o;
}

static json_t *
word(reader *r, size_t len, json_t *v)
{
    r->p += len - 1;
    return v;
}

/* NULL: out of memory. */
static json_t *
value(reader *r)
{
    eql_strview s;

    switch (take(r)) {
    case '{': return object(r);
    case '[': return array(r);
    case 't': return word(r, 4, json_true());
    case 'f': return word(r, 5, json_false());
    case 'n': return word(r, 4, json_null());
    case '"': break;
    default: r->p--; return number(r);
    }
    s = string(r);
    return r->text.failed ? NULL : json_stringn_nocheck(s.p, s.len);
}

json_t *
eql_json_tree(eql_strview mended)
{
    reader r = {.p = mended.p, .end = mended.p + mended.len};
    json_t *v = value(&r);

    eql_buf_free(&r.text);
    return v;
}
