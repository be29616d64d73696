/* test_index_regex.c -- random regular expressions over random texts: what
 * matches has one of the pieces that the index looks for. */
#include "base/regex.h"
#include "tests/support/random_regex.h"
#include "tests/support/event_filter_test.h"
#include "vm/index/index_int.h"

#define REGEXES 12000u
#define TEXTS 40u

static bool
has_piece(const eql_index_pieces *pieces, const eql_buf *text)
{
    eql_buf b = {0};
    bool found = pieces->n == 0; /* nothing is looked for */

    eql_buf_add_char(&b, EQL_INDEX_START);
    eql_fold(&b, eql_buf_sv(text));
    eql_buf_add_char(&b, EQL_INDEX_END);
    for (uint32_t i = 0; i < pieces->n && !found; i++)
        found = memmem(b.p, b.len, pieces->items[i].text,
                       pieces->items[i].len) != NULL;
    eql_buf_free(&b);
    return found;
}

static void
test_index_regex_random(void **state)
{
    static const unsigned flavours[] = {0,
                                        EQL_REGEX_FOLD,
                                        EQL_REGEX_FOLD | EQL_REGEX_CASE_RANGES,
                                        EQL_REGEX_FOLD | EQL_REGEX_ASCII,
                                        EQL_REGEX_PREFIX,
                                        EQL_REGEX_PREFIX | EQL_REGEX_FOLD};
    eql_program *p = test_program_of("any where a : \"*mm*\"");
    uint32_t seed = 7, looked_for = 0, matches = 0;
    eql_buf regex = {0}, text = {0};
    eql_index_counts c;

    (void)state;
    assert_true(eql_index_counts_init(&c, p));
    for (uint32_t i = 0; i < REGEXES; i++) {
        unsigned flags = flavours[i % EQL_COUNTOF(flavours)];
        eql_index_pieces pieces;
        eql_regex_error why;
        eql_strview s;
        eql_regex *r;

        random_regex(&regex, &seed);
        s = eql_buf_sv(&regex);
        r = eql_regex_new(&s, 1, flags, &why);
        if (!r)
            continue;
        pieces = eql_index_regex_pieces(&c, s, !(flags & EQL_REGEX_PREFIX));
        looked_for += pieces.n > 0;
        for (uint32_t k = 0; k < TEXTS && pieces.n > 0; k++) {
            random_regex_text(&text, &seed);
            if (!eql_regex_match(r, eql_buf_sv(&text)))
                continue;
            matches++;
            if (!has_piece(&pieces, &text))
                fail_msg("%.*s (%u) is lost for %.*s", (int)s.len, s.p, flags,
                         (int)text.len, text.p);
        }
        eql_regex_free(r);
    }
    print_message("%u are looked for, %u matches\n", looked_for, matches);
    assert_true(looked_for > REGEXES / 4 && matches > REGEXES / 4);
    eql_buf_free(&regex);
    eql_buf_free(&text);
    eql_index_counts_free(&c);
    eql_program_free(p);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_index_regex_random),
    };

    return cmocka_run_group_tests_name("index_regex", all, NULL, NULL);
}
