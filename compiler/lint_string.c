/* lint_string.c -- strings whose backslashes do not say what they look like.
 *
 * A path in an ordinary string loses `\t` and `\n` to escapes; one that was
 * escaped for another quoting has its backslashes twice; in a regular
 * expression `\b` is the letter b.  All of that is legal and matches nothing
 * that was meant.  Each looks at one literal, and keeps quiet without a sign
 * that the other reading was meant. */
#include "compiler/sema.h"

#include <stdio.h>

/* A suggestion longer than this is not spelled out. */
#define LONGEST_SUGGESTION 120u

static bool
is_letter(char c)
{
    return eql_is_word(c) && c != '_' && !(c >= '0' && c <= '9');
}

static bool
is_one_of(eql_strview s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (eql_sv_eq_ascii_ci(s, eql_sv_cstr(words[i])))
            return true;
    return false;
}

/* Begins s with a drive, `C:`, or with what stands for one in a pattern? */
static bool
has_drive(eql_strview s)
{
    return s.len > 2 && s.p[1] == ':' && (is_letter(s.p[0]) || s.p[0] == '?');
}

/* --- W418: escapes in a path --- */

/* What the source has between the quotes of an ordinary string; empty: the
 * literal was written otherwise, or stands in another text (a definition). */
static eql_strview
ordinary_source(const eql_sema *sx, eql_span span)
{
    const char *p;

    if (span.len < 2 || span.offset > sx->text.len ||
        span.len > sx->text.len - span.offset)
        return eql_sv("", 0);
    p = sx->text.p + span.offset;
    if ((*p != '"' && *p != '\'') || p[span.len - 1] != *p ||
        (span.len >= 6 && memcmp(p, "\"\"\"", 3) == 0))
        return eql_sv("", 0);
    return eql_sv(p + 1, span.len - 2);
}

/* The word that begins at byte at. */
static eql_strview
word_at(eql_strview s, size_t at)
{
    size_t end = at;

    while (end < s.len && eql_is_word(s.p[end]))
        end++;
    return eql_sv(s.p + at, end - at);
}

/* Is the escape before `word`, which includes its letter, the backslash of a
 * path?  Nobody means a backspace or a form feed. */
static bool
looks_like_name(eql_strview src, eql_strview word)
{
    static const char *const names[] = {
        "bin",      "fonts",    "net",       "net1",     "netsh",
        "nltest",   "notepad",  "nslookup",  "ntds",     "rar",
        "recycle",  "recycler", "reg",       "regsvr32", "roaming",
        "robocopy", "run",      "rundll32",  "runonce",  "taskhost",
        "taskkill", "tasklist", "tasks",     "temp",     "temporary",
        "tmp",      "tracing",  "fodhelper", "forfiles", "find",
        "findstr",  "tor",      "tools",     "nt",       "ntuser",
    };

    if (word.p[0] == 'b' || word.p[0] == 'f' || has_drive(src) ||
        is_one_of(word, names, EQL_COUNTOF(names)))
        return true;
    return word.len > 2 && memmem(src.p, src.len, "\\\\", 2) != NULL;
}

/* The first escape of src that looks like part of a path; its length: none. */
static size_t
find_escape(eql_strview src)
{
    for (size_t i = 0; i + 1 < src.len; i++) {
        if (src.p[i] != '\\')
            continue;
        if (strchr("btnfr", src.p[i + 1]) &&
            looks_like_name(src, word_at(src, i + 1)))
            return i;
        i++; /* what it escapes */
    }
    return src.len;
}

/* The path that was meant, as a raw string. */
static const char *
as_raw(const eql_sema *sx, eql_strview src)
{
    char raw[LONGEST_SUGGESTION + 1];
    size_t n = 0;

    if (src.len > LONGEST_SUGGESTION || memchr(src.p, '"', src.len))
        return "write the path in a raw string, \"\"\"...\"\"\", or each "
               "backslash twice";
    for (size_t i = 0; i < src.len; i++) {
        raw[n++] = src.p[i];
        if (src.p[i] == '\\' && i + 1 < src.len && src.p[i + 1] == '\\')
            i++;
    }
    return eql_arena_printf(sx->arena, "write \"\"\"%.*s\"\"\"", (int)n, raw).p;
}

static const char *
escape_name(char letter)
{
    switch (letter) {
    case 'b': return "a backspace";
    case 'f': return "a form feed";
    case 'n': return "a line feed";
    case 'r': return "a carriage return";
    default: return "a tab";
    }
}

void
eql_lint_escapes(const eql_sema *sx, const eql_expr *e)
{
    const eql_value *v = &e->u.literal;
    eql_strview src;
    size_t at;

    if (v->tag != EQL_STRING)
        return;
    src = ordinary_source(sx, e->span);
    if (!src.len || !memchr(src.p, '\\', src.len))
        return;
    at = find_escape(src);
    if (at < src.len)
        eql_diags_add(sx->diags, "W418",
                      (eql_span){(uint32_t)(src.p + at - sx->text.p), 2},
                      as_raw(sx, src),
                      "\"\\%c\" is %s here, and no backslash of a path",
                      src.p[at + 1], escape_name(src.p[at + 1]));
}

/* --- W419: backslashes written twice --- */

/* Behind s.p[at - 1] comes a run of backslashes: does it stand between two
 * names of a path?  One that begins a name of a host, `\\host`, does not. */
static bool
is_inside_path(eql_strview s, size_t at)
{
    if (at == 0)
        return false;
    if (s.p[at - 1] == ':')
        return at > 1 && is_letter(s.p[at - 2]) &&
               (at == 2 || !eql_is_word(s.p[at - 3]));
    return eql_is_word(s.p[at - 1]) || strchr(")}%.-]", s.p[at - 1]);
}

/* Are all backslashes doubled, and some of them between names of a path? */
static bool
is_doubled(eql_strview s)
{
    bool inside = false;

    for (size_t i = 0; i < s.len; i++) {
        size_t end = i;

        while (end < s.len && s.p[end] == '\\')
            end++;
        if (end == i)
            continue;
        if ((end - i) % 2 != 0)
            return false;
        inside = inside || (end - i == 2 && is_inside_path(s, i));
        i = end - 1;
    }
    return inside;
}

bool
eql_lint_doubled(const eql_sema *sx, const eql_typed *lit)
{
    const eql_value *v = &lit->u.constant.value;
    char half[LONGEST_SUGGESTION + 1];
    eql_strview s;
    size_t n = 0;
    const char *hint = "write each backslash once in a raw string";

    if (v->tag != EQL_STRING)
        return false;
    s = eql_value_sv(v);
    if (!memchr(s.p, '\\', s.len) || !is_doubled(s))
        return false;
    if (s.len <= LONGEST_SUGGESTION && !memchr(s.p, '"', s.len)) {
        for (size_t i = 0; i < s.len; i++) {
            half[n++] = s.p[i];
            i += s.p[i] == '\\';
        }
        hint =
            eql_arena_printf(sx->arena, "write \"\"\"%.*s\"\"\"", (int)n, half)
                .p;
    }
    eql_diags_add(sx->diags, "W419", lit->span, hint,
                  "the string has every backslash twice");
    return true;
}

/* --- W420: escapes of other regular expressions --- */

/* Behind the two backslashes at `at`: a class that is repeated, which is a
 * letter that is repeated, or the end of a file's name. */
static bool
is_escaped_twice(eql_strview s, size_t at)
{
    static const char *const ends[] = {"exe",  "dll", "ps1", "bat", "cmd",
                                       "vbs",  "js",  "com", "php", "asp",
                                       "aspx", "jsp", "txt", "zip", "lnk"};
    size_t next = at + 2;
    eql_strview word;

    if (next + 1 >= s.len)
        return false;
    if (strchr("dswDSW", s.p[next]))
        return strchr("+*{", s.p[next + 1]) != NULL;
    if (s.p[next] != '.' || at == 0)
        return false;
    word = word_at(s, next + 1);
    return is_one_of(word, ends, EQL_COUNTOF(ends)) &&
           (next + 1 + word.len == s.len ||
            strchr(")|.\" ", s.p[next + 1 + word.len]));
}

/* rest: behind the backslash. */
static const char *
regex_advice(const eql_sema *sx, eql_strview rest)
{
    char c = rest.p[0];

    switch (c) {
    case 'n':
    case 'r':
    case 't':
        if (word_at(rest, 0).len > 2) /* of a path */
            break;
        return "write it in an ordinary string, \"...\", whose escape it is";
    case 'A':
    case 'z':
    case 'Z': return "a regular expression always matches the whole text";
    case 'x':
    case 'u': return "write the character itself, or \\u{...} in \"...\"";
    case 'p':
    case 'P': return "there are no classes of characters by name: [...]";
    default: break;
    }
    if (c == 'b' || c == 'B')
        return "there are no word boundaries: say what may stand there, as in "
               "(.*[^a-z])?word([^a-z].*)?";
    if (c >= '1' && c <= '9')
        return "there are no back-references";
    return eql_arena_printf(sx->arena,
                            "to look for a backslash and %c write \\\\%c", c, c)
        .p;
}

void
eql_lint_regex_escapes(const eql_sema *sx, const eql_typed *lit)
{
    const eql_value *v = &lit->u.constant.value;
    eql_strview s = eql_value_sv(v);

    for (size_t i = 0; i + 1 < s.len; i++) {
        char c = s.p[i + 1];
        eql_span at;

        if (s.p[i] != '\\')
            continue;
        at = eql_sema_place_in_literal(sx, lit, (uint32_t)i);
        if (c == '\\' && is_escaped_twice(s, i)) {
            eql_diags_add(
                sx->diags, "W420", at,
                eql_arena_printf(sx->arena, "write one: \\%c", s.p[i + 2]).p,
                "two backslashes are a backslash in the text");
            return;
        }
        if (eql_is_word(c) && c != '_' && !strchr("dswDSW", c)) {
            eql_diags_add(sx->diags, "W420", at,
                          regex_advice(sx, eql_sv(s.p + i + 1, s.len - i - 1)),
                          "\"\\%c\" is the character %c here", c, c);
            return;
        }
        i++;
    }
}
