/* random_regex.h -- regular expressions over a few letters, and texts of them,
 * so that many match. */
#ifndef EQL_TESTS_SUPPORT_RANDOM_REGEX_H
#define EQL_TESTS_SUPPORT_RANDOM_REGEX_H

#include "base/buf.h"

static inline uint32_t
random_regex_draw(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

/* A regular expression, of either flavour; not all of them are well-formed. */
static inline void
random_regex(eql_buf *b, uint32_t *seed)
{
    static const char *const items[] = {
        "a",        "b",      "ab",       "A",
        "k",        "s",      "1",        " ",
        "\\.",      ".",      ".*",       "\\s",
        "\\d",      "\\w",    "[ab]",     "[a-c]",
        "[^a]",     "[k1-]",  "[\\.s]",   "(a|b)",
        "(ab|b|k)", "(a|)",   "(a(b|k))", "(a[bk])",
        "(ab)",     "\\\\",   "\xC3\xA4", "\xE2\x84\xAA",
        "[1-3]",    "(.|ab)",
    };
    static const char *const repeats[] = {"*",     "+",     "?",   "{2}",
                                          "{1,2}", "{0,2}", "+?",  "{2,}",
                                          "{1}*",  "?+",    "*{2}"};

    b->len = 0;
    for (uint32_t n = 1 + random_regex_draw(seed, 6); n > 0; n--) {
        eql_buf_add_str(b, items[random_regex_draw(seed, EQL_COUNTOF(items))]);
        if (random_regex_draw(seed, 4) == 0)
            eql_buf_add_str(
                b, repeats[random_regex_draw(seed, EQL_COUNTOF(repeats))]);
        if (n > 1 && random_regex_draw(seed, 20) == 0)
            eql_buf_add_str(b, "|");
    }
}

/* A text of the same few letters. */
static inline void
random_regex_text(eql_buf *b, uint32_t *seed)
{
    static const char *const letters[] = {"a",
                                          "b",
                                          "a",
                                          "b",
                                          "A",
                                          "B",
                                          "k",
                                          "K",
                                          "s",
                                          "1",
                                          "2",
                                          " ",
                                          ".",
                                          "c",
                                          "\\",
                                          "\xC3\xA4",
                                          "\xE2\x84\xAA",
                                          "\xC5\xBF"};

    b->len = 0;
    for (uint32_t n = random_regex_draw(seed, 7); n > 0; n--)
        eql_buf_add_str(b,
                        letters[random_regex_draw(seed, EQL_COUNTOF(letters))]);
}

#endif
