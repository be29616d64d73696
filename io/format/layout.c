/* layout.c -- see layout.h.
 *
 * Patterns are read from their text each time: events that come here are few,
 * or the whole input is refused. */
#include "io/format/layout.h"

#include <jansson.h>

const eql_layout_row eql_layouts[EQL_LAYOUT_COUNT] = {
#define X(name, key, taken, patterns, text, hint)                              \
    {key, taken, patterns, text, hint, text "; " hint},
#include "io/format/layout.def"
#undef X
};

/* Up to the first of the byte, which is passed over. */
static eql_strview
cut(eql_strview *s, char c)
{
    const char *end = s->len ? memchr(s->p, c, s->len) : NULL;
    eql_strview part = eql_sv(s->p, end ? (size_t)(end - s->p) : s->len);
    size_t used = part.len + (end != NULL);

    *s = eql_sv(s->p + used, s->len - used);
    return part;
}

/* The next term; a mark in front of it or behind it belongs to it.  false:
 * there is none. */
static bool
next_term(eql_strview *pattern, eql_strview *term)
{
    do
        *term = cut(pattern, ' ');
    while (term->len == 0 && pattern->len);
    return term->len > 0;
}

static bool
is_list(eql_strview term)
{
    return term.len > 2 && memcmp(term.p + term.len - 2, "[]", 2) == 0;
}

/* What stands at the path, in whatever spelling: each dot may lead into an
 * object or belong to a key. */
static const json_t *
value_at(const json_t *object, eql_strview path)
{
    const json_t *v = json_object_getn(object, path.p, path.len);

    for (size_t i = path.len; !v && i-- > 0;) {
        const json_t *in;

        if (path.p[i] != '.')
            continue;
        in = json_object_getn(object, path.p, i);
        if (in)
            v = value_at(in, eql_sv(path.p + i + 1, path.len - i - 1));
    }
    return v;
}

static bool
holds(const json_t *event, eql_strview term)
{
    bool not = term.p[0] == '!', list = is_list(term);
    const json_t *v;

    v = value_at(event, eql_sv(term.p + not, term.len - not -2 * list));
    if (list)
        return json_is_object(json_array_get(v, 0));
    return (v != NULL) != not ;
}

static bool
fits(const json_t *event, eql_strview pattern)
{
    eql_strview term;

    while (next_term(&pattern, &term))
        if (!holds(event, term))
            return false;
    return true;
}

eql_layout
eql_layout_of(const json_t *event)
{
    for (uint32_t i = 0; i < EQL_LAYOUT_COUNT; i++) {
        eql_strview patterns = eql_sv_cstr(eql_layouts[i].patterns);

        while (patterns.len)
            if (fits(event, cut(&patterns, '|')))
                return (eql_layout)i;
    }
    return EQL_LAYOUT_NONE;
}

void
eql_layout_anchors(void (*fn)(void *ctx, eql_strview path), void *ctx)
{
    for (uint32_t i = 0; i < EQL_LAYOUT_COUNT; i++) {
        eql_strview patterns = eql_sv_cstr(eql_layouts[i].patterns);

        while (patterns.len) {
            eql_strview pattern = cut(&patterns, '|'), term;

            if (!next_term(&pattern, &term))
                continue;
            if (is_list(term))
                term.len -= 2;
            fn(ctx, term);
        }
    }
}
