/* test_dialect.c -- presets, flags by name, and what is refused. */
#include "program/dialect.h"
#include "tests/support/eql_test.h"

static void
test_dialect_presets_are_the_table(void **state)
{
    eql_dialect elastic = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_dialect endpoint = eql_dialect_preset(EQL_DIALECT_ENDPOINT);
    eql_dialect endgame = eql_dialect_preset(EQL_DIALECT_ENDGAME);

    (void)state;
    assert_true(eql_dialect_valid(&elastic));
    assert_true(eql_dialect_valid(&endpoint));
    assert_true(eql_dialect_valid(&endgame));
    assert_int_equal(elastic.null_logic, EQL_NULL_LOGIC_COLLAPSE);
    assert_int_equal(endpoint.null_logic, EQL_NULL_LOGIC_COLLAPSE);
    assert_int_equal(endgame.null_logic, EQL_NULL_LOGIC_KLEENE);
    assert_int_equal(elastic.sample_mode, EQL_SAMPLE_MODE_BATCH);
    assert_int_equal(endpoint.sample_mode, EQL_SAMPLE_MODE_STREAM);
    assert_int_equal(endgame.sample_mode, EQL_SAMPLE_MODE_STREAM);
    assert_int_equal(endgame.case_fold, EQL_CASE_FOLD_UNICODE);
    assert_int_equal(elastic.late_events, EQL_LATE_SORT);
    assert_int_equal(endgame.late_events, EQL_LATE_ARRIVAL);
    assert_int_equal(elastic.runs_max, 100);
    assert_int_equal(elastic.tiebreaker, EQL_NONE);
    assert_int_equal(elastic.process_name, EQL_NONE);
}

static void
test_dialect_names(void **state)
{
    static const struct {
        const char *text;
        int name; /* -1: none */
    } cases[] = {{"elastic", EQL_DIALECT_ELASTIC},
                 {"elasticsearch", EQL_DIALECT_ELASTIC},
                 {"endpoint", EQL_DIALECT_ENDPOINT},
                 {"endgame", EQL_DIALECT_ENDGAME},
                 {"", -1},
                 {"Elastic", -1},
                 {"elastic ", -1}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect_name name = EQL_DIALECT_COUNT;
        bool ok = eql_dialect_parse(eql_sv_cstr(cases[i].text), &name);

        if (ok != (cases[i].name >= 0) || (ok && (int)name != cases[i].name))
            fail_msg("\"%s\"", cases[i].text);
    }
    assert_string_equal(eql_dialect_text(EQL_DIALECT_ENDGAME), "endgame");
    assert_string_equal(eql_dialect_text(99), "?");
}

/* Each flag takes both values, and each makes another dialect of it. */
static void
test_dialect_sets_every_flag(void **state)
{
    static const struct {
        const char *first, *second;
    } cases[] = {
#define FLAG(name, NAME, first, FIRST, second, SECOND, endpoint, endgame)      \
    {#name "=" first, #name "=" second},
#include "program/dialect.def"
#undef FLAG
    };
    eql_dialect elastic = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = elastic;
        char why[200] = "";

        if (!eql_dialect_set(&d, eql_sv_cstr(cases[i].second), why, 200) ||
            eql_dialect_same_flags(&d, &elastic) || !eql_dialect_valid(&d))
            fail_msg("%s: %s", cases[i].second, why);
        if (!eql_dialect_set(&d, eql_sv_cstr(cases[i].first), why, 200) ||
            !eql_dialect_same_flags(&d, &elastic))
            fail_msg("%s: %s", cases[i].first, why);
    }
}

static void
test_dialect_sets_numbers(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        uint32_t value;
    } cases[] = {
        {"runs_max=1", offsetof(eql_dialect, runs_max), 1},
        {"runs_max=10000", offsetof(eql_dialect, runs_max), 10000},
        {"max_samples_per_key=10000", offsetof(eql_dialect, samples_per_key),
         10000},
        {"timestamp_unit=filetime", offsetof(eql_dialect, timestamp_unit),
         EQL_UNIT_FILETIME},
        {"late_events=drop", offsetof(eql_dialect, late_events), EQL_LATE_DROP},
        {"late_events=reorder=5s", offsetof(eql_dialect, late_events),
         EQL_LATE_REORDER},
        {"late_events=reorder=250ms", offsetof(eql_dialect, late_ms), 250},
        {"late_events=reorder=5s", offsetof(eql_dialect, late_ms), 5000},
        {"late_events=reorder=2m", offsetof(eql_dialect, late_ms), 120000},
        {"late_events=reorder=168h", offsetof(eql_dialect, late_ms),
         EQL_MOST_LATE_MS},
        {"late_events=sort", offsetof(eql_dialect, late_ms), 0},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
        char why[200] = "";
        uint32_t value;

        if (!eql_dialect_set(&d, eql_sv_cstr(cases[i].text), why, 200))
            fail_msg("%s: %s", cases[i].text, why);
        memcpy(&value, (char *)&d + cases[i].offset, sizeof value);
        if (value != cases[i].value || !eql_dialect_valid(&d))
            fail_msg("%s: %u", cases[i].text, value);
    }
}

static void
test_dialect_says_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *why; /* why: a part of it */
    } cases[] = {
        {"", "not FLAG=VALUE"},
        {"null_logic", "not FLAG=VALUE"},
        {"null_logik=kleene", "did you mean \"null_logic\"?"},
        {"xyzzy=1", "unknown flag \"xyzzy\""},
        {"null_logic=on", "null_logic is collapse or kleene, not \"on\""},
        {"runs_max=0", "from 1 to 10000"},
        {"runs_max=10001", "from 1 to 10000"},
        {"runs_max=18446744073709551617", "from 1 to 10000"},
        {"runs_max=", "from 1 to 10000"},
        {"max_samples_per_key=0", "from 1 to 10000"},
        {"max_samples_per_key=10001", "from 1 to 10000"},
        {"max_sample_per_key=1", "did you mean \"max_samples_per_key\"?"},
        {"timestamp_unit=hours", "auto, s, ms, us, ns or filetime"},
        {"late_events=reorder", "reorder=SPAN"},
        {"late_events=reorder=5", "a span of ms, s, m or h"},
        {"late_events=reorder=1d", "a span of ms, s, m or h"},
        {"late_events=reorder=169h", "up to 168 h"},
        {"late_events=reorder=999999999999h", "up to 168 h"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC), before = d;
        char why[200] = "";

        if (eql_dialect_set(&d, eql_sv_cstr(cases[i].text), why, sizeof why))
            fail_msg("%s: taken", cases[i].text);
        if (!strstr(why, cases[i].why))
            fail_msg("%s: %s", cases[i].text, why);
        assert_memory_equal(&d, &before, sizeof d);
    }
}

static void
test_dialect_complaint_fits_its_buffer(void **state)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    char why[8];

    (void)state;
    assert_false(eql_dialect_set(&d, eql_sv_cstr("abcdefghijk=1"), why, 8));
    assert_int_equal(strlen(why), 7);
}

static void
test_dialect_unit_is_resolved(void **state)
{
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

    (void)state;
    assert_int_equal(eql_dialect_unit(&d), EQL_UNIT_AUTO);
    d = eql_dialect_preset(EQL_DIALECT_ENDGAME);
    assert_int_equal(eql_dialect_unit(&d), EQL_UNIT_FILETIME);
    d.timestamp_unit = EQL_UNIT_US;
    assert_int_equal(eql_dialect_unit(&d), EQL_UNIT_US);
}

/* What changes() prints, set() takes. */
static void
test_dialect_changes_are_settings(void **state)
{
    static const char all[] =
        " null_logic=kleene join_reuse=off late_events=reorder=5000ms"
        " timestamp_unit=us runs_max=7 max_samples_per_key=3";
    eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);
    eql_buf out = {0};
    char text[sizeof all], why[200];

    (void)state;
    eql_dialect_changes(&d, &out);
    assert_int_equal(out.len, 0);
    memcpy(text, all, sizeof all);
    for (char *s = strtok(text, " "); s; s = strtok(NULL, " "))
        assert_true(eql_dialect_set(&d, eql_sv_cstr(s), why, sizeof why));
    eql_dialect_changes(&d, &out);
    assert_true(eql_sv_is(eql_buf_sv(&out), all));
    eql_buf_free(&out);
}

/* Fields are no flags: they differ from program to program. */
static void
test_dialect_same_flags_looks_past_fields(void **state)
{
    eql_dialect a = eql_dialect_preset(EQL_DIALECT_ELASTIC), b = a;

    (void)state;
    b.tiebreaker = 3;
    b.process_name = 4;
    assert_true(eql_dialect_same_flags(&a, &b));
    b.samples_per_key = 2;
    assert_false(eql_dialect_same_flags(&a, &b));
}

static void
test_dialect_valid_knows_every_range(void **state)
{
    static const struct {
        size_t offset;
        uint32_t value;
    } cases[] = {
        {offsetof(eql_dialect, name), EQL_DIALECT_COUNT},
        {offsetof(eql_dialect, null_logic), 2},
        {offsetof(eql_dialect, join_reuse), 2},
        {offsetof(eql_dialect, late_events), EQL_LATE_COUNT},
        {offsetof(eql_dialect, late_ms), 1}, /* without REORDER */
        {offsetof(eql_dialect, timestamp_unit), EQL_UNIT_COUNT},
        {offsetof(eql_dialect, runs_max), 0},
        {offsetof(eql_dialect, runs_max), EQL_MOST_RUNS_MAX + 1},
        {offsetof(eql_dialect, samples_per_key), 0},
        {offsetof(eql_dialect, samples_per_key), EQL_MOST_SAMPLES_PER_KEY + 1},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_dialect d = eql_dialect_preset(EQL_DIALECT_ELASTIC);

        memcpy((char *)&d + cases[i].offset, &cases[i].value, sizeof(uint32_t));
        if (eql_dialect_valid(&d))
            fail_msg("case %zu", i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialect_presets_are_the_table),
        cmocka_unit_test(test_dialect_names),
        cmocka_unit_test(test_dialect_sets_every_flag),
        cmocka_unit_test(test_dialect_sets_numbers),
        cmocka_unit_test(test_dialect_says_what_is_wrong),
        cmocka_unit_test(test_dialect_complaint_fits_its_buffer),
        cmocka_unit_test(test_dialect_unit_is_resolved),
        cmocka_unit_test(test_dialect_changes_are_settings),
        cmocka_unit_test(test_dialect_same_flags_looks_past_fields),
        cmocka_unit_test(test_dialect_valid_knows_every_range),
    };

    return cmocka_run_group_tests_name("dialect", tests, NULL, NULL);
}
