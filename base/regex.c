/* regex.c -- regular expressions: check, compile, match.
 *
 * A pattern is checked and translated by regex_parse.c, several are joined as
 * alternatives, and RE2 matches; what it can, regex_bits.c does before.  A
 * finished eql_regex does not change, so threads may share it. */
#include "base/regex_bits.h"
#include "base/regex_parse.h"
#include "base/regex_re2.h"

#include <stdlib.h>

struct eql_regex {
    eql_re2 *re;
    eql_regex_bits *bits; /* NULL: too large for that */
    uint32_t size;
    bool whole;
};

bool
eql_regex_check(eql_strview text, unsigned flags, eql_regex_error *why)
{
    return eql_regex_translate(text, flags, NULL, NULL, why);
}

/* The alternation of n texts in RE2's syntax. */
static bool
translate_all(const eql_strview *texts, uint32_t n, unsigned flags,
              eql_buf *out, eql_regex_error *why)
{
    eql_orbits orbits = {0};
    bool ok = true;

    for (uint32_t i = 0; i < n && ok; i++) {
        eql_buf_add_str(out, i > 0 ? "|(?:" : "(?:");
        ok = eql_regex_translate(texts[i], flags, &orbits, out, why);
        eql_buf_add_char(out, ')');
    }
    eql_orbits_free(&orbits);
    return ok && !out->failed;
}

static size_t
share_of(size_t memory, uint32_t sharers)
{
    size_t share = memory / (sharers ? sharers : 1);

    if (share > EQL_REGEX_MOST_MEMORY)
        return EQL_REGEX_MOST_MEMORY;
    return share < EQL_REGEX_LEAST_MEMORY ? EQL_REGEX_LEAST_MEMORY : share;
}

/* Tries with a share, then with more, while there is some. */
static eql_re2 *
compile(const eql_buf *text, size_t *memory, uint32_t sharers, bool *refused)
{
    size_t share = share_of(*memory, sharers);
    eql_re2 *re = NULL;

    *refused = true;
    while (!re && *refused && share <= *memory) {
        re = eql_re2_new(text->p, text->len, share, refused);
        if (re)
            *memory -= share;
        if (share == EQL_REGEX_MOST_MEMORY)
            break;
        share = share_of(share * 2, 1);
    }
    return re;
}

eql_regex *
eql_regex_new_within(const eql_strview *texts, uint32_t n, unsigned flags,
                     size_t *memory, uint32_t sharers, eql_regex_error *why)
{
    eql_regex *r = calloc(1, sizeof *r);
    eql_buf text = {0};
    bool refused = false;

    *why = (eql_regex_error){true, 0, "out of memory", NULL};
    if (r && translate_all(texts, n, flags, &text, why))
        r->re = compile(&text, memory, sharers, &refused);
    if (refused)
        *why = (eql_regex_error){false, 0, "regular expression is too large",
                                 "repeats in repeats multiply"};
    if (r && r->re)
        r->bits = eql_regex_bits_new(eql_buf_sv(&text));
    eql_buf_free(&text);
    if (r && r->re) {
        r->size = eql_re2_size(r->re);
        r->whole = !(flags & EQL_REGEX_PREFIX);
        return r;
    }
    free(r);
    return NULL;
}

eql_regex *
eql_regex_new(const eql_strview *texts, uint32_t n, unsigned flags,
              eql_regex_error *why)
{
    size_t memory = EQL_REGEX_MOST_MEMORY;

    return eql_regex_new_within(texts, n, flags, &memory, 1, why);
}

void
eql_regex_free(eql_regex *r)
{
    if (r) {
        eql_re2_free(r->re);
        eql_regex_bits_free(r->bits);
    }
    free(r);
}

uint32_t
eql_regex_size(const eql_regex *r)
{
    return r->size;
}

bool
eql_regex_match(const eql_regex *r, eql_strview s)
{
    bool holds;

    if (r->bits && eql_regex_bits_match(r->bits, s, r->whole, &holds))
        return holds;
    return eql_re2_match(r->re, s.len ? s.p : "", s.len, r->whole);
}

bool
eql_regex_failed(const eql_regex *r)
{
    return eql_re2_failed(r->re);
}
