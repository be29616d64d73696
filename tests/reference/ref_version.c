/* ref_version.c -- see ref_version.h.
 *
 * The text to sort by: each number with its length before it, marks that put
 * a pre-release before its release and numbers before words, and what is no
 * version behind all that are. */
#include "tests/reference/ref_version.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER "(0|[1-9][0-9]*)"
#define WORD "([0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
#define PRE "(" NUMBER "|" WORD ")"
#define BUILD "[0-9a-zA-Z-]+"

static bool
fits(const char *pattern, const char *text)
{
    regex_t re;
    bool yes;

    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        abort();
    yes = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return yes;
}

static size_t
identifiers(const char *part)
{
    size_t n = 1;

    for (; *part; part++)
        n += *part == '.';
    return n;
}

/* Ends text at the first mark that is not its first character; what follows,
 * or NULL. */
static char *
split(char *text, char mark)
{
    char *at = *text ? strchr(text + 1, mark) : NULL;

    if (at)
        *at++ = '\0';
    return at;
}

static void
put_identifiers(ref_text *out, char *part)
{
    for (char *id = part, *next; id; id = next) {
        next = strchr(id, '.');
        if (next)
            *next++ = '\0';
        if (id != part)
            ref_put(out, ".");
        if (fits("^[0-9]+$", id))
            ref_putf(out, "\x01%08zu", strlen(id));
        ref_put(out, id);
    }
}

static char *
copy(ref_pool *pool, ref_str s)
{
    char *out = ref_alloc(pool, s.n + 1);

    memcpy(out, s.p, s.n);
    return out;
}

static bool
is_version(const char *main, const char *pre, const char *build)
{
    return identifiers(main) <= 32 &&
           fits("^" NUMBER "(\\." NUMBER ")*$", main) &&
           (!pre ||
            (identifiers(pre) <= 32 && fits("^" PRE "(\\." PRE ")*$", pre))) &&
           (!build || (identifiers(build) <= 32 &&
                       fits("^" BUILD "(\\." BUILD ")*$", build)));
}

static ref_str
sort_text(ref_pool *pool, ref_str s, ref_case_rule rule)
{
    ref_text out = {.pool = pool};
    char *main = copy(pool, s);
    char *build = split(main, '+'), *pre = split(main, '-');

    if (memchr(s.p, '\0', s.n) || !is_version(main, pre, build)) {
        ref_put(&out, "\x02");
        ref_put_str(&out, ref_fold_str(pool, s, rule));
        return (ref_str){out.p, out.n};
    }
    main = copy(pool, ref_fold_str(pool, s, rule));
    build = split(main, '+');
    pre = split(main, '-');
    put_identifiers(&out, main);
    ref_put(&out, pre ? "\x02-" : "\x03");
    if (pre)
        put_identifiers(&out, pre);
    if (build)
        ref_putf(&out, "+%s", build);
    return (ref_str){out.p, out.n};
}

int
ref_version_order(ref_pool *pool, ref_str a, ref_str b, ref_case_rule rule)
{
    return ref_str_order(sort_text(pool, a, rule), sort_text(pool, b, rule));
}
