/* lines_scan.c -- the bracket and string follower.
 *
 * A wrapper is recognised by the names that lead to an array of objects:
 * names are remembered at the first depths only.  Where a name of the outermost
 * object says before that it is itself an event, its arrays are its own.  It
 * never looks back and judges nothing. */
#include "io/input/lines_scan.h"

#include "io/input/lines.h"

static const char *const wrappers[] = {
#define W(path) path,
#include "io/input/wrapper.def"
#undef W
};

_Static_assert(EQL_COUNTOF(wrappers) <= 8, "a bit each");

/* Names, or firsts of dotted ones, that an object around events does not have:
 * _source is how exports wrap a single event. */
static const char *const event_names[] = {"@timestamp", "event",   "ecs",
                                          "host",       "agent",   "process",
                                          "winlog",     "EventID", "_source"};

#define LEVELS 64u /* depth to which the kinds of brackets are known */

void
eql_bracket_scan_begin(eql_bracket_scan *s)
{
    *s = (eql_bracket_scan){0};
}

bool
eql_bracket_scan_whole(const eql_bracket_scan *s)
{
    return s->depth == 0 && !s->in_string && !s->bare;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The name at that depth, from 1, of the row's path; empty: it has no such. */
static eql_strview
name_of(uint32_t row, uint64_t depth)
{
    const char *p = wrappers[row];

    for (; depth > 1 && *p; depth--) {
        p += strcspn(p, ".");
        p += *p == '.';
    }
    return eql_sv(p, strcspn(p, "."));
}

/* A path of one name is a guess; two names are a search's response. */
static bool
is_response(uint32_t row)
{
    return strchr(wrappers[row], '.') != NULL;
}

static bool
names_event(eql_strview key)
{
    for (size_t i = 0; i < EQL_COUNTOF(event_names); i++) {
        size_t n = strlen(event_names[i]);

        if (key.len >= n && memcmp(key.p, event_names[i], n) == 0 &&
            (key.len == n || key.p[n] == '.'))
            return true;
    }
    return false;
}

static void
end_key(eql_bracket_scan *s)
{
    eql_strview key = eql_sv(s->key, s->key_len);

    s->named = 0;
    if (s->depth == 1 && names_event(key))
        s->is_event = true;
    if (s->depth == 0 || s->depth > EQL_BRACKET_SCAN_NAMES || s->is_event)
        return;
    for (uint32_t i = 0; i < EQL_COUNTOF(wrappers); i++)
        if (s->way[s->depth] >> i & 1 && eql_sv_eq(name_of(i, s->depth), key))
            s->named |= (uint8_t)(1u << i);
}

static void
string_byte(eql_bracket_scan *s, char c)
{
    if (s->escaped)
        s->escaped = false;
    else if (c == '\\')
        s->escaped = true;
    else if (c == '"') {
        s->in_string = false;
        if (s->is_key)
            end_key(s);
        s->is_key = false;
        return;
    }
    if (s->is_key && s->key_len < sizeof s->key)
        s->key[s->key_len++] = c;
}

/* Where a member's name has to stand, other than in a string? */
static bool
wants_name(const eql_bracket_scan *s)
{
    return s->is_key && s->depth > 0 && s->depth <= LEVELS;
}

/* Which of the named rows have, or have not, more names than are open? */
static uint8_t
rows_that_end(const eql_bracket_scan *s, bool end)
{
    uint8_t rows = 0;

    for (uint32_t i = 0; i < EQL_COUNTOF(wrappers); i++)
        if (s->named >> i & 1 && (name_of(i, s->depth + 1).len == 0) == end)
            rows |= (uint8_t)(1u << i);
    return rows;
}

static void
open_bracket(eql_bracket_scan *s, char c)
{
    s->bad |= wants_name(s);
    if (s->depth < LEVELS) {
        uint64_t bit = (uint64_t)1 << s->depth;

        s->arrays = c == '[' ? s->arrays | bit : s->arrays & ~bit;
    }
    if (s->depth == 0)
        s->way[1] = c == '{' ? UINT8_MAX : 0;
    else if (s->depth < EQL_BRACKET_SCAN_NAMES)
        s->way[s->depth + 1] = c == '{' ? rows_that_end(s, false) : 0;
    if (c == '[')
        s->opened = rows_that_end(s, true);
    s->depth++;
    s->named = 0;
    s->is_key = c == '{';
}

/* Is the innermost bracket a [?  Deeper than LEVELS nobody knows. */
static bool
in_array(const eql_bracket_scan *s)
{
    return s->depth > 0 && s->depth <= LEVELS &&
           (s->arrays >> (s->depth - 1) & 1);
}

static void
close_bracket(eql_bracket_scan *s, char c)
{
    if (s->depth > 0 && s->depth <= LEVELS)
        s->bad |= in_array(s) != (c == ']');
    s->depth -= s->depth > 0;
    s->named = 0;
    s->is_key = false;
}

void
eql_bracket_scan_byte(eql_bracket_scan *s, char c)
{
    if (s->in_string) {
        string_byte(s, c);
        return;
    }
    if (s->opened && !is_space(c))
        s->opened = 0;
    switch (c) {
    case '"':
        s->in_string = true;
        s->key_len = 0;
        break;
    case '{':
    case '[': open_bracket(s, c); break;
    case '}':
    case ']': close_bracket(s, c); break;
    case ',': s->is_key = s->depth > 0 && !in_array(s); break;
    case ' ':
    case '\t':
    case '\r':
    case '\n': break;
    default:
        s->bad |= wants_name(s);
        s->bare |= s->depth == 0;
        break;
    }
}

bool
eql_bracket_scan_opens(const eql_bracket_scan *s, char c)
{
    if (!s->opened || (c != '{' && c != ']'))
        return false;
    /* Any object may have an empty list of something. */
    for (uint32_t i = 0; i < EQL_COUNTOF(wrappers); i++)
        if (s->opened >> i & 1)
            return c == '{' || is_response(i);
    return false;
}

bool
eql_lines_is_wrapper(eql_strview text)
{
    eql_bracket_scan s;
    size_t i = 0;

    while (i < text.len && is_space(text.p[i]))
        i++;
    if (i == text.len || text.p[i] != '{')
        return false;
    eql_bracket_scan_begin(&s);
    for (; i < text.len && !s.bad && !s.is_event; i++) {
        if (eql_bracket_scan_opens(&s, text.p[i]))
            return true;
        eql_bracket_scan_byte(&s, text.p[i]);
        if (s.depth == 0)
            break;
    }
    return false;
}
