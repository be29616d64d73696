/* regex_parse.c -- the syntax of regular expressions (language 6.2), checked
 * and translated to RE2's.
 *
 * Recursive descent; groups and stacked repeats count against one depth, so
 * the stack is bounded.  Two flavours share it: Lucene's, where ^ and $ are
 * characters, and Endgame's (PREFIX), which is Perl's without what needs
 * backtracking.  Without an output nothing is built, only checked. */
#include "base/regex_parse.h"

#include "base/text.h"

#define MAX_TRANSLATED ((size_t)4 << 20)

typedef struct {
    eql_strview s;
    size_t i; /* next byte */
    unsigned flags;
    uint32_t depth;
    eql_orbits *orbits; /* NULL with ASCII */
    eql_buf *out;       /* NULL: check only */
    eql_regex_error *why;
} parser;

static bool parse_union(parser *p);

static bool
fail(parser *p, size_t at, const char *text, const char *hint)
{
    *p->why = (eql_regex_error){false, (uint32_t)at, text, hint};
    return false;
}

static bool
no_memory(parser *p)
{
    *p->why = (eql_regex_error){true, 0, "out of memory", NULL};
    return false;
}

static bool
prefix(const parser *p)
{
    return (p->flags & EQL_REGEX_PREFIX) != 0;
}

static bool
more(const parser *p)
{
    return p->i < p->s.len;
}

static bool
peek(const parser *p, const char *any)
{
    return more(p) && p->s.p[p->i] && strchr(any, p->s.p[p->i]);
}

static bool
take(parser *p, char c)
{
    if (!more(p) || p->s.p[p->i] != c)
        return false;
    p->i++;
    return true;
}

static bool
at_text(const parser *p, const char *text)
{
    size_t n = strlen(text);

    return p->s.len - p->i >= n && memcmp(p->s.p + p->i, text, n) == 0;
}

static uint32_t
next_cp(parser *p)
{
    size_t n;
    uint32_t cp = eql_utf8_decode(p->s.p + p->i, p->s.len - p->i, &n);

    p->i += n;
    return cp;
}

static void
emit(parser *p, const char *text)
{
    if (p->out)
        eql_buf_add_str(p->out, text);
}

static bool
emit_class(parser *p, eql_char_class *c)
{
    bool ok = !p->out || eql_char_class_emit(c, p->orbits, p->out);

    eql_char_class_free(c);
    return ok || no_memory(p);
}

static bool
emit_set(parser *p, char set)
{
    eql_char_class c = {0};

    if (p->out)
        eql_char_class_add_set(&c, set, prefix(p));
    return emit_class(p, &c);
}

/* One character as itself. */
static bool
emit_cp(parser *p, uint32_t cp)
{
    bool letter = (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
    eql_char_class c = {0};

    if (!p->out)
        return true;
    if ((p->flags & EQL_REGEX_FOLD) && (letter || cp >= 0x80)) {
        eql_char_class_add(&c, true, cp, cp);
        return emit_class(p, &c);
    }
    if (letter || (cp >= '0' && cp <= '9'))
        eql_buf_add_char(p->out, (char)cp);
    else
        eql_buf_printf(p->out, "\\x{%x}", (unsigned)cp);
    return true;
}

/* --- escapes --- */

/* What stands after a backslash. */
typedef struct {
    char set;       /* d D s S w W, or 0 */
    char assertion; /* b B A Z, or 0 */
    uint32_t cp;    /* else: a character */
} escape;

/* n hexadecimal digits. */
static bool
take_hex(parser *p, size_t start, int n, uint32_t *cp)
{
    *cp = 0;
    for (; n > 0; n--, p->i++) {
        char c = more(p) ? p->s.p[p->i] : 'x';
        char lower = (char)(c | 0x20);
        bool digit = c >= '0' && c <= '9';

        if (!digit && (lower < 'a' || lower > 'f'))
            return fail(p, start, "bad escape",
                        "\\xHH, \\uHHHH and \\UHHHHHHHH have just so many "
                        "hexadecimal digits");
        *cp = *cp << 4 | (uint32_t)(digit ? c - '0' : lower - 'a' + 10);
    }
    if (*cp > 0x10FFFF || (*cp >= 0xD800 && *cp <= 0xDFFF))
        return fail(p, start, "bad escape", "that is no character");
    return true;
}

/* Letters and digits after a backslash in Endgame's flavour. */
static bool
perl_escape(parser *p, size_t start, bool in_class, escape *e)
{
    static const char letters[] = "abfnrtv0";
    static const char meaning[] = "\a\b\f\n\r\t\v";
    const char *known = memchr(letters, (int)e->cp, sizeof letters - 1);

    switch (e->cp) {
    case 'x': return take_hex(p, start, 2, &e->cp);
    case 'u': return take_hex(p, start, 4, &e->cp);
    case 'U': return take_hex(p, start, 8, &e->cp);
    case 'b':
    case 'B':
    case 'A':
    case 'Z':
        if (!in_class) {
            e->assertion = (char)e->cp;
            return true;
        }
        break;
    default: break;
    }
    if (known && (in_class || e->cp != 'b')) {
        e->cp = (unsigned char)meaning[known - letters];
        return true;
    }
    if (e->cp >= '1' && e->cp <= '9')
        return fail(p, start, "back-reference", "they are not supported");
    return fail(p, start, "unknown escape",
                "a backslash makes punctuation a plain character");
}

/* p is behind a backslash. */
static bool
parse_escape(parser *p, bool in_class, escape *e)
{
    size_t start = p->i - 1;

    *e = (escape){0};
    if (!more(p))
        return fail(p, start, "backslash at the end",
                    "\\\\ matches a backslash");
    if (peek(p, "dDsSwW")) {
        e->set = p->s.p[p->i++];
        return true;
    }
    e->cp = next_cp(p);
    if (prefix(p) && (((e->cp | 0x20) >= 'a' && (e->cp | 0x20) <= 'z') ||
                      (e->cp >= '0' && e->cp <= '9')))
        return perl_escape(p, start, in_class, e);
    return true;
}

static bool
parse_escaped_atom(parser *p)
{
    escape e;

    p->i++;
    if (!parse_escape(p, false, &e))
        return false;
    if (e.set)
        return emit_set(p, e.set);
    switch (e.assertion) {
    case 'b': emit(p, "\\b"); return true;
    case 'B': emit(p, "\\B"); return true;
    case 'A': emit(p, "\\A"); return true;
    case 'Z': emit(p, "\\z"); return true;
    default: return emit_cp(p, e.cp);
    }
}

/* --- classes --- */

static bool
class_member(parser *p, escape *e)
{
    if (take(p, '\\'))
        return parse_escape(p, true, e);
    *e = (escape){.cp = next_cp(p)};
    return true;
}

/* A character, a range or a set. */
static bool
parse_class_item(parser *p, eql_char_class *c)
{
    bool fold = (p->flags & EQL_REGEX_FOLD) != 0;
    size_t start = p->i;
    escape lo, hi;

    if (!class_member(p, &lo))
        return false;
    if (lo.set) {
        if (p->out)
            eql_char_class_add_set(c, lo.set, prefix(p));
        return true;
    }
    hi = lo;
    if (at_text(p, "-") && p->s.len - p->i > 1 && p->s.p[p->i + 1] != ']') {
        p->i++;
        if (!class_member(p, &hi))
            return false;
        if (hi.set)
            return fail(p, start, "a set cannot end a range",
                        "\\- is a plain hyphen");
        if (hi.cp < lo.cp)
            return fail(p, start, "range out of order", NULL);
        fold = fold && !(p->flags & EQL_REGEX_CASE_RANGES);
    }
    if (p->out)
        eql_char_class_add(c, fold, lo.cp, hi.cp);
    return true;
}

static bool
parse_class(parser *p)
{
    size_t start = p->i++;
    eql_char_class c = {.negated = take(p, '^')};

    do {
        if (!more(p)) {
            eql_char_class_free(&c);
            return fail(p, start, "character class is not closed",
                        "\\[ matches the character itself");
        }
        if (!parse_class_item(p, &c)) {
            eql_char_class_free(&c);
            return false;
        }
    } while (!take(p, ']'));
    return emit_class(p, &c);
}

/* --- atoms --- */

static bool
parse_quoted(parser *p)
{
    size_t start = p->i++;

    emit(p, "(?:");
    while (more(p) && p->s.p[p->i] != '"')
        if (!emit_cp(p, next_cp(p)))
            return false;
    emit(p, ")");
    return take(p, '"') || fail(p, start, "quoted text is not closed",
                                "\\\" matches the character itself");
}

static const char *
hint_of_group(const parser *p)
{
    if (prefix(p))
        return "groups are ( ) and (?: ); there is no look-around";
    if (at_text(p, "?:"))
        return "groups need no ?:";
    if (at_text(p, "?="))
        return "there is no look-around";
    if (at_text(p, "?!") || at_text(p, "?<=") || at_text(p, "?<!"))
        return "there is no look-around; \"and not\" a second regex";
    if (at_text(p, "?<") || at_text(p, "?P"))
        return "groups have no names";
    return "for no regard to case write regex~";
}

/* `(` and what makes it a group that is none. */
static bool
parse_group(parser *p)
{
    size_t start = p->i++;

    if (p->depth++ == EQL_REGEX_MAX_DEPTH)
        return fail(p, start, "groups are nested too deeply", NULL);
    if (prefix(p) && at_text(p, "?:"))
        p->i += 2;
    else if (peek(p, "?"))
        return fail(p, p->i,
                    prefix(p) ? "unsupported group"
                              : "quantifier without an operand",
                    hint_of_group(p));
    emit(p, "(?:");
    if (!parse_union(p))
        return false;
    emit(p, ")");
    p->depth--;
    return take(p, ')') || fail(p, start, "group is not closed",
                                "\\( matches the character itself");
}

/* Characters that Lucene's flavour keeps for itself. */
static bool
parse_operator(parser *p)
{
    if (peek(p, "\""))
        return parse_quoted(p);
    return fail(p, p->i, "unsupported regex operator",
                "a backslash before it makes it a plain character");
}

static bool
parse_atom(parser *p)
{
    static const char no_operand[] = "quantifier without an operand";
    static const char escape_it[] =
        "a backslash before it makes it a plain character";

    switch (p->s.p[p->i]) {
    case '(': return parse_group(p);
    case '[': return parse_class(p);
    case '\\': return parse_escaped_atom(p);
    case '.':
        p->i++;
        emit(p, ".");
        return true;
    case '*':
    case '+':
    case '?': return fail(p, p->i, no_operand, escape_it);
    case '{':
        return prefix(p) ? emit_cp(p, next_cp(p))
                         : fail(p, p->i, no_operand, escape_it);
    case '^':
    case '$':
        if (!prefix(p))
            break;
        /* As Perl's: `$` also stands before a last newline. */
        emit(p, p->s.p[p->i++] == '^' ? "\\A" : "(?:\\n?\\z)");
        return true;
    case '~':
    case '&':
    case '#':
    case '@':
    case '<':
    case '"':
        if (!prefix(p))
            return parse_operator(p);
        break;
    default: break;
    }
    return emit_cp(p, next_cp(p));
}

/* --- repeats --- */

typedef struct {
    uint32_t min, max; /* max EQL_NONE: no upper bound */
} repeat;

static bool
take_count(parser *p, uint32_t *n)
{
    size_t start = p->i;

    *n = 0;
    while (more(p) && p->s.p[p->i] >= '0' && p->s.p[p->i] <= '9')
        if (*n <= EQL_REGEX_MAX_REPEAT)
            *n = *n * 10 + (uint32_t)(p->s.p[p->i++] - '0');
        else
            p->i++;
    return p->i > start;
}

/* `{n}`, `{n,}`, `{n,m}`, in Endgame's flavour `{,m}`.  At p->i. */
static bool
take_braces(parser *p, repeat *r)
{
    size_t start = p->i;
    bool low;

    p->i++;
    low = take_count(p, &r->min);
    r->max = r->min;
    if ((low || prefix(p)) && take(p, ',')) {
        bool high = take_count(p, &r->max);

        if (!high)
            r->max = EQL_NONE;
        low = low || high;
    }
    if (low && take(p, '}'))
        return true;
    p->i = start;
    return false;
}

static bool
check_counts(parser *p, size_t start, const repeat *r)
{
    if (r->max != EQL_NONE && r->min > r->max)
        return fail(p, start, "counts out of order", NULL);
    if (r->min > EQL_REGEX_MAX_REPEAT ||
        (r->max != EQL_NONE && r->max > EQL_REGEX_MAX_REPEAT))
        return fail(p, start, "more than 1000 repeats", NULL);
    return true;
}

/* A quantifier at p->i, if there is one. */
static bool
take_repeat(parser *p, repeat *r)
{
    if (take(p, '?'))
        *r = (repeat){0, 1};
    else if (take(p, '*'))
        *r = (repeat){0, EQL_NONE};
    else if (take(p, '+'))
        *r = (repeat){1, EQL_NONE};
    else
        return peek(p, "{") && take_braces(p, r);
    return true;
}

static void
emit_repeat(parser *p, const repeat *r)
{
    if (!p->out)
        return;
    if (r->max == EQL_NONE && r->min <= 1)
        eql_buf_add_char(p->out, r->min ? '+' : '*');
    else if (r->min == 0 && r->max == 1)
        eql_buf_add_char(p->out, '?');
    else if (r->max == EQL_NONE)
        eql_buf_printf(p->out, "{%u,}", (unsigned)r->min);
    else
        eql_buf_printf(p->out, "{%u,%u}", (unsigned)r->min, (unsigned)r->max);
}

/* Makes a group of what was written since start. */
static void
wrap(parser *p, size_t start)
{
    eql_buf *b = p->out;

    if (!b)
        return;
    eql_buf_add_str(b, "   )");
    if (b->failed)
        return;
    memmove(b->p + start + 3, b->p + start, b->len - 4 - start);
    memcpy(b->p + start, "(?:", 3);
}

/* One more repeat of the same operand, the n-th. */
static bool
parse_stacked(parser *p, size_t at, uint32_t n, size_t start)
{
    if (n == 0)
        return true;
    if (prefix(p))
        return fail(p, at, "two quantifiers in a row", "use a group");
    if (p->depth + n > EQL_REGEX_MAX_DEPTH)
        return fail(p, at, "repeats are nested too deeply", NULL);
    wrap(p, start);
    return true;
}

static bool
parse_repeat(parser *p)
{
    size_t start = p->out ? p->out->len : 0, at;
    repeat r;

    if (!parse_atom(p))
        return false;
    for (uint32_t n = 0;; n++) {
        at = p->i;
        if (!take_repeat(p, &r))
            break;
        if (!check_counts(p, at, &r) || !parse_stacked(p, at, n, start))
            return false;
        emit_repeat(p, &r);
        if (prefix(p))
            take(p, '?'); /* lazy: the answer is the same */
    }
    if (!prefix(p) && peek(p, "{"))
        return fail(p, p->i, "bad count",
                    "{n}, {n,} or {n,m}; \\{ matches the character itself");
    if (p->out && p->out->failed)
        return no_memory(p);
    if (p->out && p->out->len > MAX_TRANSLATED)
        return fail(p, 0, "regular expression is too large", NULL);
    return true;
}

static bool
parse_union(parser *p)
{
    bool may_be_empty = prefix(p) || p->depth > 0 || p->s.len == 0;

    do {
        if (!may_be_empty && (!more(p) || peek(p, "|")))
            return fail(p, p->i, "empty alternative",
                        "( ) around it may hold nothing");
        while (more(p) && !peek(p, "|)"))
            if (!parse_repeat(p))
                return false;
        if (peek(p, "|"))
            emit(p, "|");
    } while (take(p, '|'));
    return true;
}

bool
eql_regex_translate(eql_strview text, unsigned flags, eql_orbits *orbits,
                    eql_buf *out, eql_regex_error *why)
{
    parser p = {.s = text,
                .flags = flags,
                .orbits = flags & EQL_REGEX_ASCII ? NULL : orbits,
                .out = out,
                .why = why};

    if (text.len > EQL_REGEX_MAX_BYTES)
        return fail(&p, 0, "regular expression is too long", NULL);
    if (!parse_union(&p))
        return false;
    return !more(&p) || fail(&p, p.i, "no group to close",
                             "\\) matches the character itself");
}
