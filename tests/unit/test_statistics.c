/* test_statistics.c -- the counters of a run: eqlvm.h and docs/statistics.md
 * say of them what api/counters.def does, and each that means loss or doubling
 * makes a run degraded. */
#include "tests/support/api_test.h"

#include <ctype.h>

static char *
read_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    eql_buf b = {0};
    char part[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        eql_buf_add(&b, part, n);
    fclose(f);
    eql_buf_add_char(&b, '\0');
    assert_false(b.failed);
    return b.p;
}

static const char *
column(const char *effect)
{
    if (strcmp(effect, "LOSS") == 0)
        return "missing";
    if (strcmp(effect, "EXTRA") == 0)
        return "extra";
    return strcmp(effect, "BOTH") == 0 ? "missing or extra" : "";
}

static void
add_row(eql_buf *b, const char *name, const char *meaning, const char *effect)
{
    eql_buf_printf(b, "| `%s` | %s | %s |\n", name, meaning, column(effect));
}

/* Fails with the part as it should be. */
static void
assert_has(const char *text, const eql_buf *part)
{
    assert_false(part->failed);
    if (!strstr(text, part->p))
        fail_msg("docs/statistics.md has not:\n%s", part->p);
}

static void
test_the_page_has_every_counter(void **state)
{
    char *page = read_text("docs/statistics.md");
    eql_buf rows = {0};

    (void)state;
    eql_buf_add_str(&rows, "| counter | counts | alerts |\n|---|---|---|\n");
#define COUNTER(member, effect, meaning)                                       \
    add_row(&rows, #member, meaning, #effect);
#include "api/counters.def"
    eql_buf_add_str(&rows, "\n");
    eql_buf_add_char(&rows, '\0');
    assert_has(page, &rows);
    eql_buf_free(&rows);
    free(page);
}

static void
test_the_page_has_every_reason(void **state)
{
    char *page = read_text("docs/statistics.md");
    eql_buf rows = {0};

    (void)state;
    eql_buf_add_str(&rows, "| reason | |\n|---|---|\n");
#define X(name, key, text) eql_buf_printf(&rows, "| `%s` | %s |\n", key, text);
#include "io/format/reject.def"
#undef X
    eql_buf_add_char(&rows, '\n');
    eql_buf_add_char(&rows, '\0');
    assert_has(page, &rows);
    eql_buf_free(&rows);
    free(page);
}

/* Runs of white space, and the stars of a comment, as one space. */
static void
squeeze(char *s)
{
    char *to = s;

    for (; *s; s++) {
        char c = isspace((unsigned char)*s) || *s == '*' ? ' ' : *s;

        if (c != ' ' || to[-1] != ' ')
            *to++ = c;
    }
    *to = '\0';
}

static void
assert_says(const char *path, const char *balance)
{
    char *text = read_text(path);

    squeeze(text + 1);
    if (!strstr(text, balance))
        fail_msg("%s has not: %s", path, balance);
    free(text);
}

static void
test_every_balance_is_told(void **state)
{
    static const char *const balances[] = {
#define BALANCE(left, right) #left " == " #right,
#include "api/counters.def"
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(balances); i++) {
        assert_says("docs/statistics.md", balances[i]);
        assert_says("include/eqlvm/eqlvm.h", balances[i]);
    }
}

static void
test_degraded_is_what_the_table_says(void **state)
{
    eqlvm_stats s = {0};

    (void)state;
    assert_false(eqlvm_stats_degraded(&s));
    assert_false(eqlvm_stats_degraded(NULL));
#define COUNTER(member, effect, meaning)                                       \
    s = (eqlvm_stats){.member = 1};                                            \
    if (eqlvm_stats_degraded(&s) != (strcmp(#effect, "NONE") != 0))            \
        fail_msg("%s", #member);
#include "api/counters.def"
    for (unsigned i = 0; i < EQLVM_NREJECT; i++) {
        s = (eqlvm_stats){0};
        s.rejected[i] = 1;
        assert_true(eqlvm_stats_degraded(&s));
    }
}

static void
test_balances_are_told_apart(void **state)
{
    eqlvm_stats s = {0};

    (void)state;
    assert_null(eqlvm_stats_unbalanced(&s));
    assert_null(eqlvm_stats_unbalanced(NULL));
    s.read = 2;
    s.accepted = s.mapped = s.evaluated = 1;
    assert_string_equal(eqlvm_stats_unbalanced(&s),
                        "read == accepted + rejected");
    s.rejected[3] = 1;
    assert_null(eqlvm_stats_unbalanced(&s));
    s.alerts = s.event_matches = 1;
    assert_string_equal(eqlvm_stats_unbalanced(&s), "alerts == by_severity");
    s.by_severity[4] = 1;
    assert_null(eqlvm_stats_unbalanced(&s));
}

/* Pushed events: numbers are read by their size, counted per name, and told;
 * two names are no mixture. */
static void
test_pushed_times(void **state)
{
    static const char query[] =
        "sequence with maxspan=5s [any where n == 1] [any where n == 2]";
    static const struct {
        const char *name, *event;
    } events[] = {
        {"a", "{\"@timestamp\":1600000000,\"n\":1}"},
        {"a", "{\"@timestamp\":1600002400,\"n\":2}"},
        {"b", "{\"@timestamp\":1600002401000,\"n\":2}"},
        {"b", "{\"@timestamp\":\"2020-09-13T13:00:00Z\",\"n\":3}"},
        {"b", "{\"@timestamp\":1600002402,\"n\":2}"},
        {"b", "{\"@timestamp\":1600002403000,\"n\":2}"},
        {"b", "{\"@timestamp\":7,\"n\":9}"},
    };
    const char *text = query;
    eqlvm_program *p = api_compile(&text, 1);
    api_alerts seen = {0};
    eqlvm_engine *e = eqlvm_engine_new(p, NULL, api_on_alert, &seen, NULL, 0);
    eqlvm_stats s;
    eql_buf notices = {0};

    (void)state;
    assert_non_null(e);
    for (size_t i = 0; i < EQL_COUNTOF(events); i++)
        assert_int_equal(eqlvm_engine_push(e, events[i].name, events[i].event,
                                           strlen(events[i].event)),
                         EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    assert_seen(&seen, "");
    eqlvm_engine_stats(e, &s);
    assert_null(eqlvm_stats_unbalanced(&s));
    assert_int_equal(s.numeric_times, 6);
    assert_int_equal(s.mixed_units, 1);
    assert_int_equal(s.odd_dates, 1);
    assert_int_equal(eqlvm_engine_notices(e, api_collect, &notices), EQLVM_OK);
    eql_buf_add_char(&notices, '\0');
    assert_non_null(strstr(notices.p, "times in a are numbers, taken for "
                                      "seconds by their size"));
    assert_non_null(strstr(notices.p, "times in b are numbers, taken for "
                                      "milliseconds by their size"));
    assert_non_null(strstr(notices.p,
                           "b: units of time are mixed: seconds (1), "
                           "milliseconds (3)"));
    assert_non_null(strstr(notices.p, "the first in b:5 (1970-01-01T00:00:00."
                                      "007Z)"));
    eql_buf_free(&notices);
    api_alerts_free(&seen);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_every_counter),
        cmocka_unit_test(test_the_page_has_every_reason),
        cmocka_unit_test(test_every_balance_is_told),
        cmocka_unit_test(test_degraded_is_what_the_table_says),
        cmocka_unit_test(test_balances_are_told_apart),
        cmocka_unit_test(test_pushed_times),
    };

    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
