/* ref_regex.c -- see ref_regex.h. */
#include "tests/reference/ref_regex.h"

#include <string.h>

#define MOST_REPEATS 1000u

typedef enum {
    ONE_OF,   /* a character of the set */
    SEQUENCE, /* kids one after the other */
    CHOICE,   /* one of the kids */
    REPEAT,   /* the kid from min to max times */
    AT_START, /* ^ */
    AT_END,   /* $ */
    AT_WORD   /* \b */
} node_kind;

/* from..to; a single character is not a range for folding. */
typedef struct {
    uint32_t from, to;
    bool single, exact;
} range;

typedef struct node node;
struct node {
    node_kind kind;
    node **kids;
    size_t n;
    size_t min, max;
    range *ranges;
    size_t nranges;
    bool negated;
};

typedef struct {
    ref_pool *pool;
    ref_regex_rule rule;
    const uint32_t *p; /* the pattern, NUL-terminated */
    size_t at, n;
    const uint32_t *text;
    size_t length;
    const char *why;
} regex;

static node *parse_choice(regex *r);

static node *
new_node(regex *r, node_kind kind)
{
    node *x = ref_alloc(r->pool, sizeof *x);

    x->kind = kind;
    return x;
}

static void
add_kid(regex *r, node *x, node *kid)
{
    x->kids = ref_grow(r->pool, x->kids, x->n, sizeof *x->kids);
    x->kids[x->n++] = kid;
}

static void
add_range(regex *r, node *x, range what)
{
    x->ranges = ref_grow(r->pool, x->ranges, x->nranges, sizeof *x->ranges);
    x->ranges[x->nranges++] = what;
}

static void
bad(regex *r, const char *why)
{
    if (!r->why)
        r->why = why;
}

static bool
more(const regex *r)
{
    return !r->why && r->at < r->n;
}

static bool
take(regex *r, uint32_t c)
{
    if (!more(r) || r->p[r->at] != c)
        return false;
    r->at++;
    return true;
}

/* --- parsing --- */

/* \d \s \w and their capitals; false: another character. */
static bool
add_class(regex *r, node *x, uint32_t c)
{
    static const range digits[] = {{'0', '9', false, true}};
    static const range spaces[] = {{' ', ' ', true, true},
                                   {'\t', '\n', false, true},
                                   {'\r', '\r', true, true}};
    static const range words[] = {{'a', 'z', false, true},
                                  {'A', 'Z', false, true},
                                  {'0', '9', false, true},
                                  {'_', '_', true, true}};
    const range *set = c == 'd' || c == 'D'   ? digits
                       : c == 's' || c == 'S' ? spaces
                                              : words;
    size_t n = set == digits ? 1 : set == spaces ? 3 : 4;
    uint32_t from = 0;

    if (c == 0 || c > 'z' || !strchr("dDsSwW", (int)c))
        return false;
    if (c >= 'a') {
        for (size_t i = 0; i < n; i++)
            add_range(r, x, set[i]);
        return true;
    }
    /* Everything between the set's characters. */
    for (uint32_t at = 0; at <= 0x80; at++) {
        bool in = at == 0x80;

        for (size_t i = 0; i < n; i++)
            in |= at >= set[i].from && at <= set[i].to;
        if (in && at > from)
            add_range(r, x, (range){from, at - 1, false, true});
        if (in)
            from = at + 1;
    }
    add_range(r, x, (range){0x80, 0x10FFFF, false, true});
    return true;
}

static int
hex(uint32_t c)
{
    const char *digits = "0123456789abcdefABCDEF";
    const char *found = c && c < 128 ? strchr(digits, (int)c) : NULL;

    if (!found)
        return -1;
    return (int)(found - digits < 16 ? found - digits : found - digits - 6);
}

/* The character that an escape stands for. */
static uint32_t
escaped_char(regex *r)
{
    static const char names[] = "tnrfv", values[] = "\t\n\r\f\v";
    uint32_t c = r->at < r->n ? r->p[r->at++] : 0;
    const char *found = c && c < 128 ? strchr(names, (int)c) : NULL;

    if (r->at > r->n || c == 0)
        bad(r, "backslash at the end");
    if (!r->rule.prefix)
        return c;
    if (found)
        return (uint32_t)values[found - names];
    if (c == 'x' && r->at + 1 < r->n && hex(r->p[r->at]) >= 0 &&
        hex(r->p[r->at + 1]) >= 0) {
        r->at += 2;
        return (uint32_t)(16 * hex(r->p[r->at - 2]) + hex(r->p[r->at - 1]));
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c >= '0' && c <= '9'))
        bad(r, "escape not in the common subset");
    return c;
}

static node *
parse_set(regex *r)
{
    node *x = new_node(r, ONE_OF);
    bool first = true;

    x->negated = take(r, '^');
    for (; more(r) && (first || r->p[r->at] != ']'); first = false) {
        uint32_t from = r->p[r->at++], to;

        if (from == '\\' && more(r) && add_class(r, x, r->p[r->at])) {
            r->at++;
            continue;
        }
        if (from == '\\')
            from = escaped_char(r);
        if (r->at + 1 >= r->n || r->p[r->at] != '-' || r->p[r->at + 1] == ']') {
            add_range(r, x, (range){from, from, true, false});
            continue;
        }
        r->at++;
        to = r->p[r->at++];
        if (to == '\\')
            to = escaped_char(r);
        if (to < from)
            bad(r, "bad range");
        add_range(r, x, (range){from, to, false, false});
    }
    if (!take(r, ']'))
        bad(r, "[ without ]");
    return x;
}

static node *
single(regex *r, uint32_t c)
{
    node *x = new_node(r, ONE_OF);

    add_range(r, x, (range){c, c, true, false});
    return x;
}

static node *
parse_quoted(regex *r)
{
    node *x = new_node(r, SEQUENCE);

    while (more(r) && r->p[r->at] != '"')
        add_kid(r, x, single(r, r->p[r->at++]));
    if (!take(r, '"'))
        bad(r, "\" without \"");
    return x;
}

static node *
parse_group(regex *r)
{
    node *x;

    if (r->rule.prefix && more(r) && r->p[r->at] == '?') {
        if (r->at + 1 >= r->n || r->p[r->at + 1] != ':')
            bad(r, "group not in the common subset");
        r->at += 2;
    }
    x = parse_choice(r);
    if (!take(r, ')'))
        bad(r, "( without )");
    return x;
}

static node *
parse_escape(regex *r)
{
    node *x = new_node(r, ONE_OF);

    if (more(r) && add_class(r, x, r->p[r->at])) {
        r->at++;
        return x;
    }
    if (r->rule.prefix && take(r, 'b'))
        return new_node(r, AT_WORD);
    return single(r, escaped_char(r));
}

static node *
parse_atom(regex *r)
{
    uint32_t c = r->p[r->at++];

    if (c == '[')
        return parse_set(r);
    if (c == '(')
        return parse_group(r);
    if (c == '\\')
        return parse_escape(r);
    if (c == '.') {
        node *x = new_node(r, ONE_OF);

        add_range(r, x, (range){0, 0x10FFFF, false, true});
        return x;
    }
    if (c < 128 && c && strchr("?*+{)", (int)c))
        bad(r, "quantifier without operand");
    if (r->rule.prefix && (c == '^' || c == '$'))
        return new_node(r, c == '^' ? AT_START : AT_END);
    if (!r->rule.prefix && c == '"')
        return parse_quoted(r);
    if (!r->rule.prefix && c < 128 && c && strchr("~&#@<", (int)c))
        bad(r, "unsupported operator");
    return single(r, c);
}

static size_t
parse_number(regex *r)
{
    size_t n = 0, digits = 0;

    for (; more(r) && r->p[r->at] >= '0' && r->p[r->at] <= '9'; digits++)
        n = n > MOST_REPEATS ? n : 10 * n + (r->p[r->at++] - '0');
    if (digits == 0 || n > MOST_REPEATS)
        bad(r, "bad count");
    return n;
}

static node *
parse_repeat(regex *r)
{
    node *x = parse_atom(r);

    while (more(r)) {
        node *outer = new_node(r, REPEAT);

        outer->max = SIZE_MAX;
        if (take(r, '?')) {
            outer->max = 1;
        } else if (take(r, '+')) {
            outer->min = 1;
        } else if (take(r, '{')) {
            outer->min = outer->max = parse_number(r);
            if (take(r, ','))
                outer->max =
                    more(r) && r->p[r->at] == '}' ? SIZE_MAX : parse_number(r);
            if (!take(r, '}') || outer->max < outer->min)
                bad(r, "bad count");
        } else if (!take(r, '*')) {
            break;
        }
        if (r->rule.prefix)
            (void)take(r, '?'); /* lazy: the answer is the same */
        add_kid(r, outer, x);
        x = outer;
    }
    return x;
}

static node *
parse_choice(regex *r)
{
    node *x = new_node(r, CHOICE);

    do {
        node *part = new_node(r, SEQUENCE);

        while (more(r) && r->p[r->at] != '|' && r->p[r->at] != ')')
            add_kid(r, part, parse_repeat(r));
        add_kid(r, x, part);
    } while (take(r, '|'));
    return x;
}

/* --- matching --- */

static bool
in_range(const regex *r, const range *what, uint32_t c)
{
    bool fold = r->rule.rule != REF_EXACT && !what->exact &&
                (what->single || !r->rule.exact_ranges);

    if (c >= what->from && c <= what->to)
        return true;
    for (uint32_t x = what->from; fold && x <= what->to; x++)
        if (ref_fold(x, r->rule.rule) == ref_fold(c, r->rule.rule))
            return true;
    return false;
}

static bool
in_set(const regex *r, const node *x, uint32_t c)
{
    bool in = false;

    for (size_t i = 0; i < x->nranges; i++)
        in |= in_range(r, &x->ranges[i], c);
    return in != x->negated;
}

static bool
is_word(const regex *r, size_t at)
{
    uint32_t c = at < r->length ? r->text[at] : ' ';

    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_';
}

/* from and the result: places 0 .. length of the text. */
static bool *reach(const regex *r, const node *x, const bool *from);

static bool *
reach_repeat(const regex *r, const node *x, const bool *from)
{
    size_t places = r->length + 1;
    bool *all = ref_alloc(r->pool, places);
    const bool *now = from;

    for (size_t times = 0; times <= x->max; times++) {
        bool news = false;

        for (size_t i = 0; times >= x->min && i < places; i++) {
            news |= now[i] && !all[i];
            all[i] |= now[i];
        }
        /* With the minimum done, rounds that reach nothing new end it. */
        if (times >= x->min && !news)
            break;
        now = reach(r, x->kids[0], now);
    }
    return all;
}

static bool *
reach_place(const regex *r, const node *x, const bool *from)
{
    bool *to = ref_alloc(r->pool, r->length + 1);

    for (size_t i = 0; i <= r->length; i++) {
        bool here = x->kind == AT_START ? i == 0
                    : x->kind == AT_END
                        ? i == r->length
                        : is_word(r, i) != (i > 0 && is_word(r, i - 1));

        to[i] = from[i] && here;
    }
    return to;
}

static bool *
reach(const regex *r, const node *x, const bool *from)
{
    size_t places = r->length + 1;
    bool *to = ref_alloc(r->pool, places);

    switch (x->kind) {
    case ONE_OF:
        for (size_t i = 0; i < r->length; i++)
            to[i + 1] = from[i] && in_set(r, x, r->text[i]);
        break;
    case SEQUENCE:
        memcpy(to, from, places);
        for (size_t i = 0; i < x->n; i++)
            to = reach(r, x->kids[i], to);
        break;
    case CHOICE:
        for (size_t i = 0; i < x->n; i++) {
            const bool *one = reach(r, x->kids[i], from);

            for (size_t k = 0; k < places; k++)
                to[k] |= one[k];
        }
        break;
    case REPEAT: return reach_repeat(r, x, from);
    case AT_START:
    case AT_END:
    case AT_WORD: return reach_place(r, x, from);
    }
    return to;
}

bool
ref_regex(ref_pool *pool, ref_str pattern, ref_str text, ref_regex_rule rule,
          const char **why)
{
    regex r = {.pool = pool, .rule = rule};
    node *tree;
    bool *from, any = false;
    const bool *to;

    r.p = ref_code_points(pool, pattern, REF_EXACT, &r.n);
    r.text = ref_code_points(pool, text, REF_EXACT, &r.length);
    tree = parse_choice(&r);
    if (r.at < r.n)
        bad(&r, ") without (");
    if (r.why) {
        *why = r.why;
        return false;
    }
    from = ref_alloc(pool, r.length + 1);
    from[0] = true;
    to = reach(&r, tree, from);
    for (size_t i = 0; i <= r.length; i++)
        any |= to[i] && (rule.prefix || i == r.length);
    return any;
}
