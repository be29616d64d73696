/* lines_scan.c -- the bracket and string follower.
 *
 * A search response is recognised by the path hits.hits leading to an array:
 * names are remembered at the first two depths only.  It never looks back and
 * judges nothing. */
#include "io/lines_scan.h"

#define LEVELS 64u /* depth to which the kinds of brackets are known */

void
eql_scan_begin(eql_scan *s)
{
    *s = (eql_scan){0};
}

bool
eql_scan_whole(const eql_scan *s)
{
    return s->depth == 0 && !s->in_string && !s->bare;
}

static void
string_byte(eql_scan *s, char c)
{
    if (s->escaped)
        s->escaped = false;
    else if (c == '\\')
        s->escaped = true;
    else if (c == '"') {
        s->in_string = false;
        if (s->is_key && s->depth <= 2)
            s->named_hits = s->key_len == 4 && memcmp(s->key, "hits", 4) == 0;
        s->is_key = false;
        return;
    }
    if (s->is_key && s->key_len < sizeof s->key)
        s->key[s->key_len++] = c;
}

/* Where a member's name has to stand, other than in a string? */
static bool
wants_name(const eql_scan *s)
{
    return s->is_key && s->depth > 0 && s->depth <= LEVELS;
}

static void
open_bracket(eql_scan *s, char c)
{
    s->bad |= wants_name(s);
    if (s->depth == 1 && c == '{' && s->named_hits)
        s->in_hits = true;
    if (s->depth == 2 && c == '[' && s->in_hits && s->named_hits)
        s->at_hits = true;
    if (s->depth < LEVELS) {
        uint64_t bit = (uint64_t)1 << s->depth;

        s->arrays = c == '[' ? s->arrays | bit : s->arrays & ~bit;
    }
    s->depth++;
    s->named_hits = false;
    s->is_key = c == '{';
}

/* Is the innermost bracket a [?  Deeper than LEVELS nobody knows. */
static bool
in_array(const eql_scan *s)
{
    return s->depth > 0 && s->depth <= LEVELS &&
           (s->arrays >> (s->depth - 1) & 1);
}

static void
close_bracket(eql_scan *s, char c)
{
    if (s->depth > 0 && s->depth <= LEVELS)
        s->bad |= in_array(s) != (c == ']');
    s->depth -= s->depth > 0;
    s->in_hits &= s->depth >= 2;
    s->named_hits = false;
    s->is_key = false;
}

void
eql_scan_byte(eql_scan *s, char c)
{
    if (s->in_string) {
        string_byte(s, c);
        return;
    }
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
