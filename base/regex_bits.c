/* regex_bits.c -- Glushkov's automaton: a state is a character or class of the
 * expression, the one that was read last.
 *
 * Counted repeats are written out by reading their operand again. */
#include "base/regex_bits.h"

#include <stdlib.h>

#include "base/text.h"

struct eql_regex_bits {
    uint64_t of[128];                /* per character: places that take it */
    uint64_t follow[EQL_REGEX_BITS]; /* per place: those behind it */
    uint64_t first, last;
    bool nullable; /* matches nothing at all, too */
    bool never;    /* matches no text of ASCII alone */
};

/* Of longer texts RE2 is quicker. */
#define SHORT_TEXT 256u

/* Of a part of the expression: where it begins and ends. */
typedef struct {
    uint64_t first, last;
    bool nullable;
} part;

typedef struct {
    eql_strview s;
    size_t i;
    uint32_t n;       /* places */
    bool unsupported; /* there is something that we do not know */
    eql_regex_bits *b;
} parser;

static const part empty = {0, 0, true};

static part parse_union(parser *p);

static char
peek(const parser *p)
{
    return p->i < p->s.len ? p->s.p[p->i] : '\0';
}

static bool
take(parser *p, char c)
{
    if (p->i == p->s.len || p->s.p[p->i] != c)
        return false;
    p->i++;
    return true;
}

static void
expect(parser *p, char c)
{
    p->unsupported = !take(p, c) || p->unsupported;
}

/* The places of `from` are before those of `to`. */
static void
link_places(parser *p, uint64_t from, uint64_t to)
{
    for (; from; from &= from - 1)
        p->b->follow[__builtin_ctzll(from)] |= to;
}

static part
join(parser *p, part a, part b)
{
    link_places(p, a.last, b.first);
    return (part){a.nullable ? a.first | b.first : a.first,
                  b.nullable ? a.last | b.last : b.last,
                  a.nullable && b.nullable};
}

/* --- characters --- */

static part
new_place(parser *p)
{
    uint64_t bit;

    if (p->n == EQL_REGEX_BITS) {
        p->unsupported = true;
        return empty;
    }
    bit = UINT64_C(1) << p->n++;
    return (part){bit, bit, false};
}

static void
add_range(parser *p, uint64_t bit, uint32_t lo, uint32_t hi)
{
    for (uint32_t c = lo; c <= hi && c < EQL_COUNTOF(p->b->of); c++)
        p->b->of[c] |= bit;
}

/* `x{1f}`, behind a backslash. */
static uint32_t
parse_number(parser *p)
{
    uint32_t x = 0;

    expect(p, 'x');
    expect(p, '{');
    while (!p->unsupported && peek(p) != '}') {
        char c = peek(p);
        bool digit = c >= '0' && c <= '9';

        if ((!digit && (c < 'a' || c > 'f')) || x > 0x10FFFF)
            p->unsupported = true;
        x = x << 4 | (uint32_t)(digit ? c - '0' : c - 'a' + 10);
        p->i++;
    }
    expect(p, '}');
    return x;
}

static part
parse_class(parser *p)
{
    part here = new_place(p);
    bool negated = take(p, '^');

    while (!p->unsupported && !take(p, ']')) {
        uint32_t lo, hi;

        expect(p, '\\');
        lo = hi = parse_number(p);
        if (take(p, '-')) {
            expect(p, '\\');
            hi = parse_number(p);
        }
        add_range(p, here.first, lo, hi);
    }
    for (size_t c = 0; negated && c < EQL_COUNTOF(p->b->of); c++)
        p->b->of[c] ^= here.first;
    return here;
}

static bool
is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static part
parse_atom(parser *p)
{
    char c = peek(p);
    part here;

    if (p->unsupported || p->i == p->s.len)
        return empty;
    p->i++;
    if (c == '(') {
        expect(p, '?');
        expect(p, ':');
        here = parse_union(p);
        expect(p, ')');
        return here;
    }
    if (c == '[')
        return parse_class(p);
    here = new_place(p);
    if (c == '.') {
        add_range(p, here.first, 0, 127);
    } else if (c == '\\') {
        uint32_t x = parse_number(p);

        add_range(p, here.first, x, x);
    } else if (is_letter_or_digit(c)) {
        add_range(p, here.first, (uint32_t)c, (uint32_t)c);
    } else {
        p->unsupported = true;
    }
    return here;
}

/* --- repeats --- */

typedef struct {
    uint32_t min, max; /* max EQL_NONE: no upper bound */
} repeat;

static uint32_t
parse_count(parser *p)
{
    uint32_t n = 0;

    while (peek(p) >= '0' && peek(p) <= '9' && n <= EQL_REGEX_BITS)
        n = n * 10 + (uint32_t)(p->s.p[p->i++] - '0');
    p->unsupported = n > EQL_REGEX_BITS || p->unsupported;
    return n;
}

static repeat
parse_quantifier(parser *p)
{
    repeat r = {1, 1};

    if (take(p, '*'))
        return (repeat){0, EQL_NONE};
    if (take(p, '+'))
        return (repeat){1, EQL_NONE};
    if (take(p, '?'))
        return (repeat){0, 1};
    if (take(p, '{')) {
        r.min = parse_count(p);
        expect(p, ',');
        r.max = peek(p) == '}' ? EQL_NONE : parse_count(p);
        expect(p, '}');
    }
    return r;
}

/* The part so many times; it begins at start in the text. */
static part
repeated(parser *p, part once, size_t start, repeat r)
{
    uint32_t n = r.max != EQL_NONE ? r.max : r.min > 1 ? r.min : 1;
    size_t end = p->i;
    part all = empty;

    for (uint32_t k = 0; k < n && !p->unsupported; k++) {
        p->i = start;
        if (k > 0)
            once = parse_atom(p);
        if (k >= r.min)
            once.nullable = true;
        if (r.max == EQL_NONE && k + 1 == n)
            link_places(p, once.last, once.first);
        all = join(p, all, once);
    }
    p->i = end;
    return all;
}

static part
parse_repeat(parser *p)
{
    size_t start = p->i;
    part once = parse_atom(p);
    repeat r = parse_quantifier(p);

    if (r.min == 1 && r.max == 1)
        return once;
    return repeated(p, once, start, r);
}

static part
parse_union(parser *p)
{
    part any = {0, 0, false};

    do {
        part all = empty;

        while (!p->unsupported && p->i < p->s.len && peek(p) != '|' &&
               peek(p) != ')')
            all = join(p, all, parse_repeat(p));
        any.first |= all.first;
        any.last |= all.last;
        any.nullable |= all.nullable;
    } while (take(p, '|'));
    return any;
}

/* Is there a text of ASCII that matches? */
static bool
matches_ascii(const eql_regex_bits *b)
{
    uint64_t live = 0, reached = 0, next = b->first;

    for (size_t c = 0; c < EQL_COUNTOF(b->of); c++)
        live |= b->of[c];
    for (next &= live; next & ~reached; next &= live) {
        reached |= next;
        for (uint64_t left = reached; left; left &= left - 1)
            next |= b->follow[__builtin_ctzll(left)];
    }
    return b->nullable || (reached & b->last);
}

eql_regex_bits *
eql_regex_bits_new(eql_strview translated)
{
    parser p = {.s = translated, .b = calloc(1, sizeof *p.b)};
    part all;

    if (!p.b)
        return NULL;
    all = parse_union(&p);
    if (p.unsupported || p.i < p.s.len) {
        free(p.b);
        return NULL;
    }
    p.b->first = all.first;
    p.b->last = all.last;
    p.b->nullable = all.nullable;
    p.b->never = !matches_ascii(p.b);
    return p.b;
}

void
eql_regex_bits_free(eql_regex_bits *b)
{
    free(b);
}

bool
eql_regex_bits_match(const eql_regex_bits *b, eql_strview s, bool whole,
                     bool *holds)
{
    uint64_t next = b->first, here;

    *holds = false;
    if (b->never)
        return eql_ascii_prefix(s) == s.len;
    if (s.len > SHORT_TEXT)
        return false;
    *holds = b->nullable && (s.len == 0 || !whole);
    for (size_t i = 0; i < s.len && !*holds; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x80)
            return false;
        here = next & b->of[c];
        if (!here)
            return true;
        *holds = (here & b->last) && (!whole || i + 1 == s.len);
        next = 0;
        for (uint64_t left = here; left; left &= left - 1)
            next |= b->follow[__builtin_ctzll(left)];
    }
    return true;
}
