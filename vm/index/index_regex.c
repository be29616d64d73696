/* index_regex.c -- pieces of regular expressions.
 *
 * Only the plainest part of Lucene's syntax is understood (language 6.2): a
 * sequence of letters that stand for themselves, classes, groups and repeats.
 * What follows each other without anything unknown in between is in every text
 * that matches: one text of a few, where there are small classes and groups of
 * plain alternatives.  Whatever is beyond that has no piece. */
#include "vm/index/index_int.h"

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

/* Behind the class that begins at `at`; 0: unsupported. */
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
 * not in every dialect makes it unsupported. */
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

/* Texts of which one stands in every text that matches. */
typedef struct {
    uint32_t n;
    uint8_t len[EQL_INDEX_ALTERNATIVES];
    char text[EQL_INDEX_ALTERNATIVES][EQL_INDEX_PIECE];
} texts;

typedef struct {
    const eql_index_counts *counts;
    texts now; /* that end at the place we are at */
    eql_index_pieces best;
    uint32_t cost; /* of best */
} finder;

static bool
add_text(texts *t, const char *p, size_t len)
{
    if (t->n == EQL_INDEX_ALTERNATIVES || len > EQL_INDEX_PIECE)
        return false;
    memcpy(t->text[t->n], p, len);
    t->len[t->n++] = (uint8_t)len;
    return true;
}

static bool
add_letter(texts *t, char c)
{
    c = eql_index_lower(c);
    return add_text(t, &c, 1);
}

/* Are these texts the best so far? */
static void
consider(finder *f)
{
    eql_index_pieces found = {.n = f->now.n};
    uint64_t cost = 0;
    bool all = true;

    for (uint32_t i = 0; i < found.n && all; i++) {
        eql_index_choose_piece(f->counts, eql_sv(f->now.text[i], f->now.len[i]),
                               &found.items[i]);
        cost += eql_index_piece_cost(&found.items[i]);
        all = found.items[i].gram > 0;
    }
    if (all && (f->best.n == 0 || cost < f->cost)) {
        f->best = found;
        f->cost = (uint32_t)cost;
    }
}

/* What is unknown follows. */
static void
flush(finder *f)
{
    consider(f);
    f->now.n = 0;
    add_text(&f->now, "", 0);
}

/* One of `next` follows. */
static void
append(finder *f, const texts *next)
{
    texts both = {.n = 0};
    bool fits = true;

    if (next->n > 1)
        consider(f); /* fewer may be better */
    for (uint32_t i = 0; i < f->now.n && fits; i++) {
        for (uint32_t k = 0; k < next->n && fits; k++) {
            char text[2 * EQL_INDEX_PIECE];

            memcpy(text, f->now.text[i], f->now.len[i]);
            memcpy(text + f->now.len[i], next->text[k], next->len[k]);
            fits = add_text(&both, text, (size_t)f->now.len[i] + next->len[k]);
        }
    }
    if (!fits)
        consider(f);
    f->now = fits ? both : *next;
}

/* --- items --- */

static bool
is_repeat(char c)
{
    return c == '?' || c == '*' || c == '+' || c == '{';
}

static char
byte_at(eql_strview s, size_t at)
{
    return at < s.len ? s.p[at] : '\0';
}

/* What stands for itself at s.p[at]; '\0': nothing does. */
static char
letter_at(eql_strview s, size_t at, size_t *len)
{
    char c = byte_at(s, at), next = byte_at(s, at + 1);

    *len = 1;
    if (c != '\\')
        return is_plain(c) ? c : '\0';
    *len = 2;
    return (unsigned char)next < 0x80 && !is_letter_or_digit(next) ? next
                                                                   : '\0';
}

/* The alternatives of a group, if all of them are plain; *len: its bytes. */
static bool
take_group(eql_strview s, size_t at, texts *out, size_t *len)
{
    char text[EQL_INDEX_PIECE];
    size_t n = 0, i = at + 1, step;

    for (out->n = 0; i < s.len && s.p[i] != ')'; i += step) {
        char c = letter_at(s, i, &step);

        if (s.p[i] == '|') {
            if (!add_text(out, text, n))
                return false;
            n = 0;
            continue;
        }
        if (!c || n == sizeof text)
            return false;
        text[n++] = eql_index_lower(c);
    }
    *len = i + 1 - at;
    return i < s.len && add_text(out, text, n);
}

/* Ranges of digits or of small or capital letters. */
static bool
add_range(texts *out, char first, char last)
{
    bool digits = first >= '0' && last <= '9';
    bool small = first >= 'a' && last <= 'z';
    bool capitals = first >= 'A' && last <= 'Z';

    if (!digits && !small && !capitals)
        return false;
    for (char c = first; c <= last; c++) {
        if (!add_letter(out, c))
            return false;
    }
    return true;
}

/* The members of a class that ends before `end`, if they are a few. */
static bool
take_class(eql_strview s, size_t at, size_t end, texts *out)
{
    size_t i = at + 1;

    if (byte_at(s, i) == '^')
        return false;
    for (out->n = 0; i + 1 < end;) {
        char c = s.p[i] == '\\' ? s.p[i + 1] : s.p[i];

        if ((unsigned char)c >= 0x80 ||
            (s.p[i] == '\\' && is_letter_or_digit(c)))
            return false;
        i += s.p[i] == '\\' ? 2 : 1;
        if (s.p[i] == '-' && i + 2 < end) {
            if (!add_range(out, c, s.p[i + 1]))
                return false;
            i += 2;
        } else if (!add_letter(out, c)) {
            return false;
        }
    }
    return out->n > 0 && out->n <= EQL_INDEX_CLASS;
}

/* Digits and white space, of any flavour. */
static bool
take_set(char set, texts *out)
{
    static const char space[] = "\t\n\v\f\r ";

    out->n = 0;
    if (set == 'd')
        return add_range(out, '0', '9');
    for (size_t i = 0; set == 's' && space[i]; i++)
        add_letter(out, space[i]);
    return out->n > 0;
}

/* Texts that the item at `at` stands for, one of which is there; false: they
 * are not known.  *len: its bytes. */
static bool
take_item(eql_strview s, size_t at, texts *out, size_t *len)
{
    char letter = letter_at(s, at, len);

    out->n = 0;
    if (letter)
        return add_letter(out, letter);
    if (s.p[at] == '(')
        return take_group(s, at, out, len);
    if (s.p[at] == '[') {
        *len = skip_class(s, at) - at;
        return take_class(s, at, at + *len, out);
    }
    return s.p[at] == '\\' && take_set(byte_at(s, at + 1), out);
}

/* Behind the repeats at `at`.  *once: what is repeated is there at least
 * once, as far as one repeat tells. */
static size_t
skip_repeats(eql_strview s, size_t at, bool *once)
{
    uint32_t n = 0;

    *once = true;
    for (; is_repeat(byte_at(s, at)); n++) {
        char c = s.p[at], least = byte_at(s, at + 1);

        *once =
            n == 0 && (c == '+' || (c == '{' && least >= '1' && least <= '9'));
        if (c == '{')
            at =
                (size_t)((const char *)memchr(s.p + at, '}', s.len - at) - s.p);
        at++;
    }
    return at;
}

/* Behind the group that begins at `at`. */
static size_t
skip_group(eql_strview s, size_t at)
{
    uint32_t depth = 0;

    do {
        char c = s.p[at];

        depth += c == '(';
        depth -= c == ')';
        at = c == '[' ? skip_class(s, at) : at + (c == '\\' ? 2 : 1);
    } while (depth > 0);
    return at;
}

eql_index_pieces
eql_index_regex_pieces(const eql_index_counts *c, eql_strview regex, bool whole)
{
    finder f = {.counts = c};
    texts item;

    if (!is_sequence(regex))
        return f.best;
    add_letter(&f.now, EQL_INDEX_START);
    for (size_t i = 0, len; i < regex.len;) {
        bool known = take_item(regex, i, &item, &len), once;
        size_t end = regex.p[i] == '(' ? skip_group(regex, i) : i + len;

        i = skip_repeats(regex, end, &once);
        if (known && once)
            append(&f, &item);
        if (known && once && i == end)
            continue;
        flush(&f);
        if (known && once)
            append(&f, &item); /* the last of the repeated ones */
    }
    item.n = 0;
    add_letter(&item, EQL_INDEX_END);
    if (whole)
        append(&f, &item);
    flush(&f);
    return f.best;
}
