/* decode.c -- see decode.h. */
#include "io/json/decode.h"

#include <stdlib.h>

#include "base/text.h"

bool
eql_decode_init(eql_decode *d, const eql_program *p)
{
    size_t n = (size_t)p->nfields + 1;

    *d = (eql_decode){.program = p,
                      .children = malloc(n * sizeof *d->children),
                      .next = malloc(n * sizeof *d->next),
                      .arena = eql_arena_new(0)};
    if (!d->children || !d->next || !d->arena) {
        eql_decode_free(d);
        return false;
    }
    for (uint32_t f = 0; f < p->nfields; f++)
        d->children[f] = d->next[f] = EQL_NONE;
    for (uint32_t f = p->nfields; f-- > 0;) {
        uint32_t parent = p->fields[f].parent;

        if (parent == EQL_NONE)
            continue;
        d->next[f] = d->children[parent];
        d->children[parent] = f;
    }
    return true;
}

void
eql_decode_free(eql_decode *d)
{
    free(d->children);
    free(d->next);
    eql_arena_free(d->arena);
    *d = (eql_decode){0};
}

void
eql_decode_reset(eql_decode *d)
{
    if (eql_arena_used(d->arena) > 0)
        eql_arena_reset(d->arena);
}

/* --- scalars --- */

static uint32_t
hex4(const char *p)
{
    uint32_t x = 0;

    for (int i = 0; i < 4; i++) {
        char c = p[i];

        x = x << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return x;
}

/* What the escape of one letter stands for. */
static char
meaning_of(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
    }
}

/* The escape at p; returns its length. */
static size_t
unescape_one(const char *p, char **out)
{
    if (p[1] == 'u') {
        *out += eql_utf8_encode(hex4(p + 2), *out);
        return 6;
    }
    *(*out)++ = p[1] == '\\' ? p[1] : meaning_of(p[1]);
    return 2;
}

/* Copies eight bytes; how many are before the first backslash?  (Of the bytes
 * found, the first one is right: a carry only goes upwards.) */
static inline size_t
copy8(const char *p, char *out)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t w, x, found;

    memcpy(&w, p, sizeof w);
    memcpy(out, &w, sizeof w);
    x = w ^ '\\' * ones;
    found = (x - ones) & ~x & 0x80 * ones;
    return found ? (size_t)__builtin_ctzll(found) / 8 : sizeof w;
}

/* Copies what is from p to end without its escapes; returns where it ends.  out
 * has room for seven bytes more than there are from p to end. */
static char *
unescape(const char *p, const char *end, char *out)
{
    while (end - p >= 8) {
        size_t n = copy8(p, out);

        p += n;
        out += n;
        if (n < 8)
            p += unescape_one(p, &out);
    }
    while (p < end) {
        if (*p == '\\')
            p += unescape_one(p, &out);
        else
            *out++ = *p++;
    }
    return out;
}

size_t
eql_decode_text(eql_strview s, char *out)
{
    return (size_t)(unescape(s.p, s.p + s.len, out) - out);
}

/* s: what stands between the quotes.  false: out of memory. */
static bool
string(eql_decode *d, eql_strview s, eql_value *v)
{
    const char *slash = s.len ? memchr(s.p, '\\', s.len) : NULL;
    size_t before;
    char *text, *end;

    if (!slash) {
        *v = eql_value_str(s);
        return true;
    }
    /* No escape is shorter than what it stands for. */
    text = eql_arena_text(d->arena, s.len + 7);
    if (!text)
        return false;
    before = (size_t)(slash - s.p);
    memcpy(text, s.p, before);
    end = unescape(slash, s.p + s.len, text + before);
    *v = eql_value_str(eql_sv(text, (size_t)(end - text)));
    return true;
}

static eql_value
number(eql_strview s)
{
    bool is_int;
    int64_t i = 0;
    double x = 0;

    /* An integer has no negative zero. */
    if (s.len == 2 && s.p[0] == '-' && s.p[1] == '0')
        return eql_value_float(-0.0);
    if (!eql_parse_number(s, &is_int, &i, &x))
        return eql_value_null();
    return is_int ? eql_value_int(i) : eql_value_float(x);
}

/* false: out of memory. */
static bool
scalar(eql_decode *d, eql_strview s, eql_value *v)
{
    switch (s.p[0]) {
    case '"': return string(d, eql_sv(s.p + 1, s.len - 2), v);
    case 't': *v = eql_value_bool(true); break;
    case 'f': *v = eql_value_bool(false); break;
    case 'n': *v = eql_value_null(); break;
    default: *v = number(s); break;
    }
    return true;
}

/* --- arrays --- */

/* Behind the string that begins at `at`. */
static size_t
skip_string(eql_strview a, size_t at)
{
    size_t first = at + 1;

    for (;;) {
        const char *quote = memchr(a.p + first, '"', a.len - first);
        size_t end = (size_t)(quote - a.p), i = end;

        while (i > first && a.p[i - 1] == '\\')
            i--;
        first = end + 1;
        if ((end - i) % 2 == 0)
            return first;
    }
}

/* The next scalar at *i, past commas and white space; false: there is none, or
 * a bracket (*i is where). */
static bool
next_scalar(eql_strview a, size_t *i, eql_strview *s)
{
    size_t from;

    while (a.p[*i] == ',' || a.p[*i] == ' ' || a.p[*i] == '\t' ||
           a.p[*i] == '\r')
        ++*i;
    from = *i;
    if (a.p[from] == '"') {
        *i = skip_string(a, from);
    } else {
        while (!strchr(",] \t\r[{", a.p[*i]))
            ++*i;
    }
    *s = eql_sv(a.p + from, *i - from);
    return s->len > 0;
}

/* The array's scalars without nulls; false: it holds something else. */
static bool
array(eql_decode *d, eql_strview a, eql_slot *slot)
{
    eql_strview s;
    eql_value *v;
    uint32_t n = 0;
    size_t i = 1;

    while (next_scalar(a, &i, &s))
        n++;
    if (a.p[i] != ']')
        return false;
    *slot = (eql_slot){0};
    if (n == 0)
        return true;
    v = eql_arena_array(d->arena, n, sizeof *v);
    if (!v)
        return false;
    slot->v = v;
    for (i = 1; next_scalar(a, &i, &s);) {
        if (!scalar(d, s, &v[slot->n]))
            return false;
        slot->n += v[slot->n].tag != EQL_NULL;
    }
    return true;
}

static bool
one(eql_decode *d, eql_strview s, eql_slot *slot)
{
    eql_value v, *kept;

    *slot = (eql_slot){0};
    if (!scalar(d, s, &v))
        return false;
    if (v.tag == EQL_NULL)
        return true;
    kept = eql_arena_alloc(d->arena, sizeof *kept);
    if (!kept)
        return false;
    *kept = v;
    slot->v = kept;
    slot->n = 1;
    return true;
}

/* Does a child field find nothing in a scalar, or itself by an empty path?
 * [0] of a scalar is the scalar, too. */
static bool
is_simple_child(const eql_program *p, const eql_field *f)
{
    for (uint32_t i = 0; i < f->segs.n; i++) {
        if (p->segs[f->segs.first + i].flags & EQL_SEG_INDEX)
            return false;
    }
    return f->mode != EQL_MODE_ELEMENTS;
}

/* What is found inside the elements, which are scalars: themselves. */
static bool
add_children(eql_decode *d, uint32_t field, eql_slot *slot)
{
    uint32_t nchildren = d->program->fields[field].nchildren, k = 0;
    eql_slot *children;

    if (nchildren == 0 || slot->n == 0)
        return true;
    for (uint32_t f = d->children[field]; f != EQL_NONE; f = d->next[f])
        if (!is_simple_child(d->program, &d->program->fields[f]))
            return false;
    children = eql_arena_array(d->arena, (size_t)slot->n * nchildren,
                               sizeof *children);
    if (!children)
        return false;
    slot->children = children;
    for (uint32_t i = 0; i < slot->n; i++) {
        for (uint32_t f = d->children[field]; f != EQL_NONE; f = d->next[f]) {
            k = d->program->fields[f].child;
            if (d->program->fields[f].segs.n == 0)
                children[(size_t)i * nchildren + k] =
                    (eql_slot){slot->v + i, 1, NULL};
        }
    }
    return true;
}

bool
eql_decode_slot(eql_decode *d, uint32_t field, eql_strview text, eql_slot *slot)
{
    const eql_field *f = &d->program->fields[field];
    bool is_array = text.p[0] == '[';

    if (text.p[0] == '{') {
        *slot = (eql_slot){0};
        return f->mode == EQL_MODE_FLAT || f->mode == EQL_MODE_COMPOSITE;
    }
    switch ((eql_field_mode)f->mode) {
    case EQL_MODE_FLAT:
    case EQL_MODE_COMPOSITE: break;
    case EQL_MODE_OPAQUE:
        if (is_array)
            return false;
        break;
    case EQL_MODE_ELEMENTS:
        if (eql_program_dialect(d->program)->multi_value ==
            EQL_MULTI_VALUE_OPAQUE)
            return false;
        break;
    case EQL_MODE_COUNT: return false;
    }
    if (is_array ? !array(d, text, slot) : !one(d, text, slot))
        return false;
    if (f->mode == EQL_MODE_COMPOSITE && slot->n > 1)
        return false;
    return f->mode != EQL_MODE_ELEMENTS || add_children(d, field, slot);
}
