/* pattern.c -- shapes of wildcard patterns.
 *
 * Patterns are folded once here and events once in folded.c, so that matching
 * itself is always of bytes, but for '?', which is a code point and left to
 * base/text.h.  Nothing here knows about values or null. */
#include "vm/eval/pattern.h"

static size_t
count_leading_stars(eql_strview s)
{
    size_t n = 0;

    while (n < s.len && s.p[n] == '*')
        n++;
    return n;
}

static size_t
count_trailing_stars(eql_strview s)
{
    size_t n = 0;

    while (n < s.len && s.p[s.len - n - 1] == '*')
        n++;
    return n;
}

static bool
has_char(eql_strview s, char c)
{
    return s.len > 0 && memchr(s.p, c, s.len);
}

eql_pattern
eql_pattern_parse(eql_strview text, bool qmark)
{
    size_t before = count_leading_stars(text);
    size_t after = count_trailing_stars(text);
    eql_strview inner;

    if (before > 0 && before == text.len)
        return (eql_pattern){EQL_PATTERN_ANY, eql_sv("", 0)};
    inner = eql_sv(text.p + before, text.len - before - after);
    if (qmark && has_char(inner, '?'))
        return (eql_pattern){EQL_PATTERN_GENERAL, text};
    if (has_char(inner, '*'))
        return (eql_pattern){EQL_PATTERN_PIECES, text};
    if (before > 0 && after > 0)
        return (eql_pattern){EQL_PATTERN_CONTAINS, inner};
    if (before > 0)
        return (eql_pattern){EQL_PATTERN_SUFFIX, inner};
    if (after > 0)
        return (eql_pattern){EQL_PATTERN_PREFIX, inner};
    return (eql_pattern){EQL_PATTERN_EXACT, inner};
}

static bool
starts_with(eql_strview s, eql_strview part)
{
    return s.len >= part.len && memcmp(s.p, part.p, part.len) == 0;
}

static bool
ends_with(eql_strview s, eql_strview part)
{
    return s.len >= part.len &&
           memcmp(s.p + s.len - part.len, part.p, part.len) == 0;
}

static eql_strview
skip(eql_strview s, size_t n)
{
    return eql_sv(s.p + n, s.len - n);
}

/* Piece by piece: the first at the start, the last at the end, each of the
 * others as early as it can be, which leaves most to those behind it. */
static bool
match_pieces(eql_strview pattern, eql_strview s)
{
    bool at_start = true;

    for (;;) {
        const char *star = memchr(pattern.p, '*', pattern.len);
        eql_strview piece =
            star ? eql_sv(pattern.p, (size_t)(star - pattern.p)) : pattern;
        const char *found;

        if (!star) /* there is one before: the pattern is no EXACT */
            return ends_with(s, piece);
        found = s.p;
        if (at_start && !starts_with(s, piece))
            return false;
        if (!at_start)
            found = memmem(s.p, s.len, piece.p, piece.len);
        if (!found)
            return false;
        s = skip(s, (size_t)(found - s.p) + piece.len);
        pattern = skip(pattern, piece.len + 1);
        at_start = false;
    }
}

/* Bytes at the start of s that a piece without '*' matches; SIZE_MAX: none.
 * Between its '?' bytes are compared. */
static size_t
match_start(eql_strview piece, eql_strview s)
{
    size_t at = 0;

    for (;;) {
        const char *mark = piece.len ? memchr(piece.p, '?', piece.len) : NULL;
        size_t n = mark ? (size_t)(mark - piece.p) : piece.len;

        if (!starts_with(skip(s, at), eql_sv(piece.p, n)))
            return SIZE_MAX;
        at += n;
        if (!mark)
            return at;
        if (at == s.len)
            return SIZE_MAX;
        (void)eql_utf8_decode(s.p + at, s.len - at, &n);
        at += n;
        piece = skip(piece, (size_t)(mark - piece.p) + 1);
    }
}

/* Nearly always '?' are before the first '*', as in "?:\\Windows\\*": what is
 * left then are pieces. */
static bool
match_general(eql_strview pattern, eql_strview s)
{
    const char *star = memchr(pattern.p, '*', pattern.len);
    size_t n = star ? (size_t)(star - pattern.p) : pattern.len;
    eql_strview rest = skip(pattern, n);
    size_t at;

    at = match_start(eql_sv(pattern.p, n), s);
    if (at == SIZE_MAX || !star)
        return at == s.len;
    s = skip(s, at);
    return has_char(rest, '?') ? eql_wildcard_match(rest, s, false)
                               : match_pieces(rest, s);
}

bool
eql_pattern_match(const eql_pattern *p, eql_strview s)
{
    switch (p->shape) {
    case EQL_PATTERN_ANY: return true;
    case EQL_PATTERN_EXACT: return eql_sv_eq(p->text, s);
    case EQL_PATTERN_PREFIX: return starts_with(s, p->text);
    case EQL_PATTERN_SUFFIX: return ends_with(s, p->text);
    case EQL_PATTERN_CONTAINS:
        return memmem(s.p, s.len, p->text.p, p->text.len) != NULL;
    case EQL_PATTERN_PIECES: return match_pieces(p->text, s);
    case EQL_PATTERN_GENERAL: return match_general(p->text, s);
    }
    return false;
}

/* --- lists --- */

bool
eql_pattern_list_init(eql_pattern_list *l, eql_arena *arena, uint32_t n)
{
    *l = (eql_pattern_list){.qmark = true};
    l->items = eql_arena_array(arena, n, sizeof *l->items);
    return l->items != NULL;
}

/* The text of a pattern as the list compares it. */
static bool
prepare_text(const eql_pattern_list *l, eql_arena *arena, eql_strview *text)
{
    eql_buf b = {0};
    bool ok;

    if (l->strings == EQL_CASE_EXACT)
        return true;
    eql_case_fold(l->strings, &b, *text);
    *text = eql_arena_dup(arena, eql_buf_sv(&b));
    ok = !b.failed && text->p;
    eql_buf_free(&b);
    return ok;
}

bool
eql_pattern_list_add(eql_pattern_list *l, eql_arena *arena, eql_strview text)
{
    eql_pattern p;

    if (!prepare_text(l, arena, &text))
        return false;
    p = eql_pattern_parse(text, l->qmark);
    if (p.shape == EQL_PATTERN_ANY) {
        l->any = true;
        return true;
    }
    if (p.shape != EQL_PATTERN_EXACT) {
        l->cost += p.shape == EQL_PATTERN_GENERAL ? text.len : 1;
        l->items[l->n++] = p;
        return true;
    }
    if (!l->exact)
        l->exact = eql_map_new();
    return l->exact && eql_map_put(l->exact, p.text.p, p.text.len, 0);
}

void
eql_pattern_list_free(eql_pattern_list *l)
{
    eql_map_free(l->exact);
    l->exact = NULL;
}

bool
eql_pattern_list_has(const eql_pattern_list *l, eql_strview s)
{
    if (l->any)
        return true;
    if (l->exact && eql_map_get(l->exact, s.p, s.len) != EQL_NONE)
        return true;
    for (uint32_t i = 0; i < l->n; i++) {
        if (eql_pattern_match(&l->items[i], s))
            return true;
    }
    return false;
}

bool
eql_pattern_list_match(const eql_pattern_list *l, eql_strview s,
                       eql_folded *folded)
{
    if (!l->any && l->strings != EQL_CASE_EXACT)
        s = eql_folded_get(folded, l->strings, s);
    return eql_pattern_list_has(l, s);
}
