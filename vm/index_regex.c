/* index_regex.c -- pieces of regular expressions.
 *
 * Only the plainest part of Lucene's syntax is understood (spec 6.2): a
 * sequence of letters that stand for themselves, classes, groups and repeats.
 * Letters outside of groups that are not repeated are in every text that
 * matches. Whatever is odd has no piece. */
#include "vm/index_int.h"

static bool
is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr(" /_:%-,=!'", c));
}

static bool
is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* Behind the class that begins at `at`; 0: it is odd. */
static size_t
skip_class(eql_strview s, size_t at)
{
    size_t i = at + 1;

    if (i < s.len && s.p[i] == '^')
        i++;
    if (i >= s.len || s.p[i] == ']')
        return 0;
    for (; i < s.len && s.p[i] != ']'; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '\0' || strchr("[(|)\"&", s.p[i]))
            return 0;
    }
    return i < s.len ? i + 1 : 0;
}

/* Is it one sequence, with alternatives in groups only?  An operator that is
 * not in every dialect makes it odd. */
static bool
is_sequence(eql_strview s)
{
    uint32_t depth = 0;

    for (size_t i = 0; i < s.len;) {
        char c = s.p[i];

        if (c == '[') {
            i = skip_class(s, i);
            if (i == 0)
                return false;
            continue;
        }
        if ((c == '|' && depth == 0) || (c == ')' && depth == 0) || c == '\0' ||
            strchr("\"<>~#@&^$", c))
            return false;
        if (c == '(' && i + 1 < s.len && s.p[i + 1] == '?')
            return false;
        if (c == '{' && !memchr(s.p + i, '}', s.len - i))
            return false;
        depth += c == '(';
        depth -= c == ')';
        i += c == '\\' ? 2 : 1;
    }
    return depth == 0;
}

static bool
is_repeat(char c)
{
    return c == '?' || c == '*' || c == '+' || c == '{';
}

/* What stands at s.p[at] in a sequence; *len: its bytes.  '\0': no letter. */
static char
token_at(eql_strview s, size_t at, size_t *len)
{
    char c = s.p[at], next = at + 1 < s.len ? s.p[at + 1] : '\0';

    *len = 1;
    if (c == '[')
        *len = skip_class(s, at) - at;
    if (c == '{')
        *len = (size_t)((const char *)memchr(s.p + at, '}', s.len - at) -
                        (s.p + at)) +
               1;
    if (is_plain(c))
        return c;
    if (c != '\\')
        return '\0';
    *len = 2;
    return (unsigned char)next < 0x80 && !is_letter_or_digit(next) ? next
                                                                   : '\0';
}

eql_index_piece
eql_index_regex_piece(const eql_index_counts *c, eql_strview regex)
{
    eql_index_piece best = {0};
    char run[EQL_INDEX_PIECE];
    uint32_t depth = 0;
    size_t n = 0, len;

    if (!is_sequence(regex))
        return best;
    run[n++] = EQL_INDEX_START;
    for (size_t i = 0; i < regex.len; i += len) {
        char letter = token_at(regex, i, &len);
        bool repeated = i + len < regex.len && is_repeat(regex.p[i + len]);

        depth += regex.p[i] == '(';
        depth -= regex.p[i] == ')';
        if (letter && depth == 0 && !repeated && n < sizeof run) {
            run[n++] = eql_index_lower(letter);
            continue;
        }
        eql_index_choose_piece(c, eql_sv(run, n), &best);
        n = 0;
    }
    eql_index_choose_piece(c, eql_sv(run, n), &best);
    return best;
}
