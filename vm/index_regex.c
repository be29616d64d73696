/* index_regex.c -- the piece that every match of a regular expression begins
 * with.
 *
 * Only the plainest part of Lucene's syntax is understood (spec 6.2): letters
 * that stand for themselves up to the first one that does not, provided that
 * nothing behind them can make them optional.  Whatever is odd has no piece. */
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
        depth += c == '(';
        depth -= c == ')';
        i += c == '\\' ? 2 : 1;
    }
    return depth == 0;
}

eql_index_piece
eql_index_regex_piece(const eql_index_counts *c, eql_strview regex)
{
    char run[EQL_INDEX_PIECE];
    size_t n = 0, i = 0;

    if (!is_sequence(regex))
        return (eql_index_piece){0};
    run[n++] = EQL_INDEX_START;
    while (i < regex.len && n < sizeof run) {
        char ch = regex.p[i];

        if (ch == '\\' && i + 1 < regex.len &&
            (unsigned char)regex.p[i + 1] < 0x80 &&
            !is_letter_or_digit(regex.p[i + 1]))
            ch = regex.p[++i];
        else if (!is_plain(ch))
            break;
        run[n++] = eql_index_lower(ch);
        i++;
    }
    /* What is repeated need not be there. */
    if (n > 1 && i < regex.len && strchr("?*{+", regex.p[i]))
        n--;
    return eql_index_piece_in(c, eql_sv(run, n));
}
